package line

import (
	"strings"
	"unicode"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Accent tells the marks over, under and around letters that do not make another letter of them for who reads quickly. Vowel signs and the marks
// of one script are not among them.
func Accent(r rune) bool {
	return r >= 0x300 && r <= 0x36f || r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff || r >= 0x20d0 && r <= 0x20ff || r >= 0xfe20 && r <= 0xfe2f
}

// Look returns the Latin letters that a reader takes a letter or figure for, whose case is folded; itself if it looks like none; and nothing for a mark that is
// a letter by name only and looks like an apostrophe or a dot. Latin letters and figures of ASCII are what they are.
//
// What looks like what is Unicode's list (UTS 39). Of a small letter that is like no Latin one the capital is asked. Two letters of another script that look like each
// other are left alone, so that names in that script are told apart.
func Look(r rune) string {
	if r < unicode.MaxASCII {
		return string(r)
	}
	if l, ok := alike[r]; ok {
		return string(l)
	}
	small, plain := latin(confusable.GetReplacement(r))
	if small == "" {
		if capital, _ := latin(confusable.GetReplacement(unicode.ToUpper(r))); capital != "" {
			return capital
		}
	}
	if small == "" && !(plain && unicode.Is(unicode.Lm, r)) {
		return string(r)
	}
	return small
}

// latin returns the letters and figures of a text in small Latin letters, and whether it has nothing but ASCII, accents aside.
func latin(s string) (small string, plain bool) {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case Accent(r):
		case r > unicode.MaxASCII:
			return "", false
		case unicode.In(r, unicode.L, unicode.N):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String(), s != ""
}

// alike has what Unicode's list lacks: small letters in the form of capitals, and those that only a hasty reader confounds.
var alike = func() map[rune]rune {
	m := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "ᴀ", 'b': "ʙ", 'd': "ᴅ", 'e': "єᴇ", 'g': "ɢ", 'h': "ʜ", 'j': "ᴊ", 'k': "ᴋĸ", 'l': "ʟ", 'm': "ᴍʍ", 'n': "пɴ", 'p': "ᴘ", 'r': "ʀ", 't': "ᴛ",
		'u': "ц", 'w': "ω", 'y': "ʏ",
	} {
		for _, r := range others {
			m[r] = latin
		}
	}
	return m
}()

// Written returns a text in which capitals of another script that look like Latin capitals are those, where their small letters look like other ones: the Greek
// capital of ν is an N, and not a V.
func Written(s string) string {
	return strings.Map(func(r rune) rune {
		if capital := confusable.GetReplacement(r); unicode.IsUpper(r) && len(capital) == 1 && unicode.IsLetter(rune(capital[0])) {
			if small, _ := latin(capital); small != Look([]rune(cases.Fold().String(string(r)))[0]) {
				return rune(capital[0])
			}
		}
		return r
	}, s)
}
