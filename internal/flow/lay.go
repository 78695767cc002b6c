package flow

import (
	"fmt"
	"math/bits"
	"strconv"
)

// Px is a length in hundredths of a pixel. Whole numbers make edges that belong together meet.
type Px int

// String writes the length as SVG reads it.
func (p Px) String() string {
	if p < 0 {
		return "-" + (-p).String()
	}
	if p%100 == 0 {
		return strconv.Itoa(int(p / 100))
	}
	return fmt.Sprintf("%d.%02d", p/100, p%100)
}

// Box is a rectangle within a stage.
type Box struct{ X, Y, W, H Px }

// Bottom and Right are the far edges.
func (b Box) Bottom() Px { return b.Y + b.H }

// Right returns where the box ends.
func (b Box) Right() Px { return b.X + b.W }

// The measures of the picture. Three stages go beside each other on a sheet of A4, and one and a half on a phone.
const (
	gap        Px = 6400  // across which ribbons run
	column     Px = 14400 // a band, with its label above it
	labels     Px = 3400  // two lines above a band
	between    Px = 600   // below a band
	margin     Px = 200
	budget     Px = 24000 // of height, for all bands in all lanes
	poolWidth  Px = 400
	labelSigns    = 17 // of a name, in the width of a column
)

// lay says where everything lies.
func (f *Flow) lay() {
	most := int64(0)
	for _, l := range f.Lanes {
		most += l.most
	}
	high := func(v int64) Px {
		hi, lo := bits.Mul64(uint64(v), uint64(budget))
		q, _ := bits.Div64(hi, lo, uint64(most))
		return Px(q)
	}
	y := margin
	for i := range f.Lanes {
		l := &f.Lanes[i]
		l.Top, l.Band, l.Room = y, y+labels, high(l.most)
		y = l.Band + l.Room + between
	}
	f.Width, f.Height = gap+column, y+margin
	for i := range f.Stages {
		f.place(&f.Stages[i], high)
		if i > 0 {
			f.connect(&f.Stages[i], high)
		}
	}
}

// place lays the bands of a stage into their lanes.
func (f *Flow) place(st *Stage, high func(int64) Px) {
	for i := range st.Bands {
		b := &st.Bands[i]
		lane := f.Lanes[b.Lane]
		b.Box = Box{gap, lane.Band, column, high(b.value)}
		if b.State != Nobody && st.quota > 0 && high(st.quota) <= lane.Room {
			b.Mark = lane.Band + high(st.quota)
		}
	}
}

// ends are where the next ribbon begins on a lane, or ends.
type ends struct {
	top  []Px
	used []int64
	high func(int64) Px
}

// take returns the next so many votes of a lane as an edge. Edges are cut from the sum, so that rounding leaves no gap between them.
func (e *ends) take(lane int, v int64) Box {
	from := e.high(e.used[lane])
	e.used[lane] += v
	return Box{Y: e.top[lane] + from, H: e.high(e.used[lane]) - from}
}

func (f *Flow) ends(high func(int64) Px, pool Px) *ends {
	e := &ends{high: high, used: make([]int64, len(f.Lanes)+1)}
	for _, l := range f.Lanes {
		e.top = append(e.top, l.Band)
	}
	e.top = append(e.top, pool)
	return e
}

// connect draws the ribbons from the stage before.
func (f *Flow) connect(st *Stage, high func(int64) Px) {
	pooled := int64(0)
	for _, r := range st.Ribbons {
		if r.To == Pool {
			pooled += r.value
		}
	}
	if pooled > 0 {
		h := high(pooled)
		st.Pool = Box{(gap - poolWidth) / 2, (f.Height - h) / 2, poolWidth, h}
	}
	left, right := f.ends(high, st.Pool.Y), f.ends(high, st.Pool.Y)
	at := func(lane int) int {
		if lane == Pool {
			return len(f.Lanes)
		}
		return lane
	}
	for i := range st.Ribbons {
		r := &st.Ribbons[i]
		r.left, r.right = left.take(at(r.From), r.value), right.take(at(r.To), r.value)
		if r.right.X = gap; r.To == Pool {
			r.right.X = st.Pool.X
		}
		if r.From == Pool {
			r.left.X = st.Pool.Right()
		}
		r.Path = path(r.left, r.right)
	}
}

// path is a ribbon between two upright edges, which leaves and arrives level.
func path(a, b Box) string {
	mid := (a.X + b.X) / 2
	return fmt.Sprintf("M%s %sC%s %s %s %s %s %sV%sC%s %s %s %s %s %sZ", a.X, a.Y, mid, a.Y, mid, b.Y, b.X, b.Y, b.Bottom(), mid, b.Bottom(), mid, a.Bottom(), a.X, a.Bottom())
}

// Ends returns the upright edges between which the ribbon runs, as boxes of no width.
func (r Ribbon) Ends() (from, to Box) { return r.left, r.right }
