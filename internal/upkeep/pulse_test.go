package upkeep

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestAPulseIsSharedAndSeldom: however many ask, the database is written to once in a while, and it really is.
func TestAPulseIsSharedAndSeldom(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		p := NewPulse(d, c.Now)
		last := func() (row []byte) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { row, err = tx.Setting(pulse); return err }); err != nil {
				t.Fatal(err)
			}
			return row
		}
		beat := func() string {
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if err := p.Feel(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			return string(last())
		}
		first := beat()
		if len(first) != pulseSize {
			t.Errorf("%d bytes are written", len(first))
		}
		if c.Advance(pulseTime - time.Millisecond); beat() != first {
			t.Error("it is written again at once")
		}
		if c.Advance(time.Millisecond); beat() == first {
			t.Error("it is never written again")
		}
		if c.Advance(-time.Hour); p.Feel(t.Context()) != nil || !p.at.Equal(c.Now()) {
			t.Error("a clock that was set back stops it")
		}
	})
}

// TestAPulseEndsWithTheDatabase: what cannot be written is said, for the time an answer holds and after it.
func TestAPulseEndsWithTheDatabase(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		p := NewPulse(d, c.Now)
		forbid, allow := "PRAGMA query_only = on", "PRAGMA query_only = off"
		if d.Dialect() == db.Postgres {
			forbid, allow = "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
		}
		set := func(q string) {
			if err := d.Outside(t.Context(), func(s *sql.DB) error { _, err := s.Exec(q); return err }); err != nil {
				t.Fatal(err)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := p.Feel(gone); err != nil {
			t.Errorf("somebody who left spoils it: %v", err)
		}
		set(forbid)
		c.Advance(pulseTime)
		for range 2 {
			if err := p.Feel(t.Context()); err == nil {
				t.Error("it beats without a database")
			}
		}
		set(allow)
		c.Advance(pulseTime)
		if err := p.Feel(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
