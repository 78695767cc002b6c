package resolve

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

type lotRow struct {
	BallotID int64 `gorm:"primaryKey"`
	Drawn    int
	Secret   []byte
}

func (lotRow) TableName() string { return "resolution_lots" }

func insertLot(tx *db.Tx, l lotRow) error { return tx.Create(&l).Error }

// lotOf returns the lot of a call that falls next; without a secret there is none.
func lotOf(tx *db.Tx, ballot int64) (l lotRow, err error) {
	err = tx.Raw("SELECT * FROM resolution_lots WHERE ballot_id = ?", ballot).Scan(&l).Error
	return l, err
}

func putLot(tx *db.Tx, l lotRow) error {
	return db.Affected(tx.Exec("UPDATE resolution_lots SET drawn = ?, secret = ? WHERE ballot_id = ?", l.Drawn, l.Secret, l.BallotID), 1)
}

type row struct {
	ID       ID
	GroupID  member.GroupID
	MotionID motion.ID
	BallotID int64
	Version  int
	Stops    db.Flag
	Meetings int
	People   int
	Draw     int
	Secret   string
	State    State
	Joint    int
	OpensAt  db.Instant
	UntilAt  db.Instant
	EndedAt  db.Instant
}

func (row) TableName() string { return "resolutions" }

func (r row) resolution() Resolution {
	return Resolution{
		ID: r.ID, Group: r.GroupID, Motion: r.MotionID, Ballot: r.BallotID, Version: r.Version, Stops: bool(r.Stops), Meetings: r.Meetings, People: r.People, Draw: r.Draw, Secret: r.Secret,
		State: r.State, Joint: r.Joint, Opens: r.OpensAt.Time, Until: r.UntilAt.Time, Ended: r.EndedAt.Time,
	}
}

func resolutions(rows []row) []Resolution {
	out := make([]Resolution, len(rows))
	for i, r := range rows {
		out[i] = r.resolution()
	}
	return out
}

type seatRow struct {
	ResolutionID ID
	MemberID     member.ID
	Part         Part
	Number       int
	State        Sitting
}

func (seatRow) TableName() string { return "resolution_seats" }

type ticketRow struct {
	ResolutionID ID
	Number       int
	MemberID     member.ID
	Turn         int
}

func (ticketRow) TableName() string { return "resolution_pool" }

type wordRow struct {
	ResolutionID ID
	N            int
	MemberID     member.ID
	How          How
	Text         string
	OnAt         db.Instant
	Version      int
	At           db.Instant
}

func (wordRow) TableName() string { return "resolution_words" }

// insert stores a resolution group with who is in it, and who was in the lot.
func insert(tx *db.Tx, r Resolution, seats []Seat, pool []ticket) (Resolution, error) {
	x := row{
		GroupID: r.Group, MotionID: r.Motion, BallotID: r.Ballot, Version: r.Version, Stops: db.Flag(r.Stops), Meetings: r.Meetings, People: r.People, Draw: r.Draw, Secret: r.Secret,
		State: r.State, OpensAt: db.At(r.Opens), UntilAt: db.At(r.Until),
	}
	if err := tx.Create(&x).Error; err != nil {
		return r, err
	}
	r.ID = x.ID
	for _, s := range seats {
		if err := insertSeat(tx, r.ID, s); err != nil {
			return r, err
		}
	}
	if len(pool) == 0 {
		return r, nil
	}
	rows := make([]ticketRow, len(pool))
	for i, t := range pool {
		rows[i] = ticketRow{r.ID, t.Number, t.Member, t.Turn}
	}
	return r, tx.CreateInBatches(&rows, 500).Error
}

func insertSeat(tx *db.Tx, id ID, s Seat) error {
	return tx.Create(&seatRow{id, s.Member, s.Part, s.Number, s.Sitting}).Error
}

// put stores the end of a resolution group.
func put(tx *db.Tx, r Resolution) error {
	return db.Affected(tx.Exec("UPDATE resolutions SET state = ?, joint = ?, ended_at = ? WHERE id = ? AND state = 'open'", r.State, r.Joint, db.At(r.Ended), r.ID), 1)
}

// putSeat stores how somebody went out of a resolution group.
func putSeat(tx *db.Tx, id ID, who member.ID, how Sitting) error {
	return db.Affected(tx.Exec("UPDATE resolution_seats SET state = ? WHERE resolution_id = ? AND member_id = ? AND state = 'sits'", how, id, who), 1)
}

func forgetPool(tx *db.Tx, id ID) error {
	return tx.Exec("DELETE FROM resolution_pool WHERE resolution_id = ?", id).Error
}

// nextTicket finds who comes after somebody in the order of the lot, and has not left.
func nextTicket(tx *db.Tx, id ID, after member.ID) (t ticket, found bool, err error) {
	var r ticketRow
	err = tx.Raw(`SELECT p.* FROM resolution_pool p JOIN members m ON m.id = p.member_id WHERE p.resolution_id = ? AND m.left_at IS NULL
		AND p.turn > (SELECT o.turn FROM resolution_pool o WHERE o.resolution_id = ? AND o.member_id = ?) ORDER BY p.turn LIMIT 1`, id, id, after).Scan(&r).Error
	return ticket{r.Number, r.MemberID, r.Turn}, r.MemberID != 0, err
}

// numberOf returns which number somebody has in the lot; 0: none.
func numberOf(tx *db.Tx, id ID, who member.ID) (n int, err error) {
	err = tx.Raw("SELECT number FROM resolution_pool WHERE resolution_id = ? AND member_id = ?", id, who).Scan(&n).Error
	return n, err
}

// openOn returns the resolution group on a motion that is open.
func openOn(tx *db.Tx, m motion.ID) (r Resolution, open bool, err error) {
	var x row
	err = tx.Raw("SELECT * FROM resolutions WHERE motion_id = ? AND state = 'open'", m).Scan(&x).Error
	return x.resolution(), x.ID != 0, err
}

// of returns the resolution groups on a motion, the last first.
func of(tx *db.Tx, m motion.ID) ([]Resolution, error) {
	var rows []row
	err := tx.Raw("SELECT * FROM resolutions WHERE motion_id = ? ORDER BY id DESC", m).Scan(&rows).Error
	return resolutions(rows), err
}

// Last returns the last resolution group on a motion; without an ID there was none.
func Last(tx *db.Tx, m motion.ID) (Resolution, error) {
	var x row
	err := tx.Raw("SELECT * FROM resolutions WHERE motion_id = ? ORDER BY id DESC LIMIT 1", m).Scan(&x).Error
	return x.resolution(), err
}

func openIn(tx *db.Tx, g member.GroupID) ([]Resolution, error) {
	var rows []row
	err := tx.Raw("SELECT * FROM resolutions WHERE group_id = ? AND state = 'open' ORDER BY id", g).Scan(&rows).Error
	return resolutions(rows), err
}

// nextDue finds the earliest of what due returns once its time has come.
const nextDue = "SELECT MIN(until_at) FROM resolutions WHERE state = 'open'"

func due(tx *db.Tx, limit int) ([]Resolution, error) {
	var rows []row
	err := tx.Raw("SELECT * FROM resolutions WHERE state = 'open' AND until_at <= ? ORDER BY until_at, id LIMIT ?", db.At(tx.Now), limit).Scan(&rows).Error
	return resolutions(rows), err
}

// sittingOf returns the open resolution groups in which somebody sits.
func sittingOf(tx *db.Tx, who member.ID) ([]Resolution, error) {
	var rows []row
	err := tx.Raw("SELECT r.* FROM resolution_seats s JOIN resolutions r ON r.id = s.resolution_id WHERE s.member_id = ? AND s.state = 'sits' AND r.state = 'open' ORDER BY r.id", who).Scan(&rows).Error
	return resolutions(rows), err
}

// seatsOf returns who is in a resolution group, or was: who brought the proposal, who blocked, and who was drawn, in the order in which they were.
func seatsOf(tx *db.Tx, id ID) (out []Seat, err error) {
	var rows []seatRow
	err = tx.Raw(`SELECT * FROM resolution_seats WHERE resolution_id = ? ORDER BY CASE part WHEN 'mover' THEN 1 WHEN 'blocker' THEN 2 ELSE 3 END, CASE state WHEN 'sits' THEN 0 ELSE 1 END, member_id`, id).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Seat{r.MemberID, r.Part, r.Number, r.State})
	}
	return out, err
}

func insertWord(tx *db.Tx, id ID, w Word) error {
	return tx.Create(&wordRow{id, w.N, w.By, w.How, w.Text, db.At(w.On), w.Version, db.At(w.At)}).Error
}

// wordsOf returns what those in a resolution group have said, the first one first.
func wordsOf(tx *db.Tx, id ID) (out []Word, err error) {
	var rows []wordRow
	err = tx.Raw("SELECT * FROM resolution_words WHERE resolution_id = ? ORDER BY n", id).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Word{r.N, r.MemberID, r.How, r.Text, r.OnAt.Time, r.Version, r.At.Time})
	}
	return out, err
}

// ballotRef returns what the record calls the ballot.
func ballotRef(tx *db.Tx, id int64) (ref string, err error) {
	err = tx.Raw("SELECT ref FROM ballots WHERE id = ?", id).Scan(&ref).Error
	return "ballot/" + ref, err
}
