package tally_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// votes returns the folder of published elections, which is not part of the program. In CI it must be there; elsewhere the test says
// that it is not, and tries nothing.
func votes(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("FOLKMOOT_VOTES"), "../../../shared/votes"} {
		if st, err := os.Stat(filepath.Join(dir, "README.md")); dir != "" && err == nil && st.Mode().IsRegular() {
			return dir
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the published elections are not there: set FOLKMOOT_VOTES")
	}
	t.Log("0 published elections checked: FOLKMOOT_VOTES is not set and ../shared/votes is not there")
	return ""
}

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

func expected(t testing.TB, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func files(t testing.TB, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("no files %s (%v)", pattern, err)
	}
	return list
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

// TestScottishWards counts wards of 2017 and 2022 and compares every figure with the official count sheets.
func TestScottishWards(t *testing.T) {
	dir := votes(t)
	if dir == "" {
		return
	}
	all := files(t, filepath.Join(dir, "scottish", "expected", "*.json"))
	right, cells := 0, 0
	for _, file := range all {
		var want struct {
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
		expected(t, file, &want)
		s := count(t, "scottish", read(t, filepath.Join(dir, "scottish", "ballots", want.ID+".blt")), tally.Options{})
		ok := s.Valid == want.Valid && len(s.Stages) == len(want.Stages)
		if !ok {
			t.Errorf("%s: %d valid in %d stages, want %d in %d", want.ID, s.Valid, len(s.Stages), want.Valid, len(want.Stages))
		}
		for i := range min(len(s.Stages), len(want.Stages)) {
			got, want := s.Stages[i], want.Stages[i]
			of := 0
			if len(got.Of) > 0 {
				of = got.Of[0]
			}
			if string(got.Action) != want.Action.Type || of != want.Action.N || !slices.Equal(got.Votes, want.Votes) || got.Nontransferable != want.Nontransferable {
				ok = false
				t.Errorf("%s, stage %d: %s %d %v, %s\nwant %s %d %v, %s", filepath.Base(file), i+1, got.Action, of, got.Votes, got.Nontransferable,
					want.Action.Type, want.Action.N, want.Votes, want.Nontransferable)
				break
			}
			cells += len(want.Votes) + 1
		}
		sorted := func(ds []declared) []declared {
			return slices.SortedFunc(slices.Values(ds), func(a, b declared) int { return a.Stage*1000 + a.N - b.Stage*1000 - b.N })
		}
		if got := declarations(s, func(st tally.Stage) []int { return st.Elected }); !slices.Equal(got, want.Elected) {
			ok = false
			t.Errorf("%s: elected %v, want %v", want.ID, got, want.Elected)
		}
		if got := declarations(s, func(st tally.Stage) []int { return st.Excluded }); !slices.Equal(sorted(got), sorted(want.Excluded)) {
			ok = false
			t.Errorf("%s: excluded %v, want %v", want.ID, got, want.Excluded)
		}
		if ok {
			right++
		}
	}
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
