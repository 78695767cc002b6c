package draw_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
)

// TestAnswersLateAndEarly: the clock alone opens and closes, however late it is looked at, and nobody gets less time than the rules give.
func TestAnswersLateAndEarly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 6)
		v := w.show(0)
		w.Say(draw.Yes, 1, 2, 3)
		w.goTo(v.Draw.Closes.Add(-time.Millisecond))
		if v = w.show(0); v.Draw.State != draw.Asking {
			t.Fatalf("before the answers close: %+v", v.Draw)
		}
		w.goTo(v.Draw.Closes.AddDate(0, 0, 10)) // nothing ran for long
		v = w.show(0)
		if v.Draw.State != draw.Announced || v.Draw.At.Sub(c.Now()) < 48*time.Hour || v.Draw.Starts.Sub(v.Draw.At) < 72*time.Hour {
			t.Fatalf("late: %+v at %v", v.Draw, c.Now())
		}
		w.goTo(v.Draw.At.AddDate(0, 0, 30))
		v = w.show(0)
		for _, term := range v.Terms {
			if term.Begins.Sub(c.Now()) < 72*time.Hour {
				t.Errorf("a term begins at %v, and the lot fell at %v", term.Begins, c.Now())
			}
		}
		if len(v.Terms) != 2 {
			t.Errorf("terms: %+v", v.Terms)
		}
	})
}
