package ballot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

	"github.com/google/go-cmp/cmp"
)

const day = 24 * time.Hour

// TestAnOpeningThatNobodyKnowsOf: the database opened the ballot and its answer was lost. The key must not be.
func TestAnOpeningThatNobodyKnowsOf(t *testing.T) {
	dbtest.OnLine(t, func(t *testing.T, d *db.DB, c *dbtest.Clock, l *dbtest.Line) {
		w := votetest.New(t, d, c, "B", 6)
		m := w.Table(true)
		c.Set(m.Opens)
		l.LoseCommit()
		if err := w.Ballots.Tick(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("the opening: %v", err)
		}
		w.Tick()
		for _, a := range w.Who {
			w.Cast(a, m.Number, ballot.For)
		}
		v := w.Show(m.Number)
		w.GoTo(v.Closes)
		if v = w.Show(m.Number); v.Outcome != tally.Carried || v.Votes.For != 6 {
			t.Errorf("%s: %+v, %s", v.State, v.Votes, v.Outcome)
		}
	})
}

// TestRoad takes a proposal through an open and a secret vote in every preset.
func TestRoad(t *testing.T) {
	for _, preset := range []string{"A", "B", "C"} {
		for _, secret := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s secret %v", preset, secret), func(t *testing.T) {
				dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
					w := votetest.New(t, d, c, preset, 12)
					v := w.Open(secret)
					if v.State != ballot.Open || v.Secret != secret || v.Entitled != 12 || v.Active != 12 || v.Version != 1 || !v.OnRoll || v.Voted {
						t.Fatalf("opened as %+v", v)
					}
					if want := w.Rulebook().BallotWindow(v.Opens, time.UTC); v.Closes != want {
						t.Errorf("closes %s, want %s", v.Closes, want)
					}
					if v.Words.Text.Title != "Buy a kettle" || v.Motion.State != motion.Voting {
						t.Errorf("%q, %s", v.Words.Text.Title, v.Motion.State)
					}
					w.Cast(w.Who[0], 1, ballot.Against)
					if !w.Show(1).Voted || w.ShowTo(w.Who[1], 1).Voted {
						t.Error("who has voted is not shown to them alone")
					}
					v = w.Vote(v, 9, 1, 1)
					if v.Votes != (tally.Votes{For: 9, Against: 1, Abstain: 1, Entitled: 12}) || v.Outcome != tally.Carried {
						t.Errorf("%+v, %s", v.Votes, v.Outcome)
					}
					if v.Motion.State != motion.Carried || v.Motion.Ended != v.Closes || !v.Voted || w.ShowTo(w.Who[11], 1).Voted {
						t.Errorf("afterwards: %+v", v)
					}
					want := []string{"ballot.opened", "ballot.closed"}
					state := ballot.Counted
					if secret {
						want, state = append(want, "ballot.key_destroyed"), ballot.Purged
					}
					if diff := cmp.Diff(want, w.Kinds(v.InRecord())); diff != "" || v.State != state {
						t.Errorf("%s, %s", v.State, diff)
					}
					w.GoTo(v.KeptUntil())
					if w.Show(1).Voted {
						t.Error("it is known for ever who took part")
					}
				})
			})
		}
	}
}

// TestInquorateIsHeldOnceMore: too few take part, the vote is announced again with notice and equal length, and then the
// proposal lapses (practice.md §2.6).
func TestInquorateIsHeldOnceMore(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, secret := range []bool{false, true} {
			w := votetest.New(t, d, c, "B", 12)
			first := w.Open(secret)
			second := w.Vote(first, 2, 0, 0) // Q(12) is 3
			if second.State != ballot.Announced || second.Round != 2 || second.Motion.State != motion.Inquorate || second.Secret != secret {
				t.Fatalf("after the first: %+v", second)
			}
			if len(second.Earlier) != 1 || second.Earlier[0].Outcome != tally.Inquorate {
				t.Errorf("earlier: %+v", second.Earlier)
			}
			notice := time.Duration(w.Rulebook().NoticeDays.Meeting) * day
			if wait := second.Opens.Sub(first.Closes); wait < notice || wait >= notice+day {
				t.Errorf("opens %s after the first close, want %s", wait, notice)
			}
			if got, want := second.Closes.Sub(second.Opens), first.Closes.Sub(first.Opens); got != want {
				t.Errorf("is open for %s, the first was for %s", got, want)
			}
			_, err := w.Ballots.Cast(t.Context(), w.Who[0], 1, ballot.Vote{Choice: ballot.For})
			w.WantKind("vote before it opens again", err, fault.Conflict)
			w.GoTo(second.Opens)
			second = w.Show(1)
			if second.State != ballot.Open || second.Motion.State != motion.Voting || second.Voted {
				t.Fatalf("opened again: %+v", second)
			}
			second = w.Vote(second, 1, 1, 0)
			if second.Outcome != tally.Inquorate || second.Motion.State != motion.Lapsed || second.Motion.Ended != second.Closes {
				t.Errorf("after the second: %s, %+v", second.Outcome, second.Motion)
			}
		}
	})
}

// TestTooFewLeaveNoChoicesG9_Security1_5: of a vote in which too few took part the tables and the record have the turnout alone,
// both times, open and secret, and also where the receipts would show the choices. Who took part is known to them for as
// long as after any vote.
func TestTooFewLeaveNoChoicesG9_Security1_5(t *testing.T) {
	for _, secret := range []bool{false, true} {
		t.Run(fmt.Sprintf("secret %v", secret), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := votetest.New(t, d, c, "B", 12) // Q(12) is 3
				v := w.Open(secret)
				for i, choice := range []ballot.Choice{ballot.Against, ballot.Abstain} { // by forms, as people do
					form := w.Form(w.Who[i], 1, choice)
					form.Once = db.OnceFor(int64(w.Who[i].Person), "form")
					if _, err := w.Ballots.Cast(t.Context(), w.Who[i], 1, form); err != nil {
						t.Fatal(err)
					}
				}
				v = w.Vote(v, 1, 0, 1)
				if secret { // before it opens, the second time
					w.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE ballots SET receipt = 'full' WHERE round = 2").Error })
				}
				w.GoTo(v.Opens)
				v = w.Vote(w.Show(1), 0, 1, 0)
				if v.Motion.State != motion.Lapsed || len(v.Earlier) != 1 {
					t.Fatalf("%+v", v)
				}
				for i, b := range []ballot.Ballot{v.Earlier[0], v.Ballot} {
					turnout := int64(2 - i)
					r, err := b.Result()
					want, _ := tally.TooFew(turnout, 12, b.Rule, 3)
					if err != nil || r != want || b.Turnout != turnout || b.Votes != (tally.Votes{}) || b.Outcome != tally.Inquorate {
						t.Errorf("round %d: %+v, %+v, %v", b.Round, b, r, err)
					}
					closedWithout(w, b)
				}
				for _, sql := range []string{
					"SELECT COUNT(*) FROM ballots WHERE votes_for IS NOT NULL OR votes_against IS NOT NULL OR abstentions IS NOT NULL",
					"SELECT COUNT(*) FROM open_votes", "SELECT COUNT(*) FROM urn", "SELECT COUNT(*) FROM papers WHERE choice IS NOT NULL",
				} {
					wantCount(w, sql, 0)
				}
				codes, forms := int64(0), int64(2)
				if secret {
					codes, forms = 3, 0
				}
				wantCount(w, "SELECT COUNT(*) FROM once_keys", forms)
				wantCount(w, "SELECT COUNT(*) FROM once_keys WHERE subject = (SELECT id FROM ballots WHERE round = 1)", forms)
				wantCount(w, "SELECT COUNT(*) FROM papers", codes)
				wantCount(w, "SELECT COUNT(*) FROM turnout", 3)
				if !v.Voted || w.ShowTo(w.Who[1], 1).Voted {
					t.Error("who took part is not known to them, or others are said to have")
				}
				w.GoTo(v.KeptUntil())
				wantCount(w, "SELECT COUNT(*) FROM turnout", 0)
				if w.Show(1).Voted {
					t.Error("it is known for ever who took part")
				}
			})
		})
	}
}

func wantCount(w *votetest.World, sql string, want int64) {
	w.Helper()
	var got int64
	w.Read(func(tx *db.Tx) error { return tx.Raw(sql).Scan(&got).Error })
	if got != want {
		w.Errorf("%s: %d, want %d", sql, got, want)
	}
}

// closedWithout fails the test unless the entry that closes the ballot has the turnout and no other number of votes, and the
// fingerprint in it is that of the bare codes.
func closedWithout(w *votetest.World, b ballot.Ballot) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		entries, err := ledger.About(tx, w.Group.Log(), b.InRecord())
		if err != nil {
			return err
		}
		papers, err := ballot.Published(tx, b.ID, "", 0)
		if err != nil {
			return err
		}
		hash := sha256.New()
		for _, p := range papers {
			fmt.Fprintln(hash, p.Code)
		}
		want := map[string]any{
			"ballot": b.InRecord(), "motion": "motion/1", "turnout": float64(b.Turnout), "outcome": "inquorate", "reason": "too_few_voted",
			"papers": float64(len(papers)), "papers_hash": "",
		}
		if b.Secret {
			want["papers_hash"] = hex.EncodeToString(hash.Sum(nil))
		}
		for _, e := range entries {
			var leaf struct{ Data map[string]any }
			if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
				return err
			}
			if diff := cmp.Diff(want, leaf.Data); e.Kind == "ballot.closed" && diff != "" {
				w.Errorf("round %d is recorded with %s", b.Round, diff)
			}
		}
		return nil
	})
}

// TestTheDatabaseKeepsNoVotesOfTooFewG9: not even by hand do numbers get beside an outcome that has none, or the other way round.
func TestTheDatabaseKeepsNoVotesOfTooFewG9(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 12) // Q(12) is 3
		w.Open(false)
		for set, fits := range map[string]bool{
			"turnout = 2, outcome = 'inquorate'":                                                    true,
			"turnout = 2, outcome = 'inquorate', votes_for = 2, votes_against = 0, abstentions = 0": false,
			"turnout = 2, outcome = 'inquorate', abstentions = 0":                                   false,
			"turnout = 3, outcome = 'inquorate'":                                                    false,
			"outcome = 'inquorate'":                                                                 false,
			"turnout = 2":                                                                           false,
			"votes_for = 2":                                                                         false,
			"turnout = 2, outcome = 'carried', votes_for = 2, votes_against = 0, abstentions = 0":     false,
			"turnout = 3, outcome = 'carried', votes_for = 2, votes_against = 0, abstentions = 1":     true,
			"turnout = 3, outcome = 'carried', votes_for = 2, votes_against = 0, abstentions = 0":     false,
			"turnout = 3, outcome = 'carried', votes_for = 3":                                         false,
			"turnout = 3, outcome = 'carried'":                                                        false,
			"outcome = 'not_carried', votes_for = 0, votes_against = 3, abstentions = 0":              false,
			"turnout = 3, outcome = 'not_carried', votes_for = 0, votes_against = 3, abstentions = 0": true,
		} {
			undo := errors.New("undo")
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if err := tx.Exec("UPDATE ballots SET " + set).Error; err != nil {
					return err
				}
				return undo
			})
			if errors.Is(err, undo) != fits {
				t.Errorf("the database takes %q: %v", set, err)
			}
		}
	})
}

// TestRollIsFrozenV08: who joins or leaves after the opening changes nothing, and not even the database lets the roll or the
// question change.
func TestRollIsFrozenV08(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5) // no waiting time
		m := w.Table(true)
		before := w.Join("Before")
		c.Set(m.Opens)
		c.Advance(time.Second)
		late := w.Join("Late")
		w.Tick() // comes late: the roll is that of the opening
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), w.Who[4].Member.ID).Error
		})
		v := w.ShowTo(late, 1)
		if v.Entitled != 6 || v.OnRoll || !w.ShowTo(before, 1).OnRoll {
			t.Errorf("entitled %d", v.Entitled)
		}
		_, err := w.Ballots.Cast(t.Context(), late, 1, w.Form(late, 1, ballot.For))
		w.WantKind("a vote by somebody who joined after the opening", err, fault.Denied)
		_, err = w.Ballots.Cast(t.Context(), member.Actor{Person: 99, Group: w.Group}, 1, ballot.Vote{Choice: ballot.For})
		w.WantKind("a vote by a stranger", err, fault.NotFound)
		for _, sql := range []string{
			fmt.Sprintf("INSERT INTO roll (ballot_id, slot, member_id) VALUES (%d, 7, %d)", v.ID, late.Member.ID),
			fmt.Sprintf("INSERT INTO roll (ballot_id, slot, member_id) VALUES (%d, 0, %d)", v.ID, late.Member.ID),
			"DELETE FROM roll",
			fmt.Sprintf("UPDATE roll SET member_id = %d WHERE slot = 1", late.Member.ID),
			"UPDATE ballots SET entitled = 7",
			"UPDATE ballots SET quorum = 1",
			"UPDATE ballots SET closes_at = closes_at + 1",
			"UPDATE ballots SET closes_at = closes_at - 1",
			"UPDATE ballots SET secret = 0",
			"UPDATE ballots SET receipt = 'full'",
			`UPDATE ballots SET rule = '{"base":"cast","den":3,"num":1,"strict":false}'`,
			"UPDATE ballots SET version = 2",
			"DELETE FROM ballots",
			"UPDATE clauses SET text = 'We do not.'",
			"UPDATE motion_versions SET title = 'Buy two kettles'",
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(sql).Error }); err == nil {
				t.Errorf("after the opening the database takes %s", sql)
			}
		}
	})
}

// TestNothingIsDecidedWithoutABallotG6: there is no decision but from a counted ballot with that outcome.
func TestNothingIsDecidedWithoutABallotG6(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 5)
		v := w.Open(false)
		insert := func(id any, outcome string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec(`INSERT INTO decisions (group_id, year, seq, motion_id, version, ballot_id, title, outcome, at, rulebook)
					VALUES (?, 2026, 9, ?, 1, ?, 'T', ?, 0, 1)`, w.Group.ID, v.Motion.ID, id, outcome).Error
			})
		}
		for _, id := range []any{v.ID, nil, 99} {
			if insert(id, "carried") == nil {
				t.Errorf("a decision by ballot %v, which is not closed", id)
			}
		}
		v = w.Vote(v, 1, 4, 0)
		for _, sql := range []string{
			"DELETE FROM decisions", "UPDATE decisions SET outcome = 'carried'", "UPDATE ballots SET votes_for = 9", "UPDATE ballots SET state = 'open'",
			"UPDATE ballots SET outcome = 'carried'",
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(sql).Error }); err == nil {
				t.Errorf("after the count the database takes %s", sql)
			}
		}
		if v.Outcome != tally.NotCarried || insert(v.ID, "carried") == nil {
			t.Error("a decision that its ballot does not give")
		}
	})
}

// TestSecretWhereItMustBeG8: a vote about a person is secret whoever asks, others when enough members ask.
func TestSecretWhereItMustBeG8(t *testing.T) {
	for _, tt := range []struct {
		preset string
		about  bool
		asks   int
		want   bool
	}{{"A", false, 0, false}, {"A", false, 1, true}, {"A", true, 0, true}, {"B", false, 1, false}, {"B", false, 2, true}, {"B", true, 0, true}, {"C", false, 9, false}, {"C", false, 10, true}, {"C", true, 0, true}} {
		c := dbtest.NewClock(dbtest.Start)
		w := votetest.New(t, dbtest.SQLite(t, c), c, tt.preset, 12)
		p := votetest.Sample("About one of us")
		p.AboutPerson = tt.about
		m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
		for i := 1; err == nil && m.State == motion.Seeking; i++ {
			m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, 1)
		}
		for i := 0; err == nil && i < tt.asks; i++ {
			m, err = w.Motions.AskSecret(t.Context(), w.Who[i], m.Number)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.GoTo(m.Opens)
		if v := w.Show(1); v.Secret != tt.want {
			t.Errorf("%+v: secret %v", tt, v.Secret)
		}
	}
}

// TestTooFewForASecretVote: with two on the roll no secret vote opens; it is put off, and opens once there are three.
func TestTooFewForASecretVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 3)
		m := w.Table(true)
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), w.Who[2].Member.ID).Error
		})
		w.GoTo(m.Opens)
		if _, err := w.Ballots.Show(t.Context(), w.Who[0], 1); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a secret vote of two: %v", err)
		}
		w.Join("New")
		w.GoTo(m.Opens.Add(day))
		if v := w.Show(1); v.Entitled != 3 || !v.IsSmall() || v.Opens != m.Opens.Add(day) {
			t.Errorf("opened with %d at %s", v.Entitled, v.Opens)
		}
	})
}

// TestOneMemberOneVoteG1: whatever happens, the votes are never more than the people on the roll, and each counts once.
func TestOneMemberOneVoteG1(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, secret := range []bool{false, true} {
			w := votetest.New(t, d, c, "A", 7)
			v := w.Open(secret)
			for range 3 {
				for _, a := range w.Who {
					w.Cast(a, 1, ballot.Against)
				}
			}
			v = w.Vote(v, 7, 0, 0)
			if v.Votes.Turnout() != 7 || v.Votes.For != 7 || v.Entitled != 7 {
				t.Errorf("%+v", v.Votes)
			}
		}
	})
}

// TestTieIsNotCarriedG18: nobody's vote weighs more.
func TestTieIsNotCarriedG18(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 6)
		v := w.Vote(w.Open(true), 2, 2, 1)
		if v.Outcome != tally.NotCarried || v.Motion.State != motion.NotCarried {
			t.Errorf("%s, %s", v.Outcome, v.Motion.State)
		}
		if r, err := v.Result(); err != nil || r.Reason != tally.Tied {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// TestTickAgainAndLate: a little late changes no date, however often it is looked. Where nothing ran for longer, no vote is
// held that nobody could take part in: it opens when something runs again, for as long as the rules say, and is held once more
// with the notice they say.
func TestTickAgainAndLate(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 5)
		m := w.Table(true)
		late := func(by time.Duration, want time.Time) ballot.View {
			t.Helper()
			c.Advance(by)
			for range 3 {
				w.Tick()
			}
			v := w.Show(m.Number)
			if v.State != ballot.Open || v.Opens != want || v.Closes.Sub(c.Now()) < 7*day-time.Hour || v.Motion.Opens != want || v.Motion.Closes != v.Closes {
				t.Fatalf("%v late: %s from %v until %v, want from %v; the proposal says from %v", by, v.State, v.Opens, v.Closes, want, v.Motion.Opens)
			}
			return v
		}
		c.Set(m.Opens)
		late(time.Hour, m.Opens)
		m = w.Table(true)
		c.Set(m.Opens)
		v := late(30*day, m.Opens.Add(30*day))
		c.Set(v.Closes.Add(20 * day))
		for range 3 {
			w.Tick()
		}
		again := w.Show(m.Number)
		if again.Round != 2 || again.State != ballot.Announced || again.Opens.Sub(c.Now()) < 7*day {
			t.Fatalf("held again without notice: %+v", again.Ballot)
		}
		c.Set(again.Opens)
		v = late(10*day, again.Opens.Add(10*day))
		if kinds := w.Kinds(m.Ref()); !slices.Contains(kinds, "ballot.late") {
			t.Errorf("recorded %v", kinds)
		}
		w.GoTo(v.Closes)
		if v = w.Show(m.Number); v.Motion.State != motion.Lapsed || v.Motion.Ended != v.Closes {
			t.Errorf("%+v", v.Motion)
		}
	})
}

// TestOneFormSaysOneThing: a form sent again with another choice is told so, and not that its vote was recorded.
func TestOneFormSaysOneThing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "B", 6)
		v := w.Open(false)
		form := w.Form(w.Who[0], v.Motion.Number, ballot.For)
		form.Once = db.OnceFor(1, "the form")
		for range 3 {
			if _, err := w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form); err != nil {
				t.Fatal(err)
			}
		}
		form.Choice = ballot.Against
		_, err := w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form)
		w.WantKind("the same form with another choice", err, fault.Conflict)
		form.Once = db.OnceFor(1, "another form")
		if _, err := w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form); err != nil {
			t.Error(err)
		}
		form.Choice, form.Once = ballot.For, db.OnceFor(1, "the form")
		_, err = w.Ballots.Cast(t.Context(), w.Who[0], v.Motion.Number, form)
		w.WantKind("the first form again, over the second one's vote", err, fault.Conflict)
		w.GoTo(v.Closes)
		if got := w.Show(v.Motion.Number); got.Votes.Turnout() > 1 || got.Votes.For > 0 {
			t.Errorf("counted %+v", got.Votes)
		}
	})
}

// TestLastAskForSecrecy: who asks for a secret vote at the last moment, after the program has found the vote due, is heard. A vote
// is never opened as something other than what its proposal says when it opens.
func TestLastAskForSecrecy(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, secret := range []bool{true, false} {
			w := votetest.New(t, d, c, "B", 6)
			m := w.Table(secret)
			found := m
			found.SecretAsks = w.Rulebook().SecretRequest - m.SecretAsks // what it was, or was not, when it was found
			c.Set(m.Opens)
			if err := w.Ballots.OpenFound(t.Context(), found); err != nil {
				t.Fatal(err)
			}
			_, err := w.Ballots.Show(t.Context(), w.Who[0], m.Number)
			w.WantKind("the vote that it is not", err, fault.NotFound)
			if keys, err := os.ReadDir(filepath.Join(w.Keys, "ballots")); err != nil || len(keys) != 0 {
				t.Errorf("keys of no ballot are left: %v, %v", keys, err)
			}
			w.Tick()
			if v := w.Show(m.Number); v.State != ballot.Open || v.Secret != secret {
				t.Errorf("at the next look: %s, secret %v, want %v", v.State, v.Secret, secret)
			}
		}
	})
}
