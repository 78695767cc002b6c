package urn

import (
	"bytes"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

func TestForgedRowStopsTheCloseV12(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		for slot := range int64(5) {
			w.cast(b, slot, 1, "c")
		}
		for _, n := range []int{1, boxLen(size) - 1, boxLen(size) + 1, boxLen(size)} {
			w.write(func(tx *db.Tx) error {
				return put(tx, b.ID, pseud{1, 2, 3}, append([]byte{version}, make([]byte, n-1)...))
			})
			_, err := w.unseal(b, 5)
			w.stops(err, Unknown)
			_, err = w.recover(b)
			w.stops(err, Unknown)
			w.write(func(tx *db.Tx) error {
				return tx.Exec("DELETE FROM urn WHERE pseud = ?", append([]byte{1, 2, 3}, make([]byte, 13)...)).Error
			})
			if n, err := w.recover(b); n != 0 || err != nil {
				t.Errorf("without the forged row: %d restored, %v", n, err)
			}
			if _, err = w.unseal(b, 5); err != nil {
				t.Errorf("without the forged row: %v", err)
			}
		}

		// Forged by somebody who holds the key and wrote it into the journal too: nobody on the roll has this place.
		w.cast(b, 77, 1, "c")
		_, err := w.unseal(b, 5)
		w.stops(err, Stranger)
	})
}

func TestLostOrSwappedRowStopsTheClose(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		for slot := range int64(5) {
			w.cast(b, slot, 1, "c")
		}
		p, q := w.u.open[b.Ref].keys.pseudonym(b.ID, 1), w.u.open[b.Ref].keys.pseudonym(b.ID, 2)
		w.write(func(tx *db.Tx) error { return tx.Exec("DELETE FROM urn WHERE pseud = ?", p[:]).Error })
		_, err := w.unseal(b, 5)
		w.stops(err, Missing)
		if n, err := w.recover(b); n != 1 || err != nil {
			t.Errorf("%d restored, %v", n, err)
		}
		if _, err := w.unseal(b, 5); err != nil {
			t.Error(err)
		}
		w.write(func(tx *db.Tx) error {
			box, err := find(tx, b.ID, q)
			if err != nil {
				return err
			}
			return put(tx, b.ID, p, box)
		})
		_, err = w.unseal(b, 5)
		w.stops(err, Unknown)
	})
}

func TestChangedQuestionDoesNotOpenV13(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		w.cast(b, 3, 1, "c")
		other := b
		other.Question[31]++
		_, err := w.unseal(other, 5)
		w.stops(err, Unopened)
		if _, err := w.unseal(b, 5); err != nil {
			t.Error(err)
		}
	})
}

func TestRecoverReplaysTheJournal(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		for slot := range int64(6) {
			w.cast(b, slot, 1, "c")
		}
		var old []row
		w.write(func(tx *db.Tx) error { return tx.Where("ballot_id = ?", b.ID).Find(&old).Error })
		for slot := range int64(6) {
			w.cast(b, slot, 2, "d")
		}
		// The database lost its last commits: some rows are older, some gone.
		w.write(func(tx *db.Tx) error {
			for i, r := range old {
				if err := tx.Exec("DELETE FROM urn WHERE pseud = ?", r.Pseud).Error; err != nil {
					return err
				}
				if i%2 == 0 {
					if err := tx.Create(&r).Error; err != nil {
						return err
					}
				}
			}
			return nil
		})
		// And the program died while it was writing the next record.
		torn(t, w.u.logFile(b.Ref), recordLen(size)-7)
		w.restart()
		if n, err := w.recover(b); n != 6 || err != nil {
			t.Fatalf("%d restored, %v", n, err)
		}
		w.cast(b, 5, 3, "e")
		c, err := w.unseal(b, 6)
		if err != nil {
			t.Fatal(err)
		}
		var sum byte
		for _, says := range w.says(b, c) {
			sum += says
		}
		if len(c.Papers) != 6 || sum != 5*2+3 {
			t.Errorf("%d papers, sum of choices %d", len(c.Papers), sum)
		}
	})
}

// TestRecoverThatFailsIsTriedAgain: an urn that could not be put right, because the disk was full, say, is not at hand.
// Otherwise its close would find votes missing that the journal has.
func TestRecoverThatFailsIsTriedAgain(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		for slot := range int64(3) {
			w.cast(b, slot, 1, "c")
		}
		w.write(func(tx *db.Tx) error { return tx.Exec("DELETE FROM urn").Error })
		w.restart()
		w.write(func(tx *db.Tx) error { return tx.Exec("ALTER TABLE urn RENAME TO away").Error })
		if n, err := w.recover(b); n != 0 || err == nil {
			t.Errorf("%d restored, %v", n, err)
		}
		if w.u.Has(b.Ref) {
			t.Error("an urn that was not put right is at hand")
		}
		w.write(func(tx *db.Tx) error { return tx.Exec("ALTER TABLE away RENAME TO urn").Error })
		if n, err := w.recover(b); n != 3 || err != nil || !w.u.Has(b.Ref) {
			t.Errorf("the second time %d restored, %v", n, err)
		}
		if c, err := w.unseal(b, 3); err != nil || len(c.Papers) != 3 {
			t.Errorf("%d papers, %v", len(c.Papers), err)
		}
	})
}

func torn(t *testing.T, path string, n int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, text[:n]...), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsMissingStopsTheBallot(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		for i, tt := range []struct {
			name  string
			spoil func(w *world, b Ballot) error
			want  Reason
		}{
			{"no key", func(w *world, b Ballot) error { return os.Remove(w.u.keyFile(b.Ref)) }, KeyLost},
			{"flipped key", func(w *world, b Ballot) error { return flip(w.u.keyFile(b.Ref), 5) }, KeyLost},
			{"short key", func(w *world, b Ballot) error { return os.Truncate(w.u.keyFile(b.Ref), 31) }, KeyLost},
			{"no journal", func(w *world, b Ballot) error { return os.Remove(w.u.logFile(b.Ref)) }, JournalLost},
			{"flipped journal", func(w *world, b Ballot) error { return flip(w.u.logFile(b.Ref), recordLen(size)+30) }, JournalBroken},
			{"journal without its end", func(w *world, b Ballot) error { return os.Truncate(w.u.logFile(b.Ref), 2*int64(recordLen(size))) }, Unknown},
			{"flipped end of the journal", func(w *world, b Ballot) error { return flip(w.u.logFile(b.Ref), 4*recordLen(size)+30) }, Unknown},
		} {
			b := question(1, size)
			b.Ref = "b_" + strings.ReplaceAll(tt.name, " ", "_")
			w := &world{t, d, t.TempDir(), nil}
			if i == 0 {
				w = newWorld(t, d, b)
			} else {
				w.restart()
				if err := w.u.Prepare(b.Ref, b.Size); err != nil {
					t.Fatal(err)
				}
			}
			for slot := range int64(5) {
				w.cast(b, slot, 1, "c")
			}
			if err := tt.spoil(w, b); err != nil {
				t.Fatal(err)
			}
			before := fileSize(t, w.u.logFile(b.Ref))
			w.restart()
			_, err := w.recover(b)
			t.Log(tt.name)
			w.stops(err, tt.want)
			if after := fileSize(t, w.u.logFile(b.Ref)); after != before {
				t.Errorf("%s: the journal went from %d to %d bytes", tt.name, before, after)
			}
			w.write(func(tx *db.Tx) error { return tx.Exec("DELETE FROM urn").Error })
		}
	})
}

func flip(path string, at int) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[at] ^= 4
	return os.WriteFile(path, b, 0o600)
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestPurgeLeavesNoBytes looks for what was in the urn in every file of the database.
func TestPurgeLeavesNoBytes(t *testing.T) {
	b := question(1, 1)
	clock := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, clock)
	w := newWorld(t, d, b)
	var traces [][]byte
	for slot := range int64(300) {
		w.cast(b, slot, 1, "c")
		if slot%3 == 0 {
			w.note(&traces, b)
			w.cast(b, slot, 2, "d")
		}
	}
	w.note(&traces, b)
	if n := w.found(traces); n == 0 {
		t.Fatal("the search finds nothing even before the purge")
	}
	if err := w.u.Purge(t.Context(), d, b); err != nil {
		t.Fatal(err)
	}
	if n := w.found(traces); n != 0 {
		t.Errorf("%d of %d traces are still in the files", n, len(traces))
	}
}

func (w *world) note(traces *[][]byte, b Ballot) {
	w.write(func(tx *db.Tx) error {
		rows, err := all(tx, b.ID)
		for p, box := range rows {
			*traces = append(*traces, bytes.Clone(p[:]), bytes.Clone(box[30:60]))
		}
		return err
	})
}

func (w *world) found(traces [][]byte) (n int) {
	files, err := filepath.Glob(w.d.Path() + "*")
	if err != nil {
		w.Fatal(err)
	}
	var text []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			w.Fatal(err)
		}
		text = append(text, b...)
	}
	at := map[[8]byte]bool{}
	for i := range len(text) - 8 {
		at[[8]byte(text[i:])] = true
	}
	for _, tr := range traces {
		if at[[8]byte(tr)] {
			n++
		}
	}
	return n
}

func TestPurgeWaitsForReaders(t *testing.T) {
	b := question(1, 1)
	d := dbtest.SQLite(t, dbtest.NewClock(dbtest.Start))
	w := newWorld(t, d, b)
	w.cast(b, 1, 1, "c")
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		if _, err := Count(tx, b); err != nil {
			return err
		}
		if err := w.u.Purge(t.Context(), d, b); !errors.Is(err, ErrBusy) {
			t.Errorf("purge beside a reader: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if fileSize(t, w.u.keyFile(b.Ref)) < 0 {
		t.Error("the key went before the votes")
	}
	if err := w.u.Purge(t.Context(), d, b); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPrepareAndSweep(t *testing.T) {
	d := dbtest.SQLite(t, dbtest.NewClock(dbtest.Start))
	used, unused, stale := question(1, 1), question(2, 1), question(3, 1)
	w := newWorld(t, d, used)
	w.cast(used, 1, 1, "c")
	for _, b := range []Ballot{unused, stale} {
		if err := w.u.Prepare(b.Ref, b.Size); err != nil {
			t.Fatal(err)
		}
	}
	key, err := os.ReadFile(w.u.keyFile(unused.Ref))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(w.u.keyFile(unused.Ref))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	w.restart()
	if err := w.u.Prepare(unused.Ref, unused.Size); err != nil {
		t.Errorf("an opening tried again: %v", err)
	}
	if again, err := os.ReadFile(w.u.keyFile(unused.Ref)); err != nil || !bytes.Equal(key, again) {
		t.Errorf("an opening tried again has another key (%v)", err)
	}
	if err := w.u.Prepare(used.Ref, used.Size); err == nil {
		t.Error("an urn that holds votes was prepared for another ballot")
	}
	if err := w.u.Sweep(map[string]bool{unused.Ref: true}); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]bool{used.Ref: true, unused.Ref: true, stale.Ref: false} {
		if got := fileSize(t, w.u.keyFile(ref)) >= 0; got != want {
			t.Errorf("key of %s is there: %v, want %v", ref, got, want)
		}
	}
}

// TestOrderOfPapersTellsNothingV06 compares the order in which papers are published with that in which they were cast, over a hundred
// ballots.
func TestOrderOfPapersTellsNothingV06(t *testing.T) {
	const ballots, voters = 100, 20
	d := dbtest.SQLite(t, dbtest.NewClock(dbtest.Start))
	all := make([]Ballot, ballots)
	for i := range all {
		all[i] = question(byte(i+1), 1)
	}
	w := newWorld(t, d, all...)
	sum := 0.0
	for _, b := range all {
		cast := map[string]int{}
		for i, slot := range mathrand.Perm(voters) {
			cast[w.cast(b, int64(slot), byte(1+i%3), "c").Code] = i
		}
		c, err := w.unseal(b, voters)
		if err != nil || len(c.Papers) != voters {
			t.Fatal(len(c.Papers), err)
		}
		squares := 0
		for place, p := range c.Papers {
			squares += (place - cast[p.Code]) * (place - cast[p.Code])
		}
		sum += 1 - 6*float64(squares)/(voters*(voters*voters-1)) // Spearman's coefficient
	}
	if mean := sum / ballots; mean < -0.2 || mean > 0.2 {
		t.Errorf("the order of papers and that of casting correlate by %.2f", mean)
	}
}
