package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// HeldSince returns for each of the roles the members who have held it at some time after the instant, or hold it.
func HeldSince(tx *db.Tx, roles []ID, after time.Time) (map[ID][]member.ID, error) {
	var rows []struct {
		RoleID   ID
		MemberID member.ID
	}
	err := tx.Raw(`SELECT DISTINCT t.role_id, t.member_id FROM terms t JOIN members m ON m.id = t.member_id AND m.left_at IS NULL
		WHERE t.role_id IN ? AND t.ends_at > ? AND t.starts_at <= ? AND (t.ended_at IS NULL OR t.ended_at > ? AND t.ended_at > t.starts_at)
		ORDER BY t.role_id, t.member_id`, roles, db.At(after), db.At(tx.Now), db.At(after)).Scan(&rows).Error
	out := map[ID][]member.ID{}
	for _, r := range rows {
		out[r.RoleID] = append(out[r.RoleID], r.MemberID)
	}
	return out, err
}

// BeforeIn returns the newest term that filled the seat, was under way before the one given and is over. It is zero if there is none.
func BeforeIn(tx *db.Tx, t Term) (Term, error) {
	var rows []termRow
	err := tx.Raw(`SELECT * FROM terms WHERE role_id = ? AND seat = ? AND kind = '' AND starts_at < ? AND (ended_at IS NULL OR ended_at > starts_at)
		ORDER BY starts_at DESC, id DESC LIMIT 1`, t.Role, t.Seat, db.At(t.Begins)).Scan(&rows).Error
	if err != nil || len(rows) == 0 || rows[0].term().Over().After(t.Begins) {
		return Term{}, err
	}
	return rows[0].term(), nil
}

// AfterIn returns the first term that fills the seat, begins when the one given is over or later, and was not declined. It is zero if there is
// none: whoever only looks after a seat is nobody's successor.
func AfterIn(tx *db.Tx, t Term) (Term, error) {
	var rows []termRow
	err := tx.Raw(`SELECT * FROM terms WHERE role_id = ? AND seat = ? AND kind = '' AND id <> ? AND starts_at >= ? AND (ended_at IS NULL OR ended_at > starts_at)
		ORDER BY starts_at, id LIMIT 1`, t.Role, t.Seat, t.ID, db.At(t.Over())).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return Term{}, err
	}
	return rows[0].term(), nil
}
