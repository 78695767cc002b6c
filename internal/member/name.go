package member

import (
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
	case reserved[Fold(clean)]:
		return clean, lang.M("people.name.reserved")
	}
	return clean, lang.Msg{}
}

// reserved are the names by which the record speaks of nobody in the group.
var reserved = map[string]bool{Fold("operator"): true, Fold("folkmoot"): true}

// Fold returns what two names have in common that a reader would take for one another: letter case, accents,
// full-width forms, spaces and dots do not count, and letters that look alike count as one.
func Fold(s string) string {
	s = cases.Fold().String(norm.NFKD.String(s))
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36f: // accents
		case alike[r] != 0:
			b.WriteRune(alike[r])
		case unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.So):
			b.WriteRune(r)
		}
	}
	// Two letters that look like one, once the others are folded.
	return strings.NewReplacer("rn", "m", "vv", "w").Replace(b.String())
}

// alike maps small letters and figures to the Latin letter they look like, in the scripts that are mixed most often
// to pass for somebody else. Folding has made everything small before.
var alike = func() map[rune]rune {
	m := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "аα", 'b': "вьβ", 'c': "сϲ", 'd': "ԁ", 'e': "еєε", 'g': "ɡ", 'h': "һн", 'i': "іι", 'j': "ј", 'k': "кκ",
		'l': "1ı|ӏ", 'm': "мμ", 'n': "пη", 'o': "0оοσø", 'p': "рρ", 'r': "г", 's': "ѕ5", 't': "тτ", 'u': "υцս", 'v': "ѵν",
		'w': "ԝшω", 'x': "хχ", 'y': "уγ", 'z': "ᴢζ",
	} {
		for _, r := range others {
			m[r] = latin
		}
	}
	m['i'] = 'l' // a capital I and a small l are one in many typefaces
	m['і'], m['ι'] = 'l', 'l'
	return m
}()
