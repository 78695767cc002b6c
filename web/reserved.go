package web

import (
	"net/http"
	"slices"
	"strconv"

	"folkmoot/internal/balance"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// Reserved places (practice.md §2.8.2): the rule on the pages of roles and elections, the form that proposes another one, and what a count
// made of it.

// reservedPage is the form with which a member proposes how many places of a role are reserved, and for whom.
type reservedPage struct {
	Frame
	Say    []lang.Msg
	By     []Link // the decisions that made the rule
	Href   string
	Places Field
	Words  Field
	Why    Field
	All    lang.Msg // what it means that all places are reserved, before that is put forward; zero: not all are
}

var reservedTmpl = newPage[reservedPage]("group/reserved.html")

// reservedSay says what rule is in force, and which one will be.
func reservedSay(a member.Actor, r role.Role, now, next balance.Rule) (out []lang.Msg) {
	if now.Places > 0 {
		out = append(out, lang.M("balance.rule", "Count", now.Places, "Seats", r.Seats, "For", now.Words, "Number", now.Number()))
	}
	switch {
	case next.Cause == "":
	case next.Places == 0:
		out = append(out, lang.M("balance.next_none", "At", local(a, next.From), "Number", next.Number()))
	default:
		out = append(out, lang.M("balance.next", "Count", next.Places, "Seats", r.Seats, "For", next.Words, "At", local(a, next.From), "Number", next.Number()))
	}
	return out
}

// reservedLinks lead to the decisions about reserved places.
func reservedLinks(a member.Actor, rules ...balance.Rule) (out []Link) {
	for _, r := range rules {
		if r.Cause != "" && r.Number() != "" {
			out = append(out, Link{Href: decisionPath(a.Group, r.Number()), Label: lang.M("decision.kind", "Number", r.Number())})
		}
	}
	return out
}

// fillReserved puts on a role's page how many places are reserved.
func (s *Server) fillReserved(c echo.Context, p *rolePage, r role.Role) error {
	a := s.actor(c)
	now, next, err := s.Balances.Rules(c.Request().Context(), a, []role.ID{r.ID})
	if err != nil {
		return err
	}
	p.Reserved, p.ReservedBy = reservedSay(a, r, now[r.ID], next[r.ID]), reservedLinks(a, now[r.ID], next[r.ID])
	if balance.May(r) == nil {
		p.Reserve = Link{Href: powersPath(a.Group, r.Key, "reserved"), Label: lang.M("balance.change")}
	}
	return nil
}

func (s *Server) showReserved(c echo.Context) error {
	return s.reservedForm(c, http.StatusOK, false, nil)
}

// reservedForm makes the form, with what was typed and what is wrong with it; all says that it reserves every place, which is looked at once more.
func (s *Server) reservedForm(c echo.Context, status int, all bool, wrong map[string]lang.Msg) error {
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Roles.Show(ctx, a, c.Param("role"))
	if err == nil {
		err = balance.May(v.Role)
	}
	if err != nil {
		return err
	}
	now, next, err := s.Balances.Rules(ctx, a, []role.ID{v.Role.ID})
	if err != nil {
		return err
	}
	p := reservedPage{Frame: s.groupFrame(c, SectionPeople), Href: powersPath(a.Group, v.Key, "reserved")}
	p.refuse(wrong, "places", "words", "why")
	if all {
		p.All = lang.M("balance.all", "Count", v.Seats)
	}
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Key), roleName(v.Role)}},
		Title:  lang.M("balance.title"), State: lang.M("balance.state"),
	}
	p.Strip = Strip{Next: lang.M("balance.next_step"), Decides: lang.M("balance.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = append(reservedSay(a, v.Role, now[v.Role.ID], next[v.Role.ID]), lang.M("balance.say"), lang.M("balance.say2"), lang.M("balance.say3"))
	p.By = reservedLinks(a, now[v.Role.ID], next[v.Role.ID])
	rule, places := now[v.Role.ID], "1"
	if rule.Places > 0 {
		places = strconv.Itoa(rule.Places)
	}
	p.Places = Field{Name: "places", Value: typedOr(c, "places", places), Label: lang.M("balance.places", "Seats", v.Seats), Hint: lang.M("balance.places.hint", "Count", v.Seats),
		Wrong: wrong["places"], InputMode: "numeric", Max: 3, Short: true}
	p.Words = Field{Name: "words", Value: typedOr(c, "words", rule.Words), Label: lang.M("balance.words"), Hint: lang.M("balance.words.hint"), Wrong: wrong["words"], Max: 120}
	p.Why = Field{Name: "why", Value: value(c, "why"), Label: lang.M("motion.form.why"), Wrong: wrong["why"], Rows: 5, Words: motion.MaxWhy, Optional: true, Markdown: true,
		Hint: lang.M("balance.why.hint")}
	return reservedTmpl.render(c, status, p)
}

func (s *Server) proposeReserved(c echo.Context) error {
	places, err := strconv.Atoi(value(c, "places"))
	if err != nil {
		places = -1 // which is no number of places
	}
	a := s.actor(c)
	v, err := s.Roles.Show(c.Request().Context(), a, c.Param("role"))
	if err != nil {
		return err
	}
	all := places == v.Seats
	if all && value(c, "words") != "" && value(c, "all") == "" {
		return s.reservedForm(c, http.StatusOK, true, nil)
	}
	m, err := s.Balances.Propose(c.Request().Context(), a, s.once(c), c.Param("role"), places, value(c, "words"), value(c, "why"))
	if wrong := fault.Fields(err); wrong != nil {
		return s.reservedForm(c, http.StatusUnprocessableEntity, all, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(a.Group, m))
}

// allReserved says whether as many places are reserved as there are, and somebody stands or can still stand for each.
func allReserved(e election.View) bool {
	return e.Reserved > 0 && e.Reserved == len(e.Seats) && (e.State == election.Nominating || e.Kept() == e.Reserved)
}

// openNote is what stands beside the name of somebody who stands for no reserved place where all are, until the votes are counted.
func openNote(e election.View, cand election.Candidature) lang.Msg {
	if !allReserved(e) || !cand.Stands() || cand.Reserved() || e.State != election.Nominating && e.State != election.Answering && e.State != election.Voting {
		return lang.Msg{}
	}
	return lang.M("election.reserved.not", "Count", e.Reserved)
}

// reservedHere says how many places of an election are reserved, and what becomes of it where fewer stand for them.
func reservedHere(e election.View) (out []lang.Msg) {
	if e.Reserved == 0 {
		return nil
	}
	out = []lang.Msg{lang.M("election.reserved.rule", "Count", e.Reserved, "Places", len(e.Seats), "For", e.For), lang.M("election.reserved.own")}
	if allReserved(e) {
		out[0] = lang.M("election.reserved.all", "Count", e.Reserved, "For", e.For)
	}
	switch kept := e.Kept(); {
	case kept >= e.Reserved || e.State == election.Nobody:
	case kept == 0 && e.State == election.Nominating && !e.Extended:
		out = append(out, lang.M("election.reserved.more_nobody"))
	case kept == 0:
		out = append(out, lang.M("election.reserved.nobody"))
	case e.State == election.Nominating && !e.Extended:
		out = append(out, lang.M("election.reserved.more", "Count", kept))
	default:
		out = append(out, lang.M("election.reserved.few", "Count", kept))
	}
	return out
}

// reservedCount says how many places the count kept, and who is elected of those who stood for one; nothing where none was kept. names are those
// of the candidates in their order.
func reservedCount(s *tally.Sheet, names []string) lang.Msg {
	r := s.Reserved
	if r == nil || r.Places == 0 {
		return lang.Msg{}
	}
	var who []lang.Msg
	for _, n := range s.Elected {
		if slices.Contains(r.For, n) {
			who = append(who, plain(names[n-1]))
		}
	}
	if len(who) == 0 {
		return lang.M("count.reserved.nobody", "Count", r.Places)
	}
	return lang.M("count.reserved", "Count", r.Places, "Names", namesOf(who))
}

// dropsSay says that somebody drops out next, and why where others have fewer votes.
func dropsSay(s *tally.Sheet, stage, n int) lang.Msg {
	if s.Reserved != nil && !fewestVotes(s, stage, n) {
		return lang.M("count.excluded_reserved", "Name", s.Candidates[n-1])
	}
	return lang.M("count.excluded", "Name", s.Candidates[n-1])
}
