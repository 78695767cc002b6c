package db_test

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestPostgresWritesAreOnDisk: also where the server itself would answer before they are.
func TestPostgresWritesAreOnDisk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect() != db.Postgres {
			return // SQLite's pragmas have a test of their own
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			var got string
			if err := tx.Raw("SHOW synchronous_commit").Scan(&got).Error; err != nil {
				return err
			}
			if got != "on" {
				t.Errorf("synchronous_commit is %s", got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
	if url := os.Getenv(dbtest.Env); url != "" {
		if _, err := db.Open(t.Context(), db.Options{URL: "postgres://u:secret@host:port/x", Now: dbtest.NewClock(dbtest.Start).Now}); err == nil || len(err.Error()) > 200 || strings.Contains(err.Error(), "secret") {
			t.Errorf("a bad address says %v", err)
		}
	}
}

// TestWritersBesideEachOtherTakeTurns: a command writes while the server does. Neither does anything twice, though each
// reads what the other changes.
func TestWritersBesideEachOtherTakeTurns(t *testing.T) {
	url := dbtest.PostgresURL(t)
	var runs atomic.Int64
	const each = 100
	var wg sync.WaitGroup
	for range 2 {
		d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), URL: url, Now: dbtest.NewClock(dbtest.Start).Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			for range each {
				if err := d.Write(t.Context(), func(tx *db.Tx) error {
					runs.Add(1)
					return add("both")(tx)
				}); err != nil {
					t.Error(err)
				}
			}
		})
		if n := marks(t, d, "none"); n != 0 {
			t.Errorf("%d marks", n)
		}
	}
	wg.Wait()
	if n := runs.Load(); n != 2*each {
		t.Errorf("%d runs for %d writes", n, 2*each)
	}
}
