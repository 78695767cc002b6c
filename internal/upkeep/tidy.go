package upkeep

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
)

// How long things are kept that nobody needs any more.
const (
	formsFor = 7 * 24 * time.Hour // answers to forms: a browser does not send older ones again by itself
	tidyTime = time.Hour
)

// Tidier deletes what has run out: answers to forms, setup links, what letters say.
type Tidier struct {
	db   *db.DB
	next time.Time
}

// NewTidier returns a Tidier on the database.
func NewTidier(d *db.DB) *Tidier { return &Tidier{db: d} }

// Tick tidies up if an hour has passed since it last did.
func (t *Tidier) Tick(ctx context.Context) error {
	var now time.Time
	if err := t.db.Read(ctx, func(tx *db.Tx) error { now = tx.Now; return nil }); err != nil || now.Before(t.next) {
		return err
	}
	err := t.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.ForgetOnce(tx.Now.Add(-formsFor)); err != nil {
			return err
		}
		if err := notify.Forget(tx); err != nil {
			return err
		}
		return member.ForgetSetupLinks(tx)
	})
	if err == nil {
		t.next = now.Add(tidyTime)
	}
	return err
}
