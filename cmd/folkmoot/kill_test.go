package main

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestKillNineWhileCasting kills the server again and again while a town casts and changes its votes, by HTTP, with
// sessions and secret papers (security.md §3.1). Who had no answer sends the same form again. In the end every
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
	vote   string // path
	voters []*voter

	up                   atomic.Bool // the server is said to be there
	acks, again, retried atomic.Int64
	waiting              atomic.Int64 // casts sent and not answered
}

func killWhileCasting(t *testing.T, kills int, c config.Config) {
	w := newCrowd(t, 200, c)
	number := w.propose(true).Number
	w.openVotes()
	w.close()
	addr := freeAddr(t)
	args := []string{"--data", w.Data}
	if w.Database != "" {
		args = append(args, "--database", w.Database)
	}
	s := &storm{T: t, vote: votePath(w, number)}
	client := newClient(64)
	for _, p := range w.folk {
		s.voters = append(s.voters, &voter{caller: caller{p, "http://" + addr, client}})
	}
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
	w.wantCounted(t, number, s.voters)
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
		form, err := v.paper(s.Context(), s.vote, strings.Fields(choices)[mathrand.N(3)], rand.Text())
		if err != nil {
			return false
		}
		v.form = form
	}
	s.waiting.Add(1)
	a, err := v.post(s.Context(), s.vote, v.form)
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
	a, err := v.post(s.Context(), s.vote, v.acked)
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
