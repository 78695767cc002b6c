package upkeep

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// foldAtOnce is how many names one transaction compares.
const foldAtOnce = 1000

// named is a table of names with what they are compared by: how its next rows are read, whether another row has the place of one, and how one is written.
type named struct{ next, taken, set string }

var allNamed = []named{
	{"SELECT id, name, name_key AS folded FROM members WHERE id > ? AND name <> '' ORDER BY id LIMIT ?",
		"SELECT COUNT(*) FROM members m JOIN members o ON o.group_id = m.group_id AND o.name_key = ? AND o.left_at IS NULL WHERE m.id = ? AND m.left_at IS NULL AND o.id <> m.id",
		"UPDATE members SET name_key = ? WHERE id = ?"},
	{"SELECT id, handle AS name, handle_key AS folded FROM people WHERE id > ? AND handle_key IS NOT NULL ORDER BY id LIMIT ?",
		"SELECT COUNT(*) FROM people WHERE handle_key = ? AND id <> ?",
		"UPDATE people SET handle_key = ? WHERE id = ?"},
}

// Refold writes down anew what names are compared by, where an earlier version of the program took fewer letters for one another: who signs in with a name is found by it.
// Where two that were apart look the same by now, the later one keeps what it had, and the operator is told how many there are. It is done once for each member.FoldedBy.
func Refold(ctx context.Context, d *db.DB, log *slog.Logger) error {
	by := strconv.Itoa(member.FoldedBy)
	var was []byte
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		was, err = tx.Setting(db.NamesFolded)
		return err
	}); err != nil || string(was) == by {
		return err
	}
	kept := 0
	for _, t := range allNamed {
		for last, n := int64(0), foldAtOnce; n == foldAtOnce; {
			var now int
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				n, now, err = t.refold(tx, &last)
				return err
			})
			if err != nil {
				return fmt.Errorf("fold names: %w", err)
			}
			kept += now
		}
	}
	if kept > 0 {
		log.Warn("some names look like another one there", slog.Int("names", kept))
	}
	return d.Write(ctx, func(tx *db.Tx) error { return tx.PutSetting(db.NamesFolded, []byte(by)) })
}

// refold does what Refold does with the next rows after the last, which it moves on. It returns how many there were, and how many kept what they had.
func (t named) refold(tx *db.Tx, last *int64) (n, kept int, err error) {
	var rows []struct {
		ID           int64
		Name, Folded string
	}
	if err := tx.Raw(t.next, *last, foldAtOnce).Scan(&rows).Error; err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		key := member.Fold(r.Name)
		if key == r.Folded {
			continue
		}
		var taken int
		if err := tx.Raw(t.taken, key, r.ID).Scan(&taken).Error; err != nil {
			return 0, 0, err
		}
		if taken > 0 {
			kept++
		} else if err := tx.Exec(t.set, key, r.ID).Error; err != nil {
			return 0, 0, err
		}
	}
	if len(rows) > 0 {
		*last = rows[len(rows)-1].ID
	}
	return len(rows), kept, nil
}
