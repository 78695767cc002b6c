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
	type hearing struct{ called, ordered, came, began, ended *entry }
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
		h := hearing{&es[called], &es[ordered], nil, nil, nil}
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
		began := beside(done, "item.began", m1, es[done].by, object{"meeting": m1, "item": id})
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
		if n, p := firstBroken(with(late, func(hearing) {})); p != nil {
			t.Fatalf("what is true does not hold: entry %d, %v", n, p)
		}
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
