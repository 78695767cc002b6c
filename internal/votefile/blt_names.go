package votefile

import (
	"fmt"
	"strings"
	"unicode"

	"folkmoot/internal/line"
	"folkmoot/internal/tally"
)

// names reads the names and the title.
func (b *blt) names() error {
	for range b.n {
		name, err := b.paired("the name of a candidate")
		if err != nil {
			return err
		}
		b.e.Candidates = append(b.e.Candidates, tally.Candidate{Name: name})
	}
	for word, c := range b.nicks {
		b.e.Candidates[c].ID = word
	}
	b.gap()
	if b.ended() {
		return nil // the title can be left out
	}
	quoted := b.peek() == '"'
	var err error
	if b.e.Title, err = b.paired("the title"); err != nil {
		return err
	}
	if b.gap(); b.pairs && b.peek() == '"' {
		if quoted, err = b.parties(); err != nil {
			return err
		}
	}
	return b.rest(quoted)
}

// paired reads a name, and keeps in mind whether all so far are in quotes, two on a line.
func (b *blt) paired(what string) (string, error) {
	b.gap()
	second := b.read%2 == 1
	b.pairs = (b.pairs || b.read == 0) && b.peek() == '"' && second == (b.line == b.last)
	b.last = b.line
	b.read++
	return b.name(what)
}

// parties reads the rest of names that have each a party behind them, on the same line, as many councils of Scotland publish them. The
// parties are not kept. It says whether the title is in quotes. Where it is not so, what stands here is a name too many.
func (b *blt) parties() (quoted bool, err error) {
	all := []string{}
	for _, c := range b.e.Candidates {
		all = append(all, c.Name)
	}
	all = append(all, b.e.Title)
	for at := b.at(); len(all) < 2*b.n; {
		name, err := b.paired("the name or the party of a candidate")
		if !b.pairs {
			return false, b.tooMany(at)
		}
		if err != nil {
			return false, err
		}
		all = append(all, name)
	}
	for c := range b.e.Candidates {
		b.e.Candidates[c].Name = all[2*c]
	}
	b.e.Title = ""
	if b.gap(); b.ended() {
		return true, nil
	}
	quoted = b.peek() == '"'
	b.e.Title, err = b.name("the title")
	return quoted, err
}

func (b *blt) tooMany(at place) error {
	return at.fault("another name stands behind the title: the file says that there are %s, whose names are followed by one title", line.Count(b.n, "candidate"))
}

// rest passes over the text behind the title. Where a line of it begins with two numbers there is another election, or more papers,
// which nobody must believe to be counted. Neither begins with 0, as some tables of figures do. What stands in quotes may be a source or
// a comment, as some programs write them, or names too many: the sheet tells of it. Behind a title without quotes there is nothing, or
// what was taken for the title is a candidate.
func (b *blt) rest(quoted bool) error {
	var more []string
	var first place // of a number that a line begins with
	line := 0       // of the word before
	for {
		b.gap()
		if b.ended() {
			b.tell(more)
			return nil
		}
		at, digits, begins := b.at(), true, b.line != line && b.peek() != '0'
		switch {
		case b.line != line && !quoted:
			return b.tooMany(at)
		case b.line != line && b.peek() == '"' && len(more) < mostTold:
			text, err := b.name("a comment")
			if err != nil {
				return err
			}
			more, first, line = append(more, text), place{}, at.line
			continue
		}
		for c := b.peek(); !b.ended() && !isSpace(c); c = b.peek() {
			digits = digits && isDigit(c)
			b.pass()
		}
		switch {
		case digits && first.s != nil:
			return first.fault("something like another election stands behind the title; a file can have one only")
		case digits && begins:
			first = at
		default:
			first = place{}
		}
		line = at.line
	}
}

// mostTold is how many texts behind the title the sheet tells of.
const mostTold = 5

// tell notes what stands in quotes behind the title.
func (b *blt) tell(more []string) {
	if len(more) > 0 {
		b.e.Notes = append(b.e.Notes, fmt.Sprintf("Behind the title the file has more, which is not counted: \"%s\". Names of candidates stand before the title, and the first line says how many they are: %d.",
			strings.Join(more, "\", \""), b.n))
	}
}

// name reads a string in quotes, or what stands without them on the rest of a line, as in many councils' files. A letter that is broken
// is no reason to refuse papers, which name candidates by their numbers.
func (b *blt) name(what string) (string, error) {
	b.gap()
	at, quoted := b.at(), b.peek() == '"'
	b.word = b.word[:0]
	read := b.bare
	if quoted {
		read = b.quoted
	}
	if b.ended() {
		return "", b.unexpected(what)
	}
	if err := read(at); err != nil {
		return "", err
	}
	name := strings.TrimSpace(readable(b.word))
	switch {
	case !tally.Legible(name):
		return "", at.fault(illegible)
	case !quoted && !strings.ContainsFunc(name, unicode.IsLetter): // more papers, or another 0
		return "", b.noName(at, name, what)
	}
	return name, nil
}

// quoted reads to the closing quote. A quote within is one that is followed by something, stands there twice, or has a backslash
// before it.
func (b *blt) quoted(open place) error {
	b.pass()
	for {
		c := b.peek()
		if b.ended() || isLineEnd(c) {
			return open.fault("the quotes are not closed")
		}
		b.pass()
		switch next := b.peek(); {
		case c == '\\' && (next == '"' || next == '\\'):
			c = next
			b.pass()
		case c == '"' && (next == 0 || isSpace(next) || next == '#'):
			return nil
		case c == '"' && next == '"':
			b.pass()
			if b.ended() || isLineEnd(b.peek()) {
				return b.keep(open, c) // the second of them closes
			}
		}
		if err := b.keep(open, c); err != nil {
			return err
		}
	}
}

// bare reads to the end of the line. There are no comments in it: a ward may well be "#1".
func (b *blt) bare(open place) error {
	for ; !b.ended() && !isLineEnd(b.peek()); b.pass() {
		if err := b.keep(open, b.peek()); err != nil {
			return err
		}
	}
	return nil
}

// keep adds a byte to the name that began there.
func (b *blt) keep(from place, c byte) error {
	if len(b.word) == mostName {
		return from.fault("a name is longer than %d bytes", mostName)
	}
	b.word = append(b.word, c)
	return nil
}

// noName says what stands in the place of a name.
func (b *blt) noName(at place, name, what string) error {
	switch {
	case at.line == b.closed.line:
		return b.closed.fault("no kind of paper can have the count 0: a 0 in this place says that there are no more papers, and stands alone")
	case len(b.e.Candidates) == 0:
		return at.fault("%q stands where %s should be: the 0 in line %d says that there are no more papers", name, what, b.closed.line)
	}
	return at.fault("%q stands where %s should be", name, what)
}
