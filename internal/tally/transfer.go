package tally

import (
	"fmt"
	"math/big"
	"slices"
)

// parcel is papers that lie with a candidate, all of one value.
type parcel struct {
	value *big.Rat
	first bool // they are first preferences
	kinds []int32
}

// transfers is an STV count under way: what all rules have in common that pass papers on at a value. Papers are moved in parcels,
// so that only whole numbers are added up paper by paper, and fractions once a parcel.
type transfers struct {
	piles
	arithmetic
	keeping
	e        *Election
	s        *Sheet
	lots     lots
	earliest bool // ties go by the earliest figures that differ; otherwise at once by lot
	parcels  [][]parcel
	votes    []*big.Rat
	recorded []*big.Rat   // votes after the last stage
	history  [][]*big.Rat // votes after each batch of papers that the rule looks back to
	stages   []int        // the stage, from 1, that each of them belongs to
	valid    int64
	quota    *big.Rat
	away     *big.Rat // the value of papers that name nobody further
	hopeful  []int
	waiting  []int  // elected with a surplus that has not been passed on
	part     *Stage // that is being written, if the stage has parts
	full     bool
}

// newTransfers puts the papers with the candidates who are first on them.
func newTransfers(e *Election, o Options, method string, a arithmetic, sk skips) *transfers {
	papers := e.papers()
	n := len(e.Candidates)
	c := &transfers{
		piles:      piles{papers: papers, at: make([]int32, papers.Len()), running: e.taking(), skips: sk},
		arithmetic: a, keeping: newKeeping(e, o), e: e, s: newSheet(e, o, method), lots: newLots(e, o), parcels: make([][]parcel, n), away: new(big.Rat),
	}
	all := make([]int32, papers.Len())
	for kind := range all {
		all[kind] = int32(kind)
	}
	for cand, in := range c.running {
		c.votes = append(c.votes, new(big.Rat))
		if in {
			c.hopeful = append(c.hopeful, cand)
		}
	}
	to, counts, _ := c.sort(all)
	for cand, kinds := range to {
		c.give(cand, parcel{whole(1), true, kinds}, counts[cand])
		c.valid += counts[cand]
	}
	c.s.Valid, c.s.Rejected = c.valid, c.reject(e, c.valid)
	return c
}

// weigh counts papers.
func (c *transfers) weigh(kinds []int32) (papers int64) {
	for _, kind := range kinds {
		_, n := c.papers.At(int(kind))
		papers += n
	}
	return papers
}

// sort sorts papers by the next candidate who is running, and counts them. Those that name no other are counted in rest.
func (c *transfers) sort(kinds []int32) (to [][]int32, counts []int64, rest int64) {
	to, counts = make([][]int32, len(c.votes)), make([]int64, len(c.votes))
	for _, kind := range kinds {
		_, papers := c.papers.At(int(kind))
		if cand := c.next(kind); cand >= 0 {
			to[cand] = append(to[cand], kind)
			counts[cand] += papers
		} else {
			rest += papers
		}
	}
	return to, counts, rest
}

// give adds a parcel to what the candidate has.
func (c *transfers) give(cand int, p parcel, papers int64) {
	if papers > 0 {
		c.parcels[cand] = append(c.parcels[cand], p)
		c.votes[cand] = sum(c.votes[cand], new(big.Rat).Mul(p.value, whole(papers)))
	}
}

// merge puts parcels of one value together, highest value first.
func merge(ps []parcel) []parcel {
	ps = slices.Clone(ps)
	slices.SortStableFunc(ps, func(a, b parcel) int { return b.value.Cmp(a.value) })
	var out []parcel
	for _, p := range ps {
		if n := len(out); n > 0 && out[n-1].value.Cmp(p.value) == 0 {
			out[n-1].kinds = append(out[n-1].kinds, p.kinds...)
		} else {
			p.kinds = slices.Clip(p.kinds)
			out = append(out, p)
		}
	}
	return out
}

// vacancies returns how many places are not filled.
func (c *transfers) vacancies() int { return c.fillable(c.s) - len(c.s.Elected) }

// surplus returns what the candidate has above the quota.
func (c *transfers) surplus(cand int) *big.Rat {
	if c.votes[cand].Cmp(c.quota) <= 0 {
		return new(big.Rat)
	}
	return minus(c.votes[cand], c.quota)
}

// surpluses returns the sum of those that have not been passed on.
func (c *transfers) surpluses() *big.Rat {
	s := new(big.Rat)
	for _, cand := range c.waiting {
		s.Add(s, c.surplus(cand))
	}
	return s
}

// ascending returns the hopeful from the fewest votes to the most; those who are equal as they stand in the list.
func (c *transfers) ascending() []int {
	low := slices.Clone(c.hopeful)
	slices.SortStableFunc(low, func(a, b int) int { return c.votes[a].Cmp(c.votes[b]) })
	return low
}

// doomed returns how many of low, who are sorted from the fewest votes, can be excluded together: the largest number up to most for
// which fits says so of their votes and extra, together, and of the votes of the candidate next above.
func (c *transfers) doomed(low []int, extra *big.Rat, most int, fits func(n int, together, above *big.Rat) bool) int {
	found := 0
	together := extra
	for n := 1; n <= most && n < len(low); n++ {
		together = sum(together, c.votes[low[n-1]])
		if fits(n, together, c.votes[low[n]]) {
			found = n
		}
	}
	return found
}

// record writes down a stage that has been done.
func (c *transfers) record(a Action, of []int, say string) {
	st := c.figures(a, of, say)
	if a != First {
		st.Moved = c.moved(c.recorded)
	}
	c.recorded = slices.Clone(c.votes)
	c.s.Stages = append(c.s.Stages, st)
}

// moved returns what each candidate has got, or given, since they had the votes before.
func (c *transfers) moved(before []*big.Rat) []string {
	var out []string
	for cand, v := range c.votes {
		out = append(out, c.write(minus(c.round(v), c.round(before[cand]))))
	}
	return out
}

// remember keeps the votes for ties.
func (c *transfers) remember(stage int) {
	c.history = append(c.history, slices.Clone(c.votes))
	c.stages = append(c.stages, stage)
}

// figures returns how everything stands. What the sheet's rounding and the cutting off of fractions come to is in Loss.
func (c *transfers) figures(a Action, of []int, say string) Stage {
	st := Stage{Action: a, Of: numbers(of), Say: say, Quota: c.write(c.quota)}
	left := whole(c.valid)
	for _, v := range c.votes {
		st.Votes = append(st.Votes, c.write(v))
		left.Sub(left, c.round(v))
	}
	loss := minus(left, c.round(c.away))
	if loss.Sign() < 0 { // more has been rounded up than down
		st.Rounding = c.write(loss)
		loss.SetInt64(0)
	}
	st.Nontransferable, st.Loss = c.write(left), c.write(loss)
	return st
}

// stage returns the stage that is being written, or its part.
func (c *transfers) stage() *Stage {
	if c.part != nil {
		return c.part
	}
	return &c.s.Stages[len(c.s.Stages)-1]
}

// win declares the candidate elected at the end of the last stage. Re-opening nominations ends the count.
func (c *transfers) win(cand int, say string) {
	c.drop(cand)
	st := c.stage()
	st.Elected = append(st.Elected, cand+1)
	if cand+1 == c.ron {
		reached := len(c.hopeful)+1 > c.vacancies() || c.votes[cand].Cmp(c.quota) >= 0
		st.Say += sayReopened(c.s, c.name(cand), c.write(c.votes[cand]), reached, len(c.hopeful))
		c.end()
		return
	}
	st.Say += " " + say
	c.s.Elected = append(c.s.Elected, cand+1)
}

// drop takes a candidate out of those who are left.
func (c *transfers) drop(cand int) {
	c.running[cand] = false
	c.hopeful = slices.DeleteFunc(c.hopeful, func(h int) bool { return h == cand })
}

// reached says how somebody came to be elected.
func (c *transfers) reached(cand int) string {
	return fmt.Sprintf("%s is elected with %s votes.", c.name(cand), c.write(c.votes[cand]))
}

// fill elects all who are left, most votes first, and ends the count.
func (c *transfers) fill() {
	for len(c.hopeful) > 0 && c.vacancies() > 0 && !c.full {
		cand := c.choose("election", c.extreme(c.hopeful, c.votes, 1))
		c.win(cand, c.name(cand)+" is elected, because no more are left than there are places.")
	}
	if !c.full {
		c.end()
	}
}

func (c *transfers) end() {
	c.full, c.s.Unfilled = true, c.s.Seats-len(c.s.Elected)
	c.s.Quota = c.write(c.quota)
}

// lose declares that candidates are excluded at the end of the last stage, and says why.
func (c *transfers) lose(cands []int, say string) {
	st := c.stage()
	st.Excluded = append(st.Excluded, numbers(cands)...)
	for _, cand := range cands {
		c.drop(cand)
	}
	st.Say += say
}

// are is the verb for so many.
func are(cands []int) string {
	if len(cands) == 1 {
		return "is"
	}
	return "are"
}

func (c *transfers) names(cands []int) string {
	var names []string
	for _, n := range numbers(cands) {
		names = append(names, c.name(n-1))
	}
	return list(names)
}

// extreme returns those of cs with the largest figure, or with the smallest if sign is -1, as far as they can be told apart.
func (c *transfers) extreme(cs []int, figures []*big.Rat, sign int) []int {
	best := figures[cs[0]]
	for _, cand := range cs {
		if sign*figures[cand].Cmp(best) > 0 {
			best = figures[cand]
		}
	}
	var out []int
	for _, cand := range cs {
		if c.same(figures[cand], best) {
			out = append(out, cand)
		}
	}
	return out
}

// choose takes one of those who stand alike, and writes down how.
func (c *transfers) choose(what Action, tied []int) int {
	if len(tied) == 1 {
		return tied[0]
	}
	t := Tie{Stage: len(c.s.Stages), For: string(what), Among: numbers(tied), By: c.lots.by}
	left, from := tied, 0
	if c.earliest {
		left, from = c.narrow(what, tied)
	}
	if len(left) == 1 {
		t.By, t.From = ByEarlier, from
	}
	chosen := c.lots.first(left)
	t.Chosen = chosen + 1
	c.s.Ties = append(c.s.Ties, t)
	return chosen
}

// narrow looks for the earliest figures that tell the candidates apart, and goes on from there with those who are left.
func (c *transfers) narrow(what Action, tied []int) (left []int, from int) {
	sign := 1
	if what == Exclude {
		sign = -1
	}
	left = tied
	for i, votes := range c.history {
		narrower := c.extreme(left, votes, sign)
		if len(narrower) < len(left) {
			left, from = narrower, c.stages[i]
		}
		if len(left) == 1 {
			break
		}
	}
	return left, from
}

func (c *transfers) name(cand int) string { return c.e.Candidates[cand].Name }
