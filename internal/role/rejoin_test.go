package role_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// TestLeavingEndsNoLimit: who leaves the group and joins it again with the same account has held what they held, and members have ended what
// they ended; only a new account begins anew, which nobody can tell from another person.
func TestLeavingEndsNoLimit(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ended, served := w.Who[1], w.Who[2]
		first, _ := w.give("convenors", ended, 1, c.Now(), 180)
		if _, why := w.give("convenors", served, 2, c.Now(), 180); why != "" {
			t.Fatal(why)
		}
		w.goTo(c.Now().Add(100 * day))
		w.recall(first)
		for _, a := range []member.Actor{ended, served} {
			if _, err := w.Members.Leave(t.Context(), a, false); err != nil {
				t.Fatal(err)
			}
		}
		back, rested := w.Rejoin(ended, "Back"), w.Rejoin(served, "Rested")
		w.goTo(c.Now().Add(100 * day))
		if got := w.bars("convenors", back); !slices.Contains(got, role.Recalled) {
			t.Errorf("a hundred days after members ended their term: %v", got)
		}
		if _, why := w.give("convenors", back, 1, c.Now(), 60); why != role.RecalledBefore {
			t.Errorf("and they take it again: %q", why)
		}
		if got := w.bars("convenors", rested); !slices.Contains(got, role.Cooling) {
			t.Errorf("a hundred days after their term: %v", got)
		}
		w.goTo(c.Now().Add(400 * day))
		if got := append(w.bars("convenors", back), w.bars("convenors", rested)...); len(got) > 0 {
			t.Errorf("more than a year after it: %v", got)
		}
	})
}

// TestLeavingEndsNoRest: nor does who looked after a role look after one again sooner.
func TestLeavingEndsNoRest(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		who := w.Who[1]
		w.Write(func(tx *db.Tx) error {
			r, err := role.Find(tx, w.Group.ID, "convenors")
			if err != nil {
				return err
			}
			_, err = role.Begin(tx, w.Ledger, w.Group, r, role.Term{
				Ref: "t_minds", Group: w.Group.ID, Role: r.ID, Member: who.Member.ID, Kind: role.Caretaker, Seat: 1, Begins: tx.Now,
				Ends: tx.Now.Add(28 * day), Cause: "vacancy/1",
			}, who.Member)
			return err
		})
		w.goTo(c.Now().Add(time.Hour))
		if _, err := w.Members.Leave(t.Context(), who, false); err != nil {
			t.Fatal(err)
		}
		back := w.Rejoin(who, "Back")
		resting := func() (is bool) {
			w.Read(func(tx *db.Tx) error {
				ids, err := role.Resting(tx, w.Group.ID)
				is = slices.Contains(ids, back.Member.ID)
				return err
			})
			return is
		}
		if !resting() {
			t.Error("they could look after a role again at once")
		}
		if w.goTo(c.Now().Add(role.CaretakerRest)); resting() {
			t.Error("they rest for ever")
		}
	})
}
