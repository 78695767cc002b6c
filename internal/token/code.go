package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// ErrCode says that a string is no code: a wrong length, a symbol that codes do not have, or a slip in typing.
var ErrCode = errors.New("not a code, or mistyped")

const (
	groupLen  = 5
	maxGroups = 6 // 30 symbols: each place still has its own weight in the field of 32 elements
)

// Code returns a fresh code for people, in upper-case groups of five symbols joined by dashes.
// All symbols are random but the last, which is the check symbol: one group holds 20 random bits, two 45, three 70.
// It panics unless 1 ≤ groups ≤ 6.
func Code(groups int) string {
	if groups < 1 || groups > maxGroups {
		panic(fmt.Sprintf("token: a code has 1 to %d groups, not %d", maxGroups, groups))
	}
	body := symbols(groups*groupLen - 1)
	return grouped(body + string(check(body)))
}

// ParseCode returns the written form of a code that somebody typed, or ErrCode.
// Case, spaces, dashes and invisible characters do not matter, O counts as 0, I and L as 1, full-width letters as plain ones.
// One wrong symbol, or two symbols that changed places, is always noticed.
func ParseCode(s string) (string, error) {
	code, ok := read(s, maxGroups*groupLen)
	if !ok || code == "" || len(code)%groupLen != 0 || check(code[:len(code)-1]) != code[len(code)-1] {
		return "", ErrCode
	}
	return grouped(code), nil
}

const shortLen = 6

// Short returns the short code for a name that follows from a secret: six symbols to type, as in "K7M-2QX". It is short enough to be guessed by who can try without end, so it is for what ends
// soon, where tries are counted, and where little can be done with it.
func Short(secret, name string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(name))
	b := mac.Sum(nil)[:shortLen]
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b[:shortLen/2]) + "-" + string(b[shortLen/2:])
}

// ParseShort returns a short code as Short writes it, from what somebody typed as for ParseCode. It returns ErrCode for what is none.
func ParseShort(s string) (string, error) {
	code, ok := read(s, shortLen)
	if !ok || len(code) != shortLen {
		return "", ErrCode
	}
	return code[:shortLen/2] + "-" + code[shortLen/2:], nil
}

// read returns the symbols that somebody typed, of which there are at most so many, without what stands between them.
func read(s string, most int) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || r == '−' || r == '_' {
			continue
		}
		c, ok := symbol(r)
		if !ok || b.Len() == most {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// symbol returns the symbol meant by a typed character.
func symbol(r rune) (byte, bool) {
	if r >= '！' && r <= '～' { // full-width forms, as East Asian keyboards give them
		r -= '！' - '!'
	}
	if r >= unicode.MaxASCII {
		return 0, false
	}
	switch r = unicode.ToUpper(r); r {
	case 'O':
		r = '0'
	case 'I', 'L':
		r = '1'
	}
	return byte(r), strings.ContainsRune(alphabet, r)
}

// check returns the symbol that makes the weighted sum of all symbols zero in the field GF(2⁵) mod x⁵+x²+1 (binary 37).
// The weight of a place is a power of x. All weights differ and none is zero, so a single wrong symbol changes the
// sum, and so does swapping two different ones. Crockford's own check symbol, modulo the number 37, does as much
// but needs five signs outside the alphabet that are hard to read aloud.
func check(body string) byte {
	sum := 0
	for i := range len(body) {
		sum = times2(sum ^ strings.IndexByte(alphabet, body[i])) // Horner's rule; the check symbol has weight 1
	}
	return alphabet[sum]
}

// times2 multiplies a field element by x.
func times2(v int) int {
	v <<= 1
	if v&32 != 0 {
		v ^= 37
	}
	return v
}

// grouped puts a dash between every five symbols.
func grouped(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i += groupLen {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(code[i : i+groupLen])
	}
	return b.String()
}
