package upkeep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
)

// inUse returns a target with a group whose members have seen three entries, and a backup that has the first of them.
func inUse(t *testing.T, dialect string) (to Target, backup string) {
	t.Helper()
	to = Target{Dir: t.TempDir(), Keys: t.TempDir(), Replace: true, Now: dbtest.NewClock(dbtest.Start).Now}
	if dialect == db.Postgres {
		to.URL = dbtest.PostgresURL(t)
	}
	l, _, err := ledger.Open(to.Keys)
	must(t, err)
	backup = filepath.Join(t.TempDir(), "backup.db")
	with(t, to, func(d *db.DB) {
		say := func() {
			must(t, d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := l.Append(tx, 5, ledger.Event{Kind: "group.started", Subject: "group", Actor: "m_7", Data: ledger.Data{"key": l.VerifierKey()}})
				return err
			}))
		}
		must(t, d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (5, 'g_5', 'bakers', 'Bakers', 'A', 'UTC', 'en', 1)").Error
		}))
		say()
		_, err := Backup(t.Context(), d, l, backup)
		must(t, err)
		say()
		heads := ledger.NewHeads(d, l, to.Keys)
		_, err = heads.Check(t.Context())
		must(t, err)
		must(t, heads.Keep(t.Context()))
	})
	return to, backup
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func with(t *testing.T, to Target, f func(d *db.DB)) {
	t.Helper()
	d, err := db.Open(t.Context(), to.options())
	must(t, err)
	f(d)
	must(t, d.Close())
}

// wantEntries fails the test unless the database has so many entries, and they are what members saw.
func wantEntries(t *testing.T, to Target, want int64) {
	t.Helper()
	l, _, err := ledger.Open(to.Keys)
	must(t, err)
	with(t, to, func(d *db.DB) {
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := ledger.Size(tx, 5)
			if n != want {
				t.Errorf("there are %d entries, want %d", n, want)
			}
			return err
		}))
		if forked, err := ledger.NewHeads(d, l, to.Keys).Check(t.Context()); err != nil || len(forked) > 0 {
			t.Errorf("forked: %v (%v)", forked, err)
		}
	})
}

// TestARestoreThatFailsChangesNothing: the database that was there is there again, wherever the restore breaks off.
func TestARestoreThatFailsChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		to, backup := inUse(t, d.Dialect())
		head, err := os.ReadFile(filepath.Join(to.Keys, "heads", "g_5.checkpoint"))
		must(t, err)
		same := func() {
			t.Helper()
			wantEntries(t, to, 3)
			if now, err := os.ReadFile(filepath.Join(to.Keys, "heads", "g_5.checkpoint")); err != nil || string(now) != string(head) {
				t.Errorf("the kept head became %q (%v)", now, err)
			}
		}
		aside, err := occupied(t.Context(), to)
		must(t, err)
		if err := to.place(t.Context(), filepath.Join(t.TempDir(), "none.db"), &Restored{Aside: aside}); err == nil {
			t.Error("what is not there was put in place")
		}
		same()
		taken, free := func() error { return os.Mkdir(aside, 0o700) }, func() error { return os.Remove(aside) }
		if to.URL != "" {
			taken = func() error { return inOne(t.Context(), to.URL, "CREATE SCHEMA "+aside) }
			free = func() error { return inOne(t.Context(), to.URL, "DROP SCHEMA "+aside) }
		}
		must(t, taken())
		if _, err := Restore(t.Context(), backup, to); err == nil || !strings.Contains(err.Error(), "move the database aside") {
			t.Errorf("restored: %v", err)
		}
		same()
		must(t, free())
		r, err := Restore(t.Context(), backup, to)
		if err != nil || r.Lost != 2 {
			t.Errorf("restored %+v, %v", r, err)
		}
		wantEntries(t, to, 2) // the last one tells of the restore
	})
}
