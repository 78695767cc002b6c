package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"folkmoot/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

const (
	queueLength = 4096 // beyond it, writers are told to come back
	batchSize   = 256
	mostYields  = 4
	retries     = 20 // of a batch that PostgreSQL could not serialize
	redials     = 2  // for a batch whose connection was lost
)

// Trouble that the jobs of a batch have in common: trying again one by one would help none of them.
var (
	errBegin  = errors.New("db: no transaction could begin")
	errUnsure = errors.New("db: the connection was lost while committing, and nobody knows whether it committed")
)

// A Journal is a second, append-only store beside the database, for what may not be lost even if the database file is
// damaged. Within one batch it is appended to and synced before the commit, so that it always holds at least what the
// database holds.
type Journal interface {
	// Append writes the records and returns once they are on disk.
	Append(records [][]byte) error
	// Retract undoes the last Append, because the commit failed. An error from it stops all further writing.
	Retract() error
}

type staged struct {
	journal Journal
	record  []byte
}

// Journal has the record appended to j before this transaction commits, if it does.
func (tx *Tx) Journal(j Journal, record []byte) { tx.staged = append(tx.staged, staged{j, record}) }

type job struct {
	ctx     context.Context
	f       func(*Tx) error
	outside func(*sql.DB) error
	tx      *Tx
	err     error
	done    chan struct{}
}

// Write runs f in a writing transaction and commits if f returns nil. When it returns nil, what f wrote is on disk.
//
// Several callers' functions may share one commit, each in a savepoint of its own: an error undoes only the function
// that returned it. f may run more than once and must have no effect outside tx but through After and Journal.
// f must not call Write or Read. Write returns fault.Unavailable when too many are waiting, the disk is full or the
// database is away; in the last case it can be that f was committed after all, so what was sent is to be sent again.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return d.submit(&job{ctx: ctx, f: f, done: make(chan struct{})})
}

// Outside runs f on the writing connection, alone and in no transaction: for VACUUM and checkpoints.
func (d *DB) Outside(ctx context.Context, f func(*sql.DB) error) error {
	return d.submit(&job{ctx: ctx, outside: f, done: make(chan struct{})})
}

func (d *DB) submit(j *job) error {
	if j.ctx.Value(inTx{}) != nil {
		return errors.New("db: transaction within a transaction")
	}
	if err := d.enqueue(j); err != nil {
		return err
	}
	// The caller waits even if its context ends: an answer must never say "not saved" of what was.
	<-j.done
	if j.err != nil {
		return translate(j.err)
	}
	if j.tx != nil {
		for _, f := range j.tx.after {
			f()
		}
	}
	return nil
}

// enqueue hands the job to the writer. What is accepted before the queue closes is always answered.
func (d *DB) enqueue(j *job) error {
	d.gate.RLock()
	defer d.gate.RUnlock()
	if d.closed {
		return fault.New(fault.Unavailable, "fault.unavailable").Because(errors.New("database closed"))
	}
	select {
	case d.queue <- j:
		return nil
	default:
		return fault.New(fault.Unavailable, "fault.too_busy")
	}
}

// run is the writer: it takes what has queued up and commits it together.
func (d *DB) run() {
	defer d.done.Done()
	for first := range d.queue {
		if first.outside != nil {
			d.runOutside(first)
			continue
		}
		batch, last := d.gather(first)
		d.commit(batch)
		for _, j := range batch {
			close(j.done)
		}
		if last != nil {
			d.runOutside(last)
		}
	}
}

// gather returns the job and those that have queued up behind it, and what must run alone after them. Whoever is about to queue up
// gets the processor once more before: on a machine that has its hands full with requests the batch would otherwise be small, and
// every batch costs the disk the same; on one that has not, nobody waits.
func (d *DB) gather(first *job) (batch []*job, last *job) {
	batch = []*job{first}
	for yields := 0; len(batch) < batchSize; {
		select {
		case j, more := <-d.queue:
			if !more || j.outside != nil {
				return batch, j
			}
			batch = append(batch, j)
		default:
			if yields == mostYields {
				return batch, nil
			}
			yields++
			runtime.Gosched()
		}
	}
	return batch, nil
}

func (d *DB) runOutside(j *job) {
	defer close(j.done)
	s, err := d.write.DB()
	if err == nil {
		err = j.outside(s)
	}
	j.err = err
}

// commit runs a batch in one transaction. What fails as a whole is tried again job by job, so that one job's
// trouble is only its own. A batch that may have committed is never tried again: its callers are told to come back, and
// what they send again is known by its form.
func (d *DB) commit(batch []*job) {
	err := d.attempt(batch)
	for n := 0; n < retries && isSerialization(err) || n < redials && isLost(err) && !errors.Is(err, errUnsure); n++ {
		time.Sleep(rand.N(time.Duration(n+1) * time.Millisecond)) // so that two processes do not keep in each other's way
		err = d.attempt(batch)
	}
	if err == nil {
		return
	}
	if len(batch) == 1 || errors.Is(err, errBegin) || errors.Is(err, errUnsure) {
		for _, j := range batch {
			j.err = err
		}
		return
	}
	d.log.Warn("batch failed, trying one by one", slog.Int("jobs", len(batch)), slog.Any("err", err))
	for _, j := range batch {
		d.commit([]*job{j})
	}
}

// attempt runs the batch in one transaction and commits it. Savepoints, which keep one job's error from the others, cost each
// job two statements and copies of the pages it writes; so they are set only where a job has failed without.
func (d *DB) attempt(batch []*job) error {
	err := d.transact(batch, false)
	if errors.Is(err, errApart) {
		err = d.transact(batch, true)
	}
	return err
}

// errApart says that one of several jobs failed and could not be undone by itself.
var errApart = errors.New("db: a job failed in a transaction without savepoints")

func (d *DB) transact(batch []*job, apart bool) (err error) {
	opts := &sql.TxOptions{}
	if d.dialect == Postgres {
		opts.Isolation = sql.LevelSerializable
	}
	g := d.write.WithContext(context.WithValue(context.Background(), inTx{}, true)).Begin(opts)
	if g.Error != nil {
		return fmt.Errorf("%w: %w", errBegin, g.Error)
	}
	if err := d.alone(g); err != nil {
		return fmt.Errorf("%w: %w", errBegin, errors.Join(err, g.Rollback().Error))
	}
	if d.unsure { // by now it has been committed, or never will be
		d.turn.Add(1)
		d.unsure = false
	}
	now := d.Now() // not before: another process may have held the database until now
	d.last.Store(now.UnixMilli())
	defer func() {
		if err != nil {
			d.undo(g)
		}
	}()
	for _, j := range batch {
		j.tx, j.err = &Tx{DB: g, Now: now, dialect: d.dialect, short: d.short}, nil
		if err := j.ctx.Err(); err != nil {
			j.err = err
			continue
		}
		if apart {
			err = d.runApart(j)
		} else if j.err = call(j); j.err != nil {
			err = errApart
		}
		if endsAll(j.err) {
			return j.err
		}
		if errors.Is(err, errApart) && len(batch) == 1 {
			d.undo(g)
			return nil // there is nobody else to keep it from
		}
		if err != nil {
			return err
		}
	}
	return d.seal(g, batch)
}

// runApart runs the job so that its error undoes what it did, and nothing else.
func (d *DB) runApart(j *job) error {
	if _, err := j.tx.Do("SAVEPOINT job"); err != nil {
		return err
	}
	if j.err = call(j); j.err != nil {
		if endsAll(j.err) {
			return nil
		}
		if _, err := j.tx.Do("ROLLBACK TO SAVEPOINT job"); err != nil {
			return errors.Join(j.err, err)
		}
	}
	if _, err := j.tx.Do("RELEASE SAVEPOINT job"); err != nil {
		return errors.Join(j.err, err)
	}
	return nil
}

// endsAll says whether a job's error is one of the whole transaction, which is to be tried again.
func endsAll(err error) bool { return isSerialization(err) || isLost(err) }

// undo rolls the transaction back. After some errors SQLite has done so by itself; then the error only says that.
func (d *DB) undo(g *gorm.DB) {
	if err := g.Rollback().Error; err != nil && !errors.Is(err, sql.ErrTxDone) {
		d.log.Debug("rollback", slog.Any("err", err))
	}
}

// alone makes the transaction the only one that writes, as BEGIN IMMEDIATE does on SQLite: a command beside the server
// waits for its turn instead of failing again and again. LOCK TABLE comes before the transaction's view of the data is
// taken (PostgreSQL, chapter 13.3.1), so that the view holds what the one before it wrote. Readers are not held up.
func (d *DB) alone(g *gorm.DB) error {
	if d.dialect != Postgres {
		return nil
	}
	return g.Exec("LOCK TABLE settings IN EXCLUSIVE MODE").Error
}

// seal writes the journals, then commits.
func (d *DB) seal(g *gorm.DB, batch []*job) error {
	records := map[Journal][][]byte{}
	var order []Journal
	for _, j := range batch {
		if j.err != nil {
			continue
		}
		for _, s := range j.tx.staged {
			if records[s.journal] == nil {
				order = append(order, s.journal)
			}
			records[s.journal] = append(records[s.journal], s.record)
		}
	}
	var written []Journal
	retract := func(err error) error {
		for _, j := range written {
			if rerr := j.Retract(); rerr != nil {
				err = errors.Join(err, fmt.Errorf("retract journal: %w", rerr))
			}
		}
		return err
	}
	for _, j := range order {
		written = append(written, j)
		if err := j.Append(records[j]); err != nil {
			return retract(fmt.Errorf("journal: %w", err))
		}
	}
	err := g.Commit().Error
	if slices.ContainsFunc(batch, func(j *job) bool { return j.err == nil && !j.tx.papers }) {
		d.turn.Add(1)
	}
	if err != nil {
		// That PostgreSQL rolled back instead is certain: a job has passed over the error of a statement.
		if d.dialect == Postgres && !errors.Is(err, pgx.ErrTxCommitRollback) && (isLost(err) || !isAnswer(err)) {
			d.unsure, err = true, fmt.Errorf("%w: %w", errUnsure, err)
		}
		return retract(err)
	}
	return nil
}

// call runs the job's function and turns a panic into an error: one request's mistake must not stop the writer.
func call(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while writing: %v\n%s", p, debug.Stack())
		}
	}()
	return j.f(j.tx)
}

// isAnswer says whether the error is what PostgreSQL answered, and not that no answer came.
func isAnswer(err error) bool {
	_, ok := errors.AsType[*pgconn.PgError](err)
	return ok
}

func isSerialization(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// IsLockTimeout says whether PostgreSQL gave up waiting for a lock.
func IsLockTimeout(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "55P03"
}

// isLost says whether the connection to PostgreSQL was lost or could not be made.
func isLost(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")) {
		return true
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[*net.OpError](err)
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return connecting || network || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) && !ended
}

// isPassing says whether the error is none of the caller's making and will go away: the disk is full or failing, another
// process holds the database, the server of the database is away or overloaded.
func isPassing(err error) bool {
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return e.Code == sqlite3.ErrFull || e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrBusy
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && strings.HasPrefix(e.Code, "53") { // out of disk, memory or connections
		return true
	}
	if IsLockTimeout(err) {
		return true
	}
	return isLost(err) || isSerialization(err) || errors.Is(err, errUnsure) || errors.Is(err, ErrTaken) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EIO)
}
