// Package asset keeps the register of what a group depends on and who holds it: the server, the web address, the bank, the mail
// (practice.md §2.12.6, §2.13.1). On the screen these are "keys".
//
// A key gives no power in the program. It is written down because groups get stuck when one person alone holds one, so the register
// warns: of what nobody or one person only has, of a date that has passed, and of what was handed on and not tried. Whoever receives a
// key confirms that it works; whoever gave it away cannot.
//
// Any member may write a line, with their name in the record, and the next entry about the same thing replaces it. Nobody holds anything
// for longer than 400 days without somebody writing it down anew.
package asset

import (
	"slices"
	"time"

	"folkmoot/internal/member"
)

// ID names a key.
type ID int64

// Kind is what a key opens.
type Kind string

// The kinds, in the order they are offered.
const (
	Server Kind = "server"
	Domain Kind = "domain"
	Bank   Kind = "bank"
	Mail   Kind = "mail"
	Other  Kind = "other"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Server, Domain, Bank, Mail, Other} }

// Place is which of its two holders somebody is.
type Place string

// The places.
const (
	First  Place = "holder"
	Second Place = "second"
)

// Limits of the register.
const (
	MaxKeys     = 30                   // lines of a group
	MaxText     = 80                   // characters in each part of a line
	MaxHeld     = 400 * 24 * time.Hour // as any term (G2)
	UsualHeld   = 365 * 24 * time.Hour // if no date is given
	TestTime    = 7 * 24 * time.Hour   // for the receiver to try it
	SecondsTime = 30 * 24 * time.Hour  // after a group begins, until the server has a second holder (practice.md §2.13.1)
)

// Holder is who has a key: a member, or somebody outside the group by name. The zero Holder is nobody.
type Holder struct {
	Member member.ID
	Name   string
	Since  time.Time
	Tested time.Time // when they said that it works; zero: they have not
	Left   bool      // the member has left the group, and so counts as nobody
	Called member.ID // who is called so in the group now, where only a name was written; they have not said that it is them
}

// IsZero says whether nobody is written down.
func (h Holder) IsZero() bool { return h.Member == 0 && h.Name == "" }

// has says whether somebody has the key who can be asked for it.
func (h Holder) has() bool { return !h.IsZero() && !h.Left }

// same says whether two are one, whenever they took it.
func (h Holder) same(o Holder) bool { return h.Member == o.Member && h.Name == o.Name }

// after returns who holds it from now on, where the other did before: who keeps it keeps since when, and that they tried it.
func (h Holder) after(was Holder, now time.Time) Holder {
	if h.IsZero() {
		return Holder{}
	}
	if h.same(was) && !was.Since.IsZero() {
		return was
	}
	h.Since = now
	return h
}

// Key is something the group depends on.
type Key struct {
	ID            ID
	Kind          Kind
	What          string
	First, Second Holder
	Until         time.Time // holding ends
	Gone          bool      // the group has it no more
	At            time.Time // of the newest entry about it
}

// Warning is what is wrong with a key.
type Warning string

// The warnings, the gravest first.
const (
	Missing  Warning = "missing" // nobody has written down who runs the server
	Nobody   Warning = "nobody"
	One      Warning = "one" // one person only
	Left     Warning = "left"
	Overdue  Warning = "overdue"
	Untested Warning = "untested" // handed on, and not tried for a week
)

// Warnings returns what is wrong with the key now, the gravest first.
func (k Key) Warnings(now time.Time) (out []Warning) {
	if k.Gone {
		return nil
	}
	first, second := k.First.has(), k.Second.has()
	switch {
	case !first && !second:
		out = append(out, Nobody)
	case !first || !second:
		out = append(out, One)
	}
	if k.First.Left || k.Second.Left {
		out = append(out, Left)
	}
	if (first || second) && !now.Before(k.Until) {
		out = append(out, Overdue)
	}
	if k.untested(k.First, now) || k.untested(k.Second, now) {
		out = append(out, Untested)
	}
	return out
}

// untested says whether a member has had it for a while and has not said that it works. Who is outside the group cannot say so here.
func (k Key) untested(h Holder, now time.Time) bool {
	return h.Member != 0 && !h.Left && h.Tested.IsZero() && !now.Before(h.Since.Add(TestTime))
}

// MayTest says whether the member has received the key and not confirmed it yet.
func (k Key) MayTest(who member.ID) bool {
	return !k.Gone && who != 0 && (k.First.Member == who && k.First.Tested.IsZero() || k.Second.Member == who && k.Second.Tested.IsZero())
}

// MayClaim says whether the member is called as a holder who was written down by name only, as before they had joined.
func (k Key) MayClaim(who member.ID) bool {
	return !k.Gone && who != 0 && k.First.Member != who && k.Second.Member != who && (k.First.Called == who || k.Second.Called == who)
}

// Alert is a warning that stands on the group's first page until it is put right.
type Alert struct {
	Key     Key // zero, but for its kind, if nothing is written down
	Warning Warning
}

// Alerts returns what stands on the first page: of money always, of the server once the group has had its days to find a second
// holder, and at once if the date has passed.
func Alerts(keys []Key, begun, now time.Time) (out []Alert) {
	inTime := now.Before(begun.Add(SecondsTime))
	server := false
	bank := slices.ContainsFunc(keys, func(k Key) bool { return k.Kind == Bank && slices.ContainsFunc(k.Warnings(now), alerts) })
	for _, k := range keys {
		server = server || k.Kind == Server && !k.Gone
		for _, w := range k.Warnings(now) {
			switch {
			case !alerts(w):
			case k.Kind == Bank, k.Kind == Server && (w == Overdue || !inTime || bank): // beside a bank that is warned of, silence would say that the server is well held
				out = append(out, Alert{k, w})
			}
		}
	}
	if !server && !inTime {
		out = append(out, Alert{Key{Kind: Server}, Missing})
	}
	return out
}

// alerts says whether a warning is among those that stand on the first page.
func alerts(w Warning) bool { return w == Nobody || w == One || w == Overdue }
