package verify

import (
	"slices"
	"time"
)

// Reports on money come before meetings by themselves (practice.md §2.5.4, 3), which receive them (§2.5.7): nobody can leave one off an agenda, or have one received twice.

// When a report is due: so long after the last day that was reported on.
const reportEvery = (90 + 14) * day

// hearing is which reports an item is about, from when a meeting began to talk about it; no numbers, where it was about none, or was not talked about.
type hearing struct {
	from, to int64
	late     string // when the next was due, which was not there
	loose    bool   // it was not told yet, so that an item was about all that there were as it ended, and hid what was filed after it was put off
}

// taken returns the number of the newest report that an item is about which a meeting has received, talks about, or has put off.
func (b *book) taken() (n int64) {
	for _, it := range b.assembly.points {
		if it.state == "done" || it.state == "now" || it.state == "waiting" {
			n = max(n, it.to)
		}
	}
	return n
}

// unheard says whether there are reports that no item is about.
func (b *book) unheard() bool { return b.money.number > b.taken() }

// awaits says whether the item is to be about the reports that none is about as a meeting begins to talk about it.
func (it *point) awaits() bool { return it.kind == "report" && it.state == "waiting" && it.to == 0 }

// heard says whether the reports that no item is about, and one that is certainly late, are on the agenda, or people have put off what is late.
func (b *book) heard(m *gathering) bool {
	if b.only != "" || !b.assembly.hears {
		return true
	}
	filed, late := b.unheard(), b.overdue(m.opens)
	for _, it := range b.assembly.points {
		switch off := it.meeting == "" && it.dated && !it.loose; {
		case off && it.state == "waiting":
			late = late && !b.due(it.late)
		case it.awaits() && (it.meeting == m.ref || it.meeting == ""):
			return true
		}
	}
	return !filed && !late
}

// hears checks that a meeting that is called says how many reports were received, and that all others are on its agenda. Meetings from before it was so say nothing.
func (b *book) hears(e entry, m *gathering) bool {
	if !e.data.has("received") || b.only != "" {
		return b.only != "" || !b.assembly.hears
	}
	b.assembly.hears = true
	return e.data.num("received") == b.assembly.received && b.heard(m)
}

// dues returns between when and when the next report is due, as the zone of the group may have it; zero: none is.
func (b *book) dues() (soonest, latest time.Time) {
	last, err := time.Parse(time.DateOnly, b.money.last.to)
	switch {
	case b.third.IsZero() || b.archived:
		return soonest, latest
	case err == nil: // from the day after
		soonest, latest = last.Add(day-farEast), last.Add(day+farWest)
	default: // from the day on which they were three
		soonest, latest = b.third.Add(-day-turned), b.third.Add(turned)
	}
	if b.reopened.After(soonest) {
		soonest = b.reopened.Add(-day - turned)
	}
	if b.reopened.After(latest) {
		latest = b.reopened.Add(turned)
	}
	return soonest.Add(reportEvery), latest.Add(reportEvery)
}

// overdue says whether the next report is certainly late by the time: nobody asks for the first where no role files it.
func (b *book) overdue(by time.Time) bool {
	_, latest := b.dues()
	return !latest.IsZero() && !by.Before(latest) && (b.money.number > 0 || len(b.money.roles) > 0)
}

// due says whether the next report may be due at the instant.
func (b *book) due(at string) bool {
	soonest, latest := b.dues()
	t, err := time.Parse(stamp, at)
	return err == nil && !t.Before(soonest) && !t.After(latest)
}

// reported says whether there is something to hear of money by that time, as a new item has it: a report that was filed, or one that is late.
func (b *book) reported(line object, by time.Time) bool {
	if !line.has("late") {
		return b.unheard()
	}
	late, ok := line.when("late")
	return ok && !late.After(by) && b.due(line.str("late"))
}

// brings checks that reports that were filed since, or have become late, come onto the agenda as the meeting begins, in their place; or that they go off it because another
// meeting has received them.
func (b *book) brings(e entry, m *gathering, it *point) bool {
	if e.by != "" || b.only == "" && it != nil != (e.kind == "item.went") {
		return false
	}
	if e.kind == "item.went" {
		ok := it != nil && it.awaits() && it.meeting == m.ref && (b.only != "" || !b.unheard() && !b.overdue(m.opens))
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

// hearsOf checks that a meeting which begins to talk about an item on reports tells which: those that it was about already, or else all that none is about; and whether one is late.
func (b *book) hearsOf(e entry, m *gathering, it *point) bool {
	d := e.data
	if it.kind != "report" || !d.has("to") {
		it.loose = it.kind == "report"
		return !d.has("from") && !d.has("to") && !d.has("late") && !(it.loose && b.assembly.fixes)
	}
	b.assembly.fixes = true
	want := hearing{from: it.from, to: it.to}
	if it.to == 0 && b.unheard() {
		want.from, want.to = b.taken()+1, b.money.number
	}
	again := it.to != 0
	it.hearing = hearing{from: d.num("from"), to: d.num("to"), late: d.str("late")}
	if b.only != "" {
		return true
	}
	if late, ok := d.when("late"); ok {
		return !again && it.from == want.from && it.to == want.to && !late.After(e.at) && b.due(it.late)
	}
	return it.hearing == want && (again || !b.overdue(m.opens))
}

// receives checks that a meeting that is done with the item about reports has received those that it was about as it began, and nothing else has.
func (b *book) receives(e entry, it *point) bool {
	d := e.data
	if it.kind != "report" || d.str("how") != "done" {
		return !d.has("from") && !d.has("to") && !d.has("late")
	}
	if it.loose {
		return b.receivesAll(d, it)
	}
	b.assembly.received = max(b.assembly.received, it.to)
	return d.num("from") == it.from && d.num("to") == it.to && d.has("to") == (it.to != 0) && d.str("late") == it.late
}

// receivesAll is receives where it was not told as the item began which reports it is about: all that there are, or, where it began so and ended as it is told, none.
func (b *book) receivesAll(d object, it *point) bool {
	if b.only != "" || !d.has("to") && !d.has("from") {
		return true
	}
	ok := b.unheard() && d.num("from") == b.taken()+1 && d.num("to") == b.money.number
	it.from, it.to = d.num("from"), b.money.number
	b.assembly.received = b.money.number
	return ok
}
