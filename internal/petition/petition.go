// Package petition has members end a term before its date (practice.md §2.9). Enough of them ask for it, only their number is told, whoever
// holds the term may answer, and then all members vote in secret. What the vote does is done by package decision.
package petition

import (
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// State is how far a petition is.
type State string

// The states of a petition: the first two, and then how it ended.
const (
	Collecting State = "collecting"
	Reached    State = "reached" // enough have signed, and the members vote
	EndedTerm  State = "carried"
	Kept       State = "lost"
	RanOut     State = "expired" // too few signed in time
	Dropped    State = "dropped" // everybody took their name back
	Overtaken  State = "over"    // the term ended in another way
	Void       State = "void"    // the vote could not be held
)

// Limits of a petition (practice.md §2.9).
const (
	MaxReason  = 200 // words, of the reason and of the answer
	answerDays = 5   // after enough have signed
)

// Petition is that members ask to end a term early. Nobody learns who started or signed it, only how many did.
type Petition struct {
	ID       int64
	Group    member.GroupID
	Number   int // from 1 in each group
	Term     role.TermID
	State    State
	Reason   string
	Answer   string // of whoever holds the term
	Needed   int    // frozen at the start
	Signed   int
	Rulebook int
	Started  time.Time
	Closes   time.Time // the end of signing
	Reached  time.Time
	Motion   motion.ID
	Ended    time.Time
	due      time.Time
}

// Ref names the petition in the record.
func (p Petition) Ref() string { return "petition/" + strconv.Itoa(p.Number) }

// IsOpen says whether anything can still come of it.
func (p Petition) IsOpen() bool { return p.State == Collecting || p.State == Reached }

// MaySign returns nil if members may put their names under the petition now, or take them back. From a term's date on there is nothing to sign.
func (p Petition) MaySign(t role.Term, now time.Time) error {
	if p.State != Collecting || !now.Before(p.Closes) || !now.Before(t.Over()) {
		return fault.New(fault.Conflict, "petition.closed")
	}
	return nil
}

// AnswerUntil is until when whoever holds the term may answer: for days after enough have signed, but not longer than until the vote
// opens. It is zero while signing goes on.
func (p Petition) AnswerUntil(opens time.Time) time.Time {
	if p.Reached.IsZero() {
		return time.Time{}
	}
	at := p.Reached.AddDate(0, 0, answerDays)
	if opens.Before(at) {
		return opens
	}
	return at
}

// MayAnswer returns nil if the member may answer the petition now: who holds the term, from its start on, in as many words as the reason has.
func (p Petition) MayAnswer(t role.Term, who member.ID, opens, now time.Time) error {
	switch {
	case t.Member != who:
		return fault.New(fault.Denied, "petition.only_holder")
	case p.MaySign(t, now) == nil, p.State == Reached && now.Before(p.AnswerUntil(opens)):
		return nil
	}
	return fault.New(fault.Conflict, "petition.answered")
}

// CheckReason returns the reason as it would be kept, or fault.Invalid with the field "reason".
func CheckReason(s string) (string, error) { return tidyReason("reason", s) }

// signUntil is when signing ends that starts now: with the last of the days that the rules give, by the group's own calendar. The minute in which
// somebody started would tell who it was to whoever saw them, and would be told by every page that names the end.
func signUntil(now time.Time, days int, zone *time.Location) time.Time {
	last := now.In(zone).AddDate(0, 0, days)
	return time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, zone).UTC()
}

// tidyReason returns a reason or an answer as it is kept, or fault.Invalid with the field.
func tidyReason(field, s string) (string, error) {
	s = motion.Tidy(s)
	switch {
	case s == "":
		return s, fault.Form(map[string]lang.Msg{field: lang.M("petition.empty")})
	case motion.Words(s) > MaxReason || len(s) > 20*MaxReason:
		return s, fault.Form(map[string]lang.Msg{field: lang.M("motion.words_long", "Max", MaxReason, "Count", motion.Words(s))})
	}
	return s, nil
}

// next is when time alone has something to do for the petition next.
func (p Petition) next(t role.Term, now time.Time) time.Time {
	at := p.Closes
	if p.State == Reached {
		at = now.AddDate(0, 0, 1) // whether the vote could be held
	}
	if over := t.Over(); over.After(now) && over.Before(at) {
		return over
	}
	return at
}
