package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
)

// add makes a mark under the name, so that what is done twice is seen.
func add(name string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO settings (name, value) VALUES (?, 'x') ON CONFLICT (name) DO UPDATE SET value = settings.value || 'x'", name).Error
	}
}

func marks(t *testing.T, d *db.DB, name string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT COALESCE(MAX(LENGTH(value)), 0) FROM settings WHERE name = ?", name).Scan(&n).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// together has the functions share a batch and returns what became of each.
func together(d *db.DB, fs ...func(*db.Tx) error) []error {
	start := make(chan struct{})
	go func() { _ = d.Outside(context.Background(), func(*sql.DB) error { <-start; return nil }) }()
	time.Sleep(20 * time.Millisecond)
	errs := make([]error, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { errs[i] = d.Write(context.Background(), f) })
	}
	time.Sleep(50 * time.Millisecond)
	close(start)
	wg.Wait()
	return errs
}

func TestAConnectionLostBeforeTheCommitIsMadeAgain(t *testing.T) {
	dbtest.OnLine(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock, l *dbtest.Line) {
		for _, others := range []int{0, 4} {
			var runs int
			fs := []func(*db.Tx) error{func(tx *db.Tx) error {
				if runs++; runs == 1 {
					l.Drop()
				}
				return add(fmt.Sprint("lost ", others))(tx)
			}}
			for i := range others {
				fs = append(fs, add(fmt.Sprint("other ", i)))
			}
			for i, err := range together(d, fs...) {
				if err != nil {
					t.Errorf("with %d others, job %d: %v", others, i, err)
				}
			}
			if n := marks(t, d, fmt.Sprint("lost ", others)); n != 1 {
				t.Errorf("with %d others: done %d times", others, n)
			}
			for i := range others {
				if n := marks(t, d, fmt.Sprint("other ", i)); n != 1 {
					t.Errorf("other job %d: done %d times", i, n)
				}
			}
		}
	})
}

// TestACommitThatNobodyKnowsOfIsNotDoneTwice: the server committed and its answer was lost.
func TestACommitThatNobodyKnowsOfIsNotDoneTwice(t *testing.T) {
	dbtest.OnLine(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock, l *dbtest.Line) {
		l.LoseCommit()
		for i, err := range together(d, add("0"), add("1"), add("2")) {
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("job %d: %v", i, err)
			}
		}
		for i := range 3 {
			if n := marks(t, d, fmt.Sprint(i)); n > 1 {
				t.Errorf("job %d was done %d times", i, n)
			}
		}
		if err := d.Write(t.Context(), add("after")); err != nil {
			t.Error(err)
		}
	})
}

func TestWithoutAServerEverybodyIsToldToComeBack(t *testing.T) {
	dbtest.OnLine(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock, l *dbtest.Line) {
		l.Cut()
		began := time.Now()
		for i, err := range together(d, add("0"), add("1"), add("2")) {
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("write %d: %v", i, err)
			}
		}
		if err := d.Read(t.Context(), func(*db.Tx) error { return nil }); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("read: %v", err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
