package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestCheckCommand: 0 if the tables are what the records say, 1 if not, with every difference named and told to members once, 2 if
// there is nothing to read.
func TestCheckCommand(t *testing.T) {
	places := map[string]string{"sqlite": ""}
	if os.Getenv(dbtest.Env) != "" {
		places["postgres"] = dbtest.PostgresURL(t)
	}
	for name, address := range places {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := config.Config{Data: filepath.Join(dir, "data"), Database: address}
			at := func(args ...string) []string {
				return append(args, "--data="+c.Data, "--database="+address)
			}
			found(t, c)
			want(t, exitOK, "The tables hold what the records say.", at("check")...)
			alterTables(t, c, "UPDATE groups SET aim = 'We exist to sleep.'", "UPDATE members SET founder = 0")
			for range 2 {
				said := want(t, exitFailed, "bakers, group: aim (the group). The record says: one value. The table says: another.", at("check")...)
				if !strings.Contains(said, "who began the group (members). The record says: true. The table says: 0.") || strings.Contains(said, "sleep") {
					t.Errorf("says %q", said)
				}
			}
			want(t, exitFailed, "El registro dice", at("check", "--lang=es")...)
			want(t, exitUnusable, "--lang", at("check", "--lang=fr")...)
			want(t, exitOK, "holds the export", at("export", "bakers", filepath.Join(dir, "told.json"))...)
			want(t, exitOK, "This record holds.", "verify", filepath.Join(dir, "told.json"))
			b, err := os.ReadFile(filepath.Join(dir, "told.json"))
			if n := strings.Count(string(b), "operator.tables_differ"); err != nil || n != 2 {
				t.Errorf("members are told %d times (%v)", n, err)
			}
		})
	}
	t.Run("where a record cannot be written to", func(t *testing.T) {
		c := config.Config{Data: filepath.Join(t.TempDir(), "data")}
		found(t, c)
		alterTables(t, c, "UPDATE groups SET aim = 'We exist to sleep.'")
		heads, err := filepath.Glob(filepath.Join(c.KeysDir(), "heads", "*"))
		if err != nil || len(heads) != 1 {
			t.Fatal(heads, err)
		}
		if err := os.WriteFile(heads[0], []byte("what members saw, and this database does not hold"), 0o600); err != nil {
			t.Fatal(err)
		}
		said := want(t, exitFailed, "tell group", "check", "--data="+c.Data)
		if !strings.Contains(said, "aim (the group)") || strings.Contains(said, "speaks of this") {
			t.Errorf("says %q", said)
		}
	})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, exitUnusable, "", "check", "--data="+file)
}

// alterTables changes tables behind the program's back.
func alterTables(t *testing.T, c config.Config, statements ...string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: c.Data, URL: c.Database, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		var errs []error
		for _, s := range statements {
			errs = append(errs, tx.Exec(s).Error)
		}
		return errors.Join(errs...)
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestCommandsMakeNoKey: a command that is given the wrong key folder says so, instead of signing the record with a key of its own.
func TestCommandsMakeNoKey(t *testing.T) {
	dir := t.TempDir()
	c := config.Config{Data: filepath.Join(dir, "data")}
	found(t, c)
	wrong := filepath.Join(dir, "none")
	for _, command := range [][]string{{"backup", filepath.Join(dir, "b.db")}, {"setup-link"}, {"export", "bakers", filepath.Join(dir, "e.json")}} {
		want(t, exitFailed, "the record's key is not in "+wrong, append(command, "--data="+c.Data, "--keys="+wrong)...)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 2 { // the data and its keys
		t.Errorf("left behind: %v, %v", left, err)
	}
}
