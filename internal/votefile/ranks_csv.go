package votefile

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"folkmoot/internal/line"
	"folkmoot/internal/tally"

	"golang.org/x/text/cases"
)

// A table of ranked papers (RFC 4180), one kind of paper a line:
//
//	count,rank1,rank2,rank3
//	12,Ann,"Cy, Dee",undervote     twelve papers: Ann first, then Cy, Dee; an empty cell is a skipped rank too
//	3,overvote,Bo,UWI              first more than one, nobody knows whom; then Bo; then somebody who is not a candidate
//	1,Ann|Bo,Cy,Ann                Ann and Bo on one level, then Cy; that Ann is there again is kept as a mark of its own
//	0,Bo,Dee,                      no paper at all, but Bo and Dee stand
//
// Candidates are in the order in which they first come, unless they were given. Lines of no papers can put them in another, and name those
// who are on no paper. Nothing but the name says who is meant, so names are taken in Unicode's form C and with single spaces, and no two
// may differ only in their capitals or in signs that nobody sees.

// markWords are the cells that name no candidate, in small letters; any are taken.
var markWords = map[string]tally.Mark{
	"": tally.Blank, "undervote": tally.Blank, "overvote": tally.Over, "uwi": tally.Undeclared, "undeclared": tally.Undeclared,
}

// ReadRanks reads a table of ranked papers for the candidates given, in their order, of whom some may be on no paper. A name that is
// not among them is a fault.
func ReadRanks(name string, r io.Reader, candidates []tally.Candidate) (*tally.Election, error) {
	return readInto(newScanner(name, r), &tally.Election{Candidates: slices.Clone(candidates)}, readTable)
}

// ranks is a table of ranked papers being read.
type ranks struct {
	*table
	e      *tally.Election
	given  bool
	known  map[string]tally.Mark // whom a name stands for
	alike  map[string]tally.Mark // by what names have in common that look alike
	seen   []int                 // by candidate: the last paper, counted, that names them
	level  []int                 // by candidate: the last cell, counted, that names them with others
	paper  int
	levels int // cells that name several, so far
	marks  []tally.Mark
}

func readRanksCSV(t *table, e *tally.Election) error {
	n := len(e.Candidates)
	r := &ranks{table: t, e: e, given: n > 0, seen: make([]int, n), level: make([]int, n)}
	r.known, r.alike = make(map[string]tally.Mark, n), map[string]tally.Mark{}
	for i, c := range e.Candidates {
		r.known[line.Tidy(c.Name)] = tally.Mark(i)
	}
	for {
		more, err := t.row()
		if err == nil && more {
			err = r.take()
		}
		if err != nil || !more {
			return err
		}
	}
}

// take takes in the papers of a row.
func (r *ranks) take() error {
	r.paper++
	weight, none := int64(0), string(r.of(r.cells[0])) == "0"
	if !none {
		var err error
		if weight, err = r.papers(); err != nil {
			return err
		}
	}
	r.marks = r.marks[:0]
	for _, c := range r.cells[1:] {
		if err := r.rank(c); err != nil {
			return err
		}
	}
	if none {
		return nil
	}
	for n := len(r.marks); n > 0 && r.marks[n-1] == tally.Blank; n-- { // nothing comes after them
		r.marks = r.marks[:n-1]
	}
	if err := r.e.Papers.Add(r.marks, weight); err != nil {
		return r.cells[0].at.fault("%v", err)
	}
	return nil
}

// rank takes in a cell.
func (r *ranks) rank(c cell) error {
	if m, ok := r.find(string(r.of(c))); ok {
		r.marks = append(r.marks, r.once(m))
		return nil
	}
	first := len(r.marks)
	r.levels++
	for name := range bytes.SplitSeq(r.of(c), []byte("|")) {
		m, ok := r.find(string(name))
		if !ok {
			var err error
			if m, err = r.candidate(c, string(name)); err != nil {
				return err
			}
		}
		switch {
		case m == tally.Blank || m == tally.Over:
			return c.at.fault("%q cannot be on one level with others", name)
		case m.Names() && r.level[m] == r.levels:
			return c.at.fault("%.40q is there twice", name)
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

// find returns what a cell, or a name of several in one, is known to stand for.
func (r *ranks) find(text string) (tally.Mark, bool) {
	if m, ok := r.known[text]; ok {
		return m, true
	}
	if m, ok := markWords[text]; ok {
		return m, true
	}
	if strings.TrimSpace(text) != text || !tally.Legible(text) {
		return 0, false
	}
	if m, ok := r.known[line.Tidy(text)]; ok {
		return m, true
	}
	m, ok := markWords[strings.ToLower(text)]
	return m, ok
}

// blurred returns what a name has in common with those that only capitals, or signs that nobody sees, tell from it.
func blurred(name string) string {
	return line.Tidy(cases.Fold().String(strings.Map(func(r rune) rune {
		if line.Hidden(r) {
			return -1
		}
		return r
	}, name)))
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
func (r *ranks) candidate(c cell, name string) (tally.Mark, error) {
	n := len(r.e.Candidates)
	switch {
	case r.given:
		return 0, c.at.fault("%.40q is not a candidate", name)
	case n == mostCandidates:
		return 0, c.at.fault("there are more than %d candidates", mostCandidates)
	case len(name) > mostName:
		return 0, c.at.fault("the name is longer than %d bytes", mostName)
	case strings.TrimSpace(name) != name:
		return 0, c.at.fault("the name %.40q has spaces around it", name)
	case !tally.Legible(name):
		return 0, c.at.fault(illegible)
	}
	name = line.Tidy(name)
	common := blurred(name)
	if m, ok := r.alike[common]; ok {
		return 0, c.at.fault("%.40q and %.40q, which has come before, differ only in capitals or in signs that nobody sees; write both alike", name, r.e.Candidates[m].Name)
	}
	r.e.Candidates = append(r.e.Candidates, tally.Candidate{Name: name})
	r.seen, r.level = append(r.seen, 0), append(r.level, 0)
	r.known[name], r.alike[common] = tally.Mark(n), tally.Mark(n)
	return tally.Mark(n), nil
}
