package tally_test

import (
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

// TestSentences: what a sheet says is true of one paper, one candidate and the default option too.
func TestSentences(t *testing.T) {
	const one = "1 1\n1 1 0\n0\n\"Ann\"\n\"\"\n"
	wantSaid(t, tally.Options{}, []saying{
		{"irv", one, "More than half of 1 paper that counts is 1."},
		{"approval", one, "\n1. 1 paper, which approves everybody it names. Elected:"},
		{"phragmen", one, "the only supporter is the first who can pay for a place,"},
		{"majority", "2 1\n1 1 0\n0\n\"For\" \"Against\"\n\"\"\n", "At least 1 for was needed"},
		{"schulze", one, "\n1. Only Ann stands, on 1 paper, so there is nobody to be compared with.\n"},
		{"schulze", one, "\n2. There are no chains of won contests. Ann is elected.\n"},
		{"minimax", one, "\n1. Only Ann stands, on 1 paper, so there is nobody to be compared with.\n"},
		{"ranked-pairs", one, "so there is nobody to be compared with. Ann is elected.\n"},
		{"cfer", "6 3\n9 1 3 0\n8 2 4 0\n2 3 0\n2 4 0\n1 5 0\n1 6 0\n0\n\"A\" \"B\" \"C\" \"D\" \"E\" \"F\"\n\"\"\n",
			"is passed on. The surpluses of a round are passed on in the order of the list, which changes nothing of what anybody gets."},
	})
}

// TestLastTwoAlike: of two who are left with as many papers, the one whom the lot elects does not have more.
func TestLastTwoAlike(t *testing.T) {
	e := blt(t, "3 1\n4 1 0\n4 2 0\n3 3 0\n0\n\"A\" \"B\" \"C\"\n\"\"\n")
	got := written(t, count(t, "irv", e, tally.Options{Ranked: &tally.RankedRules{FirstThreshold: true}}))
	if want := " A is elected, as one of the last two, who have as many papers.\n   Tie (election): A and B stood alike. A was elected,"; !strings.Contains(got, want) {
		t.Errorf("%q is not in\n%s", want, got)
	}
}

// TestDebianSaysWhatIsNeeded: by how much each option has its majority or misses it, and that nothing is adopted where the default wins.
func TestDebianSaysWhatIsNeeded(t *testing.T) {
	e := blt(t, "4 1\n4 1 2 4 3 0\n2 4 1 2 3 0\n2 3 4 1 2 0\n0\n\"Park\" \"Shed\" \"Hall\" \"Neither\"\n\"\"\n")
	e.Default, e.Quorum, e.Candidates[1].Ratio = 4, 3, 3
	got := written(t, count(t, "debian", e, tally.Options{}))
	for _, w := range []string{
		" An option stays if at least 3 papers prefer it to Neither. Park has 4 and stays. Shed has 4 and stays. Hall has 2 and is dropped.\n",
		" Park has 4 to 4, which is not more, and is dropped. Shed needs 3 to 1, has 4 to 4 and is dropped.\n",
		"\nNeither is the default option, so none of the others is adopted.\n",
	} {
		if !strings.Contains(got, w) {
			t.Errorf("%q is not in\n%s", w, got)
		}
	}
	e.Quorum, e.Candidates[1].Ratio = 1, 2
	if err := e.Papers.Add([]tally.Mark{1, 3}, 5); err != nil {
		t.Fatal(err)
	}
	got = written(t, count(t, "debian", e, tally.Options{}))
	for _, w := range []string{" An option stays if at least 1 paper prefers it to Neither.", " Shed needs 2 to 1, has 9 to 4 and stays."} {
		if !strings.Contains(got, w) || strings.Contains(got, "none of the others is adopted") {
			t.Errorf("%q is not in\n%s", w, got)
		}
	}
}

// TestGreedySaysWhatDecides: where the cost is part of it, votes or points for a thousand of it.
func TestGreedySaysWhatDecides(t *testing.T) {
	e := &tally.Election{Budget: 100_00, Unit: 100, Candidates: []tally.Candidate{{Name: "Hall", Cost: 90_00}, {Name: "Path", Cost: 30_00}, {Name: "Tree"}}}
	for _, p := range []struct {
		marks  []tally.Mark
		scores []int32
	}{{[]tally.Mark{0, 1}, []int32{5, 2}}, {[]tally.Mark{0, 1}, []int32{-6, 2}}, {[]tally.Mark{0, 2}, []int32{0, 1}}} {
		if err := e.Papers.AddScored(p.marks, p.scores, 1); err != nil {
			t.Fatal(err)
		}
	}
	for variant, want := range map[string][]string{
		"votes":           {"1. Hall is bought for 90.00: it is next with 3 votes. Of", "2. Path, with 2 votes, costs 30.00."},
		"votes-per-cost":  {"1. Tree is bought for 0.00: it is next with 1 vote and costs nothing. Of", "it is next with 2 votes, 66.666666 for each 1,000 of its cost. Of", "3. Hall, with 3 votes, 33.333333 for each 1,000 of its cost, costs 90.00."},
		"points-per-cost": {"it is next with 4 points, 133.333333 for each 1,000 of its cost. Of", "3. Hall, with -1 points, -11.111111 for each 1,000 of its cost, costs 90.00."},
	} {
		got := written(t, count(t, "greedy", e, tally.Options{Variant: variant}))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in\n%s", variant, w, got)
			}
		}
	}
}

// TestTablesOfWideNames: signs that take up two places are counted so, and the figures stand below one another.
func TestTablesOfWideNames(t *testing.T) {
	const want = `   No.  Candidate   Approvals
     1  王小明              3  elected
     2  Bo 🎉               2
     3  Anna-Luisa          1
`
	s := count(t, "approval", blt(t, "3 1\n3 1 0\n2 2 0\n1 3 0\n0\n\"王小明\" \"Bo 🎉\" \"Anna-Luisa\"\n\"\"\n"), tally.Options{})
	if got := written(t, s); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}
