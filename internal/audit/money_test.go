package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/money"
	"folkmoot/internal/role"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// reportingMoney has a group report on its money: once, and once more, which is corrected.
func reportingMoney(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) *votetest.World {
	t.Helper()
	w := votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Savers", Aim: "We save.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: "Svea"})
	w.Invite("Sindri", "Salka", "Solveig") // roles come with the third
	w.Write(func(tx *db.Tx) error {
		g := w.Who[3].Group
		r, err := role.Find(tx, g.ID, "treasurers")
		if err != nil {
			return err
		}
		why, err := role.Begin(tx, w.Ledger, g, r, role.Term{
			Ref: "t_counting", Group: g.ID, Role: r.ID, Member: w.Who[0].Member.ID, Kind: role.Caretaker, Seat: 1, Caps: role.Chores(r.Caps), Begins: tx.Now,
			Ends: tx.Now.Add(28 * day), Cause: "rulebook/1",
		}, w.Who[0].Member)
		if err == nil && why != "" {
			err = fmt.Errorf("no term: %s", why)
		}
		return err
	})
	c.Advance(time.Minute)
	s := w.Money
	ago := func(days int) string { return string(money.DayOf(c.Now().In(w.Group.Zone).AddDate(0, 0, -days))) }
	for _, typed := range []money.Typed{
		{From: ago(90), To: ago(3), Start: "100", Currency: "euros", End: "250.50", Words: "The accounts lie in the office.", Lines: []money.TypedLine{{What: "Dues", In: "200"}, {What: "Rent", Out: "49.50"}}},
		{After: 1, To: ago(1), End: "240.50", Lines: []money.TypedLine{{What: "Paper", Out: "10"}}},
		{After: 2, Corrects: true, To: ago(1), End: "238.50", Lines: []money.TypedLine{{What: "Paper", Out: "12"}}},
	} {
		if _, err := s.File(t.Context(), w.Visit(w.Who[0].Person), db.Once{}, typed); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// holds says whether the tables are what the record says, and a file of all of it holds.
func holds(t *testing.T, d *db.DB, w *votetest.World) {
	t.Helper()
	for _, x := range compare(t, d) {
		t.Errorf("%+v", x)
	}
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	f, err := export.NewService(d, w.Ledger, nil).Everything(t.Context(), w.Visit(w.Who[1].Person), export.Options{Format: export.JSON, Voice: words.Voice("en")})
	if err != nil {
		t.Fatal(err)
	}
	if got := verify.Check(f, verify.Own()); got.Verdict != verify.Holds {
		t.Errorf("it does not hold: %v", got.Problem)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// TestChoreAgrees: that members gave a role the reports on money is in the record as the tables have it, with a vote that took what a change of
// the rules takes, and whoever is given the role then files one.
func TestChoreAgrees(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := reportingMoney(t, d, c, t.TempDir())
		r := &road{World: w}
		w.Write(func(tx *db.Tx) error {
			_, _, err := role.EndRoleByDecision(tx, w.Ledger, w.Who[0].Group, "treasurers", "")
			return err
		})
		m, err := w.Money.ProposeChore(t.Context(), w.Visit(w.Who[0].Person), db.Once{}, "convenors", "")
		r.must(err)
		m = r.table(m)
		w.GoTo(m.Opens)
		w.Vote(w.Show(m.Number), 4, 0, 0)
		w.Write(func(tx *db.Tx) error {
			g := w.Who[0].Group
			of, err := role.Find(tx, g.ID, "convenors")
			if err != nil {
				return err
			}
			why, err := role.Begin(tx, w.Ledger, g, of, role.Term{
				Ref: "t_chore", Group: g.ID, Role: of.ID, Member: w.Who[2].Member.ID, Kind: role.Caretaker, Seat: 1,
				Caps: role.Chores(of.Caps), Begins: tx.Now, Ends: tx.Now.Add(28 * day), Cause: "rulebook/1",
			}, w.Who[2].Member)
			if err == nil && why != "" {
				err = fmt.Errorf("no term: %s", why)
			}
			return err
		})
		c.Advance(time.Minute)
		to := string(money.DayOf(c.Now().In(w.Group.Zone).AddDate(0, 0, -1)))
		n, err := w.Money.File(t.Context(), w.Visit(w.Who[2].Person), db.Once{}, money.Typed{After: 3, To: to, End: "238.50"})
		if err != nil || n != 4 {
			t.Errorf("report %d, %v", n, err)
		}
		holds(t, d, w)
	})
}

// TestMoneyAgrees: the tables of reports are what the record says, and a file of it holds.
func TestMoneyAgrees(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := reportingMoney(t, d, c, t.TempDir())
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		words, err := lang.Load()
		if err != nil {
			t.Fatal(err)
		}
		files, who := export.NewService(d, w.Ledger, nil), w.Visit(w.Who[1].Person)
		f, err := files.Everything(t.Context(), who, export.Options{Format: export.JSON, Voice: words.Voice("en")})
		if err != nil {
			t.Fatal(err)
		}
		file, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
			t.Errorf("it does not hold: %v", got.Problem)
		}
		if n := bytes.Count(file, []byte("money.reported")); n != 3 {
			t.Errorf("%d reports are in it", n)
		}
		if f, err = files.Money(t.Context(), who, export.Options{Format: export.Tables, Voice: words.Voice("es")}); err != nil {
			t.Fatal(err)
		}
		table, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"Rent,,49.50,", "Paper,,12.00,", "Dues,200.00,,"} {
			if !bytes.Contains(table, []byte(line)) {
				t.Errorf("the spreadsheet has no %q: %s", line, table)
			}
		}
		if _, err := files.Money(t.Context(), who, export.Options{Format: export.PDF, Voice: words.Voice("en")}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("as a PDF: %v", err)
		}
		if _, err := files.Money(t.Context(), member.Actor{Group: who.Group}, export.Options{Format: export.Tables, Voice: words.Voice("en")}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("for a stranger: %v", err)
		}
	})
}
