package web

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"folkmoot/assets"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/fault"

	"github.com/chromedp/chromedp/kb"
)

// booth serves a page with nothing but a ranked paper, and takes what is sent.
type booth struct {
	t     *testing.T
	views *views
	pages map[string]*template.Template
	came  chan string // what was sent, as it came
}

// boothPage is a paper to fill in, or what was read from one.
type boothPage struct {
	Frame
	Rank   Rank
	Ranked Ranked
}

const boothMain = `{{define "main"}}{{if .Ranked.Order}}{{template "ranked" .Ranked}}{{else}}<form class="paper" method="post" data-ballot>
{{template "guard" .Guard}}{{template "rank" .Rank}}<div class="buttons"><button class="button act">Check</button></div></form>{{end}}{{end}}`

func newBooth(t *testing.T) (*booth, string) {
	t.Helper()
	b := &booth{t: t, views: testViews(t), pages: map[string]*template.Template{}, came: make(chan string, 9)}
	for _, tag := range b.views.catalog.Tags() {
		page, err := b.views.find(tag, "style.html")
		if err == nil {
			page, err = template.Must(page.Clone()).Parse(boothMain)
		}
		if err != nil {
			t.Fatal(err)
		}
		b.pages[tag] = page
	}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	return b, srv.URL
}

// paper returns the paper that an address asks for: the number of options, or "long" for a few of them with long names.
func (b *booth) paper(kind string) Rank {
	r := Rank{Ask: plain("Whom would you like to look after the keys?")}
	names := []string{"Ada", "Bo", "Cem", "Dora", "Eli", "Fatima", "Gus", "Hana", "Ines", "Juma", "Kim", "Lev", "Mai", "Nuno", "Olu", "Pia", "Quinn", "Rosa", "Sol", "Tove"}
	long := kind == "long"
	if long {
		names = []string{"Wilhelmina Oyelaran-Featherstonehaugh, Bartholomew Nzeogwu and Aurelia Constantinescu", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "قمر"}
	}
	var n int
	if _, err := fmt.Sscan(kind, &n); err != nil || n == 0 {
		n = len(names)
	}
	for i, name := range names[:n] {
		o := RankOption{ID: fmt.Sprint("m", i+1), Name: plain(name)}
		if i%2 == 0 {
			o.Line = plain("Has not held this before.")
			o.Link = Link{Href: "/statement", Label: plain("What " + name + " says")}
		}
		r.Options = append(r.Options, o)
	}
	return r
}

func (b *booth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, assets.Prefix) {
		assets.Handler().ServeHTTP(w, r)
		return
	}
	p := boothPage{Frame: b.views.frame(time.Now(), r.Header.Get("Accept-Language")), Rank: b.paper(r.URL.Path[1:])}
	p.Head = Head{Title: plain("Ballot paper"), State: plain("Put them in order.")}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			b.t.Error(err)
		}
		b.came <- string(body)
		form, err := url.ParseQuery(string(body))
		if err != nil {
			b.t.Error(err)
		}
		order, err := p.Rank.read(form)
		if err != nil {
			status = http.StatusUnprocessableEntity
			p.refuse(fault.Fields(err), p.Rank.Fields()...)
		}
		p.Ranked = p.Rank.ranked(b.views.catalog.Voice(p.Lang), order)
		if len(order) == 0 {
			p.Ranked = Ranked{}
		}
	}
	b.show(w, status, p)
}

func (b *booth) show(w http.ResponseWriter, status int, p boothPage) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := b.pages[p.Lang].Execute(w, p); err != nil {
		b.t.Error(err)
	}
}

// sent returns what the ranking of the last paper sent: its fields in the order they came, without those of the guard, and how
// long everything was.
func (b *booth) sent() (rank string, size int) {
	body := <-b.came
	var fields []string
	for pair := range strings.SplitSeq(body, "&") {
		if strings.HasPrefix(pair, "rank.") {
			fields = append(fields, pair)
		}
	}
	return strings.Join(fields, "&"), len(body)
}

// at is the selector of something in the item of a person.
func at(name, what string) string { return fmt.Sprintf(`.rank-item[data-name=%q] %s`, name, what) }

// TestRankedPaperIsTheSameHoweverItIsFilledIn: with number fields, by dragging with a mouse and with a finger, with buttons and
// with keys alone, the very same fields are sent, and by a script always as much.
func TestRankedPaperIsTheSameHoweverItIsFilledIn(t *testing.T) {
	b, at0 := newBooth(t)
	browser := browsertest.Start(t, at0)
	quiet := browsertest.Phone
	quiet.NoJavaScript = true
	const want = "rank.m1=2&rank.m2=&rank.m3=1&rank.m4=&rank.m5=3" // Cem, Ada, Eli
	sizes := map[int]bool{}
	for _, way := range []struct {
		name string
		look browsertest.Look
		fill func(*browsertest.Tab)
	}{
		{"numbers", quiet, func(p *browsertest.Tab) { p.Fill("Ada", "2").Fill("Cem", "1").Fill("Eli", "3") }},
		{"mouse", browsertest.Desktop, dragged},
		{"finger", browsertest.Phone, dragged},
		{"buttons", browsertest.Phone, func(p *browsertest.Tab) {
			p.Press("Rank Ada").Press("Rank Bo").Press("Rank Cem").WantText(".rank [role=status]", "Cem is now your 3rd choice of 5.")
			p.Press("Move Cem up").Press("Move Cem up").WantText(".rank [role=status]", "Cem is now your 1st choice of 5.")
			p.Press("Remove Bo from my order").WantText(".rank [role=status]", "Bo is not ranked.")
			p.Press("Rank Dora").Press("Undo").WantText(".rank [role=status]", "Your last step is undone.").Press("Rank Eli")
		}},
		{"keys", browsertest.Desktop, keyed},
	} {
		t.Run(way.name, func(t *testing.T) {
			p := browser.Person(way.look).For(t).Open("/5")
			if !way.look.NoJavaScript {
				p.WantText(".rank.live .area", "My order")
			}
			way.fill(p)
			p.Click("Check").WantText(".ranked", "Your order: 1st choice Cem 2nd choice Ada 3rd choice Eli Not ranked: Bo Dora")
			got, size := b.sent()
			if got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			if !way.look.NoJavaScript {
				sizes[size] = true
			}
			p.AxeLightAndDark().WantNoSideways().Shot("ranked " + way.name)
		})
	}
	p := browser.Person(browsertest.Phone).Open("/5").WantText(".rank.live .area", "My order").Press("Rank Dora")
	p.Click("Check").WantText(".ranked", "1st choice Dora")
	_, size := b.sent()
	if sizes[size] = true; len(sizes) != 1 {
		t.Errorf("papers of %v bytes", sizes)
	}
}

// dragged ranks Cem, Ada and Eli, with detours.
func dragged(p *browsertest.Tab) {
	const said = ".rank [role=status]"
	p.Grab(at("Ada", ".grip")).Haul(".mine", 0).Drop().WantText(said, "Ada is now your 1st choice of 5.")
	p.Grab(at("Eli", ".grip")).Haul(at("Ada", ".grip"), 20).Drop().WantText(said, "Eli is now your 2nd choice of 5.")
	p.Grab(at("Bo", ".grip")).Haul(at("Eli", ".grip"), -20).Drop().WantText(said, "Bo is now your 2nd choice of 5.")
	p.Grab(at("Cem", ".grip")).Haul(at("Ada", ".grip"), -20).Shot("rank dragged").Drop().WantText(said, "Cem is now your 1st choice of 5.")
	p.Grab(at("Bo", ".grip")).Haul(at("Dora", ".grip"), 0).Drop().WantText(said, "Bo is not ranked.")
	p.Grab(at("Eli", ".grip")).Haul(at("Cem", ".grip"), -20).Keys("\x1b").WantText(said, "Eli is back where it was.").Drop()
}

// keyed ranks Cem, Ada and Eli without a pointer.
func keyed(p *browsertest.Tab) {
	const said = ".rank [role=status]"
	tabTo(p, at("Cem", ".grip"))
	p.Keys(" ").WantText(said, "You picked up Cem.").Keys(kb.ArrowUp).WantText(said, "Cem is now your 1st choice of 5.").Keys(" ")
	tabTo(p, at("Ada", ".grip"))
	p.Keys(" ").Keys(kb.ArrowUp).WantText(said, "Ada is now your 2nd choice of 5.").Keys(kb.ArrowUp).WantText(said, "Ada is now your 1st choice of 5.")
	p.Keys(kb.Escape).WantText(said, "Ada is back where it was.")
	p.Keys(" ").Keys(kb.ArrowUp).Keys(" ").WantText(said, "Ada is now your 2nd choice of 5.")
	p.Keys(" ").Keys(kb.ArrowDown).WantText(said, "Ada is not ranked.").Keys(kb.ArrowUp).Keys("\r").WantText(said, "Ada is now your 2nd choice of 5.")
	tabTo(p, at("Dora", "[data-move=add]"))
	p.Keys("\r").WantText(said, "Dora is now your 3rd choice of 5.")
	p.Keys("\r").WantText(said, "Eli is now your 4th choice of 5.") // the focus went on to the next one
	tabTo(p, at("Dora", "[data-move=off]"))
	p.Keys("\r").WantText(said, "Dora is not ranked.")
	tabTo(p, "[data-move=clear]")
	p.Keys("\r").WantText(said, "Nothing is ranked now.")
	tabTo(p, "[data-move=undo]")
	p.Keys("\r").WantText(said, "Your last step is undone.")
}

// tabTo presses Tab until the focus is where a selector says.
func tabTo(p *browsertest.Tab, selector string) {
	here := fmt.Sprintf("document.activeElement.matches(%q)", selector)
	for range 60 {
		if browsertest.Eval[bool](p, here) {
			return
		}
		p.Keys("\t")
	}
	p.WantText("body", "no focus on "+selector) // fails, and shows the page
}

// TestRankedPaperOnEveryScreen looks at papers of three, of twenty and with very long names.
func TestRankedPaperOnEveryScreen(t *testing.T) {
	b, base := newBooth(t)
	browser := browsertest.Start(t, base)
	quiet := browsertest.Phone
	quiet.NoJavaScript = true
	for name, look := range map[string]browsertest.Look{"phone": browsertest.Phone, "desk": browsertest.Desktop, "no scripts": quiet} {
		t.Run(name, func(t *testing.T) {
			p := browser.Person(look).For(t)
			for _, kind := range []string{"3", "20", "long"} {
				p.Open("/" + kind)
				if !look.NoJavaScript {
					p.WantText(".rank.live .area", "My order")
					for i := range b.paper(kind).Options {
						if i%3 != 2 {
							p.Press("Rank " + words(b.paper(kind).Options[i].Name))
						}
					}
				}
				p.AxeLightAndDark().WantNoSideways().WantNoSidewaysLarge().WantTargets().Shot("rank " + kind + " " + name)
			}
		})
	}
}

// TestRankedPaperScrollsAlong: what is dragged to an edge of the screen brings the page along; a finger that is not on a grip
// scrolls the page as ever.
func TestRankedPaperScrollsAlong(t *testing.T) {
	_, base := newBooth(t)
	for name, look := range map[string]browsertest.Look{"finger": browsertest.Phone, "mouse": browsertest.Desktop} {
		t.Run(name, func(t *testing.T) {
			p := browsertest.Start(t, base).Person(look).For(t).Open("/20").WantText(".rank.live .area", "My order").Press("Rank Ada").Press("Rank Bo")
			top := "document.querySelector('.mine').getBoundingClientRect().top"
			p.Grab(at("Tove", ".grip"))
			if browsertest.Eval[float64](p, top) > 0 {
				t.Fatal("the page is too short to need scrolling")
			}
			p.Haul(at("Bo", ".grip"), -20).Drop().WantText(".rank [role=status]", "Tove is now your 2nd choice of 20.")
			if look.Touch {
				was := browsertest.Eval[float64](p, "scrollY")
				p.Grab(at("Juma", "label")).HaulTo(100).Drop()
				if now := browsertest.Eval[float64](p, "scrollY"); now == was {
					t.Errorf("a finger on a name does not scroll: %v", now)
				}
			}
		})
	}
}

// TestRankedPaperIsMendedWhereItWasTyped: numbers that are no order are left to whoever typed them, with scripts as without; the
// links of what is wrong lead to them. Numbers with gaps become an order in lists.
func TestRankedPaperIsMendedWhereItWasTyped(t *testing.T) {
	b, base := newBooth(t)
	browser := browsertest.Start(t, base)
	quiet := browsertest.Phone
	quiet.NoJavaScript = true
	p := browser.Person(quiet).Open("/3").Fill("Ada", "4").Fill("Bo", "4").Fill("Cem", "x").Click("Check")
	p.WantText(".problems", "You wrote 4 more than once: Ada, Bo. Write each number once.", "Cem: write a whole number from 1 to 999").AxeLightAndDark().WantTargets().Shot("rank wrong")
	b.sent()
	if p.Status != http.StatusUnprocessableEntity || p.Value("Ada") != "4" || p.Value("Cem") != "x" {
		t.Errorf("status %d with %q and %q", p.Status, p.Value("Ada"), p.Value("Cem"))
	}
	now := quiet
	now.NoJavaScript = false
	p.Look(now)
	p.Click("Check").WantText(".problems", "You wrote 4 more than once") // the same again, with scripts
	b.sent()
	if p.Has(".rank.live") || p.Value("Bo") != "4" {
		t.Error("a script took away what is to be mended")
	}
	p.Fill("Ada", "").Fill("Bo", "9").Fill("Cem", "4").Click("Check").WantText(".ranked", "1st choice Cem 2nd choice Bo Not ranked: Ada")
	b.sent()
	p.Open("/3").WantText(".rank.live .area", "My order").Click("Check").WantText(".problems", "Nothing is ranked yet.").WantText(".rank.live .area", "My order").Axe()
	if got, _ := b.sent(); got != "rank.m1=&rank.m2=&rank.m3=" {
		t.Errorf("sent %s", got)
	}
}

// TestRankedPaperMovesOnlyForThoseWhoLikeIt: items slide to their places, but not for who asked for less motion.
func TestRankedPaperMovesOnlyForThoseWhoLikeIt(t *testing.T) {
	_, base := newBooth(t)
	browser := browsertest.Start(t, base)
	for _, likes := range []bool{true, false} {
		look := browsertest.Desktop
		look.Motion = likes
		p := browser.Person(look).Open("/5").WantText(".rank.live .area", "My order").Press("Rank Ada").Press("Rank Bo")
		p.WantText(".rank [role=status]", "Bo is now your 2nd choice")
		n := browsertest.Eval[int](p, fmt.Sprintf("(document.querySelector(%q).click(), document.getAnimations().length)", at("Bo", "[data-move=up]")))
		if (n > 0) != likes {
			t.Errorf("%d things move for somebody whose liking of motion is %v", n, likes)
		}
	}
}
