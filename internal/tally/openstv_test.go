package tally_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// openSTV is a count by OpenSTV 1.7, a round after each batch of papers.
type openSTV struct {
	Count                [][]string
	Exhausted, Threshold []string
	Messages             []string
	Winners              []int
}

// openSTVCount is an election, and what OpenSTV makes of it by each rule.
type openSTVCount struct {
	id                                            string
	blt                                           string
	ERS97STV, NIrelandSTV, ScottishSTV, MeekNZSTV openSTV
}

func (c openSTVCount) name() string { return c.id }

// openSTVCounts returns the elections that OpenSTV has counted.
func openSTVCounts(t *testing.T) (out []openSTVCount) {
	for _, file := range published.Files(t, "openstv/*.json") {
		c := openSTVCount{id: strings.TrimSuffix(filepath.Base(file), ".json")}
		published.JSON(t, file, &c)
		c.blt = published.Path(t, "scottish", "ballots", c.id+".blt")
		if c.id == "ers97" {
			c.blt = published.Path(t, "ers97", "ers97.blt")
		}
		out = append(out, c)
	}
	return out
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
	all := openSTVCounts(t)
	for _, rule := range []struct {
		method string
		count  func(openSTVCount) openSTV
	}{
		{"ers97", func(c openSTVCount) openSTV { return c.ERS97STV }},
		{"n-ireland", func(c openSTVCount) openSTV { return c.NIrelandSTV }},
		{"scottish", func(c openSTVCount) openSTV { return c.ScottishSTV }},
	} {
		figures, early := 0, 0
		right := published.Agree(t, all, openSTVCount.name, func(t *testing.T, c openSTVCount) {
			w, s := rule.count(c), count(t, rule.method, read(t, c.blt), tally.Options{})
			got := rounds(s, rule.method == "ers97")
			if ends := endsEarlier[c.id]; rule.method == "n-ireland" && ends.stage != 0 {
				early++
				w.Count = w.Count[:ends.stage]
				if ends.halfWay {
					got, w.Count = got[:len(got)-1], w.Count[:len(w.Count)-1]
				}
			}
			if len(got) != len(w.Count) {
				t.Fatalf("%d rounds, want %d", len(got), len(w.Count))
			}
			for i, got := range got {
				threshold := got.Quota
				switch rule.method {
				case "ers97":
					threshold = got.Needed
				case "scottish":
					threshold = s.Quota + ".00000"
				}
				if !slices.Equal(got.Votes, w.Count[i]) || got.Nontransferable != w.Exhausted[i] || threshold != w.Threshold[i] {
					t.Fatalf("round %d: %v %s %s\nwant %v %s %s", i+1, got.Votes, got.Nontransferable, threshold, w.Count[i], w.Exhausted[i], w.Threshold[i])
				}
				figures += len(got.Votes) + 2
			}
			if !slices.Equal(sorted(s.Elected), w.Winners) {
				t.Errorf("%v elected, want %v", s.Elected, w.Winners)
			}
		})
		t.Logf("%s: %d of %d elections as OpenSTV counts them, %d figures; %d end earlier by a rule that it does not know", rule.method, right, len(all), figures, early)
	}
}
