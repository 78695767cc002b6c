package audit

import (
	"bytes"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
)

// TestSentOnlineIsRebuilt: what too few sent online is rebuilt from the entries, and what members take along of it holds.
func TestSentOnlineIsRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 7)
		ctx := r.Context()
		r.waits("Buy a kettle")
		r.waits("Paint the hall")
		m := r.called(1)
		r.Pass(m.Opens)
		for i := 1; i < 3; i++ {
			r.must(r.Meetings.CheckIn(ctx, r.Who[i], m.Number, meeting.Room))
			r.must(r.Meetings.Would(ctx, r.Who[i], m.Number, meeting.Offers()))
		}
		r.Pass(m.Opens.Add(time.Hour))
		r.must(r.Meetings.Begin(ctx, r.Who[1], m.Number))
		v := r.show(m.Number)
		chair := r.visit(r.at(v.Chair))
		r.must(r.Meetings.Adopt(ctx, chair, m.Number))
		r.must(r.Meetings.Take(ctx, chair, m.Number, v.Undecided()[0].ID))
		c.Advance(time.Minute)
		r.must(r.Meetings.SendOnline(ctx, chair, m.Number))
		same(t, d, "sent")
		r.must(r.Meetings.Close(ctx, chair, m.Number))
		r.Pass(c.Now().Add(motion.OnlineAfter + time.Minute))
		same(t, d, "while members vote")
		r.must(r.Ballots.Close())
		_, b := r.taken(d, 1)
		if !bytes.Contains(b, []byte("Members vote on it online.")) {
			t.Errorf("the record does not say it: %s", b)
		}
	})
}
