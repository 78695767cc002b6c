package urn

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"folkmoot/internal/db"
)

type row struct {
	BallotID int64
	Pseud    []byte
	Box      []byte
}

func (row) TableName() string { return "urn" }

// find returns the box under the pseudonym, or nil.
func find(tx *db.Tx, ballot int64, p pseud) (box []byte, err error) {
	_, err = tx.Row("SELECT box FROM urn WHERE ballot_id = ? AND pseud = ?", []any{ballot, p[:]}, &box)
	return box, err
}

// findMany returns the boxes under the pseudonyms, which differ from ballot to ballot, by ballot.
func findMany(tx *db.Tx, ballots []int64, pseuds [][]byte) (map[int64][]byte, error) {
	var rows []row
	if err := tx.Raw("SELECT ballot_id, box FROM urn WHERE ballot_id IN ? AND pseud IN ?", ballots, pseuds).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		out[r.BallotID] = r.Box
	}
	return out, nil
}

// add puts in the box if there is none under the pseudonym, and says whether it did.
func add(tx *db.Tx, ballot int64, p pseud, box []byte) (bool, error) {
	n, err := tx.Do("INSERT INTO urn (ballot_id, pseud, box) VALUES (?, ?, ?) ON CONFLICT (ballot_id, pseud) DO NOTHING", ballot, p[:], box)
	return n == 1, err
}

// put puts in the box, whatever was there.
func put(tx *db.Tx, ballot int64, p pseud, box []byte) error {
	_, err := tx.Do("INSERT INTO urn (ballot_id, pseud, box) VALUES (?, ?, ?) ON CONFLICT (ballot_id, pseud) DO UPDATE SET box = excluded.box",
		ballot, p[:], box)
	return err
}

func count(tx *db.Tx, ballot int64) (n int64, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM urn WHERE ballot_id = ?", ballot).Scan(&n).Error
	return n, err
}

// all returns every box of the ballot by pseudonym.
func all(tx *db.Tx, ballot int64) (map[pseud][]byte, error) {
	var rows []row
	if err := tx.Where("ballot_id = ?", ballot).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[pseud][]byte, len(rows))
	for _, r := range rows {
		if len(r.Pseud) != pseudLen {
			return nil, &Incident{Reason: Stranger}
		}
		out[pseud(r.Pseud)] = r.Box
	}
	return out, nil
}

// empty removes every row of the ballot so that the bytes are gone from the database's files, as far as a program can
// see to that. It returns ErrBusy if somebody still reads; then it is to be tried again.
func empty(ctx context.Context, d *db.DB, ballot int64) error {
	if d.Dialect() == db.Postgres {
		return emptyPostgres(ctx, d, ballot)
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		return tx.Where("ballot_id = ?", ballot).Delete(&row{}).Error
	})
	if err != nil {
		return err
	}
	// secure_delete has zeroed the cells; the older pages are still in the write-ahead log until it is cut to nothing.
	return Clean(ctx, d)
}

// Clean has what was deleted before be gone from the database's files, too, as far as a program can see to that. It returns ErrBusy if somebody still reads; then it is to be
// tried again. PostgreSQL sees to it by itself.
func Clean(ctx context.Context, d *db.DB) error {
	if d.Dialect() == db.Postgres {
		return nil
	}
	return d.Outside(ctx, func(s *sql.DB) error { return truncateLog(ctx, s) })
}

// truncateLog moves the write-ahead log into the database file and cuts it to nothing. It gives readers little time to
// end, because all writing waits meanwhile.
func truncateLog(ctx context.Context, s *sql.DB) (err error) {
	c, err := s.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var usual, busy, frames, moved int64
	if err := c.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&usual); err != nil {
		return err
	}
	if _, err := c.ExecContext(ctx, "PRAGMA busy_timeout = 200"); err != nil {
		return err
	}
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	if _, back := c.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", usual)); err != nil || back != nil {
		return fmt.Errorf("cut the write-ahead log: %w", errors.Join(err, back))
	}
	if busy != 0 {
		return ErrBusy
	}
	return nil
}

// ErrBusy is returned by Purge while somebody still reads from before the votes were removed; it is to be tried again in a while.
var ErrBusy = errors.New("urn: somebody still reads from before the votes were removed")

// Hold keeps the urns from being emptied until tx ends. It must be the first thing in every Read that asks an urn: on PostgreSQL
// a transaction whose view of the data is older than an emptying sees all urns empty afterwards, so the lock has to come
// before that view is taken (PostgreSQL, chapters 13.3.1 and 13.6). On SQLite an emptying changes nothing for who reads.
func Hold(tx *db.Tx) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	return tx.Exec("LOCK TABLE urn IN ACCESS SHARE MODE").Error
}

// emptyPostgres puts the rows of other ballots into a fresh file and drops the old one: deleted rows would stay in it
// until a vacuum, and their bytes longer. TRUNCATE waits for those who Hold the urns, and for whoever else reads them, such as
// pg_dump; it gives them little time to end, because all writing waits meanwhile.
func emptyPostgres(ctx context.Context, d *db.DB, ballot int64) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		n, err := count(tx, ballot)
		if err != nil || n == 0 {
			return err
		}
		err = tx.Exec("SET LOCAL lock_timeout = '200ms'").Error
		if err == nil {
			err = tx.Exec("LOCK TABLE urn IN ACCESS EXCLUSIVE MODE").Error
		}
		if db.IsLockTimeout(err) {
			return ErrBusy
		}
		if err == nil {
			err = tx.Exec("SET LOCAL lock_timeout = DEFAULT").Error
		}
		if err != nil {
			return err
		}
		var others []row
		if err := tx.Where("ballot_id <> ?", ballot).Order("ballot_id, pseud").Find(&others).Error; err != nil {
			return err
		}
		if err := tx.Exec("TRUNCATE urn").Error; err != nil {
			return err
		}
		if len(others) == 0 {
			return nil
		}
		return tx.CreateInBatches(others, 500).Error
	})
}
