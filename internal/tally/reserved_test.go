package tally_test

import (
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// reserving are the methods and variants that know reserved places and re-opening nominations.
var reserving = []struct{ method, variant string }{
	{"scottish", ""}, {"ers97", ""}, {"meek", "nz"}, {"meek", "prf"}, {"meek", "hww"}, {"meek", "fixed9"}, {"meek", "guarded"},
}

// TestReserved keeps places for some of the candidates, and checks that they are filled as far as there is anybody, that nobody else
// has one, and that as many places as can be are filled at all.
func TestReserved(t *testing.T) {
	for _, m := range reserving {
		t.Run(m.method+m.variant, func(t *testing.T) {
			for range 5 {
				rapid.Check(t, func(t *rapid.T) { reserved(t, m.method, m.variant) })
			}
		})
	}
}

func reserved(t *rapid.T, method, variant string) {
	e := anyElection(t, true)
	n := len(e.Candidates)
	r := tally.Reserve{
		Places: rapid.IntRange(1, e.Seats).Draw(t, "reserved"),
		For:    rapid.Permutation(seq(n)).Draw(t, "who could have them")[:rapid.IntRange(1, n).Draw(t, "how many could")],
	}
	s := sheet(t, method, e, tally.Options{Variant: variant, Reserved: r})
	if s.Valid == 0 {
		return
	}
	could, others, got := 0, 0, 0
	for c := range n {
		switch {
		case slices.Contains(e.Withdrawn, c):
		case slices.Contains(r.For, c):
			could++
		default:
			others++
		}
		if slices.Contains(r.For, c) && slices.Contains(s.Elected, c+1) {
			got++
		}
	}
	if want := min(r.Places, could); got < want {
		t.Fatalf("%d of %d reserved places filled, of %d who could have them; elected %v", got, r.Places, could, s.Elected)
	}
	if not := len(s.Elected) - got; not > e.Seats-r.Places {
		t.Fatalf("%d elected for whom no place is reserved, and %d of %d are", not, r.Places, e.Seats)
	}
	// A place that nobody can have whom it is kept for stays empty.
	want := min(e.Seats-r.Places+min(r.Places, could), could+min(others, e.Seats-r.Places))
	if len(s.Elected) != want || s.Unfilled != e.Seats-want {
		t.Fatalf("%d elected, %d places empty, want %d of %d; %d reserved for %d of %d", len(s.Elected), s.Unfilled, want, e.Seats, r.Places, could, could+others)
	}
	if method != "meek" {
		addsUp(t, e, s)
	}
}

// TestReservedForAll: places that are reserved for everybody change nothing but how many are excluded at once.
func TestReservedForAll(t *testing.T) {
	for _, m := range reserving {
		t.Run(m.method+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyElection(t, false)
				all := tally.Reserve{Places: 1, For: seq(len(e.Candidates))}
				plain, s := sheet(t, m.method, e, tally.Options{Variant: m.variant}), sheet(t, m.method, e, tally.Options{Variant: m.variant, Reserved: all})
				if m.method == "scottish" && !slices.Equal(plain.Elected, s.Elected) || len(plain.Elected) != len(s.Elected) {
					t.Fatalf("%v elected, %v where places are reserved for all", plain.Elected, s.Elected)
				}
			})
		})
	}
}

// TestReservedInWords is a count for two places of which one is reserved for Cy or Dee: Ann takes the open one, Bo cannot be elected
// though he has the quota, and Dee is not excluded, being the last for whom it is kept.
func TestReservedInWords(t *testing.T) {
	e := blt(t, "4 2\n6 1 0\n5 2 0\n2 3 4 0\n1 4 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Dee\"\n")
	r := tally.Reserve{Places: 1, For: []int{2, 3}}
	for _, m := range reserving {
		s := count(t, m.method, e, tally.Options{Variant: m.variant, Reserved: r})
		if !slices.Equal(s.Elected, []int{1, 3}) {
			t.Errorf("%s %s: elected %v", m.method, m.variant, s.Elected)
		}
		if !slices.ContainsFunc(s.Stages, func(st tally.Stage) bool {
			return slices.Contains(st.Excluded, 2) && strings.Contains(strings.Replace(st.Say, " next", "", 1), "Bo is excluded, because the places that are left are reserved for others.")
		}) {
			t.Errorf("%s %s does not say why Bo is excluded: %+v", m.method, m.variant, s.Stages)
		}
	}
}

// TestRON lets re-opening nominations take part: what is counted is the same as with any candidate, up to the stage at which it takes
// a place, and from then on no place is filled.
func TestRON(t *testing.T) {
	for _, m := range reserving {
		t.Run(m.method+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { reopening(t, m.method, m.variant) })
		})
	}
}

func reopening(t *rapid.T, method, variant string) {
	e := anyElection(t, true)
	ron := rapid.IntRange(1, len(e.Candidates)).Draw(t, "RON")
	e.Withdrawn = slices.DeleteFunc(e.Withdrawn, func(c int) bool { return c == ron-1 })
	plain, s := sheet(t, method, e, tally.Options{Variant: variant}), sheet(t, method, e, tally.Options{Variant: variant, RON: ron})
	at := slices.Index(plain.Elected, ron)
	want := plain.Elected
	if at >= 0 {
		want = plain.Elected[:at]
	}
	if !slices.Equal(s.Elected, want) || s.Unfilled != s.Seats-len(want) {
		t.Fatalf("%v elected, %d unfilled; without re-opening nominations as number %d %v", s.Elected, s.Unfilled, ron, plain.Elected)
	}
	last := len(s.Stages) - 1
	for i, st := range s.Stages {
		if method == "ers97" && i == last && at >= 0 {
			break // the batches after the one that has ended the count do not move
		}
		if !slices.Equal(st.Votes, plain.Stages[i].Votes) {
			t.Fatalf("stage %d: %v, want %v", i+1, st.Votes, plain.Stages[i].Votes)
		}
	}
	reopened := slices.ContainsFunc(s.Stages[last].Elected, func(n int) bool { return n == ron })
	if reopened != (at >= 0) {
		t.Fatalf("the last stage says that re-opening nominations has taken a place: %v", reopened)
	}
	if method != "meek" {
		addsUp(t, e, s)
	}
}

// TestReservedTie: whoever can have none of the places that are left is not tied with somebody who takes a reserved one.
func TestReservedTie(t *testing.T) {
	e := blt(t, "4 3\n10 3 0\n6 1 0\n6 2 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Dee\"\n\"\"\n")
	for _, m := range reserving {
		s := sheet(t, m.method, e, tally.Options{Variant: m.variant, Reserved: tally.Reserve{Places: 2, For: []int{1, 3}}})
		if !slices.Equal(s.Elected, []int{3, 2, 4}) || len(s.Ties) > 0 {
			t.Errorf("%s %s: elected %v, ties %+v", m.method, m.variant, s.Elected, s.Ties)
		}
	}
}
