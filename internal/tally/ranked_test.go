package tally_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

// TestRankedRefuses what rules there are not.
func TestRankedRefuses(t *testing.T) {
	e := irvVector(t, []string{"A", "B"}, []string{"A>B"})
	for _, tt := range []struct {
		method string
		rules  tally.RankedRules
	}{
		{"irv", tally.RankedRules{Over: "perhaps"}},
		{"irv", tally.RankedRules{Ties: "coin"}},
		{"irv", tally.RankedRules{Skips: -2}},
		{"irv", tally.RankedRules{Minimum: -1}},
		{"irv", tally.RankedRules{Hare: true}},
		{"us-stv", tally.RankedRules{Batch: true}},
		{"us-stv", tally.RankedRules{Places: 7}},
		{"us-stv", tally.RankedRules{Hare: true, Fractions: true}},
		{"scottish", tally.RankedRules{}},
	} {
		m, _ := tally.Find(tt.method)
		if _, err := m.Count(e, tally.Options{Ranked: &tt.rules}); !errors.Is(err, tally.ErrElection) {
			t.Errorf("%s %+v: %v", tt.method, tt.rules, err)
		}
	}
}

// TestIRVSays is a small count in words.
func TestIRVSays(t *testing.T) {
	e := irvVector(t, []string{"Ann", "Bo", "Cy"}, []string{"Ann*4", "Bo>Ann*3", "Cy>Bo*2", "Cy"})
	e.Lots = []int{2, 1, 0}
	s := count(t, "irv", e, tally.Options{})
	want := []string{
		"First preferences of 10 papers. More than half of 10 papers that count is 6. Of those with the fewest votes Cy is excluded next.",
		"The 3 papers of Cy go to the next candidate on them who is left. These go no further: 1 because nobody else on them is left. More than half of 9 papers that count is 5. Bo is elected, with 5 of 9 papers.",
	}
	for i, st := range s.Stages {
		if st.Say != want[i] {
			t.Errorf("stage %d: %s", i+1, st.Say)
		}
	}
	if notes := []string{
		"At the last stage Bo had 1 more than Ann: with 1 of those papers for Ann instead, Ann would have been ahead.",
		"At stage 1 Cy was excluded with as many as Bo had.",
	}; !slices.Equal(s.Notes, notes) || fmt.Sprint(s.Ranking) != "[[2] [1] [3]]" {
		t.Errorf("%v, %v", s.Notes, s.Ranking)
	}
}

// TestIRVTieByEarlierStage: whoever had fewer at the latest stage at which they differed is excluded, and the sheet says which that was.
func TestIRVTieByEarlierStage(t *testing.T) {
	e := irvVector(t, []string{"Ann", "Bo", "Cy", "Dee"}, []string{"Ann*5", "Bo*4", "Cy*3", "Dee>Cy"})
	s := count(t, "irv", e, tally.Options{})
	want := []tally.Tie{{Stage: 2, For: "exclude", Among: []int{2, 3}, Chosen: 3, By: tally.ByEarlier, From: 1}}
	if fmt.Sprint(s.Ties) != fmt.Sprint(want) || !strings.Contains(s.Stages[1].Say, "Of those with the fewest votes Cy is excluded next.") {
		t.Errorf("%+v, %s", s.Ties, s.Stages[1].Say)
	}
}

// TestRankedIdle: rules that do nothing beside another are accepted, as files of rules have them, and the sheet says so.
func TestRankedIdle(t *testing.T) {
	e := irvVector(t, []string{"Ann", "Bo", "Cy"}, []string{"Ann*4", "Bo>Ann*3", "Cy>Bo*2"})
	s := count(t, "us-stv", e, tally.Options{Seats: 2, Ranked: &tally.RankedRules{BottomsUp: true, Hare: true, OneAStage: true}})
	want := "Counted with the rules hare, one-a-stage, bottoms-up. With bottoms-up there is no threshold, so hare, one-a-stage changes nothing of who is elected."
	if !slices.Contains(s.Notes, want) {
		t.Errorf("%q", s.Notes)
	}
	s = count(t, "us-stv", e, tally.Options{Seats: 2, Ranked: &tally.RankedRules{BottomsUp: true}})
	if !slices.Contains(s.Notes, "Counted with the rules bottoms-up.") {
		t.Errorf("%q", s.Notes)
	}
}

// TestUSSTVCutsTwice, by hand, with one decimal: 20 papers, 3 places, threshold 6. Ann passes on 14 of 20 votes, 0.7 a paper. Bo
// passes on 8 of 14, which is cut off to 0.5, and 0.5 of 0.7 to 0.3 a paper; 8 of 14 of 0.7 at once would have been 0.4.
func TestUSSTVCutsTwice(t *testing.T) {
	e := irvVector(t, []string{"Ann", "Bo", "Cy", "Dee"}, []string{"Ann>Bo>Cy*20"})
	s := count(t, "us-stv", e, tally.Options{Seats: 3, Ranked: &tally.RankedRules{Places: 1}})
	want := [][]string{
		{"20.0", "0.0", "0.0", "0.0", "0.0"},
		{"6.0", "14.0", "0.0", "0.0", "0.0"},
		{"6.0", "6.0", "6.0", "0.0", "2.0"},
		{"6.0", "6.0", "6.0", "0.0", "2.0"},
	}
	if len(s.Stages) != len(want) || !slices.Equal(s.Elected, []int{1, 2, 3}) {
		t.Fatalf("%v in %d stages", s.Elected, len(s.Stages))
	}
	for i, st := range s.Stages {
		if got := append(slices.Clone(st.Votes), st.Loss); !slices.Equal(got, want[i]) || st.Nontransferable != st.Loss {
			t.Errorf("stage %d: %v, want %v", i+1, got, want[i])
		}
	}
}

// TestRankedWords: rules that are written are read as the same, and what is no rule is refused.
func TestRankedWords(t *testing.T) {
	rules := tally.RankedRules{Over: tally.OverStanding, Skips: -1, EndRepeat: true, WriteIns: true, Ties: tally.TiesOrder, Minimum: 100,
		Batch: true, UntilTwo: true, FirstThreshold: true, Places: 5, Fractions: true, Hare: true, OneAStage: true, BottomsUp: true}
	words := strings.Split(rules.String(), ", ")
	if got, err := tally.ParseRanked(words); err != nil || got != rules || len(words) != len(tally.RankedWords) {
		t.Errorf("%v: %+v, %v", words, got, err)
	}
	if got := (tally.RankedRules{}).String(); got != "" {
		t.Errorf("no rules: %q", got)
	}
	for _, bad := range []string{"", "coin", "batch=1", "batch=", "skips", "skips=", "skips=x", "over", "minimum=99999999999999999999"} {
		if _, err := tally.ParseRanked([]string{bad}); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
	if _, err := tally.ParseRanked([]string{"batch", "batch"}); err == nil {
		t.Error("a rule is read twice")
	}
}
