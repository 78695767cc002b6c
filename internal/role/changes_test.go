package role_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/role"
)

// TestChanges: on the day on which terms begin and end members are told of it, on the days before and after they are not, and of a place
// that was declined they never are. Who follows in a seat is known once they are drawn.
func TestChanges(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 9)
		w.Say(draw.Yes, 1, 2, 3, 4, 5, 6)
		w.goTo(w.show(0).Draw.Closes)
		w.goTo(w.show(0).Draw.At)
		gone := w.show(0).Terms[0]
		if err := w.Roles.GiveUp(t.Context(), w.Who[w.Place(gone.Member)], gone.Ref); err != nil {
			t.Fatal(err)
		}
		w.goTo(c.Now())
		terms := w.show(0).Terms
		c.Set(terms[0].Begins.AddDate(0, 0, -1))
		w.wantChanges(0, 0)
		c.Set(terms[0].Begins.Add(-time.Minute))
		w.wantChanges(2, 0)
		c.Set(terms[0].Begins.Add(time.Minute))
		w.wantChanges(2, 0)
		c.Set(terms[0].Begins.AddDate(0, 0, 1))
		w.wantChanges(0, 0)

		short := terms[0]
		if terms[1].Ends.Before(short.Ends) {
			short = terms[1]
		}
		w.draw(short)
		v := w.show(0)
		next := v.Followers(short)
		if len(next) != 1 || next[0].Seat != short.Seat || next[0].Member == short.Member || next[0].Begins.Before(short.Ends) {
			t.Fatalf("%+v is followed by %+v", short, next)
		}
		if last := v.Followers(next[0]); len(last) > 0 {
			t.Errorf("%+v is followed by %+v, whom nobody drew", next, last)
		}
		c.Set(short.Ends.Add(time.Minute))
		w.wantChanges(1, 1)
	})
}

// draw has others drawn for the seat of a term before it ends.
func (w world) draw(t role.Term) {
	w.Helper()
	for day := w.Clock.Now(); w.show(0).Draw.Number < 2; day = day.AddDate(0, 0, 1) {
		if day.After(t.Ends) {
			w.Fatal("a term ended, and nobody had been asked")
		}
		w.goTo(day)
	}
	for i := range w.Who {
		if w.Who[i].Member.ID == t.Member {
			continue // who holds the seat could be drawn for it again
		}
		if err := w.Draws.Say(w.Context(), w.Who[i], 2, draw.Yes); err != nil && fault.KindOf(err) != fault.Denied {
			w.Fatal(err)
		}
	}
	w.goTo(w.show(0).Draw.Closes)
	w.goTo(w.show(0).Draw.At)
}

// wantChanges expects so many terms that begin today, and that end.
func (w world) wantChanges(begin, end int) {
	w.Helper()
	var all []role.Change
	w.Read(func(tx *db.Tx) error {
		roles, err := role.Of(tx, w.Group.ID)
		if err == nil {
			all, err = role.Today(tx, w.Group, roles)
		}
		return err
	})
	for i, ch := range all {
		if ch.Who.Name == "" || i > 0 && ch.At().Before(all[i-1].At()) {
			w.Errorf("change %d: %+v", i, ch)
		}
		if ch.Begins {
			begin--
		} else {
			end--
		}
	}
	if begin != 0 || end != 0 {
		w.Errorf("at %v: %d beginnings and %d ends too few: %+v", w.Clock.Now(), begin, end, all)
	}
}
