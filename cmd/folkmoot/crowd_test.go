package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/token"
)

// crowd is a data folder with a crowd in it: a group whose members are signed in, made by the program's own services.
// Its clock stands until the test moves it, and what time brings about happens when the test calls tick.
type crowd struct {
	testing.TB
	config.Config
	*app
	clock *dbtest.Clock
	group member.Group
	folk  []citizen
	asked *statements // what the services ask the database
}

// citizen is one of the crowd with the secret of a session.
type citizen struct {
	member.Actor
	session string
}

const day = 24 * time.Hour

// joined is how long ago the citizens joined: long enough ago to vote in every preset, and to have elected somebody.
const joined = 120 * day

// newCrowd makes a crowd of so many people. It is on SQLite unless the settings name another database.
func newCrowd(t testing.TB, people int, c config.Config) *crowd {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir() + "/data"
	}
	w := &crowd{TB: t, Config: c, clock: dbtest.NewClock(time.Now().Add(-joined).Truncate(time.Millisecond)), asked: &statements{}}
	w.open()
	w.populate(people)
	return w
}

// open starts the services on the data, as a start of the program does.
func (w *crowd) open() {
	w.Helper()
	log := slog.New(slog.NewTextHandler(w.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := db.Open(w.Context(), db.Options{Dir: w.Data, URL: w.Database, Now: w.clock.Now, Log: log, Watch: w.asked.note})
	if err != nil {
		w.Fatal(err)
	}
	a, err := assemble(w.Context(), d, w.Config, w.clock.Now, log, false)
	if err != nil {
		w.Fatal(err)
	}
	w.app = a
	w.Cleanup(func() {
		if w.app == a {
			w.close()
		}
	})
}

// close ends the services, so that the program can be started on the data.
func (w *crowd) close() {
	w.Helper()
	a := w.app
	w.app = nil
	if err := a.close(context.WithoutCancel(w.Context())); err != nil {
		w.Error(err)
	}
}

// site returns the pages on the data.
func (w *crowd) site() http.Handler {
	w.Helper()
	c := w.Config
	c.Addr = "localhost:8080"
	h, err := newSite(&env{ctx: w.Context(), log: slog.New(slog.DiscardHandler), now: w.clock.Now}, c, w.app, nil)
	if err != nil {
		w.Fatal(err)
	}
	return h
}

// populate founds the group and has everybody join. Nobody has a passphrase: they are signed in.
func (w *crowd) populate(people int) {
	w.Helper()
	ctx := w.Context()
	secrets := make([]string, people)
	persons := make([]member.PersonID, people)
	w.write(func(tx *db.Tx) (err error) {
		persons[0], secrets[0], err = moveIn(tx, 0, w.clock.Now())
		return err
	})
	g, err := w.members.Found(ctx, db.Once{}, persons[0], member.Founding{Name: "Town", Aim: "to be many", Preset: "B", Lang: "en", Zone: "UTC", By: name(0)})
	if err != nil {
		w.Fatal(err)
	}
	founder := w.actor(persons[0], g.Slug)
	if err := w.members.SetupStep(ctx, founder, member.LastStep); err != nil {
		w.Fatal(err)
	}
	for from := 1; from < people; from += member.MaxUses {
		invitation, err := w.members.Invite(ctx, db.Once{}, founder, member.MaxUses, member.MaxInviteDays)
		if err != nil {
			w.Fatal(err)
		}
		w.write(func(tx *db.Tx) (err error) {
			for i := from; err == nil && i < min(from+member.MaxUses, people); i++ {
				if persons[i], secrets[i], err = moveIn(tx, i, w.clock.Now()); err == nil {
					_, err = w.members.JoinIn(tx, persons[i], invitation, name(i))
				}
			}
			return err
		})
	}
	for i, p := range persons {
		w.folk = append(w.folk, citizen{w.actor(p, g.Slug), secrets[i]})
	}
	w.group = w.folk[0].Group
	rules, err := w.rules.Current(ctx, w.group.ID)
	if err != nil {
		w.Fatal(err)
	}
	w.clock.Set(time.Now().Add(-time.Duration(rules.Rules.OnlineDiscussMinHours)*time.Hour - time.Minute).Truncate(time.Millisecond))
}

func name(i int) string { return fmt.Sprintf("Citizen %d", i) }

// moveIn puts a person with a session into the tables, without the passphrase that would take longest.
func moveIn(tx *db.Tx, i int, now time.Time) (person member.PersonID, secret string, err error) {
	secret = token.New()
	hash := token.Hash(secret)
	at, today := now.UnixMilli(), time.Now().UTC().Truncate(day).UnixMilli()
	err = tx.Raw("INSERT INTO people (ref, handle, handle_key, created_at) VALUES (?, ?, ?, ?) RETURNING id",
		token.Ref("p_"), name(i), member.Fold(name(i)), at).Scan(&person).Error
	if err == nil {
		err = tx.Exec("INSERT INTO logins (person_id, passphrase, recovery, changed_at) VALUES (?, '', ?, ?)", person, []byte(rand.Text()), at).Error
	}
	if err == nil {
		err = tx.Exec("INSERT INTO sessions (person_id, hash, label, created_at, seen_at, expires_at) VALUES (?, ?, 'Firefox', ?, ?, ?)",
			person, hash, at, today, time.Now().Add(day*30).UnixMilli()).Error
	}
	return person, secret, err
}

func (w *crowd) actor(p member.PersonID, slug string) (a member.Actor) {
	w.Helper()
	w.read(func(tx *db.Tx) (err error) {
		a, err = member.ActorIn(tx, p, slug)
		return err
	})
	return a
}

func (w *crowd) read(f func(*db.Tx) error) {
	w.Helper()
	if err := w.db.Read(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

func (w *crowd) write(f func(*db.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.Context(), f); err != nil {
		w.Fatal(err)
	}
}

// tick does everything that is due.
func (w *crowd) tick() {
	w.Helper()
	for _, j := range w.jobs() {
		if err := j.Do(w.Context()); err != nil {
			w.Fatalf("%s: %v", j.Name, err)
		}
	}
}

// propose puts a proposal forward and supports it until it is tabled, with a secret vote if asked.
func (w *crowd) propose(secret bool) motion.Motion {
	w.Helper()
	ctx := w.Context()
	m, err := w.motions.Propose(ctx, w.folk[0].Actor, db.Once{}, 0, kettle(secret))
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.motions.Support(ctx, w.folk[i].Actor, m.Number, m.Version)
	}
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func kettle(secret bool) motion.Proposal {
	return motion.Proposal{Kind: motion.Action, ReviewDays: 90, AboutPerson: secret, Text: motion.Text{
		Title: "Buy a kettle", Won: "There is tea.", Clauses: []motion.Clause{{Text: "We buy a kettle by May."}, {Text: "Two of us report."}},
	}}
}

// openVotes opens the votes on what was proposed, as of now by the real clock.
func (w *crowd) openVotes() {
	w.Helper()
	w.clock.Set(time.Now().Truncate(time.Millisecond))
	w.tick()
}
