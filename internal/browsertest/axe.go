package browsertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// violation is what axe-core says of one rule that a page breaks.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

// run asks for WCAG 2.2 A and AA and for good practice. The size of targets is AA but off unless asked for.
const run = `axe.run(document, {
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
	rules: {'target-size': {enabled: true}},
	resultTypes: ['violations'],
}).then(r => JSON.stringify(r.violations))`

// Axe fails the test for everything that axe-core finds on the page.
func (p *Tab) Axe() *Tab {
	p.t.Helper()
	for _, v := range p.violations() {
		for _, n := range v.Nodes {
			p.t.Errorf("%s: %s (%s): %s\n%s", p.Path(), v.Help, v.ID, n.HTML, n.FailureSummary)
		}
	}
	return p
}

// AxeLightAndDark is Axe in both colour schemes.
func (p *Tab) AxeLightAndDark() *Tab {
	p.t.Helper()
	was := *p.look
	for _, dark := range []bool{!was.Dark, was.Dark} {
		look := was
		look.Dark = dark
		p.Look(look)
		p.Axe()
	}
	return p
}

func (p *Tab) violations() (all []violation) {
	p.t.Helper()
	if p.look.NoJavaScript { // axe-core needs scripts; those of the page, once passed over, stay unrun
		p.scripts(true)
		defer p.scripts(false)
	}
	if !Eval[bool](p, `"axe" in window`) {
		Eval[bool](p, axe(p.t)+";true")
	}
	if err := json.Unmarshal([]byte(Eval[string](p, run)), &all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// axe returns the source of axe-core, which .ci/tools has put into the build folder.
func axe(t *testing.T) string {
	t.Helper()
	dir, err := buildDir("")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, "axe.min.js"))
	if err != nil {
		t.Fatalf("The journeys need axe-core: run `make tools`. %v", err)
	}
	return strings.TrimSpace(string(source))
}
