package assets_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/assets"
	"folkmoot/internal/browsertest"
)

// site serves the parts of a page that wake the modules, as the templates write them, under the policy of the real pages.
type site struct {
	opens time.Time // when /opens changes
	seen  atomic.Value
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, assets.Prefix) {
		assets.Handler().ServeHTTP(w, r)
		return
	}
	if r.Method == http.MethodPost {
		s.seen.Store(r.PostFormValue("csrf") + " " + r.PostFormValue("upto"))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	now := time.Now()
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en" data-now="%d"><head><meta charset="utf-8"><title>%s</title>
<link rel="icon" href="%s"><link rel="stylesheet" href="%s"><script type="module" src="%s"></script></head><body><main id="main"%s>%s</main></body></html>`,
		now.UnixMilli(), r.URL.Path, assets.Path("img/mark.svg"), assets.Path("app.css"), assets.Path("js/main.js"), s.refresh(r, now), s.body(r, now))
}

// refresh names the moment until the change has happened, which is a little later: the part is asked for again meanwhile.
func (s *site) refresh(r *http.Request, now time.Time) string {
	if r.URL.Path != "/opens" || s.opened(now) {
		return ""
	}
	return fmt.Sprintf(` data-refresh-at="%s" data-refresh-say="Show it now"`, s.opens.UTC().Format(time.RFC3339Nano))
}

func (s *site) opened(now time.Time) bool { return now.After(s.opens.Add(4 * time.Second)) }

func (s *site) body(r *http.Request, now time.Time) string {
	switch r.URL.Path {
	case "/form":
		return `<form data-keep="draft"><label for="f-title">Title</label><input id="f-title" name="title" type="text" value="">
<label for="f-why">Why</label><textarea id="f-why" name="why" data-words="4"></textarea><p id="f-why-words" data-left="Words left: #" data-over="Words too many: #">Up to 4 words.</p>
<label for="f-pass">Passphrase</label><input id="f-pass" name="pass" type="password" value="">
<input type="hidden" name="nonce" value="" data-random></form>`
	case "/zone":
		return fmt.Sprintf(`<label for="f-zone">Local time</label><select id="f-zone"%s><option selected>Europe/Nowhere</option><option>%s</option></select>
<button type="button" data-print hidden>Print</button>`, map[bool]string{true: " data-zone"}[r.FormValue("chosen") == ""], r.FormValue("here"))
	case "/taken":
		return `<p data-kept="draft">Taken.</p>`
	case "/leave":
		return `<details class="confirm"><summary class="button">Leave</summary><div class="confirm-ask"><h2 id="q">Leave now?</h2>
<form method="get" action="/left"><button class="button">Yes, leave</button> <button type="button" data-no hidden>No, go back</button></form></div></details>`
	case "/opens":
		if !s.opened(now) {
			return `<p id="state">Opens soon.</p><label for="f-x">Note</label><input id="f-x" name="x" value="">`
		}
		day := now.UTC().Truncate(24 * time.Hour)
		return fmt.Sprintf(`<p id="state">It is open until <time datetime="%s" data-until>soon</time>.</p>`, day.Add((2*24+12)*time.Hour).Format(time.RFC3339))
	case "/talk":
		return `<p class="poster">Long talk</p><span data-seen="/seen" data-csrf="c7" data-upto="41">last</span>`
	}
	return `<p>` + r.URL.Path + `</p>`
}

// wait looks until ok, for as long as a slow machine may take.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still waiting: %s", what)
		}
	}
}

func TestModules(t *testing.T) {
	s := &site{opens: time.Now().Add(time.Hour)}
	srv := httptest.NewServer(s)
	defer srv.Close()
	b := browsertest.Start(t, srv.URL)

	t.Run("what was typed is kept until it is taken, but no passphrase", func(t *testing.T) {
		p := b.Person(browsertest.Phone).For(t).Open("/form")
		wait(t, "the module", func() bool { return p.Text("#f-why-words") == "Words left: 4" })
		p.Fill("Title", "Open the hall").Fill("Why", "one two three four five six").Fill("Passphrase", "correct horse")
		if got := p.Text("#f-why-words"); got != "Words too many: 2" {
			t.Errorf("counted %q", got)
		}
		p.Open("/form")
		wait(t, "the draft", func() bool { return p.Value("Title") == "Open the hall" })
		if got := p.Value("Why"); got != "one two three four five six" {
			t.Errorf("kept %q", got)
		}
		if kept := browsertest.Eval[string](p, `JSON.stringify(sessionStorage)`); strings.Contains(kept, "horse") || strings.Contains(kept, "nonce") {
			t.Errorf("kept what it must not: %s", kept)
		}
		p.Open("/taken")
		wait(t, "the draft to go", func() bool { return browsertest.Eval[int](p, `sessionStorage.length`) == 0 })
	})
	t.Run("a time zone nobody has chosen is the browser's own, and a page can be printed", func(t *testing.T) {
		p := b.Person(browsertest.Phone).For(t).Open("/zone")
		here := browsertest.Eval[string](p, `Intl.DateTimeFormat().resolvedOptions().timeZone`)
		p.Open("/zone?here=" + here)
		wait(t, "the zone", func() bool { return p.Value("Local time") == here })
		wait(t, "the button", func() bool { return p.Has("[data-print]:not([hidden])") })
		p.Open("/zone?chosen=yes&here=" + here)
		wait(t, "the button", func() bool { return p.Has("[data-print]:not([hidden])") })
		if got := p.Value("Local time"); got != "Europe/Nowhere" {
			t.Errorf("chose %s where somebody had chosen", got)
		}
	})
	t.Run("a ballot gets 16 bytes of the browser's own", func(t *testing.T) {
		p := b.Person(browsertest.Phone).For(t)
		var last string
		for range 2 {
			p.Open("/form")
			var got string
			wait(t, "the bytes", func() bool {
				got = browsertest.Eval[string](p, `document.querySelector("[data-random]").value`)
				return got != ""
			})
			if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(got) || got == last {
				t.Errorf("chose %q after %q", got, last)
			}
			last = got
		}
	})
	t.Run("a grave step asks in a dialog, and in the page without scripts", func(t *testing.T) {
		p := b.Person(browsertest.Phone).For(t).Open("/leave")
		wait(t, "the module", func() bool { return p.Has("dialog") })
		p.Press("Leave").Press("No, go back")
		wait(t, "the dialog to close", func() bool { return !p.Has("dialog[open]") && !p.Has("details[open]") })
		if got := p.Press("Leave").Click("Yes, leave").Path(); got != "/left?" && got != "/left" {
			t.Errorf("went to %s", got)
		}
		quiet := browsertest.Phone
		quiet.NoJavaScript = true
		if got := b.Person(quiet).For(t).Open("/leave").Press("Leave").Click("Yes, leave").Path(); got != "/left?" && got != "/left" {
			t.Errorf("without scripts went to %s", got)
		}
	})
	t.Run("the end of a talk is reported when it is on the screen", func(t *testing.T) {
		b.Person(browsertest.Phone).For(t).Open("/talk")
		wait(t, "the report", func() bool { return s.seen.Load() == "c7 41" })
	})
	t.Run("a part comes anew when something opens, and its modules wake", func(t *testing.T) {
		s.opens = time.Now().Add(time.Hour)
		reader, writer := b.Person(browsertest.Phone).For(t), b.Person(browsertest.Phone).For(t)
		reader.Open("/opens") // the first pages are slow to come; the moment must not pass meanwhile
		writer.Open("/opens")
		s.opens = time.Now().Add(10 * time.Second)
		reader.Open("/opens")
		writer.Open("/opens").Fill("Note", "half a sentence")
		wait(t, "the new part", func() bool { return strings.Contains(reader.Text("#state"), "in 2 days") })
		wait(t, "the offer", func() bool { return writer.Text("[role=status] a") == "Show it now" })
		if got := writer.Value("Note"); got != "half a sentence" {
			t.Errorf("what was typed became %q", got)
		}
	})
}
