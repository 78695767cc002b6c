package founding

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"gorm.io/gorm/clause"
)

type callRow struct {
	GroupID  member.GroupID
	MemberID member.ID
	At       db.Instant
}

func (callRow) TableName() string { return "founding_calls" }

// insertCall adds the member to those who want the question put, and says whether they were not among them.
func insertCall(tx *db.Tx, m member.Member) (first bool, err error) {
	res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&callRow{m.Group, m.ID, db.At(tx.Now)})
	return res.RowsAffected > 0, res.Error
}

// countCalls returns how many members want the question put, without those who have left.
func countCalls(tx *db.Tx, g member.GroupID) (n int, err error) {
	err = tx.Raw(`SELECT COUNT(*) FROM founding_calls c JOIN members m ON m.id = c.member_id
		WHERE c.group_id = ? AND m.left_at IS NULL`, g).Scan(&n).Error
	return n, err
}

// callsOf is countCalls for the member's group, and says whether the member is one of them.
func callsOf(tx *db.Tx, m member.Member) (n int, mine bool, err error) {
	var row struct{ All, Own int }
	err = tx.Raw(`SELECT COUNT(*) AS "all", COALESCE(SUM(CASE WHEN c.member_id = ? THEN 1 ELSE 0 END), 0) AS own
		FROM founding_calls c JOIN members m ON m.id = c.member_id WHERE c.group_id = ? AND m.left_at IS NULL`, m.ID, m.Group).Scan(&row).Error
	return row.All, row.Own > 0, err
}

// newest returns the number of the newest proposal to adopt the group's rules, 0 if there was none, and whether it waits to be decided.
func newest(tx *db.Tx, g member.GroupID) (number int, open bool, err error) {
	var rows []struct {
		Number int
		State  motion.State
	}
	err = tx.Raw("SELECT number, state FROM motions WHERE group_id = ? AND kind = 'founding' ORDER BY id DESC LIMIT 1", g).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0].Number, slices.Contains(motion.Open(), rows[0].State), nil
}
