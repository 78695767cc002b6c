package tally_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// peers are the names that the published vectors have for our methods and variants.
var peers = map[string][2]string{
	"Schulze Winning": {"schulze", "winning votes"}, "Schulze Margin": {"schulze", "margins"},
	"Ranked Pairs Winning": {"ranked-pairs", "winning votes"}, "Ranked Pairs Margin": {"ranked-pairs", "margins"},
	"Minimax Winning": {"minimax", "winning votes"}, "Minimax Margin": {"minimax", "margins"}, "Minimax Opposition": {"minimax", "opposition"},
	"KemenyYoung": {"kemeny", ""}, "Kemeny–Young": {"kemeny", ""},
	"Borda Count": {"borda", "average"}, "BordaCount": {"borda", "average"},
}

// textbook reads "A > B = C * 4" or "A ^ 4", a kind of papers a line.
func textbook(t testing.TB, names, lines []string) *tally.Election {
	t.Helper()
	e := &tally.Election{}
	for _, name := range names {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: name})
	}
	for _, line := range lines {
		weight := int64(1)
		if at := strings.LastIndexAny(line, "*^"); at >= 0 {
			n, err := strconv.ParseInt(strings.TrimSpace(line[at+1:]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			line, weight = line[:at], n
		}
		var marks []tally.Mark
		for level := range strings.SplitSeq(line, ">") {
			for i, name := range strings.Split(level, "=") {
				m := tally.Mark(e.Number(strings.TrimSpace(name)) - 1)
				if i > 0 {
					m |= tally.Same
				}
				marks = append(marks, m)
			}
		}
		if err := e.Papers.Add(marks, weight); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// TestCondorcetVectors compares rankings and winners with those of textbooks and papers.
func TestCondorcetVectors(t *testing.T) {
	var vectors []struct {
		ID                string
		Candidates, Votes []string
		Options           struct {
			Implicit bool `json:"implicit_ranking"`
		}
		Expect []struct {
			Method  string
			Ranking [][]string
			Winners []string
		}
	}
	published.JSON(t, published.Path(t, "condorcet", "vectors.json"), &vectors)
	right, all := 0, 0
	others := map[string]int{}
	for _, v := range vectors {
		for _, want := range v.Expect {
			method, ok := peers[want.Method]
			switch {
			case !ok:
				others[want.Method]++
				continue
			case !v.Options.Implicit: // papers that say nothing of whom they leave out, which no method here knows
				others[want.Method+" without those who are left out"]++
				continue
			}
			all++
			s := count(t, method[0], textbook(t, v.Candidates, v.Votes), tally.Options{Variant: method[1]})
			var got [][]string
			for _, level := range s.Ranking {
				var names []string
				for _, n := range level {
					names = append(names, s.Candidates[n-1])
				}
				slices.Sort(names)
				got = append(got, names)
			}
			if want.Ranking == nil {
				want.Ranking, got = [][]string{want.Winners}, got[:1]
			}
			if fmt.Sprint(got) != fmt.Sprint(want.Ranking) {
				t.Errorf("%s, %s: %v, want %v", v.ID, want.Method, got, want.Ranking)
				continue
			}
			right++
		}
	}
	t.Logf("condorcet/vectors.json: %d of %d results; not tried: %v", right, all, others)
}

// TestCondorcetWards compares matrices and rankings of real wards with those that CondorcetPHP computed.
func TestCondorcetWards(t *testing.T) {
	type ward struct {
		File     string
		Voters   int64
		Pairwise [][]int64
		Winner   *int `json:"condorcet_winner"`
		Rankings map[string][][]int
	}
	right, all, wards := map[string]int{}, map[string]int{}, published.Lines[ward](t, published.Path(t, "condorcet", "real.jsonl"))
	for _, want := range wards {
		e := read(t, published.Path(t, filepath.FromSlash(want.File)))
		for name, ranking := range want.Rankings {
			all[name]++
			method, ok := peers[name]
			if !ok {
				continue
			}
			s := count(t, method[0], e, tally.Options{Variant: method[1]})
			if s.Valid != want.Voters || fmt.Sprint(s.Matrix) != fmt.Sprint(want.Pairwise) {
				t.Errorf("%s: %d papers %v, want %d %v", want.File, s.Valid, s.Matrix, want.Voters, want.Pairwise)
			}
			if winner := strings.Contains(fmt.Sprint(s.Notes), "(a Condorcet winner)"); winner != (want.Winner != nil && *want.Winner > 0) {
				t.Errorf("%s: a Condorcet winner: %v, want %v", want.File, winner, want.Winner)
			}
			if fmt.Sprint(s.Ranking) != fmt.Sprint(ranking) {
				t.Errorf("%s, %s: %v, want %v", want.File, name, s.Ranking, ranking)
				continue
			}
			right[name]++
		}
	}
	t.Logf("condorcet/real.jsonl: %d wards; as published %v of %v", len(wards), right, all)
}

// devotee is a published result of a Debian vote.
type devotee struct {
	ID       string
	Options  []string
	Default  int `json:"default_option"`
	Ballots  int64
	Quorum   float64
	Pairwise [][]int64
	Majority []struct {
		Option int
		Ratio  float64 `json:"required_ratio"`
	}
	Dropped, Winners []int
	Defeats          [][3]int64
	Schwartz         []int `json:"schwartz_set"`
}

// election puts what the result says of the rules to the papers.
func (d devotee) election(e *tally.Election) *tally.Election {
	e.Default, e.Quorum = d.Default, int64(math.Ceil(d.Quorum))
	for _, m := range d.Majority {
		e.Candidates[m.Option-1].Ratio = int64(m.Ratio)
	}
	return e
}

// TestDebianVotes compares every figure of Debian's votes with what its own program published.
func TestDebianVotes(t *testing.T) {
	all := published.Files(t, "debian/*.json")
	right := published.Agree(t, all, filepath.Base, func(t *testing.T, file string) {
		var want devotee
		published.JSON(t, file, &want)
		s := count(t, "debian", want.election(read(t, strings.TrimSuffix(file, ".json")+".csv")), tally.Options{})
		var dropped, schwartz []int
		var defeats [][3]int64
		for i, st := range s.Stages {
			dropped = append(dropped, st.Excluded...)
			if st.Action != tally.Compare {
				continue
			}
			schwartz = st.Of
			// The program of early 2004 printed the defeats of options that it had dropped too.
			if printsAll := want.ID == "2004_gr_non_free"; i > 0 && st.Pairs != nil && !printsAll || i == 0 && printsAll {
				for _, p := range st.Pairs {
					defeats = append(defeats, [3]int64{p[0], p[1], s.Matrix[p[0]-1][p[1]-1] - s.Matrix[p[1]-1][p[0]-1]})
				}
			}
		}
		slices.Sort(dropped)
		byPair := func(a, b [3]int64) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(defeats, byPair)
		slices.SortFunc(want.Defeats, byPair)
		got := fmt.Sprint(s.Valid, s.Matrix, dropped, defeats, schwartz, s.Elected)
		if should := fmt.Sprint(want.Ballots, want.Pairwise, want.Dropped, want.Defeats, want.Schwartz, want.Winners); got != should {
			t.Errorf("%s\nwant %s", got, should)
		}
	})
	t.Logf("debian: %d of %d votes as published", right, len(all))
}
