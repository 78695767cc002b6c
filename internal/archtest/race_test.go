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

// unwatched is what .ci/tests runs without the race detector: packages, and names of tests of others.
type unwatched struct {
	packages []string
	tests    map[string]*regexp.Regexp // by the folder of their package
}

func readUnwatched(t *testing.T) unwatched {
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
	u := unwatched{strings.Fields(line(`(?m)^calm=\((.+)\)$`)), map[string]*regexp.Regexp{}}
	for _, single := range regexp.MustCompile(`(?m)^\t\[\./(.+)\]='(.+)'$`).FindAllStringSubmatch(line(`(?s)single=\((.+?)\n\)`)+"\n", -1) {
		u.tests[single[1]] = regexp.MustCompile(single[2])
	}
	return u
}

// misses returns what of a file does things at once where the race detector does not watch.
func (u unwatched) misses(dir string, f *ast.File) (missed []string) {
	calm, tests := slices.Contains(u.packages, "./"+dir), u.tests[dir]
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && startsMore(fn) && (calm || tests != nil && tests.MatchString(fn.Name.Name)) {
			missed = append(missed, dir+": "+fn.Name.Name)
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

// TestWhatHappensAtOnceIsWatched: nothing that the gate runs without the race detector starts a goroutine.
func TestWhatHappensAtOnceIsWatched(t *testing.T) {
	u := readUnwatched(t)
	looked := map[string]bool{}
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		looked["./"+path.Dir(name)] = true
		for _, missed := range u.misses(path.Dir(name), f) {
			t.Errorf("%s does things at once, and .ci/tests runs it without the race detector", missed)
		}
	})
	for _, p := range u.packages {
		if !looked[p] {
			t.Errorf(".ci/tests names %s, which is not there", p)
		}
	}
	for dir, src := range map[string]string{
		"internal/tally":    "package tally\nfunc add() { go add() }",
		"internal/paper":    "package paper\nfunc TestX(t *testing.T) { t.Parallel() }",
		"internal/audit":    "package audit\nfunc TestX(t *testing.T) { var wg sync.WaitGroup; wg.Go(nil) }",
		"internal/ballot":   "package ballot\nfunc TestLinkageX(t *testing.T) { go add() }",
		"internal/election": "package election\nfunc TestNoGroupIsBrickedX(t *testing.T) { go add() }",
		"internal/petition": "package petition\nfunc TestG3_EveryRoleCanBeEnded(t *testing.T) { go add() }",
		"web":               "package web\nfunc TestLeakSweepX(t *testing.T) { go add() }",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(u.misses(dir, f)) != 1 {
			t.Errorf("nothing objects to %s", src)
		}
	}
}
