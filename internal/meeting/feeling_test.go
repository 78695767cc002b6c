package meeting_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/feeling"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// once returns the keys of forms, none of which was sent before.
func onces() func() db.Once {
	n := byte(0)
	return func() (o db.Once) { n++; o[0] = n; return o }
}

// kept counts the rows of a table.
func (w world) kept(table string) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM " + table).Scan(&n).Error })
	return n
}

// TestFeeling: whoever facilitates has people show how they feel; the sum is told once the time is over, if enough have answered, and who answered what is gone.
func TestFeeling(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		chair := w.at(v.Chair)
		ask := func(who int, question string) error {
			return w.Meetings.AskFeeling(ctx, w.visit(who), db.Once{}, n, question)
		}
		show := func(who int, id meeting.FeelingID, p feeling.Point) error {
			return w.Meetings.ShowFeeling(ctx, w.visit(who), n, id, p)
		}
		w.WantKind("while nothing is talked about", ask(chair, ""), fault.Conflict)
		v = w.item(v, 2)
		chair = w.at(v.Chair)
		others := w.but(v.Chair)
		w.WantKind("by somebody else", ask(others[0], ""), fault.Denied)
		once := onces()()
		for range 2 { // the same form
			w.must(w.Meetings.AskFeeling(ctx, w.visit(chair), once, n, "Do we go on like this?"))
		}
		w.WantKind("two at once", ask(chair, ""), fault.Conflict)
		f := w.show(0, n).Together.Feeling
		if f.Question != "Do we go on like this?" || f.Closes.Sub(f.Opens) != feeling.Window || w.show(0, n).Reading.Cue != script.CueFeeling {
			t.Errorf("asked: %+v, %s", f, w.show(0, n).Reading.Cue)
		}
		w.WantKind("the item ends meanwhile", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.WantKind("no point", show(1, f.ID, 6), fault.Invalid)
		w.WantKind("of no feeling", show(1, f.ID+7, 1), fault.NotFound)
		w.must(w.Meetings.CheckOut(ctx, w.visit(others[6]), n))
		w.WantKind("of who has gone", show(others[6], f.ID, 1), fault.Conflict)
		for i, who := range others[:5] {
			w.must(show(who, f.ID, feeling.Point(1+i%2)))
		}
		w.must(show(others[0], f.ID, 5))
		w.must(show(others[0], f.ID, 5))
		if v := w.show(others[0], n); v.Together.Mine != 5 || v.Together.Feeling.Sum != (feeling.Sum{}) {
			t.Errorf("while it is open: %+v", v.Together)
		}
		w.Pass(f.Closes)
		w.WantKind("too late", show(others[0], f.ID, 1), fault.Conflict)
		v = w.show(0, n)
		if len(v.Together.Felt) != 1 || v.Together.Felt[0].State != meeting.FeelingShown || v.Together.Felt[0].Sum != (feeling.Sum{2, 2, 0, 0, 1}) || v.Reading.Cue != script.CueFelt {
			t.Errorf("shown: %+v, %s", v.Together, v.Reading.Cue)
		}
		if w.kept("meeting_feeling_answers") != 0 {
			t.Error("who answered what is kept")
		}
		w.must(w.Meetings.Said(ctx, w.visit(chair), n, 0, script.CueFelt))

		// too few answer, and nothing is told
		w.must(w.make(others[1], v, procedure.Feeling, meeting.Named{}))
		w.WantKind("twice", w.make(others[1], v, procedure.Feeling, meeting.Named{}), fault.Conflict)
		mv := w.open(0, v, procedure.Feeling)
		w.WantKind("declined by somebody else", w.Meetings.DeclineMove(ctx, w.visit(others[1]), n, mv.ID), fault.Denied)
		w.WantKind("the item ends before that is dealt with", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.must(ask(chair, ""))
		if done := w.settled(v, procedure.Feeling); done.State != meeting.MoveDone {
			t.Errorf("it was asked for, and is %s", done.State)
		}
		f = w.show(0, n).Together.Feeling
		for _, who := range others[:4] {
			w.must(show(who, f.ID, 3))
		}
		w.Pass(f.Closes)
		if felt := w.show(0, n).Together.Felt; len(felt) != 2 || felt[0].State != meeting.FeelingFew || felt[0].Sum != (feeling.Sum{}) {
			t.Errorf("too few: %+v", felt)
		}
		w.must(w.make(others[2], v, procedure.Feeling, meeting.Named{}))
		mv = w.open(0, v, procedure.Feeling)
		w.must(w.Meetings.DeclineMove(ctx, w.visit(chair), n, mv.ID))
		w.must(w.Meetings.DeclineMove(ctx, w.visit(chair), n, mv.ID))
		if w.settled(v, procedure.Feeling).State != meeting.MoveDeclined {
			t.Error("it was not declined")
		}
		w.must(w.Meetings.Raise(ctx, w.visit(others[0]), n, meeting.Raised{Kind: "speak"}))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		w.WantKind("while somebody speaks", ask(chair, ""), fault.Conflict)
		w.Pass(w.show(0, n).Speaker.Until())
		w.must(ask(chair, ""))
		if v := w.show(0, n); v.Speaker.ID != 0 {
			t.Error("whoever's time was over still speaks")
		}
		w.Pass(w.Clock.Now().Add(5 * time.Hour)) // the meeting ends by itself
		if v := w.show(0, n); !v.IsOver() {
			t.Errorf("the meeting is %s", v.State)
		}
	})
}
