package role

import (
	"time"

	"folkmoot/internal/rulebook"
)

// Calendar is what falls due in a term, each at the hour at which the term itself begins and ends. It is computed from the term and
// the rules, so nothing has to be set up for it, and it cannot be forgotten.
type Calendar struct {
	Start        time.Time // powers begin
	Understudy   time.Time // by then somebody learns beside the holder
	Check        time.Time // half of the term is over: keep, change or stop?
	Ask          time.Time // everybody is asked whether they would do this
	Nominations  time.Time // open
	Handover     time.Time // opens
	Opens        time.Time // nominations close, and the ballot opens
	Closes       time.Time // the ballot closes; objections from now on
	Final        time.Time // the result can no longer be objected to
	End          time.Time // old powers end and new ones begin, at the same instant
	AdviserUntil time.Time // whoever held the role may be asked until then
}

const (
	askDays      = 14 // before nominations open
	handoverDays = 21 // before the end
	restDays     = 4  // between the final result and the change
	objectHours  = 72 // after the close
	adviserDays  = 30 // after the end
	dayHours     = 24
)

// Dates returns the calendar of a term of so many days that begins at start, which is in the group's zone (practice.md §2.12.5,
// whose days are those of preset B). Where a term is too short for all that comes before its end, what would lie before its start
// falls on the start.
func Dates(start time.Time, days int, rules rulebook.Rules) (c Calendar) {
	c.Start, c.End = start, start.AddDate(0, 0, days)
	before := func(n int) time.Time {
		if at := c.End.AddDate(0, 0, -n); at.After(start) {
			return at
		}
		return start
	}
	vote := (rules.OnlineVoteHours + dayHours - 1) / dayHours
	closes := restDays + objectHours/dayHours
	by := rules.Office.UnderstudyBy
	c.Understudy, c.Check = start.AddDate(0, 0, days*by.Num/max(by.Den, 1)), start.AddDate(0, 0, days/2)
	c.Final, c.Closes, c.Opens = before(restDays), before(closes), before(closes+vote)
	c.Nominations = before(closes + vote + rules.NominationsDays)
	c.Ask = before(closes + vote + rules.NominationsDays + askDays)
	c.Handover = before(handoverDays)
	c.AdviserUntil = c.End.AddDate(0, 0, adviserDays)
	return c
}
