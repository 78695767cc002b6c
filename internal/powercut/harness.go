package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// harness runs a workload through a number of cuts.
type harness struct {
	name        string
	cuts        int
	control     bool
	least, most time.Duration

	disk  *disk
	acks  []string // that must be there
	total int      // ever acknowledged
	lost  int
	cost  int // cuts that lost something
}

// all makes the cuts and judges them: none may lose an acknowledgement, or, as a control, some must.
func (h *harness) all(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "folkmoot-powercut")
	if err != nil {
		return err
	}
	if h.disk, err = newDisk(dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.disk.remove()) }()
	began := time.Now()
	for i := range h.cuts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.once(ctx, i); err != nil {
			return fmt.Errorf("cut %d: %w", i+1, err)
		}
		if (i+1)%10 == 0 || i+1 == h.cuts {
			fmt.Fprintf(out, "%d cuts, %d acknowledged, %d lost in %d cuts, %.1f s\n", i+1, h.total, h.lost, h.cost, time.Since(began).Seconds())
		}
	}
	switch {
	case h.control && h.lost == 0:
		return errors.New("nothing was lost although nothing waited for the disk: these cuts prove nothing")
	case !h.control && h.lost > 0:
		return fmt.Errorf("%d of %d acknowledgements were lost, in %d of %d cuts", h.lost, h.total, h.cost, h.cuts)
	}
	return nil
}

// once starts the workload, cuts the power at a random instant and checks what is left.
func (h *harness) once(ctx context.Context, run int) error {
	w, err := h.start(run)
	if err != nil {
		return err
	}
	select {
	case <-w.first:
	case <-time.After(time.Minute):
		return errors.Join(errors.New("nothing was acknowledged within a minute"), w.kill())
	case <-ctx.Done():
		return errors.Join(ctx.Err(), w.kill())
	}
	time.Sleep(h.least + rand.N(h.most-h.least))
	sofar := w.acknowledged() // before the cut: what is acknowledged later may or may not be there
	if err := h.disk.cut(); err != nil {
		return errors.Join(err, w.kill())
	}
	if err := w.kill(); err != nil {
		return err
	}
	if err := h.disk.replace(); err != nil {
		return err
	}
	h.acks, h.total = append(h.acks, sofar...), h.total+len(sofar)
	missing, err := h.check(ctx)
	if err != nil {
		return err
	}
	h.forget(missing)
	return nil
}

// check asks the workload, in a process of its own, which acknowledgements are missing.
func (h *harness) check(ctx context.Context) ([]string, error) {
	cmd := exec.CommandContext(ctx, os.Args[0], h.args("check", 0)...)
	cmd.Stdin = strings.NewReader(strings.Join(h.acks, "\n"))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("check: %w: %s", err, complaint.String())
	}
	return lines(bytes.NewReader(out))
}

// forget counts what was lost and no longer expects it.
func (h *harness) forget(missing []string) {
	if len(missing) == 0 {
		return
	}
	h.lost, h.cost = h.lost+len(missing), h.cost+1
	gone := map[string]bool{}
	for _, m := range missing {
		gone[m] = true
	}
	var rest []string
	for _, a := range h.acks {
		if !gone[a] {
			rest = append(rest, a)
		}
	}
	h.acks = rest
}

func (h *harness) args(verb string, run int) []string {
	args := []string{h.name, verb, "-dir", filepath.Join(h.disk.mount, "data"), "-run", strconv.Itoa(run)}
	if h.control {
		args = append(args, "-control")
	}
	return args
}

// running is a workload at work.
type running struct {
	cmd       *exec.Cmd
	complaint bytes.Buffer
	first     chan struct{} // closed at the first acknowledgement
	done      chan struct{} // closed when its output has ended

	mu   sync.Mutex
	acks []string
}

func (h *harness) start(run int) (*running, error) {
	w := &running{cmd: exec.Command(os.Args[0], h.args("write", run)...), first: make(chan struct{}), done: make(chan struct{})}
	w.cmd.Stderr = &w.complaint
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	go w.listen(out)
	return w, nil
}

func (w *running) listen(out io.Reader) {
	defer close(w.done)
	s := bufio.NewScanner(out)
	for n := 0; s.Scan(); n++ {
		w.mu.Lock()
		w.acks = append(w.acks, s.Text())
		w.mu.Unlock()
		if n == 0 {
			close(w.first)
		}
	}
}

// acknowledged returns what has been acknowledged so far.
func (w *running) acknowledged() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.acks...)
}

// kill ends the workload as nothing can be ended more suddenly. It returns an error if it had ended by itself.
func (w *running) kill() error {
	if err := w.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("the workload had ended: %w: %s", err, w.complaint.String())
	}
	<-w.done
	err := w.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && !exit.Exited() {
		return nil // by our signal
	}
	return fmt.Errorf("the workload had ended by itself: %w: %s", err, w.complaint.String())
}
