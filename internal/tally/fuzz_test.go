package tally_test

import (
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

// bytesLeft decides things: each byte one, and once there are none it is always the first of the choices.
type bytesLeft []byte

func (b *bytesLeft) under(n int) int {
	if len(*b) == 0 {
		return 0
	}
	first := (*b)[0]
	*b = (*b)[1:]
	return int(first) % n
}

// large is a number up to 2^most, more often a small one.
func (b *bytesLeft) large(most int) int64 {
	return int64(b.under(16)+1) << max(0, b.under(2*most)-most) >> 1
}

// few returns some of n, often none.
func (b *bytesLeft) few(n int) (out []int) {
	for range b.under(4) * b.under(n+1) {
		if c := b.under(n); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// election makes an election that the method is meant for.
func (b *bytesLeft) election(m tally.Method) *tally.Election {
	n, most := 1+b.under(9), 6
	switch m.Name {
	case "majority":
		n = 2 + b.under(2)
	case "consensus":
		n = 4
	case "debian":
		most = 2
	}
	price := b.large(40)
	e := &tally.Election{
		Title: "T", Seats: b.under(most), Withdrawn: b.few(n), Undeclared: b.few(n), Lots: b.few(n),
		Budget: int64(b.under(256)) * 3 * price, Unit: []int64{1, 0, 10, 100}[b.under(4)], Default: n - b.under(n+1), Quorum: int64(b.under(4)),
	}
	for c := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('A' + c)), Cost: int64(b.under(256)) * price, Ratio: int64(b.under(4))})
	}
	return e
}

// papers puts papers in until there are no more bytes.
func (b *bytesLeft) papers(e *tally.Election) {
	for len(*b) > 0 {
		weight := 1 + b.large(36)
		marks, scores := b.marks(len(e.Candidates))
		if e.Papers.AddScored(marks, scores, weight) != nil {
			return // these were too many papers
		}
	}
}

// marks makes one paper, which a byte without meaning ends.
func (b *bytesLeft) marks(n int) (marks []tally.Mark, scores []int32) {
	odd, scored := b.under(3) == 0, b.under(4) == 0
	for len(marks) < 2*n {
		m := tally.Mark(b.under(n + 2))
		if int(m) >= n {
			if !odd || int(m) > n {
				break
			}
			m = tally.Blank - tally.Mark(b.under(4))
		} else if slices.ContainsFunc(marks, func(x tally.Mark) bool { return x&^tally.Same == m }) {
			break
		}
		if odd && len(marks) > 0 && b.under(3) == 0 {
			m |= tally.Same
		}
		if marks = append(marks, m); scored {
			scores = append(scores, int32(b.under(256)-100)<<b.under(24))
		}
	}
	return marks, scores
}

// options makes options that the method takes, and now and then some that the election does not allow.
func (b *bytesLeft) options(m tally.Method, n int) (o tally.Options) {
	if m.Seats {
		o.Seats = b.under(6)
	}
	if len(m.Variants) > 0 {
		o.Variant = m.Variants[b.under(len(m.Variants))].Name
	}
	if m.Reserves && b.under(2) == 1 {
		o.RON, o.Reserved = b.under(n+1), tally.Reserve{Places: b.under(3), For: b.few(n)}
	}
	if m.Ranked && b.under(4) != 0 {
		flip := func() bool { return b.under(3) == 1 }
		r := &tally.RankedRules{
			Over: []tally.OverRule{tally.OverEnds, tally.OverSkips, tally.OverStanding}[b.under(3)], Skips: b.under(4) - 1, EndRepeat: flip(), WriteIns: flip(),
			Ties: []tally.TieRule{tally.TiesEarlier, tally.TiesLot, tally.TiesOrder}[b.under(3)], Minimum: b.large(10),
		}
		if m.Seats {
			r.Places, r.Fractions, r.Hare, r.OneAStage, r.BottomsUp = b.under(7), flip(), flip(), flip(), flip()
		} else {
			r.Batch, r.UntilTwo, r.FirstThreshold = flip(), flip(), flip()
		}
		o.Ranked = r
	}
	if m.Name == "majority" && b.under(2) == 1 {
		o.Question = tally.Question{Quorum: b.large(30), Present: b.large(40), Entitled: b.large(40), Rule: tally.Rule{
			Num: b.large(40), Den: b.large(40), Strict: b.under(2) == 1, Base: []tally.Base{tally.Cast, tally.Valid, tally.Present, tally.Roll}[b.under(4)],
		}}
	}
	return o
}

// FuzzCount makes an election of the bytes, and counts it by the method, the variant and the options that they choose. Whatever comes,
// no count may panic, refuse without saying why, lose a paper, or depend on the order of the papers.
func FuzzCount(f *testing.F) {
	methods := tally.Methods()
	f.Fuzz(func(t *testing.T, data []byte) {
		b := bytesLeft(data)
		m := methods[b.under(len(methods))]
		e := b.election(m)
		o := b.options(m, len(e.Candidates))
		b.papers(e)
		if m.Name == "mes" && (e.Budget > 10_000 || e.Papers.Total() > 1000) {
			return // it takes many steps, or is refused after some seconds
		}
		s, err := m.Count(e, o)
		other, otherErr := m.Count(turned(t, e), o)
		if errors.Is(err, tally.ErrElection) && errors.Is(otherErr, tally.ErrElection) {
			return
		}
		if err != nil || otherErr != nil {
			t.Fatalf("%s: %v, and with the papers in another order %v", m.Name, err, otherErr)
		}
		wellFormed(t, e, s)
		if a, b := asJSON(t, s), asJSON(t, other); a != b {
			t.Fatalf("%s\nand with the papers in another order\n%s", a, b)
		}
	})
}

func asJSON(t *testing.T, s *tally.Sheet) string {
	out, err := json.Marshal(s)
	if err == nil {
		err = s.WriteText(io.Discard)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// turned is the election with its papers in the opposite order, and those of a kind apart.
func turned(t *testing.T, e *tally.Election) *tally.Election {
	other := *e
	other.Papers = tally.Papers{}
	for i := e.Papers.Len() - 1; i >= 0; i-- {
		marks, papers := e.Papers.At(i)
		for _, part := range []int64{papers - papers/3, papers / 3} {
			if part == 0 {
				continue
			}
			if err := other.Papers.AddScored(marks, e.Papers.Scores(i), part); err != nil {
				t.Fatal(err)
			}
		}
	}
	return &other
}

// wellFormed checks what must be so of every sheet.
func wellFormed(t *testing.T, e *tally.Election, s *tally.Sheet) {
	for i, st := range s.Stages {
		for _, part := range append(st.Substages, st) {
			if len(part.Votes) != len(e.Candidates) || part.Say == "" {
				t.Fatalf("%s, stage %d: %+v", s.Method, i+1, part)
			}
			if got := votesIn(part); transfersExactly(s) && got.Cmp(new(big.Rat).SetInt64(s.Valid)) != 0 {
				t.Fatalf("%s, stage %d comes to %s of %d: %+v", s.Method, i+1, got.FloatString(9), s.Valid, part)
			}
		}
	}
	for _, tie := range s.Ties {
		if len(tie.Among) < 2 || !slices.Contains(tie.Among, tie.Chosen) || tie.Stage < 1 || tie.Stage > len(s.Stages) || tie.From > tie.Stage {
			t.Fatalf("%s: %+v in %d stages", s.Method, tie, len(s.Stages))
		}
	}
	places, spent := len(s.Elected)+s.Unfilled, int64(0)
	for i, c := range s.Elected {
		if c < 1 || c > len(e.Candidates) || slices.Contains(e.Withdrawn, c-1) && s.Outcome == "" || slices.Contains(s.Elected[:i], c) {
			t.Fatalf("%s: %v elected, and %v have withdrawn", s.Method, s.Elected, e.Withdrawn)
		}
		if spent += e.Candidates[c-1].Cost; s.Budget != nil && (spent > e.Budget || spent < 0) {
			t.Fatalf("%s: %d spent of %d", s.Method, spent, e.Budget)
		}
	}
	if all := s.Method == "approval" && s.Variant == "half" && places > s.Seats; s.Outcome == "" && s.Budget == nil && places != s.Seats && !all {
		t.Fatalf("%s: %v elected and %d unfilled, of %d", s.Method, s.Elected, s.Unfilled, s.Seats)
	}
}

// transfersExactly says whether each stage comes to the valid papers, figure by figure.
func transfersExactly(s *tally.Sheet) bool {
	switch s.Method {
	case "scottish", "ers97", "n-ireland", "wigm", "cfer", "mpls", "irv", "us-stv":
		return true
	case "meek": // the figures of guarded and warren are rounded each for itself
		return s.Variant != "guarded" && s.Variant != "warren"
	case "majority", "consensus":
		return s.Outcome != "inquorate"
	}
	return false
}

func votesIn(st tally.Stage) *big.Rat {
	sum := new(big.Rat)
	for _, v := range append(slices.Clone(st.Votes), st.Undeclared, st.Nontransferable) {
		if r, ok := new(big.Rat).SetString(strings.TrimSpace(v)); ok {
			sum.Add(sum, r)
		}
	}
	return sum
}
