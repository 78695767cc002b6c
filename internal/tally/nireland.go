package tally

var nIrelandMethod = Method{
	Name:  "n-ireland",
	Say:   "Single transferable vote by the rules of local elections in Northern Ireland: a whole quota, and the last parcel of a surplus moves, to two decimals.",
	Seats: true,
	count: func(e *Election, o Options) (*Sheet, error) { return newGregory(e, o, "n-ireland", false).count(), nil },
}

// The rules are those of the Local Elections (Northern Ireland) Order 1985 (SI 1985/454), rules 47 to 52. What may need a word:
//   - Once only one place is left, a candidate who has as many votes as all others together, with every surplus and every paper that
//     still has to move, is elected (52(2)). Two who have, being equal, are left to the rule on exclusions.
//   - For one place only, rule 48(3) waits for an exclusion before anybody is elected by the quota. Rule 52(2) elects the same
//     person at once, so nothing waits here.

// electNI elects those who have the quota, and whoever has half of what is left if that decides the last place.
func (c *gregory) electNI() {
	for c.vacancies() > 0 && c.electBest(c.quota) {
	}
	if c.vacancies() != 1 || len(c.hopeful) < 2 {
		return
	}
	best := c.extreme(c.hopeful, c.votes, 1)
	others := c.surpluses()
	for cand, v := range c.votes {
		if cand != best[0] && !c.won(cand) {
			others = sum(others, v)
		}
	}
	if len(best) == 1 && c.votes[best[0]].Cmp(others) >= 0 {
		c.take(best[0], c.name(best[0])+" is elected to the last place, having no fewer votes than all others together.")
	}
}

// won says whether the candidate is elected.
func (c *transfers) won(cand int) bool {
	for _, n := range c.s.Elected {
		if n == cand+1 {
			return true
		}
	}
	return false
}
