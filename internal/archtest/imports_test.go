package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is a package of the tree with its files parsed, without tests.
type source struct {
	pkg
	Doc   string
	Files map[string]*ast.File
}

// tree lists and parses the packages of the module.
func tree(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Doc", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Logf("%s", exit.Stderr)
		}
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var all []source
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Dir, Doc string
			GoFiles              []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return fset, all
		} else if err != nil {
			t.Fatal(err)
		}
		s := source{Doc: p.Doc, Files: map[string]*ast.File{}}
		s.Path = strings.TrimPrefix(p.ImportPath, module+"/")
		s.Imports = map[string][]string{}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			s.Files[name] = f
			for _, im := range f.Imports {
				path, err := strconv.Unquote(im.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				s.Imports[name] = append(s.Imports[name], path)
			}
		}
		all = append(all, s)
	}
}

func TestImports(t *testing.T) {
	_, all := tree(t)
	for _, s := range all {
		for _, b := range breaches(s.pkg) {
			t.Error(b)
		}
		if name, internal := strings.CutPrefix(s.Path, "internal/"); internal {
			if number, _ := ring(name); number < 0 {
				t.Errorf("%s stands in no ring; add it to rings_test.go", s.Path)
			}
		}
	}
}

// TestImportRules breaks each rule once, so that a rule that no longer bites is noticed.
func TestImportRules(t *testing.T) {
	allowed := []struct{ path, file, im string }{
		{"internal/motion", "motion.go", "folkmoot/internal/member"},
		{"internal/motion", "store.go", "gorm.io/gorm/clause"},
		{"internal/ballot", "service.go", "folkmoot/internal/urn"},
		{"internal/ledger", "ledger.go", "folkmoot/internal/merkle"},
		{"internal/verify", "verify.go", "folkmoot/internal/merkle"},
		{"internal/db", "open.go", "gorm.io/gorm"},
		{"internal/webtest", "webtest.go", "net/http"},
		{"web", "server.go", "github.com/labstack/echo/v4"},
		{"assets", "assets.go", "github.com/tdewolff/minify/v2/css"},
		{"cmd/folkmoot", "main.go", "folkmoot/internal/urn"},
	}
	for _, c := range allowed {
		if why := forbidden(c.path, c.file, c.im); why != "" {
			t.Errorf("%s/%s may import %s, but: %s", c.path, c.file, c.im, why)
		}
	}
	refused := []struct{ path, file, im string }{
		{"internal/member", "member.go", "folkmoot/internal/motion"},     // rightward
		{"internal/db", "db.go", "folkmoot/internal/ledger"},             // outward
		{"internal/ledger", "ledger.go", "folkmoot/internal/schedule"},   // sideways
		{"internal/tally", "tally.go", "folkmoot/internal/db"},           // a kernel with a database
		{"internal/motion", "service.go", "folkmoot/internal/urn"},       // round the ballot
		{"internal/motion", "service.go", "gorm.io/gorm"},                // SQL outside store.go
		{"internal/motion", "service.go", "github.com/labstack/echo/v4"}, // HTTP in the domain
		{"internal/motion", "service.go", "net/http"},
		{"internal/motion", "service.go", "folkmoot/templates"},
		{"internal/motion", "service.go", "folkmoot/internal/dbtest"}, // test code in the program
		{"internal/verify", "verify.go", "folkmoot/internal/ledger"},  // the writer's code
		{"internal/newcomer", "newcomer.go", "folkmoot/internal/fault"},
		{"web", "motion.go", "gorm.io/gorm"},
		{"templates", "templates.go", "folkmoot/internal/lang"},
		{"assets", "assets.go", "github.com/yuin/goldmark"},
	}
	for _, c := range refused {
		if forbidden(c.path, c.file, c.im) == "" {
			t.Errorf("%s/%s imports %s and no rule objects", c.path, c.file, c.im)
		}
	}
}

// TestSaid fails for a package or an exported name without a comment.
func TestSaid(t *testing.T) {
	fset, all := tree(t)
	for _, s := range all {
		if s.Doc == "" && len(s.Files) > 0 {
			t.Errorf("%s has no package comment", s.Path)
		}
		for _, f := range s.Files {
			for _, d := range f.Decls {
				for _, name := range unsaid(d) {
					t.Errorf("%s: %s is exported and has no comment", fset.Position(d.Pos()), name)
				}
			}
		}
	}
}

// known are methods whose meaning is the interface they serve.
var known = []string{"Error", "Unwrap", "Is", "String", "Scan", "Value", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText",
	"Len", "Less", "Swap", "Read", "Write", "Close", "TableName", "LogValue"}

// unsaid returns the exported names that a declaration leaves without a comment.
func unsaid(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil || !d.Name.IsExported() {
			return nil
		}
		if d.Recv != nil && (!ast.IsExported(receiver(d)) || slices.Contains(known, d.Name.Name)) {
			return nil
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		if d.Doc != nil || isEnumeration(d) {
			return nil
		}
		var names []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
					names = append(names, s.Names[0].Name)
				}
			}
		}
		return names
	}
	return nil
}

// isEnumeration tells a block of constants of one type of this package: the type's comment speaks for it.
func isEnumeration(d *ast.GenDecl) bool {
	if d.Tok != token.CONST || !d.Lparen.IsValid() {
		return false
	}
	first, ok := d.Specs[0].(*ast.ValueSpec)
	if !ok {
		return false
	}
	of, ok := first.Type.(*ast.Ident)
	return ok && of.IsExported()
}

// receiver returns the type name of a method's receiver.
func receiver(d *ast.FuncDecl) string {
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// TestOneClock fails where the program reads the machine's clock itself: rules take now, services use tx.Now, and in cmd
// only main passes the real clock in. It also fails for func init, which runs before anybody asked.
func TestOneClock(t *testing.T) {
	fset, all := tree(t)
	for _, s := range all {
		if testsOwn(strings.TrimPrefix(s.Path, "internal/")) {
			continue
		}
		for _, f := range s.Files {
			for _, n := range clockless(s.Path, f) {
				t.Errorf("%s: the clock is read, or func init does something, outside func main; take the time as an argument", fset.Position(n.Pos()))
			}
		}
	}
}

// clockless returns what in a file reads the clock without being func main of a command, and every func init.
func clockless(path string, f *ast.File) (bad []ast.Node) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		ok = ok && fn.Recv == nil
		switch {
		case ok && fn.Name.Name == "init":
			bad = append(bad, d)
		case ok && fn.Name.Name == "main" && strings.HasPrefix(path, "cmd/"):
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && readsClock(sel) {
				bad = append(bad, sel)
			}
			return true
		})
	}
	return bad
}

func readsClock(sel *ast.SelectorExpr) bool {
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name)
}

// TestClockRules breaks each rule once, so that a rule that no longer bites is noticed.
func TestClockRules(t *testing.T) {
	for _, tt := range []struct {
		path, code string
		bad        int
	}{
		{"cmd/folkmoot", "func main() { run(time.Now) }", 0},
		{"cmd/folkmoot", "func (x *exportCmd) Run() { open(time.Now) }", 1},
		{"cmd/folkmoot", "func (x *exportCmd) main() { open(time.Now) }", 1},
		{"cmd/folkmoot", "func serve() { began := time.Now(); time.Since(began) }", 2},
		{"cmd/folkmoot", "var clock = time.Now", 1},
		{"internal/motion", "func main() { time.Now() }", 1},
		{"internal/motion", "func due(at, now time.Time) bool { return !now.Before(at) }", 0},
		{"internal/motion", "func init() {}", 1},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+tt.code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(clockless(tt.path, f)); got != tt.bad {
			t.Errorf("%s: %s: %d breaches, want %d", tt.path, tt.code, got, tt.bad)
		}
	}
}
