package verify

import (
	"testing"
	"time"
)

// TestGroupsForged: small groups are begun by whoever facilitates, about what is talked about, for as long as may be and of enough people; the clock or a minute's call ends them; and each has one
// card at most, with its topic.
func TestGroupsForged(t *testing.T) {
	const m3 = "meeting/3"
	said := func(s string) words { return words{s: s, isSet: true} }
	type told struct{ begun, called, ended, card, second *entry }
	with := func(choice bool, forge func(told)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		item, last := es[at].data.num("item"), es[at]
		chair := es[nth(t, es, "job.begun", m3, 1)].data.str("member")
		next := func(after time.Duration, kind string, data object) *entry {
			moment := last.at.Add(after)
			data["meeting"], data["breakout"] = m3, int64(1)
			return &entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		when := func(after time.Duration) string { return last.at.Add(after).UTC().Format(stamp) }
		x := told{
			begun: next(time.Second, "breakout.begun", object{
				"item": item, "question": said(""), "choice": choice, "tables": int64(2), "topics": []any{}, "people": int64(9), "opens": when(time.Second),
				"closes": when(time.Second + 10*time.Minute),
			}),
			called: next(2*time.Minute, "breakout.called", object{"closes": when(3 * time.Minute)}),
			ended:  next(3*time.Minute, "breakout.ended", object{"how": "done", "people": int64(9), "cards": int64(2)}),
			card:   next(3*time.Minute, "breakout.card", object{"number": int64(1), "topic": said(""), "line1": said("One."), "line2": said(""), "line3": said("")}),
			second: next(3*time.Minute, "breakout.card", object{"number": int64(2), "topic": said(""), "line1": said(""), "line2": said(""), "line3": said("Two.")}),
		}
		x.begun.by, x.called.by = chair, chair
		if choice {
			x.begun.data["topics"] = []any{map[string]any{"topic": said("The stall")}, map[string]any{"topic": said("The leaflet")}}
			x.card.data["topic"], x.second.data["topic"] = said("The stall"), said("The leaflet")
		}
		forge(x)
		return append(es[:at+1:at+1], *x.begun, *x.called, *x.ended, *x.card, *x.second)
	}
	as := func(after time.Duration, e *entry) string { return e.at.Add(after).UTC().Format(stamp) }
	for name, forge := range map[string]func(told){
		"as it was":       func(told) {},
		"the item ended":  func(x told) { x.ended.data["how"] = "stopped" },
		"a line was lost": func(x told) { x.card.data["line1"] = words{lack: true, isSet: true} },
	} {
		for _, choice := range []bool{false, true} {
			if n, p := firstBroken(with(choice, forge)); p != nil {
				t.Errorf("%s (%t) does not hold: entry %d, %v", name, choice, n, p)
			}
		}
	}
	for name, forge := range map[string]func(told){
		"by somebody else":              func(x told) { x.begun.by = "m_elsewhere" },
		"by nobody":                     func(x told) { x.begun.by = "" },
		"about another item":            func(x told) { x.begun.data["item"] = x.begun.data.num("item") + 100 },
		"in another meeting":            func(x told) { x.begun.data["meeting"] = "meeting/1" },
		"for an hour":                   func(x told) { x.begun.data["closes"] = as(time.Hour, x.begun) },
		"for nine and a half minutes":   func(x told) { x.begun.data["closes"] = as(9*time.Minute+30*time.Second, x.begun) },
		"of too few":                    func(x told) { x.begun.data["people"] = int64(7) },
		"of too many":                   func(x told) { x.begun.data["people"] = int64(301) },
		"in other groups than of four":  func(x told) { x.begun.data["tables"] = int64(5) },
		"called back by somebody else":  func(x told) { x.called.by = "m_elsewhere" },
		"called back at once":           func(x told) { x.called.data["closes"] = as(time.Second, x.called) },
		"called back to a later time":   func(x told) { x.called.data["closes"] = as(time.Hour, x.called) },
		"others are called back":        func(x told) { x.called.data["breakout"] = int64(2) },
		"they end before their time":    func(x told) { x.ended.at = x.ended.at.Add(-30 * time.Second) },
		"somebody ended them":           func(x told) { x.ended.by = x.begun.by },
		"ended as nothing does":         func(x told) { x.ended.data["how"] = "carried" },
		"they end elsewhere":            func(x told) { x.ended.of = "meeting/1" },
		"more cards than groups":        func(x told) { x.ended.data["cards"] = int64(3) },
		"it is not said how many":       func(x told) { delete(x.ended.data, "people") },
		"fewer cards than are told":     func(x told) { x.ended.data["cards"] = int64(1) },
		"a card of no group":            func(x told) { x.second.data["number"] = int64(3) },
		"two cards of one group":        func(x told) { x.second.data["number"] = int64(1) },
		"an empty card":                 func(x told) { x.card.data["line1"] = said("") },
		"a card with another topic":     func(x told) { x.card.data["topic"] = said("Something else") },
		"a card with a name beside it":  func(x told) { x.card.by = x.begun.by },
		"a card in what there never is": func(x told) { x.card.kind = "breakout.told" },
	} {
		for _, choice := range []bool{false, true} {
			if _, p := firstBroken(with(choice, forge)); p == nil {
				t.Errorf("%s (%t): not found", name, choice)
			}
		}
	}
	es := with(true, func(told) {})
	if _, p := firstBroken(append(es, es[len(es)-3])); p == nil {
		t.Error("they ended twice, and that is not found")
	}
	open := es[: len(es)-4 : len(es)-4]
	if _, p := firstBroken(append(open, es[len(es)-2])); p == nil {
		t.Error("a card is told before they end, and that is not found")
	}
	after := func(before []entry, kind string, data object) []entry {
		e := before[len(before)-1]
		e.kind, e.data, e.by = kind, data, ""
		return append(before[:len(before):len(before)], e)
	}
	for _, x := range []struct {
		before []entry
		holds  bool
	}{{es, true}, {open, false}} {
		last := x.before[len(x.before)-1]
		got := after(x.before, "move.made", object{"meeting": m3, "move": int64(900), "kind": "more_time", "ready": true})
		got = after(got, "move.put", object{"meeting": m3, "move": int64(900), "needs": "simple", "entitled": int64(9), "opens": last.stamp, "closes": as(moveVote, &last)})
		if _, p := firstBroken(got); (p == nil) != x.holds {
			t.Errorf("something is put to the vote, with the groups over %t: %v", x.holds, p)
		}
	}
}
