package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/vacancy"

	"github.com/labstack/echo/v4"
)

// Ballots by ranking that are no elections: what shall become of a role that nobody takes (practice.md §2.12.6).

// ranked is what can be put in order in a ballot: who stands in an election, or what can become of a role.
type ranked struct {
	election election.View
	role     role.Role  // zero: it is an election
	held     []lang.Msg // who holds a place of the role now
}

// rankedOn returns what can be put in order in votes on the motion.
func (s *Server) rankedOn(ctx context.Context, a member.Actor, m motion.Motion) (r ranked, err error) {
	if m.Kind == motion.Vacancy {
		if r.role, err = s.Vacancies.About(ctx, a, m.ID); err == nil && !m.IsOver() {
			r.held, _, err = s.heldNow(ctx, a, r.role)
		}
		return r, err
	}
	r.election, err = s.Elections.Show(ctx, a, m.Number)
	return r, err
}

func (r ranked) isQuestion() bool { return r.role.ID != 0 }

// name is what an option is called.
func (r ranked) name(ref string) lang.Msg {
	if r.isQuestion() {
		return vacancy.Choice(ref).Name()
	}
	return optionName(r.election, ref)
}

// pointNumber is what a point of a proposal is called, by its place from 0 on. Where the points are choices, the first says what they are about, and
// is no point.
func pointNumber(m motion.Motion, i int) int {
	if m.Kind == motion.Vacancy {
		return i
	}
	return i + 1
}

// asChoice shows the clauses as what they are in a question: choices, of which members put some in order, with the one that nothing changes. It is
// worded by the voice, in which the others are.
func (p *motionPage) asChoice(v *lang.Voice) {
	p.Will, p.Effect, p.EffectIs = lang.M("vacancy.options"), lang.M("vacancy.follows"), lang.M("vacancy.follows_is")
	if len(p.Clauses) == 0 {
		return
	}
	none := Clause{Number: len(p.Clauses), Text: v.T("vacancy.choice.ron")}
	p.Lead, p.Clauses = p.Clauses[0].Text, append(p.Clauses[1:], none)
}

// heldNow returns who holds a place of the role now, by the place, and how many places are free.
func (s *Server) heldNow(ctx context.Context, a member.Actor, r role.Role) (names []lang.Msg, free int, err error) {
	v, err := s.Roles.Show(ctx, a, r.Key)
	for _, t := range v.Terms {
		if t.Fills() && t.Holds(v.Now) {
			names = append(names, memberName(v.People[t.Member]))
		}
	}
	return names, v.Free(v.Now), err
}

// fillHeld says of a role that only some places of it are free while members are asked what shall become of it, and whose term it would end.
func (s *Server) fillHeld(ctx context.Context, p *motionPage, a member.Actor, m motion.Motion) error {
	on, err := s.rankedOn(ctx, a, m)
	if err != nil || len(on.held) == 0 {
		return err
	}
	_, free, err := s.heldNow(ctx, a, on.role)
	if err != nil || free == 0 {
		return err
	}
	p.Support = lang.M("vacancy.called_part", "Count", free, "Seats", on.role.Seats, "Names", namesOf(on.held))
	ends := vacancy.Abolish.Say(roleName(on.role))
	for i, cl := range p.Clauses {
		if cl.Text == s.views.catalog.Voice(a.Group.Lang).Say(ends) {
			p.Clauses[i].Text += " " + p.voice().Say(lang.M("vacancy.choice.abolish_held", "Names", namesOf(on.held)))
		}
	}
	return nil
}

// asQuestion puts the words of a choice into the picture of a count, which speaks of people who are elected.
func (f *Flow) asQuestion() {
	for i, m := range f.Say {
		f.Say[i].ID = strings.Replace(m.ID, "flow.", "flow.choice.", 1)
	}
	for i := range f.Stages {
		for j, m := range f.Stages[i].Say {
			if strings.HasPrefix(m.ID, "count.elected") {
				f.Stages[i].Say[j].ID = "count.chosen"
			}
		}
		for j, b := range f.Stages[i].Bands {
			if b.Sign == signElected {
				f.Stages[i].Bands[j].Stands = lang.M("flow.chosen")
			}
		}
	}
}

// chosen says what members chose to become of a role.
func (p *Count) chosen(r ranked, result election.Result, won []int) {
	p.Elected = lang.M("vacancy.chosen_none")
	if len(won) > 0 && won[0] != result.RON {
		p.Elected = lang.M("vacancy.chosen", "Choice", r.name(result.Options[won[0]-1]))
	}
}

// vacantPart is what a role's page says of its free seats: parts "vacant", beside who holds the others, and "vacant-next".
type vacantPart struct {
	Say    []lang.Msg
	Places []lang.Msg // each that is free, and who looks after it
	Next   []lang.Msg // what the clock does next
	Vote   Link       // to the question what shall become of the role
	Links  []Link     // to what members can put forward
}

// fillVacant puts on the page since when seats are free, who looks after them and what the clock does next. Of a role that has ended there is
// nothing to learn or to fill.
func (s *Server) fillVacant(c echo.Context, p *rolePage, v role.View) error {
	a := s.actor(c)
	free, err := s.Vacancies.ShowOf(c.Request().Context(), a, v)
	if err != nil {
		return err
	}
	p.Vacant = vacantOf(a, v.Powers, free, v.Now)
	p.Vacant.places(a, v.Powers, v.People, free, v.Now)
	switch {
	case !v.Ended.IsZero():
		p.Head.State, p.Strip.Next = lang.M("vacancy.state.ended"), lang.M("vacancy.next.ended")
		p.Learn, p.Waive, p.Filled, p.Draw = learnBox{}, Link{}, lang.Msg{}, lang.Msg{}
	case v.Sleeps():
		p.Head.State, p.Strip.Next = lang.M("vacancy.state.asleep"), lang.M("vacancy.next.asleep")
		p.Vacant.Links = []Link{{Href: powersPath(a.Group, v.Key, "wake"), Label: lang.M("vacancy.wake")}}
	}
	for _, who := range free.Stay {
		p.Vacant.Links = append(p.Vacant.Links, Link{Href: powersPath(a.Group, v.Key, "stay") + "?who=" + who.Ref, Label: lang.M("vacancy.stay", "Name", memberName(who))})
	}
	return nil
}

// vacantOf says how it stands with a role of which seats are free, and what the clock does next.
func vacantOf(a member.Actor, r role.Powers, v vacancy.View, now time.Time) (p vacantPart) {
	switch {
	case !r.Ended.IsZero():
		p.Say = []lang.Msg{lang.M("vacancy.ended", "At", local(a, r.Ended))}
		if r.Into != "" {
			p.Say = append(p.Say, lang.M("vacancy.into", "Other", lang.M("role."+r.Into+".name")))
		}
		return p
	case r.Sleeps():
		p.Say = []lang.Msg{lang.M("vacancy.asleep", "At", local(a, r.Slept))}
	}
	if r.InCommon(r.Terms, now) && (len(v.Open) > 0 || r.Sleeps()) {
		p.Say = append(p.Say, lang.M("vacancy.common"))
	}
	if v.Question.ID != 0 {
		p.Next = []lang.Msg{lang.M("vacancy.asked")}
		p.Vote = Link{Href: motionPath(a.Group, v.Question), Label: motionName(v.Question)}
	} else if v.AsksAt.After(now) {
		p.Next = []lang.Msg{lang.M("vacancy.asks", "At", local(a, v.AsksAt))}
	} else if !v.AsksAt.IsZero() {
		p.Next = []lang.Msg{lang.M("vacancy.asks_after")}
	}
	return p
}

// places adds each free seat with who looks after it, and when the role falls asleep.
func (p *vacantPart) places(a member.Actor, r role.Powers, people map[member.ID]member.Member, v vacancy.View, now time.Time) {
	minded := false
	for _, o := range v.Open {
		say := lang.M("vacancy.unminded", "Seat", o.Seat, "At", local(a, o.Opened))
		for _, t := range r.Terms {
			if !t.Fills() && t.Seat == o.Seat && t.Holds(now) {
				say, minded = lang.M("vacancy.minds", "Seat", o.Seat, "At", local(a, o.Opened), "Who", memberName(people[t.Member]), "Until", local(a, t.Ends)), true
			}
		}
		p.Places = append(p.Places, say)
	}
	if minded {
		p.Say = append([]lang.Msg{lang.M("vacancy.chores")}, p.Say...)
	}
	if v.SleepsAt.After(now) {
		p.Next = append(p.Next, lang.M("vacancy.sleeps", "At", local(a, v.SleepsAt)))
	} else if !v.SleepsAt.IsZero() {
		p.Next = append(p.Next, lang.M("vacancy.sleeps_after"))
	}
}

// myCare is what a reader who looks after a role is told of it.
func myCare(a member.Actor, t member.Term) []lang.Msg {
	return []lang.Msg{lang.M("vacancy.mine"), lang.M("vacancy.mine.until", "From", local(a, t.Begins), "Until", local(a, t.Ends))}
}

// carePage is the form with which a member proposes to wake a role, or that who held it last looks after it.
type carePage struct {
	Frame
	Say  []lang.Msg
	Href string // empty: nobody could stay
	Who  string // the reference of who held it last; "" where it is to be woken
	Why  Field
}

var careTmpl = newPage[carePage]("group/care.html")

func (s *Server) showWake(c echo.Context) error { return s.careForm(c, http.StatusOK, "wake", nil) }

func (s *Server) showStay(c echo.Context) error { return s.careForm(c, http.StatusOK, "stay", nil) }

// careForm makes the form for waking a role or for letting somebody stay, with what was typed and what is wrong with it.
func (s *Server) careForm(c echo.Context, status int, what string, wrong map[string]lang.Msg) error {
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Roles.Show(ctx, a, c.Param("role"))
	if err != nil {
		return err
	}
	p := carePage{Frame: s.groupFrame(c, SectionPeople), Href: powersPath(a.Group, v.Key, what)}
	p.refuse(wrong, "why")
	title := lang.M("vacancy.wake")
	if what == "stay" {
		p.Who = strings.TrimSpace(c.QueryParam("who") + value(c, "who"))
		who, err := s.Vacancies.Stayer(ctx, a, v.Role.ID, p.Who)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			p.Href, title, p.Head.Cannot = "", lang.M("vacancy.stay.title"), lang.M("vacancy.cannot_stay")
		case err != nil:
			return err
		default:
			title = lang.M("vacancy.stay", "Name", memberName(who))
		}
	}
	p.Head.Crumbs, p.Head.Title = []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Key), roleName(v.Role)}}, title
	p.Strip = Strip{Next: lang.M("vacancy.wake.next"), Decides: lang.M("vacancy." + what + ".decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = []lang.Msg{lang.M("vacancy." + what + ".say")}
	p.Why = Field{Name: "why", Value: value(c, "why"), Label: lang.M("motion.form.why"), Wrong: wrong["why"], Rows: 5, Words: motion.MaxWhy, Optional: true, Markdown: true, Hint: lang.M("vacancy.why.hint")}
	return careTmpl.render(c, status, p)
}

func (s *Server) proposeWake(c echo.Context) error {
	m, err := s.Vacancies.ProposeWake(c.Request().Context(), s.actor(c), s.once(c), c.Param("role"), value(c, "why"))
	return s.proposedCare(c, "wake", m, err)
}

func (s *Server) proposeStay(c echo.Context) error {
	m, err := s.Vacancies.ProposeStay(c.Request().Context(), s.actor(c), s.once(c), c.Param("role"), value(c, "who"), value(c, "why"))
	return s.proposedCare(c, "stay", m, err)
}

// proposedCare answers what was proposed, or shows the form again.
func (s *Server) proposedCare(c echo.Context, what string, m motion.Motion, err error) error {
	if wrong := fault.Fields(err); wrong != nil {
		return s.careForm(c, http.StatusUnprocessableEntity, what, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "motion.flash.proposed")
	return see(c, motionPath(s.actor(c).Group, m))
}

// commonSay says who signed a count in common, while nobody held the role.
func commonSay(key string, names []string) lang.Msg {
	id := "decision.common"
	if len(names) < ballot.Signers {
		id = "decision.common_one"
	}
	return lang.M(id, "Names", strings.Join(names, ", "), "Role", lang.M("role."+key+".name"))
}
