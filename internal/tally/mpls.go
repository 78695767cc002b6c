package tally

import (
	"fmt"
	"math/big"
	"slices"
)

var mplsMethod = Method{
	Name:  "mpls",
	Say:   "Single transferable vote by the ordinance of Minneapolis: a whole threshold, values to four decimals, and everybody who can no longer catch up is defeated at once.",
	Seats: true,
	count: func(e *Election, o Options) (*Sheet, error) { return newMinneapolis(e, o).count(), nil },
}

// minneapolis is a count by the Minneapolis Code of Ordinances, title 8.5, chapter 167, section 167.70 (as amended in 2015). What may
// need a word:
//   - A candidate is elected when the surplus is passed on, one a round and a surplus of zero too; papers still go to others who have
//     reached the threshold. Once as many have reached it as there are places, all are elected and nothing more moves.
//   - Candidates whom nobody declared are defeated in the second round, and are never elected.
//   - Overvotes and skipped ranks are passed over.
type minneapolis struct {
	*weighted
	undeclared []int // who have not been defeated
}

func newMinneapolis(e *Election, o Options) *minneapolis {
	c := &minneapolis{newWeighted(e, o, "mpls", arithmetic{places: 4, shown: 4}, skips{blank: true, over: true}), nil}
	c.reduce = func(value, spare, held *big.Rat) *big.Rat { return c.mul(c.div(spare, held), value) } // 167.20, surplus fraction
	c.quota = whole(c.valid/int64(c.s.Seats+1) + 1)
	for _, cand := range c.hopeful {
		if slices.Contains(e.Undeclared, cand) {
			c.undeclared = append(c.undeclared, cand)
		}
	}
	return c
}

func (c *minneapolis) count() *Sheet {
	c.first()
	for !c.full {
		c.round()
	}
	return c.s
}

// round does clauses a to f of section 167.70(c)(1).
func (c *minneapolis) round() {
	over := c.over()
	if len(over) >= c.vacancies() {
		for len(over) > 0 && c.vacancies() > 0 {
			cand := c.choose("election", c.extreme(over, c.votes, 1))
			c.win(cand, c.reached(cand))
			over = c.over()
		}
		c.end()
		return
	}
	if out := c.losers(over); len(out) > 0 {
		c.exclude(out)
		return
	}
	if len(over) > 0 {
		cand := c.choose(Surplus, c.extreme(over, c.votes, 1))
		c.win(cand, c.reached(cand))
		c.pass(cand)
		return
	}
	if len(c.hopeful) > c.vacancies() {
		out := c.last()
		if len(c.hopeful) > c.vacancies() {
			c.exclude(out)
		}
	}
	if len(c.hopeful) <= c.vacancies() {
		c.fill()
	}
}

// over returns those who have reached the threshold and are not elected.
func (c *minneapolis) over() []int {
	return slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return !c.has(h) || slices.Contains(c.undeclared, h) })
}

// losers declares defeated those whom nobody declared, and those for whom it is mathematically impossible to be elected, because all
// who are below them, every surplus and every undeclared vote could not bring them up to the candidate above.
func (c *minneapolis) losers(over []int) []int {
	spare := new(big.Rat)
	for _, cand := range over {
		spare.Add(spare, c.surplus(cand))
	}
	for _, cand := range c.undeclared {
		spare.Add(spare, c.votes[cand])
	}
	low := slices.DeleteFunc(c.ascending(), func(h int) bool { return slices.Contains(c.undeclared, h) })
	n := c.doomed(low, spare, len(low)-c.vacancies(), func(_ int, together, above *big.Rat) bool { return together.Cmp(above) < 0 })
	out := append(slices.Clone(c.undeclared), low[:n]...)
	if len(c.undeclared) > 0 {
		c.lose(c.undeclared, fmt.Sprintf(" %s cannot be elected, because nobody declared them, and %s excluded.", c.names(c.undeclared), are(c.undeclared)))
		c.undeclared = nil
	}
	if n > 0 {
		c.lose(low[:n], c.hopeless(low[:n]))
	}
	return out
}
