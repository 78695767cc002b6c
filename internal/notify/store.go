package notify

import (
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/db"
	"folkmoot/internal/member"

	"gorm.io/gorm/clause"
)

type letterRow struct {
	ID       int64
	GroupID  member.GroupID
	Kind     Kind
	Subject  string
	Revision int
	Lang     string
	Title    string
	Body     string
	HTML     string `gorm:"column:html"`
	ICS      string `gorm:"column:ics"`
	MadeAt   db.Instant
}

func (letterRow) TableName() string { return "letters" }

type mailRow struct {
	ID        int64
	LetterID  int64
	GroupID   member.GroupID
	MemberID  member.ID
	Kind      Kind
	Subject   string
	Revision  int
	State     State
	Attempts  int
	QueuedAt  db.Instant
	NextAt    db.Instant
	SettledAt db.Instant
	Error     Code
}

func (mailRow) TableName() string { return "mails" }

type feedRow struct {
	PersonID member.PersonID
	Hash     []byte
	MadeAt   db.Instant
}

func (feedRow) TableName() string { return "calendar_feeds" }

// putLetter keeps the letter and returns its number. One that was kept before, emptied meanwhile or from when nothing was sent, is filled.
func putLetter(tx *db.Tx, n Notice, l Letter, sends bool) (id int64, err error) {
	r := letterRow{GroupID: n.Group.ID, Kind: n.Kind, Subject: n.Subject, Revision: n.Revision, Lang: l.Lang, Title: l.Title, MadeAt: db.At(tx.Now)}
	if sends {
		r.Body, r.HTML, r.ICS = l.Text, l.HTML, l.ICS
	}
	conflict := clause.OnConflict{
		Columns:   []clause.Column{{Name: "group_id"}, {Name: "kind"}, {Name: "subject"}, {Name: "revision"}, {Name: "lang"}},
		DoNothing: true,
	}
	if sends {
		conflict.DoNothing, conflict.DoUpdates = false, clause.AssignmentColumns([]string{"title", "body", "html", "ics", "made_at"})
	}
	if err := tx.Clauses(conflict).Create(&r).Error; err != nil {
		return 0, err
	}
	err = tx.Raw("SELECT id FROM letters WHERE group_id = ? AND kind = ? AND subject = ? AND revision = ? AND lang = ?",
		n.Group.ID, n.Kind, n.Subject, n.Revision, l.Lang).Scan(&id).Error
	return id, err
}

// mailBatch is how many mails are written in one statement.
const mailBatch = 200

// putMails queues mails, but those that are queued already.
func putMails(tx *db.Tx, rows []mailRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, mailBatch).Error
}

// known returns those of the members for whom the notice is queued already.
func known(tx *db.Tx, n Notice, ids []member.ID) (map[member.ID]bool, error) {
	out := map[member.ID]bool{}
	for part := range slices.Chunk(ids, mailBatch) {
		var found []member.ID
		err := tx.Raw("SELECT member_id FROM mails WHERE member_id IN ? AND kind = ? AND subject = ? AND revision = ?", part, n.Kind, n.Subject, n.Revision).Scan(&found).Error
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			out[id] = true
		}
	}
	return out, nil
}

// outgoing is a mail that is to be sent, with what is said in it and who gets it.
type outgoing struct {
	mailRow
	letter letterRow
	group  string
	slug   string
	to     account.Contact // zero: they have left
}

// anyDue says whether something is to be sent, or was being sent when the program ended.
func anyDue(tx *db.Tx) (bool, error) {
	found := 0
	_, err := tx.Row("SELECT 1 FROM mails WHERE next_at <= ? LIMIT 1", []any{db.At(tx.Now)}, &found)
	if err == nil && found == 0 {
		_, err = tx.Row("SELECT 1 FROM mails WHERE state = 'sending' LIMIT 1", nil, &found)
	}
	return found != 0, err
}

// orphans has what was being sent when the program ended wait as after any other try that failed.
func orphans(tx *db.Tx) error {
	var rows []mailRow
	if err := tx.Where("state = 'sending'").Order("id").Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		if err := retry(tx, r, Broken, tx.Now.Add(wait(r.Attempts))); err != nil {
			return err
		}
	}
	return nil
}

// claim takes the mails that are due, the longest waiting first, so that they are being sent.
func claim(tx *db.Tx, limit int) ([]outgoing, error) {
	var rows []mailRow
	if err := tx.Where("next_at <= ?", db.At(tx.Now)).Order("next_at, id").Limit(limit).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	var mails, letters []int64
	var who []member.ID
	for _, r := range rows {
		mails, letters, who = append(mails, r.ID), append(letters, r.LetterID), append(who, r.MemberID)
	}
	err := tx.Exec("UPDATE mails SET state = 'sending', next_at = NULL, attempts = attempts + 1 WHERE id IN ?", mails).Error
	if err != nil {
		return nil, err
	}
	said, err := lettersByID(tx, letters)
	if err != nil {
		return nil, err
	}
	to, err := account.Contacts(tx, who)
	if err != nil {
		return nil, err
	}
	out := make([]outgoing, len(rows))
	for i, r := range rows {
		r.State, r.NextAt = Sending, db.Instant{}
		r.Attempts++
		l := said[r.LetterID]
		out[i] = outgoing{mailRow: r, letter: l.Letter, group: l.GroupName, slug: l.Slug, to: to[r.MemberID]}
	}
	return out, nil
}

type namedLetter struct {
	Letter    letterRow `gorm:"embedded"`
	GroupName string
	Slug      string
}

func lettersByID(tx *db.Tx, ids []int64) (map[int64]namedLetter, error) {
	var rows []namedLetter
	err := tx.Raw("SELECT l.*, g.name AS group_name, g.slug FROM letters l JOIN groups g ON g.id = l.group_id WHERE l.id IN ?", ids).Scan(&rows).Error
	out := make(map[int64]namedLetter, len(rows))
	for _, r := range rows {
		out[r.Letter.ID] = r
	}
	return out, err
}

// settle notes that nothing more happens to the mail. It is no error if its reader has left meanwhile.
func settle(tx *db.Tx, id int64, s State, why Code) error {
	return tx.Exec("UPDATE mails SET state = ?, next_at = NULL, settled_at = ?, error = ? WHERE id = ?", s, db.At(tx.Now), why, id).Error
}

// retry notes that the mail is tried again.
func retry(tx *db.Tx, r mailRow, why Code, at time.Time) error {
	return tx.Exec("UPDATE mails SET state = ?, next_at = ?, settled_at = NULL, error = ? WHERE id = ?", Failed, db.At(at), why, r.ID).Error
}

// release has a mail that was not tried wait as it did before.
func release(tx *db.Tx, r mailRow) error {
	state := Waiting
	if r.Attempts > 1 {
		state = Failed
	}
	return tx.Exec("UPDATE mails SET state = ?, next_at = ?, attempts = attempts - 1 WHERE id = ? AND state = 'sending'", state, db.At(tx.Now), r.ID).Error
}

// unsent ends what waits for somebody who has left the group.
func unsent(tx *db.Tx, who member.ID) error {
	return tx.Exec("DELETE FROM mails WHERE member_id = ? AND state IN ('waiting', 'failed', 'sending')", who).Error
}

type deliveryRow struct {
	Mail      mailRow `gorm:"embedded"`
	Title     string
	GroupName string
	Slug      string
	Zone      string
}

const deliveryQuery = `SELECT x.*, l.title, g.name AS group_name, g.slug, g.zone FROM mails x JOIN members m ON m.id = x.member_id
	JOIN letters l ON l.id = x.letter_id JOIN groups g ON g.id = x.group_id WHERE `

func (r deliveryRow) delivery() (Delivery, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return Delivery{}, fmt.Errorf("zone of a group: %w", err)
	}
	m := r.Mail
	return Delivery{
		ID: m.ID, Group: r.GroupName, Slug: r.Slug, Zone: zone, Kind: m.Kind, Subject: m.Subject, Revision: m.Revision, Title: r.Title,
		State: m.State, Error: m.Error, Attempts: m.Attempts, Queued: m.QueuedAt.Time, Next: m.NextAt.Time, Settled: m.SettledAt.Time,
	}, nil
}

func deliveries(tx *db.Tx, where string, args ...any) ([]Delivery, error) {
	var rows []deliveryRow
	if err := tx.Raw(deliveryQuery+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Delivery, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.delivery(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// totals counts the deliveries of a notice by what became of them.
func totals(tx *db.Tx, g member.GroupID, k Kind, subject string, revision int) (map[State]int, error) {
	var rows []struct {
		State State
		N     int
	}
	err := tx.Raw("SELECT state, COUNT(*) AS n FROM mails WHERE group_id = ? AND kind = ? AND subject = ? AND revision = ? GROUP BY state",
		g, k, subject, revision).Scan(&rows).Error
	out := map[State]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, err
}

// personOf returns the person who is, or was, the member.
func personOf(tx *db.Tx, ref string) (p member.PersonID, ok bool, err error) {
	ok, err = tx.Row("SELECT person_id FROM members WHERE ref = ?", []any{ref}, &p)
	return p, ok, err
}

// trials returns how often the member has tried whether mail arrives, and when last.
func trials(tx *db.Tx, who member.ID) (n int, last time.Time, err error) {
	var r struct {
		N    int
		Last db.Instant
	}
	err = tx.Raw("SELECT COALESCE(MAX(revision), 0) AS n, MAX(queued_at) AS last FROM mails WHERE member_id = ? AND kind = ?", who, Trial).Scan(&r).Error
	return r.N, r.Last.Time, err
}

// Forget deletes what letters say that nobody waits for any more, and what is kept of mails for long enough.
func Forget(tx *db.Tx) error {
	for _, q := range []struct {
		sql  string
		than time.Duration
	}{
		{"UPDATE letters SET body = '', html = '', ics = '' WHERE body <> '' AND made_at < ?", LettersFor},
		{"DELETE FROM mails WHERE letter_id IN (SELECT id FROM letters WHERE made_at < ?)", KeptFor},
		{"DELETE FROM letters WHERE made_at < ?", KeptFor},
	} {
		if err := tx.Exec(q.sql, db.At(tx.Now.Add(-q.than))).Error; err != nil {
			return fmt.Errorf("forget letters: %w", err)
		}
	}
	return nil
}

// putFeed gives the person a calendar under a new address; the one they had ends.
func putFeed(tx *db.Tx, p member.PersonID, hash []byte) error {
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "person_id"}}, DoUpdates: clause.AssignmentColumns([]string{"hash", "made_at"})}).
		Create(&feedRow{PersonID: p, Hash: hash, MadeAt: db.At(tx.Now)}).Error
}

func deleteFeed(tx *db.Tx, p member.PersonID) error {
	return tx.Exec("DELETE FROM calendar_feeds WHERE person_id = ?", p).Error
}

func feedOf(tx *db.Tx, p member.PersonID) (made time.Time, ok bool, err error) {
	var at db.Instant
	ok, err = tx.Row("SELECT made_at FROM calendar_feeds WHERE person_id = ?", []any{p}, &at)
	return at.Time, ok, err
}

func feedByHash(tx *db.Tx, hash []byte) (p member.PersonID, tag string, ok bool, err error) {
	ok, err = tx.Row("SELECT f.person_id, p.lang FROM calendar_feeds f JOIN people p ON p.id = f.person_id WHERE f.hash = ?", []any{hash}, &p, &tag)
	return p, tag, ok, err
}
