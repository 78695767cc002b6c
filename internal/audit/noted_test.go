package audit

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// TestNotesAreRebuilt: however somebody else notes that people are there, and however that is taken back, the tables are as the record says at every moment, and what members take along of it holds.
func TestNotesAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 8)
		ctx := r.Context()
		p := r.waits("Buy a loom")
		m := r.called(1)
		n := m.Number
		secret, err := r.Meetings.MakeCodes(ctx, r.visit(1), n)
		r.must(err)
		code := func(who int, on member.Actor) error {
			s, err := r.Meetings.DoorCodes(ctx, r.visit(1), n, secret, 0)
			if kept := r.show(n); err != nil && kept.State == meeting.Session { // once it has begun, whoever keeps the door has them
				s, err = r.Meetings.DoorCodes(ctx, r.visit(r.at(kept.Chair)), n, secret, 0)
			}
			r.must(err)
			at := slices.IndexFunc(s.People, func(x meeting.CodeOf) bool { return x.Member == r.Who[who].Member.ID })
			_, err = r.Meetings.ComeByCode(ctx, m.Code, s.People[at].Code, on, "here")
			return err
		}
		step := func(err error) {
			t.Helper()
			r.must(err)
			same(t, d, "now")
			c.Advance(time.Second)
		}
		v := func() meeting.View {
			r.Pass(m.Opens.Add(-meeting.EarlyDoor))
			step(code(8, member.Actor{})) // before it begins
			step(r.Meetings.NotThere(ctx, r.visit(8), n))
			return r.begun(m)
		}()
		chair := func() member.Actor { return r.visit(r.at(r.show(n).Chair)) } // somebody else, while it is about a proposal of whoever facilitates
		step(r.Meetings.Adopt(ctx, chair(), n))
		step(r.Meetings.Take(ctx, chair(), n, v.Undecided()[0].ID))
		busy := append([]member.ID{v.Chair, v.Second, p.Mover}, v.About...)
		for _, x := range v.Terms {
			if x.Job == meeting.Doors && !x.Shadow {
				busy = append(busy, x.Member)
			}
		}
		free := slices.DeleteFunc([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, func(i int) bool { return slices.Contains(busy, r.Who[i].Member.ID) })
		one, two, three := free[0], free[1], free[2]
		for _, i := range []int{one, two, three} {
			step(r.Meetings.CheckOut(ctx, r.visit(i), n))
		}
		step(r.Meetings.LetIn(ctx, chair(), n, r.Who[one].Member.ID))
		step(code(two, chair()))
		step(code(three, member.Actor{}))
		step(r.Meetings.NotThere(ctx, r.visit(three), n))
		if r.Meetings.LetIn(ctx, chair(), n, r.Who[three].Member.ID) == nil {
			t.Error("who took it back is noted again")
		}
		step(r.Meetings.CheckIn(ctx, r.visit(three), n, meeting.Room))
		step(r.Meetings.CheckOut(ctx, r.visit(three), n))
		step(r.Meetings.LetIn(ctx, chair(), n, r.Who[three].Member.ID))
		step(r.Meetings.LetOut(ctx, chair(), n, r.Who[three].Member.ID))
		for i := range r.Who {
			if i != one && i != two && i != three {
				r.must(r.Meetings.WouldCount(ctx, r.visit(i), n, true))
			}
		}
		id := r.show(n).Current.ID
		step(r.Meetings.PutToVote(ctx, chair(), n, id, false))
		step(r.Meetings.CheckIn(ctx, r.visit(two), n, meeting.Room)) // while the vote is open
		r.count(n, id, ballot.Hands{For: 1})
		same(t, d, "now")
		for i := range r.Who {
			if i != one && i != three {
				r.Cast(r.visit(i), p.Number, ballot.For)
			}
		}
		r.Pass(c.Now())
		step(nil)
		if b := r.Show(p.Number); !b.IsCounted() || b.ByHand != 1 || b.Fewer != 1 || b.Hands != (ballot.Hands{For: 1}) {
			t.Fatalf("counted: %+v", b.Ballot)
		}
		opens := c.Now().Add(2 * 24 * time.Hour)
		c.Advance(r.show(n).Stop.Sub(c.Now()))
		step(r.Meetings.Adjourn(ctx, chair(), n, opens, 60))
		r.Pass(r.show(n).Opens.Add(-time.Minute))
		step(r.Meetings.NotThere(ctx, r.visit(one), n)) // in the sitting before
		step(code(two, member.Actor{}))
		r.Pass(c.Now().Add(4 * 24 * time.Hour))
		if m := r.show(n).Meeting; m.State != meeting.Closed || m.Noted != 0 {
			t.Errorf("nobody went on with it: %+v", m)
		}
		step(r.Meetings.NotThere(ctx, r.visit(two), n))

		_, b := r.taken(d, n)
		for _, want := range []string{"| Noted as there by somebody else | 6 |", "| Of these, said that they were not there | 4 |"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("the record does not say %q: %s", want, b)
			}
		}
	})
}
