package ballot_test

import (
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// TestACallIsHeldOpen: whoever blocks has two more minutes to say why, once each and eight minutes in all; without reasons it is no block, and nobody is named.
func TestACallIsHeldOpen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := calls(w, 7)
		ctx, number, frozen := t.Context(), v.Motion.Number, v.Closes
		hold := func(who int) (bool, error) {
			_, held, err := w.Ballots.Hold(ctx, w.Who[who], number)
			return held, err
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		holds := func(who int, want bool, closes time.Time) {
			t.Helper()
			held, err := hold(who)
			if got := w.Show(number); err != nil || held != want || got.Closes != closes || got.Motion.Closes != closes || got.State != ballot.Open {
				t.Errorf("%d holds it: %v, %v; it closes %s, want %s", who, held, err, got.Closes, closes)
			}
		}
		_, err := w.Ballots.Answer(ctx, w.Who[0], number, db.Once{}, yes)
		must(err)
		if _, err := hold(7); fault.KindOf(err) != fault.Denied {
			t.Errorf("by who is not there: %v", err)
		}
		w.GoTo(frozen.Add(-5 * time.Second))
		until := c.Now().Add(ballot.HoldTime)
		holds(1, true, until)
		holds(1, false, until)
		entry := lastEntry(t, w, "ballot.extended")
		if _, by := entry["by"]; by || entry["why"] != "block" {
			t.Errorf("the record says %v", entry)
		}
		w.GoTo(until.Add(-time.Second))
		holds(0, true, c.Now().Add(ballot.HoldTime)) // who has answered takes that back
		if got, err := w.Ballots.Show(ctx, w.Who[0], number); err != nil || got.Voted || !got.Held || got.TookPart != 0 {
			t.Errorf("after that: %+v, %v", got, err)
		}
		for _, who := range []int{2, 3} {
			w.GoTo(w.Show(number).Closes.Add(-time.Second))
			holds(who, true, c.Now().Add(ballot.HoldTime))
		}
		w.GoTo(w.Show(number).Closes.Add(-time.Second))
		holds(4, true, frozen.Add(ballot.MostHeld))
		w.GoTo(w.Show(number).Closes.Add(-time.Second))
		holds(5, true, frozen.Add(ballot.MostHeld))
		if err := w.DB.Write(ctx, func(tx *db.Tx) error { return w.Ballots.Extend(tx, v.ID, "connections") }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("half a minute more: %v", err)
		}
		_, err = w.Ballots.Answer(ctx, w.Who[1], number, db.Once{}, blocks)
		must(err)
		for _, who := range []int{2, 3, 5, 6} {
			_, err = w.Ballots.Answer(ctx, w.Who[who], number, db.Once{}, yes)
			must(err)
		}
		w.GoTo(frozen.Add(ballot.MostHeld))
		if v = w.Show(number); v.Outcome != tally.Blocked || v.Answers.Block != 1 || v.Answers.Agree != 4 || v.Answers.Silent() != 2 {
			t.Errorf("it came to %s, %+v", v.Outcome, v.Answers)
		}
		if _, err := hold(6); fault.KindOf(err) != fault.Conflict {
			t.Errorf("when it is over: %v", err)
		}
	})
}

// TestNoOtherCallIsHeldOpen: where there are days, there is time enough.
func TestNoOtherCallIsHeldOpen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 6)
		v := callOnline(w)
		if _, _, err := w.Ballots.Hold(t.Context(), w.Who[1], v.Motion.Number); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v", err)
		}
	})
}
