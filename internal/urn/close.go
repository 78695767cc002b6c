package urn

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"folkmoot/internal/db"
)

// Recover takes up the urn of a ballot that was open when the program ended. What the journal holds and the table has
// lost is put back: the journal was on disk before the vote was acknowledged. It returns how many votes that were, and
// an *Incident if the urn is not as it must be. The urn is at hand only once it is: after an error Has says no, so that
// nobody votes into it or opens it, and Recover is to be called again. It returns ErrSize for a ballot whose papers can have
// no box; a journal with papers of another size than the ballot's is a damaged one, and is left as it is.
func (u *Urn) Recover(ctx context.Context, d *db.DB, b Ballot) (restored int, err error) {
	if err := checkSize(b.Size); err != nil {
		return 0, err
	}
	u.mu.Lock()
	err = u.putAway(b.Ref)
	u.mu.Unlock()
	if err != nil {
		return 0, err
	}
	v, records, err := u.load(b)
	if err != nil {
		return 0, err
	}
	if restored, err = v.putBack(ctx, d, b, records); err != nil {
		return 0, errors.Join(err, v.journal.close())
	}
	u.mu.Lock()
	u.open[b.Ref] = v
	u.mu.Unlock()
	return restored, nil
}

// putAway closes the urn if it is at hand. The caller holds mu.
func (u *Urn) putAway(ref string) error {
	v := u.open[ref]
	if v == nil {
		return nil
	}
	if err := v.journal.close(); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	delete(u.open, ref)
	return nil
}

// putBack puts into the table what only the journal has, and returns how many votes that were.
func (v *vessel) putBack(ctx context.Context, d *db.DB, b Ballot, records []record) (restored int, err error) {
	last, known := lastOf(records), make(map[string]bool, len(records))
	for _, r := range records {
		known[r.key()] = true
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		restored = 0
		rows, err := all(tx, b.ID)
		if err != nil {
			return err
		}
		for p, box := range rows {
			if !known[record{pseud: p, box: box}.key()] {
				return &Incident{Reason: Unknown}
			}
		}
		for p, box := range last {
			if bytes.Equal(rows[p], box) {
				continue
			}
			restored++
			if err := put(tx, b.ID, p, box); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return restored, v.journal.cut()
}

func (u *Urn) load(b Ballot) (*vessel, []record, error) {
	k, err := readKey(u.keyFile(b.Ref))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errKey) {
		return nil, nil, &Incident{KeyLost, err}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("key of ballot %s: %w", b.Ref, err)
	}
	j, records, err := openJournal(u.logFile(b.Ref), b.Size, false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, &Incident{JournalLost, err}
	case errors.Is(err, errDamaged):
		return nil, nil, &Incident{JournalBroken, err}
	case err != nil:
		return nil, nil, fmt.Errorf("journal of ballot %s: %w", b.Ref, err)
	}
	return &vessel{b.Size, derive(k, b.Ref), j}, records, nil
}

// lastOf returns the last box of each pseudonym.
func lastOf(records []record) map[pseud][]byte {
	last := make(map[pseud][]byte, len(records))
	for _, r := range records {
		last[r.pseud] = r.box
	}
	return last
}

// Settle puts into the table what a failed commit has left in the journal alone. It is called once the ballot takes no
// more votes, before Open.
func (u *Urn) Settle(tx *db.Tx, b Ballot) error {
	v, err := u.vessel(b)
	if err != nil {
		return err
	}
	for _, r := range v.journal.owing() {
		if err := replay(tx, b.ID, r); err != nil {
			return err
		}
	}
	return nil
}

// Unseal opens all boxes at once. There is no way to open one of them. slots are all places on the roll.
// The ballot must take no more votes. It returns an *Incident, and nothing else, unless the table is what the journal
// says, every vote belongs to a place on the roll, every box opens and every paper has a code of its own. It returns
// ErrSize if the ballot's papers are of another size than those in its urn.
func (u *Urn) Unseal(tx *db.Tx, b Ballot, slots []int64) (Contents, error) {
	v, err := u.vessel(b)
	if errors.Is(err, ErrNotOpen) {
		return Contents{}, &Incident{KeyLost, err}
	}
	if err != nil {
		return Contents{}, err
	}
	rows, err := all(tx, b.ID)
	if err != nil {
		return Contents{}, err
	}
	if err := v.matches(rows); err != nil {
		return Contents{}, err
	}
	var c Contents
	for _, slot := range slots {
		p := v.keys.pseudonym(b.ID, slot)
		box := rows[p]
		if box == nil {
			continue
		}
		delete(rows, p)
		choice, r, err := v.keys.unseal(b, p, box)
		if err != nil {
			return Contents{}, &Incident{Unopened, err}
		}
		c.Voted = append(c.Voted, slot)
		c.Papers = append(c.Papers, Paper{r.code(), choice})
	}
	if len(rows) > 0 {
		return Contents{}, &Incident{Reason: Stranger}
	}
	return c, c.sort()
}

// matches compares the table with the journal.
func (v *vessel) matches(rows map[pseud][]byte) error {
	records, err := v.journal.read()
	if err != nil {
		return &Incident{JournalBroken, err}
	}
	last := lastOf(records)
	for p, box := range rows {
		if l, ok := last[p]; !ok || !bytes.Equal(l, box) {
			return &Incident{Reason: Unknown}
		}
	}
	if len(last) != len(rows) {
		return &Incident{Reason: Missing}
	}
	return nil
}

// sort brings voters and papers each into an order of its own. The papers are shuffled first, so that not even the
// order of equal ones follows from the roll.
func (c *Contents) sort() error {
	for i := len(c.Papers) - 1; i > 0; i-- {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return err
		}
		j := int(n.Int64())
		c.Papers[i], c.Papers[j] = c.Papers[j], c.Papers[i]
	}
	slices.SortFunc(c.Papers, func(a, b Paper) int { return strings.Compare(a.Code, b.Code) })
	slices.Sort(c.Voted)
	for i := 1; i < len(c.Papers); i++ {
		if c.Papers[i].Code == c.Papers[i-1].Code {
			*c = Contents{}
			return &Incident{Reason: Clash}
		}
	}
	return nil
}

// Purge removes the votes of a counted ballot, its journal and its key for good. It may be called again after it was
// interrupted. An error means that something is left.
func (u *Urn) Purge(ctx context.Context, d *db.DB, b Ballot) error {
	if err := empty(ctx, d, b.ID); err != nil {
		return fmt.Errorf("empty the urn: %w", err)
	}
	return u.destroy(b.Ref)
}

func (u *Urn) destroy(ref string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.putAway(ref); err != nil {
		return err
	}
	if err := remove(u.logFile(ref)); err != nil {
		return fmt.Errorf("remove journal: %w", err)
	}
	if err := destroyKey(u.keyFile(ref)); err != nil {
		return fmt.Errorf("destroy key: %w", err)
	}
	return nil
}

// Sweep removes what openings that did not come about have left: keys of ballots that are not known and whose journal
// is empty. A key that belongs to votes is never removed here: the database may be the wrong one.
func (u *Urn) Sweep(known map[string]bool) error {
	files, err := os.ReadDir(u.keys)
	if err != nil {
		return err
	}
	for _, f := range files {
		ref, isKey := strings.CutSuffix(f.Name(), ".key")
		switch {
		case strings.HasPrefix(f.Name(), ".new-"):
			err = remove(filepath.Join(u.keys, f.Name()))
		case !isKey || known[ref]:
			continue
		default:
			err = u.sweep(ref)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *Urn) sweep(ref string) error {
	info, err := os.Stat(u.logFile(ref))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && info.Size() > 0 {
		u.log.Warn("a key belongs to a ballot that the database does not know; it was left alone", slog.String("ballot", ref))
		return nil
	}
	return u.destroy(ref)
}
