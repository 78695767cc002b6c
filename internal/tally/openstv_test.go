package tally_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

// openSTV is a count by OpenSTV 1.7, a round after each batch of papers.
type openSTV struct {
	Count                [][]string
	Exhausted, Threshold []string
	Messages             []string
	Winners              []int
}

// openSTVFiles returns the elections that OpenSTV has counted, each with its counts by rule.
func openSTVFiles(t *testing.T, dir string, each func(id string, e *tally.Election, want func(rule string) openSTV)) {
	for _, file := range files(t, filepath.Join(dir, "openstv", "*.json")) {
		var counts struct{ ERS97STV, NIrelandSTV, ScottishSTV openSTV }
		expected(t, file, &counts)
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		ballots := filepath.Join(dir, "scottish", "ballots", id+".blt")
		if id == "ers97" {
			ballots = filepath.Join(dir, "ers97", "ers97.blt")
		}
		each(id, read(t, ballots), func(rule string) openSTV {
			return map[string]openSTV{"ers97": counts.ERS97STV, "n-ireland": counts.NIrelandSTV, "scottish": counts.ScottishSTV}[rule]
		})
	}
}

// rounds returns the stages as OpenSTV counts them, where each part of a stage is a round.
func rounds(s *tally.Sheet, parts bool) []tally.Stage {
	var out []tally.Stage
	for _, st := range s.Stages {
		if parts && len(st.Substages) > 0 {
			out = append(out, st.Substages...)
		} else {
			out = append(out, st)
		}
	}
	return out
}

// endsEarlier are the elections in which SI 1985/454 rule 52(2) elects somebody to the last place, at the stage with the number,
// because they have as many votes as all others together. OpenSTV does not know that rule and goes on excluding. Where the rule
// ends an exclusion half way, the figures of the stage differ too.
var endsEarlier = map[string]struct {
	stage   int
	halfWay bool
}{
	"clackmannanshire_2022_ward3":   {6, false},
	"dundee_2017_ward8":             {5, false},
	"edinburgh_2022_ward6":          {3, true},
	"fife_2022_ward15":              {4, true},
	"midlothian_2017_ward5":         {3, true},
	"north_lanarkshire_2017_ward12": {5, false},
	"stirling_2017_ward4":           {6, true},
	"west_lothian_2022_ward3":       {5, true},
}

// TestOpenSTV compares every round of the 16 elections that OpenSTV has counted by three rules: votes, exhausted and threshold.
func TestOpenSTV(t *testing.T) {
	dir := votes(t)
	if dir == "" {
		return
	}
	for _, rule := range []string{"ers97", "n-ireland", "scottish"} {
		right, all, figures, early := 0, 0, 0, 0
		openSTVFiles(t, dir, func(id string, e *tally.Election, want func(string) openSTV) {
			w, s := want(rule), count(t, rule, e, tally.Options{})
			got := rounds(s, rule == "ers97")
			all++
			failed := false
			fail := func(format string, args ...any) {
				failed = true
				t.Errorf("%s, %s: "+format, append([]any{rule, id}, args...)...)
			}
			if rule == "n-ireland" && endsEarlier[id].stage != 0 {
				early++
				w.Count = w.Count[:endsEarlier[id].stage]
				if endsEarlier[id].halfWay {
					got, w.Count = got[:len(got)-1], w.Count[:len(w.Count)-1]
				}
			}
			if len(got) != len(w.Count) {
				fail("%d rounds, want %d", len(got), len(w.Count))
			}
			for i := range min(len(got), len(w.Count)) {
				threshold := got[i].Quota
				if rule == "ers97" {
					threshold = got[i].Needed
				} else if rule == "scottish" {
					threshold = s.Quota + ".00000"
				}
				if !slices.Equal(got[i].Votes, w.Count[i]) || got[i].Nontransferable != w.Exhausted[i] || threshold != w.Threshold[i] {
					fail("round %d: %v %s %s\nwant %v %s %s", i+1, got[i].Votes, got[i].Nontransferable, threshold, w.Count[i], w.Exhausted[i], w.Threshold[i])
					break
				}
				figures += len(got[i].Votes) + 2
			}
			if !slices.Equal(slices.Sorted(slices.Values(s.Elected)), w.Winners) {
				fail("%v elected, want %v", s.Elected, w.Winners)
			}
			if !failed {
				right++
			}
		})
		t.Logf("%s: %d of %d elections as OpenSTV counts them, %d figures; %d end earlier by a rule that it does not know", rule, right, all, figures, early)
	}
}
