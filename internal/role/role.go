package role

import (
	"time"

	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// ID names a role and TermID a term.
type (
	ID     int64
	TermID int64
)

// Fill is how the seats of a role are filled (practice.md §2.12.1).
type Fill string

// ByLot draws from those who say that they would do it, with more weight to those who have not done it (R4).
const ByLot Fill = "lot"

// ByElection has the members vote, with re-election limits and a pause (R2), and with terms that do not all end together (R3, R6).
// Where nobody stands or is elected, a lot is drawn for half a term from those who would (practice.md §2.12.6).
const ByElection Fill = "election"

// ByApproval has the members say whom they would trust with it, and draws a lot among those whom half of them trust, with more weight to
// those who have not done it (R5). Where nobody stands or is trusted by half, it goes on as after an election that elected nobody.
const ByApproval Fill = "approval"

// ByConsent has everybody name somebody and say why, and puts who is named most to a round of consent (practice.md §2.8.3). Where nobody is
// agreed on, it goes on as after an election that elected nobody.
const ByConsent Fill = "consent"

// Type is a kind of role, as a preset has it: chores with a short list of powers.
type Type struct {
	Key    string // its words are role.<key>.name, .does and .not
	Family string // roles among which limits are counted together
	Fill   Fill
	Seats  int
	Caps   []member.Capability
}

// Types returns the roles that a group begins with. A small crew has one pair, and shares out all else as it comes (practice.md §2.15, §2.16).
// A federation has a third convenor: with three places in one count the many do not take them all (§2.8.4), and of three whose terms do not
// end together two are left at the first end and one at the second (R3).
func Types(preset rulebook.Name) []Type {
	if preset == rulebook.Affinity {
		return []Type{{Key: "stewards", Family: exclusive, Fill: ByConsent, Seats: 2, Caps: []member.Capability{member.Convene, member.FinanceNote}}}
	}
	convenors, money := 2, ByElection
	if preset == rulebook.Federation {
		convenors, money = 3, ByApproval // in a large group trust must be asked for, and should not always fall on the same people
	}
	return []Type{
		{Key: "convenors", Family: exclusive, Fill: ByElection, Seats: convenors, Caps: []member.Capability{member.Convene}},
		{Key: "treasurers", Family: "money", Fill: money, Seats: 2, Caps: []member.Capability{member.FinanceNote}},
		{Key: "tellers", Family: "counting", Fill: ByLot, Seats: 2, Caps: []member.Capability{member.SignCount}},
	}
}

// Role is a role of one group.
type Role struct {
	ID    ID
	Group member.GroupID
	Type
	Begun time.Time
	Cause string    // what brought it about: rulebook/1
	Ended time.Time // members ended it; zero if they have not
	Into  string    // the key of the role that has taken over its chores
	Slept time.Time // since when nobody is asked, because nobody took it for long; zero if it is awake
	again time.Time // from when on everybody is asked, however short ago they were
	due   time.Time // when time has something to do for it next; zero: nothing
}

// Sleeps says whether nobody is asked for the role, until members wake it.
func (r Role) Sleeps() bool { return !r.Slept.IsZero() }

// Lives says whether the role is to be filled: members have not ended it, and it does not sleep.
func (r Role) Lives() bool { return r.Ended.IsZero() && !r.Sleeps() }

// Ref names the role in the record.
func (r Role) Ref() string { return "role/" + r.Key }

// How a term ended before its date.
const (
	Declined = "declined" // before it began
	Resigned = "resigned"
	Left     = "left"     // the group
	Archived = "archived" // with the group
	ByVote   = "vote"     // of the members; nothing else is told of it
	Relieved = "filled"   // a caretaker, because somebody holds the seat again
	WithRole = "role"     // members ended the role
)

// Term is that a member holds a seat of a role from one instant until another. It may end early, and changes in no other way.
type Term struct {
	ID     TermID
	Ref    string
	Group  member.GroupID
	Role   ID
	Member member.ID
	Kind   Kind
	Seat   int // from 1
	Caps   []member.Capability
	Begins time.Time
	Ends   time.Time
	Cause  string    // what it came from: draw/3
	Share  string    // the candidature of several people by whom the seat is held; "": of one
	Ended  time.Time // before Ends; zero if it did not
	How    string    // it ended early
	Waived []Bar     // while it is being given: what would stand against it without a waiver
}

// Shared says whether the terms are those of people who hold a seat together: one candidature of several, with the same dates. Each has a
// term of their own, with all of its days and powers; where one ends early, the others go on (practice.md §2.8.2, §2.12.2).
func (t Term) Shared(o Term) bool {
	return t.Share != "" && t.Share == o.Share && t.Role == o.Role && t.Seat == o.Seat && t.Cause == o.Cause
}

// Over returns when the term ended or will end.
func (t Term) Over() time.Time {
	if !t.Ended.IsZero() {
		return t.Ended
	}
	return t.Ends
}

// Holds says whether the term is under way.
func (t Term) Holds(now time.Time) bool { return !now.Before(t.Begins) && now.Before(t.Over()) }

// Served says whether the term was ever under way up to now: one that was declined in time was not.
func (t Term) Served(now time.Time) bool { return t.Over().After(t.Begins) && !t.Begins.After(now) }
