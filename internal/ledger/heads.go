package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"folkmoot/internal/db"
	"folkmoot/internal/merkle"

	"golang.org/x/mod/sumdb/note"
)

const keyFile = "ledger.key"

// HasKey says whether the record's signing key lies in the key folder.
func HasKey(keys string) (bool, error) {
	_, err := os.Stat(filepath.Join(keys, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Open returns the Ledger whose signing key lies in the key folder, making the key if there is none yet.
// fresh says that it was made just now.
func Open(keys string) (l *Ledger, fresh bool, err error) {
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, false, fmt.Errorf("make the key folder: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(keys, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		name := make([]byte, 4)
		if _, err := rand.Read(name); err != nil {
			return nil, false, err
		}
		skey, vkey, err := note.GenerateKey(rand.Reader, fmt.Sprintf("folkmoot-%x", name))
		if err != nil {
			return nil, false, err
		}
		if err := writeFile(filepath.Join(keys, keyFile), skey+"\n"+vkey+"\n"); err != nil {
			return nil, false, fmt.Errorf("keep the record's key: %w", err)
		}
		l, err := New(skey, vkey)
		return l, true, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the record's key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 2 {
		return nil, false, fmt.Errorf("the record's key in %s is damaged", keys)
	}
	l, err = New(lines[0], lines[1])
	return l, false, err
}

// writeFile replaces the file so that after a power cut it holds either the old or the new text.
func writeFile(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Heads keeps the newest head of every log in a folder outside the database.
type Heads struct {
	db     *db.DB
	ledger *Ledger
	dir    string
}

// NewHeads returns Heads in the key folder.
func NewHeads(d *db.DB, l *Ledger, keys string) *Heads {
	return &Heads{d, l, filepath.Join(keys, "heads")}
}

// Check compares every kept head with the database. A log that is shorter than its kept head, or differs from it, is
// refused further entries until Accept: the database is older than what members have seen. It returns the references
// of the groups concerned.
func (h *Heads) Check(ctx context.Context) (forked []string, err error) {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return nil, err
	}
	err = h.db.Read(ctx, func(tx *db.Tx) error {
		logs, err := Logs(tx)
		if err != nil {
			return err
		}
		for ref, log := range logs {
			holds, err := h.holds(tx, log, ref)
			if err != nil {
				return err
			}
			if !holds {
				forked = append(forked, ref)
			}
			h.ledger.setForked(log, !holds)
		}
		return nil
	})
	return forked, err
}

func (h *Heads) holds(tx *db.Tx, log Log, ref string) (bool, error) {
	kept, err := h.kept(ref)
	if err != nil {
		return false, err
	}
	return h.follows(tx, log, kept)
}

// kept returns the head that is kept of the group's log as it was signed, or "" if none is.
func (h *Heads) kept(ref string) (string, error) {
	b, err := os.ReadFile(h.file(ref))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // a new group, or a new machine
	}
	return string(b), err
}

// follows says whether the log is what was signed, and what came after it.
func (h *Heads) follows(tx *db.Tx, log Log, signed string) (bool, error) {
	if signed == "" {
		return true, nil
	}
	kept, err := merkle.Open(signed, h.ledger.vkey)
	if err != nil {
		return false, nil //nolint:nilerr // a head that cannot be opened does not hold
	}
	n, err := size(tx, log)
	if err != nil || n < kept.Size {
		return false, err
	}
	root, err := Root(tx, log, kept.Size)
	return root == kept.Root, err
}

// Keep writes the heads of all logs that grew since it last ran. A kept head gives way only to one that follows from it:
// should the database have been put back meanwhile, the log is refused further entries as by Check, and Keep says so.
func (h *Heads) Keep(ctx context.Context) error {
	grown := h.ledger.takeDirty()
	if len(grown) == 0 {
		return nil
	}
	err := h.keep(ctx, grown)
	if err != nil {
		h.ledger.setDirty(grown)
	}
	return err
}

func (h *Heads) keep(ctx context.Context, grown map[Log]bool) error {
	// The kept heads are read before the snapshot begins: another process may keep newer ones at any time.
	kept := map[string]string{}
	logs := map[string]Log{}
	err := h.db.Read(ctx, func(tx *db.Tx) (err error) {
		logs, err = Logs(tx)
		return err
	})
	if err != nil {
		return err
	}
	for ref, log := range logs {
		if !grown[log] {
			delete(logs, ref)
			continue
		}
		if h.ledger.isAccepted(log) {
			continue // it need not follow from anything
		}
		if kept[ref], err = h.kept(ref); err != nil {
			return err
		}
	}
	return h.db.Read(ctx, func(tx *db.Tx) error {
		var forked []error
		for ref, log := range logs {
			switch ok, err := h.follows(tx, log, kept[ref]); {
			case err != nil:
				return err
			case !ok:
				h.ledger.setForked(log, true)
				delete(grown, log) // said once
				forked = append(forked, fmt.Errorf("the record of group %s is older than, or another than, one already shown", ref))
				continue
			}
			head, err := h.ledger.Head(tx, log, ref)
			if err != nil {
				return err
			}
			if err := writeFile(h.file(ref), head.Signed); err != nil {
				return err
			}
			h.ledger.setAccepted(log, false)
		}
		return errors.Join(forked...)
	})
}

// Accept takes the database as it is for the new beginning of the log, after a restore that is itself recorded in it. What
// was kept stays so until Keep puts the log's own head in its place: a restore that fails has changed nothing.
// It returns the checkpoint that is kept, or a zero one.
func (h *Heads) Accept(ref string, log Log) (was merkle.Checkpoint, err error) {
	signed, err := h.kept(ref)
	if err != nil {
		return was, err
	}
	h.ledger.setForked(log, false)
	h.ledger.setAccepted(log, true)
	if was, err = merkle.Open(signed, h.ledger.vkey); err != nil {
		return merkle.Checkpoint{}, nil //nolint:nilerr // a head that cannot be opened says nothing of what there was
	}
	return was, nil
}

func (h *Heads) file(ref string) string {
	return filepath.Join(h.dir, filepath.Base(ref)+".checkpoint")
}

func (l *Ledger) isForked(log Log) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.forked[log]
}

func (l *Ledger) setForked(log Log, forked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forked[log] = forked
	delete(l.heads, log)
}

func (l *Ledger) isAccepted(log Log) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted[log]
}

func (l *Ledger) setAccepted(log Log, accepted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted[log] = accepted
}

func (l *Ledger) takeDirty() map[Log]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.dirty
	l.dirty = map[Log]bool{}
	return taken
}

func (l *Ledger) setDirty(logs map[Log]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for log := range logs {
		l.dirty[log] = true
	}
}
