package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// spansOf returns up to limit terms in the group's roles that had not ended by the moment, with the names of who held them, those that begin last
// first, and whether there are more. Who declined in time never held anything.
func spansOf(tx *db.Tx, g member.GroupID, from time.Time, limit int) (out []Stretch, more bool, err error) {
	var rows []struct {
		Row  termRow `gorm:"embedded"`
		Name string
	}
	err = tx.Raw(`SELECT t.*, m.name FROM terms t JOIN members m ON m.id = t.member_id
		WHERE t.role_id IN (SELECT id FROM roles WHERE group_id = ?) AND t.ends_at > ?
		AND (t.ended_at IS NULL OR t.ended_at > ? AND t.ended_at > t.starts_at)
		ORDER BY t.starts_at DESC, t.id DESC LIMIT ?`, g, db.At(from), db.At(from), limit+1).Scan(&rows).Error
	for _, r := range rows[:min(limit, len(rows))] {
		out = append(out, Stretch{Term: r.Row.term(), Name: r.Name})
	}
	return out, len(rows) > limit, err
}
