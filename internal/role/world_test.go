package role_test

import (
	"cmp"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/votetest"
)

// world is a group with roles.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, preset, people)}
	w.GiveRoles()
	w.goTo(c.Now())
	return w
}

// goTo moves the clock and does what is due for roles and draws; nobody looks after free seats.
func (w world) goTo(at time.Time) {
	w.Helper()
	w.Clock.Set(at)
	if err := cmp.Or(w.Draws.Tick(w.Context()), w.Roles.Tick(w.Context())); err != nil {
		w.Fatal(err)
	}
}

func (w world) show(i int) draw.View {
	w.Helper()
	v, err := w.Draws.Show(w.Context(), w.Who[i], "tellers")
	if err != nil {
		w.Fatal(err)
	}
	return v
}
