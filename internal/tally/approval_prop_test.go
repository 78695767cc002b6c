package tally

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// counts are all ways of counting that fill committees or spend budgets.
func counts() (out []struct {
	Method
	variant string
}) {
	for _, m := range []Method{approvalMethod, scoreMethod, spavMethod, pavMethod, phragmenMethod, mesMethod, greedyMethod} {
		for _, v := range append([]Variant{{}}, m.Variants...) {
			out = append(out, struct {
				Method
				variant string
			}{m, v.Name})
		}
	}
	return out
}

// drawn is an election as a list of papers, so that it can be put together in any order.
type drawn struct {
	Election
	papers [][]Mark
	scores [][]int32
	times  []int64
	stops  int // how many purchases are enough; 0: any number
}

// draw makes up an election. Few papers and small costs make ties frequent.
func draw(t *rapid.T, budget bool) *drawn {
	n := rapid.IntRange(1, 6).Draw(t, "candidates")
	d := &drawn{}
	d.Seats = rapid.IntRange(1, 4).Draw(t, "seats")
	all := make([]int, n)
	for c := range n {
		all[c] = c
		d.Candidates = append(d.Candidates, Candidate{Name: string(rune('A' + c)), Cost: rapid.Int64Range(0, 12).Draw(t, "cost")})
	}
	d.Lots = rapid.Permutation(all).Draw(t, "lots")
	if rapid.IntRange(0, 3).Draw(t, "withdrawing") == 0 {
		d.Withdrawn = []int{rapid.IntRange(0, n-1).Draw(t, "withdrawn")}
	}
	if budget {
		d.Budget, d.Unit = rapid.Int64Range(1, 40).Draw(t, "budget"), rapid.SampledFrom([]int64{0, 1, 10}).Draw(t, "unit")
	}
	for range rapid.IntRange(0, 7).Draw(t, "papers") {
		named := rapid.Permutation(all).Draw(t, "named")[:rapid.IntRange(0, n).Draw(t, "names")]
		marks, scores := []Mark{}, []int32{}
		for _, c := range named {
			marks, scores = append(marks, Mark(c)), append(scores, rapid.Int32Range(-1, 5).Draw(t, "score"))
		}
		d.papers, d.scores, d.times = append(d.papers, marks), append(d.scores, scores), append(d.times, rapid.Int64Range(1, 3).Draw(t, "times"))
	}
	d.fill(nil)
	return d
}

// fill puts the papers in, in an order, each as often as it came.
func (d *drawn) fill(order []int) {
	d.Papers = Papers{}
	for i := range d.papers {
		if order != nil {
			i = order[i]
		}
		if err := d.Papers.AddScored(d.papers[i], d.scores[i], d.times[i]); err != nil {
			panic(err)
		}
	}
}

// voters lists the voters one by one, with what each gives to each candidate who takes part: nil if they do not name them.
func (d *drawn) voters() (out [][]*int32) {
	in := d.taking()
	for i, marks := range d.papers {
		gives := make([]*int32, len(in))
		for j, m := range marks {
			if in[m] {
				gives[m] = &d.scores[i][j]
			}
		}
		for range d.times[i] {
			out = append(out, gives)
		}
	}
	return out
}

func (d *drawn) cost(c int) int64 {
	if d.Budget == 0 {
		return 1
	}
	return d.Candidates[c].Cost
}

func elected(s *Sheet) (out []int) {
	for _, c := range s.Elected {
		out = append(out, c-1)
	}
	return out
}

func must(t *rapid.T, m Method, e *Election, variant string) *Sheet {
	s, err := m.Count(e, Options{Variant: variant})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOrderOfPapersAndCandidates changes the order of papers and of candidates, and how often a paper is put in at once.
func TestOrderOfPapersAndCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Bool().Draw(t, "budget"))
		to := rapid.Permutation(slices.Sorted(slices.Values(d.Lots))).Draw(t, "to")
		order := make([]int, len(d.papers))
		for i := range order {
			order[i] = i
		}
		if len(order) > 0 {
			order = rapid.Permutation(order).Draw(t, "order")
		}
		other := &drawn{Election: d.Election}
		other.Candidates, other.Lots, other.Withdrawn = make([]Candidate, len(to)), nil, nil
		for c, candidate := range d.Candidates {
			other.Candidates[to[c]] = candidate
		}
		for _, c := range d.Lots {
			other.Lots = append(other.Lots, to[c])
		}
		for _, c := range d.Withdrawn {
			other.Withdrawn = append(other.Withdrawn, to[c])
		}
		for i, marks := range d.papers {
			var moved []Mark
			for _, m := range marks {
				moved = append(moved, Mark(to[m]))
			}
			for range d.times[i] { // one by one
				other.papers, other.scores, other.times = append(other.papers, moved), append(other.scores, d.scores[i]), append(other.times, 1)
			}
		}
		other.fill(nil)
		d.fill(order)
		for _, m := range counts() {
			a, errA := m.Count(&d.Election, Options{Variant: m.variant})
			b, errB := m.Count(&other.Election, Options{Variant: m.variant})
			if errA != nil || errB != nil {
				if (errA == nil) != (errB == nil) || !errors.Is(errA, ErrElection) {
					t.Fatalf("%s %s: %v and %v", m.Name, m.variant, errA, errB)
				}
				continue
			}
			sound(t, &d.Election, a)
			var moved []int
			for _, c := range a.Elected {
				moved = append(moved, to[c-1]+1)
			}
			got := slices.Clone(b.Elected)
			if m.Name == "pav" { // a committee has no order
				slices.Sort(moved)
				slices.Sort(got)
			}
			if !slices.Equal(moved, got) || len(a.Stages) != len(b.Stages) || len(a.Ties) != len(b.Ties) {
				t.Fatalf("%s %s: elected %v, and %v after a change of order", m.Name, m.variant, moved, got)
			}
			for i, st := range a.Stages {
				for c, v := range st.Votes {
					if b.Stages[i].Votes[to[c]] != v {
						t.Fatalf("%s %s, stage %d: %v, and %v after a change of order", m.Name, m.variant, i+1, st.Votes, b.Stages[i].Votes)
					}
				}
			}
		}
	})
}

// sound checks what holds for every sheet of these methods.
func sound(t fataler, e *Election, s *Sheet) {
	var by []int
	for _, st := range s.Stages {
		if len(st.Votes) != len(e.Candidates) || st.Say == "" || st.Nontransferable == "" {
			t.Fatalf("a stage without figures or words: %+v", st)
		}
		by = append(by, st.Elected...)
	}
	if !slices.Equal(by, s.Elected) || len(slices.Compact(slices.Sorted(slices.Values(by)))) != len(by) {
		t.Fatalf("elected %v, in the stages %v", s.Elected, by)
	}
	if most := max(s.Seats, len(s.Elected)); s.Variant == approvalHalf && len(s.Elected)+s.Unfilled != most {
		t.Fatalf("%d elected and %d places unfilled of %d", len(s.Elected), s.Unfilled, most)
	} else if s.Seats > 0 && s.Variant != approvalHalf && len(s.Elected)+s.Unfilled != s.Seats {
		t.Fatalf("%d elected and %d places unfilled of %d", len(s.Elected), s.Unfilled, s.Seats)
	}
	spent := int64(0)
	for _, c := range s.Elected {
		if slices.Contains(e.Withdrawn, c-1) {
			t.Fatalf("elected %v, of whom %d has withdrawn", s.Elected, c)
		}
		if spent += e.Candidates[c-1].Cost; s.Budget != nil && (spent > e.Budget || spent < 0) {
			t.Fatalf("%d spent of %d", spent, e.Budget)
		}
	}
	for _, tie := range s.Ties {
		if len(tie.Among) < 2 || !slices.Contains(tie.Among, tie.Chosen) || tie.Stage > len(s.Stages) {
			t.Fatalf("no tie: %+v", tie)
		}
	}
}

// TestPartiesGetTheirPlaces: where every voter approves all of one party and nobody else, a party of l·n/k voters gets l of k places.
func TestPartiesGetTheirPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &Election{Seats: rapid.IntRange(1, 6).Draw(t, "seats")}
		sizes := rapid.SliceOfN(rapid.Int64Range(0, 12), 1, 4).Draw(t, "parties")
		var of []int // by candidate
		for party, size := range sizes {
			var marks []Mark
			for range e.Seats {
				marks = append(marks, Mark(len(of)))
				of = append(of, party)
				e.Candidates = append(e.Candidates, Candidate{Name: "X"})
			}
			if size > 0 {
				if err := e.Papers.Add(marks, size); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, m := range counts() {
			if !slices.Contains([]string{"spav", "pav", "phragmen", "mes"}, m.Name) || strings.HasPrefix(m.variant, "points") || strings.HasSuffix(m.variant, "add1") {
				continue // there are no points, and add1 alone stops in the middle of a tie
			}
			places := make([]int64, len(sizes))
			s, err := m.Count(e, Options{Variant: m.variant})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range s.Elected {
				places[of[c-1]]++
			}
			for party, size := range sizes {
				if n := e.Papers.Total(); n > 0 && places[party] < size*int64(e.Seats)/n {
					t.Fatalf("%s %s: parties of %v have %v of %d places", m.Name, m.variant, sizes, places, e.Seats)
				}
			}
		}
	})
}
