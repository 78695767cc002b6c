package role

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// Elections fills seats of roles by vote. It is package election, which lies to the right of this one.
type Elections interface {
	// Open begins an election for seats that are or will be free.
	Open(tx *db.Tx, g member.Group, r Role, rules rulebook.Version, seats []Vacancy) error
	// Last says whether the role has an election under way, and when the last one opened if nobody was elected in it.
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

// FirstFor returns the first day on which the limits would let a member begin a term of the role; zero if nobody can say.
func FirstFor(tx *db.Tx, g member.Group, who member.ID, r Role, rules rulebook.Rules, f Filling) (time.Time, error) {
	all, err := standing(tx, g, []member.ID{who}, r, f.draw(), rules, nil)
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	day, ok := FirstDay(rules.Office, all[0].past, f.draw().post(g, r, rules, false))
	if !ok {
		return time.Time{}, nil
	}
	return dateOf(day, g.Zone), nil
}

// Given returns the terms of the role that came of something, in the order in which they were given: of decision/2026-014, of draw/3.
func Given(tx *db.Tx, r ID, cause string) ([]Term, error) { return causedBy(tx, r, cause) }

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
	ObjectDays = objectHours / dayHours
	RestDays   = restDays // between the final result and the change
)

// Evening returns the first hour at which people are home, in the zone, that is not before t.
func Evening(t time.Time, zone *time.Location) time.Time { return evening(t, zone) }

// TermDays returns how many days a term in the seat lasts: less where it is one of the first of a role, and where limits gave way for it.
func TermDays(r rulebook.Rules, seat int, first, relaxed bool) int {
	return termDays(r, seat, first, relaxed)
}

// Relaxable says whether all of the bars can give way where too few are within the limits.
func Relaxable(bars []Bar) bool { return relaxable(bars) }

// WriteBars writes limits as tables and the record hold them: their names with commas between. ParseBars reads that.
func WriteBars(bars []Bar) string { return writeBars(bars) }

// ParseBars reads what WriteBars writes.
func ParseBars(s string) []Bar { return parseBars(s) }

// TextOf returns what an election for so many seats of the role says, in the group's language.
func (s *Service) TextOf(g member.Group, r Role, seats int) motion.Text {
	v, name := s.words.Voice(g.Lang), lang.M("role."+r.Key+".name")
	return motion.Text{
		Title:   v.T("election.motion", "Role", name, "Count", seats),
		Clauses: []motion.Clause{{Text: v.T("election.clause", "Role", name, "Count", seats)}, {Text: v.T("role." + r.Key + ".does")}, {Text: v.T("role." + r.Key + ".not")}},
	}
}
