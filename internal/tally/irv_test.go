package tally_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"folkmoot/internal/tally"
)

func irvVector(t *testing.T, names, votes []string) *tally.Election {
	e := &tally.Election{}
	for _, n := range names {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: n})
	}
	for _, v := range votes {
		text, times, many := strings.Cut(v, "*")
		n := 1
		if many {
			var err error
			if n, err = strconv.Atoi(strings.TrimSpace(times)); err != nil {
				t.Fatal(err)
			}
		}
		var marks []tally.Mark
		for name := range strings.SplitSeq(text, ">") {
			marks = append(marks, tally.Mark(e.Number(strings.TrimSpace(name))-1))
		}
		if err := e.Papers.Add(marks, int64(n)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// irvElection draws an election with all that can stand on a paper.
func irvElection(r *rand.Rand) *tally.Election {
	e := &tally.Election{Title: "drawn", Seats: 1}
	n := 1 + r.IntN(6)
	for i := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('A' + i))})
	}
	for range r.IntN(25) {
		if err := e.Papers.Add(irvPaper(r, n), 1+int64(r.IntN(5))); err != nil {
			panic(err)
		}
	}
	if r.IntN(4) == 0 {
		e.Withdrawn = []int{r.IntN(n)}
	}
	e.Lots = r.Perm(n)
	return e
}

func irvPaper(r *rand.Rand, n int) []tally.Mark {
	var marks []tally.Mark
	for _, c := range r.Perm(n)[:r.IntN(n+1)] {
		if r.IntN(8) == 0 {
			marks = append(marks, []tally.Mark{tally.Blank, tally.Blank, tally.Over, tally.Undeclared, tally.Again}[r.IntN(5)])
		}
		m := tally.Mark(c)
		if len(marks) > 0 && marks[len(marks)-1].Names() && r.IntN(8) == 0 {
			m |= tally.Same
		}
		marks = append(marks, m)
	}
	return marks
}

func irvRules(r *rand.Rand) *tally.RankedRules {
	flip := func() bool { return r.IntN(3) == 0 }
	return &tally.RankedRules{
		Over: []tally.OverRule{tally.OverEnds, tally.OverSkips, tally.OverStanding}[r.IntN(3)], Skips: r.IntN(4) - 1, EndRepeat: flip(), WriteIns: flip(),
		Ties: []tally.TieRule{tally.TiesEarlier, tally.TiesLot, tally.TiesOrder}[r.IntN(3)], Minimum: int64(r.IntN(3)),
	}
}

// irvOptions draws rules for one seat or for several, and says which method knows them.
func irvOptions(r *rand.Rand) (string, tally.Options) {
	flip := func() bool { return r.IntN(3) == 0 }
	rules := irvRules(r)
	if flip() {
		rules.Batch, rules.UntilTwo, rules.FirstThreshold = flip(), flip(), flip()
		return "irv", tally.Options{Ranked: rules}
	}
	rules.Places, rules.Hare, rules.OneAStage, rules.BottomsUp = r.IntN(7), flip(), flip(), flip()
	rules.Fractions = !rules.Hare && flip()
	return "us-stv", tally.Options{Ranked: rules, Seats: 1 + r.IntN(4)}
}

func irvCount(t fataler, method string, e *tally.Election, o tally.Options) *tally.Sheet {
	m, _ := tally.Find(method)
	s, err := m.Count(e, o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

type fataler interface{ Fatalf(string, ...any) }

// irvReconciles checks that no stage gains or loses a vote, and that places are neither overfilled nor filled by nobody.
func irvReconciles(t fataler, e *tally.Election, o tally.Options, s *tally.Sheet) {
	var never tally.Ended
	if s.Rejected != nil {
		never = *s.Rejected
	}
	if all := sum(t, fmt.Sprint(s.Valid), never.Blank, never.Exhausted, never.Over, never.Skipped, never.Repeated); all.Cmp(sum(t, fmt.Sprint(e.Papers.Total()))) != 0 {
		t.Fatalf("%d valid and %+v of %d papers", s.Valid, never, e.Papers.Total())
	}
	for i, st := range s.Stages {
		if got := sum(t, append(slices.Clone(st.Votes), st.Undeclared, st.Nontransferable)...); got.Cmp(sum(t, fmt.Sprint(s.Valid))) != 0 || st.Say == "" {
			t.Fatalf("stage %d adds up to %s of %d: %+v", i+1, got, s.Valid, st)
		}
		if x := st.Ended; x != nil && sum(t, x.Exhausted, x.Over, x.Skipped, x.Repeated, x.Surplus, st.Loss).Cmp(sum(t, st.Nontransferable)) != 0 {
			t.Fatalf("stage %d: %+v and %s are not %s", i+1, x, st.Loss, st.Nontransferable)
		}
	}
	most := min(len(e.Candidates)-len(e.Withdrawn), s.Seats)
	if s.Valid == 0 {
		most = 0
	}
	if n := len(s.Elected); n > most || n < most && o.Ranked.Minimum == 0 || s.Unfilled != s.Seats-len(s.Elected) {
		t.Fatalf("elected %v for %d seats, where %d can be", s.Elected, s.Seats, most)
	}
}

// TestRankedReconciles counts drawn elections by drawn rules.
func TestRankedReconciles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		e := irvElection(r)
		method, o := irvOptions(r)
		irvReconciles(t, e, o, irvCount(t, method, e, o))
	}
}

// TestRankedOrderIsNothing turns papers and candidates about, and writes papers one by one.
func TestRankedOrderIsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		e := irvElection(r)
		method, o := irvOptions(r)
		as := r.Perm(len(e.Candidates))
		other := irvTurned(t, r, e, as)
		got, want := irvCount(t, method, other, o), irvCount(t, method, e, o)
		for c, name := range want.Candidates {
			if got.Candidates[as[c]] != name {
				t.Fatalf("%v, %v", got.Candidates, want.Candidates)
			}
		}
		if a, b := irvNamed(got), irvNamed(want); a != b {
			t.Fatalf("turned about:\n%s\nbefore:\n%s", a, b)
		}
	})
}

// irvTurned is the election with candidate c in place as[c], and single papers in another order.
func irvTurned(t fataler, r *rand.Rand, e *tally.Election, as []int) *tally.Election {
	out := &tally.Election{Title: e.Title, Seats: e.Seats, Candidates: make([]tally.Candidate, len(as))}
	for c, to := range as {
		out.Candidates[to] = e.Candidates[c]
	}
	for _, c := range e.Withdrawn {
		out.Withdrawn = append(out.Withdrawn, as[c])
	}
	for _, c := range e.Lots {
		out.Lots = append(out.Lots, as[c])
	}
	var papers [][]tally.Mark
	for i := range e.Papers.Len() {
		marks, n := e.Papers.At(i)
		turned := slices.Clone(marks)
		for j, m := range marks {
			if c, _ := m.Candidate(); m.Names() {
				turned[j] = tally.Mark(as[c]) | m&tally.Same
			}
		}
		for range n {
			papers = append(papers, turned)
		}
	}
	r.Shuffle(len(papers), func(i, j int) { papers[i], papers[j] = papers[j], papers[i] })
	for _, marks := range papers {
		if err := out.Papers.Add(marks, 1); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return out
}

// irvNamed writes what does not hang on the numbers of candidates.
func irvNamed(s *tally.Sheet) string {
	names := func(cs []int) (out []string) {
		for _, c := range cs {
			out = append(out, s.Candidates[c-1])
		}
		return out
	}
	var b strings.Builder
	for _, st := range s.Stages {
		votes := map[string]string{}
		for c, v := range st.Votes {
			votes[s.Candidates[c]] = v
		}
		out := names(st.Excluded)
		slices.Sort(out)
		ended, _ := json.Marshal(st.Ended)
		fmt.Fprintln(&b, st.Action, votes, st.Undeclared, st.Nontransferable, st.Loss, st.Quota, string(ended), names(st.Elected), out)
	}
	fmt.Fprintln(&b, s.Valid, s.Quota, names(s.Elected), s.Unfilled)
	for _, t := range s.Ties {
		among := names(t.Among)
		slices.Sort(among)
		fmt.Fprintln(&b, t.Stage, t.For, among, names([]int{t.Chosen}), t.By, t.From)
	}
	return b.String()
}

// TestIRVMajority: whoever is first on more than half of the papers that count wins at once.
func TestIRVMajority(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		e := irvElection(r)
		e.Withdrawn = nil
		who := r.IntN(len(e.Candidates))
		if err := e.Papers.Add([]tally.Mark{tally.Mark(who)}, e.Papers.Total()+1); err != nil {
			t.Fatal(err)
		}
		s := irvCount(t, "irv", e, tally.Options{})
		if len(s.Stages) != 1 || !slices.Equal(s.Elected, []int{who + 1}) {
			t.Fatalf("%v in %d stages, want %d", s.Elected, len(s.Stages), who+1)
		}
	})
}

// slowIRV is a plain count of single papers, each read anew from its top at every stage, that shares nothing with the engine.
type slowIRV struct {
	papers  [][][]int // by paper and rank: who is named; nobody: skipped
	ended   []bool    // by paper
	over    tally.OverRule
	skips   int
	lots    []int
	history []map[int]int
}

func (s *slowIRV) reads(paper [][]int, left map[int]bool) int {
	skips := 0
	for _, rank := range paper {
		if len(rank) == 0 {
			skips++
			continue
		}
		if s.skips >= 0 && skips > s.skips {
			return -1
		}
		skips = 0
		var there []int
		for _, c := range rank {
			if left[c] {
				there = append(there, c)
			}
		}
		if len(rank) > 1 && s.over == tally.OverEnds || len(there) > 1 && s.over == tally.OverStanding {
			return -1
		}
		if len(rank) > 1 && s.over == tally.OverSkips || len(there) == 0 {
			continue
		}
		return there[0]
	}
	return -1
}

// count returns the winner, how many stages it took, and who was excluded in order.
func (s *slowIRV) count(n int) (int, []int) {
	left, out := map[int]bool{}, []int{}
	for c := range n {
		left[c] = true
	}
	for {
		votes, counting := map[int]int{}, 0
		for i, p := range s.papers {
			if c := s.reads(p, left); c >= 0 && !s.ended[i] {
				votes[c]++
				counting++
			} else {
				s.ended[i] = true
			}
		}
		s.history = append(s.history, votes)
		for c := range n {
			if left[c] && 2*votes[c] > counting || left[c] && len(left) == 1 {
				return c, out
			}
		}
		var last []int
		for c := range n {
			if left[c] {
				last = s.fewer(last, c)
			}
		}
		delete(left, last[0])
		out = append(out, last[0])
	}
}

// fewer puts the one to be excluded first: fewer votes now, or before that, or earlier in the lots.
func (s *slowIRV) fewer(last []int, c int) []int {
	if len(last) == 0 {
		return []int{c}
	}
	for i := len(s.history) - 1; i >= 0; i-- {
		if a, b := s.history[i][c], s.history[i][last[0]]; a != b {
			if a < b {
				return []int{c}
			}
			return last
		}
	}
	if slices.Index(s.lots, c) < slices.Index(s.lots, last[0]) {
		return []int{c}
	}
	return last
}

// TestIRVSlowly compares thousands of drawn elections with a count that is written in another way.
func TestIRVSlowly(t *testing.T) {
	const elections = 5000
	r := rand.New(rand.NewPCG(3, 4))
	for i := range elections {
		n := 1 + r.IntN(6)
		e, slow := &tally.Election{}, &slowIRV{over: []tally.OverRule{tally.OverEnds, tally.OverSkips, tally.OverStanding}[r.IntN(3)], skips: r.IntN(4) - 1, lots: r.Perm(n)}
		for c := range n {
			e.Candidates = append(e.Candidates, tally.Candidate{Name: strconv.Itoa(c)})
		}
		for range r.IntN(40) {
			var marks []tally.Mark
			var ranks [][]int
			for _, c := range r.Perm(n)[:r.IntN(n+1)] {
				for r.IntN(6) == 0 {
					marks, ranks = append(marks, tally.Blank), append(ranks, nil)
				}
				if k := len(ranks) - 1; k >= 0 && len(ranks[k]) > 0 && r.IntN(6) == 0 {
					marks, ranks[k] = append(marks, tally.Mark(c)|tally.Same), append(ranks[k], c)
					continue
				}
				marks, ranks = append(marks, tally.Mark(c)), append(ranks, []int{c})
			}
			if err := e.Papers.Add(marks, 1); err != nil {
				t.Fatal(err)
			}
			slow.papers, slow.ended = append(slow.papers, ranks), append(slow.ended, false)
		}
		s := count(t, "irv", e, tally.Options{Lots: slow.lots, Ranked: &tally.RankedRules{Over: slow.over, Skips: slow.skips}})
		if s.Valid == 0 {
			if len(s.Elected) > 0 {
				t.Fatalf("election %d: nobody has voted, and %v are elected", i, s.Elected)
			}
			continue
		}
		won, out := slow.count(n)
		var got []int
		for k, st := range s.Stages {
			for c, v := range st.Votes {
				if v != strconv.Itoa(slow.history[k][c]) {
					t.Fatalf("election %d, stage %d: %v, want %v", i, k+1, st.Votes, slow.history[k])
				}
			}
			for _, c := range st.Excluded {
				got = append(got, c-1)
			}
		}
		if !slices.Equal(s.Elected, []int{won + 1}) || !slices.Equal(got, out) {
			t.Fatalf("election %d: %v after %v, want %d after %v", i, s.Elected, got, won+1, out)
		}
	}
}
