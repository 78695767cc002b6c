package urn

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	keyLen    = 32
	pseudLen  = 16
	secretLen = sha256.Size
	// zeros follow the receipt in every box. They keep boxes with one byte of paper what they were when a box could hold
	// nothing longer, and a ballot that is open while the program is replaced goes on.
	zeros    = 15
	version  = 1
	openLen  = 1 + chacha20poly1305.NonceSizeX                         // version and nonce, which are not sealed
	bareLen  = openLen + secretLen + zeros + chacha20poly1305.Overhead // a box without its paper
	basisLen = 16
)

// boxLen is how long the box of a paper is. It follows from the size that all papers of the ballot have, and tells no more.
func boxLen(size int) int { return bareLen + size }

type key [keyLen]byte

type pseud [pseudLen]byte

// secret is the receipt before it is hashed into a code. It lies in the box and nowhere else.
type secret [secretLen]byte

// subkeys are what a ballot's key is used as, one for each purpose.
type subkeys struct {
	pseud, receipt, basis []byte
	box                   cipher.AEAD
}

// derive never fails: the lengths are ours.
func derive(k key, ref string) *subkeys {
	sub := func(purpose string) []byte {
		b, err := hkdf.Key(sha256.New, k[:], []byte(ref), "folkmoot urn 1 "+purpose, keyLen)
		if err != nil {
			panic("urn: " + err.Error())
		}
		return b
	}
	box, err := chacha20poly1305.NewX(sub("box"))
	if err != nil {
		panic("urn: " + err.Error())
	}
	return &subkeys{pseud: sub("pseud"), receipt: sub("receipt"), basis: sub("basis"), box: box}
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// pseudonym stands for a place on the roll. Without the key nobody can tell for which.
func (s *subkeys) pseudonym(ballot, slot int64) pseud {
	var at [16]byte
	binary.BigEndian.PutUint64(at[:8], uint64(ballot))
	binary.BigEndian.PutUint64(at[8:], uint64(slot))
	return pseud(mac(s.pseud, at[:])[:pseudLen])
}

// share is the server's part in a receipt. It follows from the voter's part, so that the same form sent again has the
// same receipt.
func (s *subkeys) share(p pseud, client string) []byte {
	return mac(s.receipt, []byte("receipt"), p[:], []byte(client))
}

// basisOf stands for the box that the urn holds of a voter, or for none.
func (s *subkeys) basisOf(p pseud, box []byte) string {
	return hex.EncodeToString(mac(s.basis, p[:], box)[:basisLen])
}

// bound is what a box is tied to beside its key: ballot, voter's pseudonym, question and the papers' size. Moved or opened
// for a question with other words, another rule or another roll, it does not open. One byte, which was the size of all
// papers once, is told by the absence of a size.
func bound(b Ballot, p pseud) []byte {
	ad := make([]byte, 0, 8+pseudLen+sha256.Size+4)
	ad = binary.BigEndian.AppendUint64(ad, uint64(b.ID))
	ad = append(ad, p[:]...)
	ad = append(ad, b.Question[:]...)
	if b.Size == 1 {
		return ad
	}
	return binary.BigEndian.AppendUint32(ad, uint32(b.Size))
}

// seal returns a box with choice, receipt and zeros, or ErrSize.
func (s *subkeys) seal(b Ballot, p pseud, choice []byte, r secret) ([]byte, error) {
	if len(choice) != b.Size {
		return nil, ErrSize
	}
	box := make([]byte, openLen, boxLen(b.Size))
	box[0] = version
	nonce := box[1:openLen]
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	plain := append(append(box, choice...), r[:]...)[openLen : openLen+b.Size+secretLen+zeros]
	return s.box.Seal(box, nonce, plain, bound(b, p)), nil // in place
}

var errBox = errors.New("urn: the box does not open")

// open returns what is sealed in the box, or errBox.
func (s *subkeys) open(b Ballot, p pseud, box []byte) ([]byte, error) {
	if len(box) != boxLen(b.Size) || box[0] != version {
		return nil, errBox
	}
	plain, err := s.box.Open(nil, box[1:openLen], box[openLen:], bound(b, p))
	if err != nil || bytes.Count(plain[b.Size+secretLen:], []byte{0}) != zeros {
		return nil, errBox
	}
	return plain, nil
}

// unseal returns the choice, of the ballot's size, and the receipt in the box, or errBox.
func (s *subkeys) unseal(b Ballot, p pseud, box []byte) (choice []byte, r secret, err error) {
	plain, err := s.open(b, p, box)
	if err != nil {
		return nil, r, err
	}
	return bytes.Clone(plain[:b.Size]), secret(plain[b.Size:]), nil
}

func receiptOf(r secret, share []byte) Receipt {
	return Receipt{Code: r.code(), Part: hex.EncodeToString(share)}
}

func join(client string, share []byte) secret {
	return sha256.Sum256(append([]byte(client), share...))
}

const (
	codeGroups = 10
	codeGroup  = 4
)

// crockford has no I, L, O or U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// code writes the receipt for people: 200 bits in ten groups of four. To give two voters one code although each adds
// randomness of their own, a server would have to try some 2¹⁰⁰ values.
func (r secret) code() string {
	sum := sha256.Sum256(r[:])
	text := crockford.EncodeToString(sum[:])
	groups := make([]string, codeGroups)
	for i := range groups {
		groups[i] = text[i*codeGroup : (i+1)*codeGroup]
	}
	return strings.Join(groups, "-")
}

// Check says whether a receipt was made with the voter's own random text. A server that hands two voters one receipt
// fails it for at least one of them.
func (r Receipt) Check(client string) bool {
	share, err := hex.DecodeString(r.Part)
	return err == nil && len(share) == sha256.Size && join(client, share).code() == r.Code
}
