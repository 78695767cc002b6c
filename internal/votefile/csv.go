package votefile

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"folkmoot/internal/tally"
)

// readTable returns the reader for a table of papers. What its columns are follows from how its first line begins: ranks that options
// were given, or candidates by rank.
func readTable(start []byte) func(*scanner, *tally.Election) error {
	if bytes.HasPrefix(start, []byte("count,opt1")) {
		return func(s *scanner, e *tally.Election) error {
			t := &table{scanner: s}
			if err := t.row(); err != nil {
				return err
			}
			return readRanks(t, e)
		}
	}
	return readRanksCSV
}

// cell is one of a row.
type cell struct {
	text string
	at   place
}

// table is a CSV file being read (RFC 4180), row by row.
type table struct {
	*scanner
	cells []cell
}

const mostCells = mostCandidates + 1

// row reads the next row, which must not be behind the last.
func (t *table) row() error {
	t.cells = t.cells[:0]
	for {
		c, err := t.cell()
		if err != nil {
			return err
		}
		if t.cells = append(t.cells, c); len(t.cells) > mostCells {
			return c.at.fault("the row has more than %d cells", mostCells)
		}
		switch t.peek() {
		case ',':
			t.pass()
		case '\r':
			if t.pass(); t.peek() != '\n' {
				return t.fault("a carriage return stands within a row")
			}
			t.pass()
			return nil
		case '\n':
			t.pass()
			return nil
		default: // the end of the file
			return nil
		}
	}
}

// cell reads up to the next comma or the end of the row. Quotes around it may hold both, and doubled quotes.
func (t *table) cell() (cell, error) {
	c := cell{at: t.at()}
	var text []byte
	quoted := t.peek() == '"'
	if quoted {
		t.pass()
	}
	for !t.ended() {
		b := t.peek()
		if !quoted && (b == ',' || b == '\n' || b == '\r') {
			break
		}
		if b == '"' && !quoted || b == 0 {
			return c, t.fault("%q stands within a cell without quotes", string(rune(b)))
		}
		t.pass()
		if b == '"' && t.peek() != '"' {
			quoted = false
			if next := t.peek(); !t.ended() && next != ',' && next != '\n' && next != '\r' {
				return c, t.fault("something stands behind the quotes")
			}
			break
		} else if b == '"' {
			t.pass()
		}
		if text = append(text, b); len(text) > mostName {
			return c, c.at.fault("the cell is longer than %d bytes", mostName)
		}
	}
	if quoted {
		return c, c.at.fault("the quotes are not closed")
	}
	if !utf8.Valid(text) {
		return c, c.at.fault("the cell is not UTF-8")
	}
	c.text = string(text)
	return c, nil
}

// number returns the cell as a whole number from 1.
func (c cell) number(what string, most int64) (int64, error) {
	n, err := strconv.ParseInt(c.text, 10, 64)
	if err != nil || n < 1 || n > most || strconv.FormatInt(n, 10) != c.text {
		return 0, c.at.fault("%q is not %s, from 1 to %d", c.text, what, most)
	}
	return n, nil
}

// readRanks reads a table of the ranks that papers give to options, as of Debian's votes:
//
//	count,opt1,opt2,opt3
//	155,3,1,2            155 papers: the second option first, then the third, then the first
//	3,2,1,1              two on one level
//	71,,1,2              an empty cell is an option that the paper does not rank
//
// A rank may be skipped and means nothing. The last option is the default: "further discussion", "none of the above".
func readRanks(t *table, e *tally.Election) error {
	n := len(t.cells) - 1
	for i, c := range t.cells[1:] {
		if c.text != fmt.Sprintf("opt%d", i+1) {
			return c.at.fault("%q stands where opt%d should be", c.text, i+1)
		}
		e.Candidates = append(e.Candidates, tally.Candidate{Name: fmt.Sprintf("Option %d", i+1), ID: c.text})
	}
	e.Seats, e.Default = 1, n
	at := make([][]tally.Mark, mostRank+1) // by rank, the options that have it on this paper
	var marks []tally.Mark
	for !t.ended() {
		if err := t.row(); err != nil {
			return err
		}
		first := t.cells[0].at
		if len(t.cells) != n+1 {
			return first.fault("the row has %d cells, and the first line has %d", len(t.cells), n+1)
		}
		weight, err := t.cells[0].number("a number of papers", 1<<40)
		if err != nil {
			return err
		}
		last := int64(0)
		for i, c := range t.cells[1:] {
			if c.text == "" {
				continue
			}
			rank, err := c.number("a rank", mostRank)
			if err != nil {
				return err
			}
			at[rank], last = append(at[rank], tally.Mark(i)), max(last, rank)
		}
		marks = marks[:0]
		for rank := range at[:last+1] {
			for i, m := range at[rank] {
				if i > 0 {
					m |= tally.Same
				}
				marks = append(marks, m)
			}
			at[rank] = at[rank][:0]
		}
		if err := e.Papers.Add(marks, weight); err != nil {
			return first.fault("%v", err)
		}
	}
	return nil
}

const mostRank = 1 << 14
