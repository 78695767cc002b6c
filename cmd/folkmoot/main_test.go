package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// asProgram makes the test binary behave as the program itself, so that tests can start, kill and starve a real process.
const asProgram = "FOLKMOOT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(mainByTestClock())
	}
	if os.Getenv(asHello) != "" {
		if err := hello(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitFailed)
		}
		return
	}
	os.Exit(m.Run())
}

// program returns the command line of the program, run in a folder of the test's own.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

// server is a running program.
type server struct {
	cmd  *exec.Cmd
	base string
	mu   sync.Mutex
	said bytes.Buffer // what it printed
}

// start runs the server on a free port and waits until it is ready. It is ended with the test.
func start(t testing.TB, args ...string) *server {
	t.Helper()
	return startAt(t, freeAddr(t), args...)
}

// startBy is start with the clock that lies in a file; see clock.
func startBy(t testing.TB, clockFile string, args ...string) *server {
	t.Helper()
	return launch(t, freeAddr(t), clockFile, args...)
}

// startAt is start on a port of the test's choice.
func startAt(t testing.TB, addr string, args ...string) *server {
	t.Helper()
	return launch(t, addr, "", args...)
}

func launch(t testing.TB, addr, clockFile string, args ...string) *server {
	t.Helper()
	cmd := program(t, append([]string{"serve", "--addr=" + addr, "--log-level=error"}, args...)...)
	cmd.Env = append(cmd.Env, testClock+"="+clockFile)
	return await(t, cmd, addr)
}

// await starts the command, which is a server on the address, and waits until it is ready. It is ended with the test.
func await(t testing.TB, cmd *exec.Cmd, addr string) *server {
	t.Helper()
	s := &server{cmd: cmd, base: "http://" + addr}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = t.Output()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.mu.Lock()
			s.said.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			s.stop(t)
		}
		<-read
	})
	s.await(t, read)
	return s
}

// await waits until the server is ready. That it has closed its output means that it has ended.
func (s *server) await(t testing.TB, ended <-chan struct{}) {
	t.Helper()
	// With the race detector on a busy machine the sample takes minutes to be told.
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(s.base + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ended:
			t.Fatal("the server ended before it was ready")
		default:
		}
	}
	t.Fatal("the server did not become ready")
}

// stop asks the server to end and expects that it ends well.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// kill ends the server as a power cut ends it: it learns nothing of it.
func (s *server) kill(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal("the server had ended by itself: ", err)
	}
	err := s.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Exited() {
		t.Fatal("the server had ended by itself: ", err)
	}
}

func (s *server) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// wantOutput waits until the server has printed what the pattern matches, and returns the match.
func (s *server) wantOutput(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if found := re.FindString(s.output()); found != "" {
			return found
		}
	}
	t.Fatalf("nothing like %s in:\n%s", pattern, s.output())
	return ""
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestServerPrintsASetupLinkUntilThereIsAGroup(t *testing.T) {
	data := t.TempDir() + "/data"
	s := start(t, "--data="+data)
	s.wantOutput(t, `/setup/[\w-]{43}`)
	if _, err := os.Stat(filepath.Join(data+"-keys", "ledger.key")); err != nil {
		t.Errorf("no key beside the data: %v", err)
	}
	s.wantOutput(t, regexp.QuoteMeta("Lost it? Run: folkmoot setup-link --data="+data))
	out, err := program(t, "setup-link", "--data="+data).Output()
	if err != nil || !strings.HasPrefix(string(out), s.base+"/setup/") {
		t.Errorf("setup-link said %q (%v), and the server is at %s", out, err, s.base)
	}
	out, err = program(t, "setup-link", "--data="+data, "--base-url=https://vote.example.org").Output()
	if err != nil || !strings.HasPrefix(string(out), "https://vote.example.org/setup/") {
		t.Errorf("setup-link said %q (%v)", out, err)
	}
}

// TestBadStarts: whatever is wrong at the start, the program says one sentence and ends with a code that is not zero.
func TestBadStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	running := t.TempDir() + "/data"
	start(t, "--data="+running)
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a taken port", []string{"--data", fresh(t), "--addr", taken.Addr().String()}, 1, "already listening"},
		{"a taken port, at the usual place", []string{"--addr", taken.Addr().String()}, 1, "already listening"},
		{"a setup link of no server", []string{"setup-link"}, 1, "there is no database in ./data"},
		{"a backup of no server", []string{"backup", "b.db", "--data", "elsewhere"}, 1, "there is no database in elsewhere"},
		{"a language there is none of", []string{"verify", "--lang=fr", "x.json"}, 2, "must be one of"},
		{"a second server", []string{"--data", running, "--addr", "127.0.0.1:0"}, 1, "already running"},
		{"a damaged file", []string{"--data", damaged(t)}, 1, "damaged"},
		{"a damaged page in the middle", []string{"--data", spoiled(t, func(b []byte) []byte { copy(b[len(b)/2:], strings.Repeat("damage", 2000)); return b })}, 1, "damaged"},
		{"half of a file", []string{"--data", spoiled(t, func(b []byte) []byte { return b[:len(b)/2] })}, 1, "damaged"},
		{"a file cut within a page", []string{"--data", spoiled(t, func(b []byte) []byte { return b[:len(b)/2+1000] })}, 1, "damaged"},
		{"the head of a file", []string{"--data", spoiled(t, func(b []byte) []byte { return b[:50] })}, 1, "damaged"},
		{"a text", []string{"--data", spoiled(t, func([]byte) []byte { return []byte("Dear Ada,\n") })}, 1, "damaged"},
		{"a long text", []string{"--data", spoiled(t, func([]byte) []byte { return []byte(strings.Repeat("Dear Ada, ", 5000)) })}, 1, "damaged"},
		{"a newer file", []string{"--data", newer(t)}, 1, "newer Folkmoot"},
		{"a file where the folder should be", []string{"--data", file(t)}, 1, "folder"},
		{"no PostgreSQL", []string{"--data", fresh(t), "--database", "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"}, 1, "cannot reach PostgreSQL"},
		{"an address without a port", []string{"--data", fresh(t), "--addr", "nowhere"}, 1, "port"},
		{"an unknown flag", []string{"--dat", "x"}, 2, "unknown flag"},
		{"an unknown command", []string{"conquer"}, 2, "conquer"},
		{"a flag without its dashes", []string{"demo"}, 2, "Did you mean: folkmoot --demo\n"},
		{"a bad base URL", []string{"--base-url", "example"}, 2, "--base-url must look like"},
		{"no settings file", []string{"--config", "/nowhere.json"}, 2, "settings file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := program(t, tt.args...)
			out, code := runOnce(t, cmd)
			if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
				t.Errorf("%v are left behind", left)
			}
			if code != tt.code || !strings.Contains(out, tt.want) || tt.code == exitFailed && strings.Count(out, "\n") != 1 {
				t.Errorf("ended with %d, want %d, and said %q, want %q", code, tt.code, out, tt.want)
			}
			plain(t, out)
		})
	}
}

// TestHelp: what people try first helps them, and no command's own flags are buried under settings it does not use.
func TestHelp(t *testing.T) {
	for _, tt := range []struct {
		args       []string
		want, hide string
	}{
		{[]string{"help"}, "setup-link", ""}, {[]string{"help", "verify"}, "--against", "--trusted-proxy"}, {[]string{"verify", "--help"}, "--lang", "--data"}, {[]string{"draw", "--help"}, "--reveal", "--data"},
		{[]string{"export", "--help"}, "json, html, pdf, md or csv", ""}, {[]string{"version"}, "folkmoot ", ""}, {[]string{"--version"}, "folkmoot ", ""},
	} {
		out, code := runOnce(t, program(t, tt.args...))
		if code != 0 || !strings.Contains(out, tt.want) || tt.hide != "" && strings.Contains(out, tt.hide) {
			t.Errorf("%v: ended with %d and said %s", tt.args, code, out)
		}
		if own, settings := strings.Index(out, "--format"), strings.Index(out, "--trusted-proxy"); own > 0 && settings > 0 && settings < own {
			t.Errorf("%v: the settings stand above the command's own flags", tt.args)
		}
	}
}

// TestFullDiskAtStart: a start on a full disk is one sentence.
func TestFullDiskAtStart(t *testing.T) {
	cmd := program(t, "--data", "disk/data", "--keys", "keys", "--addr", "127.0.0.1:0")
	self := cmd.Path
	if err := os.Mkdir(filepath.Join(cmd.Dir, "disk"), 0o700); err != nil {
		t.Fatal(err)
	}
	sh := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=64k tmpfs disk && exec "$0" "$@"`, self, "--data", "disk/data", "--keys", "keys", "--addr", "127.0.0.1:0")
	sh.Dir, sh.Env = cmd.Dir, cmd.Env
	out, code := runOnce(t, sh)
	if code != 1 || !strings.Contains(out, "disk is full") {
		t.Errorf("ended with %d and said %q", code, out)
	}
	plain(t, out)
}

func runOnce(t *testing.T, cmd *exec.Cmd) (out string, code int) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stopped()
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return b.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), 0
}

// plain fails on anything that is for programmers.
func plain(t *testing.T, out string) {
	t.Helper()
	if bad := insides.FindString(out); bad != "" {
		t.Errorf("said %q:\n%s", bad, out)
	}
}

// insides is what a person should never read. An address is long, because random form tokens contain a short one now and then.
var insides = regexp.MustCompile(`goroutine|panic|\.go:|SQLSTATE|\b0x[0-9a-f]{6}`)

func fresh(t *testing.T) string { return t.TempDir() + "/data" }

func file(t *testing.T) string {
	name := t.TempDir() + "/file"
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func damaged(t *testing.T) string {
	return spoiled(t, func(b []byte) []byte { copy(b, "this is not a database"); return b })
}

// spoiled returns a data folder with a database whose bytes are as do makes them.
func spoiled(t *testing.T, do func([]byte) []byte) string {
	dir := dbtest.SQLiteDir(t)
	name := filepath.Join(dir, db.FileName)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, do(b), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func newer(t *testing.T) string {
	dir := dbtest.SQLiteDir(t)
	s, err := sql.Open("sqlite3", filepath.Join(dir, db.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	return dir
}
