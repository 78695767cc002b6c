package election_test

import (
	"testing"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// TestG5_WithoutAnyRole: in a group of each preset in which nobody took a role for half a year, or nobody ever could, members put something
// before all, in the open and in secret, and decide it, at the first try. Meetings that members convene come with meetings: until there are
// any, the vote by itself is how members come together, and nothing about it waits for a role.
func TestG5_WithoutAnyRole(t *testing.T) {
	for _, preset := range rulebook.Names() {
		t.Run(string(preset), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := &world{World: votetest.New(t, d, c, string(preset), 9)}
				w.GiveRoles()
				start := c.Now()
				for day := 0; day <= 180; day += 5 {
					w.goTo(start.AddDate(0, 0, day))
				}
				if n := w.held(); n != 0 {
					t.Fatalf("%d terms are under way", n)
				}
				ways := []bool{false}
				if w.Rulebook().SecretRequest <= len(w.Who) { // in a federation more members ask for a secret vote than there are here
					ways = append(ways, true)
				}
				for _, secret := range ways {
					m := w.Table(secret)
					w.goTo(m.Opens)
					v := w.Show(m.Number)
					for i := range 7 {
						w.Cast(w.Who[i], m.Number, ballot.For)
					}
					w.goTo(v.Closes)
					ds, err := w.Decisions.About(t.Context(), m.ID)
					if err != nil || len(ds) != 1 || ds[0].Outcome != tally.Carried {
						t.Fatalf("secret %v: %+v, %v", secret, ds, err)
					}
					seen, err := w.Decisions.Show(t.Context(), w.Who[8], ds[0].Number())
					if err != nil || seen.Motion.State != motion.Carried || len(seen.Signed) != 0 {
						t.Errorf("secret %v: it waits for a role: %+v, %v", secret, seen.Decision, err)
					}
					if _, err := w.Decisions.File(t.Context(), w.Who[8], db.Once{}, ds[0].Number(), "It costs too much."); err != nil {
						t.Errorf("a minority report: %v", err)
					}
				}
				list, _, err := w.Decisions.List(t.Context(), w.Who[0], 0)
				if err != nil || len(list) < len(ways) {
					t.Errorf("%d decisions, %v", len(list), err)
				}
			})
		})
	}
}
