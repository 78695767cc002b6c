package audit

import (
	"bytes"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// TestAdjournedIsRebuilt: a meeting that goes on twice at another date, and in which people chose to talk only, is rebuilt from the entries, and what members take along of it holds.
func TestAdjournedIsRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 7)
		ctx := r.Context()
		r.waits("Buy a needle")
		r.waits("Buy thread")
		holds := func(when string) {
			t.Helper()
			same(t, d, when)
			c.Advance(time.Second)
		}
		m := r.called(1)
		n := m.Number
		r.Pass(m.Opens)
		for i := 1; i < 3; i++ {
			r.must(r.Meetings.CheckIn(ctx, r.Who[i], n, meeting.Room))
			r.must(r.Meetings.Would(ctx, r.Who[i], n, meeting.Offers()))
		}
		r.Pass(m.Opens.Add(time.Hour))
		r.must(r.Meetings.Begin(ctx, r.Who[1], n))
		v := r.show(n)
		chair := r.visit(r.at(v.Chair))
		r.must(r.Meetings.Adopt(ctx, chair, n))
		r.must(r.Meetings.Take(ctx, chair, n, v.Undecided()[0].ID))
		r.must(r.Meetings.TalkOnly(ctx, chair, n))
		holds("talking only")
		r.must(r.Meetings.Adjourn(ctx, chair, n, c.Now().Add(24*time.Hour), 60))
		holds("adjourned")

		r.Pass(r.show(n).Opens)
		for i := range r.Who { // those who had a job would still do it, and others what is left
			r.must(r.Meetings.CheckIn(ctx, r.Who[i], n, meeting.Room))
			if i > 2 {
				r.must(r.Meetings.Would(ctx, r.Who[i], n, meeting.Offers()))
			}
		}
		c.Advance(time.Minute)
		r.must(r.Meetings.Begin(ctx, r.Who[1], n))
		holds("gone on")
		if v = r.show(n); v.Chair != chair.Member.ID {
			t.Errorf("whoever facilitated does not go on: %d, was %d", v.Chair, chair.Member.ID)
		}
		by := (r.at(v.Chair) + 1) % 8
		c.Advance(time.Minute)
		r.must(r.Meetings.MakeMove(ctx, r.visit(by), db.Once{}, n, procedure.Adjourn, meeting.Named{At: c.Now().Add(9 * 24 * time.Hour), Minutes: 30, Other: true}))
		c.Advance(time.Second)
		id := r.show(n).Moves[0].ID
		r.must(r.Meetings.SupportMove(ctx, r.visit((by+1)%8), n, id))
		c.Advance(time.Second)
		r.must(r.Meetings.PutMove(ctx, r.visit(r.at(v.Chair)), n, id))
		c.Advance(time.Second)
		for i := range r.Who {
			r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, id, meeting.Yes))
		}
		holds("adjourned by a vote")

		v = r.begun(r.show(n).Meeting)
		c.Advance(time.Minute)
		alone := r.at(v.Chair)
		r.must(r.Meetings.MakeMove(ctx, r.visit((alone+1)%8), db.Once{}, n, procedure.Replace, meeting.Named{Whole: true}))
		for _, term := range r.show(n).Terms {
			if term.Job == meeting.Notes && !term.Shadow && term.Runs(c.Now()) && term.Member != v.Chair {
				r.must(r.Meetings.CheckOut(ctx, r.Who[r.at(term.Member)], n))
				r.must(r.Meetings.TakeJob(ctx, r.visit(alone), n, meeting.Notes))
				holds("a job taken")
			}
		}
		for i := range r.Who {
			if i != alone {
				r.must(r.Meetings.CheckOut(ctx, r.Who[i], n))
			}
		}
		c.Advance(time.Duration(r.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute)
		r.must(r.Meetings.TalkOnly(ctx, r.visit(alone), n))
		for i := range r.Who {
			if i != alone {
				r.must(r.Meetings.CheckIn(ctx, r.Who[i], n, meeting.Room))
			}
		}
		holds("enough again")
		c.Advance(r.show(n).Stop.Sub(c.Now()))
		r.must(r.Meetings.Adjourn(ctx, r.visit(r.at(r.show(n).Chair)), n, c.Now().Add(2*24*time.Hour), 30))
		holds("adjourned as time was over")
		r.Pass(c.Now().Add(4 * 24 * time.Hour))
		if m := r.show(n).Meeting; m.State != meeting.Closed {
			t.Errorf("nobody went on with it: %+v", m)
		}
		holds("closed")
		_, b := r.taken(d, 1)
		for _, want := range []string{"it was chosen to talk only. 2 members were there.", "it stopped, to continue on ", "it went on. 8 members were there, enough for decisions."} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
