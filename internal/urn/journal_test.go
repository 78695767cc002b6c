package urn

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"folkmoot/internal/db"
)

func sample(n byte, size int) record {
	return record{pseud: pseud{n}, box: append([]byte{version, n}, make([]byte, boxLen(size)-2)...)}
}

func recordLen(size int) int { return payloadLen(size) + frameLen }

// eachPaper is eachSize for what needs no database.
func eachPaper(t *testing.T, f func(t *testing.T, size int)) {
	t.Helper()
	for _, size := range sizes {
		t.Run(fmt.Sprint(size, " bytes"), func(t *testing.T) { f(t, size) })
	}
}

func newJournal(t *testing.T, size int) (*journal, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.log")
	j, records, err := openJournal(path, size, true)
	if err != nil || len(records) != 0 {
		t.Fatal(records, err)
	}
	t.Cleanup(func() {
		if err := j.close(); err != nil {
			t.Error(err)
		}
	})
	return j, path
}

func appendAll(t *testing.T, j *journal, size int, batches ...[]byte) {
	t.Helper()
	for _, batch := range batches {
		var staged [][]byte
		for _, n := range batch {
			staged = append(staged, sample(n, size).staged())
		}
		if err := j.Append(staged); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTornAtEveryByte cuts the file everywhere and flips every byte: what is read is always the beginning of what was
// written, and never less than the whole batches before the cut.
func TestTornAtEveryByte(t *testing.T) {
	eachPaper(t, func(t *testing.T, size int) {
		j, _ := newJournal(t, size)
		appendAll(t, j, size, []byte{1, 2, 3}, []byte{4}, []byte{5, 6})
		text, n := bytesOf(t, j), recordLen(size)
		for cut := range len(text) + 1 {
			records, err := parseJournal(text[:cut], j.payload)
			if err != nil || len(records) != cut/n {
				t.Fatalf("cut at %d: %d records, %v", cut, len(records), err)
			}
		}
		for at := range text {
			spoilt := append([]byte(nil), text...)
			spoilt[at] ^= 1
			records, err := parseJournal(spoilt, j.payload)
			if lastBatch := 4 * n; at < lastBatch && !errors.Is(err, errDamaged) {
				t.Fatalf("byte %d: %d records, %v; want damage", at, len(records), err)
			} else if at >= lastBatch && (err != nil || len(records) != at/n) {
				t.Fatalf("byte %d: %d records, %v; want those before it", at, len(records), err)
			}
		}
	})
}

func bytesOf(t *testing.T, j *journal) []byte {
	t.Helper()
	text := make([]byte, j.size)
	if _, err := j.file.ReadAt(text, 0); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRetractOwesWhatWasWritten(t *testing.T) {
	eachPaper(t, func(t *testing.T, size int) {
		j, path := newJournal(t, size)
		appendAll(t, j, size, []byte{1}, []byte{2, 3})
		if err := j.Retract(); err != nil {
			t.Fatal(err)
		}
		if owed := j.owing(); len(owed) != 2 || owed[0].key() != sample(2, size).key() || owed[1].key() != sample(3, size).key() {
			t.Fatalf("%d owed, want the second and the third", len(owed))
		}
		appendAll(t, j, size, []byte{4})
		if owed := j.owing(); len(owed) != 0 {
			t.Errorf("%d owed after the next batch committed", len(owed))
		}
		for _, wrong := range [][]byte{{1}, sample(9, size+1).staged(), sample(9, size-1).staged()} {
			if err := j.Append([][]byte{sample(8, size).staged(), wrong}); !errors.Is(err, errRecord) {
				t.Errorf("a record of %d bytes: %v", len(wrong), err)
			}
			if err := j.Retract(); err != nil {
				t.Fatal(err)
			}
		}
		appendAll(t, j, size, []byte{5})
		if owed := j.owing(); len(owed) != 0 {
			t.Errorf("%d owed after an append that failed", len(owed))
		}
		k, records, err := openJournal(path, size, false)
		if err != nil || len(records) != 5 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		if err := k.close(); err != nil {
			t.Fatal(err)
		}
	})
}

// failing refuses what is staged with it, after the journals staged earlier in the batch were written.
type failing struct{}

func (failing) Append([][]byte) error { return errors.New("no") }
func (failing) Retract() error        { return nil }

// TestFailedCommitIsMadeGood has a commit fail after the journal was written. The vote was not acknowledged; it is
// counted once its voter sends it again, or else with the next vote, and never over a newer one.
func TestFailedCommitIsMadeGood(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		w.cast(b, 0, 1, "zero")
		form0 := Vote{paper(b, 2), "again", w.ticket(b, 0).Basis}
		form1 := Vote{paper(b, 3), "one", w.ticket(b, 1).Basis}
		receipt0, receipt1 := w.failed(b, 0, form0), w.failed(b, 1, form1)
		if !w.ticket(b, 1).Voted {
			t.Fatal("a vote that will be counted is not shown")
		}
		again, err := w.try(b, 0, form0)
		if err != nil || again != receipt0 {
			t.Errorf("sent again: %v, %v", again, err)
		}
		newer := w.cast(b, 0, 1, "newer")
		w.cast(b, 2, 1, "two")
		w.write(func(tx *db.Tx) error { return w.u.Settle(tx, b) })
		c, err := w.unseal(b, 5)
		if err != nil {
			t.Fatal(err)
		}
		got := w.says(b, c)
		if len(got) != 3 || got[newer.Code] != 1 || got[receipt1.Code] != 3 {
			t.Errorf("papers %v", c.Papers)
		}
	})
}

// TestAFailedVoteDoesNotStandInItsVotersWay: the commit failed, and the only voter there is opens the form anew and
// chooses otherwise.
func TestAFailedVoteDoesNotStandInItsVotersWay(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		for i, before := range []byte{0, 2} { // without a vote before, and with one
			slot := int64(i)
			if before != 0 {
				w.cast(b, slot, before, "before")
			}
			w.failed(b, slot, Vote{paper(b, 3), "failed", w.ticket(b, slot).Basis})
			if !w.ticket(b, slot).Voted {
				t.Error("a vote that will be counted is not shown")
			}
			r, err := w.try(b, slot, Vote{paper(b, 1), "anew", w.ticket(b, slot).Basis})
			if err != nil {
				t.Errorf("voting anew: %v", err)
			}
			c, err := w.unseal(b, 5)
			if says := w.says(b, c); err != nil || len(says) != i+1 || says[r.Code] != 1 {
				t.Errorf("papers %v, %v", c.Papers, err)
			}
		}
	})
}

// failed has the vote fail to commit once it is in the journal.
func (w *world) failed(b Ballot, slot int64, v Vote) Receipt {
	w.Helper()
	s, err := w.u.Seal(b, slot, v)
	if err != nil {
		w.Fatal(err)
	}
	err = w.d.Write(w.Context(), func(tx *db.Tx) error {
		if err := s.Put(tx); err != nil {
			return err
		}
		tx.Journal(failing{}, nil)
		return nil
	})
	if err == nil {
		w.Fatal("the commit did not fail")
	}
	return s.Receipt
}

// TestFailedCommitIsSettledAtClose has the last votes of all fail to commit.
func TestFailedCommitIsSettledAtClose(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		w.cast(b, 0, 1, "zero")
		v := w.u.open[b.Ref]
		r := record{pseud: v.keys.pseudonym(b.ID, 1)}
		var err error
		if r.box, err = v.keys.seal(b, r.pseud, paper(b, 2), secret{}); err != nil {
			t.Fatal(err)
		}
		if err := v.journal.Append([][]byte{r.staged()}); err != nil {
			t.Fatal(err)
		}
		if err := v.journal.Retract(); err != nil {
			t.Fatal(err)
		}
		_, err = w.unseal(b, 5)
		w.stops(err, Missing)
		for range 2 {
			w.write(func(tx *db.Tx) error { return w.u.Settle(tx, b) })
		}
		if c, err := w.unseal(b, 5); err != nil || len(w.says(b, c)) != 2 {
			t.Errorf("%d papers, %v", len(c.Papers), err)
		}
	})
}
