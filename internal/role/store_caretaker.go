package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// caretakers returns the members whose terms as caretakers of any of the group's roles ended after a moment, or have not ended; also as who they
// have become by leaving and joining again with the same account.
func caretakers(tx *db.Tx, g member.GroupID, after time.Time) (ids []member.ID, err error) {
	err = tx.Raw(`SELECT DISTINCT me.id FROM terms t JOIN members m ON m.id = t.member_id JOIN members me ON me.person_id = m.person_id AND me.group_id = m.group_id
		WHERE t.group_id = ? AND t.kind <> '' AND t.ends_at > ? AND (t.ended_at IS NULL OR t.ended_at > ?) ORDER BY me.id`,
		g, db.At(after), db.At(after)).Scan(&ids).Error
	return ids, err
}

// lastIn returns the term in each of the seats that ended last, of those that filled it and had begun, if there is one.
func lastIn(tx *db.Tx, r ID, seats []int) (out []Term, err error) {
	if len(seats) == 0 {
		return nil, nil
	}
	var rows []termRow
	now := db.At(tx.Now)
	err = tx.Raw(`SELECT * FROM terms WHERE id IN (SELECT id FROM (SELECT t.id,
		ROW_NUMBER() OVER (PARTITION BY t.seat ORDER BY COALESCE(t.ended_at, t.ends_at) DESC, t.id DESC) AS nth
		FROM terms t WHERE t.role_id = ? AND t.seat IN ? AND t.kind = '' AND t.starts_at <= ? AND (t.ended_at IS NULL OR t.ended_at > t.starts_at)
		AND (t.ends_at <= ? OR t.ended_at <= ?)) x WHERE nth = 1) ORDER BY seat`, r, seats, now, now, now).Scan(&rows).Error
	for _, row := range rows {
		out = append(out, row.term())
	}
	return out, err
}

// sharing returns the terms of those who share the seat of a term, its own among them; that alone, if nobody does.
func sharing(tx *db.Tx, t Term) (out []Term, err error) {
	if t.Share == "" {
		return []Term{t}, nil
	}
	all, err := causedBy(tx, t.Role, t.Cause)
	for _, o := range all {
		if o.Shared(t) {
			out = append(out, o)
		}
	}
	return out, err
}

// nextWatch finds the earliest of what watched returns once its time has come.
const nextWatch = "SELECT MIN(watch_at) FROM roles WHERE watch_at IS NOT NULL"

func watched(tx *db.Tx, limit int) (out []Role, err error) {
	var rows []roleRow
	err = tx.Where("watch_at <= ?", db.At(tx.Now)).Order("watch_at, id").Limit(limit).Find(&rows).Error
	for _, r := range rows {
		out = append(out, r.role())
	}
	return out, err
}

func setWatch(tx *db.Tx, r ID, at time.Time) error {
	return db.Affected(tx.Exec("UPDATE roles SET watch_at = ? WHERE id = ?", db.At(at), r), 1)
}

func putSeats(tx *db.Tx, r ID, seats int) error {
	return db.Affected(tx.Exec("UPDATE roles SET seats = ? WHERE id = ?", seats, r), 1)
}

func putCaps(tx *db.Tx, r ID, caps []member.Capability) error {
	return db.Affected(tx.Exec("UPDATE roles SET caps = ? WHERE id = ?", member.WriteCaps(caps), r), 1)
}

func putEnded(tx *db.Tx, r ID, into string) error {
	return db.Affected(tx.Exec("UPDATE roles SET ended_at = ?, into_key = ? WHERE id = ? AND ended_at IS NULL", db.At(tx.Now), into, r), 1)
}

func putAgain(tx *db.Tx, r ID) error {
	return db.Affected(tx.Exec("UPDATE roles SET again_at = ? WHERE id = ?", db.At(tx.Now), r), 1)
}

func putAsleep(tx *db.Tx, r ID, asleep bool) error {
	var at db.Instant
	if asleep {
		at = db.At(tx.Now)
	}
	return db.Affected(tx.Exec("UPDATE roles SET slept_at = ? WHERE id = ?", at, r), 1)
}
