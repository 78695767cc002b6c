package procedure

import (
	"cmp"
	"slices"
	"time"
)

// Pending is a move that waits to be decided or, as TheChange or TheProposal, what waits behind all moves.
type Pending struct {
	ID     int64 // later moves have larger ones
	Kind   Kind
	Safety bool // a rules question about fairness or safety
	Raised time.Time
}

// ranked is the order of practice.md §2.4 for several that are pending, after what is about safety.
var ranked = []Kind{AskToLeave, RulesQuestion, Challenge, Replace, Quorum, Adjourn, CloseDoors, VoteNow, MoveOn, ComeBack, Refer, ByClause}

// rank returns the place of a move. What the page does not rank comes behind what it does, and before what is to be decided.
func (p Pending) rank() int {
	at := slices.Index(ranked, p.Kind)
	switch {
	case p.Kind == RulesQuestion && p.Safety:
		return 0 // beside asking somebody to leave
	case p.Kind == TheChange:
		return len(ranked) + 1
	case p.Kind == TheProposal:
		return len(ranked) + 2
	case at >= 0:
		return at
	}
	return len(ranked)
}

// Precedence returns what is pending in the order in which it is decided (practice.md §2.4): of the same rank what was raised first.
func Precedence(pending []Pending) []Pending {
	return slices.SortedFunc(slices.Values(pending), func(a, b Pending) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), a.Raised.Compare(b.Raised), cmp.Compare(a.ID, b.ID))
	})
}

// GroupAfter is how long procedure takes in a session before moves can be put together.
const GroupAfter = 15 * time.Minute

// Grouped returns the pending moves that whoever facilitates may put one after another without speeches, a vote each, in their order; none
// unless the rules are those of a branch or a federation, GroupAfter has been spent, and there are two. A move about whoever facilitates is
// not among them, because they would cut short what is said against themselves; nor one about a member, who may reply; nor the talk about
// a report.
func Grouped(s Situation) []Pending {
	if !s.Groups || s.Spent < GroupAfter {
		return nil
	}
	var out []Pending
	for _, p := range Precedence(s.Pending) {
		m, ok := Find(p.Kind)
		if ok && m.voted() && p.Kind != Challenge && p.Kind != Replace && (m.Debate == None || m.Debate == OneEach) {
			out = append(out, p)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
