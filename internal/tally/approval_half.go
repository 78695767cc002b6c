package tally

import (
	"cmp"
	"fmt"
	"slices"

	"folkmoot/internal/line"
)

// approvalHalf is the variant of approval that asks for trust and ranks nobody (practice.md §2.12.1, R5).
const approvalHalf = "half"

// half elects everybody whom at least half of the papers approve, however many places there are: papers that approve of nobody are papers
// too. Those with the most approvals come first, and those with as many in the order of the lot, which decides nothing here.
func (a *approvals) half() *Sheet {
	a.s.Variant = approvalHalf
	for _, c := range a.left() {
		if a.votes[c] > 0 && 2*a.votes[c] >= a.s.Valid {
			a.s.Elected = append(a.s.Elected, c+1)
		}
	}
	slices.SortFunc(a.s.Elected, func(x, y int) int {
		return cmp.Or(cmp.Compare(a.votes[y-1], a.votes[x-1]), cmp.Compare(a.lots.place[x-1], a.lots.place[y-1]))
	})
	say := plural(a.s.Valid, "paper, which approves everybody it names.", "papers, and each approves everybody it names.") +
		fmt.Sprintf(" Whoever has %s or more is approved by at least half.", line.Count(a.s.Valid/2+a.s.Valid%2, "approval"))
	var names []string
	for _, n := range a.s.Elected {
		names = append(names, fmt.Sprintf("%s with %s", a.name(n-1), line.Count(a.votes[n-1], "approval")))
	}
	switch {
	case len(names) > 0:
		say += " Approved: " + list(names) + "."
	default:
		say += " Nobody is."
	}
	a.record(Total, nil, wholeFigures(a.votes), say)
	a.s.Stages[0].Elected = slices.Clone(a.s.Elected)
	a.s.Unfilled = max(0, a.s.Seats-len(a.s.Elected))
	a.rank(a.votes)
	return a.s
}
