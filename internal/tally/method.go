package tally

import (
	"fmt"
	"slices"
)

// Options are what a count needs beside the election. The zero Options take everything from the election.
type Options struct {
	Seats    int     // places to fill; 0: as the election says, or 1
	Lots     []int   // all candidates, in the order in which the lot takes them; nil: as the election says, or its own order
	Variant  string  // of the method, one of Method.Variants; "": the first
	Reserved Reserve // places kept for some of the candidates
	Question Question
	RON      int          // the candidate, from 1, who stands for "re-open nominations"; 0: none
	Ranked   *RankedRules // of irv and us-stv; nil: the zero RankedRules
}

// Question is what a count of a question with fixed answers needs to know.
type Question struct {
	Rule     Rule  // of a majority; zero: simple
	Quorum   int64 // how many must vote, or be present
	Present  int64 // people in the meeting; 0: the question was not put to a meeting
	Entitled int64 // people who could have voted; 0: as many as did
}

// Reserve keeps places for some of the candidates (practice.md §2.8.4).
type Reserve struct {
	Places int
	For    []int // candidates, from 0
}

func (o Options) seats(e *Election) int {
	switch {
	case o.Seats > 0:
		return o.Seats
	case e.Seats > 0:
		return e.Seats
	}
	return 1
}

// mostCounted bounds a sheet, which can have a figure for each candidate in as many stages as there are candidates.
const mostCounted = 1000

// check refuses options that do not fit the election.
func (o Options) check(e *Election, m Method) error {
	n := len(e.Candidates)
	if o.Lots != nil {
		all := slices.Sorted(slices.Values(o.Lots))
		for i, c := range all {
			if len(all) != n || c != i {
				return fmt.Errorf("%w: the lot order must have each of the %d candidates once", ErrElection, n)
			}
		}
	}
	if n > mostCounted {
		return fmt.Errorf("%w: %d candidates are more than the %d that a sheet has room for", ErrElection, n, mostCounted)
	}
	if !m.Seats && o.Seats > 1 {
		return fmt.Errorf("%w: %s fills one place", ErrElection, m.Name)
	}
	if o.Variant != "" && !slices.Contains(m.Variants, o.Variant) {
		return fmt.Errorf("%w: %s has no variant %q", ErrElection, m.Name, o.Variant)
	}
	if o.RON < 0 || o.RON > n {
		return fmt.Errorf("%w: re-opening nominations is candidate %d of %d", ErrElection, o.RON, n)
	}
	if (o.RON != 0 || o.Reserved.Places != 0) && !m.Reserves {
		return fmt.Errorf("%w: %s knows no reserved places and no re-opening of nominations", ErrElection, m.Name)
	}
	if o.Ranked != nil && !m.Ranked {
		return fmt.Errorf("%w: %s has no rules to choose from", ErrElection, m.Name)
	}
	for _, c := range o.Reserved.For {
		if c < 0 || c >= n {
			return fmt.Errorf("%w: a place is reserved for candidate %d of %d", ErrElection, c+1, n)
		}
	}
	if o.Reserved.Places < 0 || o.Reserved.Places > o.seats(e) {
		return fmt.Errorf("%w: %d of %d places are reserved", ErrElection, o.Reserved.Places, o.seats(e))
	}
	return nil
}

// Method is one way to count.
type Method struct {
	Name     string
	Say      string   // what it is, in one sentence
	Variants []string // the first is what is meant if none is named; nil: there is one way only
	Seats    bool     // fills several places; others choose one
	Reserves bool     // knows reserved places and re-opening nominations
	Ranked   bool     // knows RankedRules
	count    func(e *Election, o Options) (*Sheet, error)
}

// Count counts the election. It changes nothing in it. Errors wrap ErrElection.
func (m Method) Count(e *Election, o Options) (*Sheet, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	if err := o.check(e, m); err != nil {
		return nil, err
	}
	return m.count(e, o)
}

// Find returns the method with the name.
func Find(name string) (Method, bool) {
	i := slices.IndexFunc(methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return Method{}, false
	}
	return methods[i], true
}

// Methods lists all methods, in the order in which `folkmoot count --list` names them.
func Methods() []Method { return slices.Clone(methods) }

var methods = []Method{
	majorityMethod, consensusMethod, fillMethod,
	approvalMethod, scoreMethod, bordaMethod,
	irvMethod, schulzeMethod, rankedPairsMethod, minimaxMethod, kemenyMethod, debianMethod,
	scottishMethod, meekMethod, ers97Method, nIrelandMethod, wigmMethod, cferMethod, mplsMethod, qpqMethod, usSTVMethod,
	spavMethod, pavMethod, phragmenMethod, mesMethod, greedyMethod,
}

// lots is the order in which the lot takes candidates who are tied, and who gave it.
type lots struct {
	place []int // by candidate
	by    string
}

func newLots(e *Election, o Options) lots {
	order, l := o.Lots, lots{place: make([]int, len(e.Candidates)), by: ByLot}
	if order == nil {
		order = e.Lots
	}
	if len(order) == 0 {
		l.by = ByOrder
	}
	for c := range l.place { // those whom the order leaves out come after, as they stand in the file
		if !slices.Contains(order, c) {
			order = append(order[:len(order):len(order)], c)
		}
	}
	for i, c := range order {
		l.place[c] = i
	}
	return l
}

// first returns the candidate that the lot takes first.
func (l lots) first(cs []int) int {
	return slices.MinFunc(cs, func(a, b int) int { return l.place[a] - l.place[b] })
}
