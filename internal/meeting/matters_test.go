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
	"folkmoot/internal/procedure"
	"folkmoot/internal/role"
	"folkmoot/internal/script"
)

// treasurer has a member write the reports on the group's money.
func (w world) treasurer(who int) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, "treasurers")
		if err != nil {
			return err
		}
		why, err := role.Begin(tx, w.Ledger, w.Group, r, role.Term{
			Ref: fmt.Sprintf("t_treasurer_%d_%d", w.Group.ID, who), Group: w.Group.ID, Role: r.ID, Member: w.Who[who].Member.ID, Seat: who%2 + 1, Caps: r.Caps,
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

// corrects has a member file the only report, or its correction, once more.
func (w world) corrects(who int) {
	w.Helper()
	v, err := w.Money.List(w.Context(), w.visit(who), 0)
	w.must(err)
	_, err = w.Money.File(w.Context(), w.visit(who), db.Once{}, money.Typed{
		After: v.Last.Number, Corrects: true, From: string(v.Last.From), Start: "100", Currency: "euros", To: string(v.Last.To), End: "100",
	})
	w.must(err)
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
		for _, id := range v.Matters.Of(it.ID).People() {
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
		if w := v.Matters.Of(it.ID); w.Due.IsZero() || w.To != 0 || len(w.Holders) != 1 || v.People[w.Holders[0].Member.ID].Name == "" {
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
		it, _ = report(v)
		if m := v.Matters.Of(it.ID); m.From != 1 || m.To != 1 || len(m.New) != 1 || !m.Due.IsZero() || v.People[m.New[0].By].Name == "" {
			t.Errorf("now it was filed: %+v", m)
		}
		it, _ = report(w.begun(second))
		w.through(second, it)
		if it, _ := report(w.show(0, second.Number)); it.From != 1 || it.To != 1 || !it.Late.IsZero() {
			t.Errorf("received: %+v", it)
		}
		third := w.called()
		if v := w.show(0, third.Number); len(v.Matters.Money) != 0 || slices.ContainsFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report }) {
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
		v = w.show(0, late.Number)
		if it, _ = report(v); !v.Matters.Of(it.ID).IsZero() {
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

// TestWhoFiledDoesNotFacilitate: whoever filed any of the reports that a meeting hears does not facilitate the item on them (practice.md, G10), however many were filed after theirs.
func TestWhoFiledDoesNotFacilitate(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		w.treasurer(2)
		w.treasurer(3)
		w.Pass(c.Now().AddDate(0, 0, 40))
		w.files(2)
		for range 5 {
			w.corrects(3)
		}
		m := w.called()
		v := w.begun(m)
		it, _ := report(v)
		first, second := w.Who[2].Member.ID, w.Who[3].Member.ID
		if chair := w.at(v.Chair); chair != 2 {
			w.must(w.Meetings.HandOver(ctx, w.visit(chair), m.Number, meeting.Facilitates, first))
		}
		w.must(w.Meetings.Adopt(ctx, w.visit(2), m.Number))
		w.must(w.Meetings.Take(ctx, w.visit(2), m.Number, it.ID))
		v = w.show(0, m.Number)
		if x := v.Matters.Of(it.ID); x.From != 1 || x.To != 6 || len(x.New) != 4 || !slices.Equal(x.Filed, []member.ID{second, first}) {
			t.Errorf("what is heard: %+v", x)
		}
		if v.Chair == first || v.Chair == second || !slices.Contains(v.About, first) || !slices.Contains(v.About, second) {
			t.Errorf("%d facilitates what is about %v", v.Chair, v.About)
		}
		w.WantKind("who filed the first goes on", w.Meetings.Finish(ctx, w.visit(2), m.Number, it.ID), fault.Denied)
	})
}

// TestWhatIsHeardIsFixed: as a meeting begins to talk about reports it is fixed which; what is filed from then on was not heard, and comes before the next meeting. What a sitting stops in
// the middle of goes on with the same.
func TestWhatIsHeardIsFixed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		w.treasurer(2)
		w.Pass(c.Now().AddDate(0, 0, 40))
		w.files(2)
		first := w.called()
		n := first.Number
		it, _ := report(w.begun(first))
		chair := func(n int) member.Actor { return w.visit(w.at(w.show(0, n).Chair)) }
		w.must(w.Meetings.Adopt(ctx, chair(n), n))
		w.must(w.Meetings.Take(ctx, chair(n), n, it.ID))
		w.corrects(2)
		v := w.show(0, n)
		if x := v.Matters.Of(it.ID); x.From != 1 || x.To != 1 || len(x.New) != 1 || x.Later != [2]int{2, 2} {
			t.Errorf("while it is talked about: %+v", x)
		}
		w.Pass(first.Stop)
		w.must(w.Meetings.Adjourn(ctx, chair(n), n, c.Now().Add(48*time.Hour), 60))
		w.begun(w.show(0, n).Meeting)
		w.must(w.Meetings.Take(ctx, chair(n), n, it.ID))
		if x := w.show(0, n).Matters.Of(it.ID); x.From != 1 || x.To != 1 || x.Later != [2]int{2, 2} {
			t.Errorf("as it goes on: %+v", x)
		}
		w.must(w.Meetings.Finish(ctx, chair(n), n, it.ID))
		if it, _ = report(w.show(0, n)); it.State != meeting.Done || it.From != 1 || it.To != 1 || len(it.Said(time.UTC)) != 1 {
			t.Errorf("received: %+v", it)
		}
		w.must(w.Meetings.Close(ctx, chair(n), n))
		next := w.called()
		it, _ = report(w.begun(next))
		w.through(next, it)
		if it, _ = report(w.show(0, next.Number)); it.From != 2 || it.To != 2 {
			t.Errorf("the next received: %+v", it)
		}
	})
}

// puts has the meeting vote that what it talks about comes back.
func (w world) puts(v meeting.View, at time.Time) {
	w.Helper()
	ctx, n := w.Context(), v.Number
	w.must(w.make(4, v, procedure.ComeBack, meeting.Named{At: at}))
	mv := w.open(4, v, procedure.ComeBack)
	w.must(w.Meetings.SupportMove(ctx, w.visit(5), n, mv.ID))
	w.must(w.Meetings.PutMove(ctx, w.visit(w.at(w.show(0, n).Moves[0].Runner)), n, mv.ID))
	for i := range w.Who {
		w.must(w.Meetings.AnswerMove(ctx, w.visit(i), n, mv.ID, meeting.Yes))
	}
	w.must(w.Meetings.Close(ctx, w.visit(w.at(w.show(0, n).Chair)), n))
}

// TestPuttingOffHidesNothing: a report that is put off comes back by its date, and what was filed or has become late since comes before the next meeting. Both are heard, each once.
func TestPuttingOffHidesNothing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		w.treasurer(2)
		chair := func(n int) member.Actor { return w.visit(w.at(w.show(0, n).Chair)) }
		takes := func(m meeting.Meeting) meeting.View {
			t.Helper()
			it, at := report(w.begun(m))
			if at < 0 {
				t.Fatalf("meeting %d hears nothing", m.Number)
			}
			w.must(w.Meetings.Adopt(ctx, chair(m.Number), m.Number))
			w.must(w.Meetings.Take(ctx, chair(m.Number), m.Number, it.ID))
			return w.show(0, m.Number)
		}
		hears := func(m meeting.Meeting) (out []meeting.Hearing) {
			return w.show(0, m.Number).Matters.Money
		}
		w.Pass(c.Now().AddDate(0, 0, money.EveryDays+money.GraceDays))
		first := w.called()
		v := takes(first)
		late := v.Matters.Money[0].Due
		w.puts(v, c.Now().Add(40*24*time.Hour))
		second := w.called()
		if it, at := report(w.begun(second)); at >= 0 {
			t.Fatalf("what is late was put off: %+v", it)
		}
		w.through(second, meeting.Item{})

		w.files(2)
		third := w.called() // it hears the one that was put off as it was late, and puts it off again
		if x := hears(third); len(x) != 1 || x[0].From != 1 || x[0].To != 1 || !x[0].Due.IsZero() {
			t.Fatalf("filed since: %+v", x)
		}
		w.puts(takes(third), c.Now().Add(50*24*time.Hour))
		w.files(2)
		fourth := w.called()
		if x := hears(fourth); len(x) != 1 || x[0].From != 2 || x[0].To != 2 {
			t.Fatalf("filed since, as the first is put off: %+v", x)
		}
		v = takes(fourth)
		w.must(w.Meetings.Finish(ctx, chair(fourth.Number), fourth.Number, v.Current.ID))
		w.must(w.Meetings.Close(ctx, chair(fourth.Number), fourth.Number))

		w.Pass(c.Now().AddDate(0, 0, 50))
		w.treasurer(3) // the term of the other is over
		w.files(3)
		fifth := w.called()
		w.Pass(fifth.LotAt)
		x := hears(fifth)
		if len(x) != 2 || x[0].From+x[1].From != 4 || x[0].To != x[0].From || x[1].To != x[1].From || late.IsZero() {
			t.Fatalf("the first comes back beside the third: %+v", x)
		}
		v = w.begun(fifth)
		w.must(w.Meetings.Adopt(ctx, chair(fifth.Number), fifth.Number))
		for _, h := range x {
			w.must(w.Meetings.Take(ctx, chair(fifth.Number), fifth.Number, h.Item))
		}
		w.must(w.Meetings.Close(ctx, chair(fifth.Number), fifth.Number))
		for _, it := range w.show(0, fifth.Number).Items {
			if it.Kind == meeting.Report && (it.State != meeting.Done || it.From != it.To || it.From == 2) {
				t.Errorf("received: %+v", it)
			}
		}
		if x := hears(w.called()); len(x) != 0 {
			t.Errorf("they come again: %+v", x)
		}
	})
}
