// Package schedule runs what is due. Nothing depends on it being on time: what time alone brings about follows from
// the rules' instants, and a job only writes it down.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
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
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
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
