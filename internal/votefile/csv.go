package votefile

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"folkmoot/internal/line"
	"folkmoot/internal/tally"
)

// What bounds a table of papers.
const (
	mostRow    = 1 << 20 // bytes in a row
	mostCells  = mostCandidates + 1
	mostRank   = mostCandidates
	mostPapers = 1 << 40
)

// table is a CSV file being read (RFC 4180), row by row. Rows have as many cells as the first one; empty lines are passed over.
// encoding/csv does not serve here: it holds a row of any length, takes some forty times its size in memory where it has many cells,
// and cannot say at which sign a quote or a row goes wrong.
type table struct {
	*scanner
	text  []byte // of all cells of the row
	cells []cell
	width int // cells in a row; 0: not known yet
}

// cell is one of a row.
type cell struct {
	from, to int // in table.text
	at       place
}

func (t *table) of(c cell) []byte { return t.text[c.from:c.to] }

// readTable reads a table of papers. What its columns are follows from its first line: candidates by rank, or ranks by option.
func readTable(s *scanner, e *tally.Election) error {
	t := &table{scanner: s}
	if more, err := t.row(); err != nil || !more {
		if err == nil {
			err = t.fault("the file is empty; a table of papers begins with count,rank1,... or count,opt1,...")
		}
		return err
	}
	t.width = len(t.cells)
	column := "rank"
	if len(t.cells) > 1 && bytes.HasPrefix(t.of(t.cells[1]), []byte("opt")) {
		column = "opt"
	}
	for i, c := range t.cells {
		want := column + strconv.Itoa(i)
		if i == 0 {
			want = "count"
		}
		if got := t.of(c); string(got) != want {
			return t.wrongHead(c, want)
		}
	}
	if column == "opt" {
		return readRanks(t, e)
	}
	return readRanksCSV(t, e)
}

// wrongHead says what stands in the first line in the place of the name of a column.
func (t *table) wrongHead(c cell, want string) error {
	got := t.of(c)
	if i := bytes.IndexAny(got, ";\t"); i >= 0 {
		return c.at.fault("%.40q stands where %s should be: the cells are separated by commas, not by %q", got, want, got[i:i+1])
	}
	return c.at.fault("%.40q stands where %s should be: the first line is count,rank1,rank2 and so on, or count,opt1,opt2 and so on", got, want)
}

// row reads the next row, and says whether there was one.
func (t *table) row() (bool, error) {
	t.cells, t.text = t.cells[:0], t.text[:0]
	for c := t.peek(); c == '\n' || c == '\r'; c = t.peek() {
		if err := t.rowEnd(); err != nil {
			return false, err
		}
	}
	if t.ended() {
		return false, nil
	}
	for {
		c, err := t.cell()
		if err != nil {
			return false, err
		}
		if t.cells = append(t.cells, c); len(t.cells) > mostCells {
			return false, c.at.fault("the row has more than %d cells, which are the number of papers and %d others", mostCells, mostCells-1)
		}
		if t.peek() != ',' {
			break
		}
		t.pass()
	}
	if first := t.cells[0].at; t.width > 0 && len(t.cells) != t.width {
		return false, first.fault("the row has %s, and the first line has %d", line.Count(len(t.cells), "cell"), t.width)
	}
	return true, t.rowEnd()
}

// rowEnd passes the end of a row, which a cell has found to be here.
func (t *table) rowEnd() error {
	at := t.at()
	if t.peek() == '\r' {
		if t.pass(); t.peek() != '\n' {
			return at.fault("a carriage return stands here without a line feed: rows end with a line feed, or with both")
		}
	}
	if !t.ended() {
		t.pass()
	}
	return nil
}

// cell reads up to the next comma or the end of the row. Quotes around it may hold both, and doubled quotes.
func (t *table) cell() (cell, error) {
	c := cell{from: len(t.text), at: t.at()}
	quoted := t.peek() == '"'
	if quoted {
		t.pass()
	}
	for {
		if !quoted {
			t.plain()
		}
		if t.ended() {
			break
		}
		b := t.peek()
		switch {
		case !quoted && (b == ',' || b == '\n' || b == '\r'):
			return t.close(c)
		case b == 0:
			return c, t.fault("a byte 0 stands here, so this is no table of text")
		case b == '"' && !quoted:
			return c, t.fault("a quote stands within a cell that does not begin with one")
		case len(t.text) >= mostRow:
			return c, t.fault("the row is longer than %d bytes", mostRow)
		}
		t.pass()
		if b == '"' {
			if t.peek() != '"' {
				return t.closeQuoted(c)
			}
			t.pass()
		}
		t.text = append(t.text, b)
	}
	if quoted {
		return c, c.at.fault("the quotes are not closed")
	}
	return t.close(c)
}

// plain takes in what has no meaning of its own in a cell without quotes, as far as it has been read from the file.
func (t *table) plain() {
	from := t.r
	for t.r < t.w && t.r-from < mostRow-len(t.text) {
		if b := t.buf[t.r]; b == ',' || b == '"' || b <= '\r' {
			break
		}
		t.r++
	}
	t.text = append(t.text, t.buf[from:t.r]...)
}

func (t *table) closeQuoted(c cell) (cell, error) {
	if next := t.peek(); !t.ended() && next != ',' && next != '\n' && next != '\r' {
		return c, t.fault("something stands behind the quotes")
	}
	return t.close(c)
}

func (t *table) close(c cell) (cell, error) {
	if c.to = len(t.text); !utf8.Valid(t.of(c)) {
		return c, c.at.fault("the cell is not UTF-8")
	}
	return c, nil
}

// number returns the cell as a whole number from 1.
func (t *table) number(c cell, what string, most int64) (int64, error) {
	text := t.of(c)
	n, digits := int64(0), len(text) > 0 && text[0] != '0'
	for _, b := range text {
		digits = digits && isDigit(b)
		if digits && n <= most {
			n = 10*n + int64(b-'0')
		}
	}
	switch {
	case !digits:
		return 0, c.at.fault("%.40q is not %s, which is a whole number from 1", text, what)
	case n > most:
		return 0, c.at.fault("%.40s is too large for %s: the most is %d", text, what, most)
	}
	return n, nil
}

// papers returns what the first cell of the row says.
func (t *table) papers() (int64, error) {
	return t.number(t.cells[0], "a number of papers", mostPapers)
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
	if len(e.Candidates) > 0 {
		return t.cells[0].at.fault("a table of ranks by option does not name candidates")
	}
	for i, c := range t.cells[1:] {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: "Option " + strconv.Itoa(i+1), ID: string(t.of(c))})
	}
	e.Seats, e.Default = 1, len(e.Candidates)
	type ranked struct {
		rank   int64
		option tally.Mark
	}
	var order []ranked
	var marks []tally.Mark
	for {
		more, err := t.row()
		if err != nil || !more {
			return err
		}
		weight, err := t.papers()
		if err != nil {
			return err
		}
		order, marks = order[:0], marks[:0]
		for i, c := range t.cells[1:] {
			if c.from == c.to {
				continue
			}
			rank, err := t.number(c, "a rank", mostRank)
			if err != nil {
				return err
			}
			order = append(order, ranked{rank, tally.Mark(i)})
		}
		slices.SortStableFunc(order, func(a, b ranked) int { return int(a.rank - b.rank) })
		for i, r := range order {
			if i > 0 && order[i-1].rank == r.rank {
				r.option |= tally.Same
			}
			marks = append(marks, r.option)
		}
		if err := e.Papers.Add(marks, weight); err != nil {
			return t.cells[0].at.fault("%v", err)
		}
	}
}
