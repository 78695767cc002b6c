package verify

import (
	"testing"
	"time"

	"folkmoot/internal/rulebook"
)

// TestTwoReadingsOfTheRulesAgree: what is computed here from a version of the rules is what the program goes by, for every
// preset, with each value that matters, and every size of group. Neither knows the other.
func TestTwoReadingsOfTheRulesAgree(t *testing.T) {
	n := 0
	try := func(r rulebook.Rules) {
		t.Helper()
		n++
		v, p := readVoting(string(r.Canonical()))
		if p != nil {
			t.Fatalf("%v: %s", p, r.Canonical())
		}
		m := r.MotionMajority()
		if v.rule.num("num") != m.Num || v.rule.num("den") != m.Den || v.rule.flag("strict") != m.Strict || v.rule.str("base") != string(m.Base) {
			t.Errorf("the majority is %v here and %v there", v.rule, m)
		}
		for active := range 400 {
			if got, want := v.quorum(int64(active)), int64(r.Quorum(active)); got != want {
				t.Fatalf("of %d active members %d are enough here and %d there, by %s", active, got, want, r.Canonical())
			}
		}
		for _, active := range []int{9999, 10_000, 374_000, 1_000_000, 2_147_483_647} {
			if got, want := v.quorum(int64(active)), int64(r.Quorum(active)); got != want {
				t.Errorf("of %d active members %d are enough here and %d there", active, got, want)
			}
		}
	}
	for _, name := range []rulebook.Name{"A", "B", "C"} {
		r, ok := rulebook.Preset(name)
		if !ok {
			t.Fatalf("no preset %s", name)
		}
		try(r)
		sameWindows(t, r)
		for _, by := range []rulebook.Word{rulebook.HalfOfActive, rulebook.ByQ, rulebook.ThirdOfDelegates} {
			for _, least := range []int{2, 3, 17, 30} {
				q := r
				q.QuorumBy = rulebook.QuorumRules{Rule: by, Min: least}
				try(q)
			}
		}
		for _, decide := range []rulebook.Word{rulebook.Consensus, rulebook.Majority, rulebook.DelegateMajority} {
			for _, f := range []rulebook.Fraction{{}, {Num: 2, Den: 3}, {Num: 9, Den: 10}} {
				q := r
				q.DecideDefault, q.Consensus.Fallback = decide, f
				try(q)
			}
		}
	}
	if n != 3*(1+12+9) {
		t.Errorf("%d versions were tried", n)
	}
}

func sameWindows(t *testing.T, r rulebook.Rules) {
	v, p := readVoting(string(r.Canonical()))
	if p != nil {
		t.Fatal(p)
	}
	for _, name := range []string{"UTC", "Pacific/Auckland", "America/St_Johns", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for h := range 24 * 400 / 7 {
			at := time.Date(2026, 3, 2, 9+7*h, 30, 0, 0, time.UTC)
			if !v.fits(at, r.BallotWindow(at, zone)) {
				t.Fatalf("a vote from %v to %v in %s is refused", at, r.BallotWindow(at, zone), zone)
			}
		}
	}
}
