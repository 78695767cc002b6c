package web

import (
	"net/http"
	"unicode"
	"unicode/utf8"

	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// homePage is the start page: what this is, or the reader's groups.
type homePage struct {
	Frame
	Groups  []Row
	Empty   Empty
	Explain []Explain
}

var homeTmpl = newPage[homePage]("people/home.html")

func (s *Server) showHome(c echo.Context) error {
	if v := s.visitor(c); v.signedIn() {
		return s.showGroups(c, v.session.Person)
	}
	began, err := s.Members.AnyGroup(c.Request().Context())
	if err != nil {
		return err
	}
	p := homePage{Frame: s.frame(c)}
	p.Head = Head{Title: lang.M("people.landing.title"), State: lang.M("people.landing.state")}
	p.Strip = Strip{Next: lang.M("people.landing.next"), Decides: lang.M("people.landing.decides"), Change: lang.M("people.landing.change"), Href: "/floor"}
	if began {
		p.Head.Can, p.Head.Act = lang.M("people.landing.can"), Action{Href: "/sign-in", Label: lang.M("layout.sign_in")}
	} else {
		p.Head.Cannot = lang.M("people.landing.none")
	}
	for _, about := range []string{"in", "what", "who"} {
		p.Explain = append(p.Explain, Explain{Ask: lang.M("people.landing." + about), Say: []lang.Msg{lang.M("people.landing." + about + "_say")}})
	}
	if s.demo {
		p.Head.Can, p.Head.Act = lang.M("people.landing.sample"), Action{}
		for _, g := range s.guests {
			p.Head.Also = append(p.Head.Also, Action{Href: "/sample/" + g.Key, Label: lang.M("web.guest.do", "Name", g.Name)})
		}
	}
	return homeTmpl.render(c, http.StatusOK, p)
}

func (s *Server) showGroups(c echo.Context, person member.PersonID) error {
	ctx := c.Request().Context()
	groups, err := s.Members.Groups(ctx, person)
	if err != nil {
		return err
	}
	open, err := s.Ballots.WaitingFor(ctx, person)
	if err != nil {
		return err
	}
	sleeping, err := s.Revivals.Sleeping(ctx, person)
	if err != nil {
		return err
	}
	p := homePage{Frame: s.frame(c)}
	p.Head = Head{Title: lang.M("people.home.title"), State: lang.M("people.home.state", "Count", len(groups)), Also: []Action{{Href: "/start", Label: lang.M("people.home.start")}}}
	p.Strip = Strip{Next: lang.M("people.home.next"), Decides: lang.M("people.home.decides"), Change: lang.M("people.home.change"), Href: "/me"}
	for _, m := range groups {
		r := groupRow(m)
		restRow(&r, m.Group, sleeping)
		w := open[m.Group.ID]
		switch {
		case w.Votes > 0:
			r.Can = lang.M("people.home.votes", "Count", w.Votes)
			r.Until = Until{Say: lang.M("people.home.closes", "Count", w.Votes), At: w.Closes.In(m.Group.Zone)}
		case w.Voted > 0:
			r.Notes = append(r.Notes, lang.M("people.home.voted", "Count", w.Voted))
			r.Until = Until{Say: lang.M("ballot.done.until"), At: w.Closes.In(m.Group.Zone)}
		}
		if say := timeSay(w.Opens, w.Closes, s.now()); !say.IsZero() {
			r.Notes = append(r.Notes, say)
		}
		p.Groups = append(p.Groups, r)
	}
	if len(groups) == 0 {
		p.Empty = Empty{Title: lang.M("people.home.none"), Say: []lang.Msg{lang.M("people.home.none1"), lang.M("people.home.none2")}}
	}
	return homeTmpl.render(c, http.StatusOK, p)
}

// aimSay is what a group exists for, as a sentence: people complete "We exist to…", or write one of their own.
func aimSay(g member.Group) lang.Msg {
	if first, _ := utf8.DecodeRuneInString(g.Aim); unicode.IsLower(first) {
		return lang.M("people.aim", "Aim", g.Aim)
	}
	return plain(g.Aim)
}

// listPage says a list of sentences: what the program refuses, what it guarantees, what it cannot do.
type listPage struct {
	Frame
	Say   []lang.Msg
	Lines []line
	After []Link
}

// line is one sentence of a listPage and its name, by which tests and people point at it.
type line struct {
	ID    string
	Say   lang.Msg
	Later lang.Msg // what of it this version of the program does not do yet
}

// laterSay says what a guarantee or a refusal speaks of that this version does not have yet; most speak of nothing such.
func laterSay(id string) lang.Msg {
	switch id {
	case "G5":
		return lang.M("people.later.meetings")
	case "G8":
		return lang.M("people.later.elections")
	case "G12", "refusal.10":
		return lang.M("people.later.judging")
	case "refusal.18":
		return lang.M("people.later.judged_exports")
	case "G16":
		return lang.M("people.later.rule_votes")
	case "G14", "refusal.12":
		return lang.M("people.later.exclusion")
	case "refusal.3":
		return lang.M("people.later.agenda")
	case "refusal.6":
		return lang.M("people.later.roll_calls")
	}
	return lang.Msg{}
}

var listTmpl = newPage[listPage]("people/list.html")

func (s *Server) list(c echo.Context, about string, after ...Link) listPage {
	p := listPage{Frame: s.frame(c), After: after}
	p.Head = Head{Title: lang.M("people." + about + ".title"), State: lang.M("people." + about + ".state")}
	p.Strip = Strip{Next: lang.M("people." + about + ".next"), Decides: lang.M("people." + about + ".decides"), Change: lang.M("people." + about + ".change")}
	return p
}

func (s *Server) showRefusals(c echo.Context) error {
	p := s.list(c, "refusals", Link{"/floor", lang.M("people.floor.title")}, Link{"/limits", lang.M("people.limits.title")})
	p.Say = []lang.Msg{lang.M("people.list.some_later")}
	for _, m := range rulebook.Refusals() {
		p.Lines = append(p.Lines, line{m.ID, m, laterSay(m.ID)})
	}
	return listTmpl.render(c, http.StatusOK, p)
}

func (s *Server) showFloor(c echo.Context) error {
	p := s.list(c, "floor", Link{"/refusals", lang.M("people.refusals.title")}, Link{"/limits", lang.M("people.limits.title")})
	p.Say = []lang.Msg{lang.M("people.list.some_later")}
	for _, g := range rulebook.Floor() {
		p.Lines = append(p.Lines, line{g.ID, g.Say(), laterSay(g.ID)})
	}
	return listTmpl.render(c, http.StatusOK, p)
}

func (s *Server) showLimits(c echo.Context) error {
	p := s.list(c, "limits", Link{"/floor", lang.M("people.floor.title")}, Link{"/refusals", lang.M("people.refusals.title")})
	for _, m := range rulebook.Limits() {
		p.Lines = append(p.Lines, line{ID: m.ID, Say: m})
	}
	return listTmpl.render(c, http.StatusOK, p)
}
