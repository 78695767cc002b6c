package election

import (
	"folkmoot/internal/balance"
	"folkmoot/internal/db"
	"folkmoot/internal/role"
)

// Reserved places (practice.md §2.8.2, §2.8.4). Members can decide that at least so many seats of a role are for people who stand for a
// reserved place, in their own words for whom that is (package balance). Each candidate says for themselves whether they do; nobody asks
// for a proof, and it is kept with the candidature and nowhere else.
//
// An election keeps to the rule as it was when it began. It fills some of the seats only, so it reserves as many of them as are not held by
// people who were elected to a reserved place.
//
// If fewer stand for reserved places than there are, nominations are open for longer, once. Then only as many places are reserved as there
// are candidates for them, and the others are open to all. The other way, to leave them empty, would have a rule that is to bring people in
// leave a role without anybody (§2.12.6), and would put weight on the few to stand. Nothing is lost for good: the next election reserves
// what is missing.

// reserve sets how many of the seats are reserved, and for whom.
func (e *Election) reserve(tx *db.Tx, r role.Role) error {
	rule, err := balance.Of(tx, r.ID)
	if err != nil || rule.Places == 0 || r.Fill != role.ByElection {
		return err
	}
	held, err := heldReserved(tx, r.ID, e.Seats)
	if err != nil {
		return err
	}
	if e.Reserved = max(0, min(rule.Places-held, len(e.Seats))); e.Reserved > 0 {
		e.For = rule.Words
	}
	return nil
}

// heldReserved returns how many seats of the role, beside those that are to be filled, are held by people who were elected to a reserved
// place.
func heldReserved(tx *db.Tx, r role.ID, filled []role.Vacancy) (n int, err error) {
	terms, err := role.Running(tx, r)
	if err != nil {
		return 0, err
	}
	seats := map[int]bool{}
	for _, t := range terms {
		if t.Fills() {
			is, err := stoodReserved(tx, t)
			if err != nil {
				return 0, err
			}
			before, seen := seats[t.Seat]
			seats[t.Seat] = is && (before || !seen)
		}
	}
	for _, v := range filled {
		delete(seats, v.Seat)
	}
	for _, is := range seats {
		if is {
			n++
		}
	}
	return n, nil
}

// reserved returns which of those who stand do so for a reserved place, from 1.
func reserved(standing []Candidature) (out []int) {
	for i, c := range standing {
		if c.Reserved() {
			out = append(out, i+1)
		}
	}
	return out
}

// keeps returns how many places are reserved in the count, which are no more than there are candidates for them.
func (e Election) keeps(standing []Candidature) int { return min(e.Reserved, len(reserved(standing))) }
