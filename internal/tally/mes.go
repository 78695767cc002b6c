package tally

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

var mesMethod = Method{
	Name:  "mes",
	Say:   "Method of Equal Shares: the money, or the places, are shared equally among the voters, and bought is what gives its supporters the most for what each of them pays, as long as its supporters together can pay for it.",
	Seats: true,
	Variants: mesVariants(
		"cost-add1-greedy", "cost", "cost-add1", "cost-greedy", "cost-phragmen",
		"one-add1-greedy", "one", "one-add1", "one-greedy", "one-phragmen",
		"points-add1-greedy", "points", "points-add1", "points-greedy",
	),
	count: countMES,
}

// mesWords are the words that the variants of mes are made of.
var mesWords = map[string]string{
	"cost":     "a purchase is worth its cost to each supporter",
	"one":      "a purchase is worth 1 to each supporter, whatever it costs",
	"points":   "a purchase is worth the points that a supporter gave it",
	"add1":     "voters get more to begin with, step by step, so that less is left",
	"greedy":   "what is left is spent by votes",
	"phragmen": "voters go on earning to spend what is left",
}

// mesVariants says of each name what its words mean.
func mesVariants(names ...string) (out []Variant) {
	for _, name := range names {
		var said []string
		for word := range strings.SplitSeq(name, "-") {
			said = append(said, mesWords[word])
		}
		out = append(out, Variant{name, strings.Join(said, "; ")})
	}
	return out
}

// countMES counts by the Method of Equal Shares (Peters, Pierczyński and Skowron, NeurIPS 2021). The first word of the variant is what
// a purchase is worth to a voter: its cost, 1, or the score on the paper. The words after it are what completes the purchases:
// nothing; add1, which gives each voter more to begin with; greedy, by votes; phragmen, where voters go on earning from what they have left.
//
// add1 alone, for a committee, stops with the last place even when others have as good a claim to it, and so a group can lose a place
// that its numbers give it (Lackner and Skowron 2023, and abcvoting, have it so). add1-greedy goes back to the last increase with
// which there were places for all, as for budgets.
//
// Of those with the same rho the lot takes the first. What costs nothing has a rho of 0 and is bought if anybody votes for it.
// With one place costing 1, a cost and 1 are the same in committees.
func countMES(e *Election, o Options) (*Sheet, error) {
	sp, err := newSpending(e, o, "mes")
	if err != nil {
		return nil, err
	}
	sp.s.Variant = cmp.Or(o.Variant, "cost-add1-greedy")
	words := strings.Split(sp.s.Variant, "-")
	m, err := newShares(sp, words[0])
	if err != nil {
		return nil, err
	}
	m.stops = !m.budget && words[len(words)-1] == "add1"
	steps := int64(0)
	if slices.Contains(words, "add1") {
		if steps, err = m.add1(); err != nil {
			return nil, err
		}
	}
	m.show(steps)
	switch {
	case slices.Contains(words, "greedy"):
		sp.greedy(Complete, m.totals, m.what, false)
	case slices.Contains(words, "phragmen"):
		m.earnOn().run(Complete)
	case slices.Contains(words, "add1") && !m.budget:
		m.fill()
	}
	return sp.close(), nil
}

// shares is a count by equal shares. What voters have is kept as whole numbers of 1/unit, exactly: the level of their money, of which
// many kinds of papers have the same.
type shares struct {
	*spending
	utility string
	what    string      // totals are of: vote, point
	totals  []int64     // by candidate
	backers [][]support // by candidate: the kinds of papers to which it is worth something, and what
	papers  []int64     // by candidate: how many papers those are
	base    int64       // what each voter has to begin with, in 1/voters; add1 raises it by steps
	voters  int64
	step    *big.Int
	unit    *big.Int
	level   []*big.Int // ascending
	at      []int32    // by kind: which of the levels
	price   []offer    // by candidate
	stops   bool       // when all places are filled
	work    int64      // what add1 has done so far, in about as many nanoseconds
}

// offer is what a purchase asks of its supporters: each pays num/den for what it is worth to them, in 1/unit, or all they have.
type offer struct {
	num  *big.Int // nil: not worked out
	den  int64
	unit *big.Int // at the time
	poor int64    // papers that pay all they have
}

func newShares(sp *spending, utility string) (*shares, error) {
	n := len(sp.in)
	m := &shares{
		spending: sp, utility: utility, what: "vote", totals: sp.votes, backers: make([][]support, n), papers: make([]int64, n),
		base: sp.money, voters: max(1, sp.s.Valid), step: big.NewInt(1), at: make([]int32, len(sp.weight)), price: make([]offer, n),
	}
	if sp.budget {
		m.step.Mul(big.NewInt(sp.unit()), big.NewInt(m.voters))
	}
	if utility == "points" {
		var err error
		if m.totals, err = sp.points(); err != nil {
			return nil, err
		}
		m.what = "point"
	}
	for c, of := range sp.of {
		for _, s := range of {
			if utility != "points" {
				s.points = 1
			}
			if s.points > 0 {
				m.backers[c] = append(m.backers[c], s)
				m.papers[c] += sp.weight[s.kind]
			}
		}
	}
	return m, nil
}

// begin gives every voter the same money: their share and so many steps more.
func (m *shares) begin(steps int64) {
	money := new(big.Int).Mul(m.step, big.NewInt(steps))
	m.level = []*big.Int{money.Add(money, big.NewInt(m.base))}
	m.unit = big.NewInt(m.voters)
	clear(m.at)
	clear(m.price)
}

// worth returns what stands below rho beside the price: what the purchase is worth to each supporter, apart from points.
func (m *shares) worth(c int) int64 {
	if m.utility == "cost" && m.budget {
		return max(1, m.cost[c])
	}
	return 1
}

// run buys until nobody can pay for anything that is left, or more has been spent than there is, and returns what was bought. To show
// it is to put it on the sheet.
func (m *shares) run(steps int64, show bool) (bought []int) {
	m.begin(steps)
	left := slices.DeleteFunc(m.approvals.left(), func(c int) bool { return m.papers[c] == 0 })
	for money := m.money; money >= 0 && !(m.stops && len(bought) == m.s.Seats); {
		var best []int
		if left, best = m.cheapest(left, show); len(best) == 0 {
			break
		}
		c := m.lots.first(best)
		if show {
			m.buy(Buy, m.tied(best), m.rhos(left), m.why(c))
		}
		bought, left = append(bought, c), without(left, c)
		money -= m.cost[c]
		m.pay(c)
	}
	return bought
}

// cheapest returns those who are left and whose supporters may be able to pay, and of them those with the smallest rho. A rho never
// falls while money is spent, so unless all are asked for those are not looked at whose rho was larger before.
func (m *shares) cheapest(left []int, all bool) (able, best []int) {
	if !all {
		slices.SortStableFunc(left, m.compareRho)
	}
	for i, c := range left {
		if !all && len(best) > 0 && m.price[c].num != nil && m.compareRho(c, best[0]) > 0 {
			return append(able, left[i:]...), best
		}
		if m.price[c] = m.ask(c); m.price[c].num == nil {
			continue
		}
		able = append(able, c)
		d := -1
		if len(best) > 0 {
			d = m.compareRho(c, best[0])
		}
		if d < 0 {
			best = best[:0]
		}
		if d <= 0 {
			best = append(best, c)
		}
	}
	return able, best
}

// compareRho compares by rho; what has not been worked out is less than all else.
func (m *shares) compareRho(a, b int) int {
	x, y := m.price[a], m.price[b]
	switch {
	case x.num == nil && y.num == nil:
		return 0
	case x.num == nil:
		return -1
	case y.num == nil:
		return 1
	}
	l, r := m.below(b), m.below(a)
	if x.unit != y.unit {
		l.Mul(l, y.unit)
		r.Mul(r, x.unit)
	}
	return l.Mul(l, x.num).Cmp(r.Mul(r, y.num))
}

// below returns the denominator of rho, apart from the unit.
func (m *shares) below(c int) *big.Int {
	d := big.NewInt(m.price[c].den)
	if w := m.worth(c); w > 1 {
		d.Mul(d, big.NewInt(w))
	}
	return d
}

// group is the papers whose voters have the same money and to whom the purchase is worth the same.
type group struct {
	level, points int32
	papers        int64
}

// groups returns a candidate's supporters, those first who can pay the least for what it is worth to them.
func (m *shares) groups(c int) (out []group) {
	if m.utility != "points" {
		papers := make([]int64, len(m.level))
		if len(papers) == 1 {
			return []group{{0, 1, m.papers[c]}}
		}
		for _, s := range m.backers[c] {
			papers[m.at[s.kind]] += m.weight[s.kind]
		}
		for l, p := range papers {
			if p > 0 {
				out = append(out, group{int32(l), 1, p})
			}
		}
		return out
	}
	for _, s := range m.backers[c] {
		out = append(out, group{m.at[s.kind], s.points, m.weight[s.kind]})
	}
	x, y := new(big.Int), new(big.Int)
	slices.SortFunc(out, func(a, b group) int {
		x.Mul(m.level[a.level], x.SetInt64(int64(b.points)))
		y.Mul(m.level[b.level], y.SetInt64(int64(a.points)))
		return x.Cmp(y)
	})
	return out
}

// ask works out the price of a candidate: those who have less than the price pay all they have, and the others share the rest.
func (m *shares) ask(c int) offer {
	m.work += int64(500 + 4*len(m.backers[c]) + 100*len(m.level))
	groups := m.groups(c)
	rich := int64(0)
	for _, g := range groups {
		rich += g.papers * int64(g.points)
	}
	o := offer{num: new(big.Int).Mul(m.unit, big.NewInt(m.cost[c])), unit: m.unit}
	x, y := new(big.Int), new(big.Int)
	for _, g := range groups {
		if x.Mul(o.num, x.SetInt64(int64(g.points))).Cmp(y.Mul(m.level[g.level], y.SetInt64(rich))) <= 0 {
			o.den = rich
			return o
		}
		o.num.Sub(o.num, x.Mul(m.level[g.level], x.SetInt64(g.papers)))
		o.poor += g.papers
		rich -= g.papers * int64(g.points)
	}
	return offer{}
}

// pay takes the price from the supporters.
func (m *shares) pay(c int) {
	o := m.price[c]
	den := big.NewInt(o.den)
	if common := new(big.Int).GCD(nil, nil, o.num, den); common.Sign() > 0 {
		o.num = new(big.Int).Quo(o.num, common)
		den.Quo(den, common)
	}
	for _, l := range m.level {
		l.Mul(l, den)
	}
	m.unit = new(big.Int).Mul(m.unit, den)
	m.settle(m.charge(c, o.num))
}

// charge puts the supporters on the levels that they have after paying rate for each of their points, or all they have. It returns
// those levels, which come after the old ones.
func (m *shares) charge(c int, rate *big.Int) (after []*big.Int) {
	type had struct{ level, points int32 }
	index := map[had]int32{}
	var before []had
	for _, s := range m.backers[c] {
		h := had{m.at[s.kind], s.points}
		if _, known := index[h]; !known {
			index[h] = 0
			before = append(before, h)
		}
	}
	slices.SortFunc(before, func(a, b had) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(b.points, a.points)) })
	for i, h := range before {
		index[h] = int32(len(m.level) + i)
		paid := new(big.Int).Mul(rate, big.NewInt(int64(h.points)))
		if paid.Sub(m.level[h.level], paid); paid.Sign() < 0 {
			paid.SetInt64(0)
		}
		after = append(after, paid)
	}
	for _, s := range m.backers[c] {
		m.at[s.kind] = index[had{m.at[s.kind], s.points}]
	}
	return after
}

// settle puts the levels in order after a payment, and drops those that nobody has.
func (m *shares) settle(after []*big.Int) {
	m.work += int64(2*len(m.at) + 200*(1+len(m.level)+len(after)))
	old := len(m.level)
	all := append(m.level, after...)
	used := make([]bool, len(all))
	for _, at := range m.at {
		used[at] = true
	}
	var order [2][]int32 // of the old levels and the new ones
	for i := range all {
		switch {
		case used[i] && i < old:
			order[0] = append(order[0], int32(i))
		case used[i]:
			order[1] = append(order[1], int32(i))
		}
	}
	slices.SortFunc(order[1], func(a, b int32) int { return all[a].Cmp(all[b]) })
	place := make([]int32, len(all))
	m.level = nil
	for len(order[0])+len(order[1]) > 0 {
		from := 0
		if len(order[0]) == 0 || len(order[1]) > 0 && all[order[1][0]].Cmp(all[order[0][0]]) < 0 {
			from = 1
		}
		i := order[from][0]
		order[from] = order[from][1:]
		if n := len(m.level); n == 0 || m.level[n-1].Cmp(all[i]) != 0 {
			m.level = append(m.level, all[i])
		}
		place[i] = int32(len(m.level) - 1)
	}
	for kind, at := range m.at {
		m.at[kind] = place[at]
	}
}
