package tally

import "fmt"

// RankedRules are what laws settle differently for counts of ranked papers in the United States: names and meanings are those of the
// Universal RCV Tabulator (RCTab), which counts by most of them. The zero RankedRules are the strictest reading of a paper, as in
// Scotland: it goes no further than a rank that was skipped or given to several.
type RankedRules struct {
	Over      OverRule // what a rank does that was given to more than one
	Skips     int      // how many ranks in a row may be left out before what comes after them does not count; -1: any number
	EndRepeat bool     // a paper goes no further than where it names somebody again; otherwise that rank is passed over
	WriteIns  bool     // people who are not candidates are counted together, and are the first to be excluded; otherwise they are passed over
	Ties      TieRule
	Minimum   int64 // all who have fewer votes are excluded together, unless nobody has as many, even if places stay empty; 0: nobody

	// of irv only
	Batch          bool // exclude together all who could not catch up with the next even with each other's papers
	UntilTwo       bool // go on until two are left, although somebody has won
	FirstThreshold bool // half of the papers of the first stage, not of those that still count; the better of the last two wins even so

	// of us-stv only
	Places    int  // decimals of what a paper is worth; 0: 4
	Fractions bool // the threshold has as many decimals; otherwise it is a whole number
	Hare      bool // the threshold is the papers by the places, rounded up, not just above the papers by one place more
	OneAStage bool // only one is elected at a stage, though others have reached the threshold
	BottomsUp bool // no threshold: the last is excluded until as many are left as there are places
}

// OverRule says what a rank does that was given to more than one.
type OverRule string

// The rules on such ranks. A mark Over, of which nobody knows for whom it was, ends the paper under OverStanding.
const (
	OverEnds     OverRule = ""         // the paper goes no further
	OverSkips    OverRule = "skip"     // the rank is passed over
	OverStanding OverRule = "standing" // the paper goes no further if two of them or more are left, and counts for the one who is
)

// TieRule says how to tell apart those who stand alike.
type TieRule string

// The rules on ties.
const (
	TiesEarlier TieRule = ""      // by the latest earlier stage at which they differed, else by lot
	TiesLot     TieRule = "lot"   // by lot: whoever the lot has first is elected, or is excluded
	TiesOrder   TieRule = "order" // the lot order is one of preference: its first is elected, its last is excluded
)

const (
	usPlaces     = 4
	mostUSPlaces = 6 // so that all papers together stay within 63 bits
)

// check refuses, with ErrElection, rules that there are not, or not for so many seats.
func (r RankedRules) check(one bool) error {
	multi := r.Places != 0 || r.Fractions || r.Hare || r.OneAStage || r.BottomsUp
	single := r.Batch || r.UntilTwo || r.FirstThreshold
	switch {
	case one && multi || !one && single:
		return fmt.Errorf("%w: a rule was chosen that is for one seat only, or for several seats only", ErrElection)
	case r.Over != OverEnds && r.Over != OverSkips && r.Over != OverStanding:
		return fmt.Errorf("%w: there is no rule %q for a rank given to several", ErrElection, r.Over)
	case r.Ties != TiesEarlier && r.Ties != TiesLot && r.Ties != TiesOrder:
		return fmt.Errorf("%w: there is no rule %q for ties", ErrElection, r.Ties)
	case r.Skips < -1:
		return fmt.Errorf("%w: skips=%d cannot be: it is how many ranks in a row may be left out, from 0, or -1 for any number", ErrElection, r.Skips)
	case r.Minimum < 0 || r.Minimum > mostPapers:
		return fmt.Errorf("%w: minimum=%d cannot be: it is how many votes a candidate must have, from 0 to %d", ErrElection, r.Minimum, mostPapers)
	case r.Places < 0 || r.Places > mostUSPlaces:
		return fmt.Errorf("%w: a paper's worth has %d decimals, and can have up to %d", ErrElection, r.Places, mostUSPlaces)
	case r.Hare && r.Fractions:
		return fmt.Errorf("%w: a threshold that is rounded up has no decimals", ErrElection)
	}
	return nil
}

// ending is why a paper goes no further.
type ending int

const (
	goesOn ending = iota
	endBlank
	endExhausted
	endOver
	endSkipped
	endRepeated
	endSurplus
	endings
)

// ranking reads papers under RankedRules. People who are not candidates are the candidate after the last.
type ranking struct {
	papers  *Papers
	rules   RankedRules
	at      []int32 // by kind: the rank the papers count for
	taking  []bool  // by candidate: whether they take part at all
	running []bool  // by candidate: whether papers can move to them
}

func newRanking(e *Election, rules RankedRules) *ranking {
	in := append(e.taking(), rules.WriteIns)
	return &ranking{papers: &e.Papers, rules: rules, at: make([]int32, e.Papers.Len()), taking: in, running: append([]bool(nil), in...)}
}

// next moves on the kind's papers, from the rank that they count for, to the next candidate who is running. It returns the candidate,
// or -1 and why there is none.
func (r *ranking) next(kind int32) (int, ending) {
	marks, _ := r.papers.At(int(kind))
	gap := 0
	for i := int(r.at[kind]); i < len(marks); {
		if marks[i] == Blank {
			gap++
			i++
			continue
		}
		if r.rules.Skips >= 0 && gap > r.rules.Skips {
			return r.end(kind, endSkipped)
		}
		gap = 0
		end := i + 1
		for end < len(marks) && marks[end]&Same != 0 {
			end++
		}
		to, why := r.rank(marks[i:end])
		if why != goesOn {
			return r.end(kind, why)
		}
		if to >= 0 {
			r.at[kind] = int32(i)
			return to, goesOn
		}
		i = end
	}
	return r.end(kind, endExhausted)
}

func (r *ranking) end(kind int32, why ending) (int, ending) {
	marks, _ := r.papers.At(int(kind))
	r.at[kind] = int32(len(marks))
	if why == endExhausted && isBlank(marks) {
		why = endBlank
	}
	return -1, why
}

// rank returns for whom a rank counts, -1 if it is to be passed over, and whether the paper ends there.
func (r *ranking) rank(marks []Mark) (int, ending) {
	to, named, standing, unknown := -1, 0, 0, false
	for _, m := range marks {
		m &^= Same
		cand := int(m)
		switch {
		case m == Over:
			unknown = true
			continue
		case m == Again:
			if r.rules.EndRepeat {
				return -1, endRepeated
			}
			named++
			continue
		case m == Undeclared:
			cand = len(r.taking) - 1
		case m == Blank:
			continue
		}
		if !r.taking[cand] {
			continue
		}
		named++
		if r.running[cand] {
			to, standing = cand, standing+1
		}
	}
	several := unknown || named > 1
	switch {
	case several && r.rules.Over == OverSkips:
		return -1, goesOn
	case several && r.rules.Over == OverEnds, unknown, standing > 1:
		return -1, endOver
	}
	return to, goesOn
}
