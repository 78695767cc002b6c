package verify

import (
	"bytes"
	"encoding/hex"
	"maps"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/sortition"
)

// lost has an entry come a minute too soon after too few were there.
func (b *book) lost(m *gathering, e *entry) {
	b.rules[1] = rules{votes: voting{quorumWait: 15}}
	e.at = time.Date(2026, 11, 1, 19, 30, 0, 0, time.UTC)
	m.few = e.at.Add(-14 * time.Minute)
}

// eight has a group have eight members, Ada and Bo among them, and rules that have half of those who are active make a quorum.
func (b *book) eight() {
	b.within, b.rules[1] = 8, rules{votes: voting{half: true}}
	for _, who := range []string{"m_ada", "m_bo", "m_cy", "m_di", "m_eli", "m_flo", "m_gus", "m_hal"} {
		b.people[who] = &person{}
	}
}

// TestAdjournedForged: a meeting goes on at another date only where too few were there, its time was over, or those who were there voted for it; and with nothing of the sitting before.
func TestAdjournedForged(t *testing.T) {
	at := time.Date(2026, 11, 1, 19, 30, 0, 0, time.UTC)
	type told struct {
		b *book
		m *gathering
		e entry
	}
	tell := func() told {
		b := newBook()
		m := &gathering{ref: "meeting/3", state: "session", kind: "ordinary", quorum: 4, present: 2, most: 2, ordered: true, adopted: true, drawn: true, items: []int64{1}, now: 1, opens: at.Add(-time.Hour), stop: at.Add(time.Hour)}
		b.assembly.meetings[m.ref] = m
		b.assembly.points[1] = &point{id: 1, kind: "topic", meeting: m.ref, state: "now"}
		b.eight()
		b.assembly.jobs["j_1"] = &held{of: m.ref, job: "facilitate", member: "m_ada"}
		b.assembly.jobs["j_2"] = &held{of: m.ref, job: "note", member: "m_bo"}
		return told{b, m, entry{n: 2, kind: "meeting.adjourned", of: m.ref, by: "m_ada", at: at, data: object{
			"meeting": m.ref, "sitting": int64(2), "why": "few", "present": int64(2), "opens": at.Add(48 * time.Hour).Format(stamp), "stop": at.Add(50 * time.Hour).Format(stamp),
			"jobs_commit": digest([]byte("next")),
		}}}
	}
	pauses := func(x told) bool {
		return x.b.item(entry{n: 1, kind: "item.ended", of: x.m.ref, by: "m_ada", data: object{"item": int64(1), "how": "waiting"}})
	}
	ends := func(x told, term string) bool {
		return x.b.job(entry{n: 3, kind: "job.ended", of: x.m.ref, data: object{"term": term, "how": "adjourned"}})
	}
	began := func(x told) bool {
		return x.b.meets(entry{n: 4, kind: "meeting.began", of: x.m.ref, by: "m_ada", at: x.m.opens, data: object{"present": int64(5), "active": int64(8), "quorum": int64(4), "enough": true}})
	}
	goes := func(x told, member, job string) bool {
		return x.b.job(entry{n: 5, kind: "job.begun", of: x.m.ref, data: object{
			"term": "j_3" + job, "job": job, "member": member, "caps": powerOf[job], "begins": x.m.opens.Format(stamp), "ends": x.m.opens.Add(time.Hour).Format(stamp), "cause": x.m.ref, "how": "went_on",
		}, at: x.m.opens})
	}
	x := tell()
	if !pauses(x) || !x.b.meets(x.e) || !ends(x, "j_1") || !ends(x, "j_2") || !began(x) || !goes(x, "m_ada", "facilitate") || x.b.assembly.points[1].state != "waiting" {
		t.Fatal("what is true does not hold")
	}
	for outcome, waits := range map[string]bool{"carried": false, "not_carried": false, "inquorate": true} {
		x := tell()
		bal := &ballot{opened: entry{data: object{"meeting": x.m.ref}}, closed: &entry{data: object{"outcome": outcome}}}
		x.b.motions["motion/1"], x.b.assembly.points[1] = &motion{rounds: []*ballot{bal}}, &point{id: 1, kind: "proposal", motion: "motion/1", meeting: x.m.ref, state: "now"}
		if pauses(x) != waits {
			t.Errorf("a proposal that is %s waits for the next sitting: %v", outcome, !waits)
		}
	}
	if goes(x, "m_ada", "facilitate") || goes(x, "m_ada", "note") {
		t.Error("a job goes on twice, or with somebody who had another")
	}
	for name, forge := range map[string]func(x *told){
		"enough were there":        func(x *told) { x.m.enough = true },
		"nobody waited for others": func(x *told) { x.b.lost(x.m, &x.e) },
		"as many as it takes":      func(x *told) { x.e.data["present"] = int64(4) },
		"somebody else did it":     func(x *told) { x.e.by = "m_bo" },
		"nobody did it":            func(x *told) { x.e.by = "" },
		"before its time was over": func(x *told) { x.e.data["why"] = "time" },
		"by a vote there was not":  func(x *told) { x.e.data["why"], x.e.by = "move", "" },
		"for no reason":            func(x *told) { x.e.data["why"] = "" },
		"a sitting is left out":    func(x *told) { x.e.data["sitting"] = int64(3) },
		"it ends before it begins": func(x *told) { x.e.data["stop"] = at.Format(stamp) },
		"in the past":              func(x *told) { x.e.data["opens"] = at.Add(-time.Minute).Format(stamp) },
		"in a year": func(x *told) {
			x.e.data["opens"], x.e.data["stop"] = at.AddDate(1, 0, 0).Format(stamp), at.AddDate(1, 0, 1).Format(stamp)
		},
		"without a lot promised":    func(x *told) { x.e.data["jobs_commit"] = "" },
		"while people vote":         func(x *told) { x.m.open = 1 },
		"something is talked about": func(x *told) { x.m.now = 1 },
		"after the meeting":         func(x *told) { x.m.state = "closed" },
	} {
		x := tell()
		if !pauses(x) {
			t.Fatal("an item cannot wait")
		}
		x.e.data = maps.Clone(x.e.data)
		if forge(&x); x.b.meets(x.e) {
			t.Errorf("%s: it holds", name)
		}
	}
	x = tell()
	x.b.askings[1] = &asking{meeting: x.m.ref, kind: "adjourn", state: "voting"}
	if x.e.by, x.e.data["why"] = "", "move"; !pauses(x) || !x.b.meets(x.e) {
		t.Error("those who were there voted for it, and it does not hold")
	}
	x = tell()
	if ends(x, "j_1") {
		t.Error("a job ends as of an adjourned meeting that sits")
	}
	x = tell()
	if !pauses(x) || !x.b.meets(x.e) || !ends(x, "j_1") || began(x) {
		t.Error("it goes on while somebody has a job of the sitting before")
	}
	x = tell()
	over := func(how string) bool {
		return x.b.ended(x.m, entry{n: 4, data: object{"how": how, "most": int64(2), "left": []any{map[string]any{"item": int64(1), "next": int64(9)}}}})
	}
	if !pauses(x) || over("closed") {
		t.Error("a meeting ends whose item is said to wait for its next sitting")
	}
	for how, good := range map[string]bool{"closed": true, "unheld": false} {
		x = tell()
		if !pauses(x) || !x.b.meets(x.e) || !ends(x, "j_1") || !ends(x, "j_2") || over(how) != good {
			t.Errorf("nobody goes on with it, and it is %s: it holds: %v", how, !good)
		}
	}
}

// TestTalkOnlyForged: it is whoever facilitates who notes that a meeting talks only, once, with too few there.
func TestTalkOnlyForged(t *testing.T) {
	for name, forge := range map[string]func(b *book, m *gathering, e *entry){
		"":                      func(*book, *gathering, *entry) {},
		"enough were there":     func(_ *book, m *gathering, _ *entry) { m.enough = true },
		"nobody waited":         (*book).lost,
		"as many as it takes":   func(_ *book, _ *gathering, e *entry) { e.data["present"] = int64(4) },
		"somebody else says so": func(_ *book, _ *gathering, e *entry) { e.by = "m_eve" },
		"twice":                 func(_ *book, m *gathering, _ *entry) { m.talks = true },
		"while people vote":     func(_ *book, m *gathering, _ *entry) { m.open = 1 },
		"before the meeting":    func(_ *book, m *gathering, _ *entry) { m.state = "called" },
	} {
		b, m := newBook(), &gathering{ref: "meeting/3", state: "session", quorum: 4}
		b.eight()
		b.assembly.meetings[m.ref] = m
		b.assembly.jobs["j_1"] = &held{of: m.ref, job: "facilitate", member: "m_ada"}
		e := entry{n: 1, kind: "meeting.talk", of: m.ref, by: "m_ada", data: object{"present": int64(2)}}
		if forge(b, m, &e); b.meets(e) != (name == "") {
			t.Errorf("%q: it holds: %v", name, name != "")
		}
	}
}

// TestWaitsForged: in a second sitting the lot leaves a job out that waits for whoever had it: that it was had, that they would do nothing now, and that the wait is not over.
func TestWaitsForged(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	opens := time.Date(2026, 11, 1, 19, 0, 0, 0, time.UTC)
	tell := func() (b *book, m *gathering, e entry) {
		b = newBook()
		m = &gathering{ref: "meeting/3", state: "session", jobsCommit: sortition.Commitment(secret), sittings: 1, opens: opens, paused: map[string]bool{"note m_bo": true, "door m_ada": true, "facilitate m_cy": true}}
		b.assembly.meetings[m.ref] = m
		b.rules[1] = rules{votes: voting{quorumWait: 15}}
		for _, who := range []string{"m_ada", "m_bo", "m_cy"} {
			b.people[who] = &person{}
		}
		b.assembly.jobs["j_1"] = &held{of: m.ref, job: "door", member: "m_ada"} // she goes on with it
		would := func(who string) any {
			jobs := []any{}
			for _, job := range []string{"facilitate", "note"} {
				jobs = append(jobs, map[string]any{"job": job, "same": int64(0), "any": int64(0)})
			}
			return map[string]any{"member": who, "would": jobs}
		}
		return b, m, entry{n: 9, kind: "meeting.jobs", of: m.ref, at: opens.Add(time.Minute), data: object{
			"secret": hex.EncodeToString(secret), "pool": []any{would("m_ada"), would("m_cy")}, "waits": []any{"note"},
		}}
	}
	b, m, e := tell()
	if !b.meets(e) || slices.ContainsFunc(m.hires, func(h hire) bool { return h.job == "note" }) || len(m.hires) == 0 {
		t.Fatalf("what is true does not hold: %+v", m.hires)
	}
	for name, forge := range map[string]func(m *gathering, e *entry){
		"who had it would do something": func(m *gathering, _ *entry) { m.paused = map[string]bool{"note m_cy": true} },
		"nobody had it":                 func(m *gathering, _ *entry) { delete(m.paused, "note m_bo") },
		"it goes on":                    func(_ *gathering, e *entry) { e.data["waits"] = []any{"door"} },
		"nobody takes it later":         func(m *gathering, e *entry) { m.paused["vice m_bo"], e.data["waits"] = true, []any{"vice"} },
		"there is no such job":          func(_ *gathering, e *entry) { e.data["waits"] = []any{"tea"} },
		"twice":                         func(_ *gathering, e *entry) { e.data["waits"] = []any{"note", "note"} },
		"the wait is over":              func(_ *gathering, e *entry) { e.at = opens.Add(15 * time.Minute) },
	} {
		b, m, e := tell()
		if forge(m, &e); b.meets(e) {
			t.Errorf("%s: it holds", name)
		}
	}
}

// TestTakenForged: a job is taken by who takes it, while nobody does it, and from who is gone only to be taken at once.
func TestTakenForged(t *testing.T) {
	at := time.Date(2026, 11, 1, 19, 30, 0, 0, time.UTC)
	tell := func() (b *book, m *gathering, ends, begins entry) {
		b, m = newBook(), &gathering{ref: "meeting/3", state: "session", drawn: true}
		b.assembly.meetings[m.ref] = m
		b.people["m_ada"], b.people["m_bo"] = &person{}, &person{}
		b.assembly.jobs["j_1"] = &held{of: m.ref, job: "note", member: "m_ada"}
		ends = entry{n: 1, kind: "job.ended", of: m.ref, by: "m_bo", at: at, data: object{"term": "j_1", "how": "gone"}}
		begins = entry{n: 2, kind: "job.begun", of: m.ref, by: "m_bo", at: at, data: object{
			"term": "j_2", "job": "note", "member": "m_bo", "caps": "note", "begins": at.Format(stamp), "ends": at.Add(time.Hour).Format(stamp), "cause": m.ref, "how": "taken_over",
		}}
		return b, m, ends, begins
	}
	b, _, ends, begins := tell()
	if !b.job(ends) || !b.job(begins) {
		t.Fatal("what is true does not hold")
	}
	b, _, _, begins = tell()
	b.assembly.jobs["j_1"].how = "left"
	if !b.job(begins) {
		t.Error("what nobody does cannot be taken")
	}
	b, _, _, begins = tell()
	if b.job(begins) {
		t.Error("two have the job")
	}
	for name, forge := range map[string]func(ends, begins *entry){
		"by who has it":       func(ends, _ *entry) { ends.by = "m_ada" },
		"by nobody":           func(ends, _ *entry) { ends.by = "" },
		"somebody else's":     func(_, begins *entry) { begins.data["member"] = "m_ada" },
		"another job":         func(_, begins *entry) { begins.data["job"], begins.data["caps"] = "door", "door" },
		"it is handed to one": func(_, begins *entry) { begins.data["how"] = "handed_over" },
	} {
		b, _, ends, begins := tell()
		if forge(&ends, &begins); b.job(ends) && b.job(begins) {
			t.Errorf("%s: it holds", name)
		}
	}
	b, _, ends, _ = tell()
	b.assembly.jobs["j_1"].job = "facilitate"
	if b.job(ends) {
		t.Error("whoever facilitates is taken over from as if they took notes")
	}
}
