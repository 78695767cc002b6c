package draw

import (
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type drawRow struct {
	ID       ID
	GroupID  member.GroupID
	RoleID   role.ID
	Number   int
	State    State
	Seats    int
	Rulebook int
	Cause    string
	AskedAt  db.Instant
	ClosesAt db.Instant
	DrawnAt  db.Instant
	StartsAt db.Instant
	Relaxed  string
	CommitTo string
	PoolHash string
	Secret   []byte
	Seed     string
	DueAt    db.Instant
}

func (drawRow) TableName() string { return "draws" }

func (r drawRow) draw() Draw {
	return Draw{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Number: r.Number, State: r.State, Seats: r.Seats, Rulebook: r.Rulebook, Cause: r.Cause,
		Asked: r.AskedAt.Time, Closes: r.ClosesAt.Time, At: r.DrawnAt.Time, Starts: r.StartsAt.Time, Relaxed: role.ParseBars(r.Relaxed),
		PoolHash: r.PoolHash, Commit: r.CommitTo, Secret: r.Secret, Seed: r.Seed, due: r.DueAt.Time,
	}
}

func (d Draw) row() drawRow {
	return drawRow{
		ID: d.ID, GroupID: d.Group, RoleID: d.Role, Number: d.Number, State: d.State, Seats: d.Seats, Rulebook: d.Rulebook, Cause: d.Cause,
		AskedAt: db.At(d.Asked), ClosesAt: db.At(d.Closes), DrawnAt: db.At(d.At), StartsAt: db.At(d.Starts), Relaxed: role.WriteBars(d.Relaxed),
		CommitTo: d.Commit, PoolHash: d.PoolHash, Secret: d.Secret, Seed: d.Seed, DueAt: db.At(d.due),
	}
}

type ticketRow struct {
	DrawID   ID
	Place    int
	MemberID member.ID
	Weight   int64
	Words    string
	Turn     *int
}

func (ticketRow) TableName() string { return "draw_pool" }

func (r ticketRow) ticket() Ticket {
	t := Ticket{Place: r.Place, Member: r.MemberID, Weight: r.Weight, Words: r.Words}
	if r.Turn != nil {
		t.Turn = *r.Turn
	}
	return t
}

// insert adds the draw under the group's next number.
func insert(tx *db.Tx, d Draw) (Draw, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM draws WHERE group_id = ?", d.Group).Scan(&d.Number).Error; err != nil {
		return d, err
	}
	r := d.row()
	err := tx.Create(&r).Error
	d.ID = r.ID
	return d, err
}

// put stores how far a draw is that was at another state.
func put(tx *db.Tx, d Draw, was State) error {
	r := d.row()
	return db.Affected(tx.Exec(`UPDATE draws SET state = ?, drawn_at = ?, starts_at = ?, relaxed = ?, commit_to = ?, pool_hash = ?, secret = ?,
		seed = ?, due_at = ? WHERE id = ? AND state = ?`,
		r.State, r.DrawnAt, r.StartsAt, r.Relaxed, r.CommitTo, r.PoolHash, r.Secret, r.Seed, r.DueAt, r.ID, was), 1)
}

// find returns the group's draw with the number, or fault.NotFound.
func find(tx *db.Tx, g member.GroupID, number int) (Draw, error) {
	var r drawRow
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.draw(), err
}

// Of returns the role's draw whose pool came of something, or fault.NotFound.
func Of(tx *db.Tx, r role.ID, cause string) (Draw, error) {
	var row drawRow
	err := tx.Where("role_id = ? AND cause = ?", r, cause).Take(&row).Error
	return row.draw(), err
}

// latest returns the newest draw of each of the roles.
func latest(tx *db.Tx, roles []role.ID) (map[role.ID]Draw, error) {
	var rows []drawRow
	err := tx.Raw("SELECT d.* FROM draws d JOIN (SELECT MAX(id) AS id FROM draws WHERE role_id IN ? GROUP BY role_id) n ON n.id = d.id", roles).Scan(&rows).Error
	out := make(map[role.ID]Draw, len(rows))
	for _, r := range rows {
		out[r.RoleID] = r.draw()
	}
	return out, err
}

// unanswered returns the group's draws that ask, and to which the member has not answered, those first that close first.
func unanswered(tx *db.Tx, g member.GroupID, m member.ID) (out []Draw, err error) {
	var rows []drawRow
	// The state is written out, so that the index of those that ask can serve.
	err = tx.Where(`group_id = ? AND state = 'asking' AND closes_at > ? AND NOT EXISTS
		(SELECT 1 FROM draw_answers a WHERE a.draw_id = draws.id AND a.member_id = ?)`, g, db.At(tx.Now), m).Order("closes_at, id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.draw())
	}
	return out, err
}

// openIn returns the group's draws in which the lot has not fallen.
func openIn(tx *db.Tx, g member.GroupID) (out []Draw, err error) {
	var rows []drawRow
	err = tx.Where("group_id = ? AND state IN ?", g, []State{Asking, Announced}).Order("id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.draw())
	}
	return out, err
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM draws WHERE due_at IS NOT NULL"

// dueOnes returns up to limit draws for which time alone has something to do, the longest overdue first.
func dueOnes(tx *db.Tx, limit int) (out []Draw, err error) {
	var rows []drawRow
	err = tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.draw())
	}
	return out, err
}

// putAnswer keeps what a member says; what they said before is forgotten.
func putAnswer(tx *db.Tx, d ID, m member.ID, a Answer) error {
	return tx.Exec(`INSERT INTO draw_answers (draw_id, member_id, answer) VALUES (?, ?, ?)
		ON CONFLICT (draw_id, member_id) DO UPDATE SET answer = excluded.answer`, d, m, a).Error
}

func forgetAnswer(tx *db.Tx, m member.ID) error {
	return tx.Exec("DELETE FROM draw_answers WHERE member_id = ?", m).Error
}

// forgetAnswers forgets what anybody in the group said.
func forgetAnswers(tx *db.Tx, g member.GroupID) error {
	return tx.Exec("DELETE FROM draw_answers WHERE draw_id IN (SELECT id FROM draws WHERE group_id = ?)", g).Error
}

// mayBe stands for Yes, WithSomeone and ShadowFirst once the answers are counted: which of them it was is kept no longer.
const mayBe Answer = "may"

// keepWilling forgets who said no, what exactly the others said, and who was willing in an earlier draw for the role.
func keepWilling(tx *db.Tx, d Draw) error {
	if err := tx.Exec(`DELETE FROM draw_answers WHERE draw_id IN (SELECT id FROM draws WHERE role_id = ? AND id < ?)
		OR draw_id = ? AND answer = ?`, d.Role, d.ID, d.ID, NotNow).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE draw_answers SET answer = ? WHERE draw_id = ?", mayBe, d.ID).Error
}

// Willing returns who said, when everybody was asked last whether they would take the role, that they would in one way or another, in order.
// They were told that they may be drawn to look after it. No page and no record shows the list.
func Willing(tx *db.Tx, r role.ID) (ids []member.ID, err error) {
	err = tx.Raw(`SELECT a.member_id FROM draw_answers a JOIN draws d ON d.id = a.draw_id WHERE d.role_id = ? AND a.answer = ? ORDER BY a.member_id`,
		r, mayBe).Scan(&ids).Error
	return ids, err
}

// answerOf returns what a member has said; "" is nothing.
func answerOf(tx *db.Tx, d ID, m member.ID) (a Answer, err error) {
	err = tx.Raw("SELECT COALESCE((SELECT answer FROM draw_answers WHERE draw_id = ? AND member_id = ?), '')", d, m).Scan(&a).Error
	return a, err
}

// answers returns how many have given each answer.
func answers(tx *db.Tx, d ID) (map[Answer]int, error) {
	var rows []struct {
		Answer Answer
		N      int
	}
	err := tx.Raw("SELECT answer, COUNT(*) AS n FROM draw_answers WHERE draw_id = ? GROUP BY answer", d).Scan(&rows).Error
	out := map[Answer]int{}
	for _, r := range rows {
		out[r.Answer] = r.N
	}
	return out, err
}

// willing returns who has said yes, in order.
func willing(tx *db.Tx, d ID) (ids []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM draw_answers WHERE draw_id = ? AND answer = ? ORDER BY member_id", d, Yes).Scan(&ids).Error
	return ids, err
}

func insertPool(tx *db.Tx, d ID, pool []Ticket) error {
	rows := make([]ticketRow, len(pool))
	for i, t := range pool {
		rows[i] = ticketRow{DrawID: d, Place: t.Place, MemberID: t.Member, Weight: t.Weight}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// pool returns who is in the pool, by place.
func pool(tx *db.Tx, d ID) (out []Ticket, err error) {
	var rows []ticketRow
	err = tx.Where("draw_id = ?", d).Order("place").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.ticket())
	}
	return out, err
}

// putWords keeps what a member of the pool throws in, and returns their place. It returns fault.NotFound for who is not in it.
func putWords(tx *db.Tx, d ID, m member.ID, words string) (place int, err error) {
	err = tx.Raw("UPDATE draw_pool SET words = ? WHERE draw_id = ? AND member_id = ? AND turn IS NULL RETURNING place", words, d, m).Scan(&place).Error
	if err == nil && place == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return place, err
}

// putOrder keeps the order of the lot, by place.
func putOrder(tx *db.Tx, d ID, order []int64) error {
	for i, place := range order {
		if err := db.Affected(tx.Exec("UPDATE draw_pool SET turn = ? WHERE draw_id = ? AND place = ?", i+1, d, place), 1); err != nil {
			return err
		}
	}
	return nil
}
