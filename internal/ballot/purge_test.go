package ballot_test

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/urn"
	"folkmoot/internal/votetest"

	"github.com/jackc/pgx/v5"
)

// onPostgres returns five members on the database at the address, whose statements watch is told of.
func onPostgres(t *testing.T, c *dbtest.Clock, at string, watch func(string)) *votetest.World {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: at, Dir: t.TempDir(), Now: c.Now, Watch: watch})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return votetest.New(t, d, c, "A", 5)
}

// TestPurgeGivesWay: another program, such as pg_dump, reads the urns for as long as it likes. The others' votes do not wait for it.
func TestPurgeGivesWay(t *testing.T) {
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return // on SQLite TestAnUrnThatIsReadIsLeftForAWhile tries the same
	}
	c := dbtest.NewClock(dbtest.Start)
	at := dbtest.PostgresURL(t)
	w := onPostgres(t, c, at, nil)
	v := w.Open(true)
	for _, a := range w.Who {
		w.Cast(a, 1, ballot.For)
	}
	dump, err := pgx.Connect(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dump.Exec(t.Context(), "BEGIN; LOCK TABLE urn IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	c.Set(v.Closes)
	if err := w.Ballots.Tick(t.Context()); !errors.Is(err, urn.ErrBusy) || w.Show(1).State != ballot.Counted {
		t.Errorf("beside the dump: %s, %v", w.Show(1).State, err)
	}
	if err := dump.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	w.Tick()
	if got := w.Show(1); got.State != ballot.Purged || got.Votes.For != 5 {
		t.Errorf("after the dump: %s, %+v", got.State, got.Votes)
	}
}

// TestPurgeBesideAReader: while a page of one vote is being read, the urn of another that has been counted is emptied. The reader
// still sees that they have voted, and can change their vote. On PostgreSQL all urns share the file that goes.
func TestPurgeBesideAReader(t *testing.T) {
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return // on SQLite emptying deletes rows and nothing else
	}
	for name, read := range map[string]func(w *votetest.World, v ballot.View, form ballot.Vote){
		"show": func(w *votetest.World, v ballot.View, _ ballot.Vote) {
			if got := w.Show(v.Motion.Number); !got.Voted || got.Basis != v.Basis {
				w.Errorf("voted %v", got.Voted)
			}
		},
		"parts": func(w *votetest.World, v ballot.View, _ ballot.Vote) {
			parts, err := w.Ballots.Parts(w.Context(), w.Who[0], []motion.Motion{v.Motion})
			if err != nil || parts[v.Motion.ID] != (ballot.Part{May: true, Voted: true}) {
				w.Errorf("%+v, %v", parts, err)
			}
		},
		"waiting": func(w *votetest.World, v ballot.View, _ ballot.Vote) {
			waiting, err := w.Ballots.WaitingFor(w.Context(), w.Who[0].Person)
			if at := waiting[w.Group.ID]; err != nil || at.Votes != 0 || at.Voted != 1 {
				w.Errorf("%+v, %v", waiting, err)
			}
		},
		"cast": func(w *votetest.World, v ballot.View, form ballot.Vote) {
			if _, err := w.Ballots.Cast(w.Context(), w.Who[0], v.Motion.Number, form); err != nil {
				w.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := dbtest.NewClock(dbtest.Start)
			var next atomic.Pointer[func()] // what happens once the reader has looked at anything
			w := onPostgres(t, c, dbtest.PostgresURL(t), func(statement string) {
				if statement == "LOCK TABLE urn IN ACCESS SHARE MODE" {
					return // that is no look
				}
				if f := next.Swap(nil); f != nil {
					(*f)()
				}
			})
			m := w.Table(true)
			c.Advance(day)
			later := w.Table(true)
			w.GoTo(m.Opens)
			w.GoTo(later.Opens)
			for _, a := range w.Who {
				w.Cast(a, m.Number, ballot.For)
				w.Cast(a, later.Number, ballot.For)
			}
			w.Restart() // it remembers no ballot and reads it first
			counted := w.Show(m.Number)
			c.Set(counted.Closes)
			v, form := w.Show(later.Number), w.Form(w.Who[0], later.Number, ballot.Against)
			done := make(chan error, 1)
			purge := func() {
				go func() { done <- w.Ballots.Tick(t.Context()) }()
				select {
				case err := <-done:
					done <- err
				case <-time.After(300 * time.Millisecond): // it waits for the reader, and gives up
				}
			}
			next.Store(&purge)
			read(w, v, form)
			if err := <-done; err != nil && !errors.Is(err, urn.ErrBusy) {
				t.Error(err)
			}
			c.Advance(time.Minute) // what was given up for the reader is tried again
			w.Tick()
			if got := w.Show(m.Number); got.State != ballot.Purged || got.Votes.For != 5 {
				t.Errorf("%s: %+v", got.State, got.Votes)
			}
			w.GoTo(v.Closes)
			if got := w.Show(later.Number); got.Votes.Turnout() != 5 {
				t.Errorf("the other: %s, %+v", got.State, got.Votes)
			}
		})
	}
}
