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
