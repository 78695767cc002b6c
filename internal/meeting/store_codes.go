package meeting

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type codeRow struct {
	MeetingID ID
	MemberID  member.ID
	Hash      []byte
	MadeAt    db.Instant
	MadeBy    *member.ID
	Used      db.Flag
}

func (codeRow) TableName() string { return "meeting_codes" }

// membersOf returns the members of a group.
func membersOf(tx *db.Tx, g member.GroupID) (out []member.ID, err error) {
	err = tx.Raw("SELECT id FROM members WHERE group_id = ? AND left_at IS NULL ORDER BY name_key", g).Scan(&out).Error
	return out, err
}

func insertCodes(tx *db.Tx, rows []codeRow) error { return tx.CreateInBatches(rows, 500).Error }

// dropCodes removes the codes of a meeting's door.
func dropCodes(tx *db.Tx, m ID) error {
	return tx.Exec("DELETE FROM meeting_codes WHERE meeting_id = ?", m).Error
}

// codesMade returns when the codes of a meeting's door were made, how many there are, and how many were used.
func codesMade(tx *db.Tx, m ID) (made time.Time, all, used int, err error) {
	var row struct {
		Made      db.Instant
		All, Used int
	}
	err = tx.Raw("SELECT MAX(made_at) AS made, COUNT(*) AS \"all\", COALESCE(SUM(used), 0) AS used FROM meeting_codes WHERE meeting_id = ?", m).Scan(&row).Error
	return row.Made.Time, row.All, row.Used, err
}

// namedCode is a code with the name of who it is for.
type namedCode struct {
	MemberID member.ID
	Name     string
	Hash     []byte
	Used     db.Flag
}

// codesOf returns up to limit codes of a meeting's door, of members who have not left, in order of their names.
func codesOf(tx *db.Tx, m Meeting, after member.ID, limit int) (rows []namedCode, err error) {
	q := `SELECT c.member_id, x.name, c.hash, c.used FROM members x JOIN meeting_codes c ON c.meeting_id = ? AND c.member_id = x.id
		WHERE x.group_id = ? AND x.left_at IS NULL`
	args := []any{m.ID, m.Group}
	if after != 0 {
		q, args = q+" AND x.name_key > (SELECT y.name_key FROM members y WHERE y.id = ? AND y.group_id = x.group_id)", append(args, after)
	}
	err = tx.Raw(q+" ORDER BY x.name_key LIMIT ?", append(args, limit)...).Scan(&rows).Error
	return rows, err
}

// codeBy returns the code of a meeting's door with the hash; ok is false if there is none.
func codeBy(tx *db.Tx, m ID, hash []byte) (r codeRow, ok bool, err error) {
	err = tx.Where("meeting_id = ? AND hash = ?", m, hash).Limit(1).Find(&r).Error
	return r, r.MemberID != 0, err
}

// freshCodes has all codes of a meeting's door be good once more, as it goes on at another date.
func freshCodes(tx *db.Tx, m ID) error {
	return tx.Exec("UPDATE meeting_codes SET used = 0 WHERE meeting_id = ? AND used = 1", m).Error
}

// useCode notes that a code was used, which it was not.
func useCode(tx *db.Tx, m ID, who member.ID) error {
	return db.Affected(tx.Exec("UPDATE meeting_codes SET used = 1 WHERE meeting_id = ? AND member_id = ? AND used = 0", m, who), 1)
}
