// Package unseen tells the characters that a reader does not see, with which one name or line could pass for another.
package unseen

import (
	"strings"
	"unicode"
)

// Is tells the characters that nobody sees, or that change how others are shown: controls, marks of direction, joiners, fillers; and
// the one that stands for what could not be read. It is meant for strings.ContainsFunc and strings.Map.
func Is(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector) ||
		strings.ContainsRune("\u034f\u115f\u1160\u2800\u3164\uffa0\ufffd", r)
}
