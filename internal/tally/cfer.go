package tally

import (
	"cmp"
	"math/big"
	"slices"
)

var cferMethod = Method{
	Name: "cfer",
	Say:  "Choice voting as drafted for California: the weighted inclusive Gregory method to five decimals, all surpluses of a round one after the other.",
	Variants: []Variant{
		{"single", "one is excluded at a time"},
		{"batch", "all are excluded together who cannot win"},
	},
	Seats: true,
	count: func(e *Election, o Options) (*Sheet, error) {
		o.Variant = cmp.Or(o.Variant, "single")
		return newChoice(e, o).count(o.Variant == "batch"), nil
	},
}

// choice is a count by "choice voting", sections 10057 and 10059 of the Elections Code as Californians for Electoral Reform drafted
// them for local elections. All surpluses of a round are passed on one after the other, in the order of the list, to candidates who
// are not elected, so that the order changes nothing of what anybody gets; a surplus of zero is none. A skipped rank is passed over, a rank given to several ends the paper.
type choice struct{ *weighted }

func newChoice(e *Election, o Options) *choice {
	c := &choice{newWeighted(e, o, "cfer", arithmetic{places: 5, shown: 5}, skips{blank: true})}
	c.reduce = func(value, spare, held *big.Rat) *big.Rat { return c.div(new(big.Rat).Mul(value, spare), held) } // 10059(g)(2)
	return c
}

// count counts, with those who are in a defeat set excluded together if batch says so.
func (c *choice) count(batch bool) *Sheet {
	c.first()
	for len(c.hopeful) > c.vacancies() {
		c.reach(false)
		if c.vacancies() == 0 {
			break
		}
		var out []int
		if batch {
			out = c.defeatSet()
		}
		switch {
		case len(out) > 0:
			c.lose(out, c.hopeless(out))
		case len(c.waiting) > 0:
			many := len(c.waiting) > 1
			for _, cand := range slices.Sorted(slices.Values(c.waiting)) {
				if c.pass(cand); many {
					c.stage().Say += " The surpluses of a round are passed on in the order of the list, which changes nothing of what anybody gets."
				}
			}
			continue
		default:
			out = c.last()
		}
		if len(c.hopeful) > c.vacancies() {
			c.exclude(out)
		}
	}
	c.fill()
	return c.s
}

// defeatSet returns those who can be excluded together without changing who is elected, or in which order (section 10059(k)).
func (c *choice) defeatSet() []int {
	low, spare, left := c.ascending(), c.surpluses(), c.vacancies()
	short := minus(c.quota, c.votes[low[len(low)-1]])
	n := c.doomed(low, spare, len(low)-left, func(n int, together, above *big.Rat) bool {
		if together.Cmp(above) >= 0 {
			return false
		}
		highest := c.votes[low[n-1]]
		return left == 1 || len(low)-n == left || together.Cmp(short) < 0 || spare.Sign() == 0 && minus(together, highest).Cmp(short) < 0
	})
	return low[:n]
}
