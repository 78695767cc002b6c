package meeting_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/role"
	"folkmoot/internal/script"
)

// treasurer has a member write the reports on the group's money.
func (w world) treasurer(who int) { w.holds("treasurers", who) }

// holds gives a member the first place of a role for half a year.
func (w world) holds(key string, who int) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		why, err := role.Begin(tx, w.Ledger, w.Group, r, role.Term{
			Ref: fmt.Sprintf("t_%s_%d", key, who), Group: w.Group.ID, Role: r.ID, Member: w.Who[who].Member.ID, Seat: 1, Caps: r.Caps,
			Begins: tx.Now, Ends: tx.Now.AddDate(0, 0, 180), Cause: "rulebook/1",
		}, w.Who[who].Member)
		if err == nil && why != "" {
			err = fmt.Errorf("no term: %s", why)
		}
		return err
	})
}

// files has a member report on the group's money up to yesterday.
func (w world) files(who int) int {
	w.Helper()
	v, err := w.Money.List(w.Context(), w.visit(who), 0)
	w.must(err)
	t := money.Typed{After: v.Last.Number, To: string(money.DayOf(w.Clock.Now().In(w.Group.Zone).AddDate(0, 0, -1))), End: "100"}
	if v.Last.Number == 0 {
		t.From, t.Start, t.Currency = string(money.DayOf(w.Clock.Now().In(w.Group.Zone).AddDate(0, 0, -90))), "100", "euros"
	}
	n, err := w.Money.File(w.Context(), w.visit(who), db.Once{}, t)
	w.must(err)
	return n
}

// report returns the item on reports of a meeting; the zero one if it has none.
func report(v meeting.View) (it meeting.Item, at int) {
	at = slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report })
	if at >= 0 {
		it = v.Items[at]
	}
	return it, at
}

// through has the meeting go through the item, and close.
func (w world) through(m meeting.Meeting, it meeting.Item) {
	w.Helper()
	ctx := w.Context()
	chair := func() member.Actor { return w.visit(w.at(w.show(0, m.Number).Chair)) }
	w.must(w.Meetings.Adopt(ctx, chair(), m.Number))
	if it.ID != 0 {
		w.must(w.Meetings.Take(ctx, chair(), m.Number, it.ID))
		v := w.show(0, m.Number)
		for _, id := range v.Matters.Money.People() {
			if v.Chair == id || !slices.Contains(v.About, id) {
				w.Errorf("whoever reports facilitates: %d, about %v", v.Chair, v.About)
			}
		}
		w.must(w.Meetings.Finish(ctx, chair(), m.Number, it.ID))
	}
	w.must(w.Meetings.Close(ctx, chair(), m.Number))
}

// TestReportsComeByThemselves: a report that is late is on the agenda of a meeting that is called, in its place, and so is one that was filed; once a meeting is done with it,
// it was received, and comes no more. What is late comes again.
func TestReportsComeByThemselves(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		w.treasurer(2)
		w.Pass(c.Now().AddDate(0, 0, money.EveryDays+money.GraceDays))
		w.waits("Buy a kettle")
		first := w.called()
		w.Pass(first.LotAt)
		v := w.show(0, first.Number)
		it, at := report(v)
		if at != 1 || it.Why != "look_back" || it.Title != "Reports on money" || v.Items[2].Kind != meeting.Proposal {
			t.Fatalf("on the agenda: %+v", v.Items)
		}
		if w := v.Matters.Money; w.Due.IsZero() || w.To != 0 || len(w.Holders) != 1 || v.People[w.Holders[0].Member.ID].Name == "" {
			t.Errorf("what is late: %+v", w)
		}
		v = w.begun(first)
		if v.Matters.Count() < 2 || len(v.Matters.Free) == 0 {
			t.Errorf("what is due: %+v", v.Matters)
		}
		if !slices.ContainsFunc(v.Opening, func(p meeting.Point) bool { return p.Cue == script.CueDue && !p.Done }) {
			t.Errorf("the list of the opening: %+v", v.Opening)
		}
		w.through(first, it)
		if it, _ := report(w.show(0, first.Number)); it.State != meeting.Done || it.To != 0 || it.Late.IsZero() {
			t.Errorf("none was there: %+v", it)
		}

		second := w.called()
		if it, _ := report(w.show(0, second.Number)); it.ID == 0 {
			t.Error("what is late does not come again")
		}
		if n := w.files(2); n != 1 {
			t.Fatalf("report %d", n)
		}
		v = w.show(0, second.Number)
		if m := v.Matters.Money; m.From != 1 || m.To != 1 || len(m.New) != 1 || !m.Due.IsZero() || v.People[m.New[0].By].Name == "" {
			t.Errorf("now it was filed: %+v", m)
		}
		it, _ = report(w.begun(second))
		w.through(second, it)
		if it, _ := report(w.show(0, second.Number)); it.From != 1 || it.To != 1 || !it.Late.IsZero() {
			t.Errorf("received: %+v", it)
		}
		third := w.called()
		if v := w.show(0, third.Number); v.Matters.Money.To != 0 || slices.ContainsFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report }) {
			t.Errorf("it comes again: %+v", v.Items)
		}
	})
}

// TestReportsComeAtTheLastMoment: what is filed after a meeting was called comes onto its agenda as it begins; what it does not reach waits for the next; and what another meeting
// has received goes off.
func TestReportsComeAtTheLastMoment(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		w.treasurer(2)
		w.Pass(c.Now().AddDate(0, 0, 40))
		w.must(w.Meetings.PutDown(t.Context(), w.Who[4], db.Once{}, "The stall", "", 10))
		first := w.called()
		if _, at := report(w.show(0, first.Number)); at >= 0 {
			t.Fatal("nothing is due yet")
		}
		w.Pass(first.LotAt)
		w.files(2)
		v := w.begun(first)
		it, at := report(v)
		if at != 1 || it.Place != 2 || it.Why != "look_back" || v.Items[2].Kind != meeting.Topic || v.Items[2].Place != 3 {
			t.Fatalf("as it begins: %+v", v.Items)
		}
		w.through(first, meeting.Item{}) // it is not reached
		list := w.list(0).Waiting
		if !slices.ContainsFunc(list, func(it meeting.Item) bool { return it.Kind == meeting.Report && it.Carried == 1 }) {
			t.Fatalf("it does not wait: %+v", list)
		}
		w.WantKind("somebody takes it back", w.Meetings.TakeBack(t.Context(), w.Who[2], list[0].ID), fault.NotFound)

		// Two are called; the one that begins first receives it.
		call := func(days int) meeting.Meeting {
			t.Helper()
			k := w.asked()
			w.Pass(k.CallBy())
			m, err := w.Meetings.Call(t.Context(), w.visit(0), db.Once{}, w.details(time.Duration(days)*24*time.Hour))
			w.must(err)
			return w.show(0, m.Number).Meeting
		}
		late, soon := call(50), call(15)
		for _, m := range []meeting.Meeting{late, soon} {
			if it, _ := report(w.show(0, m.Number)); it.ID == 0 {
				t.Errorf("meeting %d has none", m.Number)
			}
		}
		it, _ = report(w.begun(soon))
		w.through(soon, it)
		w.Pass(late.Opens)
		if v := w.show(0, late.Number); !v.Matters.Money.IsZero() {
			t.Errorf("the other has received it: %+v", v.Matters.Money)
		}
		if it, _ = report(w.begun(late)); it.State != meeting.Withdrawn {
			t.Errorf("nothing is left to hear: %+v", it)
		}
		if chair := w.show(0, late.Number).Chair; w.Meetings.Adopt(t.Context(), w.visit(w.at(chair)), late.Number) != nil {
			t.Error("it cannot begin")
		}
	})
}
