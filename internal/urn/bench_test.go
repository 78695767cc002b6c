package urn

import (
	"fmt"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// BenchmarkSealAndPut casts first votes in transactions of 64, as the group commit does under load; an op is one transaction.
func BenchmarkSealAndPut(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size, " bytes"), func(b *testing.B) { castMany(b, question(1, size)) })
	}
}

func castMany(b *testing.B, on Ballot) {
	w := newWorld(b, dbtest.SQLite(b, dbtest.NewClock(dbtest.Start)), on)
	keys := w.u.open[on.Ref].keys
	var bases [64]string
	slot := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for i := range bases {
			bases[i] = keys.basisOf(keys.pseudonym(on.ID, slot+int64(i)), nil)
		}
		b.StartTimer()
		var sealed [len(bases)]Sealed
		for i := range sealed {
			var err error
			if sealed[i], err = w.u.Seal(on, slot+int64(i), Vote{paper(on, byte(i)), "mine", bases[i]}); err != nil {
				b.Fatal(err)
			}
		}
		w.write(func(tx *db.Tx) error {
			for i := range sealed {
				if err := sealed[i].Put(tx); err != nil {
					return err
				}
			}
			return nil
		})
		slot += int64(len(bases))
	}
}

// BenchmarkSeal makes one vote ready.
func BenchmarkSeal(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size, " bytes"), func(b *testing.B) {
			on := question(1, size)
			w := newWorld(b, dbtest.SQLite(b, dbtest.NewClock(dbtest.Start)), on)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.u.Seal(on, 1, Vote{paper(on, 1), "mine", "basis"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
