package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// drawFiles makes a folder with a pool and with what members threw in.
func drawFiles(t *testing.T) (in func(name string) string) {
	t.Helper()
	dir := t.TempDir()
	in = func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{
		"pool.txt":    "# facilitators\n7,4\n3,4\n11,2\n12,1\n19,4\n23,2\n31,0\n",
		"words.txt":   "7:bread\n12:4 6 1 2\n",
		"strange.txt": "99:me too\n",
		"bad.txt":     "7,four\n",
	} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// TestDrawCommand announces a draw, makes it, and has it checked: 0 it holds, 1 it does not, 2 unusable.
func TestDrawCommand(t *testing.T) {
	in := drawFiles(t)
	said := want(t, exitOK, "7 members in the pool", "draw", in("pool.txt"), "--id=role-1", "--out="+in("draw.json"))
	if !strings.Contains(said, "3 members with the weight 4 (3, 7, 19): each is drawn first with a chance of 4 in 17.") || !strings.Contains(said, "commitment is") {
		t.Errorf("says %q", said)
	}
	secret, err := os.ReadFile(in("draw.json.secret"))
	if err != nil || len(strings.TrimSpace(string(secret))) != 64 || strings.Contains(said, strings.TrimSpace(string(secret))) {
		t.Errorf("the secret is %q (%v), and the command said %q", secret, err, said)
	}
	announced, err := os.ReadFile(in("draw.json"))
	if err != nil || bytes.Contains(announced, bytes.TrimSpace(secret)) {
		t.Errorf("the announcement holds the secret (%v):\n%s", err, announced)
	}
	want(t, exitAnnounced, "This draw is announced and not yet revealed.", "draw", "--check="+in("draw.json"))
	want(t, exitUnusable, "99", "draw", "--reveal="+in("draw.json"), "--contributions="+in("strange.txt"), "--out="+in("done.json"))
	order := want(t, exitOK, "The order is ", "draw", "--reveal="+in("draw.json"), "--contributions="+in("words.txt"), "--out="+in("done.json"))
	said = want(t, exitOK, "This draw holds.", "draw", "--check="+in("done.json"))
	line := order[strings.Index(order, "The order is "):]
	if line = line[:strings.Index(line, "\n")]; !strings.Contains(said, line) || strings.Count(line, ",") != 5 || strings.Contains(line, "31") {
		t.Errorf("drawn: %q; the check says %q", line, said)
	}

	done, err := os.ReadFile(in("done.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"other.json": bytes.Replace(done, []byte("bread"), []byte("bacon"), 1),
		"half.json":  done[:len(done)/2],
		"newer.json": bytes.Replace(done, []byte("draw/1"), []byte("draw/9"), 1),
	} {
		if err := os.WriteFile(in(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if said := want(t, exitFailed, "This draw does not hold.", "draw", "--check="+in("other.json")); !strings.Contains(said, "The seed does not follow") || !strings.Contains(said, "is the one that was committed to") {
		t.Errorf("says %q", said)
	}
	want(t, exitUnusable, "not the record of a draw", "draw", "--check="+in("half.json"))
	want(t, exitUnusable, "draw/9", "draw", "--check="+in("newer.json"))
	want(t, exitUnusable, "no such file", "draw", "--check="+in("none.json"))

	var out bytes.Buffer
	if code := run(t.Context(), []string{"draw", "--check=-"}, noEnv, bytes.NewReader(done), &out, &out, time.Now); code != exitOK {
		t.Errorf("from standard input: exit %d, says %q", code, &out)
	}
}

// TestDrawCommandRefuses: what cannot be done is said in a sentence, and leaves no file behind that was not there.
func TestDrawCommandRefuses(t *testing.T) {
	in := drawFiles(t)
	want(t, exitOK, "", "draw", in("pool.txt"), "--id=role-1", "--out="+in("draw.json"))
	want(t, exitOK, "", "draw", in("pool.txt"), "--id=role-2", "--out="+in("second.json"))
	want(t, exitOK, "", "draw", "--reveal="+in("second.json"), "--out="+in("drawn.json"))
	before, err := filepath.Glob(in("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		code int
		text string
		args []string
	}{
		{exitUnusable, "draw needs a pool", nil},
		{exitUnusable, "draw needs a pool", []string{in("pool.txt"), "--out=" + in("x.json")}},
		{exitUnusable, "--check goes with nothing else", []string{"--check=" + in("draw.json"), "--id=x"}},
		{exitUnusable, "--reveal needs --out", []string{"--reveal=" + in("draw.json")}},
		{exitUnusable, "four", []string{in("bad.txt"), "--id=x", "--out=" + in("x.json")}},
		{exitUnusable, "no such file", []string{in("none.txt"), "--id=x", "--out=" + in("x.json")}},
		{exitUnusable, "a line of text", []string{in("pool.txt"), "--id=a\nb", "--out=" + in("x.json")}},
		{exitFailed, "is there already", []string{in("pool.txt"), "--id=x", "--out=" + in("draw.json")}},
		{exitFailed, "is there already", []string{in("pool.txt"), "--id=x", "--out=" + in("draw.json"), "--secret=" + in("x.secret")}},
		{exitFailed, "no such file", []string{in("pool.txt"), "--id=x", "--out=" + in("nowhere/x.json")}},
		{exitFailed, "is there already", []string{"--reveal=" + in("draw.json"), "--out=" + in("draw.json")}},
		{exitUnusable, "not the secret", []string{"--reveal=" + in("draw.json"), "--secret=" + in("second.json.secret"), "--out=" + in("x.json")}},
		{exitUnusable, "drawn.json: the draw role-2 was revealed already; a draw is made once", []string{"--reveal=" + in("drawn.json"), "--out=" + in("x.json")}},
		{exitUnusable, "does not hold a secret", []string{"--reveal=" + in("draw.json"), "--secret=" + in("pool.txt"), "--out=" + in("x.json")}},
		{exitUnusable, "no such file", []string{"--reveal=" + in("draw.json"), "--secret=" + in("none"), "--out=" + in("x.json")}},
		{exitUnusable, "not the record of a draw", []string{"--reveal=" + in("pool.txt"), "--secret=" + in("second.json.secret"), "--out=" + in("x.json")}},
		{exitUnusable, "line 2", []string{"--reveal=" + in("draw.json"), "--contributions=" + in("pool.txt"), "--out=" + in("x.json")}},
	} {
		plain(t, want(t, tt.code, tt.text, append([]string{"draw"}, tt.args...)...))
	}
	if after, err := filepath.Glob(in("*")); err != nil || len(after) != len(before) {
		t.Errorf("files were %v, and are %v (%v)", before, after, err)
	}
}

// TestDrawCheckedAgainstWhatWasAnnounced: a draw that was made anew holds by itself, and not against what a member kept. What was thrown
// in is shown to whoever makes or checks a draw.
func TestDrawCheckedAgainstWhatWasAnnounced(t *testing.T) {
	in := drawFiles(t)
	for _, name := range []string{"first", "anew"} {
		want(t, exitOK, "", "draw", in("pool.txt"), "--id=role-1", "--out="+in(name+".json"))
		want(t, exitOK, "  12 threw in: 4 6 1 2\n", "draw", "--reveal="+in(name+".json"), "--contributions="+in("words.txt"), "--out="+in(name+"-done.json"))
		want(t, exitOK, "  7 threw in: bread\n", "draw", "--check="+in(name+"-done.json"))
	}
	said := want(t, exitOK, "The draw is the one that was announced", "draw", "--check="+in("first-done.json"), "--against="+in("first.json"))
	if strings.Contains(said, "you can tell from") {
		t.Errorf("says %q", said)
	}
	want(t, exitAnnounced, "The draw is the one that was announced", "draw", "--check="+in("first.json"), "--against="+in("first.json"))
	want(t, exitFailed, "! The draw is not the one that was announced: it has another commitment", "draw", "--check="+in("anew-done.json"), "--against="+in("first.json"))
	want(t, exitFailed, `"state":"fails"`, "draw", "--check="+in("anew-done.json"), "--against="+in("first.json"), "--format=json")
	want(t, exitUnusable, "first-done.json: that record is revealed", "draw", "--check="+in("first-done.json"), "--against="+in("first-done.json"))
	want(t, exitUnusable, "--against goes with --check", "draw", "--reveal="+in("first.json"), "--out="+in("x.json"), "--against="+in("first.json"))
	want(t, exitUnusable, "standard input can be read once only", "draw", "--check=-", "--against=-")
	want(t, exitUnusable, "--out needs the name of a file", "draw", in("pool.txt"), "--id=x", "--out=-")
	want(t, exitOK, "Nobody threw anything in: whoever made the secret could know", "draw", "--reveal="+in("first.json"), "--out="+in("alone.json"))
}

// TestDrawFilesAreWholeOrNotThere: of several who write one record only one does, what is there is whole, and nothing else is left.
func TestDrawFilesAreWholeOrNotThere(t *testing.T) {
	in := drawFiles(t)
	before, err := filepath.Glob(in("*"))
	if err != nil {
		t.Fatal(err)
	}
	const writers = 8
	errs := make(chan error, writers)
	for i := range writers {
		go func() {
			errs <- create(in("x.json"), strings.NewReader(strings.Repeat(string(rune('a'+i)), 1<<20)))
		}()
	}
	failed := 0
	for range writers {
		if err := <-errs; err != nil {
			failed++
			if !strings.Contains(err.Error(), "x.json is there already") {
				t.Error(err)
			}
		}
	}
	text, err := os.ReadFile(in("x.json"))
	if err != nil || failed != writers-1 || len(text) != 1<<20 || strings.Trim(string(text), string(text[:1])) != "" {
		t.Errorf("%d of %d failed, and %d bytes are there (%v)", failed, writers, len(text), err)
	}
	after, err := os.ReadDir(in("."))
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("left behind: %v (%v)", after, err)
	}
	info, err := os.Stat(in("x.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
