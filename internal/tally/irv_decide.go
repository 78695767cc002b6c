package tally

import (
	"cmp"
	"slices"
)

// decide says at the end of a stage who is elected or, if nobody is, who is excluded next, and returns whether there is another stage.
func (c *ranked) decide() bool {
	winners := c.winners()
	c.moving, c.action = nil, Complete
	for _, cand := range winners {
		c.win(cand)
	}
	switch {
	case len(winners) > 0:
		if !c.one && !c.rules.BottomsUp {
			c.moving, c.action = winners, Surplus
		}
	case len(c.hopeful) > 0 && (c.vacancies() > 0 || c.rules.UntilTwo && c.out < c.taken()-2):
		c.moving, c.action = c.losers(), Exclude
		c.exclude(c.moving)
	}
	return c.another()
}

// taken returns how many take part.
func (c *ranked) taken() int {
	n := 0
	for _, in := range c.taking {
		if in {
			n++
		}
	}
	return n
}

// another says whether there is another stage. One for several seats has a last stage that takes off the surplus of the last elected.
func (c *ranked) another() bool {
	switch {
	case c.action == Exclude:
		return true
	case c.vacancies() > 0:
		return len(c.hopeful) > 0
	case c.rules.UntilTwo:
		return c.out+2 < c.taken()
	}
	return c.action == Surplus
}

// winners returns who is elected at the end of the stage, in this order.
func (c *ranked) winners() []int {
	places := c.vacancies()
	people := slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return h == c.writeIns() })
	switch {
	case places == 0 || c.votes[c.writeIns()] > 0:
		return nil
	case len(c.hopeful) <= places:
		return c.inOrder(people, places)
	case c.rules.FirstThreshold && len(c.hopeful) == 2:
		return c.inOrder(extreme(people, c.votes, 1), 1)
	case c.rules.BottomsUp:
		return nil
	}
	reached := slices.DeleteFunc(people, func(h int) bool { return c.votes[h] < c.threshold })
	if c.rules.OneAStage {
		places = 1
	}
	if len(reached) == 0 && c.one && len(c.hopeful) == 2 {
		return c.lastTwo()
	}
	return c.inOrder(reached, places)
}

// inOrder returns so many of those who are elected together, most votes first.
func (c *ranked) inOrder(cs []int, most int) (out []int) {
	for cs = slices.Clone(cs); len(cs) > 0 && len(out) < most; {
		cand := c.choose("election", extreme(cs, c.votes, 1))
		cs = slices.DeleteFunc(cs, func(h int) bool { return h == cand })
		out = append(out, cand)
	}
	return out
}

// lastTwo excludes one of two who have half each, so that the other is elected.
func (c *ranked) lastTwo() []int {
	c.exclude([]int{c.choose(Exclude, c.hopeful)})
	return slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return h == c.writeIns() })
}

func (c *ranked) win(cand int) {
	st := c.stage()
	st.Elected = append(st.Elected, cand+1)
	st.Say += " " + c.sayWin(cand)
	c.drop(cand)
	c.running[cand] = c.rules.UntilTwo // papers still move to a winner if the count goes on
	c.s.Elected = append(c.s.Elected, cand+1)
}

func (c *ranked) drop(cand int) {
	c.running[cand] = false
	c.hopeful = slices.DeleteFunc(c.hopeful, func(h int) bool { return h == cand })
}

func (c *ranked) exclude(cs []int) {
	for _, cand := range cs {
		c.drop(cand)
	}
	c.out += len(cs)
	st := c.stage()
	st.Excluded = append(st.Excluded, c.people(cs)...)
	st.Say += " " + c.sayOut(cs)
}

// losers returns who is excluded: those who are no candidates, or those under the minimum, or a batch, or the last.
func (c *ranked) losers() []int {
	if c.votes[c.writeIns()] > 0 {
		return []int{c.writeIns()}
	}
	few := slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return c.votes[h] >= c.rules.Minimum*c.unit })
	if len(few) > 0 && len(few) < len(c.hopeful) {
		return few
	}
	if few = c.batch(); len(few) > 1 {
		return few
	}
	return []int{c.choose(Exclude, extreme(c.hopeful, c.votes, -1))}
}

// batch returns those who together have fewer votes than anybody else has, or nobody. Where the count goes on until two are left,
// it leaves two.
func (c *ranked) batch() []int {
	if !c.rules.Batch {
		return nil
	}
	order := slices.Clone(c.hopeful)
	if c.rules.UntilTwo && len(c.s.Elected) > 0 {
		order = append(order, c.s.Elected[0]-1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.votes[a], c.votes[b]) })
	sum, safe, before := int64(0), 0, 0
	for i, cand := range order {
		if sum < c.votes[cand] && i > safe {
			safe, before = i, safe
		}
		sum += c.votes[cand]
	}
	if c.rules.UntilTwo && safe == len(order)-1 {
		safe = before
	}
	return order[:safe]
}

// choose takes one of those who stand alike. People who are no candidates are excluded before any who are.
func (c *ranked) choose(what Action, tied []int) int {
	if len(tied) == 1 {
		return tied[0]
	}
	if slices.Contains(tied, c.writeIns()) {
		return c.writeIns()
	}
	sign := 1
	if what == Exclude {
		sign = -1
	}
	t := Tie{Stage: len(c.s.Stages), For: string(what), Among: numbers(tied), By: c.lots.by}
	left := tied
	for stage := len(c.history) - 1; c.rules.Ties == TiesEarlier && stage >= 0 && len(left) > 1; stage-- {
		if narrower := extreme(left, c.history[stage], sign); len(narrower) < len(left) {
			left, t.By, t.From = narrower, ByEarlier, stage+1
		}
	}
	if len(left) > 1 {
		t.By, t.From = c.lots.by, 0
	}
	chosen := c.lots.first(left)
	if c.rules.Ties == TiesOrder && what == Exclude {
		chosen = c.lots.last(left)
	}
	t.Chosen = chosen + 1
	c.s.Ties = append(c.s.Ties, t)
	return chosen
}

// last returns the candidate that the lot takes last.
func (l lots) last(cs []int) int {
	return slices.MaxFunc(cs, func(a, b int) int { return l.place[a] - l.place[b] })
}

// order ranks everybody: the winner, who is left beside them by votes, and then the others, the last excluded first.
func (c *ranked) order() [][]int {
	won, last := c.s.Elected[0], len(c.history)-1
	var left []int
	for cand, gone := range c.gone(last + 1) {
		if !gone && cand+1 != won {
			left = append(left, cand+1)
		}
	}
	out := append([][]int{{won}}, c.levels(left, last)...)
	for stage := last; stage >= 0; stage-- {
		out = append(out, c.levels(c.s.Stages[stage].Excluded, stage)...)
	}
	return out
}

// levels orders candidates by their votes after a stage, most first, those with as many on one level.
func (c *ranked) levels(cs []int, stage int) (out [][]int) {
	votes := c.history[stage]
	cs = slices.SortedStableFunc(slices.Values(cs), func(a, b int) int { return cmp.Compare(votes[b-1], votes[a-1]) })
	for i, n := range cs {
		if i > 0 && votes[n-1] == votes[cs[i-1]-1] {
			out[len(out)-1] = append(out[len(out)-1], n)
			continue
		}
		out = append(out, []int{n})
	}
	return out
}
