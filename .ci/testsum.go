// Command testsum reads `go test -json` and says what a person wants to know of it: a line for each package,
// the output of what failed, and the counts at the end. It exits 1 if a test failed or was skipped,
// or if none ran whose name begins with one of its arguments: what must not go missing unnoticed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

type test struct {
	name    string
	seconds float64
}

type tally struct {
	output          map[string]*strings.Builder // by package and test, kept until it passes
	failed, skipped []string
	slow            []test
	names           []string // of tests that passed
	broken          bool     // something failed outside a test: a build, a panic in TestMain
}

func main() {
	t := tally{output: map[string]*strings.Builder{}}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Println(in.Text()) // not from the test runner, so show it as it came
			continue
		}
		t.take(e)
	}
	if err := in.Err(); err != nil {
		fmt.Println("testsum:", err)
		t.broken = true
	}
	t.report()
	if missing := t.missing(os.Args[1:]); t.broken || len(t.failed)+len(t.skipped)+missing > 0 {
		os.Exit(1)
	}
}

func (t *tally) take(e event) {
	if e.Package == "" {
		e.Package = e.ImportPath // events of a build name the package so
	}
	id := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		if t.output[id] == nil {
			t.output[id] = &strings.Builder{}
		}
		t.output[id].WriteString(e.Output)
	case "pass":
		if e.Test == "" {
			fmt.Printf("ok      %-40s %6.1fs\n", e.Package, e.Elapsed)
		} else {
			t.names = append(t.names, e.Test)
			t.slow = append(t.slow, test{id, e.Elapsed})
		}
		delete(t.output, id)
	case "skip":
		if e.Test != "" { // a package without tests is "skipped" too
			t.skipped = append(t.skipped, id)
			t.show(id)
		}
	case "fail", "build-fail":
		if e.Test == "" {
			t.broken = true
			fmt.Printf("FAILED  %-40s %6.1fs\n", e.Package, e.Elapsed)
			t.showUnended(e.Package)
		} else {
			t.failed = append(t.failed, id)
			t.slow = append(t.slow, test{id, e.Elapsed})
		}
		t.show(id)
	}
}

// showUnended prints what tests of a package said that never ended: those in which it panicked, or ran out of time.
func (t *tally) showUnended(pkg string) {
	var ids []string
	for id := range t.output {
		if name, ok := strings.CutPrefix(id, pkg+" "); ok && name != "" {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		fmt.Println("NOT ENDED:", id)
		t.show(id)
	}
}

// missing returns how many of the wanted names no passed test begins with, and says which.
func (t *tally) missing(wanted []string) (n int) {
	for _, w := range wanted {
		if !slices.ContainsFunc(t.names, func(name string) bool { return strings.HasPrefix(name, w) }) {
			fmt.Println("NO TEST PASSED whose name begins with", w)
			n++
		}
	}
	return n
}

// show prints what a test or package said, once.
func (t *tally) show(id string) {
	if b := t.output[id]; b != nil {
		fmt.Print(b.String())
		delete(t.output, id)
	}
}

func (t *tally) report() {
	sort.Slice(t.slow, func(i, j int) bool { return t.slow[i].seconds > t.slow[j].seconds })
	fmt.Println("slowest tests:")
	for _, s := range t.slow[:min(10, len(t.slow))] {
		fmt.Printf("  %6.1fs %s\n", s.seconds, s.name)
	}
	for _, id := range t.skipped {
		fmt.Println("SKIPPED, which counts as failed:", id)
	}
	for _, id := range t.failed {
		fmt.Println("FAILED:", id)
	}
	fmt.Printf("tests: %d passed, %d failed, %d skipped\n", len(t.names), len(t.failed), len(t.skipped))
}
