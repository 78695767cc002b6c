package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/fault"

	"gorm.io/gorm"
)

func open(t *testing.T, o Options) *DB {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	d, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func put(name string) func(*Tx) error {
	return func(tx *Tx) error {
		return tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?)", name, []byte("x")).Error
	}
}

func count(t *testing.T, d *DB) (n int64) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *Tx) error { return tx.Table("settings").Where("name <> ?", SchemaTold).Count(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	d := open(t, Options{})
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1"} {
		for name, g := range map[string]*gorm.DB{"writer": d.write, "reader": d.read} {
			var got string
			if err := g.Raw("PRAGMA " + pragma).Scan(&got).Error; err != nil || got != want {
				t.Errorf("%s %s = %q (%v), want %q", name, pragma, got, err, want)
			}
		}
	}
	if err := d.Read(t.Context(), put("in a read")); err == nil {
		t.Error("a Read could write")
	}
}

func TestOneJobsErrorUndoesOnlyThatJob(t *testing.T) {
	d := open(t, Options{})
	block := make(chan struct{})
	go func() { // holds the writer, so that the rest shares a batch
		_ = d.Outside(context.Background(), func(*sql.DB) error { <-block; return nil })
	}()
	var wg sync.WaitGroup
	var failed, ran atomic.Int32
	for i := range 40 {
		wg.Go(func() {
			err := d.Write(t.Context(), func(tx *Tx) error {
				if err := put(fmt.Sprint(i))(tx); err != nil {
					return err
				}
				tx.After(func() { ran.Add(1) })
				switch i % 4 {
				case 1:
					return fault.New(fault.Conflict, "fault.exists")
				case 2:
					panic("a mistake")
				case 3:
					return put("0")(tx) // twice the same key, unless job 0 comes later
				}
				return nil
			})
			if err != nil {
				failed.Add(1)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	close(block)
	wg.Wait()
	if got := count(t, d); got != int64(40-failed.Load()) && got != int64(41-failed.Load()) {
		t.Errorf("%d rows with %d failed jobs", got, failed.Load())
	}
	if ran.Load() != 40-failed.Load() {
		t.Errorf("After ran %d times for %d jobs that held", ran.Load(), 40-failed.Load())
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d := open(t, Options{Now: func() time.Time { return now }})
	at := func() (at time.Time) {
		if err := d.Write(t.Context(), func(tx *Tx) error { at = tx.Now; return nil }); err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := at()
	now = now.Add(-time.Hour)
	if got := at(); got.Before(before) {
		t.Errorf("the record went from %v back to %v", before, got)
	}
}

func TestOnce(t *testing.T) {
	d := open(t, Options{Now: func() time.Time { return time.Unix(1000, 0) }})
	k := OnceFor(7, "form")
	if OnceFor(8, "form") == k {
		t.Error("two people share a key")
	}
	act := func() (id int64) {
		if err := d.Write(t.Context(), func(tx *Tx) error {
			got, seen, err := tx.Seen(k)
			if err != nil || seen {
				id = got
				return err
			}
			id = 42
			return tx.Did(k, id)
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	if a, b := act(), act(); a != 42 || b != 42 {
		t.Errorf("got %d then %d", a, b)
	}
	if err := d.Write(t.Context(), func(tx *Tx) error { return tx.ForgetOnce(time.Unix(2000, 0)) }); err != nil {
		t.Fatal(err)
	}
	if err := d.Read(t.Context(), func(tx *Tx) error {
		if _, seen, err := tx.Seen(k); err != nil || seen {
			return fmt.Errorf("still seen: %v %w", seen, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

type memJournal struct {
	mu      sync.Mutex
	records []string
	last    int
	fail    error
}

func (j *memJournal) Append(records [][]byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = len(records)
	for _, r := range records {
		j.records = append(j.records, string(r))
	}
	return j.fail
}

func (j *memJournal) Retract() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.records = j.records[:len(j.records)-j.last]
	return nil
}

func TestJournalHoldsWhatCommitted(t *testing.T) {
	d, j := open(t, Options{}), &memJournal{}
	write := func(name string, err error) error {
		return d.Write(t.Context(), func(tx *Tx) error {
			tx.Journal(j, []byte(name))
			return errors.Join(put(name)(tx), err)
		})
	}
	if err := write("a", nil); err != nil {
		t.Fatal(err)
	}
	if err := write("b", errors.New("no")); err == nil {
		t.Fatal("b was written")
	}
	j.fail = errors.New("disk")
	if err := write("c", nil); err == nil {
		t.Fatal("c was acknowledged without its journal")
	}
	j.fail = nil
	if got := strings.Join(j.records, " "); got != "a" || count(t, d) != 1 {
		t.Errorf("journal holds %q, table %d rows", got, count(t, d))
	}
}

func TestConcurrentWritesAreAllThere(t *testing.T) {
	d := open(t, Options{})
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 25 {
				if err := d.Write(t.Context(), put(fmt.Sprintf("%d/%d", w, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := count(t, d); got != 400 {
		t.Errorf("%d rows, want 400", got)
	}
}

// TestFolderNames: SQLite's address syntax must not turn a folder's name into another file's.
func TestFolderNames(t *testing.T) {
	for _, name := range []string{"plain", "with space", "what?", "no#1", "100%41", "ñandú:2"} {
		dir := filepath.Join(t.TempDir(), name)
		open(t, Options{Dir: dir})
		if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
			t.Error(err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Run("not a database", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(strings.Repeat("no database ", 400)), 0o600); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, Options{Dir: dir, Now: time.Now}, "damaged")
	})
	t.Run("newer", func(t *testing.T) {
		dir := t.TempDir()
		d, err := Open(t.Context(), Options{Dir: dir, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *Tx) error {
			return tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)").Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, Options{Dir: dir, Now: time.Now}, "newer Folkmoot")
	})
	t.Run("older, beside a server", func(t *testing.T) {
		wantRefusal(t, Options{Dir: t.TempDir(), Now: time.Now, NoMigrate: true}, "older Folkmoot")
	})
	t.Run("no PostgreSQL", func(t *testing.T) {
		wantRefusal(t, Options{URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=2", Now: time.Now}, "cannot reach PostgreSQL")
	})
}

func wantRefusal(t *testing.T, o Options, want string) {
	t.Helper()
	d, err := Open(t.Context(), o)
	if err == nil {
		t.Fatal(errors.Join(errors.New("was opened"), d.Close()))
	}
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("says %q, want %q", err, want)
	}
}

// TestMigrationsPair: both dialects have the same numbers, without gaps.
func TestMigrationsPair(t *testing.T) {
	for _, dialect := range []string{SQLite, Postgres} {
		names, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v %v", dialect, names, err)
		}
		for i, n := range names {
			if !strings.HasPrefix(filepath.Base(n), fmt.Sprintf("%05d_", i+1)) {
				t.Errorf("%s: %s is out of line", dialect, n)
			}
			other := map[string]string{SQLite: Postgres, Postgres: SQLite}[dialect]
			if _, err := fs.Stat(migrations, strings.Replace(n, dialect, other, 1)); err != nil {
				t.Errorf("%s has no pair: %v", n, err)
			}
		}
	}
}

// TestClosingAnswersEverybody: who writes while the database closes is told so, and never waits for ever.
func TestClosingAnswersEverybody(t *testing.T) {
	for range 20 {
		d, err := Open(t.Context(), Options{Dir: t.TempDir(), Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					for d.Write(context.Background(), func(*Tx) error { return nil }) == nil {
					}
				})
			}
			wg.Wait()
		}()
		time.Sleep(2 * time.Millisecond)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-answered:
		case <-time.After(10 * time.Second):
			t.Fatal("a write that came while the database closed was never answered")
		}
	}
}

// TestAnotherProcessHoldsTheDatabase: what waits with others for a lock waits once, and not one after the other.
func TestAnotherProcessHoldsTheDatabase(t *testing.T) {
	d := open(t, Options{})
	const patience = 300 * time.Millisecond
	other, err := sql.Open("sqlite3", "file:"+d.Path()+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	held, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	start := make(chan struct{})
	go func() {
		_ = d.Outside(context.Background(), func(s *sql.DB) error {
			_, err := s.Exec(fmt.Sprintf("PRAGMA busy_timeout = %d", patience.Milliseconds()))
			<-start
			return err
		})
	}()
	time.Sleep(20 * time.Millisecond)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := d.Write(t.Context(), put(fmt.Sprint(i))); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("a write against the lock: %v", err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	close(start)
	wg.Wait()
	if took := time.Since(began); took > 5*patience {
		t.Errorf("20 writers were told after %v to come back, want about %v", took, patience)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), put("after")); err != nil || count(t, d) != 1 {
		t.Errorf("after the lock: %v, %d rows", err, count(t, d))
	}
}
