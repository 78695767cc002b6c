// Package token makes and reads the program's random strings: secrets, public references and codes for people.
//
// A secret (invitation, session, recovery link) has 256 random bits and is shown once. Only its SHA-256 is stored,
// so a stolen table or backup opens nothing; a slow hash is not needed because nobody can guess 256 bits.
// A reference names a person in addresses and in the ledger without telling anything about them.
// A code is a secret short enough to be read aloud or copied from a card, with a check symbol against slips.
//
// Codes and references use Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const (
	// alphabet is Crockford's: the value of a symbol is its place.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// refLen symbols of 5 bits make 65 bits: among a million references two are alike once in 70 million tries.
	refLen = 13
)

// New returns a fresh secret of 256 random bits as 43 characters of base64url, fit for an address or a cookie.
func New() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash returns the SHA-256 of a secret, which is what is stored in its place.
func Hash(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// Ref returns a fresh public reference: the prefix followed by 13 lower-case symbols, such as "m_7fk3x…".
// It is not a secret.
func Ref(prefix string) string {
	return prefix + strings.ToLower(symbols(refLen))
}

// symbols returns n random symbols; 256 is a multiple of 32, so every symbol is equally likely.
func symbols(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b)
}
