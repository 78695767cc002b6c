package db_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

var errRefused = errors.New("refused")

func TestRowAndDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var value []byte
		var name string
		const query = "SELECT name, value FROM settings WHERE name = ? AND value <> ?"
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			hit, err := tx.Do("INSERT INTO settings (name, value) VALUES (?, ?), (?, ?) ON CONFLICT (name) DO NOTHING", "row a", []byte("one"), "row b", []byte("two"))
			if hit != 2 {
				t.Errorf("%d rows hit, want 2", hit)
			}
			if err != nil {
				return err
			}
			again, err := tx.Do("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", "row a", []byte("three"))
			if again != 0 {
				t.Errorf("%d rows hit the second time, want 0", again)
			}
			found, rerr := tx.Row(query, []any{"row a", []byte("x")}, &name, &value)
			if !found || name != "row a" || string(value) != "one" {
				t.Errorf("within the transaction: %v, %q = %q", found, name, value)
			}
			return errors.Join(err, rerr)
		}))
		found, err := d.Row(ctx, query, []any{"row b", []byte("x")}, &name, &value)
		if err != nil || !found || name != "row b" || string(value) != "two" {
			t.Errorf("Row = %v, %v: %q = %q", found, err, name, value)
		}
		if found, err := d.Row(ctx, query, []any{"row c", []byte("x")}, &name, &value); err != nil || found {
			t.Errorf("what is not there: %v, %v", found, err)
		}
		if _, err := d.Row(ctx, "SELECT nothing FROM settings WHERE name = ?", []any{"row a"}, &name); err == nil {
			t.Error("a column that is not there has no error")
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := d.Row(ended, query, []any{"row a", []byte("x")}, &name, &value); !errors.Is(err, context.Canceled) {
			t.Errorf("after the request ended: %v", err)
		}
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			if _, err := d.Row(tx.Statement.Context, query, []any{"row a", []byte("x")}, &name, &value); err == nil {
				t.Error("a Row in the midst of a transaction was let through, where it would not see what the transaction sees")
			}
			return nil
		}))
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := tx.Do("DELETE FROM settings"); return err }); err == nil {
			t.Error("a Read could write")
		}
	})
}

// TestTurn: whoever has read something after the turn was asked sees from the turn that it has changed, as soon as the writer knows.
func TestTurn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(f func(tx *db.Tx) error) (moved bool) {
			before := d.Turn()
			if err := d.Write(t.Context(), f); err != nil && !errors.Is(err, errRefused) {
				t.Error(err)
			}
			return d.Turn() != before
		}
		if !write(func(tx *db.Tx) error { return tx.PutSetting("a", []byte("1")) }) {
			t.Error("a change does not show")
		}
		if write(func(tx *db.Tx) error { tx.OnlyPapers(); return tx.PutSetting("a", []byte("2")) }) {
			t.Error("a paper shows as a change")
		}
		if write(func(tx *db.Tx) error { return errRefused }) {
			t.Error("what was undone shows as a change")
		}
	})
}

// TestAFailedJobIsUndoneAmongOthers: the others of its commit hold, whatever it had written before it failed, and they may run twice.
func TestAFailedJobIsUndoneAmongOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		release := make(chan struct{})
		wg.Go(func() { // holds the writer, so that the rest shares a commit
			must(t, d.Write(t.Context(), func(tx *db.Tx) error { <-release; return nil }))
		})
		time.Sleep(20 * time.Millisecond)
		var mu sync.Mutex
		var after []string
		for _, name := range []string{"job 1", "job 2", "job 3", "job 4"} {
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					tx.After(func() { mu.Lock(); after = append(after, name); mu.Unlock() })
					if err := tx.PutSetting(name, []byte("x")); err != nil {
						return err
					}
					if name == "job 2" {
						return errRefused
					}
					return nil
				})
				if (name == "job 2") != errors.Is(err, errRefused) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		time.Sleep(20 * time.Millisecond)
		close(release)
		wg.Wait()
		var held []string
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Raw("SELECT name FROM settings WHERE name LIKE 'job %' ORDER BY name").Scan(&held).Error
		}))
		slices.Sort(after)
		if want := []string{"job 1", "job 3", "job 4"}; !slices.Equal(held, want) || !slices.Equal(after, want) {
			t.Errorf("held: %q; after the commit: %q", held, after)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// TestAJobThatHidesItsErrorIsAlone: on PostgreSQL a statement's error ends the transaction even where the job passes over it. That is the
// job's trouble and not that of those who share its commit.
func TestAJobThatHidesItsErrorIsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		release := make(chan struct{})
		wg.Go(func() { must(t, d.Write(t.Context(), func(tx *db.Tx) error { <-release; return nil })) })
		time.Sleep(20 * time.Millisecond)
		wg.Go(func() {
			must(t, d.Write(t.Context(), func(tx *db.Tx) error { return tx.PutSetting("honest", []byte("x")) }))
		})
		wg.Go(func() {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Do("DELETE FROM no_such_table"); err == nil {
					t.Error("a table that is not there has no error")
				}
				return nil
			})
			if (err == nil) != (d.Dialect() == db.SQLite) {
				t.Errorf("the other: %v", err)
			}
		})
		time.Sleep(20 * time.Millisecond)
		close(release)
		wg.Wait()
		must(t, d.Read(t.Context(), func(tx *db.Tx) error {
			if v, err := tx.Setting("honest"); err != nil || string(v) != "x" {
				t.Errorf("the honest job's row is %q (%v)", v, err)
			}
			return nil
		}))
	})
}
