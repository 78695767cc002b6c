package role

import (
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// What learning a role and handing it over ask of roles (practice.md §2.12.4). Package handover lies to the right of this one.

// Living returns the terms of the roles that are not over, whether they have begun or not, the first to begin first.
func Living(tx *db.Tx, roles ...ID) ([]Term, error) { return running(tx, roles, tx.Now) }

// LivingOf returns the member's terms that are not over.
func LivingOf(tx *db.Tx, m member.ID) ([]Term, error) { return livingTerms(tx, m) }

// Unbarred returns who of the members could begin a term of the role at once, by every limit as it stands.
func Unbarred(tx *db.Tx, g member.Group, ids []member.ID, r Role, rules rulebook.Rules) (out []member.ID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := JudgeAll(tx, g, ids, r, Filling{Closes: tx.Now, Starts: tx.Now, Seats: 1}, rules, nil)
	for _, c := range all {
		if len(c.Bars) == 0 {
			out = append(out, c.ID)
		}
	}
	return out, err
}

// TimesHeld returns how many terms in the role's family each of the members has served or serves.
func TimesHeld(tx *db.Tx, g member.Group, ids []member.ID, r Role) (map[member.ID]int, error) {
	terms, err := ofMembers(tx, ids)
	out := map[member.ID]int{}
	for _, id := range ids {
		_, out[id] = pastOf(slices.DeleteFunc(slices.Clone(terms), func(t memberTerm) bool { return t.of != id }), id, r.Family, g.Zone, tx.Now)
	}
	return out, err
}

// Keyed is a term, with the key of its role.
type Keyed struct {
	Term
	Key string
}

// WithPower returns the group's roles, also those that members have ended, and the terms in them that give a power now. early says whether
// somebody holds a role that has the power, in a term that began before it had.
func WithPower(tx *db.Tx, g member.GroupID, c member.Capability) (roles []Role, out []Keyed, early bool, err error) {
	if roles, err = rolesOf(tx, g); err != nil || len(roles) == 0 {
		return nil, nil, false, err
	}
	of, ids := map[ID]Role{}, make([]ID, len(roles))
	for i, r := range roles {
		of[r.ID], ids[i] = r, r.ID
	}
	terms, err := running(tx, ids, tx.Now)
	for _, t := range terms {
		switch r := of[t.Role]; {
		case !t.Holds(tx.Now):
		case slices.Contains(t.Caps, c):
			out = append(out, Keyed{t, r.Key})
		case t.Fills() && r.Gives(c):
			early = true
		}
	}
	return roles, out, early, err
}
