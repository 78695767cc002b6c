package role

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type waiverRow struct {
	ID        int64
	GroupID   member.GroupID
	Cause     string
	RoleID    ID
	MemberID  member.ID
	GrantedAt db.Instant
	TermID    *TermID
	Bars      string
}

func (waiverRow) TableName() string { return "waivers" }

func (r waiverRow) waiver() Granted {
	w := Granted{ID: r.ID, Group: r.GroupID, Cause: r.Cause, Role: r.RoleID, Member: r.MemberID, At: r.GrantedAt.Time, Bars: ParseBars(r.Bars)}
	if r.TermID != nil {
		w.Term = *r.TermID
	}
	return w
}

func insertWaiver(tx *db.Tx, w Granted) error {
	return tx.Create(&waiverRow{GroupID: w.Group, Cause: w.Cause, RoleID: w.Role, MemberID: w.Member, GrantedAt: db.At(w.At)}).Error
}

// freeWaiver returns the waiver that a member has for a role and that no term has used up; zero if there is none.
func freeWaiver(tx *db.Tx, r ID, m member.ID) (Granted, error) {
	all, err := freeWaivers(tx, r)
	return all[m], err
}

// freeWaivers returns the waivers for a role that no term has used up.
func freeWaivers(tx *db.Tx, r ID) (map[member.ID]Granted, error) {
	var rows []waiverRow
	err := tx.Where("role_id = ? AND term_id IS NULL", r).Order("id").Find(&rows).Error
	out := make(map[member.ID]Granted, len(rows))
	for _, row := range rows {
		out[row.MemberID] = row.waiver()
	}
	return out, err
}

func useWaiver(tx *db.Tx, w Granted, t Term) error {
	return db.Affected(tx.Exec("UPDATE waivers SET term_id = ?, bars = ? WHERE id = ? AND term_id IS NULL", t.ID, WriteBars(t.Waived), w.ID), 1)
}

// waiversOf returns the newest waivers of the group, and how many there have been.
func waiversOf(tx *db.Tx, g member.GroupID, limit int) (out []Granted, all int, err error) {
	var rows []waiverRow
	if err := tx.Where("group_id = ?", g).Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		out = append(out, r.waiver())
	}
	if len(out) < limit {
		return out, len(out), nil // these are all
	}
	err = tx.Raw("SELECT COUNT(*) FROM waivers WHERE group_id = ?", g).Scan(&all).Error
	return out, all, err
}
