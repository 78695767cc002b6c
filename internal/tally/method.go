package tally

import (
	"fmt"
	"slices"
)

// Method is one way to count.
type Method struct {
	Name     string
	Say      string    // what it is, in one sentence
	Variants []Variant // the first is what is meant if none is named; nil: there is one way only
	Seats    bool      // fills several places; others choose one
	Reserves bool      // knows reserved places and re-opening nominations
	Ranked   bool      // knows RankedRules
	For      Purpose
	asks     []Option // what it takes that only few methods do
	count    func(e *Election, o Options) (*Sheet, error)
}

// Variant is a way in which a method can be counted.
type Variant struct {
	Name string
	Say  string // what it is, in a few words
}

// Variant returns the variant with the name, or the zero Variant.
func (m Method) Variant(name string) Variant {
	i := slices.IndexFunc(m.Variants, func(v Variant) bool { return v.Name == name })
	if i < 0 {
		return Variant{}
	}
	return m.Variants[i]
}

// Takes returns the options that mean something to the method. Others are refused.
func (m Method) Takes() (out []Option) {
	if m.Seats || m.For == ForOne {
		out = append(out, TakesSeats)
	}
	if len(m.Variants) > 0 {
		out = append(out, TakesVariant)
	}
	if m.For != ForQuestion {
		out = append(out, TakesLot)
	}
	if m.Reserves {
		out = append(out, TakesRON, TakesReserve)
	}
	if m.Ranked {
		out = append(out, TakesRanked)
	}
	return append(out, m.asks...)
}

// Count counts the election. It changes nothing in it. Errors wrap ErrElection.
func (m Method) Count(e *Election, o Options) (*Sheet, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	if err := o.check(e, m); err != nil {
		return nil, err
	}
	said, one := o.seats(e), !m.Seats && m.For != ForBudget
	if one {
		o.Seats = 1
	}
	s, err := m.count(e.distinct(), o)
	s, err = m.finish(e, o, s, err)
	if err == nil && one && said > 1 {
		s.Notes = append(s.Notes, fmt.Sprintf("The file says %d places. %s fills one, so this is a count for one.", said, m.Name))
	}
	if err == nil {
		s.Notes = append(slices.Clone(e.Notes), s.Notes...)
		o.tell(e, s)
		s.Seed = o.Seed
		if l := newLots(e, o); l.by == ByLot && slices.Contains(m.Takes(), TakesLot) {
			s.Lot = l.order()
		}
	}
	return s, err
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

// Purpose is what a method is for.
type Purpose int

// The purposes, in the order of Methods.
const (
	ForQuestion Purpose = iota
	ForOne
	ForSeveral
	ForBudget
)

// Purposes says in a sentence each what methods are for, by Purpose.
var Purposes = []string{
	"To answer a question: the candidates are its answers.",
	"To find one winner. With several places, those that take --seats elect the first of their order, and a majority can take them all.",
	"To fill several places in proportion to how the voters are divided.",
	"To spend a budget on projects. Without a budget, those that take --seats elect a committee.",
}

var methods = slices.Concat(
	meant(ForQuestion, majorityMethod, consensusMethod, fillMethod),
	meant(ForOne, approvalMethod, scoreMethod, bordaMethod,
		irvMethod, schulzeMethod, rankedPairsMethod, minimaxMethod, kemenyMethod, debianMethod),
	meant(ForSeveral, scottishMethod, meekMethod, ers97Method, nIrelandMethod, wigmMethod, cferMethod, mplsMethod, qpqMethod, usSTVMethod,
		spavMethod, pavMethod),
	meant(ForBudget, phragmenMethod, mesMethod, greedyMethod),
)

func meant(p Purpose, ms ...Method) []Method {
	for i := range ms {
		ms[i].For = p
	}
	return ms
}
