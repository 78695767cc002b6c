package meeting

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// lastOrdinary returns the group's meeting that began last or should have, but for those that members asked for; the zero one if there was none.
func lastOrdinary(tx *db.Tx, g member.GroupID) (Meeting, error) {
	var r row
	err := tx.Where("group_id = ? AND kind = 'ordinary' AND state <> 'called'", g).Order("opens_at DESC").Limit(1).Find(&r).Error
	return r.meeting(), err
}

// nextRhythm finds when the first of the groups is to be looked at that dueRhythms returns then.
const nextRhythm = "SELECT MIN(COALESCE(rhythm_at, 0)) FROM groups WHERE third_at IS NOT NULL AND archived_at IS NULL"

// dueRhythms returns up to limit groups of which time looks now whether a meeting is to be called by their rule. One that was never looked at comes first.
func dueRhythms(tx *db.Tx, limit int) (ids []member.GroupID, err error) {
	err = tx.Raw(`SELECT id FROM groups WHERE third_at IS NOT NULL AND archived_at IS NULL AND COALESCE(rhythm_at, 0) <= ?
		ORDER BY COALESCE(rhythm_at, 0), id LIMIT ?`, db.At(tx.Now), limit).Scan(&ids).Error
	return ids, err
}

// lookAgain notes when the group is looked at next.
func lookAgain(tx *db.Tx, g member.GroupID, at time.Time) error {
	return db.Affected(tx.Exec("UPDATE groups SET rhythm_at = ? WHERE id = ?", db.At(at), g), 1)
}
