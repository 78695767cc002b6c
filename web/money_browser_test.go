package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/money"
)

// TestMoneyInABrowser: axe finds nothing on the pages about money, on a phone and at a desk, light and dark: before any role has that chore, while
// the first report waits, and with one that was corrected.
func TestMoneyInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 4)
	home := groupPath(w.Group)
	w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
	caps := func(caps string) {
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE roles SET caps = ? WHERE key = 'treasurers' AND group_id = ?", caps, w.Group.ID).Error
		})
	}
	look := func(paths ...string) {
		for _, l := range []browsertest.Look{browsertest.Phone, {Width: 1280, Height: 900, Dark: true}} {
			p := browsertest.Start(t, w.signedIn(0)).Person(l)
			for _, path := range paths {
				p.Open(home + path).AxeLightAndDark().WantNoSideways().WantTargets().Shot(fmt.Sprintf("money%s-%d-%d", strings.ReplaceAll(path, "/", "-"), c.Now().YearDay(), l.Width))
			}
		}
	}
	caps("")
	look("/money", "/powers/treasurers", "/powers/treasurers/reports")
	caps("finance_note")
	w.reportsMoney(w.Who[0], 200*24*time.Hour)
	c.Advance(105 * 24 * time.Hour)
	look("", "/money", "/money/new")
	file := func(typed money.Typed) {
		t.Helper()
		if _, err := w.s.Money.File(t.Context(), w.Visit(w.Who[0].Person), db.Once{}, typed); err != nil {
			t.Fatal(err)
		}
	}
	first := money.Typed{
		From: w.ago(90), To: w.ago(1), Start: "1000", Currency: "euros", End: "1150.50", Words: "The accounts lie in the **office**.",
		Lines: []money.TypedLine{{What: "Dues of all members in spring", In: "200"}, {What: "Rent of the hall", Out: "49.50"}},
	}
	file(first)
	first.After, first.Corrects, first.End, first.Lines[1].Out = 1, true, "1140.50", "59.50"
	file(first)
	c.Advance(24 * time.Hour)
	look("/money", "/money/2", "/money/2/correct")
}
