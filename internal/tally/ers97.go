package tally

import "math/big"

var ers97Method = Method{
	Name:  "ers97",
	Say:   "Single transferable vote by the 1997 rules of the Electoral Reform Society: the last parcel of a surplus moves, to two decimals, and as many as possible are excluded together.",
	Seats: true, Reserves: true,
	count: func(e *Election, o Options) (*Sheet, error) { return newGregory(e, o, "ers97", true).count(), nil },
}

// The rules are Newland and Britton, How to Conduct an Election by the Single Transferable Vote (3rd edition, Electoral Reform
// Society 1997), section 5. What may need a word:
//   - If those who are to be excluded would leave as many as there are places, nothing more is passed on (5.5.1). Programs that pass
//     on the first batch all the same end with other totals, and the same people.
//   - Equal surpluses, and candidates equal at the bottom, are told apart by the first stage, or the earliest batch of papers after
//     it, at which they differed; of three or more those go on to the next batch who were ahead (or behind) together.
//   - Where more have reached what is needed than there are places, and nothing ever told them apart, none of them is elected at that
//     stage (5.6.2); once nothing else is left to be done, the lot excludes one of them.
//   - Of places that are reserved the rules say nothing. Where there are any, one candidate is excluded at a time, but for those for
//     whom no place is left, who are excluded together once every surplus has been passed on; and of those who are tied for the places
//     that are reserved for nobody the lot elects, one after the other. By 5.6.2 all others would have to go before them, also those
//     for whom the last place is kept.

// setQuota divides the votes that have not become non-transferable by one more than the places, to the next hundredth (5.1.6, 5.4.8).
func (c *gregory) setQuota() {
	if !c.ers {
		c.quota = whole(c.valid/int64(c.s.Seats+1) + 1)
		return
	}
	c.quota = c.share(c.active(), c.s.Seats+1)
}

// share divides, and goes up to the next hundredth.
func (c *gregory) share(votes *big.Rat, by int) *big.Rat {
	q := new(big.Rat).Quo(votes, whole(int64(by)))
	down := c.cut(q)
	if down.Cmp(q) < 0 {
		return sum(down, c.unit())
	}
	return down
}

// active is the total active vote (6.20): what all have who can still be elected, and what waits to be passed on.
func (c *gregory) active() *big.Rat {
	votes := new(big.Rat)
	for cand, v := range c.votes {
		if !c.won(cand) {
			votes.Add(votes, v)
		}
	}
	for _, cand := range c.waiting {
		votes.Add(votes, c.surplus(cand))
	}
	return votes
}

// needed is what elects at once: the quota, or the active vote over one more than the places left, if that is less (5.3.13, 5.4.9).
func (c *gregory) needed() *big.Rat {
	n := c.share(c.active(), c.vacancies()+1)
	if c.quota.Cmp(n) < 0 {
		n = c.quota
	}
	if n.Sign() == 0 {
		return c.unit() // nobody is elected for having no votes
	}
	return n
}

// electERS97 elects those who have what is needed, and looks again, because whoever is elected makes the others need less.
func (c *gregory) electERS97() {
	if len(c.s.Elected) == 0 {
		c.setQuota()
		c.stage().Quota = c.write(c.quota)
	}
	for c.vacancies() > 0 && !c.full {
		needed := c.needed()
		c.stage().Needed = c.write(needed)
		before := c.vacancies()
		for c.vacancies() > 0 && !c.full && c.electBest(needed) {
		}
		if c.vacancies() == before {
			return
		}
	}
}

// electBest elects whoever has most votes, if that is enough.
func (c *gregory) electBest(needed *big.Rat) bool {
	can := c.electable(c.s, c.hopeful)
	if len(can) == 0 {
		return false
	}
	best := c.extreme(can, c.votes, 1)
	if c.votes[best[0]].Cmp(needed) < 0 {
		return false
	}
	if left, _ := c.narrow("election", best); c.ers && c.kept == 0 && len(best) > c.vacancies() && len(left) > 1 {
		c.stage().Say += " " + c.names(left) + " have enough votes, but there are not enough places for them, and nothing has ever told them apart. By the rules none of them is elected yet; if nothing else tells them apart, the lot excludes one."
		return false
	}
	cand := c.choose("election", best)
	c.take(cand, c.reached(cand))
	return true
}
