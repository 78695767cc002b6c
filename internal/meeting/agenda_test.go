package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
)

// TestTalkedAboutAndNotDecided: a proposal that a meeting was done with and did not vote on comes back at the next.
func TestTalkedAboutAndNotDecided(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p := sits(t, d, c)
		v = w.item(v, slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID }))
		chair := w.visit(w.at(v.Chair))
		w.must(w.Meetings.Finish(t.Context(), chair, v.Number, v.Current.ID))
		if was := w.Motion(p.ID); was.Meeting != v.Ref() {
			t.Errorf("while the meeting goes on it is at %q", was.Meeting)
		}
		w.must(w.Meetings.Close(t.Context(), w.visit(w.at(w.show(0, v.Number).Chair)), v.Number)) // somebody else, where the proposal was of whoever facilitates
		if was := w.Motion(p.ID); was.Meeting != "" || was.State != motion.Tabled {
			t.Errorf("afterwards it is %s at %q", was.State, was.Meeting)
		}
		w.lets(3)
		m, err := w.Meetings.Call(t.Context(), w.visit(3), db.Once{}, w.details(10*24*time.Hour))
		w.must(err)
		if next := w.show(0, m.Number); !slices.ContainsFunc(next.Items, func(it meeting.Item) bool { return it.Motion == p.ID }) {
			t.Errorf("the next meeting talks about %+v", next.Items)
		}
	})
}
