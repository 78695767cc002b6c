// Package revival looks after groups in which nothing is decided any more (practice.md §2.12.6, Revival): it tells everybody, gives the group
// a time in which whoever takes part can fill its roles again or wind it up, and archives what nobody comes back to.
//
// The clock does all of it, and decides nothing: an archived group has no powers, no open votes and no results it did not have before. It can
// be read and taken along, and any three of its last roll open it again. What a member does in an archived group is refused in one place,
// member.Again.
//
// Who has answered is not kept: to say “I am here” is activity like any other, of which a month is known and nothing finer.
package revival

import (
	"strconv"
	"time"

	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Least is how many it takes to keep a group awake, to answer for it while it sleeps, and to open it again.
const Least = 3

const day = 24 * time.Hour

// The times of revival. The window itself is as long as two votes.
const (
	Doze    = 90 * day // without a decision, until a group counts as asleep
	Notice  = 14 * day // to everybody, before the window opens
	Repeat  = 90 * day // from one window's opening to the next one's, while the group sleeps
	Grace   = 60 * day // after a window in which too few answered, until the group is archived
	Between = 14 * day // at least, between the two votes on winding up
	late    = 7 * day  // if nothing ran for longer, members get the time that was lost
)

// Why is the reason for which a group counts as asleep.
type Why string

// The reasons.
const (
	Undecided Why = "undecided" // nothing was decided for long, and nobody holds a role by a vote
	Few       Why = "few"       // too few members are active
)

// Pulse is what tells whether a group sleeps.
type Pulse struct {
	Since   time.Time // of the last vote in which enough took part, or since the group can decide
	Active  int
	Elected bool // somebody holds a role by a vote of the members
}

// Asleep returns why the group sleeps; "": it does not. One in which nobody proposes anything, but whose members are active and have elected
// people, is not asleep.
func (p Pulse) Asleep(now time.Time) Why {
	switch {
	case p.Active < Least:
		return Few
	case now.Sub(p.Since) >= Doze && !p.Elected:
		return Undecided
	}
	return ""
}

// How is how a notice ended.
type How string

// The ends.
const (
	Woke     How = "woke"     // enough are active, or something was decided
	Again    How = "again"    // enough have answered, and the group sleeps on: it is told again
	Archived How = "archived" // too few have answered, or the members wound the group up
)

// Revival is a notice to a sleeping group, with the window in which it can wake.
type Revival struct {
	ID       int64
	Group    member.GroupID
	Number   int // from 1 in each group
	Why      Why
	Since    time.Time
	Noticed  time.Time
	Opens    time.Time
	Closes   time.Time
	Archives time.Time // the group, if fewer than Least have answered by then
	Ended    time.Time
	How      How
	Answered int // when it ended
	due      time.Time
}

// Ref names the notice in the record.
func (r Revival) Ref() string { return "revival/" + strconv.Itoa(r.Number) }

// IsOpen says whether the notice stands.
func (r Revival) IsOpen() bool { return r.ID != 0 && r.Ended.IsZero() }

// CanWake says whether the window is open.
func (r Revival) CanWake(now time.Time) bool {
	return r.IsOpen() && !now.Before(r.Opens) && now.Before(r.Closes)
}

// plan returns a notice given now, with its times.
func plan(g member.Group, rules rulebook.Rules, why Why, since, now time.Time) Revival {
	r := Revival{Group: g.ID, Why: why, Since: since, Noticed: now, Opens: rulebook.Evening(now.Add(Notice), g.Zone)}
	r.Closes = r.Opens.Add(2 * time.Duration(rules.OnlineVoteHours) * time.Hour)
	r.Archives = r.Closes.Add(Grace)
	r.due = r.next(now)
	return r
}

// next is when the clock looks at the notice next: at each of its times, and every day, since the group may have woken.
func (r Revival) next(now time.Time) time.Time {
	at := now.Add(day)
	for _, t := range []time.Time{r.Opens, r.Closes, r.Archives} {
		if t.After(now) && t.Before(at) {
			at = t
		}
	}
	return at
}

// shift puts off what was to come when the clock should have looked, by as long as nothing ran.
func (r Revival) shift(now time.Time) Revival {
	lost, from := now.Sub(r.due), r.due
	for _, t := range []*time.Time{&r.Opens, &r.Closes, &r.Archives} {
		if !t.Before(from) {
			*t = t.Add(lost)
		}
	}
	return r
}
