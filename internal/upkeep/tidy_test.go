package upkeep

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

func TestWhatHasRunOutIsDeleted(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		l, _, err := ledger.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		members, tidier := member.New(d, l), NewTidier(d)
		link, err := members.MakeSetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		k := db.OnceFor(1, "form")
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Did(k, 5) }); err != nil {
			t.Fatal(err)
		}
		seen := func() (seen bool) {
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) { _, seen, err = tx.Seen(k); return err }); err != nil {
				t.Fatal(err)
			}
			return seen
		}
		tick := func(after time.Duration) {
			c.Advance(after)
			if err := tidier.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		tick(0)
		tick(6 * 24 * time.Hour)
		if _, err := members.Setup(t.Context(), link); err != nil || !seen() {
			t.Errorf("tidied too soon: form remembered %v, link %v", seen(), err)
		}
		tick(2 * 24 * time.Hour)
		if seen() {
			t.Error("the form is still remembered")
		}
		tick(40 * 24 * time.Hour)
		var n int64
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Table("setup_links").Count(&n).Error }); err != nil || n != 0 {
			t.Errorf("%d setup links left (%v)", n, err)
		}
	})
}
