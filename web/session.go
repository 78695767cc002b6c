package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/token"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"
)

// The cookies, without the prefix they have under https.
const (
	sessionCookie   = "folkmoot"       // secret of the session
	anonymousCookie = "folkmoot_new"   // random, binds the forms of somebody who is not signed in to their browser
	knownCookie     = "folkmoot_known" // proof that the browser has signed in to an account before
	languageCookie  = "folkmoot_lang"
	flashCookie     = "folkmoot_said" // id of the sentence to say on the next page
)

const (
	sessionFor = 90 * 24 * time.Hour // as long as a session can last; the server ends it sooner
	yearFor    = 365 * 24 * time.Hour
	whileOpen  = 0 // until the browser closes
)

const sessionValue = "session"

// sessionStore is the gorilla/sessions store: the cookie carries a random secret and nothing else, everything about the
// session is a row that can be revoked.
type sessionStore struct {
	accounts *account.Service
	secure   bool
}

// Get implements sessions.Store.
func (st *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(st, name)
}

// New implements sessions.Store: it returns the session that the request's cookie opens, or a new one.
func (st *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	ses := sessions.NewSession(st, name)
	ses.Options, ses.IsNew = st.options(sessionFor), true
	ck, err := r.Cookie(name)
	if errors.Is(err, http.ErrNoCookie) || len(ck.Value) != len(token.New()) {
		return ses, nil
	}
	found, ok, err := st.accounts.Session(r.Context(), ck.Value)
	if err != nil || !ok {
		return ses, err
	}
	ses.ID, ses.IsNew = ck.Value, false
	ses.Values[sessionValue] = found
	return ses, nil
}

// Save implements sessions.Store: it sends the cookie, or takes it back if MaxAge is negative.
func (st *sessionStore) Save(_ *http.Request, w http.ResponseWriter, ses *sessions.Session) error {
	http.SetCookie(w, sessions.NewCookie(ses.Name(), ses.ID, ses.Options))
	return nil
}

func (st *sessionStore) options(lasts time.Duration) *sessions.Options {
	return &sessions.Options{Path: "/", MaxAge: int(lasts.Seconds()), Secure: st.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// cookieName returns the cookie's full name: under https browsers then take it only from this very host, by https.
func (s *Server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

// setCookie sends a cookie that only this server reads; an empty value takes it back.
func (s *Server) setCookie(c echo.Context, name, value string, lasts time.Duration) {
	o := s.store.options(lasts)
	if value == "" {
		o.MaxAge = -1
	}
	http.SetCookie(c.Response(), sessions.NewCookie(s.cookieName(name), value, o))
}

// cookie returns a cookie's value, or "".
func (s *Server) cookie(c echo.Context, name string) string {
	ck, err := c.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return ck.Value
}

// visitor is who stands behind a request.
type visitor struct {
	session account.Session // zero: nobody is signed in
	secret  string          // of the session, or of the anonymous browser
	fresh   bool            // an anonymous secret the browser does not have yet
	mac     []byte          // see formMAC; nil before it was asked for
	forms   string          // on the pages of a practice: the secret to which forms are bound, as on all other pages
}

func (v *visitor) signedIn() bool { return v.session.Person != 0 }

// formToken is what every form of this browser carries. Who cannot read the secret cannot make it. It looks different each
// time, or the size of compressed pages could be used to guess it letter by letter (the BREACH attack, CVE-2013-3587).
func (v *visitor) formToken() string {
	var masked [2 * sha256.Size]byte
	mask, hidden := masked[:sha256.Size], masked[sha256.Size:]
	rand.Read(mask) // never fails
	subtle.XORBytes(hidden, v.formMAC(), mask)
	return base64.RawURLEncoding.EncodeToString(masked[:])
}

// isFormToken says whether the token was made for this browser.
func (v *visitor) isFormToken(token string) bool {
	masked, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(masked) != 2*sha256.Size {
		return false
	}
	var plain [sha256.Size]byte
	subtle.XORBytes(plain[:], masked[:sha256.Size], masked[sha256.Size:])
	return hmac.Equal(plain[:], v.formMAC())
}

func (v *visitor) formMAC() []byte {
	if v.mac == nil {
		m := hmac.New(sha256.New, []byte(cmp.Or(v.forms, v.secret)))
		m.Write([]byte("folkmoot form"))
		v.mac = m.Sum(nil)
	}
	return v.mac
}

// identify finds out who stands behind the request, once.
func (s *Server) identify(c echo.Context) (*visitor, error) {
	if v, ok := c.Get(visitorKey).(*visitor); ok {
		return v, nil
	}
	ses, err := s.store.Get(c.Request(), s.cookieName(sessionCookie))
	if err != nil {
		return nil, err
	}
	v := &visitor{secret: ses.ID, forms: formsOf(c.Request())}
	v.session, _ = ses.Values[sessionValue].(account.Session)
	if !v.signedIn() {
		if v.secret = s.cookie(c, anonymousCookie); len(v.secret) != len(token.New()) {
			v.secret, v.fresh = token.New(), true
		}
	}
	c.Set(visitorKey, v)
	return v, nil
}

// visitor returns who stands behind the request. On a page about an error they may not have been found out: then they
// are nobody.
func (s *Server) visitor(c echo.Context) *visitor {
	v, err := s.identify(c)
	if err != nil {
		s.log.ErrorContext(c.Request().Context(), "find session for a page", slog.Any("err", err))
		v = &visitor{secret: token.New()}
		c.Set(visitorKey, v)
	}
	return v
}

// sendAnonymous gives an anonymous browser its secret with the first page that has a form.
func (s *Server) sendAnonymous(c echo.Context, v *visitor) {
	if v.fresh {
		s.setCookie(c, anonymousCookie, v.secret, whileOpen)
		v.fresh = false
	}
}

// browser describes the browser for signing in.
func (s *Server) browser(c echo.Context) account.Browser {
	b := account.Browser{Label: browserLabel(c.Request().UserAgent()), Known: s.cookie(c, knownCookie)}
	if v := s.visitor(c); v.signedIn() {
		b.Session = v.secret
	}
	return b
}

// welcome gives the browser its new session.
func (s *Server) welcome(c echo.Context, e account.Entrance) error {
	ses, err := s.store.Get(c.Request(), s.cookieName(sessionCookie))
	if err != nil {
		return err
	}
	ses.ID, ses.Options = e.Session, s.store.options(sessionFor)
	if err := ses.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	s.setCookie(c, anonymousCookie, "", 0)
	s.setCookie(c, knownCookie, e.Known, yearFor)
	return nil
}

// farewell takes the session's cookie back and has the browser forget what it kept of these pages.
func (s *Server) farewell(c echo.Context) error {
	ses, err := s.store.Get(c.Request(), s.cookieName(sessionCookie))
	if err != nil {
		return err
	}
	ses.ID, ses.Options = "", s.store.options(-time.Second)
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return ses.Save(c.Request(), c.Response())
}

// flash has the sentence said on the next page. Its id must contain ".flash.". If the browser keeps what is typed in the form (assets/js/keep.js), the next page has it forgotten.
func (s *Server) flash(c echo.Context, id string) {
	if c.Request().Header.Get("Stay") == "" { // the page stays, and says by itself that it was received
		if kept := value(c, "keep"); keepName.MatchString(kept) {
			id += "|" + kept
		}
		s.setCookie(c, flashCookie, id, time.Minute)
	}
}

// keepName is what a form that a browser keeps can be called.
var keepName = regexp.MustCompile(`^[\w./-]{1,150}$`)

// takeFlash returns the sentence to say, once, on a whole page, and the form whose words were taken. The cookie could be anybody's work: only sentences made for this are said.
func (s *Server) takeFlash(c echo.Context) (id, kept string) {
	said := s.cookie(c, flashCookie)
	if said == "" || c.Request().Method != http.MethodGet || wantsParts(c.Request()) {
		return "", ""
	}
	s.setCookie(c, flashCookie, "", 0)
	id, kept, _ = strings.Cut(said, "|")
	if !strings.Contains(id, ".flash.") || !s.views.catalog.Has(id) {
		return "", ""
	}
	if !keepName.MatchString(kept) {
		kept = ""
	}
	return id, kept
}

// browserLabel names a kind of browser as its owner would, from a User-Agent. It keeps no version: that would tell
// browsers apart for others.
func browserLabel(agent string) string {
	find := func(pairs ...[2]string) string {
		for _, p := range pairs {
			if strings.Contains(agent, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	name := find([2]string{"Firefox/", "Firefox"}, [2]string{"FxiOS/", "Firefox"}, [2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"},
		[2]string{"SamsungBrowser/", "Samsung Internet"}, [2]string{"CriOS/", "Chrome"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	on := find([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"},
		[2]string{"Mac OS", "Mac"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	if name == "" || on == "" {
		return name + on
	}
	return name + " · " + on
}
