package tally

import (
	"slices"
	"strings"
)

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
	named := make([]bool, len(l.place))
	for i, c := range order {
		l.place[c], named[c] = i, true
	}
	next := len(order)
	for c, is := range named { // those whom the order leaves out come after, as they stand in the file
		if !is {
			l.place[c] = next
			next++
		}
	}
	return l
}

// order returns all candidates, from 1, in the order in which the lot takes them.
func (l lots) order() []int {
	out := make([]int, len(l.place))
	for c, place := range l.place {
		out[place] = c + 1
	}
	return out
}

// first returns the candidate that the lot takes first.
func (l lots) first(cs []int) int {
	return slices.MinFunc(cs, func(a, b int) int { return l.place[a] - l.place[b] })
}

// lot says in which order the lot took those who were tied, if it did, so that anybody can see that it was the one that was drawn.
func (t *text) lot() {
	if !slices.ContainsFunc(t.Ties, func(tie Tie) bool { return tie.By == ByLot }) {
		return
	}
	var order []string
	for _, n := range t.Lot {
		order = append(order, t.called[n-1])
	}
	from := ""
	if t.Seed != "" {
		from = ", drawn from the seed \"" + strings.Map(shown, t.Seed) + "\""
	}
	t.say("The order of the lot was %s%s.", strings.Join(order, ", "), from)
}
