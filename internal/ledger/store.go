package ledger

import (
	"crypto/sha256"
	"time"

	"folkmoot/internal/db"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"
)

type entryRow struct {
	GroupID int64
	N       int64
	At      db.Instant
	Kind    string
	Subject string
	Leaf    string
}

func (entryRow) TableName() string { return "ledger_entries" }

func (r entryRow) entry() Entry {
	return Entry{Log: Log(r.GroupID), N: r.N, At: r.At.Time, Kind: r.Kind, Subject: r.Subject, Leaf: r.Leaf}
}

type hashRow struct {
	GroupID int64
	I       int64
	Hash    []byte
}

func (hashRow) TableName() string { return "ledger_hashes" }

type textRow struct {
	GroupID int64
	Hash    []byte
	Salt    []byte
	Text    *string
	N       int64
}

func (textRow) TableName() string { return "ledger_texts" }

func (r textRow) sealed() Sealed {
	s := Sealed{Hash: [sha256.Size]byte(r.Hash), Salt: r.Salt, Gone: r.Text == nil}
	if r.Text != nil {
		s.Text = *r.Text
	}
	return s
}

func size(tx *db.Tx, log Log) (n int64, err error) {
	_, err = tx.Row("SELECT "+SizeOf("?"), []any{int64(log)}, &n)
	return n, err
}

// SizeOf is, in SQL, how many entries the log has that the expression names: for statements that read it among other things.
func SizeOf(log string) string {
	return "(SELECT COALESCE(MAX(n) + 1, 0) FROM ledger_entries WHERE group_id = " + log + ")"
}

// next returns the place and the time of the entry that is appended now. Time in a log never goes back, though the clock
// may have been put back, or another process has written between.
func next(tx *db.Tx, log Log) (n int64, at time.Time, err error) {
	var last []entryRow
	err = tx.Select("n", "at").Where("group_id = ?", int64(log)).Order("n DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return 0, tx.Now, err
	}
	if at = last[0].At.Time; at.Before(tx.Now) {
		at = tx.Now
	}
	return last[0].N + 1, at, nil
}

func insert(tx *db.Tx, e Entry, hashes []tlog.Hash, texts []Sealed) error {
	if err := tx.Create(&entryRow{int64(e.Log), e.N, db.At(e.At), e.Kind, e.Subject, e.Leaf}).Error; err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, e.N)
	rows := make([]hashRow, len(hashes))
	for i, h := range hashes {
		rows[i] = hashRow{int64(e.Log), first + int64(i), h[:]}
	}
	if err := tx.Create(&rows).Error; err != nil {
		return err
	}
	if len(texts) == 0 {
		return nil
	}
	trows := make([]textRow, len(texts))
	for i, t := range texts {
		trows[i] = textRow{int64(e.Log), t.Hash[:], t.Salt, &t.Text, e.N}
	}
	return tx.Create(&trows).Error
}

func hashes(tx *db.Tx, log Log, indexes []int64) (map[int64]tlog.Hash, error) {
	var rows []hashRow
	if err := tx.Where("group_id = ? AND i IN ?", int64(log), indexes).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[int64]tlog.Hash, len(rows))
	for _, r := range rows {
		out[r.I] = tlog.Hash(r.Hash)
	}
	return out, nil
}

func removeText(tx *db.Tx, log Log, hash [sha256.Size]byte) error {
	res := tx.Table("ledger_texts").Where("group_id = ? AND hash = ? AND text IS NOT NULL", int64(log), hash[:]).
		Update("text", nil)
	return db.Affected(res, 1)
}

// Size returns how many entries the log has.
func Size(tx *db.Tx, log Log) (int64, error) { return size(tx, log) }

// Entries returns up to limit entries from place from on, in order.
func Entries(tx *db.Tx, log Log, from int64, limit int) ([]Entry, error) {
	return find(tx.Where("group_id = ? AND n >= ?", int64(log), from).Order("n").Limit(limit))
}

// Before returns up to limit entries before place before, the newest first.
func Before(tx *db.Tx, log Log, before int64, limit int) ([]Entry, error) {
	return find(tx.Where("group_id = ? AND n < ?", int64(log), before).Order("n DESC").Limit(limit))
}

// About returns the entries about the subjects, in order.
func About(tx *db.Tx, log Log, subjects ...string) ([]Entry, error) {
	return find(tx.Where("group_id = ? AND subject IN ?", int64(log), subjects).Order("n"))
}

func find(q *gorm.DB) ([]Entry, error) {
	var rows []entryRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, nil
}

// Texts returns the texts that entries from place from up to but not including to name, by hash.
func Texts(tx *db.Tx, log Log, from, to int64) (map[[sha256.Size]byte]Sealed, error) {
	var rows []textRow
	if err := tx.Where("group_id = ? AND n >= ? AND n < ?", int64(log), from, to).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[[sha256.Size]byte]Sealed, len(rows))
	for _, r := range rows {
		s := r.sealed()
		out[s.Hash] = s
	}
	return out, nil
}

// LeafHashes returns the hashes of the first n leaves, in order.
func LeafHashes(tx *db.Tx, log Log, n int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, n)
	const page = 5000
	for from := int64(0); from < n; from += page {
		entries, err := Entries(tx, log, from, int(min(page, n-from)))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			out = append(out, tlog.RecordHash([]byte(e.Leaf)))
		}
	}
	return out, nil
}

// Logs returns the logs of all groups by the groups' references.
func Logs(tx *db.Tx) (map[string]Log, error) {
	var rows []struct {
		ID  int64
		Ref string
	}
	if err := tx.Table("groups").Select("id", "ref").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]Log, len(rows))
	for _, r := range rows {
		out[r.Ref] = Log(r.ID)
	}
	return out, nil
}
