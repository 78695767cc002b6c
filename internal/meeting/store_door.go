package meeting

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// unaided returns how many are at a meeting without a device.
func unaided(tx *db.Tx, m ID) (n int, err error) {
	err = tx.Raw("SELECT COUNT(*) FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL AND paper = 1", m).Scan(&n).Error
	return n, err
}

// arrivals returns up to limit members of the meeting's group whose name has the words in it, in order of their names, with whether they
// are there.
func arrivals(tx *db.Tx, m Meeting, words string, after member.ID, limit int) ([]Arrival, error) {
	var rows []struct {
		Who   member.ID
		Name  string
		ID    int64
		Mode  Mode
		Paper db.Flag
	}
	q := `SELECT x.id AS who, x.name, p.id, p.mode, p.paper FROM members x
		LEFT JOIN meeting_presence p ON p.meeting_id = ? AND p.member_id = x.id AND p.left_at IS NULL
		WHERE x.group_id = ? AND x.left_at IS NULL`
	args := []any{m.ID, m.Group}
	if key := member.Fold(words); key != "" { // which has no sign that means anything to LIKE
		q, args = q+" AND x.name_key LIKE ?", append(args, "%"+key+"%")
	}
	if after != 0 {
		q, args = q+" AND x.name_key > (SELECT y.name_key FROM members y WHERE y.id = ? AND y.group_id = x.group_id)", append(args, after)
	}
	err := tx.Raw(q+" ORDER BY x.name_key LIMIT ?", append(args, limit)...).Scan(&rows).Error
	out := make([]Arrival, len(rows))
	for i, r := range rows {
		out[i] = Arrival{Member: r.Who, Name: r.Name, Here: Presence{ID: r.ID, Member: r.Who, Mode: r.Mode, Paper: bool(r.Paper)}}
	}
	return out, err
}

// putNeed keeps what somebody needs in a meeting; "" removes it.
func putNeed(tx *db.Tx, m ID, who member.ID, text string) error {
	if text == "" {
		return tx.Exec("DELETE FROM meeting_needs WHERE meeting_id = ? AND member_id = ?", m, who).Error
	}
	return tx.Exec("INSERT INTO meeting_needs (meeting_id, member_id, text) VALUES (?, ?, ?) ON CONFLICT (meeting_id, member_id) DO UPDATE SET text = excluded.text",
		m, who, text).Error
}

// dropDoor removes what anybody needed in a meeting, which is over, the codes of its door, and the secret of a lot that nobody needs.
func dropDoor(tx *db.Tx, m ID) error {
	if err := dropCodes(tx, m); err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM meeting_lots WHERE meeting_id = ?", m).Error; err != nil {
		return err
	}
	return tx.Exec("DELETE FROM meeting_needs WHERE meeting_id = ?", m).Error
}

func needOf(tx *db.Tx, m ID, who member.ID) (text string, err error) {
	err = tx.Raw("SELECT text FROM meeting_needs WHERE meeting_id = ? AND member_id = ?", m, who).Scan(&text).Error
	return text, err
}

// needsOf returns what people need in a meeting. The order tells nothing.
func needsOf(tx *db.Tx, m ID) (out []Need, err error) {
	err = tx.Raw("SELECT member_id AS member, text FROM meeting_needs WHERE meeting_id = ? ORDER BY member_id", m).Scan(&out).Error
	return out, err
}

// whoUnaided returns who is at a meeting without a device, by number.
func whoUnaided(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM meeting_presence WHERE meeting_id = ? AND left_at IS NULL AND paper = 1 ORDER BY member_id", m).Scan(&out).Error
	return out, err
}

// wouldCount returns who is in the room with a device and would count hands, by number: nobody counts what they do not see.
func wouldCount(tx *db.Tx, m ID) (out []member.ID, err error) {
	err = tx.Raw(`SELECT w.member_id FROM meeting_willing w
		JOIN meeting_presence p ON p.meeting_id = w.meeting_id AND p.member_id = w.member_id AND p.left_at IS NULL AND p.paper = 0 AND p.mode = ?
		WHERE w.meeting_id = ? AND w.job = ? ORDER BY w.member_id`, Room, m, Counts).Scan(&out).Error
	return out, err
}

// howManyCount returns how many of those who are in the room with a device would count hands, without some who cannot and up to WillingShown, and whether one
// member would.
func howManyCount(tx *db.Tx, m ID, me member.ID, not []member.ID) (n int, would bool, err error) {
	if err := tx.Raw(`SELECT COUNT(*) FROM (SELECT 1 FROM meeting_willing w
		JOIN meeting_presence p ON p.meeting_id = w.meeting_id AND p.member_id = w.member_id AND p.left_at IS NULL AND p.paper = 0 AND p.mode = ?
		WHERE w.meeting_id = ? AND w.job = ? AND w.member_id NOT IN ? LIMIT ?) x`, Room, m, Counts, not, WillingShown).Scan(&n).Error; err != nil {
		return 0, false, err
	}
	var mine int
	err = tx.Raw("SELECT COUNT(*) FROM meeting_willing WHERE meeting_id = ? AND member_id = ? AND job = ?", m, me, Counts).Scan(&mine).Error
	return n, mine > 0, err
}

// putCounts keeps whether somebody would count hands.
func putCounts(tx *db.Tx, m ID, who member.ID, would bool) error {
	if !would {
		return tx.Exec("DELETE FROM meeting_willing WHERE meeting_id = ? AND member_id = ? AND job = ?", m, who, Counts).Error
	}
	return tx.Exec("INSERT INTO meeting_willing (meeting_id, member_id, job) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", m, who, Counts).Error
}

// lotRow is the secret of the lot that falls next in a meeting, and how many have fallen.
type lotRow struct {
	MeetingID ID `gorm:"primaryKey"`
	Drawn     int
	Secret    []byte
}

func (lotRow) TableName() string { return "meeting_lots" }

// lotOf returns it; without a secret if none was promised yet.
func lotOf(tx *db.Tx, m ID) (l lotRow, err error) {
	err = tx.Raw("SELECT meeting_id, drawn, secret FROM meeting_lots WHERE meeting_id = ?", m).Scan(&l).Error
	return l, err
}

func insertLot(tx *db.Tx, l lotRow) error { return tx.Create(&l).Error }

// putLot stores the next secret once a lot has fallen.
func putLot(tx *db.Tx, l lotRow) error {
	return tx.Exec("UPDATE meeting_lots SET drawn = ?, secret = ? WHERE meeting_id = ?", l.Drawn, l.Secret, l.MeetingID).Error
}
