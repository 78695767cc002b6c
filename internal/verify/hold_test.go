package verify

import (
	"testing"
	"time"
)

// TestForgedHold: a call is held open for whoever blocks within the time that there is for that, and no vote is; whoever tells it otherwise is found out.
func TestForgedHold(t *testing.T) {
	opens := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	closes := opens.Add(time.Minute)
	for name, x := range map[string]struct {
		method, why string
		at, until   time.Duration // since it opened
		before      time.Duration // until when it was held open before; 0: it was not
		ok          bool
	}{
		"for whoever blocks":        {"consensus", "block", 50 * time.Second, 170 * time.Second, 0, true},
		"once more":                 {"consensus", "block", 160 * time.Second, 280 * time.Second, 170 * time.Second, true},
		"a vote":                    {"", "block", 50 * time.Second, 170 * time.Second, 0, false},
		"for longer than there is":  {"consensus", "block", 50 * time.Second, 171 * time.Second, 0, false},
		"for less than it had":      {"consensus", "block", 50 * time.Second, 55 * time.Second, 0, false},
		"when it is over":           {"consensus", "block", 60 * time.Second, 170 * time.Second, 0, false},
		"for ever":                  {"consensus", "block", 539 * time.Second, 541 * time.Second, 540 * time.Second, false},
		"to the end of all":         {"consensus", "block", 500 * time.Second, 540 * time.Second, 510 * time.Second, true},
		"for lost connections":      {"consensus", "connections", 50 * time.Second, 90 * time.Second, 0, true},
		"for them, and for as long": {"consensus", "connections", 50 * time.Second, 170 * time.Second, 0, false},
		"for them, after a block":   {"consensus", "connections", 160 * time.Second, 200 * time.Second, 170 * time.Second, false},
	} {
		opened := object{"meeting": "meeting/1", "opens_at": opens.Format(stamp), "closes_at": closes.Format(stamp)}
		if x.method != "" {
			opened["method"] = x.method
		}
		b := newBook()
		bal := &ballot{opened: entry{data: opened}, motion: &motion{}, end: closes}
		b.ballots["ballot/1"] = bal
		if x.before > 0 {
			bal.end, bal.more = opens.Add(x.before), []int64{1}
		}
		e := entry{of: "ballot/1", at: opens.Add(x.at), data: object{"why": x.why, "closes_at": opens.Add(x.until).Format(stamp)}}
		if got := b.extended(e) == nil; got != x.ok {
			t.Errorf("%s: it holds: %v", name, got)
		}
	}
}
