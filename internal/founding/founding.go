// Package founding asks a new group whether it adopts the rules it began with (practice.md §2.13.1).
//
// Nobody has to put the question and nobody can hold it back: the clock does, on the date of the founding meeting, or 14 days after the
// third member joined; two members can, 30 days after that, if the founder set a date further off. It is a proposal without a mover, by the
// usual majority and quorum. Carried, it makes the rules the group's own and ends the founder's start-up powers, in the transaction that
// counts it. Otherwise the rules stay provisional, and 30 days later the question comes again.
package founding

import (
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// Limits of calling the question.
const (
	CallFrom = 30 * 24 * time.Hour // after the third member joined, members need not wait for the date
	Callers  = 2
)

// MayCall returns nil if members may have the question put without waiting for its date: fault.Conflict where there is nothing to call,
// and before the founder has had time.
func MayCall(g member.Group, now time.Time) error {
	switch {
	case g.Forming():
		return fault.New(fault.Conflict, "motion.forming")
	case !g.Adopted.IsZero():
		return fault.New(fault.Conflict, "founding.adopted")
	case g.Question.IsZero():
		return fault.New(fault.Conflict, "founding.asked")
	case now.Before(g.Third.Add(CallFrom)):
		return fault.New(fault.Conflict, "founding.early", "At", g.Third.Add(CallFrom))
	}
	return nil
}

// View is how far a group is with adopting its rules.
type View struct {
	Now      time.Time
	Number   int       // of the newest proposal to adopt them; 0: there was none
	Open     bool      // it waits to be decided
	Due      time.Time // when the question is put; zero: it is, or is answered
	Opens    time.Time // the vote on it, by the rules as they are; zero as Due is
	Closes   time.Time
	Calls    int  // members who want it put at once
	Called   bool // the viewer is one of them
	MayCall  bool
	Adopted  time.Time
	Founding time.Time // the meeting, if there is a date
}
