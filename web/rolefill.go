package web

import (
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"

	"github.com/labstack/echo/v4"
)

// How a role is filled that members elect, on the pages of roles.

// renderRole shows the role, with words that were typed and what is wrong with them.
func (s *Server) renderRole(c echo.Context, status int, v draw.View, words string, wrong map[string]lang.Msg) error {
	p := s.rolePage(c, v, words, wrong)
	var err error
	if p.Ends, err = s.endLinks(c, v.View); err != nil {
		return err
	}
	if p.Learn, err = s.learnBox(c, v.View, p.Guard()); err != nil {
		return err
	}
	if err := s.fillElection(c, &p, v.Role); err != nil {
		return err
	}
	p.Filled = lang.M("powers.filled")
	if area := fillWords(v.Fill); area != "" {
		p.Filled = lang.M(area + ".filled")
		p.Strip.Decides = lang.M(area + ".decides")
		if v.Draw.State != draw.Asking && v.Draw.State != draw.Announced {
			p.Strip.Next = lang.M(area + ".role_next")
		}
	}
	if err := s.fillVacant(c, &p, v.View); err != nil {
		return err
	}
	if err := s.fillReserved(c, &p, v.Role); err != nil {
		return err
	}
	return roleTmpl.render(c, status, p)
}

// fillElection says which election or selection for the role is under way. A role that is always filled by lot has none.
func (s *Server) fillElection(c echo.Context, p *rolePage, r role.Role) error {
	a, ctx, id := s.actor(c), c.Request().Context(), []role.ID{r.ID}
	switch r.Fill {
	case role.ByConsent:
		all, err := s.Selections.Latest(ctx, a, id)
		p.Election, p.Vote = selectionNow(a, all[r.ID])
		return err
	case role.ByElection, role.ByApproval:
		all, err := s.Elections.Latest(ctx, a, id)
		p.Election, p.Vote = electionNow(a, all[r.ID])
		return err
	}
	return nil
}

// electionNow says which election for the role is under way.
func electionNow(a member.Actor, e election.Election) (say lang.Msg, link Link) {
	if e.ID == 0 || !e.State.Open() {
		return lang.Msg{}, Link{}
	}
	say = lang.M("election.under_way."+string(e.State), "Until", local(a, e.Until), "Opens", local(a, e.Opens), "Final", local(a, e.Final))
	return say, Link{Href: motionPath(a.Group, motion.Motion{Number: e.Number}), Label: lang.M("election.name", "Number", e.Number)}
}

// fillWords is the area of words about a way of filling seats by vote or by consent; "" for the lot.
func fillWords(f role.Fill) string {
	switch f {
	case role.ByElection:
		return "election"
	case role.ByApproval:
		return "approval"
	case role.ByConsent:
		return "selection"
	}
	return ""
}

func roleIDs(roles []role.Powers) (out []role.ID) {
	for _, r := range roles {
		out = append(out, r.ID)
	}
	return out
}
