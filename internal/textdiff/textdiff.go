// Package textdiff shows what changed between two versions of a text, word by word, and between two lists of clauses.
//
// A word is the smallest thing that changes: readers compare words, and a difference inside Arabic or Devanagari
// letters could not even be drawn. The search for the longest common part is the Go team's (go-udiff, from
// golang.org/x/tools); it stops looking for the very best answer after about a hundred differences, so the
// time stays bounded, and every answer is a true one. Lines are compared first and words only within
// lines that differ, which keeps long texts with many small changes readable.
package textdiff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Op says where the text of a span stands.
type Op uint8

// A span stands in both texts, only in the new one, or only in the old one.
const (
	Same Op = iota
	Added
	Removed
)

// Span is a stretch of text with one fate.
type Span struct {
	Op   Op
	Text string
}

// Diff returns the spans that turn old into new, never empty ones and never two of a kind in a row.
// At each place what was removed comes before what was added. Same and Removed joined give old, Same and Added give new.
func Diff(old, new string) []Span {
	var b builder
	oldLines, newLines := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	at := 0
	for _, d := range lcs.DiffLines(oldLines, newLines) {
		b.add(Same, oldLines[at:d.Start])
		b.words(strings.Join(oldLines[d.Start:d.End], ""), strings.Join(newLines[d.ReplStart:d.ReplEnd], ""))
		at = d.End
	}
	b.add(Same, oldLines[at:])
	return b.spans
}

// builder gathers spans, joining neighbours of a kind and keeping Removed before Added.
type builder struct{ spans []Span }

// words adds the word-level difference of two stretches.
func (b *builder) words(old, new string) {
	was, is := tokens(old), tokens(new)
	at := 0
	for _, d := range joined(was, lcs.DiffLines(was, is)) {
		b.add(Same, was[at:d.Start])
		b.add(Removed, was[d.Start:d.End])
		b.add(Added, is[d.ReplStart:d.ReplEnd])
		at = d.End
	}
	b.add(Same, was[at:])
}

// joined makes one replacement of two that only a space keeps apart: "the fee" for "a charge" reads better
// than two single words exchanged.
func joined(was []string, diffs []lcs.Diff) []lcs.Diff {
	var out []lcs.Diff
	for _, d := range diffs {
		if n := len(out) - 1; n >= 0 && replaces(out[n]) && replaces(d) && gap(was[out[n].End:d.Start]) {
			out[n].End, out[n].ReplEnd = d.End, d.ReplEnd
			continue
		}
		out = append(out, d)
	}
	return out
}

// replaces tells whether a difference both removes and adds.
func replaces(d lcs.Diff) bool { return d.Start < d.End && d.ReplStart < d.ReplEnd }

// gap tells whether the tokens are just space within one line.
func gap(tokens []string) bool {
	s := strings.Join(tokens, "")
	return strings.TrimSpace(s) == "" && !strings.Contains(s, "\n")
}

// add appends the text of the tokens to the last span of the kind, if that still stands at the same place.
func (b *builder) add(op Op, tokens []string) {
	text := strings.Join(tokens, "")
	if text == "" {
		return
	}
	n := len(b.spans)
	switch {
	case n > 0 && b.spans[n-1].Op == op:
		b.spans[n-1].Text += text
	case n > 0 && op == Removed && b.spans[n-1].Op == Added:
		added := b.spans[n-1]
		b.spans = b.spans[:n-1]
		b.add(Removed, tokens)
		b.spans = append(b.spans, added)
	default:
		b.spans = append(b.spans, Span{op, text})
	}
}

// kinds of character for cutting a text into tokens
type kind uint8

const (
	space  kind = iota
	word        // letters, digits
	single      // punctuation and letters of scripts without spaces: each is a token
	joiner      // marks, and what stands inside words: belongs to the word before it
)

// tokens cuts a text into words, stretches of space and single signs; joined they give the text again.
func tokens(s string) []string {
	var out []string
	start, last := 0, space
	for i, r := range s {
		k := kindOf(r)
		if k == joiner {
			if i > 0 && holds(last, r, s[i:]) {
				continue
			}
			k = single
		}
		if i > 0 && (k != last || k == single) {
			out = append(out, s[start:i])
			start = i
		}
		last = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// holds tells whether r, the first character of rest, belongs to the token before it:
// a mark does unless that is a space, an apostrophe only between letters.
func holds(last kind, r rune, rest string) bool {
	if r != '\'' && r != '’' {
		return last != space
	}
	next, _ := utf8.DecodeRuneInString(rest[utf8.RuneLen(r):])
	return last == word && unicode.IsLetter(next)
}

func kindOf(r rune) kind {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsMark(r), r == '\'', r == '’', r == '\u200c', r == '\u200d', r == '\u00ad':
		return joiner
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return single
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return word
	}
	return single
}
