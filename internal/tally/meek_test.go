package tally_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"

	"pgregory.net/rapid"
)

func meekBLT(t testing.TB, text string) *tally.Election {
	t.Helper()
	e, err := votefile.Read("vector.blt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestMeekVector is worked out by hand. With 11 papers for two seats the quota is 3.666666667. A has 6 and keeps 0.611111112, rounded
// up, of each vote, so that of each paper A B a part of 0.388888888 goes on: B comes to 2 + 6 · 0.388888888.
func TestMeekVector(t *testing.T) {
	s := count(t, "meek", meekBLT(t, "3 2\n6 1 2 0 2 2 0 3 3 0 0 \"A\" \"B\" \"C\""), tally.Options{})
	if len(s.Stages) != 2 || s.Variant != "nz" || !slices.Equal(s.Elected, []int{1, 2}) || s.Quota != "3.666666667" {
		t.Fatalf("%+v", s)
	}
	st := s.Stages[1]
	if !slices.Equal(st.Votes, []string{"3.666666672", "4.333333328", "3.000000000"}) || st.Nontransferable != "0.000000000" {
		t.Errorf("votes %v, %s not transferable", st.Votes, st.Nontransferable)
	}
	if !slices.Equal(st.Keep, []string{"0.611111112", "1.000000000", "1.000000000"}) {
		t.Errorf("keep %v", st.Keep)
	}
	if want := "What the elected have above the quota is passed on, which takes one round of counting. The quota is still 3.666666667. B is elected with 4.333333328 votes."; st.Say != want {
		t.Errorf("said %q, want %q", st.Say, want)
	}
}

// TestMeekLevels is worked out by hand. A has 5 and half of three papers A=B, which is 6.5, and the quota is 3.666666667: A keeps
// 0.564102565 of what comes to it. Of a paper A=B, where A is first A holds that and B what goes on; where B is first B holds all. In the
// mean that is 0.282051282 for A and 0.717948717 for B. From the five papers A 2.179487175 goes to nobody, so that the quota falls to
// 2.940170941, which C has.
func TestMeekLevels(t *testing.T) {
	s := count(t, "meek", meekBLT(t, "3 2\n5 1 0 3 1=2 0 3 3 0 0 \"A\" \"B\" \"C\""), tally.Options{})
	if got, want := s.Stages[0].Votes, []string{"6.500000000", "1.500000000", "3.000000000"}; !slices.Equal(got, want) {
		t.Errorf("at first %v, want %v", got, want)
	}
	st := s.Stages[1]
	if want := []string{"3.666666671", "2.153846151", "3.000000000"}; !slices.Equal(st.Votes, want) || st.Keep[0] != "0.564102565" {
		t.Errorf("then %v, A keeps %s, want %v", st.Votes, st.Keep[0], want)
	}
	if !slices.Equal(st.Elected, []int{3}) || st.Quota != "2.940170941" || st.Nontransferable != "2.179487178" {
		t.Errorf("%+v", st)
	}
}

// TestMeekTies has candidates who are tied: by the first difference, by lot, in the order of the file, and by what surplus is left.
func TestMeekTies(t *testing.T) {
	const tied = "4 1\n3 1 0 2 2 0 2 3 0 1 4 3 0 1 4 2 0 0 \"A\" \"B\" \"C\" \"D\""
	for _, test := range []struct {
		text, variant string
		lots          []int
		want          tally.Tie
	}{
		{"3 1\n2 1 0 2 2 0 3 3 0 0 \"A\" \"B\" \"C\"", "nz", nil, tally.Tie{Stage: 1, For: "exclude", Among: []int{1, 2}, Chosen: 1, By: tally.ByOrder}},
		{"3 1\n2 1 0 2 2 0 3 3 0 0 \"A\" \"B\" \"C\"", "nz", []int{1, 0, 2}, tally.Tie{Stage: 1, For: "exclude", Among: []int{1, 2}, Chosen: 2, By: tally.ByLot}},
		{"4 1\n4 1 0 2 2 0 3 3 0 1 4 2 0 0 \"A\" \"B\" \"C\" \"D\"", "nz", []int{2, 1, 0, 3}, tally.Tie{Stage: 2, For: "exclude", Among: []int{2, 3}, Chosen: 2, By: tally.ByEarlier, From: 1}},
		{"4 1\n4 1 0 2 2 0 3 3 0 1 4 2 0 0 \"A\" \"B\" \"C\" \"D\"", "prf", []int{2, 1, 0, 3}, tally.Tie{Stage: 2, For: "exclude", Among: []int{2, 3}, Chosen: 3, By: tally.ByLot}},
		{tied, "hww", []int{0, 2, 1, 3}, tally.Tie{Stage: 1, For: "exclude", Among: []int{2, 3, 4}, Chosen: 3, By: tally.ByLot}},
		{"3 2\n4 1 2 0 2 3 0 0 \"A\" \"B\" \"C\"", "guarded", []int{2, 1, 0}, tally.Tie{Stage: 2, For: "exclude", Among: []int{2, 3}, Chosen: 3, By: tally.ByLot}},
	} {
		s := count(t, "meek", meekBLT(t, test.text), tally.Options{Variant: test.variant, Lots: test.lots})
		if !slices.ContainsFunc(s.Ties, func(tie tally.Tie) bool {
			return slices.Equal(tie.Among, test.want.Among) && tie.Stage == test.want.Stage && tie.For == test.want.For &&
				tie.Chosen == test.want.Chosen && tie.By == test.want.By && tie.From == test.want.From
		}) {
			t.Errorf("%s: ties %+v, want %+v", test.variant, s.Ties, test.want)
		}
	}
}

// TestMeekRefuses has Warren's rule refuse papers with levels, and no other.
func TestMeekRefuses(t *testing.T) {
	e := meekBLT(t, "3 1\n2 1=2 0 1 3 0 0 \"A\" \"B\" \"C\"")
	m, _ := tally.Find("meek")
	for _, v := range m.Variants {
		_, err := m.Count(e, tally.Options{Variant: v.Name})
		if (err != nil) != (v.Name == "warren") || err != nil && !errors.Is(err, tally.ErrElection) {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// anyMeek draws an election and a variant that can count it.
func anyMeek(t *rapid.T) (*tally.Election, tally.Options) {
	e, o := smallElection(t)
	m, _ := tally.Find("meek")
	o.Variant = rapid.SampledFrom(m.Variants).Draw(t, "variant").Name
	if o.Variant == "warren" {
		for i := range e.Papers.Len() {
			if marks, _ := e.Papers.At(i); slices.ContainsFunc(marks, func(m tally.Mark) bool { return m&tally.Same != 0 }) {
				o.Variant = "guarded"
			}
		}
	}
	return e, o
}

// TestMeekOrder: neither the order of the papers nor that of the candidates, nor whether equal papers come together, changes anything.
func TestMeekOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, o := anyMeek(t)
		n := len(e.Candidates)
		var all []int
		for c := range n {
			all = append(all, c)
		}
		to := rapid.Permutation(all).Draw(t, "to")
		other := &tally.Election{Seats: e.Seats, Candidates: make([]tally.Candidate, n)}
		for c, cand := range e.Candidates {
			other.Candidates[to[c]] = cand
		}
		for _, c := range e.Withdrawn {
			other.Withdrawn = append(other.Withdrawn, to[c])
		}
		oo := o
		oo.Lots = nil
		for _, c := range o.Lots {
			oo.Lots = append(oo.Lots, to[c])
		}
		for i := e.Papers.Len() - 1; i >= 0; i-- {
			marks, papers := e.Papers.At(i)
			part := rapid.Int64Range(0, papers-1).Draw(t, "part")
			for _, p := range []int64{part, papers - part} {
				if p > 0 {
					if err := other.Papers.Add(renamed(marks, to), p); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		a, b := meekCount(t, e, o), meekCount(t, other, oo)
		for c := range a.Stages {
			for i := range n {
				if a.Stages[c].Votes[i] != b.Stages[c].Votes[to[i]] || a.Stages[c].Keep[i] != b.Stages[c].Keep[to[i]] {
					t.Fatalf("%+v\n%+v", a, b)
				}
			}
		}
		var elected []int
		for _, c := range a.Elected {
			elected = append(elected, to[c-1]+1)
		}
		if !slices.Equal(elected, b.Elected) || len(a.Stages) != len(b.Stages) || a.Quota != b.Quota {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

func renamed(marks []tally.Mark, to []int) (out []tally.Mark) {
	for _, m := range marks {
		if m.Names() {
			c, _ := m.Candidate()
			m = m&tally.Same | tally.Mark(to[c])
		}
		out = append(out, m)
	}
	return out
}

// TestMeekReconciles: votes and what is not transferable come to the valid papers, as many are elected as can be, and nobody who has
// withdrawn.
func TestMeekReconciles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, o := anyMeek(t)
		s := meekCount(t, e, o)
		for i, st := range s.Stages {
			sum := exactly(st.Nontransferable)
			for _, v := range st.Votes {
				sum.Add(sum, exactly(v))
			}
			if sum.Cmp(whole(s.Valid)) != 0 || st.Nontransferable[0] == '-' && st.Rounding == "" {
				t.Fatalf("stage %d: %v", i+1, st)
			}
		}
		standing := len(e.Candidates) - len(e.Withdrawn)
		if s.Valid == 0 {
			standing = 0
		}
		if len(s.Elected) != min(s.Seats, standing) || s.Unfilled != s.Seats-len(s.Elected) {
			t.Fatalf("%d elected of %d for %d seats, %d unfilled", len(s.Elected), standing, s.Seats, s.Unfilled)
		}
		for _, c := range s.Elected {
			if slices.Contains(e.Withdrawn, c-1) {
				t.Fatalf("%d has withdrawn and is elected", c)
			}
		}
	})
}

func exactly(s string) *big.Rat {
	r, _ := new(big.Rat).SetString(s)
	return r
}

// TestMeekSolidCoalitions: of candidates whom more than k quotas of voters prefer to all others, k are elected, or all of them
// (Dummett's proportionality for solid coalitions; Woodall, "Properties of preferential election rules", Voting matters 3, 1994).
func TestMeekSolidCoalitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, o := anyMeek(t)
		s := meekCount(t, e, o)
		for set := 1; set < 1<<len(e.Candidates); set++ {
			size, elected, solid := 0, 0, int64(0)
			for c := range e.Candidates {
				if set>>c&1 == 1 && !slices.Contains(e.Withdrawn, c) {
					size++
				}
			}
			for _, c := range s.Elected {
				elected += set >> (c - 1) & 1
			}
			for i := range e.Papers.Len() {
				if marks, n := e.Papers.At(i); prefers(levelsOf(marks), set, size, e.Withdrawn) {
					solid += n
				}
			}
			quotas := 0
			for solid*int64(s.Seats+1) > int64(quotas+1)*s.Valid && size > 0 {
				quotas++
			}
			if elected < min(quotas, size) {
				t.Fatalf("%b: %d of %d papers, %d elected: %+v", set, solid, s.Valid, elected, s)
			}
		}
	})
}

// prefers says whether the paper names all of the set who stand, and they are as many as size, before anybody else.
func prefers(levels [][]int, set, size int, withdrawn []int) bool {
	for _, level := range levels {
		for _, c := range level {
			if slices.Contains(withdrawn, c) {
				continue
			}
			if set>>c&1 == 0 {
				return false
			}
			size--
		}
		if size == 0 {
			return true
		}
	}
	return false
}

// TestMeekMostPapers counts as many papers as there can be, with figures that have no room in 63 bits.
func TestMeekMostPapers(t *testing.T) {
	e := meekBLT(t, "3 2\n600000000000 1 2 0 200000000000 2=1 3 0 299511627776 3 0 0 \"A\" \"B\" \"C\"")
	for _, v := range []string{"nz", "prf", "hww", "fixed9", "guarded"} {
		s := count(t, "meek", e, tally.Options{Variant: v})
		if !slices.Equal(s.Elected, []int{1, 2}) || s.Stages[0].Votes[0][:12] != "700000000000" {
			t.Errorf("%s: %v %+v", v, s.Elected, s.Stages[0])
		}
	}
}

// bigElection makes an election of a million papers, of which about 200,000 are different, with 20 candidates in 8 blocs for 6 seats.
func bigElection(b *testing.B) *tally.Election {
	r := rand.New(rand.NewPCG(1, 2))
	e := &tally.Election{Seats: 6, Candidates: make([]tally.Candidate, 20)}
	blocs := make([][]int, 8)
	for i := range blocs {
		blocs[i] = r.Perm(20)
	}
	for range 1_000_000 {
		left := slices.Clone(blocs[min(r.IntN(8), r.IntN(8))])
		var marks []tally.Mark
		for len(left) > 0 && (len(marks) == 0 || r.Float64() > 0.22) {
			at := 0
			for at+1 < len(left) && r.Float64() < 0.45 {
				at++
			}
			marks = append(marks, tally.Mark(left[at]))
			left = slices.Delete(left, at, at+1)
		}
		if err := e.Papers.Add(marks, 1); err != nil {
			b.Fatal(err)
		}
	}
	return e
}

func BenchmarkMeek(b *testing.B) {
	e := bigElection(b)
	m, _ := tally.Find("meek")
	for b.Loop() {
		if _, err := m.Count(e, tally.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(e.Papers.Len()), "kinds")
}
