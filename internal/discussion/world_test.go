package discussion_test

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/discussion"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// world is a group of people with a proposal to talk about.
type world struct {
	*discussion.Service
	d       *db.DB
	motions *motion.Service
	who     []member.Actor
	m       motion.Motion
}

func found(t testing.TB, d *db.DB, slug string, people int) *world {
	t.Helper()
	l, _, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range people {
		names = append(names, "Member-"+string(rune('A'+i)))
	}
	_, ids := dbtest.Group(t, d, slug, "B", names...)
	w := &world{Service: discussion.NewService(d, l), d: d, motions: motion.NewService(d, l)}
	for _, id := range ids {
		w.who = append(w.who, w.actor(t, id))
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		return rulebook.NewService(d, l).Begin(tx, w.who[0].Group, w.who[0].Member)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.m, err = w.motions.Propose(t.Context(), w.who[0], db.Once{}, 0, motion.Proposal{
		Kind: motion.Policy, ReviewDays: 90,
		Text: motion.Text{Title: "Open the hall", Clauses: []motion.Clause{{Text: "open on Sundays"}, {Text: "ask for keyholders"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) actor(t testing.TB, id int64) (a member.Actor) {
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

func (w *world) read(t testing.TB, f func(*db.Tx) error) {
	t.Helper()
	if err := w.d.Read(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// kinds returns the kinds of the record's entries about the proposal, in order.
func (w *world) kinds(t *testing.T) (kinds []string) {
	t.Helper()
	w.read(t, func(tx *db.Tx) error {
		entries, err := ledger.About(tx, w.who[0].Group.Log(), w.m.Ref())
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return kinds
}

// say adds a post, as member i.
func (w *world) say(t *testing.T, i int, d discussion.Draft) discussion.Post {
	t.Helper()
	if d.Kind == "" {
		d.Kind = discussion.Comment
	}
	p, err := w.Add(t.Context(), w.who[i], db.Once{}, w.m.Number, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// become stores a state of the proposal, as if its life had led there.
func (w *world) become(t *testing.T, s motion.State, closes any) {
	t.Helper()
	err := w.d.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec("UPDATE motions SET state = ?, closes_at = ? WHERE id = ?", s, closes, w.m.ID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Errorf("%s: %v, want kind %d", what, err, k)
	}
}

func (w *world) thread(t *testing.T, i int, f discussion.Filter) discussion.Page {
	t.Helper()
	p, err := w.Thread(t.Context(), w.who[i], w.m.Number, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ids(ps []discussion.Post) (out []discussion.PostID) {
	for _, p := range ps {
		out = append(out, p.ID)
	}
	return out
}
