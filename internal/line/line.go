// Package line has what lines of text have in common wherever they are read or written: the form in which two that look alike are one,
// the characters that nobody sees, and things counted in English, which all that operators read is.
package line

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Hidden tells the characters that nobody sees, or that change how others are shown: controls, marks of direction, joiners, fillers, and what Unicode
// has programs show nothing for; and those that stand for what could not be read or is not there. It is meant for strings.ContainsFunc and strings.Map.
func Hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		strings.ContainsRune("\u2800\ufffc\ufffd\U00016fe4\U0001d159", r) // a blank of Braille, an object, a filler of Khitan, a head of no note
}

// Tidy returns a text with one space wherever there are some, none at its ends, and each letter as one sign where there is one
// (Unicode's form C).
func Tidy(text string) string { return strings.Join(strings.Fields(norm.NFC.String(text)), " ") }

// Count says how many there are of something: "1 group", "3 groups", "2 entries".
func Count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if root, ok := strings.CutSuffix(thing, "y"); ok {
		return fmt.Sprintf("%d %sies", n, root)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
