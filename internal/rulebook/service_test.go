package rulebook_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// begun is a group of these people whose rules have begun from preset B.
func begun(t *testing.T, d *db.DB, names ...string) (*rulebook.Service, []member.Actor) {
	t.Helper()
	l, _, err := ledger.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := rulebook.NewService(d, l)
	_, ids := dbtest.Group(t, d, "one", "B", names...)
	actors := make([]member.Actor, len(ids))
	for i, id := range ids {
		actors[i] = actor(t, d, id)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error { return s.Begin(tx, actors[0].Group, actors[0].Member) })
	if err != nil {
		t.Fatal(err)
	}
	return s, actors
}

func actor(t *testing.T, d *db.DB, id int64) (a member.Actor) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		m, err := member.Get(tx, member.ID(id))
		if err != nil {
			return err
		}
		g, err := member.GetGroup(tx, m.Group)
		a = member.Actor{Person: m.Person, Member: m, Group: g}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func chain(t *testing.T, d *db.DB, g member.GroupID) (vs []rulebook.Version) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		vs, err = rulebook.Chain(tx, g)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return vs
}

// TestOnlyTheNewestRulesAreRead: of several groups, each at once, and none of what each had before.
func TestOnlyTheNewestRulesAreRead(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, who := begun(t, d, "ada")
		g := who[0].Group.ID
		c.Advance(time.Hour)
		if err := s.ReplacePreset(t.Context(), who[0], "A"); err != nil {
			t.Fatal(err)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error { // what nobody can read, and nobody has to
			return tx.Exec("INSERT INTO rulebooks (group_id, number, params, hash, prev_hash, from_at, by_what) SELECT group_id, 0, '{', hash, prev_hash, 1, '' FROM rulebooks WHERE number = 1").Error
		})
		if err != nil {
			t.Fatal(err)
		}
		of, err := s.CurrentOf(t.Context(), []member.GroupID{g, g + 1000})
		if err != nil || len(of) != 1 || of[g].Number != 2 || of[g].By != "A" {
			t.Errorf("in force are %+v, %v", of, err)
		}
		if of, err := s.CurrentOf(t.Context(), nil); err != nil || len(of) != 0 {
			t.Errorf("of no group: %+v, %v", of, err)
		}
	})
}

func TestBeginAndReplace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, who := begun(t, d, "Ana", "Ben")
		g := who[0].Group
		c.Advance(time.Hour)
		if err := s.ReplacePreset(t.Context(), who[0], rulebook.Affinity); err != nil {
			t.Fatal(err)
		}
		if err := s.ReplacePreset(t.Context(), who[0], rulebook.Affinity); err != nil {
			t.Fatal(err) // the same again is no new version
		}
		vs := chain(t, d, g.ID)
		if len(vs) != 2 || vs[0].By != "B" || vs[1].By != "A" || vs[1].Chooser != who[0].Member.ID {
			t.Fatalf("got %d versions: %v", len(vs), vs)
		}
		if err := rulebook.CheckChain(vs); err != nil {
			t.Error(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			before, err := rulebook.Current(tx, g.ID, dbtest.Start.Add(30*time.Minute))
			if err != nil || before.Number != 1 {
				t.Errorf("half an hour in: version %d, %v", before.Number, err)
			}
			now, err := rulebook.Current(tx, g.ID, tx.Now)
			if err != nil || now.Number != 2 {
				t.Errorf("now: version %d, %v", now.Number, err)
			}
			if _, err := rulebook.Current(tx, g.ID, dbtest.Start.Add(-time.Second)); !db.IsNotFound(err) {
				t.Errorf("before the group began: %v", err)
			}
			if _, err := rulebook.Get(tx, g.ID, 3); !db.IsNotFound(err) {
				t.Errorf("version 3: %v", err)
			}
			group, err := member.GetGroup(tx, g.ID)
			if err != nil || group.Preset != "A" {
				t.Errorf("the group's preset is %q, %v", group.Preset, err)
			}
			entries, err := ledger.About(tx, g.Log(), "rulebook/1", "rulebook/2")
			if err != nil || len(entries) != 2 || entries[1].Kind != "rulebook.begun" {
				t.Errorf("record: %v, %v", entries, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestFounderG17: choosing another preset is the founder's, while the group is forming and before the powers' date.
func TestFounderG17(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, who := begun(t, d, "Ana", "Ben")
		refused := func(why string, a member.Actor) {
			t.Helper()
			if err := s.ReplacePreset(t.Context(), a, rulebook.Federation); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", why, err)
			}
		}
		refused("not the founder", who[1])
		if err := s.ReplacePreset(t.Context(), who[0], "D"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no preset: %v", err)
		}
		c.Set(who[0].Group.FounderUntil())
		refused("the powers have ended", who[0])
		c.Set(dbtest.Start)
		dbtest.Join(t, d, int64(who[0].Group.ID), "one", "Cleo")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("UPDATE groups SET third_at = ?", db.At(tx.Now)).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		refused("three people decide for themselves", who[0]) // though the actor is as it was when the page was shown
		if vs := chain(t, d, who[0].Group.ID); len(vs) != 1 {
			t.Errorf("%d versions", len(vs))
		}
	})
}

// TestFounderWhoLeftG17: a founder who has left since the page was shown chooses nothing any more.
func TestFounderWhoLeftG17(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, who := begun(t, d, "Ana", "Ben")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET left_at = ? WHERE id = ?", db.At(tx.Now), who[0].Member.ID).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ReplacePreset(t.Context(), who[0], rulebook.Affinity); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another preset: %v", err)
		}
		if changed, err := s.SetStart(t.Context(), who[0], map[string]string{"secret_request": "3"}); changed || fault.KindOf(err) != fault.NotFound {
			t.Errorf("another number: %v, %v", changed, err)
		}
		if vs := chain(t, d, who[0].Group.ID); len(vs) != 1 {
			t.Errorf("%d versions", len(vs))
		}
	})
}

func TestVersionsNeverChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		begun(t, d, "Ana")
		for _, sql := range []string{"UPDATE rulebooks SET params = '{}'", "DELETE FROM rulebooks"} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(sql).Error }); err == nil {
				t.Errorf("%s was not refused", sql)
			}
		}
	})
}
