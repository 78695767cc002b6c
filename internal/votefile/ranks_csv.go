package votefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/tally"
)

// A table of ranked papers (RFC 4180), one kind of paper a line:
//
//	count,rank1,rank2,rank3
//	12,Ann,"Cy, Dee",undervote     twelve papers: Ann first, then Cy, Dee; an empty cell is a skipped rank too
//	3,overvote,Bo,UWI              first more than one, nobody knows whom; then Bo; then somebody who is not a candidate
//	1,Ann|Bo,Cy,Ann                Ann and Bo on one level, then Cy; that Ann is there again is kept as a mark of its own
//
// Candidates are in the order in which they first come, unless they were given.
const (
	skippedCell    = "undervote"
	overCell       = "overvote"
	undeclaredCell = "UWI"
	mostRecord     = 1 << 20 // bytes in a line
)

// ReadRanks reads a table of ranked papers for the candidates given, in their order, of whom some may be on no paper. A name that is
// not among them is a fault.
func ReadRanks(name string, r io.Reader, candidates []tally.Candidate) (*tally.Election, error) {
	return readInto(newScanner(name, r), &tally.Election{Candidates: slices.Clone(candidates)}, readRanksCSV)
}

// ranks is a table of ranked papers being read.
type ranks struct {
	*scanner
	e      *tally.Election
	csv    *csv.Reader
	left   int // bytes until a line is too long
	given  bool
	cells  map[string]tally.Mark // what is known to stand for what
	seen   []int                 // by candidate: the last paper, counted, that names them
	level  []int                 // by candidate: the last cell, counted, that names them with others
	paper  int
	levels int // cells that name several, so far
	marks  []tally.Mark
}

// Read gives the reader of CSV what the scanner has.
func (r *ranks) Read(p []byte) (int, error) {
	if r.ended() {
		return 0, io.EOF
	}
	if r.left <= 0 {
		return 0, r.fault("the line is longer than %d bytes", mostRecord)
	}
	n := copy(p, r.buf[r.r:r.w])
	if last := bytes.LastIndexByte(p[:n], '\n'); last >= 0 {
		r.line += bytes.Count(p[:n], []byte{'\n'})
		r.from = r.done + int64(r.r+last+1)
	}
	r.r += n
	r.left -= n
	return n, nil
}

func readRanksCSV(s *scanner, e *tally.Election) error {
	n := len(e.Candidates)
	r := &ranks{scanner: s, e: e, left: mostRecord, given: n > 0, seen: make([]int, n), level: make([]int, n)}
	r.cells = map[string]tally.Mark{"": tally.Blank, skippedCell: tally.Blank, overCell: tally.Over, undeclaredCell: tally.Undeclared}
	for i, c := range e.Candidates {
		r.cells[c.Name] = tally.Mark(i)
	}
	r.csv = csv.NewReader(r)
	r.csv.ReuseRecord = true
	head, err := r.record()
	if errors.Is(err, io.EOF) {
		return r.fault("the file is empty")
	}
	if err != nil {
		return err
	}
	for i, h := range head {
		if i == 0 && h != "count" || i > 0 && h != "rank"+strconv.Itoa(i) {
			return r.cell(i, "%q stands where the head of the table should have count, and rank1, rank2 or opt1, opt2 and so on", h)
		}
	}
	for {
		record, err := r.record()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = r.take(record)
		}
		if err != nil {
			return err
		}
	}
}

// record reads a line. At the end it returns io.EOF.
func (r *ranks) record() ([]string, error) {
	record, err := r.csv.Read()
	r.left = mostRecord
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return nil, place{r.scanner, wrong.Line, max(1, wrong.Column)}.fault("%v", wrong.Err)
	}
	return record, err
}

// cell is a fault in a cell of the line that was read last.
func (r *ranks) cell(i int, format string, args ...any) error {
	line, column := r.csv.FieldPos(i)
	return place{r.scanner, line, column}.fault(format, args...)
}

// take takes in the papers of a line.
func (r *ranks) take(record []string) error {
	r.paper++
	weight, err := strconv.ParseInt(record[0], 10, 64)
	if err != nil || weight < 1 || strconv.FormatInt(weight, 10) != record[0] {
		return r.cell(0, "%q is not a number of papers", record[0])
	}
	r.marks = r.marks[:0]
	for i, cell := range record[1:] {
		if err := r.rank(i+1, cell); err != nil {
			return err
		}
	}
	for n := len(r.marks); n > 0 && r.marks[n-1] == tally.Blank; n-- { // nothing comes after them
		r.marks = r.marks[:n-1]
	}
	if err := r.e.Papers.Add(r.marks, weight); err != nil {
		return r.cell(0, "%v", err)
	}
	return nil
}

// rank takes in a cell.
func (r *ranks) rank(i int, cell string) error {
	if m, ok := r.cells[cell]; ok {
		r.marks = append(r.marks, r.once(m))
		return nil
	}
	first := len(r.marks)
	r.levels++
	for name := range strings.SplitSeq(cell, "|") {
		m, ok := r.cells[name]
		if !ok {
			var err error
			if m, err = r.candidate(i, name); err != nil {
				return err
			}
		}
		switch {
		case m == tally.Blank || m == tally.Over:
			return r.cell(i, "%q cannot be on one level with others", name)
		case m.Names() && r.level[m] == r.levels:
			return r.cell(i, "%q is there twice", name)
		case m.Names():
			r.level[m] = r.levels
		}
		m = r.once(m)
		if len(r.marks) > first {
			m |= tally.Same
		}
		r.marks = append(r.marks, m)
	}
	return nil
}

// once returns the mark, or Again if it names somebody whom the paper has named already.
func (r *ranks) once(m tally.Mark) tally.Mark {
	if !m.Names() {
		return m
	}
	if r.seen[m] == r.paper {
		return tally.Again
	}
	r.seen[m] = r.paper
	return m
}

// candidate takes in a name that has not come before.
func (r *ranks) candidate(i int, name string) (tally.Mark, error) {
	n := len(r.e.Candidates)
	switch {
	case r.given:
		return 0, r.cell(i, "%q is not a candidate", name)
	case n == mostCandidates:
		return 0, r.cell(i, "there are more than %d candidates", mostCandidates)
	case len(name) > mostName || strings.TrimSpace(name) != name || strings.ToValidUTF8(name, "") != name:
		return 0, r.cell(i, "the name is longer than %d bytes, has spaces around it or is not UTF-8", mostName)
	}
	r.e.Candidates = append(r.e.Candidates, tally.Candidate{Name: name})
	r.seen, r.level = append(r.seen, 0), append(r.level, 0)
	r.cells[name] = tally.Mark(n)
	return tally.Mark(n), nil
}
