package export

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type personRow struct {
	Ref      string
	JoinedAt db.Instant
	LeftAt   db.Instant
}

func peopleOf(tx *db.Tx, g member.GroupID) (rows []personRow, err error) {
	err = tx.Raw("SELECT ref, joined_at, left_at FROM members WHERE group_id = ? ORDER BY id", g).Scan(&rows).Error
	return rows, err
}

type motionRow struct {
	ID       int64
	Number   int
	Title    string
	State    string
	Mover    string
	SoughtAt db.Instant

	Supporters int
}

// motionsAfter returns up to limit proposals with numbers after the given one. Drafts have none and are nobody else's.
func motionsAfter(tx *db.Tx, g member.GroupID, after, limit int) (rows []motionRow, err error) {
	err = tx.Raw(`SELECT m.id, m.number, m.title, m.state, COALESCE(p.ref, '') AS mover, m.sought_at, m.supporters FROM motions m LEFT JOIN members p ON p.id = m.mover_id
		WHERE m.group_id = ? AND m.number > ? AND m.state <> 'draft' ORDER BY m.number LIMIT ?`, g, after, limit).Scan(&rows).Error
	return rows, err
}

type postRow struct {
	ID       int64
	ParentID int64
	ClauseID int // 0: the proposal as a whole
	Kind     string
	Author   string
	Text     string
	Version  int
	At       db.Instant
}

func postsAfter(tx *db.Tx, motion, after int64, limit int) (rows []postRow, err error) {
	err = tx.Raw(`SELECT o.id, COALESCE(o.parent_id, 0) AS parent_id, o.clause_id, o.kind, p.ref AS author, o.text, o.version, o.at
		FROM posts o JOIN members p ON p.id = o.author_id WHERE o.motion_id = ? AND o.id > ? ORDER BY o.id LIMIT ?`,
		motion, after, limit).Scan(&rows).Error
	return rows, err
}
