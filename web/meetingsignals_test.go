package web

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/signal"
)

// TestSignalsThroughThePages: by plain forms people signal something, whoever facilitates sees how many on the console, all see that people ask for plainer words or cannot hear, and nobody sees who.
func TestSignalsThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		vice := h.holder(h.view(1), meeting.Vice)
		var who []int // who runs nothing
		for _, i := range others {
			if i != vice {
				who = append(who, i)
			}
		}
		page := "/g/" + h.Group.Slug + "/meetings/1"
		p := h.see(who[0], "/1").WantText("#signals ~ *", "A signal has no name and fades after about 45 seconds.")
		if !p.Has(`main[data-live*="asks/1=signals"]`) || p.Has(`main[data-live*="signals/1"]`) {
			t.Error("the page does not follow what all are asked, or follows more")
		}
		p.Form("I agree").Submit().Want(http.StatusOK).WantPath(page).WantText("#signals ~ *", "You signal: I agree.", "It fades in")
		h.see(who[1], "/1").WantNoText("main", "agrees").Form("Slower or plainer, please").Submit().Want(http.StatusOK)
		h.see(who[2], "/1").WantText("#signals ~ *", "1 person asks for slower or plainer words.").Form("Slower or plainer, please").Submit().Want(http.StatusOK)
		h.see(who[3], "/1").Form("I cannot hear").Submit().Want(http.StatusOK)
		for _, i := range []int{who[0], chair} {
			h.see(i, "/1").WantText("#signals ~ *", "2 people ask for slower or plainer words.", "1 person cannot hear.").WantNoText("main", "1 person agrees")
		}
		desk := h.see(chair, "/1/run").WantText("#signals ~ *", "1 person agrees.", "2 people ask for slower or plainer words.", "1 person cannot hear.", "You can say: “Could you say that again")
		if !desk.Has(`main[data-live*="signals/1=signals"]`) || desk.HasButton("I agree") {
			t.Error("the console does not follow signals, or gives some")
		}
		desk.WantNoText("#signals ~ *", member.Member(h.Who[who[1]].Member).Name, member.Member(h.Who[who[3]].Member).Name)
		if x := h.see(who[0], "/1"); !x.Has(`button[value="agree"][aria-pressed="true"]`) || x.Has(`button[value="hear"][aria-pressed="true"]`) {
			t.Error("what is pressed is not shown")
		}
		h.see(who[0], "/1").Form("Take it back").Submit().Want(http.StatusOK).WantNoText("main", "You signal")
		h.see(chair, "/1/run").WantNoText("main", "agrees")

		// nobody shows what they think beside a sum that is taken, from an older page either
		older := h.see(who[0], "/1").Form("I agree")
		if err := h.s.Meetings.AskFeeling(t.Context(), h.Visit(h.Who[chair].Person), db.Once{}, 1, ""); err != nil {
			t.Fatal(err)
		}
		meanwhile := h.see(who[0], "/1").WantText("#signals ~ *", "While people vote or show how they feel, nobody signals what they think.")
		if meanwhile.HasButton("I agree") || !meanwhile.HasButton("I cannot hear") {
			t.Error("what can be signalled meanwhile")
		}
		older.Submit().Want(http.StatusConflict).WantText("main", "While people vote or show how they feel, nobody signals what they think.")
		h.to(h.view(1).Together.Feeling.Closes)
		h.to(h.Clock.Now().Add(signal.Lasts))
		h.see(chair, "/1/run").WantNoText("main", "plainer words", "cannot hear")
		h.see(who[1], "/1").Form("/g/" + h.Group.Slug + "/meetings/1/gone").Submit().Want(http.StatusOK)
		if h.see(who[1], "/1").HasButton("I cannot hear") {
			t.Error("who has gone can signal")
		}
	})
}

// TestSignalsWakePages: pages are told of signals once a beat, those of everybody only of what is for all, and nobody else's.
func TestSignalsWakePages(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	chair, others := h.feels()
	h.s.Meetings.OnSignal(TellLater(h.s.live))
	srv := httptest.NewServer(h.s)
	t.Cleanup(srv.Close)
	t.Cleanup(h.s.Stop)
	ears := &hall{t: t, at: srv.URL}
	at := "/g/" + h.Group.Slug + "/live?topic="
	since := "&since=" + h.s.live.Now().String()
	desk := ears.tuneIn(h.session(h.Who[chair].Person), at+"signals/1"+since, "")
	page := ears.tuneIn(h.session(h.Who[others[0]].Person), at+"asks/1"+since, "")
	if none := ears.tuneIn(h.session(h.Who[others[1]].Person), at+"asks/2"+since, ""); none.status != http.StatusNotFound {
		t.Errorf("of a meeting that is not there: %d", none.status)
	}
	for i, k := range []signal.Kind{signal.Agree, signal.Disagree, signal.Hear} {
		if err := h.s.Meetings.Signal(t.Context(), h.Visit(h.Who[others[i]].Person), 1, k); err != nil {
			t.Fatal(err)
		}
		if k != signal.Hear {
			desk.await("data: signals/1 ", soon)
		}
	}
	page.await("data: asks/1 ", soon)
	desk.await("data: signals/1 ", soon)
	for _, l := range []*earpiece{desk, page} {
		select {
		case text := <-l.lines:
			if strings.HasPrefix(text, "data:") {
				t.Errorf("told again: %q", text)
			}
		default:
		}
	}
}

// TestSignalsInABrowser: axe finds nothing on what people signal and can signal, on a phone and at a desk, light and dark; a press shows at once, and on the console.
func TestSignalsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 7)
	chair, others := h.feels()
	path := "/g/" + h.Group.Slug + "/meetings/1"
	for i, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		for n, k := range signal.Kinds()[1:6] {
			if err := h.s.Meetings.Signal(t.Context(), h.Visit(h.Who[others[n+1]].Person), 1, k); err != nil {
				t.Fatal(err)
			}
		}
		where := "signals-" + strconv.FormatInt(look.Width, 10) + "-"
		p := browsertest.Start(t, h.office.signedIn(others[0])).Person(look)
		p.Open(path).WantText("[data-part=signals]", "1 person cannot hear.").WantNoSideways().AxeLightAndDark().WantTargets()
		p.Click("I agree").WantText("[data-part=signals]", "You signal: I agree.").AxeLightAndDark().Shot(where + "mine")
		desk := browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(path + "/run")
		desk.WantText("[data-part=signals]", "1 person agrees.").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "console")
		if i == 0 {
			c.Set(c.Now().Add(2 * signal.Lasts))
		}
	}
}

// TestSignalsTellNobodysName: pages are the same whoever signals; what is theirs shows to themselves alone.
func TestSignalsTellNobodysName(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		vice := h.holder(h.view(1), meeting.Vice)
		var who []int
		for _, i := range others {
			if i != vice {
				who = append(who, i)
			}
		}
		looks := func() (all []string) {
			for _, at := range []struct {
				who   int
				below string
			}{{chair, "/1"}, {chair, "/1/run"}, {vice, "/1/run"}, {who[0], "/1"}, {who[0], "/1/record"}} {
				all = append(all, calm(h.see(at.who, at.below).Text("main")))
			}
			return all
		}
		signals := func(i int, k signal.Kind) {
			if err := h.s.Meetings.Signal(t.Context(), h.Visit(h.Who[i].Person), 1, k); err != nil {
				t.Fatal(err)
			}
		}
		var first []string
		for _, pair := range [][2]int{{who[1], who[2]}, {who[2], who[1]}, {who[3], who[1]}} {
			signals(pair[0], signal.Plainer)
			signals(pair[1], signal.Disagree)
			now := looks()
			if first == nil {
				first = now
			}
			for i := range now {
				if now[i] != first[i] {
					t.Errorf("page %d tells who signals:\n%s\n%s", i, first[i], now[i])
				}
			}
			for _, i := range pair {
				signals(i, "")
			}
		}
	})
}
