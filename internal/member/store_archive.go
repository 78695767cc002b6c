package member

import (
	"time"

	"folkmoot/internal/db"
)

// setArchived also has the clock ask the group nothing any more.
func setArchived(tx *db.Tx, g GroupID, at time.Time, by string) error {
	return db.Affected(tx.Exec("UPDATE groups SET archived_at = ?, archived_by = ?, question_at = NULL, look_at = NULL WHERE id = ? AND archived_at IS NULL",
		db.At(at), by, g), 1)
}

// setReopened also has the group asked again whether it adopts its rules, as a new one is, unless it has.
func setReopened(tx *db.Tx, g GroupID, at time.Time) error {
	return db.Affected(tx.Exec(`UPDATE groups SET archived_at = NULL, archived_by = '', reopened_at = ?, look_at = NULL, question_at =
		CASE WHEN adopted_at IS NOT NULL THEN NULL WHEN founding_at > ? THEN founding_at ELSE CAST(? AS BIGINT) END WHERE id = ? AND archived_at IS NOT NULL`,
		db.At(at), db.At(at), db.At(at.Add(FoundingWait)), g), 1)
}

func revokeAllIn(tx *db.Tx, g GroupID) error {
	return tx.Exec("UPDATE invitations SET revoked_at = ? WHERE group_id = ? AND revoked_at IS NULL", db.At(tx.Now), g).Error
}

// ActiveSince returns how many members of the group did anything in the month of an instant or later; that is as fine as it is known.
func ActiveSince(tx *db.Tx, g GroupID, at time.Time) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM members WHERE group_id = ? AND left_at IS NULL AND active_month >= ?", g, Month(at)).Scan(&n).Error
	return n, err
}

// Few says whether a group of n members is so small that a number would tell who is meant, so that what was answered is told in words
// (practice.md §3.1).
func Few(n int) bool { return n < 8 }

// OnRoll returns how many belong to the group now.
func OnRoll(tx *db.Tx, g GroupID) (int, error) { return countMembers(tx, g) }
