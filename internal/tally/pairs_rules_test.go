package tally_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

// TestKemenyByOrders compares with the agreement of every order.
func TestKemenyByOrders(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		n := 1 + rnd.IntN(5)
		rs := randomRankings(rnd.IntN, n, 6)
		best := int64(-1)
		agreement := func(order []int) (sum int64) {
			for i, a := range order {
				for _, b := range order[i+1:] {
					sum += preferring(rs, a-1, b-1)
				}
			}
			return sum
		}
		var try func(order, left []int)
		try = func(order, left []int) {
			if len(left) == 0 {
				best = max(best, agreement(order))
			}
			for i, c := range left {
				try(append(order[:len(order):len(order)], c), slices.Delete(slices.Clone(left), i, i+1))
			}
		}
		try(nil, oneTo(n))
		if s := count(t, "kemeny", rankedElection(t, n, rs), tally.Options{}); agreement(slices.Concat(s.Ranking...)) != best {
			t.Fatalf("%v of %d: %v agrees with %d, the best with %d", rs, n, s.Ranking, agreement(slices.Concat(s.Ranking...)), best)
		}
	}
}

// debianVote is a vote on options of which the last is the default.
func debianVote(t testing.TB, n int, quorum int64, rs ...ranking) *tally.Election {
	e := rankedElection(t, n, rs)
	e.Default, e.Quorum = n, quorum
	return e
}

func TestDebianRules(t *testing.T) {
	yes := func(papers int64, order ...int) ranking {
		r := ranking{papers: papers}
		for _, c := range order {
			r.levels = append(r.levels, []int{c})
		}
		return r
	}
	three := func(e *tally.Election) *tally.Election { e.Candidates[0].Ratio = 3; return e }
	circle := []ranking{yes(9, 0, 1, 2, 3), yes(8, 1, 2, 0, 3), yes(7, 2, 0, 1, 3)}
	for _, c := range []struct {
		name            string
		e               *tally.Election
		dropped, winner int
	}{
		{"as many as the quorum", debianVote(t, 2, 5, yes(5, 0, 1)), 0, 1},
		{"one fewer than the quorum", debianVote(t, 2, 6, yes(5, 0, 1)), 1, 2},
		{"exactly three to one", three(debianVote(t, 2, 0, yes(6, 0, 1), yes(2, 1, 0))), 0, 1},
		{"less than three to one", three(debianVote(t, 2, 0, yes(5, 0, 1), yes(2, 1, 0))), 1, 2},
		{"one to one", debianVote(t, 2, 0, yes(2, 0, 1), yes(2, 1, 0)), 1, 2},
		{"a circle", debianVote(t, 4, 0, circle...), 0, 1}, // 2 over 3 by 17, 1 over 2 by 16, 3 over 1 by 15, which goes
		{"a circle without its best", three(debianVote(t, 4, 0, append(circle, yes(9, 3))...)), 1, 2},
	} {
		s := count(t, "debian", c.e, tally.Options{})
		dropped := 0
		for _, st := range s.Stages {
			for _, n := range st.Excluded {
				dropped = n
			}
		}
		if dropped != c.dropped || !slices.Equal(s.Elected, []int{c.winner}) || len(s.Ties) != 0 {
			t.Errorf("%s: %d dropped and %v elected, want %d and %d; ties %v", c.name, dropped, s.Elected, c.dropped, c.winner, s.Ties)
		}
	}
	if s := count(t, "debian", debianVote(t, 3, 0, yes(2, 0, 1, 2), yes(2, 1, 0, 2)), tally.Options{Lots: []int{1, 0, 2}}); len(s.Ties) != 1 || s.Elected[0] != 2 || s.Ties[0].By != tally.ByLot {
		t.Errorf("two alike: %v elected, ties %v", s.Elected, s.Ties)
	}
	even := []ranking{yes(2, 0, 1, 2, 3), yes(2, 1, 2, 0, 3), yes(2, 2, 0, 1, 3)} // the weakest defeats are all three, and all go
	if s := count(t, "debian", debianVote(t, 4, 0, even...), tally.Options{}); len(s.Ties) != 1 || !slices.Equal(s.Ties[0].Among, []int{1, 2, 3}) {
		t.Errorf("a circle of equal defeats: %v elected, ties %v", s.Elected, s.Ties)
	}
}

// TestRankedPairsTie: in a circle of equal defeats the lot order decides what is locked, and the sheet says so.
func TestRankedPairsTie(t *testing.T) {
	circle := []string{"A > B > C * 2", "B > C > A * 2", "C > A > B * 2"}
	for lot, want := range [][]int{{1, 2, 3}, {2, 3, 1}, {3, 1, 2}} {
		lots := []int{want[0] - 1, want[1] - 1, want[2] - 1}
		s := count(t, "ranked-pairs", textbook(t, []string{"A", "B", "C"}, circle), tally.Options{Lots: lots, Seats: 3})
		if !slices.Equal(s.Elected, want) || len(s.Ties) != 1 || s.Ties[0].For != "order" || s.Ties[0].Chosen != lot+1 || s.Stages[s.Ties[0].Stage-1].Action != tally.Lock && s.Stages[s.Ties[0].Stage-1].Action != tally.Skip {
			t.Errorf("lot %v: elected %v, ties %v", lots, s.Elected, s.Ties)
		}
	}
}

func TestPairsRefuse(t *testing.T) {
	for _, c := range []struct {
		method string
		e      *tally.Election
		o      tally.Options
	}{
		{"kemeny", rankedElection(t, 21, nil), tally.Options{}},
		{"schulze", rankedElection(t, 1001, nil), tally.Options{}},
		{"debian", rankedElection(t, 2, nil), tally.Options{}},
		{"debian", debianVote(t, 2, 0), tally.Options{Seats: 2}},
		{"debian", debianVote(t, 2, -1), tally.Options{}},
	} {
		m, _ := tally.Find(c.method)
		if _, err := m.Count(c.e, c.o); !errors.Is(err, tally.ErrElection) {
			t.Errorf("%s of %d candidates: %v", c.method, len(c.e.Candidates), err)
		}
	}
}

// manyRankings makes papers in memory: so many kinds that each rank a few of n candidates.
func manyRankings(b *testing.B, n, kinds, most int) *tally.Election {
	rnd := rand.New(rand.NewPCG(5, 6))
	var rs []ranking
	for range kinds {
		r := ranking{papers: int64(1 + rnd.IntN(5))}
		for _, c := range rnd.Perm(n)[:1+rnd.IntN(most)] {
			r.levels = append(r.levels, []int{c})
		}
		rs = append(rs, r)
	}
	return rankedElection(b, n, rs)
}

// BenchmarkSchulze200 counts 200 candidates on 1,000 kinds of papers.
func BenchmarkSchulze200(b *testing.B) {
	e := manyRankings(b, 200, 1000, 200)
	for b.Loop() {
		count(b, "schulze", e, tally.Options{})
	}
}

// BenchmarkMatrix compares 20 candidates on 200,000 kinds of papers, with all that minimax adds to it.
func BenchmarkMatrix(b *testing.B) {
	e := manyRankings(b, 20, 200_000, 8)
	for b.Loop() {
		count(b, "minimax", e, tally.Options{})
	}
}

// TestWorstContests: a contest that nobody wins is no defeat by winning votes, a defeat by 0 by margins, and opposition all the same.
func TestWorstContests(t *testing.T) {
	papers := []string{"A > B * 5", "B > A * 5", "A > C * 1", "B > C * 3"} // A to B 6 to 8, A to C 11 to 3, B to C 13 to 1
	even := append(papers, "A > C * 2")                                    // 8 to 8, 13 to 3, 13 to 3
	for _, c := range []struct {
		variant string
		lines   []string
		want    string
	}{
		{"winning votes", papers, "[8 0 13]"},
		{"margins", papers, "[2 -2 12]"},
		{"opposition", papers, "[8 6 13]"},
		{"winning votes", even, "[0 0 13]"},
		{"margins", even, "[0 0 10]"},
		{"opposition", even, "[8 8 13]"},
	} {
		s := count(t, "minimax", textbook(t, []string{"A", "B", "C"}, c.lines), tally.Options{Variant: c.variant})
		if got := fmt.Sprint(s.Stages[1].Votes); got != c.want {
			t.Errorf("%s of %v: %s, want %s", c.variant, c.lines, got, c.want)
		}
	}
}

// TestBordaPoints: three candidates and a paper with all of them, one with a level, and one that leaves two out.
func TestBordaPoints(t *testing.T) {
	lines := []string{"A > B > C", "A = B > C * 3", "C * 5"}
	for variant, want := range map[string]string{
		"average": "[9.0 8.0 10.0]",   // A 2+4.5+2.5, B 1+4.5+2.5, C 0+0+10
		"shared":  "[13.0 12.0 10.0]", // A 2+6+5, B 1+6+5
		"zero":    "[6.5 5.5 10.0]",
	} {
		e := textbook(t, []string{"A", "B", "C"}, lines)
		if err := e.Papers.Add(nil, 7); err != nil { // blank papers, which give nobody anything
			t.Fatal(err)
		}
		s := count(t, "borda", e, tally.Options{Variant: variant})
		if got := fmt.Sprint(s.Stages[0].Votes); got != want {
			t.Errorf("%s: %s, want %s", variant, got, want)
		}
	}
}

// TestKemenyNotesNoOtherOrder: where several orders are as good, none is said to be the best with another first.
func TestKemenyNotesNoOtherOrder(t *testing.T) {
	s := count(t, "kemeny", blt(t, "3 1\n2 1 2 0\n2 2 1 0\n1 3 0\n0\n\"Ann\" \"Bo\" \"Cy\"\n\"T\"\n"), tally.Options{})
	for _, n := range s.Notes {
		if strings.Contains(n, "another candidate first") {
			t.Errorf("%s", n)
		}
	}
}
