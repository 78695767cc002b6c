package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compare builds the decision again from the entries and names the first difference to the one in the file.
func (b *book) compare(d *decision, given object) *Problem {
	codes, ok := given["codes"].([]any)
	if !ok {
		return broken("papers", "Number", d.number)
	}
	if p := d.ballot.papers(d.number, codes); p != nil {
		return p
	}
	if d.absent.state == "open" && d.absent.enough(d.ballot) {
		return broken("absent", "N", d.n, "Number", d.number) // it was stopped in that moment
	}
	want := b.decision(d, codes)
	if path, w, g, same := differ("", want, map[string]any(given)); !same {
		return broken("differs", "Number", d.number, "Where", path, "Want", show(w), "Got", show(g))
	}
	return nil
}

// decision is the decision as the entries tell it, in the shape of the file.
func (b *book) decision(d *decision, codes []any) map[string]any {
	o, c, v := d.ballot.opened.data, d.ballot.closed.data, d.ballot.version
	first, rule := d.motion.versions[0], o.obj("rule")
	out := map[string]any{
		"number": d.number, "at": d.ballot.end.Format(stamp), "title": v.data.words("title").value(),
		"outcome": c.str("outcome"), "reason": c.str("reason"),
		"clauses": clauses(v), "text_hash": v.hash, "version": v.number,
		"votes": d.ballot.votes(),
		"rule":  map[string]any{"base": rule["base"], "den": rule["den"], "num": rule["num"], "strict": rule["strict"]},
		"ballot": map[string]any{
			"ref": strings.TrimPrefix(d.ballot.opened.of, "ballot/"), "round": o.num("round"), "secret": o.flag("secret"),
			"receipt": o.str("receipt"), "opens_at": o.str("opens_at"), "closes_at": o.str("closes_at"),
			"roll_hash": o.str("roll_hash"), "question_hash": o.str("question_hash"),
			"papers": c.num("papers"), "papers_hash": c.str("papers_hash"),
		},
		"codes": codes,
		"rules": map[string]any{
			"number": o.num("rulebook"), "hash": b.rules[o.num("rulebook")].hash, "version": b.rules[o.num("rulebook")].version,
		},
		"proposal": map[string]any{
			"ref": d.ballot.motionRef(), "kind": v.data.str("kind"), "about_person": v.data.flag("about_person"), "mover": d.motion.mover,
			"proposed_at": first.stamp, "why": v.data.words("why").value(), "able": v.data.words("able").value(),
			"won": v.data.words("won").value(), "partly": v.data.words("partly").value(),
			"not_acceptable": v.data.words("not_acceptable").value(),
		},
		"versions": d.motion.changes(), "statements": d.motion.said(), "dissents": d.dissenting(),
		"review_at": d.review(), "entries": b.entriesOf(d),
	}
	if elects(o) {
		delete(out, "rule")
		names := []any{}
		if !d.ballot.tooFew(c.num("turnout")) {
			names = c.list("elected")
		}
		out["election"] = map[string]any{"method": o.str("method"), "seats": o.num("seats"), "elected": names}
	}
	if calls(o) {
		delete(out, "rule")
		out["call"] = d.ballot.called()
	}
	if inRoom(o) {
		out["room"] = d.ballot.room()
	}
	if absent := d.objected(); absent != nil {
		out["absent"] = absent
	}
	if effect, ok := v.data["effect"]; ok {
		out["effect"] = effect
	}
	return out
}

// votes are the numbers of the ballot: how the votes fell only where that was counted.
func (bal *ballot) votes() map[string]any {
	o, c := bal.opened.data, bal.closed.data
	out := map[string]any{
		"turnout": c.num("turnout"), "entitled": o.num("entitled"), "active": o.num("active"), "quorum": o.num("quorum"),
	}
	if !bal.tooFew(c.num("turnout")) && !elects(o) && !calls(o) {
		for _, name := range choices {
			out[name] = c.num(name)
		}
	}
	return out
}

func (bal *ballot) motionRef() string { return refOf("motion", bal.opened.data["motion"]) }

func clauses(v version) []any {
	out := []any{}
	for _, c := range v.clauses {
		out = append(out, map[string]any{"id": c.id, "text": c.text.value()})
	}
	return out
}

func (m *motion) changes() []any {
	out := []any{}
	for _, v := range m.versions {
		out = append(out, map[string]any{
			"n": v.number, "at": v.stamp, "title": v.data.words("title").value(), "clauses": clauses(v), "text_hash": v.hash,
		})
	}
	return out
}

// said returns the statements in order of time, then author, then side, which is not an order anybody can work for.
func (m *motion) said() []any {
	sorted := slices.SortedFunc(slices.Values(m.statements), func(a, b statement) int {
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.by, b.by), cmp.Compare(a.side, b.side))
	})
	out := []any{}
	for _, s := range sorted {
		out = append(out, map[string]any{"at": s.stamp, "by": s.by, "side": s.side, "text": s.text.value()})
	}
	return out
}

func (d *decision) dissenting() []any {
	sorted := slices.SortedFunc(slices.Values(d.dissents), func(a, b *dissent) int {
		return cmp.Or(cmp.Compare(a.stamp, b.stamp), cmp.Compare(a.id, b.id))
	})
	out := []any{}
	for _, x := range sorted {
		out = append(out, map[string]any{
			"id": x.id, "at": x.stamp, "by": x.by, "late": x.late, "signers": x.signers, "text": x.text.value(),
		})
	}
	return out
}

func (d *decision) review() any {
	if at := d.data.str("review_at"); at != "" {
		return at
	}
	return nil
}

// entriesOf returns the places of the entries that the decision rests on.
func (b *book) entriesOf(d *decision) []any {
	ns := []int64{d.n, d.ballot.opened.n, d.ballot.closed.n, b.rules[d.ballot.opened.data.num("rulebook")].n}
	ns = append(ns, d.others...)
	ns = append(ns, d.motion.others...)
	ns = append(ns, d.ballot.more...)
	ns = append(ns, d.ballot.fewer...)
	for _, v := range d.motion.versions {
		ns = append(ns, v.n)
	}
	for _, s := range d.motion.statements {
		ns = append(ns, s.n)
	}
	slices.Sort(ns)
	out := []any{}
	for _, n := range slices.Compact(ns) {
		out = append(out, n)
	}
	return out
}

// differ returns where two values differ first, in the order of names.
func differ(path string, want, got any) (at string, w, g any, same bool) {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return path, want, got, false
		}
		for _, k := range slices.Sorted(maps.Keys(want)) {
			if at, w, g, same := differ(strings.TrimPrefix(path+"."+k, "."), want[k], got[k]); !same {
				return at, w, g, false
			}
		}
		for _, k := range slices.Sorted(maps.Keys(got)) {
			if _, ok := want[k]; !ok {
				return strings.TrimPrefix(path+"."+short(k), "."), nil, got[k], false
			}
		}
		return "", nil, nil, true
	case []any:
		got, ok := got.([]any)
		if !ok {
			return path, want, got, false
		}
		for i := range min(len(want), len(got)) {
			if at, w, g, same := differ(fmt.Sprintf("%s[%d]", path, i+1), want[i], got[i]); !same {
				return at, w, g, false
			}
		}
		if len(want) != len(got) {
			return path, len(want), len(got), false
		}
		return "", nil, nil, true
	}
	switch got.(type) {
	case map[string]any, []any: // not comparable
		return path, want, got, false
	}
	return path, want, got, want == got
}

// show is a value as it may stand in a sentence.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case string:
		return short(v)
	case map[string]any, []any:
		return "…"
	}
	return fmt.Sprint(v)
}
