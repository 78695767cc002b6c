package demo

import (
	"errors"
	"fmt"

	"folkmoot/internal/decision"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/role"
)

// lookAfterRoles has people do what roles ask of them: each third says that they would take one, somebody throws words into the draw,
// tellers sign the counts there are, a crew chooses by consent, and members learn from whoever holds a role.
func (g *group) lookAfterRoles() error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	m, err := g.Roles.Map(g.ctx, a)
	if err != nil {
		return fmt.Errorf("look at the roles of %s: %w", g.name, err)
	}
	ids := make([]role.ID, len(m.Roles))
	for i, r := range m.Roles {
		ids[i] = r.ID
	}
	draws, err := g.Draws.Latest(g.ctx, a, ids)
	if err != nil {
		return fmt.Errorf("look at the draws of %s: %w", g.name, err)
	}
	counted, _, err := g.Decisions.List(g.ctx, a, 0)
	if err != nil {
		return fmt.Errorf("look at the decisions of %s: %w", g.name, err)
	}
	if err := errors.Join(g.elect(a), g.choose(), g.answerVacancies(a)); err != nil {
		return fmt.Errorf("how %s fills its roles: %w", g.name, err)
	}
	for _, r := range m.Roles {
		d := draws[r.ID]
		if err := errors.Join(g.say(d), g.throwIn(d), g.sign(m, r, counted), g.learn(m, r)); err != nil {
			return fmt.Errorf("%s of %s: %w", r.Key, g.name, err)
		}
	}
	return nil
}

// say has people answer whether they would do it, each time others.
func (g *group) say(d draw.Draw) error {
	if key := d.Ref() + " says"; d.State != draw.Asking || g.done[key] {
		return nil
	} else {
		g.done[key] = true
	}
	for i, p := range g.body.people {
		answer := draw.Answers()[(i+d.Number)%len(draw.Answers())]
		if g.done[tired+p.name] {
			answer = draw.NotNow
		}
		a, err := g.actor(p.name)
		if err != nil || !a.IsMember() {
			continue // not yet here
		}
		if err := g.Draws.Say(g.ctx, a, d.Number, answer); err != nil && fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return nil
}

// throwIn has the first in the pool throw in what dice gave.
func (g *group) throwIn(d draw.Draw) error {
	if d.State != draw.Announced {
		return nil
	}
	for _, p := range g.body.people {
		a, err := g.actor(p.name)
		if err != nil || !a.IsMember() {
			continue
		}
		if err := g.Draws.ThrowIn(g.ctx, a, d.Number, "dice 4 6 1 2"); fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}

// sign has the tellers go over the newest counts.
func (g *group) sign(m role.Map, r role.Powers, counted []decision.Decision) error {
	for _, t := range r.Terms {
		if !t.Holds(m.Now) {
			continue
		}
		a, err := g.actor(m.People[t.Member].Name)
		if err != nil {
			return err
		}
		for _, d := range counted {
			key := fmt.Sprintf("%s signed by %s", d.Number(), a.Member.Name)
			if g.done[key] {
				continue
			}
			g.done[key] = true
			if err := g.Ballots.SignCount(g.ctx, a, d.Ballot); err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Denied { // none of a matter about themselves
				return err
			}
		}
	}
	return nil
}
