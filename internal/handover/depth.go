package handover

import (
	"slices"
	"time"

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

// Few says that the group is so small that a number would tell who is meant.
func (d Depth) Few() bool { return member.Few(d.Members) }

// Most is the largest number that is told: above it, it is that many or more.
const Most = 5

// depth is depths for one role.
func depth(tx *db.Tx, g member.Group, r role.Role, rules rulebook.Rules) (Depth, error) {
	all, err := depths(tx, g, []role.Role{r}, rules)
	return all[r.ID], err
}

// depths counts for each of the roles who has held it, has shadowed it enough or is understudy, does not hold it now, and is within every limit.
func depths(tx *db.Tx, g member.Group, roles []role.Role, rules rulebook.Rules) (map[role.ID]Depth, error) {
	ids := make([]role.ID, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	all, err := shadowingsOf(tx, ids, depthSince(tx.Now))
	if err != nil {
		return nil, err
	}
	return depthsFrom(tx, g, roles, rules, all)
}

// depthSince is from when on what somebody did counts.
func depthSince(now time.Time) time.Time { return now.AddDate(-depthYears, 0, 0) }

// depthsFrom is depths where the agreed shadowings that count have been read.
func depthsFrom(tx *db.Tx, g member.Group, roles []role.Role, rules rulebook.Rules, shadows []Shadowing) (map[role.ID]Depth, error) {
	known, err := knowing(tx, roles, shadows)
	if err != nil {
		return nil, err
	}
	members, err := member.OnRoll(tx, g.ID)
	if err != nil {
		return nil, err
	}
	out := map[role.ID]Depth{}
	for _, r := range roles {
		able, err := role.Unbarred(tx, g, known[r.ID], r, rules)
		if err != nil {
			return nil, err
		}
		out[r.ID] = Depth{Count: len(able), Members: members}
	}
	return out, nil
}

// knowing returns for each of the roles who has held it, has shadowed it enough or is understudy.
func knowing(tx *db.Tx, roles []role.Role, all []Shadowing) (map[role.ID][]member.ID, error) {
	fill, ids := map[role.ID]role.Fill{}, make([]role.ID, len(roles))
	for i, r := range roles {
		ids[i], fill[r.ID] = r.ID, r.Fill
	}
	known, err := role.HeldSince(tx, ids, depthSince(tx.Now))
	if err != nil {
		return nil, err
	}
	type learner struct {
		role role.ID
		who  member.ID
	}
	own := map[learner][]Shadowing{}
	for _, s := range all {
		l := learner{s.Role, s.Member}
		own[l] = append(own[l], s)
	}
	for l, list := range own {
		if Enough(fill[l.role], list, tx.Now) {
			known[l.role] = append(known[l.role], l.who)
		}
	}
	next, err := understudiesOf(tx, ids...)
	for _, u := range next {
		known[u.Role] = append(known[u.Role], u.Member)
	}
	for id, who := range known {
		slices.Sort(who)
		known[id] = slices.Compact(who)
	}
	return known, err
}
