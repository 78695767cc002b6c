package account

import (
	"context"
	"crypto/sha256"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

type personRow struct {
	ID        member.PersonID
	Ref       string
	Handle    string
	HandleKey *string
	Lang      string
	CreatedAt db.Instant
	GoneAt    db.Instant
}

func (personRow) TableName() string { return "people" }

type loginRow struct {
	PersonID   member.PersonID
	Email      string
	EmailKey   *string
	Passphrase string
	Recovery   []byte
	ChangedAt  db.Instant
	Notices    *int64
	NoticesAt  db.Instant
}

func (loginRow) TableName() string { return "logins" }

type sessionRow struct {
	ID        int64
	Hash      []byte
	PersonID  member.PersonID
	Label     string
	CreatedAt db.Instant
	SeenAt    db.Instant
	ExpiresAt db.Instant
}

func (sessionRow) TableName() string { return "sessions" }

func (r sessionRow) session() Session {
	return Session{
		ID: r.ID, Person: r.PersonID, Label: r.Label,
		Created: r.CreatedAt.Time, Seen: r.SeenAt.Time, Expires: r.ExpiresAt.Time,
	}
}

func insertPerson(tx *db.Tx, handle, lang string) (personRow, error) {
	key := member.Fold(handle)
	r := personRow{Ref: token.Ref("p_"), Handle: handle, HandleKey: &key, Lang: lang, CreatedAt: db.At(tx.Now)}
	return r, tx.Create(&r).Error
}

func insertLogin(tx *db.Tx, person member.PersonID, su SignUp, passphrase string, recovery []byte) error {
	r := loginRow{
		PersonID: person, Email: su.Email, EmailKey: keyOrNil(su.Email), Passphrase: passphrase, Recovery: recovery, ChangedAt: db.At(tx.Now),
	}
	if su.Told && su.Email != "" {
		yes := int64(1)
		r.Notices, r.NoticesAt = &yes, db.At(tx.Now)
	}
	return tx.Create(&r).Error
}

func keyOrNil(email string) *string {
	if email == "" {
		return nil
	}
	key := emailKey(email)
	return &key
}

// handleTaken tells whether somebody else signs in with a handle that looks the same.
func handleTaken(tx *db.Tx, handle string, but member.PersonID) (bool, error) {
	var n int64
	err := tx.Table("people").Where("handle_key IN ? AND id <> ?", member.Looks(handle), but).Limit(1).Count(&n).Error
	return n > 0, err
}

func emailTaken(tx *db.Tx, email string, but member.PersonID) (bool, error) {
	if email == "" {
		return false, nil
	}
	var n int64
	err := tx.Table("logins").Where("email_key = ? AND person_id <> ?", emailKey(email), but).Limit(1).Count(&n).Error
	return n > 0, err
}

const holderQuery = `SELECT p.id, p.ref, p.handle, p.lang, l.email, l.passphrase, l.recovery, l.changed_at, l.notices
	FROM people p JOIN logins l ON l.person_id = p.id WHERE `

// holderRow is a person with their login.
type holderRow struct {
	ID         member.PersonID
	Ref        string
	Handle     string
	Lang       string
	Email      string
	Passphrase string
	Recovery   []byte
	ChangedAt  db.Instant
	Notices    *int64
}

func (h holderRow) person() Person {
	return Person{ID: h.ID, Ref: h.Ref, Handle: h.Handle, Email: h.Email, Lang: h.Lang, Wish: wish(h.Notices)}
}

// findHolder returns who signs in with the name, handle or e-mail address; ok is false if nobody does.
func findHolder(tx *db.Tx, name string) (h holderRow, ok bool, err error) {
	where, key := "p.handle_key = ?", member.Fold(name)
	if isEmail(name) {
		where, key = "l.email_key = ?", emailKey(name)
	}
	var rows []holderRow
	if err := tx.Raw(holderQuery+where, key).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return h, false, err
	}
	return rows[0], true, nil
}

// getHolder returns a person who has an account; ok is false if they have none any more.
func getHolder(tx *db.Tx, id member.PersonID) (h holderRow, ok bool, err error) {
	var rows []holderRow
	if err := tx.Raw(holderQuery+"p.id = ?", id).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return h, false, err
	}
	return rows[0], true, nil
}

func updatePerson(tx *db.Tx, id member.PersonID, set map[string]any) error {
	return db.Affected(tx.Table("people").Where("id = ? AND gone_at IS NULL", id).Updates(set), 1)
}

func updateLogin(tx *db.Tx, id member.PersonID, set map[string]any) error {
	return db.Affected(tx.Table("logins").Where("person_id = ?", id).Updates(set), 1)
}

func insertSession(tx *db.Tx, person member.PersonID, hash []byte, label string) (int64, error) {
	r := sessionRow{
		Hash: hash, PersonID: person, Label: label, CreatedAt: db.At(tx.Now), SeenAt: db.At(day(tx.Now)),
		ExpiresAt: db.At(expiry(tx.Now, tx.Now)),
	}
	return r.ID, tx.Create(&r).Error
}

// findSession returns the session with the hash and its person's handle and language; ok is false if there is none.
func findSession(ctx context.Context, d *db.DB, hash []byte) (s Session, ok bool, err error) {
	var created, seen, expires db.Instant
	ok, err = d.Row(ctx, `SELECT s.id, s.person_id, s.label, s.created_at, s.seen_at, s.expires_at, p.handle, p.lang
		FROM sessions s JOIN people p ON p.id = s.person_id WHERE s.hash = ? AND s.expires_at > ?`, []any{hash, db.At(d.Now())},
		&s.ID, &s.Person, &s.Label, &created, &seen, &expires, &s.Handle, &s.Lang)
	s.Created, s.Seen, s.Expires = created.Time, seen.Time, expires.Time
	return s, ok, err
}

func listSessions(tx *db.Tx, person member.PersonID) ([]Session, error) {
	var rows []sessionRow
	err := tx.Where("person_id = ? AND expires_at > ?", person, db.At(tx.Now)).Order("id DESC").Find(&rows).Error
	out := make([]Session, len(rows))
	for i, r := range rows {
		out[i] = r.session()
	}
	return out, err
}

// deleteSessions ends the person's sessions: one, or with id 0 all but the one to keep.
func deleteSessions(tx *db.Tx, person member.PersonID, id, keep int64) (int64, error) {
	q := tx.Where("person_id = ? AND id <> ?", person, keep)
	if id != 0 {
		q = q.Where("id = ?", id)
	}
	res := q.Delete(&sessionRow{})
	return res.RowsAffected, res.Error
}

func deleteSessionByHash(tx *db.Tx, hash []byte) error {
	return tx.Where("hash = ?", hash).Delete(&sessionRow{}).Error
}

// trimSessions keeps only the person's newest sessions.
func trimSessions(tx *db.Tx, person member.PersonID) error {
	return tx.Exec(`DELETE FROM sessions WHERE person_id = ? AND id NOT IN
		(SELECT id FROM sessions WHERE person_id = ? ORDER BY id DESC LIMIT ?)`, person, person, maxSessions).Error
}

func touchSession(tx *db.Tx, s Session) error {
	return tx.Exec("UPDATE sessions SET seen_at = ?, expires_at = ? WHERE id = ? AND seen_at < ?",
		db.At(day(tx.Now)), db.At(expiry(s.Created, tx.Now)), s.ID, db.At(day(tx.Now))).Error
}

// nextExpiry finds when the first session ends.
const nextExpiry = "SELECT MIN(expires_at) FROM sessions"

// expired tells whether there are sessions to sweep.
func expired(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.Table("sessions").Where("expires_at <= ?", db.At(tx.Now)).Limit(1).Count(&n).Error
	return n > 0, err
}

func sweep(tx *db.Tx) error {
	return tx.Where("expires_at <= ?", db.At(tx.Now)).Delete(&sessionRow{}).Error
}

// erase removes everything by which the person could be reached or could come back, and frees their handle.
func erase(tx *db.Tx, person member.PersonID) error {
	if err := tx.Where("person_id = ?", person).Delete(&sessionRow{}).Error; err != nil {
		return err
	}
	if err := tx.Where("person_id = ?", person).Delete(&loginRow{}).Error; err != nil {
		return err
	}
	return updatePerson(tx, person, map[string]any{"handle": "", "handle_key": nil, "lang": "", "gone_at": db.At(tx.Now)})
}

// setting returns a setting that is fixed once and for all: fresh if it was not there yet. Only one transaction writes at a time.
func setting(tx *db.Tx, name string, fresh []byte) ([]byte, error) {
	if was, err := tx.Setting(name); err != nil || was != nil {
		return was, err
	}
	return fresh, tx.PutSetting(name, fresh)
}

// codeHash returns what is stored of a recovery code.
func codeHash(code string) []byte {
	sum := sha256.Sum256([]byte("recovery\n" + code))
	return sum[:]
}
