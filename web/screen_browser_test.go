package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/feeling"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/screen"
)

// anybody serves the pages to a browser in which nobody is signed in.
func (s *screening) anybody() string {
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		s.s.ServeHTTP(rw, r)
	}))
	s.Cleanup(srv.Close)
	return srv.URL
}

// fitted waits until the scripts have tried what fits.
const fitted = `new Promise((done) => { const look = () => document.querySelector("[data-fit]").dataset.fit === "done" ? setTimeout(() => done(true), 200) : setTimeout(look, 50); look(); })`

// small finds what is written for the room in letters under 32 points.
const small = `[...document.querySelectorAll("main *")].filter((e) => !e.closest(".show-ink, .unseen, [hidden]") && e.getClientRects().length > 0 &&
	[...e.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim()) && parseFloat(getComputedStyle(e).fontSize) < 32 * 96 / 72 - 0.1)
	.map((e) => e.className + ": " + e.textContent.trim().slice(0, 30)).join("; ")`

// scrolls says what of the screen does not fit on it.
const scrolls = `[document.documentElement.scrollHeight > innerHeight, document.documentElement.scrollWidth > innerWidth,
	[...document.querySelectorAll("main > *")].some((e) => e.getBoundingClientRect().bottom > innerHeight + 1 || e.getBoundingClientRect().right > innerWidth + 1)].join(" ")`

// hangs names the parts of the screen in which something is cut off at their lower edge.
const hangs = `[...document.querySelectorAll(".show-fit, .show-side")].filter((e) => e.scrollHeight > e.clientHeight + 2).map((e) => e.className + " " + e.scrollHeight + ">" + e.clientHeight).join("; ")`

// fromFarAway checks that nothing on the screen is small, cut off or scrolls, on projectors of all sizes; rest says whether it sends people to their phones for what does not fit.
func (s *screening) fromFarAway(b *browsertest.Browser, stage string, rest bool) {
	s.Helper()
	for _, look := range []browsertest.Look{{Width: 1280, Height: 720}, {Width: 1920, Height: 1080}, {Width: 1024, Height: 768}, {Width: 1280, Height: 720, Dark: true}} {
		p, name := b.Person(look), fmt.Sprintf("screen-%s-%d", stage, look.Width)
		path := s.path()
		if look.Dark { // what the browser asks for does not matter: rooms have windows
			path, name = path+"?ink=light", name+"-ink"
		}
		p.Open(path)
		browsertest.Eval[bool](p, fitted)
		p.Shot(name)
		if got := browsertest.Eval[string](p, scrolls); got != "false false false" {
			s.Errorf("%s scrolls: %s", name, got)
		}
		if got := browsertest.Eval[string](p, small); got != "" {
			s.Errorf("%s is small: %s", name, got)
		}
		if got := browsertest.Eval[string](p, hangs); got != "" {
			s.Errorf("%s is cut off: %s", name, got)
		}
		if got := browsertest.Eval[bool](p, `!document.querySelector("[data-rest]").hidden`); got != rest {
			s.Errorf("%s sends people to their phones: %v", name, got)
		}
		p.Axe()
	}
}

// TestScreenIsReadFromFarAway: on projectors of all sizes nothing is small, nothing is cut off and nothing scrolls, however long the words are; in a small
// window it is a page like any other.
func TestScreenIsReadFromFarAway(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	long := strings.Repeat("We ask the landlord to repair the heating in all flats before the winter begins. ", 12)
	s := newScreening(t, dbtest.SQLite(t, c), c, "We buy a kettle for the laundry room.", "Two of us report.", long, "And we drink tea.")
	s.begin()
	who := s.others()
	stages := []struct {
		name string
		do   func()
	}{
		{"agenda", func() {}},
		{"topic", func() {
			s.take(false)
			for _, i := range who {
				s.must(s.s.Meetings.Raise(s.Context(), s.Who[i], 1, meeting.Raised{Kind: floor.Speak, Side: floor.Either}))
			}
			s.must(s.s.Meetings.CallNext(s.Context(), s.facilitator(), 1, 0))
		}},
		{"proposal", func() {
			s.take(true)
			for _, i := range who {
				s.must(s.s.Meetings.Raise(s.Context(), s.Who[i], 1, meeting.Raised{Kind: floor.Speak, Side: floor.For}))
			}
			s.must(s.s.Meetings.CallNext(s.Context(), s.facilitator(), 1, 0))
		}},
		{"vote", func() { s.must(s.s.Meetings.PutToVote(s.Context(), s.facilitator(), 1, s.view(1).Current.ID, false)) }},
		{"result", func() {
			for _, i := range []int{0, 1, 2, 3, 4} {
				s.Cast(s.Who[i], 1, ballot.For)
			}
			s.to(s.Motion(1).Closes)
		}},
		{"feeling", func() {
			s.to(s.Clock.Now().Add(screen.ResultFor))
			s.must(s.s.Meetings.AskFeeling(s.Context(), s.facilitator(), db.Once{}, 1, strings.Repeat("Do we go on like this until the spring? ", 4)))
		}},
		{"felt", func() {
			f := s.view(1).Together.Feeling
			for i := range 5 {
				s.must(s.s.Meetings.ShowFeeling(s.Context(), s.Who[i], 1, f.ID, feeling.Point(1+i%3)))
			}
			s.to(f.Closes)
		}},
	}
	b := browsertest.Start(t, s.anybody())
	for _, stage := range stages {
		stage.do()
		s.fromFarAway(b, stage.name, stage.name == "proposal" || stage.name == "vote" || stage.name == "feeling")
		phone := browsertest.Phone
		phone.Width = 320
		p := b.Person(phone).Open(s.path()).WantNoSideways().Axe()
		p.Shot("screen-" + stage.name + "-320")
		if stage.name == "proposal" || stage.name == "vote" {
			p.WantText(".show-words", "And we drink tea.")
		}
	}
	for _, page := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		p := browsertest.Start(t, s.signedIn(caller)).Person(page).Open(groupPath(s.Group) + "/meetings/1/screen").WantNoSideways().WantTargets()
		p.AxeLightAndDark().Shot(fmt.Sprintf("screens-%d", page.Width))
	}
}

// TestScreenFollowsByItself: in a browser that nobody touches it shows what happens, also after it was away, and nothing any more once it has ended. Without
// scripts it loads itself anew.
func TestScreenFollowsByItself(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	s := newScreening(t, dbtest.SQLite(t, c), c)
	t.Cleanup(s.s.Stop)
	s.begin()
	b := browsertest.Start(t, s.anybody())
	p := b.Person(browsertest.Desktop).Open(s.path()).WantText("h1", "All of us")
	s.take(false)
	p.WantText("h1", "The stall on Saturday").WantText(".show-words", "brings the table?")
	who := s.others()
	s.must(s.s.Meetings.Raise(s.Context(), s.Who[who[0]], 1, meeting.Raised{Kind: floor.Speak, Side: floor.Either}))
	p.WantText(".show-next", s.Who[who[0]].Member.Name)
	s.must(s.s.Meetings.CallNext(s.Context(), s.facilitator(), 1, 0))
	p.WantText(".show-side", s.Who[who[0]].Member.Name+" speaks", ":")
	p.Offline(true)
	s.take(true)
	p.WantText(".show-off", "No connection")
	p.Offline(false)
	p.WantText("h1", "Buy a kettle").WantText(".show-words", "Three")
	quiet := browsertest.Desktop
	quiet.NoJavaScript = true
	if plain := b.Person(quiet).Open(s.path()).WantText("h1", "Buy a kettle"); !plain.Has("meta[http-equiv=refresh]") {
		t.Error("without scripts it stays as it was")
	}
	s.must(s.s.Screens.End(s.Context(), s.Visit(s.Who[caller].Person), 1))
	p.WantText("main", "There is no screen at this address")
	if strings.Contains(p.Text("body"), "Buy a kettle") {
		t.Error("what was shown stays there")
	}
}
