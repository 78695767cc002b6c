package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// function is a function of the tree, or what stands outside of all in a file.
type function struct {
	Path string // of its package
	Name string // with its receiver's type: Service.Begin
	Node ast.Node
}

func (f function) String() string { return f.Path + " " + f.Name }

// functions lists the functions of the packages.
func functions(all []source) (out []function) {
	for _, s := range all {
		for _, file := range s.Files {
			for _, d := range file.Decls {
				name := "outside of functions"
				if fn, ok := d.(*ast.FuncDecl); ok {
					if name = fn.Name.Name; fn.Recv != nil {
						name = receiver(fn) + "." + name
					}
				}
				out = append(out, function{s.Path, name, d})
			}
		}
	}
	return out
}

// mentions says whether the function has the name that stands in the package of the path, other than to declare it.
func (f function) mentions(home, name string) (found bool) {
	var own *ast.Ident
	if fn, ok := f.Node.(*ast.FuncDecl); ok {
		own = fn.Name
	}
	ast.Inspect(f.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			found = found || ok && x.Name == path.Base(home) && n.Sel.Name == name
			ast.Inspect(n.X, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && f.Path == home && id.Name == name
				return true
			})
			return false
		case *ast.Ident:
			found = found || n != own && f.Path == home && n.Name == name
		}
		return true
	})
	return found
}

// hands says whether the function calls, or passes on, what its package keeps in the field.
func (f function) hands(field string) (found bool) {
	ast.Inspect(f.Node, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == field
		return true
	})
	return found
}

// writesTerms finds a statement that changes the table of terms.
var writesTerms = regexp.MustCompile(`(?i)\b(insert\s+into|replace\s+into|update|delete\s+from|truncate(\s+table)?|copy|alter\s+table)\s+"?terms\b`)

// wayToATerm is the only one: a draw that falls or an election that is final gives a term through decision.Service.Begin, which writes down
// what it came from. Each name is mentioned by those alone that stand beside it.
var wayToATerm = []struct {
	home, name string
	by         []string
}{
	{"internal/role", "insertTerm", []string{"internal/role Begin"}},
	{"internal/role", "Begin", []string{"internal/decision Service.Begin"}},
}

// givers are the functions in which a draw, an election and a round of consent give the terms they have led to.
var givers = map[string]string{"internal/draw": "Service.offer", "internal/election": "stage.give", "internal/consent": "stage.give", "internal/vacancy": "stage.give"}

// gains returns how a term could come about in any other way.
func gains(fset *token.FileSet, all []source) (bad []string) {
	fns := functions(all)
	for _, step := range wayToATerm {
		var by []string
		for _, f := range fns {
			if f.mentions(step.home, step.name) {
				by = append(by, f.String())
			}
		}
		if slices.Sort(by); !slices.Equal(by, step.by) {
			bad = append(bad, fmt.Sprintf("%s of %s is reached from %q, and not from %q alone", step.name, step.home, by, step.by))
		}
	}
	for _, f := range fns {
		bad = append(bad, f.strayWrites()...)
		bad = append(bad, f.strayGivers(fset)...)
	}
	return bad
}

// strayWrites returns where the function writes terms by a statement or by its row.
func (f function) strayWrites() (bad []string) {
	ast.Inspect(f.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if err == nil && n.Kind == token.STRING && writesTerms.MatchString(text) && f.String() != "internal/role endTerm" {
				bad = append(bad, f.String()+" writes terms: "+text)
			}
		case *ast.CompositeLit:
			if id, ok := n.Type.(*ast.Ident); ok && f.Path == "internal/role" && id.Name == "termRow" && f.Name != "insertTerm" && f.hands("Create") {
				bad = append(bad, f.String()+" makes a row of terms")
			}
		}
		return true
	})
	return bad
}

// strayGivers returns where the function gives a term though it leads to none, or hands others another way to give one.
func (f function) strayGivers(fset *token.FileSet) (bad []string) {
	giver, gives := givers[f.Path]
	if gives && f.Name != giver && f.hands("begin") {
		bad = append(bad, f.String()+" gives a term, and leads to none")
	}
	ast.Inspect(f.Node, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "NewService" {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Name != "draw" && x.Name != "election" && x.Name != "consent" && x.Name != "vacancy" {
			return true
		}
		if !slices.ContainsFunc(call.Args, func(e ast.Expr) bool {
			s, ok := e.(*ast.SelectorExpr)
			return ok && s.Sel.Name == "Begin"
		}) {
			bad = append(bad, fmt.Sprintf("%s: %s gets another way to give a term than decision.Service.Begin", fset.Position(call.Pos()), x.Name))
		}
		return true
	})
	return bad
}

// implied returns how having one capability could give another: by Until, or anything it asks, looking at a capability by its name.
func implied(all []source) (bad []string) {
	var p powers
	fns := map[string]function{}
	for _, s := range all {
		if s.Path != "internal/member" {
			continue
		}
		for _, file := range s.Files {
			p.readMember(nil, file)
		}
	}
	for _, f := range functions(all) {
		if _, ok := f.Node.(*ast.FuncDecl); ok && f.Path == "internal/member" {
			_, name, method := strings.Cut(f.Name, ".")
			if !method {
				name = f.Name
			}
			fns[name] = f
		}
	}
	for name := range reached(fns, "Until") {
		f := fns[name]
		inCase := map[ast.Node]bool{}
		ast.Inspect(f.Node, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok && name == "Until" {
				for _, e := range c.List {
					inCase[e] = true
				}
			}
			id, ok := n.(*ast.Ident)
			switch {
			case !ok || inCase[n] || id == f.Node.(*ast.FuncDecl).Name:
			case slices.Contains(p.declared, id.Name):
				bad = append(bad, fmt.Sprintf("%s looks at %s, whatever is asked", name, id.Name))
			case id.Name == "Until" || id.Name == "Can" || id.Name == "Capabilities":
				bad = append(bad, fmt.Sprintf("%s asks %s for another capability", name, id.Name))
			}
			return true
		})
	}
	slices.Sort(bad)
	return bad
}

// reached returns the functions that a function calls, and those they call, and itself.
func reached(fns map[string]function, from string) map[string]bool {
	out, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		f, ok := fns[name]
		if !ok || out[name] {
			continue
		}
		out[name] = true
		ast.Inspect(f.Node, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				switch fun := call.Fun.(type) {
				case *ast.Ident:
					next = append(next, fun.Name)
				case *ast.SelectorExpr:
					next = append(next, fun.Sel.Name)
				}
			}
			return true
		})
	}
	return out
}

// decides returns where a page, a command or a service decides by what powers are computed from, and not by asking Can or Until. That the
// founder is led through the wizard gives them nothing: what each of its steps does is asked for.
func decides(fset *token.FileSet, all []source) (bad []string) {
	for _, f := range functions(all) {
		if slices.Contains([]string{"internal/member", "internal/role", "internal/draw", "internal/election"}, f.Path) {
			continue // these compute powers, and hand them on
		}
		ast.Inspect(f.Node, func(n ast.Node) bool {
			for _, cond := range conditions(n) {
				what := raw(cond)
				if what == "" || what == "Founder" && (f.String() == "web Server.beginStep" || namesField(cond, "SetupStep")) {
					continue
				}
				bad = append(bad, fmt.Sprintf("%s: %s decides by %s", fset.Position(cond.Pos()), f, what))
			}
			return true
		})
	}
	return bad
}

// conditions returns what n decides by.
func conditions(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.IfStmt:
		return []ast.Expr{n.Cond}
	case *ast.ForStmt:
		if n.Cond != nil {
			return []ast.Expr{n.Cond}
		}
	case *ast.SwitchStmt:
		if n.Tag != nil {
			return []ast.Expr{n.Tag}
		}
	case *ast.CaseClause:
		return n.List
	case *ast.ReturnStmt:
		return n.Results
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "Contains") {
			return n.Args
		}
	}
	return nil
}

// raw returns the field by which a power is computed that the expression names: an actor's being founder, their terms, a term's powers.
// Whether a role comes with any powers is there to be shown, and tells of nobody.
func raw(e ast.Expr) (what string) {
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if role, ok := sel.X.(*ast.SelectorExpr); ok && sel.Sel.Name == "Caps" && role.Sel.Name == "Role" {
			return false
		}
		x, inner := sel.X.(*ast.SelectorExpr)
		id, plain := sel.X.(*ast.Ident)
		switch {
		case sel.Sel.Name == "Founder" && inner && x.Sel.Name == "Member":
			what = "Founder"
		case sel.Sel.Name == "Caps":
			what = "Caps"
		case sel.Sel.Name == "Terms" && plain && (id.Name == "a" || id.Name == "actor"):
			what = "Terms"
		}
		return true
	})
	return what
}

func namesField(e ast.Expr, name string) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == name
		return true
	})
	return found
}

// TestNoOtherWayToPower: there is no way to gain a capability except a term that came from a decision, an election, a draw or a rule; no
// capability implies another; and nothing decides by any other way than member.Can and member.Until.
func TestNoOtherWayToPower(t *testing.T) {
	fset, all := tree(t)
	for _, bad := range slices.Concat(gains(fset, all), implied(all), decides(fset, all)) {
		t.Error(bad)
	}
	for dir, giver := range givers {
		if !slices.ContainsFunc(functions(all), func(f function) bool { return f.Path == dir && f.Name == giver && f.hands("begin") }) {
			t.Errorf("%s %s gives no term; this test looks in the wrong place", dir, giver)
		}
	}
}

// TestNoOtherWayToPowerNotices opens each of the other ways.
func TestNoOtherWayToPowerNotices(t *testing.T) {
	was := map[string]string{
		"internal/member": `package member
const ( Chair Capability = "chair"; Count Capability = "count" )
func Until(a Actor, c Capability, now time.Time) time.Time {
	switch c {
	case Chair, Count:
		return a.term(c, now)
	}
	return time.Time{}
}
func (a Actor) term(c Capability, now time.Time) time.Time { return a.Terms[0].Ends }
`,
		"internal/role": `package role
func insertTerm(tx *db.Tx) error { return tx.Create(&termRow{}).Error }
func endTerm(tx *db.Tx) error { return tx.Exec("UPDATE terms SET ended_at = 1").Error }
func Begin(tx *db.Tx) error { return insertTerm(tx) }
func (s *Service) Show() error { return nil }
`,
		"internal/draw": `package draw
func (s *Service) offer() error { return s.begin() }
func (s *Service) Show() error { return nil }
`,
		"internal/decision": `package decision
func (s *Service) Begin() error { return role.Begin(nil) }
func (s *Service) File() error { return nil }
`,
		"internal/election": `package election
func (st *stage) give() error { return st.begin() }
func (st *stage) finish() error { return nil }
`,
		"cmd/folkmoot": `package main
func start() { use(draw.NewService(d, outcomes.Begin), election.NewService(d, outcomes.Begin)) }
`,
		"web": `package web
func (s *Server) beginStep() bool { return a.Member.Founder }
func (s *Server) show() { if a.Member.Founder && a.Group.SetupStep != 0 { lead() } }
`,
	}
	look := func(texts map[string]string) []string {
		fset := token.NewFileSet()
		var all []source
		for p, text := range texts {
			f, err := parser.ParseFile(fset, p+".go", text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, source{pkg: pkg{Path: p}, Files: map[string]*ast.File{"x.go": f}})
		}
		return slices.Concat(gains(fset, all), implied(all), decides(fset, all))
	}
	if got := look(was); len(got) > 0 {
		t.Fatalf("the only way is taken for another: %q", got)
	}
	for _, tt := range []struct{ name, in, old, new string }{
		{"a service that inserts a term", "internal/role", "Show() error { return nil }", "Show() error { return insertTerm(nil) }"},
		{"a row of terms by hand", "internal/role", "Show() error { return nil }", "Show() error { return tx.Create(&termRow{}).Error }"},
		{"a statement", "web", "lead()", "tx.Exec(`INSERT INTO terms (ref) VALUES ('x')`)"},
		{"a longer term", "cmd/folkmoot", "use(", "tx.Exec(\"update  terms set ends_at = 9\"); use("},
		{"a page that begins one", "web", "lead()", "role.Begin(nil)"},
		{"a report that begins one", "internal/decision", "File() error { return nil }", "File() error { return role.Begin(nil) }"},
		{"a page of a draw that gives one", "internal/draw", "Show() error { return nil }", "Show() error { return s.begin() }"},
		{"an election that gives one before its end", "internal/election", "finish() error { return nil }", "finish() error { return st.begin() }"},
		{"another giver", "cmd/folkmoot", "election.NewService(d, outcomes.Begin)", "election.NewService(d, anybody)"},
		{"one that gives another", "internal/member", "return a.term(c, now)", "if c == Chair { return a.term(Count, now) }\n\treturn a.term(c, now)"},
		{"one asked for instead", "internal/member", "{ return a.Terms[0].Ends }", "{ return Until(a, c, now) }"},
		{"one by its name", "internal/member", "{ return a.Terms[0].Ends }", "{ if c != Chair { return now }; return a.Terms[0].Ends }"},
		{"a page by the founder", "web", "&& a.Group.SetupStep != 0", ""},
		{"a page by powers", "web", "a.Member.Founder && a.Group.SetupStep != 0", "slices.Contains(t.Caps, want)"},
		{"a page by terms", "web", "a.Member.Founder && a.Group.SetupStep != 0", "len(a.Terms) > 0"},
	} {
		is := map[string]string{}
		for p, text := range was {
			is[p] = text
		}
		is[tt.in] = strings.Replace(was[tt.in], tt.old, tt.new, 1)
		if is[tt.in] == was[tt.in] {
			t.Fatalf("%s: nothing was changed", tt.name)
		}
		if len(look(is)) == 0 {
			t.Errorf("%s: nobody notices", tt.name)
		}
	}
}
