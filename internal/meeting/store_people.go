package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/floor"
	"folkmoot/internal/member"
)

type presenceRow struct {
	ID        int64
	MeetingID ID
	MemberID  member.ID
	Mode      Mode
	Paper     db.Flag
	NotedBy   *member.ID
	NotedHow  NoteHow
	CameAt    db.Instant
	LeftAt    db.Instant
}

func (presenceRow) TableName() string { return "meeting_presence" }

func (r presenceRow) presence() Presence {
	return Presence{ID: r.ID, Member: r.MemberID, Mode: r.Mode, Paper: bool(r.Paper), Note: Note{r.NotedHow, value(r.NotedBy)}, Came: r.CameAt.Time, Left: r.LeftAt.Time}
}

// hereOf returns which of the people are at a meeting now, and how.
func hereOf(tx *db.Tx, m ID, who []member.ID) (map[member.ID]Presence, error) {
	out := make(map[member.ID]Presence, len(who))
	if len(who) == 0 {
		return out, nil
	}
	var rows []presenceRow
	err := tx.Where("meeting_id = ? AND member_id IN ? AND left_at IS NULL", m, who).Find(&rows).Error
	for _, r := range rows {
		out[r.MemberID] = r.presence()
	}
	return out, err
}

// everybodyHere returns who is at a meeting now, by number.
func everybodyHere(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL ORDER BY member_id", m).Scan(&out).Error
	return out, err
}

// withDevice returns who is at a meeting now by a device of their own, by number.
func withDevice(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL AND paper = 0 ORDER BY member_id", m).Scan(&out).Error
	return out, err
}

// inRoom returns who of those is in the room, by number.
func inRoom(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL AND paper = 0 AND mode = ? ORDER BY member_id", m, Room).Scan(&out).Error
	return out, err
}

// asTheyCame returns who is at a meeting now, in the order in which they came.
func asTheyCame(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL ORDER BY id", m).Scan(&out).Error
	return out, err
}

// headcount returns how many are at a meeting now, by how. Its index has all that it asks.
func headcount(tx *db.Tx, m ID) (map[Mode]int, error) {
	var rows []struct {
		Mode Mode
		N    int
	}
	err := tx.Raw("SELECT mode, COUNT(*) AS n FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL GROUP BY mode", m).Scan(&rows).Error
	out := map[Mode]int{}
	for _, r := range rows {
		out[r.Mode] = r.N
	}
	return out, err
}

// come notes that somebody is there, by what they say themselves; where they are already, how.
func come(tx *db.Tx, m ID, who member.ID, mode Mode) (first bool, err error) {
	hit, err := tx.Do("UPDATE meeting_presence SET mode = ?, paper = 0, noted_by = NULL, noted_how = '' WHERE meeting_id = ? AND member_id = ? AND left_at IS NULL", mode, m, who)
	if err != nil || hit > 0 {
		return false, err
	}
	return true, tx.Create(&presenceRow{MeetingID: m, MemberID: who, Mode: mode, CameAt: db.At(tx.Now)}).Error
}

// noted notes that somebody is there who was not, without a device, as somebody else says.
func noted(tx *db.Tx, m ID, who member.ID, n Note) error {
	return tx.Create(&presenceRow{MeetingID: m, MemberID: who, Mode: Room, Paper: true, NotedBy: orNull(n.By), NotedHow: n.How, CameAt: db.At(tx.Now)}).Error
}

// lastNoted returns how somebody was noted as there last by somebody else, and has said nothing of it; zero if nobody did.
func lastNoted(tx *db.Tx, m ID, who member.ID) (Presence, error) {
	var r presenceRow
	err := tx.Where("member_id = ? AND meeting_id = ? AND noted_how <> ''", who, m).Order("id DESC").Limit(1).Find(&r).Error
	return r.presence(), err
}

// notedRows returns that for each meeting of which it is kept, the newest first.
func notedRows(tx *db.Tx, who member.ID) (rows []presenceRow, err error) {
	err = tx.Raw(`SELECT p.* FROM meeting_presence p WHERE p.member_id = ? AND p.noted_how <> '' AND NOT EXISTS (
		SELECT 1 FROM meeting_presence q WHERE q.meeting_id = p.meeting_id AND q.member_id = p.member_id AND q.id > p.id) ORDER BY p.meeting_id DESC`, who).Scan(&rows).Error
	return rows, err
}

// answered notes that somebody has said whether they were there, as somebody else noted: all their notes in the meeting of the last are done with. A note of who was not there is from then on
// their own.
func answered(tx *db.Tx, last int64, was bool) error {
	by := "member_id"
	if was {
		by = "NULL"
	}
	return tx.Exec("UPDATE meeting_presence SET noted_how = '', noted_by = "+by+` WHERE noted_how <> '' AND left_at IS NOT NULL AND (member_id, meeting_id) IN (
		SELECT member_id, meeting_id FROM meeting_presence WHERE id = ?)`, last).Error
}

// refusals is who has said in a sitting, which is being prepared or under way since an instant, that they were not there as others noted (see answered), and has not come themselves since.
const refusals = ` FROM meeting_presence p JOIN members x ON x.id = p.member_id AND x.left_at IS NULL
	WHERE p.meeting_id = ? AND p.paper = 1 AND p.noted_how = '' AND p.noted_by = p.member_id AND p.came_at >= ? AND NOT EXISTS (
		SELECT 1 FROM meeting_presence q WHERE q.meeting_id = p.meeting_id AND q.member_id = p.member_id AND q.id > p.id)`

// sitsSince returns from when on people come to the sitting of a meeting that is being prepared or under way; zero for the first.
func sitsSince(m Meeting) db.Instant {
	if m.Sitting > 1 {
		return db.At(m.Notice)
	}
	return db.At(m.CalledAt)
}

// howManyRefused returns of how many members that is so.
func howManyRefused(tx *db.Tx, m Meeting) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*)"+refusals, m.ID, sitsSince(m)).Scan(&n).Error
	return n, err
}

// whoRefused returns of which of the people that is so.
func whoRefused(tx *db.Tx, m Meeting, who []member.ID) (map[member.ID]bool, error) {
	if len(who) == 0 {
		return nil, nil
	}
	var ids []member.ID
	err := tx.Raw("SELECT p.member_id"+refusals+" AND p.member_id IN ?", m.ID, sitsSince(m), who).Scan(&ids).Error
	out := make(map[member.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// goAway notes that somebody has gone.
func goAway(tx *db.Tx, m ID, who member.ID) (was bool, err error) {
	hit, err := tx.Do("UPDATE meeting_presence SET left_at = ? WHERE meeting_id = ? AND member_id = ? AND left_at IS NULL", db.At(tx.Now), m, who)
	return hit > 0, err
}

// everybodyGoes notes that a meeting is over for those who are there.
func everybodyGoes(tx *db.Tx, m ID) error {
	return tx.Exec("UPDATE meeting_presence SET left_at = ? WHERE meeting_id = ? AND left_at IS NULL", db.At(tx.Now), m).Error
}

// whereThere returns the meetings that somebody is at.
func whereThere(tx *db.Tx, who member.ID) (out []ID, err error) {
	err = tx.Raw("SELECT meeting_id FROM meeting_presence WHERE member_id = ? AND left_at IS NULL ORDER BY meeting_id", who).Scan(&out).Error
	return out, err
}

// willing returns who would do which job in a meeting.
func willing(tx *db.Tx, m ID) (map[Job][]member.ID, error) {
	var rows []struct {
		MemberID member.ID
		Job      Job
	}
	err := tx.Raw("SELECT member_id, job FROM meeting_willing WHERE meeting_id = ? ORDER BY member_id, job", m).Scan(&rows).Error
	out := map[Job][]member.ID{}
	for _, r := range rows {
		out[r.Job] = append(out[r.Job], r.MemberID)
	}
	return out, err
}

// WillingShown is up to how many it is told that so many would do a job.
const WillingShown = 10

// howWilling returns how many of those who are there by a device of their own would do each job, up to WillingShown, and which one member would.
func howWilling(tx *db.Tx, m ID, me member.ID) (n map[Job]int, mine []Job, err error) {
	n = map[Job]int{}
	for _, job := range Offers() {
		var found int
		err := tx.Raw(`SELECT COUNT(*) FROM (SELECT 1 FROM meeting_willing w JOIN meeting_presence p ON p.meeting_id = w.meeting_id AND p.member_id = w.member_id AND p.left_at IS NULL AND p.paper = 0
			WHERE w.meeting_id = ? AND w.job = ? LIMIT ?) x`, m, job, WillingShown).Scan(&found).Error
		if err != nil {
			return nil, nil, err
		}
		n[job] = found
	}
	err = tx.Raw("SELECT job FROM meeting_willing WHERE meeting_id = ? AND member_id = ? ORDER BY job", m, me).Scan(&mine).Error
	return n, mine, err
}

// putWilling keeps what somebody would do in place of what they said before.
func putWilling(tx *db.Tx, m ID, who member.ID, jobs []Job) error {
	if err := tx.Exec("DELETE FROM meeting_willing WHERE meeting_id = ? AND member_id = ?", m, who).Error; err != nil {
		return err
	}
	for _, j := range jobs {
		if err := tx.Exec("INSERT INTO meeting_willing (meeting_id, member_id, job) VALUES (?, ?, ?)", m, who, j).Error; err != nil {
			return err
		}
	}
	return nil
}

type termRow struct {
	ID        int64
	Ref       string
	GroupID   member.GroupID
	MeetingID *ID
	Job       Job
	MemberID  member.ID
	Shadow    db.Flag
	Caps      string
	StartsAt  db.Instant
	EndsAt    db.Instant
	Cause     string
	EndedAt   db.Instant
	EndedHow  string
}

func (termRow) TableName() string { return "meeting_terms" }

func (r termRow) term() Term {
	return Term{
		ID: r.ID, Ref: r.Ref, Group: r.GroupID, Meeting: value(r.MeetingID), Job: r.Job, Member: r.MemberID, Shadow: bool(r.Shadow), Begins: r.StartsAt.Time,
		Ends: r.EndsAt.Time, Cause: r.Cause, Ended: r.EndedAt.Time, How: r.EndedHow,
	}
}

func terms(rows []termRow) []Term {
	out := make([]Term, len(rows))
	for i, r := range rows {
		out[i] = r.term()
	}
	return out
}

func insertTerm(tx *db.Tx, t Term) (Term, error) {
	r := termRow{
		Ref: t.Ref, GroupID: t.Group, MeetingID: orNull(t.Meeting), Job: t.Job, MemberID: t.Member, Shadow: db.Flag(t.Shadow), StartsAt: db.At(t.Begins),
		EndsAt: db.At(t.Ends), Cause: t.Cause, Caps: t.caps(),
	}
	err := tx.Create(&r).Error
	t.ID = r.ID
	return t, err
}

// endTerm ends a term before its date.
func endTerm(tx *db.Tx, id int64, how string) error {
	return db.Affected(tx.Model(&termRow{}).Where("id = ? AND ended_at IS NULL", id).Updates(map[string]any{"ended_at": db.At(tx.Now), "ended_how": how}), 1)
}

// termsOf returns the terms of a meeting, the first one first.
func termsOf(tx *db.Tx, m ID) ([]Term, error) {
	var rows []termRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	return terms(rows), err
}

// runningOf returns the terms that somebody has in meetings and that have not ended.
func runningOf(tx *db.Tx, who member.ID) ([]Term, error) {
	var rows []termRow
	err := tx.Where("member_id = ? AND ended_at IS NULL AND ends_at > ? AND shadow = 0", who, db.At(tx.Now)).Find(&rows).Error
	return terms(rows), err
}

// timesDone returns how often each of the people has had a job in the group's meetings, and how often any.
func timesDone(tx *db.Tx, g member.GroupID, job Job, who []member.ID) (this, any map[member.ID]int, err error) {
	var rows []struct {
		MemberID member.ID
		Same     int
		Any      int
	}
	err = tx.Raw(`SELECT member_id, SUM(CASE WHEN job = ? THEN 1 ELSE 0 END) AS same, COUNT(*) AS "any" FROM meeting_terms
		WHERE group_id = ? AND shadow = 0 AND job IN ('facilitate', 'vice', 'note', 'timekeep', 'stack', 'door') AND member_id IN ? GROUP BY member_id`, job, g, who).Scan(&rows).Error
	this, any = map[member.ID]int{}, map[member.ID]int{}
	for _, r := range rows {
		this[r.MemberID], any[r.MemberID] = r.Same, r.Any
	}
	return this, any, err
}

type handRow struct {
	ID        int64
	MeetingID ID
	ItemID    ItemID
	MemberID  member.ID
	Kind      floor.Kind
	Side      floor.Side
	Soon      db.Flag
	About     string
	State     HandState
	RaisedAt  db.Instant
	BeganAt   db.Instant
	Seconds   int
	EndedAt   db.Instant
	RoundID   *RoundID
	Later     db.Flag
	Lot       int
}

func (handRow) TableName() string { return "meeting_hands" }

func (r handRow) hand() Hand {
	return Hand{
		ID: r.ID, Meeting: r.MeetingID, Item: r.ItemID, Member: r.MemberID, Kind: r.Kind, Side: r.Side, Soon: bool(r.Soon), About: r.About, State: r.State,
		Raised: r.RaisedAt.Time, Began: r.BeganAt.Time, Seconds: r.Seconds, Ended: r.EndedAt.Time,
		Round: value(r.RoundID), Later: bool(r.Later), Lot: r.Lot,
	}
}

// handsOf returns all hands of a meeting, as they were raised.
func handsOf(tx *db.Tx, m ID) ([]Hand, error) {
	var rows []handRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	out := make([]Hand, len(rows))
	for i, r := range rows {
		out[i] = r.hand()
	}
	return out, err
}

func insertHand(tx *db.Tx, h Hand) (Hand, error) {
	r := handRow{
		MeetingID: h.Meeting, ItemID: h.Item, MemberID: h.Member, Kind: h.Kind, Side: h.Side, Soon: db.Flag(h.Soon), About: h.About, State: h.State,
		RaisedAt: db.At(h.Raised), RoundID: orNull(h.Round), Lot: h.Lot,
	}
	err := tx.Create(&r).Error
	h.ID = r.ID
	return h, err
}

// putHand stores what can change of a hand, which was in the state.
func putHand(tx *db.Tx, h Hand, was HandState) error {
	return db.Affected(tx.Model(&handRow{}).Where("id = ? AND state = ?", h.ID, was).Updates(map[string]any{
		"state": h.State, "side": h.Side, "soon": db.Flag(h.Soon), "began_at": db.At(h.Began), "seconds": h.Seconds, "ended_at": db.At(h.Ended),
	}), 1)
}

// lower ends what hands of a meeting are up: all, or those of one member.
func lower(tx *db.Tx, m ID, who member.ID) error {
	return tx.Exec("UPDATE meeting_hands SET state = 'lowered', ended_at = ? WHERE meeting_id = ? AND state = 'up' AND (? = 0 OR member_id = ?)",
		db.At(tx.Now), m, who, who).Error
}

func insertMove(tx *db.Tx, m ID, mv floor.Move, own bool) error {
	return tx.Exec("INSERT INTO meeting_moves (meeting_id, hand_id, other_id, behind, own) VALUES (?, ?, ?, ?, ?)", m, mv.Hand, mv.Other, db.Flag(mv.Behind), db.Flag(own)).Error
}

func movesOf(tx *db.Tx, m ID) (out []floor.Move, err error) {
	var rows []struct {
		HandID, OtherID int64
		Behind          db.Flag
	}
	err = tx.Raw("SELECT hand_id, other_id, behind FROM meeting_moves WHERE meeting_id = ? ORDER BY id", m).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, floor.Move{Hand: r.HandID, Other: r.OtherID, Behind: bool(r.Behind)})
	}
	return out, err
}

// riseFrom removes what nobody needs between two sittings of a meeting: what was read out, who was put elsewhere on the list, who would have done what, and what people needed.
func riseFrom(tx *db.Tx, m ID) error {
	return deleteFrom(tx, m, "meeting_said", "meeting_moves", "meeting_willing", "meeting_needs")
}

// forgetSitting removes who was at the sitting before, who spoke in it and who supported a move; who is there already for the next stays.
func forgetSitting(tx *db.Tx, m ID) error {
	if err := tx.Exec("DELETE FROM procedural_supports WHERE move_id IN (SELECT id FROM procedural_moves WHERE meeting_id = ?)", m).Error; err != nil {
		return err
	}
	if err := deleteFrom(tx, m, "meeting_hands"); err != nil {
		return err
	}
	return tx.Exec("DELETE FROM meeting_presence WHERE meeting_id = ? AND left_at IS NOT NULL", m).Error
}

// forget removes who was at a meeting, who would have done what, who raised a hand, who supported a move, and what was read out.
func forget(tx *db.Tx, m ID) error {
	if err := deleteFrom(tx, m, "meeting_said", "meeting_moves", "meeting_willing"); err != nil {
		return err
	}
	if err := forgetSitting(tx, m); err != nil {
		return err
	}
	return deleteFrom(tx, m, "meeting_presence")
}

func deleteFrom(tx *db.Tx, m ID, tables ...string) error {
	for _, table := range tables {
		if err := tx.Exec("DELETE FROM "+table+" WHERE meeting_id = ?", m).Error; err != nil {
			return err
		}
	}
	return nil
}
