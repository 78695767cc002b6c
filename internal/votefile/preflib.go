package votefile

import (
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/tally"
)

// PrefLib's formats of orders and categories (preflib.org/format):
//
//	# DATA TYPE: toi              soc and soi: strict orders, complete or not; toc and toi: with ties; cat: categories
//	# NUMBER ALTERNATIVES: 3
//	# NUMBER VOTERS: 12
//	# NUMBER UNIQUE ORDERS: 2     of categories: NUMBER UNIQUE PREFERENCES
//	# ALTERNATIVE NAME 1: Ann     and so on, and what a count does not need
//	9: 2,{1,3}                    nine papers: 2 first, then 1 and 3 on one level
//	3: 1
//
// Of categories the first is the best: each is a level of the paper, and who stands in the last is not marked. So approvals, which
// have two, are papers with one level.
const mostHeader = 1 << 16 // bytes in a line of the header

// headers are the lines that a header can have; true: a number. Names of alternatives and categories come besides.
var headers = map[string]bool{
	"FILE NAME": false, "TITLE": false, "DESCRIPTION": false, "DATA TYPE": false, "MODIFICATION TYPE": false, "RELATES TO": false,
	"RELATED FILES": false, "PUBLICATION DATE": false, "MODIFICATION DATE": false, "OFFICIAL RESULTS": false,
	"NUMBER ALTERNATIVES": true, "NUMBER VOTERS": true, "NUMBER UNIQUE ORDERS": true, "NUMBER UNIQUE PREFERENCES": true, "NUMBER CATEGORIES": true,
}

// preflib is a PrefLib file being read.
type preflib struct {
	*scanner
	e       *tally.Election
	text    map[string]string
	numbers map[string]int64
	where   map[string]place
	names   map[string][]string // of alternatives and categories
	format  string
	seen    []int // by alternative: the last line, counted, that has it
	lines   int   // of papers
	zero    int   // 1 if categories are numbered from 0
	empty   int   // of them with no papers
	marks   []tally.Mark
	level   []tally.Mark
}

// readPrefLib returns the reader for a file of the format, or of whichever its header says if it is "".
func readPrefLib(format string) func(*scanner, *tally.Election) error {
	return func(s *scanner, e *tally.Election) error {
		p := &preflib{scanner: s, e: e, format: format, text: map[string]string{}, numbers: map[string]int64{}, where: map[string]place{}, names: map[string][]string{}}
		for p.peek() == '#' {
			if err := p.header(); err != nil {
				return err
			}
		}
		if err := p.begin(); err != nil {
			return err
		}
		for !p.ended() && p.peek() != '\n' && p.peek() != '\r' {
			if err := p.order(); err != nil {
				return err
			}
		}
		for !p.ended() {
			if err := p.lineEnd(); err != nil {
				return err
			}
		}
		return p.agree()
	}
}

// header reads one line of the header.
func (p *preflib) header() error {
	at := p.at()
	var b []byte
	for p.pass(); !p.ended() && p.peek() != '\n'; p.pass() {
		if b = append(b, p.peek()); len(b) > mostHeader {
			return at.fault("the line is longer than %d bytes", mostHeader)
		}
	}
	if !p.ended() {
		p.pass()
	}
	key, value, ok := strings.Cut(strings.TrimSpace(readable(b)), ":")
	if !ok {
		return at.fault("the line has no colon")
	}
	value = strings.TrimSpace(value)
	if cut := strings.LastIndex(key, " NAME "); cut > 0 {
		return p.called(at, key[:cut], key[cut+len(" NAME "):], value)
	}
	number, known := headers[key]
	switch _, twice := p.where[key]; {
	case !known:
		return at.fault("%q is not known", key)
	case twice:
		return at.fault("%s is there twice", key)
	case key == "TITLE" && !tally.Legible(value):
		return at.fault(illegible)
	}
	p.where[key], p.text[key] = at, value
	if number {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return at.fault("%s is not a number", key)
		}
		p.numbers[key] = n
	}
	return nil
}

// called notes the name of an alternative or category, which come in their order: from 1, or categories from 0 as in PrefLib's parliaments.
func (p *preflib) called(at place, what, number, name string) error {
	if what != "ALTERNATIVE" && what != "CATEGORY" {
		return at.fault("%q is not known", what+" NAME")
	}
	next := len(p.names[what]) + 1
	if next == 1 && what == "CATEGORY" && number == "0" {
		p.zero = 1
	}
	if what == "CATEGORY" {
		next -= p.zero
	}
	if strconv.Itoa(next) != number || next > mostCandidates {
		return at.fault("%s NAME %s stands where number %d should be", what, number, next)
	}
	if len(name) > mostName {
		return at.fault("the name is longer than %d bytes", mostName)
	}
	if !tally.Legible(name) {
		return at.fault(illegible)
	}
	p.names[what] = append(p.names[what], name)
	return nil
}

// begin checks the header and makes the candidates.
func (p *preflib) begin() error {
	said := p.text["DATA TYPE"]
	if p.format == "" {
		p.format = said
	}
	if said != p.format || !slices.Contains([]string{"soc", "soi", "toc", "toi", "cat"}, said) {
		return p.of("DATA TYPE").fault("the data type is %q, where it should be that of the file: soc, soi, toc, toi or cat", said)
	}
	needed := []string{"NUMBER ALTERNATIVES", "NUMBER VOTERS", p.unique()}
	if p.format == "cat" {
		needed = append(needed, "NUMBER CATEGORIES")
	}
	for _, key := range needed {
		if _, ok := p.where[key]; !ok {
			return p.fault("the header does not say %s", key)
		}
	}
	for _, x := range [][2]string{{"ALTERNATIVE", "NUMBER ALTERNATIVES"}, {"CATEGORY", "NUMBER CATEGORIES"}} {
		if what, key := x[0], x[1]; int64(len(p.names[what])) != p.numbers[key] {
			return p.fault("%s is %d, but %d have names", key, p.numbers[key], len(p.names[what]))
		}
	}
	for _, name := range p.names["ALTERNATIVE"] {
		p.e.Candidates = append(p.e.Candidates, tally.Candidate{Name: name})
	}
	p.e.Title = p.text["TITLE"]
	p.seen = make([]int, len(p.e.Candidates))
	return nil
}

func (p *preflib) unique() string {
	if p.format == "cat" {
		return "NUMBER UNIQUE PREFERENCES"
	}
	return "NUMBER UNIQUE ORDERS"
}

// of returns where the header says something, or this place if it does not.
func (p *preflib) of(key string) place {
	if at, ok := p.where[key]; ok {
		return at
	}
	return p.at()
}

// order reads a line of papers.
func (p *preflib) order() error {
	at := p.at()
	weight, err := p.whole("the number of papers", 0, mostPapers)
	if err != nil {
		return err
	}
	if p.peek() != ':' {
		return p.unexpected("the colon behind the number of papers")
	}
	p.pass()
	p.spaces()
	p.lines++
	p.marks = p.marks[:0]
	levels, named := 0, 0
	for {
		if err := p.readLevel(); err != nil {
			return err
		}
		levels, named = levels+1, named+len(p.level)
		if p.format != "cat" || int64(levels) < p.numbers["NUMBER CATEGORIES"] {
			p.put()
		}
		if p.spaces(); p.peek() != ',' {
			break
		}
		p.pass()
		p.spaces()
	}
	switch {
	case p.format == "cat" && int64(levels) != p.numbers["NUMBER CATEGORIES"]:
		return at.fault("the line has %d categories of %d", levels, p.numbers["NUMBER CATEGORIES"])
	case (p.format == "soc" || p.format == "toc") && named != len(p.seen):
		return at.fault("the line has %d alternatives of %d, and a %s file must have all", named, len(p.seen), p.format)
	}
	if err := p.lineEnd(); err != nil {
		return err
	}
	if weight == 0 { // some sets list orders that nobody chose
		p.empty++
		return nil
	}
	if err := p.e.Papers.Add(p.marks, weight); err != nil {
		return at.fault("%v", err)
	}
	if p.format != "cat" && p.e.Papers.Len() != p.lines-p.empty {
		return at.fault("the order stands in a line before")
	}
	return nil
}

// put adds the level to the paper, its alternatives in their order, so that one order is one kind of papers however it is written.
func (p *preflib) put() {
	slices.Sort(p.level)
	for i, m := range p.level {
		if i > 0 {
			m |= tally.Same
		}
		p.marks = append(p.marks, m)
	}
}

// readLevel reads an alternative, or several in braces; of categories there can be none.
func (p *preflib) readLevel() error {
	p.level = p.level[:0]
	if p.peek() != '{' {
		return p.alternative()
	}
	at := p.at()
	if p.format == "soc" || p.format == "soi" {
		return at.fault("a %s file has no ties", p.format)
	}
	p.pass()
	p.spaces()
	for empty := p.format == "cat"; p.peek() != '}' || !empty; empty = true {
		if len(p.level) > 0 {
			if p.peek() != ',' {
				return p.unexpected("a comma, or the brace that closes,")
			}
			p.pass()
			p.spaces()
		}
		if err := p.alternative(); err != nil {
			return err
		}
		p.spaces()
	}
	p.pass()
	return nil
}

func (p *preflib) alternative() error {
	at := p.at()
	n, err := p.whole("the number of an alternative", 1, mostCandidates)
	switch {
	case err != nil:
		return err
	case n > int64(len(p.seen)):
		return at.fault("there is no alternative %d", n)
	case p.seen[n-1] == p.lines:
		return at.fault("alternative %d is in the line twice", n)
	}
	p.seen[n-1] = p.lines
	p.level = append(p.level, tally.Mark(n-1))
	return nil
}

// agree compares what was read with what the header says.
func (p *preflib) agree() error {
	if n := p.e.Papers.Total(); n != p.numbers["NUMBER VOTERS"] {
		return p.of("NUMBER VOTERS").fault("there are %d papers, not %d", n, p.numbers["NUMBER VOTERS"])
	}
	if key := p.unique(); int64(p.lines) != p.numbers[key] {
		return p.of(key).fault("there are %d lines of papers, not %d", p.lines, p.numbers[key])
	}
	return nil
}

// spaces passes what separates within a line.
func (s *scanner) spaces() {
	for c := s.peek(); c == ' ' || c == '\t'; c = s.peek() {
		s.pass()
	}
}

// lineEnd passes the end of a line, which must be here, or the end of the file.
func (s *scanner) lineEnd() error {
	s.spaces()
	if s.peek() == '\r' {
		s.pass()
	}
	if s.ended() {
		return nil
	}
	if s.peek() != '\n' {
		return s.unexpected("the end of the line")
	}
	s.pass()
	return nil
}
