package audit

import (
	"bytes"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// TestGroupsAreRebuilt: small groups that end in every way are rebuilt from the entries, also while they are under way, and what members take along of them holds, has the cards, and names nobody who
// was in them.
func TestGroupsAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 9)
		ctx := r.Context()
		r.waits("Buy a kettle")
		m := r.called(1)
		n := m.Number
		chair := r.sits(m)
		holds := func(when string) {
			t.Helper()
			same(t, d, when)
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

		files, b := r.taken(d, n)
		for name, file := range files {
			if got, want := bytes.Count(file, []byte("breakout.ended")), 4; got != want {
				t.Errorf("%s has the end of %d small groups, want %d", name, got, want)
			}
		}
		for _, want := range []string{"people talked in 2 small groups.", "wrote on its card: A table · Two chairs · Time"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
