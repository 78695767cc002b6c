package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type roundRow struct {
	ID        RoundID
	GroupID   member.GroupID
	MeetingID ID
	ItemID    ItemID
	ByID      member.ID
	Question  string
	Seconds   int
	State     RoundState
	OpensAt   db.Instant
	EndedAt   db.Instant
	Start     int
	People    int
	Turns     int
}

func (roundRow) TableName() string { return "meeting_rounds" }

// roundsOf returns the rounds of a meeting, as they began.
func roundsOf(tx *db.Tx, m ID) ([]Round, error) {
	var rows []roundRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	out := make([]Round, len(rows))
	for i, r := range rows {
		out[i] = Round{
			ID: r.ID, Group: r.GroupID, Meeting: r.MeetingID, Item: r.ItemID, By: r.ByID, Question: r.Question, Seconds: r.Seconds, State: r.State,
			Opens: r.OpensAt.Time, Ended: r.EndedAt.Time, Start: r.Start, People: r.People, Turns: r.Turns,
		}
	}
	return out, err
}

func insertRound(tx *db.Tx, r Round) (Round, error) {
	row := roundRow{
		GroupID: r.Group, MeetingID: r.Meeting, ItemID: r.Item, ByID: r.By, Question: r.Question, Seconds: r.Seconds, State: r.State, OpensAt: db.At(r.Opens),
		Start: r.Start, People: r.People,
	}
	err := tx.Create(&row).Error
	r.ID = row.ID
	return r, err
}

// putRound stores the end of a round that was under way.
func putRound(tx *db.Tx, r Round) error {
	return db.Affected(tx.Model(&roundRow{}).Where("id = ? AND state = 'open'", r.ID).Updates(map[string]any{
		"state": r.State, "ended_at": db.At(r.Ended), "people": r.People, "turns": r.Turns,
	}), 1)
}

// putLater has a turn in a round come at its end.
func putLater(tx *db.Tx, h Hand, was HandState) error {
	return db.Affected(tx.Model(&handRow{}).Where("id = ? AND state = ?", h.ID, was).Updates(map[string]any{
		"state": h.State, "later": db.Flag(h.Later), "raised_at": db.At(h.Raised), "began_at": db.At(h.Began), "seconds": h.Seconds, "ended_at": db.At(h.Ended),
	}), 1)
}

// lowerRound ends the turns in a round that nobody has had.
func lowerRound(tx *db.Tx, m ID, r RoundID) error {
	return tx.Exec("UPDATE meeting_hands SET state = 'lowered', ended_at = ? WHERE meeting_id = ? AND state = 'up' AND round_id = ?", db.At(tx.Now), m, r).Error
}
