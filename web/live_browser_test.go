package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// door serves the pages to one member's browser, and counts what it asks for.
type door struct {
	url         string
	parts       atomic.Int64 // requests for parts of a page
	open        atomic.Int64 // streams
	shut        atomic.Bool  // every answer is that the server is not there
	shutStreams atomic.Bool
	forms       atomic.Int64 // that came through
	shutForms   atomic.Bool
	secret      string
}

func (h *hall) door(i int) *door {
	d := &door{secret: h.session(h.Who[i].Person)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch stream := strings.HasSuffix(r.URL.Path, "/live"); {
		case d.shut.Load() || stream && d.shutStreams.Load() || r.Method == http.MethodPost && d.shutForms.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case stream:
			d.open.Add(1)
			defer d.open.Add(-1)
		case r.Method == http.MethodPost:
			d.forms.Add(1)
		case r.Header.Get(partHeader) != "":
			d.parts.Add(1)
		}
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: d.secret})
		h.s.ServeHTTP(w, r)
	}))
	h.t.Cleanup(srv.Close)
	h.t.Cleanup(h.s.Stop)
	d.url = srv.URL
	return d
}

// eventually looks until ok, for as long as a slow machine may take.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still waiting: %s", what)
		}
	}
}

const liveOn = `[data-live-state="on"]`

// TestTwoBrowsersOnOneProposal: what one member does the other sees without loading the page anew; what somebody is doing on their page
// stays as it is; and who was without a connection or asleep is told on coming back.
func TestTwoBrowsersOnOneProposal(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	path := groupPath(h.Group) + "/proposals/1"
	ana, ben := h.door(1), h.door(2)
	reader := browsertest.Start(t, ana.url).Person(browsertest.Phone)
	writer := browsertest.Start(t, ben.url).Person(browsertest.Desktop)
	reader.Open(path)
	eventually(t, "the stream", func() bool { return reader.Has(liveOn) })
	reader.WantText(liveOn, "This page keeps itself up to date.").AxeLightAndDark().WantTargets().WantNoSideways().Shot("live on")
	browsertest.Eval[bool](reader, `(() => {
		window.same = true;
		window.place = document.querySelector("#support");
		window.quiet = document.querySelector("[data-part=text] #will");
		for (const d of document.querySelectorAll("[data-part] details")) d.open = true;
		document.querySelector("[data-part=talk] a").focus();
		window.focused = document.activeElement;
		return true;
	})()`)
	before := ana.parts.Load()
	writer.Open(path)
	eventually(t, "the writer's stream", func() bool { return writer.Has(liveOn) })
	writer.Click("Support this").WantText(".notice", "You support this.")
	reader.WantText("[data-part=support]", "Member-002")
	if !browsertest.Eval[bool](reader, `window.same && window.place.isConnected && window.quiet.isConnected && document.activeElement === window.focused`) {
		t.Error("the page was loaded anew, or what had not changed is another element, or the focus is lost")
	}
	if n := ana.parts.Load() - before; n < 1 || n > 2 {
		t.Errorf("one change, and %d requests", n)
	}

	reader.Offline(true)
	reader.WantText("[data-live-off]", "No connection to the server. Trying again.").Axe().Shot("live off")
	h.support(3)
	reader.Offline(false)
	reader.WantText("[data-part=support]", "Member-003")
	eventually(t, "the stream", func() bool { return reader.Has(liveOn) })

	ana.shut.Store(true) // the server goes away, and comes back
	h.s.Stop()
	reader.WantText("[data-live-off]", "No connection to the server. Trying again.")
	h.support(5)
	ana.shut.Store(false)
	reader.WantText("[data-part=support]", "Member-005")

	// A phone that is put away gives its stream back, and asks at once when it is looked at again. Chromium without a screen goes on
	// thinking that nobody looks at a page it has woken, so the test says that somebody does.
	reader.Sleep(true).Sleep(false)
	eventually(t, "the stream to be given back", func() bool { return ana.open.Load() == 0 })
	h.support(6)
	browsertest.Eval[bool](reader, `(() => {
		Object.defineProperty(document, "hidden", { get: () => false });
		return document.dispatchEvent(new Event("visibilitychange"));
	})()`)
	reader.WantText("[data-part=support]", "Member-006")
	if !browsertest.Eval[bool](reader, `window.same && window.place.isConnected`) {
		t.Error("the page was loaded anew")
	}
	reader.Forgive()
}

// TestWithoutAStreamPagesAsk: where streams are turned away, as by an office's proxy, the page asks now and then.
func TestWithoutAStreamPagesAsk(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	d := h.door(1)
	d.shutStreams.Store(true)
	p := browsertest.Start(t, d.url).Person(browsertest.Phone).Open(groupPath(h.Group))
	eventually(t, "a question", func() bool { return d.parts.Load() > 0 })
	h.support(2)
	p.WantText("[data-part=now]", "It is being discussed")
	p.Forgive()
}

// TestWhoMayNoLongerSeeAPage: the page says so and offers to be loaded again; nothing that was read is taken away.
func TestWhoMayNoLongerSeeAPage(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	d := h.door(3)
	p := browsertest.Start(t, d.url).Person(browsertest.Phone).Open(groupPath(h.Group) + "/proposals/1")
	eventually(t, "the stream", func() bool { return p.Has(liveOn) })
	if _, err := h.s.Members.Leave(t.Context(), h.Who[3], false); err != nil {
		t.Fatal(err)
	}
	p.WantText("[data-live-off]", "This page is not here for you any more. Load it again").WantText("h1", "Mend the roof").Axe()
}

// TestAPageOfAVoteAsksForTurnout: nothing tells of a vote that comes, so the page asks each minute.
func TestAPageOfAVoteAsksForTurnout(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 9)
		path := groupPath(w.Group) + "/proposals/1"
		v := w.as(t, 1)
		m := w.Table(false)
		if every, ok := v.Get(path).Want(200).Doc.Find("main").Attr("data-live-every"); ok {
			t.Errorf("before the vote it asks %q", every)
		}
		w.GoTo(m.Opens)
		if every := v.Get(path).Want(200).Doc.Find("main").AttrOr("data-live-every", ""); every != "60=vote" {
			t.Errorf("while the vote is open it asks %q", every)
		}
	})
}

// TestWhatIsSentWithoutAConnection: a form is kept on the device and says so, outlives the page, is received once, and what the server
// will not take is said in words, with what was typed.
func TestWhatIsSentWithoutAConnection(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newHall(t, dbtest.SQLite(t, c), c)
	path := groupPath(h.Group) + "/proposals/1"
	d := h.door(1)
	p := browsertest.Start(t, d.url).Person(browsertest.Phone).Open(path)
	eventually(t, "the stream", func() bool { return p.Has(liveOn) })
	supporters := func() int {
		v, err := h.s.Motions.Show(t.Context(), h.Who[0], 1)
		if err != nil {
			t.Fatal(err)
		}
		return v.Supporters
	}

	p.Offline(true).Press("Support this")
	p.WantText("[data-outbox]", "Support this · Saved on this device. It will be sent when there is a connection.").AxeLightAndDark().WantTargets().WantNoSideways().Shot("saved here")
	d.shutForms.Store(true)
	p.Offline(false).Open(path) // the page anew, and the server still takes nothing
	p.WantText("[data-outbox]", "Saved on this device.")
	if n := supporters(); n != 1 {
		t.Errorf("%d supporters of a proposal that nobody could support", n)
	}
	d.shutForms.Store(false)
	p.WantText("[data-outbox]", "Support this · Received.").WantText("[data-part=support]", "Member-001")
	if n := supporters(); n != 2 || d.forms.Load() < 1 {
		t.Errorf("%d supporters", n)
	}

	p.Open(path+"/talk").Choose("Question").Fill("text", "Who has the key?").Click("Say it").WantText(".thread", "Who has the key?")
	p.Fill("text", "And the stamp?").Click("Say it").WantText(".problems", "One thing needs another look") // no kind was chosen
	if got := p.Value("text"); strings.TrimSpace(got) != "And the stamp?" {
		t.Errorf("what was typed became %q", got)
	}
	text := strings.Repeat("Too many words. ", 2000)
	p.Fill("text", "x")
	browsertest.Eval[bool](p, `(e => { e.value = "`+text+`"; return true; })(document.querySelector("[name=text]"))`)
	p.Offline(true).Press("Say it").WantText("[data-outbox]", "Saved on this device.")
	p.Offline(false).WantText("[data-outbox]", "This was not taken.", "Too many words. Too many words.").Axe()
	p.Press("Throw away")
	eventually(t, "nothing left", func() bool {
		return browsertest.Eval[int](p, `localStorage.length`) == 0 && !p.Has("[data-outbox] .notice")
	})
	p.Forgive()
}

// TestNothingSecretIsKept: no form of a vote, a petition or a name written in private is kept on a device.
func TestNothingSecretIsKept(t *testing.T) {
	eachTemplate(t, func(name, text string) {
		secret := strings.HasPrefix(name, "ballot/") || strings.HasPrefix(name, "people/") || strings.Contains(name, "petition") || strings.Contains(name, "selection") || strings.Contains(text, "data-ballot")
		if secret && strings.Contains(text, "data-send") {
			t.Errorf("%s keeps what is sent on the device", name)
		}
	})
}
