package tally_test

import (
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// TestHalfApprove is R5 of practice.md §2.12.1: whoever at least half of the papers approve, among them those that approve of nobody.
func TestHalfApprove(t *testing.T) {
	for _, tt := range []struct {
		name   string
		papers string // lines of a BLT file between its head and its end
		want   []int
	}{
		{"exactly half", "2 1 0\n2 2 3 0\n", []int{1, 2, 3}},
		{"one paper less than half", "2 1 0\n3 2 0\n", []int{2}},
		{"half of an odd number is more than half of it", "3 1 2 0\n2 3 0\n", []int{1, 2}},
		{"papers that approve of nobody are papers", "2 1 0\n3 0\n", nil},
		{"and half of them is enough", "3 1 0\n3 0\n", []int{1}},
		{"all alike at half", "1 1 2 3 0\n1 0\n", []int{1, 2, 3}},
		{"the most approvals first", "1 1 2 0\n1 2 0\n2 2 3 0\n", []int{2, 3}},
		{"only papers that approve of nobody", "4 0\n", nil},
		{"no papers", "", nil},
	} {
		e := blt(t, "3 2\n"+tt.papers+"0\n\"Ann\"\n\"Bo\"\n\"Cy\"\n\"\"\n")
		s := count(t, "approval", e, tally.Options{Variant: "half"})
		if !slices.Equal(s.Elected, tt.want) || len(s.Ties) > 0 || s.Unfilled != max(0, 2-len(tt.want)) {
			t.Errorf("%s: %v of %+v", tt.name, s.Elected, s)
		}
		if len(s.Stages) != 1 || !strings.Contains(s.Stages[0].Say, "at least half") && !strings.Contains(s.Stages[0].Say, "nobody is elected") {
			t.Errorf("%s: said %+v", tt.name, s.Stages)
		}
	}
}

// TestHalfApproveIsByTheDefinition: of any papers those are taken who stand on at least as many of them as they are left out on.
func TestHalfApproveIsByTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "candidates")
		e := &tally.Election{Seats: rapid.IntRange(1, 4).Draw(rt, "seats")}
		for range n {
			e.Candidates = append(e.Candidates, tally.Candidate{Name: "X"})
		}
		on, off := make([]int, n), make([]int, n)
		for range rapid.IntRange(0, 12).Draw(rt, "papers") {
			var marks []tally.Mark
			for c := range n {
				if rapid.Bool().Draw(rt, "approved") {
					marks, on[c] = append(marks, tally.Mark(c)), on[c]+1
				} else {
					off[c]++
				}
			}
			if err := e.Papers.Add(marks, 1); err != nil {
				rt.Fatal(err)
			}
		}
		method, _ := tally.Find("approval")
		s, err := method.Count(e, tally.Options{Variant: "half"})
		if err != nil {
			rt.Fatal(err)
		}
		for c := range n {
			if want := on[c] > 0 && on[c] >= off[c]; slices.Contains(s.Elected, c+1) != want {
				rt.Fatalf("%d on %d papers and not on %d: elected %v", c+1, on[c], off[c], s.Elected)
			}
		}
	})
}
