package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Elections fills seats of roles by vote. It is package election, which lies to the right of this one.
type Elections interface {
	// Open begins an election for seats that are or will be free.
	Open(tx *db.Tx, g member.Group, r Role, rules rulebook.Version, seats []Vacancy) error
	// Last says whether the role has an election under way, and when its last one ended if nobody was elected in it.
	Last(tx *db.Tx, r ID) (open bool, failed time.Time, err error)
}

// OnElect has the service fill seats of roles that are elected by them.
func (s *Service) OnElect(e Elections) { s.elections = e }

// Filling is a filling of seats as limits look at it.
type Filling struct {
	Closes time.Time // who cannot vote by then cannot stand
	Starts time.Time // when the terms begin
	Seats  int
}

func (f Filling) draw() Draw { return Draw{Closes: f.Closes, Starts: f.Starts, Seats: f.Seats} }

// Get returns the role with the id, or fault.NotFound.
func Get(tx *db.Tx, id ID) (Role, error) { return get(tx, id) }

// LookAfter has the clock look at the role's seats.
func LookAfter(tx *db.Tx, r ID) error { return setDue(tx, r, tx.Now) }

// BarsOf returns what keeps a member from a term of the role.
func BarsOf(tx *db.Tx, g member.Group, who member.ID, r Role, rules rulebook.Rules, f Filling) ([]Bar, error) {
	all, err := standing(tx, g, []member.ID{who}, r, f.draw(), rules, nil)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0].bars, nil
}

// StandingFor returns who of the willing may take a term of the role, and which limits gave way so that there are enough of them.
func StandingFor(tx *db.Tx, g member.Group, willing []member.ID, r Role, rules rulebook.Rules, f Filling) (can []member.ID, relaxed []Bar, err error) {
	all, relaxed, err := standingFor(tx, g, willing, r, f.draw(), rules)
	for _, c := range all {
		can = append(can, c.ID)
	}
	return can, relaxed, err
}

// IsFirst says whether nobody has ever held the role.
func IsFirst(tx *db.Tx, r ID) (bool, error) {
	before, err := termsBefore(tx, r, "")
	return !before, err
}
