package handover

import (
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type namedRow struct {
	ID       int64
	GroupID  member.GroupID
	TermID   role.TermID
	N        int
	MemberID member.ID
	NamedAt  db.Instant
	Cause    string
	EndedAt  db.Instant
	EndedHow string
}

// learnerRow is one with the role of the term.
type learnerRow struct {
	Row    namedRow `gorm:"embedded"`
	RoleID role.ID
}

func (namedRow) TableName() string { return "understudies" }

func (x learnerRow) named() Named {
	r := x.Row
	return Named{r.GroupID, x.RoleID, r.TermID, r.N, r.MemberID, r.NamedAt.Time, r.Cause, r.EndedAt.Time, r.EndedHow}
}

// insertNamed adds an understudy under the term's next number, and returns that.
func insertNamed(tx *db.Tx, u Named) (n int, err error) {
	if err := tx.Raw("SELECT COALESCE(MAX(n), 0) + 1 FROM understudies WHERE term_id = ?", u.Term).Scan(&n).Error; err != nil {
		return 0, err
	}
	return n, tx.Create(&namedRow{GroupID: u.Group, TermID: u.Term, N: n, MemberID: u.Member, NamedAt: db.At(u.At), Cause: u.Cause}).Error
}

func endNamed(tx *db.Tx, u Named, how string) error {
	return db.Affected(tx.Exec("UPDATE understudies SET ended_at = ?, ended_how = ? WHERE term_id = ? AND n = ? AND ended_at IS NULL", db.At(tx.Now), how, u.Term, u.N), 1)
}

func findNamed(tx *db.Tx, where string, args ...any) (out []Named, err error) {
	var rows []learnerRow
	err = tx.Raw("SELECT u.*, t.role_id FROM understudies u JOIN terms t ON t.id = u.term_id WHERE "+where+" ORDER BY t.seat, t.id, u.n", args...).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, r.named())
	}
	return out, err
}

// namedFor returns everybody who was or is understudy to whoever holds the term.
func namedFor(tx *db.Tx, t role.TermID) ([]Named, error) { return findNamed(tx, "u.term_id = ?", t) }

// namedForAll is namedFor for several terms.
func namedForAll(tx *db.Tx, ids []role.TermID) (map[role.TermID][]Named, error) {
	all, err := findNamed(tx, "u.term_id IN ?", ids)
	out := map[role.TermID][]Named{}
	for _, u := range all {
		out[u.Term] = append(out[u.Term], u)
	}
	return out, err
}

// namedOf returns where the member is understudy.
func namedOf(tx *db.Tx, m member.ID) ([]Named, error) {
	return findNamed(tx, "u.member_id = ? AND u.ended_at IS NULL", m)
}

// understudiesOf returns who is understudy in each seat of the roles, by seat: to whoever holds it, or held it last.
func understudiesOf(tx *db.Tx, roles ...role.ID) ([]Named, error) {
	now := db.At(tx.Now)
	return findNamed(tx, `t.role_id IN ? AND t.starts_at <= ? AND u.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM terms o WHERE o.role_id = t.role_id AND o.seat = t.seat
		AND o.starts_at > t.starts_at AND o.starts_at <= ? AND (o.ended_at IS NULL OR o.ended_at > o.starts_at))`, roles, now, now)
}

// Understudy returns who is understudy in each seat of the role, by seat: to whoever holds it, or held it last. They are the first to be
// asked to be caretaker where a seat is free, and have no power by it. Who stopped or has left the group is none.
func Understudy(tx *db.Tx, r role.ID) (ids []member.ID, err error) {
	all, err := understudiesOf(tx, r)
	for _, u := range all {
		ids = append(ids, u.Member)
	}
	return ids, err
}

// putVolunteer keeps that a member would be understudy. Doing it again changes nothing.
func putVolunteer(tx *db.Tx, t role.TermID, m member.ID) error {
	return tx.Exec("INSERT INTO understudy_volunteers (term_id, member_id) VALUES (?, ?) ON CONFLICT (term_id, member_id) DO NOTHING", t, m).Error
}

func dropVolunteer(tx *db.Tx, t role.TermID, m member.ID) error {
	return tx.Exec("DELETE FROM understudy_volunteers WHERE term_id = ? AND member_id = ?", t, m).Error
}

func dropVolunteers(tx *db.Tx, t role.TermID) error {
	return tx.Exec("DELETE FROM understudy_volunteers WHERE term_id = ?", t).Error
}

// volunteers returns who would be understudy to whoever holds the term, in order.
func volunteers(tx *db.Tx, t role.TermID) (ids []member.ID, err error) {
	err = tx.Raw(`SELECT v.member_id FROM understudy_volunteers v JOIN members m ON m.id = v.member_id AND m.left_at IS NULL
		WHERE v.term_id = ? ORDER BY v.member_id`, t).Scan(&ids).Error
	return ids, err
}

// wouldLearn returns for which of the terms the member, who has not left, would be understudy.
func wouldLearn(tx *db.Tx, terms []role.TermID, m member.ID) (ids []role.TermID, err error) {
	err = tx.Raw("SELECT term_id FROM understudy_volunteers WHERE term_id IN ? AND member_id = ?", terms, m).Scan(&ids).Error
	return ids, err
}

type lotRow struct {
	ID       int64
	GroupID  member.GroupID
	Number   int
	TermID   role.TermID
	State    LotState
	At       db.Instant
	PoolHash string
	CommitTo string
	Secret   []byte
	Seed     string
}

func (lotRow) TableName() string { return "understudy_lots" }

func (r lotRow) lot() Lot {
	return Lot{ID: r.ID, Group: r.GroupID, Number: r.Number, Term: r.TermID, State: r.State, At: r.At.Time, PoolHash: r.PoolHash, Commit: r.CommitTo, Secret: r.Secret, Seed: r.Seed}
}

type ticketRow struct {
	LotID    int64
	Place    int
	MemberID *member.ID
	Weight   int64
	Turn     *int
}

func (ticketRow) TableName() string { return "understudy_tickets" }

// nextLot returns the number of the group's next lot.
func nextLot(tx *db.Tx, g member.GroupID) (n int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM understudy_lots WHERE group_id = ?", g).Scan(&n).Error
	return n, err
}

func insertLot(tx *db.Tx, l Lot) error {
	r := lotRow{GroupID: l.Group, Number: l.Number, TermID: l.Term, State: l.State, At: db.At(l.At), PoolHash: l.PoolHash, CommitTo: l.Commit, Secret: l.Secret}
	if err := tx.Create(&r).Error; err != nil {
		return err
	}
	rows := make([]ticketRow, len(l.Tickets))
	for i, t := range l.Tickets {
		rows[i] = ticketRow{LotID: r.ID, Place: t.Place, MemberID: &t.Member, Weight: t.Weight}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// putDrawn stores that the lot has fallen, with its order by place.
func putDrawn(tx *db.Tx, l Lot, order []int64) error {
	if err := db.Affected(tx.Exec("UPDATE understudy_lots SET state = ?, seed = ? WHERE id = ? AND state = ?", Drawn, l.Seed, l.ID, Announced), 1); err != nil {
		return err
	}
	for i, place := range order {
		if err := db.Affected(tx.Exec("UPDATE understudy_tickets SET turn = ? WHERE lot_id = ? AND place = ?", i+1, l.ID, place), 1); err != nil {
			return err
		}
	}
	return nil
}

// lastLot returns the newest lot of the term with its tickets, zero if there was none.
func lastLot(tx *db.Tx, t role.TermID) (Lot, error) { return oneLot(tx, "term_id = ?", t) }

// findLot returns the group's lot with the number, or fault.NotFound.
func findLot(tx *db.Tx, g member.GroupID, number int) (Lot, error) {
	l, err := oneLot(tx, "group_id = ? AND number = ?", g, number)
	if err == nil && l.ID == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return l, err
}

func oneLot(tx *db.Tx, where string, args ...any) (l Lot, err error) {
	var rows []lotRow
	if err = tx.Where(where, args...).Order("id DESC").Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return l, err
	}
	all, err := withTickets(tx, rows)
	return all[rows[0].TermID], err
}

// lastLots is lastLot for several terms.
func lastLots(tx *db.Tx, terms []role.TermID) (map[role.TermID]Lot, error) {
	var rows []lotRow
	err := tx.Raw("SELECT l.* FROM understudy_lots l JOIN (SELECT MAX(id) AS id FROM understudy_lots WHERE term_id IN ? GROUP BY term_id) n ON n.id = l.id", terms).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return withTickets(tx, rows)
}

// withTickets returns lots of different terms, each by its term.
func withTickets(tx *db.Tx, rows []lotRow) (map[role.TermID]Lot, error) {
	of, ids := make(map[int64]Lot, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		of[r.ID], ids[i] = r.lot(), r.ID
	}
	var tickets []ticketRow
	err := tx.Where("lot_id IN ?", ids).Order("lot_id, place").Find(&tickets).Error
	for _, t := range tickets {
		ticket := Ticket{Place: t.Place, Weight: t.Weight}
		if t.MemberID != nil {
			ticket.Member = *t.MemberID
		}
		if t.Turn != nil {
			ticket.Turn = *t.Turn
		}
		l := of[t.LotID]
		l.Tickets = append(l.Tickets, ticket)
		of[t.LotID] = l
	}
	out := make(map[role.TermID]Lot, len(rows))
	for _, r := range rows {
		out[r.TermID] = of[r.ID]
	}
	return out, err
}

// forgetTickets takes the names out of the lots of a term.
func forgetTickets(tx *db.Tx, t role.TermID) error {
	return tx.Exec("UPDATE understudy_tickets SET member_id = NULL WHERE lot_id IN (SELECT id FROM understudy_lots WHERE term_id = ?) AND member_id IS NOT NULL", t).Error
}

// partWilling forgets that a member who leaves would be understudy.
func partWilling(tx *db.Tx, m member.ID) error {
	if err := tx.Exec("DELETE FROM understudy_volunteers WHERE member_id = ?", m).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE understudy_tickets SET member_id = NULL WHERE member_id = ?", m).Error
}
