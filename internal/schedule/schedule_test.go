package schedule

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAJobThatFailsOrPanicsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var log bytes.Buffer
		var failed, panicked, fine int
		done := make(chan struct{})
		go func() {
			defer close(done)
			Run(ctx, slog.New(slog.NewTextHandler(&log, nil)), time.Second,
				Job{"fails", func(context.Context) error { failed++; return errors.New("broken pipe") }},
				Job{"panics", func(context.Context) error { panicked++; panic("oh") }},
				Job{"works", func(context.Context) error { fine++; return nil }})
		}()
		time.Sleep(4500 * time.Millisecond)
		cancel()
		<-done
		if failed != 5 || panicked != 5 || fine != 5 {
			t.Errorf("ran %d, %d and %d times, want 5 each", failed, panicked, fine)
		}
		if n := strings.Count(log.String(), "broken pipe"); n != 1 {
			t.Errorf("the same error was logged %d times", n)
		}
	})
}

// TestWhatPeopleWaitForIsDoneOnTime: what is due between two rounds is done then, and what is due and cannot be done does not have the jobs run
// again and again.
func TestWhatPeopleWaitForIsDoneOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		closes := began.Add(2300 * time.Millisecond)
		var done time.Time
		var rounds int
		ended := make(chan struct{})
		go func() {
			defer func() { ended <- struct{}{} }()
			RunOnTime(ctx, slog.New(slog.DiscardHandler), time.Second,
				func(context.Context) (time.Duration, error) { return time.Until(closes), nil },
				Job{"counts", func(context.Context) error {
					if rounds++; done.IsZero() && !time.Now().Before(closes) {
						done = time.Now()
					}
					return nil
				}})
		}()
		time.Sleep(4500 * time.Millisecond)
		cancel()
		<-ended
		if late := done.Sub(closes); late != 0 {
			t.Errorf("the vote was counted %v after its close", late)
		}
		if rounds != 6 {
			t.Errorf("%d rounds in 4.5 s, want 6", rounds)
		}
	})
}

// TestWhatCannotBeAskedIsLogged: the jobs go on without.
func TestWhatCannotBeAskedIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var log bytes.Buffer
		var rounds int
		ended := make(chan struct{})
		go func() {
			defer func() { ended <- struct{}{} }()
			RunOnTime(ctx, slog.New(slog.NewTextHandler(&log, nil)), time.Second,
				func(context.Context) (time.Duration, error) { return time.Millisecond, errors.New("no database") },
				Job{"counts", func(context.Context) error { rounds++; return nil }})
		}()
		time.Sleep(1500 * time.Millisecond)
		cancel()
		<-ended
		if rounds != 2 || strings.Count(log.String(), "no database") != 1 {
			t.Errorf("%d rounds, and the log says %s", rounds, log.String())
		}
	})
}
