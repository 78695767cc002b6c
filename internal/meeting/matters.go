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

// What is due in a group comes before its meeting by itself: reports on its money as an item in their place on the agenda (practice.md §2.5.4, 3), and all of it as
// a point of the opening list (§2.5.3, 8). Reports are received and not voted on (§2.5.7): once the meeting is done with the item, they were.

// reportMinutes is how long a meeting has for reports.
const reportMinutes = 5

// Matters is what is due as a meeting opens.
type Matters struct {
	Money money.Waiting
	Free  []vacancy.Free // places in roles that nobody fills
}

// Count is how many matters there are.
func (m Matters) Count() int {
	n := len(m.Free)
	if m.Money.To != 0 {
		n += m.Money.To - m.Money.From + 1
	}
	if !m.Money.Due.IsZero() {
		n++
	}
	return n
}

// people lists whom they are about.
func (m Matters) people() []member.ID {
	ids := m.Money.People()
	for _, f := range m.Free {
		ids = append(ids, f.Caretaker)
	}
	return ids
}

// isOpen says whether the item has still to be talked about.
func (it Item) isOpen() bool { return it.State == Waiting || it.State == Now }

// hasReport says whether the reports on the group's money are among the items and have still to be talked about.
func hasReport(list []Item) bool {
	return slices.ContainsFunc(list, func(it Item) bool { return it.Kind == Report && it.isOpen() })
}

// reports returns what there is to hear of the group's money: now, or as the meeting opens.
func (in *room) reports() (money.Waiting, error) {
	return recall(in.looked, "reports", func() (money.Waiting, error) { return in.reportsWaiting() })
}

func (in *room) reportsWaiting() (money.Waiting, error) {
	received, err := lastReceived(in.tx, in.a.Group.ID)
	if err != nil {
		return money.Waiting{}, err
	}
	return money.WaitingFor(in.tx, in.a.Group, received, rulebook.Later(in.tx.Now, in.m.Opens))
}

// matters adds what is due, where the page tells of it.
func (v *View) matters(in *room) (err error) {
	opening := v.Current.ID == 0 && in.opens(*v) // what is due is not read while something is talked about
	if opening || hasReport(in.items) {
		if v.Matters.Money, err = in.reports(); err != nil || !opening {
			return err
		}
		v.Matters.Free, err = recall(in.looked, "free", func() ([]vacancy.Free, error) { return vacancy.FreeIn(in.tx, in.a.Group.ID) })
	}
	return err
}

// report puts what a meeting is to hear of the group's money on the agenda of one that is being called, if by the time it opens there is something, and nothing that waits
// is about it already. Reports up to the number were received before.
func (s *Service) report(tx *db.Tx, g member.Group, m Meeting, waiting []Item, received int) (it Item, due bool, err error) {
	if hasReport(waiting) {
		return it, false, nil
	}
	w, err := money.WaitingFor(tx, g, received, m.Opens)
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
// has received the last.
func (in *room) bringReports() error {
	w, err := in.reportsWaiting()
	if err != nil {
		return err
	}
	if in.items, err = itemsOf(in.tx, in.m.ID); err != nil { // they may just have been put in order
		return err
	}
	if on := slices.IndexFunc(in.items, func(it Item) bool { return it.Kind == Report && it.isOpen() }); on >= 0 {
		if !w.IsZero() {
			return nil
		}
		it := in.items[on]
		it.State, it.Ended = Withdrawn, in.tx.Now
		if err := putItem(in.tx, it, Waiting); err != nil {
			return err
		}
		in.put(it)
		return in.note("item.went", "", ledger.Data{"meeting": in.m.Ref(), "item": int64(it.ID)})
	}
	waiting, err := waitingItems(in.tx, in.a.Group.ID) // people may have put it off
	if err != nil || w.IsZero() || hasReport(waiting) {
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

// receive takes down which reports the meeting has received, now that it is done with the item about them, and whether one was late.
func (in *room) receive(it *Item, d ledger.Data) error {
	if it.Kind != Report || it.State != Done {
		return nil
	}
	w, err := in.reportsWaiting()
	if err != nil {
		return err
	}
	if it.Received = (Received{w.From, w.To, w.Due}); w.To != 0 {
		d["from"], d["to"] = w.From, w.To
	}
	if !w.Due.IsZero() {
		d["late"] = w.Due
	}
	return nil
}

// Said says what the meeting received, with days as they are in the zone.
func (r Received) Said(zone *time.Location) (out []lang.Msg) {
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
