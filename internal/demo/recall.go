package demo

import (
	"errors"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
)

// ending is that members ask to end a term early, and what comes of it.
type ending struct {
	day            int    // days before today on which the petition starts
	role           string // whose
	reason, answer string
	votes          [3]int
	resigns        bool   // before the vote opens
	waiver         string // why whoever held the term is let outside the limits afterwards; "" if they are not
	waived         [3]int // how the members vote on that
}

// endTerm has members ask to end a term early. Whoever has been there longest starts, and the next sign.
func (g *group) endTerm(e ending) error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	m, err := g.Roles.Map(g.ctx, a)
	if err != nil {
		return err
	}
	key, term, err := g.endable(a, m, e.role)
	if err != nil {
		return err
	}
	holder := m.People[term.Member].Name
	g.done[tired+holder] = true
	if err := g.petition(e, key, term, holder); err != nil {
		return fmt.Errorf("end the term of %s: %w", holder, err)
	}
	v, err := g.Petitions.Show(g.ctx, a, key, term.Ref)
	if err != nil {
		return err
	}
	if e.resigns {
		g.at(g.clock.Now().AddDate(0, 0, 2), func() error {
			a, err := g.actor(holder)
			if err != nil {
				return err
			}
			return g.Roles.GiveUp(g.ctx, a, term.Ref)
		})
		return nil
	}
	(&thread{group: g, proposal: proposal{by: a.Member.Name, title: v.Motion.Title, votes: e.votes}, number: v.Motion.Number}).watch(v.Motion.Opens)
	if e.waiver != "" {
		g.at(g.clock.Now().AddDate(0, 0, 21), func() error { return g.letOutside(e, key, holder) })
	}
	return nil
}

// endable returns that term of the role that would go on longest of those which members may ask to end now: not again so soon after they
// kept its holder.
func (g *group) endable(a member.Actor, m role.Map, of string) (key string, term role.Term, err error) {
	for _, r := range m.Roles {
		for _, t := range r.Terms {
			if r.Key != of || !t.Fills() || !t.Holds(m.Now) || !t.Ends.After(term.Ends) {
				continue
			}
			v, err := g.Petitions.Show(g.ctx, a, r.Key, t.Ref)
			if err != nil {
				return "", term, err
			}
			if v.MayStart() == nil {
				key, term = r.Key, t
			}
		}
	}
	if key == "" {
		err = fmt.Errorf("none of the %s holds a term that could end", of)
	}
	return key, term, err
}

// petition has enough members sign, and whoever holds the term answer.
func (g *group) petition(e ending, key string, term role.Term, holder string) error {
	for _, p := range g.body.people {
		a, err := g.actor(p.name)
		if err != nil || p.name == holder {
			continue // not here yet
		}
		v, err := g.Petitions.Show(g.ctx, a, key, term.Ref)
		switch {
		case err != nil:
			return err
		case v.State == petition.Reached:
			return g.answer(e, holder, v.Number)
		case v.State == petition.Collecting:
			err = g.Petitions.Sign(g.ctx, a, v.Number)
		default:
			_, err = g.Petitions.Start(g.ctx, a, term.Ref, e.reason)
		}
		if err != nil {
			return err
		}
	}
	return errors.New("too few are there to sign")
}

func (g *group) answer(e ending, holder string, petition int) error {
	a, err := g.actor(holder)
	if err != nil {
		return err
	}
	return g.Petitions.Answer(g.ctx, a, petition, e.answer)
}

// letOutside proposes that whoever held the term may hold it once more, and has the members vote on that.
func (g *group) letOutside(e ending, key, holder string) error {
	names := g.others(holder)
	by := names[1]
	h := &thread{group: g, proposal: proposal{by: by, title: "one term outside the limits", votes: e.waived}}
	err := h.as(by, func(a member.Actor) error {
		m, err := g.Roles.ProposeWaiver(g.ctx, a, db.Once{}, key, holder, e.waiver)
		h.number = m.Number
		return err
	})
	if err != nil {
		return err
	}
	for i, name := range names[2:4] {
		h.after(4+5*i, name, func(a member.Actor) error {
			_, err := h.Motions.Support(h.ctx, a, h.number, 1)
			return err
		})
	}
	h.watch(h.clock.Now().AddDate(0, 0, 1))
	return nil
}

// others lists everybody's names but one.
func (g *group) others(not string) (names []string) {
	for _, p := range g.body.people {
		if p.name != not {
			names = append(names, p.name)
		}
	}
	return names
}

// quit has whoever would hold the role longest give it up.
func (g *group) quit(q quit) error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	m, err := g.Roles.Map(g.ctx, a)
	if err != nil {
		return err
	}
	_, term, err := g.endable(a, m, q.role)
	if err != nil {
		return err
	}
	if a, err = g.actor(m.People[term.Member].Name); err != nil {
		return err
	}
	return g.Roles.GiveUp(g.ctx, a, term.Ref)
}
