package screen

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/meeting"

	"gorm.io/gorm/clause"
)

type row struct {
	MeetingID meeting.ID
	Hash      []byte
	MadeAt    db.Instant
}

func (row) TableName() string { return "meeting_screens" }

// put gives the meeting's screen an address; the one it had leads nowhere.
func put(tx *db.Tx, m meeting.ID, hash []byte) error {
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "meeting_id"}}, DoUpdates: clause.AssignmentColumns([]string{"hash", "made_at"})}).
		Create(&row{MeetingID: m, Hash: hash, MadeAt: db.At(tx.Now)}).Error
}

func remove(tx *db.Tx, m meeting.ID) (was bool, err error) {
	n, err := tx.Do("DELETE FROM meeting_screens WHERE meeting_id = ?", m)
	return n > 0, err
}

// madeAt returns since when the meeting's screen has its address; ok is false if it has none.
func madeAt(tx *db.Tx, m meeting.ID) (at time.Time, ok bool, err error) {
	var made db.Instant
	ok, err = tx.Row("SELECT made_at FROM meeting_screens WHERE meeting_id = ?", []any{m}, &made)
	return made.Time, ok, err
}

// byHash returns the meeting that is shown under an address; ok is false if none is.
func byHash(tx *db.Tx, hash []byte) (m meeting.ID, ok bool, err error) {
	ok, err = tx.Row("SELECT meeting_id FROM meeting_screens WHERE hash = ?", []any{hash}, &m)
	return m, ok, err
}
