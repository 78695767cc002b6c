package meeting

import (
	"cmp"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// aheadAndLast returns the group's meetings that are not over, the next one first, and of those that members did not ask for the one that began last or should have; the
// zero one if there was none; kept says whether of one that is over it is kept who was there.
func aheadAndLast(tx *db.Tx, g member.GroupID) (ahead []Meeting, last Meeting, kept bool, err error) {
	var rows []row
	err = tx.Raw(`SELECT * FROM (SELECT * FROM meetings WHERE group_id = ? AND kind = 'ordinary' AND state <> 'called' ORDER BY opens_at DESC LIMIT 1) l
		UNION ALL SELECT * FROM meetings WHERE group_id = ? AND state IN ('called', 'session')
		UNION ALL SELECT * FROM meetings WHERE group_id = ? AND state = 'closed' AND due_at IS NOT NULL`, g, g, g).Scan(&rows).Error
	for _, r := range rows {
		m := r.meeting()
		kept = kept || m.State == Closed && !m.due.IsZero()
		if m.Kind == Ordinary && m.State != Called && !m.Opens.Before(last.Opens) {
			last = m
		}
		// One that is under way can be both.
		if !m.IsOver() && !slices.ContainsFunc(ahead, func(o Meeting) bool { return o.ID == m.ID }) {
			ahead = append(ahead, m)
		}
	}
	slices.SortFunc(ahead, func(x, y Meeting) int { return cmp.Or(x.Opens.Compare(y.Opens), cmp.Compare(x.ID, y.ID)) })
	return ahead, last, kept, err
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
