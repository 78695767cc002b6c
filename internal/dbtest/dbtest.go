// Package dbtest gives tests real databases: an SQLite file and a PostgreSQL database, fresh for each test.
//
// The schema is laid once in each test process and then copied, since laying it takes longer than most tests.
// PostgreSQL is reached through FOLKMOOT_TEST_POSTGRES, which `bash .ci/postgres go test ./…` sets. Where it is not
// set, a test in continuous integration fails and a test by hand says that it tried only SQLite.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes and drops databases
)

// Env is the variable that holds the URL of a PostgreSQL server for tests, whose user may make databases.
const Env = "FOLKMOOT_TEST_POSTGRES"

// Start is the time that every test's clock shows at first.
var Start = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

// Clock is a clock that stands still until it is moved. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows at.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns what the clock shows. It fits db.Options.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock; a negative d moves it back.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set makes the clock show at.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Each runs f once on SQLite and once on PostgreSQL, on an empty database whose clock stands at Start.
func Each(t *testing.T, f func(*testing.T, *db.DB)) {
	t.Helper()
	EachClock(t, func(t *testing.T, d *db.DB, _ *Clock) { f(t, d) })
}

// EachClock is Each for tests in which time passes.
func EachClock(t *testing.T, f func(*testing.T, *db.DB, *Clock)) {
	t.Helper()
	t.Run(db.SQLite, func(t *testing.T) {
		c := NewClock(Start)
		f(t, SQLite(t, c), c)
	})
	if os.Getenv(Env) == "" && os.Getenv("CI") != "true" {
		onlySQLite()
		return
	}
	t.Run(db.Postgres, func(t *testing.T) {
		c := NewClock(Start)
		f(t, Postgres(t, c), c)
	})
}

var onlySQLite = sync.OnceFunc(func() {
	fmt.Fprintln(os.Stderr, "dbtest: "+Env+" is not set, so only SQLite was tried; `bash .ci/postgres go test ./...` tries both")
})

// SQLite returns an empty SQLite database in a temporary folder, closed when the test ends.
func SQLite(t testing.TB, c *Clock) *db.DB {
	t.Helper()
	return open(t, db.Options{Dir: SQLiteDir(t), Now: c.Now})
}

// SQLiteDir returns a data folder with an empty SQLite database, for tests that open it themselves, or in another process.
func SQLiteDir(t testing.TB) string {
	t.Helper()
	image, err := sqliteImage()
	if err != nil {
		t.Fatalf("lay the schema on SQLite: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, db.FileName), image, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Postgres returns an empty PostgreSQL database, dropped when the test ends.
func Postgres(t testing.TB, c *Clock) *db.DB {
	t.Helper()
	return open(t, db.Options{URL: PostgresURL(t), Dir: t.TempDir(), Now: c.Now})
}

// PostgresURL returns the URL of an empty PostgreSQL database, for tests that open it themselves, or in another process.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if os.Getenv(Env) == "" {
		t.Fatal(Env + " is not set; run the tests with `make test` or `bash .ci/postgres go test ./...`")
	}
	template, err := postgresTemplate()
	if err != nil {
		t.Fatalf("lay the schema on PostgreSQL: %v", err)
	}
	return fresh(t, ` TEMPLATE `+template)
}

// BarePostgresURL returns the URL of a PostgreSQL database without a schema, for tests of what brings one up to date.
func BarePostgresURL(t testing.TB) string {
	t.Helper()
	return fresh(t, "")
}

// fresh makes a database, which is dropped when the test ends.
func fresh(t testing.TB, like string) string {
	t.Helper()
	name := databaseName()
	if err := admin(`CREATE DATABASE ` + name + like); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	at, err := urlOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func open(t testing.TB, o db.Options) *db.DB {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	d, err := db.Open(t.Context(), o)
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

// lay opens a database once, so that its schema is there, and closes it.
func lay(o db.Options) error {
	o.Now = NewClock(Start).Now
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	d, err := db.Open(context.Background(), o)
	if err != nil {
		return err
	}
	return d.Close()
}

// sqliteImage returns the bytes of an SQLite file with the schema and nothing else.
var sqliteImage = sync.OnceValues(func() (image []byte, err error) {
	dir, err := os.MkdirTemp("", "folkmoot-dbtest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := lay(db.Options{Dir: dir}); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, db.FileName+"-wal")); err == nil {
		return nil, errors.New("closing the database left a write-ahead log behind")
	}
	return os.ReadFile(filepath.Join(dir, db.FileName))
})

// postgresTemplate returns the name of a database with the schema and nothing else. It stays on the server
// when the process ends: the server that .ci/postgres starts does not outlive the tests either.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	name := databaseName()
	if err := admin(`CREATE DATABASE ` + name); err != nil {
		return "", err
	}
	at, err := urlOf(name)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "folkmoot-dbtest")
	if err != nil {
		return "", err
	}
	return name, errors.Join(lay(db.Options{URL: at, Dir: dir}), os.RemoveAll(dir))
})

func databaseName() string { return "fm_" + strings.ToLower(rand.Text()) }

// urlOf returns the URL of another database on the test server.
func urlOf(name string) (string, error) {
	u, err := url.Parse(os.Getenv(Env))
	if err != nil {
		return "", fmt.Errorf("%s: %w", Env, err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// admin runs one statement on the test server.
func admin(statement string) (err error) {
	s, err := sql.Open("pgx", os.Getenv(Env))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	_, err = s.Exec(statement)
	return err
}

// Unguard takes away what keeps the table from being rewritten, for tests of what happens if somebody does that.
func Unguard(tx *db.Tx, table string) error {
	if tx.Dialect() == db.Postgres {
		return tx.Exec("ALTER TABLE " + table + " DISABLE TRIGGER USER").Error
	}
	var triggers []string
	if err := tx.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table).Scan(&triggers).Error; err != nil {
		return err
	}
	for _, name := range triggers {
		if err := tx.Exec("DROP TRIGGER " + name).Error; err != nil {
			return err
		}
	}
	return nil
}
