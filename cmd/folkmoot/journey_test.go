package main

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/lang"
)

// The journeys walk the program as people do: the real process, a real browser, one window for each person.
// Whoever walks looks at every page: see walker.look.

// narrow is the narrowest screen that pages must fit, WCAG 1.4.10.
const narrow = 320

// seen is what has been looked at in all journeys, by the structure of the page and the look at it.
var seen sync.Map // journeys walk side by side

// town is a running program and a browser to reach it.
type town struct {
	t       *testing.T
	server  *server
	args    []string // that it was started with
	clock   *clock
	browser *browsertest.Browser
	words   *lang.Catalog
	shots   int
	kept    string // the receipt code that somebody wrote down

	about     string // number of the proposal that the journey is about
	preset    string // that groups begin with; "" is B
	meets     int    // in so many days groups meet first; 0: when the form proposes it
	announced string // the file of a draw that somebody kept before the lot fell
}

func newTown(t *testing.T, args ...string) *town {
	t.Helper()
	t.Parallel() // a journey waits most of its time
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := newClock(t)
	args = append([]string{"--data=" + t.TempDir() + "/data"}, args...)
	s := startBy(t, c.file, args...)
	return &town{t: t, server: s, args: args, clock: c, browser: browsertest.Start(t, s.base), words: words}
}

// crash ends the program as a power cut does, and starts it again where it was. Requests of those who look on meanwhile fail, and are no fault of the pages.
func (w *town) crash(t *testing.T, looking ...*walker) {
	t.Helper()
	w.server.kill(t)
	w.server = launch(w.t, strings.TrimPrefix(w.server.base, "http://"), w.clock.file, w.args...)
	for _, p := range looking {
		p.t.Cleanup(func() { p.Forgive() })
	}
}

// setupLink returns the link that the program printed when it started.
func (w *town) setupLink() string {
	w.t.Helper()
	link := regexp.MustCompile(`http://\S+/setup/[\w-]+`).FindString(w.server.output())
	if link == "" {
		w.t.Fatalf("no setup link in:\n%s", w.server.output())
	}
	return link
}

// walker is one person on their way. They read the words on the page: a journey names a link or a button by its sentence
// in the catalogue, and the person looks for what their language says there.
type walker struct {
	*browsertest.Tab
	t     *testing.T
	town  *town
	face  browsertest.Look
	voice *lang.Voice
	name  string
	keys  bool // uses the keyboard alone: see push
}

// person opens a window with cookies of its own.
func (w *town) person(name string, face browsertest.Look) *walker {
	w.t.Helper()
	return &walker{Tab: w.browser.Person(face), t: w.t, town: w, face: face, voice: w.words.Voice(face.Language), name: name}
}

// in returns the same person with failures that belong to a subtest.
func (p *walker) in(t *testing.T) *walker {
	same := *p
	same.t, same.Tab = t, p.For(t)
	return &same
}

// goTo opens a path and looks at the page.
func (p *walker) goTo(path string) *walker {
	p.t.Helper()
	p.Open(path)
	return p.look()
}

// say puts a sentence of the catalogue into the person's language.
func (p *walker) say(id string, kv ...any) string {
	p.t.Helper()
	if !p.town.words.Has(id) {
		p.t.Fatalf("no catalogue has %q", id)
	}
	return p.voice.T(id, kv...)
}

// press presses a link or button and looks at the page it leads to.
func (p *walker) press(id string, kv ...any) *walker {
	p.t.Helper()
	p.Click(p.say(id, kv...))
	return p.look()
}

// choose presses the label of a radio button or checkbox.
func (p *walker) choose(id string, kv ...any) *walker {
	p.t.Helper()
	p.Choose(p.say(id, kv...))
	return p
}

// fill fills in fields given as name, value, name, value…
func (p *walker) fill(fields ...string) *walker {
	p.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		p.Fill(fields[i], fields[i+1])
	}
	return p
}

// reads expects a sentence within what the selector finds.
func (p *walker) reads(selector, id string, kv ...any) *walker {
	p.t.Helper()
	p.WantText(selector, p.say(id, kv...))
	return p
}

// at expects to be on the page with this title.
func (p *walker) at(title string, kv ...any) *walker {
	p.t.Helper()
	if !p.town.words.Has(title) {
		p.WantText("h1", title) // what people wrote has no sentence in the catalogue
		return p
	}
	return p.reads("h1", title, kv...)
}

// structure is what makes a page look different from another: its elements in order, with their classes.
const structure = `[...document.body.querySelectorAll('*')].map(e => e.localName + '.' + e.getAttribute('class')).join(' ')`

// look sees to it that the page fits narrow screens, that axe-core finds nothing in light and dark, that nothing is left
// out of it, and keeps pictures if they are wanted. A page built exactly like one already looked at is not measured again.
func (p *walker) look() *walker {
	p.t.Helper()
	p.complete()
	key := fmt.Sprint(p.face, browsertest.Eval[string](p.Tab, structure))
	if _, before := seen.LoadOrStore(key, true); before {
		return p
	}
	p.town.shots++
	name := fmt.Sprintf("%s-%02d-%s-%s", strings.TrimLeft(strings.TrimPrefix(p.town.t.Name(), "TestJourney"), "_"), p.town.shots, p.name, pathName(p.Path()))
	if p.face.NoJavaScript { // the markup is the same and is measured with scripts
		p.WantNoSideways().Shot(name)
		return p
	}
	p.WantNoSideways().Axe().Shot(name)
	night, slim := p.face, p.face
	night.Dark, slim.Width = !p.face.Dark, narrow
	p.Look(night)
	p.Colours().Shot(name + "-night")
	p.Look(slim)
	p.WantNoSideways().WantTargets()
	slim.Width = 360
	p.Look(slim)
	p.WantNoSidewaysLarge()
	p.Look(p.face)
	return p
}

// complete fails the test if the page leaves out what every page has: its title, how it stands, and the strip that says
// what happens next, who decides and how to change this. A word that no catalogue has would show as its id.
func (p *walker) complete() {
	p.t.Helper()
	if p.Text("h1") == "" {
		p.t.Errorf("%s has no title", p.Path())
	}
	for _, part := range []string{".head", ".strip"} {
		if !p.Has(part) {
			p.t.Errorf("%s has no %s", p.Path(), part)
		}
	}
	for end := time.Now().Add(5 * time.Second); p.Has(".problems") && !p.Has(".problems:focus") && time.Now().Before(end); {
		time.Sleep(30 * time.Millisecond) // a browser moves the focus when it next draws the page
	}
	if p.Has(".problems") && !p.Has(".problems:focus") {
		p.t.Errorf("%s says what is wrong, and the focus is elsewhere", p.Path())
	}
	if id := regexp.MustCompile(`\b[a-z]+\.[a-z_]+\.[a-z_.]+\b|%!\w|<no value>`).FindString(p.Text("body")); id != "" {
		p.t.Errorf("%s shows %q", p.Path(), id)
	}
}

// pathName makes a path short and fit for a file's name: secrets and numbers do not matter in it.
func pathName(path string) string {
	path, _, _ = strings.Cut(path, "?")
	var out []string
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if len(part) > 30 {
			part = "x"
		}
		out = append(out, part)
	}
	return strings.Join(out, "-")
}
