package demo

import (
	"fmt"

	"folkmoot/internal/fault"
	"folkmoot/internal/role"
)

// learn has somebody be willing to be understudy to each holder, and each holder write down what helps the next when their term is nearly over.
func (g *group) learn(m role.Map, r role.Powers) error {
	for _, t := range r.Terms {
		if !t.Holds(m.Now) || !t.Fills() {
			continue
		}
		holder := m.People[t.Member].Name
		if !g.done["learn "+t.Ref] {
			g.done["learn "+t.Ref] = true
			if err := g.volunteer(r.Key, t, holder); err != nil {
				return fmt.Errorf("be understudy to %s: %w", holder, err)
			}
		}
		if t.Ends.Sub(m.Now) < handOver && !g.done["hand over "+t.Ref] {
			g.done["hand over "+t.Ref] = true
			if err := g.handOver(r.Key, t, holder); err != nil {
				return fmt.Errorf("%s hands over: %w", holder, err)
			}
		}
	}
	return nil
}

// volunteer has one member say that they would be understudy, and another one where the seat is the first: then a lot falls.
func (g *group) volunteer(key string, t role.Term, holder string) error {
	left := 1
	if t.Seat == 1 {
		left = 2
	}
	from := g.index(holder)
	for i := 1; i < len(g.body.people) && left > 0; i++ {
		a, err := g.actor(g.body.people[(from+i)%len(g.body.people)].name)
		if err != nil {
			continue // not here yet
		}
		switch err := g.Learning.Volunteer(g.ctx, a, key, t.Ref, true); {
		case err == nil:
			left--
		case fault.KindOf(err) != fault.Conflict: // who holds a seat learns nothing beside another
			return err
		}
	}
	return nil
}

// handOver has the holder write, and say that the two have met.
func (g *group) handOver(key string, t role.Term, holder string) error {
	a, err := g.actor(holder)
	if err != nil {
		return err
	}
	err = g.Learning.Write(g.ctx, a, key, t.Ref, map[int]string{
		1: "Two evenings a month. The rest can wait for the next meeting.", 2: "The yearly letter to the council is due in spring.", 8: "I tried to do it alone. Ask early.",
	})
	if err != nil {
		return err
	}
	return g.Learning.Meet(g.ctx, a, key, t.Ref)
}
