package main

import (
	"bytes"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
)

// takeAlong reads the record, takes it along in every format, and has the file checked: by the command, and on the page
// for anybody.
func takeAlong(_, bo, cem *walker) {
	cem.goTo(cem.group("/record")).at("record.title").press("record.about.decision", "Of", "2026-001", "Title", motionTitle).press("decision.export").at("export.page.title")
	files := map[string][]byte{}
	for _, format := range []string{"html", "pdf", "md", "json", "csv"} {
		cem.choose("export.format." + format)
		body, head := cem.Download(cem.say("export.page.make"))
		files[format] = body
		kind, args, err := mime.ParseMediaType(head.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || !strings.HasSuffix(args["filename"], "."+format) {
			cem.t.Errorf("%s comes as %q (%v)", format, head.Get("Content-Disposition"), err)
		}
	}
	wantExports(cem.t, files)
	cem.choose("export.page.all").choose("export.format.json")
	everything, _ := cem.Download(cem.say("export.page.make"))
	wantVerify(cem.t, files["json"], everything)
	checkPage(bo.town.person("Dot", browsertest.Phone).in(bo.t), everything)
}

// wantExports fails the test unless each file says what was decided, and asks no server for anything.
func wantExports(t *testing.T, files map[string][]byte) {
	t.Helper()
	for _, format := range []string{"html", "md", "json", "csv"} {
		for _, want := range []string{motionTitle, "2026-001"} {
			if !bytes.Contains(files[format], []byte(want)) {
				t.Errorf("the %s export does not hold %q:\n%.600s", format, want, files[format])
			}
		}
	}
	for _, format := range []string{"html", "md", "json"} {
		for _, want := range []string{firstBetter, secondPoint, "easy to ignore", "proof that they knew", "I would have set one"} {
			if !bytes.Contains(files[format], []byte(want)) {
				t.Errorf("the %s export does not hold %q", format, want)
			}
		}
	}
	if !bytes.HasPrefix(files["pdf"], []byte("%PDF-")) {
		t.Errorf("the PDF begins with %.20q", files["pdf"])
	}
	if asks := regexp.MustCompile(`(?i)<(script|link|img|iframe)[^>]+(src|href)="(?:https?:)?//`).Find(files["html"]); asks != nil {
		t.Errorf("the page to print asks a server for something: %s", asks)
	}
}

// wantVerify runs the command on whole, altered and useless files.
func wantVerify(t *testing.T, one, everything []byte) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	at := bytes.Index(everything, []byte("damp"))
	if at < 0 {
		t.Fatal("the export does not hold the text")
	}
	flipped := bytes.Clone(everything)
	flipped[at] ^= 1 // "damp" becomes "eamp"
	whole, older := write("everything.json", everything), write("one.json", one)
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"one decision", []string{older}, exitOK, "This record holds"},
		{"everything", []string{whole}, exitOK, "This record holds"},
		{"against an older one", []string{whole, "--against", older}, exitOK, "Nothing was rewritten"},
		{"a flipped bit", []string{write("flipped.json", flipped)}, exitFailed, "does not hold"},
		{"half a file", []string{write("half.json", everything[:len(everything)/2])}, exitUnusable, "cannot be checked"},
		{"rubbish", []string{write("rubbish.json", []byte("not a record"))}, exitUnusable, "cannot be checked"},
		{"no file", []string{filepath.Join(dir, "none.json")}, exitUnusable, "none.json"},
	} {
		out, code := runOnce(t, program(t, append([]string{"verify"}, tt.args...)...))
		if code != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: verify ended with %d, want %d, and said %q, want %q", tt.name, code, tt.code, out, tt.want)
		}
		plain(t, out)
	}
}

// checkPage has a file checked by somebody who belongs to no group.
func checkPage(p *walker, export []byte) {
	p.t.Helper()
	p.goTo("/verify").press("verify.page.check").reads(".problems", "verify.page.no_file")
	p.Attach("file", "everything.json", export)
	p.press("verify.page.check").reads("main", "verify.holds").WantText("main", groupName, "2026-001")
	p.Attach("file", "altered.json", bytes.Replace(export, []byte("damp"), []byte("lift"), 1))
	p.press("verify.page.check").reads("main", "verify.broken")
	p.Attach("file", "rubbish.json", []byte("not a record"))
	p.press("verify.page.check").reads("main", "verify.unusable_file")
}

// leave leaves the group at once; it is gone from what the person sees, and the others see who is left.
func leave(_, bo, cem *walker) {
	group := cem.group("")
	cem.goTo(group+"/leave").press("people.leave.do").reads(".notice", "people.flash.gone")
	cem.goTo(group)
	if cem.Status != 404 && !strings.HasPrefix(cem.Path(), "/sign-in") {
		cem.t.Errorf("somebody who has left is at %s with status %d", cem.Path(), cem.Status)
	}
	bo.goTo(group+"/people").WantText(".rows", "Ada", "Bo")
	if names := bo.Text(".rows"); strings.Contains(names, "Cem") {
		bo.t.Errorf("Cem has left but stands among the people: %s", names)
	}
	bo.goTo(group + "/record")
}
