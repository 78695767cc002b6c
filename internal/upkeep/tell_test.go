package upkeep

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
)

func TestG19_WhatTheOperatorDoesIsInEveryGroupsRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _, err := ledger.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (1, 'g_1', 'a', 'A', 'B', 'UTC', 'en', 0), (2, 'g_2', 'b', 'B', 'B', 'UTC', 'en', 0)").Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := Tell(t.Context(), d, l, "backup", nil); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			for log := range 2 {
				es, err := ledger.Entries(tx, ledger.Log(log+1), 0, 9)
				if err != nil {
					return err
				}
				if len(es) != 1 || es[0].Kind != "operator.backup" {
					t.Errorf("log %d holds %v", log+1, es)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestANewSchemaIsInEveryGroupsRecord: once, by the start that migrates or, if that one broke off, by the next. Nothing is
// told of a database that was new.
func TestANewSchemaIsInEveryGroupsRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now, err := db.Newest()
		if err != nil {
			t.Fatal(err)
		}
		l, _, err := ledger.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		o := db.Options{Dir: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now, Keep: CopyOut}
		if d.Dialect() == db.Postgres {
			o.URL = dbtest.PostgresURL(t)
		}
		start := func(further int, tell bool, want ...string) {
			t.Helper()
			o.Migrations = furtherMigrations(t, now, further)
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if further == 0 {
				dbtest.Group(t, d, "a", "B", "Ada")
				dbtest.Group(t, d, "b", "B", "Bo")
			}
			if tell {
				err = NoteSchema(t.Context(), d, l)
			}
			var got []string
			err = errors.Join(err, d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Raw("SELECT leaf FROM ledger_entries WHERE kind = 'operator.migrated' ORDER BY n, group_id").Scan(&got).Error
			}), d.Close())
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, leaf := range got {
				_, data, _ := strings.Cut(leaf, `"data":`)
				told = append(told, data[:strings.Index(data, "}")+1])
			}
			if !slices.Equal(told, want) {
				t.Errorf("with %d further migrations the record says %q, want %q", further, told, want)
			}
		}
		step := func(from, to int) string { return fmt.Sprintf(`{"from":%d,"to":%d}`, int(now)+from, int(now)+to) }
		start(0, true)
		start(1, false)
		start(1, true, step(0, 1), step(0, 1))
		start(1, true, step(0, 1), step(0, 1))
		start(3, true, step(0, 1), step(0, 1), step(1, 3), step(1, 3))
	})
}

// furtherMigrations is the program's own set with so many more.
func furtherMigrations(t *testing.T, now int64, further int) fstest.MapFS {
	t.Helper()
	set := fstest.MapFS{}
	for _, dialect := range []string{db.SQLite, db.Postgres} {
		own, err := filepath.Glob("../db/migrations/" + dialect + "/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range own {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			set["migrations/"+dialect+"/"+filepath.Base(name)] = &fstest.MapFile{Data: text}
		}
		for i := range further {
			n := int(now) + i + 1
			set[fmt.Sprintf("migrations/%s/%05d_further.sql", dialect, n)] = &fstest.MapFile{Data: fmt.Appendf(nil, "-- +goose Up\nCREATE TABLE further_%d (id BIGINT PRIMARY KEY);", n)}
		}
	}
	return set
}

// TestGoingBackToTheOldProgram: the copy made before an upgrade takes the place of what the new program has written.
func TestGoingBackToTheOldProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now, err := db.Newest()
		if err != nil {
			t.Fatal(err)
		}
		to := Target{Dir: t.TempDir(), Keys: t.TempDir(), Replace: true, Now: dbtest.NewClock(dbtest.Start).Now}
		if d.Dialect() == db.Postgres {
			to.URL = dbtest.PostgresURL(t)
		}
		use := func(further int, f func(*db.DB)) {
			t.Helper()
			o := to.options()
			o.Migrations, o.Server = furtherMigrations(t, now, further), true
			d, err := db.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			f(d)
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		use(0, func(d *db.DB) { dbtest.Group(t, d, "old", "B", "Ada") })
		use(1, func(d *db.DB) { dbtest.Group(t, d, "new", "B", "Bo") })
		copies, err := filepath.Glob(to.Dir + "/before-schema-*.db")
		if err != nil || len(copies) != 1 {
			t.Fatal(copies, err)
		}
		r, err := Restore(t.Context(), copies[0], to)
		if err != nil || r.Groups != 1 || r.Aside == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		use(0, func(d *db.DB) {
			var slugs []string
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT slug FROM groups").Scan(&slugs).Error }); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(slugs, []string{"old"}) {
				t.Errorf("the old program finds %v", slugs)
			}
		})
	})
}
