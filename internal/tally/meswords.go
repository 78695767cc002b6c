package tally

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"folkmoot/internal/line"
)

// mostWork is how much add1 does before it gives up.
const mostWork = 20_000_000_000

// add1 returns by how many steps more money for every voter makes the purchases complete (Peters and Skowron, equalshares.net): the
// least with which nothing more that anybody supports would fit into the money, or the most before the purchases cost more than there
// is. A step is one of the currency for each voter; for a committee it is the money for one place more, shared by all, and complete is
// a committee without empty places (Lackner and Skowron 2023). It returns ErrElection if that takes too long.
func (m *shares) add1() (int64, error) {
	for steps := max(0, m.enough()-1); ; steps++ {
		bought := m.run(steps, false)
		switch {
		case !m.feasible(bought):
			return steps - 1, nil
		case m.complete(bought):
			return steps, nil
		case m.work > mostWork:
			return 0, fmt.Errorf("%w: giving every voter more, step by step, takes more than %d steps", ErrElection, steps)
		}
	}
}

// enough returns a number of steps with fewer than which the purchases are neither complete nor too much: with fewer, the supporters
// can pay only for some, even if they paid for nothing else, and those would be neither.
func (m *shares) enough() int64 {
	type able struct {
		c     int
		steps int64
	}
	var cands []able
	for _, c := range m.approvals.left() {
		if m.papers[c] > 0 {
			cands = append(cands, able{c, m.alone(c)})
		}
	}
	slices.SortFunc(cands, func(a, b able) int { return cmp.Compare(a.steps, b.steps) })
	var bought []int
	for i, a := range cands {
		bought = append(bought, a.c)
		if i+1 < len(cands) && cands[i+1].steps == a.steps {
			continue
		}
		if !m.feasible(bought) || m.complete(bought) {
			return a.steps
		}
	}
	return 0
}

// alone returns with how many steps the supporters of a candidate could pay for it if they paid for nothing else.
func (m *shares) alone(c int) int64 {
	papers := big.NewInt(m.papers[c])
	lack := new(big.Int).Mul(big.NewInt(m.cost[c]), big.NewInt(m.voters))
	lack.Sub(lack, new(big.Int).Mul(big.NewInt(m.base), papers))
	if lack.Sign() <= 0 {
		return 0
	}
	papers.Mul(papers, m.step)
	steps, rest := lack.QuoRem(lack, papers, new(big.Int))
	return steps.Int64() + int64(rest.Sign())
}

func (m *shares) feasible(bought []int) bool {
	left := m.money
	for _, c := range bought {
		if m.cost[c] > left {
			return false
		}
		left -= m.cost[c]
	}
	return true
}

// complete says whether nothing is left that anybody supports and that the money is enough for.
func (m *shares) complete(bought []int) bool {
	in := make([]bool, len(m.in))
	left := m.money
	for _, c := range bought {
		in[c] = true
		left -= m.cost[c]
	}
	for c := range m.in {
		if m.in[c] && !in[c] && m.papers[c] > 0 && m.cost[c] <= left {
			return false
		}
	}
	return true
}

// show runs the count with so many steps and puts it on the sheet.
func (m *shares) show(steps int64) {
	plain := m.run(0, false)
	money := "the places"
	if m.budget {
		money = "the money, " + m.amount(m.money) + ","
	}
	say := fmt.Sprintf("The voters of %s share %s equally: each has %s to spend.", papersOf(m.s.Valid), money, m.each(0))
	if steps > 0 {
		spent := int64(0)
		for _, c := range plain {
			spent += m.cost[c]
		}
		left, step := m.amount(m.money-spent)+" unspent", "more, in steps of 1"
		if !m.budget {
			left, step = plural(m.money-spent, "place", "places")+" empty", "more, in steps of one place shared by all"
		}
		say += fmt.Sprintf(" That alone would leave %s. So each is given %s, until nothing further could be bought or the next step would spend more than there is: %s each in all.",
			left, step, m.each(steps))
	}
	say += " Bought is, each time, what has the lowest price, which is what a supporter pays " + m.sayPrice() + "."
	if m.what == "point" {
		m.spending.what = "points"
	}
	m.record(Share, nil, wholeFigures(m.totals), say)
	m.spending.what = "price"
	m.run(steps, true)
}

// sayPrice says for what the price is paid. A place costs 1, so in a committee cost and one are the same.
func (m *shares) sayPrice() string {
	switch {
	case m.utility == "points":
		return "for each point that they gave it"
	case m.utility == "cost" && m.budget:
		return "divided by the whole cost"
	}
	return "for it"
}

// each writes what every voter has to begin with.
func (m *shares) each(steps int64) string {
	m.begin(steps)
	return m.share(m.level[0], m.unit)
}

// rhos writes the rho of each of those whose supporters can pay.
func (m *shares) rhos(able []int) []string {
	out := make([]string, len(m.in))
	for _, c := range able {
		den := m.below(c)
		den.Mul(den, m.price[c].unit)
		if m.utility == "cost" {
			out[c] = fraction(m.price[c].num, den, exactPlaces)
		} else {
			out[c] = m.share(m.price[c].num, den)
		}
	}
	return out
}

// why says what the supporters pay.
func (m *shares) why(c int) string {
	if m.cost[c] == 0 {
		return "it costs nothing"
	}
	o := m.price[c]
	what := "each"
	if m.utility == "points" {
		what = "for each point"
	}
	say := fmt.Sprintf("the %s pay %s %s", line.Count(m.papers[c], "supporter"), m.share(o.num, new(big.Int).Mul(big.NewInt(o.den), o.unit)), what)
	switch {
	case o.poor == 1:
		say += ", but for 1 who has less and pays all of it"
	case o.poor > 1:
		say += fmt.Sprintf(", but for %d who have less and pay all of it", o.poor)
	}
	return say
}

// earnOn returns a count by Phragmén's rule in which voters have earned what they have left.
func (m *shares) earnOn() *loads {
	l := newLoads(m.spending)
	l.unit, l.level = m.unit, nil
	copy(l.at, m.at)
	for _, v := range m.level {
		l.level = append(l.level, new(big.Int).Neg(v))
	}
	return l
}
