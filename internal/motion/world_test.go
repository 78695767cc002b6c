package motion_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

const day = 24 * time.Hour

// world is a group of people with rules, and a clock.
type world struct {
	*motion.Service
	d    *db.DB
	c    *dbtest.Clock
	l    *ledger.Ledger
	slug string
	who  []member.Actor
}

// found makes a group from a preset; its people are called after the letters of the alphabet.
func found(t *testing.T, d *db.DB, c *dbtest.Clock, slug, preset string, people int) *world {
	t.Helper()
	l, _, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range people {
		names = append(names, "Member-"+string(rune('A'+i)))
	}
	_, ids := dbtest.Group(t, d, slug, preset, names...)
	w := &world{Service: motion.NewService(d, l), d: d, c: c, l: l, slug: slug}
	for _, id := range ids {
		w.who = append(w.who, w.actor(t, id))
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		return rulebook.NewService(d, l).Begin(tx, w.who[0].Group, w.who[0].Member)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) actor(t *testing.T, id int64) (a member.Actor) {
	t.Helper()
	w.read(t, func(tx *db.Tx) error {
		m, err := member.Get(tx, member.ID(id))
		if err != nil {
			return err
		}
		g, err := member.GetGroup(tx, m.Group)
		a = member.Actor{Person: m.Person, Member: m, Group: g}
		return err
	})
	return a
}

func (w *world) read(t *testing.T, f func(*db.Tx) error) {
	t.Helper()
	if err := w.d.Read(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// get returns the motion as it is stored.
func (w *world) get(t *testing.T, id motion.ID) (m motion.Motion) {
	t.Helper()
	w.read(t, func(tx *db.Tx) (err error) {
		m, err = motion.Get(tx, id)
		return err
	})
	return m
}

// kinds returns the kinds of the record's entries about the motion, in order.
func (w *world) kinds(t *testing.T, m motion.Motion) (kinds []string) {
	t.Helper()
	w.read(t, func(tx *db.Tx) error {
		entries, err := ledger.About(tx, w.who[0].Group.Log(), m.Ref())
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return kinds
}

func (w *world) tick(t *testing.T) {
	t.Helper()
	if err := w.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// set stores what package ballot would: the state and its times.
func (w *world) set(t *testing.T, m motion.Motion, path ...motion.State) {
	t.Helper()
	err := w.d.Write(t.Context(), func(tx *db.Tx) error {
		for i, to := range path[1:] {
			if err := motion.SetState(tx, m.ID, path[i], to, motion.Times{Closes: m.Opens.Add(7 * day)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a proposal that nothing is wrong with.
func sample() motion.Proposal {
	return motion.Proposal{
		Kind: motion.Action, ReviewDays: motion.ReviewDefault,
		Text: motion.Text{
			Title:   "Open the hall on Sundays",
			Clauses: []motion.Clause{{Text: "open the hall every Sunday from 10 to 4"}, {Text: "ask for two keyholders by May"}},
			Why:     "People have nowhere to go.",
			Won:     "Thirty people come on most Sundays.",
		},
	}
}

// propose puts the sample forward in the member's name.
func (w *world) propose(t *testing.T, a member.Actor) motion.Motion {
	t.Helper()
	m, err := w.Propose(t.Context(), a, db.Once{}, 0, sample())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tabled puts the sample forward and has as many members support it as it takes.
func (w *world) tabled(t *testing.T, a member.Actor) motion.Motion {
	t.Helper()
	m := w.propose(t, a)
	for _, other := range w.who {
		if m.State != motion.Seeking {
			break
		}
		var err error
		if m, err = w.Support(t.Context(), other, m.Number, m.Version); err != nil {
			t.Fatal(err)
		}
	}
	if m.State != motion.Tabled {
		t.Fatalf("is %s, with %d supporters", m.State, m.Supporters)
	}
	return m
}

func wantKind(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("%s: %v, want kind %d", what, err, k)
	}
}

// must fails the test at once if a step did.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
