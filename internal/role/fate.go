package role

import (
	"fmt"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// What members decide about a role itself, and not about who holds it. A role changes in no other way, but that it falls asleep.

// The reasons for which that cannot be done any more.
const (
	Ended    Why = "role_ended"    // members have ended the role meanwhile
	Awake    Why = "role_awake"    // it does not sleep
	LastSeat Why = "role_one_seat" // it has one seat only
	MostHeld Why = "role_most"     // it has as many seats as a role has
	Rests    Why = "rests"         // they looked after a role not long ago
	HasChore Why = "role_has"      // it, or another role, has the chore already
)

// FewerByDecision takes a seat from the role, because the members decided it. Nobody who holds one loses it.
func FewerByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key string) (Why, error) {
	r, why, err := standingRole(tx, g, key)
	if err != nil || why != "" {
		return why, err
	}
	if r.Seats == 1 {
		return LastSeat, nil
	}
	return "", r.putSeats(tx, l, g, "role.fewer", r.Seats-1)
}

// MostSeats is how many seats a role has at most: it is a job that a few do together, and no committee.
const MostSeats = 6

// MoreByDecision splits the work of the role among one more, because the members decided it: there is a seat more, which is filled as the others
// are. Its powers are the same for all, so that nobody gets any by it that the role does not have.
func MoreByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key string) (Why, error) {
	r, why, err := standingRole(tx, g, key)
	if err != nil || why != "" {
		return why, err
	}
	if r.Seats >= MostSeats {
		return MostHeld, nil
	}
	return "", r.putSeats(tx, l, g, "role.more", r.Seats+1)
}

// putSeats changes how many seats the role has.
func (r Role) putSeats(tx *db.Tx, l *ledger.Ledger, g member.Group, kind string, seats int) error {
	if err := putSeats(tx, r.ID, seats); err != nil {
		return fmt.Errorf("change the seats of a role: %w", err)
	}
	return r.changed(tx, l, g, kind, ledger.Data{"seats": seats})
}

// EndRoleByDecision ends the role, because the members decided it, with the terms in it. Its history stays. If into names another role,
// that takes over its chores and their powers, for terms that begin from now on. It returns the terms that it ended.
func EndRoleByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key, into string) (ended []Term, why Why, err error) {
	r, why, err := standingRole(tx, g, key)
	if err != nil || why != "" {
		return nil, why, err
	}
	if into != "" {
		if why, err := takeOver(tx, l, g, r, into); err != nil || why != "" {
			return nil, why, err
		}
	}
	if ended, err = Running(tx, r.ID); err != nil {
		return nil, "", err
	}
	for _, t := range ended {
		if err := end(tx, l, g, t, WithRole, ""); err != nil {
			return nil, "", err
		}
	}
	if err := putEnded(tx, r.ID, into); err != nil {
		return nil, "", fmt.Errorf("end a role: %w", err)
	}
	return ended, "", r.changed(tx, l, g, "role.ended", ledger.Data{"into": into})
}

// takeOver adds the powers of a role that ends to those of another one.
func takeOver(tx *db.Tx, l *ledger.Ledger, g member.Group, from Role, into string) (Why, error) {
	to, why, err := standingRole(tx, g, into)
	if err != nil || why != "" {
		return why, err
	}
	caps := slices.Clone(to.Type.Caps)
	for _, c := range from.Type.Caps {
		if !slices.Contains(caps, c) {
			caps = append(caps, c)
		}
	}
	if err := putCaps(tx, to.ID, caps); err != nil {
		return "", fmt.Errorf("give a role more powers: %w", err)
	}
	return "", to.changed(tx, l, g, "role.took_over", ledger.Data{"from": from.Ref(), "caps": member.WriteCaps(caps)})
}

// AgainByDecision has everybody asked for the role at once, because the members decided it.
func AgainByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key string) (Why, error) {
	r, why, err := standingRole(tx, g, key)
	if err != nil || why != "" {
		return why, err
	}
	if err := putAgain(tx, r.ID); err != nil {
		return "", fmt.Errorf("ask again: %w", err)
	}
	return "", r.changed(tx, l, g, "role.asked_again", ledger.Data{})
}

// Lacks returns the standing roles that members could give a power: none where one of them has it. Those that a group begins with it today come
// first; they lack it where the group began with an earlier version of the program. The others follow only if there are no such roles.
func Lacks(roles []Role, c member.Capability) (out []Role) {
	var others []Role
	for _, r := range roles {
		switch {
		case !r.Ended.IsZero():
		case r.Gives(c):
			return nil
		case r.Meant(c):
			out = append(out, r)
		default:
			others = append(others, r)
		}
	}
	if len(out) > 0 {
		return out
	}
	return others
}

// Gives says whether the role has the power, for terms that begin now: to show it. Who may do what follows from their terms.
func (r Role) Gives(c member.Capability) bool { return slices.Contains(r.Type.Caps, c) }

// Meant says whether groups that begin today give the power to the role with that key.
func (r Role) Meant(c member.Capability) bool {
	for _, p := range []rulebook.Name{rulebook.Affinity, rulebook.Branch, rulebook.Federation} {
		for _, t := range Types(p) {
			if t.Key == r.Key && slices.Contains(t.Caps, c) {
				return true
			}
		}
	}
	return false
}

// EntrustByDecision gives a role one more power, because the members decided it, for terms that begin from now on: nobody who holds the role
// now gets a power that they were not chosen for, and whoever votes on it knows of nobody who will. A power has one role. It is named
// as the record names it.
func EntrustByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key, power string) (Why, error) {
	more := member.ParseCaps(power)
	if len(more) != 1 {
		return "", fmt.Errorf("role: %q is no power that can be given", power)
	}
	r, why, err := standingRole(tx, g, key)
	if err != nil || why != "" {
		return why, err
	}
	all, err := rolesOf(tx, g.ID)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(Lacks(all, more[0]), func(o Role) bool { return o.ID == r.ID }) {
		return HasChore, nil
	}
	caps := append(slices.Clone(r.Type.Caps), more...)
	if err := putCaps(tx, r.ID, caps); err != nil {
		return "", fmt.Errorf("give a role a chore: %w", err)
	}
	return "", r.changed(tx, l, g, "role.entrusted", ledger.Data{"power": power, "caps": member.WriteCaps(caps)})
}

// WakeByDecision has a role that sleeps filled again, because the members decided it.
func WakeByDecision(tx *db.Tx, l *ledger.Ledger, g member.Group, key string) (Why, error) {
	r, why, err := standingRole(tx, g, key)
	if err == nil && why == "" && !r.Sleeps() {
		why = Awake
	}
	if err != nil || why != "" {
		return why, err
	}
	return "", r.wake(tx, l, g)
}

// wake has the role filled again.
func (r Role) wake(tx *db.Tx, l *ledger.Ledger, g member.Group) error {
	if err := putAsleep(tx, r.ID, false); err != nil {
		return fmt.Errorf("wake a role: %w", err)
	}
	return r.changed(tx, l, g, "role.woken", ledger.Data{})
}

// Sleep has nobody asked for a role any more that nobody took for long, until members wake it.
func (s *Service) Sleep(tx *db.Tx, g member.Group, r Role) error {
	if err := putAsleep(tx, r.ID, true); err != nil {
		return fmt.Errorf("send a role to sleep: %w", err)
	}
	return r.changed(tx, s.ledger, g, "role.slept", ledger.Data{})
}

// standingRole returns the group's role with the key if members have not ended it, or why there is none.
func standingRole(tx *db.Tx, g member.Group, key string) (Role, Why, error) {
	r, err := Find(tx, g.ID, key)
	switch {
	case db.IsNotFound(err):
		return r, Unknown, nil
	case err == nil && !r.Ended.IsZero():
		return r, Ended, nil
	}
	return r, "", err
}

// changed records what became of the role, and has it looked after.
func (r Role) changed(tx *db.Tx, l *ledger.Ledger, g member.Group, kind string, data ledger.Data) error {
	data["role"] = r.Ref()
	if err := note(tx, l, g, r.Ref(), kind, "", data); err != nil {
		return err
	}
	return LookAfter(tx, r.ID)
}

// Of returns the group's roles, also those that members have ended, the oldest first.
func Of(tx *db.Tx, g member.GroupID) ([]Role, error) { return rolesOf(tx, g) }
