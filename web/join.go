package web

import (
	"net/http"
	"net/url"

	"folkmoot/internal/account"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// invited finds the group of the invitation in the address. An invitation that is over says so and what to do.
func (s *Server) invited(c echo.Context) (member.Group, error) {
	g, err := s.Members.Invited(c.Request().Context(), c.Param("token"))
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Gone, "people.join.over")
	}
	return g, err
}

func (s *Server) showJoin(c echo.Context) error {
	g, err := s.invited(c)
	if err != nil {
		return err
	}
	if v := s.visitor(c); v.signedIn() {
		mine, err := s.Members.Groups(c.Request().Context(), v.session.Person)
		if err != nil {
			return err
		}
		for _, m := range mine {
			if m.Group.ID == g.ID {
				return see(c, groupPath(g))
			}
		}
	}
	p, err := s.joinPage(c, g, account.SignUp{Name: s.visitor(c).session.Handle})
	if err != nil {
		return err
	}
	return formTmpl.render(c, http.StatusOK, p)
}

func (s *Server) joinPage(c echo.Context, g member.Group, su account.SignUp) (formPage, error) {
	rules, err := s.Rulebooks.Current(c.Request().Context(), g.ID)
	if err != nil {
		return formPage{}, err
	}
	href, v := "/join/"+c.Param("token"), s.visitor(c)
	f := s.frame(c)
	f.Head = Head{Kind: lang.M("people.join.kind"), Title: plain(g.Name), State: aimSay(g)}
	f.Strip = Strip{Next: lang.M("people.join.next"), Decides: lang.M("people.join.decides"), Change: lang.M("people.join.change")}
	items := s.aboutMe(su, v.signedIn())
	p := s.form(c, f, href, lang.M("people.join.do"), items...)
	p.Explain = []Explain{{Ask: lang.M("people.join.what"), Say: []lang.Msg{lang.M("people.join.what1"), waitSay(g, rules.Rules), lang.M("people.join.what2"), lang.M("people.join.what3"), lang.M("people.join.what4")}}}
	if !v.signedIn() {
		p.Below = []Link{{"/sign-in?next=" + url.QueryEscape(href), lang.M("people.join.have")}}
	}
	return p, nil
}

// waitSay says when a newcomer may vote.
func waitSay(g member.Group, r rulebook.Rules) lang.Msg {
	if g.Forming() || r.VotingWaitDays == 0 {
		return lang.M("people.join.no_wait")
	}
	return lang.M("people.join.wait", "Count", r.VotingWaitDays)
}

// aboutMe are the fields by which a person says who they are: all for a new one, the name for one with an account.
func (s *Server) aboutMe(su account.SignUp, hasAccount bool) []Item {
	name := Field{Name: "name", Value: su.Name, Label: lang.M("people.name"), Hint: lang.M("people.name.hint"), Autocomplete: "nickname", Max: member.MaxName}
	if hasAccount {
		return []Item{field(name)}
	}
	name.Autocomplete, name.Hint = "username", lang.M("people.name.hint_new")
	return []Item{
		field(name),
		field(newPassphrase(lang.M("people.passphrase.choose"))),
		field(Field{Name: "email", Value: su.Email, Label: lang.M("people.me.email"), Hint: s.emailHint(), Type: "email", Autocomplete: "email", Max: 254, Optional: true}),
	}
}

func (s *Server) join(c echo.Context) error {
	ctx, v := c.Request().Context(), s.visitor(c)
	g, over := s.invited(c) // looked at after trying: the same form sent again may have taken the last place
	su := s.signUpForm(c, g.Name)
	var e account.Entrance
	var to member.Group
	var err error
	if v.signedIn() {
		to, err = s.Members.Join(ctx, v.session.Person, c.Param("token"), su.Name)
	} else {
		e, to, err = s.Accounts.Join(ctx, s.once(c), su, c.Param("token"), s.browser(c))
	}
	if err != nil && over != nil {
		return over
	}
	if wrong := fault.Fields(err); wrong != nil {
		p, err := s.joinPage(c, g, su)
		if err != nil {
			return err
		}
		return p.again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "people.flash.joined")
	if v.signedIn() {
		return see(c, groupPath(to))
	}
	return s.enterWithCode(c, e, groupPath(to))
}

// signUpForm reads what a new person tells of themselves.
func (s *Server) signUpForm(c echo.Context, around ...string) account.SignUp {
	return account.SignUp{
		Name: value(c, "name"), Email: value(c, "email"), Told: s.Notices.Sends(), Passphrase: value(c, "passphrase"),
		Lang: s.chosenLanguage(c), Around: around,
	}
}
