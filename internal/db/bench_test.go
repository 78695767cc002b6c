package db

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkDurableInserts sets the group commit beside what the same disk gives plain SQL: one row a transaction, and
// rows in transactions as large as the writer's batches. Compare them within one run only.
func BenchmarkDurableInserts(b *testing.B) {
	b.Run("plain, a row a commit", func(b *testing.B) { plain(b, 1) })
	b.Run("plain, 64 rows a commit", func(b *testing.B) { plain(b, 64) })
	for _, clients := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("Write, %d clients", clients), func(b *testing.B) {
			d, err := Open(context.Background(), Options{Dir: b.TempDir(), Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			var n atomic.Int64
			b.SetParallelism(max(1, clients/2)) // times GOMAXPROCS, which is 2 on the machine this is made for
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					name := fmt.Sprint(n.Add(1))
					if err := d.Write(context.Background(), func(tx *Tx) error {
						return tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?)", name, []byte("x")).Error
					}); err != nil {
						b.Error(err)
					}
				}
			})
			rate(b)
		})
	}
}

func plain(b *testing.B, batch int) {
	s, err := sql.Open("sqlite3", "file:"+filepath.Join(b.TempDir(), "plain.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	s.SetMaxOpenConns(1)
	if _, err := s.Exec("CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID"); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := 0; i < b.N; i += batch {
		tx, err := s.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for k := i; k < min(i+batch, b.N); k++ {
			if _, err := tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?)", fmt.Sprint(k), []byte("x")); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	rate(b)
}

func rate(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s") }
