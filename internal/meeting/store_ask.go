package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type askRow struct {
	ID        int64
	GroupID   member.GroupID
	Number    int
	State     AskState
	Business  string
	Needed    int
	Signed    int
	Rulebook  int
	StartedAt db.Instant
	ClosesAt  db.Instant
	ReachedAt db.Instant
	EndedAt   db.Instant
	DueAt     db.Instant
}

func (askRow) TableName() string { return "meeting_calls" }

func (r askRow) ask() Ask {
	return Ask{
		ID: r.ID, Group: r.GroupID, Number: r.Number, State: r.State, Business: r.Business, Needed: r.Needed, Signed: r.Signed, Rulebook: r.Rulebook,
		Started: r.StartedAt.Time, Closes: r.ClosesAt.Time, Reached: r.ReachedAt.Time, Ended: r.EndedAt.Time, due: r.DueAt.Time,
	}
}

// insertAsk adds it under the group's next number.
func insertAsk(tx *db.Tx, k Ask) (Ask, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM meeting_calls WHERE group_id = ?", k.Group).Scan(&k.Number).Error; err != nil {
		return k, err
	}
	r := askRow{
		GroupID: k.Group, Number: k.Number, State: k.State, Business: k.Business, Needed: k.Needed, Rulebook: k.Rulebook, StartedAt: db.At(k.Started),
		ClosesAt: db.At(k.Closes), DueAt: db.At(k.due),
	}
	err := tx.Create(&r).Error
	k.ID = r.ID
	return k, err
}

// putAsk stores what can change.
func putAsk(tx *db.Tx, k Ask) error {
	return db.Affected(tx.Model(&askRow{}).Where("id = ? AND ended_at IS NULL", k.ID).Updates(map[string]any{
		"state": k.State, "signed": k.Signed, "reached_at": db.At(k.Reached), "ended_at": db.At(k.Ended), "due_at": db.At(k.due),
	}), 1)
}

// findAsk returns the group's with the number, or fault.NotFound.
func findAsk(tx *db.Tx, g member.GroupID, number int) (Ask, error) {
	var r askRow
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.ask(), err
}

// openCall returns the one of the group that is open; the zero Ask if there is none.
func openCall(tx *db.Tx, g member.GroupID) (Ask, error) {
	var r askRow
	err := tx.Where("group_id = ? AND state IN ('collecting', 'reached', 'convening')", g).Limit(1).Find(&r).Error
	return r.ask(), err
}

// nextAsk finds the earliest of what dueAsks returns once its time has come.
const nextAsk = "SELECT MIN(due_at) FROM meeting_calls WHERE due_at IS NOT NULL"

func dueAsks(tx *db.Tx, limit int) (out []Ask, err error) {
	var rows []askRow
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.ask())
	}
	return out, err
}

// addName puts a name under it and says whether it was not there already.
func addName(tx *db.Tx, id int64, who member.ID) (first bool, err error) {
	hit, err := tx.Do(`INSERT INTO meeting_call_names (call_id, n, member_id)
		SELECT ?, COALESCE(MAX(n), 0) + 1, ? FROM meeting_call_names WHERE call_id = ? ON CONFLICT (call_id, member_id) DO NOTHING`, id, who, id)
	return hit > 0, err
}

func dropName(tx *db.Tx, id int64, who member.ID) (was bool, err error) {
	hit, err := tx.Do("DELETE FROM meeting_call_names WHERE call_id = ? AND member_id = ?", id, who)
	return hit > 0, err
}

func dropNames(tx *db.Tx, id int64) error {
	return tx.Exec("DELETE FROM meeting_call_names WHERE call_id = ?", id).Error
}

// firstNames returns the first of those who asked and are members.
func firstNames(tx *db.Tx, id int64, n int) (out []member.ID, err error) {
	err = tx.Raw("SELECT c.member_id FROM meeting_call_names c JOIN members m ON m.id = c.member_id WHERE c.call_id = ? AND m.left_at IS NULL ORDER BY c.n LIMIT ?", id, n).Scan(&out).Error
	return out, err
}

// hasSigned says whether somebody's name is under it.
func hasSigned(tx *db.Tx, id int64, who member.ID) (yes bool, err error) {
	return tx.Row("SELECT 1 FROM meeting_call_names WHERE call_id = ? AND member_id = ?", []any{id, who}, new(int))
}

// toConvene returns the terms of those who may call the meeting that members of the group asked for.
func toConvene(tx *db.Tx, g member.GroupID) ([]Term, error) {
	var rows []termRow
	err := tx.Where("group_id = ? AND job = 'convene' AND shadow = 0 AND meeting_id IS NULL AND ended_at IS NULL AND ends_at > ?", g, db.At(tx.Now)).Order("id").Find(&rows).Error
	return terms(rows), err
}
