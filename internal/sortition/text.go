package sortition

import (
	"strings"
	"unicode/utf8"

	"folkmoot/internal/line"
)

// checkText refuses what is not one line that everybody who sees it would write in the same way. Whoever knows the secret could
// otherwise try, with spaces and signs that nobody sees, for a seed that suits them.
func checkText(what, text string) error {
	switch {
	case text == "":
		return refuse("%s is empty; it must be a line of text", what)
	case len(text) > mostText:
		return refuse("%s has %d bytes; it must be a line of text of at most %d", what, len(text), mostText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, line.Hidden):
		return refuse("%s must be a line of text, without line breaks, tabs or other signs that nobody can see", what)
	case text != line.Tidy(text):
		return refuse("%s must be written without spaces at its ends, two spaces together, or letters made up of several signs", what)
	}
	return nil
}

// shown returns a text as it may stand in a sentence: a record must not steer the terminal on which is said what it is worth.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if line.Hidden(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}
