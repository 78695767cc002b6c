// Package web speaks HTTP: it parses, asks internal packages, and renders.
//
// # How a page is made
//
// One file in templates, one type here that embeds Frame, one variable that ties them:
//
//	type motionPage struct {
//		Frame
//		Clauses []Clause
//		Talk    []Post
//	}
//
//	var motionTmpl = newPage[motionPage]("motion/show.html")
//
//	func (s *Server) showMotion(c echo.Context) error {
//		…
//		p := motionPage{Frame: s.frame(c), Clauses: …}
//		p.Head = Head{Kind: lang.M("motion.kind", "Number", m.Number), Title: plain(m.Title), State: …, Until: …, Act: …}
//		p.Strip = Strip{Next: …, Decides: …, Change: …}
//		return motionTmpl.render(c, http.StatusOK, p)
//	}
//
// The file defines "main" and nothing else (one that has a layout of its own, as what is put on a projector, defines "sheet" instead); the layout draws the masthead, what is wrong (Problems), what just
// happened (Flash), the head, main, the strip and the foot. So every page says at its top what it is, what can be done
// now and until when, and at its bottom what comes next, who decides and how to change that.
//
// Functions in templates only format, in the page's language: t "id" "Key" .Val · tn "id" .Count (plural) · nth "id" .N (1st, 2nd) · say .Msg ·
// date .At · datetime .At · month .At · soon .At (without the year) · clock .At (the time of day) · stamp .At (for datetime="") · number .N · asset "app.css" · markdown .Text (what members wrote).
//
// Parts, in templates/part, each called with one typed value (parts.go, formparts.go, voteparts.go say what the fields mean):
//
//	text    {{template "clauses" .Clauses}} []Clause      {{template "statements" .Statements}} []Statement (for beside against, under an h2)
//	        {{template "diff" .Spans}} []Span              {{template "explain" .Explain}} Explain (details/summary)
//	        {{template "comparison" .Comparison}} comparison (two wordings of a proposal)
//	        {{template "until" .Until}} Until              {{template "facts" .Facts}} []Fact
//	        {{template "margin" .Facts}} []Fact (for an aside: fingerprints stay folded)   {{template "links" .Links}} []Link (each as easy to hit as a button)
//	lists   {{template "rows" .Rows}} []Row                {{template "tabs" .Tabs}} []Tab     {{template "pager" .Pager}} Pager
//	        {{template "empty" .Empty}} Empty              {{template "tags" .Tags}} []Tag     {{template "powers" .Powers}} []Power
//	        {{template "checks" .Checks}} []Check (done / not yet)                             {{template "sessions" .Sessions}} []Session
//	talk    {{template "thread" .Talk}} []Post
//	forms   {{template "guard" $.Guard}} first in EVERY form that posts (csrf and a fresh once token for this one form)
//	        {{template "field" .F}} Field (one line)       {{template "area" .F}} Field (many lines, Words counts)
//	        {{template "choice" .C}} Choice (radio cards, or boxes with Many)                  {{template "select" .C}} Choice
//	        {{template "tick" .T}} Tick                    {{template "notice" .N}} Notice
//	        {{template "grave" .G}} Grave (a button that asks before it posts)                 {{template "action" .A}} Action
//	        {{template "steps" .Steps}} Steps (wizard)     {{template "rule-item" .Rule}} RuleItem (a rule that can be changed)
//	vote    {{template "ballot" .B}} Ballot                {{template "chosen" .B}} Chosen (check, then cast)
//	        {{template "result" .R}} Result                {{template "receipt" .R}} Receipt
//	        {{template "rank" .R}} Rank (put options in order) {{template "ranked" .R}} Ranked (the order in words)
//	paper   {{template "qr" .Q}} QR                        {{template "code-card" .C}} CodeCard (recovery code)
//	        {{template "copy" .C}} Copy
//
// Plain HTML needs no class. What pages use beside the parts: main is already a .stack (rhythm); .text (reading width);
// .beside (text and an aside with facts); .pair (two columns); .row; .form; .buttons; .button with .act (the one main
// action, in the accent), none (second), .quiet (third), .grave (hard to undo); .go (a link that stands by itself); .hint; .by; .unseen (for screen readers only);
// .no-print. Text by members gets dir="auto".
//
// A form that is refused is rendered again with status 422: p.refuse(fault.Fields(err), "title", "why") fills Problems in the
// order of the fields, and each Field takes its own sentence from the same map. Add data-keep="new-motion" to a long form, and
// set Frame.Kept = "new-motion" on the page that follows success. Set Frame.RefreshAt where something opens or closes.
//
// # A page that keeps itself up to date
//
// A part that changes while somebody looks is put in a template of its own; Go says what it follows:
//
//	{{define "main"}}{{part "floor" .}}{{end}}   a div.stack that is marked, with other classes: {{part "floor" . "console-all"}}
//	{{define "part:floor"}}…{{end}}              marked by hand, it is sent once more when first asked for: <p data-part="foot">
//
//	p.follow("meeting/3", "head", "floor")  // a topic, see topics in live.go, and the parts that it may change
//	p.followEvery(time.Minute, "vote")      // what nothing may be told of at once is asked for now and then
//
// The same handler answers for the whole page and for its parts (livepage.go). "head" is a part of every page. The element that is
// marked stays; what stands in it is merged, so that the focus, what was typed and what was opened survive. Nothing is read out by
// itself: an element that is to be has aria-live="polite" and changes its text seldom. p.Reload = true has browsers without scripts
// load the page every 15 seconds.
//
// A form marked data-send (an Action with Keeps) is kept on the device where there is no connection, says so, and goes later; its once
// token makes a repeat harmless. With data-send="stay" (Stays) the page is not left when it is taken: its parts are asked for anew. With
// data-send="hold" its words stay in it while they wait. What is kept can be read by whoever has the device, so no form is marked that holds a vote, a name written in private, a signature to a petition, or a passphrase; scripts leave [data-ballot] alone in any case.
//
// Modules in assets/js, woken by attributes, none needed: form[data-keep], [data-words], [data-copy], details.confirm,
// [data-refresh-at], [data-seen], time[data-until], input[data-random], [data-rank], [data-live], form[data-send], [data-keys] with button[data-key].
package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"folkmoot/assets"
	"folkmoot/internal/lang"
	"folkmoot/templates"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// framed is any page type: a struct that embeds Frame.
type framed interface{ base() Frame }

// page ties one template file to the one type it is rendered with.
type page[T framed] struct{ file string }

// showsPartsOf names, of a page whose type embeds another page's, that other page's file: it has its parts, and a main of its own.
var showsPartsOf = map[string]string{"meeting/run.html": "meeting/show.html"}

// made lists every page with the zero value of its type, for the test that type-checks them. Only newPage adds to it, while
// the package's variables are set.
var made []struct {
	file string
	zero any
}

// newPage declares a page; file is its path in templates. It is parsed when newViews runs.
func newPage[T framed](file string) page[T] {
	made = append(made, struct {
		file string
		zero any
	}{file, *new(T)})
	return page[T]{file}
}

// render executes the page into memory first, so that an error can still become an error page. Where only parts of a page are asked for
// it sends only those, see sendParts.
func (p page[T]) render(c echo.Context, status int, v T) error {
	if wantsParts(c.Request()) && status == http.StatusOK {
		return p.sendParts(c, v)
	}
	html, err := p.execute(v)
	if err != nil {
		return err
	}
	return send(c, status, v.base().Lang, html)
}

// execute returns the page as HTML.
func (p page[T]) execute(v T) ([]byte, error) {
	f := v.base()
	tmpl, err := f.views.find(f.Lang, p.file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", p.file, err)
	}
	return b.Bytes(), nil
}

// send answers with a page in the language, packed if the browser can unpack it: on a bad line a page's size is what
// one waits for.
func send(c echo.Context, status int, tag string, html []byte) error {
	h := c.Response().Header()
	h.Set("Content-Language", tag)
	if len(html) >= packFrom && !isUnpacked(c.Path()) && strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		packed, err := pack(html)
		if err != nil {
			return fmt.Errorf("pack the page: %w", err)
		}
		html = packed
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(html)))
	return c.HTMLBlob(status, html)
}

// packFrom is the size in bytes below which packing gains nothing: the page goes in one packet as it is.
const packFrom = 1400

// packers are kept for the next page: making one takes longer than using it.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func pack(html []byte) ([]byte, error) {
	var b bytes.Buffer
	w, _ := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(html); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// views is every page in every language, parsed.
type views struct {
	catalog *lang.Catalog
	pages   map[string]map[string]*template.Template // language → file → page
}

// newViews parses every template once a language, with the functions bound to that language.
// An error names the template that is not one.
func newViews(catalog *lang.Catalog) (*views, error) {
	v := &views{catalog: catalog, pages: map[string]map[string]*template.Template{}}
	files, err := pageFiles()
	if err != nil {
		return nil, err
	}
	parts, err := fs.Glob(templates.FS, "part/*.html")
	if err != nil {
		return nil, err
	}
	for _, tag := range catalog.Tags() {
		base := template.New("layout.html").Funcs(funcs(catalog.Voice(tag)))
		if err := parse(base, append([]string{"layout.html"}, parts...)...); err != nil {
			return nil, fmt.Errorf("parse layout: %w", err)
		}
		v.pages[tag] = make(map[string]*template.Template, len(files))
		for _, file := range files {
			t, err := base.Clone()
			if err == nil {
				t.Funcs(template.FuncMap{"part": partOf(t)})
			}
			if under := showsPartsOf[file]; err == nil && under != "" {
				err = parse(t, under)
			}
			if err == nil {
				err = parse(t, file)
			}
			if err != nil {
				return nil, fmt.Errorf("parse %s: %w", file, err)
			}
			v.pages[tag][file] = t
		}
	}
	return v, nil
}

// indent is what the lines of a template begin with, for those who read its source: in a page it is bytes only.
var indent = regexp.MustCompile(`(?m)^[ \t]+`)

// parse adds templates to t, each by the last part of its file's name.
func parse(t *template.Template, files ...string) error {
	for _, file := range files {
		text, err := fs.ReadFile(templates.FS, file)
		if err != nil {
			return err
		}
		in := t
		if name := path.Base(file); name != t.Name() {
			in = t.New(name)
		}
		if _, err := in.Parse(indent.ReplaceAllString(string(text), "")); err != nil {
			return err
		}
	}
	return nil
}

// pageFiles lists the templates that are pages: all but the layout and the parts, and but mail and print, which have no layout.
func pageFiles() ([]string, error) {
	var files []string
	err := fs.WalkDir(templates.FS, ".", func(name string, d fs.DirEntry, err error) error {
		folder, _, _ := strings.Cut(name, "/")
		if err == nil && !d.IsDir() && name != "layout.html" && folder != "part" && folder != "mail" && folder != "print" {
			files = append(files, name)
		}
		return err
	})
	return files, err
}

func (v *views) find(tag, file string) (*template.Template, error) {
	if v == nil {
		return nil, fmt.Errorf("render %s: the page's frame was not made by views.frame", file)
	}
	t, ok := v.pages[tag][file]
	if !ok {
		return nil, fmt.Errorf("render %s: no such page in %q", file, tag)
	}
	if own := t.Lookup("sheet"); own != nil { // a page with a layout of its own
		return own, nil
	}
	return t, nil
}

// funcs are what templates may call. They format and know nothing.
func funcs(v *lang.Voice) template.FuncMap {
	figures := message.NewPrinter(language.Make(v.Tag()))
	return template.FuncMap{
		"t":        v.T,
		"tn":       v.N,
		"nth":      v.Nth,
		"say":      func(m lang.Msg) string { return say(v, m) },
		"date":     v.Date,
		"day":      func(t time.Time) string { return tie(v.Day(t)) },
		"datetime": func(t time.Time) string { return tie(v.DateTime(t)) },
		"month":    v.Month,
		"clock":    v.Clock,
		"soon":     func(t time.Time) string { return tie(v.Soon(t)) },
		"stamp":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"number":   func(n int) string { return figures.Sprint(n) },
		"asset":    assets.Path,
		"markdown": markdown,
		"square":   square,
		"part":     partOf(nil), // each page has its own
	}
}

// tie keeps the end of a time together: a line that begins with "pm" reads badly.
func tie(clock string) string {
	for _, half := range []string{" am", " pm"} {
		if begin, ok := strings.CutSuffix(clock, half); ok {
			return begin + "\u00a0" + half[1:]
		}
	}
	return clock
}

// plain wraps words that are nobody's to translate, a name or a title, as a sentence.
func plain(words string) lang.Msg { return lang.M(plainID, "Text", words) }

const plainID = "layout.plain"

// say puts a sentence into words, and spares plain ones the way through the catalogue.
func say(v *lang.Voice, m lang.Msg) string {
	if words, ok := m.Args["Text"].(string); ok && m.ID == plainID {
		return words
	}
	return v.Say(m)
}
