package upkeep

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/ledger"
)

func TestG19_WhatTheOperatorDoesIsInEveryGroupsRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _, err := ledger.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO groups (id, ref, slug, name, preset, zone, lang, created_at) VALUES (1, 'g_1', 'a', 'A', 'B', 'UTC', 'en', 0), (2, 'g_2', 'b', 'B', 'B', 'UTC', 'en', 0)").Error
		}); err != nil {
			t.Fatal(err)
		}
		if err := Tell(t.Context(), d, l, "backup", nil); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			for log := range 2 {
				es, err := ledger.Entries(tx, ledger.Log(log+1), 0, 9)
				if err != nil {
					return err
				}
				if len(es) != 1 || es[0].Kind != "operator.backup" {
					t.Errorf("log %d holds %v", log+1, es)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
