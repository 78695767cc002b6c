package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"folkmoot/internal/db"
)

// writers is how many goroutines store rows at once, so that commits are shared as they are in the server.
const writers = 32

func open(ctx context.Context, p place) (*db.DB, error) {
	return db.Open(ctx, db.Options{Dir: p.dir, Now: time.Now, Unsafe: p.control})
}

// writeRows is the simplest workload: rows of the settings table, one a transaction, through db.Write.
func writeRows(ctx context.Context, p place, ack func(string)) (err error) {
	d, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("%d/%d/%d", p.run, w, i)
				if errs[w] = d.Write(ctx, func(tx *db.Tx) error {
					return tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?)", name, []byte("x")).Error
				}); errs[w] != nil {
					return
				}
				ack(name)
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(errs...)
}

// checkRows returns the acknowledged rows that are not in the database.
func checkRows(ctx context.Context, p place, acks []string) (missing []string, err error) {
	d, err := open(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	there := map[string]bool{}
	err = d.Read(ctx, func(tx *db.Tx) error {
		if err := intact(tx); err != nil {
			return err
		}
		var names []string
		if err := tx.Raw("SELECT name FROM settings").Scan(&names).Error; err != nil {
			return err
		}
		for _, n := range names {
			there[n] = true
		}
		return nil
	})
	for _, a := range acks {
		if !there[a] {
			missing = append(missing, a)
		}
	}
	return missing, err
}

// intact returns an error if SQLite finds anything wrong with the database.
func intact(tx *db.Tx) error {
	var verdict string
	err := tx.Raw("PRAGMA integrity_check").Scan(&verdict).Error
	if err == nil && verdict != "ok" {
		err = fmt.Errorf("the database is damaged: %s", verdict)
	}
	return err
}
