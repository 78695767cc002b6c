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
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// TestGroupsAreRebuilt: small groups that end in every way are rebuilt from the entries, also while they are under way, and what members take along of them holds, has the cards, and names nobody who
// was in them.
func TestGroupsAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := meetingRoad{&road{World: votetest.FoundIn(t, d, c, t.TempDir(), member.Founding{Name: "Menders", Aim: "We mend.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: "Mei"})}}
		names := make([]string, 9)
		for i := range names {
			names[i] = "Mender " + strconv.Itoa(i)
		}
		r.Invite(names...)
		c.Advance(60 * day)
		r.Pass(c.Now())
		ctx := r.Context()
		r.waits("Buy a kettle")
		m := r.called(1)
		n := m.Number
		r.Pass(m.Opens)
		for i := range r.Who {
			r.must(r.Meetings.CheckIn(ctx, r.visit(i), n, meeting.Room))
			r.must(r.Meetings.Would(ctx, r.visit(i), n, meeting.Offers()))
		}
		r.must(r.Meetings.Begin(ctx, r.visit(1), n))
		chair := r.visit(r.at(r.show(n).Chair))
		r.must(r.Meetings.Adopt(ctx, chair, n))
		r.must(r.Meetings.Take(ctx, chair, n, r.show(n).Undecided()[0].ID))
		holds := func(when string) {
			t.Helper()
			for _, x := range compare(t, d) {
				t.Errorf("%s: %+v", when, x)
			}
		}
		r.apart(n, meeting.Parting{Question: "What do we need?", Minutes: 10})
		holds("by lot, and called back")
		r.apart(n, meeting.Parting{Minutes: 15, Choice: true, Topics: "The stall\nThe leaflet"})
		holds("by choice")
		r.must(r.Meetings.BreakOut(ctx, chair, db.Once{}, n, meeting.Parting{Minutes: 8}))
		holds("under way")
		r.Pass(r.show(n).Together.Breakout.Closes)
		holds("without a card")
		r.must(r.Meetings.BreakOut(ctx, chair, db.Once{}, n, meeting.Parting{Minutes: 8}))
		r.must(r.Meetings.CallGroupsBack(ctx, chair, n, r.show(n).Together.Breakout.ID))
		r.Pass(c.Now().Add(6 * time.Hour))
		holds("the meeting has ended")

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
		for name, file := range map[string][]byte{"everything": read(files.Everything(ctx, r.visit(1), o)), "the meeting": read(files.Meeting(ctx, r.visit(1), n, o))} {
			if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
				t.Errorf("%s does not hold: %v", name, got.Problem)
			}
			if got, want := bytes.Count(file, []byte("breakout.ended")), 4; got != want {
				t.Errorf("%s has the end of %d small groups, want %d", name, got, want)
			}
		}
		o.Format = export.Markdown
		b := read(files.Meeting(ctx, r.visit(1), n, o))
		for _, want := range []string{"people talked in 2 small groups.", "wrote on its card: A table · Two chairs · Time"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
