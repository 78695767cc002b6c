package main

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// lastEntry returns the newest entry of the Bakers' record as a member reads it, in English and in Spanish.
func lastEntry(t *testing.T, c config.Config) (english, spanish string) {
	t.Helper()
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	var ada member.Actor
	var log export.Log
	err = a.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		ada, err = member.ActorIn(tx, 1, "bakers")
		return err
	})
	if err == nil {
		log, err = a.exports.Log(t.Context(), ada, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return catalog.Voice("en").Say(log.Lines[0].Say), catalog.Voice("es").Say(log.Lines[0].Say)
}

// TestG19_TheOperatorsCommandsAreInTheRecord runs each command that touches a group as its operator does, and reads what
// a member reads of it. In the end the record that all this is in holds.
func TestG19_TheOperatorsCommandsAreInTheRecord(t *testing.T) {
	dir := t.TempDir()
	c := config.Config{Data: filepath.Join(dir, "data"), Addr: "localhost:8080"}
	in := func(name string) string { return filepath.Join(dir, name) }
	data := "--data=" + c.Data
	found(t, c)
	wantEntry := func(english, spanish string) {
		t.Helper()
		if en, es := lastEntry(t, c); en != english || es != spanish {
			t.Errorf("the record says %q and %q, want %q and %q", en, es, english, spanish)
		}
	}
	want(t, exitOK, "/setup/", "setup-link", data)
	wantEntry("The operator made a link for setting up a group.", "Quien opera el servidor creó un enlace para crear un grupo.")
	want(t, exitOK, "record says that it was made", "export", "bakers", in("first.json"), data)
	wantEntry("The operator exported this group’s record.", "Quien opera el servidor exportó el registro de este grupo.")
	want(t, exitOK, "record says that it was made", "backup", in("backup.db"), data)
	wantEntry("The operator made a backup of the server.", "Quien opera el servidor hizo una copia de seguridad.")
	want(t, exitFailed, "add --replace", "restore", in("backup.db"), data)
	want(t, exitOK, "Restored 1 group", "restore", in("backup.db"), data, "--replace")
	kept := len(kinds(t, c)) - 1
	wantEntry("The operator put a backup in place. It held the first "+strconv.Itoa(kept)+" entries.",
		"Quien opera el servidor restauró una copia. Tenía las primeras "+strconv.Itoa(kept)+" entradas.")

	start(t, data).stop(t)
	before := kinds(t, c)
	if slices.Contains(before, "operator.migrated") {
		t.Errorf("a start without an upgrade is in the record: %v", before)
	}
	upgradeFrom(t, c, 0)
	start(t, data).stop(t)
	start(t, data).stop(t)
	if got := kinds(t, c); len(got) != len(before)+1 {
		t.Errorf("an upgrade and two starts are %v after %v", got, before)
	}
	newest, err := db.Newest()
	if err != nil {
		t.Fatal(err)
	}
	wantEntry("The operator updated the server. What is stored went from format 0 to format "+strconv.Itoa(int(newest))+".",
		"Quien opera el servidor lo actualizó. Lo guardado pasó del formato 0 al formato "+strconv.Itoa(int(newest))+".")
	want(t, exitOK, "", "export", "bakers", in("last.json"), data)
	want(t, exitOK, "", "verify", in("last.json"))
}

// TestG19_AnExportThatFailsIsNotInTheRecord, and leaves no file: members are told of what was taken along, not of what
// could not be.
func TestG19_AnExportThatFailsIsNotInTheRecord(t *testing.T) {
	dir := t.TempDir()
	c := config.Config{Data: filepath.Join(dir, "data")}
	in := func(name string) string { return filepath.Join(dir, name) }
	data := "--data=" + c.Data
	found(t, c)
	if err := os.WriteFile(in("mine.json"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := kinds(t, c)
	want(t, exitFailed, "is there already; an export never overwrites a file", "export", "bakers", in("mine.json"), data)
	want(t, exitFailed, "is there already", "export", "bakers", dir, data, "--format=json")
	want(t, exitFailed, "no such file or directory", "export", "bakers", in("nowhere/it.json"), data)
	want(t, exitFailed, "no decision", "export", "bakers", in("one.json"), data, "--decision=2026-001")
	want(t, exitFailed, "no decision", "export", "bakers", "-", data, "--decision=2026-001")
	want(t, exitFailed, "no group", "export", "cooks", in("cooks.json"), data)
	if after := kinds(t, c); !slices.Equal(after, before) {
		t.Errorf("nothing was exported, and the record went from %v to %v", before, after)
	}
	for _, name := range []string{"one.json", "cooks.json"} {
		if _, err := os.Lstat(in(name)); err == nil {
			t.Errorf("an export that failed left %s", name)
		}
	}
	if b, err := os.ReadFile(in("mine.json")); err != nil || string(b) != "mine" {
		t.Errorf("the file that was there holds %q (%v)", b, err)
	}
	want(t, exitOK, "holds the export", "export", "bakers", in("one.json"), data)
	if after := kinds(t, c); len(after) != len(before)+1 || after[len(before)] != "operator.export" {
		t.Errorf("after an export the record has %v", after)
	}
}

// upgradeFrom has it look as if members had been told of that schema last, as it is after a new program has migrated.
func upgradeFrom(t *testing.T, c config.Config, schema int) {
	t.Helper()
	s, err := sql.Open("sqlite3", filepath.Join(c.Data, db.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Exec("UPDATE settings SET value = ? WHERE name = 'schema'", []byte(strconv.Itoa(schema))); err != nil {
		t.Fatal(err)
	}
}

// kinds lists the kinds of the entries in the Bakers' record.
func kinds(t *testing.T, c config.Config) (all []string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: c.Data, URL: c.Database, Now: time.Now, NoMigrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT kind FROM ledger_entries ORDER BY n").Scan(&all).Error
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTwoServersOnOnePostgres: whatever their data folders, the second says so in one sentence; commands beside the
// first work; and after the first was killed another can start.
func TestTwoServersOnOnePostgres(t *testing.T) {
	if os.Getenv(dbtest.Env) == "" && os.Getenv("CI") != "true" {
		return // by hand; an SQLite file is in the data folder, which TestBadStarts tries twice
	}
	database := "--database=" + dbtest.PostgresURL(t)
	data := fresh(t)
	first := start(t, "--data="+data, database)
	out, code := runOnce(t, program(t, "serve", "--data="+fresh(t), "--addr=127.0.0.1:0", database))
	if code != exitFailed || out != "folkmoot: cannot use this database: another Folkmoot is already running on it; stop it first, or name another database with --database\n" {
		t.Errorf("the second ended with %d and said %q", code, out)
	}
	want(t, exitOK, "/setup/", "setup-link", "--data="+data, database)
	want(t, exitOK, "holds everything", "backup", filepath.Join(t.TempDir(), "backup.db"), "--data="+data, database)
	backup := filepath.Join(t.TempDir(), "backup.db")
	want(t, exitOK, "holds everything", "backup", backup, "--data="+data, database)
	want(t, exitFailed, "a Folkmoot is running on that database; stop it first", "restore", backup, "--replace", "--data="+fresh(t), database)
	first.kill(t)
	start(t, "--data="+fresh(t), database).stop(t)
	want(t, exitOK, "Restored 0 groups", "restore", backup, "--data="+data, database)
	start(t, "--data="+data, database).stop(t)
}
