package audit

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/upkeep"
)

// TestARestoreAgrees: after a restore, with who had left meanwhile carried over, the tables are what the record says.
func TestARestoreAgrees(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	r := newRoad(t, d, c)
	r.propose(5, "Seeks support")
	r.table(r.propose(0, "Supported by those who leave"))
	seeking := r.propose(0, "Supported by one who leaves")
	_, err := r.Motions.Support(t.Context(), r.Who[2], seeking.Number, 1)
	r.must(err)
	_, err = r.Motions.Save(t.Context(), r.Who[2], db.Once{}, 0, motion.Proposal{Text: motion.Text{Title: "A draft"}})
	r.must(err)
	file := filepath.Join(t.TempDir(), "backup.db")
	_, err = upkeep.Backup(t.Context(), d, r.Ledger, file)
	r.must(err)
	to := upkeep.Target{Dir: t.TempDir(), Keys: t.TempDir(), Now: c.Now, Replace: true}
	again := func(f func(d *db.DB) error) {
		t.Helper()
		_, err := upkeep.Restore(t.Context(), file, to)
		r.must(err)
		d, err := db.Open(t.Context(), db.Options{Dir: to.Dir, Now: c.Now})
		r.must(err)
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		r.must(errors.Join(f(d), d.Close()))
	}
	again(func(d *db.DB) error { return part(t.Context(), d, to.Keys, r.Who[1], r.Who[2]) })
	c.Advance(day)
	again(func(d *db.DB) error {
		return d.Read(t.Context(), func(tx *db.Tx) error {
			m, err := motion.Find(tx, r.Group.ID, seeking.Number)
			if m.Supporters != 1 {
				t.Errorf("%d support a proposal that its mover alone still supports", m.Supporters)
			}
			return err
		})
	})
}

// part has members leave, the first of them without a name.
func part(ctx context.Context, d *db.DB, keys string, who ...member.Actor) error {
	l, _, err := ledger.Open(keys)
	if err != nil {
		return err
	}
	s := member.New(d, l)
	s.OnLeave(motion.Part)
	for i, a := range who {
		_, err := s.Leave(ctx, a, i == 0)
		if err != nil {
			return err
		}
	}
	return nil
}
