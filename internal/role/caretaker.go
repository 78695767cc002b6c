package role

import (
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// Kind says how somebody holds a term; "" is that they fill the seat.
type Kind string

// Caretaker is that somebody does the chores of a free seat for some weeks. It does not fill the seat.
const Caretaker Kind = "caretaker"

// CaretakerRest is how long nobody who was a caretaker is one again (practice.md §2.12.6).
const CaretakerRest = 90 * 24 * time.Hour

// Fills says whether the term fills its seat. A caretaker's does not.
func (t Term) Fills() bool { return t.Kind != Caretaker }

// Chores returns those of the powers of a role that go with looking after it: calling a meeting, the record, the note on money and
// passing on what was decided (practice.md §2.12.6). Everything else waits for somebody who fills the seat.
func Chores(caps []member.Capability) []member.Capability {
	return slices.DeleteFunc(slices.Clone(caps), func(c member.Capability) bool {
		return !slices.Contains([]member.Capability{member.Convene, member.TakeNotes, member.FinanceNote, "announce"}, c)
	})
}

// InCommon says whether any two members together may do the chores of the role: as long as it is there and nobody holds any of its
// seats. A caretaker does not (practice.md §2.12.6).
func (r Role) InCommon(terms []Term, now time.Time) bool {
	return r.Ended.IsZero() && !slices.ContainsFunc(terms, func(t Term) bool { return t.Fills() && t.Holds(now) })
}

// Common returns the key of the group's role that comes with the power and whose chores any two members together may do now; "" if somebody
// holds the power, or if no role comes with it. Two roles come with it where one takes over from another that still has holders.
func Common(tx *db.Tx, g member.GroupID, c member.Capability) (key string, err error) {
	roles, err := rolesOf(tx, g)
	if err != nil {
		return "", err
	}
	for _, r := range roles {
		if !slices.Contains(r.Type.Caps, c) || !r.Ended.IsZero() {
			continue
		}
		terms, err := Running(tx, r.ID)
		if err != nil || !r.InCommon(terms, tx.Now) {
			return "", err
		}
		key = r.Key
	}
	return key, nil
}

// WhoMay returns who has the power by a term in a role of the group that runs now, caretakers too.
func WhoMay(tx *db.Tx, g member.GroupID, c member.Capability) (who []member.ID, err error) {
	terms, err := runningIn(tx, g)
	for _, t := range terms {
		if slices.Contains(t.Caps, c) && t.Holds(tx.Now) && !slices.Contains(who, t.Member) {
			who = append(who, t.Member)
		}
	}
	return who, err
}

// Resting returns who looked after a role of the group so lately that they do not again.
func Resting(tx *db.Tx, g member.GroupID) ([]member.ID, error) {
	return caretakers(tx, g, tx.Now.Add(-CaretakerRest))
}

// Relieve ends a caretaker's term because somebody holds the seat again, or nobody is to, or they hold another one themselves. What is
// under way to end it ends too.
func (s *Service) Relieve(tx *db.Tx, g member.Group, t Term) error {
	return s.end(tx, g, t, Relieved, "")
}

// LastIn returns the last term that filled the seat and is over; zero if there was none.
func LastIn(tx *db.Tx, r ID, seat int) (t Term, err error) {
	all, err := lastIn(tx, r, []int{seat})
	if len(all) > 0 {
		t = all[0]
	}
	return t, err
}

// LastHolders returns who held the seat last: all who shared it, also those who had left it to the others.
func LastHolders(tx *db.Tx, r ID, seat int) ([]member.ID, error) {
	all, err := LastHoldersOf(tx, r, []int{seat})
	return all[seat], err
}

// LastHoldersOf is LastHolders for several seats of a role.
func LastHoldersOf(tx *db.Tx, r ID, seats []int) (map[int][]member.ID, error) {
	last, err := lastIn(tx, r, seats)
	out := make(map[int][]member.ID, len(last))
	for _, l := range last {
		all, err := sharing(tx, l)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			out[l.Seat] = append(out[l.Seat], t.Member)
		}
	}
	return out, err
}

// Sharing returns the terms of all who hold or held a seat together with the holder of a term, that one among them, the first that was
// given coming first.
func Sharing(tx *db.Tx, t Term) ([]Term, error) { return sharing(tx, t) }

// OneSeat says whether a member has a power only as one who shares a seat with any of some others. What two have to do is done by two
// seats, so a second signature is not theirs to give (practice.md §2.1).
func OneSeat(tx *db.Tx, who member.ID, c member.Capability, others []member.ID) (bool, error) {
	mine, err := livingTerms(tx, who)
	if err != nil {
		return false, err
	}
	mine = slices.DeleteFunc(mine, func(t Term) bool { return !t.Holds(tx.Now) || !slices.Contains(t.Caps, c) })
	for _, t := range mine {
		all, err := sharing(tx, t)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(all, func(o Term) bool { return o.Member != who && slices.Contains(others, o.Member) }) {
			return false, nil
		}
	}
	return len(mine) > 0, nil
}

// Watched returns up to limit roles whose seats it is time to look at, those first that wait longest.
func Watched(tx *db.Tx, limit int) ([]Role, error) { return watched(tx, limit) }

// NextWatched returns when the first of the roles is to be looked at that Watched returns then; zero if none is.
func NextWatched(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextWatch) }

// Watch notes when to look at the role's seats next; never, if that is zero.
func Watch(tx *db.Tx, r ID, at time.Time) error { return setWatch(tx, r, at) }

// UnderWay says whether seats of the role are being filled, and whether the last lot, which is tried where anything else has failed, has
// failed too.
func (s *Service) UnderWay(tx *db.Tx, r Role) (open, failed bool, err error) {
	for _, way := range r.ways() {
		last, err := s.fill[way].Last(tx, r.ID)
		if err != nil {
			return false, false, err
		}
		open, failed = open || last.Open, last.Failed // the lot is the last
	}
	return open, failed, nil
}
