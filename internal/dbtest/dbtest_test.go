package dbtest

import (
	"os"
	"testing"
	"time"

	"folkmoot/internal/db"
)

func put(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?)", "seen", []byte("x")).Error
	}); err != nil {
		t.Fatal(err)
	}
}

// TestEachIsFresh writes the same key in two tests in a row: the second must not meet the first one's row.
func TestEachIsFresh(t *testing.T) {
	for range 2 {
		Each(t, put)
	}
}

func TestEachClockMovesTheDatabasesTime(t *testing.T) {
	EachClock(t, func(t *testing.T, d *db.DB, c *Clock) {
		at := func() (at time.Time) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error { at = tx.Now; return nil }); err != nil {
				t.Fatal(err)
			}
			return at
		}
		if got := at(); !got.Equal(Start) {
			t.Errorf("the clock starts at %v", got)
		}
		c.Advance(72 * time.Hour)
		if got := at(); !got.Equal(Start.Add(72 * time.Hour)) {
			t.Errorf("three days later it is %v", got)
		}
		c.Set(Start)
		if got := at(); !got.Equal(Start) {
			t.Errorf("set back, it is %v", got)
		}
	})
}

// TestBothDatabasesAreTried holds the promise of Each where it matters: in continuous integration.
func TestBothDatabasesAreTried(t *testing.T) {
	seen := map[string]bool{}
	Each(t, func(_ *testing.T, d *db.DB) { seen[d.Dialect()] = true })
	want := map[string]bool{db.SQLite: true, db.Postgres: os.Getenv(Env) != ""}
	for dialect, w := range want {
		if seen[dialect] != w {
			t.Errorf("%s tried: %v, want %v", dialect, seen[dialect], w)
		}
	}
}
