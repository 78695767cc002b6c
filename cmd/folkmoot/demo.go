package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/demo"
	"folkmoot/web"
)

// sample serves the living sample from a temporary folder.
func (s *serveCmd) sample(e *env, c config.Config) (err error) {
	lis, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer lis.Close() // closed already once it has served
	dir, err := os.MkdirTemp("", "folkmoot-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c.Data, c.Keys, c.Database = filepath.Join(dir, "data"), filepath.Join(dir, "keys"), ""
	c.SMTPHost = "" // nobody in the sample is there
	clock := demo.NewClock(e.now)
	told := *e
	told.now = clock.Now
	a, err := open(e.ctx, c, clock.Now, e.log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	people, err := demo.Tell(e.ctx, a.demo(), clock, func(day, days int) {
		if day%30 == 0 {
			fmt.Fprintf(e.stderr, "Making the sample: day %d of %d\n", day, days)
		}
	})
	if err != nil {
		return err
	}
	return serve(&told, c, a, lis, visitors(people), func() error { return welcome(e, c, people) })
}

// visitors are the people of the sample as the pages know them.
func visitors(people []demo.Guest) (guests []web.Guest) {
	for _, p := range people {
		guests = append(guests, web.Guest{Key: strings.ToLower(p.Name), Name: p.Name, Passphrase: p.Passphrase})
	}
	return guests
}

// welcome says where the sample is and as whom one can look at it.
func welcome(e *env, c config.Config, people []demo.Guest) error {
	fmt.Fprintf(e.stdout, "The sample is at %s and is deleted when the server stops.\n\nGo in as\n", c.Base())
	for _, p := range people {
		fmt.Fprintf(e.stdout, "  %s, %s: %s/sample/%s\n", p.Name, p.Is, c.Base(), strings.ToLower(p.Name))
	}
	_, err := fmt.Fprintf(e.stdout, "\nEvery piece of the pages: %s/style\n", c.Base())
	return err
}

// demo is what the story is told with. Time brings about in it what it does on a server.
func (a *app) demo() demo.Services {
	return demo.Services{
		Members: a.members, Accounts: a.accounts, Rules: a.rules, Motions: a.motions, Talk: a.talk, Ballots: a.ballots, Decisions: a.outcomes, Roles: a.roles,
		Petitions: a.petition, Draws: a.draws, Votes: a.votes, Selections: a.consent, Learning: a.learning, Vacancies: a.vacancies, Balances: a.balances,
		Founding: a.founding, Keys: a.keys, Meetings: a.meetings, Minutes: a.minutes, Money: a.money,
		Tick: a.catchUp,
	}
}

// mostRounds is how often what is due may make something else due at once.
const mostRounds = 50

// catchUp does what is due by now, with what that makes due at once, and returns when there is something to do next; zero: never.
func (a *app) catchUp(ctx context.Context) (next time.Time, err error) {
	duties := a.due()
	for range mostRounds {
		var due []duty
		if due, next, err = a.dueOf(ctx, duties); err != nil || len(due) == 0 {
			return next, err
		}
		for _, d := range due {
			if err := d.Do(ctx); err != nil {
				return next, fmt.Errorf("%s: %w", d.Name, err)
			}
		}
	}
	return next, fmt.Errorf("something is due that %d rounds did not do", mostRounds)
}

// dueOf returns those of the duties with something to do now; if there are none, when there is next.
func (a *app) dueOf(ctx context.Context, duties []duty) (due []duty, next time.Time, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		due, next = nil, time.Time{}
		for _, d := range duties {
			at, err := d.next(tx)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", d.Name, err)
			case at.IsZero():
			case !at.After(tx.Now):
				due = append(due, d)
			case next.IsZero() || at.Before(next):
				next = at
			}
		}
		return nil
	})
	return due, next, err
}
