package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
)

// TestWhatCannotWait: of what the notice called urgent the agreement in the room stands at once, and of the rest it is provisional; nobody else says so, nor of anything
// that is not on the agenda (practice.md §2.7.6).
func TestWhatCannotWait(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", 8)
		ctx := t.Context()
		may, err := w.Meetings.MayBeUrgent(ctx, w.Who[0])
		if err != nil || len(may) != 0 {
			t.Errorf("before anything waits: %+v, %v", may, err)
		}
		urgent, other := w.waits("Mend the roof"), w.waits("Buy a kettle")
		if may, err = w.Meetings.MayBeUrgent(ctx, w.Who[0]); err != nil || len(may) != 2 {
			t.Errorf("what waits: %+v, %v", may, err)
		}
		k := w.asked()
		w.Pass(k.CallBy())
		_, err = w.Meetings.Call(ctx, w.visit(0), db.Once{}, w.details(15*24*time.Hour), other.Number, 99)
		w.WantKind("what is not on the agenda", err, fault.Invalid)
		_, err = w.Meetings.Call(ctx, w.visit(5), db.Once{}, w.details(15*24*time.Hour), urgent.Number)
		w.WantKind("by who calls no meeting", err, fault.Denied)
		m, err := w.Meetings.Call(ctx, w.visit(0), db.Once{}, w.details(15*24*time.Hour), urgent.Number)
		w.must(err)
		for _, it := range w.show(0, m.Number).Items {
			if it.Urgent != (it.Motion == urgent.ID) {
				t.Errorf("%+v", it)
			}
		}
		m = w.show(0, m.Number).Meeting
		w.Pass(m.LotAt)
		v := w.begun(m)
		w.must(w.Meetings.Adopt(ctx, w.visit(w.at(v.Chair)), v.Number))
		agreed := func(p motion.Motion) decision.Decision {
			t.Helper()
			for i, it := range w.show(0, v.Number).Items {
				if it.Motion == p.ID {
					v = w.item(w.show(0, v.Number), i)
				}
			}
			w.must(w.Meetings.CallForAgreement(ctx, w.visit(w.at(w.show(0, v.Number).Chair)), v.Number, v.Current.ID))
			for i := range 7 { // one is not heard from
				_, err := w.Ballots.Answer(ctx, w.Who[i], p.Number, db.Once{}, agree.Answer{Response: agree.Yes})
				w.must(err)
			}
			w.Pass(w.Show(p.Number).Closes)
			if got := w.show(0, v.Number).Calls[0]; (got.Result.Next == agree.Stands) != (p.ID == urgent.ID) || got.Urgent != (p.ID == urgent.ID) {
				t.Errorf("%s came to %+v", p.Title, got.Result)
			}
			ds, err := w.Decisions.About(ctx, p.ID)
			w.must(err)
			return ds[0]
		}
		if d := agreed(urgent); d.IsProvisional() || !d.Carried() {
			t.Errorf("the urgent one: %+v", d.Window)
		}
		if d := agreed(other); !d.IsProvisional() {
			t.Errorf("the other: %+v", d.Window)
		}
	})
}

// TestNotUrgent: those who are there decide that something is not urgent that the notice called so: then what they agree on is provisional, as it would have been. What was decided, and what was not
// called urgent, nobody asks that of.
func TestNotUrgent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", 8)
		ctx := t.Context()
		ps := []motion.Motion{w.waits("Mend the roof"), w.waits("Buy a pump"), w.waits("Buy a kettle")}
		w.Pass(w.asked().CallBy())
		m, err := w.Meetings.Call(ctx, w.visit(0), db.Once{}, w.details(15*24*time.Hour), ps[0].Number, ps[1].Number)
		w.must(err)
		w.Pass(w.show(0, m.Number).LotAt)
		v := w.begun(w.show(0, m.Number).Meeting)
		n := v.Number
		w.must(w.Meetings.Adopt(ctx, w.visit(w.at(v.Chair)), n))
		take := func(p motion.Motion) meeting.View {
			t.Helper()
			i := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID })
			return w.item(w.show(0, n), i)
		}
		offered := func(v meeting.View) bool {
			return slices.ContainsFunc(w.show(w.but(v.Chair)[0], n).Offers, func(o meeting.Offer) bool { return o.Kind == procedure.NotUrgent })
		}
		agreed := func(p motion.Motion) (stands bool) {
			t.Helper()
			now := w.show(0, n)
			w.must(w.Meetings.CallForAgreement(ctx, w.visit(w.at(now.Chair)), n, now.Current.ID))
			for i := range 7 { // one is not heard from
				_, err := w.Ballots.Answer(ctx, w.Who[i], p.Number, db.Once{}, agree.Answer{Response: agree.Yes})
				w.must(err)
			}
			w.Pass(w.Show(p.Number).Closes)
			ds, err := w.Decisions.About(ctx, p.ID)
			if w.must(err); !ds[0].Carried() {
				t.Fatalf("%s: %+v", p.Title, ds[0])
			}
			return !ds[0].IsProvisional()
		}
		w.WantKind("while nothing is talked about", w.make(w.but(v.Chair)[0], v, procedure.NotUrgent, meeting.Named{}), fault.Conflict)

		v = take(ps[2])
		if offered(v) {
			t.Error("what is not urgent can be said to be so")
		}
		w.WantKind("what is not urgent", w.make(w.but(v.Chair)[0], v, procedure.NotUrgent, meeting.Named{}), fault.Conflict)

		v = take(ps[1]) // people vote against it
		who := w.but(v.Chair, w.jobs(v)[meeting.Vice])
		if !offered(v) {
			t.Error("it is not offered")
		}
		if mv := w.moved(who[0], who[1], v, procedure.NotUrgent, meeting.Named{}, 4, 4); mv.State != meeting.MoveLost || !w.show(0, n).Current.Urgent {
			t.Errorf("of four for and four against came %+v", mv)
		}
		if !agreed(ps[1]) {
			t.Error("what is urgent is provisional")
		}
		w.WantKind("what was decided", w.make(who[2], v, procedure.NotUrgent, meeting.Named{}), fault.Conflict)

		v = take(ps[0])
		who = w.but(v.Chair, w.jobs(v)[meeting.Vice])
		if mv := w.moved(who[0], who[1], v, procedure.NotUrgent, meeting.Named{}, 5, 3); mv.State != meeting.MoveCarried || w.show(0, n).Current.Urgent || offered(v) {
			t.Errorf("of five for and three against came %+v", mv)
		}
		w.WantKind("once more", w.make(who[2], v, procedure.NotUrgent, meeting.Named{}), fault.Conflict)
		if agreed(ps[0]) {
			t.Error("those who are absent cannot object")
		}
		w.must(w.Meetings.Close(ctx, w.visit(w.at(w.show(0, n).Chair)), n))
		for _, it := range w.show(0, n).Items {
			if it.Urgent != (it.Motion == ps[1].ID) {
				t.Errorf("after the meeting: %+v", it)
			}
		}
	})
}

// TestNothingIsUrgentInAGroupThatVotes: where nothing is provisional nothing need be.
func TestNothingIsUrgentInAGroupThatVotes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		p := w.waits("Mend the roof")
		if may, err := w.Meetings.MayBeUrgent(t.Context(), w.Who[0]); err != nil || len(may) != 0 {
			t.Errorf("%+v, %v", may, err)
		}
		w.Pass(w.asked().CallBy())
		_, err := w.Meetings.Call(t.Context(), w.visit(0), db.Once{}, w.details(15*24*time.Hour), p.Number)
		w.WantKind("by its rules", err, fault.Invalid)
	})
}
