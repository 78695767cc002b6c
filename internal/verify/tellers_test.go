package verify

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestTellersForged: who counts hands in a meeting is drawn by a secret that was promised before, among members, and nobody else has that job.
func TestTellersForged(t *testing.T) {
	const m3 = "meeting/3"
	secret := hex.EncodeToString([]byte(strings.Repeat("s", 32)))
	next := hex.EncodeToString([]byte(strings.Repeat("n", 32)))
	commit := func(secret string) string {
		raw, err := hex.DecodeString(secret)
		if err != nil {
			t.Fatal(err)
		}
		return digest(raw)
	}
	with := func(forge func(lot, drawn, one, two *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		last, term := es[at], int64(0)
		entryOf := func(after time.Duration, kind string, data object) entry {
			moment := last.at.Add(after)
			return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		var pool []any
		for _, e := range es[:at] {
			who := e.data.str("member")
			if e.kind == "job.begun" && e.of == m3 && !slices.Contains(pool, any(who)) {
				pool = append(pool, who)
			}
		}
		slices.SortFunc(pool, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		if len(pool) < 3 {
			t.Fatalf("only %d have jobs", len(pool))
		}
		numbers := make([]int64, len(pool))
		for i := range numbers {
			numbers[i] = int64(i + 1)
		}
		order := lots(lotOf(m3, "tellers", 1), secret, numbers)
		lot := entryOf(time.Second, "meeting.lot", object{"meeting": m3, "commit": commit(secret)})
		drawn := entryOf(2*time.Second, "meeting.tellers", object{
			"meeting": m3, "draw": int64(1), "places": int64(2), "secret": secret, "pool": pool, "next": commit(next),
		})
		begun := func(place int64) entry {
			term++
			return entryOf(2*time.Second, "job.begun", object{
				"term": "term/t_count" + strconv.FormatInt(term, 10), "cause": m3, "job": "count", "member": pool[place-1], "caps": "", "shadow": false, "how": "drawn",
				"begins": last.stamp, "ends": last.at.Add(24 * time.Hour).UTC().Format(stamp),
			})
		}
		one, two := begun(order[0]), begun(order[1])
		forge(&lot, &drawn, &one, &two)
		return append(es[:at+1:at+1], lot, drawn, one, two)
	}
	if n, p := firstBroken(with(func(_, _, _, _ *entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(lot, drawn, one, two *entry){
		"another secret was promised": func(lot, _, _, _ *entry) { lot.data["commit"] = commit(next) },
		"nothing was promised":        func(lot, _, _, _ *entry) { lot.data["commit"] = "" },
		"in another meeting":          func(lot, _, _, _ *entry) { lot.of, lot.data["meeting"] = "meeting/1", "meeting/1" },
		"another secret":              func(_, drawn, _, _ *entry) { drawn.data["secret"] = next },
		"no secret":                   func(_, drawn, _, _ *entry) { drawn.data["secret"] = "" },
		"the next is not promised":    func(_, drawn, _, _ *entry) { drawn.data["next"] = "" },
		"three places":                func(_, drawn, _, _ *entry) { drawn.data["places"] = int64(3) },
		"no place":                    func(_, drawn, _, _ *entry) { drawn.data["places"] = int64(0) },
		"it was drawn before":         func(_, drawn, _, _ *entry) { drawn.data["draw"] = int64(2) },
		"fewer would":                 func(_, drawn, _, _ *entry) { drawn.data["pool"] = drawn.data.list("pool")[:1] },
		"in another order":            func(_, drawn, _, _ *entry) { slices.Reverse(drawn.data.list("pool")) },
		"a stranger would":            func(_, drawn, _, _ *entry) { drawn.data.list("pool")[0] = "m_0" },
		"something would":             func(_, drawn, _, _ *entry) { drawn.data.list("pool")[0] = map[string]any{} },
		"the other one first": func(_, _, one, two *entry) {
			one.data["member"], two.data["member"] = two.data["member"], one.data["member"]
		},
		"one counts twice":      func(_, _, one, two *entry) { two.data["member"] = one.data["member"] },
		"they have another job": func(_, _, one, _ *entry) { one.data["job"] = "door" },
		"they have a power":     func(_, _, one, _ *entry) { one.data["caps"] = "facilitate" },
		"they were chosen":      func(_, _, one, _ *entry) { one.data["how"] = "handed_over" },
		"somebody learns it":    func(_, _, one, _ *entry) { one.data["shadow"] = true },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _, _, _ *entry) {})
	third := es[len(es)-1]
	third.data = object{}
	for k, v := range es[len(es)-1].data {
		third.data[k] = v
	}
	third.data["term"] = "term/t_count3"
	if _, p := firstBroken(append(es, third)); p == nil {
		t.Error("a third who was not drawn is not found")
	}
	lot := es[len(es)-4]
	if _, p := firstBroken(append(es, lot)); p == nil {
		t.Error("it is promised twice, and that is not found")
	}
	over := entry{n: third.n, at: third.at, stamp: third.stamp, by: es[len(es)-2].data.str("member"), kind: "job.ended", of: m3, data: object{
		"term": es[len(es)-2].data.str("term"), "how": "handed_over",
	}}
	if _, p := firstBroken(append(es, over)); p == nil {
		t.Error("it is handed over, and that is not found")
	}
	opens := entry{kind: "ballot.opened", of: "ballot/b_x", data: object{"meeting": m3, "by_hand": int64(1), "entitled": int64(5)}}
	for name, both := range map[string][]any{
		"who was drawn":     {es[len(es)-2].data["member"], es[len(es)-1].data["member"]},
		"who was not drawn": {es[len(es)-2].data["member"], "m_0"},
	} {
		b := newBook()
		for _, e := range es {
			if p := b.note(e); p != nil {
				t.Fatal(p)
			}
		}
		slices.SortFunc(both, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		opens.data["tellers"] = both
		if p := b.byHand(opens); (p == nil) != (name == "who was drawn") {
			t.Errorf("%s counts: %v", name, p)
		}
	}
}
