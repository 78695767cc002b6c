package audit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// schema returns the columns of every table of the program.
func schema(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	query := `SELECT m.name AS name, c.name AS col FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
	if d.Dialect() == db.Postgres {
		query = `SELECT table_name AS name, column_name AS col FROM information_schema.columns WHERE table_schema = 'public'
			ORDER BY table_name, ordinal_position`
	}
	var rows []struct{ Name, Col string }
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(query).Scan(&rows).Error }); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, r := range rows {
		if r.Name != "goose_db_version" {
			out[r.Name] = append(out[r.Name], r.Col)
		}
	}
	return out
}

// told says which rows the record tells of, and spells out.
var told = map[string]string{
	"motions": "number > 0", "motions due_at": "state = 'tabled'", "motion_versions at": "n > 1 AND motion_id IN (SELECT id FROM motions WHERE number > 0)",
	"motion_versions": "motion_id IN (SELECT id FROM motions WHERE number > 0)", "clauses": "motion_id IN (SELECT id FROM motions WHERE number > 0)",
	"open_votes": "ballot_id IN (SELECT id FROM ballots WHERE state = 'counted')",
	"ballots":    "state = 'purged'", "ballots replaces_id": "replaces_id IS NOT NULL", "ballots incident": "incident <> ''",
	"candidates": "accepted_at IS NOT NULL", "candidates asked_at": "accepted_at = asked_at",
	"election_answers": "question_id IN (SELECT q.id FROM election_questions q JOIN elections e ON e.id = q.election_id WHERE e.state NOT IN ('nominating', 'answering'))",
	"selections":       "state = 'final'", "selection_papers": "selection_id IN (SELECT id FROM selections WHERE state = 'final')",
	"selection_answers": "selection_id IN (SELECT id FROM selections WHERE state = 'final')",
	"meetings":          "state = 'closed'", "meeting_calls": "state <> 'collecting'", "minutes": "state = 'confirmed'",
	"ledger_entries": "n = 0", "groups parent_id": "slug = 'bakers'", "members introduced_by": "introduced_by IS NOT NULL",
}

// alteration changes one value behind the program's back, and puts it back.
type alteration struct {
	t            *testing.T
	d            *db.DB
	table, field string
	columns      []string
	row          []any
	was, is      any
}

// unguarded runs f on a connection for which no trigger and no key holds.
func (a *alteration) unguarded(f func(s *sql.Conn) error) {
	a.t.Helper()
	off, on := "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON", "PRAGMA foreign_keys = ON; PRAGMA ignore_check_constraints = OFF"
	if a.d.Dialect() == db.Postgres {
		off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
	}
	err := a.d.Outside(a.t.Context(), func(s *sql.DB) (err error) {
		c, err := s.Conn(a.t.Context())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.Close()) }()
		if _, err := c.ExecContext(a.t.Context(), off); err != nil {
			return err
		}
		err = f(c)
		_, err2 := c.ExecContext(a.t.Context(), on)
		return errors.Join(err, err2)
	})
	if err != nil {
		a.t.Fatalf("%s.%s: %v", a.table, a.field, err)
	}
}

// pick finds a row that the record tells of.
func (a *alteration) pick() {
	a.t.Helper()
	query := "SELECT " + strings.Join(a.columns, ", ") + " FROM " + a.table
	if where := cmp.Or(told[a.table+" "+a.field], told[a.table]); where != "" {
		query += " WHERE " + where
	}
	a.row = make([]any, len(a.columns))
	into := make([]any, len(a.columns))
	for i := range a.row {
		into[i] = &a.row[i]
	}
	at := slices.Index(a.columns, a.field)
	a.unguarded(func(s *sql.Conn) error {
		// Of a column that is seldom filled, a row in which it is.
		err := s.QueryRowContext(a.t.Context(), query+" ORDER BY "+a.field+" IS NULL, "+a.columns[0]+" LIMIT 1").Scan(into...)
		a.was = a.row[at]
		return err
	})
}

// set writes a value into the row that has was in the field.
func (a *alteration) set(was, v any) {
	a.t.Helper()
	mark := func(i int) string {
		if a.d.Dialect() == db.Postgres {
			return fmt.Sprintf("$%d", i)
		}
		return "?"
	}
	same, args := []string{}, []any{v}
	for i, c := range a.columns {
		x := a.row[i]
		if c == a.field {
			x = was
		}
		if x == nil {
			same = append(same, c+" IS NULL")
			continue
		}
		args = append(args, x)
		same = append(same, c+" = "+mark(len(args)))
	}
	a.unguarded(func(s *sql.Conn) error {
		res, err := s.ExecContext(context.Background(), "UPDATE "+a.table+" SET "+a.field+" = "+mark(1)+" WHERE "+strings.Join(same, " AND "), args...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%d rows altered, %w", n, err)
		}
		return nil
	})
}

// another returns a value of the same kind.
func another(v any, like any) any {
	switch v := v.(type) {
	case int64:
		return v + 1000
	case string:
		return v + "x"
	case []byte:
		b := slices.Clone(v)
		b[0] ^= 1
		return b
	}
	return like // there was none
}

// TestEveryAlteredValueIsNamed: whatever column the record tells of, a value that is changed in it behind the program's back is
// found, and nothing else is. A column that is neither compared nor declared private does not pass.
func TestEveryAlteredValueIsNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		whole(t, d, c)
		dropGuards(t, d)
		known := map[string]table{}
		for _, x := range compared() {
			known[x.name] = x
		}
		tables := schema(t, d)
		for name := range private {
			if tables[name] == nil || known[name].name != "" {
				t.Errorf("%s is declared private, and is compared or not there", name)
			}
		}
		var rounds [][]*alteration // of columns that name no row: one of each table at a time
		for name, columns := range tables {
			if private[name] != "" {
				continue
			}
			x, tried, round := known[name], false, 0
			for _, field := range columns {
				i := slices.IndexFunc(x.columns, func(c column) bool { return c.name == field })
				if i < 0 {
					t.Errorf("%s.%s is neither compared nor declared private", name, field)
					continue
				}
				if x.columns[i].why != "" || tried && d.Dialect() == db.Postgres { // there one of each table shows that its rows are read right
					continue
				}
				tried = true
				a := &alteration{t: t, d: d, table: name, field: field, columns: columns}
				if x.columns[i].in != nowhere {
					a.isNamed(true)
					continue
				}
				if round == len(rounds) {
					rounds = append(rounds, nil)
				}
				rounds[round] = append(rounds[round], a)
				round++
			}
			if len(columns) != len(x.columns) {
				t.Errorf("%s has %d columns, and %d are known of", name, len(columns), len(x.columns))
			}
		}
		for _, round := range rounds {
			areNamed(t, round)
		}
		same(t, d, "after all was put back")
	})
}

// areNamed sees that of values that are altered together each is found, and nothing else. Where that fails, each is tried alone.
func areNamed(t *testing.T, all []*alteration) {
	t.Helper()
	for _, a := range all {
		a.pick() // before any is altered, because which rows the record tells of is told by columns too
	}
	for _, a := range all {
		a.alter()
	}
	found := compare(t, all[0].d)
	for _, a := range slices.Backward(all) {
		a.set(a.is, a.was)
	}
	each := !slices.ContainsFunc(all, func(a *alteration) bool { return !slices.ContainsFunc(found, a.names) })
	if each && len(found) == len(all) {
		return
	}
	for _, a := range all {
		a.isNamed(false)
	}
	if !t.Failed() {
		t.Errorf("altered together with what is found alone: found %+v", found)
	}
}

// isNamed sees that the altered value is found; a column by which rows are told apart may be said to be a row that is lacking or one too many.
func (a *alteration) isNamed(asRow bool) {
	a.t.Helper()
	a.pick()
	a.alter()
	found := compare(a.t, a.d)
	a.set(a.is, a.was)
	switch {
	case !slices.ContainsFunc(found, func(x Difference) bool { return a.names(x) || asRow && x.Table == a.table && x.Field == Whole }):
		a.t.Errorf("%s.%s: %v became %v: found %+v", a.table, a.field, a.was, a.is, found)
	case !asRow && len(found) != 1:
		a.t.Errorf("%s.%s: also found %+v", a.table, a.field, found)
	}
}

// names says whether the difference is of the column that was altered.
func (a *alteration) names(x Difference) bool { return x.Table == a.table && x.Field == a.field }

// alter puts another value into the row that was picked.
func (a *alteration) alter() {
	a.t.Helper()
	a.is = another(a.was, int64(1))
	a.set(a.was, a.is)
}

// dropGuards takes away what the databases cannot have sleep: SQLite its triggers, PostgreSQL its checks of rows.
func dropGuards(t *testing.T, d *db.DB) {
	t.Helper()
	drops := "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
	if d.Dialect() == db.Postgres {
		drops = `SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname)
			FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace`
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		var all []string
		if err := tx.Raw(drops).Scan(&all).Error; err != nil {
			return err
		}
		for _, drop := range all {
			if err := tx.Exec(drop).Error; err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
