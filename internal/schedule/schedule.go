// Package schedule runs what is due. Nothing depends on it being on time: what time alone brings about follows from
// the rules' instants, and a job only writes it down.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"
)

// Job is something to look after regularly. Do must return soon and may be called again at once.
type Job struct {
	Name string
	Do   func(context.Context) error
}

// Run does the jobs one after the other, every so often, until the context ends. A job that fails or panics is logged
// and tried again next time; the same error in a row is logged once.
func Run(ctx context.Context, log *slog.Logger, every time.Duration, jobs ...Job) {
	RunOnTime(ctx, log, every, nil, jobs...)
}

// RunOnTime is Run for jobs of which people wait for one: soon says in how long that has something to do. If that is before the next round would
// come, a round is done just then as well. What is due already, or is not known, waits for the next round.
func RunOnTime(ctx context.Context, log *slog.Logger, every time.Duration, soon func(context.Context) (time.Duration, error), jobs ...Job) {
	var in time.Duration
	if soon != nil {
		jobs = append(slices.Clone(jobs), Job{Name: "what is due next", Do: func(ctx context.Context) error {
			in = 0
			at, err := soon(ctx)
			if err == nil {
				in = at
			}
			return err
		}})
	}
	said := make([]string, len(jobs))
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for i, j := range jobs {
			text := ""
			if err := attempt(ctx, j); err != nil && ctx.Err() == nil {
				text = err.Error()
			}
			if text != "" && text != said[i] {
				log.ErrorContext(ctx, "job failed", slog.String("job", j.Name), slog.String("err", text))
			}
			said[i] = text
		}
		var then <-chan time.Time // nil, which never comes
		if 0 < in && in < every {
			then = time.After(in)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-then:
		}
	}
}

func attempt(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return j.Do(ctx)
}
