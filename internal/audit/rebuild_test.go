package audit

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

func compare(t *testing.T, d *db.DB) []Difference {
	t.Helper()
	found, err := Compare(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestRebuildEqualsTables_6_2_10: what is rebuilt from the entries is what stands in the tables.
func TestRebuildEqualsTables_6_2_10(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		whole(t, d, c)
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
	})
}
