package votefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"folkmoot/internal/tally"
)

// The BLT format (Hill, Wichmann and Woodall 1987), with what OpenSTV, droop and stv-rs have added to it:
//
//	4 2                      candidates, seats
//	-3                       candidate 3 has withdrawn; or [withdrawn 3]
//	[nick a b c d]           names for use on papers
//	[tie c a b d]            the order in which the lot takes those who are tied
//	[undeclared d]           somebody whom voters wrote in, and nobody declared
//	9 1 2=4 0                nine papers: 1 first, then 2 and 4 on one level; - is a rank that was skipped
//	(17) 1 2 0               one paper that somebody has numbered
//	0                        no more papers
//	"Ann" "Bo" "Cy" "Dee"    the candidates, in quotes, or each alone on a line without
//	"Committee"              the title, likewise
//	any text                 passed over behind a title in quotes, but another election, or name, is refused
//	# a comment goes to the end of the line
const (
	mostName       = 1000    // bytes in a name
	mostCandidates = 1 << 14 // more are no election
	mostWord       = 64
)

// blt is a BLT file being read.
type blt struct {
	*scanner
	e     *tally.Election
	n     int
	nicks map[string]int
	said  []string // in brackets, of which all but those who have withdrawn are said once
	marks []tally.Mark
	seen  []int // by candidate: the last paper, counted, that names them
	paper int
	// closed is where the 0 behind the papers stands.
	closed place
	word   []byte
}

func readBLT(s *scanner, e *tally.Election) error {
	b := &blt{scanner: s, e: e}
	if err := b.head(); err != nil {
		return err
	}
	if err := b.papers(); err != nil {
		return err
	}
	return b.names()
}

// gap passes spaces and comments.
func (b *blt) gap() {
	for {
		c := b.peek()
		for isSpace(c) {
			b.pass()
			c = b.peek()
		}
		if c != '#' {
			return
		}
		for !b.ended() && !isLineEnd(b.peek()) {
			b.pass()
		}
	}
}

// number reads a whole number that is not negative.
func (b *blt) number(what string, most int64) (int64, error) {
	b.gap()
	n, err := b.whole(what, 0, most)
	if err != nil {
		return 0, err
	}
	if c := b.peek(); c != 0 && !isSpace(c) && c != '#' && c != '=' {
		return 0, b.unexpected("a space after the number")
	}
	return n, nil
}

func (b *blt) head() error {
	n, err := b.number("the number of candidates", mostCandidates)
	if err != nil {
		return err
	}
	b.gap()
	at := b.at()
	seats, err := b.number("the number of seats", mostCandidates)
	switch {
	case err != nil:
		return err
	case n == 0:
		return b.fault("there are no candidates")
	case seats == 0:
		return at.fault("there are no seats: the first line has the number of candidates and that of seats, which is 1 at least")
	}
	b.n, b.e.Seats, b.seen = int(n), int(seats), make([]int, n)
	return b.before()
}

// before reads what stands between the first line and the papers, which begin on a line of their own.
func (b *blt) before() error {
	for first, last := b.line, b.line; ; last = b.line {
		b.gap()
		switch c := b.peek(); {
		case c == '-':
			b.pass()
			at := b.at()
			c, err := b.number("the number of a candidate who has withdrawn", mostCandidates)
			if err != nil {
				return err
			}
			if err := b.withdraw(at, int(c)); err != nil {
				return err
			}
		case c == '[':
			if err := b.directive(); err != nil {
				return err
			}
		case isDigit(c) && b.line == last && last == first:
			return b.fault("a third number stands in the first line, which has the number of candidates and that of seats; papers begin on a line of their own")
		case isDigit(c) && b.line == last:
			return b.fault("a number stands here behind what the file begins with; papers begin on a line of their own")
		default:
			return nil
		}
	}
}

func (b *blt) withdraw(at place, c int) error {
	if c < 1 || c > b.n {
		return at.fault("there is no candidate %d", c)
	}
	if slices.Contains(b.e.Withdrawn, c-1) {
		return at.fault("candidate %d has withdrawn already", c)
	}
	b.e.Withdrawn = append(b.e.Withdrawn, c-1)
	return nil
}

// directive reads what stands in square brackets.
func (b *blt) directive() error {
	open := b.at()
	b.pass()
	var words []string
	var places []place
	for {
		b.gap()
		if b.peek() == ']' {
			b.pass()
			break
		}
		if b.ended() {
			return open.fault("the bracket is not closed")
		}
		at := b.at()
		word, err := b.plainWord()
		if err != nil {
			return err
		}
		places = append(places, at)
		if words = append(words, word); len(words) > b.n+1 {
			return open.fault("there are more words in the brackets than candidates")
		}
		if words[0] == "droop" { // options of that program
			return b.passTo(open, ']', "the bracket is not closed")
		}
	}
	if len(words) == 0 {
		return open.fault("the brackets are empty")
	}
	if word := words[0]; word != "withdrawn" {
		if slices.Contains(b.said, word) {
			return places[0].fault("[%s] is there twice", word)
		}
		b.said = append(b.said, word)
	}
	switch words[0] {
	case "nick":
		return b.nick(open, words[1:], places[1:])
	case "tie", "withdrawn", "undeclared":
		var cs []int
		for i, w := range words[1:] {
			c, ok := b.candidate(w)
			if !ok {
				return places[i+1].fault("there is no candidate %s", w)
			}
			if slices.Contains(cs, c) {
				return places[i+1].fault("%s is there twice", w)
			}
			cs = append(cs, c)
		}
		switch words[0] {
		case "tie":
			b.e.Lots = cs
		case "undeclared":
			b.e.Undeclared = cs
		case "withdrawn":
			for i, c := range cs {
				if err := b.withdraw(places[i+1], c+1); err != nil {
					return err
				}
			}
		}
	default:
		return places[0].fault("[%s] is not known", words[0])
	}
	return nil
}

func (b *blt) nick(open place, words []string, places []place) error {
	if len(words) != b.n {
		return open.fault("there are %d nicknames for %d candidates", len(words), b.n)
	}
	b.nicks = make(map[string]int, b.n)
	for i, w := range words {
		if _, twice := b.nicks[w]; twice || isDigit(w[0]) {
			return places[i].fault("the nickname %s is there twice, or begins with a digit", w)
		}
		b.nicks[w] = i
	}
	return nil
}

// plainWord reads letters and digits up to a space or one of ]=.
func (b *blt) plainWord() (string, error) {
	at := b.at()
	b.word = b.word[:0]
	for c := b.peek(); c != 0 && !isSpace(c) && c != ']' && c != '=' && c != '['; c = b.peek() {
		if len(b.word) == mostWord {
			return "", at.fault("the word is longer than %d bytes", mostWord)
		}
		b.word = append(b.word, c)
		b.pass()
	}
	if len(b.word) == 0 {
		return "", b.unexpected("a word")
	}
	return string(b.word), nil
}

// candidate returns the candidate with the number or nickname.
func (b *blt) candidate(word string) (int, bool) {
	if c, ok := b.nicks[word]; ok {
		return c, true
	}
	n, err := strconv.Atoi(word)
	return n - 1, err == nil && n >= 1 && n <= b.n && strconv.Itoa(n) == word
}

// passTo goes beyond the closing sign, which must be on the same line.
func (b *blt) passTo(open place, closing byte, missing string) error {
	for c := b.peek(); c != closing; c = b.peek() {
		if b.ended() || isLineEnd(c) {
			return open.fault("%s", missing)
		}
		b.pass()
	}
	b.pass()
	return nil
}

// names reads the names and the title.
func (b *blt) names() error {
	for range b.n {
		name, err := b.name("the name of a candidate")
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
	if b.e.Title, err = b.name("the title"); err != nil {
		return err
	}
	return b.rest(quoted)
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
		if b.line != line && !quoted {
			return b.fault("another name stands behind the title: the file says that there are %s, whose names are followed by one title", count(b.n, "candidate"))
		}
		if b.line != line && b.peek() == '"' && len(more) < mostTold {
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
