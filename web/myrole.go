package web

import (
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/role"

	"github.com/labstack/echo/v4"
)

// myRole is what a reader who holds a role, or is about to, is told of it (practice.md §5.7).
type myRole struct {
	Role Link
	Say  []lang.Msg
}

// myTerm says from when until when somebody has powers, what they may do and what not, and how it ends.
func myTerm(a member.Actor, t member.Term, begun bool) []lang.Msg {
	if t.Kind == string(role.Caretaker) {
		return myCare(a, t)
	}
	when, ends := "powers.mine.starts", "powers.mine.ends"
	if begun {
		when = "powers.mine.began"
	}
	var powers []lang.Msg
	for _, c := range t.Caps {
		powers = append(powers, lang.M("power."+string(c)+".you"))
	}
	if len(powers) == 0 { // what begins and ends is a term
		when, ends = when+".term", ends+".term"
	}
	say := append([]lang.Msg{lang.M(when, "From", local(a, t.Begins), "Until", local(a, t.Ends))}, powers...)
	return append(say, lang.M("role."+t.Role+".you_not"), lang.M(ends), lang.M("handover.mine.ends"))
}

// myTermHere is myTerm on the page of the role, with who has the place after.
func myTermHere(a member.Actor, v role.View, t role.Term) []lang.Msg {
	say := myTerm(a, member.Term{Role: v.Key, Kind: string(t.Kind), Caps: t.Caps, Begins: t.Begins, Ends: t.Ends}, t.Holds(v.Now))
	if !t.Fills() {
		return say
	}
	if beside := v.Beside(t); len(beside) > 0 {
		say = append(say, lang.M("powers.mine.shared", "Who", namesOf(holders(v.People, beside))))
	}
	return append(say, follower(a, v, t))
}

// holders are the names of those who hold terms.
func holders(people map[member.ID]member.Member, terms []role.Term) (out []lang.Msg) {
	for _, t := range terms {
		out = append(out, memberName(people[t.Member]))
	}
	return out
}

// holdersName is what people who hold a place together are called: one name.
func holdersName(people map[member.ID]member.Member, terms []role.Term) lang.Msg {
	return election.NameOf(holders(people, terms))
}

// follower says who has the place after somebody.
func follower(a member.Actor, v role.View, t role.Term) lang.Msg {
	if next := v.Followers(t); len(next) > 0 {
		return lang.M("powers.mine.next", "Who", holdersName(v.People, next), "From", local(a, next[0].Begins))
	}
	switch v.Fill {
	case role.ByElection, role.ByApproval:
		return lang.M("powers.mine.nobody.election")
	case role.ByConsent:
		return lang.M("powers.mine.nobody.consent")
	}
	return lang.M("powers.mine.nobody")
}

// fillRoles puts what is asked of the reader, what they hold and what changes today on the first page.
func (s *Server) fillRoles(c echo.Context, p *nowPage) error {
	a, ctx := s.actor(c), c.Request().Context()
	stand, err := s.Elections.Asked(ctx, a)
	if err != nil {
		return err
	}
	for _, e := range stand {
		if row := askedToStand(a, e, p.voice()); e.Shares.Ref != "" {
			p.Shares = append(p.Shares, row)
		} else {
			p.Stand = append(p.Stand, row)
		}
	}
	asked, err := s.Draws.Asked(ctx, a)
	if err != nil {
		return err
	}
	for _, r := range asked {
		p.Asked = append(p.Asked, askedRow(a, r, p.voice()))
	}
	choosing, err := s.Selections.Running(ctx, a)
	if err != nil {
		return err
	}
	for _, v := range choosing {
		p.Choosing = append(p.Choosing, selectionRow(a, v, p.voice()))
	}
	ending, err := s.Petitions.Asking(ctx, a)
	if err != nil {
		return err
	}
	for _, v := range ending {
		p.Ending = append(p.Ending, petitionRow(a, v, p.voice()))
	}
	for _, t := range a.Terms {
		if t.Kind == member.InMeeting {
			continue // the meeting's page says it
		}
		p.Mine = append(p.Mine, myRole{Link{powersPath(a.Group, t.Role), lang.M("role." + t.Role + ".name")}, myTerm(a, t, !s.now().Before(t.Begins))})
	}
	if p.Learn, err = s.learnNow(c, p.voice()); err != nil {
		return err
	}
	p.Asked = append(p.Asked, p.Learn.Asked...)
	return nil
}
