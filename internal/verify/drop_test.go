package verify

import "testing"

// TestTakenOverForged: a job goes over because a connection dropped only to somebody who has a job in the meeting, at once, and as the same job.
func TestTakenOverForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(ended, begun *entry)) []entry {
		es := met(t)
		chair, taker := es[nth(t, es, "job.begun", m3, 1)], es[nth(t, es, "job.begun", m3, 2)]
		at := len(es) - 1
		who := taker.data.str("member")
		ended := entry{n: es[at].n, at: es[at].at, stamp: es[at].stamp, by: who, kind: "job.ended", of: m3, data: object{"term": chair.data.str("term"), "how": "dropped"}}
		begun := entry{n: es[at].n, at: es[at].at, stamp: es[at].stamp, by: who, kind: "job.begun", of: m3, data: object{
			"term": "j_new", "job": chair.data.str("job"), "member": who, "shadow": false, "caps": chair.data.str("caps"), "begins": es[at].stamp, "ends": chair.data.str("ends"), "cause": m3, "how": "taken_over",
		}}
		if chair.data.str("job") != "facilitate" || who == chair.data.str("member") {
			t.Fatal("the first job is not to facilitate")
		}
		forge(&ended, &begun)
		return append(es, ended, begun)
	}
	if n, p := firstBroken(with(func(_, _ *entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(ended, begun *entry){
		"by nobody":          func(ended, begun *entry) { ended.by, begun.by = "", "" },
		"by who facilitated": func(ended, _ *entry) { es := met(t); ended.by = es[nth(t, es, "job.begun", m3, 1)].data.str("member") },
		"by who has no job":  func(ended, begun *entry) { ended.by, begun.by = "m_elsewhere", "m_elsewhere" },
		"somebody else has it": func(_, begun *entry) {
			begun.data["member"] = met(t)[nth(t, met(t), "job.begun", m3, 1)].data.str("member")
		},
		"another job":       func(_, begun *entry) { begun.data["job"] = "vice" },
		"to learn":          func(_, begun *entry) { begun.data["shadow"], begun.data["caps"] = true, "" },
		"drawn, it is said": func(_, begun *entry) { begun.data["how"] = "drawn" },
		"of a job that is no power": func(ended, _ *entry) {
			es := met(t)
			ended.data["term"] = es[nth(t, es, "job.begun", m3, 3)].data.str("term")
		},
		"it never ended, as it is told": func(ended, _ *entry) { ended.data["how"] = "meeting" },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
}
