package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestHandlersSayOnlyWhatCataloguesKnow reads every sentence id out of this package's calls of lang.M and m.
func TestHandlersSayOnlyWhatCataloguesKnow(t *testing.T) {
	catalog := testViews(t).catalog
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set, found := token.NewFileSet(), 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(set, f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			for _, id := range sentences(n) {
				found++
				if !catalog.Has(id) {
					t.Errorf("%s: no catalogue has %q", set.Position(n.Pos()), id)
				}
			}
			return true
		})
	}
	if found < 100 {
		t.Errorf("found only %d sentences: the search is wrong", found)
	}
}

// sentences returns the ids written out in a call of lang.M, or of the style guide's m and ms.
func sentences(n ast.Node) (ids []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	prefix, args := "", call.Args[:1]
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); !ok || pkg.Name != "lang" || f.Sel.Name != "M" {
			return nil
		}
	case *ast.Ident:
		if f.Name != "m" && f.Name != "ms" {
			return nil
		}
		prefix = "style."
		if f.Name == "ms" {
			args = call.Args
		}
	default:
		return nil
	}
	for _, a := range args {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if id, err := strconv.Unquote(lit.Value); err == nil {
				ids = append(ids, prefix+id)
			}
		}
	}
	return ids
}
