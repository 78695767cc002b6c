package revival_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/audit"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// world is a group that may sleep, all of it on record.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, others ...string) *world {
	t.Helper()
	w := &world{votetest.Found(t, d, c, member.Founding{Name: "Elm", Preset: preset, Zone: "Europe/Madrid", Lang: "en", By: "Ada"})}
	w.Invite(others...)
	w.pass(c.Now())
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// pass moves the clock and does everything that is due.
func (w *world) pass(to time.Time) {
	w.Helper()
	w.Pass(to)
	w.must(w.Revivals.Tick(w.Context()))
}

// days lets so many days pass, one by one.
func (w *world) days(n int) {
	w.Helper()
	for range n {
		w.pass(w.Clock.Now().Add(day))
	}
}

// until lets days pass until an instant, and stops at it.
func (w *world) until(at time.Time) {
	w.Helper()
	for w.Clock.Now().Add(day).Before(at) {
		w.days(1)
	}
	w.pass(at)
}

// again returns a member as they are now.
func (w *world) again(i int) member.Actor { w.Helper(); return w.Visit(w.Who[i].Person) }

func (w *world) look(i int) revival.View {
	w.Helper()
	v, err := w.Revivals.Show(w.Context(), w.again(i))
	w.must(err)
	return v
}

func (w *world) here(who ...int) {
	w.Helper()
	for _, i := range who {
		w.must(w.Revivals.Here(w.Context(), w.again(i)))
	}
}

func (w *world) archived() bool { w.Helper(); return !w.again(0).Group.Archived.IsZero() }

// sleep lets time pass until the group is told that it sleeps.
func (w *world) sleep() revival.Revival {
	w.Helper()
	for range 500 {
		if v := w.look(0); v.IsOpen() {
			return v.Revival
		}
		w.days(1)
	}
	w.Fatal("the group is never told that it sleeps")
	return revival.Revival{}
}

// kinds returns the kinds of entries about the group and its notices.
func (w *world) kinds(of string) []string { w.Helper(); return w.Kinds(of) }

// agrees holds the tables against the record, and what members take along against itself.
func (w *world) agrees() {
	w.Helper()
	found, err := audit.Compare(w.Context(), w.DB)
	w.must(err)
	words, err := lang.Load()
	w.must(err)
	for _, f := range found {
		w.Error(words.Voice("en").Say(f.Say()))
	}
	file, err := export.NewService(w.DB, w.Ledger, nil).Everything(w.Context(), w.again(0), export.Options{Format: export.JSON, Voice: words.Voice("en")})
	w.must(err)
	if got := verify.Check(file, verify.Own()); got.Verdict != verify.Holds {
		w.Errorf("what members take along does not hold: %+v", got.Problem)
	}
	w.must(file.Close())
}

func (w *world) count(query string, args ...any) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error })
	return n
}

// TestNobodyComesBack: a group in which nothing is decided is told so once 90 days have passed, has its window, and is archived 60 days after
// it; nothing was decided by that, and three of its people have it back.
func TestNobodyComesBack(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", "Bo", "Cy", "Di")
		third := w.again(0).Group.Third
		r := w.sleep()
		if r.Why != revival.Undecided || !r.Since.Equal(third) || r.Noticed.Sub(third) < revival.Doze || r.Noticed.Sub(third) > revival.Doze+day {
			t.Fatalf("told %+v, and the group can decide since %v", r, third)
		}
		if r.Opens.Sub(r.Noticed) < revival.Notice || r.Closes.Sub(r.Opens) != 144*time.Hour || r.Archives.Sub(r.Closes) != revival.Grace {
			t.Errorf("the times are %+v", r)
		}
		w.until(r.Archives.Add(-time.Minute))
		if v := w.look(0); w.archived() || v.ID != r.ID {
			t.Fatalf("before its time: %+v", v)
		}
		w.pass(r.Archives)
		if !w.archived() || w.again(0).Group.ArchivedBy != r.Ref() {
			t.Fatalf("after 60 days: %+v", w.again(0).Group)
		}
		if n := w.count("SELECT COUNT(*) FROM decisions WHERE outcome <> 'inquorate'"); n != 0 {
			t.Errorf("%d decisions", n)
		}
		w.agrees()
		w.days(200)
		if got := w.kinds("group"); got[len(got)-1] != "group.archived" {
			t.Errorf("something goes on in an archived group: %q", got)
		}

		for i, want := range []bool{false, false, true} {
			for range 2 { // the same form again
				if opened, err := w.Revivals.Reopen(t.Context(), w.again(i)); err != nil || opened != want {
					t.Errorf("person %d: %v %v", i, opened, err)
				}
				if want {
					break
				}
			}
		}
		if w.archived() || w.count("SELECT COUNT(*) FROM reopenings") != 0 {
			t.Error("three people do not open it again, or it is kept who they were")
		}
		_, err := w.Revivals.Reopen(t.Context(), w.again(0))
		w.WantKind("opening an open group", err, fault.Conflict)
		w.agrees()
		w.days(1)
		if v := w.look(0); v.IsOpen() {
			t.Errorf("it sleeps the day after: %+v", v)
		}
		if next := w.sleep(); !next.Since.Equal(w.again(0).Group.Reopened) {
			t.Errorf("the next notice counts from %v", next.Since)
		}
	})
}

// TestThreeAnswer: a group for which three people answer is not archived; it is told again 90 days after.
func TestThreeAnswer(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", "Bo", "Cy", "Di")
		w.WantKind("answering when nobody asks", w.Revivals.Here(t.Context(), w.again(0)), fault.Conflict)
		r := w.sleep()
		w.until(r.Opens.Add(day))
		if v := w.look(1); v.Mine || v.Count != 0 || !v.CanWake(v.Now) {
			t.Errorf("before anybody answers: %+v", v)
		}
		w.here(1, 1, 2)
		if v := w.look(1); !v.Mine || v.Count != 2 || w.look(0).Mine {
			t.Errorf("after two have answered: %+v", v)
		}
		w.until(r.Closes.Add(30 * day))
		if v := w.look(0); !v.IsOpen() {
			t.Fatalf("with two answers: %+v", v)
		}
		w.here(3)
		w.days(2)
		if v := w.look(0); v.IsOpen() || w.archived() {
			t.Fatalf("with three answers: %+v", v)
		}
		next := w.sleep()
		if next.Opens.Sub(r.Opens) < revival.Repeat-day || next.Opens.Sub(r.Opens) > revival.Repeat+2*day {
			t.Errorf("the windows open at %v and %v", r.Opens, next.Opens)
		}
		w.agrees()
	})
}

// TestFewWake: a group of too few is asleep at once, and awake once there are enough.
func TestFewWake(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", "Bo", "Cy")
		_, err := w.Members.Leave(t.Context(), w.again(2), false)
		w.must(err)
		w.days(1)
		if v := w.look(0); !v.IsOpen() || v.Why != revival.Few {
			t.Fatalf("two are left: %+v", v)
		}
		w.Invite("Di")
		w.days(1)
		if v := w.look(0); v.IsOpen() {
			t.Errorf("three are there again: %+v", v)
		}
		w.agrees()
	})
}

// TestLateClock: where nothing ran for long, nobody loses the time in which they could have answered.
func TestLateClock(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", "Bo", "Cy", "Di")
		r := w.sleep()
		w.pass(r.Archives.Add(100 * day))
		v := w.look(0)
		if w.archived() || !v.IsOpen() || v.Opens.Before(c.Now()) || v.Archives.Sub(v.Closes) != revival.Grace {
			t.Fatalf("after a long standstill: %+v", v)
		}
		w.agrees()
		w.until(v.Archives)
		if !w.archived() {
			t.Error("nobody answers, and it is not archived")
		}
	})
}

// TestElectedIsAwake: where nobody proposes anything, but members elected people, the group is awake as long as their terms last.
func TestElectedIsAwake(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := &world{votetest.New(t, d, c, "B", 14)}
		w.Live()
		w.Write(func(tx *db.Tx) error { // a whole term, not the half one with which a pair begins
			return errors.Join(dbtest.Unguard(tx, "terms"), tx.Exec("UPDATE terms SET ends_at = starts_at + ? WHERE ended_at IS NULL", (180*day).Milliseconds()).Error)
		})
		ends := c.Now()
		v := w.Role("convenors")
		for _, term := range v.Terms {
			if term.Ends.After(ends) && term.Ended.IsZero() {
				ends = term.Ends
			}
		}
		if ends.Sub(c.Now()) < revival.Doze {
			t.Fatalf("the terms end %v", ends)
		}
		for w.Clock.Now().Add(day).Before(ends) {
			w.days(1)
			if v := w.look(0); v.IsOpen() {
				t.Fatalf("it sleeps at %v, and a term ends at %v: %+v", c.Now(), ends, v)
			}
		}
		w.sleep()
	})
}

// propose has a member put the end of the group forward, and others support it until it is tabled.
func (w *world) propose() motion.Motion {
	w.Helper()
	m, err := w.Revivals.WindUp(w.Context(), w.again(0), db.OnceFor(1, w.Clock.Now().String()), "Nobody comes any more.")
	w.must(err)
	for i := 1; m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.again(i), m.Number, m.Version)
		w.must(err)
	}
	return m
}

// vote has so many vote for and against, and counts.
func (w *world) vote(m motion.Motion, yes, no int) ballot.View {
	w.Helper()
	w.until(m.Opens)
	for i := range yes + no {
		c := ballot.For
		if i >= yes {
			c = ballot.Against
		}
		w.Cast(w.again(i), m.Number, c)
	}
	v := w.Show(m.Number)
	w.until(v.Closes)
	return w.Show(m.Number)
}

// second returns the second vote on ending the group.
func (w *world) second() (m motion.Motion) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		m, err = motion.OpenOf(tx, w.Group.ID, motion.WindingUp)
		return err
	})
	return m
}

// TestWindingUp takes a group with everything under way through both votes. What is under way ends with no result.
func TestWindingUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal")
		w.days(20)
		m := w.propose()
		if m.Supporters != 2 || m.Kind != motion.WindingUp || m.AboutPerson {
			t.Fatalf("put forward: %+v", m)
		}
		_, err := w.Revivals.WindUp(t.Context(), w.again(1), db.Once{}, "Again.")
		w.WantKind("a second one", err, fault.Conflict)
		v := w.vote(m, 3, 1)
		if v.Quorum != 4 || v.Outcome != "carried" || w.archived() {
			t.Fatalf("the first vote: %+v", v.Ballot)
		}
		next := w.second()
		if next.Opens.Sub(v.Closes) < revival.Between || next.Mover != 0 {
			t.Fatalf("the second vote opens %v after the first: %+v", next.Opens.Sub(v.Closes), next)
		}
		open, secret := w.underWay(next)
		v = w.vote(next, 6, 2)
		if v.Outcome != "carried" || !w.archived() {
			t.Fatalf("the second vote: %+v", v.Ballot)
		}
		w.ended(open, secret)
		w.agrees()
	})
}

// underWay has an open vote, a secret vote, an election, a draw, a petition, an invitation and a term under way as the motion is voted on.
func (w *world) underWay(m motion.Motion) (open, secret motion.Motion) {
	w.Helper()
	w.until(m.Opens.Add(-4 * day)) // a vote takes seven days, and this one as well
	for i, title := range []string{"Open", "Secret"} {
		p, err := w.Motions.Propose(w.Context(), w.again(0), db.OnceFor(2, title), 0, votetest.Sample(title))
		w.must(err)
		p, err = w.Motions.Support(w.Context(), w.again(1), p.Number, 1)
		w.must(err)
		if i == 1 {
			for n := range w.Rulebook().SecretRequest {
				p, err = w.Motions.AskSecret(w.Context(), w.again(n), p.Number)
				w.must(err)
			}
		}
		open, secret = secret, p
	}
	_, err := w.Motions.Propose(w.Context(), w.again(3), db.Once{}, 0, votetest.Sample("Seeking"))
	w.must(err)
	_, err = w.Members.Invite(w.Context(), db.Once{}, w.again(0), 5, 60)
	w.must(err)
	w.until(secret.Opens)
	for _, p := range []motion.Motion{open, secret} {
		w.Cast(w.again(0), p.Number, ballot.For)
		w.Cast(w.again(1), p.Number, ballot.Against)
	}
	return open, secret
}

// ended looks at what was under way when the group was archived.
func (w *world) ended(open, secret motion.Motion) {
	w.Helper()
	w.Tick() // empties urns
	for _, p := range []motion.Motion{open, secret} {
		b := w.Show(p.Number)
		if b.State != ballot.Stopped || b.Incident != ballot.ArchivedGroup || b.Outcome != "" || b.Motion.State != motion.Archived {
			w.Errorf("vote %d: %+v", p.Number, b.Ballot)
		}
		if n := w.count("SELECT (SELECT COUNT(*) FROM open_votes v WHERE v.ballot_id = ?) + (SELECT COUNT(*) FROM urn u WHERE u.ballot_id = ?)", b.ID, b.ID); n != 0 {
			w.Errorf("%d votes of %d are left", n, p.Number)
		}
	}
	if got := w.kinds("ballot/" + w.Show(secret.Number).Ref); !slices.Contains(got, "ballot.key_destroyed") {
		w.Errorf("of the secret vote the record says %q", got)
	}
	for what, query := range map[string]string{
		"motions":     "SELECT COUNT(*) FROM motions WHERE state IN ('seeking_support', 'tabled', 'voting', 'inquorate')",
		"elections":   "SELECT COUNT(*) FROM elections WHERE state NOT IN ('final', 'nobody')",
		"draws":       "SELECT COUNT(*) FROM draws WHERE state IN ('asking', 'announced')",
		"petitions":   "SELECT COUNT(*) FROM petitions WHERE ended_at IS NULL",
		"invitations": "SELECT COUNT(*) FROM invitations WHERE revoked_at IS NULL",
		"roles":       "SELECT COUNT(*) FROM roles WHERE due_at IS NOT NULL",
		"answers":     "SELECT COUNT(*) FROM draw_answers",
	} {
		if n := w.count(query); n != 0 {
			w.Errorf("%d %s are under way in an archived group", n, what)
		}
	}
	if n := w.count("SELECT COUNT(*) FROM elections WHERE state = 'nobody'"); n == 0 {
		w.Error("no election was under way")
	}
	_, err := w.Motions.Propose(w.Context(), w.again(0), db.Once{}, 0, votetest.Sample("Too late"))
	w.WantKind("proposing in an archived group", err, fault.Conflict)
}

// TestPowersEndWithTheGroup: whoever holds a role when the group is archived holds none after, and gets none back when it is reopened, but is
// asked with all the others.
func TestPowersEndWithTheGroup(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := &world{votetest.New(t, d, c, "B", 14)}
		w.Live()
		w.petition()
		held := w.count("SELECT COUNT(*) FROM terms WHERE ended_at IS NULL AND ends_at > ?", c.Now().UnixMilli())
		w.Write(func(tx *db.Tx) error { return w.Revivals.Archive(tx, w.again(0).Group, "revival/1") })
		if held == 0 || w.count("SELECT COUNT(*) FROM terms WHERE ended_at IS NULL AND ends_at > ?", c.Now().UnixMilli()) != 0 {
			t.Errorf("%d terms were under way, and some are", held)
		}
		for i := range w.Who {
			for _, cap := range member.Capabilities() {
				if member.Can(w.again(i), cap, c.Now()) {
					t.Errorf("%s can %s", w.Who[i].Member.Name, cap)
				}
			}
		}
		if n := w.count("SELECT COUNT(*) FROM petition_signatures"); n != 0 {
			t.Errorf("%d names are kept", n)
		}
		w.days(60)
		for i := range 3 {
			_, err := w.Revivals.Reopen(t.Context(), w.again(10+i))
			w.must(err)
		}
		w.pass(c.Now())
		if n := w.count("SELECT COUNT(*) FROM terms WHERE ended_at IS NULL AND ends_at > ?", c.Now().UnixMilli()); n != 0 {
			t.Errorf("%d terms come back", n)
		}
		for _, key := range []string{"convenors", "tellers"} {
			v := w.Role(key)
			_, err := w.Elections.Running(t.Context(), w.again(0))
			w.must(err)
			if len(v.Terms) > 0 || v.Draw.State != draw.Asking && w.count("SELECT COUNT(*) FROM elections WHERE role_id = ? AND state = 'nominating'", v.ID) == 0 {
				t.Errorf("nobody is asked for %s: %+v", key, v.Draw)
			}
		}
	})
}

// petition has somebody start to collect names for ending a term.
func (w *world) petition() {
	w.Helper()
	for _, key := range []string{"convenors", "tellers"} {
		for _, term := range w.Role(key).Terms {
			if _, err := w.Petitions.Start(w.Context(), w.again(0), term.Ref, "They are not there."); err == nil {
				return
			}
		}
	}
	w.Fatal("no term can be petitioned against")
}

// TestNotCarriedGoesOn: a group whose second vote is not carried, or in whose second vote too few take part, goes on, and that is said.
func TestNotCarriedGoesOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", "Bo", "Cy", "Di", "Ed")
		w.vote(w.propose(), 4, 1)
		next := w.second()
		v := w.vote(next, 3, 2)
		if v.Outcome != "not_carried" || w.archived() {
			t.Fatalf("the second vote: %+v", v.Ballot)
		}
		shown, err := w.Decisions.Show(t.Context(), w.again(0), "2026-002")
		w.must(err)
		if len(shown.Effects) != 1 || shown.Effects[0].Done() || shown.Effects[0].Why != "goes_on" {
			t.Errorf("what became of it: %+v", shown.Effects)
		}
		w.agrees()
	})
}
