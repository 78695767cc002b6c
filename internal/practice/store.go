package practice

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// insertPerson puts somebody into the practice's database who has no account: nobody signs in there.
func insertPerson(tx *db.Tx, handle, tag string) (id member.PersonID, err error) {
	err = tx.Raw("INSERT INTO people (ref, handle, handle_key, lang, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		token.Ref("p_"), handle, member.Fold(handle), tag, db.At(tx.Now)).Scan(&id).Error
	return id, err
}

// insertSession opens the practice's pages to whoever has the secret, which only the server itself has, for the one person who practises.
func insertSession(tx *db.Tx, person member.PersonID, secret string, until time.Time) error {
	return tx.Exec("INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at) VALUES (?, ?, '', ?, ?, ?)",
		person, token.Hash(secret), db.At(tx.Now), db.At(tx.Now), db.At(until)).Error
}

// setSlug gives the group the address that no other can have.
func setSlug(tx *db.Tx, g member.GroupID) error {
	return db.Affected(tx.Exec("UPDATE groups SET slug = ? WHERE id = ?", Slug, g), 1)
}
