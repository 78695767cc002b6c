package tally_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// TestIRVVectors counts the textbook examples that say what instant run-off makes of them.
func TestIRVVectors(t *testing.T) {
	var vectors []struct {
		ID                string
		Candidates, Votes []string
		Expect            []struct {
			Method  string
			Ranking [][]string
		}
	}
	published.JSON(t, published.Path(t, "condorcet", "vectors.json"), &vectors)
	// CondorcetPHP leaves these two on one level, where a count that must elect somebody draws lots: A and B have half each.
	drawn := map[string]bool{"InstantRunoff/result equality": true, "InstantRunoff/result tie breaking": true}
	// It breaks other ties by pairs of candidates. Whom it excludes so is taken as the first of the lots.
	first := map[string]string{"InstantRunoff/result 3": "sue", "InstantRunoff/result tie breaking": "D"}
	all, right := 0, 0
	for _, v := range vectors {
		for _, want := range v.Expect {
			if want.Method != "InstantRunoff" {
				continue
			}
			all++
			e := irvVector(t, v.Candidates, v.Votes)
			if name, ok := first[v.ID]; ok {
				e.Lots = []int{e.Number(name) - 1}
			}
			s := count(t, "irv", e, tally.Options{})
			var got [][]string
			for i, level := range s.Ranking {
				var names []string
				for _, n := range level {
					names = append(names, s.Candidates[n-1])
				}
				if got = append(got, names); i == 1 && drawn[v.ID] {
					got = [][]string{append(got[0], names...)}
					slices.Sort(got[0])
				}
			}
			if drawn[v.ID] != slices.ContainsFunc(s.Ties, func(t tally.Tie) bool { return t.Stage == len(s.Stages) && t.By != tally.ByEarlier }) {
				t.Errorf("%s: ties %+v", v.ID, s.Ties)
			}
			if fmt.Sprint(got) != fmt.Sprint(want.Ranking) {
				t.Errorf("%s: %v, want %v", v.ID, got, want.Ranking)
				continue
			}
			right++
		}
	}
	t.Logf("condorcet: %d of %d vectors of instant run-off as published", right, all)
}

// TestBurlington counts the elections of the mayor of Burlington, Vermont. The city excluded together all who could not catch up,
// and its figures, of which these are the widely known, are met only if a rank that was given to several counts for the one of them
// who is left: Kurt Wright's last figure, and Hinda Miller's, have such a paper in them.
func TestBurlington(t *testing.T) {
	dir := published.Path(t, "preflib", "00005-burlington")
	if dir == "" {
		return
	}
	for _, want := range []struct {
		file  string
		names []string
		votes [][]string
		ended []int64 // papers that count for nobody
	}{
		{"00005-00000001.toi", []string{"Bob Kiss", "Hinda Miller", "Kevin J. Curley"}, [][]string{{"3809", "3106", "2609"}, {"4761", "3986", "0"}}, nil},
		{"00005-00000002.toi", []string{"Bob Kiss", "Kurt Wright", "Andy Montroll", "Dan Smith"},
			[][]string{{"2585", "2951", "2063", "1306"}, {"2981", "3294", "2554", "0"}, {"4313", "4061", "0", "0"}}, []int64{4, 151, 606}},
	} {
		e := read(t, filepath.Join(dir, want.file))
		s := count(t, "irv", e, tally.Options{Ranked: &tally.RankedRules{Batch: true, Over: tally.OverStanding}})
		if who := s.Candidates[s.Elected[0]-1]; who != "Bob Kiss" || len(s.Stages) != len(want.votes) {
			t.Errorf("%s: %s is elected in %d stages", want.file, who, len(s.Stages))
			continue
		}
		for i, st := range s.Stages {
			for c, name := range want.names {
				if got := st.Votes[e.Number(name)-1]; got != want.votes[i][c] {
					t.Errorf("%s, stage %d: %s has %s, want %s", want.file, i+1, name, got, want.votes[i][c])
				}
			}
			if want.ended != nil && sum(t, st.Nontransferable, strconv.FormatInt(e.Papers.Total()-s.Valid-want.ended[i], 10)).Sign() != 0 {
				t.Errorf("%s, stage %d: %s and %d of %d papers count for nobody, want %d", want.file, i+1, st.Nontransferable, e.Papers.Total()-s.Valid, e.Papers.Total(), want.ended[i])
			}
		}
		plain := count(t, "irv", e, tally.Options{})
		if !slices.Equal(plain.Elected, s.Elected) {
			t.Errorf("%s: one by one %v are elected, together %v", want.file, plain.Elected, s.Elected)
		}
	}
	t.Log("preflib: 2 elections of a mayor of Burlington counted")
}
