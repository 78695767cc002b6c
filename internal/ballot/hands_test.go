package ballot_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// handed opens a vote among eight, of whom the last so many have no device; the first two count their hands.
func handed(w *votetest.World, hands int) ballot.View {
	w.Helper()
	m := w.TableForMeeting(false)
	w.Schedule(m, meeting, w.Clock.Now().Add(time.Hour))
	here := w.Present(8)
	if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: here, ByHand: here[8-hands:], Tellers: here[:2]}); err != nil {
		w.Fatal(err)
	}
	return w.Show(m.Number)
}

// TestHandsAreCounted: two count alone what those without a device say, and it is among the votes; nobody else votes for them.
func TestHandsAreCounted(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v, ctx := handed(w, 3), t.Context()
		if v.ByHand != 3 || v.Entitled != 8 {
			t.Fatalf("opened as %+v", v.Ballot)
		}
		if mine := w.ShowTo(w.Who[7], 1); mine.OnRoll || !mine.ByMyHand || mine.Counting != nil {
			t.Errorf("who has no device sees %+v", mine)
		}
		if one := w.ShowTo(w.Who[0], 1); !one.OnRoll || one.ByMyHand || one.Counting == nil || one.Counting.Entered {
			t.Errorf("who counts sees %+v", one)
		}
		_, err := w.Ballots.Cast(ctx, w.Who[7], 1, w.Form(w.Who[0], 1, ballot.For))
		w.WantKind("who votes by hand, online", err, fault.Denied)
		if parts, err := w.Ballots.Parts(ctx, w.Who[7], []motion.Motion{v.Motion}); err != nil || parts[v.Motion.ID].May {
			t.Errorf("who votes by hand is asked to vote: %v, %v", parts, err)
		}
		count := func(who int, h ballot.Hands) (bool, error) {
			return w.Ballots.CountHands(ctx, w.Who[who], 1, w.Show(1).ByHand, h)
		}
		_, err = count(2, ballot.Hands{For: 1})
		w.WantKind("who does not count", err, fault.Denied)
		for _, h := range []ballot.Hands{{For: 4}, {For: 2, Against: 1, Abstain: 1}, {For: -1}, {Abstain: 1 << 62, For: 1 << 62}} {
			_, err = count(0, h)
			w.WantKind("more than have no device", err, fault.Invalid)
		}
		for range 2 {
			if again, err := count(0, ballot.Hands{For: 2, Against: 1}); again || err != nil {
				t.Fatalf("the first count: %v, %v", again, err)
			}
		}
		_, err = count(0, ballot.Hands{For: 3})
		w.WantKind("another count by the same", err, fault.Conflict)
		if other := w.ShowTo(w.Who[1], 1); other.Counting.Entered || other.Counting.Mine != (ballot.Hands{}) {
			t.Errorf("the other sees %+v", other.Counting)
		}
		if again, err := count(1, ballot.Hands{For: 3}); !again || err != nil {
			t.Fatalf("another number: %v, %v", again, err)
		}
		for _, who := range []int{0, 1} {
			if x := w.ShowTo(w.Who[who], 1).Counting; x.Entered || x.Again != 1 {
				t.Errorf("both count again: %+v", x)
			}
			if again, err := count(who, ballot.Hands{For: 2, Against: 1}); again || err != nil {
				t.Fatalf("%v, %v", again, err)
			}
		}
		_, err = count(1, ballot.Hands{For: 3})
		w.WantKind("after they agree", err, fault.Conflict)
		for _, a := range w.Who[:4] {
			w.Cast(a, 1, ballot.For)
		}
		c.Set(v.Closes.Add(-time.Millisecond))
		w.Tick()
		if w.Show(1).State != ballot.Open {
			t.Error("it closed early, with one who had not voted")
		}
		w.GoTo(v.Closes)
		v = w.Show(1)
		if v.Votes != (tally.Votes{For: 6, Against: 1, Entitled: 8}) || v.Turnout != 7 || v.HandsHow != ballot.HandsAgreed || v.Hands != (ballot.Hands{For: 2, Against: 1}) || v.Outcome != tally.Carried {
			t.Errorf("counted: %+v", v.Ballot)
		}
		if kept := w.ShowTo(w.Who[0], 1).Counting; kept.Entered {
			t.Error("what a teller counted is kept")
		}
	})
}

// TestHandsCloseEarly: as soon as everybody has voted, whichever way, nothing is waited for.
func TestHandsCloseEarly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v := handed(w, 1)
		for _, a := range w.Who[:7] {
			w.Cast(a, 1, ballot.Against)
		}
		c.Set(c.Now().Add(10 * time.Second))
		w.Tick()
		if w.Show(1).State != ballot.Open {
			t.Fatal("it closed without the hands")
		}
		for _, a := range w.Who[:2] {
			if _, err := w.Ballots.CountHands(t.Context(), a, 1, v.ByHand, ballot.Hands{Abstain: 1}); err != nil {
				t.Fatal(err)
			}
		}
		w.Tick()
		if end := w.Show(1); !end.ClosedEarly() || end.Closes != c.Now() || end.Closes == v.Closes || end.Votes != (tally.Votes{Against: 7, Abstain: 1, Entitled: 8}) {
			t.Errorf("%+v", end.Ballot)
		}
	})
}

// TestHandsHangOnNobody: a vote waits for those who count hands, but not for long; without equal numbers the hands count as not given.
// Who votes with a device has no longer for it.
func TestHandsHangOnNobody(t *testing.T) {
	for name, counted := range map[string][]ballot.Hands{"nobody counted": nil, "one did": {{For: 1}}, "they do not agree": {{For: 1}, {For: 2}}} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 12)
				v := handed(w, 3)
				for _, a := range w.Who[:5] {
					w.Cast(a, 1, ballot.For)
				}
				w.Write(func(tx *db.Tx) error { return w.Ballots.Extend(tx, v.ID, "connections") })
				v = w.Show(1)
				w.GoTo(v.Closes)
				if v = w.Show(1); v.State != ballot.Open || v.IsOpen(c.Now()) {
					t.Fatalf("as the time of those with a device is over: %+v", v.Ballot)
				}
				_, err := w.Ballots.Cast(t.Context(), w.Who[2], 1, ballot.Vote{Choice: ballot.Against})
				w.WantKind("a vote after the time", err, fault.Conflict)
				for i, h := range counted {
					if _, err := w.Ballots.CountHands(t.Context(), w.Who[i], 1, v.ByHand, h); err != nil {
						t.Fatal(err)
					}
				}
				w.Read(func(tx *db.Tx) error {
					at, err := w.Ballots.Next(tx)
					if !at.Equal(v.HandsUntil()) {
						t.Errorf("looks again at %v, not at %v", at, v.HandsUntil())
					}
					return err
				})
				w.GoTo(v.HandsUntil().Add(-time.Millisecond))
				if w.Show(1).State != ballot.Open {
					t.Error("it did not wait")
				}
				w.GoTo(v.HandsUntil())
				_, err = w.Ballots.CountHands(t.Context(), w.Who[0], 1, v.ByHand, ballot.Hands{For: 1})
				w.WantKind("a count after the end", err, fault.Conflict)
				if end := w.Show(1); end.State != ballot.Counted || end.HandsHow != ballot.HandsNotGiven || end.Closes != v.Closes || end.Turnout != 5 || end.Outcome != tally.Carried {
					t.Errorf("%+v", end.Ballot)
				}
			})
		})
	}
}

// TestHandsAfterTheTime: once those who count agree, the vote closes at once, as of when it had to.
func TestHandsAfterTheTime(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v := handed(w, 2)
		w.Cast(w.Who[3], 1, ballot.For)
		w.GoTo(v.Closes.Add(30 * time.Second))
		for _, a := range w.Who[:2] {
			if _, err := w.Ballots.CountHands(t.Context(), a, 1, v.ByHand, ballot.Hands{For: 1, Abstain: 1}); err != nil {
				t.Fatal(err)
			}
		}
		w.Tick()
		end := w.Show(1)
		if end.State != ballot.Counted || end.Closes != v.Closes || end.Turnout != 3 {
			t.Errorf("%+v", end.Ballot)
		}
		if few := int64(3) < int64(end.Quorum); few != (end.Outcome == tally.Inquorate) || few && (end.Hands != (ballot.Hands{}) || end.HandsTurnout != 2) {
			t.Errorf("quorum %d: %+v", end.Quorum, end.Ballot)
		}
	})
}

// TestHandsAreInNoSecretVote: nor in one that publishes names, and two must count who vote with a device themselves.
func TestHandsAreInNoSecretVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		m := w.TableForMeeting(false)
		w.Schedule(m, meeting, c.Now().Add(time.Hour))
		here := w.Present(6)
		for name, change := range map[string]func(*ballot.Room){
			"nobody counts":         func(r *ballot.Room) { r.Tellers = nil },
			"one counts":            func(r *ballot.Room) { r.Tellers = here[:1] },
			"one counts twice":      func(r *ballot.Room) { r.Tellers = []member.ID{here[0], here[0]} },
			"one counts themselves": func(r *ballot.Room) { r.Tellers = []member.ID{here[0], here[5]} },
		} {
			r := ballot.Room{Meeting: meeting, Present: here, ByHand: here[4:], Tellers: here[:2]}
			change(&r)
			_, err := w.TryRoom(m.Number, r)
			w.WantKind(name, err, fault.Conflict)
		}
		// names are published of those who vote with a device; of hands there are numbers
		named, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: here, ByHand: here[4:], Tellers: here[:2], Named: true})
		if err != nil || named.ByHand != 2 {
			t.Fatalf("a vote with names: %+v, %v", named, err)
		}
		for _, a := range w.Who[:4] {
			w.Cast(a, m.Number, ballot.For)
		}
		for _, a := range w.Who[:2] {
			if _, err := w.Ballots.CountHands(t.Context(), a, m.Number, 2, ballot.Hands{For: 1, Against: 1}); err != nil {
				t.Fatal(err)
			}
		}
		w.Pass(c.Now().Add(time.Second))
		w.Read(func(tx *db.Tx) error {
			b := w.Show(m.Number).Ballot
			votes, err := ballot.NamedVotes(tx, b)
			if !b.IsCounted() || len(votes) != 4 || b.Votes.For != 5 || b.Votes.Against != 1 || b.Hands != (ballot.Hands{For: 1, Against: 1}) {
				t.Errorf("counted: %+v, names: %v", b, votes)
			}
			return err
		})
		sealed := w.TableForMeeting(true)
		w.Schedule(sealed, meeting, c.Now().Add(time.Hour))
		b, err := w.TryRoom(sealed.Number, ballot.Room{Meeting: meeting, Present: here, ByHand: here[4:], Tellers: here[:2]})
		if err != nil || b.ByHand != 0 {
			t.Fatalf("a secret vote: %+v, %v", b, err)
		}
		w.Cast(w.Who[5], sealed.Number, ballot.For)
	})
}

// TestHandsRaceTheClose: the second count and the close come at once; either the hands are in the vote and the record, or in neither.
func TestHandsRaceTheClose(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		for range 6 {
			m := w.TableForMeeting(false)
			w.Schedule(m, meeting, c.Now().Add(time.Hour))
			here := w.Present(8)
			b, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: here, ByHand: here[6:], Tellers: here[:2]})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range w.Who[:6] {
				w.Cast(a, m.Number, ballot.For)
			}
			if _, err := w.Ballots.CountHands(t.Context(), w.Who[0], m.Number, b.ByHand, ballot.Hands{Against: 2}); err != nil {
				t.Fatal(err)
			}
			c.Set(b.HandsUntil().Add(-time.Millisecond))
			var both sync.WaitGroup
			var counted, ticked error
			both.Go(func() {
				_, counted = w.Ballots.CountHands(t.Context(), w.Who[1], m.Number, b.ByHand, ballot.Hands{Against: 2})
			})
			both.Go(func() {
				c.Set(b.HandsUntil())
				ticked = w.Ballots.Tick(t.Context())
			})
			both.Wait()
			if ticked != nil || counted != nil && fault.KindOf(counted) != fault.Conflict {
				t.Fatal(errors.Join(counted, ticked))
			}
			w.Tick()
			end := w.Show(m.Number)
			want := ballot.Hands{}
			if counted == nil {
				want.Against = 2
			}
			if end.State != ballot.Counted || end.Hands != want || end.Votes.Against != want.Against || (end.HandsHow == ballot.HandsAgreed) != (counted == nil) {
				t.Errorf("the count was taken: %v; counted: %+v", counted == nil, end.Ballot)
			}
			c.Advance(time.Minute)
		}
	})
}
