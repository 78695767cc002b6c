package verify

import (
	"maps"
	"testing"
)

// TestSentOnlineForged: proposals that a meeting sends online go only when too few are there, by whoever facilitates, all of them, and those alone.
func TestSentOnlineForged(t *testing.T) {
	type told struct {
		b *book
		m *gathering
		d object
		e entry
	}
	tell := func() told {
		b := newBook()
		m := &gathering{ref: "meeting/3", state: "session", quorum: 4, adopted: true, items: []int64{1, 2, 3}, now: 1}
		b.assembly.meetings[m.ref] = m
		b.eight()
		for id, it := range map[int64]*point{1: {kind: "proposal", motion: "motion/1", state: "now"}, 2: {kind: "proposal", motion: "motion/2", state: "waiting"}, 3: {kind: "topic", state: "waiting"}} {
			it.id, it.meeting = id, m.ref
			b.assembly.points[id] = it
		}
		for _, ref := range []string{"motion/1", "motion/2"} {
			b.motions[ref] = &motion{meeting: m.ref, versions: []version{{number: 1}}}
		}
		b.assembly.jobs["j_1"] = &held{of: m.ref, job: "facilitate", member: "m_ada"}
		d := object{"meeting": m.ref, "items": []any{int64(1), int64(2)}, "present": int64(2)}
		return told{b, m, d, entry{n: 1, kind: "meeting.online", of: m.ref, by: "m_ada", data: d}}
	}
	sent := func(x told, ref string) *Problem {
		return x.b.sentOnline(entry{n: 2, kind: "motion.sent_online", of: ref, data: object{"meeting": "meeting/3"}}, x.b.motions[ref])
	}
	ended := func(x told, how string) bool {
		return x.b.item(entry{n: 3, kind: "item.ended", of: x.m.ref, data: object{"item": int64(1), "how": how}})
	}
	x := tell()
	if !x.b.meets(x.e) || !ended(x, "online") || sent(x, "motion/1") != nil || sent(x, "motion/2") != nil || len(x.m.online) != 0 {
		t.Fatal("what is true does not hold")
	}
	if sent(x, "motion/2") == nil {
		t.Error("sent twice holds")
	}
	for name, forge := range map[string]func(x *told){
		"enough were there":          func(x *told) { x.m.enough = true },
		"nobody waited for others":   func(x *told) { x.b.lost(x.m, &x.e) },
		"as many as it takes":        func(x *told) { x.d["present"] = int64(4) },
		"somebody else sent them":    func(x *told) { x.e.by = "m_eve" },
		"one is kept back":           func(x *told) { x.d["items"] = []any{int64(1)} },
		"what is talked about stays": func(x *told) { x.d["items"] = []any{int64(2)} },
		"a topic":                    func(x *told) { x.d["items"] = []any{int64(1), int64(2), int64(3)} },
		"one twice":                  func(x *told) { x.d["items"] = []any{int64(1), int64(2), int64(2)} },
		"none":                       func(x *told) { x.d["items"] = []any{} },
		"one that was decided":       func(x *told) { x.b.motions["motion/2"].meeting = "" },
		"while people vote":          func(x *told) { x.m.open = 1 },
		"after the meeting":          func(x *told) { x.m.state = "closed" },
	} {
		x := tell()
		x.e.data = maps.Clone(x.d)
		x.d = x.e.data
		if forge(&x); x.b.meets(x.e) {
			t.Errorf("%s: it holds", name)
		}
	}
	x = tell()
	if sent(x, "motion/1") == nil {
		t.Error("a proposal that the meeting did not send holds")
	}
	x = tell()
	if !x.b.meets(x.e) || ended(x, "done") {
		t.Error("what was sent online is said to be done with")
	}
	over := func(x told) bool { // with nobody's job left
		x.b.assembly.jobs["j_1"].how = "meeting"
		return x.b.ended(x.m, entry{n: 4, data: object{"how": "closed", "left": []any{map[string]any{"item": int64(3), "next": int64(9)}}}})
	}
	for _, all := range []bool{true, false} {
		x = tell()
		if !x.b.meets(x.e) || !ended(x, "online") || sent(x, "motion/1") != nil || all && sent(x, "motion/2") != nil {
			t.Fatal("what is true does not hold")
		}
		if over(x) != all {
			t.Errorf("a meeting ends, with all proposals sent where it said: %v", all)
		}
	}
	x = tell()
	if ended(x, "online") {
		t.Error("an item goes online that was not sent there")
	}
}
