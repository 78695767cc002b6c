package tally_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// transferable are the methods and variants that count by transferring votes, and whose stages add up to the papers.
var transferable = []struct{ method, variant string }{
	{"scottish", ""}, {"ers97", ""}, {"n-ireland", ""}, {"wigm", "guarded"}, {"wigm", "rational"}, {"wigm", "prf"}, {"wigm", "prf-batch"},
	{"cfer", "single"}, {"cfer", "batch"}, {"mpls", ""},
}

// anyPaper draws the marks of a paper on n candidates: mostly a plain ranking, now and then with skipped ranks and levels.
func anyPaper(t *rapid.T, n int, odd bool) []tally.Mark {
	order := rapid.Permutation(seq(n)).Draw(t, "order")
	var marks []tally.Mark
	for _, c := range order[:rapid.IntRange(0, n).Draw(t, "ranked")] {
		m := tally.Mark(c)
		if odd {
			switch rapid.IntRange(0, 9).Draw(t, "oddity") {
			case 0:
				marks = append(marks, tally.Blank)
			case 1:
				marks = append(marks, tally.Over)
			case 2:
				if len(marks) > 0 && marks[len(marks)-1].Names() {
					m |= tally.Same
				}
			}
		}
		marks = append(marks, m)
	}
	return marks
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// anyElection draws an election that is small, and full of ties, or has some hundreds of papers.
func anyElection(t *rapid.T, odd bool) *tally.Election {
	n := rapid.IntRange(1, 8).Draw(t, "candidates")
	e := &tally.Election{Seats: rapid.IntRange(1, 5).Draw(t, "seats")}
	for c := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('A' + c))})
	}
	most := rapid.SampledFrom([]int64{2, 9, 300}).Draw(t, "most")
	for range rapid.IntRange(0, 25).Draw(t, "kinds") {
		if err := e.Papers.Add(anyPaper(t, n, odd), rapid.Int64Range(1, most).Draw(t, "papers")); err != nil {
			t.Fatal(err)
		}
	}
	e.Lots = rapid.Permutation(seq(n)).Draw(t, "lots")
	if odd && rapid.Bool().Draw(t, "some have withdrawn") {
		e.Withdrawn = rapid.Permutation(seq(n)).Draw(t, "order of withdrawal")[:rapid.IntRange(0, n).Draw(t, "withdrawn")]
	}
	if odd && rapid.Bool().Draw(t, "some are undeclared") {
		e.Undeclared = rapid.Permutation(seq(n)).Draw(t, "order of undeclared")[:rapid.IntRange(0, n).Draw(t, "undeclared")]
	}
	return e
}

type fatal interface {
	Fatalf(string, ...any)
	Fatal(...any)
}

func sheet(t fatal, method string, e *tally.Election, o tally.Options) *tally.Sheet {
	m, ok := tally.Find(method)
	if !ok {
		t.Fatalf("no method %s", method)
	}
	s, err := m.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reconciles checks what must be so of every count by transferring votes.
func reconciles(t fatal, e *tally.Election, s *tally.Sheet) {
	addsUp(t, e, s)
	seated(t, e, s)
}

// addsUp checks that every stage adds up to the papers, and to the one before.
func addsUp(t fatal, e *tally.Election, s *tally.Sheet) {
	for i, st := range s.Stages {
		for _, part := range append(st.Substages, st) {
			all := number(part.Nontransferable)
			if loss := number(part.Loss); part.Rounding == "" && (part.Nontransferable[0] == '-' || loss.Cmp(all) > 0) || loss.Sign() < 0 {
				t.Fatalf("%s: stage %d has %s not transferable, %s of it lost", s.Method, i+1, part.Nontransferable, part.Loss)
			}
			for c, v := range part.Votes {
				if number(v).Sign() < 0 || slices.Contains(e.Withdrawn, c) && number(v).Sign() != 0 {
					t.Fatalf("%s: stage %d gives %s to candidate %d", s.Method, i+1, v, c+1)
				}
				all.Add(all, number(v))
			}
			if all.Cmp(new(big.Rat).SetInt64(s.Valid)) != 0 {
				t.Fatalf("%s: stage %d adds up to %s of %d", s.Method, i+1, all, s.Valid)
			}
			if part.Say == "" {
				t.Fatalf("%s: stage %d says nothing", s.Method, i+1)
			}
		}
		if i > 0 {
			for c, v := range st.Votes {
				if less(v, s.Stages[i-1].Votes[c]).Cmp(number(st.Moved[c])) != 0 {
					t.Fatalf("%s: stage %d moves %s to candidate %d, from %s to %s", s.Method, i+1, st.Moved[c], c+1, s.Stages[i-1].Votes[c], v)
				}
			}
		}
	}
}

// seated checks that as many are elected as can be, nobody twice, and that each election is declared at a stage.
func seated(t fatal, e *tally.Election, s *tally.Sheet) {
	can := 0
	for c := range e.Candidates {
		if !slices.Contains(e.Withdrawn, c) {
			can++
		}
	}
	if s.Method == "mpls" {
		for _, c := range e.Undeclared {
			if !slices.Contains(e.Withdrawn, c) {
				can--
			}
		}
	}
	if s.Valid == 0 {
		can = 0
	}
	if want := min(can, s.Seats); len(s.Elected) != want || s.Unfilled != s.Seats-want || len(slices.Compact(sorted(s.Elected))) != want {
		t.Fatalf("%s: %v elected and %d unfilled, want %d of %d", s.Method, s.Elected, s.Unfilled, want, s.Seats)
	}
	var declared []int
	for _, st := range s.Stages {
		declared = append(declared, st.Elected...)
	}
	if s.Method != "qpq" && !slices.Equal(declared, s.Elected) {
		t.Fatalf("%s: %v declared, %v elected", s.Method, declared, s.Elected)
	}
	for _, tie := range s.Ties {
		if !slices.Contains(tie.Among, tie.Chosen) || tie.Stage < 1 || tie.Stage > len(s.Stages) || tie.From > tie.Stage || (tie.By == tally.ByEarlier) != (tie.From > 0) {
			t.Fatalf("%s: %+v", s.Method, tie)
		}
	}
}

func TestTransfersReconcile(t *testing.T) {
	for _, m := range transferable {
		t.Run(m.method+" "+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyElection(t, true)
				reconciles(t, e, sheet(t, m.method, e, tally.Options{Variant: m.variant}))
			})
		})
	}
	t.Run("qpq", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			e := anyElection(t, true)
			seated(t, e, sheet(t, "qpq", e, tally.Options{}))
		})
	})
}

// TestTransfersOfPapersInAnyOrder counts the same papers in another order, and one by one.
func TestTransfersOfPapersInAnyOrder(t *testing.T) {
	for _, m := range append(transferable, struct{ method, variant string }{"qpq", ""}) {
		t.Run(m.method+" "+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyElection(t, true)
				other := *e
				other.Papers = tally.Papers{}
				for _, i := range rapid.Permutation(seq(e.Papers.Len())).Draw(t, "papers") {
					marks, weight := e.Papers.At(i)
					for range min(weight, 5) {
						add(t, &other, marks, 1)
					}
					if weight > 5 {
						add(t, &other, marks, weight-5)
					}
				}
				o := tally.Options{Variant: m.variant}
				if a, b := text(t, sheet(t, m.method, e, o)), text(t, sheet(t, m.method, &other, o)); a != b {
					t.Fatalf("%s\nand in another order\n%s", a, b)
				}
			})
		})
	}
}

func add(t fatal, e *tally.Election, marks []tally.Mark, papers int64) {
	if err := e.Papers.Add(marks, papers); err != nil {
		t.Fatal(err)
	}
}

func text(t fatal, s *tally.Sheet) string {
	out, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestTransfersOfCandidatesInAnyOrder gives the candidates other numbers, and the lots with them.
func TestTransfersOfCandidatesInAnyOrder(t *testing.T) {
	for _, m := range append(transferable, struct{ method, variant string }{"qpq", ""}) {
		t.Run(m.method+" "+m.variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyElection(t, true)
				to := rapid.Permutation(seq(len(e.Candidates))).Draw(t, "numbers")
				o := tally.Options{Variant: m.variant}
				s, other := sheet(t, m.method, e, o), sheet(t, m.method, renumbered(t, e, to), o)
				for i, n := range s.Elected {
					if to[n-1] != other.Elected[i]-1 {
						t.Fatalf("%v elected, and with numbers %v: %v", s.Elected, to, other.Elected)
					}
				}
				for i, st := range s.Stages {
					for c, v := range st.Votes {
						if m.method != "cfer" && v != other.Stages[i].Votes[to[c]] {
							t.Fatalf("stage %d: %v, and with numbers %v: %v", i+1, st.Votes, to, other.Stages[i].Votes)
						}
					}
				}
			})
		})
	}
}

func renumbered(t fatal, e *tally.Election, to []int) *tally.Election {
	other := &tally.Election{Seats: e.Seats, Candidates: make([]tally.Candidate, len(to))}
	for c, cand := range e.Candidates {
		other.Candidates[to[c]] = cand
	}
	list := func(cs []int) (out []int) {
		for _, c := range cs {
			out = append(out, to[c])
		}
		return out
	}
	other.Lots, other.Withdrawn, other.Undeclared = list(e.Lots), list(e.Withdrawn), list(e.Undeclared)
	for i := range e.Papers.Len() {
		marks, weight := e.Papers.At(i)
		var out []tally.Mark
		for _, m := range marks {
			if c, _ := m.Candidate(); m.Names() {
				m = tally.Mark(to[c]) | m&tally.Same
			}
			out = append(out, m)
		}
		add(t, other, out, weight)
	}
	return other
}

// TestSolidCoalitions is Droop proportionality for solid coalitions: if so many papers put the same candidates first, in whatever
// order, that they are k quotas of (papers)/(seats+1) and more, k of those candidates are elected, or all.
func TestSolidCoalitions(t *testing.T) {
	for _, m := range transferable {
		if m.method == "cfer" || m.method == "mpls" || m.method == "wigm" || m.method == "scottish" {
			t.Run(m.method+" "+m.variant, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					n := rapid.IntRange(2, 7).Draw(t, "candidates")
					e := &tally.Election{Seats: rapid.IntRange(1, 4).Draw(t, "seats"), Candidates: make([]tally.Candidate, n)}
					size := rapid.IntRange(1, n-1).Draw(t, "coalition")
					solid, all := int64(0), int64(0)
					for range rapid.IntRange(1, 12).Draw(t, "kinds") {
						weight := rapid.Int64Range(1, 200).Draw(t, "papers")
						order := rapid.Permutation(seq(n)).Draw(t, "order")
						if rapid.Bool().Draw(t, "solid") {
							slices.SortStableFunc(order, func(a, b int) int { return side(a, size) - side(b, size) })
						}
						if !slices.ContainsFunc(order[:size], func(c int) bool { return c >= size }) {
							solid += weight
						}
						all += weight
						var marks []tally.Mark
						for _, c := range order {
							marks = append(marks, tally.Mark(c))
						}
						add(t, e, marks, weight)
					}
					s := sheet(t, m.method, e, tally.Options{Variant: m.variant})
					got := 0
					for _, w := range s.Elected {
						if w <= size {
							got++
						}
					}
					quotas := int((solid - 2) / (all/int64(e.Seats+1) + 1)) // two papers for what is cut off
					if solid >= 2 && got < min(quotas, size) {
						t.Fatalf("%d of %d papers, and %d of %d elected for %d candidates", solid, all, got, e.Seats, size)
					}
				})
			})
		}
	}
}

func side(c, size int) int {
	if c < size {
		return 0
	}
	return 1
}
