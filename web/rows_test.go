package web

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"folkmoot/internal/db"
)

// tables returns every table of the database.
func tables(t *testing.T, s *sql.DB, dialect string) []string {
	t.Helper()
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if dialect == db.Postgres {
		q = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var out []string
	for _, r := range query(t, s, q) {
		out = append(out, r[0])
	}
	return out
}

// query returns every row of an answer as text.
func query(t *testing.T, s *sql.DB, q string) (out [][]string) {
	t.Helper()
	rows, err := s.Query(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(cols))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(cols))
		for i, v := range values {
			switch v := (*v.(*any)).(type) {
			case []byte:
				row[i] = string(v)
			default:
				row[i] = fmt.Sprint(v)
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// everything returns what is in the database, table by table, as text.
func everything(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := d.Outside(t.Context(), func(s *sql.DB) error {
		for _, name := range tables(t, s, d.Dialect()) {
			for _, row := range query(t, s, "SELECT * FROM "+name) {
				out[name] = append(out[name], strings.Join(row, "|"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// holds tells whether any column of any row holds the text, whatever its letter case.
func holds(t *testing.T, d *db.DB, text string) bool {
	t.Helper()
	for _, rows := range everything(t, d) {
		for _, row := range rows {
			if strings.Contains(strings.ToLower(row), strings.ToLower(text)) {
				return true
			}
		}
	}
	return false
}

// rows counts the rows of a table.
func rows(t *testing.T, d *db.DB, table string) int {
	t.Helper()
	return len(everything(t, d)[table])
}
