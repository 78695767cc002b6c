package tally

import (
	"fmt"
	"math/big"
	"slices"
)

var spavMethod = Method{
	Name:  "spav",
	Say:   "Sequential proportional approval voting: places are filled one by one, and a paper that approves n of those who are elected counts for 1/(n+1).",
	Seats: true,
	count: countSPAV,
}

// countSPAV fills places by sequential PAV (Thiele 1895; Lackner and Skowron, Multi-Winner Voting with Approval Preferences, 2023, rule 5).
// Scores are whole numbers of 1/unit, where unit is a multiple of every denominator that there is.
func countSPAV(e *Election, o Options) (*Sheet, error) {
	a, err := newApprovals(e, o, "spav", min(o.seats(e), len(e.Candidates)))
	if err != nil {
		return nil, err
	}
	a.what = "score"
	elected := make([]int, len(a.weight)) // by kind: how many it approves of those who are elected
	unit, most := big.NewInt(1), 1
	for left := a.left(); len(left) > 0 && len(a.s.Elected) < a.s.Seats && !a.unapproved(left); {
		scores := a.thiele(left, elected, unit, most)
		c := a.seat(largest(left, scores))
		votes := make([]string, len(a.in))
		for _, l := range left {
			votes[l] = fraction(scores[l], unit, exactPlaces)
		}
		say := fmt.Sprintf("%s is elected with a score of %s.", a.name(c), votes[c])
		if len(a.s.Elected)+1 < a.s.Seats {
			say += fmt.Sprintf(" From now on, papers that approve %s count for less: for 1/(n+1) if n whom they approve are elected.", a.name(c))
		}
		a.elect(Buy, c, votes, say)
		left = slices.DeleteFunc(left, func(l int) bool { return l == c })
		for _, s := range a.of[c] {
			if elected[s.kind]++; elected[s.kind] == most {
				most++
				n := big.NewInt(int64(most))
				unit.Mul(unit, n.Quo(n, new(big.Int).GCD(nil, nil, unit, n)))
			}
		}
	}
	a.fill()
	return a.s, nil
}

// thiele returns the scores of those who are left: the sum of 1/(n+1) over the papers that approve them.
func (a *approvals) thiele(left, elected []int, unit *big.Int, most int) []*big.Int {
	scores := make([]*big.Int, len(a.in))
	papers := make([]int64, most) // by how many they approve of those who are elected
	for _, c := range left {
		clear(papers)
		for _, s := range a.of[c] {
			papers[elected[s.kind]] += a.weight[s.kind]
		}
		scores[c] = new(big.Int)
		for n, p := range papers {
			if p > 0 {
				share := new(big.Int).Quo(unit, big.NewInt(int64(n+1)))
				scores[c].Add(scores[c], share.Mul(share, big.NewInt(p)))
			}
		}
	}
	return scores
}

// largest returns those of cs with the largest score.
func largest(cs []int, scores []*big.Int) (out []int) {
	for _, c := range cs {
		d := 0
		if len(out) > 0 {
			d = scores[c].Cmp(scores[out[0]])
		}
		if d > 0 {
			out = out[:0]
		}
		if d >= 0 {
			out = append(out, c)
		}
	}
	return out
}
