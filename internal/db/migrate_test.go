package db_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/upkeep"
)

// What a next program's migration may do. The last two fail half way, or can be broken off there.
const (
	good = "CREATE TABLE more (id BIGINT PRIMARY KEY); INSERT INTO more VALUES (1);"
	bad  = "CREATE TABLE more (id BIGINT PRIMARY KEY); INSERT INTO more VALUES (1); INSERT INTO more VALUES (1);"
	long = "CREATE TABLE more (id BIGINT PRIMARY KEY); INSERT INTO more WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000000000) SELECT COUNT(*) FROM c;"
)

// place is an installation whose program is replaced by other ones.
type place struct {
	*testing.T
	clock    *dbtest.Clock
	dir, url string
	now      int64 // the program's own schema
}

// eachPlace runs f on an SQLite file and on a PostgreSQL database that hold a mark.
func eachPlace(t *testing.T, f func(*place)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now, err := db.Newest()
		if err != nil {
			t.Fatal(err)
		}
		p := &place{T: t, clock: dbtest.NewClock(dbtest.Start), dir: t.TempDir(), now: now}
		if d.Dialect() == db.Postgres {
			p.url = dbtest.PostgresURL(t)
		}
		p.mark()
		f(p)
	})
}

// program returns the options of a program with further migrations.
func (p *place) program(further ...string) db.Options {
	p.Helper()
	set := fstest.MapFS{}
	for _, dialect := range []string{db.SQLite, db.Postgres} {
		own, err := filepath.Glob("migrations/" + dialect + "/*.sql")
		if err != nil {
			p.Fatal(err)
		}
		for _, name := range own {
			text, err := os.ReadFile(name)
			if err != nil {
				p.Fatal(err)
			}
			set[name] = &fstest.MapFile{Data: text}
		}
		for i, text := range further {
			name := fmt.Sprintf("migrations/%s/%05d_further.sql", dialect, p.now+int64(i)+1)
			set[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
		}
	}
	return db.Options{Dir: p.dir, URL: p.url, Now: p.clock.Now, Migrations: set, Keep: upkeep.CopyOut, Server: true}
}

// use opens the database, has f look at it, and closes it.
func (p *place) use(o db.Options, f func(*db.DB)) {
	p.Helper()
	d, err := db.Open(p.Context(), o)
	if err != nil {
		p.Fatal(err)
	}
	f(d)
	if err := d.Close(); err != nil {
		p.Fatal(err)
	}
}

// mark has the program as it is write a mark.
func (p *place) mark() {
	p.Helper()
	p.use(p.program(), func(d *db.DB) {
		if err := d.Write(p.Context(), func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO settings (name, value) SELECT 'mark ' || COUNT(*), ? FROM settings", []byte{}).Error
		}); err != nil {
			p.Fatal(err)
		}
	})
}

// wantUsable fails the test unless the program as it is finds so many marks, and nothing of a further migration.
func (p *place) wantUsable(many int) {
	p.Helper()
	p.use(p.program(), func(d *db.DB) {
		if n := p.found(d); n != many || d.Schema() != p.now || hasMore(p.T, d) {
			p.Errorf("the old program finds %d marks, want %d, schema %d, and the new table: %v", n, many, d.Schema(), hasMore(p.T, d))
		}
	})
}

// wantUpgraded fails the test unless the further program goes on with so many marks.
func (p *place) wantUpgraded(many int, further ...string) {
	p.Helper()
	p.use(p.program(further...), func(d *db.DB) {
		if n := p.found(d); n != many || d.Schema() != p.now+int64(len(further)) || !hasMore(p.T, d) {
			p.Errorf("the new program finds %d marks, want %d, schema %d, and the new table: %v", n, many, d.Schema(), hasMore(p.T, d))
		}
	})
}

// found counts the marks.
func (p *place) found(d *db.DB) (n int) {
	p.Helper()
	if err := d.Read(p.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM settings WHERE name LIKE 'mark %'").Scan(&n).Error
	}); err != nil {
		p.Fatal(err)
	}
	return n
}

func hasMore(t *testing.T, d *db.DB) bool {
	t.Helper()
	var n int
	return d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM more").Scan(&n).Error }) == nil
}

// wantRefused opens the database with the program, which must say why not, in one sentence.
func (p *place) wantRefused(o db.Options, words ...string) {
	p.Helper()
	p.wantBroken(p.Context(), o, words...)
}

// wantBroken is wantRefused for a start that ends with the context.
func (p *place) wantBroken(ctx context.Context, o db.Options, words ...string) {
	p.Helper()
	d, err := db.Open(ctx, o)
	if err == nil {
		p.Fatal(errors.Join(errors.New("was opened"), d.Close()))
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			p.Errorf("says %q, without %q", err, w)
		}
	}
	for _, w := range []string{"\n", "SQLSTATE", "goroutine", "INSERT"} {
		if strings.Contains(err.Error(), w) {
			p.Errorf("says %q, with %q", err, w)
		}
	}
}

// onCopied is called by a log that says that the copy is made, after which the migration begins.
type onCopied func()

func (f onCopied) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "copied the database") {
		f()
	}
	return len(line), nil
}

// copies returns the copies made before migrations, oldest first.
func (p *place) copies() (names []string) {
	p.Helper()
	names, err := filepath.Glob(p.dir + "/before-schema-*.db")
	if err != nil {
		p.Fatal(err)
	}
	return names
}

// wantCopies fails the test unless there are so many copies and no leavings of their making.
func (p *place) wantCopies(many int) []string {
	p.Helper()
	got := p.copies()
	if len(got) != many {
		p.Fatalf("%d copies, want %d: %v", len(got), many, got)
	}
	if left, err := filepath.Glob(p.dir + "/.before-*"); err != nil || len(left) > 0 {
		p.Errorf("left behind: %v %v", left, err)
	}
	return got
}

// wantRestores fails the test unless the copy is a backup with so many marks.
func (p *place) wantRestores(file string, many int) {
	p.Helper()
	at := upkeep.Target{Dir: p.TempDir(), Keys: p.TempDir(), Now: p.clock.Now}
	if _, err := upkeep.Restore(p.Context(), file, at); err != nil {
		p.Fatal(err)
	}
	p.use(db.Options{Dir: at.Dir, Now: p.clock.Now, NoMigrate: true}, func(d *db.DB) {
		if n := p.found(d); n != many || d.Schema() != p.now {
			p.Errorf("%s holds %d marks, want %d, and schema %d", filepath.Base(file), n, many, d.Schema())
		}
	})
}

func TestACopyIsMadeBeforeMigrating(t *testing.T) {
	eachPlace(t, func(p *place) {
		p.wantCopies(0)
		p.wantUpgraded(1, good)
		made := p.wantCopies(1)[0]
		if want := fmt.Sprintf("before-schema-%d-20260302_100000.db", p.now+1); filepath.Base(made) != want {
			p.Errorf("the copy is %s, want %s", made, want)
		}
		if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o600 {
			p.Errorf("the copy has the mode %v, %v", info.Mode(), err)
		}
		p.wantRestores(made, 1)
		p.wantUpgraded(1, good)
		p.wantCopies(1)
	})
}

// TestACopyThatWasBrokenOffIsSwept: what a killed program has left of a copy does not stay for good.
func TestACopyThatWasBrokenOffIsSwept(t *testing.T) {
	eachPlace(t, func(p *place) {
		left := filepath.Join(p.dir, ".before-schema-123")
		if err := errors.Join(os.Mkdir(left, 0o700), os.WriteFile(filepath.Join(left, db.FileName), []byte("half"), 0o600)); err != nil {
			p.Fatal(err)
		}
		p.wantUpgraded(1, good)
		p.wantCopies(1) // and no leavings
	})
}

func TestACopyThatIsThereIsNeverTouched(t *testing.T) {
	eachPlace(t, func(p *place) {
		put := func(stamp string) string {
			name := fmt.Sprintf("%s/before-schema-%d-%s.db", p.dir, p.now+1, stamp)
			if err := os.WriteFile(name, []byte("precious"), 0o600); err != nil {
				p.Fatal(err)
			}
			return name
		}
		older, taken := put("20200101_000000"), put("20260302_100000")
		p.wantRefused(p.program(good), "is there already")
		p.wantUsable(1)
		p.clock.Advance(time.Second)
		p.wantUpgraded(1, good)
		p.wantCopies(3)
		for _, name := range []string{older, taken} {
			if b, err := os.ReadFile(name); err != nil || string(b) != "precious" {
				p.Errorf("%s holds %q, %v", filepath.Base(name), b, err)
			}
		}
	})
}

func TestAMigrationThatFailsLeavesEverythingAsItWas(t *testing.T) {
	eachPlace(t, func(p *place) {
		sentence := fmt.Sprintf("cannot bring the database from schema %d to %d: ", p.now, p.now+1)
		where := fmt.Sprintf("it is at schema %d now; a copy from before is %s/before-schema-", p.now, p.dir)
		for range 3 { // as a supervisor starts it again and again
			p.wantRefused(p.program(bad), sentence, where)
			p.clock.Advance(time.Minute)
			p.wantCopies(1)
		}
		p.wantUsable(1)
		p.mark()
		p.wantRefused(p.program(bad), sentence, where)
		both := p.wantCopies(2)
		p.wantRestores(both[0], 1)
		p.wantRestores(both[1], 2)
		p.wantUpgraded(2, good)
		p.wantCopies(2)
	})
}

// TestTheNextStartGoesOn: where the second of two migrations failed, and where the program ended in the midst of one.
func TestTheNextStartGoesOn(t *testing.T) {
	eachPlace(t, func(p *place) {
		second := "ALTER TABLE more ADD COLUMN name TEXT;"
		p.wantRefused(p.program(good, bad), fmt.Sprintf("from schema %d to %d", p.now, p.now+2), fmt.Sprintf("it is at schema %d now", p.now+1))
		p.wantRestores(p.wantCopies(1)[0], 1)
		p.clock.Advance(time.Minute)
		p.wantUpgraded(1, good, second)
		p.wantCopies(2)
	})
	eachPlace(t, func(p *place) {
		ctx, cancel := context.WithCancel(p.Context())
		defer cancel()
		o := p.program(long)
		o.Log = slog.New(slog.NewTextHandler(onCopied(func() { time.AfterFunc(500*time.Millisecond, cancel) }), nil))
		p.wantBroken(ctx, o, "it was broken off", fmt.Sprintf("it is at schema %d now", p.now))
		p.wantUsable(1)
		p.wantUpgraded(1, good)
		p.wantRestores(p.wantCopies(1)[0], 1)
	})
}

func TestNewerAndOlderDatabasesAreRefused(t *testing.T) {
	eachPlace(t, func(p *place) {
		beside, unkept := p.program(good), p.program(good)
		beside.NoMigrate, beside.Server = true, false
		p.wantRefused(beside, "older Folkmoot", "start the server once")
		if unkept.Keep = nil; p.url != "" {
			p.wantRefused(unkept, "this command cannot copy it")
		}
		p.wantUsable(1)
		p.wantUpgraded(1, good)
		p.wantRefused(p.program(), "newer Folkmoot")
		p.wantUpgraded(1, good)
	})
}
