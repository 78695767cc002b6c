// Package db opens the database and is the only way into it: a Read or a Write.
//
// SQLite is the default: one file in WAL with synchronous=FULL, so that what was acknowledged survives a power cut;
// PostgreSQL serves the same schema. All writing goes through one goroutine that commits what has queued up together
// (group commit): the disk's sync is then paid once a batch, and nobody waits on a timer (performance.md §8).
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"folkmoot/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Dialects.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// FileName is the database file within the data folder.
const FileName = "folkmoot.db"

// Options say which database to open and on whose clock.
type Options struct {
	Dir string           // folder of the SQLite file; also where copies made before a migration go
	URL string           // PostgreSQL; if empty, SQLite
	Now func() time.Time // the one clock
	Log *slog.Logger     // nil: no log
	// NoMigrate refuses a database that lacks migrations instead of applying them: for commands beside a server.
	NoMigrate bool
	// Server is set by the server alone. An SQLite file is then read through for damage before anything is written to it,
	// and a PostgreSQL database can be opened so by one process only: it is ErrTaken for others.
	Server bool
	// Keep copies a PostgreSQL database, of which only Read works yet, to a new SQLite file before it is migrated.
	// Without it an older PostgreSQL database is refused. An SQLite file is copied without help.
	Keep func(ctx context.Context, d *DB, file string) error
	// Migrations, if set, stands in for the program's own: for the tests of what happens when there are more of them.
	Migrations fs.FS
	schema     int64 // where to stop migrating; 0: at the newest

	// Unsafe turns SQLite's synchronous down to NORMAL. It exists for one purpose: the power-cut harness must be seen
	// to lose votes with it.
	Unsafe bool
	// Fleeting is for an SQLite database that is thrown away when the program ends: nothing is synced to the disk, and little is kept in memory.
	Fleeting bool
	// Watch, if set, is told of every statement, without its values: for the tests that count what a page asks.
	Watch func(statement string)
}

// DB is the database. But for Row all work happens in a Tx.
type DB struct {
	read, write *gorm.DB
	reader      *sql.DB // of read
	short       *short
	dialect     string
	path        string
	now         func() time.Time
	log         *slog.Logger
	set         fs.FS                   // migrations
	schema      int64                   // that the database has
	session     atomic.Pointer[session] // that last had the claim; nil before the first
	claimant    atomic.Pointer[string]  // the token this server signed its claim with; nil before
	lose        sync.Once               // closes taken
	taken       chan struct{}           // closed when the claim is lost for good; nil without a claim

	gate   sync.RWMutex // between enqueueing and closing
	queue  chan *job
	closed bool
	done   sync.WaitGroup
	last   atomic.Int64 // the latest instant written, in ms: time here never goes back, whatever the clock does
	turn   atomic.Uint64
	unsure bool // the writer's: nobody knows whether the last commit was one
}

// Open opens the database, applies the migrations that are missing and starts the writer.
// It returns a *Refusal, with a sentence for the operator, if the database cannot serve.
func Open(ctx context.Context, o Options) (*DB, error) {
	d := &DB{now: o.Now, log: o.Log, set: o.Migrations, queue: make(chan *job, queueLength)}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.set == nil {
		d.set = migrations
	}
	var err error
	if o.URL != "" {
		err = d.openPostgres(o)
	} else {
		err = d.openSQLite(o)
	}
	if err == nil && o.Watch != nil {
		err = errors.Join(watch(d.read, o.Watch), watch(d.write, o.Watch))
	}
	if err == nil {
		d.short = &short{dialect: d.dialect, told: o.Watch}
		d.reader, err = d.read.DB()
	}
	if err == nil && o.Server {
		err = d.lookForDamage(ctx)
	}
	if err == nil {
		err = d.migrate(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, d.closePools())
	}
	d.done.Add(1)
	go d.run()
	if d.taken != nil {
		if err := d.sign(ctx); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

func (d *DB) openSQLite(o Options) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return refuse("make the data folder", err)
	}
	d.dialect, d.path = SQLite, filepath.Join(o.Dir, FileName)
	sync := "FULL"
	if o.Unsafe {
		sync = "NORMAL"
	}
	cache, readers := "-8000", 4 // kB
	if o.Fleeting {
		sync, cache, readers = "OFF", "-500", 2
	}
	// A name with ? or # in it would end the path of the address, and another file would be opened.
	address := (&url.URL{Path: d.path}).EscapedPath()
	// Without recursive triggers, INSERT OR REPLACE would remove what may never be removed and no trigger would see it.
	common := "file:" + address + "?_foreign_keys=on&_busy_timeout=10000&_journal_mode=WAL&_secure_delete=on&_recursive_triggers=on&_stmt_cache_size=100&_synchronous=" + sync
	var err error
	if d.write, err = d.pool(sqlite.Open(common+"&_txlock=immediate"), 1); err != nil {
		return refuse("open "+d.path, err)
	}
	if d.read, err = d.pool(sqlite.Open(common+"&_query_only=on&_mutex=no&_cache_size="+cache), readers); err != nil {
		return refuse("open "+d.path, err)
	}
	return nil
}

// lookForDamage reads an SQLite file through, because damage in its middle would show only when somebody looks there: in
// the midst of a vote, with more written since.
func (d *DB) lookForDamage(ctx context.Context) error {
	if d.dialect != SQLite {
		return nil // PostgreSQL looks after its own files
	}
	var found string
	err := d.write.WithContext(ctx).Raw("PRAGMA quick_check(1)").Scan(&found).Error
	if err == nil && found != "ok" {
		err = errors.New("the file is malformed")
	}
	if err != nil {
		return refuse("open "+d.path, err)
	}
	return nil
}

func (d *DB) openPostgres(o Options) error {
	d.dialect = Postgres
	c, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return refuse("reach PostgreSQL", errors.New("its address cannot be read")) // the cause would name the password
	}
	// What Write says is saved must be on disk, whatever the server's own default is.
	c.RuntimeParams["synchronous_commit"] = "on"
	c.RuntimeParams["lock_timeout"] = "10s" // as SQLite's busy_timeout
	var each []stdlib.OptionOpenDB
	if o.Server {
		d.taken = make(chan struct{})
		each = append(each, stdlib.OptionAfterConnect(d.claim))
	}
	if d.write, err = d.pool(postgres.New(postgres.Config{Conn: stdlib.OpenDB(*c, each...)}), 1); errors.Is(err, ErrTaken) {
		return refuse("use this database", err)
	} else if err != nil {
		return refuse("reach PostgreSQL", err)
	}
	reading := c.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on" // also for a Row, which is in no transaction of ours
	if d.read, err = d.pool(postgres.New(postgres.Config{Conn: stdlib.OpenDB(*reading)}), 8); err != nil {
		return refuse("reach PostgreSQL", err)
	}
	return nil
}

// pool opens a pool of connections, each of which keeps its prepared statements by itself. GORM's own cache of them
// would cost more than it saves: all work is in transactions, and it prepares every statement anew in each; and a request
// that ends while its statement is being prepared would fail the others that wait for the same one.
func (d *DB) pool(dial gorm.Dialector, conns int) (*gorm.DB, error) {
	g, err := gorm.Open(dial, &gorm.Config{
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		TranslateError:           true,
		Logger:                   logger.Default.LogMode(logger.Silent), // statements hold votes and names: never logged
		NowFunc:                  d.now,
	})
	if err != nil {
		return nil, err
	}
	s, err := g.DB()
	if err != nil {
		return nil, err
	}
	s.SetMaxOpenConns(conns)
	s.SetMaxIdleConns(conns)
	return g, nil
}

func watch(g *gorm.DB, told func(string)) error {
	tell := func(g *gorm.DB) { told(g.Statement.SQL.String()) }
	c := g.Callback()
	return errors.Join(
		c.Create().After("gorm:create").Register("watch", tell), c.Query().After("gorm:query").Register("watch", tell),
		c.Update().After("gorm:update").Register("watch", tell), c.Delete().After("gorm:delete").Register("watch", tell),
		c.Row().After("gorm:row").Register("watch", tell), c.Raw().After("gorm:raw").Register("watch", tell))
}

// Dialect returns SQLite or Postgres.
func (d *DB) Dialect() string { return d.dialect }

// Path returns the SQLite file, or "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Schema returns the number of the schema that the database has.
func (d *DB) Schema() int64 { return d.schema }

// Close waits for the writes that were accepted, then closes the database.
func (d *DB) Close() error {
	d.gate.Lock()
	if !d.closed {
		d.closed = true
		close(d.queue)
	}
	d.gate.Unlock()
	d.done.Wait()
	return d.closePools()
}

func (d *DB) closePools() error {
	var errs []error
	for _, g := range []*gorm.DB{d.read, d.write} {
		if g == nil {
			continue
		}
		s, err := g.DB()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Tx is one transaction. It dies with the function it was passed to.
type Tx struct {
	*gorm.DB
	Now time.Time // one instant for the whole transaction, UTC, whole milliseconds

	dialect string
	short   *short
	papers  bool
	after   []func()
	staged  []staged
}

// Dialect returns SQLite or Postgres.
func (tx *Tx) Dialect() string { return tx.dialect }

// After runs f once the transaction has committed, and never if it did not.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// OnlyPapers says that the transaction writes votes and what goes with them, and nothing that Turn stands for.
func (tx *Tx) OnlyPapers() { tx.papers = true }

// Turn is another number after every commit of this process, before its Write returns, but for those with OnlyPapers: what was read
// after Turn was asked, and has no votes in it, is still so while Turn is the same. What other processes write does not show.
func (d *DB) Turn() uint64 { return d.turn.Load() }

type inTx struct{}

// Read runs f on a consistent snapshot. Writing in it fails.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return errors.New("db: transaction within a transaction")
	}
	opts := &sql.TxOptions{ReadOnly: d.dialect == Postgres}
	if d.dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx := &Tx{Now: d.Now(), dialect: d.dialect, short: d.short}
	return translate(d.read.WithContext(context.WithValue(ctx, inTx{}, true)).Transaction(func(g *gorm.DB) error {
		tx.DB = g
		return f(tx)
	}, opts))
}

// Now returns what the clock shows, but never less than what was written already: what Tx.Now is for a transaction that begins.
func (d *DB) Now() time.Time {
	return time.UnixMilli(max(d.now().UnixMilli(), d.last.Load())).UTC()
}

// translate gives the database's own errors their kind. Everything else passes as it is.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.New(fault.NotFound, "fault.not_found").Because(err)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fault.New(fault.Conflict, "fault.exists").Because(err)
	case isPassing(err):
		return fault.New(fault.Unavailable, "fault.unavailable").Because(err)
	}
	return err
}

// IsNotFound says whether err means that a row was not there.
func IsNotFound(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }

// Affected returns an error unless the statement hit exactly n rows: an update that must hit says so.
func Affected(res *gorm.DB, n int64) error {
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != n {
		return fmt.Errorf("db: %d rows hit, want %d", res.RowsAffected, n)
	}
	return nil
}

// Refusal is why the database cannot serve, in a sentence for the operator.
type Refusal struct {
	Doing string
	Err   error
	After string // what there is to know besides, as the sentence's end; may be empty
}

func refuse(doing string, err error) error { return &Refusal{Doing: doing, Err: err} }

func (r *Refusal) Error() string { return r.sentence() + r.After }

func (r *Refusal) sentence() string {
	var lines []string // what cannot be reached under several addresses says so for each
	for line := range strings.Lines(r.Err.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	text := strings.Join(lines, " ")
	switch {
	case strings.Contains(text, "file is not a database"), strings.Contains(text, "malformed"):
		return "cannot " + r.Doing + ": the file is damaged or is not a database. Restore a backup with: folkmoot restore FILE"
	case strings.Contains(text, "disk is full"), strings.Contains(text, "no space left"):
		return "cannot " + r.Doing + ": the disk is full"
	case strings.Contains(text, "unable to open database file"), strings.Contains(text, "readonly"), strings.Contains(text, "permission denied"):
		return "cannot " + r.Doing + ": the folder cannot be written to (" + text + ")"
	}
	return "cannot " + r.Doing + ": " + text
}

func (r *Refusal) Unwrap() error { return r.Err }
