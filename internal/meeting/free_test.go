package meeting_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// TestAJobIsFreeAgain: whoever took notes does not come to the second sitting. Whether others have said that they would or not, the job waits for them as long as the meeting waited for others,
// and the lot does not fall on it; then anybody who is there can take it, and so they can if whoever has it goes.
func TestAJobIsFreeAgain(t *testing.T) {
	for name, would := range map[string][]meeting.Job{"nobody would": nil, "all would": meeting.Offers()} {
		t.Run(name, func(t *testing.T) { aJobIsFreeAgain(t, would) })
	}
}

func aJobIsFreeAgain(t *testing.T, would []meeting.Job) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v := w.begun(w.called())
		n, chair := v.Number, w.at(v.Chair)
		holder := func(v meeting.View, job meeting.Job) (who int) {
			who = -1
			for _, term := range v.Terms {
				if term.Job == job && !term.Shadow && term.Runs(c.Now()) {
					who = w.at(term.Member)
				}
			}
			return who
		}
		wrote := holder(v, meeting.Notes)
		free := func(v meeting.View, job meeting.Job) (f meeting.Free, ok bool) {
			for _, f := range v.Free {
				if f.Job == job {
					return f, true
				}
			}
			return f, false
		}
		if _, ok := free(v, meeting.Notes); ok || wrote < 0 {
			t.Fatalf("%d takes notes, and they are free: %+v", wrote, v.Free)
		}
		c.Advance(time.Minute)
		by := (chair + 1) % 8
		w.must(w.Meetings.MakeMove(ctx, w.visit(by), db.Once{}, n, procedure.Adjourn, meeting.Named{At: c.Now().Add(24 * time.Hour).Truncate(time.Minute), Minutes: 60, Other: true}))
		mv := w.show(by, n).Moves[0]
		w.must(w.Meetings.SupportMove(ctx, w.visit((chair+2)%8), n, mv.ID))
		w.must(w.Meetings.PutMove(ctx, w.visit(chair), n, mv.ID))
		for i := range w.Who {
			w.must(w.Meetings.AnswerMove(ctx, w.visit(i), n, mv.ID, meeting.Yes))
		}
		var who []int
		for i := range w.Who {
			if i != wrote {
				who = append(who, i)
			}
		}
		v = w.again(n, who, would...)
		wait := time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute
		f, ok := free(v, meeting.Notes)
		if !ok || !f.From.Equal(v.Opens.Add(wait)) || w.at(f.Had) != wrote {
			t.Fatalf("the notes: %+v, %v", f, ok)
		}
		if len(v.Free) != 1 {
			t.Errorf("who has come goes on, and yet jobs wait: %+v", v.Free)
		}
		taker, other := who[0], who[1]
		w.WantKind("a job of another sort", w.Meetings.TakeJob(ctx, w.visit(taker), n, meeting.Facilitates), fault.Invalid)
		w.WantKind("before the wait is over", w.Meetings.TakeJob(ctx, w.visit(taker), n, meeting.Notes), fault.Conflict)
		c.Advance(v.Opens.Add(wait).Sub(c.Now()))
		w.WantKind("by who is not there", w.Meetings.TakeJob(ctx, w.visit(wrote), n, meeting.Notes), fault.Conflict)
		for range 2 {
			w.must(w.Meetings.TakeJob(ctx, w.visit(taker), n, meeting.Notes))
		}
		if v = w.show(taker, n); !v.Jobs[meeting.Notes] || holder(v, meeting.Notes) != taker {
			t.Errorf("taken: %+v", v.Terms)
		}
		w.WantKind("one that somebody does", w.Meetings.TakeJob(ctx, w.visit(other), n, meeting.Notes), fault.Conflict)
		w.must(w.Meetings.CheckOut(ctx, w.visit(taker), n))
		if f, ok := free(w.show(other, n), meeting.Notes); !ok || !f.From.IsZero() {
			t.Errorf("who took it is gone: %+v, %v", f, ok)
		}
		w.must(w.Meetings.TakeJob(ctx, w.visit(other), n, meeting.Notes))
		w.must(w.Meetings.CheckIn(ctx, w.visit(taker), n, meeting.Room))
		if v = w.show(taker, n); v.Jobs[meeting.Notes] || holder(v, meeting.Notes) != other {
			t.Errorf("taken over: %+v", v.Terms)
		}
	})
}

// TestTheLotFallsLater: a second sitting that begins after the wait has nobody to wait for: who has said that they would is drawn.
func TestTheLotFallsLater(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v := w.begun(w.called())
		n := v.Number
		wrote := w.jobs(v)[meeting.Notes]
		opens := v.Stop.Add(24 * time.Hour)
		c.Advance(v.Stop.Sub(c.Now()))
		w.must(w.Meetings.Adjourn(ctx, w.visit(w.at(v.Chair)), n, opens, 60))
		w.Pass(opens)
		who := w.but(wrote)
		for _, i := range who {
			w.must(w.Meetings.CheckIn(ctx, w.Who[i], n, meeting.Room))
			w.must(w.Meetings.Would(ctx, w.Who[i], n, meeting.Offers()))
		}
		c.Advance(time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute)
		w.must(w.Meetings.Begin(ctx, w.Who[who[0]], n))
		if v = w.show(who[0], n); w.jobs(v)[meeting.Notes] == wrote || len(v.Free) != 0 {
			t.Errorf("who takes notes: %+v, %+v", w.jobs(v), v.Free)
		}
	})
}
