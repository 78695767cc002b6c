package audit

import (
	"fmt"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/money"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

// counting has a group report on its money: once, and once more, which is corrected.
func counting(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) *votetest.World {
	t.Helper()
	w := votetest.NewIn(t, d, c, keys, "B", 4)
	w.GiveRoles()
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, "treasurers")
		if err != nil {
			return err
		}
		why, err := role.Begin(tx, w.Ledger, w.Group, r, role.Term{
			Ref: "t_counting", Group: w.Group.ID, Role: r.ID, Member: w.Who[0].Member.ID, Seat: 1, Caps: r.Caps, Begins: tx.Now, Ends: tx.Now.Add(180 * day), Cause: "rulebook/1",
		}, w.Who[0].Member)
		if err == nil && why != "" {
			err = fmt.Errorf("no term: %s", why)
		}
		return err
	})
	s := money.NewService(d, w.Ledger)
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

// TestMoneyAgrees: the tables of reports are what the record says.
func TestMoneyAgrees(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		counting(t, d, c, t.TempDir())
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
	})
}
