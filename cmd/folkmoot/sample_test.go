package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/demo"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/verify"
)

// TestTheSamplesRecordsHold: five months of three groups, under each preset, with votes held again, people who left and
// newcomers, pass the check that knows the program only by its files.
func TestTheSamplesRecordsHold(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	clock := demo.NewClock(time.Now)
	a, err := open(t.Context(), config.Config{Data: t.TempDir(), Keys: t.TempDir()}, clock.Now, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	if _, err := demo.Tell(t.Context(), a.demo(), clock, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	var slugs []string
	if err := a.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT slug FROM groups ORDER BY id").Scan(&slugs).Error
	}); err != nil || len(slugs) != 3 {
		t.Fatal(slugs, err)
	}
	for _, slug := range slugs {
		f, err := a.exports.ByOperator(t.Context(), slug, "", export.Options{Format: export.JSON, Voice: catalog.Voice("en")})
		if err != nil {
			t.Fatal(err)
		}
		r := verify.Check(f, verify.Own())
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if r.Problem != nil || len(r.Decisions) == 0 {
			t.Errorf("%s: %v; %d decisions", slug, r.Problem, len(r.Decisions))
		}
		t.Logf("%s: %d entries, %d decisions", slug, r.Entries, len(r.Decisions))
	}
}
