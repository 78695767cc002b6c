package ballot_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/votetest"
)

// together runs f n times at the same moment and waits.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// TestDoubleVoteRaceV01 has one voter vote many times at the same moment: from one form, as a nervous finger would, and from
// many, as an attacker would. There is one vote, and everybody who is told that theirs was taken is told the same.
func TestDoubleVoteRaceV01(t *testing.T) {
	const ways, rounds = 200, 10
	for _, secret := range []bool{true, false} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "A", rounds*2)
				v := w.Open(secret)
				for round := range rounds {
					one, many := w.Who[2*round], w.Who[2*round+1]
					form := w.Form(one, 1, ballot.For)
					form.Once = db.OnceFor(int64(one.Person), fmt.Sprint("form ", round))
					basis := w.ShowTo(many, 1).Basis
					receipts, errs := make([]string, 2*ways), make([]error, 2*ways)
					together(2*ways, func(i int) {
						a, vote := one, form
						if i >= ways {
							a, vote = many, ballot.Vote{Choice: ballot.Choices()[i%3], Client: fmt.Sprint("form ", i), Basis: basis}
						}
						taken, err := w.Ballots.Cast(t.Context(), a, 1, vote)
						receipts[i], errs[i] = taken.Receipt.Code, err
					})
					taken := 0
					for i, err := range errs {
						switch {
						case i < ways && (err != nil || receipts[i] != receipts[0]):
							t.Fatalf("the same form: %q, %v", receipts[i], err)
						case i >= ways && err == nil:
							taken++
						case i >= ways && fault.KindOf(err) != fault.Conflict:
							t.Fatalf("another form: %v", err)
						}
					}
					if secret && taken != 1 {
						t.Errorf("%d of %d forms of one voter were taken, want 1", taken, ways)
					}
				}
				c.Set(v.Closes)
				w.Tick()
				v = w.Show(1)
				if v.Votes.Turnout() != 2*rounds || v.Votes.For < rounds {
					t.Errorf("%+v", v.Votes)
				}
			})
		})
	}
}

// TestDeadlineRaceV04 votes around the close while the clock runs through it: what was acknowledged is counted, and nothing
// else; and nothing is acknowledged after the count.
func TestDeadlineRaceV04(t *testing.T) {
	const rounds, voters, atOnce = 12, 24, 6
	for _, secret := range []bool{true, false} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				some, none := 0, 0
				for round := range rounds {
					w := votetest.New(t, d, c, "A", voters)
					v := w.Open(secret)
					forms := make([]ballot.Vote, voters)
					for i, a := range w.Who {
						forms[i] = w.Form(a, 1, ballot.Choices()[i%3])
					}
					c.Set(v.Closes.Add(-time.Millisecond))
					acked, errs := make([]bool, voters), make([]error, 2)
					var answered atomic.Int64
					together(voters+2, func(i int) {
						switch {
						case i == voters: // the close comes after a few answers, in the midst of the others
							for answered.Load() < int64(1+round*(voters-atOnce)/rounds) {
								time.Sleep(20 * time.Microsecond)
							}
							c.Set(v.Closes)
						case i > voters:
							for answered.Load() < voters {
								errs[0] = errors.Join(errs[0], w.Ballots.Tick(t.Context()))
							}
						default:
							defer answered.Add(1)
							for answered.Load() < int64(i-atOnce) {
								time.Sleep(20 * time.Microsecond)
							}
							_, err := w.Ballots.Cast(t.Context(), w.Who[i], 1, forms[i])
							acked[i] = err == nil
							if err != nil && fault.KindOf(err) != fault.Conflict {
								errs[1] = err
							}
						}
					})
					if err := errors.Join(errs...); err != nil {
						t.Fatal(err)
					}
					w.Tick()
					n := int64(0)
					var want [3]int64
					for i, ok := range acked {
						if ok {
							n++
							want[i%3]++
						}
					}
					v = w.Show(1)
					if len(v.Earlier) > 0 {
						v.Ballot = v.Earlier[0]
					}
					if got := [3]int64{v.Votes.For, v.Votes.Against, v.Votes.Abstain}; got != want {
						t.Fatalf("acknowledged %v, counted %v", want, got)
					}
					some, none = some+int(n), none+voters-int(n)
					if _, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, forms[0]); fault.KindOf(err) != fault.Conflict {
						t.Fatalf("after the count: %v", err)
					}
				}
				t.Logf("%d votes in time, %d late", some, none)
				if some == 0 || none == 0 {
					t.Error("the race was no race")
				}
			})
		})
	}
}
