package webtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Page is what came back. Doc is nil unless it is HTML.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	Doc    *goquery.Document

	v *Visitor
	t *testing.T
}

// Want fails the test at once unless the page has the status.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s answers %d, want %d:\n%s", p.URL.RequestURI(), p.Status, status, p.excerpt())
	}
	return p
}

// WantPath fails the test at once unless the visitor ended up at the path.
func (p *Page) WantPath(path string) *Page {
	p.t.Helper()
	if p.URL.Path != path {
		p.t.Fatalf("ended at %s (%d), want %s:\n%s", p.URL.Path, p.Status, path, p.excerpt())
	}
	return p
}

// All returns the elements that a CSS selector finds.
func (p *Page) All(selector string) *goquery.Selection {
	p.t.Helper()
	if p.Doc == nil {
		p.t.Fatalf("%s is not HTML but %s", p.URL.RequestURI(), p.Header.Get("Content-Type"))
	}
	return p.Doc.Find(selector)
}

// Text returns the words within everything that a selector finds, with runs of space as one.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return words(p.All(selector))
}

// WantText fails the test unless the words within selector contain each of the texts.
func (p *Page) WantText(selector string, texts ...string) *Page {
	p.t.Helper()
	got := p.Text(selector)
	for _, want := range texts {
		if !strings.Contains(got, want) {
			p.t.Errorf("%s: %s says %q, want %q", p.URL.RequestURI(), selector, got, want)
		}
	}
	return p
}

// WantNoText fails the test if the words within selector contain any of the texts.
func (p *Page) WantNoText(selector string, texts ...string) *Page {
	p.t.Helper()
	got := p.Text(selector)
	for _, text := range texts {
		if strings.Contains(got, text) {
			p.t.Errorf("%s: %s says %q, in %q", p.URL.RequestURI(), selector, text, got)
		}
	}
	return p
}

// WantCount fails the test unless the selector finds n elements.
func (p *Page) WantCount(selector string, n int) *Page {
	p.t.Helper()
	if got := p.All(selector).Length(); got != n {
		p.t.Errorf("%s: %d × %s, want %d", p.URL.RequestURI(), got, selector, n)
	}
	return p
}

// Has tells whether a selector finds anything.
func (p *Page) Has(selector string) bool {
	p.t.Helper()
	return p.All(selector).Length() > 0
}

// Follow opens the link with these words, or, if there is none, the link to that path.
func (p *Page) Follow(label string) *Page {
	p.t.Helper()
	link := p.All("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return words(a) == label })
	if link.Length() == 0 {
		link = p.All("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return a.AttrOr("href", "") == label })
	}
	if link.Length() == 0 {
		p.t.Fatalf("%s has no link %q; it has %q", p.URL.RequestURI(), label, p.labels("a[href]"))
	}
	return p.v.follow(p.v.request(http.MethodGet, p.v.resolve(p.URL, link.First().AttrOr("href", "")), nil, ""))
}

// Problems returns what the page says is wrong, by the name of the field: the texts of class "wrong-word" that a field,
// or the group it stands in, names as its description. A problem that belongs to no field is under "".
func (p *Page) Problems() map[string]string {
	p.t.Helper()
	found := map[string]string{}
	told := map[string]bool{}
	p.All("[aria-describedby]").Each(func(_ int, e *goquery.Selection) {
		name, ok := e.Attr("name")
		if !ok {
			name = e.Find("[name]").First().AttrOr("name", "")
		}
		for _, id := range strings.Fields(e.AttrOr("aria-describedby", "")) {
			e := byID(p.Doc, id)
			if e.Length() == 0 {
				p.t.Errorf("%s: field %q is described by #%s, which is not there", p.URL.RequestURI(), name, id)
			}
			if text := words(e); e.HasClass("wrong-word") && text != "" {
				found[name], told[id] = text, true
			}
		}
	})
	p.All(".notice.problem").Each(func(_ int, e *goquery.Selection) {
		if text := words(e); text != "" && !told[e.AttrOr("id", "")] {
			found[""] = strings.TrimSpace(found[""] + " " + text)
		}
	})
	return found
}

// byID returns the element with the id. Ids may hold dots, so they are not put into a selector.
func byID(doc *goquery.Document, id string) *goquery.Selection {
	return doc.Find("[id]").FilterFunction(func(_ int, e *goquery.Selection) bool { return e.AttrOr("id", "") == id })
}

// words returns the text of a selection with runs of space as one.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func (p *Page) labels(selector string) (all []string) {
	p.All(selector).Each(func(_ int, e *goquery.Selection) { all = append(all, words(e)) })
	return all
}

// excerpt returns enough of the page to see what went wrong.
func (p *Page) excerpt() string {
	text := string(p.Body)
	if p.Doc != nil {
		text = words(p.Doc.Find("main"))
		if text == "" {
			text = words(p.Doc.Selection)
		}
	}
	if len(text) > 1500 {
		text = text[:1500] + "…"
	}
	return text
}
