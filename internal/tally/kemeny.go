package tally

import (
	"fmt"
	"math/bits"
	"slices"
)

// mostOrdered is how many candidates are put in order: twice the work for each one more.
const mostOrdered = 20

var kemenyMethod = Method{
	Name:  "kemeny",
	Say:   fmt.Sprintf("The Kemeny-Young method: of all orders the one that agrees with the most preferences on the papers; for up to %d candidates.", mostOrdered),
	Seats: true,
	count: kemeny,
}

// kemeny finds the order that most preferences agree with (J. Kemeny 1959, H. P. Young 1988), exactly: best[set] is the most
// agreement that an order of the set can have, and the first of the order may be any of the set. Of several best orders it takes
// the one that is first by lot, place by place, and reports each such choice.
func kemeny(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "kemeny", "")
	if err != nil {
		return nil, err
	}
	if n := len(p.in); n > mostOrdered {
		return nil, fmt.Errorf("%w: %d candidates have too many orders: kemeny takes up to %d", ErrElection, n, mostOrdered)
	}
	p.compare()
	k := ordering{pairs: p}
	k.solve()
	all := uint32(len(k.best) - 1)
	first := make([]int64, len(e.Candidates)) // the most agreement of an order with the candidate first
	for i, c := range p.in {
		first[c] = k.led(i, all)
	}
	p.record(Total, nil, "", "agreement", first)
	ranking := k.order()
	p.stage().Say = fmt.Sprintf("The order %s agrees with the most preferences between two candidates: %d. The figures are the most that any order has with that candidate first.",
		p.names(slices.Concat(ranking...)), k.best[all])
	if next := rankByFigure(p.in, first); len(next) > 1 && len(next[0]) == 1 && p.condorcet() < 0 {
		p.note("The best order with another candidate first, %s, agrees with %d preferences fewer.", p.name(next[1][0]), k.best[all]-first[next[1][0]])
	}
	p.elect(ranking)
	return p.s, nil
}

// ordering works on sets of candidates as bits, by their place in pairs.in.
type ordering struct {
	*pairs
	best []int64
}

func (k *ordering) solve() {
	n := len(k.in)
	k.best = make([]int64, 1<<n)
	for set := uint32(1); int(set) < len(k.best); set++ {
		for left := set; left != 0; left &= left - 1 {
			k.best[set] = max(k.best[set], k.led(bits.TrailingZeros32(left), set))
		}
	}
}

// led returns the most agreement of an order of the set with the candidate first.
func (k *ordering) led(first int, set uint32) int64 {
	set &^= 1 << first
	row, sum := k.m[k.in[first]], k.best[set]
	for left := set; left != 0; left &= left - 1 {
		sum += row[k.in[bits.TrailingZeros32(left)]]
	}
	return sum
}

// order returns the best order, by lot where there are several.
func (k *ordering) order() [][]int {
	var out [][]int
	for set := uint32(len(k.best) - 1); set != 0; {
		var could []int
		for i, c := range k.in {
			if set>>i&1 != 0 && k.led(i, set) == k.best[set] {
				could = append(could, c)
			}
		}
		c := k.draw("order", could)
		out = append(out, []int{c})
		set &^= 1 << slices.Index(k.in, c)
	}
	return out
}
