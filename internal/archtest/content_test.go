package archtest

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// eachFile calls f with every text file of the repository, by its slash-separated path from the root.
func eachFile(t *testing.T, f func(name string, text []byte)) {
	t.Helper()
	built := []string{".git", "build", "bin", "data", "data-keys", "node_modules"}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(built, d.Name()) && filepath.Dir(p) == filepath.Clean(root) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || d.Name() == ".git" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); name != "folkmoot" && !bytes.Contains(text, []byte{0}) {
			f(name, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// report fails the test for every match, with file and line.
func report(t *testing.T, name string, text []byte, re *regexp.Regexp, why string) {
	t.Helper()
	for _, at := range re.FindAllIndex(text, -1) {
		line := 1 + bytes.Count(text[:at[0]], []byte("\n"))
		t.Errorf("%s:%d: %q: %s", name, line, text[at[0]:at[1]], why)
	}
}

// The words are put together here so that this file does not hold them.
var (
	unfinished = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}, "|") + `)\b`)
	somebodys  = regexp.MustCompile(`(^|[\s"'=:(` + "`" + `])/(` + strings.Join([]string{"wo" + "rk", "tm" + "p", "ro" + "ot", "ho" + "me", "Use" + "rs"}, "|") + `)/\w`)
)

func TestWords(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		if name == "LICENSE" || name == "go.sum" {
			return
		}
		report(t, name, text, unfinished, "finish it or file it; the tree holds no reminders")
		report(t, name, text, somebodys, "a path of one machine")
	})
}

func TestTopLevel(t *testing.T) {
	want := []string{".ci", ".dockerignore", ".gitignore", "Dockerfile", "LICENSE", "Makefile", "README.md", "assets", "cmd", "go.mod", "go.sum", "internal", "templates", "web"}
	eachFile(t, func(name string, _ []byte) {
		if first, _, _ := strings.Cut(name, "/"); !slices.Contains(want, first) {
			t.Errorf("%s: the top level is settled: %v", name, want)
		}
	})
}

// pageRules are what the content security policy would refuse, and what would tell a third party who reads here.
var pageRules = []struct {
	re  *regexp.Regexp
	why string
}{
	{regexp.MustCompile(`(?i)<[^>]*\sstyle\s*=`), "inline style; use a class"},
	{regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`), "inline handler; use a module in assets/js"},
	{regexp.MustCompile(`(?i)<script\s*>`), "inline script; use a module in assets/js"},
	{regexp.MustCompile(`(?i)javascript:`), "a script in an address"},
	{regexp.MustCompile(`(?i)\b(src|href|srcset|action|formaction|poster|data|content)\s*=\s*["']?\s*(https?:)?//`), "an address outside this server"},
}

var (
	inlineStyle = regexp.MustCompile(`(?i)<style\b`)
	outside     = regexp.MustCompile(`(?i)(url\(\s*["']?|@import\s+["']?|import\s*\(?\s*["']|from\s+["']|fetch\(\s*["'])(https?:)?//`)
)

func TestPages(t *testing.T) {
	eachFile(t, func(name string, text []byte) {
		switch ext := path.Ext(name); {
		case strings.HasPrefix(name, "templates/") && ext == ".html":
			for _, r := range pageRules {
				report(t, name, text, r.re, r.why)
			}
			// An export is one file that must look right without this server.
			if !strings.HasPrefix(name, "templates/print/") {
				report(t, name, text, inlineStyle, "inline style sheet; use assets/css")
			}
		case strings.HasPrefix(name, "assets/") && (ext == ".css" || ext == ".js" || ext == ".svg"):
			report(t, name, text, outside, "an address outside this server")
		}
	})
}

// TestPageRules gives each rule something to find.
func TestPageRules(t *testing.T) {
	bad := []string{`<p class="a" style="color:red">`, `<a href="/x" onclick="y()">`, `<script>go()</script>`, `<a href="javascript:go()">`, `<img src="https://example.org/x.png">`, `<link href='//example.org/x.css'>`}
	for _, page := range bad {
		if !slices.ContainsFunc(pageRules, func(r struct {
			re  *regexp.Regexp
			why string
		}) bool {
			return r.re.MatchString(page)
		}) {
			t.Errorf("no rule objects to %s", page)
		}
	}
	for _, css := range []string{`@import "https://example.org/a.css"`, `url(//example.org/a.png)`, `import x from "https://example.org/x.js"`} {
		if !outside.MatchString(css) {
			t.Errorf("no rule objects to %s", css)
		}
	}
}
