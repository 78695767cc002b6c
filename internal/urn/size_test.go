package urn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// A journal made by the program before papers had sizes, under goldenKey, of question(1, 1): four votes in three batches, and then
// the first voter's vote anew.
const goldenLog = `
8069e55bc7141b70b06288a5ae180a03eb90016b5bacd17c61236e0ba3d926abe3021ef74d76671ae08612110415a352b569f3ffc60f5063947da8d71a012fea1fa5f8f20793ddc16350cd31d80a8ec4cfbdf6c97dc6bafa3514295e35161198253b8464e54ecaf7aafa3c736b8e6d
80690c2692917681e222a0f38c1116337d1901cac90627ae61607b7ba120914d0f587b7627249235a21cf04f3f399e2417271ee69879b71ef2c65802fd7528cc9c15bc4904018f7125f17079ab42fa7fcfa07d8f6610638472d85e851ae397d27e86e70451430bd77dd23a62407ae1
8069b76827a2c5b52844cbcdc8bdd1aae5c001e6a69f6f8aaf91aea30c6efc507a95a090a9a51155b2bef1a80281fab2e3b3750577d67f140740a5241c62104b3010ee86de0fa7582ea68d285d4efaad803ca819a339a9dd5adef9314b416398f81894c6a635949c97aa0dc3a3c73e
00696cca80e1cd21904485ff6e834898062801c57040083a0808dbb872c9870866ccb5efd5110740e8b02c4d395d65f49d0d788c8f8b9d79ff990782355029e4c7fbcfc8c72e64bd303ee2fdcd113f56572ac4b359a81f89b3b37f8909500e55b17cf20e7433c61f2e4a1cccb21a3e
8069e55bc7141b70b06288a5ae180a03eb900136871fe2562088d5966be9db439af3b57e63801cdf208947d77caffb08f265efdfb3aefeb41004209eaeebb4f2892e12368ac45da7a669a54ee8b8da351217e3511213f4e39df3c0e91b0043d98c4466376511b67b2eaa557d7b4ac4`

// The form for the second voter's next vote that was made then.
const goldenBasis = "575a3b6b79ff784f8e2fa3caf941c089"

var goldenKey = key{1, 2, 3}

// goldenBatches are how many records the batches have.
var goldenBatches = []int{1, 1, 2, 1}

// goldenPapers are the choices by code. The first voter's code before was H19S-….
var goldenPapers = map[string]byte{
	"S3E0-HK61-ZQJP-E5J5-XMQ0-AK5V-KA9W-BGWR-EJ4Z-H1G8": 3,
	"7071-KCYZ-J7RE-DFZ1-YMK3-W2YC-A0P1-ZMM8-SA35-9G9N": 2,
	"1SXZ-84YZ-FQRT-CNYV-VE9M-T699-C7NS-88QG-AYFG-H7DN": 3,
	"R9TZ-FXFF-ZBDD-G454-WJ5A-CM6N-544V-MAGH-X48Y-Y94E": 1,
}

func golden(t *testing.T) []byte {
	t.Helper()
	text, err := hex.DecodeString(strings.ReplaceAll(goldenLog, "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestBallotGoesOnOverTheUpgrade starts on the files of a ballot that was opened by the program before papers had sizes, and whose
// table is lost, which says of what is in the boxes that it is all there.
func TestBallotGoesOnOverTheUpgrade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := question(1, 1)
		w := newWorld(t, d, b)
		if err := w.u.Close(); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(goldenKey[:])
		if err := os.WriteFile(w.u.keyFile(b.Ref), append(goldenKey[:], sum[:sumLen]...), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(w.u.logFile(b.Ref), golden(t), 0o600); err != nil {
			t.Fatal(err)
		}
		w.restart()
		if n, err := w.recover(b); n != 4 || err != nil {
			t.Fatalf("%d restored, %v", n, err)
		}
		c, err := w.unseal(b, 5)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.says(b, c); !maps.Equal(got, goldenPapers) {
			t.Errorf("the papers say %v", got)
		}
		r, err := w.try(b, 1, Vote{paper(b, 1), "bela again", goldenBasis})
		if err != nil {
			t.Fatalf("a form made before: %v", err)
		}
		if c, err = w.unseal(b, 5); err != nil || len(c.Papers) != 4 || w.says(b, c)[r.Code] != 1 {
			t.Errorf("%d papers, %v", len(c.Papers), err)
		}
	})
}

// TestOneByteIsWrittenAsBefore writes the golden journal again, and seals as the program before did.
func TestOneByteIsWrittenAsBefore(t *testing.T) {
	b, want := question(1, 1), golden(t)
	j, _ := newJournal(t, 1)
	records, err := parseJournal(want, j.payload)
	if err != nil || len(records) != 5 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for at, n := range goldenBatches {
		var staged [][]byte
		for _, r := range records[:n] {
			staged = append(staged, r.staged())
		}
		if records = records[n:]; j.Append(staged) != nil {
			t.Fatalf("batch %d is refused", at)
		}
	}
	if got := bytesOf(t, j); !bytes.Equal(got, want) {
		t.Errorf("journal\n%x\nwant\n%x", got, want)
	}

	s, r := derive(goldenKey, b.Ref), secret{4, 5, 6}
	p := s.pseudonym(b.ID, 2)
	box, err := s.seal(b, p, []byte{3}, r)
	if err != nil {
		t.Fatal(err)
	}
	plain := append(append([]byte{3}, r[:]...), make([]byte, 15)...)
	ad := append(append([]byte{0, 0, 0, 0, 0, 0, 0, 1}, p[:]...), b.Question[:]...)
	if before := s.box.Seal(box[:25:25], box[1:1+chacha20poly1305.NonceSizeX], plain, ad); box[0] != 1 || !bytes.Equal(box, before) {
		t.Errorf("box\n%x\nwant\n%x", box, before)
	}
}

// TestWrongSizeIsRefused asks for everything that opens or fills an urn with a ballot of another size.
func TestWrongSizeIsRefused(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		kept := w.cast(b, 0, 1, "zero")
		for _, n := range []int{0, -1, size - 1, size + 1, maxSize + 1} {
			other := b
			other.Size = n
			for name, do := range map[string]func(tx *db.Tx) error{
				"prepare": func(*db.Tx) error { return w.u.Prepare(b.Ref, n) },
				"ticket":  func(tx *db.Tx) error { _, err := w.u.Ticket(tx, other, 0); return err },
				"voted":   func(tx *db.Tx) error { _, err := w.u.Voted(tx, []Asked{{other, 0}}); return err },
				"seal":    func(*db.Tx) error { _, err := w.u.Seal(other, 1, Vote{make([]byte, max(n, 0)), "c", ""}); return err },
				"settle":  func(tx *db.Tx) error { return w.u.Settle(tx, other) },
				"unseal":  func(tx *db.Tx) error { _, err := w.u.Unseal(tx, other, []int64{0}); return err },
			} {
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return do(tx) }); !errors.Is(err, ErrSize) {
					t.Errorf("%s with %d bytes: %v", name, n, err)
				}
			}
			if _, err := w.u.Seal(b, 1, Vote{make([]byte, max(n, 0)), "c", w.ticket(b, 1).Basis}); !errors.Is(err, ErrSize) {
				t.Errorf("a paper of %d bytes: %v", n, err)
			}
			if n > 0 && n <= maxSize {
				continue
			}
			if _, err := w.recover(other); !errors.Is(err, ErrSize) {
				t.Errorf("recover with %d bytes: %v", n, err)
			}
			if err := w.u.Prepare("b_new", n); !errors.Is(err, ErrSize) || fileSize(t, w.u.keyFile("b_new")) >= 0 {
				t.Errorf("an urn for %d bytes: %v", n, err)
			}
		}
		if c, err := w.unseal(b, 2); err != nil || !maps.Equal(w.says(b, c), map[string]byte{kept.Code: 1}) {
			t.Errorf("afterwards: %+v, %v", c, err)
		}
	})
}

// TestJournalOfAnotherSizeStopsTheBallot: the table is lost, so that nothing but the journal tells what was in it; it must not be
// cut for a torn one.
func TestJournalOfAnotherSizeStopsTheBallot(t *testing.T) {
	eachSize(t, func(t *testing.T, d *db.DB, size int) {
		b := question(1, size)
		w := newWorld(t, d, b)
		w.cast(b, 0, 1, "zero")
		w.write(func(tx *db.Tx) error { return tx.Exec("DELETE FROM urn").Error })
		before := fileSize(t, w.u.logFile(b.Ref))
		for _, n := range append(sizes, size+1, maxSize) {
			if n == size {
				continue
			}
			other := b
			other.Size = n
			w.restart()
			_, err := w.recover(other)
			w.stops(err, JournalBroken)
			if w.u.Has(b.Ref) || w.u.Prepare(b.Ref, n) == nil {
				t.Errorf("the urn is at hand with %d bytes", n)
			}
			if after := fileSize(t, w.u.logFile(b.Ref)); after != before {
				t.Errorf("with %d bytes the journal went from %d to %d", n, before, after)
			}
		}
		if n, err := w.recover(b); n != 1 || err != nil {
			t.Errorf("with its own size: %d restored, %v", n, err)
		}
	})
}

// TestJournalIsNeverMisread reads journals of all kinds of batches by their own size and by another, whole, with what a crash left
// half written, and with one record spoilt: by another size nothing is ever read, and it is damage as long as there is one
// batch of which the first record is whole.
func TestJournalIsNeverMisread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(1, 2000))
		size, other := draw.Draw(t, "size"), draw.Draw(t, "other")
		batches := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 5).Draw(t, "batches")
		var text []byte
		var firsts []int
		for i, n := range batches {
			var staged [][]byte
			for k := range n {
				staged = append(staged, sample(byte(i*10+k), size).staged())
			}
			batch, _, err := encodeBatch(staged, payloadLen(size))
			if err != nil {
				t.Fatal(err)
			}
			firsts, text = append(firsts, len(text)), append(text, batch...)
		}
		n, all := recordLen(size), len(text)
		text = append(text, text[:rapid.IntRange(0, n-1).Draw(t, "torn")]...)
		if records, err := parseJournal(text, payloadLen(size)); err != nil || len(records) != all/n {
			t.Fatalf("by its own size %d records, %v", len(records), err)
		}
		if other == size {
			return
		}
		spoilt := rapid.IntRange(0, all-1).Draw(t, "spoilt")
		text[spoilt] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		whole := len(firsts) > 1 || spoilt >= n
		records, err := parseJournal(text, payloadLen(other))
		if len(records) != 0 || whole != errors.Is(err, errDamaged) {
			t.Fatalf("%d bytes read as %d: %d records, %v", size, other, len(records), err)
		}
	})
}
