package verify

import (
	"testing"
	"time"
)

// TestWakingQuorum: three are enough only in an election, where the rules ask for more, or to end the group, and only in a vote that opens in
// a window that was recorded, long enough before, and had not ended.
func TestWakingQuorum(t *testing.T) {
	start := time.Date(2026, time.June, 1, 20, 0, 0, 0, time.UTC)
	told := func(b *book, kind string, at, opens time.Time) *Problem {
		return b.aboutRevival(entry{at: at, kind: kind, of: "revival/1", data: object{"opens": opens.Format(stamp), "closes": opens.Add(14 * day).Format(stamp)}})
	}
	branch := voting{least: 3}
	opening := func(active int64, by, method string) entry {
		return entry{data: object{"active": active, "quorum_by": by, "method": method}}
	}
	opens := start.Add(14 * day)
	for name, c := range map[string]struct {
		e      entry
		effect string
		at     time.Time
		want   int64
	}{
		"an election in the window":            {opening(20, "revival/1", "irv"), "", opens.Add(day), 3},
		"as it opens":                          {opening(20, "revival/1", "irv"), "", opens, 3},
		"a moment before":                      {opening(20, "revival/1", "irv"), "", opens.Add(-time.Millisecond), 5},
		"as it closes":                         {opening(20, "revival/1", "irv"), "", opens.Add(14 * day), 5},
		"by another notice":                    {opening(20, "revival/2", "irv"), "", opens.Add(day), 5},
		"without naming one":                   {opening(20, "", "irv"), "", opens.Add(day), 5},
		"a proposal":                           {opening(20, "revival/1", ""), "", opens.Add(day), 5},
		"ending a term":                        {opening(20, "revival/1", ""), "end_term", opens.Add(day), 5},
		"an election for which two are enough": {opening(3, "revival/1", "irv"), "", opens.Add(day), 2},
	} {
		b := newBook()
		if p := told(b, "revival.noticed", start, opens); p != nil {
			t.Fatal(p)
		}
		if got := b.quorum(c.e, branch.on(c.effect), c.effect, c.at); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	b := newBook()
	if p := told(b, "revival.noticed", start, opens); p != nil {
		t.Fatal(p)
	}
	end := branch.on("wind_up")
	for active, want := range map[int64]int64{3: 2, 8: 4, 20: 10, 100: 30, 500: 68} {
		if got := b.quorum(opening(active, "", ""), end, "wind_up", opens); got != want {
			t.Errorf("ending a group of %d takes %d, want %d", active, got, want)
		}
		if got := b.quorum(opening(active, "revival/1", ""), end, "wind_up", opens); got != 3 {
			t.Errorf("ending a sleeping group of %d takes %d, want 3", active, got)
		}
	}
	if p := told(b, "revival.noticed", start, opens); p == nil {
		t.Error("the same notice is given twice")
	}
	if p := told(newBook(), "revival.noticed", start, opens.Add(-day)); p == nil {
		t.Error("people are told too late")
	}
	if p := b.aboutRevival(entry{at: opens.Add(2 * day), kind: "revival.ended", of: "revival/1"}); p != nil {
		t.Error(p)
	}
	if before, after := b.quorum(opening(20, "revival/1", "irv"), branch, "", opens.Add(day)), b.quorum(opening(20, "revival/1", "irv"), branch, "", opens.Add(3*day)); before != 3 || after != 5 {
		t.Errorf("the notice ended after two days: %d on the first and %d on the third", before, after)
	}
	if p := b.aboutRevival(entry{kind: "revival.ended", of: "revival/1"}); p == nil {
		t.Error("a notice ends twice")
	}
}
