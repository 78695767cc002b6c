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

// patient are functions of tests that only wait beside each other for programs, each of which is a process of its own: of two that meet, the
// race detector would see nothing.
var patient = []string{"cmd/folkmoot await", "cmd/folkmoot newTown"}

// readWatched returns what .ci/tests runs with the race detector: by the folder of a package, which of its tests.
func readWatched(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".ci", "tests"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?s)watched=\((.+?)\n\)`).FindSubmatch(text)
	if found == nil {
		t.Fatal(".ci/tests does not say what it watches")
	}
	out := map[string]*regexp.Regexp{}
	for _, one := range regexp.MustCompile(`(?m)^\t\[\./(.+)\]='(.+)'$`).FindAllStringSubmatch(string(found[1]), -1) {
		out[one[1]] = regexp.MustCompile(one[2])
	}
	return out
}

// testsAtOnce returns the tests among functions of one package's tests that do things at once, or have another of the functions do so.
func testsAtOnce(dir string, funcs []*ast.FuncDecl) (out []string) {
	busy := map[string]bool{}
	for more := true; more; {
		more = false
		for _, f := range funcs {
			if name := f.Name.Name; !busy[name] && !slices.Contains(patient, dir+" "+name) && startsMore(f, busy) {
				busy[name], more = true, true
			}
		}
	}
	for _, f := range funcs {
		if strings.HasPrefix(f.Name.Name, "Test") && busy[f.Name.Name] {
			out = append(out, f.Name.Name)
		}
	}
	return out
}

// startsMore tells whether a function starts goroutines, lets tests run beside each other, or names a function that does.
func startsMore(fn *ast.FuncDecl, busy map[string]bool) (found bool) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "Go" || n.Sel.Name == "Parallel"
		case *ast.CallExpr:
			for _, part := range append([]ast.Expr{n.Fun}, n.Args...) { // a function is called, or handed on to be
				switch part := part.(type) {
				case *ast.Ident:
					found = found || busy[part.Name]
				case *ast.SelectorExpr:
					found = found || busy[part.Sel.Name]
				}
			}
		}
		return !found
	})
	return found
}

// unwatched returns the tests of a package that do things at once, and that the race detector does not watch.
func unwatched(watched map[string]*regexp.Regexp, dir string, funcs []*ast.FuncDecl) []string {
	return slices.DeleteFunc(testsAtOnce(dir, funcs), func(name string) bool { return watched[dir] != nil && watched[dir].MatchString(name) })
}

// TestWhatHappensAtOnceIsWatched: every test that starts a goroutine runs with the race detector in the gate.
func TestWhatHappensAtOnceIsWatched(t *testing.T) {
	watched, funcs := readWatched(t), map[string][]*ast.FuncDecl{}
	eachFile(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		funcs[path.Dir(name)] = append(funcs[path.Dir(name)], parsed(t, text)...)
	})
	delete(funcs, "internal/archtest") // says the word itself
	for dir, fs := range funcs {
		for _, missed := range unwatched(watched, dir, fs) {
			t.Errorf("%s of %s does things at once, and .ci/tests runs it without the race detector", missed, dir)
		}
	}
	for dir, tests := range watched {
		for one := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(tests.String(), "^Test("), ")$"), "|") {
			if !slices.ContainsFunc(funcs[dir], func(f *ast.FuncDecl) bool { return one == "." || f.Name.Name == "Test"+one }) {
				t.Errorf(".ci/tests names %s of %s, which is not there", one, dir)
			}
		}
	}
	for dir, src := range map[string]string{
		"internal/tally":  "func TestX(t *testing.T) { go add() }",
		"internal/paper":  "func TestX(t *testing.T) { t.Parallel() }",
		"internal/audit":  "func TestX(t *testing.T) { var wg sync.WaitGroup; wg.Go(nil) }",
		"internal/ballot": "func many() { go add() }\nfunc most() { many() }\nfunc TestX(t *testing.T) { most() }",
	} {
		if len(unwatched(watched, dir, parsed(t, []byte("package x\n"+src)))) != 1 {
			t.Errorf("nothing objects to %s", src)
		}
	}
}

func parsed(t *testing.T, text []byte) (out []*ast.FuncDecl) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			out = append(out, fn)
		}
	}
	return out
}
