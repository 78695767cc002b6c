package upkeep

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
)

// Copy is a finished backup.
type Copy struct {
	File  string
	Bytes int64
	Votes int // secret votes that were open: of these it keeps traces of the order in which votes came in
}

// Backup writes everything in the database to one file, as it stood at one moment, while the server goes on. The file
// is an SQLite database whatever the database is, so that it can be restored into either; it holds no key. It appears
// under its name only once it is whole, checked and on disk. Then every group's record says that it was made.
// An error is a sentence for the operator: an existing file is never overwritten.
func Backup(ctx context.Context, d *db.DB, l *ledger.Ledger, file string) (c Copy, err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return c, err
	}
	if _, err := os.Lstat(file); err == nil {
		return c, fmt.Errorf("%s is there already; a backup never overwrites a file", file)
	}
	temp, err := os.MkdirTemp(filepath.Dir(file), ".folkmoot-backup-*") // 0700
	if err != nil {
		return c, fmt.Errorf("cannot write to the folder of the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	made := filepath.Join(temp, db.FileName)
	if d.Dialect() == db.SQLite {
		err = vacuumInto(ctx, d.Path(), made)
	} else {
		err = CopyOut(ctx, d, made)
	}
	if err != nil {
		return c, fmt.Errorf("copy the database: %w", err)
	}
	if _, err := examine(ctx, made); err != nil {
		return c, fmt.Errorf("the copy is not in order: %w", err)
	}
	if err := db.Settle(made, file); err != nil {
		return c, fmt.Errorf("put the backup in its place: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return c, err
	}
	c = Copy{File: file, Bytes: info.Size()}
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM ballots WHERE secret = 1 AND state IN ('open', 'closing')").Scan(&c.Votes).Error
	})
	if err != nil {
		return c, err
	}
	return c, Tell(ctx, d, l, "backup", nil)
}

// NoteKey writes to the record of every group whose last known key is another one that the record is signed with a new
// key from now on: the older key was lost, or the database was moved without it. It is run when the server starts.
// A record that is older than what members saw is left alone until its restore is recorded.
func NoteKey(ctx context.Context, d *db.DB, l *ledger.Ledger) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		logs, err := ledger.Logs(tx)
		if err != nil {
			return err
		}
		for _, ref := range slices.Sorted(maps.Keys(logs)) {
			was, err := recordedKey(tx, logs[ref])
			if err != nil {
				return err
			}
			if was == l.VerifierKey() {
				continue
			}
			_, err = l.Append(tx, logs[ref], ledger.Event{
				Kind: "operator.rekeyed", Subject: "group", Actor: ledger.Operator,
				Data: ledger.Data{"was": was, "key": l.VerifierKey()},
			})
			if err != nil && fault.KindOf(err) != fault.Unavailable {
				return fmt.Errorf("note the record's new key: %w", err)
			}
		}
		return nil
	})
}

// RemoveText takes a text out of a group's record for good and lets the record say so, with the reason in the words of
// the program. It returns fault.NotFound if there is no such text, or no more.
func RemoveText(tx *db.Tx, l *ledger.Ledger, log ledger.Log, hash [32]byte, why string) error {
	if err := ledger.RemoveText(tx, log, hash); err != nil {
		return err
	}
	_, err := l.Append(tx, log, ledger.Event{
		Kind: "text.removed", Subject: "group", Actor: ledger.Operator,
		Data: ledger.Data{"hash": hex.EncodeToString(hash[:]), "why": why},
	})
	return err
}
