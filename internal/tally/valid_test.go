package tally_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// odd draws an election with papers of every kind that can be read from a file: blank and spoilt ones, such that name only those who
// have withdrawn, names written in, and no papers at all. Where it is a question it has so many answers, none of them withdrawn.
func odd(t *rapid.T, answers int) *tally.Election {
	n := answers
	if n == 0 {
		n = rapid.IntRange(1, 6).Draw(t, "candidates")
	}
	e := &tally.Election{Seats: rapid.IntRange(1, 4).Draw(t, "seats"), Default: 1, Budget: rapid.SampledFrom([]int64{0, 7}).Draw(t, "budget")}
	for c := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: rapid.SampledFrom([]string{string(rune('A' + c)), "Lee", ""}).Draw(t, "name"), Cost: int64(c)})
	}
	for range rapid.IntRange(0, 8).Draw(t, "kinds") {
		marks := anyPaper(t, n, true)
		if rapid.Bool().Draw(t, "begins oddly") {
			marks = append([]tally.Mark{rapid.SampledFrom([]tally.Mark{tally.Blank, tally.Over, tally.Undeclared}).Draw(t, "first")}, marks...)
		}
		if err := e.Papers.AddScored(marks, make([]int32, len(marks)), rapid.Int64Range(1, 9).Draw(t, "papers")); err != nil {
			t.Fatal(err)
		}
	}
	if answers == 0 && rapid.Bool().Draw(t, "some have withdrawn") {
		e.Withdrawn = rapid.Permutation(seq(n)).Draw(t, "order of withdrawal")[:rapid.IntRange(0, n).Draw(t, "withdrawn")]
	}
	return e
}

// everyWay calls do with every method and each of its variants, and with an election for it.
func everyWay(t *testing.T, do func(t *rapid.T, m tally.Method, e *tally.Election, o tally.Options)) {
	for _, m := range tally.Methods() {
		for _, v := range append([]tally.Variant{{}}, m.Variants...) {
			variant := v.Name
			t.Run(m.Name+" "+variant, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					e := odd(t, map[string]int{"majority": 3, "consensus": 4}[m.Name])
					switch m.Name {
					case "greedy":
						e.Budget = 7
					case "debian":
						e.Seats, e.Withdrawn = 1, slices.DeleteFunc(e.Withdrawn, func(c int) bool { return c == 0 && len(e.Withdrawn) < len(e.Candidates) })
					case "meek":
						if variant == "warren" {
							e.Papers = flat(t, &e.Papers)
						}
					}
					do(t, m, e, tally.Options{Variant: variant})
				})
			})
		}
	}
}

// flat returns the papers without their levels.
func flat(t fatal, papers *tally.Papers) (out tally.Papers) {
	for i := range papers.Len() {
		marks, n := papers.At(i)
		marks = slices.Clone(marks)
		for j, m := range marks {
			marks[j] = m &^ tally.Same
		}
		if err := out.AddScored(marks, papers.Scores(i), n); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// rejected adds up the papers that are not valid.
func rejected(t fatal, s *tally.Sheet) (sum int64) {
	if s.Rejected == nil {
		return 0
	}
	r := s.Rejected
	for _, text := range []string{r.Blank, r.Exhausted, r.Over, r.Skipped, r.Repeated, r.Surplus} {
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			t.Fatalf("%q papers are not valid: %v", text, err)
		}
		sum += n
	}
	return sum
}

// TestAllPapersAreAccountedFor: whatever was read is valid or rejected, with the reason, by every method; blank papers are never said
// to be anything else; and both are in the text.
func TestAllPapersAreAccountedFor(t *testing.T) {
	everyWay(t, func(t *rapid.T, m tally.Method, e *tally.Election, o tally.Options) {
		s, err := m.Count(e, o)
		if err != nil {
			t.Fatal(err)
		}
		bad := rejected(t, s)
		if s.Papers != e.Papers.Total() || s.Valid+bad != s.Papers || s.Valid < 0 || s.Empty > s.Valid {
			t.Fatalf("%d papers, of which %d are valid, %d of them empty, and %d not: %+v", e.Papers.Total(), s.Valid, s.Empty, bad, s.Rejected)
		}
		blank := int64(0)
		for i := range e.Papers.Len() {
			if marks, n := e.Papers.At(i); !slices.ContainsFunc(marks, func(m tally.Mark) bool { return m != tally.Blank }) {
				blank += n
			}
		}
		if r := s.Rejected; r != nil && r.Blank != "" && r.Blank != fmt.Sprint(blank) || (r == nil || r.Blank == "") && s.Empty < blank {
			t.Fatalf("%d papers are blank, the sheet says %+v and %d", blank, r, s.Empty)
		}
		var b strings.Builder
		if err := s.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		want := []string{plural(s.Valid, "valid paper")}
		if bad > 0 {
			want = append(want, fmt.Sprintf("%s of %d", want[0], s.Papers), plural(bad, "paper")+map[bool]string{true: " is not valid: ", false: " are not valid: "}[bad == 1])
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Fatalf("%q is not in\n%s", w, b.String())
			}
		}
	})
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// TestNobody: where nobody stands or nobody has voted for anybody, every method elects nobody and says why.
func TestNobody(t *testing.T) {
	everyWay(t, func(t *rapid.T, m tally.Method, e *tally.Election, o tally.Options) {
		s, err := m.Count(e, o)
		if err != nil {
			t.Fatal(err)
		}
		if s.Outcome != "" {
			return
		}
		stand := len(e.Candidates) - len(e.Withdrawn)
		if stand > 0 && s.Valid > s.Empty {
			return
		}
		why := "No paper names anybody who stands, so "
		switch {
		case stand == 0:
			why = "All candidates have withdrawn, so "
		case s.Papers == 0:
			why = "There are no papers, so "
		case s.Valid == 0 && s.Papers == 1:
			why = "The only paper is not valid, so "
		case s.Valid == 0:
			why = fmt.Sprintf("None of the %d papers is valid, so ", s.Papers)
		}
		if len(s.Elected) > 0 || s.Unfilled != s.Seats || len(s.Ties) > 0 || len(s.Stages) == 0 {
			t.Fatalf("%+v", s)
		}
		if say := s.Stages[0].Say; !strings.HasPrefix(say, why) && s.Method != "fill" {
			t.Fatalf("said %q, want %q", say, why)
		}
		if len(s.Stages) > 1 && s.Method != "fill" || s.Budget != nil && strings.Trim(s.Budget.Spent, "0.") != "" {
			t.Fatalf("%+v, budget %+v", s.Stages, s.Budget)
		}
	})
}

// TestValid is one election whose papers are all different, and what each family makes of them.
func TestValid(t *testing.T) {
	e := &tally.Election{Seats: 1, Withdrawn: []int{2}, Default: 2}
	for _, name := range []string{"Ann", "Bo", "Cy"} {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: name})
	}
	for i, marks := range [][]tally.Mark{
		{0, 1}, {}, {tally.Blank, tally.Blank}, {2}, {2, 0}, {0, 1 | tally.Same}, {tally.Over}, {tally.Over, 1}, {tally.Blank, 1}, {tally.Undeclared},
	} {
		if err := e.Papers.Add(marks, 1<<i); err != nil {
			t.Fatal(err)
		}
	}
	for method, want := range map[string]struct {
		valid, empty int64
		rejected     tally.Ended
	}{
		"scottish":  {1 + 16, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "224", Skipped: "256"}},
		"meek":      {1 + 16 + 32, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "192", Skipped: "256"}},
		"irv":       {1 + 16, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "224", Skipped: "256"}},
		"mpls":      {1 + 16 + 128 + 256, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "96"}},
		"schulze":   {1 + 16 + 32 + 128 + 256, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "64"}},
		"borda":     {1 + 16 + 32 + 128 + 256, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "64"}},
		"debian":    {1 + 16 + 32 + 128 + 256, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "64"}},
		"approval":  {1023 - 64, 2 + 4 + 8 + 512, tally.Ended{Over: "64"}},
		"fill":      {1023 - 64, 2 + 4 + 8 + 512, tally.Ended{Over: "64"}},
		"majority":  {1 + 8 + 16, 0, tally.Ended{Blank: "6", Exhausted: "512", Over: "224", Skipped: "256"}},
		"ers97":     {1 + 16, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "224", Skipped: "256"}},
		"phragmen":  {1023 - 64, 2 + 4 + 8 + 512, tally.Ended{Over: "64"}},
		"n-ireland": {1 + 16, 0, tally.Ended{Blank: "6", Exhausted: "520", Over: "224", Skipped: "256"}},
	} {
		counted := *e
		if method == "majority" { // whose answers cannot be withdrawn
			counted.Withdrawn = nil
		}
		s := count(t, method, &counted, tally.Options{})
		if s.Valid != want.valid || s.Empty != want.empty || s.Rejected == nil || *s.Rejected != want.rejected {
			t.Errorf("%s: %d valid, %d empty, rejected %+v; want %+v", method, s.Valid, s.Empty, s.Rejected, want)
		}
	}
}
