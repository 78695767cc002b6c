package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Open loads a path, or a whole address of this server, and keeps its status in Status.
func (p *Tab) Open(path string) *Tab {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.base + path
	}
	return p.load("open "+path, chromedp.Navigate(path))
}

// Click presses the link or button with these words and waits for the page that it leads to.
func (p *Tab) Click(label string) *Tab {
	p.t.Helper()
	return p.load("click "+label, chromedp.Click(clickable(label)))
}

// Press presses the link or button with these words where no new page follows, as with what a script does.
func (p *Tab) Press(label string) *Tab {
	p.t.Helper()
	p.do("press "+label, chromedp.Click(clickable(label)))
	return p
}

// Keys types keys where the focus is, such as "\t" or "\r", without waiting for anything.
func (p *Tab) Keys(keys string) *Tab {
	p.t.Helper()
	p.do("press keys", chromedp.KeyEvent(keys))
	return p
}

// Fill replaces what a field holds. The field is named by its label or its name. In a list it chooses the option
// with that value or those words.
func (p *Tab) Fill(field, value string) *Tab {
	p.t.Helper()
	p.do("find the field "+field, chromedp.WaitVisible(labelled(field)))
	kind := Eval[string](p, "(e => e.localName === 'input' ? e.type : e.localName)("+string(labelled(field))+")")
	switch kind {
	case "select", "date", "time", "datetime-local", "month", "week", "range", "color", "number":
		Eval[bool](p, fmt.Sprintf(`((e, v) => {
			const o = e.options && [...e.options].find(o => o.value === v || o.text.trim() === v);
			if (e.options && !o) throw new Error('the list does not offer ' + v);
			e.value = o ? o.value : v;
			e.dispatchEvent(new Event('input', {bubbles: true}));
			e.dispatchEvent(new Event('change', {bubbles: true}));
			return true;
		})(%s, %s)`, labelled(field), quote(value)))
	default:
		// Not chromedp.Clear: it cannot clear a textarea that is empty.
		Eval[bool](p, "(e => { e.value = ''; e.dispatchEvent(new Event('input', {bubbles: true})); return true; })("+string(labelled(field))+")")
		p.do("fill in "+field, chromedp.SendKeys(labelled(field), value))
	}
	return p
}

// Choose presses the label of a radio button or checkbox, as a finger would. Of a card that explains its choice, the words in bold will do.
func (p *Tab) Choose(label string) *Tab {
	p.t.Helper()
	p.do("choose "+label, chromedp.Click(chromedp.JSPath(fmt.Sprintf(`[...document.querySelectorAll('label')].find(e => [e, e.querySelector('b')].some(x => x && %s(x) === %s))`, words, quote(label)))))
	return p
}

// Attach puts a file into a file field, named by its label or its name.
func (p *Tab) Attach(field, name string, content []byte) *Tab {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.do("attach "+name, chromedp.SetUploadFiles(labelled(field), []string{path}))
	return p
}

// WantText waits until the words within selector contain each of the texts.
func (p *Tab) WantText(selector string, texts ...string) *Tab {
	p.t.Helper()
	var got string
	for end := time.Now().Add(patience / 2); ; {
		got = p.Text(selector)
		if !slices.ContainsFunc(texts, func(want string) bool { return !strings.Contains(got, want) }) {
			return p
		}
		if time.Now().After(end) {
			p.fail("read "+selector, fmt.Errorf("it says %q, want %q", got, texts))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Text returns the words within everything that a selector finds, shown or not, with runs of space as one.
func (p *Tab) Text(selector string) string {
	p.t.Helper()
	return read[string](p, fmt.Sprintf(`[...document.querySelectorAll(%s)].map(e => e.textContent).join(' ').replace(/\s+/g, ' ').trim()`, quote(selector)))
}

// Value returns what a field holds, named by its label or its name.
func (p *Tab) Value(field string) string {
	p.t.Helper()
	return read[string](p, string(labelled(field))+".value")
}

// Has tells whether a selector finds anything now.
func (p *Tab) Has(selector string) bool {
	p.t.Helper()
	return read[bool](p, fmt.Sprintf(`document.querySelector(%s) !== null`, quote(selector)))
}

// Path returns the path of the page, with its query.
func (p *Tab) Path() string {
	p.t.Helper()
	return read[string](p, `location.pathname + location.search`)
}

// WantNoSideways fails the test if the page is wider than the screen: on a phone nobody scrolls sideways.
func (p *Tab) WantNoSideways() *Tab {
	p.t.Helper()
	if over := Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		p.t.Errorf("%s is %d pixels wider than the screen", p.Path(), over)
	}
	return p
}

// WantNoSidewaysLarge is WantNoSideways for somebody who has text shown at twice its size.
func (p *Tab) WantNoSidewaysLarge() *Tab {
	p.t.Helper()
	const size = `document.documentElement.style.fontSize = `
	Eval[string](p, size+`"200%"`)
	p.WantNoSideways()
	Eval[string](p, size+`""`)
	return p
}

// small finds what can be pressed and is lower than 44 pixels: controls, and links that stand by themselves. A link within
// a sentence is as high as its line. The links of rows cover more than their words, and a
// wizard's steps have no room for words on a phone.
const small = `[...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")].filter((e) => {
  if (!e.checkVisibility() || e.closest(".unseen, .skip, .steps, .option, .tick, .md, .rows .name, .rows .kind, .clauses .at")) return false;
  const alone = e.parentElement.textContent.trim() === e.textContent.trim() && e.parentElement.matches("p, li, dd");
  return (alone || getComputedStyle(e).display !== "inline") && e.getBoundingClientRect().height < 44;
}).map((e) => e.textContent.trim().slice(0, 40) || e.localName + "." + e.className).join(", ")`

// WantTargets fails the test if something to press is too low for a thumb.
func (p *Tab) WantTargets() *Tab {
	p.t.Helper()
	if low := Eval[string](p, small); low != "" {
		p.t.Errorf("%s: lower than 44 pixels: %s", p.Path(), low)
	}
	return p
}

// Eval evaluates an expression in the page, whether or not the page's own scripts run. A promise is waited for.
func Eval[T any](p *Tab, expression string) (value T) {
	p.t.Helper()
	p.try("evaluate", func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// read evaluates what changes nothing. A page that loads itself anew while it is asked can answer with an error of the browser's, and is
// asked again; what the expression itself throws fails the test at once.
func read[T any](p *Tab, expression string) (value T) {
	p.t.Helper()
	p.try("read", func(ctx context.Context) (err error) {
		for {
			value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression))
			var gone *cdproto.Error
			if !errors.As(err, &gone) || ctx.Err() != nil {
				return err
			}
			time.Sleep(30 * time.Millisecond)
		}
	})
	return value
}

// Leaves does something that leads to another page, and waits until that is there whole.
func (p *Tab) Leaves(do func()) {
	p.t.Helper()
	Eval[bool](p, `window.left = true`)
	do()
	p.try("wait for another page", func(ctx context.Context) error {
		for {
			there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.left && document.readyState === 'complete'`))
			switch {
			case ctx.Err() != nil:
				return errors.Join(ctx.Err(), err)
			case err == nil && there:
				return nil
			}
			time.Sleep(30 * time.Millisecond) // a page that goes while it is asked answers with an error
		}
	})
}

// Download fetches what the link with these words leads to, or the button of a form that asks for something, with the
// person's cookies, and returns it. It fails the test unless the answer is 200.
func (p *Tab) Download(label string) ([]byte, http.Header) {
	p.t.Helper()
	at := Eval[string](p, `(e => e.href || e.form.action + '?' + new URLSearchParams(new FormData(e.form)))(`+string(clickable(label))+`)`)
	if !p.ours(at) {
		p.t.Fatalf("%s leads to another server: %s", label, at)
	}
	r, err := http.NewRequestWithContext(p.ctx, http.MethodGet, at, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.try("read the cookies", func(ctx context.Context) error {
		got, err := chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{at}})
		for _, c := range got.Cookies {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
		return err
	})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			p.t.Error(err)
		}
	}()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s answers %d: %.300s", at, res.StatusCode, body)
	}
	return body, res.Header
}

// Shot keeps a picture of the whole page as build/shots/NAME.png where somebody wants to look at it: `make shots` sets FOLKMOOT_SHOTS. Half
// of what a browser has to do for a page is drawing pictures. It is packed quickly rather than small: nobody sends it anywhere.
func (p *Tab) Shot(name string) *Tab {
	p.t.Helper()
	if os.Getenv("FOLKMOOT_SHOTS") == "" {
		return p
	}
	yes := true
	p.try("take a picture", func(ctx context.Context) error {
		got, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &yes, FromSurface: &yes, OptimizeForSpeed: &yes,
		})
		if err != nil {
			return err
		}
		return keep(fileName(name), got.Data)
	})
	return p
}

// Shots is Shot, of the page as it looks and of the same page dark, or light if it is dark.
func (p *Tab) Shots(name string) *Tab {
	p.t.Helper()
	if os.Getenv("FOLKMOOT_SHOTS") == "" {
		return p
	}
	was, other := *p.look, *p.look
	other.Dark = !was.Dark
	p.Shot(name)
	p.Look(other)
	p.Shot(name + " other")
	p.Look(was)
	return p
}

// load runs steps that lead to a new page and notes its status.
func (p *Tab) load(what string, steps ...chromedp.Action[chromedp.Void]) *Tab {
	p.t.Helper()
	p.try(what, func(ctx context.Context) error {
		res, err := chromedp.RunResponse(ctx, steps...)
		if err != nil {
			return err
		}
		p.Status = 0
		if res != nil {
			p.Status = int(res.Status)
		}
		return nil
	})
	return p
}

// words is a script's function for the words of an element, as a person reads them.
const words = `(e => (e.getAttribute('aria-label') || e.textContent || e.value || '').replace(/\s+/g, ' ').trim())`

// clickable finds the link or button with these words: first in the page's main part, then around it.
func clickable(label string) chromedp.JSPath {
	return chromedp.JSPath(fmt.Sprintf(`((all, w) => all.find(e => w(e) && e.closest('main')) || all.find(w))(
		[...document.querySelectorAll('a[href], button:not([disabled]), summary, input[type=submit]')].filter(e => e.checkVisibility() && !e.matches('.unseen')), e => %s(e) === %s)`, words, quote(label)))
}

// labelled finds a field by its label or its name.
func labelled(field string) chromedp.JSPath {
	return chromedp.JSPath(fmt.Sprintf(`((n, w) => {
		const label = [...document.querySelectorAll('label')].find(e => w(e) === n || e.firstChild && e.firstChild.nodeType === 3 && e.firstChild.data.trim() === n);
		return label && label.control || document.querySelector('input[name=' + CSS.escape(n) + ']:not([type=hidden]), select[name=' + CSS.escape(n) + '], textarea[name=' + CSS.escape(n) + ']');
	})(%s, %s)`, quote(field), words))
}

// quote returns a string as a script writes it.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return string(b)
}
