package token

import (
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
	var b strings.Builder
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || r == '−' || r == '_' {
			continue
		}
		c, ok := symbol(r)
		if !ok || b.Len() == maxGroups*groupLen {
			return "", ErrCode
		}
		b.WriteByte(c)
	}
	code := b.String()
	if code == "" || len(code)%groupLen != 0 || check(code[:len(code)-1]) != code[len(code)-1] {
		return "", ErrCode
	}
	return grouped(code), nil
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
