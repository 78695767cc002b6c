package tally

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestMeekPasses compares the two ways to pass on votes, of which one has room for 63 bits.
func TestMeekPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Papers
		for range rapid.IntRange(1, 20).Draw(t, "kinds") {
			var marks []Mark
			for i, c := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "order")[:rapid.IntRange(1, 6).Draw(t, "length")] {
				m := Mark(c)
				if i > 0 && rapid.Bool().Draw(t, "same") {
					m |= Same
				}
				marks = append(marks, m)
			}
			if err := p.Add(marks, rapid.Int64Range(1, mostFast/20).Draw(t, "papers")); err != nil {
				t.Fatal(err)
			}
		}
		keep := make([]*big.Int, 6)
		for c := range keep {
			keep[c] = big.NewInt(rapid.SampledFrom([]int64{0, 1, meekUnit / 3, meekUnit - 1, meekUnit}).Draw(t, "keep"))
		}
		one := big.NewInt(meekUnit)
		for _, split := range []meekSplit{splitUp, splitDown, splitSteps} {
			tree := newMeekTree(&p, split)
			fast, slow := tree.pass(keep, one, split), tree.passSlow(keep, one, split)
			for c := range fast {
				if fast[c].Cmp(slow[c]) != 0 {
					t.Fatalf("candidate %d: %v and %v", c, fast[c], slow[c])
				}
			}
		}
	})
}
