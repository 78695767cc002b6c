package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// TestADecidedItemIsDone: a meeting that goes on at another date is done with what it has decided, though nobody has said so: it does not come back as unfinished, and nobody asks to come back to it.
func TestADecidedItemIsDone(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		at := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID })
		v = w.item(v, at)
		asks := w.but(v.Chair, p.Mover)[0]
		comesBack := func() bool {
			return slices.ContainsFunc(w.show(asks, n).Offers, func(o meeting.Offer) bool { return o.Kind == procedure.ComeBack })
		}
		if !comesBack() {
			t.Error("nobody can ask to come back to what is not decided")
		}
		w.must(w.Meetings.PutToVote(ctx, w.visit(w.at(v.Chair)), n, v.Current.ID, false))
		for _, a := range w.Who {
			w.Cast(a, p.Number, ballot.For)
		}
		w.Pass(c.Now())
		v = w.show(0, n)
		if b, ok := v.Result(v.Current); !ok || b.Votes.For != int64(len(w.Who)) {
			t.Errorf("what the vote came to: %+v", b)
		}
		if comesBack() {
			t.Error("people can ask to come back to what is decided")
		}
		w.WantKind("come back to what is decided", w.make(asks, v, procedure.ComeBack, meeting.Named{At: c.Now().AddDate(0, 0, 20)}), fault.Conflict)
		w.Pass(v.Stop)
		w.must(w.Meetings.Adjourn(ctx, w.visit(w.at(v.Chair)), n, c.Now().Add(3*24*time.Hour), 60))
		state := func() meeting.ItemState { return w.show(0, n).Items[at].State }
		if state() != meeting.Done {
			t.Errorf("adjourned, the decided item is %q", state())
		}
		v = w.again(n, []int{0, 1, 2, 3, 4, 5, 6, 7}, meeting.Offers()...)
		if _, ok := v.Result(v.Items[at]); !ok || state() != meeting.Done {
			t.Errorf("in the next sitting the decided item is %q, with its result: %v", state(), ok)
		}
		w.must(w.Meetings.Close(ctx, w.visit(w.at(v.Chair)), n))
		if state() != meeting.Done || w.Motion(p.ID).Meetings != 1 {
			t.Errorf("closed, the decided item is %q", state())
		}
	})
}
