// Package demo tells the living sample: three groups, one for each preset, over two years that pass in seconds.
//
// Everything is done by the program's own services on a clock that starts in the past, so that states, rolls, counts,
// decisions and the record are as true as in any group; only the people are invented.
package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/founding"
	"folkmoot/internal/handover"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/vacancy"
)

// Clock begins in the past and is moved by the story; once the story has been told it shows the time.
type Clock struct {
	mu   sync.Mutex
	at   time.Time
	live func() time.Time
}

// NewClock returns a clock that shows when the story begins; it ends now.
func NewClock(now func() time.Time) *Clock {
	return &Clock{at: now().Truncate(step).AddDate(0, 0, -length(story())), live: now}
}

// length returns how many days the story lasts.
func length(bodies []body) (days int) {
	for _, b := range bodies {
		days = max(days, b.began)
	}
	return days
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return c.live()
	}
	return c.at
}

func (c *Clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// Services are what the story is told with. Tick does what time alone brings about by now, and returns when it has something to do next;
// zero if never.
type Services struct {
	Members    *member.Service
	Accounts   *account.Service
	Rules      *rulebook.Service
	Motions    *motion.Service
	Talk       *discussion.Service
	Ballots    *ballot.Service
	Decisions  *decision.Service
	Roles      *role.Service
	Petitions  *petition.Service
	Draws      *draw.Service
	Votes      *election.Service
	Selections *consent.Service
	Learning   *handover.Service
	Vacancies  *vacancy.Service
	Balances   *balance.Service
	Founding   *founding.Service
	Keys       *asset.Service
	Meetings   *meeting.Service
	Minutes    *minutes.Service
	Money      *money.Service
	Tick       func(context.Context) (time.Time, error)
}

// Guest is somebody in the sample whom visitors may be. Is says in a few words who that is.
type Guest struct{ Name, Is, Passphrase string }

// passphrase is everybody's in the sample. It guards nothing: the sample is deleted when the server ends.
const passphrase = "seven green kettles whistle at dawn"

// guests are the three whom visitors may be.
func guests() []Guest {
	return []Guest{
		{"Amina", "who began the tenants' union", passphrase},
		{"Kwame", "who is in all three groups", passphrase},
		{"Ade", "who joined last week and waits for a first vote", passphrase},
	}
}

// step is the least that the clock goes on. Closing times are full hours.
const step = time.Hour

// handOver is how long before the end of a term its holder writes for the next: some days after the handover has opened.
const handOver = 18 * 24 * time.Hour

// Tell lives through the story. The clock goes from one moment at which something is due or planned to the next, and stands still at none in
// between. progress is told how many of the story's days have passed.
func Tell(ctx context.Context, s Services, c *Clock, progress func(day, days int)) ([]Guest, error) {
	t := &telling{Services: s, ctx: ctx, clock: c, people: map[string]member.PersonID{}}
	bodies := story()
	days := length(bodies)
	start := c.Now()
	end := start.AddDate(0, 0, days)
	for _, b := range bodies {
		if err := t.plan(end, b); err != nil {
			return nil, err
		}
	}
	for now, day := start, 0; !now.After(end); {
		c.set(now)
		next, err := t.pass(now)
		if err != nil {
			return nil, fmt.Errorf("sample: on %s: %w", now.Format(time.DateOnly), err)
		}
		for ; day <= int(now.Sub(start)/(24*time.Hour)); day++ {
			progress(day, days)
		}
		if next.After(end) && now.Before(end) {
			next = end
		}
		now = next
	}
	c.set(time.Time{})
	return guests(), nil
}
