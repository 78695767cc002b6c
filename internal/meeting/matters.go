package meeting

import (
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/vacancy"
)

// What is due in a group comes before its meeting by itself: reports on its money as items in their place on the agenda (practice.md §2.5.4, 3), and all of it as
// a point of the opening list (§2.5.3, 8). Reports are received and not voted on (§2.5.7): once the meeting is done with the item, they were.

// reportMinutes is how long a meeting has for reports.
const reportMinutes = 5

// Matters is what is due as a meeting opens.
type Matters struct {
	Money []Hearing      // the items on reports that have still to be talked about, in their order
	Free  []vacancy.Free // places in roles that nobody fills
}

// Hearing is what there is to hear on an item.
type Hearing struct {
	Item ItemID
	money.Waiting
}

// Of returns what there is to hear on the item.
func (m Matters) Of(id ItemID) money.Waiting {
	for _, h := range m.Money {
		if h.Item == id {
			return h.Waiting
		}
	}
	return money.Waiting{}
}

// Count is how many matters there are.
func (m Matters) Count() int {
	n := len(m.Free)
	for _, h := range m.Money {
		if h.To != 0 {
			n += h.To - h.From + 1
		}
		if !h.Due.IsZero() {
			n++
		}
	}
	return n
}

// people lists whom they are about.
func (m Matters) people() (ids []member.ID) {
	for _, h := range m.Money {
		ids = append(ids, h.People()...)
	}
	for _, f := range m.Free {
		ids = append(ids, f.Caretaker)
	}
	return ids
}

// isOpen says whether the item has still to be talked about.
func (it Item) isOpen() bool { return it.State == Waiting || it.State == Now }

// awaits says whether the item is on reports, and is to be about those that none is about as a meeting begins to talk about it.
func (it Item) awaits() bool { return it.Kind == Report && it.State == Waiting && it.To == 0 }

// hears returns what there is to hear on the item: of the reports that it is about since a meeting began to talk about it, or else of all that no item is about, and of one that is late.
func (in *room) hears(it Item) (money.Waiting, error) {
	return recall(in.looked, fmt.Sprint("reports/", it.ID), func() (w money.Waiting, err error) {
		after, before, at := it.From-1, it.To+1, time.Time{}
		if it.To == 0 {
			if after, err = lastTaken(in.tx, in.a.Group.ID); err != nil {
				return w, err
			}
			before = after + 1
		}
		switch {
		case it.awaits():
			before, at = 0, rulebook.Later(in.tx.Now, in.m.Opens)
		case it.State == Now:
			at = it.Late
		}
		return money.WaitingFor(in.tx, in.a.Group, after, before, at)
	})
}

// matters adds what is due, where the page tells of it.
func (v *View) matters(in *room) (err error) {
	for _, it := range v.Items {
		if it.Kind != Report || !it.isOpen() {
			continue
		}
		h := Hearing{Item: it.ID}
		if h.Waiting, err = in.hears(it); err != nil {
			return err
		}
		v.Matters.Money = append(v.Matters.Money, h)
	}
	if v.Current.ID == 0 && in.opens(*v) { // what is due is not read while something is talked about
		v.Matters.Free, err = recall(in.looked, "free", func() ([]vacancy.Free, error) { return vacancy.FreeIn(in.tx, in.a.Group.ID) })
	}
	return err
}

// unheard returns what there is to hear of a group's money at a time that no item is about. off are the items that people have put off: what was late then comes with them.
func unheard(tx *db.Tx, g member.Group, off []Item, at time.Time) (w money.Waiting, err error) {
	taken, err := lastTaken(tx, g.ID)
	if err != nil {
		return w, err
	}
	w, err = money.WaitingFor(tx, g, taken, 0, at)
	if slices.ContainsFunc(off, func(it Item) bool { return it.Kind == Report && it.Late.Equal(w.Due) }) {
		w.Due = time.Time{}
	}
	return w, err
}

// report puts what a meeting is to hear of the group's money on the agenda of one that is being called, if by the time it opens there is something, and nothing that is on it already is
// to be about it. off is what people have put off until later.
func (s *Service) report(tx *db.Tx, g member.Group, m Meeting, on, off []Item) (it Item, due bool, err error) {
	if slices.ContainsFunc(on, Item.awaits) {
		return it, false, nil
	}
	w, err := unheard(tx, g, off, m.Opens)
	if err != nil || w.IsZero() {
		return it, false, err
	}
	it, err = insertItem(tx, s.reportItem(tx, g, m))
	it.Late = w.Due
	return it, err == nil, err
}

func (s *Service) reportItem(tx *db.Tx, g member.Group, m Meeting) Item {
	return Item{
		Group: g.ID, Meeting: m.ID, Kind: Report, Title: s.words.Voice(g.Lang).T("meeting.report.title"), Added: tx.Now, Minutes: reportMinutes, State: Waiting,
	}
}

// bringReports has the agenda be as it has to be when the meeting begins: with what was filed or has become late since it was called, and without reports of which another meeting
// has received or put off the last.
func (in *room) bringReports() (err error) {
	if in.items, err = itemsOf(in.tx, in.m.ID); err != nil { // they may just have been put in order
		return err
	}
	if on := slices.IndexFunc(in.items, Item.awaits); on >= 0 {
		it := in.items[on]
		if w, err := in.hears(it); err != nil || !w.IsZero() {
			return err
		}
		it.State, it.Ended = Withdrawn, in.tx.Now
		if err := putItem(in.tx, it, Waiting); err != nil {
			return err
		}
		in.put(it)
		return in.note("item.went", "", ledger.Data{"meeting": in.m.Ref(), "item": int64(it.ID)})
	}
	waiting, err := waitingItems(in.tx, in.a.Group.ID)
	if err != nil {
		return err
	}
	_, later, err := postponed(in.tx, in.a.Group.ID, db.At(in.m.Opens))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(waiting, func(it Item) bool { return it.awaits() && !later[it.ID] }) { // the next that is called hears them
		return nil
	}
	off := slices.DeleteFunc(waiting, func(it Item) bool { return !later[it.ID] })
	w, err := unheard(in.tx, in.a.Group, off, rulebook.Later(in.tx.Now, in.m.Opens))
	if err != nil || w.IsZero() {
		return err
	}
	it := in.reportItem(in.tx, in.a.Group, in.m)
	it.Place, it.Why = 1, string(agenda.LookBack)
	for i, o := range in.items {
		if asAgenda([]Item{o}, nil)[0].Class() <= agenda.Accounts {
			it.Place = o.Place + 1
			continue
		}
		o.Place++
		if err := putItem(in.tx, o, o.State); err != nil {
			return err
		}
		in.items[i] = o
	}
	if it, err = insertItem(in.tx, it); err != nil {
		return fmt.Errorf("insert item: %w", err)
	}
	in.items = slices.Insert(in.items, it.Place-1, it)
	it.Late = w.Due
	d := itemData(it)
	d["meeting"], d["place"], d["why"] = in.m.Ref(), it.Place, it.Why
	return in.note("item.came", "", d)
}

// hear takes down which reports the item is about, and whether one is late, as the meeting begins to talk about it.
func (in *room) hear(it *Item, d ledger.Data) error {
	if it.Kind != Report {
		return nil
	}
	w, err := in.hears(*it)
	if err != nil {
		return err
	}
	it.Received = Received{w.From, w.To, w.Due}
	if d["from"], d["to"] = w.From, w.To; !w.Due.IsZero() {
		d["late"] = w.Due
	}
	return nil
}

// receive takes down which reports the meeting has received, now that it is done with the item about them, and whether one was late.
func (it Item) receive(d ledger.Data) {
	if it.State != Done {
		return
	}
	if it.To != 0 {
		d["from"], d["to"] = it.From, it.To
	}
	if !it.Late.IsZero() {
		d["late"] = it.Late
	}
}

// Said says what a meeting received that is done with the item, with days as they are in the zone.
func (it Item) Said(zone *time.Location) (out []lang.Msg) {
	r := it.Received
	if it.State != Done {
		return nil
	}
	if r.To != 0 {
		out = append(out, lang.M("meeting.report.received", "Count", r.To-r.From+1, "From", r.From, "To", r.To))
	}
	if !r.Late.IsZero() {
		at := r.Late
		if zone != nil {
			at = at.In(zone)
		}
		out = append(out, lang.M("meeting.report.missing", "At", lang.Day(at)))
	}
	return out
}
