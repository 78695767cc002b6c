package audit

import (
	"bytes"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// TestNotUrgentIsRebuilt: people decide that one of two things is not urgent that the notice called so, and agree on both: one is provisional, the other stands. It is rebuilt from the entries, and
// what members take along of it holds.
func TestNotUrgentIsRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := craftsBy(t, d, c, t.TempDir(), "Baker", "A", 7)
		ctx := r.Context()
		calm, urgent := r.waits("Buy flour"), r.waits("Mend the oven")
		r.Pass(r.asked("The oven is broken.").CallBy())
		c.Advance(time.Minute)
		opens := c.Now().AddDate(0, 0, 16).Truncate(time.Minute)
		m, err := r.Meetings.Call(ctx, r.visit(1), db.Once{}, meeting.Details{Title: "The oven", Place: "The bakery", Opens: opens, Stop: opens.Add(90 * time.Minute)}, calm.Number, urgent.Number)
		r.must(err)
		r.Pass(m.LotAt)
		n := m.Number
		v := r.begun(r.show(n).Meeting)
		r.must(r.Meetings.Adopt(ctx, r.visit(r.at(v.Chair)), n))
		for _, it := range v.Items {
			if it.Motion == 0 {
				continue
			}
			r.must(r.Meetings.Take(ctx, r.visit(r.at(r.show(n).Chair)), n, it.ID))
			if it.Motion == calm.ID {
				r.must(r.Meetings.MakeMove(ctx, r.visit(3), db.Once{}, n, procedure.NotUrgent, meeting.Named{}))
				mv := r.show(n).Moves[0]
				r.must(r.Meetings.SupportMove(ctx, r.visit(4), n, mv.ID))
				r.must(r.Meetings.PutMove(ctx, r.visit(r.at(r.show(n).Moves[0].Runner)), n, mv.ID))
				for i := range r.Who {
					r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, mv.ID, meeting.Yes))
				}
				same(t, d, "not urgent")
			}
			r.must(r.Meetings.CallForAgreement(ctx, r.visit(r.at(r.show(n).Chair)), n, it.ID))
			p := r.Motion(it.Motion)
			for i := range 7 {
				_, err := r.Ballots.Answer(ctx, r.visit(i), p.Number, db.Once{}, agree.Answer{Response: agree.Yes})
				r.must(err)
			}
			r.Pass(r.Show(p.Number).Closes)
			c.Advance(time.Second)
			ds, err := r.Decisions.About(ctx, it.Motion)
			if r.must(err); ds[0].IsProvisional() != (it.Motion == calm.ID) {
				t.Errorf("%s came to %+v", p.Title, ds[0])
			}
			same(t, d, p.Title)
		}
		r.must(r.Meetings.Close(ctx, r.visit(r.at(r.show(n).Chair)), n))
		same(t, d, "the end")
		if _, b := r.taken(d, n); !bytes.Contains(b, []byte("Not urgent")) {
			t.Errorf("the record does not say so: %s", b)
		}
	})
}
