// Package money keeps the reports on a group's money: what there was, what came in, what was paid and for what, and what there is
// (practice.md §2.1, finance_note). The program holds no money and moves none; the accounts themselves are kept elsewhere.
//
//	money.go   reports, when the next is due, what makes one
//	amount.go  amounts and days, as people write them
//	service.go filing and reading
//	waiting.go what a meeting has to hear of them
//	chore.go   how a group comes by them that began before there were any
//	store.go   tables
//
// Reports are a chain: each begins on the day after the last one ended, with the money that was there then, and what was counted at its end
// has to be what it began with, what came in and what was paid. Nothing in one is ever changed. A correction is a new report for the newest
// one, which it names; what was wrong in an older one is put right by a line in the next, as in any cash book.
package money

import (
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/member"
)

// ID names a report.
type ID int64

// Report is what happened to a group's money in some time.
type Report struct {
	ID       ID
	Group    member.GroupID
	Number   int
	Corrects int // the number of the report that this one stands for; 0: none
	From, To Day // both are in it
	Currency string
	Start    Amount // what there was before
	In, Out  Amount // what came in and what was paid, neither below 0
	End      Amount // what was counted at the end: Start + In - Out
	Words    string
	By       member.ID
	At       time.Time
	Lines    []Line // only where a single report is read
}

// Line is what some of the money came from or was paid for.
type Line struct {
	What   string
	Amount Amount // above 0: it came in; below: it was paid
}

// Ref names the report in the record.
func (r Report) Ref() string { return Ref(r.Number) }

// Ref names the report with the number in the record.
func Ref(number int) string { return fmt.Sprintf("money/%d", number) }

// Limits of a report.
const (
	MaxLines    = 12
	MaxWhat     = 80  // characters
	MaxCurrency = 20  // characters
	MaxWords    = 300 // words
)

// When reports are due. No rule of a group says it, so it is what most keep: every quarter, and two weeks to put the books in order.
const (
	EveryDays = 90
	GraceDays = 14
)

// sums returns what came in and what was paid by the lines.
func sums(lines []Line) (in, out Amount) {
	for _, l := range lines {
		if l.Amount > 0 {
			in += l.Amount
		} else {
			out -= l.Amount
		}
	}
	return in, out
}

// Chain is where the next report begins: the newest one, and whether it, or those that it corrects, came first.
type Chain struct {
	Last  Report // zero: there is none
	First bool   // no other report stands before it
}

// Next returns what the next report has to begin with: the first is free, and has a zero From.
func (c Chain) Next() (from Day, start Amount, currency string) {
	if c.Last.Number == 0 {
		return "", 0, ""
	}
	return c.Last.To.Next(), c.Last.End, c.Last.Currency
}

// Again returns what a correction of the newest report has to begin with: as that one, but for the first, which is free.
func (c Chain) Again() (from Day, start Amount, currency string) {
	if c.First {
		return "", 0, ""
	}
	return c.Last.From, c.Last.Start, c.Last.Currency
}

// Due returns when the next report of a group is due, and zero for one that is too young or archived: a quarter and two weeks after the
// last day that is reported on, or after there were three members; after it was archived and came back, not sooner than that after it did.
func Due(g member.Group, last Report) time.Time {
	if g.Forming() || !g.Archived.IsZero() {
		return time.Time{}
	}
	from := g.Third
	if last.Number != 0 {
		from = last.To.Next().In(g.Zone)
	}
	if g.Reopened.After(from) {
		from = g.Reopened
	}
	y, m, d := from.In(g.Zone).Date()
	return time.Date(y, m, d+EveryDays+GraceDays, 0, 0, 0, 0, g.Zone)
}

// Holder is who writes the reports, until when, and by which role.
type Holder struct {
	Member member.Member
	Role   string
	Until  time.Time
}

// soonest puts those first whose time ends first.
func soonest(list []Holder) {
	slices.SortStableFunc(list, func(a, b Holder) int { return a.Until.Compare(b.Until) })
}
