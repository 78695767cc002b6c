package tally

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unsafe"
)

// Election is what is counted: candidates, seats and papers. For budgets the candidates are projects with costs.
// Candidates are known by their place in the list, from 0; files, sheets and people count them from 1.
type Election struct {
	Title      string
	Seats      int // places to fill; 0: not said
	Candidates []Candidate
	Withdrawn  []int // candidates who take no part: papers are read as if they were not on them
	Undeclared []int // candidates whom voters wrote in and nobody declared: some rules count their votes but do not elect them
	Lots       []int // the order in which the lot would take candidates, as far as it is known; see Options.Lots
	Papers     Papers
	Budget     int64    // money to spend, in the unit of the costs; 0: no budget
	Unit       int64    // how many of the unit make one of the currency that Budget and costs were written in: 1, 10, 100
	Default    int      // the option that others must beat ("none of the above", "further discussion"), from 1; 0: none
	Quorum     int64    // papers that must prefer an option to Default for it to be considered, of a fraction the next above; 0: none
	Notes      []string // what whoever reads the sheet should know of the file
}

// Candidate is who or what can be chosen.
type Candidate struct {
	Name string
	ID   string // as the file calls it, where that is not its number
	Cost int64  // of a project

	// Ratio is how many papers must prefer an option to Election.Default for each paper that prefers the default: 3 of a majority
	// of 3 to 1. 0 is 1.
	Ratio int64
}

// Mark is one entry on a paper: a candidate, best first. Same is added if it stands on one level with the mark before it.
// Marks that name nobody are kept where a rule asks about them.
type Mark uint16

// What can stand in a Mark.
const (
	Same       Mark = 1 << 15     // added to a candidate: on one level with the mark before
	Blank      Mark = Same - 1    // a rank that was skipped
	Over       Mark = Same - 2    // a rank that was given to more than one, and the file does not say to whom
	Undeclared Mark = Same - 3    // somebody who is not a candidate
	Again      Mark = Same - 4    // a candidate who stands on the paper already
	mostMarks       = Same - 1024 // candidates there can be
)

// Candidate returns the candidate, from 0, and whether the mark stands on one level with the one before.
func (m Mark) Candidate() (c int, same bool) { return int(m &^ Same), m&Same != 0 }

// Names says whether the mark names a candidate.
func (m Mark) Names() bool { return m&^Same < mostMarks }

// ErrElection is wrapped by every refusal of an election that cannot be counted so.
var ErrElection = errors.New("cannot be counted")

// Check refuses, with ErrElection, what no method could count: no candidates, a number that is nobody's. It takes as long as there are
// candidates, not papers: Papers.Add has looked at those.
func (e *Election) Check() error {
	n := len(e.Candidates)
	switch {
	case n == 0:
		return fmt.Errorf("%w: there are no candidates", ErrElection)
	case n >= int(mostMarks):
		return fmt.Errorf("%w: %d candidates are more than %d", ErrElection, n, mostMarks-1)
	case e.Seats < 0:
		return fmt.Errorf("%w: %d seats", ErrElection, e.Seats)
	case e.Default < 0 || e.Default > n:
		return fmt.Errorf("%w: the default option is %d of %d", ErrElection, e.Default, n)
	case e.Quorum < 0:
		return fmt.Errorf("%w: a quorum of %d", ErrElection, e.Quorum)
	}
	for _, list := range [][]int{e.Withdrawn, e.Undeclared, e.Lots} {
		seen := make([]bool, n)
		for _, c := range list {
			if c < 0 || c >= n || seen[c] {
				return fmt.Errorf("%w: candidate %d is not in the list, or is there twice", ErrElection, c+1)
			}
			seen[c] = true
		}
	}
	legible := Legible(e.Title)
	for _, c := range e.Candidates {
		if !legible || !Legible(c.Name) || !Legible(c.ID) {
			return fmt.Errorf("%w: a name has signs in it that are not shown, or change how others are", ErrElection)
		}
		if c.Cost < 0 {
			return fmt.Errorf("%w: %s costs less than nothing", ErrElection, c.Name)
		}
		if c.Ratio < 0 {
			return fmt.Errorf("%w: %s needs a majority of %d to 1", ErrElection, c.Name, c.Ratio)
		}
	}
	if named := len(e.Papers.named); named > n {
		return fmt.Errorf("%w: a paper names candidate %d, who is not there", ErrElection, named)
	}
	return nil
}

// Legible says whether a name can stand on a sheet: nothing in it is hidden, or changes how what stands beside it is shown.
func Legible(name string) bool { return !strings.ContainsFunc(name, hidden) }

// hidden tells the characters with which a name could look like another, or forge lines of a sheet: controls, and those that turn the
// direction of writing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029'
}

// Number returns the number, from 1, of the candidate with the name or the ID, or 0.
func (e *Election) Number(name string) int {
	return 1 + slices.IndexFunc(e.Candidates, func(c Candidate) bool { return c.Name == name || c.ID != "" && c.ID == name })
}

// taking returns who takes part: false for those who have withdrawn.
func (e *Election) taking() []bool {
	in := make([]bool, len(e.Candidates))
	for c := range in {
		in[c] = !slices.Contains(e.Withdrawn, c)
	}
	return in
}

// Papers are the papers of an election, equal ones together, in the order in which each kind first came. Memory grows with
// how many kinds there are, not with how many papers. The zero Papers are none.
type Papers struct {
	marks   []Mark
	ends    []uint32
	weights []int64
	total   int64
	scores  []int32 // beside marks, if any paper has scores

	named []int // by candidate, up to the last who is named: the look that saw them last
	looks int   // at new kinds of papers, for candidates who are named twice

	slots []slot // of the hash table
	seed  maphash.Seed
}

// slot is a place in the hash table.
type slot struct {
	kind uint32 // plus 1; 0: free
	hash uint32
}

// Len returns how many kinds of papers there are.
func (p *Papers) Len() int { return len(p.ends) }

// Total returns how many papers there are.
func (p *Papers) Total() int64 { return p.total }

// At returns the marks on the papers of a kind, which must not be changed, and how many papers those are.
func (p *Papers) At(i int) (marks []Mark, papers int64) {
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.marks[from:p.ends[i]], p.weights[i]
}

// Scores returns the scores beside the marks of a kind, in their order, or nil if there are none.
func (p *Papers) Scores(i int) []int32 {
	if p.scores == nil {
		return nil
	}
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.scores[from:p.ends[i]]
}

// mostPapers keeps sums of papers, in the finest unit of any rule, within 63 bits where 128 are not used.
const mostPapers = int64(1) << 40

// Add puts in so many papers with the marks, which are copied. It returns ErrElection if they become too many to count, or name a
// candidate twice.
func (p *Papers) Add(marks []Mark, papers int64) error { return p.AddScored(marks, nil, papers) }

// AddScored is Add with a score beside each mark.
func (p *Papers) AddScored(marks []Mark, scores []int32, papers int64) error {
	if papers <= 0 {
		return fmt.Errorf("%w: %d papers of a kind", ErrElection, papers)
	}
	if papers > mostPapers-p.total {
		return fmt.Errorf("%w: there are more than %d papers in all, which is the most", ErrElection, mostPapers)
	}
	if len(p.marks)+len(marks) > 1<<31 {
		return fmt.Errorf("%w: the papers have too many marks in all", ErrElection)
	}
	if scores != nil && p.scores == nil {
		p.scores = make([]int32, len(p.marks))
	}
	if 4*(len(p.ends)+1) > 3*len(p.slots) {
		p.grow()
	}
	hash := p.hash(marks)
	at := p.find(hash, marks, scores)
	if at.kind == 0 {
		if err := p.look(marks); err != nil {
			return err
		}
		p.append(marks, scores)
		*at = slot{uint32(len(p.ends)), hash}
	}
	p.weights[at.kind-1] += papers
	p.total += papers
	return nil
}

// append puts in a new kind, of which there are no papers yet.
func (p *Papers) append(marks []Mark, scores []int32) {
	p.marks = append(room(p.marks, len(marks)), marks...)
	if p.scores != nil {
		p.scores = append(room(p.scores, len(marks)), scores...)
		p.scores = append(p.scores, make([]int32, len(p.marks)-len(p.scores))...)
	}
	p.ends = append(room(p.ends, 1), uint32(len(p.marks)))
	p.weights = append(room(p.weights, 1), 0)
}

// room returns s with room for n more. It doubles s, which append does to short slices only, and so copies a quarter as much.
func room[T any](s []T, n int) []T {
	if cap(s)-len(s) < n {
		return slices.Grow(s, max(n, len(s), 256))
	}
	return s
}

// look refuses a paper that names somebody twice.
func (p *Papers) look(marks []Mark) error {
	p.looks++
	for _, m := range marks {
		c, _ := m.Candidate()
		switch {
		case !m.Names():
			continue
		case c >= len(p.named):
			p.named = append(p.named, make([]int, c+1-len(p.named))...)
		case p.named[c] == p.looks:
			return fmt.Errorf("%w: a paper names candidate %d twice", ErrElection, c+1)
		}
		p.named[c] = p.looks
	}
	return nil
}

// find returns where in the table the kind is, or would be.
func (p *Papers) find(hash uint32, marks []Mark, scores []int32) *slot {
	mask := uint32(len(p.slots) - 1)
	for s := hash & mask; ; s = (s + 1) & mask {
		at := &p.slots[s]
		if at.kind == 0 {
			return at
		}
		if at.hash != hash {
			continue
		}
		if got, _ := p.At(int(at.kind - 1)); slices.Equal(got, marks) && p.sameScores(int(at.kind-1), scores) {
			return at
		}
	}
}

func (p *Papers) sameScores(i int, scores []int32) bool {
	return p.scores == nil || slices.Equal(p.Scores(i), scores) || len(scores) == 0 && !slices.ContainsFunc(p.Scores(i), func(s int32) bool { return s != 0 })
}

// hash differs from run to run, so that nobody can write a file that makes the table slow. No result depends on it.
func (p *Papers) hash(marks []Mark) uint32 {
	if len(marks) == 0 {
		return 0
	}
	return uint32(maphash.Bytes(p.seed, unsafe.Slice((*byte)(unsafe.Pointer(&marks[0])), 2*len(marks))))
}

func (p *Papers) grow() {
	old := p.slots
	if len(old) == 0 {
		p.seed = maphash.MakeSeed()
	}
	p.slots = make([]slot, max(256, 2*len(old)))
	mask := uint32(len(p.slots) - 1)
	for _, is := range old {
		if is.kind == 0 {
			continue
		}
		s := is.hash & mask
		for p.slots[s].kind != 0 {
			s = (s + 1) & mask
		}
		p.slots[s] = is
	}
}
