package web

import (
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// peoplePage is who belongs to a group, and what power anybody has in it. It says nothing of what anybody did.
type peoplePage struct {
	Frame
	Count   int
	Members []memberLine
	Pager   Pager
	Powers  []Power
	Keys    []keyLine
	KeysAll []Link // to what can be done about the list as a whole
	Me      []Link
	MeSay   lang.Msg // from when on the reader can vote, if they cannot yet
}

type memberLine struct {
	Name    string
	Since   time.Time
	Me      bool
	Founder bool // start-up powers last
}

var peopleTmpl = newPage[peoplePage]("people/people.html")

func (s *Server) showPeople(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	after := int64(0)
	if q := c.QueryParam("after"); q != "" {
		var err error
		if after, err = strconv.ParseInt(q, 10, 64); err != nil || after < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
	}
	people, err := s.Members.People(ctx, a, member.ID(after))
	if err != nil {
		return err
	}
	founders, err := s.Members.Founders(ctx, a)
	if err != nil {
		return err
	}
	keys, err := s.Keys.List(ctx, a)
	if err != nil {
		return err
	}
	rules, err := s.Rulebooks.Current(ctx, a.Group.ID)
	if err != nil {
		return err
	}
	p := peoplePage{Frame: s.groupFrame(c, SectionPeople), Count: people.Count, MeSay: firstVoteSay(a, rules.Rules, s.now())}
	path := groupPath(a.Group)
	p.Head = Head{Title: lang.M("people.people.title"), State: lang.M("people.people.state", "Count", people.Count),
		Can: lang.M("people.people.can"), Act: Action{Href: path + "/invite", Label: lang.M("people.invite.title")}}
	p.Head.Also = []Action{{Href: powersPath(a.Group), Label: lang.M("powers.title")}, {Href: moneyPath(a.Group), Label: lang.M("money.link")}}
	p.Strip = Strip{Next: lang.M("people.people.next"), Decides: lang.M("people.people.decides"), Change: lang.M("people.people.change"), Href: path + "/rules"}
	for _, m := range people.Members {
		line := memberLine{Name: m.Name, Since: local(a, m.Joined), Me: m.ID == a.Member.ID}
		for _, f := range founders {
			line.Founder = line.Founder || f.ID == m.ID
		}
		p.Members = append(p.Members, line)
	}
	if people.After != 0 {
		p.Pager.Older = path + "/people?after=" + strconv.FormatInt(int64(people.After), 10)
	}
	if after != 0 {
		p.Pager.Newer = path + "/people"
	}
	for _, f := range founders {
		p.Powers = append(p.Powers, founderPower(a, f))
	}
	p.Keys = keyActions(a, keys, keyLines(a, keys), p.Guard())
	p.KeysAll = []Link{{keysPath(a.Group, "note"), lang.M("people.keys.all")}}
	p.Me = []Link{{path + "/name", lang.M("people.rename.title")}, {path + "/leave", lang.M("people.leave.title")}, {windUpPath(a.Group), lang.M("revival.wind_up.link")}}
	return peopleTmpl.render(c, http.StatusOK, p)
}

// founderPower says what a founder can do beyond other members, and until when.
func founderPower(a member.Actor, f member.Member) Power {
	p := Power{What: lang.M("people.founder.may_meeting"), Who: plain(f.Name), Until: local(a, a.Group.FounderUntil()), How: lang.M("people.founder.may_not")}
	if a.Group.Forming() {
		p.What, p.How = lang.M("people.founder.may"), lang.M("people.founder.may_not_forming")
	}
	return p
}

func (s *Server) groupForm(c echo.Context, about, href string, submit lang.Msg, items ...Item) formPage {
	f := s.groupFrame(c, SectionPeople)
	f.Head = Head{Crumbs: []Link{{f.Group.Path + "/people", lang.M("people.people.title")}}, Title: lang.M("people." + about + ".title"), State: lang.M("people." + about + ".state")}
	f.Strip = Strip{Next: lang.M("people." + about + ".next"), Decides: lang.M("people." + about + ".decides"), Change: lang.M("people." + about + ".change"), Href: f.Group.Path + "/people"}
	return s.form(c, f, f.Group.Path+href, submit, items...)
}

func (s *Server) renamePage(c echo.Context, name string) formPage {
	return s.groupForm(c, "rename", "/name", lang.M("people.save"),
		field(Field{Name: "name", Value: name, Label: lang.M("people.name"), Hint: lang.M("people.name.hint"), Autocomplete: "nickname", Max: member.MaxName}))
}

func (s *Server) showRename(c echo.Context) error {
	return formTmpl.render(c, http.StatusOK, s.renamePage(c, s.actor(c).Member.Name))
}

func (s *Server) rename(c echo.Context) error {
	name := value(c, "name")
	err := s.Members.Rename(c.Request().Context(), s.actor(c), name)
	if wrong := fault.Fields(err); wrong != nil {
		return s.renamePage(c, name).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "people.flash.name")
	return see(c, groupPath(s.actor(c).Group)+"/people")
}

func (s *Server) showLeave(c echo.Context) error {
	a := s.actor(c)
	mine, err := s.Members.Groups(c.Request().Context(), a.Person)
	if err != nil {
		return err
	}
	p := s.groupForm(c, "leave", "/leave", lang.M("people.leave.do"),
		tick(Tick{Name: "hide", Label: lang.M("people.leave.hide"), Hint: lang.M("people.leave.hide_hint")}))
	p.Grave = true
	p.Say = []lang.Msg{lang.M("people.leave.goes"), lang.M("people.leave.stays")}
	if len(mine) == 1 {
		p.Say = append(p.Say, lang.M("people.leave.last"))
	} else {
		p.Say = append(p.Say, lang.M("people.leave.others"))
	}
	return formTmpl.render(c, http.StatusOK, p)
}

func (s *Server) leave(c echo.Context) error {
	gone, err := s.Members.Leave(c.Request().Context(), s.actor(c), value(c, "hide") == "yes")
	if err != nil {
		return err
	}
	if gone {
		if err := s.farewell(c); err != nil {
			return err
		}
		s.setCookie(c, knownCookie, "", 0)
		s.flash(c, "people.flash.gone")
		return see(c, "/")
	}
	s.flash(c, "people.flash.left")
	return see(c, "/")
}
