package balance

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type row struct {
	ID      int64
	GroupID member.GroupID
	RoleID  role.ID
	Places  int
	Words   string
	FromAt  db.Instant
	Cause   string
}

func (row) TableName() string { return "balances" }

func (r row) rule() Rule {
	return Rule{Group: r.GroupID, Role: r.RoleID, Places: r.Places, Words: r.Words, From: r.FromAt.Time, Cause: r.Cause}
}

func insert(tx *db.Tx, r Rule) error {
	return tx.Create(&row{GroupID: r.Group, RoleID: r.Role, Places: r.Places, Words: r.Words, FromAt: db.At(r.From), Cause: r.Cause}).Error
}

// latest returns the newest rule for the role that is in force; the zero Rule if there is none.
func latest(tx *db.Tx, r role.ID) (Rule, error) {
	var rows []row
	err := tx.Where("role_id = ? AND from_at <= ?", r, db.At(tx.Now)).Order("id DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return Rule{}, err
	}
	return rows[0].rule(), nil
}
