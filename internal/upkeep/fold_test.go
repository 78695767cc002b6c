package upkeep

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
)

// TestNamesAreComparedAnew: who has a name that an earlier version compared otherwise is found by it after the first start of this one; of two that look the same by now,
// the later one keeps its place. The next start has nothing to do.
func TestNamesAreComparedAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		names := []string{"Amina", "\u0555\u0570\u0561\u0576", "\u0251mina", "Olga"}
		var log strings.Builder
		keys := func(table, name, key string) (out []string) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.Table(table).Where(name+" IN ?", names).Order("id").Pluck(key, &out).Error
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		dbtest.Group(t, d, "a", "A", names...) // which compares small letters only
		for start := range 2 {
			log.Reset()
			if err := Refold(t.Context(), d, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
				t.Fatal(err)
			}
			for place, got := range map[string][]string{"": keys("members", "name", "name_key"), "a/": keys("people", "handle", "handle_key")} {
				want := []string{member.Fold(names[0]), member.Fold(names[1]), place + "\u0251mina", member.Fold(names[3])}
				if !slices.Equal(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
			}
			if told := strings.Contains(log.String(), "names=2"); told != (start == 0) {
				t.Errorf("at start %d the operator reads %q", start, log.String())
			}
		}
	})
}
