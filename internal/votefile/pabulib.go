package votefile

import (
	"cmp"
	"crypto/sha256"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/line"
	"folkmoot/internal/tally"
)

// The Pabulib format for participatory budgets (pabulib.org/format): tables with semicolons between the cells, and cells in quotes
// where need be.
//
//	META
//	key;value
//	budget;1000.50
//	vote_type;approval       or choose-1, ordinal, cumulative, scoring
//	num_projects;2
//	num_votes;1
//	PROJECTS
//	project_id;cost;name     and others in any order
//	a;500;A bench
//	b;700;"Trees; and grass"
//	VOTES
//	voter_id;vote            and points, one a project, for cumulative and scoring
//	1;a,b
//
// What else there is in META and in other columns is not read. A voter_id may be empty, and stands on one paper only. Projects on an
// approval are on one level; by points, the one with the most is first.
const mostFields = 256 // in a row

// field is one field of a table and where it stands.
type field struct {
	place
	text string
}

// pb is a Pabulib file being read.
type pb struct {
	*scanner
	e       *tally.Election
	row     []field
	text    []byte
	size    int // bytes of the row so far
	meta    map[string]field
	columns map[string]int
	ids     map[string]int
	seen    []int // by project: the last paper, counted, that names it
	budget  money
	costs   []money
	votes   int
	voters  map[[sha256.Size]byte]int // by the hash of the ID: the line they are in
	marks   []mark
	paper   []tally.Mark
	points  []int32
}

type mark struct {
	project int
	points  int32
}

func readPabulib(s *scanner, e *tally.Election) error {
	p := &pb{scanner: s, e: e, meta: map[string]field{}, ids: map[string]int{}, voters: map[[sha256.Size]byte]int{}}
	for _, section := range []struct {
		name string
		row  func() error
		end  func() error
	}{{"META", p.metaRow, p.metaEnd}, {"PROJECTS", p.projectRow, p.projectsEnd}, {"VOTES", p.voteRow, p.votesEnd}} {
		if err := p.section(section.name, section.row, section.end); err != nil {
			return err
		}
	}
	return nil
}

// section reads the rows of a section, up to the name of the next one or the end of the file.
func (p *pb) section(name string, row, end func() error) error {
	if p.row == nil {
		if err := p.next(); err != nil {
			return err
		}
	}
	if len(p.row) != 1 || p.row[0].text != name {
		return p.here().fault("the section %s should begin here", name)
	}
	if name != "META" {
		if err := p.head(name); err != nil {
			return err
		}
	}
	for {
		if err := p.next(); err != nil {
			return err
		}
		if len(p.row) == 0 || len(p.row) == 1 && slices.Contains([]string{"META", "PROJECTS", "VOTES"}, p.row[0].text) {
			break
		}
		if name != "META" && len(p.row) != len(p.columns) {
			return p.here().fault("the row has %s, under %s of columns", line.Count(len(p.row), "cell"), line.Count(len(p.columns), "name"))
		}
		if err := row(); err != nil {
			return err
		}
	}
	if name == "VOTES" && len(p.row) > 0 {
		return p.here().fault("there should be nothing after the votes")
	}
	return end()
}

// here is where the row stands, or the end of the file.
func (p *pb) here() place {
	if len(p.row) > 0 {
		return p.row[0].place
	}
	return p.at()
}

// head reads the names of the columns.
func (p *pb) head(section string) error {
	if err := p.next(); err != nil {
		return err
	}
	p.columns = make(map[string]int, len(p.row))
	for i, c := range p.row {
		name := strings.ToLower(c.text)
		if _, twice := p.columns[name]; twice || name == "" {
			return c.fault("the column %q has no name, or is there twice", name)
		}
		p.columns[name] = i
	}
	need := []string{"project_id", "cost"}
	if section == "VOTES" {
		need = []string{"voter_id", "vote"}
		if p.scored() {
			need = append(need, "points")
		}
	}
	for _, name := range need {
		if _, ok := p.columns[name]; !ok {
			return p.here().fault("there is no column %s", name)
		}
	}
	return nil
}

// next reads a row, passing empty lines. At the end of the file there are no cells in it.
func (p *pb) next() error {
	p.row, p.size = p.row[:0], 0
	for c := p.peek(); c == '\n' || c == '\r'; c = p.peek() {
		p.pass()
	}
	if p.ended() {
		return nil
	}
	for {
		if len(p.row) == mostFields {
			return p.fault("there are more than %d cells in the row", mostFields)
		}
		more, err := p.field()
		if err != nil || !more {
			return err
		}
	}
}

// field reads one field, and says whether there is another in the row.
func (p *pb) field() (more bool, err error) {
	at := p.at()
	p.text = p.text[:0]
	if p.peek() == '"' {
		err = p.quotedCell(at)
	} else {
		for c := p.peek(); c != ';' && c != '\n' && !p.ended() && err == nil; c = p.peek() {
			err = p.add(at)
		}
	}
	if err != nil {
		return false, err
	}
	if p.peek() == '\r' {
		p.pass()
	}
	c := p.peek()
	if c != ';' && c != '\n' && !p.ended() {
		return false, p.fault("there should be a semicolon, or the end of the line, after the quotes")
	}
	if !utf8.Valid(p.text) {
		return false, at.fault("the field is not UTF-8")
	}
	p.row = append(p.row, field{at, strings.TrimSpace(string(p.text))})
	if c == ';' || c == '\n' {
		p.pass()
	}
	return c == ';', nil
}

// add adds the next byte to the field that begins there.
func (p *pb) add(at place) error {
	c := p.peek()
	switch {
	case p.size == mostRow:
		return at.fault("the row is longer than %d bytes", mostRow)
	case c == 0:
		return p.fault("there is a byte 0")
	case c == '\n':
		c = ' '
	}
	p.size++
	p.text = append(p.text, c)
	p.pass()
	return nil
}

// quotedCell reads a field in quotes. Two quotes in it are one; a line may end in it.
func (p *pb) quotedCell(at place) error {
	p.pass()
	for {
		if p.ended() {
			return at.fault("the quotes are not closed")
		}
		if p.peek() == '"' {
			p.pass()
			if p.peek() != '"' {
				return nil
			}
		}
		if err := p.add(at); err != nil {
			return err
		}
	}
}

func (p *pb) metaRow() error {
	if len(p.row) != 2 {
		return p.here().fault("there should be a key and a value")
	}
	key := strings.ToLower(p.row[0].text)
	if _, twice := p.meta[key]; twice {
		return p.here().fault("%s is there twice", key)
	}
	if len(p.meta) == mostFields || len(key) > mostWord {
		return p.here().fault("there are more than %d keys, or one longer than %d bytes", mostFields, mostWord)
	}
	p.meta[key] = field{} // seen, and not needed
	if slices.Contains(metaKeys, key) {
		p.meta[key] = p.row[1]
	}
	return nil
}

// metaKeys are those that a count needs, of which the last can be left out.
var metaKeys = []string{"budget", "vote_type", "num_projects", "num_votes", "description"}

func (p *pb) metaEnd() error {
	for _, key := range metaKeys[:4] {
		if _, ok := p.meta[key]; !ok {
			return p.here().fault("there is no %s in META", key)
		}
	}
	kind := p.meta["vote_type"]
	if !slices.Contains([]string{"approval", "choose-1", "ordinal", "cumulative", "scoring"}, kind.text) {
		return kind.fault("the vote type %q is not known", kind.text)
	}
	title := p.meta["description"]
	if len(title.text) > mostName {
		return title.fault("the description is longer than %d bytes", mostName)
	}
	if !tally.Legible(title.text) {
		return title.fault(illegible)
	}
	p.e.Title = title.text
	var err error
	p.budget, err = amount(p.meta["budget"])
	if err == nil && p.budget.n == 0 {
		return p.budget.fault("the budget is nothing")
	}
	return err
}

func (p *pb) scored() bool {
	kind := p.meta["vote_type"].text
	return kind == "cumulative" || kind == "scoring"
}

// column returns the field of the row under the name; an empty one if there is no such column.
func (p *pb) column(name string) field {
	if i, ok := p.columns[name]; ok {
		return p.row[i]
	}
	return field{place: p.here()}
}

func (p *pb) projectRow() error {
	id, name := p.column("project_id"), p.column("name")
	if _, twice := p.ids[id.text]; twice || id.text == "" || len(id.text) > mostName || strings.Contains(id.text, ",") {
		return id.fault("the project has no ID, or one that is there twice, has a comma or is longer than %d bytes", mostName)
	}
	if len(name.text) > mostName {
		return name.fault("the name is longer than %d bytes", mostName)
	}
	for _, c := range []field{id, name} {
		if !tally.Legible(c.text) {
			return c.fault(illegible)
		}
	}
	if len(p.ids) == mostCandidates {
		return id.fault("there are more than %d projects", mostCandidates)
	}
	cost, err := amount(p.column("cost"))
	if err != nil {
		return err
	}
	p.ids[id.text] = len(p.costs)
	p.costs = append(p.costs, cost)
	p.e.Candidates = append(p.e.Candidates, tally.Candidate{Name: cmp.Or(name.text, id.text), ID: id.text})
	return nil
}

// projectsEnd puts all money into one unit, the largest in which every amount is whole.
func (p *pb) projectsEnd() error {
	if err := p.counted("num_projects", len(p.costs)); err != nil {
		return err
	}
	decimals := p.budget.decimals
	for _, c := range p.costs {
		decimals = max(decimals, c.decimals)
	}
	in := func(m money) int64 {
		for range decimals - m.decimals {
			m.n *= 10 // at most 15 digits and 3 more
		}
		return m.n
	}
	p.e.Unit, p.e.Budget = in(money{n: 1}), in(p.budget)
	for i, c := range p.costs {
		p.e.Candidates[i].Cost = in(c)
	}
	p.seen = make([]int, len(p.costs))
	return nil
}

// counted refuses a file that has another number of rows than it says.
func (p *pb) counted(key string, n int) error {
	if c := p.meta[key]; c.text != strconv.Itoa(n) {
		return c.fault("%s is %q, and there are %d", key, c.text, n)
	}
	return nil
}

func (p *pb) votesEnd() error { return p.counted("num_votes", p.votes) }

// voter refuses a second paper of the same voter.
func (p *pb) voter(id field) error {
	if id.text == "" {
		return nil
	}
	hash := sha256.Sum256([]byte(id.text)) // an ID can be long
	if line, twice := p.voters[hash]; twice {
		return id.fault("the voter %.40q is there already, in line %d", id.text, line)
	}
	p.voters[hash] = id.line
	return nil
}

func (p *pb) voteRow() error {
	p.votes++
	if err := p.voter(p.column("voter_id")); err != nil {
		return err
	}
	vote, points := p.column("vote"), field{}
	if p.scored() {
		points = p.column("points")
	}
	p.marks = p.marks[:0]
	for vote.text != "" {
		id, rest := vote.cut()
		c, known := p.ids[id.text]
		if !known {
			return id.fault("there is no project %q", id.text)
		}
		if p.seen[c] == p.votes {
			return id.fault("the project %q is named twice", id.text)
		}
		p.seen[c] = p.votes
		m := mark{project: c}
		if p.scored() {
			var n field
			n, points = points.cut()
			v, err := strconv.ParseInt(n.text, 10, 64)
			if err != nil || v < -math.MaxInt32 || v > math.MaxInt32 {
				return n.fault("%q is no whole number of points", n.text)
			}
			m.points = int32(v)
		}
		p.marks, vote = append(p.marks, m), rest
	}
	if points.text != "" {
		return points.fault("there are more points than projects")
	}
	return p.put()
}

// cut returns the part of the field before the first comma, and what is behind it.
func (c field) cut() (first, rest field) {
	text, after, more := strings.Cut(c.text, ",")
	first, rest = field{c.place, strings.TrimSpace(text)}, field{c.place, after}
	rest.place.column += len(text) + 1
	if more && after == "" {
		rest.text = "," // a comma at the end is followed by nobody
	}
	return first, rest
}

// put puts the marks of one paper in.
func (p *pb) put() error {
	kind := p.meta["vote_type"].text
	if kind != "ordinal" {
		slices.SortFunc(p.marks, func(a, b mark) int {
			return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.project, b.project))
		})
	}
	p.paper, p.points = p.paper[:0], p.points[:0]
	for i, m := range p.marks {
		on := tally.Mark(m.project)
		if kind != "ordinal" && i > 0 && m.points == p.marks[i-1].points {
			on |= tally.Same
		}
		p.paper, p.points = append(p.paper, on), append(p.points, m.points)
	}
	scores := p.points
	if !p.scored() {
		scores = nil
	}
	if err := p.e.Papers.AddScored(p.paper, scores, 1); err != nil {
		return p.here().fault("%v", err)
	}
	return nil
}
