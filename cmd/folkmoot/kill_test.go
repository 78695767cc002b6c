package main

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/motion"
)

// TestKillNineWhileCasting kills the server again and again while a town casts and changes its votes, by HTTP, with
// sessions and secret papers: everybody for or against a proposal, and by ranking in an election (security.md §3.1). Who had no answer sends the same form again. In the end every
// acknowledged vote is there exactly once, and nothing else.
func TestKillNineWhileCasting(t *testing.T) {
	t.Run(db.SQLite, func(t *testing.T) { killWhileCasting(t, 50, config.Config{}) })
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return // by hand, on SQLite only
	}
	t.Run(db.Postgres, func(t *testing.T) { killWhileCasting(t, 10, config.Config{Database: dbtest.PostgresURL(t)}) })
}

const choices = "for.... against abstain"

// storm is a town that casts without rest.
type storm struct {
	*testing.T
	voters []*voter // each of whom has one paper: people who vote twice are two

	up                   atomic.Bool // the server is said to be there
	acks, again, retried atomic.Int64
	waiting              atomic.Int64 // casts sent and not answered
}

func killWhileCasting(t *testing.T, kills int, c config.Config) {
	w := newCrowd(t, 100, c)
	number, elected := w.holdTwoVotes()
	options := len(w.ballot(elected).Options)
	w.close()
	addr := freeAddr(t)
	args := []string{"--data", w.Data}
	if w.Database != "" {
		args = append(args, "--database", w.Database)
	}
	client := newClient(64)
	var plain, ranked []*voter
	for _, p := range w.folk {
		by := caller{p, "http://" + addr, client}
		plain = append(plain, &voter{caller: by, vote: votePath(w, number)})
		ranked = append(ranked, &voter{caller: by, vote: votePath(w, elected), options: options})
	}
	s := &storm{T: t, voters: slices.Concat(plain, ranked)}
	mathrand.Shuffle(len(s.voters), func(i, j int) { s.voters[i], s.voters[j] = s.voters[j], s.voters[i] })
	ctx, stop := context.WithCancel(t.Context())
	done := s.cast(ctx)
	inFlight, slowest := 0, time.Duration(0)
	for range kills {
		began := time.Now()
		server := startAt(t, addr, args...)
		slowest = max(slowest, time.Since(began))
		s.up.Store(true)
		for had, end := s.acks.Load(), time.Now().Add(30*time.Second); s.acks.Load() == had && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(mathrand.N(400 * time.Millisecond))
		if s.waiting.Load() > 0 {
			inFlight++
		}
		server.kill(t)
		s.up.Store(false)
	}
	server := startAt(t, addr, args...)
	s.up.Store(true)
	stop()
	<-done
	s.settle()
	server.stop(t)
	t.Logf("%d kills, %d with casts in flight; %d votes acknowledged, %d of them sent again after no answer; %d forms sent once more had the same receipt; slowest start %v",
		kills, inFlight, s.acks.Load(), s.retried.Load(), s.again.Load(), slowest.Round(time.Millisecond))
	if inFlight < kills*8/10 || s.acks.Load() < int64(kills) {
		t.Error("that was no load")
	}
	w.closeVotes(t, number, elected)
	w.wantTally(t, number, plain)
	w.wantPapers(t, elected, ranked)
	w.wantRecord(t)
}

// holdTwoVotes opens a secret vote on a proposal and one by ranking in an election of convenors, both for days to come.
func (w *crowd) holdTwoVotes() (number, elected int) {
	w.Helper()
	ctx, me, now := w.Context(), w.folk[0].Actor, time.Now().Truncate(time.Millisecond)
	v, err := w.rules.Current(ctx, w.group.ID)
	w.must(err)
	w.clock.Set(now.Add(-time.Duration(v.Rules.NominationsDays+6) * day))
	w.tick()
	open, err := w.votes.Running(ctx, me)
	w.must(err)
	var e election.View
	for _, r := range open {
		if e, err = w.votes.Show(ctx, me, r.Number); err == nil && e.Role.Key == "convenors" {
			elected = r.Number
			break
		}
	}
	w.must(err)
	for _, p := range w.folk[:4] {
		w.must(w.votes.Stand(ctx, p.Actor, elected, election.Standing{Statement: "I would do it.", Interests: "None."}))
	}
	w.clock.Set(e.Until)
	w.tick()
	w.clock.Set(now.Add(-time.Duration(v.Rules.OnlineDiscussMinHours)*time.Hour - time.Minute))
	number = w.propose(true).Number
	w.clock.Set(e.Opens)
	w.tick()
	w.openVotes()
	for _, n := range []int{number, elected} {
		if b := w.ballot(n); b.State != ballot.Open || !b.Secret || b.Closes.Sub(now) < day {
			w.Fatalf("the vote %d is %s until %v", n, b.State, b.Closes)
		}
	}
	return number, elected
}

// anyOrder is what a paper says on which some of the options are put in order, and then the rest by their numbers.
func anyOrder(options int) string {
	var all []string
	for _, i := range mathrand.Perm(options) {
		all = append(all, "o"+strconv.Itoa(i+1))
	}
	ranked := 1 + mathrand.N(options)
	slices.Sort(all[ranked:])
	return strings.Join(slices.Insert(all, ranked, ""), ".")
}

// cast has the voters cast, several at a time, each as soon as they can, until the context ends.
func (s *storm) cast(ctx context.Context) (done chan struct{}) {
	done = make(chan struct{})
	var wg sync.WaitGroup
	const hands = 32
	for mine := range slices.Chunk(s.voters, (len(s.voters)+hands-1)/hands) {
		wg.Go(func() {
			for ctx.Err() == nil {
				for _, v := range mine {
					if !s.up.Load() || !s.turn(v) {
						time.Sleep(5 * time.Millisecond)
					}
				}
			}
		})
	}
	go func() { wg.Wait(); close(done) }()
	return done
}

// turn sends the voter's form again if it had no answer, else a new one. It tells whether there was an answer.
func (s *storm) turn(v *voter) bool {
	retry := v.form != nil
	if !retry {
		if v.acked != nil && mathrand.N(5) == 0 && !s.sameAnswer(v) {
			return false
		}
		form, err := v.paper(s.Context(), v.vote, strings.Fields(choices)[mathrand.N(3)], rand.Text())
		if err != nil {
			return false
		}
		if v.options > 0 {
			form.Del("choice")
			form.Set("order", anyOrder(v.options))
		}
		v.form = form
	}
	s.waiting.Add(1)
	a, err := v.post(s.Context(), v.vote, v.form)
	s.waiting.Add(-1)
	if err != nil {
		return false
	}
	v.acked, v.code, v.form = v.form, a.receipt(), nil
	if a.status != http.StatusOK || v.code == "" {
		s.Errorf("a vote was answered with %d and the code %q: %s", a.status, v.code, a.excerpt())
	}
	s.acks.Add(1)
	if retry {
		s.retried.Add(1)
	}
	return true
}

// sameAnswer sends the form that was acknowledged last once more: it must have the same receipt.
func (s *storm) sameAnswer(v *voter) bool {
	a, err := v.post(s.Context(), v.vote, v.acked)
	if err != nil {
		return false
	}
	if a.status != http.StatusOK || a.receipt() != v.code {
		s.Errorf("the same form was answered with %d and %q, before with %q: %s", a.status, a.receipt(), v.code, a.excerpt())
	}
	s.again.Add(1)
	return true
}

// settle has everybody who waits for an answer, or has not voted yet, vote.
func (s *storm) settle() {
	for _, v := range s.voters {
		if (v.form != nil || v.acked == nil) && !s.turn(v) {
			s.Fatal("a vote had no answer from a server that was not killed")
		}
		if !s.sameAnswer(v) {
			s.Fatal("no answer from a server that was not killed")
		}
	}
}

// TestKillNineInARoom kills the server again and again while those at a meeting cast their secret votes, which are final. What was acknowledged is
// counted, once, and the vote closes by itself as soon as the last of them has voted.
func TestKillNineInARoom(t *testing.T) {
	t.Run(db.SQLite, func(t *testing.T) { killInARoom(t, 8, config.Config{}) })
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return // by hand, on SQLite only
	}
	t.Run(db.Postgres, func(t *testing.T) { killInARoom(t, 4, config.Config{Database: dbtest.PostgresURL(t)}) })
}

func killInARoom(t *testing.T, kills int, c config.Config) {
	w := newCrowd(t, 60, c)
	number := w.holdInARoom()
	w.close()
	addr := freeAddr(t)
	args := []string{"--data", w.Data}
	if w.Database != "" {
		args = append(args, "--database", w.Database)
	}
	client := newClient(16)
	var all []*voter
	for _, p := range w.folk {
		all = append(all, &voter{caller: caller{p, "http://" + addr, client}, vote: votePath(w, number)})
	}
	last, rest := all[0], all[1:]
	s := &storm{T: t}
	some := (len(rest) + kills - 1) / kills
	for mine := range slices.Chunk(rest, some) {
		server := startAt(t, addr, args...)
		var sent sync.WaitGroup
		for _, v := range mine {
			sent.Go(func() { s.turn(v) }) // who has no answer sends the same form again to the next server
		}
		time.Sleep(mathrand.N(60 * time.Millisecond))
		server.kill(t)
		sent.Wait()
	}
	server := startAt(t, addr, args...)
	for _, v := range rest {
		if (v.form != nil || v.acked == nil) && !s.turn(v) || !s.sameAnswer(v) {
			t.Fatal("no answer from a server that was not killed")
		}
	}
	if !s.turn(last) {
		t.Fatal("no answer from a server that was not killed")
	}
	began := time.Now()
	for {
		a, err := last.get(t.Context(), last.vote)
		if err == nil && strings.Contains(a.header.Get("Location"), "/decisions/") {
			break
		}
		if time.Since(began) > 5*time.Second {
			t.Fatalf("everybody has voted, and %v later there is no result: %v", time.Since(began), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("the result was there %v after the last vote", time.Since(began).Round(time.Millisecond))
	server.stop(t)
	w.closeVotes(t, number)
	w.wantTally(t, number, all)
	if v := w.ballot(number); !v.InRoom() || !v.Closes.Before(v.Planned) || !v.ClosedEarly() {
		t.Errorf("closed %v, planned %v", v.Closes, v.Planned)
	}
	w.wantRecord(t)
}

// holdInARoom opens a secret vote at a meeting at which everybody is, for ten minutes from now.
func (w *crowd) holdInARoom() (number int) {
	w.Helper()
	ctx, me, now := w.Context(), w.folk[0].Actor, time.Now().Truncate(time.Millisecond)
	w.clock.Set(now.Add(-day))
	p := kettle(false)
	p.Text.Forum = motion.AtMeeting
	m, err := w.motions.Propose(ctx, me, db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.motions.Support(ctx, w.folk[i].Actor, m.Number, m.Version)
	}
	w.must(err)
	v, err := w.rules.Current(ctx, w.group.ID)
	w.must(err)
	for i := range v.Rules.SecretRequest {
		_, err := w.motions.AskSecret(ctx, w.folk[i].Actor, m.Number)
		w.must(err)
	}
	room := ballot.Room{Meeting: "meeting/1", Window: ballot.MostWindow}
	for _, p := range w.folk {
		room.Present = append(room.Present, p.Member.ID)
	}
	w.write(func(tx *db.Tx) error { // the only meeting: the rule calls none meanwhile
		if err := tx.Exec("UPDATE groups SET rhythm_at = ? WHERE id = ?", db.At(now.Add(30*day)), w.group.ID).Error; err != nil {
			return err
		}
		return motion.Schedule(tx, w.ledger, w.group, m, room.Meeting, now.Add(time.Hour))
	})
	w.clock.Set(time.Now().Truncate(time.Millisecond))
	w.tick()
	b, err := w.ballots.OpenInRoom(ctx, m.Number, me, func(*db.Tx, motion.Motion) (ballot.Room, error) { return room, nil })
	w.must(err)
	if !b.Secret || b.Entitled != len(w.folk) {
		w.Fatalf("opened as %+v", b)
	}
	return m.Number
}
