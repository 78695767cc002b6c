package votefile

import (
	"slices"
	"strconv"

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
//	"Ann" "Party"            or each with a party, in quotes too
//	"Committee"              the title, likewise
//	any text                 passed over behind a title in quotes, but another election is refused, and of more in quotes the sheet tells
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
	// read are the names so far, of which the last is on the line last; pairs says whether they are in quotes, two on a line.
	read, last int
	pairs      bool
	word       []byte
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
