package sortition

import (
	"context"
	"math"
)

// mostNodes ends a search that would go on for hours. Real pools need some dozens.
const mostNodes = 2_000_000

// search is a search for the best whole numbers by branch and bound: at each node the best numbers that need not be whole bound
// what can be found below it. It is complete: what it returns with a proof is the best there is, but for the tolerance by which
// pruning allows for rounding, and if it returns nothing there is nothing.
type search struct {
	*simplex
	ctx   context.Context
	nodes int
	above float64 // what a solution must be worth more than
	slack float64
	best  []int
	each  func(x []int) // is told of every better solution on the way; may be nil
	proof bool          // whether a solution has to be the best there is
}

// enough is after how many nodes a search that needs no proof ends with what it has. One that has nothing goes on.
const enough = 100

// maximise returns the numbers with the largest sum of values, if that is above so much, or nil. It returns ErrDraw if the search
// takes too long, and stops when the context does.
func (g *program) maximise(ctx context.Context, value []float64, above float64) ([]int, error) {
	s := g.search(ctx, value, above)
	s.proof = true
	err := s.branch()
	return s.best, err
}

// improve returns numbers with a large sum of values that is above so much, or nil if there are none, and tells each of what it finds
// on the way. Errors are those of maximise.
func (g *program) improve(ctx context.Context, value []float64, above float64, each func(x []int)) ([]int, error) {
	s := g.search(ctx, value, above)
	s.each = each
	err := s.branch()
	return s.best, err
}

func (g *program) search(ctx context.Context, value []float64, above float64) *search {
	largest, whole := 0.0, above == math.Round(above)
	for _, v := range value {
		largest = max(largest, math.Abs(v))
		whole = whole && v == math.Round(v)
	}
	s := &search{simplex: newSimplex(g, value), ctx: ctx, above: above, slack: 1e-12 * (1 + largest)}
	if whole { // what is better is better by 1
		s.slack = 1 - 1e-6
	}
	return s
}

// branch looks for solutions within the bounds as they are, and leaves these as they were.
func (s *search) branch() error {
	if s.nodes++; s.nodes > mostNodes {
		return refuse("the quotas are too entangled: the search for a panel came to no end")
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if s.nodes > enough && !s.proof && s.best != nil {
		return nil
	}
	if !s.solve() || s.objective() <= s.above+s.slack {
		return nil
	}
	j := s.fractional()
	if j < 0 {
		return s.found()
	}
	lo, hi, at := s.lo[j], s.hi[j], s.x[j]
	down, up := math.Floor(at), math.Ceil(at)
	halves := [2][2]float64{{up, hi}, {lo, down}}
	if at-down < 0.5 {
		halves[0], halves[1] = halves[1], halves[0]
	}
	for _, half := range halves {
		s.lo[j], s.hi[j] = half[0], half[1]
		if err := s.branch(); err != nil {
			return err
		}
	}
	s.lo[j], s.hi[j] = lo, hi
	return nil
}

// fractional returns the column that is furthest from a whole number, or -1.
func (s *search) fractional() int {
	most, at := 1e-6, -1
	for j := range s.n {
		if f := math.Abs(s.x[j] - math.Round(s.x[j])); f > most {
			most, at = f, j
		}
	}
	return at
}

// found takes a solution, after it has been checked in whole numbers.
func (s *search) found() error {
	x := make([]int, s.n)
	for j := range x {
		x[j] = int(math.Round(s.x[j]))
	}
	if !s.g.allows(x) {
		return refuse("the search for a panel lost its figures")
	}
	worth := 0.0
	for j, v := range s.value {
		worth += v * float64(x[j])
	}
	if worth > s.above {
		s.above, s.best = worth, x
		if s.each != nil {
			s.each(x)
		}
	}
	return nil
}

// allows says whether the numbers are within all bounds.
func (g *program) allows(x []int) bool {
	sums := make([]int, len(g.rows))
	for j, c := range g.cols {
		if x[j] < 0 || x[j] > c.most {
			return false
		}
		for _, i := range c.rows {
			sums[i] += c.sign * x[j]
		}
	}
	for i, r := range g.rows {
		if sums[i] < r.lo || sums[i] > r.hi {
			return false
		}
	}
	return true
}
