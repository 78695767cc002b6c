package decision

import (
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"
)

// adoptedBy returns the number of the decision by which members adopted their rules.
func adoptedBy(tx *db.Tx, g member.GroupID) (string, error) {
	var r effectRow
	err := tx.Where("group_id = ? AND kind = 'rules_adopted' AND done = 1", g).Take(&r).Error
	return strings.TrimPrefix(r.Cause, "decision/"), err
}

// provisional returns up to limit decisions that the group made before it adopted its rules, the newest first.
func provisional(tx *db.Tx, g member.Group, limit int) ([]Decision, error) {
	q := tx.Table("decisions d").Select("d.*").Joins("JOIN motions m ON m.id = d.motion_id").
		Where("d.group_id = ? AND d.outcome = ? AND m.kind NOT IN ? AND NOT EXISTS (SELECT 1 FROM decision_windows w WHERE w.decision_id = d.id AND w.state = 'stopped')", g.ID, tally.Carried, standsByItself)
	if !g.Adopted.IsZero() {
		q = q.Where("d.at < ?", db.At(g.Adopted))
	}
	var rows []row
	err := q.Order("d.id DESC").Limit(limit).Find(&rows).Error
	return decisions(rows), err
}
