package verify

import (
	"testing"
	"time"
)

// TestMoneyForged: reports on money are filed by whoever can, go on from one another, and add up; any other does not hold.
func TestMoneyForged(t *testing.T) {
	with := func(forge func(term, first, second, fix *entry)) []entry {
		es := met(t)
		last := es[len(es)-1]
		who := es[nth(t, es, "member.joined", "", 1)].data.str("member")
		next := func(after time.Duration, kind, of string, data object) entry {
			at := last.at.Add(after)
			return entry{n: last.n, at: at, stamp: at.UTC().Format(stamp), kind: kind, of: of, data: data}
		}
		term := next(time.Second, "term.begun", "term/t_money", object{"member": who, "kind": "caretaker", "caps": "convene,finance_note"})
		term.data["begins"], term.data["ends"] = term.stamp, term.at.Add(400*aDay).UTC().Format(stamp)
		line := func(n int64) any { return map[string]any{"what": words{s: "x", isSet: true}, "amount": n} }
		euros := words{s: "euros", isSet: true}
		day := func(e time.Time) string { return e.Format(time.DateOnly) }
		report := func(after time.Duration, of string, number int64, from, to string, start int64, lines ...int64) entry {
			d := object{"number": number, "from": from, "to": to, "currency": euros, "start": start}
			list, in, out := []any{}, int64(0), int64(0)
			for _, n := range lines {
				list = append(list, line(n))
				in, out = in+max(n, 0), out+max(-n, 0)
			}
			d["lines"], d["in"], d["out"], d["end"] = list, in, out, start+in-out
			e := next(after, "money.reported", of, d)
			e.by = who
			return e
		}
		base := last.at
		first := report(2*aDay, "money/1", 1, day(base.Add(-30*aDay)), day(base), 100, 50, -20)
		second := report(9*aDay, "money/2", 2, day(base.Add(aDay)), day(base.Add(7*aDay)), 130, -30)
		fix := report(10*aDay, "money/3", 3, day(base.Add(aDay)), day(base.Add(8*aDay)), 130, -35)
		fix.data["corrects"] = int64(2)
		forge(&term, &first, &second, &fix)
		return append(es, term, first, second, fix)
	}
	if n, p := firstBroken(with(func(_, _, _, _ *entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	if n, p := firstBroken(with(func(_, first, second, fix *entry) { // the first is free to be corrected
		*second = *fix
		second.of, second.data["number"], second.data["corrects"], second.data["start"], second.data["end"] = "money/2", int64(2), int64(1), int64(7), int64(-28)
		*fix = *second
		fix.of, fix.data = "money/3", object{}
		for k, v := range second.data {
			fix.data[k] = v
		}
		fix.data["number"], fix.data["corrects"] = int64(3), int64(2)
	})); p != nil {
		t.Fatalf("corrections of the first do not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(term, first, second, fix *entry){
		"by somebody else":  func(_, first, _, _ *entry) { first.by = "m_elsewhere" },
		"by nobody":         func(_, _, second, _ *entry) { second.by = "" },
		"without the power": func(term, _, _, _ *entry) { term.data["caps"] = "convene" },
		"before the term":   func(term, _, _, _ *entry) { term.data["begins"] = term.at.Add(3 * aDay).UTC().Format(stamp) },
		"after the term":    func(term, _, _, _ *entry) { term.data["ends"] = term.at.Add(5 * aDay).UTC().Format(stamp) },
		"the term was ended": func(term, first, _, _ *entry) {
			*first = entry{n: term.n, at: term.at, stamp: term.stamp, kind: "term.ended", of: term.of, data: object{}}
		},
		"another kind":               func(_, first, _, _ *entry) { first.kind = "money.changed" },
		"a number is left out":       func(_, _, second, _ *entry) { second.of, second.data["number"] = "money/3", int64(3) },
		"it is about another":        func(_, _, second, _ *entry) { second.of = "money/1" },
		"a gap":                      func(_, _, second, _ *entry) { second.data["from"] = second.data["to"] },
		"an overlap":                 func(_, first, second, _ *entry) { second.data["from"] = first.data["to"] },
		"no day":                     func(_, first, _, _ *entry) { first.data["from"] = "soon" },
		"it ends before it begins":   func(_, first, _, _ *entry) { first.data["from"] = "2099-01-01" },
		"its days are not over":      func(_, _, second, _ *entry) { second.data["to"] = "2099-01-01" },
		"it begins with other money": func(_, _, second, _ *entry) { second.data["start"], second.data["end"] = int64(131), int64(101) },
		"it does not add up":         func(_, first, _, _ *entry) { first.data["end"] = int64(131) },
		"a line is changed":          func(_, first, _, _ *entry) { first.data.list("lines")[0].(map[string]any)["amount"] = int64(51) },
		"a line of nothing": func(_, first, _, _ *entry) {
			first.data["lines"] = append(first.data.list("lines"), map[string]any{"amount": int64(0)})
		},
		"a line without a number": func(_, first, _, _ *entry) { first.data["lines"] = append(first.data.list("lines"), "x") },
		"another currency": func(_, _, second, _ *entry) {
			second.data["currency"] = words{s: "pounds", isSet: true}
		},
		"it corrects another":             func(_, _, _, fix *entry) { fix.data["corrects"] = int64(1) },
		"the correction begins elsewhere": func(_, _, _, fix *entry) { fix.data["from"] = fix.data["to"] },
		"and with other money":            func(_, _, _, fix *entry) { fix.data["start"], fix.data["end"] = int64(100), int64(65) },
		"it corrects what is not there":   func(_, first, _, _ *entry) { first.data["corrects"] = int64(0) },
	} {
		if _, p := firstBroken(with(forge)); p == nil || p.ID != "verify.money" {
			t.Errorf("%s: %v", name, p)
		}
	}
	many := with(func(_, first, _, _ *entry) {
		list := []any{}
		for range mostMoneyLines + 1 {
			list = append(list, map[string]any{"amount": int64(1)})
		}
		first.data["lines"], first.data["in"], first.data["out"], first.data["end"] = list, int64(mostMoneyLines+1), int64(0), int64(100+mostMoneyLines+1)
	})
	if _, p := firstBroken(many); p == nil {
		t.Error("more lines than there can be hold")
	}
}
