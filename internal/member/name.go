package member

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"folkmoot/internal/lang"
	"folkmoot/internal/line"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxName is how many characters a person's name may have.
const MaxName = 40

// CleanName returns the name in its written form (NFC, single spaces), or the sentence that says what is wrong with it.
// Any script and any nickname will do; what could pass for another name, or turn the line round, will not.
func CleanName(s string, most int) (clean string, wrong lang.Msg) {
	clean = line.Tidy(s)
	switch {
	case clean == "":
		return "", lang.M("people.name.missing")
	case !utf8.ValidString(s) || strings.ContainsFunc(clean, line.Hidden):
		return clean, lang.M("people.name.invisible")
	case utf8.RuneCountInString(clean) > most:
		return clean, lang.M("people.name.long", "Max", most)
	case Fold(clean) == "":
		return clean, lang.M("people.name.letters")
	case slices.ContainsFunc(Looks(clean), func(key string) bool { return reserved[key] }):
		return clean, lang.M("people.name.reserved")
	}
	return clean, lang.Msg{}
}

// reserved are the words of the program: names by which the record and the pages speak of nobody in the group, or of whoever has a task at the moment.
var reserved = func() map[string]bool {
	m := map[string]bool{}
	for _, word := range []string{"operator", "operador", "operadora", "folkmoot", "facilitator", "facilitador", "facilitadora"} {
		m[Fold(word)] = true
	}
	return m
}()

// greek has Greek capitals for the Latin ones that look like them and whose small letters do not look like theirs.
var greek = strings.NewReplacer("H", "Η", "N", "Ν", "Y", "Υ")

// Looks returns what Fold returns for the names that a reader could take the name for: itself; with its capitals as they are drawn, for a Greek name in capitals
// is folded as it is in small letters, and looks like a Latin one; and, in a Greek name, with Latin capitals taken for Greek ones.
func Looks(name string) []string {
	keys := []string{Fold(name), Fold(line.Written(name))}
	if has(name, unicode.Greek) {
		keys = append(keys, Fold(greek.Replace(name)))
	}
	return keys
}

func has(name string, script *unicode.RangeTable) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(script, r) })
}

// FoldedBy counts how often Fold has come to take other letters for one another. Whoever changes that raises it, and names are compared anew at the next start.
const FoldedBy = 2

// Fold returns what two names have in common that a reader would take for one another: letter case, accents, what nobody sees,
// full-width forms, spaces and dots do not count, and letters that look alike count as one, whatever their script.
func Fold(s string) string {
	if has(s, unicode.Latin) {
		s = line.Written(s) // a capital of another script among Latin letters is read as one of them
	}
	s = cases.Fold().String(norm.NFKD.String(s))
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !line.Accent(r) && !line.Hidden(r) && unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.So) || r == '|' {
			b.WriteString(line.Look(r))
		}
	}
	// In many typefaces a capital I, a small l and a 1 are one; and some two letters look like one, once the others are folded.
	return strings.NewReplacer("0", "o", "1", "l", "|", "l", "5", "s", "i", "l", "rn", "m", "vv", "w").Replace(b.String())
}
