package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// testClock names a file that says how far the clock of a program under test is ahead. Only the test binary knows it:
// the program that people run has no way to move its clock.
const testClock = "FOLKMOOT_TEST_CLOCK"

// mainByTestClock is main with the clock of the test that started this process. Without one it is main.
func mainByTestClock() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	now := time.Now
	if file := os.Getenv(testClock); file != "" {
		now = func() time.Time { return shown(file) }
	}
	return run(ctx, os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr, now)
}

// shown is what the clock in a file shows: how far it is ahead, or the moment at which it stands.
func shown(file string) time.Time {
	b, err := os.ReadFile(file)
	if err != nil {
		panic(err) // the test keeps the file there as long as the program runs
	}
	if at, err := time.Parse(time.RFC3339Nano, string(b)); err == nil {
		return at
	}
	d, err := time.ParseDuration(string(b))
	if err != nil {
		panic(err)
	}
	return time.Now().Add(d)
}

// clock is the clock of a program under test, as the test moves it on.
type clock struct {
	file  string
	d     time.Duration
	stood time.Time // where it stands; zero: it runs
}

func newClock(t *testing.T) *clock {
	t.Helper()
	c := &clock{file: filepath.Join(t.TempDir(), "clock")}
	c.pass(t, 0)
	return c
}

// pass lets time pass in the program. It works with the program's next look at its clock.
func (c *clock) pass(t *testing.T, d time.Duration) {
	t.Helper()
	shows := fmt.Append(nil, c.d+d)
	if c.d += d; !c.stood.IsZero() {
		c.stood = c.stood.Add(d)
		shows = c.stood.AppendFormat(nil, time.RFC3339Nano)
	}
	aside := c.file + ".new"
	if err := os.WriteFile(aside, shows, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, c.file); err != nil {
		t.Fatal(err)
	}
}

// stand has the clock stand still but for what the test lets pass: where people have a minute for something, a slow machine would take it from them.
func (c *clock) stand(t *testing.T) {
	t.Helper()
	c.stood = c.now().UTC()
	c.pass(t, 0)
}

// now is what the program's clock shows.
func (c *clock) now() time.Time {
	if !c.stood.IsZero() {
		return c.stood
	}
	return time.Now().Add(c.d)
}
