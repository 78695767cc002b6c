package tally

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
)

var wigmMethod = Method{
	Name: "wigm",
	Say:  "Single transferable vote by the weighted inclusive Gregory method: all papers of an elected candidate move on, each at the part of its value that was not needed.",
	Variants: []Variant{
		{"guarded", "to 18 decimals"},
		{"rational", "in exact fractions"},
		{"prf", "the reference rule of the Proportional Representation Foundation, to four decimals, which is the easiest to follow on paper"},
		{"prf-batch", "the same, with all excluded together who cannot win"},
	},
	Seats: true,
	count: wigm,
}

// weighted is a count by the weighted inclusive Gregory method: of a surplus all papers move, each at its value times the surplus
// over the candidate's votes.
//
// The rules of wigm are the reference rule of the Proportional Representation Foundation (variants prf, and prf-batch, which excludes
// sure losers together; four decimals), and the same without its decimals: guarded calculates to 27, of which the last 9 do not tell
// figures apart, and rational keeps fractions whole. A surplus of zero is a stage like any other. The reference rule ends a count once
// the places are filled or as many are left; its program still passes on the surplus or the papers that are then at hand, unless
// several were excluded together. So does this one, so that its totals can be compared.
type weighted struct {
	*transfers
	reduce func(value, spare, held *big.Rat) *big.Rat // the value of a paper whose candidate held so much, and could spare so much
}

// newWeighted begins a count. A value is first multiplied and then divided, and cut off each time, as the reference rule has it (D.4).
func newWeighted(e *Election, o Options, method string, a arithmetic, sk skips) *weighted {
	c := &weighted{transfers: newTransfers(e, o, method, a, sk)}
	c.reduce = func(value, spare, held *big.Rat) *big.Rat { return c.div(c.mul(value, spare), held) }
	c.s.Variant = o.Variant
	c.quota = c.div(whole(c.valid), whole(int64(c.s.Seats+1)))
	if !c.fine() {
		c.quota = sum(c.quota, c.unit())
	}
	return c
}

// fine says whether figures are so exact that a candidate needs more than the quota, which then is not rounded up.
func (c *weighted) fine() bool { return c.exact || c.guard > 0 }

func (c *weighted) first() {
	c.record(First, nil, fmt.Sprintf("First preferences of %s. The quota is %s.", papersOf(c.valid), c.write(c.quota)))
}

func wigm(e *Election, o Options) (*Sheet, error) {
	o.Variant = cmp.Or(o.Variant, "guarded")
	a := arithmetic{places: 27, guard: 9, shown: 18}
	switch o.Variant {
	case "rational":
		a = arithmetic{exact: true, shown: 12}
	case "prf", "prf-batch":
		a = arithmetic{places: 4, shown: 4}
	}
	c := newWeighted(e, o, "wigm", a, skips{})
	c.first()
	for len(c.hopeful) > c.vacancies() && c.vacancies() > 0 {
		c.reach(true)
		if err := c.finish(o.Variant == "prf-batch"); err != nil {
			return nil, err
		}
	}
	c.fill()
	return c.s, nil
}

// finish does what follows in a round after those who have reached the quota are elected.
func (c *weighted) finish(batch bool) error {
	var out []int
	if batch {
		low := c.ascending()
		out = low[:c.doomed(low, c.surpluses(), len(low)-c.vacancies(), func(_ int, together, above *big.Rat) bool { return together.Cmp(above) < 0 })]
	}
	switch {
	case len(out) > 0:
		c.lose(out, c.hopeless(out))
		if len(c.hopeful) > c.vacancies() {
			c.exclude(out)
		}
	case len(c.waiting) > 0:
		cand := c.choose(Surplus, c.extreme(c.waiting, c.votes, 1))
		c.pass(cand)
	default:
		out = c.last()
		c.exclude(out)
	}
	return c.small()
}

// last declares excluded whoever has the fewest votes.
func (c *weighted) last() []int {
	last := c.extreme(c.hopeful, c.votes, -1)
	out := []int{c.choose(Exclude, last)}
	c.lose(out, fewest(c.name(out[0]), len(last) > 1, false, "excluded"))
	return out
}

// hopeless says that candidates are excluded who cannot win.
func (c *weighted) hopeless(out []int) string {
	return fmt.Sprintf(" %s cannot catch up with the candidate above them, and %s excluded.", c.names(out), are(out))
}

// reach elects those who have the quota, most votes first. Their surplus waits, one of zero only if it makes a stage.
func (c *weighted) reach(zero bool) {
	for {
		var reached []int
		for _, h := range c.hopeful {
			if c.has(h) {
				reached = append(reached, h)
			}
		}
		if len(reached) == 0 || c.vacancies() == 0 {
			return
		}
		cand := c.choose("election", c.extreme(reached, c.votes, 1))
		c.win(cand, c.reached(cand))
		if zero || c.surplus(cand).Sign() > 0 {
			c.waiting = append(c.waiting, cand)
		}
	}
}

// has says whether the candidate has the quota.
func (c *weighted) has(cand int) bool {
	if c.fine() {
		return c.less(c.quota, c.votes[cand])
	}
	return c.votes[cand].Cmp(c.quota) >= 0
}

// pass passes on a surplus.
func (c *weighted) pass(cand int) {
	c.waiting = slices.DeleteFunc(c.waiting, func(w int) bool { return w == cand })
	spare, held := c.surplus(cand), c.votes[cand]
	c.move(cand, func(value *big.Rat) *big.Rat { return c.reduce(value, spare, held) })
	c.votes[cand] = c.quota
	say := fmt.Sprintf("%s has %s more than the quota, and this surplus is passed on.", c.name(cand), c.write(spare))
	if spare.Sign() == 0 {
		say = c.name(cand) + " has exactly the quota, so there is no surplus to be passed on."
	}
	c.record(Surplus, []int{cand}, say)
}

// exclude passes on the papers of those who are excluded, at the value they have.
func (c *weighted) exclude(out []int) {
	for _, cand := range out {
		c.move(cand, func(value *big.Rat) *big.Rat { return value })
		c.votes[cand] = new(big.Rat)
	}
	c.record(Exclude, out, fmt.Sprintf("%s %s excluded, and the papers go to the next candidate named on them, at the value they have.", c.names(out), are(out)))
}

// move passes on all papers of a candidate at a value that follows from the one they have.
func (c *weighted) move(cand int, value func(*big.Rat) *big.Rat) {
	lying := merge(c.parcels[cand])
	c.parcels[cand] = nil
	for _, p := range lying {
		v := value(p.value)
		to, counts, rest := c.sort(p.kinds)
		for next, kinds := range to {
			c.give(next, parcel{v, false, kinds}, counts[next])
		}
		c.away.Add(c.away, new(big.Rat).Mul(v, whole(rest)))
	}
}

// mostBits is how long the denominator of a whole fraction may become, 2,466 decimals. Each surplus can double it.
const mostBits = 1 << 13

func (c *weighted) small() error {
	for _, v := range c.votes {
		if v.Denom().BitLen() > mostBits {
			return fmt.Errorf("%w: its fractions become too long to be kept whole; count it at fixed decimals", ErrElection)
		}
	}
	return nil
}
