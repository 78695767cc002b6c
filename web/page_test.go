package web

import (
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/templates"

	"github.com/PuerkitoBio/goquery"
	"github.com/jba/templatecheck"
	"github.com/labstack/echo/v4"
)

func testViews(t *testing.T) *views {
	t.Helper()
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := newViews(catalog)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPagesFitTheirTypes: no field that a template asks for is missing, in any page or any of its parts.
func TestPagesFitTheirTypes(t *testing.T) {
	v := testViews(t)
	puts, texts := regexp.MustCompile(`\{\{-? ?part "([a-z]+)"`), map[string]string{}
	eachTemplate(t, func(name, text string) { texts[name] = text })
	for _, p := range made {
		page, err := v.find(lang.Fallback, p.file)
		if err != nil {
			t.Error(err)
			continue
		}
		check := []*template.Template{page}
		for _, m := range puts.FindAllStringSubmatch(texts[p.file], -1) {
			check = append(check, page.Lookup("part:"+m[1]))
		}
		for _, tmpl := range check {
			if err := templatecheck.CheckHTMLStrict(tmpl, p.zero); err != nil {
				t.Errorf("%s of %s with %T: %v", tmpl.Name(), p.file, p.zero, err)
			}
		}
	}
}

// TestNoPageHidesItsFrame: a field of a page with the name of one of the frame's would be shown by the layout instead of it.
func TestNoPageHidesItsFrame(t *testing.T) {
	frame := reflect.TypeFor[Frame]()
	for _, p := range made {
		page := reflect.TypeOf(p.zero)
		for i := range page.NumField() {
			f := page.Field(i)
			if _, hides := frame.FieldByName(f.Name); hides && !f.Anonymous {
				t.Errorf("%s: %s.%s", p.file, page, f.Name)
			}
		}
	}
}

// TestEveryPageFileHasOnePage: no template lies about that nothing shows, and none is shown by two types.
func TestEveryPageFileHasOnePage(t *testing.T) {
	files, err := pageFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		n := 0
		for _, p := range made {
			if p.file == file {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is shown by %d page types, want 1", file, n)
		}
	}
}

// TestTemplatesSayOnlyWhatCataloguesKnow reads every sentence id out of the templates.
func TestTemplatesSayOnlyWhatCataloguesKnow(t *testing.T) {
	catalog := testViews(t).catalog
	call := regexp.MustCompile(`\btn? "([^"]+)"`)
	found := 0
	eachTemplate(t, func(name, text string) {
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			found++
			if !catalog.Has(m[1]) {
				t.Errorf("%s: no catalogue has %q", name, m[1])
			}
		}
	})
	if found == 0 {
		t.Error("found no sentences in the templates: the search is wrong")
	}
}

// TestTemplatesKeepToTheHouse: no word outside the catalogues, no script or style inside the page.
func TestTemplatesKeepToTheHouse(t *testing.T) {
	inline := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|<script(?: [^>]*)?>[^<]`)
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	words := regexp.MustCompile(`>([^<>]*\pL{2}[^<>]*)<`)
	names := []string{"Folkmoot", "·  · Folkmoot"}
	eachTemplate(t, func(name, text string) {
		if m := inline.FindString(text); m != "" {
			t.Errorf("%s: %q would be stopped by the content security policy", name, m)
		}
		for _, m := range words.FindAllStringSubmatch(action.ReplaceAllString(text, ""), -1) {
			if w := trim(m[1]); !slices.Contains(names, w) {
				t.Errorf("%s: %q is not in the catalogues", name, w)
			}
		}
	})
}

func trim(s string) string { return strings.Trim(strings.TrimSpace(s), " \n") }

func eachTemplate(t *testing.T, look func(name, text string)) {
	t.Helper()
	err := fs.WalkDir(templates.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "templates.go" {
			return err
		}
		b, err := fs.ReadFile(templates.FS, name)
		look(name, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStyleGuideRenders: the page with every part in every state comes out whole, in every language.
func TestStyleGuideRenders(t *testing.T) {
	v := testViews(t)
	for _, tag := range v.catalog.Tags() {
		rec := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequest("GET", "/style", nil), rec)
		f := v.frame(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), tag)
		f.Group = Group{Name: "Maple Court", Path: "/g/maple", Section: SectionNow, Checkpoint: Checkpoint{Size: 1284, Root: "5f3ca91b77e042d8aa"}}
		if err := showStyle(c, f); err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.Find("html").AttrOr("lang", ""); got != tag {
			t.Errorf("page in %q says it is in %q", tag, got)
		}
		seen, once := map[string]bool{}, map[string]bool{}
		doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			id := s.AttrOr("id", "")
			if seen[id] {
				t.Errorf("%s: id %q twice", tag, id)
			}
			seen[id] = true
		})
		doc.Find("form[method=post]").Each(func(_ int, s *goquery.Selection) {
			token := s.Find("input[name=once]").AttrOr("value", "")
			if token == "" || once[token] || s.Find("input[name=csrf]").Length() != 1 {
				t.Errorf("%s: form to %q has no once token of its own, or no csrf field", tag, s.AttrOr("action", ""))
			}
			once[token] = true
		})
		if n := doc.Find(".strip dt").Length(); n != 3 {
			t.Errorf("%s: the strip has %d parts, want 3", tag, n)
		}
		if got := doc.Find(".checkpoint code").Text(); got != "5f3c a91b 77e0 42d8" {
			t.Errorf("%s: checkpoint shown as %q", tag, got)
		}
		if got := doc.Find(".sections [aria-current]").Length(); got != 1 {
			t.Errorf("%s: %d current sections", tag, got)
		}
	}
}

func TestRefuseKeepsTheOrderOfTheFields(t *testing.T) {
	var f Frame
	f.refuse(map[string]lang.Msg{"b": plain("b"), "zz": plain("zz"), "a": plain("a"), "c": plain("c")}, "c", "missing", "a", "b")
	var got []string
	for _, p := range f.Problems {
		got = append(got, p.Field)
	}
	if want := []string{"c", "a", "b", "zz"}; !slices.Equal(got, want) {
		t.Errorf("problems in order %v, want %v", got, want)
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		n, of int
		want  string
	}{{0, 0, "0%"}, {1, 3, "33.3%"}, {5, 5, "100.0%"}, {7, 5, "100.0%"}, {0, 9, "0.0%"}} {
		if got := percent(tt.n, tt.of); got != tt.want {
			t.Errorf("percent(%d, %d) = %s, want %s", tt.n, tt.of, got, tt.want)
		}
	}
}

// TestRenderNeedsItsFrame: a page made without views.frame is an error, not half a page.
func TestRenderNeedsItsFrame(t *testing.T) {
	rec := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequest("GET", "/style", nil), rec)
	if err := styleTmpl.render(c, http.StatusOK, stylePage{}); err == nil || rec.Body.Len() != 0 {
		t.Errorf("err %v, %d bytes sent", err, rec.Body.Len())
	}
}
