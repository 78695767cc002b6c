package tally

import (
	"fmt"
	"math/big"
)

var qpqMethod = Method{
	Name:  qpqMethodName,
	Say:   "Quota preferential by quotient: the candidate with the highest quotient of votes is elected, papers that have elected somebody count for less, and after each exclusion the count begins again.",
	Seats: true,
	count: func(e *Election, o Options) (*Sheet, error) { return qpq(e, o), nil },
}

const qpqMethodName = "qpq"

// quotients is a count by D. R. Woodall, "QPQ, a quota-preferential STV-like election rule", Voting matters 17 (2003), section 2, with
// the count begun again after each exclusion, as the paper recommends. Figures have 18 decimals, of which 9 are shown and the last 9 do
// not tell two apart. What its stages show as votes are quotients; they do not add up to the papers, and what is not transferable are
// papers that name nobody who can still be elected.
type quotients struct {
	*transfers
	gone   []bool     // by candidate: excluded
	class  []int      // by kind: which of shares its papers have
	shares []*big.Rat // what part of a candidate a paper has elected; the first is none
}

func qpq(e *Election, o Options) *Sheet {
	c := &quotients{newTransfers(e, o, qpqMethodName, arithmetic{places: 18, guard: 9, shown: 9}, skips{}), make([]bool, len(e.Candidates)), nil, nil}
	c.restart()
	c.tally(First, nil, fmt.Sprintf("First preferences of %s, and the quotient that follows for each candidate.", papersOf(c.valid)))
	for c.vacancies() > 0 && len(c.hopeful) > c.vacancies() {
		c.step()
	}
	c.fill()
	return c.s
}

// restart begins the count again without those who are excluded.
func (c *quotients) restart() {
	c.running, c.hopeful, c.s.Elected = c.e.taking(), nil, []int{}
	for cand := range c.running {
		c.votes[cand] = new(big.Rat)
		if c.running[cand] = c.running[cand] && !c.gone[cand]; c.running[cand] {
			c.hopeful = append(c.hopeful, cand)
		}
	}
	clear(c.at)
	c.class, c.shares = make([]int, c.papers.Len()), []*big.Rat{new(big.Rat)}
}

// step elects the candidate with the highest quotient, if it is more than the quota, and otherwise excludes the one with the lowest
// (2.5).
func (c *quotients) step() {
	best := c.extreme(c.hopeful, c.votes, 1)
	if !c.less(c.quota, c.votes[best[0]]) {
		last := c.extreme(c.hopeful, c.votes, -1)
		cand := c.choose(Exclude, last)
		c.gone[cand] = true
		say := " %s has the lowest quotient and is excluded next, because no quotient is more than the quota of %s."
		if len(last) > 1 {
			say = " Of those with the lowest quotient %s is excluded next, because no quotient is more than the quota of %s."
		}
		c.lose([]int{cand}, fmt.Sprintf(say, c.name(cand), c.write(c.quota)))
		if len(c.hopeful) > c.vacancies() {
			c.restart()
			c.tally(Exclude, []int{cand}, "The count begins again without "+c.name(cand)+".")
		}
		return
	}
	cand := c.choose("election", best)
	for kind := range c.class {
		if c.next(int32(kind)) == cand {
			c.class[kind] = len(c.shares)
		}
	}
	c.shares = append(c.shares, c.div(whole(1), c.votes[cand]))
	c.win(cand, fmt.Sprintf("%s is elected with a quotient of %s, which is more than the quota of %s.", c.name(cand), c.write(c.votes[cand]), c.write(c.quota)))
	if c.vacancies() > 0 && len(c.hopeful) > c.vacancies() {
		c.tally(Surplus, []int{cand}, "The papers of "+c.name(cand)+" have elected their part of a candidate, and count for less with the next candidate named on them.")
	}
}

// tally works out the quotients of all who are left, and the quota (2.3 and 2.4), and writes them down.
func (c *quotients) tally(a Action, of []int, say string) {
	papers := make([]int64, len(c.votes))
	with := make([][]int64, len(c.votes)) // by candidate: how many papers have each share
	for _, h := range c.hopeful {
		with[h] = make([]int64, len(c.shares))
	}
	elected, active := whole(0), int64(0) // by the papers that are not active
	for kind, class := range c.class {
		_, n := c.papers.At(kind)
		if h := c.next(int32(kind)); h >= 0 {
			papers[h] += n
			with[h][class] += n
			active += n
		} else {
			elected.Add(elected, new(big.Rat).Mul(c.shares[class], whole(n)))
		}
	}
	for _, h := range c.hopeful {
		before := whole(1)
		for class, n := range with[h] {
			before.Add(before, new(big.Rat).Mul(c.shares[class], whole(n)))
		}
		c.votes[h] = c.div(whole(papers[h]), before)
	}
	c.quota = c.div(whole(active), minus(whole(int64(c.s.Seats+1)), elected))
	st := Stage{Action: a, Of: numbers(of), Say: say, Quota: c.write(c.quota), Figures: "quotient", Nontransferable: decimal(c.valid-active, 0)}
	for _, v := range c.votes {
		st.Votes = append(st.Votes, c.write(v))
	}
	c.s.Stages = append(c.s.Stages, st)
}
