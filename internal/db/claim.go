package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrTaken means that another server has the PostgreSQL database.
var ErrTaken = errors.New("another Folkmoot is already running on it; stop it first, or name another database with --database")

// claimKey is the number of the lock within the database: "folkmoot" in ASCII.
const claimKey = 0x666f6c6b6d6f6f74

// How often the lock is tried for, and how long is waited in between: long enough for a server that ends to be gone.
const (
	claimPause = 50 * time.Millisecond
	claimTries = 40 // 2 s
)

// session names a connection as PostgreSQL does; its start tells it from a later one with the same number.
type session struct {
	pid   int64
	start string
}

// ClaimedBy is the setting that names the server that claimed the database last, by a token of its own. It goes into no copy: a
// backup that is put in the database's place is not what that server knows, and copies of the same are the same.
const ClaimedBy = "claimed_by"

// claim takes the database for this process. It runs on every new writing connection, and the lock lasts as long as that
// connection: so nothing is ever written without it, however connections come and go. If another server has it, the
// connection is given up, and if this process had it before, that is the end: what the other one did since is not in this
// one's memory, so it must not go on (Taken). It is the end as well if the other one came and went in between.
func (d *DB) claim(ctx context.Context, c *pgx.Conn) error {
	had := d.session.Load()
	for range claimTries {
		got, err := d.tryClaim(ctx, c, had)
		own := false
		if err == nil && got {
			own, err = d.isOwn(ctx, c)
		}
		switch {
		case err != nil:
			return errors.Join(fmt.Errorf("claim the database: %w", err), c.Close(ctx))
		case own:
			return nil
		case got:
			return d.lost(ctx, c)
		}
		time.Sleep(claimPause)
	}
	if had == nil {
		return errors.Join(ErrTaken, c.Close(ctx))
	}
	return d.lost(ctx, c)
}

// lost gives the connection up and the claim with it, for good.
func (d *DB) lost(ctx context.Context, c *pgx.Conn) error {
	d.lose.Do(func() { close(d.taken) })
	return errors.Join(ErrTaken, c.Close(ctx))
}

// isOwn says whether no other server has claimed the database since this one signed for it. Until then there is nothing that
// this one could know better than the database.
func (d *DB) isOwn(ctx context.Context, c *pgx.Conn) (bool, error) {
	own := d.claimant.Load()
	if own == nil {
		return true, nil
	}
	var last []byte
	err := c.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1", ClaimedBy).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil // a backup was put in its place
	}
	return err == nil && string(last) == *own, err
}

// sign writes down that this server has claimed the database, once there is a table for it.
func (d *DB) sign(ctx context.Context) error {
	own := rand.Text()
	if err := d.Write(ctx, func(tx *Tx) error { return tx.PutSetting(ClaimedBy, []byte(own)) }); err != nil {
		return refuse("use this database", err)
	}
	d.claimant.Store(&own)
	return nil
}

func (d *DB) tryClaim(ctx context.Context, c *pgx.Conn, had *session) (got bool, err error) {
	if err := c.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(claimKey)).Scan(&got); err != nil {
		return false, err
	}
	if got {
		var is session
		err := c.QueryRow(ctx, "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()").Scan(&is.pid, &is.start)
		d.session.Store(&is)
		return true, err
	}
	if had != nil {
		// PostgreSQL may not have noticed yet that this process's own lost connection, which has the lock, is gone.
		_, err = c.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2", had.pid, had.start)
	}
	return false, err
}

// Hold takes a PostgreSQL database as a server does, whatever is in it, until release is called. It returns ErrTaken,
// in a *Refusal, if a server has it.
func Hold(url string, now func() time.Time) (release func() error, err error) {
	d := &DB{now: now}
	if err := d.openPostgres(Options{URL: url, Server: true}); err != nil {
		return nil, errors.Join(err, d.closePools())
	}
	return d.closePools, nil
}

// Taken is closed when another server has taken a PostgreSQL database from this one, which must end then. It is nil, and
// so never ready, where that cannot happen.
func (d *DB) Taken() <-chan struct{} { return d.taken }

// Renew makes a lost claim anew, so that a loss is noticed also while nobody writes.
func (d *DB) Renew(ctx context.Context) error {
	if d.taken == nil {
		return nil
	}
	return d.Write(ctx, func(*Tx) error { return nil })
}
