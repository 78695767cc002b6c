package motion

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"

	"gorm.io/gorm/clause"
)

type supportRow struct {
	MotionID ID
	MemberID member.ID
	Version  int
	At       db.Instant
}

func (supportRow) TableName() string { return "supports" }

// supportOf returns the version of the motion that the member supports, or 0.
func supportOf(tx *db.Tx, id ID, who member.ID) (version int, err error) {
	err = tx.Raw("SELECT COALESCE(MAX(version), 0) FROM supports WHERE motion_id = ? AND member_id = ?", id, who).Scan(&version).Error
	return version, err
}

func putSupport(tx *db.Tx, m Motion, who member.ID) error {
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "motion_id"}, {Name: "member_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"version"}),
	}).Create(&supportRow{m.ID, who, m.Version, db.At(tx.Now)}).Error
}

func removeSupport(tx *db.Tx, id ID, who member.ID) error {
	return db.Affected(tx.Exec("DELETE FROM supports WHERE motion_id = ? AND member_id = ?", id, who), 1)
}

// countSupport counts who supports the motion: while support is sought, only those who support the current text.
func countSupport(tx *db.Tx, m Motion) (n int, err error) {
	least := m.Version
	if m.State == Tabled {
		least = 0
	}
	err = tx.Raw("SELECT COUNT(*) FROM supports WHERE motion_id = ? AND version >= ?", m.ID, least).Scan(&n).Error
	return n, err
}

// supported returns the motions with the member's support on which the vote is not open yet.
func supported(tx *db.Tx, who member.ID) ([]Motion, error) {
	var rows []row
	err := tx.Where("id IN (SELECT motion_id FROM supports WHERE member_id = ?) AND state IN (?, ?)", who, Seeking, Tabled).
		Order("id").Find(&rows).Error
	return motions(rows), err
}

// changedSince returns the motions before their vote of which the member supports earlier words than those that stand.
func changedSince(tx *db.Tx, who member.ID, limit int) ([]Motion, error) {
	var rows []row
	err := tx.Raw("SELECT "+listed+` FROM motions WHERE id IN (SELECT s.motion_id FROM supports s JOIN motions m ON m.id = s.motion_id
		WHERE s.member_id = ? AND s.version < m.version AND m.state IN (?, ?) ORDER BY s.motion_id LIMIT ?)`, who, Seeking, Tabled, limit).Scan(&rows).Error
	slices.SortFunc(rows, func(a, b row) int { return a.Number - b.Number })
	return motions(rows), err
}

// countOthers counts the supporters, of whatever version, beside the mover.
func countOthers(tx *db.Tx, m Motion) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM supports WHERE motion_id = ? AND member_id <> ?", m.ID, m.Mover).Scan(&n).Error
	return n, err
}

// firstSupporters returns the first members who supported the motion.
func firstSupporters(tx *db.Tx, m Motion, limit int) (ids []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM supports WHERE motion_id = ? ORDER BY at, member_id LIMIT ?", m.ID, limit).Scan(&ids).Error
	return ids, err
}

// addSecretAsk notes that the member asked for a secret vote; first is false if they had before.
func addSecretAsk(tx *db.Tx, id ID, who member.ID) (first bool, err error) {
	res := tx.Exec("INSERT INTO secret_asks (motion_id, member_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, who)
	return res.RowsAffected == 1, res.Error
}

func askedSecret(tx *db.Tx, id ID, who member.ID) (asked bool, err error) {
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM secret_asks WHERE motion_id = ? AND member_id = ?", id, who).Scan(&n).Error
	return n > 0, err
}

// Side is for or against.
type Side string

// The sides.
const (
	For     Side = "for"
	Against Side = "against"
)

// Statement is what one member has to say for or against a motion. They stand side by side, at equal length.
type Statement struct {
	ID     int64
	Author member.ID
	Side   Side
	Text   string
	At     time.Time
	place  place
}

// place is where a statement stands among those of its side: first whose author had written the fewest elsewhere, then by lot.
type place struct {
	used int
	lot  []byte
}

type statementRow struct {
	ID       int64
	MotionID ID
	MemberID member.ID
	Side     Side
	Text     string
	At       db.Instant
	Used     int
	Lot      []byte
}

func (statementRow) TableName() string { return "statements" }

func (r statementRow) statement() Statement {
	return Statement{ID: r.ID, Author: r.MemberID, Side: r.Side, Text: r.Text, At: r.At.Time, place: place{r.Used, r.Lot}}
}

// putStatement stores the member's statement for the side, in place of an earlier one of theirs.
func putStatement(tx *db.Tx, m Motion, s Statement) error {
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "motion_id"}, {Name: "member_id"}, {Name: "side"}},
		DoUpdates: clause.AssignmentColumns([]string{"text", "at"}),
	}).Create(&statementRow{
		MotionID: m.ID, MemberID: s.Author, Side: s.Side, Text: s.Text, At: db.At(s.At), Used: s.place.used, Lot: s.place.lot,
	}).Error
}

// statementsElsewhere counts the member's statements on other motions.
func statementsElsewhere(tx *db.Tx, id ID, who member.ID) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM statements WHERE member_id = ? AND motion_id <> ?", who, id).Scan(&n).Error
	return n, err
}

// statementBy returns the member's statement for the side; ok is false if there is none.
func statementBy(tx *db.Tx, id ID, who member.ID, side Side) (s Statement, ok bool, err error) {
	var rows []statementRow
	err = tx.Where("motion_id = ? AND member_id = ? AND side = ?", id, who, side).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return Statement{}, false, err
	}
	return rows[0].statement(), true, nil
}

// statements returns up to limit statements of a side in their order, those after the given one (0: from the first).
func statements(tx *db.Tx, id ID, side Side, after int64, limit int) ([]Statement, error) {
	q := tx.Where("motion_id = ? AND side = ?", id, side)
	if after != 0 {
		var last statementRow
		if err := tx.Where("id = ? AND motion_id = ? AND side = ?", after, id, side).Take(&last).Error; err != nil {
			return nil, err
		}
		q = q.Where("(used, lot) > (?, ?)", last.Used, last.Lot)
	}
	var rows []statementRow
	if err := q.Order("used, lot").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Statement, len(rows))
	for i, r := range rows {
		out[i] = r.statement()
	}
	return out, nil
}
