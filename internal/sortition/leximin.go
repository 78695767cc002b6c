package sortition

import (
	"context"
	"fmt"
	"slices"
)

// Panel is a panel and how many of the tickets are its own.
type Panel struct {
	Members []int64 `json:"members,omitzero"` // ascending
	Tickets int64   `json:"tickets"`
}

// Distribution is panels with tickets, one of which is drawn: a panel's chance is its tickets out of Total.
type Distribution struct {
	Panels []Panel
	Total  int64
	Chance []float64 // of each person by the linear programs; the tickets come as close to it as whole numbers can
	Never  []int64   // those who are on no panel that the quotas allow, ascending
}

// Progress is how far the work on a distribution is. All of it only grows.
type Progress struct {
	People int // who can be on a panel, as far as is known
	Fixed  int // of them, those whose chance is settled; at the end it is all
	Panels int // that are known
}

// DefaultTickets is a total at which whole tickets change nobody's chance by more than some hundred-thousandths.
const DefaultTickets = 1_000_000

// Leximin returns the distribution over panels under which the lowest chance of anybody is as high as it can be, then the second
// lowest, and so on (Flanigan, Gölz, Gupta, Hennig and Procaccia, "Fair algorithms for selecting citizens' assemblies", Nature 596,
// 2021). Those who can be on no panel are left out of this, and named. Errors wrap ErrDraw; where no panel meets the quotas, the
// error is an Infeasible. It can take minutes with many hundred kinds of people: it stops, with the context's error, when the context
// does, and tells how far it is, if tell is not nil.
func (p Panels) Leximin(ctx context.Context, total int64, tell func(Progress)) (Distribution, error) {
	if err := p.Check(); err != nil {
		return Distribution{}, err
	}
	if total < 1 || total > mostWeight {
		return Distribution{}, refuse("%d tickets cannot be shared; there must be from 1 to %d", total, mostWeight)
	}
	m, err := p.master(ctx, tell)
	if err != nil {
		return Distribution{}, err
	}
	for m.open() {
		if err := m.fix(); err != nil {
			return Distribution{}, err
		}
	}
	m.report()
	best, err := m.solve(solved)
	if err != nil {
		return Distribution{}, err
	}
	return p.distribution(m, best.chance, total), nil
}

// master is the linear program over the panels that are known. A panel is a number for every kind of people.
type master struct {
	ctx    context.Context
	tell   func(Progress)
	g      program
	kinds  []kind
	can    []bool // by kind: whether any panel has one
	panels [][]int
	known  map[string]bool
	fixed  []float64 // by kind: the chance of its people; below 0: not yet fixed
	miss   float64   // price of missing a fixed chance
	last   *point    // where the last rough solution was, in this round; nil: there was none
	then   int       // how many panels were known
}

// Tolerances of the program. Chances are right to about ten times what the search for panels allows.
const (
	rough       = 1e-2  // what a linear program may miss at first
	fair        = 1e-4  // then
	solved      = 1e-10 // and in the end
	improves    = 1e-9  // what a new panel must add
	missed      = 1e-7  // what fixed chances may be missed by, all in all
	firstMiss   = 50.0
	highestMiss = 1e7
	variety     = 5    // panels looked for beside the best one
	variation   = 0.5  // how much less those count who are on the one before
	isTight     = 0.01 // price, out of the highest, from which a chance is taken to be as high as it can be
)

// finer is what follows a tolerance at which no panel is of use any more.
var finer = map[float64]float64{rough: fair, fair: solved}

// master finds out who can be on a panel, with a panel for each of them.
func (p Panels) master(ctx context.Context, tell func(Progress)) (*master, error) {
	m := &master{ctx: ctx, tell: tell, known: map[string]bool{}, miss: firstMiss}
	m.g, m.kinds = p.program()
	m.can, m.fixed = make([]bool, len(m.kinds)), make([]float64, len(m.kinds))
	for t := range m.fixed {
		m.fixed[t] = -1
	}
	for t := range m.kinds {
		if m.can[t] {
			continue
		}
		value := make([]float64, len(m.kinds))
		value[t] = 1
		x, err := m.g.maximise(ctx, value, 0)
		if err != nil {
			return nil, err
		}
		if x == nil {
			continue
		}
		m.add(x)
		for k, some := range x {
			m.can[k] = m.can[k] || some > 0
		}
		m.report()
	}
	if len(m.panels) == 0 {
		return nil, p.infeasible(ctx)
	}
	return m, nil
}

// add takes a panel in. It returns false if it is known.
func (m *master) add(x []int) bool {
	key := fmt.Sprint(x)
	if m.known[key] {
		return false
	}
	m.known[key] = true
	m.panels = append(m.panels, slices.Clone(x))
	return true
}

// open says whether anybody's chance is not fixed.
func (m *master) open() bool {
	return slices.ContainsFunc(m.free(), func(free bool) bool { return free })
}

// report tells how far the work is.
func (m *master) report() {
	if m.tell == nil {
		return
	}
	done := Progress{Panels: len(m.panels)}
	for t, k := range m.kinds {
		if m.can[t] {
			done.People += len(k.people)
		}
		if m.can[t] && m.fixed[t] >= 0 {
			done.Fixed += len(k.people)
		}
	}
	m.tell(done)
}

func (m *master) free() []bool {
	free := make([]bool, len(m.kinds))
	for t := range free {
		free[t] = m.can[t] && m.fixed[t] < 0
	}
	return free
}

// fix raises the lowest of the chances that are not fixed as high as any panels allow, and fixes those that cannot be raised above
// it. It begins with rough solutions: the prices in the middle of things lead to better panels than exact ones at a corner, and
// sooner (Gondzio, González-Brevis and Munari, European Journal of Operational Research 224, 2013).
func (m *master) fix() error {
	m.last = nil
	for tolerance := rough; ; {
		best, err := m.solve(tolerance)
		if err != nil {
			return err
		}
		m.report()
		news, err := m.price(best, max(improves, tolerance))
		switch {
		case err != nil:
			return err
		case news:
		case tolerance == solved:
			m.tighten(best)
			return nil
		default:
			tolerance = finer[tolerance]
		}
	}
}

// price takes in panels that are worth more than they cost, and says whether there are any: those that a search meets, and
// some more, for each of which those who are on the one before count for less.
func (m *master) price(best optimum, by float64) (news bool, err error) {
	take := func(x []int) { news = m.add(x) || news }
	x, err := m.g.improve(m.ctx, best.value, best.price+by, take)
	value := slices.Clone(best.value)
	for more := 0; more < variety && x != nil && err == nil; more++ {
		for t, some := range x {
			value[t] *= 1 - variation*float64(some)/float64(len(m.kinds[t].people))
		}
		if x, err = m.g.improve(m.ctx, value, -1, nil); err != nil || worth(best.value, x) <= best.price+by {
			break
		}
		take(x)
	}
	return news, err
}

// worth is the sum of the values of a panel's people.
func worth(value []float64, x []int) float64 {
	sum := 0.0
	for t, some := range x {
		sum += value[t] * float64(some)
	}
	return sum
}

// tighten fixes the chances that stand in the way of a higher lowest one: those with a price (Flanigan et al., section 4 of the
// supplement). Small prices could come of rounding; what is left out by that comes up again in the next round, at the same chance.
func (m *master) tighten(best optimum) {
	free := m.free()
	highest := 0.0
	for t, price := range best.prices {
		if free[t] {
			highest = max(highest, price)
		}
	}
	for t, price := range best.prices {
		if free[t] && price >= isTight*highest {
			m.fixed[t] = best.lowest
		}
	}
}

// optimum is the best of the panels that are known.
type optimum struct {
	chance []float64 // by panel
	lowest float64   // of the chances that are not fixed
	prices []float64 // by kind: what the chance of its people costs the lowest
	value  []float64 // the same for each person on a panel
	price  float64   // what a panel must be worth by those values to be of use
}

// solve works out the best. If fixed chances are missed for the sake of others, missing them gets dearer.
func (m *master) solve(tolerance float64) (optimum, error) {
	for {
		best, off, err := m.attempt(tolerance)
		if err != nil || off <= missed || tolerance > solved {
			return best, err
		}
		if m.miss *= 10; m.miss > highestMiss {
			return best, refuse("the chances of panels could not be worked out to the precision that is needed")
		}
	}
}

// attempt solves the linear program: a row for each kind of people who can be on a panel, whose chance is at least the lowest, or
// at least what was fixed, and a last one by which the chances of panels add up to 1. It returns also by how much fixed chances are
// missed.
func (m *master) attempt(tolerance float64) (best optimum, off float64, err error) {
	row, rows := make([]int, len(m.kinds)), 0
	for t, can := range m.can {
		if row[t] = rows; can {
			rows++
		}
	}
	l := &linear{b: make([]float64, rows+1)}
	l.b[rows] = 1
	for _, x := range m.panels {
		l.cols = append(l.cols, m.column(x, row, rows))
		l.c = append(l.c, 0)
	}
	var misses []int
	var lowest sparse
	for t, free := range m.free() {
		switch {
		case free:
			lowest.at, lowest.a = append(lowest.at, row[t]), append(lowest.a, -1)
		case m.can[t]:
			l.b[row[t]] = m.fixed[t]
			misses = append(misses, len(l.c))
			l.add(m.miss, []int{row[t]}, []float64{1})
		default:
			continue
		}
		l.add(0, []int{row[t]}, []float64{-1})
	}
	if len(lowest.at) > 0 {
		l.add(-1, lowest.at, lowest.a)
	}
	if tolerance == rough && m.last != nil {
		l.near = &point{slices.Insert(m.last.x, m.then, make([]float64, len(m.panels)-m.then)...), m.last.y}
	}
	found, err := l.solve(m.ctx, tolerance)
	if err != nil {
		return best, 0, err
	}
	x, y := found.x, found.y
	if tolerance == rough {
		m.last, m.then = &point{slices.Clone(x), y}, len(m.panels)
	}
	best = optimum{x[:len(m.panels)], x[len(x)-1], make([]float64, len(m.kinds)), make([]float64, len(m.kinds)), -y[rows]}
	for t, k := range m.kinds {
		if m.can[t] {
			best.prices[t] = max(0, y[row[t]])
			best.value[t] = best.prices[t] / float64(len(k.people))
		}
	}
	for _, j := range misses {
		off += x[j]
	}
	return best, off, nil
}

// column is a panel in the linear program: the share of each kind's people who are on it, and 1 in the last row.
func (m *master) column(x, row []int, last int) sparse {
	var c sparse
	for t, some := range x {
		if some > 0 {
			c.at = append(c.at, row[t])
			c.a = append(c.a, float64(some)/float64(len(m.kinds[t].people)))
		}
	}
	return sparse{append(c.at, last), append(c.a, 1)}
}
