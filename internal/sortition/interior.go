package sortition

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// linear is a linear program: the least of c·x over x ≥ 0 with A·x = b. A is by columns, most of whose entries are 0.
type linear struct {
	b    []float64
	c    []float64
	cols []sparse
	near *point // where to start; nil: not known
}

// point is numbers and prices.
type point struct{ x, y []float64 }

type sparse struct {
	at []int
	a  []float64
}

func (l *linear) add(cost float64, at []int, a []float64) {
	l.c = append(l.c, cost)
	l.cols = append(l.cols, sparse{at, a})
}

// interior is a point inside of a linear program and its dual, on the way to the best: x and the slacks s of the dual stay above 0.
type interior struct {
	*linear
	x, y, s []float64
	rp, rd  []float64         // what is missing from A·x = b and A'·y + s = c
	gap     float64           // mean of x·s
	normal  blas64.Symmetric  // A·D·A', its upper half
	root    blas64.Triangular // of it, by Cholesky
}

const patience = 10 // steps without getting nearer after which there will be no better

// solve finds the best x and its prices y by Mehrotra's predictor and corrector (SIAM Journal on Optimization 2, 1992): it ends in
// the middle of all best solutions, not in a corner. Where rounding keeps it from the tolerance, the best point on the way counts
// if it is within a thousand times of that; else it returns ErrDraw. It stops when the context does.
func (l *linear) solve(ctx context.Context, tolerance float64) (best point, err error) {
	p := l.start()
	least := math.Inf(1)
	for idle := 0; idle < patience; idle++ {
		if err := ctx.Err(); err != nil {
			return best, err
		}
		miss := p.miss()
		if miss < least {
			least, best, idle = miss, point{slices.Clone(p.x), slices.Clone(p.y)}, 0
		}
		if miss < tolerance || !p.step() {
			break
		}
	}
	if least > 1000*tolerance {
		return best, refuse("the chances of panels could not be worked out to the precision that is needed")
	}
	return best, nil
}

// How far from the walls a point is moved that was good for a program with fewer columns: the least slack, and the least product
// of a slack and its number. Found by trial: nearer to them the first steps are short, further away there are more of them.
const (
	leastSlack   = 3e-2
	leastProduct = 1e-4
)

// start returns Mehrotra's starting point: the shortest solutions of both equations, moved inside. If one is known that is near, that
// is moved inside.
func (l *linear) start() *interior {
	m, n := len(l.b), len(l.c)
	p := &interior{linear: l, x: make([]float64, n), y: make([]float64, m), s: make([]float64, n), rp: make([]float64, m), rd: make([]float64, n)}
	if l.near != nil {
		copy(p.x, l.near.x)
		copy(p.y, l.near.y)
		for j, col := range l.cols {
			p.s[j] = max(leastSlack, l.c[j]-col.dot(p.y))
			p.x[j] = max(p.x[j], leastProduct/p.s[j])
		}
		return p
	}
	ones := make([]float64, n)
	for j := range ones {
		ones[j] = 1
	}
	if p.factorize(ones) {
		t := p.prices(l.b)
		for j, col := range l.cols {
			p.x[j] = col.dot(t)
		}
		ac := make([]float64, m)
		for j, col := range l.cols {
			col.add(ac, l.c[j])
		}
		p.y = p.prices(ac)
	}
	for j, col := range l.cols {
		p.s[j] = l.c[j] - col.dot(p.y)
	}
	inside(p.x)
	inside(p.s)
	xs, sx, ss := 0.0, 0.0, 0.0
	for j := range p.x {
		xs += p.x[j] * p.s[j]
		sx += p.x[j]
		ss += p.s[j]
	}
	for j := range p.x {
		p.x[j] += xs / ss / 2
		p.s[j] += xs / sx / 2
	}
	return p
}

func inside(v []float64) {
	least := 0.0
	for _, a := range v {
		least = min(least, a)
	}
	for j := range v {
		v[j] += 1e-3 - 1.5*least
	}
}

func (c sparse) dot(y []float64) float64 {
	sum := 0.0
	for i, at := range c.at {
		sum += c.a[i] * y[at]
	}
	return sum
}

// add adds the column so many times.
func (c sparse) add(to []float64, times float64) {
	for i, at := range c.at {
		to[at] += c.a[i] * times
	}
}

// miss works out how far the point is from a best one: the most that is missing from an equation, or the gap between both
// objectives.
func (p *interior) miss() float64 {
	copy(p.rp, p.b)
	worst, gap := 0.0, 0.0
	for j, col := range p.cols {
		col.add(p.rp, -p.x[j])
		p.rd[j] = p.c[j] - col.dot(p.y) - p.s[j]
		worst = max(worst, math.Abs(p.rd[j]))
		gap += p.x[j] * p.s[j]
	}
	for _, r := range p.rp {
		worst = max(worst, math.Abs(r))
	}
	p.gap = gap / float64(len(p.x))
	return max(worst, gap)
}

// factorize prepares A·D·A' for prices. It returns false if that cannot be.
func (p *interior) factorize(d []float64) bool {
	m := len(p.b)
	sum := make([]float64, m*m)
	for j, col := range p.cols {
		for i, at := range col.at {
			w := col.a[i] * d[j]
			row := sum[at*m : (at+1)*m]
			for k, to := range col.at[i:] {
				row[to] += w * col.a[i+k]
			}
		}
	}
	for i := range m {
		sum[i*m+i] *= 1 + 1e-14
	}
	p.normal = blas64.Symmetric{N: m, Stride: m, Data: sum, Uplo: blas.Upper}
	root := p.normal
	root.Data = slices.Clone(sum)
	var ok bool
	p.root, ok = lapack64.Potrf(root)
	return ok
}

// prices solves A·D·A'·y = r, and once more for what rounding has left.
func (p *interior) prices(r []float64) []float64 {
	y, fix := slices.Clone(r), slices.Clone(r)
	p.undo(y)
	blas64.Symv(-1, p.normal, vector64(y), 1, vector64(fix))
	p.undo(fix)
	for i := range y {
		y[i] += fix[i]
	}
	return y
}

// undo turns A·D·A'·y into y.
func (p *interior) undo(y []float64) {
	blas64.Trsv(blas.Trans, p.root, vector64(y))
	blas64.Trsv(blas.NoTrans, p.root, vector64(y))
}

func vector64(v []float64) blas64.Vector { return blas64.Vector{N: len(v), Inc: 1, Data: v} }

// step goes one step. It returns false if there is none.
func (p *interior) step() bool {
	n := len(p.x)
	d, rc := make([]float64, n), make([]float64, n)
	for j := range n {
		d[j] = p.x[j] / p.s[j]
		rc[j] = -p.x[j] * p.s[j]
	}
	if !p.factorize(d) {
		return false
	}
	dx, _, ds := p.direction(d, rc)
	ax, as := room(p.x, dx), room(p.s, ds)
	after := 0.0
	for j := range n {
		after += (p.x[j] + ax*dx[j]) * (p.s[j] + as*ds[j])
	}
	center := math.Pow(after/float64(n)/p.gap, 3) * p.gap
	for j := range n {
		rc[j] += center - dx[j]*ds[j]
	}
	dx, dy, ds := p.direction(d, rc)
	ax, as = min(1, .995*room(p.x, dx)), min(1, .995*room(p.s, ds))
	for j := range n {
		p.x[j] += ax * dx[j]
		p.s[j] += as * ds[j]
	}
	for i := range dy {
		p.y[i] += as * dy[i]
	}
	return max(ax, as) > 1e-8 && !math.IsNaN(ax+as)
}

// direction solves Newton's equations for the products x·s to change by rc.
func (p *interior) direction(d, rc []float64) (dx, dy, ds []float64) {
	n := len(p.x)
	r := slices.Clone(p.rp)
	for j, col := range p.cols {
		col.add(r, d[j]*p.rd[j]-rc[j]/p.s[j])
	}
	dy = p.prices(r)
	dx, ds = make([]float64, n), make([]float64, n)
	for j, col := range p.cols {
		ds[j] = p.rd[j] - col.dot(dy)
		dx[j] = (rc[j] - p.x[j]*ds[j]) / p.s[j]
	}
	return dx, dy, ds
}

// room returns how far along dv nothing falls below 0, at most 1.
func room(v, dv []float64) float64 {
	a := 1.0
	for j := range v {
		if dv[j] < 0 {
			a = min(a, -v[j]/dv[j])
		}
	}
	return a
}
