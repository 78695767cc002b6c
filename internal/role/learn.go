package role

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// What learning a role and handing it over ask of roles (practice.md §2.12.4). Package handover lies to the right of this one.

// ByKey returns the group's role with the key, or fault.NotFound.
func ByKey(tx *db.Tx, g member.GroupID, key string) (Role, error) { return find(tx, g, key) }

// AllOf returns the group's roles.
func AllOf(tx *db.Tx, g member.GroupID) ([]Role, error) { return rolesOf(tx, g) }

// TermOf returns the group's term with the ref, or fault.NotFound.
func TermOf(tx *db.Tx, g member.GroupID, ref string) (Term, error) { return findTerm(tx, g, ref) }

// TermByID returns the term, or fault.NotFound.
func TermByID(tx *db.Tx, id TermID) (Term, error) { return getTerm(tx, id) }

// Living returns the terms of the roles that are not over, whether they have begun or not, the first to begin first.
func Living(tx *db.Tx, roles ...ID) ([]Term, error) { return running(tx, roles, tx.Now) }

// LivingOf returns the member's terms that are not over.
func LivingOf(tx *db.Tx, m member.ID) ([]Term, error) { return livingTerms(tx, m) }

// Lead is how long before a seat is free everybody is asked who would take it, or its election opens.
func (ro Role) Lead(r rulebook.Rules) time.Duration { return ro.lead(r) }

// Unbarred returns who of the members could begin a term of the role at once, by every limit as it stands.
func Unbarred(tx *db.Tx, g member.Group, ids []member.ID, r Role, rules rulebook.Rules) (out []member.ID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := standing(tx, g, ids, r, Filling{Closes: tx.Now, Starts: tx.Now, Seats: 1}, rules, nil)
	for _, c := range all {
		if len(c.bars) == 0 {
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
		_, out[id] = pastOf(slices.DeleteFunc(slices.Clone(terms), func(t memberTerm) bool { return t.Member != id }), r.Family, g.Zone, tx.Now)
	}
	return out, err
}
