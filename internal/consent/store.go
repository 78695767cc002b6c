package consent

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type row struct {
	ID       ID
	GroupID  member.GroupID
	RoleID   role.ID
	Number   int
	State    State
	Seats    string
	Rulebook int
	OpenedAt db.Instant
	UntilAt  db.Instant
	Extended db.Flag
	Round    int
	StartsAt db.Instant
	Active   int
	Quorum   int
	Relaxed  string
	CommitTo string
	Secret   []byte
	Why      Why
	DueAt    db.Instant
}

func (row) TableName() string { return "selections" }

func (r row) selection() Selection {
	return Selection{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Number: r.Number, State: r.State, Seats: role.ParseVacancies(r.Seats), Rulebook: r.Rulebook,
		Opened: r.OpenedAt.Time, Until: r.UntilAt.Time, Extended: bool(r.Extended), Round: r.Round, Starts: r.StartsAt.Time, Active: r.Active,
		Quorum: r.Quorum, Relaxed: role.ParseBars(r.Relaxed), Commit: r.CommitTo, Secret: r.Secret, Why: r.Why, due: r.DueAt.Time,
	}
}

// insert adds the selection under the group's next number.
func insert(tx *db.Tx, s Selection) (Selection, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM selections WHERE group_id = ?", s.Group).Scan(&s.Number).Error; err != nil {
		return s, err
	}
	r := row{
		GroupID: s.Group, RoleID: s.Role, Number: s.Number, State: s.State, Seats: role.WriteVacancies(s.Seats), Rulebook: s.Rulebook,
		OpenedAt: db.At(s.Opened), UntilAt: db.At(s.Until), StartsAt: db.At(s.Starts), Active: s.Active, Quorum: s.Quorum,
		Relaxed: role.WriteBars(s.Relaxed), CommitTo: s.Commit, Secret: s.Secret, DueAt: db.At(s.due),
	}
	err := tx.Create(&r).Error
	s.ID = r.ID
	return s, err
}

// put stores how far a selection is that was at another state.
func put(tx *db.Tx, s Selection, was State) error {
	return db.Affected(tx.Model(&row{}).Where("id = ? AND state = ?", s.ID, was).Updates(map[string]any{
		"state": s.State, "until_at": db.At(s.Until), "extended": db.Flag(s.Extended), "round": s.Round, "starts_at": db.At(s.Starts),
		"relaxed": role.WriteBars(s.Relaxed), "why": s.Why, "due_at": db.At(s.due),
	}), 1)
}

func selections(rows []row) []Selection {
	out := make([]Selection, len(rows))
	for i, r := range rows {
		out[i] = r.selection()
	}
	return out
}

// find returns the group's selection with the number, or fault.NotFound.
func find(tx *db.Tx, g member.GroupID, number int) (Selection, error) {
	var r row
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.selection(), err
}

// open returns the group's selections that have not ended, the oldest first.
func open(tx *db.Tx, g member.GroupID) ([]Selection, error) {
	var rows []row
	// The states are written out, so that the index of those that are open can serve.
	err := tx.Where("group_id = ? AND state NOT IN ('final', 'nobody')", g).Order("id").Find(&rows).Error
	return selections(rows), err
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM selections WHERE due_at IS NOT NULL"

// dueOnes returns up to limit selections for which time alone has something to do, the longest overdue first.
func dueOnes(tx *db.Tx, limit int) ([]Selection, error) {
	var rows []row
	err := tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	return selections(rows), err
}

// latest returns the newest selection of each of the roles.
func latest(tx *db.Tx, roles []role.ID) (map[role.ID]Selection, error) {
	var rows []row
	err := tx.Raw("SELECT s.* FROM selections s JOIN (SELECT MAX(id) AS id FROM selections WHERE role_id IN ? GROUP BY role_id) n ON n.id = s.id", roles).Scan(&rows).Error
	out := make(map[role.ID]Selection, len(rows))
	for _, s := range selections(rows) {
		out[s.Role] = s
	}
	return out, err
}

// numberAfter returns the number of the role's next selection after one; 0 if there is none.
func numberAfter(tx *db.Tx, s Selection) (n int, err error) {
	err = tx.Raw("SELECT COALESCE(MIN(number), 0) FROM selections WHERE role_id = ? AND id > ?", s.Role, s.ID).Scan(&n).Error
	return n, err
}

// putPaper keeps what a member writes; what they wrote before in the round is forgotten.
func putPaper(tx *db.Tx, s ID, p Paper) error {
	return tx.Exec(`INSERT INTO selection_papers (selection_id, round, member_id, named_id, reason) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (selection_id, round, member_id) DO UPDATE SET named_id = excluded.named_id, reason = excluded.reason`,
		s, p.Round, p.By, p.Named, p.Reason).Error
}

// papers returns all that was written, also what nobody may read yet, in the order of its writers.
func papers(tx *db.Tx, s ID) (out []Paper, err error) {
	var rows []struct {
		Round    int
		MemberID member.ID
		NamedID  member.ID
		Reason   string
	}
	err = tx.Raw("SELECT round, member_id, named_id, reason FROM selection_papers WHERE selection_id = ? ORDER BY round, member_id", s).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Paper{r.Round, r.MemberID, r.NamedID, r.Reason})
	}
	return out, err
}

// forgetPapers forgets what members wrote in the round.
func forgetPapers(tx *db.Tx, s ID, round int) error {
	return tx.Exec("DELETE FROM selection_papers WHERE selection_id = ? AND round = ?", s, round).Error
}

// forgetPaper forgets what a member wrote in the round.
func forgetPaper(tx *db.Tx, s ID, round int, by member.ID) error {
	return tx.Exec("DELETE FROM selection_papers WHERE selection_id = ? AND round = ? AND member_id = ?", s, round, by).Error
}

// putRefusal keeps that a member said: not me. It returns whether they had not before.
func putRefusal(tx *db.Tx, s ID, m member.ID) (first bool, err error) {
	res := tx.Exec("INSERT INTO selection_refusals (selection_id, member_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", s, m, db.At(tx.Now))
	return res.RowsAffected == 1, res.Error
}

// refusals returns who said: not me, in order.
func refusals(tx *db.Tx, s ID) (ids []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM selection_refusals WHERE selection_id = ? ORDER BY member_id", s).Scan(&ids).Error
	return ids, err
}

type nomineeRow struct {
	SelectionID ID
	Turn        int
	MemberID    member.ID
	Named       int
	NamedFirst  int
	Round       int
	AcceptedAt  db.Instant
	How         How
	Seat        *int
}

func (nomineeRow) TableName() string { return "selection_nominees" }

func (r nomineeRow) nominee() Nominee {
	n := Nominee{Turn: r.Turn, Member: r.MemberID, Named: r.Named, First: r.NamedFirst, Round: r.Round, Accepted: r.AcceptedAt.Time, How: r.How}
	if r.Seat != nil {
		n.Seat = *r.Seat
	}
	return n
}

func insertNominees(tx *db.Tx, s ID, order []Nominee) error {
	rows := make([]nomineeRow, len(order))
	for i, n := range order {
		rows[i] = nomineeRow{SelectionID: s, Turn: n.Turn, MemberID: n.Member, Named: n.Named, NamedFirst: n.First}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// putNominee stores what changes of somebody who was named, and for whom it had not ended.
func putNominee(tx *db.Tx, s ID, n Nominee) error {
	var seat *int
	if n.Seat != 0 {
		seat = &n.Seat
	}
	return db.Affected(tx.Exec("UPDATE selection_nominees SET round = ?, accepted_at = ?, how = ?, seat = ? WHERE selection_id = ? AND turn = ? AND how = ''",
		n.Round, db.At(n.Accepted), n.How, seat, s, n.Turn), 1)
}

// nominees returns who was named, in the order in which they are proposed.
func nominees(tx *db.Tx, s ID) (out []Nominee, err error) {
	var rows []nomineeRow
	err = tx.Where("selection_id = ?", s).Order("turn").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.nominee())
	}
	return out, err
}

// putSaid keeps what a member says to a name; what they said before is forgotten.
func putSaid(tx *db.Tx, s ID, a Said) error {
	return tx.Exec(`INSERT INTO selection_answers (selection_id, turn, member_id, answer, reason) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (selection_id, turn, member_id) DO UPDATE SET answer = excluded.answer, reason = excluded.reason`,
		s, a.Turn, a.By, a.Answer, a.Reason).Error
}

// said returns all that members say, also what nobody may read yet, in the order of names and members.
func said(tx *db.Tx, s ID) (out []Said, err error) {
	var rows []struct {
		Turn     int
		MemberID member.ID
		Answer   Answer
		Reason   string
	}
	err = tx.Raw("SELECT turn, member_id, answer, reason FROM selection_answers WHERE selection_id = ? ORDER BY turn, member_id", s).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Said{r.Turn, r.MemberID, r.Answer, r.Reason})
	}
	return out, err
}

// forgetTurn forgets what members say to a name.
func forgetTurn(tx *db.Tx, s ID, turn int) error {
	return tx.Exec("DELETE FROM selection_answers WHERE selection_id = ? AND turn = ?", s, turn).Error
}

// forgetSaid forgets what a member says to the names of a round of consent.
func forgetSaid(tx *db.Tx, s ID, round int, by member.ID) error {
	return tx.Exec(`DELETE FROM selection_answers WHERE selection_id = ? AND member_id = ?
		AND turn IN (SELECT turn FROM selection_nominees WHERE selection_id = ? AND round = ?)`, s, by, s, round).Error
}
