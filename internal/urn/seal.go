package urn

import (
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
	keyLen   = 32
	pseudLen = 16
	// plainLen is what is sealed: the choice, 32 bytes of receipt, and zeros. It is the same for every vote of every
	// kind of ballot, so that a length never tells anything.
	plainLen = 48
	version  = 1
	boxLen   = 1 + chacha20poly1305.NonceSizeX + plainLen + chacha20poly1305.Overhead
	basisLen = 16
)

type key [keyLen]byte

type pseud [pseudLen]byte

// secret is the receipt before it is hashed into a code. It lies in the box and nowhere else.
type secret [sha256.Size]byte

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

// bound is what a box is tied to beside its key: ballot, voter's pseudonym and question. Moved or opened for a question
// with other words, another rule or another roll, it does not open.
func bound(b Ballot, p pseud) []byte {
	ad := make([]byte, 0, 8+pseudLen+sha256.Size)
	ad = binary.BigEndian.AppendUint64(ad, uint64(b.ID))
	ad = append(ad, p[:]...)
	return append(ad, b.Question[:]...)
}

func (s *subkeys) seal(b Ballot, p pseud, choice byte, r secret) []byte {
	var plain [plainLen]byte
	plain[0] = choice
	copy(plain[1:], r[:])
	box := make([]byte, 1+chacha20poly1305.NonceSizeX, boxLen)
	box[0] = version
	nonce := box[1:]
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return s.box.Seal(box, nonce, plain[:], bound(b, p))
}

var errBox = errors.New("urn: the box does not open")

func (s *subkeys) unseal(b Ballot, p pseud, box []byte) (choice byte, r secret, err error) {
	if len(box) != boxLen || box[0] != version {
		return 0, r, errBox
	}
	nonce, sealed := box[1:1+chacha20poly1305.NonceSizeX], box[1+chacha20poly1305.NonceSizeX:]
	plain, err := s.box.Open(nil, nonce, sealed, bound(b, p))
	if err != nil {
		return 0, r, errBox
	}
	for _, pad := range plain[1+len(r):] {
		if pad != 0 {
			return 0, r, errBox
		}
	}
	return plain[0], secret(plain[1 : 1+len(r)]), nil
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
