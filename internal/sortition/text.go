package sortition

import (
	"strings"
	"unicode/utf8"

	"folkmoot/internal/unseen"

	"golang.org/x/text/unicode/norm"
)

// checkText refuses what is not one line that everybody who sees it would write in the same way. Whoever knows the secret could
// otherwise try, with spaces and signs that nobody sees, for a seed that suits them.
func checkText(what, text string) error {
	switch {
	case text == "":
		return refuse("%s is empty; it must be a line of text", what)
	case len(text) > mostText:
		return refuse("%s has %d bytes; it must be a line of text of at most %d", what, len(text), mostText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unseen.Is):
		return refuse("%s must be a line of text, without line breaks, tabs or other signs that nobody can see", what)
	case text != tidy(text):
		return refuse("%s must be written without spaces at its ends, two spaces together, or letters made up of several signs", what)
	}
	return nil
}

// tidy returns a text with one space wherever there are some, and with each letter as one sign where there is one (Unicode's form C).
func tidy(text string) string { return strings.Join(strings.Fields(norm.NFC.String(text)), " ") }

// shown returns a text as it may stand in a sentence: a record must not steer the terminal on which is said what it is worth.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if unseen.Is(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}
