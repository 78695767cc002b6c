package verify

import (
	"slices"
	"time"
)

// Reports on money come before meetings by themselves (practice.md §2.5.4, 3), which receive them (§2.5.7): nobody can leave one off an agenda, or have one received twice.

// When a report is due: so long after the last day that was reported on.
const reportEvery = (90 + 14) * day

// unreceived says whether there are reports that no meeting has received.
func (b *book) unreceived() bool { return b.money.number > b.assembly.received }

// awaits says whether the item is about reports, and has still to be talked about.
func (it *point) awaits() bool { return it.kind == "report" && it.state == "waiting" }

// heard says whether the reports that no meeting has received are on the agenda, or people have put them off.
func (b *book) heard(m *gathering) bool {
	if b.only != "" || !b.assembly.hears || !b.unreceived() {
		return true
	}
	for _, it := range b.assembly.points {
		if it.awaits() && (it.meeting == m.ref || it.meeting == "") {
			return true
		}
	}
	return false
}

// hears checks that a meeting that is called says how many reports were received, and that all others are on its agenda. Meetings from before it was so say nothing.
func (b *book) hears(e entry, m *gathering) bool {
	if !e.data.has("received") || b.only != "" {
		return b.only != "" || !b.assembly.hears
	}
	b.assembly.hears = true
	return e.data.num("received") == b.assembly.received && b.heard(m)
}

// reported says whether there is something to hear of money by that time, as a new item has it: a report that was filed, or one that is late.
func (b *book) reported(line object, by time.Time) bool {
	if !line.has("late") {
		return b.unreceived()
	}
	late, ok := line.when("late")
	if last, err := time.Parse(time.DateOnly, b.money.last.to); err == nil && late.Before(last.Add(reportEvery-day)) {
		return false
	}
	return ok && !late.After(by)
}

// brings checks that reports that were filed since, or have become late, come onto the agenda as the meeting begins, in their place; or that they go off it because another
// meeting has received them.
func (b *book) brings(e entry, m *gathering, it *point) bool {
	if e.by != "" || b.only == "" && it != nil != (e.kind == "item.went") {
		return false
	}
	if e.kind == "item.went" {
		ok := it != nil && it.awaits() && it.meeting == m.ref && (b.only != "" || !b.unreceived())
		if ok {
			it.state = "withdrawn"
		}
		return ok
	}
	d, place := e.data, 0
	for i, id := range m.items {
		if o := b.assembly.points[id]; o != nil && o.class() <= 3 {
			place = i + 1
		}
		if o := b.assembly.points[id]; o != nil && o.awaits() {
			return false
		}
	}
	it = &point{id: d.num("item"), kind: d.str("kind"), minutes: d.num("minutes"), meeting: m.ref, since: e.at, state: "waiting"}
	b.assembly.points[it.id] = it
	m.items = slices.Insert(m.items, place, it.id)
	return it.kind == "report" && d.num("place") == int64(place+1) && d.str("why") == whyOf[it.class()] && (b.only != "" || b.reported(d, e.at))
}

// receives checks that a meeting that is done with the item about reports has received all that there were, and nothing else has.
func (b *book) receives(e entry, it *point) bool {
	d := e.data
	if it.kind != "report" || d.str("how") != "done" {
		return !d.has("from") && !d.has("to") && !d.has("late")
	}
	if b.only != "" {
		return true
	}
	if !b.unreceived() {
		return !d.has("from") && !d.has("to")
	}
	ok := d.num("from") == b.assembly.received+1 && d.num("to") == b.money.number
	b.assembly.received = b.money.number
	return ok
}
