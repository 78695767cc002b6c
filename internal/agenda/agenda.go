// Package agenda puts the items of a meeting in their order (practice.md §2.5.4), says of each why it stands there, and what fits into the
// time. The order follows from rules and a lot, and from nobody's wish: ordering by popularity alone buries minorities, and ordering by
// officers gives the agenda away. What the rules give is put to the meeting, which adopts it first of all and can change it.
//
//	agenda.go     classes of items, their order, and why
//	lot.go        the lot between new proposals, and who could still steer it
//	budget.go     how long it takes
//	questions.go  in what order the questions of one item are decided
//
// It knows of no meeting and no clock: items, the time there is and a secret go in, the order comes out.
package agenda

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/sortition"
)

// Kind is what an item is.
type Kind string

// The kinds, in the order in which they stand within a class.
const (
	Emergency  Kind = "emergency" // safety, or an emergency proposal that was admitted
	Business   Kind = "business"  // what members asked for the meeting to talk about
	Recall     Kind = "recall"
	Vacancy    Kind = "vacancy"
	Election   Kind = "election"
	Assessment Kind = "assessment" // of what came of a decision
	Report     Kind = "report"     // that is overdue, or due
	Interim    Kind = "interim"    // what somebody had to do before the meeting, to be ratified
	Proposal   Kind = "proposal"
	Discussion Kind = "discussion" // or ideas
	Notice     Kind = "notice"     // any other business: information only, nothing is decided
)

var kinds = []Kind{Emergency, Business, Recall, Vacancy, Election, Assessment, Report, Interim, Proposal, Discussion, Notice}

// Kinds returns the kinds in their order.
func Kinds() []Kind { return slices.Clone(kinds) }

// Item is something that is to come before a meeting.
type Item struct {
	ID         int64 // its own among all that the group ever has; what the lot is drawn between, so not one that anybody can choose
	Kind       Kind
	Minutes    int
	Carried    bool      // over from an earlier meeting; only proposals stand elsewhere by it
	Supporters int       // of a proposal
	Urgent     bool      // a proposal of which the notice says that it cannot wait
	Since      time.Time // from when it is to come before a meeting: tabled, due, handed in
}

// Class is where an item belongs, from 1.
type Class int

// The classes.
const (
	Urgent       Class = 1 + iota // safety, emergencies that were admitted, what members asked for the meeting for
	Power                         // recall, vacancies, elections
	Accounts                      // assessments, overdue reports
	Ratify                        // interim acts
	Pressing                      // proposals of which the notice says that they cannot wait, so that they are not what the meeting does not come to
	CarriedOver                   // proposals that the last meeting did not come to
	NewProposals                  // by lot
	Talk                          // discussion, ideas
	Information                   // any other business
)

// Class returns where the item belongs.
func (i Item) Class() Class {
	switch i.Kind {
	case Emergency, Business:
		return Urgent
	case Recall, Vacancy, Election:
		return Power
	case Assessment, Report:
		return Accounts
	case Interim:
		return Ratify
	case Proposal:
		if i.Urgent {
			return Pressing
		}
		if i.Carried {
			return CarriedOver
		}
		return NewProposals
	case Discussion:
		return Talk
	}
	return Information
}

// Name returns what the class is called.
func (c Class) Name() lang.Msg { return lang.M(fmt.Sprintf("agenda.class.%d", c)) }

// Reason is why an item stands where it does.
type Reason string

// The reasons.
const (
	SafetyFirst   Reason = "safety_first"
	AskedFor      Reason = "asked_for"   // by so many members that there had to be a meeting
	PowerEarly    Reason = "power_early" // who holds a role is never left for the end
	LookBack      Reason = "look_back"   // at what came of decisions, before new ones
	ToRatify      Reason = "to_ratify"
	CannotWait    Reason = "cannot_wait"    // the notice says so, oldest first
	Waited        Reason = "waited"         // carried over, oldest first
	ByLot         Reason = "by_lot"         // all new proposals fit, so the lot alone decides
	MostSupported Reason = "most_supported" // not all fit: every other place goes to the most supported of those who are left
	ByLotBetween  Reason = "by_lot_between" // and every other place by lot
	OnlyNew       Reason = "only_new"       // it is the only new proposal
	NotDrawn      Reason = "not_drawn"      // the lot falls with the notice
	ToTalk        Reason = "to_talk"
	ToTell        Reason = "to_tell"
)

// Reasons returns every reason.
func Reasons() []Reason {
	return []Reason{SafetyFirst, AskedFor, PowerEarly, LookBack, ToRatify, CannotWait, Waited, ByLot, MostSupported, ByLotBetween, OnlyNew, NotDrawn, ToTalk, ToTell}
}

// Say answers: why is it here?
func (r Reason) Say() lang.Msg { return lang.M("agenda.why." + string(r)) }

// Entry is an item in its place.
type Entry struct {
	Item
	Place  int // from 1
	Why    Reason
	Starts int  // minutes after the meeting begins, if all goes as planned; procedure and breaks before it are in it
	Fits   bool // it ends before the hard stop, with time left to close
}

// Agenda is the order of the items of a meeting.
type Agenda struct {
	Entries []Entry
	Budget  Budget
	Lot     *sortition.Draw // the record of the lot, for folkmoot draw --check; nil if there was nothing to draw, or nothing is drawn yet
}

// ErrAgenda is wrapped by every refusal of items that no meeting can have.
var ErrAgenda = errors.New("no agenda can be made")

const mostMinutes = 24 * 60

// Order puts items in their order: by class; within one by kind, and of a kind the oldest first; proposals that cannot wait before all others; new
// proposals by lot. Of those, if not all
// fit into the time with everything before them, the most supported and one by lot take turns, so that neither popularity nor chance has all
// of the time. Equal support is decided by the lot. The order in which items are given changes nothing.
//
// Without a secret in the plan the lot has not fallen: new proposals stand by their age, and say so. Errors wrap ErrAgenda, and
// sortition.ErrDraw where the plan is one with which nothing can be drawn.
func Order(p Plan, items []Item) (Agenda, error) {
	if err := check(p, items); err != nil {
		return Agenda{}, err
	}
	sorted := slices.SortedFunc(slices.Values(items), func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Class(), b.Class()), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	var a Agenda
	var fresh []Item
	before := 0
	for _, i := range sorted {
		switch {
		case i.Class() == NewProposals:
			fresh = append(fresh, i)
		case i.Class() < NewProposals:
			before += i.Minutes
		}
	}
	var drawn []Entry
	var err error
	if drawn, a.Lot, err = draw(p, fresh, before); err != nil {
		return Agenda{}, err
	}
	for _, i := range sorted {
		e := Entry{Item: i, Why: i.why()}
		if i.Class() == NewProposals {
			e, drawn = drawn[0], drawn[1:]
		}
		e.Place = len(a.Entries) + 1
		a.Entries = append(a.Entries, e)
	}
	a.time(p.Stop)
	return a, nil
}

// check refuses what no meeting can have.
func check(p Plan, items []Item) error {
	seen := map[int64]bool{}
	for _, i := range items {
		switch {
		case !slices.Contains(kinds, i.Kind):
			return fmt.Errorf("%w: item %d is of the kind %q", ErrAgenda, i.ID, i.Kind)
		case i.ID < 0 || seen[i.ID]:
			return fmt.Errorf("%w: the number %d is there twice, or is none", ErrAgenda, i.ID)
		case i.Minutes < 0 || i.Minutes > mostMinutes:
			return fmt.Errorf("%w: item %d takes %d minutes", ErrAgenda, i.ID, i.Minutes)
		}
		seen[i.ID] = true
	}
	if p.Stop <= 0 || p.Stop > mostMinutes {
		return fmt.Errorf("%w: the meeting ends after %d minutes", ErrAgenda, p.Stop)
	}
	return nil
}

// why is the reason of an item of a class in which nothing is drawn.
func (i Item) why() Reason {
	switch i.Class() {
	case Urgent:
		if i.Kind == Business {
			return AskedFor
		}
		return SafetyFirst
	case Power:
		return PowerEarly
	case Accounts:
		return LookBack
	case Ratify:
		return ToRatify
	case Pressing:
		return CannotWait
	case CarriedOver:
		return Waited
	case Talk:
		return ToTalk
	}
	return ToTell
}

// Delays says whether a recall or an election would come later in another order of the same items than in the one that was: then the order
// cannot be changed so (practice.md §2.4).
func Delays(was, becomes []Item) bool {
	for at, i := range was {
		if i.Kind == Recall || i.Kind == Election {
			if slices.IndexFunc(becomes, func(o Item) bool { return o.ID == i.ID }) > at {
				return true
			}
		}
	}
	return false
}
