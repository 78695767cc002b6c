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

// everything asks for WCAG 2.2 A and AA and for good practice. The size of targets is AA but off unless asked for.
const everything = `{
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
	rules: {'target-size': {enabled: true}},
	resultTypes: ['violations'],
}`

// colours asks for the rules, of all those, that colours can break: with the same page in another scheme nothing else is different.
const colours = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}, resultTypes: ['violations']}`

// Axe fails the test for everything that axe-core finds on the page.
func (p *Tab) Axe() *Tab {
	p.t.Helper()
	return p.axe(everything)
}

// Colours is Axe for a page on which it has found nothing in another colour scheme.
func (p *Tab) Colours() *Tab {
	p.t.Helper()
	return p.axe(colours)
}

func (p *Tab) axe(ask string) *Tab {
	p.t.Helper()
	for _, v := range p.violations(ask) {
		for _, n := range v.Nodes {
			p.t.Errorf("%s: %s (%s): %s\n%s", p.Path(), v.Help, v.ID, n.HTML, n.FailureSummary)
		}
	}
	return p
}

// AxeLightAndDark is Axe in both colour schemes.
func (p *Tab) AxeLightAndDark() *Tab {
	p.t.Helper()
	was, other := *p.look, *p.look
	other.Dark = !was.Dark
	p.Look(other)
	p.Colours()
	p.Look(was)
	return p.Axe()
}

func (p *Tab) violations(ask string) (all []violation) {
	p.t.Helper()
	if p.look.NoJavaScript { // axe-core needs scripts; those of the page, once passed over, stay unrun
		p.scripts(true)
		defer p.scripts(false)
	}
	if !Eval[bool](p, `"axe" in window`) {
		Eval[bool](p, axe(p.t)+";true")
	}
	if err := json.Unmarshal([]byte(Eval[string](p, "axe.run(document, "+ask+").then(r => JSON.stringify(r.violations))")), &all); err != nil {
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
