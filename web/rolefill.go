package web

import (
	"time"

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
	if err := s.fillElection(c, &p, v.View); err != nil {
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
func (s *Server) fillElection(c echo.Context, p *rolePage, v role.View) error {
	r := v.Role
	a, ctx, id := s.actor(c), c.Request().Context(), []role.ID{r.ID}
	switch r.Fill {
	case role.ByConsent:
		all, err := s.Selections.Latest(ctx, a, id)
		if p.Election, p.Vote = selectionNow(a, all[r.ID]); all[r.ID].ID == 0 {
			p.Begins = beginsFirst(a, v, s.now())
		}
		return err
	case role.ByElection, role.ByApproval:
		all, err := s.Elections.Latest(ctx, a, id)
		if p.Election, p.Vote = electionNow(a, all[r.ID]); all[r.ID].ID == 0 {
			p.Begins = beginsFirst(a, v, s.now())
		}
		return err
	}
	return nil
}

// beginsFirst says when a role that nobody has held is filled for the first time; nothing where that is not to come.
func beginsFirst(a member.Actor, v role.View, now time.Time) lang.Msg {
	at := v.FirstFilled(now)
	if at.IsZero() || len(v.Terms) > 0 || len(v.Past) > 0 {
		return lang.Msg{}
	}
	return firstSay(a, v.Fill, at)
}

// beginsFirstAll is beginsFirst for all roles of a group, each way of filling them once.
func beginsFirstAll(a member.Actor, m role.Map) (out []lang.Msg) {
	said := map[string]bool{}
	for _, r := range m.Roles {
		at := r.FirstFilled(m.Now)
		if at.IsZero() || len(r.Terms) > 0 {
			continue
		}
		if say := firstSay(a, r.Fill, at); !said[say.ID] {
			said[say.ID], out = true, append(out, say)
		}
	}
	return out
}

// firstSay says when roles that are filled in this way are filled for the first time.
func firstSay(a member.Actor, f role.Fill, at time.Time) lang.Msg {
	id := "election.first"
	if f == role.ByConsent {
		id = "selection.first"
	}
	if at.Equal(a.Group.Founding) {
		return lang.M(id+".meeting", "At", local(a, at))
	}
	return lang.M(id+".day", "At", local(a, at))
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
