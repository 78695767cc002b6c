package verify

import (
	"testing"
	"time"
)

// sessionAt is a meeting under way in which Ada keeps the door and Bo takes notes, and for whose door Cy has made codes.
func sessionAt(state string) (*book, *gathering) {
	b := newBook()
	m := &gathering{ref: "meeting/1", state: state, quorum: 3, codesBy: "m_cy"}
	b.assembly.meetings[m.ref] = m
	b.within = 6
	b.people["m_ada"], b.people["m_bo"], b.people["m_cy"] = &person{}, &person{}, &person{}
	b.assembly.jobs["j_1"] = &held{of: m.ref, job: "door", member: "m_ada"}
	b.assembly.jobs["j_2"] = &held{of: m.ref, job: "note", member: "m_bo"}
	b.assembly.jobs["j_3"] = &held{of: m.ref, job: "door", member: "m_bo", shadow: true}
	return b, m
}

// said is an entry on who others have noted as there.
func said(kind, how, by string, noted int64) entry {
	return refusing(kind, how, by, noted, 0)
}

// refusing is said, where so many have said that they are not there.
func refusing(kind, how, by string, noted, refused int64) entry {
	d := object{"meeting": "meeting/1", "how": how, "noted": noted, "present": int64(4), "refused": refused}
	if how == "typed" || how == "code" {
		d["codes_by"] = "m_cy"
	}
	return entry{n: 1, kind: "meeting." + kind, of: "meeting/1", by: by, at: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), data: d}
}

// TestNotedForged: who is noted as there by somebody else is noted by whoever has the door or by codes that somebody made, is counted one by one, and is taken back by nobody else than can.
func TestNotedForged(t *testing.T) {
	b, m := sessionAt("called")
	for i, e := range []entry{
		said("noted", "code", "", 1), refusing("unnoted", "self", "", 0, 1), refusing("noted", "code", "", 1, 1), {},
		refusing("noted", "name", "m_ada", 2, 1), refusing("noted", "typed", "m_ada", 3, 1), refusing("unnoted", "door", "m_ada", 2, 1), refusing("unnoted", "device", "", 1, 1),
		said("unnoted", "came", "", 1), refusing("unnoted", "late", "", 1, 1), {},
		refusing("unnoted", "late", "", 0, 2),
	} {
		if e.kind == "" {
			switch m.state {
			case "called":
				m.state = "session"
			default:
				m.state, m.noted = "closed", 0
			}
			continue
		}
		if !b.meets(e) {
			t.Fatalf("what is true does not hold: %d, %+v", i, e)
		}
	}
	if m.most != 4 {
		t.Errorf("%d were there at once", m.most)
	}
	for m.denied < m.notes {
		m.denied++
	}
	if b.meets(refusing("unnoted", "late", "", 0, 2)) {
		t.Error("more say that they were not there than were noted")
	}
	less := func(e entry, name string) entry { delete(e.data, name); return e }
	with := func(e entry, name string, v any) entry { e.data[name] = v; return e }
	for name, f := range map[string]struct {
		state  string
		before int64 // are noted
		e      entry
	}{
		"by nobody":                            {"session", 0, said("noted", "name", "", 1)},
		"by who takes notes":                   {"session", 0, said("noted", "name", "m_bo", 1)},
		"by a stranger":                        {"session", 0, said("noted", "name", "m_eve", 1)},
		"before it begins, by name":            {"called", 0, said("noted", "name", "m_ada", 1)},
		"after it is over":                     {"closed", 0, said("noted", "code", "", 1)},
		"one more than that":                   {"session", 0, said("noted", "name", "m_ada", 2)},
		"one fewer than that":                  {"session", 1, said("noted", "name", "m_ada", 1)},
		"none, it is said":                     {"session", 1, said("noted", "code", "", 0)},
		"no number":                            {"session", 0, less(said("noted", "code", "", 1), "noted")},
		"in no way":                            {"session", 0, said("noted", "", "", 1)},
		"by a code, somebody typed it":         {"session", 0, said("noted", "code", "m_ada", 1)},
		"typed where who takes notes is":       {"session", 0, said("noted", "typed", "m_bo", 1)},
		"by codes of somebody else":            {"session", 0, with(said("noted", "code", "", 1), "codes_by", "m_bo")},
		"by name, and by codes":                {"session", 0, with(said("noted", "name", "m_ada", 1), "codes_by", "m_cy")},
		"taken back by who takes notes":        {"session", 1, said("unnoted", "door", "m_bo", 0)},
		"taken back, and it says by whom":      {"session", 1, said("unnoted", "self", "m_bo", 0)},
		"found a device, and it says who":      {"session", 1, said("unnoted", "device", "m_bo", 0)},
		"taken back, and as many are":          {"session", 1, said("unnoted", "self", "", 1)},
		"taken back where nobody was noted":    {"session", 0, said("unnoted", "device", "", -1)},
		"taken back by the door after it":      {"closed", 1, said("unnoted", "door", "m_ada", 0)},
		"later, and it says who":               {"closed", 0, said("unnoted", "late", "m_bo", 0)},
		"later, where nobody was noted":        {"closed", 0, said("unnoted", "late", "", 0)},
		"taken back in a way there is not":     {"session", 1, said("unnoted", "left", "", 0)},
		"fewer than nobody are there, it is":   {"session", 0, with(said("noted", "code", "", 1), "present", int64(-1))},
		"came who had not said they were not":  {"session", 0, with(said("unnoted", "came", "", 0), "refused", int64(-1))},
		"taken back, and can be noted again":   {"session", 1, said("unnoted", "self", "", 0)},
		"taken back once, and it counts twice": {"session", 1, refusing("unnoted", "self", "", 0, 2)},
		"more are there than are members":      {"session", 0, with(said("noted", "code", "", 1), "present", int64(7))},
		"a million are there":                  {"session", 1, with(said("unnoted", "device", "", 0), "present", int64(1_000_000))},
		"one is noted, and nobody is there":    {"session", 0, with(said("noted", "name", "m_ada", 1), "present", int64(0))},
		"more are noted than are there":        {"session", 5, with(said("noted", "name", "m_ada", 6), "present", int64(5))},
	} {
		b, m := sessionAt(f.state)
		m.noted, m.notes = f.before, f.before
		if b.meets(f.e) {
			t.Errorf("%s: it holds", name)
		}
	}
	b, m = sessionAt("session")
	m.noted, m.notes = 4, 4
	b.left(entry{data: object{"member": "m_cy"}}) // who was one of them; the record does not tell it of them
	if e := said("unnoted", "device", "", 3); !b.meets(with(e, "present", int64(2))) {
		t.Error("one of those who were noted has left the group: it does not hold")
	}
	b, m = sessionAt("session")
	if m.codesBy = ""; b.meets(said("noted", "code", "", 1)) {
		t.Error("by codes that nobody made: it holds")
	}
	b, m = sessionAt("session")
	m.noted, m.notes, m.denied = 1, 1, 1
	if b.meets(said("unnoted", "self", "", 0)) {
		t.Error("more say that they are not there than were noted: it holds")
	}
}

// TestNotedAgainForged: who has said that they are not there is not noted again. The record names nobody: but of those who said so it says how many, and with those who are there they cannot be
// more than the group has members.
func TestNotedAgainForged(t *testing.T) {
	took := func() (*book, *gathering) { // two of six have said that they are not there, and the four others are
		b, m := sessionAt("session")
		m.noted, m.notes = 3, 3
		for i := range int64(2) {
			if e := refusing("unnoted", "self", "", 2-i, i+1); !b.meets(e) {
				t.Fatalf("what is true does not hold: %+v", e)
			}
		}
		return b, m
	}
	again := func(present, refused int64) entry {
		e := refusing("noted", "name", "m_ada", 2, refused)
		e.data["present"] = present
		return e
	}
	if b, _ := took(); !b.meets(again(4, 2)) {
		t.Error("another who came is not noted")
	}
	b, m := took()
	if b.left(entry{data: object{"member": "m_cy"}}); !b.meets(again(4, 1)) || m.refused != 1 || m.gone != 0 {
		t.Errorf("one of the two has left the group: %+v", m)
	}
	came := func(refused int64) entry { return refusing("unnoted", "came", "", 1, refused) }
	if b, _ = took(); !b.meets(came(1)) {
		t.Error("one of the two comes after all: it does not hold")
	}
	less := again(4, 2)
	delete(less.data, "refused")
	late := refusing("unnoted", "late", "", 1, 4)
	named := came(1)
	named.by = "m_ada"
	for name, e := range map[string]entry{
		"one of them is noted, and still says that they are not": again(5, 2), "one of them is noted, and nothing more is said of it": again(5, 1), "nothing is said of them": less,
		"nobody came, and one fewer says so": came(2), "two came at once": came(0), "it says who came": named, "two more at once": late,
	} {
		if b, _ := took(); b.meets(e) {
			t.Errorf("%s: it holds", name)
		}
	}
	if b, m := took(); true {
		b.only = "meeting/1"
		if !b.meets(again(4, 1)) || m.refused != 1 {
			t.Error("a file of the meeting does not tell who has left the group: it does not hold")
		}
	}
}

// TestFewerForged: it is said one by one of a vote that is open that fewer vote by show of hands, of no more than did, and not of whom.
func TestFewerForged(t *testing.T) {
	vote := func(byHand int64) (*book, entry) {
		b := newBook()
		b.ballots["ballot/b_1"] = &ballot{opened: entry{data: object{"by_hand": byHand}}}
		return b, entry{n: 1, kind: "ballot.hands_fewer", of: "ballot/b_1", data: object{"ballot": "ballot/b_1", "motion": "motion/1", "fewer": int64(1)}}
	}
	b, e := vote(2)
	if p := b.fewer(e); p != nil {
		t.Fatal(p)
	}
	e.data["fewer"] = int64(2)
	if p := b.fewer(e); p != nil {
		t.Fatal(p)
	}
	e.data["fewer"] = int64(3)
	if b.fewer(e) == nil {
		t.Error("fewer than nobody: it holds")
	}
	for name, forge := range map[string]func(b *book, e *entry){
		"two at once":         func(_ *book, e *entry) { e.data["fewer"] = int64(2) },
		"none":                func(_ *book, e *entry) { e.data["fewer"] = int64(0) },
		"it says who":         func(_ *book, e *entry) { e.by = "m_ada" },
		"another vote":        func(_ *book, e *entry) { e.of = "ballot/b_2" },
		"it is closed":        func(b *book, _ *entry) { b.ballots["ballot/b_1"].closed = &entry{} },
		"it was stopped":      func(b *book, _ *entry) { b.ballots["ballot/b_1"].stopped = true },
		"nobody votes so":     func(b *book, _ *entry) { b.ballots["ballot/b_1"].opened.data["by_hand"] = int64(0) },
		"it was never opened": func(b *book, _ *entry) { b.ballots["ballot/b_1"] = &ballot{} },
	} {
		b, e := vote(2)
		forge(b, &e)
		if b.fewer(e) == nil {
			t.Errorf("%s: it holds", name)
		}
	}
}
