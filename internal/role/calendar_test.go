package role

import (
	"testing"
	"time"

	"folkmoot/internal/rulebook"
)

// TestCalendarOfATerm is the table of practice.md §2.12.5, and the same for the other presets.
func TestCalendarOfATerm(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 1, 20, 0, 0, 0, zone) // summer time begins and, for the longer terms, ends within
	for _, tt := range []struct {
		preset rulebook.Name
		days   int
		want   [10]int // days from the start, in the order of the fields that follow it
	}{
		{"A", 90, [10]int{30, 45, 63, 77, 69, 80, 83, 86, 90, 120}},
		{"B", 180, [10]int{60, 90, 138, 152, 159, 166, 173, 176, 180, 210}},
		{"B", 90, [10]int{30, 45, 48, 62, 69, 76, 83, 86, 90, 120}}, // half a term
		{"B", 30, [10]int{10, 15, 0, 2, 9, 16, 23, 26, 30, 60}},
		{"C", 365, [10]int{121, 182, 302, 316, 344, 344, 358, 361, 365, 395}},
	} {
		rules, ok := rulebook.Preset(tt.preset)
		if !ok {
			t.Fatal(tt.preset)
		}
		c := Dates(start, tt.days, rules)
		for i, at := range []time.Time{c.Understudy, c.Check, c.Ask, c.Nominations, c.Handover, c.Opens, c.Closes, c.Final, c.End, c.AdviserUntil} {
			if want := start.AddDate(0, 0, tt.want[i]); !at.Equal(want) || at.Hour() != 20 {
				t.Errorf("preset %s, %d days, date %d: %v, want %v", tt.preset, tt.days, i, at, want)
			}
		}
	}
}
