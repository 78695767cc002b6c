package member

import (
	"time"

	"folkmoot/internal/db"
)

func setArchived(tx *db.Tx, g GroupID, at time.Time, by string) error {
	return db.Affected(tx.Exec("UPDATE groups SET archived_at = ?, archived_by = ? WHERE id = ? AND archived_at IS NULL", db.At(at), by, g), 1)
}

func setReopened(tx *db.Tx, g GroupID, at time.Time) error {
	return db.Affected(tx.Exec("UPDATE groups SET archived_at = NULL, archived_by = '', reopened_at = ?, look_at = NULL WHERE id = ? AND archived_at IS NOT NULL",
		db.At(at), g), 1)
}

func revokeAllIn(tx *db.Tx, g GroupID) error {
	return tx.Exec("UPDATE invitations SET revoked_at = ? WHERE group_id = ? AND revoked_at IS NULL", db.At(tx.Now), g).Error
}

// ActiveSince returns how many members of the group did anything in the month of an instant or later; that is as fine as it is known.
func ActiveSince(tx *db.Tx, g GroupID, at time.Time) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM members WHERE group_id = ? AND left_at IS NULL AND active_month >= ?", g, Month(at)).Scan(&n).Error
	return n, err
}

// OnRoll returns how many belong to the group now.
func OnRoll(tx *db.Tx, g GroupID) (int, error) { return countMembers(tx, g) }
