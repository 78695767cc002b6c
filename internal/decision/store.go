package decision

import (
	"errors"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type row struct {
	ID       ID
	GroupID  member.GroupID
	Year     int
	Seq      int
	MotionID motion.ID
	Version  int
	BallotID ballot.ID
	Title    string
	Outcome  tally.Outcome
	At       db.Instant
	ReviewAt db.Instant
	Rulebook int
}

func (row) TableName() string { return "decisions" }

func (r row) decision() Decision {
	return Decision{
		ID: r.ID, Group: r.GroupID, Year: r.Year, Seq: r.Seq, Motion: r.MotionID, Version: r.Version, Ballot: r.BallotID, Title: r.Title,
		Outcome: r.Outcome, At: r.At.Time, Review: r.ReviewAt.Time, Rulebook: r.Rulebook,
	}
}

// insert adds the decision under the next number of its year.
func insert(tx *db.Tx, d Decision) (Decision, error) {
	err := tx.Raw("SELECT COALESCE(MAX(seq), 0) + 1 FROM decisions WHERE group_id = ? AND year = ?", d.Group, d.Year).Scan(&d.Seq).Error
	if err != nil {
		return d, err
	}
	r := row{
		GroupID: d.Group, Year: d.Year, Seq: d.Seq, MotionID: d.Motion, Version: d.Version, BallotID: d.Ballot, Title: d.Title,
		Outcome: d.Outcome, At: db.At(d.At), ReviewAt: db.At(d.Review), Rulebook: d.Rulebook,
	}
	err = tx.Create(&r).Error
	d.ID = r.ID
	return d, err
}

// Find returns the group's decision with the number, or fault.NotFound.
func Find(tx *db.Tx, g member.GroupID, number string) (Decision, error) {
	year, seq, ok := ParseNumber(number)
	if !ok {
		return Decision{}, fault.New(fault.NotFound, "fault.not_found")
	}
	var r struct {
		Row     row `gorm:"embedded"`
		State   WindowState
		UntilAt db.Instant
		EndedAt db.Instant
	}
	err := tx.Table("decisions d").Select("d.*, COALESCE(w.state, '') AS state, w.until_at, w.ended_at").Joins("LEFT JOIN decision_windows w ON w.decision_id = d.id").
		Where("d.group_id = ? AND d.year = ? AND d.seq = ?", g, year, seq).Take(&r).Error
	d := r.Row.decision()
	d.Window = Window{r.State, r.UntilAt.Time, r.EndedAt.Time}
	return d, err
}

func byBallot(tx *db.Tx, g member.GroupID, b ballot.ID) (Decision, error) {
	var r row
	err := tx.Where("group_id = ? AND ballot_id = ?", g, b).Take(&r).Error
	return r.decision(), err
}

// Of returns the decisions on a motion, one for each counted round, the first one first.
func Of(tx *db.Tx, m motion.ID) ([]Decision, error) {
	var rows []row
	if err := tx.Where("motion_id = ?", m).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := decisions(rows)
	return out, withWindows(tx, out)
}

// OfMany returns the decisions on the motions, those on each the first one first, with what was voted on.
func OfMany(tx *db.Tx, ms []motion.ID) (map[motion.ID][]Decision, error) {
	out := map[motion.ID][]Decision{}
	if len(ms) == 0 {
		return out, nil
	}
	ds, err := listed(tx, tx.Where("d.motion_id IN ?", ms).Order("d.id"))
	for _, d := range ds {
		out[d.Motion] = append(out[d.Motion], d)
	}
	return out, err
}

// Page returns up to limit decisions of the group before the given one (0: the newest), the newest first.
func Page(tx *db.Tx, g member.GroupID, before ID, limit int) ([]Decision, error) {
	q := tx.Where("d.group_id = ?", g).Order("d.id DESC").Limit(limit)
	if before > 0 {
		q = q.Where("d.id < ?", before)
	}
	return listed(tx, q)
}

// listed returns decisions with what was voted on.
func listed(tx *db.Tx, q *gorm.DB) ([]Decision, error) {
	var rows []struct {
		Row     row `gorm:"embedded"`
		Method  string
		Seats   int
		Options string
		Urgent  db.Flag
	}
	err := q.Table("decisions d").Select("d.*, b.method, b.seats, b.options, b.urgent").Joins("JOIN ballots b ON b.id = d.ballot_id").Find(&rows).Error
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = r.Row.decision()
		out[i].Urgent = bool(r.Urgent)
		if err == nil {
			out[i].Contest, err = ballot.ParseContest(r.Method, r.Seats, r.Options)
		}
	}
	if err != nil {
		return nil, err
	}
	return out, withWindows(tx, out)
}

func decisions(rows []row) []Decision {
	out := make([]Decision, len(rows))
	for i, r := range rows {
		out[i] = r.decision()
	}
	return out
}

type effectRow struct {
	ID      int64
	GroupID member.GroupID
	Cause   string
	N       int
	Kind    EffectKind
	Subject string
	Done    db.Flag
	Why     role.Why
	At      db.Instant
}

func (effectRow) TableName() string { return "effects" }

func (r effectRow) effect() Effect {
	return Effect{Group: r.GroupID, Cause: r.Cause, N: r.N, Kind: r.Kind, Subject: r.Subject, Why: r.Why, At: r.At.Time}
}

// insertEffect adds the effect under the next number of its cause.
func insertEffect(tx *db.Tx, e Effect) (Effect, error) {
	err := tx.Raw("SELECT COALESCE(MAX(n), 0) + 1 FROM effects WHERE group_id = ? AND cause = ?", e.Group, e.Cause).Scan(&e.N).Error
	if err != nil {
		return e, err
	}
	return e, tx.Create(&effectRow{
		GroupID: e.Group, Cause: e.Cause, N: e.N, Kind: e.Kind, Subject: e.Subject, Done: db.Flag(e.Done()), Why: e.Why, At: db.At(e.At),
	}).Error
}

// effectsOf returns what something did by itself, in order.
func effectsOf(tx *db.Tx, g member.GroupID, cause string) (out []Effect, err error) {
	var rows []effectRow
	err = tx.Where("group_id = ? AND cause = ?", g, cause).Order("n").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.effect())
	}
	return out, err
}

type dissentRow struct {
	ID         int64
	DecisionID ID
	AuthorID   member.ID
	Text       string
	At         db.Instant
	Late       db.Flag
	Signers    int
}

func (dissentRow) TableName() string { return "dissents" }

func (r dissentRow) dissent() Dissent {
	return Dissent{ID: r.ID, Decision: r.DecisionID, Author: r.AuthorID, Text: r.Text, At: r.At.Time, Late: bool(r.Late), Signers: r.Signers}
}

func insertDissent(tx *db.Tx, d Dissent) (Dissent, error) {
	r := dissentRow{DecisionID: d.Decision, AuthorID: d.Author, Text: d.Text, At: db.At(d.At), Late: db.Flag(d.Late), Signers: 1}
	if err := tx.Create(&r).Error; err != nil {
		return d, err
	}
	return r.dissent(), tx.Create(&signerRow{r.ID, d.Author, db.At(d.At)}).Error
}

// isTwice says whether the error is that of a second report by the same member.
func isTwice(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// Dissents returns the reports beside a decision, the first one first.
func Dissents(tx *db.Tx, d ID) ([]Dissent, error) {
	var rows []dissentRow
	if err := tx.Where("decision_id = ?", d).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Dissent, len(rows))
	for i, r := range rows {
		out[i] = r.dissent()
	}
	return out, nil
}

// getDissent returns a report beside the decision, or fault.NotFound.
func getDissent(tx *db.Tx, d ID, id int64) (Dissent, error) {
	var r dissentRow
	err := tx.Where("id = ? AND decision_id = ?", id, d).Take(&r).Error
	return r.dissent(), err
}

type signerRow struct {
	DissentID int64
	MemberID  member.ID
	At        db.Instant
}

func (signerRow) TableName() string { return "dissent_signers" }

// sign adds the member to those who sign and says whether they had not yet.
func sign(tx *db.Tx, d Dissent, who member.ID) (first bool, err error) {
	res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&signerRow{d.ID, who, db.At(tx.Now)})
	if res.Error != nil || res.RowsAffected == 0 {
		return false, res.Error
	}
	return true, db.Affected(tx.Exec("UPDATE dissents SET signers = signers + 1 WHERE id = ?", d.ID), 1)
}

// Signers returns who signed each of the dissents, in the order of signing.
func Signers(tx *db.Tx, ds []Dissent) (map[int64][]member.ID, error) {
	out := make(map[int64][]member.ID, len(ds))
	if len(ds) == 0 {
		return out, nil
	}
	ids := make([]int64, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	var rows []signerRow
	if err := tx.Where("dissent_id IN ?", ids).Order("dissent_id, at, member_id").Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.DissentID] = append(out[r.DissentID], r.MemberID)
	}
	return out, nil
}
