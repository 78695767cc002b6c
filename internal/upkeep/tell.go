package upkeep

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
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

// NoteSchema writes to the record of every group that the database was brought from one schema to another, if that has
// happened since members were last told. It is run when the server starts. What was told is kept in the same
// transaction, so a start that breaks off between migrating and telling is made good by the next one. A record that is
// older than what members saw is left alone: only a restore can go on with it, and says more.
func NoteSchema(ctx context.Context, d *db.DB, l *ledger.Ledger) error {
	err := d.Write(ctx, func(tx *db.Tx) error {
		text, err := tx.Setting(db.SchemaTold)
		if err != nil {
			return err
		}
		from := int64(1) // databases that were begun with the first schema have no note
		if text != nil {
			if from, err = strconv.ParseInt(string(text), 10, 64); err != nil {
				return fmt.Errorf("read the noted schema: %w", err)
			}
		}
		if from == d.Schema() && text != nil {
			return nil
		}
		if from != d.Schema() {
			if err := tellMigrated(tx, l, from, d.Schema()); err != nil {
				return err
			}
		}
		return tx.PutSetting(db.SchemaTold, strconv.AppendInt(nil, d.Schema(), 10))
	})
	if err != nil {
		return fmt.Errorf("tell the members of the new schema: %w", err)
	}
	return nil
}

func tellMigrated(tx *db.Tx, l *ledger.Ledger, from, to int64) error {
	logs, err := ledger.Logs(tx)
	if err != nil {
		return err
	}
	for _, ref := range slices.Sorted(maps.Keys(logs)) {
		_, err := l.Append(tx, logs[ref], ledger.Event{
			Kind: "operator.migrated", Subject: "group", Actor: ledger.Operator, Data: ledger.Data{"from": from, "to": to},
		})
		if err != nil && fault.KindOf(err) != fault.Unavailable {
			return err
		}
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
