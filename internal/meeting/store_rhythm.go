package meeting

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// ordinary returns, of the group's meetings but for those that members asked for, the one that began last or should have, the zero one if there was none, and those that are called.
func ordinary(tx *db.Tx, g member.GroupID) (last Meeting, called []Meeting, err error) {
	var rows []row
	err = tx.Raw(`SELECT * FROM (SELECT * FROM meetings WHERE group_id = ? AND kind = 'ordinary' AND state <> 'called' ORDER BY opens_at DESC LIMIT 1) l
		UNION ALL SELECT * FROM meetings WHERE group_id = ? AND state IN ('called', 'session') AND kind = 'ordinary' AND state = 'called'`, g, g).Scan(&rows).Error
	for _, r := range rows {
		if r.State == Called {
			called = append(called, r.meeting())
		} else {
			last = r.meeting()
		}
	}
	return last, called, err
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
