package tally

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
)

// spending is a count that buys: projects from a budget, or places in a committee, each of which costs 1 of as many as there are seats.
type spending struct {
	*approvals
	budget bool
	cost   []int64 // by candidate
	money  int64   // all there was
	left   int64   // of it
}

// newSpending begins a count by a method that fills committees and spends budgets.
func newSpending(e *Election, o Options, method string) (*spending, error) {
	n := len(e.Candidates)
	rounds := n
	if e.Budget == 0 {
		rounds = min(n, o.seats(e))
	}
	a, err := newApprovals(e, o, method, rounds)
	if err != nil {
		return nil, err
	}
	if e.Budget > 0 && o.Seats > 0 {
		return nil, fmt.Errorf("%w: a budget buys projects, and fills no places", ErrElection)
	}
	if e.Budget < 0 {
		return nil, fmt.Errorf("%w: the budget is less than nothing", ErrElection)
	}
	sp := &spending{approvals: a, budget: e.Budget > 0, cost: make([]int64, n), money: e.Budget}
	for c := range sp.cost {
		sp.cost[c] = 1
		if sp.budget {
			sp.cost[c] = e.Candidates[c].Cost
		}
	}
	if sp.budget {
		a.s.Seats = 0
		if a.ranked() {
			a.s.Notes = append(a.s.Notes, "The papers rank projects. How they rank them plays no part here: each approves every project that it names.")
		}
	} else {
		sp.money = int64(a.s.Seats)
	}
	sp.left = sp.money
	return sp, nil
}

// ranked says whether the papers rank, and not by points.
func (a *approvals) ranked() bool {
	for i := range a.e.Papers.Len() {
		marks, _ := a.e.Papers.At(i)
		if a.e.Papers.Scores(i) == nil && slices.ContainsFunc(marks[min(1, len(marks)):], func(m Mark) bool { return m&Same == 0 }) {
			return true
		}
	}
	return false
}

// projects returns those who are left and cost no more than there is money.
func (sp *spending) projects() (out []int) {
	for _, c := range sp.approvals.left() {
		if sp.cost[c] <= sp.left {
			out = append(out, c)
		}
	}
	return out
}

// tied picks one of those who stand alike.
func (sp *spending) tied(cs []int) int {
	if sp.budget {
		return sp.pick("purchase", cs)
	}
	return sp.seat(cs)
}

// buy pays for the candidate and writes down the stage. Why says what the candidate was bought for, as a sentence after the colon.
func (sp *spending) buy(action Action, c int, votes []string, why string) {
	sp.left -= sp.cost[c]
	if !sp.budget {
		sp.elect(action, c, votes, fmt.Sprintf("%s is elected: %s.", sp.name(c), why))
		return
	}
	sp.elect(action, c, votes, fmt.Sprintf("%s is bought for %s: %s. Of the money %s is left.", sp.name(c), sp.amount(sp.cost[c]), why, sp.amount(sp.left)))
}

// close writes down what the count came to.
func (sp *spending) close() *Sheet {
	if !sp.budget {
		sp.s.Unfilled = max(0, sp.s.Seats-len(sp.s.Elected))
		return sp.s
	}
	sp.s.Budget = &BudgetFigure{Money: sp.amount(sp.money), Spent: sp.amount(sp.money - sp.left)}
	for _, c := range sp.cost {
		sp.s.Budget.Costs = append(sp.s.Budget.Costs, sp.amount(c))
	}
	sp.s.Budget.Support = wholeFigures(sp.votes)
	return sp.s
}

// unit returns how many units of the costs make one of the currency.
func (sp *spending) unit() int64 { return max(1, sp.e.Unit) }

// places returns how many decimals an amount in the currency has.
func (sp *spending) places() int {
	p := 0
	for u := sp.unit(); u > 1 && p < 18; u /= 10 {
		p++
	}
	return p
}

// amount writes an amount in the currency.
func (sp *spending) amount(n int64) string {
	if sp.unit() == 1 {
		return strconv.FormatInt(n, 10)
	}
	return fraction(big.NewInt(n), big.NewInt(sp.unit()), sp.places())
}

// share writes the part num/den of an amount: in the currency with two decimals more than it has, or a part of a place.
func (sp *spending) share(num, den *big.Int) string {
	if !sp.budget {
		return fraction(num, den, exactPlaces)
	}
	return fraction(num, new(big.Int).Mul(den, big.NewInt(sp.unit())), min(18, sp.places()+2))
}
