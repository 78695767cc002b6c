package founding_test

import (
	"testing"
	"time"

	"folkmoot/internal/audit"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/founding"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// world is a group in its first weeks.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset rulebook.Name) *world {
	t.Helper()
	return &world{votetest.Found(t, d, c, member.Founding{Name: "Elm", Aim: "We fix the damp.", Preset: string(preset), Zone: "Europe/Berlin", Lang: "en", By: "Ana"})}
}

// join has two more join, by which the group is formed.
func (w *world) join(more ...string) {
	w.Helper()
	w.Invite(append([]string{"Ben", "Cai"}, more...)...)
}

func (w *world) goTo(at time.Time) {
	w.Helper()
	w.Clock.Set(at)
	if err := w.Foundings.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.Tick()
}

func (w *world) group() (g member.Group) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		g, err = member.GetGroup(tx, w.Group.ID)
		return err
	})
	return g
}

func (w *world) view() founding.View {
	w.Helper()
	v, err := w.Foundings.Show(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// ask goes to the question's date, to its vote, has so many vote for and against, and counts.
func (w *world) ask(yes, no int) ballot.View {
	w.Helper()
	w.goTo(w.group().Question)
	m := w.motion(w.view().Number)
	w.goTo(m.Opens)
	return w.Vote(w.Show(m.Number), yes, no, 0)
}

func (w *world) motion(number int) (m motion.Motion) {
	w.Helper()
	v, err := w.Motions.Show(w.Context(), w.Who[0], number)
	if err != nil {
		w.Fatal(err)
	}
	return v.Motion
}

// count counts rows.
func (w *world) count(query string, args ...any) (n int64) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error })
	return n
}

// sound fails the test if the tables are not what the record says.
func (w *world) sound() {
	w.Helper()
	found, err := audit.Compare(w.Context(), w.DB)
	if err != nil || len(found) > 0 {
		w.Errorf("the record says otherwise: %+v, %v", found, err)
	}
}

// decide has the group carry a proposal, and returns its number.
func (w *world) decide() motion.Motion {
	w.Helper()
	m := w.Table(false)
	w.goTo(m.Opens)
	w.Vote(w.Show(m.Number), 3, 0, 0)
	return w.motion(m.Number)
}

// TestAdoptingTheRules goes from the third member to the adoption: the program puts the question by itself, members adopt, the founder's
// powers end in that moment, and what was decided before is listed and can be taken up by anybody.
func TestAdoptingTheRules(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		c.Advance(day)
		w.join()
		third := c.Now()
		early := w.decide()
		if early.State != motion.Carried {
			t.Fatalf("a young group decides: %s", early.State)
		}
		g := w.group()
		if !g.Question.Equal(third.Add(member.FoundingWait)) || w.view().Number != 0 {
			t.Fatalf("the question is to come at %v, and there is %+v", g.Question, w.view())
		}
		before, err := w.Decisions.About(t.Context(), early.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := w.Decisions.Show(t.Context(), w.Who[1], before[0].Number()); err != nil || !v.Provisional {
			t.Errorf("what was decided is not provisional: %v", err)
		}

		c.Set(g.Question.Add(-time.Millisecond))
		if err := w.Foundings.Tick(t.Context()); err != nil || w.view().Number != 0 {
			t.Errorf("the question comes before its time: %v", err)
		}
		w.goTo(g.Question)
		v := w.view()
		m := w.motion(v.Number)
		if !v.Open || m.Mover != 0 || m.Kind != motion.Founding || m.AboutPerson || m.Opens.Sub(c.Now()) < 48*time.Hour {
			t.Fatalf("the question: %+v, %+v", v, m)
		}
		if err := m.MaySupport(c.Now()); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it needs supporters: %v", err)
		}
		w.goTo(m.Opens)
		ana := w.Visit(w.Who[0].Person)
		if !member.Can(ana, member.CallFounding, c.Now()) {
			t.Error("the founder's powers end before the vote is counted")
		}
		if out := w.Vote(w.Show(m.Number), 2, 1, 0); !out.IsCounted() {
			t.Fatalf("the vote is %s", out.State)
		}
		g = w.group()
		if w.motion(m.Number).State != motion.Carried || !g.Adopted.Equal(c.Now()) || !g.FounderUntil().Equal(g.Adopted) || !g.Question.IsZero() {
			t.Fatalf("after the vote: %+v", g)
		}
		if ana = w.Visit(w.Who[0].Person); member.Can(ana, member.CallFounding, c.Now()) {
			t.Error("the founder's powers go on")
		}

		how, err := w.Decisions.Adoption(t.Context(), w.Who[2])
		if err != nil || how.By == "" || len(how.Provisional) != 1 || how.Provisional[0].ID != before[0].ID {
			t.Errorf("adopted: %+v, %v", how, err)
		}
		again := votetest.Sample("Not that after all")
		again.Again = early.Number
		draft, err := w.Motions.Propose(t.Context(), w.Who[1], db.Once{}, 0, again)
		if err != nil || draft.IsBarred(c.Now()) {
			t.Errorf("what was decided before is barred: %+v, %v", draft, err)
		}
		w.sound()
	})
}

// TestAskedAgain: whoever does not adopt the rules keeps them provisionally, and is asked once more after 30 days; so is who was too few.
func TestAskedAgain(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		w.join("Dot")
		first := w.ask(1, 2)
		g := w.group()
		if !g.Adopted.IsZero() || !g.Question.Equal(first.Closes.Add(30*day)) {
			t.Fatalf("not carried: asked again at %v, closed at %v", g.Question, first.Closes)
		}
		second := w.ask(1, 0)
		m := w.motion(second.Motion.Number)
		if m.State != motion.Inquorate || !w.group().Question.IsZero() {
			t.Fatalf("too few: %s", m.State)
		}
		w.goTo(m.Opens)
		w.goTo(w.Show(m.Number).Closes) // nobody comes to the second round
		g = w.group()
		if w.motion(m.Number).State != motion.Lapsed || g.Question.IsZero() || !g.Adopted.IsZero() {
			t.Fatalf("lapsed: %+v", g)
		}
		if w.ask(3, 1); w.group().Adopted.IsZero() {
			t.Error("the third time it is carried, and the rules are not adopted")
		}
		if n := w.count("SELECT COUNT(*) FROM motions WHERE kind = 'founding'"); n != 3 {
			t.Errorf("asked %d times", n)
		}
		w.sound()
	})
}

// TestFounderIsGoneOrSlow: a date that the founder sets is kept, and two members, no fewer, can do without it after 30 days.
func TestFounderIsGoneOrSlow(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		if err := w.Foundings.Call(t.Context(), w.Who[0]); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one member alone calls it: %v", err)
		}
		w.join("Dot")
		third, far := c.Now(), c.Now().AddDate(0, 0, 200)
		if err := w.Members.CallFounding(t.Context(), w.Who[0], far, "The hall"); err != nil {
			t.Fatal(err)
		}
		if g := w.group(); !g.Question.Equal(far) {
			t.Fatalf("the founder's date is %v, and the question's %v", far, g.Question)
		}
		c.Set(third.Add(founding.CallFrom - time.Millisecond))
		if err := w.Foundings.Call(t.Context(), w.Who[1]); fault.KindOf(err) != fault.Conflict {
			t.Errorf("before the founder's time is over: %v", err)
		}
		c.Set(third.Add(founding.CallFrom))
		for range 2 { // one member twice is one member
			if err := w.Foundings.Call(t.Context(), w.Who[1]); err != nil {
				t.Fatal(err)
			}
		}
		if v := w.view(); v.Calls != 1 || v.Number != 0 {
			t.Fatalf("one member has it put: %+v", v)
		}
		if err := w.Foundings.Call(t.Context(), w.Who[2]); err != nil {
			t.Fatal(err)
		}
		v := w.view()
		if v.Number == 0 || !v.Open {
			t.Fatalf("two members: %+v", v)
		}
		if err := w.Foundings.Call(t.Context(), w.Who[3]); fault.KindOf(err) != fault.Conflict {
			t.Errorf("it is put a second time: %v", err)
		}
		m := w.motion(v.Number)
		w.goTo(m.Opens)
		if w.Vote(w.Show(m.Number), 3, 0, 0); w.group().Adopted.IsZero() {
			t.Error("the rules are not adopted")
		}
		w.sound()
	})
}

// TestArchivedGroupIsNotAsked: nobody puts the question in a group that is archived, and whoever reopens it is asked as a new group is; also
// where the question was before it when it was archived.
func TestArchivedGroupIsNotAsked(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		w.join()
		for _, asked := range []bool{false, true} {
			if asked {
				w.goTo(w.group().Question)
			}
			before := w.view()
			w.Write(func(tx *db.Tx) error { return w.Revivals.Archive(tx, w.group(), "revival/1") })
			w.goTo(c.Now().Add(100 * day))
			if v := w.view(); v.Open || v.Number != before.Number || !v.Due.IsZero() || before.Open != asked {
				t.Fatalf("before %+v, in the archived group %+v", before, v)
			}
			for i := range 3 {
				if _, err := w.Revivals.Reopen(t.Context(), w.Visit(w.Who[i].Person)); err != nil {
					t.Fatal(err)
				}
			}
			if g := w.group(); !g.Question.Equal(c.Now().Add(member.FoundingWait)) {
				t.Fatalf("reopened at %v, asked at %v", c.Now(), g.Question)
			}
			w.sound()
		}
		if w.ask(3, 0); w.group().Adopted.IsZero() {
			t.Error("the rules are not adopted")
		}
	})
}

// TestFoundingDateWhileForming: a date set before there are three is kept if it is still to come, and replaced if it is over.
func TestFoundingDateWhileForming(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration
		want  func(third time.Time, date time.Time) time.Time
	}{
		{"it is to come", 5 * day, func(_, date time.Time) time.Time { return date }},
		{"it is over", 25 * day, func(third, _ time.Time) time.Time { return third.Add(member.FoundingWait) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := newWorld(t, d, c, "A")
				date := c.Now().Add(20 * day)
				if err := w.Members.CallFounding(t.Context(), w.Who[0], date, ""); err != nil {
					t.Fatal(err)
				}
				if g := w.group(); !g.Question.IsZero() {
					t.Errorf("one member is asked at %v", g.Question)
				}
				c.Advance(tt.after)
				w.join()
				if got, want := w.group().Question, tt.want(c.Now(), date); !got.Equal(want) {
					t.Errorf("asked at %v, want %v", got, want)
				}
			})
		})
	}
}

// TestG17_ZeroHumanBeginnings_6_2_1 leaves a young group of each preset alone for 400 days: the founder has no power, the question came again
// and again, and nothing was decided or adopted.
func TestG17_ZeroHumanBeginnings_6_2_1(t *testing.T) {
	for _, preset := range rulebook.Names() {
		t.Run(string(preset), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := newWorld(t, d, c, preset)
				w.join("Dot", "Eli")
				start := c.Now()
				for n := 0; n <= 400; n += 2 {
					w.goTo(start.AddDate(0, 0, n))
				}
				g := w.group()
				if ana := w.Visit(w.Who[0].Person); member.Can(ana, member.CallFounding, c.Now()) || member.Can(ana, member.ChoosePreset, c.Now()) {
					t.Error("the founder has a power")
				}
				if asked := w.count("SELECT COUNT(*) FROM motions WHERE kind = 'founding'"); asked < 3 || !g.Adopted.IsZero() {
					t.Errorf("asked %d times, adopted at %v", asked, g.Adopted)
				}
				if n := w.count("SELECT COUNT(*) FROM decisions WHERE outcome = 'carried'"); n > 0 {
					t.Errorf("%d decisions without anybody", n)
				}
			})
		})
	}
}
