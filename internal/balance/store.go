package balance

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type row struct {
	ID          int64
	GroupID     member.GroupID
	RoleID      role.ID
	Places      int
	ReservedFor string
	FromAt      db.Instant
	Cause       string
}

func (row) TableName() string { return "balances" }

func (r row) rule() Rule {
	return Rule{Group: r.GroupID, Role: r.RoleID, Places: r.Places, Words: r.ReservedFor, From: r.FromAt.Time, Cause: r.Cause}
}

func insert(tx *db.Tx, r Rule) error {
	return tx.Create(&row{GroupID: r.Group, RoleID: r.Role, Places: r.Places, ReservedFor: r.Words, FromAt: db.At(r.From), Cause: r.Cause}).Error
}

// inForce returns the newest rules for the roles that are in force; a role without one has none.
func inForce(tx *db.Tx, roles []role.ID) (map[role.ID]Rule, error) {
	return newest(tx, "role_id IN ? AND from_at <= ?", roles, db.At(tx.Now))
}

// nowAndNext returns the newest rules for the roles that are in force, and the newest that are not yet.
func nowAndNext(tx *db.Tx, roles []role.ID) (now, next map[role.ID]Rule, err error) {
	var rows []row
	at := db.At(tx.Now)
	err = tx.Raw(`SELECT b.* FROM balances b JOIN (SELECT MAX(id) AS id FROM balances WHERE role_id IN ?
		GROUP BY role_id, CASE WHEN from_at <= ? THEN 0 ELSE 1 END) n ON n.id = b.id`, roles, at).Scan(&rows).Error
	now, next = map[role.ID]Rule{}, map[role.ID]Rule{}
	for _, r := range rows {
		if r.FromAt.After(tx.Now) {
			next[r.RoleID] = r.rule()
		} else {
			now[r.RoleID] = r.rule()
		}
	}
	return now, next, err
}

func newest(tx *db.Tx, where string, args ...any) (map[role.ID]Rule, error) {
	var rows []row
	err := tx.Raw("SELECT b.* FROM balances b JOIN (SELECT MAX(id) AS id FROM balances WHERE "+where+" GROUP BY role_id) n ON n.id = b.id", args...).Scan(&rows).Error
	out := make(map[role.ID]Rule, len(rows))
	for _, r := range rows {
		out[r.RoleID] = r.rule()
	}
	return out, err
}
