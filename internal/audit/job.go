package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
)

// Kind is the kind of the entry that tells members of a difference, by table and field and with no value.
const Kind = "operator.tables_differ"

// every is how often the tables are compared by themselves.
const every = 24 * time.Hour

// Auditor compares the tables with the record once a day and tells members and operator what it finds.
type Auditor struct {
	db     *db.DB
	ledger *ledger.Ledger
	log    *slog.Logger
}

// NewAuditor returns an Auditor on the database that writes to the record.
func NewAuditor(d *db.DB, l *ledger.Ledger, log *slog.Logger) *Auditor { return &Auditor{d, l, log} }

// Tick compares if a day has passed since that was last done, by whichever process.
func (a *Auditor) Tick(ctx context.Context) error {
	now := false
	err := a.db.Read(ctx, func(tx *db.Tx) (err error) {
		now, err = due(tx)
		return err
	})
	if err != nil || !now {
		return err
	}
	_, err = a.Run(ctx)
	return err
}

// Run compares now. What Compare names is logged, and written to its group's record unless that speaks of it already. It returns
// what was found, also with the error that a group could not be looked at or not be told: the others are all the same, and a
// day passes until the next time, for what keeps one group from being compared seldom goes away within a minute.
func (a *Auditor) Run(ctx context.Context) ([]Difference, error) {
	found, err := Compare(ctx, a.db)
	errs := []error{err}
	for _, d := range found {
		a.log.ErrorContext(ctx, "a table differs from the record", slog.String("group", d.Group), slog.String("subject", d.Subject),
			slog.String("table", d.Table), slog.String("field", d.Field))
	}
	for from, to := 0, 0; from < len(found); from = to {
		for to < len(found) && found[to].Group == found[from].Group {
			to++
		}
		if err := a.tell(ctx, found[from:to]); err != nil {
			errs = append(errs, fmt.Errorf("tell group %s: %w", found[from].Group, err))
		}
	}
	return found, errors.Join(append(errs, a.db.Write(ctx, ran))...)
}

// tell writes the differences of one group to its record, each once and for good: what was found is not unfound by mending it.
func (a *Auditor) tell(ctx context.Context, found []Difference) error {
	return a.db.Write(ctx, func(tx *db.Tx) error {
		log, err := logOf(tx, found[0].Group)
		if err != nil {
			return err
		}
		for _, d := range found {
			before, err := toldOf(tx, log, d)
			if err != nil {
				return err
			}
			if before {
				continue
			}
			_, err = a.ledger.Append(tx, log, ledger.Event{
				Kind: Kind, Subject: d.Subject, Actor: ledger.Operator, Data: ledger.Data{"table": d.Table, "field": d.Field},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
