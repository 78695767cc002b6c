package upkeep

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"

	_ "github.com/jackc/pgx/v5/stdlib" // opens the database that is set aside
	_ "github.com/mattn/go-sqlite3"    // opens backups
)

// openFile opens an SQLite file by itself, without the program's schema; mode is "ro", "rw" or "rwc".
func openFile(path, mode string) (*sql.DB, error) {
	address := (&url.URL{Path: path}).EscapedPath()
	s, err := sql.Open("sqlite3", "file:"+address+"?mode="+mode+"&_busy_timeout=10000")
	if err != nil {
		return nil, err
	}
	s.SetMaxOpenConns(1)
	return s, nil
}

// vacuumInto copies an SQLite database that may be in use. The copy is one moment's; writers are not held up.
func vacuumInto(ctx context.Context, from, to string) error {
	s, err := openFile(from, "ro")
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, s.Close())
}

// What examine can find wrong.
var (
	errDamaged = errors.New("it is damaged, or no database")
	errForeign = errors.New("it is a database, but not Folkmoot's")
	errAltered = errors.New("its tables or guards are not those that Folkmoot makes")
	errNewer   = errors.New("it was written by a newer Folkmoot")
)

// examine reads the whole of a backup and returns its schema's number.
func examine(ctx context.Context, path string) (schema int64, err error) {
	s, err := openFile(path, "ro")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var said string
	if err := s.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return 0, errors.Join(errDamaged, err)
	}
	var ours int
	err = s.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('goose_db_version', 'ledger_entries', 'people')").Scan(&ours)
	if err != nil || ours != 3 {
		return 0, errors.Join(errForeign, err)
	}
	if err := s.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&schema); err != nil {
		return 0, err
	}
	if known, err := db.Newest(); err != nil || schema > known {
		return 0, errors.Join(errNewer, err)
	}
	broken, err := s.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return 0, err
	}
	dangling := broken.Next()
	if err := errors.Join(broken.Err(), broken.Close()); err != nil || dangling {
		return 0, errors.Join(errDamaged, err)
	}
	return schema, nil
}

// sameSchema returns errAltered unless the database has exactly the tables, indexes and triggers that this program makes. Guards
// that are missing would let the record be rewritten, and ones that were added could write down who votes.
func sameSchema(ctx context.Context, path, temp string, now func() time.Time) (err error) {
	d, err := db.Open(ctx, db.Options{Dir: temp, Now: now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	own, err := schemaOf(ctx, d.Path())
	if err != nil {
		return err
	}
	found, err := schemaOf(ctx, path)
	if err == nil && !maps.Equal(own, found) {
		err = errAltered
	}
	return err
}

// schemaOf returns what an SQLite database consists of: the statement that made each thing, by kind and name.
func schemaOf(ctx context.Context, path string) (out map[string]string, err error) {
	s, err := openFile(path, "ro")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	// What ANALYZE counts is nobody's table: an operator may have run it, and the program never does. SQLite lets nothing be hung on it.
	rows, err := s.QueryContext(ctx, `SELECT type || ' ' || name || ' on ' || tbl_name, COALESCE(sql, '') FROM sqlite_master
		WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]string{}
	for rows.Next() {
		var what, made string
		if err := rows.Scan(&what, &made); err != nil {
			return nil, err
		}
		out[what] = made
	}
	return out, rows.Err()
}

// table is a table and its columns, in the order in which rows can be inserted one table after the other.
type table struct {
	name    string
	columns []string
	key     string // what its rows are read by; a row may refer to a later one of its own table
}

// tables lists the program's tables of an SQLite database, each after those it refers to. A migration may have made one anew, so that the
// order of their making is not enough.
func tables(ctx context.Context, s *sql.DB) (out []table, err error) {
	rows, err := s.QueryContext(ctx, `SELECT m.name, c.name, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version' ORDER BY m.rowid, c.cid`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name, column string
		var pk int
		if err := rows.Scan(&name, &column, &pk); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, table{name: name})
		}
		t := &out[len(out)-1]
		t.columns = append(t.columns, column)
		if pk == 1 {
			t.key = column
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	refers, err := references(ctx, s)
	if err != nil {
		return nil, err
	}
	return inOrder(out, refers)
}

// references returns the tables that each table refers to.
func references(ctx context.Context, s *sql.DB) (out map[string][]string, err error) {
	rows, err := s.QueryContext(ctx, `SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string][]string{}
	for rows.Next() {
		var from, to string
		if err := rows.Scan(&from, &to); err != nil {
			return nil, err
		}
		out[from] = append(out[from], to)
	}
	return out, rows.Err()
}

// inOrder puts each table after the others that it refers to, and otherwise leaves them as they are.
func inOrder(all []table, refers map[string][]string) (out []table, err error) {
	placed := map[string]bool{}
	for len(all) > 0 {
		at := slices.IndexFunc(all, func(t table) bool {
			return !slices.ContainsFunc(refers[t.name], func(to string) bool { return to != t.name && !placed[to] })
		})
		if at < 0 {
			return nil, fmt.Errorf("%s and others refer to each other", all[0].name)
		}
		placed[all[at].name] = true
		out = append(out, all[at])
		all = slices.Delete(all, at, at+1)
	}
	return out, nil
}

// selecting reads the rows that are copied: all but the one that says which server has the database.
func (t table) selecting() string {
	where := ""
	if t.name == "settings" {
		where = " WHERE name <> '" + db.ClaimedBy + "'"
	}
	return fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s", strings.Join(t.columns, ", "), t.name, where, t.key)
}

// inserting is an INSERT of n rows; mark writes the i-th placeholder.
func (t table) inserting(n int, mark func(i int) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", t.name, strings.Join(t.columns, ", "))
	i := 0
	for row := range n {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range t.columns {
			if c > 0 {
				b.WriteString(", ")
			}
			i++
			b.WriteString(mark(i))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// rowsAtOnce is how many rows one INSERT carries.
const rowsAtOnce = 200

// pour reads all rows and hands them to put in batches of rowsAtOnce.
func pour(rows *sql.Rows, width int, put func(n int, values []any) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	var batch []any
	n := 0
	for rows.Next() {
		values, into := make([]any, width), make([]any, width)
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		batch = append(batch, values...)
		if n++; n == rowsAtOnce {
			if err := put(n, batch); err != nil {
				return err
			}
			batch, n = batch[:0], 0
		}
	}
	if n > 0 {
		if err := put(n, batch); err != nil {
			return err
		}
	}
	return rows.Err()
}

// CopyOut writes a PostgreSQL database's rows, as one snapshot shows them, to a new SQLite file with the same schema, in
// a folder of its own. It fits db.Options.Keep.
func CopyOut(ctx context.Context, d *db.DB, file string) (err error) {
	dir := filepath.Dir(file)
	if filepath.Base(file) != db.FileName {
		return fmt.Errorf("the copy is made as %s", db.FileName)
	}
	if err := d.Lay(ctx, dir); err != nil {
		return err
	}
	s, err := openFile(file, "rw")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all, err := tables(ctx, s)
	if err != nil {
		return err
	}
	to, err := s.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(all) { // what a migration has put there is copied with the rest
		if _, err := to.ExecContext(ctx, "DELETE FROM "+t.name); err != nil {
			return errors.Join(fmt.Errorf("empty %s: %w", t.name, err), to.Rollback())
		}
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		for _, t := range all {
			rows, err := tx.Raw(t.selecting()).Rows()
			if err != nil {
				return fmt.Errorf("read %s: %w", t.name, err)
			}
			err = pour(rows, len(t.columns), func(n int, values []any) error {
				_, err := to.ExecContext(ctx, t.inserting(n, func(int) string { return "?" }), values...)
				return err
			})
			if err != nil {
				return fmt.Errorf("copy %s: %w", t.name, err)
			}
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, to.Rollback())
	}
	if err := to.Commit(); err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, "PRAGMA journal_mode = DELETE") // one file, and no other beside it when it is read
	return err
}

// copyIn writes the rows of an SQLite file into an empty PostgreSQL database.
func copyIn(ctx context.Context, file string, d *db.DB) (err error) {
	s, err := openFile(file, "ro")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	all, err := tables(ctx, s)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		// A draft may take up again what was put forward after it was begun, and so refer to a row that is not there yet.
		if err := tx.Exec("SET CONSTRAINTS ALL DEFERRED").Error; err != nil {
			return err
		}
		// A server that was started on the database before has left settings, though nobody has used it.
		for _, t := range slices.Backward(all) {
			if err := tx.Exec("DELETE FROM " + t.name).Error; err != nil {
				return fmt.Errorf("empty %s: %w", t.name, err)
			}
		}
		for _, t := range all {
			rows, err := s.QueryContext(ctx, t.selecting())
			if err != nil {
				return fmt.Errorf("read %s: %w", t.name, err)
			}
			err = pour(rows, len(t.columns), func(n int, values []any) error {
				return tx.Exec(t.inserting(n, func(int) string { return "?" }), values...).Error
			})
			if err != nil {
				return fmt.Errorf("copy %s: %w", t.name, err)
			}
			if t.columns[0] != "id" {
				continue
			}
			next := fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), COALESCE((SELECT MAX(id) FROM %s), 0) + 1, false)", t.name, t.name)
			if err := tx.Exec(next).Error; err != nil {
				return fmt.Errorf("number %s: %w", t.name, err)
			}
		}
		return nil
	})
}

// isEmpty says whether nobody has used the PostgreSQL database yet.
func isEmpty(ctx context.Context, address string) (empty bool, err error) {
	s, err := sql.Open("pgx", address)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var laid bool
	if err := s.QueryRowContext(ctx, "SELECT to_regclass('people') IS NOT NULL AND to_regclass('groups') IS NOT NULL").Scan(&laid); err != nil || !laid {
		return err == nil, err
	}
	var n int64
	err = s.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM people) + (SELECT COUNT(*) FROM groups)").Scan(&n)
	return n == 0, err
}

// setAside gives everything in the PostgreSQL database another name, so that it is out of the way and not lost.
func setAside(ctx context.Context, address, name string) error {
	return inOne(ctx, address, "ALTER SCHEMA public RENAME TO "+name, "CREATE SCHEMA public")
}

// setBack undoes what setAside did, and drops what was put in the place since.
func setBack(ctx context.Context, address, name string) error {
	return inOne(ctx, address, "DROP SCHEMA public CASCADE", "ALTER SCHEMA "+name+" RENAME TO public")
}

// inOne runs the statements on the PostgreSQL database in one transaction.
func inOne(ctx context.Context, address string, statements ...string) (err error) {
	s, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	tx, err := s.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, q := range statements {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// forget removes from a restored database what must not come back to life: sessions, spent forms, links, addresses of calendars and
// invitations.
func forget(tx *db.Tx) error {
	for _, q := range []string{"DELETE FROM sessions", "DELETE FROM once_keys", "DELETE FROM setup_links", "DELETE FROM calendar_feeds"} {
		if err := tx.Exec(q).Error; err != nil {
			return err
		}
	}
	return tx.Exec("UPDATE invitations SET uses_left = 0, revoked_at = ? WHERE revoked_at IS NULL", db.At(tx.Now)).Error
}

// recordedKey returns the key that the record itself last named.
func recordedKey(tx *db.Tx, log ledger.Log) (string, error) {
	var leaf string
	err := tx.Raw("SELECT leaf FROM ledger_entries WHERE group_id = ? AND subject = 'group' AND kind IN ('group.started', 'operator.rekeyed') ORDER BY n DESC LIMIT 1",
		int64(log)).Scan(&leaf).Error
	if err != nil || leaf == "" {
		return "", err
	}
	var said struct{ Data struct{ Key string } }
	if err := json.Unmarshal([]byte(leaf), &said); err != nil {
		return "", fmt.Errorf("read the record's key: %w", err)
	}
	return said.Data.Key, nil
}

// Rows of the settings table that are this package's.
const (
	pulse = "pulse" // what a Pulse writes
)
