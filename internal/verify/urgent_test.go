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

// TestNotUrgentForged: by a vote of those who are there what the notice called urgent is so no more, while it is talked about and not decided; from then on a call that says that it is does not hold.
func TestNotUrgentForged(t *testing.T) {
	at := time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)
	tell := func() (b *book, m *gathering, es []entry) {
		b, m = newBook(), &gathering{ref: "meeting/1", state: "session", items: []int64{1, 2}, now: 1}
		b.assembly.meetings[m.ref] = m
		b.motions["motion/1"], b.motions["motion/2"] = &motion{meeting: m.ref}, &motion{meeting: m.ref}
		b.assembly.points[1] = &point{id: 1, kind: "proposal", motion: "motion/1", meeting: m.ref, state: "now", urgent: true}
		b.assembly.points[2] = &point{id: 2, kind: "proposal", motion: "motion/2", meeting: m.ref, state: "waiting", urgent: true}
		for i, d := range []object{
			{"kind": "not_urgent", "item": int64(1), "ready": false},
			{"support": int64(2), "ready": true},
			{"entitled": int64(8), "opens": at.Format(stamp), "closes": at.Add(moveVote).Format(stamp), "needs": "simple"},
			{"for": int64(4), "against": int64(3), "how": "carried", "item": int64(1)},
		} {
			d["meeting"], d["move"] = m.ref, int64(5)
			es = append(es, entry{n: int64(i + 1), kind: "move." + []string{"made", "supported", "put", "decided"}[i], of: m.ref, at: at, data: d})
		}
		es[0].by = "m_ada"
		return b, m, es
	}
	call := object{"meeting": "meeting/1", "call": map[string]any{"blocks": int64(1)}, "method": "consensus"}
	for name, forge := range map[string]func(b *book, m *gathering, es []entry){
		"":                            nil,
		"nobody supports it":          func(_ *book, _ *gathering, es []entry) { es[1].data["ready"] = false },
		"as many against":             func(_ *book, _ *gathering, es []entry) { es[3].data["against"] = int64(4) },
		"by two thirds":               func(_ *book, _ *gathering, es []entry) { es[2].data["needs"] = "two_thirds" },
		"of nothing":                  func(_ *book, _ *gathering, es []entry) { delete(es[3].data, "item") },
		"of what is not talked about": func(_ *book, _ *gathering, es []entry) { es[3].data["item"] = int64(2) },
		"of what was never urgent":    func(b *book, _ *gathering, _ []entry) { b.assembly.points[1].urgent = false },
		"while there is a call on it": func(_ *book, m *gathering, _ []entry) { m.open = 1 },
		"of what was agreed on": func(b *book, m *gathering, _ []entry) {
			b.motions["motion/1"].rounds = []*ballot{{opened: entry{data: object{"meeting": m.ref}}, closed: &entry{data: object{"outcome": "carried"}}}}
		},
	} {
		b, m, es := tell()
		if forge != nil {
			forge(b, m, es)
		}
		ok := true
		for _, e := range es {
			ok = ok && b.aboutMove(e) == nil
		}
		if ok != (name == "") {
			t.Errorf("%q: it holds: %v", name, ok)
		}
		if !ok {
			continue
		}
		call["urgent"] = true
		if !b.urgentWrong(call, b.motions["motion/1"]) || b.urgentWrong(call, b.motions["motion/2"]) {
			t.Error("a call does not say rightly what is urgent, and it holds")
		}
		if delete(call, "urgent"); b.urgentWrong(call, b.motions["motion/1"]) {
			t.Error("a call on what is not urgent any more does not hold")
		}
	}
}
