package handover

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Depth is how many members beside its holders could do a role tomorrow (practice.md §3.2, M8).
type Depth struct {
	Count   int
	Members int // of the group
}

// Few says that the group is so small that a number would tell who is meant (practice.md §3.1).
func (d Depth) Few() bool { return d.Members < 8 }

// Most is the largest number that is told: above it, it is that many or more.
const Most = 5

// depth counts who has held the role, has shadowed it enough or is understudy, does not hold it now, and is within every limit.
func depth(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Rules) (d Depth, err error) {
	since := tx.Now.AddDate(-depthYears, 0, 0)
	known, err := role.HeldSince(tx, r.ID, since)
	if err != nil {
		return d, err
	}
	all, err := shadowingsOf(tx, r.ID, since)
	if err != nil {
		return d, err
	}
	own := map[member.ID][]Shadowing{}
	for _, s := range all {
		own[s.Member] = append(own[s.Member], s)
	}
	for who, list := range own {
		if Enough(r.Fill, list, tx.Now) {
			known = append(known, who)
		}
	}
	next, err := understudiesOf(tx, r.ID)
	if err != nil {
		return d, err
	}
	for _, u := range next {
		known = append(known, u.Member)
	}
	slices.Sort(known)
	able, err := role.Unbarred(tx, g, slices.Compact(known), r, rules)
	if err != nil {
		return d, err
	}
	d.Count = len(able)
	d.Members, err = countMembers(tx, g.ID)
	return d, err
}
