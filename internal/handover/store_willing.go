package handover

import (
	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type askingRow struct {
	ID          int64
	GroupID     member.GroupID
	RoleID      role.ID
	Number      int
	OpenedAt    db.Instant
	ClosesAt    db.Instant
	FreeAt      db.Instant
	CountedAt   db.Instant
	Yes         int
	WithSomeone int
	ShadowFirst int
	NotNow      int
	Few         db.Flag
}

func (askingRow) TableName() string { return "askings" }

func (r askingRow) asking() Asking {
	return Asking{
		ID: r.ID, Group: r.GroupID, Role: r.RoleID, Number: r.Number, Opened: r.OpenedAt.Time, Closes: r.ClosesAt.Time, Free: r.FreeAt.Time,
		Counted: r.CountedAt.Time,
		Said:    map[draw.Answer]int{draw.Yes: r.Yes, draw.WithSomeone: r.WithSomeone, draw.ShadowFirst: r.ShadowFirst, draw.NotNow: r.NotNow},
		Few:     bool(r.Few),
	}
}

// insertAsking adds an asking under the group's next number.
func insertAsking(tx *db.Tx, k Asking) (Asking, error) {
	if err := tx.Raw("SELECT COALESCE(MAX(number), 0) + 1 FROM askings WHERE group_id = ?", k.Group).Scan(&k.Number).Error; err != nil {
		return k, err
	}
	r := askingRow{GroupID: k.Group, RoleID: k.Role, Number: k.Number, OpenedAt: db.At(k.Opened), ClosesAt: db.At(k.Closes), FreeAt: db.At(k.Free)}
	err := tx.Create(&r).Error
	k.ID = r.ID
	return k, err
}

func findAskings(tx *db.Tx, where string, args ...any) (out []Asking, err error) {
	var rows []askingRow
	err = tx.Where(where, args...).Order("id").Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.asking())
	}
	return out, err
}

// nextCount finds the earliest of what dueAskings returns once its time has come.
const nextCount = "SELECT MIN(closes_at) FROM askings WHERE counted_at IS NULL"

// dueAskings returns up to limit askings that are over and not counted.
func dueAskings(tx *db.Tx, limit int) (out []Asking, err error) {
	var rows []askingRow
	err = tx.Where("counted_at IS NULL AND closes_at <= ?", db.At(tx.Now)).Order("closes_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.asking())
	}
	return out, err
}

// latestAsking returns the newest asking of the role, zero if there was none.
func latestAsking(tx *db.Tx, g member.GroupID, r role.ID) (k Asking, err error) {
	var rows []askingRow
	err = tx.Where("group_id = ? AND role_id = ?", g, r).Order("id DESC").Limit(1).Find(&rows).Error
	if err == nil && len(rows) > 0 {
		k = rows[0].asking()
	}
	return k, err
}

// running returns the group's askings that have not been counted.
func running(tx *db.Tx, g member.GroupID) ([]Asking, error) {
	return findAskings(tx, "group_id = ? AND counted_at IS NULL", g)
}

// askedFor says whether the role was asked about for a seat that is free at the same time, or is being asked about.
func askedFor(tx *db.Tx, r role.Role, c Calendar) (bool, error) {
	all, err := findAskings(tx, "group_id = ? AND role_id = ? AND (counted_at IS NULL OR closes_at >= ?)", r.Group, r.ID, db.At(c.Ask))
	return len(all) > 0, err
}

func putAnswer(tx *db.Tx, k int64, m member.ID, a draw.Answer) error {
	return tx.Exec(`INSERT INTO asking_answers (asking_id, member_id, answer) VALUES (?, ?, ?)
		ON CONFLICT (asking_id, member_id) DO UPDATE SET answer = excluded.answer`, k, m, a).Error
}

// answerOf returns what a member has said; "" is nothing.
func answerOf(tx *db.Tx, k int64, m member.ID) (a draw.Answer, err error) {
	err = tx.Raw("SELECT COALESCE((SELECT answer FROM asking_answers WHERE asking_id = ? AND member_id = ?), '')", k, m).Scan(&a).Error
	return a, err
}

// answers returns how many have given each answer.
func answers(tx *db.Tx, k int64) (map[draw.Answer]int, error) {
	var rows []struct {
		Answer draw.Answer
		N      int
	}
	err := tx.Raw("SELECT answer, COUNT(*) AS n FROM asking_answers WHERE asking_id = ? GROUP BY answer", k).Scan(&rows).Error
	out := map[draw.Answer]int{}
	for _, r := range rows {
		out[r.Answer] = r.N
	}
	return out, err
}

// putCounted stores the totals and forgets who said what.
func putCounted(tx *db.Tx, k Asking) error {
	if err := db.Affected(tx.Exec(`UPDATE askings SET counted_at = ?, yes = ?, with_someone = ?, shadow_first = ?, not_now = ?, few = ? WHERE id = ? AND counted_at IS NULL`,
		db.At(k.Counted), k.Said[draw.Yes], k.Said[draw.WithSomeone], k.Said[draw.ShadowFirst], k.Said[draw.NotNow], db.Flag(k.Few), k.ID), 1); err != nil {
		return err
	}
	return tx.Exec("DELETE FROM asking_answers WHERE asking_id = ?", k.ID).Error
}

func forgetAnswers(tx *db.Tx, m member.ID) error {
	return tx.Exec("DELETE FROM asking_answers WHERE member_id = ?", m).Error
}
