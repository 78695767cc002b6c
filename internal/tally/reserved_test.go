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

// TestRONTakesReservedPlaces: re-opening nominations takes any place that it has the votes for, is not excluded for want of other places,
// and competes for the last reserved one as anybody would.
func TestRONTakesReservedPlaces(t *testing.T) {
	for _, tt := range []struct {
		file        string
		ron, places int
		reserved    []int
		elected     []int
		took        bool
	}{
		{"3 1\n90 3 0\n6 1 0\n4 2 0\n0\n\"Ann\" \"Bo\" \"RON\"\n", 3, 1, []int{0}, []int{}, true},
		{"3 1\n45 3 0\n6 1 0\n49 2 0\n0\n\"Ann\" \"Bo\" \"RON\"\n", 3, 1, []int{0}, []int{}, true},
		{"3 1\n5 3 0\n6 1 0\n49 2 0\n0\n\"Ann\" \"Bo\" \"RON\"\n", 3, 1, []int{0}, []int{1}, false},
		{"5 2\n30 5 0\n5 1 2 0\n5 3 4 0\n0\n\"A\" \"B\" \"C\" \"D\" \"RON\"\n", 5, 1, []int{0, 1}, []int{}, true},
		{"5 2\n30 5 0\n5 1 2 0\n5 3 4 0\n0\n\"A\" \"B\" \"C\" \"D\" \"RON\"\n", 5, 2, []int{0, 1}, []int{}, true},
	} {
		for _, m := range reserving {
			s := count(t, m.method, blt(t, tt.file), tally.Options{Variant: m.variant, RON: tt.ron, Reserved: tally.Reserve{Places: tt.places, For: tt.reserved}})
			if !slices.Equal(s.Elected, tt.elected) || took(s, tt.ron) != tt.took {
				t.Errorf("%s %s of %q: elected %v\n%s", m.method, m.variant, tt.file, s.Elected, written(t, s))
			}
		}
	}
}

func took(s *tally.Sheet, ron int) bool {
	return slices.ContainsFunc(s.Stages, func(st tally.Stage) bool { return slices.Contains(st.Elected, ron) })
}

// TestRONAndReserved: whoever stands for re-opening nominations is never excluded for want of places, and as long as it takes none all
// reserved places are filled for which somebody stands.
func TestRONAndReserved(t *testing.T) {
	for _, m := range reserving {
		t.Run(m.method+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyElection(t, true)
				all := rapid.Permutation(seq(len(e.Candidates))).Draw(t, "who could have places, and RON")
				ron := all[0] + 1
				e.Withdrawn = slices.DeleteFunc(e.Withdrawn, func(c int) bool { return c == ron-1 })
				if len(all) == 1 {
					return
				}
				r := tally.Reserve{Places: rapid.IntRange(1, e.Seats).Draw(t, "reserved"), For: all[1:rapid.IntRange(2, len(all)).Draw(t, "how many")]}
				s := sheet(t, m.method, e, tally.Options{Variant: m.variant, RON: ron, Reserved: r})
				name := e.Candidates[ron-1].Name
				for _, st := range s.Stages {
					if slices.Contains(st.Excluded, ron) && strings.Contains(st.Say, name+" is excluded next, because the places") {
						t.Fatalf("%s", st.Say)
					}
				}
				could := len(slices.DeleteFunc(slices.Clone(r.For), func(c int) bool { return slices.Contains(e.Withdrawn, c) }))
				if want := min(r.Places, could); s.Valid > 0 && !took(s, ron) && s.Reserved.Filled != want {
					t.Fatalf("%d of %d reserved places are filled", s.Reserved.Filled, want)
				}
				if m.method != "meek" {
					addsUp(t, e, s)
				}
			})
		})
	}
}

// TestERS97TieForTheOpenPlace: of two who are tied for the only place that is not reserved the lot elects one, whose surplus is passed on
// before the other is excluded. Nobody is excluded who is not last.
func TestERS97TieForTheOpenPlace(t *testing.T) {
	e := blt(t, "4 2\n10 1 3 0\n10 2 3 0\n1 3 0\n1 4 0\n0\n\"A\" \"B\" \"C\" \"D\"\n")
	for _, m := range reserving {
		for _, lot := range [][]int{{0, 1, 2, 3}, {1, 0, 3, 2}} {
			s := count(t, m.method, e, tally.Options{Variant: m.variant, Lots: lot, Reserved: tally.Reserve{Places: 1, For: []int{2, 3}}})
			if !slices.Equal(s.Elected, []int{lot[0] + 1, 3}) {
				t.Errorf("%s %s: elected %v", m.method, m.variant, s.Elected)
			}
			if m.method == "ers97" && (len(s.Stages) != 3 || s.Stages[1].Action != tally.Surplus || !slices.Equal(s.Stages[1].Excluded, []int{lot[1] + 1})) {
				t.Errorf("%s", written(t, s))
			}
		}
	}
}

// TestReservedSentences: the sheet says why somebody is elected, excluded or neither where places are reserved or nominations re-opened.
func TestReservedSentences(t *testing.T) {
	const guard = "5 2\n1 1 0\n6 2 0\n6 3 0\n4 4 0\n5 5 0\n0\n\"Ann\" \"Bo\" \"Cy\" \"Di\" \"Ed\"\n\"\"\n"
	for _, tt := range []struct {
		file string
		o    tally.Options
		want []string
	}{
		{"3 3\n10 1 0\n2 2 0\n0\n\"A\" \"B\" \"RON\"\n\"\"\n", tally.Options{RON: 3},
			[]string{" Nobody is left but RON: a candidate would then be elected, so re-opening nominations takes a place. The count stops, and 1 place stays empty.\n",
				"\nOnly 2 candidates stand for 3 places.\nElected: A, B. 1 place stays empty.\n"}},
		{"3 3\n10 1 0\n2 2 0\n3 3 0\n0\n\"A\" \"B\" \"RON\"\n\"\"\n", tally.Options{RON: 3},
			[]string{" No more are left than there are places, and the first of them is RON with 3.00000 votes: a candidate would then be elected, so re-opening nominations takes a place. The count stops, and 2 places stay empty.\n",
				"\nElected: A. 2 places stay empty, because re-opening nominations has taken one.\n"}},
		{"3 1\n10 1 0\n9 2 0\n3 3 0\n0\n\"A\" \"B\" \"RON\"\n\"\"\n", tally.Options{RON: 3}, []string{"\nNominations are not re-opened: RON was excluded at stage 1.\nElected: A.\n"}},
		{"2 1\n10 1 0\n3 2 0\n0\n\"A\" \"RON\"\n\"\"\n", tally.Options{RON: 2}, []string{"\nNominations are not re-opened: other candidates have the places.\nElected: A.\n"}},
		{"3 1\n3 2 0\n10 3 0\n0\n\"A\" \"B\" \"RON\"\n\"\"\n", tally.Options{RON: 3},
			[]string{" RON has 10.00000 votes, so re-opening nominations takes a place. The count stops, and 1 place stays empty.\n", "\nNobody is elected. 1 place stays empty, because re-opening nominations has taken it.\n"}},
		{"3 1\n-1\n20 2 0\n1 3 0\n0\n\"A\" \"B\" \"C\"\n\"\"\n", tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{0}}},
			[]string{" Too few stand of those for whom places are reserved, so 1 place stays empty and goes to nobody else.\n"}},
		{guard, tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{0}}},
			[]string{" Those stay in without whom the reserved places could not be filled. Of the others Di has the fewest votes and is excluded next.\n"}},
	} {
		got := written(t, count(t, "scottish", blt(t, tt.file), tt.o))
		for _, w := range tt.want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in\n%s", w, got)
			}
		}
	}
	s := count(t, "ers97", blt(t, guard), tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{0}}})
	if got := written(t, s); !strings.Contains(got, "Of the others Di has") {
		t.Errorf("%s", got)
	}
}
