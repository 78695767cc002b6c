// Package urn keeps the votes of open secret ballots so that nothing on disk joins a vote to a person.
//
// While a ballot is open there is one row a voter and nothing else: a pseudonym, which only the ballot's key can
// compute from the place on the roll, and a sealed box with the paper. All papers of a ballot have the same number of
// bytes, so that no length tells anything. Casting writes that row, changing a vote replaces it, and asking
// whether somebody has voted computes the pseudonym again. No second table is written, because two rows of one
// transaction can be matched from the write-ahead log, from the layout of pages, or from PostgreSQL's xmin
// (security.md §0). The key is a file beside the database, never in it, and no backup holds it.
//
// Every batch of votes is also appended to a journal, on disk before the database commits, so a damaged database cannot
// lose a vote in silence. At close the table must be what the journal says and every row must belong to the roll; then
// all boxes are opened at once, in memory. What is not as it must be stops the ballot, and nothing is destroyed.
//
// What this does not protect against: whoever controls the running server while the ballot is open can read its key.
//
// Only package ballot may import this package.
package urn

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// Ballot is what a box is bound to: it opens for this ballot and this question only.
type Ballot struct {
	ID       int64
	Ref      string // names the files
	Question [sha256.Size]byte
	Size     int // how many bytes each paper has, see ErrSize; Count and Purge do without
}

// checkSize returns ErrSize for papers of which no urn can be made.
func checkSize(size int) error {
	if size < 1 || size > maxSize {
		return fmt.Errorf("%w: %d bytes", ErrSize, size)
	}
	return nil
}

// Vote is what a voter sends.
type Vote struct {
	Choice []byte // as many bytes as the ballot's papers have
	Client string // random text chosen on the voter's side, so that the server cannot choose the receipt alone
	Basis  string // from the ticket the form was made with
}

// Receipt lets a voter find their paper in the published list. It does not tell the choice.
type Receipt struct {
	Code string // as published after close
	Part string // the server's share in the code, for checking that the voter's own is in it; hexadecimal
}

// Ticket is what a voting form is made with.
type Ticket struct {
	Voted bool
	Basis string // stands for the vote the urn holds of this voter, if any, when the form is shown
}

// Paper is one vote without a voter.
type Paper struct {
	Code   string
	Choice []byte
}

// Contents are what an urn held: who voted and which papers there are, each in an order of its own that tells nothing.
type Contents struct {
	Voted  []int64 // places on the roll, ascending
	Papers []Paper // by code
}

// Reason is why a ballot had to stop, as a code that the pages put into words.
type Reason string

// The reasons.
const (
	Stranger      Reason = "stranger"        // the urn holds a vote that belongs to nobody on the roll
	Unknown       Reason = "unknown"         // the urn holds a vote that the journal does not know
	Missing       Reason = "missing"         // the journal holds a vote that the urn has lost
	Unopened      Reason = "unopened"        // a box does not open: the vote or the question was altered
	Clash         Reason = "clash"           // two papers have one receipt code
	KeyLost       Reason = "key_lost"        // the key is gone or damaged
	JournalLost   Reason = "journal_lost"    // the journal is gone
	JournalBroken Reason = "journal_damaged" // the journal is damaged in the middle
)

// Incident says that the urn is not as it must be. The ballot has to stop; nothing was changed.
type Incident struct {
	Reason Reason
	Err    error // for the log; never holds a vote
}

func (i *Incident) Error() string {
	if i.Err != nil {
		return fmt.Sprintf("urn: %s: %v", i.Reason, i.Err)
	}
	return "urn: " + string(i.Reason)
}

func (i *Incident) Unwrap() error { return i.Err }

// What a cast may end with instead of being recorded.
var (
	ErrChanged = errors.New("urn: another vote of this voter was recorded after the form was shown")
	ErrFinal   = errors.New("urn: this voter has voted, which is final here")
	ErrNotOpen = errors.New("urn: no key for this ballot")
)

// ErrSize is returned for a paper that has not as many bytes as the ballot's, for a ballot whose papers have none or too
// many for a journal record, and for one whose urn was opened for papers of another size. Nothing is ever filled up or cut.
var ErrSize = errors.New("urn: a paper of another size")

// Urn holds the keys and journals of the ballots that are open.
type Urn struct {
	keys, logs string
	log        *slog.Logger

	mu   sync.RWMutex
	open map[string]*vessel // by the ballot's reference
}

// vessel is the urn of one ballot.
type vessel struct {
	size    int // of each paper
	keys    *subkeys
	journal *journal
}

// Open returns an Urn whose files lie in the key folder. It holds nothing until Recover or Prepare.
func Open(keyFolder string, log *slog.Logger) (*Urn, error) {
	u := &Urn{
		keys: filepath.Join(keyFolder, "ballots"), logs: filepath.Join(keyFolder, "urn"),
		log: log, open: map[string]*vessel{},
	}
	for _, dir := range []string{u.keys, u.logs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder for ballot keys: %w", err)
		}
	}
	return u, nil
}

// Close closes the files. The urns stay as they are.
func (u *Urn) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	var errs []error
	for ref, v := range u.open {
		errs = append(errs, v.journal.close())
		delete(u.open, ref)
	}
	return errors.Join(errs...)
}

// Prepare makes the key and the journal of a ballot that is about to open, and returns once both are on disk.
// What an opening that did not come about has left is used again, as long as nobody has voted with it. size is that of
// the ballot's papers, see ErrSize.
func (u *Urn) Prepare(ref string, size int) error {
	if err := checkSize(size); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if v := u.open[ref]; v != nil {
		return v.takes(size)
	}
	k, err := readKey(u.keyFile(ref))
	if errors.Is(err, os.ErrNotExist) {
		k, err = makeKey(u.keyFile(ref))
	}
	if err != nil {
		return fmt.Errorf("key for ballot %s: %w", ref, err)
	}
	j, records, err := openJournal(u.logFile(ref), size, true)
	if err != nil {
		return fmt.Errorf("journal for ballot %s: %w", ref, err)
	}
	if len(records) > 0 {
		return errors.Join(fmt.Errorf("journal for ballot %s holds votes already", ref), j.close())
	}
	u.open[ref] = &vessel{size, derive(k, ref), j}
	return nil
}

// Has says whether the urn of the ballot is at hand.
func (u *Urn) Has(ref string) bool {
	u.mu.RLock()
	defer u.mu.RUnlock()
	return u.open[ref] != nil
}

// Discard removes what Prepare made, for a ballot that did not open.
func (u *Urn) Discard(ref string) error { return u.destroy(ref) }

// vessel returns the urn of the ballot, ErrNotOpen, or ErrSize.
func (u *Urn) vessel(b Ballot) (*vessel, error) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	v := u.open[b.Ref]
	if v == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotOpen, b.Ref)
	}
	return v, v.takes(b.Size)
}

// takes returns ErrSize if the papers in the urn are of another size.
func (v *vessel) takes(size int) error {
	if size != v.size {
		return fmt.Errorf("%w: %d bytes, not %d", ErrSize, size, v.size)
	}
	return nil
}

func (u *Urn) keyFile(ref string) string { return filepath.Join(u.keys, filepath.Base(ref)+".key") }
func (u *Urn) logFile(ref string) string { return filepath.Join(u.logs, filepath.Base(ref)+".log") }
