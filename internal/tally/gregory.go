package tally

import (
	"fmt"
	"math/big"
	"slices"
)

// gregory is a count by which of a surplus only the parcel moves that came last (Gregory's method), at two decimals.
type gregory struct {
	*transfers
	ers bool // ERS97; otherwise Northern Ireland
}

// gregoryPlaces is the precision of both rules.
var gregoryPlaces = arithmetic{places: 2, shown: 2}

func newGregory(e *Election, o Options, method string, ers bool) *gregory {
	c := &gregory{newTransfers(e, o, method, gregoryPlaces, skips{}), ers}
	c.earliest = true
	return c
}

func (c *gregory) count() *Sheet {
	c.setQuota()
	c.record(First, nil, fmt.Sprintf("First preferences of %s. The quota is %s.", papersOf(c.valid), c.write(c.quota)))
	c.remember(1)
	c.elect()
	for !c.full {
		c.step()
	}
	return c.s
}

// step does the next stage. A surplus waits as long as it could not save any of those who are excluded instead.
func (c *gregory) step() {
	spare, rest := c.surpluses(), c.rest(c.s, c.hopeful)
	n := c.lowest(spare)
	if spare.Sign() > 0 && (n == 0 || len(rest) > 0) {
		cand := c.choose(Surplus, c.extreme(c.waiting, c.votes, 1))
		c.waiting = slices.DeleteFunc(c.waiting, func(w int) bool { return w == cand })
		c.pass(cand)
		return
	}
	out, say := rest, fmt.Sprintf(" %s %s excluded next, %s", c.names(rest), are(rest), sayRest)
	if len(rest) == 0 {
		out, say = c.lowestOut(max(n, 1))
	}
	if spare.Sign() > 0 {
		say += " The surplus waits, because it could not save anybody from this."
	}
	c.lose(out, say)
	if c.ers && len(c.hopeful) == c.vacancies() {
		c.fill()
		return
	}
	c.exclude(out)
}

// lowest returns how many of those with the fewest votes can be excluded together while a surplus waits (ERS97 5.2.2 and 5.2.5;
// Northern Ireland 49(10) and 51(12)).
func (c *gregory) lowest(spare *big.Rat) int {
	low, most := c.ascending(), len(c.hopeful)-c.vacancies()
	if c.kept > 0 {
		among := c.excludable(c.s, c.hopeful)
		low, most = slices.DeleteFunc(low, func(h int) bool { return !slices.Contains(among, h) }), min(most, 1)
	}
	return c.doomed(low, spare, most, func(_ int, together, above *big.Rat) bool {
		return together.Cmp(above) < 0 || c.ers && together.Cmp(above) == 0
	})
}

// lowestOut returns the n candidates with the fewest votes of those who can be excluded, and says why they are.
func (c *gregory) lowestOut(n int) (out []int, say string) {
	among := c.excludable(c.s, c.hopeful)
	last := c.extreme(among, c.votes, -1)
	kept := saved(c.extreme(c.hopeful, c.votes, -1), last)
	if out = c.excluded(n); len(out) > 1 {
		return out, fmt.Sprintf(" %s are excluded next, because all together, with what waits to be passed on, they could not overtake the candidate above them.", c.names(out))
	}
	return out, fewest(c.name(out[0]), len(last) > 1, kept, "excluded next")
}

// excluded returns the n candidates with the fewest votes.
func (c *gregory) excluded(n int) []int {
	var out []int
	left := slices.Clone(c.excludable(c.s, c.hopeful))
	for len(out) < n {
		lowest := c.extreme(left, c.votes, -1)
		if len(lowest) > n-len(out) {
			lowest = []int{c.choose(Exclude, lowest)}
		}
		out = append(out, lowest...)
		left = slices.DeleteFunc(left, func(h int) bool { return slices.Contains(lowest, h) })
	}
	return out
}

// pass passes on a surplus: the parcel that came last, at the surplus over the number of its papers that name somebody further, but
// never above the value they have.
func (c *gregory) pass(cand int) {
	spare := c.surplus(cand)
	last := c.parcels[cand][len(c.parcels[cand])-1]
	c.parcels[cand] = nil
	to, counts, _ := c.sort(last.kinds)
	papers := int64(0)
	for _, n := range counts {
		papers += n
	}
	value, worth := last.value, new(big.Rat).Mul(last.value, whole(papers))
	if worth.Cmp(spare) > 0 {
		value = c.div(spare, whole(papers))
	} else {
		c.away.Add(c.away, minus(spare, worth))
	}
	for next, kinds := range to {
		c.give(next, parcel{value, false, kinds}, counts[next])
	}
	c.votes[cand] = c.quota
	say := fmt.Sprintf("%s has %s more than the quota, and this surplus is passed on. %s", c.name(cand), c.write(spare), sayLast(papers, c.write(value)))
	c.record(Surplus, []int{cand}, say)
	c.stage().Value = c.write(value)
	c.remember(len(c.s.Stages))
	c.elect()
}

// sayLast says how many of the papers that came last move on, and at what value.
func sayLast(papers int64, value string) string {
	switch papers {
	case 0:
		return "Of the papers that came last, none names somebody further."
	case 1:
		return "Of the papers that came last, 1 names somebody further, and moves at " + value + "."
	}
	return fmt.Sprintf("Of the papers that came last, %d name somebody further: %s for each.", papers, value)
}

// batch is papers that are passed on together when candidates are excluded: all of one value.
type batch struct {
	value   *big.Rat
	parcels []parcel
	from    []int // by parcel: the candidate
}

// exclude passes on the papers of those who are excluded, in batches: the highest value first, and in Northern Ireland before all
// others those that are first preferences. Whoever is elected after a batch gets nothing of the next.
func (c *gregory) exclude(out []int) {
	say := fmt.Sprintf("%s %s excluded, and the papers go to the next candidate named on them, those of the highest value first.", c.names(out), are(out))
	stage := len(c.s.Stages) + 1
	c.s.Stages = append(c.s.Stages, Stage{}) // so that ties in its parts know where they are
	var parts []Stage
	for _, b := range c.batches(out) {
		part := c.move(out, b)
		said := len(part.Say)
		c.part = &part
		if c.ers {
			c.remember(stage)
		}
		c.elect()
		say += part.Say[said:]
		if parts = append(parts, part); c.full {
			break
		}
	}
	c.part, c.s.Stages = nil, c.s.Stages[:stage-1]
	c.record(Exclude, out, say)
	c.close(parts)
	if !c.ers || len(parts) == 0 {
		c.remember(stage)
	}
	if !c.full {
		c.elect()
	}
}

// move passes on a batch, and returns how everything stands after it.
func (c *gregory) move(out []int, b batch) Stage {
	before := slices.Clone(c.votes)
	var all []int32
	for i, p := range b.parcels {
		c.votes[b.from[i]] = minus(c.votes[b.from[i]], new(big.Rat).Mul(p.value, whole(c.weigh(p.kinds))))
		all = append(all, p.kinds...)
	}
	to, counts, rest := c.sort(all)
	c.away.Add(c.away, new(big.Rat).Mul(b.value, whole(rest)))
	for next, kinds := range to {
		c.give(next, parcel{b.value, false, kinds}, counts[next])
	}
	say := fmt.Sprintf("The papers worth %s move on.", c.write(b.value))
	st := c.figures(Substage, out, say)
	st.Value = c.write(b.value)
	st.Moved = c.moved(before)
	return st
}

// batches sorts the papers of those who are excluded, and takes them from them.
func (c *gregory) batches(out []int) []batch {
	first := batch{value: whole(1)}
	var bs []batch
	for _, cand := range out {
		for _, p := range c.parcels[cand] {
			if p.first && !c.ers {
				first.parcels, first.from = append(first.parcels, p), append(first.from, cand)
				continue
			}
			i := slices.IndexFunc(bs, func(b batch) bool { return b.value.Cmp(p.value) == 0 })
			if i < 0 {
				i = len(bs)
				bs = append(bs, batch{value: p.value})
			}
			bs[i].parcels, bs[i].from = append(bs[i].parcels, p), append(bs[i].from, cand)
		}
		c.parcels[cand] = nil
	}
	slices.SortStableFunc(bs, func(a, b batch) int { return b.value.Cmp(a.value) })
	if !c.ers {
		bs = append([]batch{first}, bs...)
	}
	return bs
}

// close puts the parts of a stage into it, or leaves them out if there is only one.
func (c *gregory) close(parts []Stage) {
	st := c.stage()
	for _, p := range parts {
		st.Elected = append(st.Elected, p.Elected...)
		st.Needed = p.Needed
	}
	if len(parts) == 1 {
		st.Value = parts[0].Value
	} else {
		st.Substages = parts
	}
}

// elect declares who is elected, and ends the count once all places are filled.
func (c *gregory) elect() {
	if c.ers {
		c.electERS97()
	} else {
		c.electNI()
	}
	switch {
	case c.full: // nominations are re-opened
	case c.vacancies() == 0:
		c.stage().Say += c.sayLost()
		c.end()
	case len(c.hopeful) <= c.vacancies():
		c.fill()
	}
}

// take declares the candidate elected, who keeps for now what is above the quota.
func (c *gregory) take(cand int, say string) {
	c.win(cand, say)
	if !c.full && c.surplus(cand).Sign() > 0 {
		c.waiting = append(c.waiting, cand)
	}
}
