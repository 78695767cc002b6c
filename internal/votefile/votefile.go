// Package votefile reads and writes files of votes: BLT, PrefLib, Pabulib and tables of papers (CSV).
//
// The readers are strict: what they do not understand they refuse, with the file, the line and the column. They read as they go
// along, put equal papers together at once, and hold no more of a file than its kinds of papers.
package votefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/tally"
)

// Fault is what is wrong with a file, and where. Line and Column count from 1, Column in bytes.
type Fault struct {
	File         string
	Line, Column int
	Say          string
}

// Error writes the fault as compilers do, so that editors find the place.
func (f *Fault) Error() string { return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Say) }

// Read reads an election. What kind of file it is follows from the end of its name; one without a known end is taken for BLT,
// unless it begins like one of the others. An error is a *Fault, or one of reading.
func Read(name string, r io.Reader) (*tally.Election, error) {
	s := newScanner(name, r)
	if err := foreign(s); err != nil {
		return nil, err
	}
	return readInto(s, &tally.Election{}, kind(name, s.start()))
}

// readInto reads the rest of an election, of which something may be known already.
func readInto(s *scanner, e *tally.Election, reader func(*scanner, *tally.Election) error) (*tally.Election, error) {
	err := reader(s, e)
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		err = fmt.Errorf("%s: %w", s.name, s.err)
	}
	if err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, &Fault{s.name, s.line, s.column(), err.Error()}
	}
	if strings.ContainsRune(e.Title, utf8.RuneError) || slices.ContainsFunc(e.Candidates, func(c tally.Candidate) bool { return strings.ContainsRune(c.Name, utf8.RuneError) }) {
		e.Notes = append(e.Notes, "Letters of names are broken in the file, and shown as \ufffd.")
	}
	return e, nil
}

// kind returns the reader for a file with the name that begins so.
func kind(name string, start []byte) func(*scanner, *tally.Election) error {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".blt":
		return readBLT
	case ".csv":
		return readTable
	case ".pb":
		return readPabulib
	case ".soc", ".soi", ".toc", ".toi", ".cat":
		return readPrefLib(ext[1:])
	}
	switch {
	case bytes.HasPrefix(start, []byte("META")):
		return readPabulib
	case bytes.HasPrefix(start, []byte("# FILE NAME:")):
		return readPrefLib("")
	case bytes.HasPrefix(start, []byte("count,")):
		return readTable
	}
	return readBLT
}

// foreign refuses what begins like a file of another kind, which the readers would only find strange.
func foreign(s *scanner) error {
	start := s.start()
	for _, f := range []struct{ begins, what string }{
		{"\xff\xfe", "text in UTF-16 or UTF-32"}, {"\xfe\xff", "text in UTF-16"}, {"\x00\x00\xfe\xff", "text in UTF-32"},
		{"PK\x03\x04", "a ZIP archive, as spreadsheets are (.xlsx, .ods)"}, {"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"},
		{"\x1f\x8b", "compressed by gzip"}, {"%PDF", "a PDF"}, {"SQLite format 3", "a database"},
	} {
		if bytes.HasPrefix(start, []byte(f.begins)) {
			return s.fault("the file is %s: %s", f.what, expected)
		}
	}
	if len(start) > 1 && (start[0] == 0) != (start[1] == 0) {
		return s.fault("the file is text in UTF-16, or no text at all: %s", expected)
	}
	switch first := bytes.TrimLeft(start, " \t\r\n"); {
	case bytes.HasPrefix(first, []byte("{")) || bytes.HasPrefix(first, []byte("[")):
		return s.fault("the file begins like JSON: %s", expected)
	case bytes.HasPrefix(first, []byte("<")):
		return s.fault("the file begins like HTML or XML: %s", expected)
	}
	return nil
}

// illegible is what is said of a name that tally.Legible refuses.
const illegible = "there are signs in this that are not shown, or change how others are"

// readable returns text of a file with U+FFFD for what is broken in it: bytes that are not UTF-8, and the controls U+0080 to U+009F, into
// which letters turn where a program took one encoding for another. The sheet says of names with it that they are broken.
func readable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u0080' && r <= '\u009f' {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(string(b), string(utf8.RuneError)))
}

const expected = "expected is BLT, PrefLib, Pabulib or a table with commas (CSV), as text in UTF-8"

// scanner reads a file byte by byte and knows where it is.
type scanner struct {
	name string
	in   io.Reader
	buf  []byte
	r, w int
	done int64 // bytes before buf
	line int
	from int64 // where the line begins
	err  error // why there is no more; io.EOF at the end
}

const (
	bufferSize = 16 << 10
	startSize  = 64
)

func newScanner(name string, in io.Reader) *scanner {
	s := &scanner{name: name, in: in, buf: make([]byte, bufferSize), line: 1}
	if bytes.HasPrefix(s.start(), []byte("\xef\xbb\xbf")) {
		s.r, s.from = 3, 3
	}
	return s
}

// fill reads more, and says whether there was more.
func (s *scanner) fill() bool {
	if s.r < s.w {
		return true
	}
	for s.err == nil {
		s.done += int64(s.w)
		s.r, s.w = 0, 0
		s.w, s.err = s.in.Read(s.buf)
		if s.w > 0 {
			return true
		}
	}
	return false
}

// start returns what the file begins with, without passing it: the same however much comes at once.
func (s *scanner) start() []byte {
	for s.done == 0 && s.err == nil && s.w < startSize { // a pipe may give it in pieces
		var n int
		n, s.err = s.in.Read(s.buf[s.w:])
		s.w += n
	}
	return s.buf[s.r:min(s.w, startSize)]
}

// peek returns the next byte, or 0 at the end. No file of votes has a byte 0 in it.
func (s *scanner) peek() byte {
	if s.r < s.w || s.fill() {
		return s.buf[s.r]
	}
	return 0
}

// pass goes beyond the byte that peek has returned.
func (s *scanner) pass() {
	s.r++
	if b := s.buf[s.r-1]; b <= '\r' {
		s.passed(b)
	}
}

// passed counts lines. A carriage return alone ends them on old machines.
func (s *scanner) passed(b byte) {
	if b == '\n' || b == '\r' && s.peek() != '\n' {
		s.line++
		s.from = s.done + int64(s.r)
	}
}

func (s *scanner) column() int { return int(s.done+int64(s.r)-s.from) + 1 }

// ended says whether there is nothing more.
func (s *scanner) ended() bool { return s.r == s.w && !s.fill() }

// fault is a Fault at this place.
func (s *scanner) fault(format string, args ...any) error { return s.at().fault(format, args...) }

// unexpected says what stands here in the place of something else, and passes it.
func (s *scanner) unexpected(want string) error {
	if s.ended() {
		return s.fault("the file ends where %s should be", want)
	}
	at, text := s.at(), []byte{s.peek()}
	if text[0] == 0 {
		return at.fault("a byte 0 stands where %s should be", want)
	}
	for s.pass(); !utf8.FullRune(text) && !s.ended(); s.pass() {
		text = append(text, s.peek())
	}
	r, n := utf8.DecodeRune(text)
	if r == utf8.RuneError && n == 1 {
		return at.fault("a byte that is not UTF-8 (%#x) stands where %s should be", text[0], want)
	}
	return at.fault("%q stands where %s should be", string(r), want)
}

// whole reads a whole number within the bounds.
func (s *scanner) whole(what string, least, most int64) (int64, error) {
	at := s.at()
	if !isDigit(s.peek()) {
		return 0, s.unexpected(what)
	}
	n := int64(0)
	for c := s.peek(); isDigit(c); c = s.peek() {
		if n = 10*n + int64(c-'0'); n > most {
			what, _, _ := strings.Cut(what, ",")
			return 0, at.fault("%s is more than %d, which is the most", what, most)
		}
		s.pass()
	}
	if n < least {
		return 0, at.fault("%s is less than %d", what, least)
	}
	return n, nil
}

// place is where something stands.
type place struct {
	s            *scanner
	line, column int
}

func (s *scanner) at() place { return place{s, s.line, s.column()} }

func (p place) fault(format string, args ...any) error {
	return &Fault{p.s.name, p.line, p.column, fmt.Sprintf(format, args...)}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func isLineEnd(b byte) bool { return b == '\n' || b == '\r' }

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
