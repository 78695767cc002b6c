package upkeep

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Tell writes what the operator did ("setup_link", "backup") to the record of every group.
func Tell(ctx context.Context, d *db.DB, l *ledger.Ledger, what string, data ledger.Data) error {
	err := d.Write(ctx, func(tx *db.Tx) error {
		logs, err := ledger.Logs(tx)
		if err != nil {
			return err
		}
		for _, ref := range slices.Sorted(maps.Keys(logs)) {
			ev := ledger.Event{Kind: "operator." + what, Subject: "group", Actor: ledger.Operator, Data: data}
			if _, err := l.Append(tx, logs[ref], ev); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tell the members: %w", err)
	}
	return nil
}

// TellGroup writes what the operator did to the record of the one group with the slug. It returns fault.NotFound if
// there is none.
func TellGroup(ctx context.Context, d *db.DB, l *ledger.Ledger, slug, what string) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		g, err := member.FindGroup(tx, slug)
		if err != nil {
			return err
		}
		_, err = l.Append(tx, g.Log(), ledger.Event{Kind: "operator." + what, Subject: "group", Actor: ledger.Operator})
		return err
	})
}
