package election

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

type row struct {
	ID       ID
	GroupID  member.GroupID
	RoleID   role.ID
	MotionID motion.ID
	Number   int
	State    State
	Seats    string
	Rulebook int
	OpenedAt db.Instant
	UntilAt  db.Instant
	Extended db.Flag
	OpensAt  db.Instant
	FinalAt  db.Instant
	StartsAt db.Instant
	Relaxed  string
	Decision string
	DueAt    db.Instant

	Reserved    int
	ReservedFor string
}

func (row) TableName() string { return "elections" }

func (r row) election() Election {
	return Election{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Motion: r.MotionID, Number: r.Number, State: r.State, Seats: role.ParseVacancies(r.Seats),
		Rulebook: r.Rulebook, Opened: r.OpenedAt.Time, Until: r.UntilAt.Time, Extended: bool(r.Extended), Opens: r.OpensAt.Time,
		Final: r.FinalAt.Time, Starts: r.StartsAt.Time, Relaxed: role.ParseBars(r.Relaxed), Decision: r.Decision, due: r.DueAt.Time,
		Reserved: r.Reserved, For: r.ReservedFor,
	}
}

func insert(tx *db.Tx, e Election) (Election, error) {
	r := row{
		GroupID: e.Group, RoleID: e.Role, MotionID: e.Motion, Number: e.Number, State: e.State, Seats: role.WriteVacancies(e.Seats), Rulebook: e.Rulebook,
		OpenedAt: db.At(e.Opened), UntilAt: db.At(e.Until), OpensAt: db.At(e.Opens), StartsAt: db.At(e.Starts), DueAt: db.At(e.due),
		Reserved: e.Reserved, ReservedFor: e.For,
	}
	err := tx.Create(&r).Error
	e.ID = r.ID
	return e, err
}

// put stores how far an election is that was at another state.
func put(tx *db.Tx, e Election, was State) error {
	return db.Affected(tx.Model(&row{}).Where("id = ? AND state = ?", e.ID, was).Updates(map[string]any{
		"state": e.State, "until_at": db.At(e.Until), "extended": db.Flag(e.Extended), "opens_at": db.At(e.Opens), "final_at": db.At(e.Final),
		"starts_at": db.At(e.Starts), "relaxed": role.WriteBars(e.Relaxed), "decision": e.Decision, "due_at": db.At(e.due),
	}), 1)
}

// get returns the election with the id, or fault.NotFound.
func get(tx *db.Tx, id ID) (Election, error) {
	var r row
	err := tx.Where("id = ?", id).Take(&r).Error
	return r.election(), err
}

// find returns the group's election with the number of its motion, or fault.NotFound.
func find(tx *db.Tx, g member.GroupID, number int) (Election, error) {
	var r row
	err := tx.Where("group_id = ? AND number = ?", g, number).Take(&r).Error
	return r.election(), err
}

// Of returns the election that the motion is, or fault.NotFound.
func Of(tx *db.Tx, m motion.ID) (Election, error) {
	var r row
	err := tx.Where("motion_id = ?", m).Take(&r).Error
	return r.election(), err
}

func elections(rows []row) []Election {
	out := make([]Election, len(rows))
	for i, r := range rows {
		out[i] = r.election()
	}
	return out
}

// open returns the group's elections that have not ended, the oldest first.
func open(tx *db.Tx, g member.GroupID) ([]Election, error) {
	var rows []row
	err := tx.Where("group_id = ? AND state NOT IN ?", g, []State{Final, Nobody}).Order("id").Find(&rows).Error
	return elections(rows), err
}

// nextDue finds the earliest of what dueOnes returns once its time has come.
const nextDue = "SELECT MIN(due_at) FROM elections WHERE due_at IS NOT NULL"

// dueOnes returns up to limit elections for which time alone has something to do, the longest overdue first.
func dueOnes(tx *db.Tx, limit int) ([]Election, error) {
	var rows []row
	err := tx.Where("due_at <= ?", db.At(tx.Now)).Order("due_at, id").Limit(limit).Find(&rows).Error
	return elections(rows), err
}

type candidateRow struct {
	ID         CandidateID
	Ref        string
	ElectionID ID
	MemberID   member.ID
	AskedAt    db.Instant
	AcceptedAt db.Instant
	GoneAt     db.Instant
	Statement  string
	Interests  string
	Turn       *int
	Seat       *int
	Approved   db.Flag
	Share      string
	Reserved   db.Flag
	Trial      db.Flag
}

func (candidateRow) TableName() string { return "candidates" }

func (r candidateRow) candidate() Candidate {
	c := Candidate{
		ID: r.ID, Ref: r.Ref, Election: r.ElectionID, Member: r.MemberID, Asked: r.AskedAt.Time, Accepted: r.AcceptedAt.Time, Gone: r.GoneAt.Time,
		Statement: r.Statement, Interests: r.Interests, Approved: bool(r.Approved), Share: r.Share, Reserved: bool(r.Reserved),
		Trial: bool(r.Trial),
	}
	if r.Turn != nil && r.Seat != nil {
		c.Turn, c.Seat = *r.Turn, *r.Seat
	}
	return c
}

// insertCandidate puts somebody up; db.IsDuplicate tells that they are already.
func insertCandidate(tx *db.Tx, c Candidate) (Candidate, error) {
	r := candidateRow{Ref: c.Ref, ElectionID: c.Election, MemberID: c.Member, AskedAt: db.At(c.Asked), AcceptedAt: db.At(c.Accepted), Statement: c.Statement, Interests: c.Interests}
	err := tx.Create(&r).Error
	c.ID = r.ID
	return c, err
}

// putCandidate stores what changes of a candidature until the ballot opens.
func putCandidate(tx *db.Tx, c Candidate) error {
	return db.Affected(tx.Model(&candidateRow{}).Where("id = ?", c.ID).Updates(map[string]any{
		"accepted_at": db.At(c.Accepted), "gone_at": db.At(c.Gone), "statement": c.Statement, "interests": c.Interests,
		"share": c.Share, "reserved": db.Flag(c.Reserved), "trial": db.Flag(c.Trial),
	}), 1)
}

// seat notes that a candidate was elected.
func seat(tx *db.Tx, c CandidateID, turn, number int) error {
	return db.Affected(tx.Exec("UPDATE candidates SET turn = ?, seat = ? WHERE id = ? AND turn IS NULL", turn, number, c), 1)
}

// approve notes that at least half of the papers name a candidate.
func approve(tx *db.Tx, c CandidateID) error {
	return db.Affected(tx.Exec("UPDATE candidates SET approved = 1 WHERE id = ?", c), 1)
}

// candidates returns who was put up, in the order of their references, which tells nothing.
func candidates(tx *db.Tx, e ID) (out []Candidate, err error) {
	var rows []candidateRow
	err = tx.Where("election_id = ?", e).Order("ref").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.candidate())
	}
	return out, err
}

// stand returns those of them who stand.
func stand(all []Candidate) (out []Candidate) {
	for _, c := range all {
		if c.Stands() {
			out = append(out, c)
		}
	}
	return out
}

// askedOf returns the candidatures of a member in open elections of the group that they have neither accepted nor declined, and those in
// elections to come in which they stand together with others.
func askedOf(tx *db.Tx, g member.GroupID, m member.ID) (out []Candidate, err error) {
	var rows []candidateRow
	err = tx.Raw(`SELECT c.* FROM candidates c JOIN elections e ON e.id = c.election_id
		WHERE c.member_id = ? AND c.gone_at IS NULL AND e.group_id = ? AND (c.accepted_at IS NULL AND e.state = ? AND e.until_at > ?
		OR c.accepted_at IS NOT NULL AND c.share <> '' AND e.state IN ? AND e.opens_at > ?) ORDER BY c.election_id`,
		m, g, Nominating, db.At(tx.Now), []State{Nominating, Answering}, db.At(tx.Now)).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, r.candidate())
	}
	return out, err
}

// Stands says whether the member stands, or stood to the end, in the election that the motion is; also as who they were before they left and joined
// again with the same account.
func Stands(tx *db.Tx, m motion.ID, who member.ID) (bool, error) {
	var n int
	err := tx.Raw(`SELECT COUNT(*) FROM elections e JOIN candidates c ON c.election_id = e.id JOIN members was ON was.id = c.member_id
		JOIN members me ON me.person_id = was.person_id WHERE e.motion_id = ? AND me.id = ? AND c.accepted_at IS NOT NULL AND c.gone_at IS NULL`,
		m, who).Scan(&n).Error
	return n > 0, err
}

// standings returns the candidatures of a member that they can still step back from.
func standings(tx *db.Tx, m member.ID) (out []Candidate, err error) {
	var rows []candidateRow
	err = tx.Raw(`SELECT c.* FROM candidates c JOIN elections e ON e.id = c.election_id
		WHERE c.member_id = ? AND c.gone_at IS NULL AND e.state IN ? ORDER BY c.id`, m, []State{Nominating, Answering}).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, r.candidate())
	}
	return out, err
}

type questionRow struct {
	ID         QuestionID
	ElectionID ID
	AuthorID   member.ID
	Text       string
	At         db.Instant
}

func (questionRow) TableName() string { return "election_questions" }

func insertQuestion(tx *db.Tx, q Question) (Question, error) {
	r := questionRow{ElectionID: q.Election, AuthorID: q.Author, Text: q.Text, At: db.At(q.At)}
	err := tx.Create(&r).Error
	q.ID = r.ID
	return q, err
}

func questions(tx *db.Tx, e ID) (out []Question, err error) {
	var rows []questionRow
	err = tx.Where("election_id = ?", e).Order("id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, Question{r.ID, r.ElectionID, r.AuthorID, r.Text, r.At.Time})
	}
	return out, err
}

// putAnswer keeps a candidate's answer in place of an earlier one.
func putAnswer(tx *db.Tx, a Answer) error {
	return tx.Exec(`INSERT INTO election_answers (question_id, candidate_id, text, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (question_id, candidate_id) DO UPDATE SET text = excluded.text, at = excluded.at`, a.Question, a.Candidate, a.Text, db.At(a.At)).Error
}

// answers returns all answers, also those that nobody may read yet.
func answers(tx *db.Tx, e ID) (out []Answer, err error) {
	var rows []struct {
		QuestionID  QuestionID
		CandidateID CandidateID
		Text        string
		At          db.Instant
	}
	err = tx.Raw(`SELECT a.* FROM election_questions q JOIN election_answers a ON a.question_id = q.id
		WHERE q.election_id = ? ORDER BY a.question_id, a.candidate_id`, e).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Answer{r.QuestionID, r.CandidateID, r.Text, r.At.Time})
	}
	return out, err
}

// insertObjection keeps a member's objection; db.IsDuplicate tells that they have made one.
func insertObjection(tx *db.Tx, e ID, o Objection) error {
	return tx.Exec("INSERT INTO election_objections (election_id, member_id, text, at) VALUES (?, ?, ?, ?)", e, o.Member, o.Text, db.At(o.At)).Error
}

func objections(tx *db.Tx, e ID) (out []Objection, err error) {
	var rows []struct {
		MemberID member.ID
		Text     string
		At       db.Instant
	}
	err = tx.Raw("SELECT member_id, text, at FROM election_objections WHERE election_id = ? ORDER BY at, member_id", e).Scan(&rows).Error
	for _, r := range rows {
		out = append(out, Objection{r.MemberID, r.Text, r.At.Time})
	}
	return out, err
}

// latest returns the newest election of each of the roles.
func latest(tx *db.Tx, roles []role.ID) (map[role.ID]Election, error) {
	var rows []row
	err := tx.Raw("SELECT e.* FROM elections e JOIN (SELECT MAX(id) AS id FROM elections WHERE role_id IN ? GROUP BY role_id) n ON n.id = e.id", roles).Scan(&rows).Error
	out := make(map[role.ID]Election, len(rows))
	for _, e := range elections(rows) {
		out[e.Role] = e
	}
	return out, err
}

// winners returns the candidates who were elected in the elections that the group's motions are, by reference, with their names.
func winners(tx *db.Tx, g member.GroupID, motions []motion.ID) (map[motion.ID][]Candidate, map[member.ID]member.Member, error) {
	var rows []struct {
		MotionID motion.ID
		Called   string
		Row      candidateRow `gorm:"embedded"`
	}
	err := tx.Raw(`SELECT e.motion_id, m.name AS called, c.* FROM elections e JOIN candidates c ON c.election_id = e.id JOIN members m ON m.id = c.member_id
		WHERE e.motion_id IN ? AND e.group_id = ? AND c.turn IS NOT NULL ORDER BY c.ref`, motions, g).Scan(&rows).Error
	out, people := map[motion.ID][]Candidate{}, map[member.ID]member.Member{}
	for _, r := range rows {
		c := r.Row.candidate()
		out[r.MotionID], people[c.Member] = append(out[r.MotionID], c), member.Member{ID: c.Member, Name: r.Called}
	}
	return out, people, err
}
