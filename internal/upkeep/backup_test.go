package upkeep_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
	"folkmoot/internal/merkle"
	"folkmoot/internal/upkeep"

	"golang.org/x/mod/sumdb/tlog"
)

// world is an installation with one group of two.
type world struct {
	db   *db.DB
	led  *ledger.Ledger
	keys string
}

func newWorld(t *testing.T, d *db.DB) world {
	t.Helper()
	w := world{db: d, keys: t.TempDir()}
	var err error
	if w.led, _, err = ledger.Open(w.keys); err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO people (id, ref, handle, handle_key, created_at) VALUES (1, 'p_1', 'ada', 'ada', 1), (2, 'p_2', 'bo', 'bo', 1)",
			"INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (5, 'g_5', 'bakers', 'Bakers', 'A', 'UTC', 'en', 1)",
			"INSERT INTO members (id, ref, group_id, person_id, name, name_key, joined_at, active_month) VALUES (7, 'm_7', 5, 1, 'Ada ✿', 'ada', 1, 202603), (8, 'm_8', 5, 2, 'Bo', 'bo', 1, 202603)",
			"INSERT INTO logins (person_id, passphrase, recovery, changed_at) SELECT id, 'old', ref, 1 FROM (SELECT id, CAST('x' AS " + blob(d) + ") AS ref FROM people) p",
			"INSERT INTO sessions (hash, person_id, label, created_at, seen_at, expires_at) SELECT recovery, person_id, 'Firefox', 1, 1, 99 FROM logins WHERE person_id = 1",
			"INSERT INTO invitations (hash, group_id, made_by, made_at, expires_at, uses_left) SELECT recovery, 5, 7, 1, 99, 4 FROM logins WHERE person_id = 1",
			"INSERT INTO setup_links (hash, made_at, expires_at) SELECT recovery, 1, 99 FROM logins WHERE person_id = 1",
		} {
			if err := tx.Exec(q).Error; err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		_, err := w.led.Append(tx, 5, ledger.Event{Kind: "group.started", Subject: "group", Actor: "m_7",
			Data: ledger.Data{"name": ledger.Text("Bakers"), "key": w.led.VerifierKey()}})
		return err
	})
	return w
}

func blob(d *db.DB) string {
	if d.Dialect() == db.Postgres {
		return "BYTEA"
	}
	return "BLOB"
}

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func (w world) post(ctx context.Context, text string) error {
	return w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := w.led.Append(tx, 5, ledger.Event{Kind: "post.added", Subject: "motion/1", Actor: "m_7", Data: ledger.Data{"text": ledger.Text(text)}})
		return err
	})
}

func (w world) backup(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	c, err := upkeep.Backup(t.Context(), w.db, w.led, file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 || c.Bytes != info.Size() {
		t.Errorf("made %+v: %v (%v)", c, info, err)
	}
	return file
}

// sound checks that the log's tree is the tree over its leaves, and returns its size and the kinds of its last entries.
func sound(t *testing.T, d *db.DB) (size int64, last []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if size, err = ledger.Size(tx, 5); err != nil {
			return err
		}
		root, err := ledger.Root(tx, 5, size)
		if err != nil {
			return err
		}
		entries, err := ledger.Entries(tx, 5, 0, 1<<20)
		if err != nil {
			return err
		}
		var stored []tlog.Hash
		for i, e := range entries {
			h, err := tlog.StoredHashes(int64(i), []byte(e.Leaf), tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
				out := make([]tlog.Hash, len(at))
				for i, x := range at {
					out[i] = stored[x]
				}
				return out, nil
			}))
			if err != nil {
				return err
			}
			stored = append(stored, h...)
			last = append(last, e.Kind)
		}
		again, err := tlog.TreeHash(size, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(at))
			for i, x := range at {
				out[i] = stored[x]
			}
			return out, nil
		}))
		if err == nil && again != root {
			err = errors.New("the tree is not that of the leaves")
		}
		texts, terr := ledger.Texts(tx, 5, 0, size)
		for hash, s := range texts {
			if !s.Gone && merkle.TextHash(s.Salt, s.Text) != hash {
				err = errors.Join(err, fmt.Errorf("%q is another text", s.Text))
			}
		}
		return errors.Join(err, terr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return size, last
}

// open opens what was restored.
func open(t *testing.T, to upkeep.Target) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: to.Dir, URL: to.URL, Now: to.Now})
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

func scan[T any](t *testing.T, d *db.DB, query string) (v T) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(query).Scan(&v).Error }); err != nil {
		t.Fatal(err)
	}
	return v
}

// targets are an empty place in each kind of database.
func targets(t *testing.T) map[string]upkeep.Target {
	now := dbtest.NewClock(dbtest.Start).Now
	out := map[string]upkeep.Target{"sqlite": {Dir: t.TempDir(), Keys: t.TempDir(), Now: now}}
	if os.Getenv(dbtest.Env) != "" {
		out["postgres"] = upkeep.Target{Dir: t.TempDir(), URL: dbtest.PostgresURL(t), Keys: t.TempDir(), Now: now}
	}
	return out
}

// TestBackupWhileWritingG19 takes backups while members write, and puts each into both databases.
func TestBackupWhileWritingG19(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var written atomic.Int64
		stop, done := make(chan struct{}), make(chan error, 1)
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
					if err := w.post(context.Background(), "Bread, not speeches ✊"); err != nil {
						done <- err
						return
					}
					written.Add(1)
				}
			}
		}()
		for range 3 {
			before := written.Load()
			file := w.backup(t)
			for name, to := range targets(t) {
				r, err := upkeep.Restore(t.Context(), file, to)
				if err != nil {
					t.Fatalf("into %s: %v", name, err)
				}
				got := open(t, to)
				size, kinds := sound(t, got)
				if size < before || !r.NewKey || kinds[size-1] != "operator.restored" || kinds[size-2] != "operator.rekeyed" {
					t.Errorf("into %s: %d entries of at least %d, %+v, ends %v", name, size, before, r, kinds[max(0, size-3):])
				}
				if name := scan[string](t, got, "SELECT name FROM members WHERE id = 7"); name != "Ada ✿" {
					t.Errorf("the member is called %q", name)
				}
			}
		}
		close(stop)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		_, kinds := sound(t, d)
		said := 0
		for _, k := range kinds {
			if k == "operator.backup" {
				said++
			}
		}
		if said != 3 {
			t.Errorf("the record tells of %d backups, want 3", said)
		}
	})
}

// TestALowerRowMayReferToAHigherOne: a draft is given its row when it is begun, and may say much later what it takes up again.
func TestALowerRowMayReferToAHigherOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		write(t, d, func(tx *db.Tx) error {
			for id := 1; id <= 1000; id++ {
				if err := tx.Exec(`INSERT INTO motions (id, group_id, number, mover_id, kind, state, version, title, created_at, rulebook)
					VALUES (?, 5, ?, 7, 'motion', 'draft', 1, 'Bread', 1, 1)`, id, -id).Error; err != nil {
					return err
				}
			}
			return tx.Exec("UPDATE motions SET again_id = 990 WHERE id = 10").Error
		})
		file := w.backup(t)
		for name, to := range targets(t) {
			if _, err := upkeep.Restore(t.Context(), file, to); err != nil {
				t.Fatalf("into %s: %v", name, err)
			}
			if again := scan[int64](t, open(t, to), "SELECT again_id FROM motions WHERE id = 10"); again != 990 {
				t.Errorf("into %s: takes up %d again, want 990", name, again)
			}
		}
	})
}

// TestNothingComesBackV79: what was spent, revoked, left or removed after the backup stays so.
func TestNothingComesBackV79(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if err := w.post(t.Context(), "an address"); err != nil {
			t.Fatal(err)
		}
		file := w.backup(t)
		to := upkeep.Target{Dir: t.TempDir(), Keys: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now}
		if d.Dialect() == db.Postgres {
			to.URL = dbtest.PostgresURL(t)
		}
		if _, err := upkeep.Restore(t.Context(), file, to); err != nil {
			t.Fatal(err)
		}
		if _, err := upkeep.Restore(t.Context(), file, to); err == nil || !strings.Contains(err.Error(), "--replace") {
			t.Fatalf("a second restore: %v", err)
		}
		later(t, to)
		to.Replace = true
		r, err := upkeep.Restore(t.Context(), file, to)
		if err != nil {
			t.Fatal(err)
		}
		if r.Aside == "" || r.Unread != nil || r.Lost < 2 || r.NewKey {
			t.Errorf("restored %+v", r)
		}
		got := open(t, to)
		for query, want := range map[string]int64{
			"SELECT COUNT(*) FROM sessions":                                             0,
			"SELECT COUNT(*) FROM setup_links":                                          0,
			"SELECT COUNT(*) FROM once_keys":                                            0,
			"SELECT COUNT(*) FROM invitations WHERE uses_left > 0":                      0,
			"SELECT COUNT(*) FROM invitations WHERE revoked_at IS NULL":                 0,
			"SELECT COUNT(*) FROM members WHERE id = 8 AND left_at = 77 AND name = ''":  1,
			"SELECT COUNT(*) FROM logins WHERE person_id = 2":                           0,
			"SELECT COUNT(*) FROM people WHERE id = 2 AND gone_at = 77 AND handle = ''": 1,
			"SELECT COUNT(*) FROM logins WHERE passphrase = 'new'":                      1,
			"SELECT COUNT(*) FROM ledger_texts WHERE text = 'an address'":               0,
		} {
			if n := scan[int64](t, got, query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		size, kinds := sound(t, got)
		if s := strings.Join(kinds, " "); size == 0 || !strings.Contains(s, "operator.restored") || !strings.Contains(s, "member.left") || !strings.Contains(s, "text.removed") {
			t.Errorf("the record says only %v", kinds)
		}
		if n, err := db.Newest(); err != nil || n < 1 {
			t.Errorf("the newest schema is %d (%v)", n, err)
		}
	})
}

// later is what happens after the backup: somebody leaves for good, a text is removed, a passphrase changes.
func later(t *testing.T, to upkeep.Target) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: to.Dir, URL: to.URL, Now: to.Now})
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := ledger.Open(to.Keys)
	if err != nil {
		t.Fatal(err)
	}
	w := world{db: d, led: l, keys: to.Keys}
	for range 4 {
		if err := w.post(t.Context(), "lost"); err != nil {
			t.Fatal(err)
		}
	}
	write(t, d, func(tx *db.Tx) error {
		for _, q := range []string{
			"UPDATE members SET left_at = 77, name = '', name_key = '' WHERE id = 8", "DELETE FROM logins WHERE person_id = 2",
			"UPDATE people SET handle = '', handle_key = NULL, gone_at = 77 WHERE id = 2",
			"UPDATE logins SET passphrase = 'new', changed_at = 77 WHERE person_id = 1",
		} {
			if err := tx.Exec(q).Error; err != nil {
				return err
			}
		}
		texts, err := ledger.Texts(tx, 5, 0, 100)
		for hash, s := range texts {
			if s.Text == "an address" {
				err = errors.Join(err, upkeep.RemoveText(tx, l, 5, hash, "an address"))
			}
		}
		return err
	})
	heads := ledger.NewHeads(d, l, to.Keys)
	if err := errors.Join(heads.Keep(t.Context()), d.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestAnOlderDatabasePutInPlaceByHand is seen at the next start.
func TestAnOlderDatabasePutInPlaceByHand(t *testing.T) {
	d := dbtest.SQLite(t, dbtest.NewClock(dbtest.Start))
	w := newWorld(t, d)
	file := w.backup(t)
	if err := w.post(t.Context(), "seen by members"); err != nil {
		t.Fatal(err)
	}
	heads := ledger.NewHeads(d, w.led, w.keys)
	if err := os.MkdirAll(filepath.Join(w.keys, "heads"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := heads.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, db.FileName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	by := open(t, upkeep.Target{Dir: dir, Now: dbtest.NewClock(dbtest.Start).Now})
	if forked, err := ledger.NewHeads(by, w.led, w.keys).Check(t.Context()); err != nil || len(forked) != 1 {
		t.Errorf("forked: %v (%v)", forked, err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	d := dbtest.SQLite(t, dbtest.NewClock(dbtest.Start))
	good := newWorld(t, d).backup(t)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	spoilt := append([]byte(nil), whole...)
	for i := len(spoilt) / 2; i < len(spoilt)/2+6000; i++ {
		spoilt[i] ^= 0x5a
	}
	newer := altered(t, put("newer.db", whole), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	foreign := altered(t, put("foreign.db", nil), "CREATE TABLE people (id INTEGER)")
	unguarded := altered(t, put("unguarded.db", whole), "DROP TRIGGER ledger_entries_update")
	spied := altered(t, put("spied.db", whole), "CREATE TRIGGER spy AFTER INSERT ON urn BEGIN UPDATE people SET handle = handle; END")
	hidden := altered(t, put("hidden.db", whole), "CREATE TRIGGER SQLiteXstat1 AFTER INSERT ON urn BEGIN UPDATE people SET handle = handle; END")
	for file, want := range map[string]string{
		hidden:                               "was altered",
		unguarded:                            "was altered",
		spied:                                "was altered",
		put("half.db", whole[:len(whole)/2]): "damaged",
		put("spoilt.db", spoilt):             "damaged",
		put("text.db", []byte(strings.Repeat("no backup", 1))): "damaged",
		newer:                                    "newer Folkmoot",
		foreign:                                  "no Folkmoot backup",
		filepath.Join(t.TempDir(), "missing.db"): "missing.db",
	} {
		dir := t.TempDir()
		_, err := upkeep.Restore(t.Context(), file, upkeep.Target{Dir: dir, Keys: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q in one line", filepath.Base(file), err, want)
		}
		if _, err := os.Stat(filepath.Join(dir, db.FileName)); err == nil {
			t.Errorf("%s left a database", filepath.Base(file))
		}
	}
	t.Run("not for what ANALYZE has counted", func(t *testing.T) {
		counted := altered(t, put("counted.db", whole), "ANALYZE")
		if _, err := upkeep.Restore(t.Context(), counted, upkeep.Target{Dir: t.TempDir(), Keys: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now}); err != nil {
			t.Error(err)
		}
	})
	t.Run("while a server runs", func(t *testing.T) {
		dir := t.TempDir()
		release, err := upkeep.Lock(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := upkeep.Restore(t.Context(), good, upkeep.Target{Dir: dir, Keys: t.TempDir(), Now: dbtest.NewClock(dbtest.Start).Now}); !errors.Is(err, upkeep.ErrLocked) {
			t.Errorf("restored: %v", err)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	})
	t.Run("over a file", func(t *testing.T) {
		w := world{db: d}
		if w.led, _, err = ledger.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		if _, err := upkeep.Backup(t.Context(), d, w.led, good); err == nil || !strings.Contains(err.Error(), "never overwrites") {
			t.Errorf("a backup over a file: %v", err)
		}
	})
}
