package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"

	"golang.org/x/mod/sumdb/tlog"
)

// batch is how many entries are in memory at once.
const batch = 500

// group is a group whose tables are compared.
type group struct {
	ID        int64
	Ref, Slug string
}

// groupsAfter returns the next groups in order of their rows.
func groupsAfter(tx *db.Tx, after int64) (gs []group, err error) {
	err = tx.Raw("SELECT id, ref, slug FROM groups WHERE id > ? ORDER BY id LIMIT 100", after).Scan(&gs).Error
	return gs, err
}

// entries hands over the group's entries about the subjects, or all of them, with the texts they name, in order.
// spoken texts come with their words, others as hash and salt.
func (c *check) entries(subjects []string, spoken bool, f func(entry)) error {
	for from := int64(0); ; {
		rows, err := entriesFrom(c.tx, c.group.ID, from, subjects)
		if err != nil || len(rows) == 0 {
			return err
		}
		texts, err := c.textsOf(rows, spoken)
		if err != nil {
			return err
		}
		var stored map[int64]tlog.Hash
		if subjects == nil {
			if stored, err = leafHashes(c.tx, c.group.ID, rows); err != nil {
				return err
			}
		}
		for _, r := range rows {
			e, err := read(r.Leaf, r.Before.Time, texts)
			if subjects == nil {
				c.leaf(r, stored[r.N], err)
			}
			if err != nil {
				continue // it was named, and is lacking in what the others say: one entry must not end the check of all
			}
			if subjects == nil {
				c.column(r, e)
			}
			f(e)
		}
		from = rows[len(rows)-1].N + 1
	}
}

type entryRow struct {
	N             int64
	At, Before    db.Instant // Before: of the entry ahead
	Kind, Subject string
	Leaf          string
}

func (r entryRow) of() string { return fmt.Sprintf("entry/%d", r.N) }

// entriesFrom returns the next entries about the subjects, or about everything. The places of those about each subject are read by
// a run of their own through the index, and merged: for several at once, and to have the entries with them, SQLite would walk the
// whole record.
func entriesFrom(tx *db.Tx, g, from int64, subjects []string) (rows []entryRow, err error) {
	which, args := "e.n >= ?", []any{g, from}
	if subjects != nil {
		var ns []int64
		for _, s := range subjects {
			var run []int64
			if err := tx.Raw("SELECT n FROM ledger_entries WHERE group_id = ? AND subject = ? AND n >= ? ORDER BY n LIMIT ?", g, s, from, batch).Scan(&run).Error; err != nil {
				return nil, err
			}
			ns = append(ns, run...)
		}
		slices.Sort(ns)
		which, args = "e.n IN ?", []any{g, ns[:min(len(ns), batch)]}
	}
	err = tx.Raw(`SELECT e.n, e.at, e.kind, e.subject, e.leaf,
		(SELECT p.at FROM ledger_entries p WHERE p.group_id = e.group_id AND p.n = e.n - 1) AS before
		FROM ledger_entries e WHERE e.group_id = ? AND `+which+` ORDER BY e.n LIMIT ?`, append(args, batch)...).Scan(&rows).Error
	return rows, err
}

// textsOf returns the texts that the entries name.
func (c *check) textsOf(entries []entryRow, spoken bool) (map[[sha256.Size]byte]words, error) {
	ns := make([]int64, len(entries))
	for i, e := range entries {
		ns[i] = e.N
	}
	var rows []struct {
		Hash, Salt []byte
		Text       *string
	}
	text := "CASE WHEN text IS NULL THEN NULL ELSE '' END AS text"
	if spoken {
		text = "text"
	}
	if err := c.tx.Raw("SELECT hash, salt, "+text+" FROM ledger_texts WHERE group_id = ? AND n IN ?", c.group.ID, ns).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[[sha256.Size]byte]words, len(rows))
	for _, r := range rows {
		if len(r.Hash) != sha256.Size {
			continue // it is nobody's; the text that an entry names is then found lacking
		}
		w := words{hash: [sha256.Size]byte(r.Hash), salt: r.Salt, gone: r.Text == nil}
		if r.Text != nil {
			w.text = *r.Text
		}
		out[w.hash] = w
	}
	return out, nil
}

// leafHashes returns the hashes of the entries' leaves in the tree, as they were stored with the entries.
func leafHashes(tx *db.Tx, g int64, entries []entryRow) (map[int64]tlog.Hash, error) {
	at, places := make(map[int64]int64, len(entries)), make([]int64, len(entries))
	for i, e := range entries {
		places[i] = tlog.StoredHashIndex(0, e.N)
		at[places[i]] = e.N
	}
	var rows []struct {
		I    int64
		Hash []byte
	}
	err := tx.Raw("SELECT i, hash FROM ledger_hashes WHERE group_id = ? AND i IN ?", g, places).Scan(&rows).Error
	out := make(map[int64]tlog.Hash, len(rows))
	for _, r := range rows {
		var h tlog.Hash
		copy(h[:], r.Hash)
		out[at[r.I]] = h
	}
	return out, err
}

// selecting is the query of the compared columns.
func (t table) selecting() (query string, names []string) {
	var exprs []string
	for _, c := range t.columns {
		if c.why != "" && c.in != key || c.in == scope {
			continue
		}
		expr := c.sql
		if expr == "" {
			expr = "t." + c.name
		}
		exprs, names = append(exprs, expr), append(names, c.name)
	}
	return "SELECT " + strings.Join(exprs, ", ") + " FROM " + t.name + " t WHERE " + t.where, names
}

// each hands over the table's rows one after the other.
func (t table) each(tx *db.Tx, f func(row), args ...any) (err error) {
	query, names := t.selecting()
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		r := make(row, len(names))
		for i, n := range names {
			r[n] = values[i]
			if b, ok := values[i].([]byte); ok {
				r[n] = hex.EncodeToString(b)
			}
		}
		f(r)
	}
	return rows.Err()
}

// lastRun is the setting that says when the tables were last compared.
const lastRun = "tables_compared_at"

// patience is how long after its close an urn that is still to be emptied is waited for.
const patience = time.Hour

// due says whether a day has passed since the tables were last compared, and no votes wait to be destroyed.
func due(tx *db.Tx) (bool, error) {
	last, err := tx.Setting(lastRun)
	if err != nil {
		return false, err
	}
	at, err := time.Parse(time.RFC3339, string(last))
	if err == nil && tx.Now.Before(at.Add(every)) { // one that cannot be read is none
		return false, nil
	}
	waits, err := emptying(tx)
	return !waits, err
}

// emptying says whether an urn is about to be emptied: for that, nobody may read from before. An urn that could not be emptied
// for long does not hold up the comparison: it is not what keeps it full.
func emptying(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM ballots WHERE secret = 1 AND state IN ('closing', 'counted') AND closes_at > ?",
		db.At(tx.Now.Add(-patience))).Scan(&n).Error
	return n > 0, err
}

// ran notes that the tables were compared.
func ran(tx *db.Tx) error { return tx.PutSetting(lastRun, []byte(tx.Now.Format(time.RFC3339))) }

// logOf returns the log of the group with the reference.
func logOf(tx *db.Tx, ref string) (ledger.Log, error) {
	var id int64
	err := tx.Raw("SELECT id FROM groups WHERE ref = ?", ref).Scan(&id).Error
	return ledger.Log(id), err
}

// toldOf says whether the record speaks of the difference already.
func toldOf(tx *db.Tx, log ledger.Log, d Difference) (bool, error) {
	var leaves []string
	err := tx.Raw("SELECT leaf FROM ledger_entries WHERE group_id = ? AND subject = ? AND kind = ?", int64(log), d.Subject, Kind).Scan(&leaves).Error
	for _, leaf := range leaves {
		e, err := read(leaf, time.Time{}, nil)
		if err == nil && e.data.str("table") == d.Table && e.data.str("field") == d.Field {
			return true, nil
		}
	}
	return false, err
}
