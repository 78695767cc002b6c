package db_test

import (
	"os"
	"strings"
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
