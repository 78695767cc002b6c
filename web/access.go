package web

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/live"
	"folkmoot/internal/member"
	"folkmoot/internal/practice"

	"github.com/labstack/echo/v4"
)

// Keys of what the middleware finds out about a request, in the echo context.
const (
	visitorKey = "visitor"
	actorKey   = "actor"
	headKey    = "head"
	requestKey = "request"
	formKey    = "form"
	markKey    = "mark"
)

// admit enforces the route's word and keeps the actor.
func (s *Server) admit(c echo.Context, r route, v *visitor) error {
	a := member.Actor{Person: v.session.Person}
	c.Set(markKey, s.live.Now()) // before anything is read: what changes from here on, the page can be told
	switch r.access {
	case anyone, demoOnly, byLink:
	case signedIn:
		if !v.signedIn() {
			return fault.New(fault.SignIn, "fault.sign_in")
		}
	case members:
		var head ledger.Head
		var err error
		if a, head, err = s.Members.Visit(c.Request().Context(), a.Person, c.Param("group")); err != nil {
			return err
		}
		if !a.IsMember() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		c.Set(headKey, head)
	default:
		return fault.New(fault.Denied, "fault.denied") // a route without a known word opens to nobody
	}
	c.Set(actorKey, a)
	return nil
}

// actor returns who asks; on a group's pages also their membership.
func (s *Server) actor(c echo.Context) member.Actor {
	a, _ := c.Get(actorKey).(member.Actor)
	return a
}

// frame begins the frame of a page: language, who is signed in, which group, and what has just happened.
func (s *Server) frame(c echo.Context) Frame {
	v, a := s.visitor(c), s.actor(c)
	f := s.views.frame(s.now(), s.wishes(c, v, a)...)
	f.Here, f.Demo, f.Practice, f.CSRF = s.here(c), s.demo, s.hall != nil, v.formToken()
	s.sendAnonymous(c, v)
	if v.signedIn() {
		f.Person = Person{Name: v.session.Handle}
	}
	if a.IsMember() {
		f.Person.Name, f.Sender = a.Member.Name, a.Member.Ref
		f.Group = Group{Name: a.Group.Name, Path: groupPath(a.Group), Rest: restSay(a)}
		if mark, ok := c.Get(markKey).(live.Mark); ok && safe(c.Request().Method) {
			f.Live = Live{Path: f.Group.Path + "/live", Since: mark.String(), Still: still(c)}
		}
		f.Group.Practice = f.Practice
		if head, ok := c.Get(headKey).(ledger.Head); ok && !f.Practice {
			f.Group.Checkpoint = Checkpoint{Size: int(head.Size), Root: hex.EncodeToString(head.Root[:])}
		}
	}
	if id, kept := s.takeFlash(c); id != "" {
		f.Flash, f.Kept = Notice{Say: lang.M(id)}, kept
	}
	return f
}

// groupFrame is frame for a group's page in the section.
func (s *Server) groupFrame(c echo.Context, section Section) Frame {
	f := s.frame(c)
	f.Group.Section = section
	return f
}

func groupPath(g member.Group) string {
	if g.Slug == practice.Slug {
		return hallPath
	}
	return "/g/" + g.Slug
}

// local returns the moment in the zone of the actor's group, for showing.
func local(a member.Actor, t time.Time) time.Time {
	if a.Group.Zone == nil || t.IsZero() {
		return t
	}
	return t.In(a.Group.Zone)
}

// wishes are the languages to try: what was chosen in this browser, what the person chose elsewhere, what the browser
// says, the group's.
func (s *Server) wishes(c echo.Context, v *visitor, a member.Actor) []string {
	var out []string
	for _, w := range []string{s.chosenLanguage(c), v.session.Lang, c.Request().Header.Get("Accept-Language"), a.Group.Lang} {
		if w != "" && len(w) < 200 {
			out = append(out, w)
		}
	}
	return out
}

// speaks tells whether the tag is exactly one of the languages that pages are in.
func (s *Server) speaks(tag string) bool { return slices.Contains(s.views.catalog.Tags(), tag) }

// chosenLanguage is the language that was chosen in this browser, or "".
func (s *Server) chosenLanguage(c echo.Context) string {
	if tag := s.cookie(c, languageCookie); s.speaks(tag) {
		return tag
	}
	return ""
}

// here is the address to come back to after choosing a language: this page, if it can be looked at.
func (s *Server) here(c echo.Context) string {
	switch {
	case !safe(c.Request().Method):
		return ""
	case s.gets[c.Path()] && s.visitor(c).signedIn():
		return c.Request().URL.EscapedPath() + plainQuery(c.Request().URL.Query())
	case s.gets[c.Path()]:
		return c.Request().URL.RequestURI()
	}
	return "/"
}

// plainQuery is what an address asks for, as far as it is made of numbers and of the few words that addresses are made of. Whoever
// sends a reader to a page must not choose what stands in it: from the size of the packed answer they could test guesses about the rest.
func plainQuery(q url.Values) string {
	for key, all := range q {
		q[key] = slices.DeleteFunc(all, func(v string) bool {
			return strings.Trim(v, "0123456789-") != "" && !slices.Contains(queryWords, v)
		})
		if len(q[key]) != 1 || !slices.Contains(queryKeys, key) {
			delete(q, key)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// The keys and the words of the addresses that pages link to.
var (
	queryKeys  = []string{"after", "again", "before", "clause", "from", "last", "of", "phase", "round", "show", "side", "state", "to"}
	queryWords = []string{"after", "against", "all", "before", "closed", "drafts", "everything", "for", "new", "open", "seeking", "tabled", "voting"}
)

// once returns the key of the form that was sent, by which the same form sent again is known. It counts for this person
// (or this browser, if nobody is signed in) and this address only.
func (s *Server) once(c echo.Context) db.Once {
	form := c.Request().PostFormValue("once")
	if form == "" {
		return db.Once{}
	}
	v := s.visitor(c)
	form += "\n" + c.Request().URL.Path
	if !v.signedIn() {
		form += "\n" + hex.EncodeToString(v.formMAC())
	}
	return db.OnceFor(int64(v.session.Person), form)
}

// value returns a field of the form that was sent.
func value(c echo.Context, name string) string { return c.Request().PostFormValue(name) }

// see sends the reader on to a page of this server. A script that has sent the form (assets/js/send.js) is told where that is: a browser hides from
// it where it is sent.
func see(c echo.Context, path string) error {
	if c.Request().Header.Get("Sent") != "" {
		c.Response().Header().Set("Go", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// localPath returns next if it leads to a page of this server, else otherwise. Browsers read \ as /, drop tabs and
// newlines, and take // for another server.
func localPath(next, otherwise string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > 500 ||
		strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }) {
		return otherwise
	}
	if path, _, _ := strings.Cut(next, "?"); strings.Contains(path, "//") || strings.Contains(path, "%") || strings.Contains(path, "/.") {
		return otherwise
	}
	return next
}

// isBallot tells the routes on which votes are cast, petitions signed or names written in private, and the paths they match: they have "vote" in
// their path, or "end" below a role, or "selections". Nothing is logged there.
func isBallot(path string) bool {
	return strings.Contains(path+"/", "/vote/") || strings.Contains(path, "/powers/") && strings.Contains(path, "/end/") ||
		strings.Contains(path, "/selections/")
}

// isUnpacked tells the routes whose answers are never compressed, and the paths they match. The size of a vote's page would depend on
// what was chosen. The others show a secret beside their own address, which whoever sends the reader there can choose: from the sizes
// of the answers they would learn the secret piece by piece (breachattack.com).
func isUnpacked(path string) bool {
	invites := strings.HasSuffix(path, "/invite") && !strings.Contains(path, "/powers/") || strings.HasSuffix(path, "/invite/poster")
	screen := strings.HasPrefix(path, "/g/") && strings.HasSuffix(path, "/screen")
	door := strings.Contains(path, "/meetings/") && (strings.HasSuffix(path, "/door") || strings.HasSuffix(path, "/codes")) // whoever sends the reader there can choose whom it looks for
	return isBallot(path) || screen || door || path == "/me/code" || path == "/me/calendar" || invites
}
