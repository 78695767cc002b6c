package meeting_test

import (
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// few has two of eight come to a meeting with two proposals and a topic on its agenda, which begins without enough and adopts it.
func (w world) few() (v meeting.View, ps []motion.Motion) {
	w.Helper()
	ps = []motion.Motion{w.waits("Buy a kettle"), w.waits("Paint the hall")}
	w.must(w.Meetings.PutDown(w.Context(), w.Who[4], db.Once{}, "The stall on Saturday", "", 10))
	m := w.called()
	w.Pass(m.Opens)
	for i := 1; i < 3; i++ { // not who proposed them
		w.must(w.Meetings.CheckIn(w.Context(), w.Who[i], m.Number, meeting.Room))
		w.must(w.Meetings.Would(w.Context(), w.Who[i], m.Number, meeting.Offers()))
	}
	w.WantKind("begun at once with too few", w.Meetings.Begin(w.Context(), w.Who[1], m.Number), fault.Conflict)
	w.Pass(m.Opens.Add(time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute))
	w.must(w.Meetings.Begin(w.Context(), w.Who[1], m.Number))
	v = w.show(1, m.Number)
	w.must(w.Meetings.Adopt(w.Context(), w.visit(w.at(v.Chair)), m.Number))
	return v, ps
}

// TestSentOnline: with too few in the room, all proposals that are left are voted on online, by everybody, and nothing else of the agenda is lost.
func TestSentOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		if v.Enough || len(v.Undecided()) != 2 {
			t.Fatalf("enough: %v, undecided: %d", v.Enough, len(v.Undecided()))
		}
		var now meeting.Item
		for _, it := range v.Items {
			if it.Motion == ps[1].ID {
				now = it
			}
		}
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, now.ID))
		chair = w.at(w.show(1, n).Chair)
		w.WantKind("a vote with too few", w.Meetings.PutToVote(ctx, w.visit(chair), n, now.ID, false), fault.Conflict)
		w.WantKind("sent by who does not facilitate", w.Meetings.SendOnline(ctx, w.visit(3-chair), n), fault.Denied)
		w.WantKind("sent by who is not there", w.Meetings.SendOnline(ctx, w.visit(6), n), fault.Denied)
		for i := 3; i < 6; i++ {
			w.must(w.Meetings.CheckIn(ctx, w.Who[i], n, meeting.Remote))
		}
		w.WantKind("sent with enough there", w.Meetings.SendOnline(ctx, w.visit(chair), n), fault.Conflict)
		c.Advance(meeting.Holds)
		for i := 3; i < 6; i++ {
			w.must(w.Meetings.CheckOut(ctx, w.Who[i], n))
		}
		w.WantKind("sent as soon as too few are there", w.Meetings.SendOnline(ctx, w.visit(chair), n), fault.Conflict)
		c.Advance(time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute)
		w.must(w.Meetings.SendOnline(ctx, w.visit(chair), n)) // enough were there, and are no longer
		w.WantKind("sent twice", w.Meetings.SendOnline(ctx, w.visit(chair), n), fault.Conflict)
		sent := c.Now()
		v = w.show(1, n)
		if v.State != meeting.Session || v.Current.ID != 0 || len(v.Undecided()) != 0 {
			t.Errorf("sent: %+v, %d undecided", v.Meeting, len(v.Undecided()))
		}
		waits := 0
		for _, it := range v.Items {
			switch {
			case (it.State == meeting.Online) != (it.Kind == meeting.Proposal):
				t.Errorf("%s is %s", it.Kind, it.State)
			case it.State == meeting.Waiting:
				waits++
			}
		}
		w.must(w.Meetings.Close(ctx, w.visit(w.at(v.Chair)), n))
		if l := w.list(0); len(l.Waiting) != waits || waits != 2 {
			t.Errorf("for the next meeting: %+v, want %d", l.Waiting, waits)
		}
		for _, p := range ps {
			m := w.Motion(p.ID)
			if m.State != motion.Tabled || !m.GoesOnline() || m.OnAgenda() || !m.Opens.Equal(sent.Add(motion.OnlineAfter)) || m.Version != p.Version {
				t.Fatalf("sent: %+v", m)
			}
		}
		w.Pass(sent.Add(motion.OnlineAfter))
		for _, p := range ps {
			if b := w.Show(p.Number); b.State != ballot.Open || b.Entitled != 8 || b.Meeting != "" || b.Version != p.Version {
				t.Fatalf("the vote: %+v", b.Ballot)
			}
			for i := range w.Who {
				w.Cast(w.Who[i], p.Number, ballot.For)
			}
		}
		w.Pass(w.Show(ps[0].Number).Closes)
		for _, p := range ps {
			if b := w.Show(p.Number); b.Outcome != tally.Carried {
				t.Errorf("counted: %+v", b.Ballot)
			}
		}
	})
}
