package demo

import (
	"errors"
	"fmt"

	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// learn has somebody be willing to be understudy to each holder and somebody learn beside them, and each holder write down what helps the
// next when their term is nearly over.
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
			if err := g.shadow(r.Key, t, holder); err != nil {
				return fmt.Errorf("learn beside %s: %w", holder, err)
			}
			if err := g.expectAsking(r.Key, t); err != nil {
				return fmt.Errorf("see when it is asked who follows %s: %w", holder, err)
			}
			g.lookOn(t.Ends.Add(-handOver))
			g.at(m.Now.AddDate(0, 0, 6), func() error { return g.takeOver(r.Key, t, holder) })
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

// takeOver has whoever follows somebody go through what those left them, and say that nothing is missing.
func (g *group) takeOver(key string, t role.Term, holder string) error {
	a, err := g.actor(holder)
	if err != nil {
		return nil // they have left since
	}
	v, err := g.Learning.Show(g.ctx, a, key)
	if err != nil {
		return err
	}
	for _, h := range v.Doing {
		if h.Part != handover.Incoming || !h.Begun || !h.Finished.IsZero() {
			continue
		}
		sh, err := g.Learning.ShowSheet(g.ctx, a, key, h.Term.Ref)
		if err != nil || !sh.MayCheck() {
			return err
		}
		var all []int
		for _, it := range sh.Items {
			all = append(all, it.N)
		}
		if err := errors.Join(g.Learning.Check(g.ctx, a, key, h.Term.Ref, all), g.Learning.Meet(g.ctx, a, key, h.Term.Ref), g.Learning.Finish(g.ctx, a, key, h.Term.Ref)); err != nil {
			return fmt.Errorf("%s takes over: %w", holder, err)
		}
	}
	return nil
}

// shadow has somebody sit beside whoever holds a first seat, twice; then, in the first of two such terms, they stop for want of time.
func (g *group) shadow(key string, t role.Term, holder string) error {
	if t.Seat != 1 {
		return nil
	}
	turn := g.shadowed[key]
	g.shadowed[key]++
	var name string
	for i := 1; i < len(g.body.people) && name == ""; i++ {
		who := g.body.people[(g.index(holder)+3+4*turn+i)%len(g.body.people)].name
		a, err := g.actor(who)
		if err != nil || who == holder {
			continue // not here yet
		}
		switch err := g.Learning.Shadow(g.ctx, a, key, t.Ref); {
		case err == nil:
			name = who
		case fault.KindOf(err) != fault.Conflict: // who holds a seat learns nothing beside another
			return err
		}
	}
	if name == "" {
		return nil
	}
	both := func(after int, names []string, do func(a member.Actor, id handover.ShadowID) error) {
		g.at(g.clock.Now().AddDate(0, 0, after), func() error { return g.besides(key, t, names, do) })
	}
	both(2, []string{holder}, func(a member.Actor, id handover.ShadowID) error { return g.Learning.Agree(g.ctx, a, key, id) })
	for _, day := range []int{12, 26} {
		both(day, []string{holder, name}, func(a member.Actor, id handover.ShadowID) error { return g.Learning.Sit(g.ctx, a, key, id) })
	}
	if turn%2 == 0 {
		both(30, []string{name}, func(a member.Actor, id handover.ShadowID) error { return g.Learning.Unshadow(g.ctx, a, key, id) })
	}
	return nil
}

// besides has people do something about what they learn beside a term, as long as it lasts.
func (g *group) besides(key string, t role.Term, names []string, do func(a member.Actor, id handover.ShadowID) error) error {
	for _, name := range names {
		a, err := g.actor(name)
		if err != nil {
			return nil // they have left since
		}
		v, err := g.Learning.Show(g.ctx, a, key)
		if err != nil {
			return err
		}
		for _, sh := range v.Mine {
			if sh.Term != t.ID || !sh.Ended.IsZero() {
				continue
			}
			if err := do(a, sh.ID); err != nil {
				return fmt.Errorf("%s learns as one of the %s: %w", name, key, err)
			}
		}
	}
	return nil
}

// stop has an understudy in the role stop, as soon as there is one.
func (g *group) stop(s stop) error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	v, err := g.Learning.Show(g.ctx, a, s.role)
	if err != nil {
		return err
	}
	for _, c := range v.Terms {
		if c.Understudy == 0 {
			continue
		}
		if a, err = g.actor(v.People[c.Understudy].Name); err != nil {
			return err
		}
		return g.Learning.Stop(g.ctx, a, s.role, c.Term.Ref)
	}
	if next := g.clock.Now().AddDate(0, 0, 7); next.Before(g.end) {
		g.at(next, func() error { return g.stop(s) })
	}
	return nil
}

// expectAsking has people say whether they would be next, on the day after they are asked that as the term nears its end.
func (g *group) expectAsking(key string, t role.Term) error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	v, err := g.Learning.Show(g.ctx, a, key)
	if err != nil {
		return err
	}
	for _, c := range v.Terms {
		if c.Term.ID == t.ID && !c.Calendar.Ask.IsZero() {
			g.at(rulebook.Later(c.Calendar.Ask, v.Now).AddDate(0, 0, 1), func() error { return g.sayNext(key) })
		}
	}
	return nil
}

// sayNext has people say whether they would be next, if they are asked.
func (g *group) sayNext(key string) error {
	a, err := g.actor(g.body.people[0].name)
	if err != nil {
		return err
	}
	v, err := g.Learning.Show(g.ctx, a, key)
	if err != nil || !v.Asking.Open(v.Now) || g.done[v.Asking.Ref()] {
		return err
	}
	g.done[v.Asking.Ref()] = true
	for i, p := range g.body.people {
		if i%2 == 0 {
			continue
		}
		a, err := g.actor(p.name)
		if err != nil {
			continue // not here
		}
		if err := g.Learning.Answer(g.ctx, a, key, draw.Answers()[(i/2+v.Asking.Number)%len(draw.Answers())]); err != nil {
			return err
		}
	}
	return nil
}
