package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's own binary be the workload, as powercut's is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && workloads[os.Args[1]].write != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestWorkloads kills each workload a few times, without any disk of its own: a process that dies loses nothing,
// and the check must say so, and must miss what was never stored.
func TestWorkloads(t *testing.T) {
	for name := range workloads {
		t.Run(name, func(t *testing.T) {
			h := &harness{name: name, disk: &disk{mount: t.TempDir()}}
			for run := range 3 {
				w, err := h.start(run)
				if err != nil {
					t.Fatal(err)
				}
				select {
				case <-w.first:
				case <-time.After(time.Minute):
					t.Fatal("nothing was acknowledged within a minute")
				}
				time.Sleep(100 * time.Millisecond)
				acks := w.acknowledged()
				if err := w.kill(); err != nil {
					t.Fatal(err)
				}
				h.acks = append(h.acks, acks...)
			}
			if missing, err := h.check(t.Context()); err != nil || len(missing) > 0 {
				t.Errorf("of %d acknowledged, missing %q: %v", len(h.acks), missing, err)
			}
			real := len(h.acks)
			h.acks = append(h.acks, "9/9/9")
			missing, err := h.check(t.Context())
			if err != nil || len(missing) != 1 || missing[0] != "9/9/9" {
				t.Errorf("missing %q: %v", missing, err)
			}
			h.forget(missing)
			if len(h.acks) != real || h.lost != 1 || h.cost != 1 {
				t.Errorf("after forgetting: %d acknowledged, %d lost in %d cuts", len(h.acks), h.lost, h.cost)
			}
		})
	}
}

// TestDamageIsSaid: a check of a damaged database fails; it does not just find everything missing.
func TestDamageIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "folkmoot.db"), bytes.Repeat([]byte("no database "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(os.Args[0], "rows", "check", "-dir", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "damaged") {
		t.Errorf("says %q (%v)", out, err)
	}
}
