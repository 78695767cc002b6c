package audit

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// TestSentOnlineIsRebuilt: what too few sent online is rebuilt from the entries, and what members take along of it holds.
func TestSentOnlineIsRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := meetingRoad{&road{World: votetest.FoundIn(t, d, c, t.TempDir(), member.Founding{Name: "Menders", Aim: "We mend.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: "Mei"})}}
		names := make([]string, 7)
		for i := range names {
			names[i] = "Mender " + strconv.Itoa(i)
		}
		r.Invite(names...)
		c.Advance(60 * day)
		r.Pass(c.Now())
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
		for _, x := range compare(t, d) {
			t.Errorf("sent: %+v", x)
		}
		r.must(r.Meetings.Close(ctx, chair, m.Number))
		r.Pass(c.Now().Add(motion.OnlineAfter + time.Minute))
		for _, x := range compare(t, d) {
			t.Errorf("while members vote: %+v", x)
		}
		r.must(r.Ballots.Close())
		words, err := lang.Load()
		r.must(err)
		files, o := export.NewService(d, r.Ledger, nil), export.Options{Format: export.JSON, Voice: words.Voice("en")}
		read := func(f *export.File, err error) []byte {
			t.Helper()
			r.must(err)
			b, err := io.ReadAll(f)
			r.must(errors.Join(err, f.Close()))
			return b
		}
		for name, file := range map[string][]byte{"everything": read(files.Everything(ctx, r.visit(1), o)), "the meeting": read(files.Meeting(ctx, r.visit(1), 1, o))} {
			if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
				t.Errorf("%s does not hold: %v", name, got.Problem)
			}
		}
		o.Format = export.Markdown
		if b := read(files.Meeting(ctx, r.visit(1), 1, o)); !bytes.Contains(b, []byte("Members vote on it online.")) {
			t.Errorf("the record does not say it: %s", b)
		}
	})
}
