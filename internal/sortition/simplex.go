package sortition

import "math"

// program is a whole-number program: each column is a number from 0 to most, each row the sum of some of the columns within bounds.
type program struct {
	rows []bounds
	cols []column
}

type bounds struct{ lo, hi int }

type column struct {
	rows []int // those it counts in
	sign int   // 1 or -1: how it counts there
	most int
}

// simplex maximises a sum of values over a program whose numbers need not be whole, by the dual simplex method for variables with
// two bounds. Since every variable, and every row, lies between two numbers, any basis becomes dual feasible by moving variables to
// their other bound: the method goes on from wherever it is when bounds change, as they do in a search by branches.
//
// Variables 0 to n-1 are the columns, the m after them the sums of the rows. Each basic variable is written as a sum of the others.
type simplex struct {
	m, n   int
	g      *program
	value  []float64 // of a column
	lo, hi []float64 // by variable
	x      []float64 // by variable
	basic  []int     // by line of the tableau
	others []int     // by column of the tableau
	line   [][]float64
	gain   []float64 // by column of the tableau: what the objective gains with the variable
	queue  []candidate
	moved  []int // columns of the tableau whose variable is not 0
}

const (
	feasible = 1e-9 // how far a variable may lie beyond its bound
	tiny     = 1e-9 // what is no pivot
)

func newSimplex(g *program, value []float64) *simplex {
	m, n := len(g.rows), len(g.cols)
	s := &simplex{m: m, n: n, g: g, value: value, lo: make([]float64, n+m), hi: make([]float64, n+m), x: make([]float64, n+m),
		basic: make([]int, m), others: make([]int, n), line: make([][]float64, m), gain: make([]float64, n)}
	for j, c := range g.cols {
		s.hi[j] = float64(c.most)
	}
	for i, r := range g.rows {
		s.lo[n+i], s.hi[n+i] = float64(r.lo), float64(r.hi)
		s.line[i] = make([]float64, n)
	}
	s.reset()
	return s
}

// reset goes back to the basis of the rows' sums, and so to figures without any error of rounding.
func (s *simplex) reset() {
	for i := range s.m {
		s.basic[i] = s.n + i
		clear(s.line[i])
	}
	for j, c := range s.g.cols {
		s.others[j] = j
		for _, i := range c.rows {
			s.line[i][j] = float64(c.sign)
		}
	}
	copy(s.gain, s.value)
}

// settle puts each variable that is not basic to the bound at which it is worth most, and works out the others.
func (s *simplex) settle() {
	for k, v := range s.others {
		switch {
		case s.gain[k] > 0:
			s.x[v] = s.hi[v]
		case s.gain[k] < 0 || s.x[v] != s.hi[v]:
			s.x[v] = s.lo[v]
		}
	}
	s.work()
}

// work works out the basic variables.
func (s *simplex) work() {
	s.moved = s.moved[:0]
	for k, v := range s.others {
		if s.x[v] != 0 {
			s.moved = append(s.moved, k)
		}
	}
	for i, v := range s.basic {
		sum, line := 0.0, s.line[i]
		for _, k := range s.moved {
			sum += line[k] * s.x[s.others[k]]
		}
		s.x[v] = sum
	}
}

// solve finds the best numbers within the bounds. It returns false if there are none.
func (s *simplex) solve() bool {
	s.settle()
	for step := 0; ; step++ {
		bland := step > 20*(s.m+s.n) // by the smallest index nothing comes round again, however many are equal
		r := s.leaving(bland)
		if r < 0 {
			return true
		}
		k := s.entering(r, bland)
		if k < 0 {
			return false
		}
		v := s.basic[r]
		s.pivot(r, k)
		s.x[v] = min(max(s.x[v], s.lo[v]), s.hi[v])
		s.work()
	}
}

// leaving returns the line of the basic variable that is furthest beyond its bounds, or -1.
func (s *simplex) leaving(bland bool) int {
	worst, r := feasible, -1
	for i, v := range s.basic {
		beyond := max(s.lo[v]-s.x[v], s.x[v]-s.hi[v])
		if beyond > worst || bland && beyond > feasible && v < s.basic[r] {
			r = i
			worst = max(worst, beyond)
		}
	}
	return r
}

// candidate is a column of the tableau that can enter, and at what change of the objective its gain changes sign.
type candidate struct {
	k, v  int // column and variable
	ratio float64
}

func (c candidate) before(d candidate) bool {
	return c.ratio < d.ratio || c.ratio == d.ratio && c.v < d.v
}

// sink restores a heap in which only the candidate at i may be too far up.
func sink(heap []candidate, i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
			if heap[child].before(heap[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		heap[i], heap[first] = heap[first], heap[i]
		i = first
	}
}

// entering returns the column of the variable that takes the place of line r's: the one whose gain first changes its sign.
// Variables before it are moved to their other bound, as long as that does not yet bring the line's within its own. It returns -1
// if nothing does.
func (s *simplex) entering(r int, bland bool) int {
	v := s.basic[r]
	short := s.lo[v] - s.x[v] // what the line lacks, in the direction of dir
	dir := 1.0
	if short < 0 {
		short, dir = s.x[v]-s.hi[v], -1
	}
	cs := s.queue[:0]
	for k, a := range s.line[r] {
		w := s.others[k]
		a *= dir
		if a > tiny && s.x[w] == s.lo[w] && s.hi[w] > s.lo[w] || a < -tiny && s.x[w] == s.hi[w] && s.hi[w] > s.lo[w] {
			cs = append(cs, candidate{k, w, math.Abs(s.gain[k] / a)})
		}
	}
	s.queue = cs
	for i := len(cs)/2 - 1; i >= 0; i-- {
		sink(cs, i)
	}
	for len(cs) > 0 { // few of them are looked at, so they are not sorted
		c := cs[0]
		short -= math.Abs(s.line[r][c.k]) * (s.hi[c.v] - s.lo[c.v])
		if short <= feasible || bland {
			return c.k
		}
		s.x[c.v] = s.lo[c.v] + s.hi[c.v] - s.x[c.v]
		cs[0] = cs[len(cs)-1]
		cs = cs[:len(cs)-1]
		sink(cs, 0)
	}
	return -1
}

// pivot has the variable of column k change places with that of line r.
func (s *simplex) pivot(r, k int) {
	row := s.line[r]
	by := 1 / row[k]
	for j := range row {
		row[j] *= -by
	}
	row[k] = by
	for i, line := range s.line {
		if i != r {
			eliminate(line, row, k)
		}
	}
	eliminate(s.gain, row, k)
	s.basic[r], s.others[k] = s.others[k], s.basic[r]
}

func eliminate(line, row []float64, k int) {
	a := line[k]
	if a == 0 {
		return
	}
	line[k] = 0
	for j, b := range row {
		line[j] += a * b
	}
}

// objective returns the sum of the values.
func (s *simplex) objective() float64 {
	sum := 0.0
	for j, v := range s.value {
		sum += v * s.x[j]
	}
	return sum
}
