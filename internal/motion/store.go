package motion

import (
	"context"
	"crypto/sha256"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

type row struct {
	ID          ID
	GroupID     member.GroupID
	Number      int
	MoverID     *member.ID
	Kind        Kind
	AboutPerson db.Flag
	AboutID     *member.ID
	State       State
	Version     int
	Title       string
	Forum       Forum
	Agreement   db.Flag // with Forum ""
	CreatedAt   db.Instant
	SoughtAt    db.Instant
	TabledAt    db.Instant
	TextUntil   db.Instant
	OpensAt     db.Instant
	FallbackAt  db.Instant
	Meeting     string
	Meetings    int
	ClosesAt    db.Instant
	WithdrawnAt db.Instant
	EndedAt     db.Instant
	DueAt       db.Instant
	AgainID     *ID
	BarUntil    db.Instant
	ReviewDays  int
	Supporters  int
	SecretAsks  int
	Posts       int
	LastPostID  int64
	Rulebook    int
}

func (row) TableName() string { return "motions" }

func (r row) motion() Motion {
	return Motion{
		ID: r.ID, Group: r.GroupID, Number: r.Number, Mover: value(r.MoverID), Kind: r.Kind, AboutPerson: bool(r.AboutPerson), About: value(r.AboutID),
		State: r.State, Version: r.Version, Title: r.Title, Forum: forumOf(r.Forum, r.Agreement), Fallback: r.FallbackAt.Time, Meeting: r.Meeting, Meetings: r.Meetings, Created: r.CreatedAt.Time, Sought: r.SoughtAt.Time,
		Tabled: r.TabledAt.Time, TextUntil: r.TextUntil.Time, Opens: r.OpensAt.Time, Closes: r.ClosesAt.Time,
		LeaveAsked: r.WithdrawnAt.Time, Ended: r.EndedAt.Time, Due: r.DueAt.Time, Again: value(r.AgainID), BarUntil: r.BarUntil.Time, ReviewDays: r.ReviewDays,
		Supporters: r.Supporters, SecretAsks: r.SecretAsks, Posts: r.Posts, LastPost: r.LastPostID, Rulebook: r.Rulebook,
	}
}

// room is what the column forum has: that it is by agreement stands in a column of its own.
func (f Forum) room() Forum {
	if f == ByAgreement {
		return Online
	}
	return f
}

func forumOf(room Forum, agreement db.Flag) Forum {
	if agreement {
		return ByAgreement
	}
	return room
}

// value returns what a column refers to, 0 for nothing; orNull is how that is stored.
func value[T ~int64](id *T) T {
	if id == nil {
		return 0
	}
	return *id
}

func orNull[T ~int64](id T) *T {
	if id == 0 {
		return nil
	}
	return &id
}

func motions(rows []row) []Motion {
	out := make([]Motion, len(rows))
	for i, r := range rows {
		out[i] = r.motion()
	}
	return out
}

// Get returns the motion with the id, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Motion, error) {
	var r row
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.motion(), err
}

// Many returns the motions with the ids, by id.
func Many(tx *db.Tx, ids []ID) ([]Motion, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []row
	err := tx.Where("id IN ?", ids).Order("id").Find(&rows).Error
	return motions(rows), err
}

// Find returns the group's motion with the number, or fault.NotFound.
func Find(tx *db.Tx, g member.GroupID, number int) (Motion, error) {
	var r row
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.motion(), err
}

// glimpse reads of a motion what says who may see it; the zero Motion if there is none with the number.
func glimpse(ctx context.Context, d *db.DB, g member.GroupID, number int) (m Motion, err error) {
	_, err = d.Row(ctx, "SELECT id, state, COALESCE(mover_id, 0) FROM motions WHERE group_id = ? AND number = ?", []any{g, number}, &m.ID, &m.State, &m.Mover)
	return m, err
}

// insert adds a draft, under the next free number below zero, and its first version.
func insert(tx *db.Tx, m Motion, t Text) (Motion, error) {
	err := tx.Raw("SELECT COALESCE(MIN(number), 0) FROM motions WHERE group_id = ?", m.Group).Scan(&m.Number).Error
	if err != nil {
		return m, err
	}
	m.Number, m.Version, m.Title, m.Forum = min(m.Number, 0)-1, 1, t.Title, t.Forum
	r := row{
		GroupID: m.Group, Number: m.Number, MoverID: orNull(m.Mover), Kind: m.Kind, AboutPerson: db.Flag(m.AboutPerson), AboutID: orNull(m.About), State: m.State,
		Version: m.Version, Title: m.Title, Forum: m.Forum.room(), Agreement: m.Forum == ByAgreement, CreatedAt: db.At(m.Created), AgainID: orNull(m.Again), ReviewDays: m.ReviewDays, Rulebook: m.Rulebook,
	}
	if err := tx.Create(&r).Error; err != nil {
		return m, err
	}
	m.ID = r.ID
	return m, insertVersion(tx, m, t)
}

// nextNumber takes the next number of the group's proposals. Only what is put before the group has one, so the numbers
// have no gaps that something could have been removed from.
func nextNumber(tx *db.Tx, g member.GroupID) (n int, err error) {
	err = tx.Raw("UPDATE groups SET motion_seq = motion_seq + 1 WHERE id = ? RETURNING motion_seq", g).Scan(&n).Error
	return n, err
}

// put stores everything in a motion that changes, but for the counters of the talk. It returns fault.Conflict unless
// the stored motion is still in the state from.
func put(tx *db.Tx, m Motion, from State) error {
	res := tx.Model(&row{}).Where("id = ? AND state = ?", m.ID, from).Updates(map[string]any{
		"number": m.Number, "mover_id": orNull(m.Mover), "kind": m.Kind, "about_person": db.Flag(m.AboutPerson), "state": m.State,
		"version": m.Version, "title": m.Title, "sought_at": db.At(m.Sought), "tabled_at": db.At(m.Tabled),
		"text_until": db.At(m.TextUntil), "opens_at": db.At(m.Opens), "forum": m.Forum.room(), "agreement": db.Flag(m.Forum == ByAgreement), "fallback_at": db.At(m.Fallback), "meeting": m.Meeting, "meetings": m.Meetings, "closes_at": db.At(m.Closes),
		"withdrawn_at": db.At(m.LeaveAsked), "ended_at": db.At(m.Ended), "due_at": db.At(m.Due), "again_id": orNull(m.Again), "bar_until": db.At(m.BarUntil), "review_days": m.ReviewDays,
		"supporters": m.Supporters, "secret_asks": m.SecretAsks, "rulebook": m.Rulebook,
	})
	return hit(res.RowsAffected, res.Error)
}

func hit(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fault.New(fault.Conflict, "motion.moved_on")
	}
	return err
}

// remove deletes a draft.
func remove(tx *db.Tx, id ID) error {
	for _, sql := range []string{"DELETE FROM clauses WHERE motion_id = ?", "DELETE FROM motion_versions WHERE motion_id = ?"} {
		if err := tx.Exec(sql, id).Error; err != nil {
			return err
		}
	}
	res := tx.Exec("DELETE FROM motions WHERE id = ? AND state = ?", id, Draft)
	return hit(res.RowsAffected, res.Error)
}

// drafts returns the ids of the member's drafts.
func drafts(tx *db.Tx, who member.ID) (ids []ID, err error) {
	err = tx.Raw("SELECT id FROM motions WHERE mover_id = ? AND state = ? ORDER BY id", who, Draft).Scan(&ids).Error
	return ids, err
}

// What finds the earliest of what due and DueToOpen return once its time has come.
const (
	nextDue    = "SELECT MIN(due_at) FROM motions WHERE due_at IS NOT NULL AND (state = '" + string(Seeking) + "' OR withdrawn_at IS NOT NULL)"
	nextToOpen = "SELECT MIN(due_at) FROM motions WHERE due_at IS NOT NULL AND state = '" + string(Tabled) + "' AND withdrawn_at IS NULL"
)

// due returns motions whose time has come and which package ballot does not move: withdrawals and searches for support.
func due(tx *db.Tx, now time.Time, limit int) ([]Motion, error) {
	var rows []row
	err := tx.Where("due_at <= ? AND (state = ? OR withdrawn_at IS NOT NULL)", db.At(now), Seeking).
		Order("due_at").Limit(limit).Find(&rows).Error
	return motions(rows), err
}

// DueToOpen returns up to limit motions whose vote should have opened by now, the longest overdue first.
// A withdrawal that was asked for goes first: such motions are not among them.
func DueToOpen(tx *db.Tx, now time.Time, limit int) ([]Motion, error) {
	var rows []row
	err := tx.Where("due_at <= ? AND state = ? AND withdrawn_at IS NULL", db.At(now), Tabled).
		Order("due_at").Limit(limit).Find(&rows).Error
	return motions(rows), err
}

// Times are what a ballot tells its motion. A zero time leaves what is there.
type Times struct{ Opens, Closes, Ended time.Time }

// NextToOpen returns when the first of the votes is to open whose motions DueToOpen returns then; zero if none is.
func NextToOpen(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextToOpen) }

// SetState moves a motion on, in the transaction of the ballot that causes it. It returns fault.Conflict if the motion
// is not in the state from, and an internal error if to does not follow it.
func SetState(tx *db.Tx, id ID, from, to State, t Times) error {
	if err := follows(from, to); err != nil {
		return err
	}
	set := map[string]any{"state": to, "due_at": nil}
	for name, at := range map[string]time.Time{"opens_at": t.Opens, "closes_at": t.Closes, "ended_at": t.Ended} {
		if !at.IsZero() {
			set[name] = db.At(at)
		}
	}
	if to == Inquorate {
		set["meeting"] = "" // everybody votes now
	}
	res := tx.Model(&row{}).Where("id = ? AND state = ?", id, from).Updates(set)
	return hit(res.RowsAffected, res.Error)
}

// Prolong has the vote on a motion close later than it was told.
func Prolong(tx *db.Tx, id ID, closes time.Time) error {
	res := tx.Model(&row{}).Where("id = ? AND state = ?", id, Voting).Updates(map[string]any{"closes_at": db.At(closes)})
	return hit(res.RowsAffected, res.Error)
}

// PutOff has the vote on a tabled motion open later than the rules had it.
func PutOff(tx *db.Tx, id ID, opens time.Time) error {
	res := tx.Model(&row{}).Where("id = ? AND state = ?", id, Tabled).Updates(map[string]any{"opens_at": db.At(opens), "due_at": db.At(opens)})
	return hit(res.RowsAffected, res.Error)
}

// PutOffAgain does the same to a motion whose vote is to be held once more. Its ballot's clock has what is due.
func PutOffAgain(tx *db.Tx, id ID, opens, closes time.Time) error {
	res := tx.Model(&row{}).Where("id = ? AND state = ?", id, Inquorate).Updates(map[string]any{"opens_at": db.At(opens), "closes_at": db.At(closes)})
	return hit(res.RowsAffected, res.Error)
}

type versionRow struct {
	MotionID      ID
	N             int
	Title         string
	Why           string
	Able          string
	Won           string
	Partly        string
	NotAcceptable string
	Effect        string
	Forum         Forum
	Agreement     db.Flag
	At            db.Instant
	Hash          []byte
}

func (versionRow) TableName() string { return "motion_versions" }

type clauseRow struct {
	MotionID ID
	N        int
	ClauseID int
	Pos      int
	Text     string
}

func (clauseRow) TableName() string { return "clauses" }

// Version is one wording of a motion.
type Version struct {
	N int
	Text
	At   time.Time
	Hash [sha256.Size]byte // Text.Hash
}

func insertVersion(tx *db.Tx, m Motion, t Text) error {
	hash := t.Hash()
	effect, err := t.Effect.write()
	if err != nil {
		return err
	}
	err = tx.Create(&versionRow{
		MotionID: m.ID, N: m.Version, Title: t.Title, Why: t.Why, Able: t.Able, Won: t.Won, Partly: t.Partly,
		NotAcceptable: t.NotAcceptable, Effect: effect, Forum: t.Forum.room(), Agreement: t.Forum == ByAgreement, At: db.At(tx.Now), Hash: hash[:],
	}).Error
	if err != nil || len(t.Clauses) == 0 {
		return err
	}
	rows := make([]clauseRow, len(t.Clauses))
	for i, c := range t.Clauses {
		rows[i] = clauseRow{m.ID, m.Version, c.ID, i + 1, c.Text}
	}
	return tx.Create(&rows).Error
}

// replaceDraft writes a draft's only version anew.
func replaceDraft(tx *db.Tx, m Motion, t Text) error {
	for _, sql := range []string{"DELETE FROM clauses WHERE motion_id = ?", "DELETE FROM motion_versions WHERE motion_id = ?"} {
		if err := tx.Exec(sql, m.ID).Error; err != nil {
			return err
		}
	}
	return insertVersion(tx, m, t)
}

// TextOf returns version n of a motion, or fault.NotFound.
func TextOf(tx *db.Tx, id ID, n int) (Version, error) {
	var r versionRow
	if err := tx.Where("motion_id = ? AND n = ?", id, n).Take(&r).Error; err != nil {
		return Version{}, err
	}
	var rows []clauseRow
	if err := tx.Where("motion_id = ? AND n = ?", id, n).Order("pos").Find(&rows).Error; err != nil {
		return Version{}, err
	}
	effect, err := readEffect(r.Effect)
	if err != nil {
		return Version{}, err
	}
	v := Version{N: r.N, At: r.At.Time, Text: Text{
		Title: r.Title, Why: r.Why, Able: r.Able, Won: r.Won, Partly: r.Partly, NotAcceptable: r.NotAcceptable, Effect: effect, Forum: forumOf(r.Forum, r.Agreement),
	}}
	copy(v.Hash[:], r.Hash)
	for _, c := range rows {
		v.Clauses = append(v.Clauses, Clause{c.ClauseID, c.Text})
	}
	return v, nil
}

// clauseIDs returns the ids that clauses of the motion have or had, and the highest.
func clauseIDs(tx *db.Tx, id ID) (known map[int]bool, last int, err error) {
	var ids []int
	if err := tx.Raw("SELECT DISTINCT clause_id FROM clauses WHERE motion_id = ?", id).Scan(&ids).Error; err != nil {
		return nil, 0, err
	}
	known = make(map[int]bool, len(ids))
	for _, n := range ids {
		known[n], last = true, max(last, n)
	}
	return known, last, nil
}

// CountPost notes that a post was added to the motion's talk.
func CountPost(tx *db.Tx, id ID, post int64) error {
	return db.Affected(tx.Exec("UPDATE motions SET posts = posts + 1, last_post_id = ? WHERE id = ?", post, id), 1)
}
