package audit

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// councils is a group that has one person each speak for groups of it, begun and ended in every way. holds is called whenever something has come about.
func councils(t *testing.T, d *db.DB, c *dbtest.Clock, keys string, holds func(r meetingRoad, when string)) (r meetingRoad, number int) {
	t.Helper()
	r = crafts(t, d, c, keys, "Carder", meeting.LeastSpokes)
	ctx := r.Context()
	r.waits("Buy a kettle")
	m := r.called(1)
	n := m.Number
	chair := r.sits(m)
	r.must(r.Meetings.UseSpokes(ctx, chair, db.Once{}, n))
	others := slices.DeleteFunc(slices.Clone(r.Who), func(a member.Actor) bool { return a.Member.ID == chair.Member.ID })
	spoke := r.Visit(others[0].Person)
	r.must(r.Meetings.NameSpoke(ctx, spoke, n, r.show(n).Together.Spokes.ID, spoke.Member.ID))
	holds(r, "under way")
	c.Advance(time.Minute)
	r.must(r.Meetings.StopSpokes(ctx, chair, n, r.show(n).Together.Spokes.ID))
	holds(r, "stopped")
	for i, k := range []procedure.Kind{procedure.Spokes, procedure.AllSpeak, procedure.Spokes} { // whoever facilitates has stopped them as often as they can
		r.must(r.Meetings.MakeMove(ctx, r.Visit(others[i+1].Person), db.Once{}, n, k, meeting.Named{}))
		asked := r.show(n).Moves[0]
		r.must(r.Meetings.PutMove(ctx, r.visit(r.at(asked.Runner)), n, asked.ID))
		for i := range r.Who {
			r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, asked.ID, meeting.Yes))
		}
		holds(r, "by a vote: "+string(k))
	}
	r.must(r.Meetings.Finish(ctx, chair, n, r.show(n).Current.ID))
	holds(r, "the item ended")
	r.Pass(c.Now().Add(6 * time.Hour))
	holds(r, "the meeting has ended")
	return r, n
}

// TestSpokesAreRebuilt: groups that one person each spoke for, begun and ended in every way, are rebuilt from the entries, also while they are there; what members take along of them holds, and says
// nothing of who was in which, or spoke.
func TestSpokesAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r, n := councils(t, d, c, t.TempDir(), func(_ meetingRoad, when string) {
			same(t, d, when)
		})
		files, b := r.taken(d, n)
		for name, file := range files {
			if got, want := bytes.Count(file, []byte("spokes.ended")), 3; got != want {
				t.Errorf("%s has the end of %d spokes, want %d", name, got, want)
			}
			if bytes.Count(file, []byte("spokes.begun")) > 0 && bytes.Contains(file, []byte(`"named"`)) {
				t.Errorf("%s says who was named", name)
			}
		}
		for _, want := range []string{"30 people were in 2 groups by lot", "had everybody speak for themselves again"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
