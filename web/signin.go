package web

import (
	"net/http"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"

	"github.com/labstack/echo/v4"
)

// codeCookie holds a fresh recovery code between the form that made it and the page that shows it.
const codeCookie = "folkmoot_code"

const codeFor = 15 * time.Minute

func (s *Server) showSignIn(c echo.Context) error {
	next := localPath(c.QueryParam("next"), "/")
	if s.visitor(c).signedIn() {
		return see(c, next)
	}
	return formTmpl.render(c, http.StatusOK, s.signInPage(c, "", next))
}

func (s *Server) signInPage(c echo.Context, name, next string) formPage {
	f := s.frame(c)
	f.Head = Head{Title: lang.M("people.sign_in.title"), State: lang.M("people.sign_in.state")}
	f.Strip = Strip{Next: lang.M("people.sign_in.next"), Decides: lang.M("people.sign_in.decides"), Change: lang.M("people.sign_in.change"), Href: "/recover"}
	p := s.form(c, f, "/sign-in", lang.M("people.sign_in.do"),
		field(Field{Name: "name", Value: name, Label: lang.M("people.sign_in.name"), Autocomplete: "username", Max: 254}),
		field(passphrase("passphrase", lang.M("people.passphrase"), "current-password")),
		hidden("next", next))
	p.Below = []Link{{"/recover", lang.M("people.sign_in.forgot")}}
	return p
}

// passphrase is a field that shows nothing of what is typed.
func passphrase(name string, label lang.Msg, complete string) Field {
	return Field{Name: name, Label: label, Type: "password", Autocomplete: complete}
}

// newPassphrase is the field for choosing one.
func newPassphrase(label lang.Msg) Field {
	f := passphrase("passphrase", label, "new-password")
	f.Hint = lang.M("people.passphrase.hint")
	return f
}

func (s *Server) signIn(c echo.Context) error {
	name, next := value(c, "name"), localPath(value(c, "next"), "/")
	e, err := s.Accounts.SignIn(c.Request().Context(), name, value(c, "passphrase"), s.browser(c))
	if wrong := fault.Fields(err); wrong != nil {
		return s.signInPage(c, name, next).again(c, wrong)
	}
	if err != nil {
		return err
	}
	if err := s.welcome(c, e); err != nil {
		return err
	}
	if next == "/" { // whoever is in one group only means that one
		groups, err := s.Members.Groups(c.Request().Context(), e.Person)
		if err != nil {
			return err
		}
		if len(groups) == 1 {
			next = groupRow(groups[0]).Href
		}
	}
	return see(c, next)
}

func (s *Server) signOut(c echo.Context) error {
	if v := s.visitor(c); v.signedIn() {
		if err := s.Accounts.SignOut(c.Request().Context(), v.secret); err != nil {
			return err
		}
	}
	if err := s.farewell(c); err != nil {
		return err
	}
	for _, secret := range []string{doorCookie, screenCookie} { // whoever uses this browser next makes nothing of them
		if s.cookie(c, secret) != "" {
			s.setCookie(c, secret, "", -time.Second)
		}
	}
	s.flash(c, "people.flash.signed_out")
	return see(c, "/")
}

func (s *Server) showRecover(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.recoverPage(c, "", ""))
}

func (s *Server) recoverPage(c echo.Context, name, code string) formPage {
	f := s.frame(c)
	f.Head = Head{Title: lang.M("people.recover.title"), State: lang.M("people.recover.state")}
	f.Strip = Strip{Next: lang.M("people.recover.next"), Decides: lang.M("people.recover.decides"), Change: lang.M("people.recover.change")}
	return s.form(c, f, "/recover", lang.M("people.recover.do"),
		field(Field{Name: "name", Value: name, Label: lang.M("people.sign_in.name"), Autocomplete: "username", Max: 254}),
		field(Field{Name: "code", Value: code, Label: lang.M("people.recover.code"), Hint: lang.M("people.recover.code_hint"), Code: true, Max: 60}),
		field(newPassphrase(lang.M("people.passphrase.new"))))
}

func (s *Server) recoverAccount(c echo.Context) error {
	name, code := value(c, "name"), value(c, "code")
	e, err := s.Accounts.Recover(c.Request().Context(), s.once(c), name, code, value(c, "passphrase"), s.browser(c))
	if wrong := fault.Fields(err); wrong != nil {
		return s.recoverPage(c, name, code).again(c, wrong)
	}
	if err != nil {
		return err
	}
	return s.enterWithCode(c, e, "/")
}

// enterWithCode signs the person in and shows them their new recovery code before anything else.
func (s *Server) enterWithCode(c echo.Context, e account.Entrance, next string) error {
	if err := s.welcome(c, e); err != nil {
		return err
	}
	return s.showCodeNext(c, e.Code, next)
}

// showCodeNext leads to the page that shows the code and then goes on to next. Without a code the browser keeps the one it
// may have from the same form.
func (s *Server) showCodeNext(c echo.Context, code, next string) error {
	if code != "" {
		s.setCookie(c, codeCookie, code, codeFor)
	}
	return see(c, "/me/code?next="+next)
}

// codePage shows a fresh recovery code until its owner says that they have it.
type codePage struct {
	Frame
	Card CodeCard
	Href string
	Next string
}

var codeTmpl = newPage[codePage]("people/code.html")

func (s *Server) showCode(c echo.Context) error {
	next := localPath(c.QueryParam("next"), "/me")
	code := s.cookie(c, codeCookie)
	if len(code) > 60 {
		code = ""
	}
	p := codePage{Frame: s.frame(c), Href: "/me/code/kept", Next: next}
	p.Strip = Strip{Next: lang.M("people.code.next"), Decides: lang.M("people.code.decides"), Change: lang.M("people.code.change"), Href: "/me/code/new"}
	if code == "" {
		p.Head = Head{Title: lang.M("people.code.title"), State: lang.M("people.code.over"), Act: Action{Href: "/me/code/new", Label: lang.M("people.code.make")},
			Can: lang.M("people.code.over_can"), Also: []Action{{Href: next, Label: lang.M("people.code.have")}}}
		return codeTmpl.render(c, http.StatusOK, p)
	}
	p.Head = Head{Title: lang.M("people.code.title"), State: lang.M("people.code.state")}
	p.Card = CodeCard{Title: lang.M("people.code.card"), Code: code, Say: []lang.Msg{lang.M("people.code.say1"), lang.M("people.code.say2")},
		Facts: []Fact{
			{Label: lang.M("people.code.name"), Value: plain(s.visitor(c).session.Handle)},
			{Label: lang.M("people.code.where"), Value: plain(s.address("/recover"))},
		}}
	return codeTmpl.render(c, http.StatusOK, p)
}

// codeKept takes the code back out of the browser.
func (s *Server) codeKept(c echo.Context) error {
	s.setCookie(c, codeCookie, "", 0)
	return see(c, localPath(value(c, "next"), "/me"))
}
