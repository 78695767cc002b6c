package demo

import (
	"fmt"

	"folkmoot/internal/consent"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// reasons are why people name somebody, in turn.
var reasons = []string{
	"Notices what is missing before anybody says it.", "Asks those who are quiet.", "Keeps a list, and shows it to everybody.",
	"Has never done it, and would like to.", "Knows the suppliers by name.",
}

// choose has people do what selections by consent ask of them: they write names, one thinks better of it, they agree, in the second selection one
// objects, and whoever is asked says yes. The last who joined leaves to visitors what is still under way when the story ends.
func (g *group) choose() error {
	for i, p := range g.body.people {
		a, err := g.actor(p.name)
		if err != nil || !a.IsMember() {
			continue // not yet here
		}
		running, err := g.Selections.Running(g.ctx, a)
		if err != nil {
			return fmt.Errorf("look at what %s chooses: %w", g.name, err)
		}
		for _, v := range running {
			if i == len(g.body.people)-1 && v.Until.After(g.end) {
				continue
			}
			if err := g.chooseIn(i, a, v); err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Denied {
				return fmt.Errorf("%s in selection %d of %s: %w", p.name, v.Number, g.name, err)
			}
		}
	}
	return nil
}

func (g *group) chooseIn(i int, a member.Actor, v consent.View) error {
	write := func(named int) error {
		return g.Selections.Write(g.ctx, a, v.Number, v.May[named%len(v.May)], reasons[(i+v.Number)%len(reasons)])
	}
	switch waits := v.Waits(); {
	case waits == consent.Naming && len(v.May) > 0:
		return write(i/2 + v.Number)
	case waits == consent.Changing && i == 1 && len(v.May) > 0:
		return write(v.Number)
	case waits == consent.Asking:
		for _, n := range v.Proposed() {
			answer, why := consent.Agree, ""
			if v.Number == 2 && v.Round == 1 && i == 3 {
				answer, why = consent.Object, "They start night shifts next week, and nobody could reach them when we cook."
			}
			if n.Member == a.Member.ID {
				continue
			}
			if err := g.Selections.Answer(g.ctx, a, v.Number, n.Turn, answer, why); err != nil {
				return err
			}
		}
	case waits == consent.Accepting:
		return g.Selections.Accept(g.ctx, a, v.Number)
	}
	return nil
}
