package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
)

// tell runs a command and returns what it printed, on either stream, and its exit code.
func tell(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), append(args, "--log-level=error"), noEnv, strings.NewReader(""), &out, &out, time.Now)
	return out.String(), code
}

func want(t *testing.T, code int, text string, args ...string) string {
	t.Helper()
	said, got := tell(t, args...)
	if got != code || !strings.Contains(said, text) || strings.Contains(said, "goroutine") {
		t.Errorf("%v: exit %d, want %d; says %q, want %q", args, got, code, said, text)
	}
	return said
}

// found makes an installation with one group.
func found(t *testing.T, c config.Config) {
	t.Helper()
	a, err := open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	err = a.db.Write(t.Context(), func(tx *db.Tx) error {
		if err := tx.Exec("INSERT INTO people (id, ref, handle, handle_key, created_at) VALUES (1, 'p_1', 'ada', 'ada', 1)").Error; err != nil {
			return err
		}
		_, _, err := a.members.FoundIn(tx, 1, member.Founding{Name: "Bakers", Preset: "A", Zone: "UTC", Lang: "en", By: "Ada"})
		return err
	})
	if err := errors.Join(err, a.close(context.WithoutCancel(t.Context()))); err != nil {
		t.Fatal(err)
	}
}

// TestARecordLivesOn walks a record through export, backup and restore, into the same kind of database and the other.
func TestARecordLivesOn(t *testing.T) {
	places := map[string][]string{"sqlite": nil}
	if os.Getenv(dbtest.Env) != "" {
		places["postgres"] = []string{"--database=" + dbtest.PostgresURL(t)}
	}
	for name, where := range places {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			in := func(name string) string { return filepath.Join(dir, name) }
			at := func(args ...string) []string { return append(append(args, "--data="+in("data")), where...) }
			c := config.Config{Data: in("data")}
			if where != nil {
				c.Database = strings.TrimPrefix(where[0], "--database=")
			}
			found(t, c)
			want(t, exitOK, "holds the export", at("export", "bakers", in("old.json"))...)
			want(t, exitOK, "This record holds.", "verify", in("old.json"))
			want(t, exitFailed, "is there already", at("export", "bakers", in("old.json"))...)
			want(t, exitFailed, "no group", at("export", "cooks", in("cooks.json"))...)

			want(t, exitFailed, `has no decision "foo"`, at("export", "bakers", in("foo.json"), "--decision=foo")...)
			want(t, exitUnusable, "say so with --format", at("export", "bakers", in("a.txt"))...)
			want(t, exitUnusable, "--format must be", at("export", "bakers", in("a.json"), "--format=odt")...)
			want(t, exitOK, "holds the export", at("export", "bakers", in("words.md"))...)
			if words, err := os.ReadFile(in("words.md")); err != nil || !strings.HasPrefix(string(words), "#") {
				t.Errorf("a file named .md holds %.40q (%v)", words, err)
			}
			if said, code := tell(t, at("export", "bakers", "-")...); code != exitOK || !strings.HasPrefix(said, "{") || !strings.HasSuffix(strings.TrimSpace(said), "}") {
				t.Errorf("on standard output there is %.80q", said)
			}

			want(t, exitOK, "holds everything but the keys", at("backup", in("backup.db"))...)
			kept := len(kinds(t, c)) - 1
			want(t, exitOK, "holds the export", at("export", "bakers", in("later.json"))...)
			want(t, exitFailed, "never overwrites", at("backup", in("backup.db"))...)
			want(t, exitFailed, "--replace", at("restore", in("backup.db"))...)
			if said := want(t, exitOK, "is kept as", at("restore", "--replace", in("backup.db"))...); !strings.Contains(said, "Restored 1 group.") {
				t.Errorf("one group is counted as %q", said)
			}
			want(t, exitOK, "holds the export", at("export", "bakers", in("new.json"))...)
			said := want(t, exitOK, "Nothing was rewritten.", "verify", in("new.json"), "--against", in("old.json"))
			if !strings.Contains(said, "folkmoot-") {
				t.Errorf("the key is not named: %q", said)
			}
			want(t, 1, "wrong order", "verify", in("old.json"), "--against", in("new.json"))

			// The other kind of database, on a machine that has not got the key.
			if said := want(t, exitOK, "a new one was made", "restore", in("backup.db"), "--data="+in("other")); !strings.Contains(said, "recorded after the backup was made may be missing") {
				t.Errorf("does not say that something may be missing: %q", said)
			}
			want(t, exitOK, "holds the export", "export", "bakers", in("other.json"), "--data="+in("other"))
			want(t, exitOK, "Nothing was rewritten.", "verify", in("other.json"), "--against", in("old.json"))
			// What came after the backup is missing there, and both its operator and whoever compares are told.
			for voice, text := range map[string]string{
				"en": "it was restored from a backup. Entry %d was “The operator made a backup of the server.” and is “The record is signed with a new key from here on.” now.",
				"es": "se restauró de una copia de seguridad. La entrada %d era «Quien opera el servidor hizo una copia de seguridad.» y ahora es «",
			} {
				want(t, 1, fmt.Sprintf(text, kept), "verify", in("other.json"), "--against", in("later.json"), "--lang="+voice)
			}
		})
	}
}

// TestVerifyCommand: 0 holds, 1 does not hold, 2 cannot be used (issue: "exits 0 / 1 / 2").
func TestVerifyCommand(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	found(t, config.Config{Data: in("data")})
	want(t, exitOK, "", "export", "bakers", in("good.json"), "--data="+in("data"))
	good, err := os.ReadFile(in("good.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"spoilt.json": bytes.Replace(good, []byte("Bakers"), []byte("Butlers"), 1),
		"half.json":   good[:len(good)/2],
		"newer.json":  bytes.Replace(good, []byte("record/1"), []byte("record/9"), 1),
	} {
		if err := os.WriteFile(in(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := want(t, 0, "compare it with an older one", "verify", in("good.json"))
	if strings.Contains(said, "decision") || strings.Contains(said, "Nothing") {
		t.Errorf("nothing was decided and nothing compared, and the check says %q", said)
	}
	want(t, 0, "Este registro es correcto.", "verify", "--lang=es", in("good.json"))
	want(t, 1, "does not hold", "verify", in("spoilt.json"))
	want(t, 2, "cannot be checked", "verify", in("half.json"))
	want(t, 2, "does not know", "verify", in("newer.json"))
	want(t, 2, "no such file", "verify", in("missing.json"))
	want(t, 2, "cannot be checked", "verify", in("good.json"), "--against", in("half.json"))
	want(t, 1, "older file", "verify", in("good.json"), "--against", in("spoilt.json"))

	// A backup of another program, or none at all.
	want(t, exitFailed, "damaged", "restore", in("good.json"), "--data="+in("fresh"))
	if _, err := os.Stat(filepath.Join(in("fresh"), db.FileName)); err == nil {
		t.Error("a restore that failed left a database")
	}
}
