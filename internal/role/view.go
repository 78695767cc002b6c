package role

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// Map is which roles a group has and who holds them, as every member may see it.
type Map struct {
	Now     time.Time
	Roles   []Powers
	People  map[member.ID]member.Member
	Waivers Waivers
}

// Map returns the group's roles. It returns fault.NotFound to who is not a member.
func (s *Service) Map(ctx context.Context, a member.Actor) (m Map, err error) {
	if !a.IsMember() {
		return m, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		m = Map{Now: tx.Now}
		roles, err := rolesOf(tx, a.Group.ID)
		if err != nil || len(roles) == 0 {
			return err
		}
		if m.Roles, m.People, err = powers(tx, roles); err != nil {
			return err
		}
		m.Waivers, err = waivers(tx, a.Group.ID, roles)
		return err
	})
	return m, err
}

// powers returns who holds the roles.
func powers(tx *db.Tx, roles []Role) (out []Powers, people map[member.ID]member.Member, err error) {
	at := make(map[ID]int, len(roles))
	ids := make([]ID, len(roles))
	for i, r := range roles {
		at[r.ID], ids[i] = i, r.ID
		out = append(out, Powers{Role: r})
	}
	terms, err := running(tx, ids, tx.Now)
	if err != nil {
		return nil, nil, err
	}
	var who []member.ID
	for _, t := range terms {
		p := &out[at[t.Role]]
		p.Terms = append(p.Terms, t)
		who = append(who, t.Member)
	}
	people, err = member.Many(tx, who)
	return out, people, err
}

// Change is that a term begins or ends on the day on which somebody looks.
type Change struct {
	Role
	Term   Term
	Begins bool // it does; otherwise it ends
	Who    member.Member
}

// At returns when.
func (c Change) At() time.Time {
	if c.Begins {
		return c.Term.Begins
	}
	return c.Term.Over()
}

// Today returns whose terms in the group's roles begin and end today, by its own calendar, in the order in which they do. Terms that were
// declined are none.
func Today(tx *db.Tx, g member.Group, roles []Role) ([]Change, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	today := dateOf(dayOf(tx.Now, g.Zone), g.Zone)
	return changes(tx, roles, today.Add(-time.Millisecond), today.AddDate(0, 0, 1))
}

// changes returns what changes after one instant and before another.
func changes(tx *db.Tx, roles []Role, after, before time.Time) (out []Change, err error) {
	ids := make([]ID, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	terms, err := running(tx, ids, after)
	if err != nil {
		return nil, err
	}
	var who []member.ID
	for _, t := range terms {
		r := roles[slices.Index(ids, t.Role)]
		for _, c := range []Change{{Role: r, Term: t, Begins: true}, {Role: r, Term: t}} {
			if t.Over().After(t.Begins) && c.At().After(after) && c.At().Before(before) {
				out, who = append(out, c), append(who, t.Member)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return a.At().Compare(b.At()) })
	people, err := member.Many(tx, who)
	for i := range out {
		out[i].Who = people[out[i].Term.Member]
	}
	return out, err
}

// Followers returns the terms that come next in the seat of one, if somebody has been given it: several where people share it.
func (p Powers) Followers(t Term) (next []Term) {
	for _, other := range p.Terms { // the first to begin first
		if !other.Fills() || other.Seat != t.Seat || other.ID == t.ID || other.Begins.Before(t.Over()) {
			continue
		}
		if len(next) == 0 || next[0].Shared(other) {
			next = append(next, other)
		}
	}
	return next
}

// Beside returns the terms of those who hold the seat of a term together with its holder, and have not ended.
func (p Powers) Beside(t Term) (out []Term) {
	for _, other := range p.Terms {
		if other.ID != t.ID && other.Shared(t) {
			out = append(out, other)
		}
	}
	return out
}

// pastShown is how many terms that are over a role's page shows.
const pastShown = 20

// View is a role as one member sees it at one moment.
type View struct {
	Powers
	Now    time.Time
	Me     member.ID
	Past   []Term // that are over, the last to end first
	More   bool   // there are older ones
	People map[member.ID]member.Member
}

// Show returns the role with the key, or fault.NotFound.
func (s *Service) Show(ctx context.Context, a member.Actor, key string) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = ShowIn(tx, a, key)
		return err
	})
	return v, err
}

// ShowIn is Show within a transaction.
func ShowIn(tx *db.Tx, a member.Actor, key string) (v View, err error) {
	r, err := Find(tx, a.Group.ID, key)
	if err != nil {
		return v, err
	}
	v = View{Now: tx.Now, Me: a.Member.ID}
	v.Powers = Powers{Role: r}
	if v.Terms, err = running(tx, []ID{r.ID}, tx.Now); err != nil {
		return v, err
	}
	if v.Past, v.More, err = past(tx, r.ID, pastShown); err != nil {
		return v, err
	}
	var who []member.ID
	for _, t := range slices.Concat(v.Terms, v.Past) {
		who = append(who, t.Member)
	}
	v.People, err = member.Many(tx, who)
	return v, err
}

// dateOf returns the beginning of a day in the zone.
func dateOf(d Day, zone *time.Location) time.Time {
	y, m, day := time.Unix(int64(d)*24*60*60, 0).UTC().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, zone)
}
