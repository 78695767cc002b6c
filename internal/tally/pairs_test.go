package tally_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"folkmoot/internal/tally"
)

// ranking is a kind of papers: levels, best first; who is in none of them is not ranked.
type ranking struct {
	levels [][]int
	papers int64
}

// rankedElection makes an election of candidates 1, 2, ….
func rankedElection(t testing.TB, n int, rankings []ranking) *tally.Election {
	t.Helper()
	e := &tally.Election{Seats: 1}
	for c := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: fmt.Sprint(c + 1)})
	}
	for _, r := range rankings {
		var marks []tally.Mark
		for _, level := range r.levels {
			for i, c := range level {
				m := tally.Mark(c)
				if i > 0 {
					m |= tally.Same
				}
				marks = append(marks, m)
			}
		}
		if err := e.Papers.Add(marks, r.papers); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// randomRankings draws papers with levels and with candidates left out.
func randomRankings(intn func(n int) int, n, kinds int) (out []ranking) {
	for range 1 + intn(kinds) {
		order := make([]int, n)
		for i := range order {
			j := intn(i + 1)
			order[i], order[j] = order[j], i
		}
		r := ranking{papers: int64(1 + intn(9))}
		for _, c := range order[:intn(n+1)] {
			if len(r.levels) > 0 && intn(4) == 0 {
				last := &r.levels[len(r.levels)-1]
				*last = append(*last, c)
			} else {
				r.levels = append(r.levels, []int{c})
			}
		}
		out = append(out, r)
	}
	return out
}

// drawRankings is randomRankings of rapid's choices.
func drawRankings(t *rapid.T, from, to int) (n int, rs []ranking) {
	n = rapid.IntRange(from, to).Draw(t, "candidates")
	return n, randomRankings(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }, n, 8)
}

// preferring returns how many papers prefer a to b, looked up on each paper.
func preferring(rs []ranking, a, b int) (n int64) {
	for _, r := range rs {
		at := func(c int) int {
			i := slices.IndexFunc(r.levels, func(level []int) bool { return slices.Contains(level, c) })
			if i < 0 {
				return len(r.levels)
			}
			return i
		}
		if at(a) < at(b) {
			n += r.papers
		}
	}
	return n
}

// pairLink is how many papers prefer the one and how many the other.
type pairLink [2]int64

// stronger is Schulze's relation "winning votes", or "margins", case by case.
func stronger(x, y pairLink, margins bool) bool {
	e, f, g, h := x[0], x[1], y[0], y[1]
	if margins {
		return e-f > g-h
	}
	return e > f && g <= h || e >= f && g < h || e > f && g > h && (e > g || e == g && f < h) || e < f && g < h && (f < h || f == h && e > g)
}

// strongestPath tries all paths from a to b that visit nobody twice.
func strongestPath(rs []ranking, left []int, a, b int, margins bool) pairLink {
	best := pairLink{preferring(rs, a, b), preferring(rs, b, a)}
	for i, via := range left {
		first := pairLink{preferring(rs, a, via), preferring(rs, via, a)}
		path := strongestPath(rs, slices.Delete(slices.Clone(left), i, i+1), via, b, margins)
		if stronger(path, first, margins) {
			path = first
		}
		if stronger(path, best, margins) {
			best = path
		}
	}
	return best
}

// TestSchulzeByPaths compares with a count from the definition: all paths between all candidates.
func TestSchulzeByPaths(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		n, variant := 2+rnd.IntN(3), []string{"winning votes", "margins"}[i%2]
		rs := randomRankings(rnd.IntN, n, 6)
		above := make([][]bool, n)
		for a := range n {
			above[a] = make([]bool, n)
			for b := range n {
				var others []int
				for c := range n {
					if c != a && c != b {
						others = append(others, c)
					}
				}
				above[a][b] = a != b && stronger(strongestPath(rs, others, a, b, variant == "margins"), strongestPath(rs, others, b, a, variant == "margins"), variant == "margins")
			}
		}
		var want [][]int
		for left := oneTo(n); len(left) > 0; {
			var level []int
			for _, b := range left {
				if !slices.ContainsFunc(left, func(a int) bool { return above[a-1][b-1] }) {
					level = append(level, b)
				}
			}
			want = append(want, level)
			left = slices.DeleteFunc(left, func(c int) bool { return slices.Contains(level, c) })
		}
		if s := count(t, "schulze", rankedElection(t, n, rs), tally.Options{Variant: variant}); fmt.Sprint(s.Ranking) != fmt.Sprint(want) {
			t.Fatalf("%v of %d by %s: %v, want %v", rs, n, variant, s.Ranking, want)
		}
	}
}

// oneTo returns the numbers from 1 to n.
func oneTo(n int) (out []int) {
	for c := range n {
		out = append(out, c+1)
	}
	return out
}

// ways are the methods and variants that rank by pairs, and Borda.
var ways = [][2]string{
	{"schulze", "winning votes"}, {"schulze", "margins"}, {"ranked-pairs", "winning votes"}, {"ranked-pairs", "margins"},
	{"minimax", "winning votes"}, {"minimax", "margins"}, {"minimax", "opposition"}, {"kemeny", ""},
	{"borda", "average"}, {"borda", "shared"}, {"borda", "zero"},
}

// eachWay tries a property of every way that is listed, "method variant", or of all ways if none is.
func eachWay(t *testing.T, names []string, property func(t *rapid.T, method, variant string)) {
	t.Helper()
	for _, w := range ways {
		name := strings.TrimSpace(w[0] + " " + w[1])
		if names == nil || slices.Contains(names, name) {
			t.Run(name, func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { property(t, w[0], w[1]) }) })
		}
	}
}

var (
	condorcetWays = []string{"schulze winning votes", "schulze margins", "ranked-pairs winning votes", "ranked-pairs margins", "minimax winning votes", "minimax margins", "kemeny"}
	cloneProof    = condorcetWays[:4]
)

// countWay counts, and fails the property if it cannot be.
func countWay(t *rapid.T, method, variant string, e *tally.Election, o tally.Options) *tally.Sheet {
	m, ok := tally.Find(method)
	if !ok {
		t.Fatalf("no method %s", method)
	}
	o.Variant = variant
	s, err := m.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// electionIn makes an election within a property.
func electionIn(t *rapid.T, n int, rs []ranking) *tally.Election {
	return rankedElection(rapidTB{t: t}, n, rs)
}

// rapidTB lends a property to what wants a test.
type rapidTB struct {
	testing.TB
	t *rapid.T
}

func (r rapidTB) Helper()           {}
func (r rapidTB) Fatal(args ...any) { r.t.Fatal(args...) }

// beatsAll returns whether a wins against every other, or if sign is -1 loses to every other.
func beatsAll(rs []ranking, n, a int, sign int64) bool {
	return !slices.ContainsFunc(oneTo(n), func(b int) bool { return b-1 != a && sign*(preferring(rs, a, b-1)-preferring(rs, b-1, a)) <= 0 })
}

func TestCondorcetWinnerAndLoser(t *testing.T) {
	eachWay(t, condorcetWays, func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 2, 5)
		s := countWay(t, method, variant, electionIn(t, n, rs), tally.Options{})
		for c := range n {
			if beatsAll(rs, n, c, 1) && (len(s.Ranking[0]) != 1 || s.Ranking[0][0] != c+1) {
				t.Fatalf("%d is the Condorcet winner of %v, ranked %v", c+1, rs, s.Ranking)
			}
			if beatsAll(rs, n, c, -1) && method != "minimax" && slices.Contains(s.Ranking[0], c+1) {
				t.Fatalf("%d is the Condorcet loser of %v, ranked %v", c+1, rs, s.Ranking)
			}
		}
	})
}

// TestClones puts two clones in the place of a candidate: others win as they did, and a clone does if the candidate did.
func TestClones(t *testing.T) {
	eachWay(t, cloneProof, func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 2, 4)
		of := rapid.IntRange(0, n-1).Draw(t, "cloned")
		before := countWay(t, method, variant, electionIn(t, n, rs), tally.Options{})
		var cloned []ranking
		for _, r := range rs {
			out := ranking{papers: r.papers}
			for _, level := range r.levels {
				switch {
				case !slices.Contains(level, of):
					out.levels = append(out.levels, level)
				case len(level) > 1:
					out.levels = append(out.levels, append(slices.Clone(level), n))
				case rapid.Bool().Draw(t, "the clone is better"):
					out.levels = append(out.levels, []int{n}, level)
				default:
					out.levels = append(out.levels, level, []int{n})
				}
			}
			cloned = append(cloned, out)
		}
		after := countWay(t, method, variant, electionIn(t, n+1, cloned), tally.Options{})
		if method == "ranked-pairs" && len(before.Ties)+len(after.Ties) > 0 {
			return // the lot order of Ranked Pairs knows no clones
		}
		for c := range n {
			was, is := slices.Contains(before.Ranking[0], c+1), slices.Contains(after.Ranking[0], c+1)
			if c == of {
				is = is || slices.Contains(after.Ranking[0], n+1)
			}
			if was != is {
				t.Fatalf("%v: %v; with a clone of %d %v: %v", rs, before.Ranking, of+1, cloned, after.Ranking)
			}
		}
	})
}

// TestMonotone ranks a winner first on some papers: the winner stays one.
func TestMonotone(t *testing.T) {
	eachWay(t, nil, func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 1, 5)
		before := countWay(t, method, variant, electionIn(t, n, rs), tally.Options{})
		w := before.Ranking[0][0] - 1
		var raised []ranking
		for _, r := range rs {
			out := ranking{papers: r.papers, levels: r.levels}
			// A paper that ranks nobody, or does not rank the winner, gives others other points when it does.
			if slices.ContainsFunc(r.levels, func(level []int) bool { return slices.Contains(level, w) }) && rapid.Bool().Draw(t, "raised") {
				out.levels = [][]int{{w}}
				for _, level := range r.levels {
					if rest := slices.DeleteFunc(slices.Clone(level), func(c int) bool { return c == w }); len(rest) > 0 {
						out.levels = append(out.levels, rest)
					}
				}
			}
			raised = append(raised, out)
		}
		after := countWay(t, method, variant, electionIn(t, n, raised), tally.Options{})
		if method == "ranked-pairs" && len(before.Ties)+len(after.Ties) > 0 {
			return
		}
		if first := after.Ranking[0]; !slices.Contains(first, w+1) && (method != "kemeny" || len(before.Ties)+len(after.Ties) == 0) {
			t.Fatalf("%d wins %v, but not %v: %v", w+1, rs, raised, after.Ranking)
		}
	})
}

// TestReversal turns all papers round: the only winner wins no more.
func TestReversal(t *testing.T) {
	eachWay(t, append(slices.Clone(cloneProof), "kemeny", "borda average"), func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 2, 5)
		var reversed []ranking
		for _, r := range rs {
			out := ranking{papers: r.papers}
			if rest := slices.DeleteFunc(oneTo(n), func(c int) bool { return slices.Contains(slices.Concat(r.levels...), c-1) }); len(rest) > 0 && len(rest) < n {
				for i := range rest {
					rest[i]--
				}
				out.levels = append(out.levels, rest)
			}
			for _, level := range slices.Backward(r.levels) {
				out.levels = append(out.levels, level)
			}
			reversed = append(reversed, out)
		}
		before := countWay(t, method, variant, electionIn(t, n, rs), tally.Options{})
		after := countWay(t, method, variant, electionIn(t, n, reversed), tally.Options{})
		if len(before.Ties)+len(after.Ties) > 0 && (method == "ranked-pairs" || method == "kemeny") {
			return
		}
		if first := before.Ranking[0]; len(first) == 1 && slices.Contains(after.Ranking[0], first[0]) {
			t.Fatalf("%d alone wins %v, and the reverse: %v", first[0], rs, after.Ranking)
		}
	})
}

func asText(t *rapid.T, s *tally.Sheet) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPairsOrder: the order of papers, and whether equal ones are written once, changes nothing; the order of candidates only what they are called.
func TestPairsOrder(t *testing.T) {
	eachWay(t, nil, func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 1, 5)
		seats := rapid.IntRange(1, n+1).Draw(t, "seats")
		s := countWay(t, method, variant, electionIn(t, n, rs), tally.Options{Seats: seats})
		var single []ranking
		for _, r := range rs {
			for range r.papers {
				single = append(single, ranking{r.levels, 1})
			}
		}
		if got := countWay(t, method, variant, electionIn(t, n, rapid.Permutation(single).Draw(t, "papers")), tally.Options{Seats: seats}); asText(t, got) != asText(t, s) {
			t.Fatalf("%s\nin another order %s", asText(t, s), asText(t, got))
		}
		to := rapid.Permutation(oneTo(n)).Draw(t, "candidates") // what number each becomes
		lots := make([]int, n)
		var renamed []ranking
		for c, number := range to {
			lots[c] = number - 1
		}
		for _, r := range rs {
			out := ranking{papers: r.papers}
			for _, level := range r.levels {
				var cs []int
				for _, c := range level {
					cs = append(cs, to[c]-1)
				}
				out.levels = append(out.levels, cs)
			}
			renamed = append(renamed, out)
		}
		got := countWay(t, method, variant, electionIn(t, n, renamed), tally.Options{Seats: seats, Lots: lots})
		for i, c := range s.Elected {
			if got.Elected[i] != to[c-1] {
				t.Fatalf("elected %v, with the candidates as %v %v", s.Elected, to, got.Elected)
			}
		}
		for i, level := range s.Ranking {
			var want []int
			for _, c := range level {
				want = append(want, to[c-1])
			}
			if slices.Sort(want); !slices.Equal(got.Ranking[i], want) {
				t.Fatalf("ranking %v, with the candidates as %v %v", s.Ranking, to, got.Ranking)
			}
		}
	})
}

// TestPairsSheet: the matrix is as looked up on each paper, everybody is ranked once, the places are filled, and ties are said.
func TestPairsSheet(t *testing.T) {
	eachWay(t, nil, func(t *rapid.T, method, variant string) {
		n, rs := drawRankings(t, 1, 6)
		e := electionIn(t, n, rs)
		gone := rapid.IntRange(0, n-1).Draw(t, "withdrawn")
		if n > 1 && gone > 0 {
			e.Withdrawn = []int{gone}
		}
		s := countWay(t, method, variant, e, tally.Options{Seats: rapid.IntRange(1, n+1).Draw(t, "seats")})
		for a := range n {
			for b := range n {
				want := preferring(rs, a, b)
				if slices.Contains(e.Withdrawn, a) || slices.Contains(e.Withdrawn, b) {
					want = 0
				}
				if s.Matrix[a][b] != want {
					t.Fatalf("%d papers of %v prefer %d to %d, want %d", s.Matrix[a][b], rs, a+1, b+1, want)
				}
			}
		}
		all := slices.DeleteFunc(oneTo(n), func(c int) bool { return slices.Contains(e.Withdrawn, c-1) })
		if got := slices.Sorted(slices.Values(slices.Concat(s.Ranking...))); !slices.Equal(got, all) || len(s.Elected)+s.Unfilled != s.Seats {
			t.Fatalf("ranked %v, elected %v for %d places", s.Ranking, s.Elected, s.Seats)
		}
		if len(s.Ranking[0]) > 1 && len(s.Ties) == 0 && s.Valid > 0 {
			t.Fatalf("%v are tied, and the sheet does not say so", s.Ranking[0])
		}
		for _, st := range s.Stages {
			if len(st.Votes) != n || st.Say == "" {
				t.Fatalf("%q has %d figures for %d", st.Say, len(st.Votes), n)
			}
		}
	})
}
