package tally_test

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// rctabConfig is what RCTab is told about a contest.
type rctabConfig struct {
	CvrFileSources []struct{ FilePath, UndeclaredWriteInLabel string }
	Candidates     []struct {
		Name     string
		Excluded bool
	}
	Rules struct {
		TiebreakMode, OvervoteRule, WinnerElectionMode                string
		NumberOfWinners, DecimalPlacesForVoteArithmetic               string
		MinimumVoteThreshold, MaxSkippedRanksAllowed                  string
		NonIntegerWinningThreshold, DoesFirstRoundDetermineThreshold  bool
		HareQuota, BatchElimination, ContinueUntilTwoCandidatesRemain bool
		ExhaustOnDuplicateCandidate                                   bool
	}
}

// rctabReport is what RCTab says came of it.
type rctabReport struct {
	Summary struct {
		FinalThreshold, TotalNumBallots string
		Undervotes                      int64
	}
	Results []struct {
		InactiveBallots map[string]string
		Tally           map[string]string
		TallyResults    []struct {
			Elected, Eliminated string
			Transfers           map[string]string
		}
		Threshold string
	}
}

const rctabWriteIns = "Undeclared Write-ins"

// rctabLots are what chance has decided: RCTab draws with the random numbers of Java, so its choice is taken as the lot.
var rctabLots = map[string][]string{
	"first_round_determines_threshold_test":           {"Haadoow, Hamza A."},
	"tiebreak_previous_round_counts_then_random_test": {"Dopey"},
}

// rctabBlank are papers without a mark that were in the workbook, by RCTab's summary, and that ballots.csv leaves out.
var rctabBlank = map[string]int64{"first_round_determines_threshold_test": 3}

func (c rctabConfig) options(t *testing.T, name string, e *tally.Election) (string, tally.Options) {
	number := func(s string) int {
		if s == "" {
			return 0
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	over := map[string]tally.OverRule{"exhaustImmediately": tally.OverEnds, "alwaysSkipToNextRank": tally.OverSkips, "exhaustIfMultipleContinuing": tally.OverStanding}
	ties := map[string]tally.TieRule{"random": tally.TiesLot, "useCandidateOrder": tally.TiesOrder, "previousRoundCountsThenRandom": tally.TiesEarlier}
	r := &tally.RankedRules{
		Over: over[c.Rules.OvervoteRule], Skips: number(c.Rules.MaxSkippedRanksAllowed), EndRepeat: c.Rules.ExhaustOnDuplicateCandidate,
		WriteIns: slices.ContainsFunc(c.CvrFileSources, func(s struct{ FilePath, UndeclaredWriteInLabel string }) bool { return s.UndeclaredWriteInLabel != "" }),
		Ties:     ties[c.Rules.TiebreakMode], Minimum: int64(number(c.Rules.MinimumVoteThreshold)),
	}
	o := tally.Options{Ranked: r, Seats: number(c.Rules.NumberOfWinners)}
	for _, who := range rctabLots[name] {
		o.Lots = append(o.Lots, e.Number(who)-1)
	}
	if o.Lots != nil {
		for i := range e.Candidates {
			if !slices.Contains(o.Lots, i) {
				o.Lots = append(o.Lots, i)
			}
		}
	}
	if c.Rules.WinnerElectionMode == "singleWinnerMajority" {
		r.Batch, r.UntilTwo, r.FirstThreshold = c.Rules.BatchElimination, c.Rules.ContinueUntilTwoCandidatesRemain, c.Rules.DoesFirstRoundDetermineThreshold
		return "irv", o
	}
	r.Places, r.Fractions, r.Hare = number(c.Rules.DecimalPlacesForVoteArithmetic), c.Rules.NonIntegerWinningThreshold, c.Rules.HareQuota
	r.OneAStage = c.Rules.WinnerElectionMode == "multiWinnerAllowOnlyOneWinnerPerRound"
	r.BottomsUp = c.Rules.WinnerElectionMode == "bottomsUp"
	return "us-stv", o
}

// election reads the papers, in whichever form they are there.
func (c rctabConfig) election(t *testing.T, dir string) *tally.Election {
	var cs []tally.Candidate
	var out []int
	for i, cand := range c.Candidates {
		cs = append(cs, tally.Candidate{Name: cand.Name})
		if cand.Excluded {
			out = append(out, i)
		}
	}
	e := &tally.Election{Candidates: cs}
	own := filepath.Join(dir, filepath.Base(c.CvrFileSources[0].FilePath))
	switch filepath.Ext(own) {
	case ".json":
		readCDF(t, own, e)
	case ".csv":
		readRankGrid(t, own, c.CvrFileSources[0].UndeclaredWriteInLabel, e)
	default:
		f, err := os.Open(filepath.Join(dir, "ballots.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if e, err = votefile.ReadRanks(f.Name(), f, cs); err != nil {
			t.Fatal(err)
		}
	}
	e.Withdrawn = out
	return e
}

// addRanks adds a paper on which each rank names so many.
func addRanks(t *testing.T, e *tally.Election, ranks map[int][]tally.Mark) {
	var marks []tally.Mark
	for rank := 1; len(ranks) > 0; rank++ {
		at := len(marks)
		for i, m := range ranks[rank] {
			if m.Names() && (slices.Contains(marks, m) || slices.Contains(marks, m|tally.Same)) {
				m = tally.Again
			}
			if i > 0 {
				m |= tally.Same
			}
			marks = append(marks, m)
		}
		if len(marks) == at {
			marks = append(marks, tally.Blank)
		}
		delete(ranks, rank)
	}
	if err := e.Papers.Add(marks, 1); err != nil {
		t.Fatal(err)
	}
}

// readCDF reads cast vote records in the common data format of NIST.
func readCDF(t *testing.T, file string, e *tally.Election) {
	var in struct {
		CVR []struct {
			CVRSnapshot []struct {
				CVRContest []struct {
					CVRContestSelection []struct {
						ContestSelectionID string `json:"ContestSelectionId"`
						SelectionPosition  []struct{ Rank int }
					}
				}
			}
		}
		Election []struct {
			Candidate []struct {
				ID   string `json:"@id"`
				Name string
			}
			Contest []struct {
				ContestSelection []struct {
					ID           string   `json:"@id"`
					CandidateIDs []string `json:"CandidateIds"`
				}
			}
		}
	}
	published.JSON(t, file, &in)
	names, selections := map[string]string{}, map[string]tally.Mark{}
	for _, c := range in.Election[0].Candidate {
		names[c.ID] = c.Name
	}
	for _, s := range in.Election[0].Contest[0].ContestSelection {
		selections[s.ID] = tally.Mark(e.Number(names[s.CandidateIDs[0]]) - 1)
	}
	for _, cvr := range in.CVR {
		ranks := map[int][]tally.Mark{}
		for _, s := range cvr.CVRSnapshot[0].CVRContest[0].CVRContestSelection {
			for _, p := range s.SelectionPosition {
				ranks[p.Rank] = append(ranks[p.Rank], selections[s.ContestSelectionID])
			}
		}
		addRanks(t, e, ranks)
	}
}

// readRankGrid reads a table with a column for each candidate and a line for each paper, from the fourth column on.
func readRankGrid(t *testing.T, file, writeIn string, e *tally.Election) {
	text := published.Text(t, file)
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		ranks := map[int][]tally.Mark{}
		for i, cell := range line[3:] {
			if cell == "" {
				continue
			}
			m := tally.Undeclared
			if name := lines[0][i+3]; name != writeIn {
				m = tally.Mark(e.Number(name) - 1)
			}
			rank, err := strconv.Atoi(cell)
			if err != nil {
				t.Fatal(err)
			}
			ranks[rank] = append(ranks[rank], m)
		}
		addRanks(t, e, ranks)
	}
}

// sum adds decimal figures.
func sum(t fataler, figures ...string) *big.Rat {
	total := new(big.Rat)
	for _, f := range figures {
		if f == "" {
			continue
		}
		r, ok := new(big.Rat).SetString(f)
		if !ok {
			t.Fatalf("%q is no figure", f)
		}
		total.Add(total, r)
	}
	return total
}

// rctabName is the name of an election with the file.
func rctabName(file string) string { return filepath.Base(filepath.Dir(file)) }

// TestRCTab counts the elections that come with RCTab by the rules that it is told, and compares every figure of every round: votes,
// threshold, papers that count no longer and why, what is lost by cutting off, and who is elected and excluded.
func TestRCTab(t *testing.T) {
	all := published.Files(t, "rctab/*/expected_detailed_report*.json")
	cells := 0
	right := published.Agree(t, all, rctabName, func(t *testing.T, file string) {
		var config rctabConfig
		var want rctabReport
		published.JSON(t, file, &want)
		published.JSON(t, filepath.Join(filepath.Dir(file), "config.json"), &config)
		name := rctabName(file)
		e := config.election(t, filepath.Dir(file))
		if n := rctabBlank[name]; n > 0 {
			add(t, e, nil, n)
		}
		method, o := config.options(t, name, e)
		cells += compareRCTab(t, count(t, method, e, o), want)
	})
	t.Logf("rctab: %d of %d elections as RCTab reports them, %d figures", right, len(all), cells)
}

func compareRCTab(t *testing.T, s *tally.Sheet, want rctabReport) (cells int) {
	equal := func(what, got, want string) {
		cells++
		if sum(t, got).Cmp(sum(t, want)) != 0 {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	var never tally.Ended
	if s.Rejected != nil {
		never = *s.Rejected
	}
	equal("papers without a mark", never.Blank, strconv.FormatInt(want.Summary.Undervotes, 10))
	equal("all papers", sum(t, strconv.FormatInt(s.Valid, 10), never.Blank, never.Exhausted, never.Over, never.Skipped, never.Repeated).RatString(), want.Summary.TotalNumBallots)
	equal("threshold", s.Quota, want.Summary.FinalThreshold)
	if len(s.Stages) != len(want.Results) {
		t.Fatalf("%d stages, want %d", len(s.Stages), len(want.Results))
	}
	lost := new(big.Rat)
	for i, st := range s.Stages {
		want := want.Results[i]
		at := fmt.Sprintf("round %d, ", i+1)
		for c, name := range s.Candidates {
			equal(at+name, st.Votes[c], want.Tally[name])
		}
		equal(at+"write-ins", st.Undeclared, want.Tally[rctabWriteIns])
		equal(at+"threshold", st.Quota, want.Threshold)
		ended := tally.Ended{Exhausted: sum(t, st.Nontransferable).Sub(sum(t, st.Nontransferable), sum(t, st.Loss)).FloatString(6)}
		if st.Ended != nil {
			ended = *st.Ended
		}
		equal(at+"exhausted", sum(t, ended.Exhausted, never.Exhausted).FloatString(6), want.InactiveBallots["exhaustedChoices"])
		equal(at+"over-voted", sum(t, ended.Over, never.Over).FloatString(6), want.InactiveBallots["overvotes"])
		equal(at+"skipped", sum(t, ended.Skipped, never.Skipped).FloatString(6), want.InactiveBallots["skippedRankings"])
		equal(at+"repeated", sum(t, ended.Repeated, never.Repeated).FloatString(6), want.InactiveBallots["repeatedRankings"])
		equal(at+"last surplus", ended.Surplus, want.InactiveBallots["finalRoundSurplus"])
		equal(at+"lost", st.Loss, lost.FloatString(6))
		var elected, out []string
		for _, r := range want.TallyResults {
			elected, out = append(elected, r.Elected), append(out, r.Eliminated)
			lost.Add(lost, sum(t, r.Transfers["residual surplus"]))
		}
		sameNames(t, at+"elected", s, st.Elected, elected)
		if last := i == len(s.Stages)-1; !last || len(st.Elected) == 0 { // RCTab does not say who of the last two lost a tie
			sameNames(t, at+"excluded", s, st.Excluded, out)
		}
		cells += 2
	}
	return cells
}

// sameNames compares candidates, in any order, with names.
func sameNames(t *testing.T, what string, s *tally.Sheet, cs []int, want []string) {
	t.Helper()
	var got []string
	for _, c := range cs {
		got = append(got, s.Candidates[c-1])
	}
	want = slices.DeleteFunc(slices.Clone(want), func(n string) bool { return n == "" || n == rctabWriteIns })
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
