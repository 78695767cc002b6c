// Package vacancy does what a group needs when nobody steps up (practice.md §2.12.6): it never keeps anybody in a role, and it never leaves the
// group unable to act.
//
// When a seat is free and nobody is to follow, a vacancy opens. Somebody looks after the seat for some weeks, chores only: the understudy, or
// somebody drawn by lot from those who said that they might. Besides, any two members together do the chores while nobody holds the role. After
// a week members are asked what shall become of it, and after a quarter of a year it sleeps until they wake it.
//
// Everything follows from dates and needs nobody to run it. A caretaker's term is a term: it is given by the one way to a term, ends by itself,
// counts against the limits, and can be given up and ended by members.
package vacancy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// ID names a vacancy.
type ID int64

// How a vacancy closed.
type How string

// The ways in which it can.
const (
	Filled How = "filled"
	Fewer  How = "fewer"  // members did away with the seat
	Ended  How = "ended"  // members ended the role
	Asleep How = "asleep" // nobody is asked for the role any more

	Archived How = "archived" // with the group
)

// Vacancy is that nobody holds a seat of a role, and nobody is to.
type Vacancy struct {
	ID     ID
	Group  member.GroupID
	Role   role.ID
	Number int // from 1 in each group
	Seat   int
	After  role.TermID // the last term in the seat; 0: there has been none
	Opened time.Time
	Until  time.Time // the longest that somebody looks after the seat
	Motion motion.ID // that asks what shall become of the role; 0: none has yet
	Closed time.Time
	How    How
}

// Ref names the vacancy in the record.
func (v Vacancy) Ref() string { return "vacancy/" + strconv.Itoa(v.Number) }

// When the steps come, beside the days for caretakers that the rules give (practice.md §2.12.6).
const (
	day         = 24 * time.Hour
	askAfter    = 7 * day
	sleepAfter  = 90 * day
	leastMind   = day      // nobody is made a caretaker for less
	mostStay    = 28 * day // for who held the role last, by a vote of two thirds
	grace       = time.Hour
	recheckTime = day
)

// AskedAt is when members are asked what shall become of the role, if nobody has been found.
func (v Vacancy) AskedAt() time.Time { return v.Opened.Add(askAfter) }

// SleepsAt is when the role falls asleep, if nobody has been found for any of its seats.
func (v Vacancy) SleepsAt() time.Time { return v.Opened.Add(sleepAfter) }

// Choice is something that can become of a role.
type Choice string

// The choices; Merge has the key of the other role behind it.
const (
	Again   Choice = "again"   // everybody is asked at once
	OneMore Choice = "more"    // the work is split among one more: one seat more
	OneLess Choice = "fewer"   // one seat less
	Abolish Choice = "abolish" // the role ends
	Merge   Choice = "merge/"  // another role takes over its chores, and it ends
	RON     Choice = "ron"     // none of these: everything stays
)

// Into returns the key of the role that would take over the chores; "" if that is not the choice.
func (c Choice) Into() string {
	key, _ := strings.CutPrefix(string(c), string(Merge))
	if key == string(c) {
		return ""
	}
	return key
}

// Name returns what the choice is called in a count.
func (c Choice) Name() lang.Msg { return c.say("name") }

// Line returns what the choice means, as it stands on the paper.
func (c Choice) Line() lang.Msg { return c.say("line") }

func (c Choice) say(how string) lang.Msg {
	if into := c.Into(); into != "" {
		return lang.M("vacancy."+how+".merge", "Other", lang.M("role."+into+".name"))
	}
	return lang.M("vacancy." + how + "." + string(c))
}

// Kind returns the choice without what stands behind it.
func (c Choice) Kind() Choice {
	if c.Into() != "" {
		return Merge
	}
	return c
}

// Choices returns what can become of a role in a group that has others too, in the order in which it is offered (practice.md §2.12.6). What is
// split is the work and not the role: that would halve its powers, and no role has two.
func Choices(r role.Role, others []role.Role) (out []Choice) {
	out = append(out, Again)
	if r.Seats < role.MostSeats {
		out = append(out, OneMore)
	}
	if r.Seats > 1 {
		out = append(out, OneLess)
	}
	for _, o := range others {
		if o.ID != r.ID && o.Lives() {
			out = append(out, Merge+Choice(o.Key))
		}
	}
	return append(out, Abolish)
}

// contest is the ballot on what shall become of a role.
func contest(choices []Choice) ballot.Contest {
	c := ballot.Contest{Method: ballot.IRV, Seats: 1, RON: len(choices) + 1}
	for _, ch := range choices {
		c.Options = append(c.Options, string(ch))
	}
	c.Options = append(c.Options, string(RON))
	return c
}

// hasFallenAsleep says whether nobody has taken any seat of the role for so long that nobody is asked any more.
func hasFallenAsleep(r role.Role, open []Vacancy, now time.Time) bool {
	return len(open) == r.Seats && !slices.ContainsFunc(open, func(v Vacancy) bool { return now.Before(v.SleepsAt()) })
}

// Free is that places in a role are free.
type Free struct {
	Role      string // its key
	Places    int
	Caretaker member.ID // who looks after one of them; 0: nobody does
	Until     time.Time
}
