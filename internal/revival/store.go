package revival

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type row struct {
	ID         int64
	GroupID    member.GroupID
	Number     int
	Why        Why
	SinceAt    db.Instant
	NoticedAt  db.Instant
	OpensAt    db.Instant
	ClosesAt   db.Instant
	ArchivesAt db.Instant
	EndedAt    db.Instant
	How        How
	Answered   *int
	DueAt      db.Instant
}

func (row) TableName() string { return "revivals" }

func (r row) revival() Revival {
	out := Revival{
		ID: r.ID, Group: r.GroupID, Number: r.Number, Why: r.Why, Since: r.SinceAt.Time, Noticed: r.NoticedAt.Time, Opens: r.OpensAt.Time,
		Closes: r.ClosesAt.Time, Archives: r.ArchivesAt.Time, Ended: r.EndedAt.Time, How: r.How, due: r.DueAt.Time,
	}
	if r.Answered != nil {
		out.Answered = *r.Answered
	}
	return out
}

// insert adds the notice under the group's next number.
func insert(tx *db.Tx, r Revival) (Revival, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM revivals WHERE group_id = ?", r.Group).Scan(&r.Number).Error; err != nil {
		return r, err
	}
	w := row{
		GroupID: r.Group, Number: r.Number, Why: r.Why, SinceAt: db.At(r.Since), NoticedAt: db.At(r.Noticed), OpensAt: db.At(r.Opens),
		ClosesAt: db.At(r.Closes), ArchivesAt: db.At(r.Archives), DueAt: db.At(r.due),
	}
	err := tx.Create(&w).Error
	r.ID = w.ID
	return r, err
}

// put stores what changes of a notice that stands.
func put(tx *db.Tx, r Revival) error {
	var answered *int
	if !r.Ended.IsZero() {
		answered = &r.Answered
	}
	return db.Affected(tx.Model(&row{}).Where("id = ? AND ended_at IS NULL", r.ID).Updates(map[string]any{
		"opens_at": db.At(r.Opens), "closes_at": db.At(r.Closes), "archives_at": db.At(r.Archives), "ended_at": db.At(r.Ended), "how": r.How,
		"answered": answered, "due_at": db.At(r.due),
	}), 1)
}

// one returns the first of the rows, the zero Revival if there is none.
func one(rows []row, err error) (Revival, error) {
	if err != nil || len(rows) == 0 {
		return Revival{}, err
	}
	return rows[0].revival(), nil
}

// openIn returns the notice that stands in a group; zero: none.
func openIn(tx *db.Tx, g member.GroupID) (Revival, error) {
	var rows []row
	err := tx.Where("group_id = ? AND ended_at IS NULL", g).Limit(1).Find(&rows).Error
	return one(rows, err)
}

// Sleeps says whether the group was told that it sleeps, and that stands.
func Sleeps(tx *db.Tx, g member.GroupID) (bool, error) {
	r, err := openIn(tx, g)
	return r.IsOpen(), err
}

// windowAt returns the notice in whose window an instant is, if it stood then; zero: none.
func windowAt(tx *db.Tx, g member.GroupID, at time.Time) (Revival, error) {
	var rows []row
	err := tx.Where("group_id = ? AND opens_at <= ? AND closes_at > ? AND (ended_at IS NULL OR ended_at > ?)", g, db.At(at), db.At(at), db.At(at)).
		Order("number DESC").Limit(1).Find(&rows).Error
	return one(rows, err)
}

// openFor returns the notices that stand in groups of the person, by group.
func openFor(tx *db.Tx, p member.PersonID) (map[member.GroupID]Revival, error) {
	var rows []row
	err := tx.Raw(`SELECT r.* FROM members m JOIN revivals r ON r.group_id = m.group_id
		WHERE m.person_id = ? AND m.left_at IS NULL AND r.ended_at IS NULL`, p).Scan(&rows).Error
	out := make(map[member.GroupID]Revival, len(rows))
	for _, r := range rows {
		out[r.GroupID] = r.revival()
	}
	return out, err
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM revivals WHERE due_at IS NOT NULL"

// dueOnes returns up to limit notices for which time alone has something to do, the longest overdue first.
func dueOnes(tx *db.Tx, limit int) (out []Revival, err error) {
	var rows []row
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.revival())
	}
	return out, err
}

// nextLook finds when the first of the groups is to be looked at that dueGroups returns then.
const nextLook = "SELECT MIN(COALESCE(look_at, 0)) FROM groups WHERE third_at IS NOT NULL AND archived_at IS NULL"

// dueGroups returns up to limit groups that can decide, are not archived and are to be looked at. One that was never looked at comes first.
func dueGroups(tx *db.Tx, limit int) (ids []member.GroupID, err error) {
	err = tx.Raw(`SELECT id FROM groups WHERE third_at IS NOT NULL AND archived_at IS NULL AND COALESCE(look_at, 0) <= ?
		ORDER BY COALESCE(look_at, 0), id LIMIT ?`, db.At(tx.Now), limit).Scan(&ids).Error
	return ids, err
}

// lookAgain notes when a group is looked at next.
func lookAgain(tx *db.Tx, g member.GroupID, at time.Time) error {
	return db.Affected(tx.Exec("UPDATE groups SET look_at = ? WHERE id = ?", db.At(at), g), 1)
}

// lastQuorate returns when a vote closed last in which enough took part, on whatever; zero: never.
func lastQuorate(tx *db.Tx, g member.GroupID) (time.Time, error) {
	var at db.Instant
	_, err := tx.Row("SELECT MAX(closes_at) FROM ballots WHERE group_id = ? AND outcome IN ('carried', 'not_carried')", []any{int64(g)}, &at)
	return at.Time, err
}

// want notes that a member wants the archived group back.
func want(tx *db.Tx, g member.GroupID, m member.ID) error {
	return tx.Exec("INSERT INTO reopenings (group_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING", g, m).Error
}

func unwant(tx *db.Tx, m member.ID) error {
	return tx.Exec("DELETE FROM reopenings WHERE member_id = ?", m).Error
}

// wanting returns who wants the group back, in order of id.
func wanting(tx *db.Tx, g member.GroupID) (ids []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM reopenings WHERE group_id = ? ORDER BY member_id", g).Scan(&ids).Error
	return ids, err
}

func forgetWanting(tx *db.Tx, g member.GroupID) error {
	return tx.Exec("DELETE FROM reopenings WHERE group_id = ?", g).Error
}
