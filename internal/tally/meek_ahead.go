package tally

import (
	"cmp"
	"math/big"
	"slices"
)

// ahead ranks candidates by the first time at which they did not have the same votes.
type ahead struct {
	order []int // fewest first
	since []int // by place in order: the stage at which the candidate was first told apart from the one before; 0: not yet
}

func newAhead(n int) ahead {
	a := ahead{make([]int, n), make([]int, n)}
	for c := range a.order {
		a.order[c] = c
	}
	return a
}

// look tells apart, at the stage, candidates who have been alike and are so no more.
func (a ahead) look(votes []*big.Int, stage int) {
	for from, to := 0, 0; from < len(a.order); from = to {
		for to = from + 1; to < len(a.order) && a.since[to] == 0; to++ {
		}
		run := a.order[from:to]
		slices.SortStableFunc(run, func(x, y int) int { return votes[x].Cmp(votes[y]) })
		for i := 1; i < len(run); i++ {
			if votes[run[i]].Cmp(votes[run[i-1]]) != 0 {
				a.since[from+i] = stage
			}
		}
	}
}

// narrow returns those of cs, of whom there must be two, who are last in the order, or first if sign is 1, and are alike; and the
// stage that told them apart from the others, or 0 if there are no others.
func (a ahead) narrow(cs []int, sign int) (left []int, stage int) {
	place := make(map[int]int, len(cs))
	for i, c := range a.order {
		place[c] = i
	}
	cs = slices.Clone(cs)
	slices.SortFunc(cs, func(x, y int) int { return -sign * cmp.Compare(place[x], place[y]) })
	for i, c := range cs[1:] {
		from, to := place[cs[0]], place[c]
		if from > to {
			from, to = to, from
		}
		for _, at := range a.since[from+1 : to+1] {
			if at > 0 && (stage == 0 || at < stage) {
				stage = at
			}
		}
		if stage > 0 {
			return cs[:i+1], stage
		}
	}
	return cs, 0
}
