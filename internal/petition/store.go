package petition

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

type row struct {
	ID        int64
	GroupID   member.GroupID
	Number    int
	TermID    role.TermID
	State     State
	Reason    string
	Answer    string
	Needed    int
	Signed    int
	Rulebook  int
	StartedAt db.Instant
	ClosesAt  db.Instant
	ReachedAt db.Instant
	MotionID  *motion.ID
	EndedAt   db.Instant
	DueAt     db.Instant
}

func (row) TableName() string { return "petitions" }

func (r row) petition() Petition {
	p := Petition{
		ID: r.ID, Group: r.GroupID, Number: r.Number, Term: r.TermID, State: r.State, Reason: r.Reason, Answer: r.Answer, Needed: r.Needed,
		Signed: r.Signed, Rulebook: r.Rulebook, Started: r.StartedAt.Time, Closes: r.ClosesAt.Time, Reached: r.ReachedAt.Time, Ended: r.EndedAt.Time,
		due: r.DueAt.Time,
	}
	if r.MotionID != nil {
		p.Motion = *r.MotionID
	}
	return p
}

func petitions(rows []row) (out []Petition) {
	for _, r := range rows {
		out = append(out, r.petition())
	}
	return out
}

// insert adds the petition under the group's next number.
func insert(tx *db.Tx, p Petition) (Petition, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM petitions WHERE group_id = ?", p.Group).Scan(&p.Number).Error; err != nil {
		return p, err
	}
	r := row{
		GroupID: p.Group, Number: p.Number, TermID: p.Term, State: p.State, Reason: p.Reason, Needed: p.Needed, Signed: p.Signed,
		Rulebook: p.Rulebook, StartedAt: db.At(p.Started), ClosesAt: db.At(p.Closes), DueAt: db.At(p.due),
	}
	err := tx.Create(&r).Error
	p.ID = r.ID
	return p, err
}

// put stores how far a petition is that was not over.
func put(tx *db.Tx, p Petition) error {
	var m *motion.ID
	if p.Motion != 0 {
		m = &p.Motion
	}
	return db.Affected(tx.Exec(`UPDATE petitions SET state = ?, answer = ?, signed = ?, reached_at = ?, motion_id = ?, ended_at = ?, due_at = ?
		WHERE id = ? AND ended_at IS NULL`, p.State, p.Answer, p.Signed, db.At(p.Reached), m, db.At(p.Ended), db.At(p.due), p.ID), 1)
}

// find returns the group's petition with the number, or fault.NotFound.
func find(tx *db.Tx, g member.GroupID, number int) (Petition, error) {
	var r row
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.petition(), err
}

func get(tx *db.Tx, id int64) (Petition, error) {
	var r row
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.petition(), err
}

// one returns the first of what a query finds; zero if that is nothing.
func one(rows []row, err error) (Petition, error) {
	if err != nil || len(rows) == 0 {
		return Petition{}, err
	}
	return rows[0].petition(), nil
}

// openAgainst returns the petition that is under way against a term; zero if there is none.
func openAgainst(tx *db.Tx, t role.TermID) (Petition, error) {
	var rows []row
	err := tx.Where("term_id = ? AND ended_at IS NULL", t).Find(&rows).Error
	return one(rows, err)
}

// openAgainstAll is openAgainst for several terms, each by its term.
func openAgainstAll(tx *db.Tx, terms []role.TermID) (map[role.TermID]Petition, error) {
	out := make(map[role.TermID]Petition)
	if len(terms) == 0 {
		return out, nil
	}
	var rows []row
	err := tx.Where("term_id IN ? AND ended_at IS NULL", terms).Find(&rows).Error
	for _, r := range rows {
		out[r.TermID] = r.petition()
	}
	return out, err
}

// newest returns the newest petition against a term; zero if there has been none.
func newest(tx *db.Tx, t role.TermID) (Petition, error) {
	var rows []row
	err := tx.Where("term_id = ?", t).Order("id DESC").Limit(1).Find(&rows).Error
	return one(rows, err)
}

// calling returns the petition that called for a motion; zero if none did.
func calling(tx *db.Tx, m motion.ID) (Petition, error) {
	var rows []row
	err := tx.Where("motion_id = ?", m).Find(&rows).Error
	return one(rows, err)
}

// openIn returns the petitions of the group that are under way, the oldest first.
func openIn(tx *db.Tx, g member.GroupID) ([]Petition, error) {
	var rows []row
	err := tx.Where("group_id = ? AND ended_at IS NULL", g).Order("id").Find(&rows).Error
	return petitions(rows), err
}

// signedBy returns the petitions under which a member's name stands.
func signedBy(tx *db.Tx, m member.ID) ([]Petition, error) {
	var rows []row
	err := tx.Where("id IN (SELECT petition_id FROM petition_signatures WHERE member_id = ?) AND ended_at IS NULL", m).Order("id").Find(&rows).Error
	return petitions(rows), err
}

// nextDue finds the earliest of what overdue returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM petitions WHERE due_at IS NOT NULL"

// overdue returns up to limit petitions for which time alone has something to do, the longest overdue first.
func overdue(tx *db.Tx, limit int) ([]Petition, error) {
	var rows []row
	err := tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	return petitions(rows), err
}

// lastKept returns when the members last kept in the role whoever holds the term; zero if they never had to.
func lastKept(tx *db.Tx, t role.Term) (time.Time, error) {
	var at db.Instant
	_, err := tx.Row(`SELECT MAX(p.ended_at) FROM petitions p JOIN terms t ON t.id = p.term_id WHERE t.role_id = ? AND t.member_id = ? AND p.state = ?`,
		[]any{int64(t.Role), int64(t.Member), string(Kept)}, &at)
	return at.Time, err
}

func addName(tx *db.Tx, p int64, m member.ID) error {
	return tx.Exec("INSERT INTO petition_signatures (petition_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING", p, m).Error
}

func removeName(tx *db.Tx, p int64, m member.ID) error {
	return tx.Exec("DELETE FROM petition_signatures WHERE petition_id = ? AND member_id = ?", p, m).Error
}

func forgetNames(tx *db.Tx, p int64) error {
	return tx.Exec("DELETE FROM petition_signatures WHERE petition_id = ?", p).Error
}

func countNames(tx *db.Tx, p int64) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM petition_signatures WHERE petition_id = ?", p).Scan(&n).Error
	return n, err
}

func hasName(tx *db.Tx, p int64, m member.ID) (bool, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM petition_signatures WHERE petition_id = ? AND member_id = ?", p, m).Scan(&n).Error
	return n > 0, err
}
