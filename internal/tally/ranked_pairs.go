package tally

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

var rankedPairsMethod = Method{
	Name: "ranked-pairs",
	Say:  "Tideman's ranked pairs: the contests are locked from the clearest to the closest, but none that would close a circle.",
	Variants: []Variant{
		{winningVotes, "the clearest contest is the one with the most papers for its winner"},
		{margins, "the clearest contest is the one with the largest lead"},
	},
	Seats: true,
	count: rankedPairs,
}

// rankedPairs counts by T. N. Tideman, "Independence of clones as a criterion for voting rules", Social Choice and Welfare 4 (1987).
// Equally strong pairs are locked in the lot order, as T. M. Zavist and Tideman have it (6, 1989); a tie is reported where that
// order decides what is locked.
func rankedPairs(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "ranked-pairs", winningVotes)
	if err != nil {
		return nil, err
	}
	ds := p.compare()
	l := &locking{pairs: p, below: grid[uint64](len(e.Candidates), (len(e.Candidates)+63)/64), straight: make([][]int, len(e.Candidates))}
	for len(ds) > 0 {
		n := slices.IndexFunc(ds, func(d defeat) bool { return d.level != ds[0].level })
		if n < 0 {
			n = len(ds)
		}
		l.alike(ds[:n])
		ds = ds[n:]
	}
	l.end()
	p.elect(rankByRelation(p.in, l.stands))
	return p.s, nil
}

// locking is what has been locked so far.
type locking struct {
	*pairs
	below    [][]uint64 // by candidate, a set as bits: who stands below by what is locked
	straight [][]int    // by candidate: who is locked directly below
	run      []defeat   // locked, or skipped, one after the other, and not yet recorded
	skipping bool
}

func (l *locking) stands(a, b int) bool { return l.below[a][b/64]>>(b%64)&1 != 0 }

// alike locks those pairs of one strength that close no circle.
func (l *locking) alike(ds []defeat) {
	possible := slices.DeleteFunc(slices.Clone(ds), func(d defeat) bool { return l.stands(d.loser, d.winner) })
	lost := false
	for _, d := range ds {
		closes := l.stands(d.loser, d.winner)
		if closes != l.skipping {
			l.end()
			l.skipping = closes
		}
		l.run = append(l.run, d)
		if !closes {
			l.lock(d)
		}
		lost = lost || closes && slices.Contains(possible, d)
	}
	if lost {
		var winners []int
		for _, d := range possible {
			if !slices.Contains(winners, d.winner) {
				winners = append(winners, d.winner)
			}
		}
		l.s.Ties = append(l.s.Ties, Tie{Stage: len(l.s.Stages) + 1, For: "order", Among: numbers(winners), Chosen: possible[0].winner + 1, By: l.lots.by})
	}
}

// lock puts the loser, and whoever stands below, below the winner and whoever stands above.
func (l *locking) lock(d defeat) {
	l.straight[d.winner] = append(l.straight[d.winner], d.loser)
	if l.stands(d.winner, d.loser) {
		return
	}
	for _, a := range l.in {
		if a != d.winner && !l.stands(a, d.winner) {
			continue
		}
		l.below[a][d.loser/64] |= 1 << (d.loser % 64)
		for i, set := range l.below[d.loser] {
			l.below[a][i] |= set
		}
	}
}

// end records the pairs that were locked or skipped one after the other.
func (l *locking) end() {
	if len(l.run) == 0 {
		return
	}
	standing := make([]int64, len(l.below))
	for c, set := range l.below {
		for _, word := range set {
			standing[c] += int64(bits.OnesCount64(word))
		}
	}
	action, first, last := Lock, l.run[0], l.run[len(l.run)-1]
	say := fmt.Sprintf("%d pairs are locked, from %s down to %s.", len(l.run), l.chain([]int{first.winner, first.loser}), l.chain([]int{last.winner, last.loser}))
	if len(l.run) == 1 {
		say = l.chain([]int{first.winner, first.loser}) + " is locked."
	}
	if l.skipping {
		action = Skip
		var circles []string
		for _, d := range l.run {
			circles = append(circles, fmt.Sprintf("%s is not locked, because the opposite is settled already: %s.", l.chain([]int{d.winner, d.loser}), l.chain(l.way(d.loser, d.winner))))
		}
		say = strings.Join(circles, " ")
	}
	l.record(action, nil, say, "others below", standing)
	l.stage().Pairs = l.triples(l.run)
	l.run = nil
}

// way returns a chain of locked pairs, which there is.
func (l *locking) way(from, to int) []int {
	out := []int{from}
	for from != to {
		i := slices.IndexFunc(l.straight[from], func(c int) bool { return c == to || l.stands(c, to) })
		from = l.straight[from][i]
		out = append(out, from)
	}
	return out
}
