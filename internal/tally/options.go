package tally

import (
	"fmt"
	"slices"
)

// Options are what a count needs beside the election. The zero Options take everything from the election.
type Options struct {
	Seats    int     // places to fill; 0: as the election says, or 1
	Lots     []int   // all candidates, in the order in which the lot takes them; nil: as the election says, or its own order
	Seed     string  // from which Lots was drawn; the sheet tells it
	Variant  string  // of the method, one of Method.Variants; "": the first
	Reserved Reserve // places kept for some of the candidates
	Question Question
	RON      int          // the candidate, from 1, who stands for "re-open nominations" and can take any place, a reserved one too; 0: none
	Default  int          // the option, from 1, that others must beat; 0: as the election says
	Ranked   *RankedRules // of irv and us-stv; nil: the zero RankedRules
}

// Question is what a count of a question with fixed answers needs to know.
type Question struct {
	Rule     Rule  // of a majority; zero: simple
	Quorum   int64 // how many must vote, or be present
	Present  int64 // people in the meeting; 0: the question was not put to a meeting
	Entitled int64 // people who could have voted; 0: as many as did
}

// Reserve keeps places for some of the candidates (practice.md §2.8.4). No other candidate has them, but re-opening nominations can
// take one, which then stays empty with all that are not filled yet.
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
	if err := m.Check(o); err != nil {
		return err
	}
	if o.Default < 0 || o.Default > n {
		return fmt.Errorf("%w: the default option is %d of %d", ErrElection, o.Default, n)
	}
	return o.checkReserved(e)
}

// Check refuses, with ErrElection, options that the method does not take, whatever the election.
func (m Method) Check(o Options) error {
	for _, given := range o.given() {
		if !slices.Contains(m.Takes(), given) {
			return fmt.Errorf("%w: %s takes no %s", ErrElection, m.Name, given)
		}
	}
	if !m.Seats && o.Seats > 1 {
		return fmt.Errorf("%w: %s fills one place", ErrElection, m.Name)
	}
	if o.Seats < 0 || o.Seats > int(mostMarks) {
		return fmt.Errorf("%w: %d places are none, or more than there can be candidates", ErrElection, o.Seats)
	}
	if o.Variant != "" && m.Variant(o.Variant) == (Variant{}) {
		return fmt.Errorf("%w: %s has no variant %q", ErrElection, m.Name, o.Variant)
	}
	if o.Ranked != nil {
		return o.Ranked.check(!m.Seats)
	}
	return nil
}

// checkReserved refuses a re-opening of nominations and reserved places that cannot be.
func (o Options) checkReserved(e *Election) error {
	n, ron, r := len(e.Candidates), o.RON-1, o.Reserved
	name := func(c int) string { return e.Candidates[c].Name }
	switch {
	case ron < -1 || ron >= n:
		return fmt.Errorf("%w: re-opening nominations is candidate %d of %d", ErrElection, o.RON, n)
	case slices.Contains(e.Withdrawn, ron):
		return fmt.Errorf("%w: %s stands for re-opening nominations and has withdrawn", ErrElection, name(ron))
	case r.Places < 0 || r.Places > o.seats(e):
		return fmt.Errorf("%w: %d places of %d are reserved", ErrElection, r.Places, o.seats(e))
	case r.Places > 0 && len(r.For) == 0:
		return fmt.Errorf("%w: %d places are reserved, and it is not said for whom", ErrElection, r.Places)
	case r.Places == 0 && len(r.For) > 0:
		return fmt.Errorf("%w: places are reserved for %d candidates, and it is not said how many", ErrElection, len(r.For))
	}
	for i, c := range r.For {
		switch {
		case c < 0 || c >= n:
			return fmt.Errorf("%w: a place is reserved for candidate %d of %d", ErrElection, c+1, n)
		case slices.Contains(r.For[:i], c):
			return fmt.Errorf("%w: %s is named twice among those for whom places are reserved", ErrElection, name(c))
		case c == ron:
			return fmt.Errorf("%w: %s stands for re-opening nominations, and no place can be reserved for that", ErrElection, name(c))
		}
	}
	return nil
}

// Option is something that can be asked of a count. Commands call their flags so.
type Option string

// The options. Lot is an order, however it is come by.
const (
	TakesSeats    Option = "seats"
	TakesVariant  Option = "variant"
	TakesLot      Option = "lot"
	TakesRON      Option = "ron"
	TakesReserve  Option = "reserve"
	TakesRule     Option = "rule"
	TakesQuorum   Option = "quorum"
	TakesPresent  Option = "present"
	TakesEntitled Option = "entitled"
	TakesDefault  Option = "default"
	TakesRatio    Option = "ratio"
	TakesRanked   Option = "ranked"
)

// given returns which options there are.
func (o Options) given() (out []Option) {
	q := o.Question
	for _, x := range []struct {
		is   bool
		what Option
	}{
		{o.Seats != 0, TakesSeats}, {o.Variant != "", TakesVariant}, {o.Lots != nil, TakesLot}, {o.RON != 0, TakesRON},
		{o.Reserved.Places != 0 || len(o.Reserved.For) > 0, TakesReserve}, {q.Rule != Rule{}, TakesRule}, {q.Quorum != 0, TakesQuorum},
		{q.Present != 0, TakesPresent}, {q.Entitled != 0, TakesEntitled}, {o.Default != 0, TakesDefault}, {o.Ranked != nil, TakesRanked},
	} {
		if x.is {
			out = append(out, x.what)
		}
	}
	return out
}
