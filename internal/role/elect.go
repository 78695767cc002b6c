package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

const aDay = 24 * time.Hour

// Elections fills seats of roles by vote. It is package election, which lies to the right of this one.
type Elections interface {
	// Open begins an election for seats that are or will be free.
	Open(tx *db.Tx, g member.Group, r Role, rules rulebook.Version, seats []Vacancy) error
	// Last says whether the role has an election under way, and when the last one opened if nobody was elected in it.
	Last(tx *db.Tx, r ID) (open bool, failed time.Time, err error)
}

// OnElect has the service fill seats of roles that are elected by them.
func (s *Service) OnElect(e Elections) { s.elections = e }

// LookAfter has the clock look at the role's seats.
func LookAfter(tx *db.Tx, r ID) error { return setDue(tx, r, tx.Now) }

// Given returns the terms of the role that came of something, in the order in which they were given: of decision/2026-014, of draw/3.
func Given(tx *db.Tx, r ID, cause string) ([]Term, error) { return causedBy(tx, r, cause) }

// StandingFor returns who of the willing may take a term of the role, and which limits gave way so that there are enough of them.
func StandingFor(tx *db.Tx, g member.Group, willing []member.ID, r Role, rules rulebook.Rules, f Filling) (can []member.ID, relaxed []Bar, err error) {
	all, relaxed, err := standingFor(tx, g, willing, r, f, rules)
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

// voting says whether the role has an election under way, and when the last one opened if nobody was elected in it.
func (s *Service) voting(tx *db.Tx, r Role) (open bool, failed time.Time, err error) {
	if r.Fill != ByElection {
		return false, time.Time{}, nil
	}
	return s.elections.Last(tx, r.ID)
}

// electionLead is how long before a seat is free its election opens: nominations, answers, the ballot with up to a day until its hour,
// objections, and what is left for handing over (practice.md §2.8.1, §2.12.5).
func electionLead(r rulebook.Rules) time.Duration {
	vote := time.Duration(r.OnlineVoteHours)*time.Hour + aDay
	return time.Duration(r.NominationsDays+AnswerDays+ObjectDays+RestDays)*aDay + vote
}

// How long the steps of an election take that no rule sets.
const (
	AnswerDays = 3 // for candidates to answer questions, once it is settled who they are
	ObjectDays = 3 // after the close, for objections
	RestDays   = 4 // between the final result and the change
)

// TextOf returns what an election for so many seats of the role says, in the group's language.
func (s *Service) TextOf(g member.Group, r Role, seats int) motion.Text {
	v, name := s.words.Voice(g.Lang), lang.M("role."+r.Key+".name")
	return motion.Text{
		Title:   v.T("election.motion", "Role", name, "Count", seats),
		Clauses: []motion.Clause{{Text: v.T("election.clause", "Role", name, "Count", seats)}, {Text: v.T("role." + r.Key + ".does")}, {Text: v.T("role." + r.Key + ".not")}},
	}
}
