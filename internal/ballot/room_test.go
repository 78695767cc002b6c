package ballot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

const meeting = "meeting/3"

// TestRoadInARoom: who is there and may vote decides, in a minute.
func TestRoadInARoom(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 12)
				began := c.Now()
				v := w.OpenRoom(secret, 6)
				if v.State != ballot.Open || v.Secret != secret || v.Meeting != meeting || v.Present != 6 || v.Entitled != 6 || v.Active != 12 {
					t.Fatalf("opened as %+v", v.Ballot)
				}
				if v.Opens != began || v.Closes != began.Add(time.Minute) || v.Quorum != w.Rulebook().Quorum(12) || v.Round != 1 {
					t.Errorf("from %v to %v, quorum %d", v.Opens, v.Closes, v.Quorum)
				}
				if m := v.Motion; m.State != motion.Voting || m.Meeting != meeting || m.Opens != v.Opens || m.Closes != v.Closes {
					t.Errorf("the motion: %+v", m)
				}
				if absent := w.ShowTo(w.Who[6], 1); absent.OnRoll || !absent.Absent {
					t.Error("who was not checked in is not told so")
				}
				if _, err := w.Ballots.Cast(t.Context(), w.Who[6], 1, ballot.Vote{Choice: ballot.For}); fault.KindOf(err) != fault.Denied {
					t.Errorf("who was not checked in votes: %v", err)
				}
				for _, a := range w.Who[:5] {
					w.Cast(a, 1, ballot.For)
				}
				c.Set(v.Closes.Add(-time.Millisecond))
				w.Tick()
				if w.Show(1).State != ballot.Open {
					t.Error("it closed early, with one who had not voted")
				}
				w.GoTo(v.Closes)
				v = w.Show(1)
				if v.Votes != (tally.Votes{For: 5, Entitled: 6}) || v.Outcome != tally.Carried || v.Motion.State != motion.Carried || v.Motion.Ended != v.Closes {
					t.Errorf("%+v, %s, %s", v.Votes, v.Outcome, v.Motion.State)
				}
				w.Read(func(tx *db.Tx) error {
					all, err := ballot.InRoom(tx, w.Group.ID, meeting)
					if len(all) != 1 || all[0].ID != v.ID {
						t.Errorf("the meeting's votes: %v", all)
					}
					other, err2 := ballot.InRoom(tx, w.Group.ID, "")
					if len(other) != 0 {
						t.Errorf("votes in no meeting: %v", other)
					}
					return errors.Join(err, err2)
				})
			})
		})
	}
}

// TestOnlyWhatIsBeforeTheMeetingIsVotedOn: and only as the rules have it.
func TestOnlyWhatIsBeforeTheMeetingIsVotedOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		m := w.TableForMeeting(false)
		here := ballot.Room{Meeting: meeting, Present: w.Present(6)}
		with := func(change func(*ballot.Room)) ballot.Room {
			r := here
			change(&r)
			return r
		}
		refused := func(what string, r ballot.Room, kind fault.Kind) {
			t.Helper()
			if b, err := w.TryRoom(m.Number, r); fault.KindOf(err) != kind || b.ID != 0 {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("on no agenda", here, fault.Conflict)
		w.Schedule(m, meeting, c.Now().Add(time.Hour))
		refused("another meeting", with(func(r *ballot.Room) { r.Meeting = "meeting/4" }), fault.Conflict)
		refused("no meeting", with(func(r *ballot.Room) { r.Meeting = "" }), fault.Conflict)
		refused("too short", with(func(r *ballot.Room) { r.Window = ballot.LeastWindow - 1 }), fault.Invalid)
		refused("too long", with(func(r *ballot.Room) { r.Window = ballot.MostWindow + time.Second }), fault.Invalid)
		refused("alone", with(func(r *ballot.Room) { r.Present = w.Present(1) }), fault.Conflict)
		refused("one person twice", with(func(r *ballot.Room) { r.Present = []member.ID{w.Who[0].Member.ID, w.Who[0].Member.ID} }), fault.Conflict)
		no := errors.New("not the facilitator")
		if _, err := w.Ballots.OpenInRoom(t.Context(), m.Number, w.Who[0], func(*db.Tx, motion.Motion) (ballot.Room, error) { return here, no }); !errors.Is(err, no) {
			t.Errorf("the meeting says no: %v", err)
		}
		if _, err := w.Ballots.OpenInRoom(t.Context(), m.Number, member.Actor{}, func(*db.Tx, motion.Motion) (ballot.Room, error) { return here, nil }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		c.Set(c.Now().Add(time.Minute))
		late := w.Join("Late") // who has not waited yet
		b, err := w.TryRoom(m.Number, with(func(r *ballot.Room) { r.Present = append([]member.ID{late.Member.ID}, r.Present...) }))
		if err != nil || b.Entitled != 6 || b.Present != 7 {
			t.Fatalf("%+v: %v", b, err)
		}
		if v := w.ShowTo(late, m.Number); v.OnRoll || v.Absent {
			t.Error("who still waits for their first vote is told that they were not here")
		}
		refused("twice", here, fault.Conflict)
	})
}

// TestTooFewForASecretVoteInARoom: it is refused in words, and no key is left.
func TestTooFewForASecretVoteInARoom(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		m := w.TableForMeeting(true)
		w.Schedule(m, meeting, c.Now().Add(time.Hour))
		_, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(ballot.LeastSecret - 1)})
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Say.ID != "ballot.room.few_secret" {
			t.Errorf("two in secret: %v", err)
		}
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(6), Named: true}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("secret with names: %v", err)
		}
		if left, err := os.ReadDir(filepath.Join(w.Keys, "ballots")); err != nil || len(left) != 0 {
			t.Errorf("left in the key folder: %v, %v", left, err)
		}
		if w.Motion(m.ID).State != motion.Tabled {
			t.Error("the motion moved on")
		}
	})
}

// TestASecretVoteInARoomIsFinal: nobody can be watched changing it. The same form sent again is no change.
func TestASecretVoteInARoomIsFinal(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v := w.OpenRoom(true, 5)
		first := w.Form(w.Who[0], 1, ballot.For)
		taken, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, first)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, first)
		if err != nil || again.Receipt != taken.Receipt {
			t.Errorf("the same form: %v", err)
		}
		old := first
		old.Choice, old.Client = ballot.Against, "other words"
		for what, form := range map[string]ballot.Vote{"a fresh form": w.Form(w.Who[0], 1, ballot.Against), "an old form": old} {
			_, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, form)
			if e, ok := errors.AsType[*fault.Error](err); !ok || e.Say.ID != "ballot.final" {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, a := range w.Who[1:4] {
			w.Cast(a, 1, ballot.Abstain)
		}
		w.GoTo(v.Closes)
		if v = w.Show(1); v.Votes != (tally.Votes{For: 1, Abstain: 3, Entitled: 5}) || v.Motion.State != motion.Carried {
			t.Errorf("%+v, %s", v.Votes, v.Motion.State)
		}
	})
}

// TestAnOpenVoteInARoomCanBeChanged until its close.
func TestAnOpenVoteInARoomCanBeChanged(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		v := w.OpenRoom(false, 5)
		for _, a := range w.Who[:4] {
			w.Cast(a, 1, ballot.For)
			w.Cast(a, 1, ballot.Against)
		}
		w.GoTo(v.Closes)
		if v = w.Show(1); v.Votes != (tally.Votes{Against: 4, Entitled: 5}) {
			t.Errorf("%+v", v.Votes)
		}
	})
}

// TestItClosesWhenAllHaveVoted, and nothing shows before that.
func TestItClosesWhenAllHaveVoted(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 12)
				v := w.OpenRoom(secret, 5)
				closes := v.Closes
				for i, a := range w.Who[:5] {
					c.Set(c.Now().Add(time.Second))
					if w.Tick(); w.Show(1).State != ballot.Open {
						t.Fatalf("closed after %d votes", i)
					}
					w.Cast(a, 1, ballot.For)
					if now := w.Show(1); now.TookPart != 0 || now.State != ballot.Open {
						t.Errorf("after %d votes it shows %d, %s", i+1, now.TookPart, now.State)
					}
				}
				var next time.Time
				w.Read(func(tx *db.Tx) (err error) {
					next, err = w.Ballots.Next(tx)
					return err
				})
				if next.After(c.Now()) {
					t.Errorf("everybody has voted, and something is due only at %v", next)
				}
				w.Tick()
				v = w.Show(1)
				if !v.IsCounted() || v.Closes != c.Now() || v.Planned != closes || !v.ClosedEarly() || v.Votes.For != 5 {
					t.Fatalf("%+v", v.Ballot)
				}
				if v.Motion.State != motion.Carried || v.Motion.Ended != v.Closes || v.Motion.Closes != v.Closes {
					t.Errorf("the motion: %+v", v.Motion)
				}
				w.GoTo(closes)
				if later := w.Show(1); later.Closes != v.Closes || later.CountedAt != v.CountedAt {
					t.Errorf("at the end it was closed again: %+v", later.Ballot)
				}
			})
		})
	}
}

// TestOnlineVotesNeverCloseEarly: members are told the day, and those who look on the last day find it open.
func TestOnlineVotesNeverCloseEarly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 6)
		v := w.Open(false)
		for _, a := range w.Who {
			w.Cast(a, 1, ballot.For)
		}
		w.GoTo(v.Closes.Add(-time.Second))
		if w.Show(1).State != ballot.Open {
			t.Error("it closed early")
		}
	})
}

// TestTheLastVoteAndTheClose: whatever comes first, what was acknowledged is counted, and nothing else.
func TestTheLastVoteAndTheClose(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				for round := range 6 {
					w := votetest.New(t, d, c, "B", 12)
					v := w.OpenRoom(secret, 6)
					for _, a := range w.Who[:5] {
						w.Cast(a, 1, ballot.For)
					}
					forms := []ballot.Vote{w.Form(w.Who[5], 1, ballot.Against), w.Form(w.Who[0], 1, ballot.Abstain)} // the last, and one who changes
					if round%2 == 0 {
						c.Set(v.Closes.Add(-time.Millisecond))
					}
					var last, other error
					var all sync.WaitGroup
					all.Go(func() { _, last = w.Ballots.Cast(t.Context(), w.Who[5], 1, forms[0]) })
					all.Go(func() { _, other = w.Ballots.Cast(t.Context(), w.Who[0], 1, forms[1]) })
					all.Go(func() {
						for range 20 {
							if err := w.Ballots.Tick(t.Context()); err != nil {
								t.Error(err)
							}
						}
					})
					all.Go(func() { c.Set(v.Closes) })
					all.Wait()
					w.GoTo(v.Closes)
					v = w.Show(1)
					want := tally.Votes{For: 5, Entitled: 6}
					if last == nil {
						want.Against = 1
					}
					if other == nil {
						want.For, want.Abstain = 4, 1
					}
					if secret && other == nil {
						t.Error("a secret vote was changed")
					}
					if v.Votes != want {
						t.Errorf("acknowledged %v and %v, counted %+v", last, other, v.Votes)
					}
				}
			})
		})
	}
}

// TestNamesArePublishedAtTheClose, not before, and stay.
func TestNamesArePublishedAtTheClose(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12)
		asked := w.TableForMeeting(false)
		if _, err := w.Motions.AskSecret(t.Context(), w.Who[7], asked.Number); err != nil {
			t.Fatal(err)
		}
		w.Schedule(asked, meeting, c.Now().Add(time.Hour))
		_, err := w.TryRoom(asked.Number, ballot.Room{Meeting: meeting, Present: w.Present(6), Named: true})
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Say.ID != "ballot.room.no_names" {
			t.Errorf("where somebody wants secrecy: %v", err)
		}
		m := w.TableForMeeting(false)
		w.Schedule(m, meeting, c.Now().Add(time.Hour))
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(6), Named: true}); err != nil {
			t.Fatal(err)
		}
		for i, a := range w.Who[:5] {
			w.Cast(a, m.Number, ballot.Choices()[i%2])
		}
		named := func() (out []ballot.NamedVote) {
			w.Read(func(tx *db.Tx) (err error) {
				out, err = ballot.NamedVotes(tx, w.Show(m.Number).Ballot)
				return err
			})
			return out
		}
		if got := named(); got != nil {
			t.Errorf("while it is open: %v", got)
		}
		w.GoTo(w.Show(m.Number).Closes)
		v := w.Show(m.Number)
		check := func() {
			t.Helper()
			got := named()
			if len(got) != 5 || got[1].Choice != ballot.Against || got[1].Member != w.Who[1].Member.ID {
				t.Errorf("who voted how: %v", got)
			}
		}
		check()
		said := lastEntry(t, w, "ballot.closed")
		if votes, ok := said["votes"].([]any); !ok || len(votes) != 5 {
			t.Errorf("the record says %v", said)
		}
		w.GoTo(v.KeptUntil())
		check()
	})
}

// TestTooFewInTheRoomVoteOnline: with notice, everybody, as when too few vote online.
func TestTooFewInTheRoomVoteOnline(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 40)
				v := w.OpenRoom(secret, 6)
				for _, a := range w.Who[:6] {
					w.Cast(a, 1, ballot.For)
				}
				w.Tick()
				v = w.Show(1)
				notice := time.Duration(w.Rulebook().NoticeDays.Meeting) * day
				if v.State != ballot.Announced || v.InRoom() || v.Round != 2 || v.Opens.Before(c.Now().Add(notice)) || v.Motion.State != motion.Inquorate {
					t.Fatalf("after too few: %+v", v.Ballot)
				}
				if first := v.Earlier[0]; first.Outcome != tally.Inquorate || first.Votes != (tally.Votes{}) || first.Turnout != 6 {
					t.Errorf("the first: %+v", first)
				}
				w.GoTo(v.Opens)
				v = w.Show(1)
				if v.State != ballot.Open || v.Entitled != 40 || v.Closes != w.Rulebook().BallotWindow(v.Opens, w.Group.Zone) || v.Secret != secret {
					t.Fatalf("the second: %+v", v.Ballot)
				}
				if v = w.Vote(v, 12, 1, 0); v.Outcome != tally.Carried {
					t.Errorf("%s", v.Outcome)
				}
			})
		})
	}
}

// TestHalfAMinuteMore: once, recorded, and votes are taken in it.
func TestHalfAMinuteMore(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 12)
				v := w.OpenRoom(secret, 6)
				extend := func() error {
					return w.DB.Write(t.Context(), func(tx *db.Tx) error { return w.Ballots.Extend(tx, v.ID, "connections") })
				}
				for _, a := range w.Who[:4] {
					w.Cast(a, 1, ballot.For)
				}
				closes := v.Closes
				if err := extend(); err != nil {
					t.Fatal(err)
				}
				if err := extend(); fault.KindOf(err) != fault.Conflict {
					t.Errorf("twice: %v", err)
				}
				w.GoTo(closes.Add(time.Second))
				v = w.Show(1)
				if v.State != ballot.Open || v.Closes != closes.Add(ballot.MoreTime) || !v.Prolonged() || v.Motion.Closes != v.Closes {
					t.Fatalf("%+v", v.Ballot)
				}
				w.Cast(w.Who[4], 1, ballot.Against)
				w.GoTo(v.Closes)
				if v = w.Show(1); v.Votes != (tally.Votes{For: 4, Against: 1, Entitled: 6}) || v.Motion.Ended != v.Closes {
					t.Errorf("%+v", v.Votes)
				}
				if err := extend(); fault.KindOf(err) != fault.Conflict {
					t.Errorf("when it is over: %v", err)
				}
				if lastEntry(t, w, "ballot.extended")["why"] != "connections" {
					t.Error("the record does not say why")
				}
				online := w.Open(false)
				if err := w.DB.Write(t.Context(), func(tx *db.Tx) error { return w.Ballots.Extend(tx, online.ID, "connections") }); fault.KindOf(err) != fault.Conflict {
					t.Errorf("an online vote: %v", err)
				}
			})
		})
	}
}

// TestSecrecyAskedForAtTheLastMoment: whoever asked before the vote opened is heard, however close to it.
func TestSecrecyAskedForAtTheLastMoment(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for range 8 {
			w := votetest.New(t, d, c, "B", 12)
			m := w.TableForMeeting(false)
			w.Schedule(m, meeting, c.Now().Add(time.Hour))
			needed := w.Rulebook().SecretRequest
			for i := range needed - 1 {
				if _, err := w.Motions.AskSecret(t.Context(), w.Who[i], m.Number); err != nil {
					t.Fatal(err)
				}
			}
			var asked, opened error
			var both sync.WaitGroup
			both.Go(func() { _, asked = w.Motions.AskSecret(t.Context(), w.Who[needed], m.Number) })
			both.Go(func() { _, opened = w.TryRoom(m.Number, ballot.Room{Meeting: meeting, Present: w.Present(6)}) })
			both.Wait()
			if opened != nil {
				t.Fatal(opened)
			}
			if v := w.Show(m.Number); v.Secret != (asked == nil) {
				t.Errorf("asked: %v; secret: %v", asked, v.Secret)
			}
		}
	})
}

// lastEntry returns what the last entry of a kind says.
func lastEntry(t *testing.T, w *votetest.World, kind string) (said map[string]any) {
	t.Helper()
	w.Read(func(tx *db.Tx) error {
		entries, err := ledger.Entries(tx, w.Group.Log(), 0, 10000)
		for _, e := range entries {
			if e.Kind != kind {
				continue
			}
			var leaf struct{ Data map[string]any }
			if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
				return err
			}
			said = leaf.Data
		}
		return err
	})
	return said
}
