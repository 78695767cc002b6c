package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// TestStepAside: whoever facilitates hands over to speak about an item; the second facilitates until it ends, and then the first again by themselves, or before if nobody else is there who can.
func TestStepAside(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		aside := func(who int, item meeting.ItemID) error { return w.Meetings.StepAside(ctx, w.visit(who), n, item) }
		chair, vice := w.at(v.Chair), w.at(w.jobs(v)[meeting.Vice])
		w.WantKind("while nothing is talked about", aside(chair, v.Items[2].ID), fault.Conflict)
		v = w.item(v, 2)
		item := v.Current.ID
		if v.Chair != w.Who[chair].Member.ID {
			t.Fatal("somebody else facilitates the topic")
		}
		w.WantKind("another item", aside(chair, v.Items[1].ID), fault.Conflict)
		w.WantKind("by somebody else", aside(w.but(v.Chair)[0], item), fault.Denied)
		speaks := func() error { return w.Meetings.Raise(ctx, w.visit(chair), n, meeting.Raised{Kind: floor.Speak}) }
		w.WantKind("whoever facilitates raises a hand", speaks(), fault.Conflict)
		for range 2 {
			w.must(aside(chair, item))
		}
		x := w.show(0, n)
		if x.Chair != w.Who[vice].Member.ID || x.Aside() != w.Who[chair].Member.ID || x.Second != 0 {
			t.Fatalf("%d facilitates instead of %d: %+v", x.Chair, x.Aside(), x.About)
		}
		w.must(speaks())
		w.WantKind("who handed over still runs the list", w.Meetings.CallNext(ctx, w.visit(chair), n, 0), fault.Denied)
		w.WantKind("and chooses who facilitates", w.Meetings.HandOver(ctx, w.visit(chair), n, meeting.Facilitates, w.Who[w.but(v.Chair, x.Chair)[0]].Member.ID), fault.Denied)
		w.must(w.Meetings.CallNext(ctx, w.visit(vice), n, 0))
		if s := w.show(0, n).Speaker; s.Member != w.Who[chair].Member.ID {
			t.Errorf("then speaks %+v", s)
		}
		w.WantKind("the second hands over too", aside(vice, item), fault.Conflict)
		w.must(w.Meetings.Finished(ctx, w.visit(chair), n, w.show(0, n).Speaker.ID))

		// nobody else is left who could
		w.must(w.Meetings.CheckOut(ctx, w.visit(vice), n))
		if x := w.show(0, n); x.Chair != w.Who[chair].Member.ID || x.Aside() != 0 {
			t.Errorf("alone facilitates %d", x.Chair)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(vice), n, meeting.Room))
		// the connection of whoever facilitates drops
		seen := w.Clock.Now()
		w.Clock.Advance(meeting.DropsAfter + meeting.SecondFirst)
		x = w.show(chair, n)
		if drop := x.Drop(seen); !drop.May {
			t.Errorf("whoever handed over cannot take over: %+v", drop)
		}
		w.must(w.Meetings.Finish(ctx, w.visit(vice), n, item))
		if x := w.show(0, n); x.Chair != w.Who[chair].Member.ID || x.Aside() != 0 || x.Items[2].Aside == 0 {
			t.Errorf("after the item facilitates %d", x.Chair)
		}
		x = w.show(0, n)
		v = w.item(x, slices.IndexFunc(x.Items, func(it meeting.Item) bool { return it.Motion == 0 && it.State == meeting.Waiting }))
		if v.Chair != w.Who[chair].Member.ID {
			t.Errorf("the next is facilitated by %d", v.Chair)
		}
	})
}

// TestStepAsideIsRefused: during a round, a vote, and where nobody else could facilitate. An item that comes back has nobody aside.
func TestStepAsideIsRefused(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID }))
		chair := w.at(v.Chair)
		w.must(w.Meetings.GoRound(ctx, w.visit(chair), db.Once{}, n, "", 60))
		w.WantKind("during a round", w.Meetings.StepAside(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.must(w.Meetings.StopRound(ctx, w.visit(chair), n, w.show(0, n).Together.Round.ID))
		w.must(w.Meetings.PutToVote(ctx, w.visit(chair), n, v.Current.ID, false))
		w.WantKind("during a vote", w.Meetings.StepAside(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.Pass(w.Clock.Now().Add(2 * time.Minute))
		w.must(w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID))
		v = w.item(w.show(0, n), 2)
		chair = w.at(v.Chair)
		second := v.Second
		w.must(w.Meetings.CheckOut(ctx, w.visit(w.at(second)), n))
		w.WantKind("alone", w.Meetings.StepAside(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		if con, err := w.Meetings.Console(ctx, w.visit(chair), n); err != nil || con.No[meeting.StandAside].ID != "meeting.aside.nobody" {
			t.Errorf("the console says %+v: %v", con.No, err)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(w.at(second)), n, meeting.Room))
		w.must(w.Meetings.StepAside(ctx, w.visit(chair), n, v.Current.ID))
		who := w.but(w.Who[chair].Member.ID, second)
		if mv := w.moved(who[0], who[1], v, procedure.ComeBack, meeting.Named{At: w.Clock.Now().AddDate(0, 0, 20)}, 8, 0); mv.State != meeting.MoveCarried {
			t.Fatalf("it is %s", mv.State)
		}
		for _, it := range w.list(0).Waiting {
			if it.Aside != 0 {
				t.Errorf("it comes back with %d aside", it.Aside)
			}
		}
	})
}
