// Package ledger is the record that cannot be quietly rewritten.
//
// Each group has a log of its own. Every act is appended to it in the same transaction as the change it records: a
// leaf of canonical JSON in an RFC 6962 hash tree. The head of the tree, a checkpoint, is signed, shown on every page
// and kept in every export; a second copy lies outside the database, so that an older database cannot pass for the
// newest one. Words people wrote stand in the leaf as a salted hash and beside it as text, so that a text can be
// removed where it must be, and the removal seen.
//
// The record makes a rewrite visible to whoever kept an earlier checkpoint; it cannot make one impossible.
package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Log names a group's log; it is the group's id.
type Log int64

// Operator is the actor of what is done at the server and not in the program; the empty actor is the rules themselves.
const Operator = "operator"

// Text is something a person wrote. The leaf holds its salted hash.
type Text string

// Data is what an event says, by name. Values are string (a word of the program, never of a person), int, int64,
// bool, time.Time, Text, Data, or a []any of these.
type Data map[string]any

// Event is one act.
type Event struct {
	Kind    string // "motion.tabled"
	Subject string // "motion/14"
	Actor   string // a member's reference, Operator, or "" where nobody acted but time
	Data    Data
	Also    []string // what else changes by it, for those who look at it now ("meeting/3"); no part of the record
}

// Entry is an event as it stands in the log.
type Entry struct {
	Log     Log
	N       int64 // place in the log, from 0
	At      time.Time
	Kind    string
	Subject string
	Leaf    string // canonical JSON, the bytes that are hashed
}

// Sealed is a text beside the log. Gone says that it was removed.
type Sealed struct {
	Hash [sha256.Size]byte
	Salt []byte
	Text string
	Gone bool
}

// Head is the newest checkpoint of a log.
type Head struct {
	merkle.Checkpoint
	Signed string // as a note, for keeping
}

// Ledger writes and reads the logs of all groups.
type Ledger struct {
	signer note.Signer
	vkey   string

	mu       sync.Mutex
	heads    map[Log]Head // newest signed head of each log, by what it was last seen to be
	dirty    map[Log]bool // appended to since its head was last kept
	forked   map[Log]bool // older than the head kept outside the database
	accepted map[Log]bool // its head takes the place of the one kept outside, whatever that is

	told []func(Log, ...string)
}

// OnAppend has f called after each entry is committed, with the log, the entry's subject, and what else it changed. It is for starting up: what is appended
// meanwhile may go untold.
func (l *Ledger) OnAppend(f func(log Log, about ...string)) { l.told = append(l.told, f) }

// New returns a Ledger that signs with the key (note format, as made by GenerateKey).
func New(skey, vkey string) (*Ledger, error) {
	s, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("ledger key: %w", err)
	}
	return &Ledger{signer: s, vkey: vkey, heads: map[Log]Head{}, dirty: map[Log]bool{}, forked: map[Log]bool{}, accepted: map[Log]bool{}}, nil
}

// VerifierKey returns the public key that opens the checkpoints.
func (l *Ledger) VerifierKey() string { return l.vkey }

// Origin returns the name of the log of the group with the reference.
func Origin(groupRef string) string { return "folkmoot/" + groupRef }

// Append adds the event to the log, within the transaction that makes the change it records.
// It returns fault.Unavailable while the log is older than the head kept outside the database.
func (l *Ledger) Append(tx *db.Tx, log Log, ev Event) (Entry, error) {
	if l.isForked(log) {
		return Entry{}, fault.New(fault.Unavailable, "ledger.forked")
	}
	n, at, err := next(tx, log)
	if err != nil {
		return Entry{}, fmt.Errorf("log size: %w", err)
	}
	var texts []Sealed
	data, err := seal(map[string]any(ev.Data), &texts)
	if err != nil {
		return Entry{}, err
	}
	leaf, err := merkle.Canonical(map[string]any{
		"at": stamp(at), "by": ev.Actor, "data": data, "kind": ev.Kind, "n": n, "of": ev.Subject,
	})
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Log: log, N: n, At: at, Kind: ev.Kind, Subject: ev.Subject, Leaf: string(leaf)}
	hashes, err := tlog.StoredHashes(n, leaf, reader{tx, log})
	if err != nil {
		return Entry{}, fmt.Errorf("hash entry: %w", err)
	}
	if err := insert(tx, e, hashes, texts); err != nil {
		return Entry{}, fmt.Errorf("insert entry: %w", err)
	}
	tx.After(func() {
		l.mu.Lock()
		l.dirty[log] = true
		l.mu.Unlock()
		for _, tell := range l.told {
			tell(log, append([]string{ev.Subject}, ev.Also...)...)
		}
	})
	return e, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// seal makes the value ready for the leaf: texts become hashes, times become strings.
func seal(v any, texts *[]Sealed) (any, error) {
	switch v := v.(type) {
	case Text:
		if !utf8.ValidString(string(v)) { // no export could show it as it was hashed
			return nil, errors.New("ledger: a text that is not UTF-8")
		}
		s := Sealed{Salt: make([]byte, 16), Text: string(v)}
		if _, err := rand.Read(s.Salt); err != nil {
			return nil, err
		}
		s.Hash = merkle.TextHash(s.Salt, s.Text)
		*texts = append(*texts, s)
		return merkle.TextValue(s.Hash), nil
	case time.Time:
		return stamp(v), nil
	case Data:
		return seal(map[string]any(v), texts)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			s, err := seal(e, texts)
			if err != nil {
				return nil, err
			}
			out[k] = s
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			s, err := seal(e, texts)
			if err != nil {
				return nil, err
			}
			out[i] = s
		}
		return out, nil
	}
	return v, nil
}

// Head returns the newest checkpoint of the log of the group with the reference.
func (l *Ledger) Head(tx *db.Tx, log Log, groupRef string) (Head, error) {
	n, err := size(tx, log)
	if err != nil {
		return Head{}, err
	}
	h, ok := l.Known(log, n)
	if ok {
		return h, nil
	}
	h, err = l.head(tx, log, groupRef, n)
	if err != nil {
		return Head{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heads[log].Size <= n {
		l.heads[log] = h
	}
	return h, nil
}

// Known returns the checkpoint of the log at the size, if it was asked for before and is the newest that was.
func (l *Ledger) Known(log Log, size int64) (h Head, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok = l.heads[log]
	return h, ok && h.Size == size
}

func (l *Ledger) head(tx *db.Tx, log Log, groupRef string, n int64) (Head, error) {
	root, err := Root(tx, log, n)
	if err != nil {
		return Head{}, err
	}
	h := Head{Checkpoint: merkle.Checkpoint{Origin: Origin(groupRef), Size: n, Root: root}}
	h.Signed, err = merkle.Sign(h.Checkpoint, l.signer)
	return h, err
}

// Select signs which entries a file about one thing has to hold ("decision/2026-014"), so that none can be cut from it.
func (l *Ledger) Select(h Head, of string, places []int64) (string, error) {
	return merkle.SignSelection(merkle.Selection{Checkpoint: h.Checkpoint, Of: of, Entries: places}, l.signer)
}

// Root returns the root of the tree over the first n entries.
func Root(tx *db.Tx, log Log, n int64) (tlog.Hash, error) {
	if n == 0 {
		return tlog.Hash(sha256.Sum256(nil)), nil
	}
	return tlog.TreeHash(n, reader{tx, log})
}

// Prove returns the proof that entry n is in the tree over the first size entries.
func Prove(tx *db.Tx, log Log, size, n int64) (tlog.RecordProof, error) {
	return tlog.ProveRecord(size, n, reader{tx, log})
}

// reader gives tlog the stored hashes of a log.
type reader struct {
	tx  *db.Tx
	log Log
}

// ReadHashes implements tlog.HashReader.
func (r reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	found, err := hashes(r.tx, r.log, indexes)
	if err != nil {
		return nil, err
	}
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := found[x]
		if !ok {
			return nil, fmt.Errorf("ledger: hash %d of log %d is missing", x, r.log)
		}
		out[i] = h
	}
	return out, nil
}

// RemoveText deletes a text beside the log; its hash stays. The caller appends the event that says why.
// It returns fault.NotFound if there is no such text, or no more.
func RemoveText(tx *db.Tx, log Log, hash [sha256.Size]byte) error { return removeText(tx, log, hash) }

// ParseText returns the hash in a leaf's value that stands for a text.
func ParseText(value string) (hash [sha256.Size]byte, ok bool) {
	if len(value) != len(merkle.TextPrefix)+2*sha256.Size || value[:len(merkle.TextPrefix)] != merkle.TextPrefix {
		return hash, false
	}
	b, err := hex.DecodeString(value[len(merkle.TextPrefix):])
	if err != nil {
		return hash, false
	}
	return [sha256.Size]byte(b), true
}
