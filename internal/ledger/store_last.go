package ledger

import (
	"time"

	"folkmoot/internal/db"
)

// Last returns when the newest entry of a kind about the subject was written; ok is false if there is none.
func Last(tx *db.Tx, log Log, subject, kind string) (at time.Time, ok bool, err error) {
	var when db.Instant
	ok, err = tx.Row("SELECT at FROM ledger_entries WHERE group_id = ? AND subject = ? AND kind = ? ORDER BY n DESC LIMIT 1", []any{int64(log), subject, kind}, &when)
	return when.Time, ok, err
}
