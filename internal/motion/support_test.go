package motion_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/google/go-cmp/cmp"
)

func reworded(title string) motion.Text {
	t := sample().Text
	t.Title = title
	return t
}

// TestRewordWhileSeeking: support is for a text. After a rewording everybody but the mover has to give it anew.
func TestRewordWhileSeeking(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "C", 20) // three are needed
		m := w.propose(t, w.who[0])
		w1 := w.who[1]
		must[motion.Motion](t)(w.Support(t.Context(), w1, m.Number, 1))
		m = must[motion.Motion](t)(w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("Open on Mondays")))
		if m.Version != 2 || m.Supporters != 1 || m.State != motion.Seeking {
			t.Fatalf("after rewording: %+v", m)
		}
		v := must[motion.View](t)(w.Show(t.Context(), w1, m.Number))
		if v.MySupport != 1 {
			t.Errorf("supports version %d", v.MySupport)
		}
		_, err := w.Support(t.Context(), w.who[2], m.Number, 1)
		wantKind(t, "support of the old text", err, fault.Conflict)
		m = must[motion.Motion](t)(w.Support(t.Context(), w1, m.Number, 2))
		if m.Supporters != 2 {
			t.Errorf("confirmed: %d supporters", m.Supporters)
		}
		m = must[motion.Motion](t)(w.Support(t.Context(), w.who[2], m.Number, 2))
		if m.State != motion.Tabled {
			t.Errorf("with three: %s", m.State)
		}
		want := []string{"motion.proposed", "motion.supported", "motion.reworded", "motion.supported", "motion.supported", "motion.tabled"}
		if diff := cmp.Diff(want, w.kinds(t, m)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRewordOnceTabled: supporters are told and may think again; if too few are left, the proposal seeks support again,
// and then only support for the new text counts.
func TestRewordOnceTabled(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "C", 20)
		m := w.tabled(t, w.who[0]) // by members 0, 1, 2
		m = must[motion.Motion](t)(w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("Open on Mondays")))
		if m.State != motion.Tabled || m.Supporters != 3 {
			t.Fatalf("after rewording: %s, %d supporters", m.State, m.Supporters)
		}
		c.Advance(time.Hour)
		m = must[motion.Motion](t)(w.Unsupport(t.Context(), w.who[1], m.Number))
		if m.State != motion.Seeking || m.Supporters != 1 || m.Sought != c.Now() || !m.TextUntil.IsZero() {
			t.Fatalf("after support was taken back: %+v", m)
		}
		m = must[motion.Motion](t)(w.Support(t.Context(), w.who[2], m.Number, 2))
		m = must[motion.Motion](t)(w.Support(t.Context(), w.who[3], m.Number, 2))
		if first := c.Now().Add(-time.Hour); m.State != motion.Tabled || m.Tabled != c.Now() || m.Opens != first.Add(336*time.Hour) || m.TextUntil != m.Opens.Add(-2*day) {
			t.Errorf("tabled again: %+v", m)
		}
	})
}

// TestNobodyPutsTheVoteOff: not by taking support back and giving it again, however often. Only the words get their time
// to stand still, where support came late.
func TestNobodyPutsTheVoteOff(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "C", 20)
		m := w.tabled(t, w.who[0])
		opens := m.Opens
		for at := c.Now(); at.Before(m.TextUntil); at = at.Add(day) {
			c.Set(at)
			if m = must[motion.Motion](t)(w.Unsupport(t.Context(), w.who[1], m.Number)); m.State != motion.Seeking {
				t.Fatalf("is %s", m.State)
			}
			if m = must[motion.Motion](t)(w.Support(t.Context(), w.who[1], m.Number, 1)); m.State != motion.Tabled || m.Opens != opens {
				t.Fatalf("is %s and opens %v, want %v", m.State, m.Opens, opens)
			}
		}
		m = must[motion.Motion](t)(w.Unsupport(t.Context(), w.who[1], m.Number))
		c.Set(opens.Add(day))
		if m = must[motion.Motion](t)(w.Support(t.Context(), w.who[1], m.Number, 1)); m.Opens != c.Now().Add(2*day) || m.TextUntil != c.Now() {
			t.Errorf("with support too late it opens %v, its words until %v", m.Opens, m.TextUntil)
		}
	})
}

// TestSettledText: what is voted on is settled at TextUntil, to the millisecond.
func TestSettledText(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "B", 5)
		m := w.tabled(t, w.who[0])
		c.Set(m.TextUntil.Add(-time.Millisecond))
		m = must[motion.Motion](t)(w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("Just in time")))
		c.Set(m.TextUntil)
		_, err := w.Reword(t.Context(), w.who[0], m.Number, 2, reworded("Too late"))
		wantKind(t, "reword", err, fault.Conflict)
		_, err = w.Unsupport(t.Context(), w.who[1], m.Number)
		wantKind(t, "unsupport", err, fault.Conflict)
		_, err = w.Withdraw(t.Context(), w.who[0], m.Number)
		wantKind(t, "withdraw", err, fault.Conflict)
		for _, sql := range []string{"UPDATE motion_versions SET title = 'Quietly'", "UPDATE clauses SET text = 'Quietly'"} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(sql).Error }); err == nil {
				t.Errorf("%s was not refused", sql)
			}
		}
	})
}

// TestRewordCollision: two windows of the same mover; the second is told, and nothing is overwritten.
func TestRewordCollision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, nil, "one", "B", 5)
		m := w.propose(t, w.who[0])
		must[motion.Motion](t)(w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("First")))
		_, err := w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("Second"))
		wantKind(t, "second", err, fault.Conflict)
		again := must[motion.Motion](t)(w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("First")))
		if again.Version != 2 {
			t.Errorf("the same form again made version %d", again.Version)
		}
	})
}

// TestRetry6212: the same act three times has one effect (practice.md §6.2, 12).
func TestRetry6212(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "C", 20)
		var ids []motion.ID
		for range 3 {
			m := must[motion.Motion](t)(w.Save(t.Context(), w.who[0], db.OnceFor(1, "save"), 0, sample()))
			ids = append(ids, m.ID)
		}
		draft := w.get(t, ids[0])
		var m motion.Motion
		for range 3 {
			m = must[motion.Motion](t)(w.Propose(t.Context(), w.who[0], db.OnceFor(1, "propose"), draft.Number, sample()))
			ids = append(ids, m.ID)
		}
		if got := slices.Compact(ids); len(got) != 1 || m.Number != 1 {
			t.Errorf("six steps made %v, number %d", got, m.Number)
		}
		for range 3 {
			must[motion.Motion](t)(w.Support(t.Context(), w.who[1], 1, 1))
			must[motion.Motion](t)(w.AskSecret(t.Context(), w.who[1], 1))
			must[motion.Motion](t)(w.Argue(t.Context(), w.who[1], 1, motion.Against, "It costs too much."))
		}
		for range 3 {
			must[motion.Motion](t)(w.Unsupport(t.Context(), w.who[1], 1))
			m = must[motion.Motion](t)(w.Support(t.Context(), w.who[2], 1, 1))
		}
		for range 3 {
			m = must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], 1))
		}
		for range 3 {
			m = must[motion.Motion](t)(w.TakeOver(t.Context(), w.who[2], 1))
		}
		if m.Supporters != 2 || m.SecretAsks != 1 || m.Mover != w.who[2].Member.ID {
			t.Errorf("now %+v", m)
		}
		want := []string{"motion.proposed", "motion.supported", "motion.secret_asked", "motion.statement", "motion.unsupported",
			"motion.supported", "motion.withdrawal_asked", "motion.taken_over"}
		if diff := cmp.Diff(want, w.kinds(t, m)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestLeave: two days for a supporter to take over, never longer than until the vote opens.
func TestLeave(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "A", 4) // tabled at once, 48 hours of talk, the text is settled after 24
		start := c.Now()

		m := w.propose(t, w.who[0])
		c.Advance(20 * time.Hour)
		m = must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], m.Number))
		if m.State != motion.Tabled || m.Leaves() != start.Add(48*time.Hour) {
			t.Fatalf("asked: %s, leaves %s", m.State, m.Leaves())
		}
		_, err := w.TakeOver(t.Context(), w.who[1], m.Number)
		wantKind(t, "taken over by somebody who does not support it", err, fault.Denied)
		c.Set(m.Leaves())
		w.read(t, func(tx *db.Tx) error {
			if ms, err := motion.DueToOpen(tx, tx.Now, 10); err != nil || len(ms) != 0 {
				t.Errorf("the vote would open on %v, %v", ms, err)
			}
			return nil
		})
		c.Advance(time.Hour) // the server was down for a while
		w.tick(t)
		if got := w.get(t, m.ID); got.State != motion.Withdrawn || got.Ended != m.Leaves() {
			t.Errorf("left: %s at %s", got.State, got.Ended)
		}

		m = w.propose(t, w.who[0])
		must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], m.Number))
		must[motion.Motion](t)(w.Support(t.Context(), w.who[1], m.Number, 1))
		m = must[motion.Motion](t)(w.TakeOver(t.Context(), w.who[1], m.Number))
		if m.Mover != w.who[1].Member.ID || m.Due != m.Opens || m.State != motion.Tabled {
			t.Errorf("taken over: %+v", m)
		}
		_, err = w.Reword(t.Context(), w.who[0], m.Number, 1, reworded("Still mine?"))
		wantKind(t, "reworded by the former mover", err, fault.Denied)
		c.Set(m.Opens)
		w.tick(t)
		if got := w.get(t, m.ID); got.State != motion.Tabled {
			t.Errorf("after the vote was due: %s", got.State)
		}
	})
}

// TestLeaveAlone: a search for support that nobody has joined ends at once.
func TestLeaveAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, nil, "one", "B", 4)
		m := w.propose(t, w.who[0])
		if m = must[motion.Motion](t)(w.Withdraw(t.Context(), w.who[0], m.Number)); m.State != motion.Withdrawn {
			t.Errorf("is %s", m.State)
		}
		if diff := cmp.Diff([]string{"motion.proposed", "motion.withdrawn"}, w.kinds(t, m)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestExpiry: thirty days, to the instant, however late anything comes round to it; and nobody is on time too late.
func TestExpiry(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "B", 5)
		m := w.propose(t, w.who[0])
		for range 29 {
			c.Advance(day)
			w.tick(t)
		}
		if got := w.get(t, m.ID); got.State != motion.Seeking || got.Due != m.Expires() {
			t.Fatalf("after 29 days: %s, due %s", got.State, got.Due)
		}
		c.Advance(3 * day)
		_, err := w.Support(t.Context(), w.who[1], m.Number, 1)
		wantKind(t, "support after the time, before anything came round", err, fault.Conflict)
		w.tick(t)
		if got := w.get(t, m.ID); got.State != motion.Expired || got.Ended != m.Expires() || !got.Due.IsZero() {
			t.Errorf("now %s, ended %s", got.State, got.Ended)
		}
	})
}

// TestGroupShrinks: when fewer supporters are needed than before, the proposal is tabled without a further act.
func TestGroupShrinks(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "C", 20) // three of twenty are needed, two of ten
		m := w.propose(t, w.who[0])
		m = must[motion.Motion](t)(w.Support(t.Context(), w.who[1], m.Number, 1))
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET left_at = ? WHERE id > ?", db.At(tx.Now), w.who[9].Member.ID).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(day)
		w.tick(t)
		if got := w.get(t, m.ID); got.State != motion.Tabled || got.Tabled != c.Now() {
			t.Errorf("is %s", got.State)
		}
	})
}

// TestStatementOrder: first whose author has written the fewest elsewhere, then by lot, and the same for every reader.
func TestStatementOrder(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "B", 12)
		first := w.propose(t, w.who[0])
		for _, a := range w.who[:6] {
			must[motion.Motion](t)(w.Argue(t.Context(), a, first.Number, motion.For, "Yes."))
		}
		second := w.propose(t, w.who[0])
		for i, a := range w.who {
			must[motion.Motion](t)(w.Argue(t.Context(), a, second.Number, motion.For, fmt.Sprint("Reason ", i)))
		}
		must[motion.Motion](t)(w.Argue(t.Context(), w.who[11], second.Number, motion.For, "Reason 11, better said"))
		var order []member.ID
		after := int64(0)
		for {
			p := must[motion.Statements](t)(w.ShowStatements(t.Context(), w.who[0], second.Number, motion.For, after))
			for _, s := range p.Shown.List {
				order = append(order, s.Author)
				after = s.ID
				if s.Author == w.who[11].Member.ID && s.Text != "Reason 11, better said" {
					t.Errorf("says %q", s.Text)
				}
			}
			if !p.Shown.More {
				break
			}
		}
		if len(order) != 12 {
			t.Fatalf("%d statements", len(order))
		}
		for i, id := range order {
			veteran := slices.IndexFunc(w.who, func(a member.Actor) bool { return a.Member.ID == id }) < 6
			if veteran != (i >= 6) {
				t.Errorf("place %d goes to member %d", i, id)
			}
		}
		if slices.IsSorted(order[:6]) && slices.IsSorted(order[6:]) {
			t.Error("the lot put everybody in the order of joining") // one in half a million by chance
		}
	})
}

// TestSecretG8: about a person always; else when as many as the rules say have asked, and nobody is named.
func TestSecretG8(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, nil, "one", "B", 5)
		m := w.propose(t, w.who[0])
		for i, want := range []bool{false, true} {
			m = must[motion.Motion](t)(w.AskSecret(t.Context(), w.who[i+1], m.Number))
			v := must[motion.View](t)(w.Show(t.Context(), w.who[i+1], m.Number))
			if got := m.Secret(v.Rules.Rules); got != want || !v.MySecretAsk {
				t.Errorf("after %d asks: secret %v, mine %v", i+1, got, v.MySecretAsk)
			}
		}
		about := sample()
		about.AboutPerson = true
		m = must[motion.Motion](t)(w.Propose(t.Context(), w.who[0], db.Once{}, 0, about))
		if v := must[motion.View](t)(w.Show(t.Context(), w.who[0], m.Number)); !m.Secret(v.Rules.Rules) {
			t.Error("a vote about a person would be open")
		}
	})
}

// TestList pages through proposals of several states, both ways round, without one missing or twice.
func TestList(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "B", 5)
		states := []motion.State{motion.Seeking, motion.Tabled, motion.Voting, motion.Carried}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 130 {
				err := tx.Exec(`INSERT INTO motions (group_id, number, mover_id, kind, state, version, title, created_at, rulebook)
					VALUES (?, ?, ?, 'action', ?, 1, 'x', 0, 1)`, w.who[0].Group.ID, i+1, w.who[0].Member.ID, states[i%4]).Error
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, oldest := range []bool{true, false} {
			for _, of := range [][]motion.State{nil, {motion.Voting}, {motion.Seeking, motion.Carried}} {
				var numbers []int
				f := motion.Filter{States: of, Oldest: oldest}
				for {
					p := must[motion.Page](t)(w.List(t.Context(), w.who[0], f))
					for _, m := range p.List {
						numbers = append(numbers, m.Number)
						if of != nil && !slices.Contains(of, m.State) {
							t.Fatalf("%s is in the list of %v", m.State, of)
						}
					}
					if !p.More {
						break
					}
					f.After = numbers[len(numbers)-1]
				}
				sorted := slices.Sorted(slices.Values(numbers))
				want := map[int]int{0: 130, 1: 32, 2: 65}[len(of)]
				if len(slices.Compact(sorted)) != want {
					t.Errorf("%v, oldest %v: %d proposals, want %d", of, oldest, len(numbers), want)
				}
				if !oldest {
					slices.Reverse(numbers)
				}
				if !slices.IsSorted(numbers) {
					t.Errorf("%v, oldest %v: out of order", of, oldest)
				}
			}
		}
	})
}

// TestPart: with the member go their drafts, and nothing they put forward.
func TestPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, nil, "one", "B", 5)
		m := w.propose(t, w.who[0])
		draft := must[motion.Motion](t)(w.Save(t.Context(), w.who[0], db.Once{}, 0, sample()))
		others := must[motion.Motion](t)(w.Save(t.Context(), w.who[1], db.Once{}, 0, sample()))
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return motion.Part(tx, w.who[0].Member) }); err != nil {
			t.Fatal(err)
		}
		w.read(t, func(tx *db.Tx) error {
			if _, err := motion.Get(tx, draft.ID); !db.IsNotFound(err) {
				t.Errorf("the draft: %v", err)
			}
			if _, err := motion.TextOf(tx, draft.ID, 1); !db.IsNotFound(err) {
				t.Errorf("its text: %v", err)
			}
			return nil
		})
		w.get(t, m.ID)
		w.get(t, others.ID)
	})
}

// TestPartTakesSupportBack: nobody can bring a proposal before the group alone, by leaving and joining again.
func TestPartTakesSupportBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := found(t, d, nil, "one", "C", 20) // three are needed
		people := member.New(d, w.l)
		people.OnLeave(motion.Part)
		m := w.propose(t, w.who[0])
		must[motion.Motion](t)(w.Support(t.Context(), w.who[1], m.Number, 1))
		must[bool](t)(people.Leave(t.Context(), w.who[1], false))
		if got := w.get(t, m.ID); got.Supporters != 1 {
			t.Errorf("%d supporters after one of two has left", got.Supporters)
		}
		invitation := must[string](t)(people.Invite(t.Context(), db.Once{}, w.who[0], 1, 1))
		must[member.Group](t)(people.Join(t.Context(), w.who[1].Person, invitation, "Member-B"))
		again, _, err := people.Visit(t.Context(), w.who[1].Person, w.slug)
		if err != nil {
			t.Fatal(err)
		}
		m = must[motion.Motion](t)(w.Support(t.Context(), again, m.Number, 1))
		if m.Supporters != 2 || m.State != motion.Seeking {
			t.Errorf("two people: %d supporters, %s", m.Supporters, m.State)
		}
	})
}
