package member

import (
	"time"

	"folkmoot/internal/db"
)

// Asked notes that the group is being asked whether it adopts its rules. It returns an error if it was not to be.
func Asked(tx *db.Tx, g GroupID) error {
	return db.Affected(tx.Exec("UPDATE groups SET question_at = NULL WHERE id = ? AND question_at IS NOT NULL", g), 1)
}

// AskAgain notes when the group is asked once more whether it adopts its rules, unless it has.
func AskAgain(tx *db.Tx, g GroupID, at time.Time) error {
	return tx.Exec("UPDATE groups SET question_at = ? WHERE id = ? AND adopted_at IS NULL", db.At(at), g).Error
}

// Adopt notes that the members have adopted their rules, by which the founder's start-up powers end. It returns an error if they had.
func Adopt(tx *db.Tx, g GroupID) error {
	return db.Affected(tx.Exec("UPDATE groups SET adopted_at = ?, question_at = NULL WHERE id = ? AND adopted_at IS NULL", db.At(tx.Now), g), 1)
}

// NextQuestion returns when the first of the groups is to be asked that DueQuestions returns then; zero if none is.
func NextQuestion(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextQuestion) }

// nextQuestion finds the earliest of what DueQuestions returns once its time has come.
const nextQuestion = "SELECT MIN(question_at) FROM groups WHERE question_at IS NOT NULL"

// DueQuestions returns up to limit groups that are to be asked by now whether they adopt their rules, the longest overdue first.
func DueQuestions(tx *db.Tx, limit int) ([]Group, error) {
	var rows []groupRow
	if err := tx.Where("question_at <= ?", db.At(tx.Now)).Order("question_at, id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Group, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.group(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
