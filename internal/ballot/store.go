package ballot

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

type row struct {
	ID           ID
	Ref          string
	GroupID      member.GroupID
	MotionID     motion.ID
	Version      int
	Round        int
	ReplacesID   *ID
	State        State
	Secret       db.Flag
	Receipt      Receipts
	OpensAt      db.Instant
	ClosesAt     db.Instant
	DueAt        db.Instant
	Rulebook     int
	Rule         string
	Active       int
	Quorum       int
	QuorumBy     string
	Entitled     int
	RollHash     []byte
	TextHash     []byte
	QuestionHash []byte
	Turnout      *int64
	VotesFor     *int64
	VotesAgainst *int64
	Abstentions  *int64
	Outcome      tally.Outcome
	PapersHash   []byte
	CountedAt    db.Instant
	Incident     string
	Method       string
	Seats        int
	Options      string
	Meeting      string
	Present      int
	Named        db.Flag
	Urgent       db.Flag
	OverAt       db.Instant
	ByHand       int
	HandsFewer   int
	Hands        string
	HandsTurnout int64
	HandsFor     *int64
	HandsAgainst *int64
	HandsAbstain *int64
}

func (row) TableName() string { return "ballots" }

func (r row) ballot() (Ballot, error) {
	b := Ballot{
		ID: r.ID, Ref: r.Ref, Group: r.GroupID, Motion: r.MotionID, Version: r.Version, Round: r.Round, State: r.State,
		Secret: bool(r.Secret), Receipts: r.Receipt, Opens: r.OpensAt.Time, Closes: r.ClosesAt.Time, Rulebook: r.Rulebook,
		Active: r.Active, Quorum: r.Quorum, QuorumBy: r.QuorumBy, Entitled: r.Entitled, Roll: hash(r.RollHash), Text: hash(r.TextHash),
		Question: hash(r.QuestionHash), Outcome: r.Outcome, Papers: hash(r.PapersHash), CountedAt: r.CountedAt.Time,
		Incident: r.Incident, due: r.DueAt.Time, Meeting: r.Meeting, Present: r.Present, Named: bool(r.Named), Planned: r.ClosesAt.Time,
		Urgent: bool(r.Urgent), ByHand: r.ByHand - r.HandsFewer, Fewer: r.HandsFewer, HandsHow: r.Hands, HandsTurnout: r.HandsTurnout,
	}
	if r.HandsFor != nil && r.HandsAgainst != nil && r.HandsAbstain != nil {
		b.Hands = Hands{*r.HandsFor, *r.HandsAgainst, *r.HandsAbstain}
	}
	if !r.OverAt.IsZero() {
		b.Closes = r.OverAt.Time
	}
	if r.ReplacesID != nil {
		b.Replaces = *r.ReplacesID
	}
	var err error
	if b.Contest, err = ParseContest(r.Method, r.Seats, r.Options); err != nil {
		return b, err
	}
	if err := b.readRule(r.Rule); err != nil {
		return b, err
	}
	if r.Turnout != nil {
		b.Turnout = *r.Turnout
	}
	if r.VotesFor != nil && r.VotesAgainst != nil && r.Abstentions != nil {
		b.Votes = tally.Votes{For: *r.VotesFor, Against: *r.VotesAgainst, Abstain: *r.Abstentions, Entitled: int64(r.Entitled)}
	}
	return b, nil
}

func hash(b []byte) (out [sha256.Size]byte) {
	copy(out[:], b)
	return out
}

func ballots(tx *db.Tx, rows []row) ([]Ballot, error) {
	out := make([]Ballot, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.ballot(); err != nil {
			return nil, err
		}
	}
	return out, withCalls(tx, out)
}

// Get returns the ballot with the id, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Ballot, error) {
	var r row
	if err := tx.Where("id = ?", id).Take(&r).Error; err != nil {
		return Ballot{}, err
	}
	b, err := ballots(tx, []row{r})
	if err != nil {
		return Ballot{}, err
	}
	return b[0], nil
}

// Of returns the ballots on a motion, the first round first.
func Of(tx *db.Tx, m motion.ID) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("motion_id = ?", m).Order("round").Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}

// latest returns the last round of the vote on the group's motion with the number.
func latest(tx *db.Tx, g member.GroupID, number int) (Ballot, error) {
	var r row
	err := tx.Raw(`SELECT b.* FROM motions m JOIN ballots b ON b.motion_id = m.id WHERE m.group_id = ? AND m.number = ?
		ORDER BY b.round DESC LIMIT 1`, g, number).Scan(&r).Error
	if err != nil {
		return Ballot{}, err
	}
	if r.ID == 0 {
		return Ballot{}, fault.New(fault.NotFound, "ballot.none")
	}
	return r.ballot()
}

// nextRound returns the number of the next ballot on a motion: calls for agreement may have come before it.
func nextRound(tx *db.Tx, m motion.ID) (n int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(round), 0) + 1 FROM ballots WHERE motion_id = ?", m).Scan(&n).Error
	return n, err
}

// nextDue finds the earliest of what due returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM ballots WHERE due_at IS NOT NULL"

// due returns up to limit ballots for which time alone has something to do, the longest overdue first.
func due(tx *db.Tx, now time.Time, limit int) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("due_at <= ?", db.At(now)).Order("due_at, id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}

// inStates returns all secret ballots in the states.
func inStates(tx *db.Tx, states ...State) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("secret = 1 AND state IN ?", states).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}

// exists says whether there is a ballot with the reference.
func exists(tx *db.Tx, ref string) (bool, error) {
	var n int64
	err := tx.Table("ballots").Where("ref = ?", ref).Limit(1).Count(&n).Error
	return n > 0, err
}

// insert adds a ballot and returns it with its id.
func insert(tx *db.Tx, b Ballot, replaces ID) (Ballot, error) {
	rule, err := b.frozenRule()
	if err != nil {
		return b, err
	}
	r := row{
		Ref: b.Ref, GroupID: b.Group, MotionID: b.Motion, Version: b.Version, Round: b.Round, State: b.State, Secret: db.Flag(b.Secret),
		Receipt: b.Receipts, OpensAt: db.At(b.Opens), ClosesAt: db.At(b.Closes), DueAt: db.At(b.due), Rulebook: b.Rulebook,
		Method: b.Method, Seats: b.Seats, Meeting: b.Meeting, Present: b.Present, Named: db.Flag(b.Named), ByHand: b.ByHand, Urgent: db.Flag(b.Urgent),
	}
	if b.State != Announced {
		r.Rule, r.Active, r.Quorum, r.QuorumBy, r.Entitled = rule, b.Active, b.Quorum, b.QuorumBy, b.Entitled
		r.RollHash, r.TextHash, r.QuestionHash = b.Roll[:], b.Text[:], b.Question[:]
	}
	if r.Options, err = b.Contest.text(); err != nil {
		return b, err
	}
	if replaces != 0 {
		r.ReplacesID = &replaces
	}
	if err := tx.Create(&r).Error; err != nil {
		return b, err
	}
	b.ID = r.ID
	return b, nil
}

// update changes a ballot that must be in the state from.
func update(tx *db.Tx, id ID, from State, set map[string]any) error {
	return db.Affected(tx.Model(&row{}).Where("id = ? AND state = ?", id, from).Updates(set), 1)
}

// freeze stores what opening fixes, for a ballot that was announced before.
func freeze(tx *db.Tx, b Ballot) error {
	rule, err := b.frozenRule()
	if err != nil {
		return err
	}
	return update(tx, b.ID, Announced, map[string]any{
		"state": Open, "due_at": db.At(b.due), "rule": rule, "active": b.Active, "quorum": b.Quorum, "quorum_by": b.QuorumBy, "entitled": b.Entitled,
		"roll_hash": b.Roll[:], "text_hash": b.Text[:], "question_hash": b.Question[:],
	})
}

type rollRow struct {
	BallotID ID
	Slot     int64
	MemberID member.ID
}

func (rollRow) TableName() string { return "roll" }

func insertRoll(tx *db.Tx, b ID, members []member.ID) error {
	rows := make([]rollRow, len(members))
	for i, m := range members {
		rows[i] = rollRow{b, int64(i + 1), m}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// openInRooms returns the votes that are open in meetings, and among people who decide at once.
func openInRooms(tx *db.Tx) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("(meeting <> '' OR method = 'at_once') AND state = 'open'").Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}

// spots returns the number of the motion on which people who are together in the actor's group are being called, 0 if there is none; and how often they were called on what
// the actor wrote in the last 24 hours.
func spots(tx *db.Tx, a member.Actor) (motion, asked int, err error) {
	var r struct{ Open, Asked int }
	err = tx.Raw(`SELECT COALESCE(MAX(CASE WHEN b.state = 'open' THEN m.number END), 0) AS open, COUNT(CASE WHEN m.mover_id = ? THEN 1 END) AS asked
		FROM ballots b JOIN motions m ON m.id = b.motion_id WHERE b.group_id = ? AND b.method = 'at_once' AND b.opens_at > ?`,
		a.Member.ID, a.Group.ID, db.At(tx.Now.Add(-24*time.Hour))).Scan(&r).Error
	return r.Open, r.Asked, err
}

// InRoom returns the votes that were opened in a meeting of the group, the first one first.
func InRoom(tx *db.Tx, g member.GroupID, meeting string) ([]Ballot, error) {
	var rows []row
	if err := tx.Where("group_id = ? AND meeting = ? AND meeting <> ''", g, meeting).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return ballots(tx, rows)
}

// whoVotedHow returns who chose what in an open ballot with names. Only closing calls it, and NamedVotes of a ballot that is counted.
func whoVotedHow(tx *db.Tx, id ID) (out []NamedVote, err error) {
	err = tx.Raw("SELECT member_id AS member, choice FROM open_votes WHERE ballot_id = ? ORDER BY member_id", id).Scan(&out).Error
	return out, err
}

// NamedVotes returns who voted how in a counted ballot with names, in order of membership; nothing of any other.
func NamedVotes(tx *db.Tx, b Ballot) ([]NamedVote, error) {
	if !b.Named || !b.IsCounted() {
		return nil, nil
	}
	return whoVotedHow(tx, b.ID)
}

// Roll returns who is entitled to vote in a ballot, by their place on the roll. It never says who did.
func Roll(tx *db.Tx, b ID) ([]member.ID, error) {
	var ids []member.ID
	err := tx.Raw("SELECT member_id FROM roll WHERE ballot_id = ? ORDER BY slot", b).Scan(&ids).Error
	return ids, err
}

// slotOf returns the member's place on the roll, or 0.
func slotOf(tx *db.Tx, b ID, m member.ID) (slot int64, err error) {
	err = tx.Raw("SELECT slot FROM roll WHERE ballot_id = ? AND member_id = ?", b, m).Scan(&slot).Error
	return slot, err
}

// state reads what decides whether a vote is taken, in the transaction that takes it.
func state(tx *db.Tx, id ID) (b Ballot, err error) {
	var opens, closes db.Instant
	_, err = tx.Row("SELECT state, opens_at, COALESCE(over_at, closes_at) FROM ballots WHERE id = ?", []any{int64(id)}, &b.State, &opens, &closes)
	b.ID, b.Opens, b.Closes = id, opens.Time, closes.Time
	return b, err
}

func putOpenVote(tx *db.Tx, b ID, m member.ID, c Choice) error {
	_, err := tx.Do(`INSERT INTO open_votes (ballot_id, member_id, choice) VALUES (?, ?, ?)
		ON CONFLICT (ballot_id, member_id) DO UPDATE SET choice = excluded.choice`, int64(b), int64(m), int(c))
	return err
}

// openVote returns what the member has chosen in an open ballot; 0: nothing.
func openVote(tx *db.Tx, b ID, m member.ID) (c Choice, err error) {
	_, err = tx.Row("SELECT choice FROM open_votes WHERE ballot_id = ? AND member_id = ?", []any{int64(b), int64(m)}, &c)
	return c, err
}

func hasOpenVote(tx *db.Tx, b ID, m member.ID) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM open_votes WHERE ballot_id = ? AND member_id = ?", b, m).Scan(&n).Error
	return n > 0, err
}

// HasVoted says whether a member has voted in a ballot that is not secret, or has answered a call. It is theirs alone to know.
func HasVoted(tx *db.Tx, b Ballot, m member.ID) (bool, error) {
	if b.Secret {
		return false, nil
	}
	return hasOpenVote(tx, b.ID, m)
}

// openVoters returns who has voted in an open ballot, without what. Only closing calls it.
func openVoters(tx *db.Tx, b ID) (voters []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM open_votes WHERE ballot_id = ? ORDER BY member_id", b).Scan(&voters).Error
	return voters, err
}

// countOpen counts the open votes. Only closing calls it, and only if enough took part.
func countOpen(tx *db.Tx, b Ballot) (tally.Votes, error) {
	v := tally.Votes{Entitled: int64(b.Entitled)}
	var choices []int
	if err := tx.Raw("SELECT choice FROM open_votes WHERE ballot_id = ?", b.ID).Scan(&choices).Error; err != nil {
		return v, err
	}
	for _, c := range choices {
		if err := add(&v, Choice(c)); err != nil {
			return v, err
		}
	}
	return v, nil
}

// markOpenVotes puts marks of who took part in the place of the open votes.
func markOpenVotes(tx *db.Tx, b ID) error {
	err := tx.Exec(`INSERT INTO turnout (ballot_id, slot) SELECT v.ballot_id, r.slot FROM open_votes v
		JOIN roll r ON r.ballot_id = v.ballot_id AND r.member_id = v.member_id WHERE v.ballot_id = ? ORDER BY r.slot`, b).Error
	if err != nil {
		return err
	}
	return tx.Exec("DELETE FROM open_votes WHERE ballot_id = ?", b).Error
}

func add(v *tally.Votes, c Choice) error {
	switch c {
	case For:
		v.For++
	case Against:
		v.Against++
	case Abstain:
		v.Abstain++
	default:
		return fmt.Errorf("ballot: a vote says %d, which is no choice", c)
	}
	return nil
}

// tookPart returns how many have voted so far, without what.
func tookPart(tx *db.Tx, b Ballot) (n int64, err error) {
	if b.Secret {
		return urn.Count(tx, b.bound())
	}
	err = tx.Raw("SELECT COUNT(*) FROM open_votes WHERE ballot_id = ?", b.ID).Scan(&n).Error
	return n, err
}

type paperRow struct {
	BallotID ID
	Code     string
	Choice   *int
}

func (paperRow) TableName() string { return "papers" }

type turnoutRow struct {
	BallotID ID
	Slot     int64
}

func (turnoutRow) TableName() string { return "turnout" }

// insertContents writes what was in the urn: papers in the order of their codes, then turnout in the order of the roll.
func insertContents(tx *db.Tx, b Ballot, c urn.Contents) error {
	marks := make([]turnoutRow, len(c.Voted))
	for i, slot := range c.Voted {
		marks[i] = turnoutRow{b.ID, slot}
	}
	if b.Receipts != NoReceipt {
		papers := make([]paperRow, len(c.Papers))
		for i, p := range c.Papers {
			papers[i] = paperRow{BallotID: b.ID, Code: p.Code}
			if b.showsChoices() {
				choice := int(said(p))
				papers[i].Choice = &choice
			}
		}
		if err := tx.CreateInBatches(papers, 500).Error; err != nil {
			return err
		}
	}
	return tx.CreateInBatches(marks, 500).Error
}

// marked says whether the place on the roll is among those who took part, for as long as that is kept.
func marked(tx *db.Tx, b ID, slot int64) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM turnout WHERE ballot_id = ? AND slot = ?", b, slot).Scan(&n).Error
	return n > 0, err
}

// forget deletes who took part, and who voted how in a counted open ballot. The numbers stay.
func forget(tx *db.Tx, b ID) error {
	for _, sql := range []string{"DELETE FROM turnout WHERE ballot_id = ?", "DELETE FROM call_answers WHERE ballot_id = ?", "DELETE FROM hand_voters WHERE ballot_id = ?",
		"DELETE FROM open_votes WHERE ballot_id = ?"} {
		if err := tx.Exec(sql, b).Error; err != nil {
			return err
		}
	}
	return nil
}

// Paper is a published receipt code, with its choice if the ballot's receipts are Full and it was counted.
type Paper struct {
	Code   string
	Choice Choice
}

// Published returns up to limit published papers of a counted ballot with codes after the given one, in the order of codes.
// A limit of 0 returns all.
func Published(tx *db.Tx, b ID, after string, limit int) ([]Paper, error) {
	q := tx.Where("ballot_id = ? AND code > ?", b, after).Order("code")
	if limit > 0 {
		q = q.Limit(limit)
	}
	var rows []paperRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Paper, len(rows))
	for i, r := range rows {
		out[i].Code = r.Code
		if r.Choice != nil {
			out[i].Choice = Choice(*r.Choice)
		}
	}
	return out, nil
}

// insertSignature puts a member's name under a count. first is false if it is there already.
func insertSignature(tx *db.Tx, b ID, m member.ID, common string) (first bool, err error) {
	res := tx.Exec("INSERT INTO count_signatures (ballot_id, member_id, at, common) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", b, m, db.At(tx.Now), common)
	return res.RowsAffected == 1, res.Error
}

// Signatures returns who has signed the count, the first one first.
func Signatures(tx *db.Tx, id ID) (out []Signature, err error) {
	var rows []struct {
		MemberID member.ID
		At       db.Instant
		Common   string
	}
	err = tx.Raw("SELECT member_id, at, common FROM count_signatures WHERE ballot_id = ? ORDER BY at, member_id", id).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Signature{r.MemberID, r.At.Time, r.Common})
	}
	return out, err
}

type countRow struct {
	BallotID ID
	Sheet    string
}

func (countRow) TableName() string { return "counts" }

type kindRow struct {
	BallotID ID
	Ranking  string
	Papers   int64
}

func (kindRow) TableName() string { return "rankings" }

// insertCount writes the sheet of a ballot by ranking, and its papers where there are enough of them.
func insertCount(tx *db.Tx, b Ballot, sheet string, kinds []Kind) error {
	if err := tx.Create(&countRow{b.ID, sheet}).Error; err != nil {
		return err
	}
	if b.Turnout < LeastPapers {
		return nil
	}
	rows := make([]kindRow, len(kinds))
	for i, k := range kinds {
		rows[i] = kindRow{b.ID, k.Ranking, k.Papers}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// SheetOf returns the count sheet of a ballot by ranking, as text, or fault.NotFound while there is none.
func SheetOf(tx *db.Tx, b ID) (string, error) {
	var r countRow
	err := tx.Where("ballot_id = ?", b).Take(&r).Error
	return r.Sheet, err
}

// Chosen returns what came first in the count of the last ballots by ranking on the motions, by its reference; nothing for those that are not counted, in
// which too few took part, or that came to none of the options.
func Chosen(tx *db.Tx, motions []motion.ID) (map[motion.ID]string, error) {
	out := map[motion.ID]string{}
	if len(motions) == 0 {
		return out, nil
	}
	var rows []struct {
		MotionID               motion.ID
		Method, Options, Sheet string
		Seats                  int
	}
	if err := tx.Raw(`SELECT b.motion_id, b.method, b.seats, b.options, c.sheet FROM ballots b JOIN counts c ON c.ballot_id = b.id
		WHERE b.motion_id IN ? ORDER BY b.round`, motions).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		c, err := ParseContest(r.Method, r.Seats, r.Options)
		if err != nil {
			return nil, err
		}
		var sheet tally.Sheet
		if err := json.Unmarshal([]byte(r.Sheet), &sheet); err != nil {
			return nil, fmt.Errorf("read a count: %w", err)
		}
		if elected, _ := c.filled(&sheet); len(elected) > 0 {
			out[r.MotionID] = elected[0]
		}
	}
	return out, nil
}

// Kinds returns the published papers of a ballot by ranking, by what stands on them. There are none where there were too few to be published.
func Kinds(tx *db.Tx, b ID) (out []Kind, err error) {
	err = tx.Raw("SELECT ranking, papers FROM rankings WHERE ballot_id = ? ORDER BY ranking", b).Scan(&out).Error
	return out, err
}
