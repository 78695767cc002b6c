package agenda

import "folkmoot/internal/procedure"

// Question is what is put to the vote, or otherwise decided, on an item. One of Move, Clause and Whole is set.
type Question struct {
	Move   procedure.Pending
	Clause int  // of the proposal, from 1, decided by itself
	Whole  bool // the proposal as it then stands
}

// Proposed is the proposal of an item as far as the order of its questions depends on it; the zero Proposed is none, as in a discussion.
type Proposed struct {
	Clauses  int
	ByClause bool // the meeting has carried that it is decided clause by clause
}

// Questions returns the questions of an item in the order in which they are decided: moves in their precedence (practice.md §2.4), then the
// proposal; clause by clause if that was carried, and then as a whole, which is also decided if clauses were lost. A move that is carried can
// make an end of what stands behind it. Changes to the proposal belong between moves and the proposal, in the order of §2.3.5.
func Questions(pending []procedure.Pending, p Proposed) (out []Question) {
	for _, m := range procedure.Precedence(pending) {
		out = append(out, Question{Move: m})
	}
	if p.ByClause {
		for n := range p.Clauses {
			out = append(out, Question{Clause: n + 1})
		}
	}
	if p.Clauses > 0 {
		out = append(out, Question{Whole: true})
	}
	return out
}
