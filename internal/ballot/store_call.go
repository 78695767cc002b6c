package ballot

import (
	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"
)

type answerRow struct {
	BallotID ID
	MemberID member.ID
	Words    string
	Ground   agree.Ground
	Names    string
	Named    db.Flag
}

func (answerRow) TableName() string { return "call_answers" }

// putAnswer keeps what somebody says beside their answer to an open call, in place of what they said before.
func putAnswer(tx *db.Tx, b ID, who member.ID, a agree.Answer) error {
	_, err := tx.Do(`INSERT INTO call_answers (ballot_id, member_id, words, ground, names, named) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (ballot_id, member_id) DO UPDATE SET words = excluded.words, ground = excluded.ground, names = excluded.names, named = excluded.named`,
		int64(b), int64(who), a.Words, string(a.Ground), a.Names, db.Flag(a.Named))
	return err
}

// hold notes that a member had an open call held open, and takes back what they answered; is is false if they have had it before.
func hold(tx *db.Tx, b ID, who member.ID) (is bool, err error) {
	n, err := tx.Do(`INSERT INTO call_answers (ballot_id, member_id, held) VALUES (?, ?, 1)
		ON CONFLICT (ballot_id, member_id) DO UPDATE SET held = 1, words = '', ground = '', names = '', named = 0 WHERE call_answers.held = 0`, int64(b), int64(who))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Do("DELETE FROM open_votes WHERE ballot_id = ? AND member_id = ?", int64(b), int64(who))
	return true, err
}

// hasHeld says whether a member has had an open call held open.
func hasHeld(tx *db.Tx, b ID, who member.ID) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM call_answers WHERE ballot_id = ? AND member_id = ? AND held = 1", b, who).Scan(&n).Error
	return n > 0, err
}

// myAnswer returns what a member has answered to an open call; the zero Answer: nothing.
func myAnswer(tx *db.Tx, b ID, who member.ID) (a agree.Answer, err error) {
	c, err := openVote(tx, b, who)
	if err != nil || c == 0 {
		return a, err
	}
	var r answerRow
	err = tx.Where("ballot_id = ? AND member_id = ?", b, who).Take(&r).Error
	return agree.Answer{Response: responseOf(c), Words: r.Words, Ground: r.Ground, Names: r.Names, Named: bool(r.Named)}, err
}

// answersTo counts the answers to a call, and returns what of them goes on record, in an order that does not tell who answered when, and who those are that are
// named there. Only closing calls it, and only if enough took part.
func answersTo(tx *db.Tx, b Ballot) (c tally.Call, said []agree.Said, named map[string]member.ID, err error) {
	named = map[string]member.ID{}
	var rows []struct {
		ID     member.ID
		Ref    string
		Choice Choice
		Words  string
		Ground agree.Ground
		Names  string
		Named  db.Flag
	}
	if err := tx.Raw(`SELECT m.id, m.ref, v.choice, a.words, a.ground, a.names, a.named FROM open_votes v
		JOIN call_answers a ON a.ballot_id = v.ballot_id AND a.member_id = v.member_id JOIN members m ON m.id = v.member_id WHERE v.ballot_id = ?`, b.ID).Scan(&rows).Error; err != nil {
		return c, nil, nil, err
	}
	all := make([]agree.Response, len(rows))
	for i, r := range rows {
		all[i] = responseOf(r.Choice)
		a := agree.Answer{Response: all[i], Words: r.Words, Ground: r.Ground, Names: r.Names, Named: bool(r.Named)}
		if s, is := a.OnRecord(r.Ref); is {
			said = append(said, s)
			if s.Member != "" {
				named[s.Member] = r.ID
			}
		}
	}
	agree.Arrange(said)
	return agree.Count(int64(b.Entitled), all), said, named, nil
}

// forgetAnswers deletes what people said beside their answers.
func forgetAnswers(tx *db.Tx, b ID) error {
	return tx.Exec("DELETE FROM call_answers WHERE ballot_id = ?", b).Error
}

type callRow struct {
	BallotID    ID
	Agree       int64
	Reservation int64
	Aside       int64
	Block       int64
}

func (callRow) TableName() string { return "calls" }

type saidRow struct {
	BallotID ID
	N        int
	Answer   agree.Response
	MemberID *member.ID
	Text     string
	Ground   agree.Ground
	Names    string
}

func (saidRow) TableName() string { return "call_words" }

// insertCall writes what a call came to, and what is on record of the answers.
func insertCall(tx *db.Tx, b Ballot, said []agree.Said, named map[string]member.ID) error {
	c := b.Answers
	if err := tx.Create(&callRow{b.ID, c.Agree, c.Reservation, c.Aside, c.Block}).Error; err != nil || len(said) == 0 {
		return err
	}
	rows := make([]saidRow, len(said))
	for i, s := range said {
		rows[i] = saidRow{BallotID: b.ID, N: i + 1, Answer: s.Response, Text: s.Words, Ground: s.Ground, Names: s.Names}
		if id, ok := named[s.Member]; ok {
			rows[i].MemberID = &id
		}
	}
	return tx.CreateInBatches(rows, 500).Error
}

// TookPart returns in which of the counted ballots a member took part, for as long as that is kept.
func TookPart(tx *db.Tx, who member.ID, in []ID) (map[ID]bool, error) {
	out := map[ID]bool{}
	if len(in) == 0 {
		return out, nil
	}
	var ids []ID
	err := tx.Raw("SELECT r.ballot_id FROM roll r JOIN turnout t ON t.ballot_id = r.ballot_id AND t.slot = r.slot WHERE r.member_id = ? AND r.ballot_id IN ?", who, in).Scan(&ids).Error
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// withCalls adds to ballots that are calls what was answered, if they are counted.
func withCalls(tx *db.Tx, bs []Ballot) error {
	var ids []ID
	for _, b := range bs {
		if b.Calls() && b.IsCounted() {
			ids = append(ids, b.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []callRow
	if err := tx.Where("ballot_id IN ?", ids).Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		for i := range bs {
			if bs[i].ID == r.BallotID {
				bs[i].Answers = tally.Call{Agree: r.Agree, Reservation: r.Reservation, Aside: r.Aside, Block: r.Block, Entitled: int64(bs[i].Entitled)}
			}
		}
	}
	return nil
}

// Told is what is on record of an answer to a call.
type Told struct {
	agree.Said
	Who member.ID // 0: they did not want it known
}

// ToldIn returns what is on record of the answers to a counted call, in the order of the record; nothing of any other ballot.
func ToldIn(tx *db.Tx, b Ballot) (out []Told, err error) {
	if !b.Calls() || !b.IsCounted() {
		return nil, nil
	}
	var rows []struct {
		Row saidRow `gorm:"embedded"`
		Ref string
	}
	err = tx.Raw("SELECT w.*, COALESCE(m.ref, '') AS ref FROM call_words w LEFT JOIN members m ON m.id = w.member_id WHERE w.ballot_id = ? ORDER BY w.n", b.ID).Scan(&rows).Error
	for _, r := range rows {
		w := r.Row
		t := Told{Said: agree.Said{Response: w.Answer, Member: r.Ref, Words: w.Text, Ground: w.Ground, Names: w.Names}}
		if w.MemberID != nil {
			t.Who = *w.MemberID
		}
		out = append(out, t)
	}
	return out, err
}
