package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"
)

// stamp is how the record writes instants.
const stamp = "2006-01-02T15:04:05.000Z"

func at(i db.Instant) string { return i.UTC().Format(stamp) }

type decisionRow struct {
	ID       int64
	Year     int
	Seq      int
	MotionID int64
	BallotID int64
	Version  int
	Title    string
	Outcome  string
	At       db.Instant
	ReviewAt db.Instant
	Rulebook int
}

func (r decisionRow) number() string { return fmt.Sprintf("%d-%03d", r.Year, r.Seq) }

const decisionColumns = "id, year, seq, motion_id, ballot_id, version, title, outcome, at, review_at, rulebook"

// findDecision returns the group's decision with the number, or fault.NotFound.
func findDecision(tx *db.Tx, g member.Group, number string) (decisionRow, error) {
	none := fault.New(fault.NotFound, "fault.not_found")
	y, n, _ := strings.Cut(number, "-")
	year, errY := strconv.Atoi(y)
	seq, errN := strconv.Atoi(n)
	if errY != nil || errN != nil || (decisionRow{Year: year, Seq: seq}).number() != number {
		return decisionRow{}, none
	}
	var rows []decisionRow
	err := tx.Raw("SELECT "+decisionColumns+" FROM decisions WHERE group_id = ? AND year = ? AND seq = ?", g.ID, year, seq).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return decisionRow{}, errOr(err, none)
	}
	return rows[0], nil
}

func errOr(err error, other error) error {
	if err != nil {
		return err
	}
	return other
}

// decisionsAfter returns up to limit decisions of the group after the one with the id, in the order they were made.
func decisionsAfter(tx *db.Tx, g member.GroupID, id int64, limit int) (rows []decisionRow, err error) {
	err = tx.Raw("SELECT "+decisionColumns+" FROM decisions WHERE group_id = ? AND id > ? ORDER BY id LIMIT ?", g, id, limit).Scan(&rows).Error
	return rows, err
}

// newestDecisions returns up to limit decisions of the group, the newest first.
func newestDecisions(tx *db.Tx, g member.GroupID, limit int) (rows []decisionRow, err error) {
	err = tx.Raw("SELECT "+decisionColumns+" FROM decisions WHERE group_id = ? ORDER BY id DESC LIMIT ?", g, limit).Scan(&rows).Error
	return rows, err
}

// memberNames returns what everybody who is or was a member is called, by reference; who took their name away is not
// in it.
func memberNames(tx *db.Tx, g member.GroupID) (map[string]string, error) {
	var rows []struct{ Ref, Name string }
	if err := tx.Raw("SELECT ref, name FROM members WHERE group_id = ? AND name <> ''", g).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Ref] = r.Name
	}
	return out, nil
}

// aMember finds the references of members in a leaf.
var aMember = regexp.MustCompile(`"(m_[0-9a-z]+)"`)

// namesIn returns what the members named in the entries are called.
func namesIn(tx *db.Tx, g member.GroupID, es []ledger.Entry) (map[string]string, error) {
	var refs []string
	for _, e := range es {
		for _, m := range aMember.FindAllStringSubmatch(e.Leaf, -1) {
			refs = append(refs, m[1])
		}
	}
	var rows []struct{ Ref, Name string }
	if err := tx.Raw("SELECT ref, name FROM members WHERE group_id = ? AND name <> '' AND ref IN ?", g, append(refs, "")).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Ref] = r.Name
	}
	return out, nil
}

type placeRow struct {
	Ref    string
	Number int
	Key    string
	Seat   int
}

func (r placeRow) place() Place { return Place{Role: r.Key, Seat: r.Seat} }

func placesOfTerms(tx *db.Tx, g member.GroupID, refs []string) (rows []placeRow, err error) {
	err = tx.Raw("SELECT t.ref, r.key, t.seat FROM terms t JOIN roles r ON r.id = t.role_id WHERE t.group_id = ? AND t.ref IN ?", g, refs).Scan(&rows).Error
	return rows, err
}

// seatsOf finds the roles of what has a number in its group.
var seatsOf = map[string]string{
	"draw":      "SELECT o.number, r.key, 0 AS seat FROM draws o JOIN roles r ON r.id = o.role_id WHERE o.group_id = ? AND o.number IN ?",
	"election":  "SELECT o.number, r.key, 0 AS seat FROM elections o JOIN roles r ON r.id = o.role_id WHERE o.group_id = ? AND o.number IN ?",
	"vacancy":   "SELECT o.number, r.key, o.seat FROM vacancies o JOIN roles r ON r.id = o.role_id WHERE o.group_id = ? AND o.number IN ?",
	"asking":    "SELECT o.number, r.key, 0 AS seat FROM askings o JOIN roles r ON r.id = o.role_id WHERE o.group_id = ? AND o.number IN ?",
	"selection": "SELECT o.number, r.key, 0 AS seat FROM selections o JOIN roles r ON r.id = o.role_id WHERE o.group_id = ? AND o.number IN ?",
	"petition":  "SELECT o.number, r.key, t.seat FROM petitions o JOIN terms t ON t.id = o.term_id JOIN roles r ON r.id = t.role_id WHERE o.group_id = ? AND o.number IN ?",
}

func placesOfThings(tx *db.Tx, g member.GroupID, query string, numbers []int) (rows []placeRow, err error) {
	err = tx.Raw(query, g, numbers).Scan(&rows).Error
	return rows, err
}

type titleRow struct {
	Year   int // 0: a proposal
	Number int
	Title  string
}

func (r titleRow) ref() string {
	if r.Year == 0 {
		return "motion/" + strconv.Itoa(r.Number)
	}
	return "decision/" + decisionRow{Year: r.Year, Seq: r.Number}.number()
}

// titlesOf returns the titles of proposals by their numbers, and of decisions by their years and numbers in them, which may be a few more.
func titlesOf(tx *db.Tx, g member.GroupID, motions, years, seqs []int) (rows []titleRow, err error) {
	if len(motions) > 0 {
		err = tx.Raw("SELECT 0 AS year, number, title FROM motions WHERE group_id = ? AND number IN ? AND state <> 'draft'", g, motions).Scan(&rows).Error
	}
	if err != nil || len(years) == 0 {
		return rows, err
	}
	var decided []titleRow
	err = tx.Raw("SELECT year, seq AS number, title FROM decisions WHERE group_id = ? AND year IN ? AND seq IN ?", g, years, seqs).Scan(&decided).Error
	return append(rows, decided...), err
}

// decision reads a decision with everything it rests on.
func (j job) decision(d decisionRow) (r record, err error) {
	r = record{
		Number: d.number(), At: at(d.At), Title: d.Title, Outcome: d.Outcome, Version: d.Version,
		Versions: []version{}, Statements: []statement{}, Dissents: []dissent{}, Codes: []string{}, Entries: []int64{},
		closed: d.At.Time,
	}
	if !d.ReviewAt.IsZero() {
		review := at(d.ReviewAt)
		r.ReviewAt, r.review = &review, d.ReviewAt.Time
	}
	for _, read := range []func(decisionRow) error{
		func(d decisionRow) error { return r.readBallot(j.tx, d) },
		func(d decisionRow) error { return r.readMotion(j.tx, d) },
		func(d decisionRow) error { return r.readVoices(j.tx, d) },
		func(d decisionRow) error { return r.readRules(j.tx, j.group.ID, d) },
		func(d decisionRow) error { return r.readAbsent(j.tx, decision.ID(d.ID)) },
		func(decisionRow) error { return r.readEntries(j.tx, j.group.Log()) },
	} {
		if err := read(d); err != nil {
			return r, fmt.Errorf("read decision %s: %w", r.Number, err)
		}
	}
	return r, nil
}

func (r *record) readBallot(tx *db.Tx, d decisionRow) error {
	b, err := ballots.Get(tx, ballots.ID(d.BallotID))
	if err != nil {
		return err
	}
	res, err := b.Result()
	if err != nil {
		return err
	}
	r.result, r.Reason, r.secret, r.opened = res, string(res.Reason), b.Secret, b.Opens
	switch {
	case b.Calls():
		if err := r.readCall(tx, b); err != nil {
			return err
		}
	case b.Ranked():
		if err := r.readElected(tx, b); err != nil {
			return err
		}
	default:
		r.Rule = &rule{Base: string(b.Rule.Base), Den: b.Rule.Den, Num: b.Rule.Num, Strict: b.Rule.Strict}
	}
	r.Votes = votes{Turnout: res.Turnout, Entitled: int64(b.Entitled), Active: int64(b.Active), Quorum: int64(b.Quorum)}
	r.frozen = b
	if v := res.Votes; res.Outcome != tally.Inquorate && b.ForAgainst() {
		r.Votes.For, r.Votes.Against, r.Votes.Abstain = &v.For, &v.Against, &v.Abstain
	}
	r.Ballot = ballot{
		Ref: b.Ref, Round: b.Round, Secret: b.Secret, Receipt: string(b.Receipts), OpensAt: at(db.At(b.Opens)), ClosesAt: at(db.At(b.Planned)),
		RollHash: hex.EncodeToString(b.Roll[:]), QuestionHash: hex.EncodeToString(b.Question[:]),
	}
	if b.InRoom() {
		if err := r.readRoom(tx, b); err != nil {
			return err
		}
	}
	if b.Secret {
		r.Ballot.Papers = res.Turnout
	}
	if !b.HasCodes() {
		return nil
	}
	r.Ballot.PapersHash = hex.EncodeToString(b.Papers[:])
	papers, err := ballots.Published(tx, b.ID, "", 0)
	for _, p := range papers {
		line := p.Code
		if p.Choice != 0 {
			line += " " + strconv.Itoa(int(p.Choice))
		}
		r.Codes = append(r.Codes, line)
	}
	return err
}

// readRoom reads where a vote was held, and who voted how if that is published.
func (r *record) readRoom(tx *db.Tx, b ballots.Ballot) error {
	r.Room = &room{Meeting: b.Meeting, Present: b.Present, Urgent: b.Urgent, ClosedAt: at(db.At(b.Closes))}
	votes, err := ballots.NamedVotes(tx, b)
	if err != nil {
		return err
	}
	ids := make([]member.ID, len(votes))
	for i, v := range votes {
		ids[i] = v.Member
	}
	people, err := member.Many(tx, ids)
	for _, v := range votes {
		r.Room.Votes = append(r.Room.Votes, namedVote{people[v.Member].Ref, v.Choice.String()})
	}
	if err == nil && b.ByHand > 0 {
		err = r.readHands(tx, b)
	}
	slices.SortFunc(r.Room.Votes, func(a, b namedVote) int { return strings.Compare(a.Member, b.Member) })
	return err
}

// readElected reads who was elected, as the count has it.
func (r *record) readElected(tx *db.Tx, b ballots.Ballot) error {
	r.Election = &elected{Method: b.Method, Seats: b.Seats, Elected: []string{}}
	text, err := ballots.SheetOf(tx, b.ID)
	if db.IsNotFound(err) {
		return nil // too few took part
	}
	var sheet tally.Sheet
	if err == nil {
		err = json.Unmarshal([]byte(text), &sheet)
	}
	for _, n := range sheet.Elected {
		if n != b.RON {
			r.Election.Elected = append(r.Election.Elected, b.Options[n-1])
		}
	}
	if err != nil || len(r.Election.Elected) == 0 {
		return err
	}
	var rows []struct{ Ref, Member string }
	err = tx.Raw(`SELECT CASE WHEN c.share <> '' THEN c.share ELSE c.ref END AS ref, m.ref AS member FROM candidates c
		JOIN members m ON m.id = c.member_id JOIN elections e ON e.id = c.election_id
		WHERE e.motion_id = ? AND c.accepted_at IS NOT NULL AND c.gone_at IS NULL ORDER BY CASE WHEN c.ref = c.share THEN 0 ELSE 1 END, c.ref`, b.Motion).Scan(&rows).Error
	r.standing = map[string][]string{}
	for _, row := range rows {
		r.standing[row.Ref] = append(r.standing[row.Ref], row.Member)
	}
	return err
}

func (r *record) readMotion(tx *db.Tx, d decisionRow) error {
	var m struct {
		Number      int
		Kind        string
		AboutPerson db.Flag
		Mover       string
		SoughtAt    db.Instant
		Supporters  int
	}
	if err := tx.Raw(`SELECT m.number, m.kind, m.about_person, COALESCE(p.ref, '') AS mover, m.sought_at, m.supporters FROM motions m
		LEFT JOIN members p ON p.id = m.mover_id WHERE m.id = ?`, d.MotionID).Scan(&m).Error; err != nil {
		return err
	}
	r.Proposal = proposal{
		Ref: "motion/" + strconv.Itoa(m.Number), Kind: m.Kind, AboutPerson: bool(m.AboutPerson), Mover: m.Mover, ProposedAt: at(m.SoughtAt), signed: m.Supporters,
	}
	texts, err := textsOf(tx, d.MotionID)
	if err != nil {
		return err
	}
	for _, t := range texts {
		r.Versions = append(r.Versions, t.version)
		if t.N != d.Version {
			continue
		}
		r.Clauses, r.TextHash, r.Effect = t.version.Clauses, t.version.TextHash, t.effect
		p := &r.Proposal
		p.Why, p.Able, p.Won, p.Partly, p.NotAcceptable = t.Why, t.Able, t.Won, t.Partly, t.NotAcceptable
	}
	return nil
}

// motionText is a version of a proposal with all its words.
type motionText struct {
	version
	Why, Able, Won, Partly, NotAcceptable string
	effect                                json.RawMessage // what happens by itself if it is carried; nil: nothing
	at                                    time.Time
}

func textsOf(tx *db.Tx, motion int64) ([]motionText, error) {
	var rows []struct {
		N                                            int
		Title, Why, Able, Won, Partly, NotAcceptable string
		Effect                                       string
		At                                           db.Instant
		Hash                                         []byte
	}
	if err := tx.Raw("SELECT n, title, why, able, won, partly, not_acceptable, effect, at, hash FROM motion_versions WHERE motion_id = ? ORDER BY n", motion).
		Scan(&rows).Error; err != nil {
		return nil, err
	}
	var parts []struct {
		N, ClauseID int
		Text        string
	}
	if err := tx.Raw("SELECT n, clause_id, text FROM clauses WHERE motion_id = ? ORDER BY n, pos", motion).Scan(&parts).Error; err != nil {
		return nil, err
	}
	byVersion := map[int][]clause{}
	for _, c := range parts {
		byVersion[c.N] = append(byVersion[c.N], clause{c.ClauseID, c.Text})
	}
	out := make([]motionText, len(rows))
	for i, r := range rows {
		out[i] = motionText{
			version: version{N: r.N, At: at(r.At), Title: r.Title, Clauses: byVersion[r.N], TextHash: hex.EncodeToString(r.Hash)},
			Why:     r.Why, Able: r.Able, Won: r.Won, Partly: r.Partly, NotAcceptable: r.NotAcceptable, at: r.At.Time,
		}
		if r.Effect != "" {
			out[i].effect = json.RawMessage(r.Effect)
		}
		if out[i].Clauses == nil {
			out[i].Clauses = []clause{}
		}
	}
	return out, nil
}

func statementsOf(tx *db.Tx, motion int64) ([]statement, error) {
	var rows []struct {
		At             db.Instant
		By, Side, Text string
	}
	if err := tx.Raw(`SELECT s.at, p.ref AS by, s.side, s.text FROM statements s JOIN members p ON p.id = s.member_id
		WHERE s.motion_id = ? ORDER BY s.at, p.ref, s.side`, motion).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := []statement{}
	for _, s := range rows {
		out = append(out, statement{at(s.At), s.By, s.Side, s.Text})
	}
	return out, nil
}

func (r *record) readVoices(tx *db.Tx, d decisionRow) (err error) {
	if r.Statements, err = statementsOf(tx, d.MotionID); err != nil {
		return err
	}
	var rows []struct {
		ID      int64
		At      db.Instant
		By      string
		Late    db.Flag
		Signers int64
		Text    string
	}
	if err := tx.Raw(`SELECT d.id, d.at, p.ref AS by, d.late, d.signers, d.text FROM dissents d JOIN members p ON p.id = d.author_id
		WHERE d.decision_id = ? ORDER BY d.at, d.id`, d.ID).Scan(&rows).Error; err != nil {
		return err
	}
	for _, s := range rows {
		r.Dissents = append(r.Dissents, dissent{s.ID, at(s.At), s.By, bool(s.Late), s.Signers, s.Text})
	}
	return nil
}

func (r *record) readRules(tx *db.Tx, g member.GroupID, d decisionRow) error {
	var v struct {
		Params string
		Hash   []byte
	}
	if err := tx.Raw("SELECT params, hash FROM rulebooks WHERE group_id = ? AND number = ?", g, d.Rulebook).Scan(&v).Error; err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(v.Params))
	r.Rules = rules{Number: d.Rulebook, Hash: hex.EncodeToString(sum[:]), Version: hex.EncodeToString(v.Hash)}
	return nil
}

// What a decision rests on, by subject.
var (
	motionKinds  = []string{"motion.proposed", "motion.reworded", "motion.tabled", "motion.untabled", "motion.statement", "motion.taken_over", "motion.scheduled", "motion.back_to_draft", "motion.blocked", "motion.not_reached", "motion.sent_online", "motion.sooner"}
	otherKinds   = []string{"ballot.opened", "ballot.extended", "ballot.hands_fewer", "ballot.closed", "decision.recorded", "decision.record_out", "decision.objected", "decision.stands", "decision.stopped", "dissent.filed", "dissent.signed", "rulebook.begun"}
	personKinds  = []string{"member.joined", "member.renamed", "member.name_removed"}
	generalKinds = []string{"group.started", "operator.rekeyed"}
)

func (r *record) readEntries(tx *db.Tx, log ledger.Log) error {
	if err := tx.Raw(`SELECT n FROM ledger_entries WHERE group_id = ? AND ((subject = ? AND kind IN ?) OR (subject IN ? AND kind IN ?)) ORDER BY n`,
		int64(log), r.Proposal.Ref, motionKinds,
		[]string{"ballot/" + r.Ballot.Ref, "decision/" + r.Number, "rulebook/" + strconv.Itoa(r.Rules.Number)}, otherKinds).
		Scan(&r.Entries).Error; err != nil {
		return err
	}
	es, err := entriesAt(tx, log, r.Entries)
	if err != nil {
		return err
	}
	return r.settle(es)
}

// placesOf returns the entries of the kinds about the subjects.
func placesOf(tx *db.Tx, log ledger.Log, subjects, kinds []string) (ns []int64, err error) {
	err = tx.Raw("SELECT n FROM ledger_entries WHERE group_id = ? AND subject IN ? AND kind IN ? ORDER BY n", int64(log), subjects, kinds).Scan(&ns).Error
	return ns, err
}

// entriesAt returns the entries at the places, in order.
func entriesAt(tx *db.Tx, log ledger.Log, places []int64) ([]ledger.Entry, error) {
	var rows []struct {
		N                   int64
		At                  db.Instant
		Kind, Subject, Leaf string
	}
	if err := tx.Raw("SELECT n, at, kind, subject, leaf FROM ledger_entries WHERE group_id = ? AND n IN ? ORDER BY n", int64(log), places).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]ledger.Entry, len(rows))
	for i, r := range rows {
		out[i] = ledger.Entry{Log: log, N: r.N, At: r.At.Time, Kind: r.Kind, Subject: r.Subject, Leaf: r.Leaf}
	}
	return out, nil
}

// removals returns the entries that say that a text was removed, by the text's hash.
func removals(tx *db.Tx, log ledger.Log) (map[string]int64, error) {
	var rows []struct {
		N    int64
		Leaf string
	}
	if err := tx.Raw("SELECT n, leaf FROM ledger_entries WHERE group_id = ? AND subject = 'group' AND kind = 'text.removed' ORDER BY n", int64(log)).
		Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, r := range rows {
		var said struct{ Data struct{ Hash string } }
		if err := json.Unmarshal([]byte(r.Leaf), &said); err != nil {
			return nil, fmt.Errorf("entry %d: %w", r.N, err)
		}
		out[said.Data.Hash] = r.N
	}
	return out, nil
}
