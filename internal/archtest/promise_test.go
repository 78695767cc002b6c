package archtest

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// promises says for each line of the page of guarantees (practice.md §1.2) and of that of refusals (§1.3) which tests fail if the program ever
// breaks it. A test is named by its package. absent is the one of this package that looks for the thing itself.
var promises = map[string][]string{
	"floor.G1":  {"internal/ballot TestOneMemberOneVoteG1", absent},
	"floor.G2":  {"internal/member TestG2_NoPowerWithoutAnEnd", "internal/member TestG2_EveryPowerEndsByItself", "internal/election TestZeroHumanClock_6_2_1", "internal/archtest TestNoOtherWayToPower"},
	"floor.G3":  {"internal/petition TestG3_EveryRoleCanBeEnded", "internal/vacancy TestG3_CaretakersCanBeEnded"},
	"floor.G4":  {"internal/motion TestAnyMemberG4", "web TestProposalG4"},
	"floor.G5":  {"internal/election TestG5_WithoutAnyRole", "internal/founding TestFounderIsGoneOrSlow", absent},
	"floor.G6":  {"internal/ballot TestNothingIsDecidedWithoutABallotG6", "internal/ledger TestG7_TheRecordRefusesToBeRewritten"},
	"floor.G7":  {"internal/ledger TestG7_TheRecordRefusesToBeRewritten", "internal/verify TestTamper_6_2_10"},
	"floor.G8":  {"internal/ballot TestSecretWhereItMustBeG8", "internal/motion TestSecretG8"},
	"floor.G9":  {"web TestLeakSweep_6_2_4_G9_V03", "internal/export TestG09_NothingOfAnOpenBallot", "web TestElectionsTellNothingEarly"},
	"floor.G10": {"internal/petition TestG10_NobodyCountsAMatterAboutThemselves"},
	"floor.G11": {"internal/decision TestMinorityReportG11", "internal/export TestG11_DissentIsAlwaysThere"},
	"floor.G12": {absent},
	"floor.G13": {"internal/export TestG13_AnyMemberExports"},
	"floor.G14": {"internal/archtest TestG14_NobodyElseEndsAMembership", absent},
	"floor.G15": {"web TestLeakSweep_6_2_4_G9_V03", absent},
	"floor.G16": {"internal/archtest TestG16_RulesChangeInNoOtherWay", absent},
	"floor.G17": {"internal/member TestG17_FounderPowersEnd", "web TestG17_FounderPowersEndByDate", "internal/founding TestAdoptingTheRules", "internal/founding TestG17_ZeroHumanBeginnings_6_2_1", absent},
	"floor.G18": {"internal/ballot TestTieIsNotCarriedG18", absent},
	"floor.G19": {"internal/upkeep TestG19_WhatTheOperatorDoesIsInEveryGroupsRecord", "cmd/folkmoot TestG19_TheOperatorsCommandsAreInTheRecord"},
	"floor.G20": {"web TestG20_LeavingRemovesContactData", "web TestV27_LeavingEndsAccessAtOnce"},

	"refusal.1":  {"internal/ledger TestG7_TheRecordRefusesToBeRewritten", "internal/motion TestNobodyPutsTheVoteOff", "internal/ballot TestTieIsNotCarriedG18", absent},
	"refusal.2":  {"internal/member TestG2_NoPowerWithoutAnEnd", "internal/election TestZeroHumanClock_6_2_1", "internal/asset TestNobodyHoldsAKeyForEver", absent},
	"refusal.3":  {"internal/archtest TestNoOtherWayToPower", absent},
	"refusal.4":  {"internal/ledger TestG7_TheRecordRefusesToBeRewritten", absent},
	"refusal.5":  {"web TestLeakSweep_6_2_4_G9_V03", "internal/export TestG09_NothingOfAnOpenBallot"},
	"refusal.6":  {"web TestLeakSweep_6_2_4_G9_V03", absent},
	"refusal.7":  {absent},
	"refusal.8":  {"internal/motion TestStatementOrder", "internal/archtest TestNothingIsSortedByPopularity", absent},
	"refusal.9":  {"web TestLeakSweep_6_2_4_G9_V03", absent},
	"refusal.10": {absent},
	"refusal.11": {"internal/export TestG11_DissentIsAlwaysThere", "internal/decision TestMinorityReportG11"},
	"refusal.12": {"internal/archtest TestG14_NobodyElseEndsAMembership", absent},
	"refusal.13": {"internal/ballot TestOneMemberOneVoteG1", absent},
	"refusal.14": {absent},
	"refusal.15": {"internal/archtest TestG16_RulesChangeInNoOtherWay", absent},
	"refusal.16": {"internal/founding TestG17_ZeroHumanBeginnings_6_2_1", "internal/election TestZeroHumanClock_6_2_1", "internal/tally TestInquorateExactlyUnderTheQuorum", absent},
	"refusal.17": {"internal/archtest TestPages", "cmd/folkmoot TestJourney_6_2_14_NoThirdPartyRequests", absent},
	"refusal.18": {"internal/export TestG11_DissentIsAlwaysThere", "internal/export TestG13_AnyMemberExports", absent},
}

const absent = "internal/archtest TestWhatIsRefusedIsNotThere"

// TestEveryPromiseHasItsTests: each line that people read on the two pages has an entry, each entry a line, and each test that is named is there.
func TestEveryPromiseHasItsTests(t *testing.T) {
	var lines []string
	for id := range words(t) {
		if promise, ok := strings.CutSuffix(id, ".say"); ok && strings.HasPrefix(id, "floor.G") {
			lines = append(lines, promise)
		} else if strings.HasPrefix(id, "refusal.") {
			lines = append(lines, id)
		}
	}
	slices.Sort(lines)
	if listed := slices.Sorted(maps.Keys(promises)); !slices.Equal(lines, listed) || len(lines) != 38 {
		t.Errorf("the pages have the lines %v, and tests are named for %v", lines, listed)
	}
	there := namedTests(t)
	for line, tests := range promises {
		if len(tests) == 0 {
			t.Errorf("%s: nothing would notice", line)
		}
		for _, name := range tests {
			switch _, looks := refused[line]; {
			case !there[name]:
				t.Errorf("%s: there is no %s", line, name)
			case name == absent && !looks:
				t.Errorf("%s: nothing is looked for", line)
			}
		}
	}
	for line := range refused {
		if !slices.Contains(promises[line], absent) {
			t.Errorf("%s: what is looked for is not named", line)
		}
	}
}

// words is every sentence of the English catalogues.
func words(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob(root + "/internal/lang/en/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogues: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for id, v := range all {
			switch v := v.(type) {
			case string:
				out[id] = v
			case map[string]any: // by number
				for form, say := range v {
					s, _ := say.(string)
					out[id+" "+form] = s
				}
			}
		}
	}
	return out
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// namedTests is every test of the tree, by its package and name.
func namedTests(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	eachFile(t, func(name string, text []byte) {
		if strings.HasSuffix(name, "_test.go") {
			for _, m := range testFunc.FindAllSubmatch(text, -1) {
				out[path.Dir(name)+" "+string(m[1])] = true
			}
		}
	})
	return out
}
