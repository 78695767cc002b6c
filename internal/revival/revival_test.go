package revival

import (
	"testing"
	"time"

	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"

	"pgregory.net/rapid"
)

func TestAsleep(t *testing.T) {
	now := time.Date(2027, time.March, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		p    Pulse
		want Why
	}{
		{"decided lately", Pulse{Since: now.Add(-89 * day), Active: 3}, ""},
		{"decided 90 days ago", Pulse{Since: now.Add(-90 * day), Active: 30}, Undecided},
		{"a moment less", Pulse{Since: now.Add(-90*day + time.Millisecond), Active: 30}, ""},
		{"nobody proposes, and people are elected", Pulse{Since: now.Add(-200 * day), Active: 5, Elected: true}, ""},
		{"two are active", Pulse{Since: now, Active: 2}, Few},
		{"two are active, and elected", Pulse{Since: now.Add(-200 * day), Active: 2, Elected: true}, Few},
		{"nobody is active", Pulse{Since: now.Add(-200 * day)}, Few},
	} {
		if got := tt.p.Asleep(now); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestShiftLosesNobodyTime: however long nothing ran, what was to come keeps its distance from when the clock should have looked.
func TestShiftLosesNobodyTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)
		rules, ok := rulebook.Preset(rapid.SampledFrom(rulebook.Names()).Draw(t, "preset"))
		if !ok {
			t.Fatal("no such preset")
		}
		was := plan(member.Group{Zone: time.UTC}, rules, Few, start, start)
		if was.Opens.Sub(start) < Notice || was.Closes.Sub(was.Opens) != 2*time.Duration(rules.OnlineVoteHours)*time.Hour || was.Archives.Sub(was.Closes) != Grace {
			t.Fatalf("planned %+v", was)
		}
		was.due = start.Add(time.Duration(rapid.Int64Range(0, int64(150*day)).Draw(t, "due")))
		lost := time.Duration(rapid.Int64Range(int64(late), int64(400*day)).Draw(t, "lost"))
		is := was.shift(was.due.Add(lost))
		for _, at := range [][2]time.Time{{was.Opens, is.Opens}, {was.Closes, is.Closes}, {was.Archives, is.Archives}} {
			want := at[0]
			if !want.Before(was.due) {
				want = want.Add(lost)
			}
			if !at[1].Equal(want) {
				t.Fatalf("due at %v and looked at %v later: %v became %v", was.due, lost, at[0], at[1])
			}
		}
		if !is.Opens.Before(is.Closes) || !is.Closes.Before(is.Archives) {
			t.Fatalf("out of order: %+v", is)
		}
	})
}
