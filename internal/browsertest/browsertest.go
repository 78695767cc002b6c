// Package browsertest drives Chromium for the journeys: real pages in a real browser, as people meet them
// on a phone or a desk, in light and dark, with JavaScript and without.
//
// While it drives it watches. A test fails if a page asks any other server for anything, if a script throws,
// or if the content security policy had to stop something. Without Chromium or axe-core a journey fails;
// `make tools` brings both.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a step waits for what it needs.
const patience = 45 * time.Second

// Look is how a person looks at the pages.
type Look struct {
	Width, Height int64
	Touch         bool   // a phone: touch, and the page's own viewport width
	Dark          bool   // asks for a dark page
	Motion        bool   // likes things on pages to move; else asks for less of it
	NoJavaScript  bool   // the page's scripts do not run
	Language      string // Accept-Language; English if empty
}

// The two screens that journeys use.
var (
	Phone   = Look{Width: 360, Height: 740, Touch: true}
	Desktop = Look{Width: 1280, Height: 900}
)

// Browser is one running Chromium. Start one for a test and a Person for each who takes part.
type Browser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// Start starts Chromium for pages under base, such as "http://127.0.0.1:8080". It ends with the test.
func Start(t *testing.T, base string) *Browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"),
		chromedp.UserDataDir(t.TempDir()))
	actx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(actx)
	t.Cleanup(func() {
		// Waits for the process, so that its folder can be removed.
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Logf("closing Chromium: %v", err)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx, base: strings.TrimSuffix(base, "/")}
}

// chromium finds the browser, Debian's without windows first: it is the same browser, and spends nothing on windows that nobody sees.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("FOLKMOOT_TEST_CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("The journeys need Chromium. `make tools` as root installs it, or FOLKMOOT_TEST_CHROMIUM names one.")
	return ""
}

// Person opens a tab with cookies of its own.
func (b *Browser) Person(look Look) *Tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: b.t, ctx: ctx, base: b.base, look: &Look{}, wrong: &notes{}, at: new([]float64)}
	b.t.Cleanup(func() {
		cancel()
		for _, what := range tab.Forgive() {
			b.t.Error(what)
		}
	})
	if err := chromedp.Listen(ctx, tab.watch); err != nil {
		b.t.Fatalf("open a tab: %v", err)
	}
	tab.Look(look)
	return tab
}

// Tab is one person's page.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	// Status is the HTTP status of the page that was loaded last.
	Status int

	look  *Look // shared by all that For returns, as the page is
	wrong *notes
	at    *[]float64 // where the pointer is
}

// notes collects what pages did wrong. The browser writes it while the test reads it.
type notes struct {
	mu  sync.Mutex
	all []string
}

// For returns the same tab with failures that belong to a subtest.
func (p *Tab) For(t *testing.T) *Tab {
	same := *p
	same.t = t
	return &same
}

// watch notes what no page may do. The browser waits for it, so it only notes.
func (p *Tab) watch(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if !p.ours(ev.Request.URL) {
			p.note("%s asked another server: %s", ev.DocumentURL, ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		p.note("a script threw: %s", text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "assert" {
			p.note("a script wrote an error to the console")
		}
	case *log.EventEntryAdded:
		// A failed request is logged as an error too; pages that answer 404 or 422 are right to.
		if ev.Entry.Level == log.EntryLevelError && ev.Entry.Source != "network" {
			p.note("%s: %s", ev.Entry.URL, ev.Entry.Text)
		}
	}
}

func (p *Tab) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "data", "blob", "about":
		return true
	}
	return u.Scheme+"://"+u.Host == p.base
}

func (p *Tab) note(format string, args ...any) {
	p.wrong.mu.Lock()
	defer p.wrong.mu.Unlock()
	p.wrong.all = append(p.wrong.all, fmt.Sprintf(format, args...))
}

// Forgive forgets what the tab has done wrong so far and returns it. It is for tests that do wrong on purpose.
func (p *Tab) Forgive() []string {
	p.wrong.mu.Lock()
	defer p.wrong.mu.Unlock()
	was := p.wrong.all
	p.wrong.all = nil
	return was
}

// Look changes screen, colours, language and whether scripts run, from the next page on. What stays as it was is not set again:
// journeys change their look four times on each new page, mostly by one thing.
func (p *Tab) Look(look Look) {
	p.t.Helper()
	if look.Language == "" {
		look.Language = "en"
	}
	was := *p.look
	*p.look = look
	if look.Width != was.Width || look.Height != was.Height || look.Touch != was.Touch {
		p.screen(look)
	}
	if look.Dark != was.Dark || look.Motion != was.Motion || was.Language == "" { // a tab that has just been opened has no language
		p.colours(look)
	}
	if look.NoJavaScript != was.NoJavaScript {
		p.scripts(!look.NoJavaScript)
	}
	if look.Language != was.Language {
		p.try("set the language", func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": look.Language}})
			return err
		})
	}
}

func (p *Tab) screen(look Look) {
	p.t.Helper()
	var opts []chromedp.EmulateViewportOption
	if look.Touch {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.do("set up the screen", chromedp.EmulateViewport(look.Width, look.Height, opts...))
}

func (p *Tab) colours(look Look) {
	p.t.Helper()
	scheme, motion := "light", "reduce" // a picture of a page half faded in is no use
	if look.Dark {
		scheme = "dark"
	}
	if look.Motion {
		motion = "no-preference"
	}
	p.try("set colours", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: motion},
		}})
		return err
	})
}

// scripts switches the page's own scripts on or off, from the next page on.
func (p *Tab) scripts(on bool) {
	p.t.Helper()
	p.try("switch scripts", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// try runs one step with patience and fails the test at once if it does not succeed.
func (p *Tab) try(what string, step func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := step(ctx); err != nil {
		p.fail(what, err)
	}
}

func (p *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.try(what, func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

// fail ends the test and keeps a picture of where it ended.
func (p *Tab) fail(what string, err error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	where, errWhere := chromedp.Run(ctx, chromedp.Location())
	text, errText := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText.slice(0, 1500) : ""`))
	picture, errShot := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if errShot == nil {
		errShot = keep("failed-"+fileName(p.t.Name()), picture)
	}
	if more := errors.Join(errWhere, errText, errShot); more != nil {
		p.t.Logf("and while looking at the page: %v", more)
	}
	p.t.Fatalf("%s: %v\nat %s (build/shots/failed-%s.png):\n%s", what, err, where, fileName(p.t.Name()), text)
}

// keep writes a picture to build/shots.
func keep(name string, png []byte) error {
	dir, err := buildDir("shots")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
}

// buildDir returns a folder below the repository's build folder, made if it is missing.
func buildDir(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the test's folder")
		}
		dir = up
	}
	dir = filepath.Join(dir, "build", name)
	return dir, os.MkdirAll(dir, 0o755)
}

// fileName makes a name that every file system takes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, name)
}
