package member

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
)

// TestAVisitIsNeverOld: what is remembered of a visit ends with whatever this server writes, and soon with time.
func TestAVisitIsNeverOld(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := make1(t, d)
		founder, _ := m.found("Elm")
		slug := founder.Group.Slug
		ann := m.join(founder, "Ann")
		papers := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { tx.OnlyPapers(); return f(tx) }); err != nil {
				t.Fatal(err)
			}
		}
		rename := func(tx *db.Tx) error {
			_, err := tx.Do("UPDATE members SET name = 'Behind the back' WHERE id = ?", int64(ann.Member.ID))
			return err
		}
		m.actor(ann.Person, slug)
		papers(rename) // as another process would: nothing tells this one
		if got := m.actor(ann.Person, slug).Member.Name; got != "Ann" {
			t.Fatalf("nothing was remembered: %s", got)
		}
		c.Advance(visitFor)
		if got := m.actor(ann.Person, slug).Member.Name; got != "Behind the back" {
			t.Errorf("after %v: %s", visitFor, got)
		}
		if err := m.Rename(t.Context(), ann, "Anna"); err != nil {
			t.Fatal(err)
		}
		if got := m.actor(ann.Person, slug).Member.Name; got != "Anna" {
			t.Errorf("after a change: %s", got)
		}
		_, before, err := m.Visit(t.Context(), ann.Person, slug)
		if err != nil {
			t.Fatal(err)
		}
		m.join(founder, "Bo")
		if _, h, err := m.Visit(t.Context(), ann.Person, slug); err != nil || h.Size <= before.Size {
			t.Errorf("the record had %d entries and after a joining has %d (%v)", before.Size, h.Size, err)
		}
		if _, err := m.Leave(t.Context(), ann, false); err != nil {
			t.Fatal(err)
		}
		if m.actor(ann.Person, slug).IsMember() {
			t.Error("who has left is still a member")
		}
		if _, _, err := m.Visit(t.Context(), ann.Person, "no-such-group"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a group that is not there: %v", err)
		}
	})
}

func TestVisitsAreBounded(t *testing.T) {
	var vs visits
	now := time.Unix(0, 0)
	for i := range 2*mostVisits + 1 {
		vs.keep(visit{PersonID(i), "elm"}, visited{until: now.Add(time.Second)}, 1)
	}
	if n := len(vs.known); n > mostVisits {
		t.Errorf("%d visits are remembered", n)
	}
	vs.keep(visit{1, "elm"}, visited{until: now.Add(time.Second)}, 3)
	vs.keep(visit{2, "elm"}, visited{until: now.Add(time.Second)}, 2) // read before the change that 3 stands for
	if _, ok := vs.find(visit{2, "elm"}, 3, now); ok {
		t.Error("what was read before a change is found after it")
	}
	if _, ok := vs.find(visit{1, "elm"}, 3, now); !ok {
		t.Error("what was read after it is not")
	}
}
