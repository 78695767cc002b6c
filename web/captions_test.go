package web

import (
	"net/http"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/signal"
	"folkmoot/internal/webtest"
)

// typing begins a meeting that is on a screen in the room, and returns who takes notes.
func typing(t *testing.T, d *db.DB, c *dbtest.Clock) (s *screening, writer int) {
	t.Helper()
	s = &screening{meetHall: newMeetHall(t, d, c, 7)}
	v := s.begun()
	chair := s.Visit(s.Who[s.chair(1)].Person)
	s.must(s.s.Meetings.Take(t.Context(), chair, 1, v.Items[0].ID))
	var err error
	s.secret, err = s.s.Screens.Make(t.Context(), chair, 1)
	s.must(err)
	return s, s.writer(v)
}

// TestCaptionsThroughThePages: whoever takes notes types what is said; all read it, also on the screen in the room, until it fades. Nobody else can type.
func TestCaptionsThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, writer := typing(t, d, c)
		other := 0
		for other == writer || other == s.chair(1) {
			other++
		}
		page := "/g/" + s.Group.Slug + "/meetings/1"
		s.see(other, "/1").WantNoText("main", "Type captions")
		s.visitor(other).Get(page + "/captions").Want(http.StatusForbidden)
		p := s.see(writer, "/1").Follow("Type captions").WantPath(page+"/captions").WantText("main", "No line is shown now.")
		p.Form("Show this line").Submit().Want(http.StatusUnprocessableEntity)
		p.Form("Show this line").Set("caption", strings.Repeat("x", meeting.MaxCaption+1)).Submit().Want(http.StatusUnprocessableEntity)
		p.Form("Show this line").Set("caption", "The heating has been out for a week.").Submit().Want(http.StatusOK).
			WantText("#captions ~ *", "The heating has been out")
		v := s.see(other, "/1").WantText("#captions ~ *", "The heating has been out for a week.", "is not in the record.")
		if !v.Has(`main[data-live*="captions/1=captions"]`) {
			t.Error("the page does not follow captions")
		}
		screen := webtest.New(t, s.s)
		screen.Get(s.path()).Want(http.StatusOK).WantText("[data-part=script]", "Said:", "The heating has been out for a week.")
		if err := s.s.Meetings.Caption(t.Context(), s.Visit(s.Who[other].Person), 1, "Not so."); err == nil {
			t.Error("somebody else can type")
		}
		for _, word := range []string{"one", "two", "three"} {
			line := strings.Repeat("Another word and ", 4) + word
			s.visitor(writer).Get(page+"/captions").Form("Show this line").Set("caption", line).Submit().Want(http.StatusOK)
		}
		screen.Get(s.path()).WantNoText("[data-part=script]", "The heating")
		c.Advance(signal.LineLasts + signal.Beat)
		s.see(other, "/1").WantCount("#captions", 0)
		screen.Get(s.path()).WantNoText("[data-part=script]", "Said:")
	})
}

// TestCaptionsInABrowser: axe finds nothing on the page on which captions are typed and on those that show them, and what is typed appears by itself.
func TestCaptionsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s, writer := typing(t, dbtest.SQLite(t, c), c)
	page := "/g/" + s.Group.Slug + "/meetings/1"
	for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		name := map[bool]string{true: "-phone"}[look.Width < 500]
		p := browsertest.Start(t, s.office.signedIn(writer)).Person(look)
		p.Open(page + "/captions").WantNoSideways().WantTargets().AxeLightAndDark().Shot("captions-type" + name)
		if err := s.s.Meetings.Caption(t.Context(), s.Visit(s.Who[writer].Person), 1, "We have had no heating for a week, and"); err != nil {
			t.Fatal(err)
		}
		if err := s.s.Meetings.Caption(t.Context(), s.Visit(s.Who[writer].Person), 1, "the landlord does not answer."); err != nil {
			t.Fatal(err)
		}
		p.Open(page).WantNoSideways().WantTargets().AxeLightAndDark().Shot("captions-read" + name)
	}
	b := browsertest.Start(t, s.anybody())
	for _, look := range []browsertest.Look{{Width: 1280, Height: 720}, {Width: 1024, Height: 768}} {
		p := b.Person(look)
		p.Open(s.path())
		browsertest.Eval[bool](p, fitted)
		p.Shot("captions-screen")
		for js, want := range map[string]string{scrolls: "false false false", small: "", hangs: ""} {
			if got := browsertest.Eval[string](p, js); got != want {
				t.Errorf("the screen: %s, want %s", got, want)
			}
		}
		if got := browsertest.Eval[bool](p, `(() => { const e = document.querySelector(".show-script > p"); return e.scrollHeight > e.clientHeight + 8 })()`); got {
			t.Error("a caption is cut off")
		}
		p.Axe()
	}
}
