package handover

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// learning is what the clock has to see to for a term.
type learning struct {
	Term    role.TermID
	Depth   *int
	Unasked bool
	due     time.Time
}

type learningRow struct {
	TermID  role.TermID
	Depth   *int
	Unasked db.Flag
	DueAt   db.Instant
}

func (learningRow) TableName() string { return "learnings" }

func (r learningRow) learning() learning {
	return learning{r.TermID, r.Depth, bool(r.Unasked), r.DueAt.Time}
}

// nextDue finds the earliest of what dueLearnings returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM learnings WHERE due_at IS NOT NULL"

// dueLearnings returns up to limit terms for which time alone has something to do, the longest overdue first.
func dueLearnings(tx *db.Tx, limit int) (out []learning, err error) {
	var rows []learningRow
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, term_id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.learning())
	}
	return out, err
}

// dueIn returns the terms of a group for which time alone has something to do by now.
func dueIn(tx *db.Tx, g member.GroupID) (ids []role.TermID, err error) {
	err = tx.Raw(`SELECT l.term_id FROM roles r JOIN terms t ON t.role_id = r.id JOIN learnings l ON l.term_id = t.id
		WHERE r.group_id = ? AND l.due_at <= ? ORDER BY l.term_id`, g, db.At(tx.Now)).Scan(&ids).Error
	return ids, err
}

// getLearning returns what is kept of the term. Terms from before there were handovers have nothing.
func getLearning(tx *db.Tx, t role.TermID) (l learning, found bool, err error) {
	all, err := learningsOf(tx, []role.TermID{t})
	l, found = all[t]
	return l, found, err
}

// learningsOf is getLearning for several terms.
func learningsOf(tx *db.Tx, ids []role.TermID) (map[role.TermID]learning, error) {
	var rows []learningRow
	err := tx.Where("term_id IN ?", ids).Find(&rows).Error
	out := make(map[role.TermID]learning, len(rows))
	for _, r := range rows {
		out[r.TermID] = r.learning()
	}
	return out, err
}

// sheetsOf returns the handovers of the terms that have opened, without their items.
func sheetsOf(tx *db.Tx, ids []role.TermID) (map[role.TermID]Handover, error) {
	var rows []row
	err := tx.Where("term_id IN ?", ids).Find(&rows).Error
	out := make(map[role.TermID]Handover, len(rows))
	for _, r := range rows {
		out[r.TermID] = r.handover()
	}
	return out, err
}

// setDue notes when the term is looked at next; never if at is zero.
func setDue(tx *db.Tx, t role.TermID, at time.Time) error {
	return tx.Exec("UPDATE learnings SET due_at = ? WHERE term_id = ?", db.At(at), t).Error
}

func setDepth(tx *db.Tx, t role.TermID, n int) error {
	return db.Affected(tx.Exec("UPDATE learnings SET depth = ? WHERE term_id = ?", n, t), 1)
}

func setUnasked(tx *db.Tx, t role.TermID, unasked bool) error {
	return db.Affected(tx.Exec("UPDATE learnings SET unasked = ? WHERE term_id = ?", db.Flag(unasked), t), 1)
}

type row struct {
	ID          ID
	GroupID     member.GroupID
	TermID      role.TermID
	OpenedAt    db.Instant
	MetOld      db.Flag
	MetNew      db.Flag
	FinishedAt  db.Instant
	Seal        string
	Salt        []byte
	ForgottenAt db.Instant
}

func (row) TableName() string { return "handovers" }

func (r row) handover() Handover {
	return Handover{
		ID: r.ID, Group: r.GroupID, Term: r.TermID, Opened: r.OpenedAt.Time, MetOld: bool(r.MetOld), MetNew: bool(r.MetNew),
		Finished: r.FinishedAt.Time, Seal: r.Seal, Salt: r.Salt, Forgotten: r.ForgottenAt.Time,
	}
}

type itemRow struct {
	HandoverID ID
	N          int
	Label      string
	Text       string
	Checked    db.Flag
}

func (itemRow) TableName() string { return "handover_items" }

func insert(tx *db.Tx, h Handover, labels []string) error {
	r := row{GroupID: h.Group, TermID: h.Term, OpenedAt: db.At(h.Opened)}
	if err := tx.Create(&r).Error; err != nil {
		return err
	}
	rows := make([]itemRow, len(labels))
	for i, l := range labels {
		rows[i] = itemRow{HandoverID: r.ID, N: i + 1, Label: l}
	}
	return tx.Create(&rows).Error
}

// ofTerm returns the handover of a term with its items, zero if none has opened.
func ofTerm(tx *db.Tx, t role.TermID) (h Handover, err error) {
	var rows []row
	if err = tx.Where("term_id = ?", t).Find(&rows).Error; err != nil || len(rows) == 0 {
		return h, err
	}
	h = rows[0].handover()
	var items []itemRow
	err = tx.Where("handover_id = ?", h.ID).Order("n").Find(&items).Error
	for _, i := range items {
		h.Items = append(h.Items, Item{i.N, i.Label, i.Text, bool(i.Checked)})
	}
	return h, err
}

// put stores how far a handover is.
func put(tx *db.Tx, h Handover) error {
	return db.Affected(tx.Exec("UPDATE handovers SET met_old = ?, met_new = ?, finished_at = ?, seal = ?, salt = ?, forgotten_at = ? WHERE id = ?",
		db.Flag(h.MetOld), db.Flag(h.MetNew), db.At(h.Finished), h.Seal, h.Salt, db.At(h.Forgotten), h.ID), 1)
}

func putItem(tx *db.Tx, h ID, i Item) error {
	return db.Affected(tx.Exec("UPDATE handover_items SET text = ?, checked = ? WHERE handover_id = ? AND n = ?", i.Text, db.Flag(i.Checked), h, i.N), 1)
}

// wipe deletes what was written.
func wipe(tx *db.Tx, h ID) error {
	return tx.Exec("UPDATE handover_items SET text = '' WHERE handover_id = ? AND text <> ''", h).Error
}

type listRow struct {
	ID       int64
	GroupID  member.GroupID
	RoleID   role.ID
	N        int
	MemberID member.ID
	Items    string
	At       db.Instant
}

func (listRow) TableName() string { return "handover_lists" }

// insertList adds a list under the role's next number, and returns that.
func insertList(tx *db.Tx, r role.Role, who member.ID, items string) (n int, err error) {
	if err := tx.Raw("SELECT COALESCE(MAX(n), 0) + 1 FROM handover_lists WHERE role_id = ?", r.ID).Scan(&n).Error; err != nil {
		return 0, err
	}
	return n, tx.Create(&listRow{GroupID: r.Group, RoleID: r.ID, N: n, MemberID: who, Items: items, At: db.At(tx.Now)}).Error
}

// newestList returns the points of the role's newest list, one a line; "" if nobody has changed it.
func newestList(tx *db.Tx, r role.ID) (items string, err error) {
	err = tx.Raw("SELECT COALESCE((SELECT items FROM handover_lists WHERE role_id = ? ORDER BY n DESC LIMIT 1), '')", r).Scan(&items).Error
	return items, err
}

// lastTerms returns, of each seat of the role, the term that fills or filled it last and the one before it, the oldest first; those of people
// who share a place, all of them.
func lastTerms(tx *db.Tx, r role.ID) ([]role.Term, error) {
	return role.Newest(tx, r, 2, tx.Now.AddDate(-1, -keptMonths, 0))
}

// openSheets returns the terms of the member whose handovers are open, if they are not long over.
func openSheets(tx *db.Tx, m member.ID) (ids []role.TermID, err error) {
	err = tx.Raw(`SELECT h.term_id FROM handovers h JOIN terms t ON t.id = h.term_id
		WHERE t.member_id = ? AND t.ends_at > ? AND h.finished_at IS NULL AND h.forgotten_at IS NULL ORDER BY t.ends_at, t.id`, m, db.At(tx.Now.Add(-adviseTime))).Scan(&ids).Error
	return ids, err
}
