package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/feeling"
	"folkmoot/internal/member"
)

type feelingRow struct {
	ID        FeelingID
	GroupID   member.GroupID
	MeetingID ID
	ItemID    ItemID
	ByID      member.ID
	Question  string
	State     FeelingState
	OpensAt   db.Instant
	ClosesAt  db.Instant
	EndedAt   db.Instant
	P1        int
	P2        int
	P3        int
	P4        int
	P5        int
}

func (feelingRow) TableName() string { return "meeting_feelings" }

// pointColumns name the columns of the points in the table and in the record.
var pointColumns = [feeling.Most]string{"p1", "p2", "p3", "p4", "p5"}

// feelingsOf returns the shows of feeling of a meeting, as they were asked.
func feelingsOf(tx *db.Tx, m ID) ([]Feeling, error) {
	var rows []feelingRow
	err := tx.Where("meeting_id = ?", m).Order("id").Find(&rows).Error
	out := make([]Feeling, len(rows))
	for i, r := range rows {
		out[i] = Feeling{
			ID: r.ID, Group: r.GroupID, Meeting: r.MeetingID, Item: r.ItemID, By: r.ByID, Question: r.Question, State: r.State, Opens: r.OpensAt.Time,
			Closes: r.ClosesAt.Time, Ended: r.EndedAt.Time, Sum: feeling.Sum{r.P1, r.P2, r.P3, r.P4, r.P5},
		}
	}
	return out, err
}

func insertFeeling(tx *db.Tx, f Feeling) (Feeling, error) {
	r := feelingRow{
		GroupID: f.Group, MeetingID: f.Meeting, ItemID: f.Item, ByID: f.By, Question: f.Question, State: f.State, OpensAt: db.At(f.Opens), ClosesAt: db.At(f.Closes),
	}
	err := tx.Create(&r).Error
	f.ID = r.ID
	return f, err
}

// putFeeling stores the end of a show of feeling that was under way.
func putFeeling(tx *db.Tx, f Feeling) error {
	end := map[string]any{"state": f.State, "ended_at": db.At(f.Ended)}
	for i, name := range pointColumns {
		end[name] = f.Sum[i]
	}
	return db.Affected(tx.Model(&feelingRow{}).Where("id = ? AND state = 'open'", f.ID).Updates(end), 1)
}

func putFeelingAnswer(tx *db.Tx, id FeelingID, who member.ID, p feeling.Point) error {
	return tx.Exec("INSERT INTO meeting_feeling_answers (feeling_id, member_id, point) VALUES (?, ?, ?) ON CONFLICT (feeling_id, member_id) DO UPDATE SET point = excluded.point", id, who, p).Error
}

// feelingOf returns what somebody has answered; 0: nothing.
func feelingOf(tx *db.Tx, id FeelingID, who member.ID) (p int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(point), 0) FROM meeting_feeling_answers WHERE feeling_id = ? AND member_id = ?", id, who).Scan(&p).Error
	return p, err
}

func feelingAnswers(tx *db.Tx, id FeelingID) (all []feeling.Point, err error) {
	err = tx.Raw("SELECT point FROM meeting_feeling_answers WHERE feeling_id = ? ORDER BY point", id).Scan(&all).Error
	return all, err
}

// forgetFeelings removes who has answered what.
func forgetFeelings(tx *db.Tx, id FeelingID) error {
	return tx.Exec("DELETE FROM meeting_feeling_answers WHERE feeling_id = ?", id).Error
}
