package tally

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"folkmoot/internal/line"
)

var greedyMethod = Method{
	Name: "greedy",
	Say:  "Greedy budgeting: projects are bought by their votes, most first; one that costs more than is left is skipped, and those after it are still looked at.",
	Variants: []Variant{
		{"votes", "most votes first"},
		{"votes-per-cost", "most votes for the money first"},
		{"points", "most points first"},
		{"points-per-cost", "most points for the money first"},
	},
	count: countGreedy,
}

// countGreedy spends the budget as most cities do. The variants differ in what comes first: most approvals or the highest total of
// scores, or most of them for the money. Projects for which nobody has voted are bought too if there is money, unless there are no
// papers at all.
func countGreedy(e *Election, o Options) (*Sheet, error) {
	if e.Budget <= 0 {
		return nil, fmt.Errorf("%w: greedy spends a budget, and there is none", ErrElection)
	}
	sp, err := newSpending(e, o, "greedy")
	if err != nil {
		return nil, err
	}
	figures, what := sp.votes, "vote"
	if strings.HasPrefix(o.Variant, "points") {
		if figures, err = sp.points(); err != nil {
			return nil, err
		}
		what = "point"
	}
	sp.s.Variant = cmp.Or(o.Variant, "votes")
	sp.greedy(Buy, figures, what, strings.HasSuffix(o.Variant, "per-cost"))
	return sp.close(), nil
}

// perCost compares two projects by their figures for each unit of their costs. What costs nothing is before all others if its figure
// is more than 0, and behind them if it is less.
func (sp *spending) perCost(figures []int64, a, b int) int {
	x, y := figures[a], figures[b]
	switch {
	case x > 0 && y > 0:
		return compare(x, sp.cost[b], y, sp.cost[a])
	case x < 0 && y < 0:
		return compare(-y, sp.cost[a], -x, sp.cost[b])
	}
	return cmp.Compare(x, y)
}

// rate says how many of something a project has, and, where that decides, how many for each thousand of its cost, cut off after the
// sixth decimal.
func (sp *spending) rate(figure int64, what string, c int, perCost bool) string {
	say := line.Count(figure, what)
	switch {
	case !perCost:
		return say
	case sp.cost[c] == 0:
		return say + " and costs nothing"
	}
	minus, num := "", big.NewInt(figure)
	if figure < 0 {
		minus = "-"
	}
	num.Abs(num).Mul(num, big.NewInt(1000)).Mul(num, big.NewInt(sp.unit()))
	return fmt.Sprintf("%s, %s%s for each 1,000 of its cost", say, minus, fraction(num, big.NewInt(sp.cost[c]), 6))
}

// greedy buys, best first, whatever the money that is left is enough for.
func (sp *spending) greedy(action Action, figures []int64, what string, perCost bool) {
	better := func(a, b int) int { return cmp.Compare(figures[a], figures[b]) }
	if perCost {
		better = func(a, b int) int { return sp.perCost(figures, a, b) }
	}
	if sp.s.Valid == 0 && sp.budget {
		sp.record(Total, nil, wholeFigures(figures), "There are no papers, so nothing is bought.")
		return
	}
	votes := wholeFigures(figures)
	sp.what = ""
	if what == "point" {
		sp.what = "points"
	}
	for left := sp.approvals.left(); len(left) > 0; {
		best := bestBy(left, better)
		fits := slices.DeleteFunc(slices.Clone(best), func(c int) bool { return sp.cost[c] > sp.left })
		if len(fits) == 0 {
			if !sp.budget {
				return
			}
			for _, c := range best {
				sp.record(Skip, []int{c}, votes, fmt.Sprintf("%s, with %s, costs %s. That is more than the %s that is left, so it is skipped.",
					sp.name(c), sp.rate(figures[c], what, c, perCost), sp.amount(sp.cost[c]), sp.amount(sp.left)))
			}
			left = without(left, best...)
			continue
		}
		c := sp.tied(fits)
		left = without(left, c)
		sp.buy(action, c, votes, "it is next with "+sp.rate(figures[c], what, c, perCost))
	}
}

// bestBy returns those of cs who are better than the rest.
func bestBy(cs []int, better func(a, b int) int) (out []int) {
	for _, c := range cs {
		d := 0
		if len(out) > 0 {
			d = better(c, out[0])
		}
		if d > 0 {
			out = out[:0]
		}
		if d >= 0 {
			out = append(out, c)
		}
	}
	return out
}

// without returns cs without some of them.
func without(cs []int, some ...int) []int {
	return slices.DeleteFunc(cs, func(c int) bool { return slices.Contains(some, c) })
}
