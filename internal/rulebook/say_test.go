package rulebook

import (
	"testing"

	"folkmoot/internal/lang"

	"github.com/google/go-cmp/cmp"
)

func TestHowToChangeNamesTheTiersTerms(t *testing.T) {
	for _, tt := range []struct {
		preset Name
		tier   int
		id     string
		quorum any
	}{
		{Affinity, 1, "rule.tier.1.change.consensus", 5},
		{Branch, 1, "rule.tier.1.change", 5},
		{Federation, 1, "rule.tier.1.change.delegates", 5},
		{Branch, 2, "rule.tier.2.change", 3},
		{Branch, 3, "rule.tier.3.change", nil},
		{Branch, 0, "rule.tier.0.change", nil},
	} {
		got := preset(t, tt.preset).HowToChange(tt.tier, 9)
		if got.ID != tt.id || got.Args["Quorum"] != tt.quorum {
			t.Errorf("%s, tier %d: %v", tt.preset, tt.tier, got)
		}
	}
	need := preset(t, Affinity).HowToChange(TierConstitution, 9).Args["Share"].(lang.Msg)
	if diff := cmp.Diff(lang.M("rule.share", "Num", 3, "Den", 4), need); diff != "" {
		t.Error(diff)
	}
	for n, want := range map[Name]int{Affinity: 7, Branch: 7, Federation: 14} {
		if got := preset(t, n).StandingOrdersNotice(); got != want {
			t.Errorf("%s: %d days' notice for standing orders, want %d", n, got, want)
		}
	}
}
