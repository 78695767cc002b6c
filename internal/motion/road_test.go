package motion_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"

	"github.com/google/go-cmp/cmp"
)

// TestRoad231 walks a proposal from its draft to the opening of its vote (practice.md §2.3.1), in the preset's own times.
func TestRoad231(t *testing.T) {
	for _, c := range []struct {
		preset     string
		people     int
		supporters int // beside the mover
		talk, last time.Duration
	}{
		{"A", 5, 0, 48 * time.Hour, 24 * time.Hour},
		{"B", 5, 1, 120 * time.Hour, 48 * time.Hour},
		{"C", 20, 2, 336 * time.Hour, 48 * time.Hour}, // K(20) is 3
	} {
		t.Run(c.preset, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				w := found(t, d, clock, "one", c.preset, c.people)
				draft := must[motion.Motion](t)(w.Save(t.Context(), w.who[0], db.Once{}, 0, sample()))
				if draft.State != motion.Draft || draft.Number >= 0 {
					t.Fatalf("draft: %+v", draft)
				}
				clock.Advance(time.Hour)
				m := must[motion.Motion](t)(w.Propose(t.Context(), w.who[0], db.Once{}, draft.Number, sample()))
				if m.ID != draft.ID || m.Number != 1 || m.Sought != clock.Now() {
					t.Fatalf("put forward: %+v", m)
				}
				for i := range c.supporters {
					if m.State != motion.Seeking {
						t.Fatalf("%s after %d supporters", m.State, i)
					}
					clock.Advance(time.Hour)
					m = must[motion.Motion](t)(w.Support(t.Context(), w.who[i+1], m.Number, 1))
				}
				if m.State != motion.Tabled || m.Supporters != c.supporters+1 {
					t.Fatalf("%s with %d supporters", m.State, m.Supporters)
				}
				opens := clock.Now().Add(c.talk)
				got := []time.Time{m.Tabled, m.Opens, m.TextUntil, m.Due}
				if diff := cmp.Diff([]time.Time{clock.Now(), opens, opens.Add(-c.last), opens}, got); diff != "" {
					t.Error(diff)
				}
				w.wantOpening(t, m, clock, opens)
				kinds := []string{"motion.proposed"}
				for range c.supporters {
					kinds = append(kinds, "motion.supported")
				}
				if diff := cmp.Diff(append(kinds, "motion.tabled"), w.kinds(t, m)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// wantOpening checks that the motion is due to open at that instant and not a millisecond before.
func (w *world) wantOpening(t *testing.T, m motion.Motion, clock *dbtest.Clock, opens time.Time) {
	t.Helper()
	for _, at := range []time.Time{opens.Add(-time.Millisecond), opens} {
		clock.Set(at)
		w.tick(t)
		w.read(t, func(tx *db.Tx) error {
			ms, err := motion.DueToOpen(tx, tx.Now, 10)
			if err != nil {
				return err
			}
			if got, want := len(ms) == 1 && ms[0].ID == m.ID, !at.Before(opens); got != want {
				t.Errorf("at %s: due %v, want %v", at, got, want)
			}
			return nil
		})
	}
}

// TestAnyMemberG4: somebody who joined today and holds no role puts a proposal forward, is supported by another newcomer,
// and no one else has to do anything. The support asked for is never above S.
func TestAnyMemberG4(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := found(t, d, clock, "one", "B", 8)
		clock.Advance(60 * day)
		g := int64(w.who[0].Group.ID)
		newcomer, other := w.actor(t, dbtest.Join(t, d, g, "one", "Nur")), w.actor(t, dbtest.Join(t, d, g, "one", "Oto"))
		m := w.propose(t, newcomer)
		m = must[motion.Motion](t)(w.Support(t.Context(), other, m.Number, 1))
		if m.State != motion.Tabled {
			t.Fatalf("is %s", m.State)
		}
		must[motion.Motion](t)(w.AskSecret(t.Context(), newcomer, m.Number))
		must[motion.Motion](t)(w.Argue(t.Context(), newcomer, m.Number, motion.For, "We need it."))
		must[motion.Motion](t)(w.Reword(t.Context(), newcomer, m.Number, 1, motion.Text{Title: "Open on Mondays", Clauses: sample().Text.Clauses, Won: "It is."}))
		clock.Set(m.Opens)
		w.read(t, func(tx *db.Tx) error {
			ms, err := motion.DueToOpen(tx, tx.Now, 10)
			if err != nil || len(ms) != 1 {
				t.Errorf("due to open: %v, %v", ms, err)
			}
			return nil
		})
	})
	for _, n := range rulebook.Names() {
		r, _ := rulebook.Preset(n)
		for active := 3; active < 3000; active++ {
			if got := r.TableSupport(active); got > rulebook.S(active) {
				t.Fatalf("%s: %d supporters of %d", n, got, active)
			}
		}
	}
}

// TestForming: with one or two members there are drafts and nothing else (practice.md §2.13.1).
func TestForming(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := found(t, d, clock, "one", "A", 2)
		draft := must[motion.Motion](t)(w.Save(t.Context(), w.who[0], db.Once{}, 0, sample()))
		_, err := w.Propose(t.Context(), w.who[0], db.Once{}, draft.Number, sample())
		wantKind(t, "propose while forming", err, fault.Conflict)
		if got := w.get(t, draft.ID); got.State != motion.Draft {
			t.Errorf("is %s", got.State)
		}
	})
}

// TestDraftsArePrivate: whatever a member tries on somebody else's draft, it is as if there were none.
func TestDraftsArePrivate(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := found(t, d, clock, "one", "B", 3)
		draft := must[motion.Motion](t)(w.Save(t.Context(), w.who[0], db.Once{}, 0, sample()))
		for name, try := range w.everything(t, w.who[1], draft.Number) {
			if name == "delete" {
				if err := try(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue // says nothing either way
			}
			wantKind(t, name, try(), fault.NotFound)
		}
		if got := w.get(t, draft.ID); got.State != motion.Draft || got.Title != sample().Text.Title {
			t.Errorf("the draft is now %+v", got)
		}
		page := must[motion.Page](t)(w.List(t.Context(), w.who[0], motion.Filter{}))
		if len(page.List) != 0 {
			t.Errorf("a draft is in the list: %v", page.List)
		}
		if n := must[motion.Now](t)(w.ShowNow(t.Context(), w.who[1])); len(n.Drafts) != 0 {
			t.Errorf("another's draft is on the page")
		}
	})
}

// everything is every act there is, tried by one actor on one number.
func (w *world) everything(t *testing.T, a member.Actor, number int) map[string]func() error {
	ctx := t.Context()
	only := func(_ any, err error) error { return err }
	p := sample()
	p.Text.Title = "Something else"
	return map[string]func() error{
		"show":       func() error { return only(w.Show(ctx, a, number)) },
		"history":    func() error { return only(w.ShowHistory(ctx, a, number, 0, 0)) },
		"statements": func() error { return only(w.ShowStatements(ctx, a, number, motion.For, 0)) },
		"save":       func() error { return only(w.Save(ctx, a, db.Once{}, number, p)) },
		"propose":    func() error { return only(w.Propose(ctx, a, db.Once{}, number, p)) },
		"delete":     func() error { return w.Delete(ctx, a, number) },
		"reword":     func() error { return only(w.Reword(ctx, a, number, 1, p.Text)) },
		"support":    func() error { return only(w.Support(ctx, a, number, 1)) },
		"unsupport":  func() error { return only(w.Unsupport(ctx, a, number)) },
		"secret":     func() error { return only(w.AskSecret(ctx, a, number)) },
		"argue":      func() error { return only(w.Argue(ctx, a, number, motion.For, "Yes.")) },
		"withdraw":   func() error { return only(w.Withdraw(ctx, a, number)) },
		"take over":  func() error { return only(w.TakeOver(ctx, a, number)) },
	}
}

// TestNotYoursG1G9: another group's members, those who left and those who never joined find nothing, by any number.
func TestNotYoursG1G9(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := found(t, d, clock, "one", "B", 4)
		v := found(t, d, clock, "two", "B", 4)
		m := w.propose(t, w.who[0])
		left := w.who[3]
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), left.Member.ID).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		borrowed := v.who[0] // says it acts in the first group
		borrowed.Group = w.who[0].Group
		stranger := member.Actor{Person: 99, Group: w.who[0].Group}
		reads := []string{"show", "history", "statements"}
		for name, a := range map[string]member.Actor{"other group": v.who[0], "left": left, "stranger": stranger, "borrowed": borrowed} {
			for act, try := range w.everything(t, a, m.Number) {
				isRead := slices.Contains(reads, act)
				if isRead && (name == "left" || name == "borrowed") {
					continue // the middleware looks who is a member of which group before any page is read
				}
				if act == "delete" && name == "other group" {
					if err := try(); err != nil {
						t.Errorf("%s, %s: %v", name, act, err)
					}
					continue
				}
				wantKind(t, name+", "+act, try(), fault.NotFound)
			}
		}
		if got := w.get(t, m.ID); got.Supporters != 1 || got.Version != 1 {
			t.Errorf("now %+v", got)
		}
	})
}

// TestGuards moves the clock through a proposal's life and tries every act in every state: what must be refused is.
func TestGuards(t *testing.T) {
	type step struct {
		name  string
		reach func(t *testing.T, w *world) motion.Motion
		mover string // the acts the mover may do, beside looking
		other string // those of a supporter
	}
	voting := func(path ...motion.State) func(*testing.T, *world) motion.Motion {
		return func(t *testing.T, w *world) motion.Motion {
			m := w.tabled(t, w.who[0])
			w.c.Set(m.Opens)
			w.set(t, m, append([]motion.State{motion.Tabled}, path...)...)
			return m
		}
	}
	steps := []step{
		{"seeking", func(t *testing.T, w *world) motion.Motion {
			m := w.propose(t, w.who[0])
			return m
		}, "reword support secret argue withdraw take over", "support unsupport secret argue"},
		{"tabled", func(t *testing.T, w *world) motion.Motion { return w.tabled(t, w.who[0]) },
			"reword support secret argue withdraw take over", "support unsupport secret argue"},
		{"tabled, text settled", func(t *testing.T, w *world) motion.Motion {
			m := w.tabled(t, w.who[0])
			w.c.Set(m.TextUntil)
			return m
		}, "support secret argue take over", "support secret argue"},
		{"tabled, vote due but not opened", func(t *testing.T, w *world) motion.Motion {
			m := w.tabled(t, w.who[0])
			w.c.Set(m.Opens)
			return m
		}, "take over", ""},
		{"leaving", func(t *testing.T, w *world) motion.Motion {
			m := w.tabled(t, w.who[0])
			return must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], m.Number))
		}, "support secret argue withdraw take over", "support unsupport secret argue take over"},
		{"left, not stored yet", func(t *testing.T, w *world) motion.Motion {
			m := w.tabled(t, w.who[0])
			m = must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], m.Number))
			w.c.Set(m.Leaves())
			return m
		}, "withdraw", ""},
		{"support over, not stored yet", func(t *testing.T, w *world) motion.Motion {
			m := w.propose(t, w.who[0])
			w.c.Set(m.Expires())
			return m
		}, "take over", ""},
		{"voting", voting(motion.Voting), "take over", ""},
		{"inquorate", voting(motion.Voting, motion.Inquorate), "take over", ""},
		{"carried", voting(motion.Voting, motion.Carried), "", ""},
		{"not carried", voting(motion.Voting, motion.NotCarried), "", ""},
		{"lapsed", voting(motion.Voting, motion.Inquorate, motion.Voting, motion.Lapsed), "", ""},
	}
	// Each act gets a proposal of its own, so that one act does not make room for another.
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			c := dbtest.NewClock(dbtest.Start)
			w := found(t, dbtest.SQLite(t, c), c, "one", "B", 5)
			for who, allowed := range []string{s.mover, s.other} {
				for act := range (&world{}).everything(t, member.Actor{}, 0) {
					if slices.Contains([]string{"show", "history", "statements"}, act) {
						continue
					}
					m := s.reach(t, w)
					err := w.everything(t, w.who[who], m.Number)[act]()
					// What was done before may be done again without effect: support by a supporter, unsupport by nobody.
					may := strings.Contains(allowed, act)
					if act == "unsupport" && who == 1 && m.Supporters == 1 {
						may = true
					}
					if may != (err == nil) {
						t.Errorf("member %d, %s: %v, want allowed = %v", who, act, err, may)
					}
					if err != nil && fault.KindOf(err) == fault.Internal {
						t.Errorf("member %d, %s: %v has no words", who, act, err)
					}
				}
			}
		})
	}
}

// TestSetState: only what follows follows, and only from the state it is said to be in.
func TestSetState(t *testing.T) {
	all := append(append([]motion.State{motion.Draft}, motion.Open()...), motion.Closed()...)
	ok := map[string]bool{"tabled>voting": true, "inquorate>voting": true, "voting>carried": true, "voting>not_carried": true,
		"voting>inquorate": true, "voting>lapsed": true, "voting>moot": true, "tabled>lapsed": true}
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "A", 3)
		m := w.tabled(t, w.who[0])
		for _, from := range all {
			for _, to := range all {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					err := motion.SetState(tx, m.ID, from, to, motion.Times{})
					if from == motion.Tabled && err == nil {
						return fmt.Errorf("done, and undone")
					}
					return err
				})
				switch may := ok[string(from)+">"+string(to)]; {
				case err == nil:
					t.Errorf("%s to %s while tabled", from, to)
				case may && from != motion.Tabled && fault.KindOf(err) != fault.Conflict:
					t.Errorf("%s to %s: %v", from, to, err)
				case !may && !strings.Contains(err.Error(), "does not follow"):
					t.Errorf("%s to %s: %v", from, to, err)
				}
			}
		}
		w.set(t, m, motion.Tabled, motion.Voting)
		if got := w.get(t, m.ID); got.State != motion.Voting || !got.Due.IsZero() || got.Closes != m.Opens.Add(7*day) {
			t.Errorf("now %+v", got)
		}
	})
}
