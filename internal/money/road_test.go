package money_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string) world {
	t.Helper()
	w := world{votetest.New(t, d, c, preset, 4)}
	w.GiveRoles()
	return w
}

// seat gives a member a term of a role, with what the role lets people do.
func (w world) seat(key string, who, seat int, lasts time.Duration) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		why, err := role.Begin(tx, w.Ledger, w.Group, r, role.Term{
			Ref: fmt.Sprintf("t_%s_%d_%d", key, who, seat), Group: w.Group.ID, Role: r.ID, Member: w.Who[who].Member.ID, Seat: seat, Caps: r.Caps,
			Begins: tx.Now, Ends: tx.Now.Add(lasts), Cause: "rulebook/1",
		}, w.Who[who].Member)
		if err == nil && why != "" {
			err = fmt.Errorf("no term: %s", why)
		}
		return err
	})
}

func (w world) visit(i int) member.Actor { return w.Visit(w.Who[i].Person) }

func (w world) file(i int, t money.Typed) (int, error) {
	return w.Money.File(w.Context(), w.visit(i), db.Once{}, t)
}

func (w world) list(before int) money.View {
	w.Helper()
	v, err := w.Money.List(w.Context(), w.visit(1), before)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// yesterday is the last day that is over, some days back.
func (w world) ago(days int) string {
	return string(money.DayOf(w.Clock.Now().In(w.Group.Zone).AddDate(0, 0, -days)))
}

func (w world) first() money.Typed {
	return money.Typed{
		From: w.ago(90), To: w.ago(1), Start: "100", Currency: "euros", End: "250.50", Words: "The accounts lie in the office.",
		Lines: []money.TypedLine{{What: "Dues", In: "200"}, {What: "Rent", Out: "49.50"}},
	}
}

// TestReports: who has the power files reports that go on where the last one ended; nobody else does, and nothing in one is changed.
func TestReports(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		if _, err := w.file(0, w.first()); fault.KindOf(err) != fault.Denied {
			t.Fatalf("without the power: %v", err)
		}
		if v := w.list(0); len(v.Holders) != 0 || !v.Until.IsZero() || v.Overdue() || len(v.Reports) != 0 {
			t.Fatalf("at first: %+v", v)
		}
		w.seat("treasurers", 0, 1, 180*day)
		w.seat("convenors", 1, 1, 180*day)
		if _, err := w.file(1, w.first()); fault.KindOf(err) != fault.Denied {
			t.Errorf("a convenor: %v", err)
		}
		once := db.OnceFor(1, "form")
		for range 2 {
			if n, err := w.Money.File(t.Context(), w.visit(0), once, w.first()); err != nil || n != 1 {
				t.Fatalf("filed: %d, %v", n, err)
			}
		}
		if _, err := w.file(0, w.first()); fault.KindOf(err) != fault.Conflict {
			t.Errorf("begun before another was filed: %v", err)
		}
		c.Advance(100 * day)
		next := money.Typed{After: 1, To: w.ago(1), End: "240.50", Lines: []money.TypedLine{{What: "Paper", Out: "10"}}}
		if n, err := w.file(0, next); err != nil || n != 2 {
			t.Fatalf("the second: %d, %v", n, err)
		}
		next.After, next.Corrects, next.End, next.Lines[0].Out = 2, true, "238.50", "12"
		if n, err := w.file(0, next); err != nil || n != 3 {
			t.Fatalf("its correction: %d, %v", n, err)
		}
		v := w.list(0)
		if len(v.Reports) != 3 || v.More || v.Corrected[2] != 3 || v.Reports[0].End != 23850 || v.Reports[0].From != v.Reports[2].To.Next() || v.First {
			t.Errorf("%+v", v)
		}
		if len(v.Holders) != 1 || v.Holders[0].Member.ID != w.Who[0].Member.ID || v.Holders[0].Role != "treasurers" {
			t.Errorf("who writes them: %+v", v.Holders)
		}
		if v := w.list(3); len(v.Reports) != 2 || v.Reports[0].Number != 2 || v.Corrected[2] != 3 {
			t.Errorf("older ones: %+v", v)
		}
		one, err := w.Money.Show(t.Context(), w.visit(2), 1)
		if err != nil || len(one.Reports[0].Lines) != 2 || one.Reports[0].Lines[1] != (money.Line{What: "Rent", Amount: -4950}) || one.Reports[0].Words == "" {
			t.Errorf("a single one: %+v, %v", one, err)
		}
		for _, n := range []int{0, 4, -1} {
			if _, err := w.Money.Show(t.Context(), w.visit(2), n); fault.KindOf(err) != fault.NotFound {
				t.Errorf("report %d: %v", n, err)
			}
		}
		for _, bad := range []string{
			"UPDATE money_reports SET text = 'x'", "DELETE FROM money_reports", "UPDATE money_lines SET purpose = 'x'", "DELETE FROM money_lines",
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(bad).Error }); err == nil {
				t.Errorf("%s: it is done", bad)
			}
		}
		if got := w.Kinds("money/3"); len(got) != 1 || got[0] != "money.reported" {
			t.Errorf("the record says %v", got)
		}
	})
}

// TestPowerLostWhileWriting: whoever has no time left between opening the form and sending it files nothing.
func TestPowerLostWhileWriting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A")
		w.seat("stewards", 0, 1, 30*day)
		c.Advance(30*day - time.Second)
		opened := w.visit(0)
		typed := w.first()
		c.Advance(time.Second)
		if _, err := w.Money.File(t.Context(), opened, db.Once{}, typed); fault.KindOf(err) != fault.Denied {
			t.Errorf("%v", err)
		}
		stranger := opened
		stranger.Member, stranger.Person = member.Member{}, 0
		if _, err := w.Money.File(t.Context(), stranger, db.Once{}, typed); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		if _, err := w.Money.List(t.Context(), stranger, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger reads: %v", err)
		}
		if _, err := w.Money.Show(t.Context(), stranger, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger reads one: %v", err)
		}
	})
}

// TestOverdue: from its day on a report is late, until one is filed.
func TestOverdue(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newWorld(t, dbtest.SQLite(t, c), c, "B")
	due := w.list(0).Due
	c.Set(due.Add(-time.Second))
	if w.list(0).Overdue() {
		t.Error("late before its day")
	}
	c.Set(due)
	if !w.list(0).Overdue() {
		t.Error("not late on its day")
	}
	w.seat("treasurers", 0, 1, 180*day)
	if _, err := w.file(0, w.first()); err != nil {
		t.Fatal(err)
	}
	if v := w.list(0); v.Overdue() || !v.Due.After(due) {
		t.Errorf("late although it is filed: %v", v.Due)
	}
}

// before has the group be one that began before there were reports: no role of it has the power, and nobody who holds one.
func (w world) before() {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("UPDATE roles SET caps = '' WHERE caps = 'finance_note'").Error
	})
}

// TestChore: a group that began before there were reports has nobody who could file one and none that is due, until members give a role the
// chore, as they change their rules. Nobody gets it by that who holds the role already.
func TestChore(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B")
		w.before()
		w.seat("treasurers", 1, 1, 300*day)
		if v := w.list(0); !slices.Equal(v.Lacks, []string{"treasurers"}) || len(v.By)+len(v.Holders) != 0 || v.Early || !v.Due.IsZero() {
			t.Fatalf("before: %+v", v)
		}
		if _, err := w.file(1, w.first()); fault.KindOf(err) != fault.Denied {
			t.Errorf("a treasurer without the power: %v", err)
		}
		for key, want := range map[string]fault.Kind{"convenors": fault.Conflict, "tellers": fault.Conflict, "none": fault.NotFound} {
			_, err := w.Money.ProposeChore(t.Context(), w.Who[0], db.Once{}, key, "")
			w.WantKind(key, err, want)
		}
		once := db.OnceFor(1, "chore")
		m, err := w.Money.ProposeChore(t.Context(), w.Who[0], once, "treasurers", "So that we know.")
		if err != nil || m.Kind != motion.Chore || m.AboutPerson {
			t.Fatalf("%+v, %v", m, err)
		}
		again, err := w.Money.ProposeChore(t.Context(), w.Who[0], once, "treasurers", "So that we know.")
		if err != nil || again.ID != m.ID {
			t.Errorf("the same form made %d and %d, %v", m.ID, again.ID, err)
		}
		for i := 1; err == nil && m.State == motion.Seeking; i++ {
			m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, m.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Opens.Sub(m.Tabled); got < time.Duration(w.Rulebook().NoticeDays.RuleChange)*day {
			t.Errorf("members have %v to talk about a change of the rules", got)
		}
		w.GoTo(m.Opens)
		b := w.Show(m.Number)
		if !reflect.DeepEqual(b.Rule, w.Rulebook().RuleChangeMajority()) {
			t.Errorf("it takes %+v", b.Rule)
		}
		w.Vote(b, 4, 0, 0)
		v := w.list(0)
		if !slices.Equal(v.By, []string{"treasurers"}) || len(v.Lacks)+len(v.Holders) != 0 || !v.Early || v.Due.IsZero() {
			t.Errorf("after: %+v", v)
		}
		if got := w.Kinds("role/treasurers"); !slices.Contains(got, "role.entrusted") {
			t.Errorf("recorded: %v", got)
		}
		if _, err := w.file(1, w.first()); fault.KindOf(err) != fault.Denied {
			t.Errorf("who held it before: %v", err)
		}
		w.seat("treasurers", 2, 2, 180*day)
		if _, err := w.file(2, w.first()); err != nil {
			t.Errorf("who was given it after: %v", err)
		}
		_, err = w.Money.ProposeChore(t.Context(), w.Who[0], db.Once{}, "treasurers", "")
		w.WantKind("it has it already", err, fault.Conflict)
		w.Write(func(tx *db.Tx) error {
			why, err := role.EntrustByDecision(tx, w.Ledger, w.Group, "convenors", "finance_note")
			if err == nil && why != role.HasChore {
				t.Errorf("a second role: %q", why)
			}
			return err
		})
	})
}

// TestAnyRole: where members have ended the role that writes the reports in other groups, they can give the chore to any.
func TestAnyRole(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newWorld(t, dbtest.SQLite(t, c), c, "B")
	w.before()
	w.Write(func(tx *db.Tx) error {
		_, _, err := role.EndRoleByDecision(tx, w.Ledger, w.Group, "treasurers", "")
		return err
	})
	if v := w.list(0); !slices.Equal(v.Lacks, []string{"convenors", "tellers"}) {
		t.Errorf("%v", v.Lacks)
	}
	_, err := w.Money.ProposeChore(t.Context(), w.Who[0], db.Once{}, "treasurers", "")
	w.WantKind("a role that has ended", err, fault.Conflict)
	if _, err := w.Money.ProposeChore(t.Context(), w.Who[0], db.Once{}, "convenors", ""); err != nil {
		t.Error(err)
	}
}

// TestWaits: whoever can file the report is told of it once the time is over that it is about, and nobody else is.
func TestWaits(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newWorld(t, dbtest.SQLite(t, c), c, "B")
	w.seat("treasurers", 0, 1, 180*day)
	due := w.list(0).Due
	waits := func(i int) bool {
		at, _, err := w.Money.Waits(t.Context(), w.visit(i))
		if err != nil || !at.IsZero() && !at.Equal(due) {
			t.Fatalf("%v, %v", at, err)
		}
		return !at.IsZero()
	}
	c.Set(due.AddDate(0, 0, -money.GraceDays).Add(-time.Second))
	if waits(0) {
		t.Error("before its time is over")
	}
	c.Advance(time.Second)
	if !waits(0) || waits(1) {
		t.Errorf("for the treasurer %v, for another member %v", waits(0), waits(1))
	}
	if _, err := w.file(0, w.first()); err != nil {
		t.Fatal(err)
	}
	if waits(0) {
		t.Error("although it is filed")
	}
}
