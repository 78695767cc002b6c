package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// livingIn returns the group's terms that are not over, whether they have begun or not.
func livingIn(tx *db.Tx, g member.GroupID) (out []Term, err error) {
	roles, err := rolesOf(tx, g)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	ids := make([]ID, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	return running(tx, ids, tx.Now)
}

// setDueIn is setDue for all roles of a group, and setWatch.
func setDueIn(tx *db.Tx, g member.GroupID, at time.Time) error {
	return tx.Exec("UPDATE roles SET due_at = ?, watch_at = ? WHERE group_id = ?", db.At(at), db.At(at), g).Error
}

// elected says whether a term that came from a decision or from a round of consent is under way.
func elected(tx *db.Tx, g member.GroupID, now time.Time) (bool, error) {
	var n int
	err := tx.Raw(`SELECT COUNT(*) FROM (SELECT 1 FROM roles r JOIN terms t ON t.role_id = r.id WHERE r.group_id = ? AND t.ends_at > ?
		AND t.starts_at <= ? AND t.ended_at IS NULL AND (t.cause LIKE 'decision/%' OR t.cause LIKE 'selection/%') LIMIT 1) x`, g, db.At(now), db.At(now)).Scan(&n).Error
	return n > 0, err
}
