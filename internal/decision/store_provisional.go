package decision

import (
	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

type windowRow struct {
	DecisionID ID
	GroupID    member.GroupID
	State      WindowState
	UntilAt    db.Instant
	EndedAt    db.Instant
}

func (windowRow) TableName() string { return "decision_windows" }

func insertWindow(tx *db.Tx, d Decision) error {
	w := d.Window
	return tx.Create(&windowRow{d.ID, d.Group, w.State, db.At(w.Until), db.At(w.Ended)}).Error
}

// putWindow writes what became of a window that was open.
func putWindow(tx *db.Tx, d Decision) error {
	w := d.Window
	return db.Affected(tx.Model(&windowRow{}).Where("decision_id = ? AND state = ?", d.ID, Pending).
		Updates(map[string]any{"state": w.State, "until_at": db.At(w.Until), "ended_at": db.At(w.Ended)}), 1)
}

// withWindows adds to decisions their windows.
func withWindows(tx *db.Tx, ds []Decision) error {
	if len(ds) == 0 {
		return nil
	}
	ids, at := make([]ID, len(ds)), make(map[ID]int, len(ds))
	for i, d := range ds {
		ids[i], at[d.ID] = d.ID, i
	}
	var rows []windowRow
	err := tx.Where("decision_id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		ds[at[r.DecisionID]].Window = Window{r.State, r.UntilAt.Time, r.EndedAt.Time}
	}
	return err
}

func withWindow(tx *db.Tx, d Decision) (Decision, error) {
	one := []Decision{d}
	err := withWindows(tx, one)
	return one[0], err
}

// placeOf returns a decision of the group with nothing but its id and window; the zero Decision if the group has none with one.
func placeOf(tx *db.Tx, g member.GroupID, id ID) (d Decision, err error) {
	var rows []windowRow
	err = tx.Where("decision_id = ? AND group_id = ?", id, g).Find(&rows).Error
	for _, r := range rows {
		d = Decision{ID: r.DecisionID, Window: Window{r.State, r.UntilAt.Time, r.EndedAt.Time}}
	}
	return d, err
}

// pending returns decisions whose window is open, as the rest of a query says.
func pending(tx *db.Tx, rest string, args ...any) ([]Decision, error) {
	var rows []row
	if err := tx.Raw("SELECT d.* FROM decision_windows w JOIN decisions d ON d.id = w.decision_id "+rest, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := decisions(rows)
	return out, withWindows(tx, out)
}

// unpublished returns what is provisional of a meeting whose record was not out.
func unpublished(tx *db.Tx, g member.GroupID, meeting string) ([]Decision, error) {
	return pending(tx, "JOIN ballots b ON b.id = d.ballot_id WHERE w.state = 'open' AND w.until_at IS NULL AND b.group_id = ? AND b.meeting = ? ORDER BY d.id", g, meeting)
}

// nextWindow finds the earliest of what overdue returns once its time has come.
const nextWindow = "SELECT MIN(until_at) FROM decision_windows WHERE state = 'open'"

func overdue(tx *db.Tx, limit int) ([]Decision, error) {
	return pending(tx, "WHERE w.state = 'open' AND w.until_at <= ? ORDER BY w.until_at, d.id LIMIT ?", db.At(tx.Now), limit)
}

func pendingIn(tx *db.Tx, g member.GroupID) ([]Decision, error) {
	return pending(tx, "WHERE w.state = 'open' AND w.group_id = ? ORDER BY w.decision_id", g)
}

// ProvisionalOn returns on which motions of a group decisions are provisional.
func ProvisionalOn(tx *db.Tx, g member.GroupID) (ids []motion.ID, err error) {
	err = tx.Raw("SELECT d.motion_id FROM decision_windows w JOIN decisions d ON d.id = w.decision_id WHERE w.state = 'open' AND w.group_id = ?", g).Scan(&ids).Error
	return ids, err
}

type objectionRow struct {
	DecisionID ID
	MemberID   member.ID
	How        agree.Response
	Ground     agree.Ground
	Names      string
	Text       string
	At         db.Instant
}

func (objectionRow) TableName() string { return "decision_objections" }

func insertObjection(tx *db.Tx, d ID, o Objection) error {
	return tx.Create(&objectionRow{d, o.Who, o.Response, o.Ground, o.Names, o.Words, db.At(o.At)}).Error
}

// objections returns what those who were absent said of a decision, the first one first.
func objections(tx *db.Tx, d ID) (out []Objection, err error) {
	var rows []struct {
		Row objectionRow `gorm:"embedded"`
		Ref string
	}
	err = tx.Raw("SELECT o.*, m.ref FROM decision_objections o JOIN members m ON m.id = o.member_id WHERE o.decision_id = ? ORDER BY o.at, m.ref, o.how", d).Scan(&rows).Error
	for _, row := range rows {
		r := row.Row
		out = append(out, Objection{r.MemberID, row.Ref, r.At.Time, agree.Answer{Response: r.How, Ground: r.Ground, Names: r.Names, Words: r.Text, Named: true}})
	}
	return out, err
}

// Absent returns until when those who were absent can object to a decision, and what they have said.
func Absent(tx *db.Tx, id ID) (w Window, said []Objection, err error) {
	d, err := withWindow(tx, Decision{ID: id})
	if err != nil || d.Window.State == "" {
		return w, nil, err
	}
	said, err = objections(tx, id)
	return d.Window, said, err
}

// hasDissent says whether a member has a report beside a decision.
func hasDissent(tx *db.Tx, d ID, who member.ID) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM dissents WHERE decision_id = ? AND author_id = ?", d, who).Scan(&n).Error
	return n > 0, err
}
