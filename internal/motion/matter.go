package motion

import (
	"strings"
	"unicode"

	"folkmoot/internal/line"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// matter returns what two sentences have in common that say the same (practice.md §2.3.3). Letter case, accents, spaces, what only ends or parts words, and what nobody sees
// do not count, and letters of other scripts count as the Latin ones that they look like. Whatever changes what is decided counts: figures, a sign or a decimal mark before a
// figure, anything between two figures, and signs of money, of sums and of shares.
func matter(sentence string) string {
	var b strings.Builder
	var between []rune // what was seen since the last letter, figure or sign
	before := ' '      // that one
	for _, r := range spelled(sentence) {
		word, figure := unicode.In(r, unicode.L, unicode.M), unicode.Is(unicode.N, r)
		if !word && !figure && !counts(r) {
			between = append(between, r)
			continue
		}
		switch {
		case figure && unicode.Is(unicode.N, before) && len(between) > 0:
			b.WriteString(line.Tidy(" " + string(between) + " "))
			b.WriteByte(' ') // also for a space alone
		case !word:
			b.WriteString(marks(between, unicode.In(before, unicode.L, unicode.M)))
		}
		if between = between[:0]; word {
			b.WriteString(line.Look(r))
		} else {
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// spelled returns the characters of a sentence that count, or that part others: small, without accents and what nobody sees, in their simplest form. Small raised figures and
// fractions are not the figures that they are made of.
func spelled(sentence string) (out []rune) {
	for _, r := range norm.NFC.String(sentence) {
		simple := string(r)
		if !unicode.In(r, unicode.No, unicode.Nl) {
			simple = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(simple)))
		}
		for _, s := range simple {
			switch {
			case line.Accent(s), line.Hidden(s) && !unicode.IsSpace(s):
			case strings.ContainsRune("\u2010\u2011\u2012\u2013\u2212", s):
				out = append(out, '-')
			default:
				out = append(out, s)
			}
		}
	}
	return out
}

// counts tells the signs that say something by themselves.
func counts(r rune) bool {
	return r != '`' && r != '^' && unicode.In(r, unicode.Sc, unicode.Sm, unicode.So) || strings.ContainsRune("%‰٪&@§", r)
}

// marks returns the minus and the decimal mark that stand at the end of what is between, directly before a figure or a sign. After a letter they part words, as in "Covid-19".
func marks(between []rune, letter bool) string {
	i := len(between)
	for i > 0 && strings.ContainsRune("-.,", between[i-1]) {
		i--
	}
	if i == 0 && letter {
		return ""
	}
	return string(between[i:])
}
