package votefile

import (
	"bytes"

	"folkmoot/internal/tally"
)

// papers reads the papers and the 0 behind them.
func (b *blt) papers() error {
	for {
		weight, at, err := b.weight()
		if err != nil {
			return err
		}
		if weight == 0 {
			b.closed = at
			return nil
		}
		if err := b.prefs(at); err != nil {
			return err
		}
		if err := b.e.Papers.Add(b.marks, weight); err != nil {
			return at.fault("%v", err)
		}
	}
}

// weight reads how many papers there are of a kind, or the 0 behind the last of them, and where that stands.
func (b *blt) weight() (int64, place, error) {
	if n, at, ok := b.small(); ok {
		return int64(n), at, nil
	}
	b.gap()
	at := b.at()
	if b.peek() == '(' {
		return 1, at, b.passTo(at, ')', "the parenthesis is not closed")
	}
	n, err := b.number("the number of papers, or the 0 behind the last of them,", mostPapers)
	return n, at, err
}

// prefs reads the marks of the paper that begins there, and the 0 behind them. All are on one line: else a 0 that was forgotten would
// make the next paper a part of this one.
func (b *blt) prefs(from place) error {
	b.marks = b.marks[:0]
	b.paper++
	same := tally.Mark(0)
	for {
		c, at, err := b.pref()
		if at.line != from.line {
			return from.fault("the paper that begins in line %d has no 0 at its end: write one behind its last candidate, on the same line", from.line)
		}
		if err != nil {
			return err
		}
		switch {
		case c == 0 && same == 0:
			return nil
		case c == 0:
			return at.fault("= stands before the end of the paper")
		case c < 0:
			if same != 0 || b.peek() == '=' {
				return at.fault("a skipped rank cannot be on one level with another")
			}
			if len(b.marks) > 2*b.n {
				return at.fault("the paper skips more ranks than there can be")
			}
			b.marks = append(b.marks, tally.Blank)
			continue
		case c > b.n:
			return at.fault("there is no candidate %d", c)
		case b.seen[c-1] == b.paper:
			return at.fault("candidate %d is on the paper twice", c)
		}
		b.seen[c-1] = b.paper
		b.marks = append(b.marks, tally.Mark(c-1)|same)
		same = 0
		if b.peek() == '=' {
			b.pass()
			same = tally.Same
		}
	}
}

// pref reads a candidate's number or nickname, and where it stands: 0 is the end of the paper, -1 a skipped rank.
func (b *blt) pref() (int, place, error) {
	if n, at, ok := b.small(); ok {
		return n, at, nil
	}
	b.gap()
	at := b.at()
	switch c := b.peek(); {
	case isDigit(c):
		n, err := b.number("a candidate", mostCandidates)
		return int(n), at, err
	case c == '-':
		b.pass()
		return -1, at, nil
	case b.ended() || b.nicks == nil || c == '"':
		return 0, at, b.unexpected("a candidate, or the 0 at the end of the paper,")
	}
	word, err := b.plainWord()
	if err != nil {
		return 0, at, err
	}
	c, ok := b.nicks[word]
	if !ok {
		return 0, at, at.fault("there is no candidate %s", word)
	}
	return c + 1, at, nil
}

// small reads a number of up to four digits with all the spaces before it and one behind it, which is nearly all there is in most
// files. If anything else stands there, or the buffer ends, it reads nothing and says so. The number begins at from.
func (s *scanner) small() (n int, from place, ok bool) {
	buf, i, line, start := s.buf[:s.w], s.r, s.line, s.from
	for ; i < len(buf) && isSpace(buf[i]); i++ {
		if buf[i] == '\n' {
			line, start = line+1, s.done+int64(i)+1
		} else if buf[i] == '\r' && !bytes.HasPrefix(buf[i+1:], []byte("\n")) {
			return 0, from, false // it ends a line alone
		}
	}
	first := i
	for ; i < len(buf) && isDigit(buf[i]); i++ {
		n = 10*n + int(buf[i]-'0')
	}
	if i == first || i > first+4 || i == len(buf) || !isSpace(buf[i]) {
		return 0, from, false
	}
	s.r, s.line, s.from = i, line, start
	return n, place{s, line, int(s.done+int64(first)-start) + 1}, true
}
