package tally

import (
	"fmt"
	"slices"
)

// keeping says who can be elected and excluded where places are reserved (practice.md §2.8.4): nobody takes a place that is kept for
// others, nobody is excluded without whom it could not be filled, and once no other places are left those for whom none is kept are
// excluded. The zero keeping keeps nothing.
type keeping struct {
	who  []bool // by candidate: whether a place is kept for them
	kept int    // reserved places, as far as there is anybody to fill them
	lost int    // reserved places for which there is nobody
	ron  int    // the candidate, from 1, who stands for re-opening nominations; 0: none
}

func newKeeping(e *Election, o Options) keeping {
	k := keeping{who: make([]bool, len(e.Candidates)), kept: min(o.standing(e), o.Reserved.Places), ron: o.RON}
	k.lost = o.Reserved.Places - k.kept
	for _, c := range o.Reserved.For {
		k.who[c] = !slices.Contains(e.Withdrawn, c)
	}
	return k
}

// fillable returns how many places the count can fill.
func (k keeping) fillable(s *Sheet) int { return s.Seats - k.lost }

// open returns how many places are left for candidates for whom none is reserved.
func (k keeping) open(s *Sheet) int {
	n := k.fillable(s) - k.kept
	for _, e := range s.Elected {
		if !k.who[e-1] {
			n--
		}
	}
	return n
}

// electable returns those of cs who can be elected now.
func (k keeping) electable(s *Sheet, cs []int) []int {
	if k.kept == 0 || k.open(s) > 0 {
		return cs
	}
	return slices.DeleteFunc(slices.Clone(cs), func(c int) bool { return !k.who[c] })
}

// rest returns those of the hopeful who can be elected no more, because the places that are left are reserved for others.
func (k keeping) rest(s *Sheet, hopeful []int) []int {
	if k.kept == 0 || k.open(s) > 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(hopeful), func(c int) bool { return k.who[c] })
}

// excludable returns those of the hopeful without whom the reserved places could still be filled.
func (k keeping) excludable(s *Sheet, hopeful []int) []int {
	if k.kept == 0 {
		return hopeful
	}
	n := 0
	for _, e := range s.Elected {
		if k.who[e-1] {
			n++
		}
	}
	for _, h := range hopeful {
		if k.who[h] {
			n++
		}
	}
	if n > k.kept {
		return hopeful
	}
	return slices.DeleteFunc(slices.Clone(hopeful), func(c int) bool { return k.who[c] })
}

// What a stage says of reserved places and of re-opening nominations.
const (
	sayRest     = "because the places that are left are reserved for others."
	sayReopened = " Re-opening nominations has taken a place, so the places that are left stay empty."
)

// standing returns how many stand of those for whom places are reserved.
func (o Options) standing(e *Election) (n int) {
	for _, c := range o.Reserved.For {
		if !slices.Contains(e.Withdrawn, c) {
			n++
		}
	}
	return n
}

// tell has the sheet say what was asked of reserved places and re-opening nominations, and what has become of it.
func (o Options) tell(e *Election, s *Sheet) {
	s.RON = o.RON
	if o.Reserved.Places == 0 {
		return
	}
	r := &Reserved{Places: o.Reserved.Places, For: slices.Compact(numbers(o.Reserved.For))}
	for _, n := range s.Elected {
		if slices.Contains(r.For, n) && r.Filled < r.Places {
			r.Filled++
		}
	}
	s.Reserved = r
	say, kept := fmt.Sprintf("Of %d reserved places %s filled.", r.Places, plural(r.Filled, "is", "are")), "they are kept"
	switch {
	case r.Places == 1 && r.Filled == 0:
		say, kept = "The reserved place is not filled.", "it is kept"
	case r.Places == 1:
		say, kept = "The reserved place is filled.", "it is kept"
	}
	switch stand := o.standing(e); {
	case stand == 0:
		say += " Nobody stands for whom " + kept + "."
	case stand < r.Places:
		say += fmt.Sprintf(" Only %s.", plural(stand, "of those for whom they are kept stands", "of those for whom they are kept stand"))
	case r.Filled < r.Places && s.Valid > 0 && o.RON > 0:
		say += " Re-opening nominations has taken a place before."
	}
	s.Notes = append(s.Notes, say)
}
