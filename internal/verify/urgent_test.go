package verify

import (
	"testing"
	"time"
)

// TestForgedUrgent: what is agreed on in a room stands at once only if the notice said that it cannot wait, and whoever tells either otherwise is found out.
func TestForgedUrgent(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for name, x := range map[string]struct {
		notice, opened, provisional bool
		method, by                  string
		days                        int64
		ok                          bool
	}{
		"urgent, and it stands":                {true, true, false, "consensus", "m_a", 5, true},
		"not urgent, and provisional":          {false, false, true, "consensus", "m_a", 5, true},
		"urgent, and provisional":              {true, true, true, "consensus", "m_a", 5, false},
		"not urgent, and it stands":            {false, false, false, "consensus", "m_a", 5, false},
		"the notice did not say so":            {false, true, false, "consensus", "m_a", 5, false},
		"the notice said so, and not the call": {true, false, true, "consensus", "m_a", 5, false},
		"a vote":                               {true, true, false, "", "m_a", 5, false},
		"a vote on what was urgent":            {true, false, false, "", "m_a", 5, true},
		"a meeting that the rule called":       {true, true, false, "consensus", "", 5, false},
		"rules without days":                   {true, true, false, "consensus", "m_a", 0, false},
	} {
		b := newBook()
		b.rules[1] = rules{votes: voting{consensus: true, absentDays: x.days}}
		for _, ref := range []string{"m_a", "m_b", "m_c"} {
			b.people[ref] = &person{in: at.Add(-30 * day)}
		}
		m := &motion{meeting: "meeting/1"}
		b.motions["motion/1"] = m
		g := &gathering{ref: "meeting/1", kind: "ordinary"}
		b.assembly.meetings[g.ref] = g
		line := map[string]any{"item": int64(1), "kind": "proposal", "motion": "motion/1", "minutes": int64(5), "carried": int64(0), "since": at.Format(stamp)}
		if x.notice {
			line["urgent"] = true
		}
		ok := b.gathered(entry{by: x.by, at: at, data: object{"rulebook": int64(1), "items": []any{line}}}, g)
		opened := object{"meeting": g.ref, "rulebook": int64(1), "opens_at": at.Format(stamp), "call": map[string]any{"blocks": int64(1)}}
		if x.method != "" {
			opened["method"] = x.method
		}
		if x.opened {
			opened["urgent"] = true
		}
		ok = ok && !b.urgentWrong(opened, m)
		d := &decision{number: "2026-001", ballot: &ballot{opened: entry{data: opened}, closed: &entry{data: object{"outcome": "carried", "turnout": int64(2)}}}}
		says := object{}
		if x.provisional {
			says["provisional"] = true
		}
		if ok = ok && b.provisional(entry{at: at, data: says}, d) == nil; ok != x.ok {
			t.Errorf("%s: it holds: %v", name, ok)
		}
	}
}
