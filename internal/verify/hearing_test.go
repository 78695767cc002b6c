package verify

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestReportsForged: reports on money that no meeting has received are on the agenda of the next in their place, and are received once; a record that tells of it otherwise
// does not hold.
func TestReportsForged(t *testing.T) {
	type hearing struct{ filed, called, ordered, came, began, ended *entry }
	const id = int64(900)
	// with has a report be filed, before the first meeting is called or just before it begins, and be received by it.
	with := func(late bool, forge func(h hearing)) []entry {
		es := met(t)
		m1 := "meeting/1"
		who := es[nth(t, es, "member.joined", "", 1)].data.str("member")
		called, ordered, begun, done := nth(t, es, "meeting.called", m1, 1), nth(t, es, "meeting.ordered", m1, 1), nth(t, es, "meeting.began", m1, 1), nth(t, es, "item.ended", m1, 1)
		beside := func(i int, kind, of, by string, data object) entry {
			return entry{n: es[i].n, at: es[i].at, stamp: es[i].stamp, by: by, kind: kind, of: of, data: data}
		}
		day := func(days int) string { return es[called].at.AddDate(0, 0, days).Format(time.DateOnly) }
		filed := called
		if late {
			filed = begun
		}
		term := beside(filed, "term.begun", "term/t_money", "", object{"member": who, "kind": "caretaker", "caps": "convene,finance_note"})
		term.data["begins"], term.data["ends"] = term.stamp, term.at.Add(400*aDay).UTC().Format(stamp)
		report := beside(filed, "money.reported", "money/1", who, object{
			"number": int64(1), "from": day(-90), "to": day(-2), "currency": words{s: "euros", isSet: true}, "start": int64(5), "in": int64(0), "out": int64(0), "end": int64(5), "lines": []any{},
		})
		h := hearing{&report, &es[called], &es[ordered], nil, nil, nil}
		for _, e := range es {
			if e.kind == "meeting.called" {
				e.data["received"] = int64(1)
			}
		}
		h.called.data["received"] = int64(0)
		came := beside(begun, "item.came", m1, "", object{"item": id, "kind": "report", "minutes": int64(0), "carried": int64(0), "since": es[begun].stamp, "place": int64(2), "why": "look_back"})
		h.came = &came
		if !late {
			line := object{"item": id, "kind": "report", "minutes": int64(0), "carried": int64(0), "since": es[called].stamp}
			h.called.data["items"] = append(h.called.data.list("items"), map[string]any(line))
			h.ordered.data["items"] = slices.Insert(h.ordered.data.list("items"), 1, any(map[string]any{"item": id, "why": "look_back", "fits": true}))
		}
		began := beside(done, "item.began", m1, es[done].by, object{"meeting": m1, "item": id, "from": int64(1), "to": int64(1)})
		ended := beside(done, "item.ended", m1, es[done].by, object{"meeting": m1, "item": id, "how": "done", "from": int64(1), "to": int64(1)})
		h.began, h.ended = &began, &ended
		forge(h)
		es = slices.Insert(es, done+1, began, ended)
		if late {
			return slices.Insert(es, begun, term, report, came)
		}
		return slices.Insert(es, called, term, report)
	}
	for _, late := range []bool{false, true} {
		for name, as := range map[string]func(h hearing){
			"it is told what is heard": func(hearing) {},
			"it was not told yet":      func(h hearing) { delete(h.began.data, "from"); delete(h.began.data, "to") },
		} {
			if n, p := firstBroken(with(late, as)); p != nil {
				t.Fatalf("%s: what is true does not hold: entry %d, %v", name, n, p)
			}
		}
	}
	// old has the report be of long ago, so that the next is late for months.
	old := func(h hearing) (due string) {
		h.filed.data["from"], h.filed.data["to"] = "2020-01-01", "2020-12-31"
		return "2021-04-15T00:00:00.000Z"
	}
	last := func(h hearing) object {
		list := h.called.data.list("items")
		return object(list[len(list)-1].(map[string]any))
	}
	for name, f := range map[string]struct {
		late  bool
		forge func(h hearing)
	}{
		"it is left off the agenda": {false, func(h hearing) {
			list := h.called.data.list("items")
			h.called.data["items"] = list[:len(list)-1]
			h.ordered.data["items"] = slices.Delete(h.ordered.data.list("items"), 1, 2)
			h.began.kind, h.ended.kind = "minutes.viewed", "minutes.viewed"
		}},
		"it was received before, it is said": {false, func(h hearing) { h.called.data["received"] = int64(1) }},
		"another place":                      {false, func(h hearing) { o := h.ordered.data.list("items"); o[1], o[2] = o[2], o[1] }},
		"another reason":                     {false, func(h hearing) { h.ordered.data.list("items")[1].(map[string]any)["why"] = "to_talk" }},
		"late, before its time":              {false, func(h hearing) { last(h)["late"] = h.called.data.str("opens") }},
		"late only afterwards":               {false, func(h hearing) { last(h)["late"] = h.called.at.AddDate(1, 0, 0).Format(stamp) }},
		"not received":                       {false, func(h hearing) { delete(h.ended.data, "from"); delete(h.ended.data, "to") }},
		"more than there were":               {false, func(h hearing) { h.ended.data["to"] = int64(2) }},
		"not from the first on":              {false, func(h hearing) { h.ended.data["from"] = int64(0) }},
		"none is talked about":               {false, func(h hearing) { h.began.data["from"], h.began.data["to"] = int64(0), int64(0) }},
		"more are talked about":              {false, func(h hearing) { h.began.data["to"], h.ended.data["to"] = int64(2), int64(2) }},
		"late as it begins, and is not":      {false, func(h hearing) { h.began.data["late"], h.ended.data["late"] = h.called.stamp, h.called.stamp }},
		"late only as it ends":               {false, func(h hearing) { h.ended.data["late"] = h.ended.stamp }},
		"late, and it is not said":           {false, func(h hearing) { old(h) }},
		"late, on one agenda of three":       {false, func(h hearing) { due := old(h); h.began.data["late"], h.ended.data["late"] = due, due }},
		"by another item":                    {false, func(h hearing) { h.ended.data["item"] = int64(4) }},
		"nothing comes as it begins":         {true, func(h hearing) { h.came.kind = "item.went" }},
		"in another place":                   {true, func(h hearing) { h.came.data["place"] = int64(1) }},
		"for another reason":                 {true, func(h hearing) { h.came.data["why"] = "to_talk" }},
		"somebody brings it":                 {true, func(h hearing) { h.came.by = h.ended.by }},
		"something else comes":               {true, func(h hearing) { h.came.data["kind"] = "topic" }},
		"in the place of another":            {true, func(h hearing) { h.came.data["item"] = int64(4) }},
	} {
		if n, p := firstBroken(with(f.late, f.forge)); p == nil {
			t.Errorf("%s: it holds (%d)", name, n)
		} else if strings.Contains(p.Kind, "money") {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// TestHeardForged: what is filed while reports are talked about was not heard; what is put off hides nothing that is filed or becomes late after it; and what is certainly late is on the agenda.
func TestHeardForged(t *testing.T) {
	at := time.Date(2026, 6, 1, 19, 0, 0, 0, time.UTC)
	tell := func() (*book, *gathering) {
		b := newBook()
		b.third, b.assembly.hears, b.money.number, b.money.last.to = at.AddDate(-1, 0, 0), true, 1, "2026-05-31"
		m := &gathering{ref: "meeting/1", state: "session", opens: at}
		b.assembly.meetings[m.ref] = m
		b.assembly.points[1] = &point{id: 1, kind: "report", meeting: m.ref, state: "waiting"}
		return b, m
	}
	begins := func(b *book, m *gathering, kv ...any) bool {
		it := b.assembly.points[1]
		ok := b.hearsOf(entry{at: at, data: pairs(kv)}, m, it)
		it.state = "now"
		return ok
	}
	ends := func(b *book, how string, kv ...any) bool {
		d := object(pairs(kv))
		d["how"] = how
		it := b.assembly.points[1]
		ok := b.receives(entry{data: d}, it)
		it.state = how
		return ok
	}
	later := func(b *book, opens time.Time, on ...*point) bool {
		m := &gathering{ref: "meeting/2", state: "called", opens: opens}
		for i, it := range on {
			it.kind, it.state = "report", "waiting"
			b.assembly.points[int64(i+2)] = it
		}
		return b.heard(m)
	}
	one, two := int64(1), int64(2)

	b, m := tell()
	if !begins(b, m, "from", one, "to", one) {
		t.Fatal("what is true does not hold as it begins")
	}
	b.money.number = 2 // meanwhile
	if !ends(b, "done", "from", one, "to", one) || b.assembly.received != 1 {
		t.Fatal("what is true does not hold as it ends")
	}
	if later(b, at.Add(20*day)) || !later(b, at.Add(20*day), &point{meeting: "meeting/2"}) {
		t.Error("what was filed meanwhile does not have to be on the next agenda, or is not")
	}
	for name, kv := range map[string][]any{
		"what was filed meanwhile": {"from", one, "to", two}, "only what was filed meanwhile": {"from", two, "to", two}, "nothing": {}, "it was late": {"from", one, "to", one, "late", at.Format(stamp)},
	} {
		b, m := tell()
		ok := begins(b, m, "from", one, "to", one)
		b.money.number = 2
		if !ok || ends(b, "done", kv...) {
			t.Errorf("%s was received: it holds", name)
		}
	}
	b, m = tell()
	if b.assembly.fixes = true; begins(b, m) {
		t.Error("it is told no more what is heard: it holds")
	}
	if b, m = tell(); begins(b, m, "from", one, "to", two) || begins(b, m, "from", two, "to", two) {
		t.Error("what there is not is heard: it holds")
	}

	due := at.Add(104 * day).Add(-19 * time.Hour).Format(stamp) // in a zone beside that of Greenwich
	off := &point{dated: true, hearing: hearing{from: 1, to: 1}}
	if b, _ = tell(); !later(b, at.Add(20*day), off) {
		t.Error("what was put off, and nothing else: it does not hold")
	}
	if b.money.number = 2; later(b, at.Add(20*day)) {
		t.Error("what was put off hides what was filed after it")
	}
	for name, x := range map[string]struct {
		opens time.Time
		on    []*point
		want  bool
	}{
		"not late anywhere":            {at.Add(103 * day), []*point{off}, true},
		"late in most zones":           {at.Add(104*day - 18*time.Hour), []*point{off}, true},
		"late everywhere":              {at.Add(105 * day), []*point{off}, false},
		"and on the agenda":            {at.Add(105 * day), []*point{off, {meeting: "meeting/2"}}, true},
		"and on that of another":       {at.Add(105 * day), []*point{off, {meeting: "meeting/3"}}, false},
		"and it waits for the next":    {at.Add(105 * day), []*point{off, {}}, true},
		"and put off":                  {at.Add(105 * day), []*point{{dated: true, hearing: hearing{from: 1, to: 1, late: due}}}, true},
		"late alone and put off":       {at.Add(105 * day), []*point{off, {dated: true, hearing: hearing{late: due}}}, true},
		"another was put off":          {at.Add(105 * day), []*point{off, {dated: true, hearing: hearing{late: at.Format(stamp)}}}, false},
		"put off before that was told": {at.Add(105 * day), []*point{off, {dated: true, hearing: hearing{loose: true}}}, true},
	} {
		if b, _ := tell(); later(b, x.opens, x.on...) != x.want {
			t.Errorf("%s: it holds: %v", name, !x.want)
		}
	}
	b, _ = tell()
	b.money.number, b.money.last.to = 0, ""
	if !later(b, at) {
		t.Error("nobody was ever to file a report, and one has to be on the agenda")
	}
	b.money.files(entry{of: "role/treasurers", data: object{"caps": "convene,finance_note"}})
	if later(b, at) {
		t.Error("the first report is late, and on no agenda: it holds")
	}
	if b.reopened = at.AddDate(0, 0, -1); !later(b, at) {
		t.Error("the group was archived until yesterday, and a report has to be on the agenda")
	}
}
