package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// Filler is a way of filling the seats of roles. Packages election and draw are, which lie to the right of this one.
type Filler interface {
	// Lead is how long before a seat is free its filling begins.
	Lead(r rulebook.Rules) time.Duration
	// Open begins a filling of seats that are or will be free.
	Open(tx *db.Tx, g member.Group, r Role, rules rulebook.Version, seats []Vacancy) error
	// Last tells of the role's newest filling.
	Last(tx *db.Tx, r ID) (Attempt, error)
	// Refill gives seats that somebody gave back to who is next in line, if the newest filling has a line.
	Refill(tx *db.Tx, g member.Group, r Role, rules rulebook.Rules) error
}

// Attempt is the newest filling of seats of a role in one way.
type Attempt struct {
	Open   bool      // it is under way, and has the role looked after when it ends
	Began  time.Time // zero: there has been none
	Failed bool      // it ended, and filled no seat
	Again  time.Time // of one that failed: not to be begun anew before
}

// OnFill has the service fill seats in a way. Where a way has failed, a lot is drawn (practice.md §2.12.6).
func (s *Service) OnFill(way Fill, f Filler) { s.fill[way] = f }

// OnWait has no seats filled of roles for which f says that members are deciding what shall become of them.
func (s *Service) OnWait(f func(tx *db.Tx, r ID) (bool, error)) { s.waits = f }

// LookAfter has the clock look at the role's seats.
func LookAfter(tx *db.Tx, r ID) error {
	if err := setWatch(tx, r, tx.Now); err != nil {
		return err
	}
	return setDue(tx, r, tx.Now)
}

// ways are the ways of filling the role's seats that there are, the lot last.
func (r Role) ways() []Fill {
	if r.Fill == ByLot {
		return []Fill{ByLot}
	}
	return []Fill{r.Fill, ByLot}
}

// FirstFilled is when the filling of a role begins that has never been filled, which its first look does; zero once that is over.
func (r Role) FirstFilled(now time.Time) time.Time {
	if r.Fill == ByLot || !r.due.After(now) {
		return time.Time{}
	}
	return r.due
}

// Given returns the terms of the role that came of something, in the order in which they were given: of decision/2026-014, of draw/3.
func Given(tx *db.Tx, r ID, cause string) ([]Term, error) { return causedBy(tx, r, cause) }

// Running returns the terms of the roles that are not over, whether they have begun or not, the first to begin first.
func Running(tx *db.Tx, of ...ID) ([]Term, error) { return running(tx, of, tx.Now) }

// IsFirst says whether nobody has ever held the role, not counting terms that came of a cause.
func IsFirst(tx *db.Tx, r ID, cause string) (bool, error) {
	before, err := termsBefore(tx, r, cause)
	return !before, err
}

// TextOf returns what an election for so many seats of the role says, in the group's language.
func (s *Service) TextOf(g member.Group, r Role, seats int) motion.Text {
	v, name, area := s.words.Voice(g.Lang), lang.M("role."+r.Key+".name"), "election"
	if r.Fill == ByApproval {
		area = "approval"
	}
	return motion.Text{
		Title:   v.T(area+".motion", "Role", name, "Count", seats),
		Clauses: []motion.Clause{{Text: v.T(area+".clause", "Role", name, "Count", seats)}, {Text: v.T("role." + r.Key + ".does")}, {Text: v.T("role." + r.Key + ".not")}},
	}
}
