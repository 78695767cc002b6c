package verify

import "slices"

// lot is a draw: who could be drawn, by place, whether the lot has fallen, and who was given a term by it. Whether it fell as it had to is checked
// with the file that the draw's page has.
type lot struct {
	pool  map[int64]string
	drawn bool
	given map[string]bool // members
}

// aboutDraw takes down who can be drawn, and says whether all who are and nobody else have a place in the order.
func (b *book) aboutDraw(e entry) *Problem {
	if b.only != "" {
		return nil
	}
	x := b.draws[e.of]
	switch e.kind {
	case "draw.announced":
		if x != nil {
			return broken("drawn", "N", e.n)
		}
		x = &lot{pool: map[int64]string{}, given: map[string]bool{}}
		for _, v := range e.data.list("pool") {
			line, _ := v.(map[string]any)
			x.pool[object(line).num("place")] = object(line).str("member")
		}
		b.draws[e.of] = x
	case "draw.drawn":
		order := e.data.list("order")
		if x == nil || x.drawn || len(order) != len(x.pool) {
			return broken("drawn", "N", e.n)
		}
		for i, v := range order {
			place, _ := v.(int64)
			if x.pool[place] == "" || slices.Contains(order[:i], v) {
				return broken("drawn", "N", e.n)
			}
		}
		x.drawn = true
	}
	return nil
}

// byLot says whether a term that came of a draw was given to somebody who was drawn, once.
func (b *book) byLot(e entry) *Problem {
	x, who := b.draws[e.data.str("cause")], e.data.str("member")
	if x == nil || !x.drawn || x.given[who] {
		return broken("drawn", "N", e.n)
	}
	for _, ref := range x.pool {
		if ref == who {
			x.given[who] = true
			return nil
		}
	}
	return broken("drawn", "N", e.n)
}
