package tally

import (
	"fmt"
	"math/big"
)

var phragmenMethod = Method{
	Name:  "phragmen",
	Say:   "Sequential Phragmén: every voter earns money at the same pace, and what its supporters can pay for first is bought; with a budget it stops at the first purchase that the money is not enough for.",
	Seats: true,
	count: countPhragmen,
}

func countPhragmen(e *Election, o Options) (*Sheet, error) {
	sp, err := newSpending(e, o, "phragmen")
	if err != nil {
		return nil, err
	}
	newLoads(sp).run(Buy)
	return sp.close(), nil
}

// loads is a count by Phragmén's sequential rule (Phragmén 1899; Lackner and Skowron 2023, rule 9; for budgets Los, Christoff and
// Grossi, IJCAI 2022). A paper's load is what its voter has had to earn so far. All supporters of a purchase have the same load after
// it, so there are no more loads than purchases, and they are kept as whole numbers of 1/unit, exactly.
type loads struct {
	*spending
	unit  *big.Int
	level []*big.Int // the loads there are
	at    []int32    // by kind: which of them is its load
	sum   []*big.Int // by candidate: what would be spread over the supporters: the cost and their loads, in 1/unit; nil: no supporters
}

func newLoads(sp *spending) *loads {
	return &loads{spending: sp, unit: big.NewInt(1), level: []*big.Int{new(big.Int)}, at: make([]int32, len(sp.weight))}
}

// run buys until the places are filled or the money is not enough. What costs more than there is to begin with is left out.
func (l *loads) run(action Action) {
	l.what = "earned"
	left := l.projects()
	for len(left) > 0 && (l.budget || len(l.s.Elected) < l.s.Seats) {
		if l.budget && l.unapproved(left) && l.s.Valid == 0 {
			break
		}
		l.weigh(left)
		best := bestBy(left, l.lighter)
		if l.budget && !l.affords(best) {
			return
		}
		c := l.tied(best)
		l.buy(action, c, l.figures(left), l.why(c))
		left = without(left, c)
		if l.votes[c] > 0 {
			l.pay(c)
		}
	}
}

// affords says whether the money is enough for every one of those who are next. If not, the stage says that the count stops.
func (l *loads) affords(next []int) bool {
	for _, c := range next {
		if l.cost[c] > l.left {
			l.record(Skip, []int{c}, l.figures(next), fmt.Sprintf("%s is next and costs %s. That is more than the %s that is left, and the count stops.",
				l.name(c), l.amount(l.cost[c]), l.amount(l.left)))
			return false
		}
	}
	return true
}

// weigh works out what would be spread over the supporters of each of those who are left.
func (l *loads) weigh(left []int) {
	l.sum = make([]*big.Int, len(l.in))
	papers := make([]int64, len(l.level))
	part := new(big.Int)
	for _, c := range left {
		if l.votes[c] == 0 {
			continue
		}
		clear(papers)
		for _, s := range l.of[c] {
			papers[l.at[s.kind]] += l.weight[s.kind]
		}
		sum := new(big.Int).Mul(l.unit, big.NewInt(l.cost[c]))
		for i, p := range papers {
			if p > 0 {
				sum.Add(sum, part.Mul(l.level[i], part.SetInt64(p)))
			}
		}
		l.sum[c] = sum
	}
}

// lighter compares two by the load that their supporters would have: 1 if a's is less. Without supporters it is beyond every other.
func (l *loads) lighter(a, b int) int {
	switch x, y := l.sum[a], l.sum[b]; {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return -1
	case y == nil:
		return 1
	default:
		return new(big.Int).Mul(y, big.NewInt(l.votes[a])).Cmp(new(big.Int).Mul(x, big.NewInt(l.votes[b])))
	}
}

// load returns the load that the candidate's supporters would have, as a fraction.
func (l *loads) load(c int) (num, den *big.Int) {
	return l.sum[c], new(big.Int).Mul(l.unit, big.NewInt(l.votes[c]))
}

func (l *loads) figures(of []int) []string {
	out := make([]string, len(l.in))
	for _, c := range of {
		if l.sum[c] != nil && l.sum[c].Sign() >= 0 {
			num, den := l.load(c)
			out[c] = l.share(num, den)
		}
	}
	return out
}

func (l *loads) why(c int) string {
	if l.votes[c] == 0 {
		return "nobody has voted for what is left"
	}
	num, den := l.load(c)
	who := "only supporter is"
	if l.votes[c] > 1 {
		who = fmt.Sprintf("%d supporters are", l.votes[c])
	}
	if !l.budget {
		return fmt.Sprintf("if every voter earns at the same pace, the %s the first who can pay for a place, when each has earned %s of one in all", who, l.share(num, den))
	}
	return fmt.Sprintf("if every voter earns at the same pace, its %s the first who can pay, when each has earned %s in all", who, l.share(num, den))
}

// pay gives the supporters their new load.
func (l *loads) pay(c int) {
	papers := big.NewInt(l.votes[c])
	common := new(big.Int).GCD(nil, nil, new(big.Int).Abs(l.sum[c]), papers)
	finer := papers.Quo(papers, common)
	for _, v := range l.level {
		v.Mul(v, finer)
	}
	l.unit = new(big.Int).Mul(l.unit, finer)
	l.level = append(l.level, l.sum[c].Quo(l.sum[c], common))
	for _, s := range l.of[c] {
		l.at[s.kind] = int32(len(l.level) - 1)
	}
}
