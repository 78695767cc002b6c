package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// powers is what the source says of capabilities, each by the name of its constant.
type powers struct {
	declared []string // constants of the type Capability in package member
	listed   []string // what Capabilities returns
	computed []string // the cases of Until
	asked    []string // what a call of Can or Until asks for
	strange  []string // what else is done with the type, with its place
}

// read takes in one package.
func (p *powers) read(fset *token.FileSet, s source) {
	for _, f := range s.Files {
		if s.Path == "internal/member" {
			p.readMember(fset, f)
		}
		within := map[ast.Node]bool{} // Can's own body, which passes on what it was asked
		ast.Inspect(f, func(n ast.Node) bool {
			if d, ok := n.(*ast.FuncDecl); ok && s.Path == "internal/member" && d.Recv == nil && d.Name.Name == "Can" {
				ast.Inspect(d.Body, func(n ast.Node) bool { within[n] = true; return true })
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || within[n] {
				return true
			}
			switch of(s.Path, call.Fun) {
			case "Can", "Until":
				if name := of(s.Path, call.Args[1]); name != "" {
					p.asked = append(p.asked, name)
				} else {
					p.strange = append(p.strange, fmt.Sprintf("%s: it cannot be read here which capability is asked for", fset.Position(call.Pos())))
				}
			case "Capability":
				p.strange = append(p.strange, fmt.Sprintf("%s: a capability is made of a text", fset.Position(call.Pos())))
			}
			return true
		})
	}
}

// of returns the name that e has in package member, or "".
func of(path string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if path == "internal/member" {
			return e.Name
		}
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "member" {
			return e.Sel.Name
		}
	}
	return ""
}

func (p *powers) readMember(fset *token.FileSet, f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				if of, ok := v.Type.(*ast.Ident); !ok || of.Name != "Capability" {
					continue
				}
				if d.Tok != token.CONST {
					p.strange = append(p.strange, fmt.Sprintf("%s: a capability that can change", fset.Position(v.Pos())))
				}
				for _, name := range v.Names {
					p.declared = append(p.declared, name.Name)
				}
			}
		case *ast.FuncDecl:
			if d.Recv != nil || d.Name.Name != "Capabilities" && d.Name.Name != "Until" {
				continue
			}
			ast.Inspect(d.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if array, ok := n.Type.(*ast.ArrayType); ok && of("internal/member", array.Elt) == "Capability" && d.Name.Name == "Capabilities" {
						p.listed = append(p.listed, names(n.Elts)...)
					}
				case *ast.CaseClause:
					if d.Name.Name == "Until" {
						p.computed = append(p.computed, names(n.List)...)
						if n.List == nil {
							p.strange = append(p.strange, fmt.Sprintf("%s: a power for whatever is asked", fset.Position(n.Pos())))
						}
					}
				}
				return true
			})
		}
	}
}

func names(list []ast.Expr) (out []string) {
	for _, e := range list {
		out = append(out, of("internal/member", e))
	}
	return out
}

// breaches returns what keeps the closed list and the program from being one-to-one.
func (p powers) breaches() []string {
	out := slices.Clone(p.strange)
	set := func(names []string) []string { return slices.Sorted(maps.Keys(count(names))) }
	for what, names := range map[string][]string{"Capabilities lists": p.listed, "Until decides": p.computed, "services and pages ask for": p.asked} {
		if got, want := set(names), set(p.declared); !slices.Equal(got, want) {
			out = append(out, fmt.Sprintf("%s %v, and there are %v", what, got, want))
		}
	}
	for what, names := range map[string][]string{"declared": p.declared, "listed": p.listed, "decided": p.computed} {
		for name, n := range count(names) {
			if n > 1 {
				out = append(out, fmt.Sprintf("%s is %s %d times", name, what, n))
			}
		}
	}
	slices.Sort(out)
	return out
}

func count(names []string) map[string]int {
	n := map[string]int{}
	for _, name := range names {
		n[name]++
	}
	return n
}

// TestCapabilityClosure_6_2_5 is practice.md §6.2, item 5: every capability on the closed list is decided by Until and asked for by
// some service or page, and nothing else is ever asked for.
func TestCapabilityClosure_6_2_5(t *testing.T) {
	fset, all := tree(t)
	var p powers
	for _, s := range all {
		p.read(fset, s)
	}
	for _, b := range p.breaches() {
		t.Error(b)
	}
	if len(p.declared) == 0 {
		t.Error("no capability was found; this test looks in the wrong place")
	}
}

// TestCapabilityClosureNotices breaks the closure in each way that there is.
func TestCapabilityClosureNotices(t *testing.T) {
	const home = `package member
type Capability string
const (
	Chair Capability = "chair"
	Count Capability = "count"
)
func Capabilities() []Capability { return []Capability{Chair, Count} }
func Until(a Actor, c Capability, now time.Time) time.Time {
	switch c {
	case Chair, Count:
		return a.End
	}
	return time.Time{}
}
func Can(a Actor, c Capability, now time.Time) bool { return now.Before(Until(a, c, now)) }
`
	const page = `package web
func show() bool { return member.Can(a, member.Chair, now) || now.Before(member.Until(a, member.Count, now)) }
`
	look := func(home, page string) []string {
		fset := token.NewFileSet()
		var p powers
		for path, text := range map[string]string{"internal/member": home, "web": page} {
			f, err := parser.ParseFile(fset, path+".go", text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			p.read(fset, source{pkg: pkg{Path: path}, Files: map[string]*ast.File{"x.go": f}})
		}
		return p.breaches()
	}
	if got := look(home, page); len(got) > 0 {
		t.Fatalf("a closed list is taken for an open one: %q", got)
	}
	for _, tt := range []struct{ name, in, old, new string }{
		{"one that nobody asks for", "page", "member.Chair", "member.Count"},
		{"one that is not on the list", "page", "member.Chair", "member.Bell"},
		{"a text", "page", "member.Chair", `"chair"`},
		{"a text made into one", "page", "member.Chair", `member.Capability("chair")`},
		{"one that cannot be told", "page", "member.Chair", "wanted"},
		{"one missing from the list", "home", "{Chair, Count}", "{Chair}"},
		{"one twice on the list", "home", "{Chair, Count}", "{Chair, Count, Chair}"},
		{"one that is not decided", "home", "case Chair, Count:", "case Chair:"},
		{"one that is decided for all", "home", "case Chair, Count:", "case Chair, Count:\n\tdefault:"},
		{"one more than there is", "home", "const (", "const (\n\tBell Capability = \"bell\""},
		{"one that can change", "home", "const (", "var Bell Capability = \"bell\"\nconst ("},
	} {
		h, p := home, page
		if tt.in == "home" {
			h = strings.Replace(home, tt.old, tt.new, 1)
		} else {
			p = strings.Replace(page, tt.old, tt.new, 1)
		}
		if h == home && p == page {
			t.Fatalf("%s: nothing was changed", tt.name)
		}
		if got := look(h, p); len(got) == 0 {
			t.Errorf("%s: nobody notices", tt.name)
		}
	}
}
