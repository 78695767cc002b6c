package vacancy

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

type row struct {
	ID        ID
	GroupID   member.GroupID
	RoleID    role.ID
	Number    int
	Seat      int
	AfterID   *role.TermID
	OpenedAt  db.Instant
	UntilAt   db.Instant
	MotionID  *motion.ID
	ClosedAt  db.Instant
	ClosedHow How
}

func (row) TableName() string { return "vacancies" }

func (r row) vacancy() Vacancy {
	v := Vacancy{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Number: r.Number, Seat: r.Seat, Opened: r.OpenedAt.Time, Until: r.UntilAt.Time,
		Closed: r.ClosedAt.Time, How: r.ClosedHow,
	}
	if r.AfterID != nil {
		v.After = *r.AfterID
	}
	if r.MotionID != nil {
		v.Motion = *r.MotionID
	}
	return v
}

func vacancies(rows []row) (out []Vacancy) {
	for _, r := range rows {
		out = append(out, r.vacancy())
	}
	return out
}

// insert adds the vacancy under the group's next number.
func insert(tx *db.Tx, v Vacancy) (Vacancy, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM vacancies WHERE group_id = ?", v.Group).Scan(&v.Number).Error; err != nil {
		return v, err
	}
	r := row{GroupID: v.Group, RoleID: v.Role, Number: v.Number, Seat: v.Seat, OpenedAt: db.At(v.Opened), UntilAt: db.At(v.Until)}
	if v.After != 0 {
		r.AfterID = &v.After
	}
	err := tx.Create(&r).Error
	v.ID = r.ID
	return v, err
}

// openOf returns the open vacancies of the roles, by role and seat.
func openOf(tx *db.Tx, roles []role.ID) ([]Vacancy, error) {
	var rows []row
	err := tx.Where("role_id IN ? AND closed_at IS NULL", roles).Order("role_id, seat").Find(&rows).Error
	return vacancies(rows), err
}

// openAndLast returns openOf and lastMotion for one role.
func openAndLast(tx *db.Tx, r role.ID) (open []Vacancy, last motion.ID, err error) {
	var rows []row
	err = tx.Raw(`SELECT * FROM vacancies WHERE role_id = ? AND (closed_at IS NULL OR motion_id = (SELECT MAX(motion_id) FROM vacancies WHERE role_id = ?))
		ORDER BY seat, id`, r, r).Scan(&rows).Error
	for _, v := range vacancies(rows) {
		if last = max(last, v.Motion); v.Closed.IsZero() {
			open = append(open, v)
		}
	}
	return open, last, err
}

// about returns the vacancies in which the motion asks what shall become of the role, by seat.
func about(tx *db.Tx, m motion.ID) ([]Vacancy, error) {
	var rows []row
	err := tx.Where("motion_id = ?", m).Order("seat").Find(&rows).Error
	return vacancies(rows), err
}

// lastMotion returns the newest motion that asked what shall become of the role; 0 if there has been none.
func lastMotion(tx *db.Tx, r role.ID) (id motion.ID, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(motion_id), 0) FROM vacancies WHERE role_id = ?", r).Scan(&id).Error
	return id, err
}

// lastMotions returns for each of the roles the newest motion that asked what shall become of it, if there has been one.
func lastMotions(tx *db.Tx, roles []role.ID) (map[role.ID]motion.ID, error) {
	var rows []struct {
		RoleID role.ID
		Last   motion.ID
	}
	err := tx.Raw("SELECT role_id, MAX(motion_id) AS last FROM vacancies WHERE role_id IN ? AND motion_id IS NOT NULL GROUP BY role_id", roles).Scan(&rows).Error
	out := make(map[role.ID]motion.ID, len(rows))
	for _, r := range rows {
		out[r.RoleID] = r.Last
	}
	return out, err
}

func putMotion(tx *db.Tx, v Vacancy) error {
	return db.Affected(tx.Exec("UPDATE vacancies SET motion_id = ? WHERE id = ? AND motion_id IS NULL", v.Motion, v.ID), 1)
}

func putClosed(tx *db.Tx, v Vacancy) error {
	return db.Affected(tx.Exec("UPDATE vacancies SET closed_at = ?, closed_how = ? WHERE id = ? AND closed_at IS NULL", db.At(v.Closed), v.How, v.ID), 1)
}
