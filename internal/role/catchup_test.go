package role_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

// TestCatchUp: groups from before there were roles get those of their presets, once. Those that form have none, and a
// group whose record is older than what members saw keeps nobody else waiting.
func TestCatchUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		keys := t.TempDir()
		var refs []string
		put := func(preset rulebook.Name, people int) world {
			w := world{votetest.NewIn(t, d, c, keys, string(preset), people)}
			refs = append(refs, w.Group.Ref)
			return w
		}
		put(rulebook.Affinity, 5)
		put(rulebook.Branch, 2)
		older := put(rulebook.Branch, 4)
		w := put(rulebook.Federation, 6)
		w.overtaken(keys, older.Group)
		for range 2 {
			if err := w.Roles.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT g.ref FROM groups g WHERE g.id IN (SELECT group_id FROM roles) ORDER BY g.id").Scan(&got).Error
		})
		if want := []string{refs[0], refs[3]}; !slices.Equal(got, want) {
			t.Fatalf("%v have roles, want %v of %v", got, want, refs)
		}
		w.goTo(c.Now())
		if v := w.show(0); v.Draw.State != draw.Asking {
			t.Errorf("nobody is asked: %+v", v.Draw)
		}
	})
}

// overtaken has it look as if members had seen more of the group's record than the database holds.
func (w world) overtaken(keys string, g member.Group) {
	w.Helper()
	dir := filepath.Join(keys, "heads")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, g.Ref+".checkpoint"), []byte("what members saw, and this database does not hold"), 0o600); err != nil {
		w.Fatal(err)
	}
	forked, err := ledger.NewHeads(w.DB, w.Ledger, keys).Check(w.Context())
	if err != nil || !slices.Equal(forked, []string{g.Ref}) {
		w.Fatalf("older than what was shown: %v, %v", forked, err)
	}
}
