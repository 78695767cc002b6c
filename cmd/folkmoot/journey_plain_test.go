package main

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"folkmoot/internal/browsertest"
)

// TestJourney_6_2_13_NoJavaScript is the whole road again on phones that run no scripts, in the second language.
func TestJourney_6_2_13_NoJavaScript(t *testing.T) {
	face := browsertest.Phone
	face.NoJavaScript, face.Language = true, "es"
	w := newTown(t)
	ada, bo, cem := w.person("Ada", face), w.person("Bo", face), w.person("Cem", face)
	invitation := begin(ada)
	if lang := browsertest.Eval[string](ada.Tab, `document.documentElement.lang`); lang != "es" {
		t.Errorf("the pages are in %q", lang)
	}
	join(bo, invitation)
	join(cem, invitation)
	walkRoad(t, ada, bo, cem)
}

// TestJourney_6_2_14_NoThirdPartyRequests looks at the living sample: the style guide, which shows every component in
// every state, and along every link, once for each kind of page. The browser fails a test for whatever a page asks of
// another server; here nothing may even point to one, and no link may lead nowhere.
func TestJourney_6_2_14_NoThirdPartyRequests(t *testing.T) {
	w := newTown(t, "--demo")
	for name, face := range map[string]browsertest.Look{"phone": browsertest.Phone, "desk": browsertest.Desktop} {
		t.Run("style guide, "+name, func(t *testing.T) {
			p := w.person(name, face).in(t)
			p.goTo("/style").wantOursOnly()
		})
	}
	t.Run("every kind of page", func(t *testing.T) {
		p := w.guest(t, browsertest.Phone)
		if kinds := p.wander(); len(kinds) < 25 {
			t.Errorf("found only %d kinds of pages: %v", len(kinds), kinds)
		}
	})
	t.Run("two years, on a desk", func(t *testing.T) {
		p := w.guest(t, browsertest.Desktop)
		for _, path := range []string{"", "/powers", "/powers/convenors", "/powers/treasurers", "/powers/tellers", "/decisions"} {
			p.goTo("/g/riverside-tenants-union" + path).wantOursOnly()
			if p.Status != http.StatusOK {
				t.Errorf("%s answers %d", p.Path(), p.Status)
			}
		}
	})
}

// guest goes into the sample as the first of those whom visitors may be.
func (w *town) guest(t *testing.T, face browsertest.Look) *walker {
	t.Helper()
	p := w.person("guest", face).in(t)
	link := regexp.MustCompile(`http://\S+/sample/\w+`).FindString(w.server.output())
	if link == "" {
		t.Fatalf("the sample printed no link:\n%s", w.server.output())
	}
	p.goTo(link)
	p.Click(p.Text("main button"))
	return p
}

// wander opens one page of each kind that links lead to, and returns the kinds.
func (p *walker) wander() map[string]bool {
	p.t.Helper()
	been := map[string]bool{}
	for ahead := []string{p.Path()}; len(ahead) > 0; ahead = ahead[1:] {
		kind := kindOf(p.t, ahead[0])
		if been[kind] {
			continue
		}
		been[kind] = true
		p.goTo(ahead[0]).wantOursOnly()
		if p.Status != http.StatusOK {
			p.t.Errorf("%s answers %d", ahead[0], p.Status)
		}
		ahead = append(ahead, browsertest.Eval[[]string](p.Tab, `[...document.querySelectorAll('a[href]')].map(e => e.pathname + e.search).filter(a => !/\.(txt|json|blt|csv)$|\/(draws|lots)\/\d+$|\/event$/.test(a))`)...)
	}
	return been
}

// wantOursOnly fails the test if anything on the page points to another server.
func (p *walker) wantOursOnly() {
	p.t.Helper()
	for _, to := range browsertest.Eval[[]string](p.Tab, `[...document.querySelectorAll('[href], [src], [action]')].map(e => e.href || e.src || e.action)`) {
		u, err := url.Parse(to)
		if err != nil || u.Scheme+"://"+u.Host != p.town.server.base {
			p.t.Errorf("%s points to %q (%v)", p.Path(), to, err)
		}
	}
}

// kindOf is an address without what tells pages of one kind apart.
func kindOf(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	kind := regexp.MustCompile(`^/g/[^/]+`).ReplaceAllString(u.Path, "/g/*")
	kind = regexp.MustCompile(`/d?[0-9][0-9-]*`).ReplaceAllString(kind, "/#")
	for _, name := range []string{"state", "show", "side", "phase"} { // other values show another page
		kind += " " + u.Query().Get(name)
	}
	return kind
}
