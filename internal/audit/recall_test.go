package audit

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/verify"
)

// TestRecallExportHolds: what members take along of petitions, waivers and what decisions did can be checked by anybody, as everything
// and decision by decision.
func TestRecallExportHolds(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		r.roles()
		r.recalls()
		words, err := lang.Load()
		r.must(err)
		s := export.NewService(d, r.Ledger, nil)
		o := export.Options{Format: export.JSON, Voice: words.Voice("en")}
		files := map[string]func() (*export.File, error){"everything": func() (*export.File, error) { return s.Everything(t.Context(), r.Who[0], o) }}
		for _, number := range []string{"2026-001", "2026-002", "2026-003", "2026-004"} {
			files[number] = func() (*export.File, error) { return s.Decision(t.Context(), r.Who[0], number, o) }
		}
		for name, file := range files {
			f, err := file()
			r.must(err)
			if got := verify.Check(f, verify.Own()); got.Verdict != verify.Holds {
				t.Errorf("%s does not hold: %+v", name, got.Problem)
			}
			r.must(f.Close())
		}
	})
}
