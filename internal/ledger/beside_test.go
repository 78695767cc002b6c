package ledger_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"

	"golang.org/x/mod/sumdb/tlog"
)

// process is a program that has the database and the record open.
type process struct {
	d     *db.DB
	l     *ledger.Ledger
	heads *ledger.Heads
}

func start(t *testing.T, o db.Options, keys string) process {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	l, _, err := ledger.Open(keys)
	if err != nil {
		t.Fatal(err)
	}
	return process{d, l, ledger.NewHeads(d, l, keys)}
}

func (p process) append(t *testing.T, n int) {
	t.Helper()
	for range n {
		if err := p.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := p.l.Append(tx, 1, ledger.Event{Kind: "post.added", Subject: "motion/1", Data: ledger.Data{"text": ledger.Text("x")}})
			return err
		}); err != nil {
			t.Errorf("append: %v", err)
		}
	}
}

// eachTwice runs f on databases in which there is a group, with a way to open each again.
func eachTwice(t *testing.T, f func(t *testing.T, open func(now func() time.Time) process)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, keys := db.Options{Dir: filepath.Dir(d.Path())}, t.TempDir()
		if d.Dialect() == db.Postgres {
			o = db.Options{Dir: t.TempDir(), URL: dbtest.PostgresURL(t)}
		}
		f(t, func(now func() time.Time) process {
			o.Now = now
			p := start(t, o, keys)
			if err := p.d.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec(`INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at)
					VALUES (1, 'g_1', 'one', 'One', 'B', 'UTC', 'en', 0) ON CONFLICT DO NOTHING`).Error
			}); err != nil {
				t.Fatal(err)
			}
			return p
		})
	})
}

// TestTheRecordsTimeNeverGoesBack: not with a clock that was put back while the server was down, and not with a second
// process, whose entry may come between.
func TestTheRecordsTimeNeverGoesBack(t *testing.T) {
	eachTwice(t, func(t *testing.T, open func(func() time.Time) process) {
		clock := dbtest.NewClock(dbtest.Start)
		open(clock.Now).append(t, 2)
		behind := dbtest.NewClock(dbtest.Start.Add(-time.Hour))
		p := open(behind.Now)
		p.append(t, 2)
		behind.Set(dbtest.Start.Add(time.Hour))
		p.append(t, 1)
		if err := p.d.Read(t.Context(), func(tx *db.Tx) error {
			entries, err := ledger.Entries(tx, 1, 0, 10)
			for i := 1; i < len(entries); i++ {
				if entries[i].At.Before(entries[i-1].At) {
					t.Errorf("entry %d is of %v, the one before of %v", i, entries[i].At, entries[i-1].At)
				}
			}
			if last := entries[len(entries)-1]; !last.At.Equal(behind.Now()) {
				t.Errorf("the last entry is of %v, want %v", last.At, behind.Now())
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTwoProcessesAppend: a command beside the server fails neither itself nor the server.
func TestTwoProcessesAppend(t *testing.T) {
	eachTwice(t, func(t *testing.T, open func(func() time.Time) process) {
		a, b := open(time.Now), open(time.Now)
		var wg sync.WaitGroup
		for _, p := range []process{a, b} {
			wg.Go(func() { p.append(t, 40) })
			wg.Go(func() { p.append(t, 40) })
		}
		wg.Wait()
		if err := a.d.Read(t.Context(), func(tx *db.Tx) error {
			entries, err := ledger.Entries(tx, 1, 0, 200)
			if len(entries) != 160 {
				t.Errorf("%d entries, want 160", len(entries))
			}
			for i := 1; i < len(entries); i++ {
				if entries[i].At.Before(entries[i-1].At) {
					t.Errorf("entry %d is of %v, the one before of %v", i, entries[i].At, entries[i-1].At)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAKeptHeadIsNeverOverwrittenByAnother: the database changes under a running server, or a command opens an older
// one. What members have seen is then not forgotten.
func TestAKeptHeadIsNeverOverwrittenByAnother(t *testing.T) {
	eachTwice(t, func(t *testing.T, open func(func() time.Time) process) {
		p := open(time.Now)
		if _, err := p.heads.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.append(t, 5)
		if err := p.heads.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		putBack(t, p.d, 2)
		p.append(t, 1) // as a running server would
		if err := p.heads.Keep(t.Context()); err == nil {
			t.Error("nobody was told")
		}
		if err := p.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := p.l.Append(tx, 1, ledger.Event{Kind: "post.added", Subject: "motion/1"})
			return err
		}); err == nil {
			t.Error("the older record was gone on with")
		}
		forked, err := open(time.Now).heads.Check(t.Context())
		if err != nil || len(forked) != 1 {
			t.Errorf("after a restart %v are found to be older (%v)", forked, err)
		}
	})
}

// putBack makes the log as it was when it had n entries, which the schema does not let the program do.
func putBack(t *testing.T, d *db.DB, n int64) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"ledger_entries", "ledger_hashes"} {
			if err := dbtest.Unguard(tx, table); err != nil {
				return err
			}
		}
		if err := tx.Exec("DELETE FROM ledger_entries WHERE n >= ?", n).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM ledger_hashes WHERE i >= ?", tlog.StoredHashIndex(0, n)).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBrokenTextIsRefused: an export could not show it as it was hashed, so the record would seem altered for ever.
func TestBrokenTextIsRefused(t *testing.T) {
	eachTwice(t, func(t *testing.T, open func(func() time.Time) process) {
		p := open(time.Now)
		for _, data := range []ledger.Data{{"text": ledger.Text("a\xffb")}, {"word": "a\xffb"}} {
			if err := p.d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := p.l.Append(tx, 1, ledger.Event{Kind: "post.added", Subject: "motion/1", Data: data})
				return err
			}); err == nil {
				t.Errorf("%q was taken", data)
			}
		}
	})
}
