package tally

import (
	"fmt"
	"slices"
)

// keeping says who can be elected and excluded where places are reserved (practice.md §2.8.4): nobody takes a place that is kept for
// others, nobody is excluded without whom it could not be filled, and once no other places are left those for whom none is kept are
// excluded. Re-opening nominations can take any place, a reserved one too, because it gives the place to nobody; it is never excluded
// for want of other places, and counts for nobody for whom places are kept. The zero keeping keeps nothing.
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
	return without(slices.Clone(cs), k.rest(s, cs)...)
}

// rest returns those of the hopeful who can be elected no more, because the places that are left are reserved for others.
func (k keeping) rest(s *Sheet, hopeful []int) []int {
	if k.kept == 0 || k.open(s) > 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(hopeful), func(c int) bool { return k.who[c] || c+1 == k.ron })
}

// excludable returns those of the hopeful without whom the reserved places could still be filled. Where that is re-opening nominations
// alone, it is all of them: it competes for the last reserved places as anybody would.
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
	among := slices.DeleteFunc(slices.Clone(hopeful), func(c int) bool { return k.who[c] })
	if len(among) == 1 && among[0]+1 == k.ron {
		return hopeful
	}
	return among
}

// sayRest is why somebody is excluded who is not last.
const sayRest = "because the places that are left are reserved for others."

// sayReopened says that re-opening nominations takes a place: because it has reached what is needed, or because no more are left than
// there are places, others so many.
func sayReopened(s *Sheet, name, votes string, reached bool, others int) string {
	why := "No more are left than there are places, and the first of them is " + name + " with " + votes + " votes: a candidate would then be elected"
	switch {
	case reached:
		why = name + " has " + votes + " votes"
	case others == 0:
		why = "Nobody is left but " + name + ": a candidate would then be elected"
	}
	return fmt.Sprintf(" %s, so re-opening nominations takes a place. The count stops, and %s empty.", why, plural(s.Seats-len(s.Elected), "place stays", "places stay"))
}

// sayLost says that places stay empty because there is nobody for whom they are reserved.
func (k keeping) sayLost() string {
	if k.lost == 0 {
		return ""
	}
	return fmt.Sprintf(" Too few stand of those for whom places are reserved, so %s to nobody else.", plural(k.lost, "place stays empty and goes", "places stay empty and go"))
}

// saved says whether somebody of the last is not among those who can be excluded first.
func saved(last, first []int) bool {
	return slices.ContainsFunc(last, func(c int) bool { return !slices.Contains(first, c) })
}

// fewest says that the candidate is the next to go: the last of those who can be excluded, one of several of them who are tied, or one
// who is not behind all for whom places are kept.
func fewest(name string, tied, kept bool, gone string) string {
	switch {
	case kept && tied:
		return fmt.Sprintf(" Those stay in without whom the reserved places could not be filled. Of the others with the fewest votes %s is %s.", name, gone)
	case kept:
		return fmt.Sprintf(" Those stay in without whom the reserved places could not be filled. Of the others %s has the fewest votes and is %s.", name, gone)
	case tied:
		return fmt.Sprintf(" Of those with the fewest votes %s is %s.", name, gone)
	}
	return fmt.Sprintf(" %s has the fewest votes and is %s.", name, gone)
}

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
	if o.RON > 0 && s.Valid > 0 {
		o.tellRON(e, s)
	}
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
		say += " Re-opening nominations has taken a place."
	}
	s.Notes = append(s.Notes, say)
}

// tellRON says what has become of re-opening nominations, where it has taken no place.
func (o Options) tellRON(e *Election, s *Sheet) {
	name := e.distinct().Candidates[o.RON-1].Name
	say := "other candidates have the places"
	for i, st := range s.Stages {
		if slices.Contains(st.Elected, o.RON) {
			return
		}
		if slices.Contains(st.Excluded, o.RON) {
			say = fmt.Sprintf("%s was excluded at stage %d", name, i+1)
		}
	}
	s.Notes = append(s.Notes, "Nominations are not re-opened: "+say+".")
}
