package verify

import "testing"

// TestStoppedBeforeItOpened: a vote that was to be held again is stopped with its group before it opens, and then never opens; for no other
// reason, not twice, and not where nobody announced it.
func TestStoppedBeforeItOpened(t *testing.T) {
	announced := entry{kind: "ballot.announced", of: "ballot/b_1"}
	stopped := func(why string) entry {
		return entry{kind: "ballot.stopped", of: "ballot/b_1", data: object{"reason": why}}
	}
	for name, c := range map[string]struct {
		entries []entry
		want    string
	}{
		"with its group":          {[]entry{announced, stopped("archived")}, ""},
		"for another reason":      {[]entry{announced, stopped("key_lost")}, "verify.no_opening"},
		"nobody announced it":     {[]entry{stopped("archived")}, "verify.no_opening"},
		"twice":                   {[]entry{announced, stopped("archived"), stopped("archived")}, "verify.no_opening"},
		"announced twice":         {[]entry{announced, announced}, "verify.entry"},
		"announced once stopped":  {[]entry{announced, stopped("archived"), announced}, "verify.entry"},
		"it is opened after that": {[]entry{announced, stopped("archived"), {kind: "ballot.opened", of: "ballot/b_1"}}, "verify.entry"},
		"it is closed after that": {[]entry{announced, stopped("archived"), {kind: "ballot.closed", of: "ballot/b_1"}}, "verify.no_opening"},
	} {
		b, got := newBook(), ""
		for i, e := range c.entries {
			if p := b.aboutBallot(e); p != nil && (i < len(c.entries)-1 || got != "") {
				t.Fatalf("%s: entry %d: %v", name, i, p)
			} else if p != nil {
				got = p.ID
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
