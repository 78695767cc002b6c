package role_test

import (
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// give gives a member a term of the role as an election would, and returns it with why it could not.
func (w world) give(key string, who member.Actor, seat int, begins time.Time, days int) (t role.Term, why role.Why) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		t = role.Term{
			Ref: fmt.Sprintf("t_%s_%d_%d", key, who.Member.ID, begins.Unix()), Group: w.Group.ID, Role: r.ID, Member: who.Member.ID, Seat: seat,
			Begins: begins, Ends: begins.AddDate(0, 0, days), Cause: "decision/2026-900",
		}
		why, err = role.Begin(tx, w.Ledger, w.Group, r, t, who.Member)
		return err
	})
	return t, why
}

// recall ends a term as a carried petition does.
func (w world) recall(t role.Term) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		_, why, err := role.EndByDecision(tx, w.Ledger, w.Group, t.Ref)
		if err == nil && why != "" {
			err = fmt.Errorf("not ended: %s", why)
		}
		return err
	})
}

// waive lets a member take the role once, as a carried proposal does.
func (w world) waive(key string, who member.Actor, cause string) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		why, err := role.WaiveByDecision(tx, w.Ledger, w.Group, cause, key, who.Member.Ref)
		if err == nil && why != "" {
			err = fmt.Errorf("no waiver: %s", why)
		}
		return err
	})
}

// bars returns what keeps a member from a term of the role that begins now.
func (w world) bars(key string, who member.Actor) (out []role.Bar) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		rules, err := rulebook.Current(tx, w.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		out, _, err = role.Judge(tx, w.Group, who.Member.ID, r, rules.Rules, role.Filling{Closes: tx.Now, Starts: tx.Now, Seats: 1})
		return err
	})
	return out
}

// living returns how many terms of the role are not over.
func (w world) living(key string) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		terms, err := role.Running(tx, r.ID)
		n = len(terms)
		return err
	})
	return n
}

// TestRecallReachesTheNextTerm: whoever has been elected for the time after their term too does not come back by that when members end it, be the
// next term given already or only then.
func TestRecallReachesTheNextTerm(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 6)
		now, who := c.Now(), w.Who[1]
		first, _ := w.give("convenors", who, 1, now, 60)
		if _, why := w.give("convenors", who, 1, first.Ends, 60); why != "" {
			t.Fatalf("elected for the next term: %s", why)
		}
		if _, why := w.give("treasurers", who, 1, now, 60); why != "" {
			t.Fatalf("elected for another role: %s", why)
		}
		w.goTo(now.Add(58 * day))
		w.recall(first)
		if n := w.living("convenors"); n != 0 {
			t.Errorf("%d terms of the role are left after the members ended it", n)
		}
		if n := w.living("treasurers"); n != 1 {
			t.Errorf("%d terms of another role are left", n)
		}
		if _, why := w.give("convenors", who, 1, first.Ends, 60); why != role.RecalledBefore {
			t.Errorf("elected in a vote that was under way: %q", why)
		}
		if _, why := w.give("convenors", w.Who[2], 1, first.Ends, 60); why != "" {
			t.Errorf("somebody else: %q", why)
		}
		if _, why := w.give("convenors", who, 2, c.Now().Add(181*day), 60); why != "" {
			t.Errorf("half a year later: %q", why)
		}
	})
}

// TestWaiverFromBeforeARecall: members who let somebody take the role once, and later end their term, have not let them take it again.
func TestWaiverFromBeforeARecall(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 6)
		before, after := w.Who[1], w.Who[2]
		first, _ := w.give("convenors", before, 1, c.Now(), 60)
		second, _ := w.give("convenors", after, 2, c.Now(), 60)
		w.goTo(c.Now().Add(10 * day))
		w.waive("convenors", before, "decision/2026-901")
		w.goTo(c.Now().Add(10 * day))
		w.recall(first)
		w.recall(second)
		w.goTo(c.Now().Add(10 * day))
		w.waive("convenors", after, "decision/2026-902")
		if got := w.bars("convenors", before); len(got) == 0 {
			t.Error("a waiver from before the recall lets them stand")
		}
		if _, why := w.give("convenors", before, 1, c.Now(), 60); why != role.RecalledBefore {
			t.Errorf("and take the role: %q", why)
		}
		if got := w.bars("convenors", after); len(got) > 0 {
			t.Errorf("a waiver from after the recall: %v", got)
		}
		if _, why := w.give("convenors", after, 2, c.Now(), 60); why != "" {
			t.Errorf("and take the role: %q", why)
		}
	})
}
