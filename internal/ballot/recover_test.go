package ballot_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
	"folkmoot/internal/votetest"
)

// TestRestartGoesOn: the program ends at every stage of a secret ballot and goes on where it was.
func TestRestartGoesOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		m := w.Table(true)
		w.Restart()
		w.GoTo(m.Opens)
		v := w.Show(1)
		form := w.Form(w.Who[0], 1, ballot.For)
		before, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, form)
		if err != nil {
			t.Fatal(err)
		}
		w.Restart()
		after, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, form)
		if err != nil || after.Receipt != before.Receipt {
			t.Errorf("the same form after a restart: %v, %v", after.Receipt, err)
		}
		for _, a := range w.Who[1:4] {
			w.Cast(a, 1, ballot.Against)
		}
		// The program ends between closing and counting.
		c.Set(v.Closes)
		w.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE ballots SET state = 'closing'").Error })
		_, err = w.Ballots.Cast(t.Context(), w.Who[4], 1, ballot.Vote{Choice: ballot.For})
		w.WantKind("a vote while it is counted", err, fault.Conflict)
		w.Restart()
		w.Tick()
		if v = w.Show(1); v.State != ballot.Purged || v.Votes.For != 1 || v.Votes.Against != 3 {
			t.Errorf("%s, %+v", v.State, v.Votes)
		}
		w.Restart()
		w.Tick()
	})
}

// TestKeyIsGone: without its key a ballot takes no votes; if the key comes back in time nothing is lost, and if it does not
// the ballot is stopped at its close and held again.
// TestAnUrnThatIsReadIsLeftForAWhile: each try to empty it holds up all writing, so it is not tried each second.
func TestAnUrnThatIsReadIsLeftForAWhile(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	w := votetest.New(t, d, c, "A", 5)
	v := w.Open(true)
	for _, a := range w.Who {
		w.Cast(a, v.Motion.Number, ballot.For)
	}
	c.Set(v.Closes)
	tick := func(after time.Duration, wait bool) {
		t.Helper()
		c.Advance(after)
		if err := w.Ballots.Tick(t.Context()); (err != nil && errors.Is(err, urn.ErrBusy)) != wait || !wait && err != nil {
			t.Errorf("after %v: %v", after, err)
		}
		if state := w.Show(v.Motion.Number).State; (state == ballot.Counted) != wait {
			t.Errorf("after %v it is %s", after, state)
		}
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		if _, err := ballot.Get(tx, v.ID); err != nil {
			return err
		}
		tick(0, true)
		tick(5*time.Second, true)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tick(4*time.Second, true)
	tick(time.Second, false)
}

func TestKeyIsGone(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, back := range []bool{true, false} {
			w := votetest.New(t, d, c, "A", 5)
			v := w.Open(true)
			for _, a := range w.Who {
				w.Cast(a, 1, ballot.For)
			}
			key := filepath.Join(w.Keys, "ballots", v.Ref+".key")
			text, err := os.ReadFile(key)
			if err = errors.Join(err, os.Remove(key)); err != nil {
				t.Fatal(err)
			}
			w.Restart()
			if v := w.Show(1); !v.Unavailable || v.State != ballot.Open {
				t.Errorf("without its key: %+v", v)
			}
			_, err = w.Ballots.Cast(t.Context(), w.Who[0], 1, ballot.Vote{Choice: ballot.For})
			w.WantKind("a vote without the key", err, fault.Unavailable)
			if back {
				if err := os.WriteFile(key, text, 0o600); err != nil {
					t.Fatal(err)
				}
				w.Restart()
				w.Cast(w.Who[0], 1, ballot.Against)
			}
			if !back {
				c.Set(v.Closes)
				if err := w.Ballots.Tick(t.Context()); err == nil {
					t.Error("nobody is told that the key is missing at the close")
				}
				if got := w.Show(1); got.State != ballot.Open || got.IsOpen(c.Now()) {
					t.Errorf("at the close, while the key may come back: %+v", got)
				}
				c.Set(v.Closes.Add(24 * time.Hour))
				w.Tick()
			}
			if back {
				w.GoTo(v.Closes)
			}
			got := w.Show(1)
			if back && (got.Votes.For != 4 || got.Votes.Against != 1) {
				t.Errorf("the key came back: %+v", got.Votes)
			}
			if !back && (got.Round != 2 || got.State != ballot.Announced || got.Earlier[0].Incident != "key_lost" || got.Motion.State != motion.Inquorate) {
				t.Errorf("the key did not come back: %+v", got)
			}
		}
	})
}

// TestKeyComesLate: the server stood still for days past the close and starts while the disk with the keys is not there yet. The
// ballot waits for it as long as it would have at its close, and no longer, however often the server is started again.
func TestKeyComesLate(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, back := range []bool{true, false} {
			w := votetest.New(t, d, c, "A", 5)
			v := w.Open(true)
			for _, a := range w.Who {
				w.Cast(a, 1, ballot.For)
			}
			disk, away := filepath.Join(w.Keys, "ballots"), filepath.Join(w.Keys, "away")
			if err := os.Rename(disk, away); err != nil {
				t.Fatal(err)
			}
			start := v.Closes.Add(3 * day)
			c.Set(start)
			for _, at := range []time.Time{start, start.Add(day / 2), start.Add(day - time.Second)} {
				c.Set(at)
				w.Restart()
				if err := w.Ballots.Tick(t.Context()); err == nil || w.Show(1).State != ballot.Open {
					t.Fatalf("without its key, %s after the start: %s, %v", at.Sub(start), w.Show(1).State, err)
				}
			}
			if back {
				if err := errors.Join(os.Remove(disk), os.Rename(away, disk)); err != nil {
					t.Fatal(err)
				}
			}
			c.Set(start.Add(day))
			w.Tick()
			got := w.Show(1)
			if back && (got.Votes.For != 5 || got.Outcome != tally.Carried) {
				t.Errorf("the key came back: %s, %+v", got.State, got.Votes)
			}
			if !back && (got.Round != 2 || got.Earlier[0].Incident != "key_lost") {
				t.Errorf("the key did not come back: %+v", got)
			}
		}
	})
}

// TestClockPutBackBeforeTheClose: between finding the ballot due and closing it the clock was put back. The ballot goes on, also
// if a vote of which the commit is still under way is in the journal alone.
func TestClockPutBackBeforeTheClose(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		v := w.Open(true)
		for _, a := range w.Who {
			w.Cast(a, 1, ballot.For)
		}
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("DELETE FROM urn WHERE ballot_id = ? AND pseud IN (SELECT pseud FROM urn ORDER BY pseud LIMIT 1)", v.ID).Error
		})
		if err := w.Ballots.CloseFound(t.Context(), v.Ballot); err != nil {
			t.Fatal(err)
		}
		if got := w.Show(1); got.State != ballot.Open || got.Round != 1 {
			t.Fatalf("a ballot that is not due is %s in round %d", got.State, got.Round)
		}
		w.Restart() // puts the vote into the table
		w.GoTo(v.Closes)
		if got := w.Show(1); got.Votes.For != 5 || got.Outcome != tally.Carried {
			t.Errorf("%s: %+v, %s", got.State, got.Votes, got.Outcome)
		}
	})
}

// TestTamperedUrnStopsAtTheStart: what somebody did to the urn while the program was down is found when it starts, and nothing is
// destroyed. A second such ballot ends the proposal.
func TestTamperedUrnStopsAtTheStart(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		v := w.Open(true)
		for round := 1; round <= 2; round++ {
			for _, a := range w.Who {
				w.Cast(a, 1, ballot.For)
			}
			w.Write(func(tx *db.Tx) error {
				return tx.Exec("INSERT INTO urn (ballot_id, pseud, box) VALUES (?, ?, ?)", v.ID, bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{7}, 89)).Error
			})
			w.Restart()
			if round == 2 {
				break
			}
			next := w.Show(1)
			if stopped := next.Earlier[0]; stopped.State != ballot.Stopped || stopped.Incident != "unknown" || stopped.IsCounted() {
				t.Fatalf("%+v", stopped)
			}
			if _, err := next.Earlier[0].Result(); fault.KindOf(err) != fault.Conflict {
				t.Errorf("a stopped ballot has a result: %v", err)
			}
			for _, f := range []string{"ballots/" + v.Ref + ".key", "urn/" + v.Ref + ".log"} {
				if _, err := os.Stat(filepath.Join(w.Keys, f)); err != nil {
					t.Error(err)
				}
			}
			w.GoTo(next.Opens)
			v = w.Show(1)
		}
		if last := w.Show(1); last.State != ballot.Stopped || last.Motion.State != motion.Lapsed {
			t.Errorf("after the second: %s, %s", last.State, last.Motion.State)
		}
		if ds, err := w.Decisions.About(t.Context(), v.Motion.ID); err != nil || len(ds) != 0 {
			t.Errorf("%d decisions from stopped ballots, %v", len(ds), err)
		}
	})
}

// TestChangedQuestionStopsTheCountV13: whoever can change the database past its triggers still cannot have the votes counted for another
// question.
func TestChangedQuestionStopsTheCountV13(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		v := w.Open(true)
		for _, a := range w.Who {
			w.Cast(a, 1, ballot.For)
		}
		w.Write(func(tx *db.Tx) error {
			return errors.Join(dbtest.Unguard(tx, "ballots"), tx.Exec("UPDATE ballots SET question_hash = ? WHERE id = ?", bytes.Repeat([]byte{1}, 32), v.ID).Error)
		})
		w.GoTo(v.Closes)
		if got := w.Show(1); got.Round != 2 || got.Earlier[0].State != ballot.Stopped || got.Earlier[0].Incident != "unopened" {
			t.Errorf("%+v", got)
		}
	})
}

// TestTurnoutIsCoarse: while a vote is open, how many took part is told late and in steps (security.md §1.5).
func TestTurnoutIsCoarse(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			c := dbtest.NewClock(dbtest.Start)
			w := votetest.New(t, dbtest.SQLite(t, c), c, "A", 18)
			w.Open(secret)
			last := 0
			for i, a := range w.Who {
				w.Cast(a, 1, ballot.For)
				if got := w.Show(1).TookPart; got != last {
					t.Fatalf("after %d votes %d are shown at once", i+1, got)
				}
				c.Advance(time.Minute)
				last = w.Show(1).TookPart
				want := (i + 1) / 5 * 5
				if i+1 < 10 {
					want = 0
				}
				if last != want {
					t.Fatalf("after %d votes %d are shown, want %d", i+1, last, want)
				}
			}
		})
	}
}

// TestActivityOnlyAtTheClose: that a member was active is noted for all voters together when the vote closes, never when one votes.
func TestActivityOnlyAtTheClose(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, secret := range []bool{false, true} {
			w := votetest.New(t, d, c, "A", 5)
			w.Write(func(tx *db.Tx) error {
				return tx.Exec("UPDATE members SET active_month = 202001 WHERE group_id = ?", w.Group.ID).Error
			})
			v := w.Open(secret)
			months := func() (out []int) {
				w.Read(func(tx *db.Tx) error {
					return tx.Raw("SELECT active_month FROM members WHERE group_id = ? ORDER BY id", w.Group.ID).Scan(&out).Error
				})
				return out
			}
			before := fmt.Sprint(months())
			for _, a := range w.Who[2:] {
				w.Cast(a, 1, ballot.For)
			}
			if got := fmt.Sprint(months()); got != before {
				t.Errorf("voting changed %s to %s", before, got)
			}
			w.GoTo(v.Closes)
			month := v.Closes.Year()*100 + int(v.Closes.Month())
			for i, m := range months()[2:] {
				if m != month {
					t.Errorf("voter %d was last active in %d, want %d", i, m, month)
				}
			}
			if w.Show(1).Outcome != tally.Carried {
				t.Error("not carried")
			}
		}
	})
}
