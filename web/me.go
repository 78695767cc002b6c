package web

import (
	"net/http"
	"strconv"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// mePage is a person's own account.
type mePage struct {
	Frame
	Facts    []Fact
	Links    []Link
	Groups   []Row
	Leave    []Link
	Sessions []Session
	Others   Action // ends all other sessions
	Out      Action
}

var meTmpl = newPage[mePage]("people/me.html")

func (s *Server) showMe(c echo.Context) error {
	v, ctx := s.visitor(c), c.Request().Context()
	me, err := s.Accounts.Profile(ctx, v.session.Person)
	if err != nil {
		return err
	}
	sessions, err := s.Accounts.Sessions(ctx, v.session.Person)
	if err != nil {
		return err
	}
	groups, err := s.Members.Groups(ctx, v.session.Person)
	if err != nil {
		return err
	}
	ids := make([]member.GroupID, len(groups))
	for i, m := range groups {
		ids[i] = m.Group.ID
	}
	rules, err := s.Rulebooks.CurrentOf(ctx, ids)
	if err != nil {
		return err
	}
	p := mePage{Frame: s.frame(c)}
	p.Head = Head{Title: lang.M("people.me.title"), State: lang.M("people.me.state")}
	p.Strip = Strip{Next: lang.M("people.me.next"), Decides: lang.M("people.me.decides"), Change: lang.M("people.me.change")}
	email := plain(me.Email)
	if me.Email == "" {
		email = lang.M("people.me.no_email")
	}
	p.Facts = []Fact{{Label: lang.M("people.me.name"), Value: plain(me.Handle)}, {Label: lang.M("people.me.email"), Value: email}, {Label: lang.M("notify.me"), Value: s.mailSay(me)}}
	p.Links = []Link{
		{"/me/name", lang.M("people.me.change_name")}, {"/me/email", lang.M("people.me.change_email")},
		{"/me/passphrase", lang.M("people.me.change_passphrase")}, {"/me/code/new", lang.M("people.me.new_code")},
		{"/me/notices", lang.M("notify.title")}, {"/me/calendar", lang.M("calendar.title")},
	}
	if l := s.practiseLink("practice.title"); l.Href != "" {
		p.Links = append(p.Links, l)
	}
	for _, m := range groups {
		row := groupRow(m)
		if say := firstVoteSay(member.Actor{Member: m.Member, Group: m.Group}, rules[m.Group.ID].Rules, s.now()); !say.IsZero() {
			row.Facts = append(row.Facts, say)
		}
		p.Groups = append(p.Groups, row)
		p.Leave = append(p.Leave, Link{groupPath(m.Group) + "/leave", lang.M("people.me.leave", "Group", m.Group.Name)})
	}
	for _, ses := range sessions {
		name := plain(ses.Label)
		if ses.Label == "" {
			name = lang.M("people.me.browser")
		}
		row := Session{Name: name, Seen: ses.Seen, Since: ses.Created, Current: ses.ID == v.session.ID}
		if !row.Current {
			row.End = Action{Href: "/me/sessions/" + strconv.FormatInt(ses.ID, 10) + "/end", Label: lang.M("people.me.end"), Post: true, Guard: p.Guard()}
		}
		p.Sessions = append(p.Sessions, row)
	}
	if len(sessions) > 1 {
		p.Others = Action{Href: "/me/sessions/end-others", Label: lang.M("people.me.end_others"), Post: true, Guard: p.Guard()}
	}
	p.Out = Action{Href: "/sign-out", Label: lang.M("people.me.sign_out"), Post: true, Guard: p.Guard()}
	return meTmpl.render(c, http.StatusOK, p)
}

// groupRow is one of a person's groups in a list.
func groupRow(m member.Membership) Row {
	r := Row{Href: groupPath(m.Group), Title: m.Group.Name, State: aimSay(m.Group), Facts: []lang.Msg{lang.M("people.home.as", "Name", m.Member.Name)}}
	if m.Member.Founder && m.Group.SetupStep != 0 {
		r.Href, r.Can = stepPath(m.Group, m.Group.SetupStep), lang.M("people.home.setup")
	}
	return r
}

func (s *Server) meForm(c echo.Context, title, state lang.Msg, href string, submit lang.Msg, items ...Item) formPage {
	f := s.frame(c)
	f.Head = Head{Crumbs: []Link{{"/me", lang.M("people.me.title")}}, Title: title, State: state}
	f.Strip = Strip{Next: lang.M("people.me.next"), Decides: lang.M("people.me.decides"), Change: lang.M("people.me.change"), Href: "/me"}
	return s.form(c, f, href, submit, items...)
}

// answer shows a refused form again, or says what was done and goes back to the account.
func (s *Server) answer(c echo.Context, p func() formPage, err error, flash string) error {
	if wrong := fault.Fields(err); wrong != nil {
		return p().again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, flash)
	return see(c, "/me")
}

func (s *Server) namePage(c echo.Context, name string) formPage {
	return s.meForm(c, lang.M("people.me.name.title"), lang.M("people.me.name.state"), "/me/name", lang.M("people.save"),
		field(Field{Name: "name", Value: name, Label: lang.M("people.me.name"), Autocomplete: "username", Max: member.MaxName}))
}

func (s *Server) showName(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.namePage(c, s.visitor(c).session.Handle))
}

func (s *Server) changeName(c echo.Context) error {
	name := value(c, "name")
	err := s.Accounts.ChangeHandle(c.Request().Context(), s.visitor(c).session.Person, name)
	return s.answer(c, func() formPage { return s.namePage(c, name) }, err, "people.flash.name")
}

func (s *Server) emailPage(c echo.Context, email string) formPage {
	return s.meForm(c, lang.M("people.me.email.title"), lang.M("people.me.email.state"), "/me/email", lang.M("people.save"),
		field(Field{Name: "email", Value: email, Label: lang.M("people.me.email"), Hint: s.emailHint(), Type: "email", Autocomplete: "email", Max: 254, Optional: true}),
		field(passphrase("current", lang.M("people.passphrase.current"), "current-password")))
}

func (s *Server) showEmail(c echo.Context) error {
	me, err := s.Accounts.Profile(c.Request().Context(), s.visitor(c).session.Person)
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, s.emailPage(c, me.Email))
}

func (s *Server) changeEmail(c echo.Context) error {
	email := value(c, "email")
	known, err := s.Accounts.ChangeEmail(c.Request().Context(), s.visitor(c).session, value(c, "current"), email, s.Notices.Sends())
	if err == nil {
		s.setCookie(c, knownCookie, known, yearFor)
	}
	return s.answer(c, func() formPage { return s.emailPage(c, email) }, err, "people.flash.email")
}

func (s *Server) passphrasePage(c echo.Context) formPage {
	return s.meForm(c, lang.M("people.me.passphrase.title"), lang.M("people.me.passphrase.state"), "/me/passphrase", lang.M("people.save"),
		field(passphrase("current", lang.M("people.passphrase.current"), "current-password")), field(newPassphrase(lang.M("people.passphrase.new"))))
}

func (s *Server) showPassphrase(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.passphrasePage(c))
}

func (s *Server) changePassphrase(c echo.Context) error {
	known, err := s.Accounts.ChangePassphrase(c.Request().Context(), s.visitor(c).session, value(c, "current"), value(c, "passphrase"))
	if err == nil {
		s.setCookie(c, knownCookie, known, yearFor)
	}
	return s.answer(c, func() formPage { return s.passphrasePage(c) }, err, "people.flash.passphrase")
}

func (s *Server) newCodePage(c echo.Context) formPage {
	return s.meForm(c, lang.M("people.me.code.title"), lang.M("people.me.code.state"), "/me/code/new", lang.M("people.me.code.do"),
		field(passphrase("current", lang.M("people.passphrase.current"), "current-password")))
}

func (s *Server) showNewCode(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.newCodePage(c))
}

func (s *Server) newCode(c echo.Context) error {
	code, known, err := s.Accounts.NewCode(c.Request().Context(), s.visitor(c).session, value(c, "current"))
	if err != nil {
		return s.answer(c, func() formPage { return s.newCodePage(c) }, err, "")
	}
	s.setCookie(c, knownCookie, known, yearFor)
	return s.showCodeNext(c, code, "/me")
}

func (s *Server) endSession(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("session"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if err := s.Accounts.EndSession(c.Request().Context(), s.visitor(c).session.Person, id); err != nil {
		return err
	}
	s.flash(c, "people.flash.ended")
	return see(c, "/me")
}

func (s *Server) endOthers(c echo.Context) error {
	if err := s.Accounts.EndOthers(c.Request().Context(), s.visitor(c).session); err != nil {
		return err
	}
	s.flash(c, "people.flash.ended")
	return see(c, "/me")
}
