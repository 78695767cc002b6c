package upkeep_test

import (
	"database/sql"
	"errors"
	"testing"

	_ "github.com/mattn/go-sqlite3" // alters a backup
)

// altered runs a statement on the file and returns its name.
func altered(t *testing.T, file, statement string) string {
	t.Helper()
	s, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Exec(statement)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}
