package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// watched are the packages and the names of tests that .ci/tests runs with the race detector, and the names in those packages
// that it runs without.
type watched struct {
	packages []string
	names    *regexp.Regexp
	counts   *regexp.Regexp
}

func readWatched(t *testing.T) watched {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".ci", "tests"))
	if err != nil {
		t.Fatal(err)
	}
	line := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf(".ci/tests has no line %s", pattern)
		}
		return string(found[1])
	}
	return watched{
		packages: strings.Fields(line(`(?m)^atonce=\((.+)\)$`)),
		names:    regexp.MustCompile(line(`(?m)^names='(.+)'$`)),
		counts:   regexp.MustCompile(line(`(?m)^counts='(.+)'$`)),
	}
}

// misses returns what of a file does things at once where the race detector does not watch. In web and the command it is
// enough that each test is named that starts something itself: what its helpers start is for other processes, which the
// detector would not see.
func (w watched) misses(dir string, f *ast.File) (missed []string) {
	whole := slices.Contains(w.packages, "./"+dir)
	mixed := dir == "web" || dir == "cmd/folkmoot"
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || !startsMore(fn) {
			continue
		}
		name := fn.Name.Name
		seen := whole && !w.counts.MatchString(name) || mixed && (!strings.HasPrefix(name, "Test") || w.names.MatchString(name))
		if !seen {
			missed = append(missed, dir+": "+name)
		}
	}
	return missed
}

// startsMore tells whether a function starts goroutines or lets tests run beside each other.
func startsMore(fn *ast.FuncDecl) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "Go" || n.Sel.Name == "Parallel"
		}
		return !found
	})
	return found
}

// TestWhatHappensAtOnceIsWatched: the race detector watches wherever the program or a test starts a goroutine.
func TestWhatHappensAtOnceIsWatched(t *testing.T) {
	w := readWatched(t)
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".ci/") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, missed := range w.misses(path.Dir(name), f) {
			t.Errorf("%s does things at once, and .ci/tests runs it without the race detector", missed)
		}
	})
	for dir, src := range map[string]string{
		"internal/tally":  "package tally\nfunc add() { go add() }",
		"internal/paper":  "package paper\nfunc TestX(t *testing.T) { t.Parallel() }",
		"internal/ballot": "package ballot\nfunc TestLinkageX(t *testing.T) { go add() }",
		"web":             "package web\nfunc TestNew(t *testing.T) { var wg sync.WaitGroup; wg.Go(nil) }",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.misses(dir, f)) != 1 {
			t.Errorf("nothing objects to %s", src)
		}
	}
}
