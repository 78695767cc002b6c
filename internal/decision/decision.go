// Package decision keeps what the group has decided: a row for every counted ballot, never edited, and the reports of those
// who disagree.
//
// A decision is recorded in the transaction that counts its ballot, so there is none without a closed ballot (G6), and the
// proposal moves on in the same moment. It is recorded too when a proposal was not carried, or when too few took part:
// what a group did not do is also part of its record. Of the last it has the turnout only, because those votes are not
// counted (package ballot).
//
// What was agreed in a room is provisional while those who were absent can object (practice.md §2.7.6, provisional.go): what a decision does by
// itself, it does when it stands.
//
// Anybody may set beside a decision why they see it otherwise (G11). The report stands on the same page and in every
// export, and others can sign it. With as many names as the rules ask for it is called a minority report, with fewer a
// personal note; that is a matter of title and of nothing else.
package decision

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// ID names a decision.
type ID int64

// Decision is what one counted ballot led to.
type Decision struct {
	ID       ID
	Group    member.GroupID
	Year     int // in the group's zone, of the close
	Seq      int // from 1 in each year
	Motion   motion.ID
	Version  int
	Ballot   ballot.ID
	Title    string
	Outcome  tally.Outcome
	At       time.Time // the close of the ballot
	Review   time.Time // when the group looks at it again; zero: no day is set
	Rulebook int
	Contest  ballot.Contest // of the ballot, where decisions are listed
	Window   Window         // of those who were absent; zero: there is none
	Urgent   bool           // the notice of the meeting said that it cannot wait, where decisions are listed
	Unasked  bool           // the viewer of a list was absent from what was agreed on so lately, and cannot object
	Missed   bool           // the viewer of a list was absent, and can object
}

// Number is the decision's name for people: "2026-014".
func (d Decision) Number() string { return fmt.Sprintf("%d-%03d", d.Year, d.Seq) }

// Ref names the decision in the record.
func (d Decision) Ref() string { return "decision/" + d.Number() }

// Decided says whether the group has decided something by it: it has not where too few took part, and by a call for agreement that came to none or was stopped.
func (d Decision) Decided() bool { return d.Carried() || d.Outcome == tally.NotCarried }

// Carried says whether it was carried, and not stopped by those who were absent.
func (d Decision) Carried() bool { return d.Outcome == tally.Carried && d.Window.State != Overturned }

// Ended says how it ended, in a word or two.
func (d Decision) Ended() lang.Msg {
	switch d.Window.State {
	case Pending:
		return lang.M("call.outcome.provisional")
	case Overturned:
		return lang.M("call.outcome.stopped")
	}
	return d.Contest.Ended(d.Outcome)
}

// InTime says whether a report written at the moment is in time. Later ones are taken too, and dated as late.
func (d Decision) InTime(now time.Time) bool { return now.Before(d.ReportsUntil()) }

// ReportsUntil returns until when reports are in time.
func (d Decision) ReportsUntil() time.Time { return d.At.Add(ballot.ReportTime) }

// ParseNumber reads a decision's number as it stands in addresses; ok is false for anything else.
func ParseNumber(s string) (year, seq int, ok bool) {
	y, n, found := strings.Cut(s, "-")
	year, errY := strconv.Atoi(y)
	seq, errN := strconv.Atoi(n)
	ok = found && errY == nil && errN == nil && Decision{Year: year, Seq: seq}.Number() == s && seq > 0
	return year, seq, ok
}

// Dissent is a report of somebody who disagrees.
type Dissent struct {
	ID       int64
	Decision ID
	Author   member.ID
	Text     string
	At       time.Time
	Late     bool
	Signers  int // the author included
}

// IsReport says whether the dissent has the names that make it a minority report; otherwise it is a personal note.
func (d Dissent) IsReport(least int) bool { return d.Signers >= least }

// MayDissent returns nil if the member may set a report beside the decision, or sign one: who was a member when it was
// made, if something was decided. Otherwise a few people who leave and join again could be as many names as they like.
func (d Decision) MayDissent(m member.Member) error {
	if !d.Decided() {
		return fault.New(fault.Conflict, "decision.dissent.nothing")
	}
	if m.Joined.After(d.At) {
		return fault.New(fault.Denied, "decision.dissent.later")
	}
	return nil
}

// MaxWords is how long a dissent may be.
const MaxWords = 500

// Check returns what is wrong with the text of a dissent, by field.
func Check(text string) error {
	text = motion.Tidy(text)
	switch {
	case text == "":
		return fault.Form(map[string]lang.Msg{"text": lang.M("decision.dissent.empty")})
	case motion.Words(text) > MaxWords || len(text) > 20*MaxWords:
		return fault.Form(map[string]lang.Msg{"text": lang.M("decision.dissent.too_long", "Max", MaxWords, "Words", motion.Words(text))})
	}
	return nil
}
