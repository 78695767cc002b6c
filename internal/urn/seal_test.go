package urn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestSealOpensOnlyWhatItSealed(t *testing.T) {
	s := derive(key{1}, "b_1")
	rapid.Check(t, func(t *rapid.T) {
		b := Ballot{
			ID: rapid.Int64Range(1, 1<<40).Draw(t, "ballot"), Question: [32]byte{rapid.Byte().Draw(t, "question")},
			Size: rapid.OneOf(rapid.IntRange(1, 100), rapid.Just(maxSize)).Draw(t, "size"),
		}
		p := s.pseudonym(b.ID, rapid.Int64Range(0, 1<<40).Draw(t, "slot"))
		choice, r := paper(b, rapid.Byte().Draw(t, "choice")), secret{rapid.Byte().Draw(t, "receipt")}
		box, err := s.seal(b, p, choice, r)
		if err != nil || len(box) != boxLen(b.Size) {
			t.Fatalf("box of %d bytes, %v", len(box), err)
		}
		if c, got, err := s.unseal(b, p, box); err != nil || !bytes.Equal(c, choice) || got != r {
			t.Fatalf("opened to %x, %v", c, err)
		}
		for _, wrong := range [][]byte{nil, choice[1:], append(choice, 0)} {
			if _, err := s.seal(b, p, wrong, r); !errors.Is(err, ErrSize) {
				t.Fatalf("a paper of %d bytes: %v", len(wrong), err)
			}
		}
		at, bit := rapid.IntRange(0, len(box)-1).Draw(t, "at"), byte(1)<<rapid.IntRange(0, 7).Draw(t, "bit")
		box[at] ^= bit
		if _, _, err := s.unseal(b, p, box); err == nil {
			t.Fatal("an altered box opened")
		}
		box[at] ^= bit
		for name, open := range map[string]func() error{
			"another ballot":    func() error { o := b; o.ID++; _, _, err := s.unseal(o, p, box); return err },
			"another question":  func() error { o := b; o.Question[9]++; _, _, err := s.unseal(o, p, box); return err },
			"another size":      func() error { o := b; o.Size++; _, _, err := s.unseal(o, p, box); return err },
			"another pseudonym": func() error { o := p; o[3]++; _, _, err := s.unseal(b, o, box); return err },
			"another key":       func() error { _, _, err := derive(key{2}, "b_1").unseal(b, p, box); return err },
			"another reference": func() error { _, _, err := derive(key{1}, "b_2").unseal(b, p, box); return err },
			"a shorter box":     func() error { _, _, err := s.unseal(b, p, box[:len(box)-1]); return err },
			"no box":            func() error { _, _, err := s.unseal(b, p, nil); return err },
		} {
			if open() == nil {
				t.Fatal("opened with " + name)
			}
		}
	})
}

// TestSizeIsBound: beside the length of a box, what it is tied to tells the size.
func TestSizeIsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := question(1, rapid.IntRange(1, maxSize).Draw(t, "one")), question(1, rapid.IntRange(1, maxSize).Draw(t, "other"))
		if same := bytes.Equal(bound(one, pseud{1}), bound(other, pseud{1})); same != (one.Size == other.Size) {
			t.Fatalf("%d and %d bytes are bound alike: %v", one.Size, other.Size, same)
		}
	})
}

// The expected values come from a second implementation in another language (Python's hmac and hashlib).
func TestDerivationIsFixed(t *testing.T) {
	s := derive(key{1, 2, 3}, "b_1")
	p := s.pseudonym(7, 9)
	share := s.share(p, "mine")
	for _, tt := range []struct{ name, got, want string }{
		{"pseudonym", hex.EncodeToString(p[:]), wantPseud},
		{"share", hex.EncodeToString(share), wantShare},
		{"code", join("mine", share).code(), wantCode},
		{"basis of nothing", s.basisOf(p, nil), wantBasis},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func receiptBytes(s *subkeys, slot int64, client string) []byte {
	r := join(client, s.share(s.pseudonym(1, slot), client))
	return r[:]
}

func TestReceiptsAreDistinctV11(t *testing.T) {
	t.Parallel()
	s := derive(key{1}, "b_1")
	const n = 1_000_000
	type visible [codeGroups * codeGroup * 5 / 8]byte // the bits that a code shows
	seen := make(map[visible]bool, n)
	for slot := range int64(n) {
		client := "the same words" // every voter chose alike
		sum := sha256.Sum256(receiptBytes(s, slot, client))
		if seen[visible(sum[:])] {
			t.Fatal("two voters have one code")
		}
		seen[visible(sum[:])] = true
	}
	shape := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){9}[0-9A-HJKMNP-TV-Z]{4}$`)
	if code := join("x", nil).code(); !shape.MatchString(code) {
		t.Errorf("code %s", code)
	}
}

// TestClashIsCaughtV11 plays a server that gives two voters one receipt.
func TestClashIsCaughtV11(t *testing.T) {
	s := derive(key{1}, "b_1")
	p := s.pseudonym(1, 1)
	share := s.share(p, "ada's dice")
	r := receiptOf(join("ada's dice", share), share)
	if !r.Check("ada's dice") {
		t.Error("an honest receipt does not hold")
	}
	if r.Check("bela's dice") {
		t.Error("Béla was given Ada's receipt and did not notice")
	}
	for _, part := range []string{"", "zz", fmt.Sprintf("%064x", 1)} {
		if (Receipt{r.Code, part}).Check("ada's dice") {
			t.Errorf("a receipt with the share %q holds", part)
		}
	}
}

const (
	wantPseud = "c968cfeb9c57dfaf82c0bd9e9bb3f5e6"
	wantShare = "477dcf543877ab439c9437e8b72e56fe4ec7e62f229013322fa70fb5149d8e8b"
	wantCode  = "4RKA-YN08-EH7P-CEZ7-K1S0-90T9-FYXR-98BH-TQHC-QJAW"
	wantBasis = "9902116a7a34cadb53618e6b810684b4"
)
