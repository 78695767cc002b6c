package webtest

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Form is a form on a page, as far as it is filled in.
type Form struct {
	page   *Page
	form   *goquery.Selection
	button *goquery.Selection // what sends it; nil if the form was found by its action
	values url.Values
	files  map[string]file
}

type file struct {
	name    string
	content []byte
}

// Form finds a form by the words on one of its buttons or by its action, with what the page has filled in already.
func (p *Page) Form(buttonOrAction string) *Form {
	p.t.Helper()
	f := &Form{page: p, values: url.Values{}, files: map[string]file{}}
	button := p.All("button, input[type=submit]").FilterFunction(func(_ int, b *goquery.Selection) bool {
		return sends(b) && (words(b) == buttonOrAction || b.AttrOr("value", "") == buttonOrAction && words(b) == "")
	})
	switch {
	case button.Length() > 1:
		p.t.Fatalf("%s has %d buttons %q; find the form by its action", p.URL.RequestURI(), button.Length(), buttonOrAction)
	case button.Length() == 1:
		f.button = button
		f.form = button.Closest("form")
		if id, ok := button.Attr("form"); ok {
			f.form = byID(p.Doc, id)
		}
	default:
		f.form = p.All("form").FilterFunction(func(_ int, e *goquery.Selection) bool { return e.AttrOr("action", "") == buttonOrAction })
	}
	if f.form.Length() != 1 {
		p.t.Fatalf("%s has %d forms for %q; its buttons are %q", p.URL.RequestURI(), f.form.Length(), buttonOrAction, p.labels("button"))
	}
	f.controls().Each(func(_ int, e *goquery.Selection) { f.take(e) })
	return f
}

// HasButton tells whether the page offers a button with these words that can be pressed.
func (p *Page) HasButton(label string) bool {
	p.t.Helper()
	return slices.Contains(p.labels("button:not([disabled])"), label)
}

func sends(b *goquery.Selection) bool {
	_, off := b.Attr("disabled")
	return !off && b.AttrOr("type", "submit") == "submit"
}

// controls returns the fields that belong to the form and are not disabled.
func (f *Form) controls() *goquery.Selection {
	all := f.form.Find("input[name], select[name], textarea[name]")
	if id := f.form.AttrOr("id", ""); id != "" {
		all = all.AddSelection(f.page.All("[form][name]").FilterFunction(func(_ int, e *goquery.Selection) bool {
			return e.AttrOr("form", "") == id && goquery.NodeName(e) != "button"
		}))
	}
	return all.FilterFunction(func(_ int, e *goquery.Selection) bool {
		_, off := e.Attr("disabled")
		return !off && e.Closest("fieldset[disabled]").Length() == 0
	})
}

// take adds a field as the page has filled it in.
func (f *Form) take(e *goquery.Selection) {
	name := e.AttrOr("name", "")
	switch kind(e) {
	case "checkbox", "radio":
		if _, on := e.Attr("checked"); on {
			f.values.Add(name, e.AttrOr("value", "on"))
		}
	case "select":
		chosen := e.Find("option[selected]")
		if _, multiple := e.Attr("multiple"); chosen.Length() == 0 && !multiple {
			chosen = e.Find("option").First()
		}
		chosen.Each(func(_ int, o *goquery.Selection) { f.values.Add(name, option(o)) })
	case "textarea":
		f.values.Add(name, strings.TrimPrefix(e.Text(), "\n"))
	case "submit", "button", "reset", "image", "file":
	default:
		f.values.Add(name, e.AttrOr("value", ""))
	}
}

func kind(e *goquery.Selection) string {
	if goquery.NodeName(e) == "input" {
		return e.AttrOr("type", "text")
	}
	return goquery.NodeName(e)
}

func option(o *goquery.Selection) string { return o.AttrOr("value", words(o)) }

// named returns the fields of one name. It fails the test if there is none.
func (f *Form) named(name string) *goquery.Selection {
	f.page.t.Helper()
	found := f.controls().FilterFunction(func(_ int, e *goquery.Selection) bool { return e.AttrOr("name", "") == name })
	if found.Length() == 0 {
		var names []string
		f.controls().Each(func(_ int, e *goquery.Selection) { names = append(names, e.AttrOr("name", "")) })
		f.page.t.Fatalf("%s: the form has no field %q; it has %q", f.page.URL.RequestURI(), name, names)
	}
	return found
}

// Set writes into a field or chooses what it offers: the value of a radio button, checkbox or option.
// It fails the test where a person could not: no such field, a hidden or read-only one, a choice not offered.
func (f *Form) Set(name, value string) *Form {
	f.page.t.Helper()
	fields := f.named(name)
	offered := map[string]bool{}
	fields.Each(func(_ int, e *goquery.Selection) {
		switch kind(e) {
		case "checkbox", "radio":
			offered[e.AttrOr("value", "on")] = true
		case "select":
			e.Find("option").Each(func(_ int, o *goquery.Selection) { offered[option(o)] = true })
		}
	})
	switch k := kind(fields.First()); {
	case k == "hidden" || fields.Is("[readonly]"):
		f.page.t.Fatalf("%s: nobody can write into %q; use Forge", f.page.URL.RequestURI(), name)
	case k == "file":
		f.page.t.Fatalf("%s: %q takes a file; use File", f.page.URL.RequestURI(), name)
	case len(offered) > 0 && !offered[value]:
		f.page.t.Fatalf("%s: %q does not offer %q; it offers %v", f.page.URL.RequestURI(), name, value, offered)
	case k == "checkbox":
		if !slices.Contains(f.values[name], value) {
			f.values.Add(name, value)
		}
		return f
	}
	f.values.Set(name, value)
	return f
}

// Check ticks a checkbox.
func (f *Form) Check(name string) *Form {
	f.page.t.Helper()
	return f.Set(name, f.named(name).First().AttrOr("value", "on"))
}

// Uncheck clears the checkboxes of one name.
func (f *Form) Uncheck(name string) *Form {
	f.page.t.Helper()
	f.named(name)
	f.values.Del(name)
	return f
}

// File puts a file into a field.
func (f *Form) File(name, filename string, content []byte) *Form {
	f.page.t.Helper()
	if k := kind(f.named(name)); k != "file" {
		f.page.t.Fatalf("%s: %q takes no file but %s", f.page.URL.RequestURI(), name, k)
	}
	f.files[name] = file{filename, content}
	return f
}

// Forge sets any value, whether the form offers it or not, as somebody with their own tools would.
func (f *Form) Forge(name, value string) *Form {
	f.values.Set(name, value)
	return f
}

// Value returns what a field holds now.
func (f *Form) Value(name string) string {
	f.page.t.Helper()
	f.named(name)
	return f.values.Get(name)
}

// Values returns everything that Submit would send.
func (f *Form) Values() url.Values {
	v := url.Values{}
	for name, all := range f.values {
		v[name] = slices.Clone(all)
	}
	if f.button != nil {
		if name := f.button.AttrOr("name", ""); name != "" {
			v.Add(name, f.button.AttrOr("value", ""))
		}
	}
	return v
}

// Submit sends the form and follows where it leads. It may be called again, as an impatient person would.
func (f *Form) Submit() *Page {
	f.page.t.Helper()
	v := f.page.v
	at := v.resolve(f.page.URL, f.attr("action"))
	if !strings.EqualFold(f.attr("method"), http.MethodPost) {
		at.RawQuery = f.Values().Encode()
		return v.follow(v.request(http.MethodGet, at, nil, ""))
	}
	if f.attr("enctype") == "multipart/form-data" {
		body, kind := f.multipart()
		return v.follow(v.request(http.MethodPost, at, body, kind))
	}
	return v.follow(v.request(http.MethodPost, at, strings.NewReader(f.Values().Encode()), "application/x-www-form-urlencoded"))
}

// attr returns an attribute of the form, or the button's own word on it.
func (f *Form) attr(name string) string {
	if f.button != nil {
		if own, ok := f.button.Attr("form" + name); ok {
			return own
		}
	}
	return f.form.AttrOr(name, "")
}

func (f *Form) multipart() (*bytes.Buffer, string) {
	f.page.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range f.Values() {
		for _, value := range all {
			if err := w.WriteField(name, value); err != nil {
				f.page.t.Fatal(err)
			}
		}
	}
	for name, file := range f.files {
		part, err := w.CreateFormFile(name, file.name)
		if err != nil {
			f.page.t.Fatal(err)
		}
		if _, err := part.Write(file.content); err != nil {
			f.page.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.page.t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}
