package tally_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

func read(t testing.TB, file string) *tally.Election {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := votefile.Read(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func count(t testing.TB, method string, e *tally.Election, o tally.Options) *tally.Sheet {
	t.Helper()
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

// declared is a candidate and the stage at whose end the returning officer declared what became of them.
type declared struct{ N, Stage int }

func declarations(s *tally.Sheet, of func(tally.Stage) []int) (out []declared) {
	for i, st := range s.Stages {
		for _, n := range of(st) {
			out = append(out, declared{n, i + 1})
		}
	}
	return out
}

// ward is the official count sheet of a ward.
type ward struct {
	ID                string
	Seats, Valid      int64
	Quota             int64
	Elected, Excluded []declared
	Stages            []struct {
		Action struct {
			Type string
			N    int
		}
		Votes           []string
		Nontransferable string
	}
}

// TestScottishWards counts wards of 2017 and 2022 and compares every figure with the official count sheets.
func TestScottishWards(t *testing.T) {
	all, cells := published.Files(t, "scottish/expected/*.json"), 0
	right := published.Agree(t, all, filepath.Base, func(t *testing.T, file string) {
		var want ward
		published.JSON(t, file, &want)
		s := count(t, "scottish", read(t, published.Path(t, "scottish", "ballots", want.ID+".blt")), tally.Options{})
		if s.Valid != want.Valid || len(s.Stages) != len(want.Stages) {
			t.Fatalf("%d valid in %d stages, want %d in %d", s.Valid, len(s.Stages), want.Valid, len(want.Stages))
		}
		for i, want := range want.Stages {
			got, of := s.Stages[i], 0
			if len(got.Of) > 0 {
				of = got.Of[0]
			}
			if string(got.Action) != want.Action.Type || of != want.Action.N || !slices.Equal(got.Votes, want.Votes) || got.Nontransferable != want.Nontransferable {
				t.Fatalf("stage %d: %s %d %v, %s\nwant %s %d %v, %s", i+1, got.Action, of, got.Votes, got.Nontransferable,
					want.Action.Type, want.Action.N, want.Votes, want.Nontransferable)
			}
			cells += len(want.Votes) + 1
		}
		sorted := func(ds []declared) []declared {
			return slices.SortedFunc(slices.Values(ds), func(a, b declared) int { return a.Stage*1000 + a.N - b.Stage*1000 - b.N })
		}
		if got := declarations(s, func(st tally.Stage) []int { return st.Elected }); !slices.Equal(got, want.Elected) {
			t.Errorf("elected %v, want %v", got, want.Elected)
		}
		if got := declarations(s, func(st tally.Stage) []int { return st.Excluded }); !slices.Equal(sorted(got), sorted(want.Excluded)) {
			t.Errorf("excluded %v, want %v", got, want.Excluded)
		}
	})
	t.Logf("scottish: %d of %d wards as published, %d figures", right, len(all), cells)
}

// TestScottishVector is the example of practice.md §2.8.4, figure by figure.
func TestScottishVector(t *testing.T) {
	const text = `6 3
[nick A B C D E RON]
[tie C A E B D RON]
9 A B C 0
2 B A D 0
4 C D 0
3 D C 0
3 E D 0
1 E 0
1 RON 0
0
"A" "B" "C" "D" "E" "RON"
`
	e, err := votefile.Read("vector.blt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	s := count(t, "scottish", e, tally.Options{RON: 6})
	want := [][]string{
		{"9.00000", "2.00000", "4.00000", "3.00000", "4.00000", "1.00000", "0.00000"},
		{"6.00000", "4.99997", "4.00000", "3.00000", "4.00000", "1.00000", "0.00003"},
		{"6.00000", "4.99997", "4.00000", "3.00000", "4.00000", "0.00000", "1.00003"},
		{"6.00000", "4.99997", "7.00000", "0.00000", "4.00000", "0.00000", "1.00003"},
		{"6.00000", "4.99997", "6.00000", "0.00000", "4.00000", "0.00000", "2.00003"},
		{"6.00000", "4.99997", "6.00000", "0.00000", "0.00000", "0.00000", "6.00003"},
	}
	if len(s.Stages) != len(want) {
		t.Fatalf("%d stages, want %d", len(s.Stages), len(want))
	}
	for i, st := range s.Stages {
		if got := append(slices.Clone(st.Votes), st.Nontransferable); !slices.Equal(got, want[i]) {
			t.Errorf("stage %d: %v, want %v", i+1, got, want[i])
		}
	}
	if want := []int{1, 3, 2}; !slices.Equal(s.Elected, want) || s.Quota != "6" {
		t.Errorf("elected %v with quota %s, want %v", s.Elected, s.Quota, want)
	}
}
