package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/money"
	"folkmoot/internal/script"
)

// due has a meeting come for which a report on money is late, one was filed, and a place is free, ten minutes before it opens. file files another.
func (h *meetHall) due() (m meeting.Meeting, file func(after, days int)) {
	h.Helper()
	h.reportsMoney(h.Who[2], 300*24*time.Hour)
	file = func(after, days int) {
		h.Helper()
		typed := money.Typed{After: after, From: h.ago(200), To: h.ago(days), Start: "100", Currency: "euros", End: "100"}
		_, err := h.s.Money.File(h.Context(), h.Visit(h.Who[2].Person), db.Once{}, typed)
		h.must()(err)
	}
	file(0, 150)
	h.to(h.Clock.Now().Add(time.Hour))
	m = h.comes()
	h.to(m.Opens.Add(-10 * time.Minute))
	h.must()(h.s.Roles.Tick(h.Context()))
	h.must()(h.s.Vacancies.Tick(h.Context()))
	return m, file
}

// TestMattersInABrowser: what is due in a group, before its meeting and in it: a report that is late, one that was filed, a place that is free. On the notice, the page of the
// meeting, the console, the notes and the screen in the room, light and dark, on phones and at a desk; and once the meeting has received the reports, they are off.
func TestMattersInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	must := h.must()
	m, file := h.due()
	home := "/g/" + h.Group.Slug
	page := home + "/meetings/1"
	looks := map[string]browsertest.Look{"phone": browsertest.Phone, "narrow": {Width: 320, Height: 640, Touch: true}, "desk": {Width: 1280, Height: 800, Dark: true}}
	look := func(who int, name, path string, says ...string) {
		t.Helper()
		for size, l := range looks {
			p := browsertest.Start(t, h.office.signedIn(who)).Person(l).Open(path)
			for _, say := range says {
				p.WantText("main", say)
			}
			p.AxeLightAndDark().WantNoSideways().WantTargets().Shots("matters " + name + " " + size)
		}
	}
	look(0, "before", page, "Reports on money", "Money report 1: ", "is late. It was due by", "Member-002 writes it.", "What is due")
	look(0, "print", page+"/print", "Reports on money")
	h.to(m.Opens)
	h.starts(1)
	chair := h.chair(1)
	act := func(do func(i int) error) {
		t.Helper()
		must(do(chair))
		chair = h.chair(1)
	}
	act(func(i int) error { return h.s.Meetings.Adopt(t.Context(), h.Visit(h.Who[i].Person), 1) })
	for _, cue := range []script.Cue{script.CueCheckIn, script.CueEnough, script.CueJobs, script.CueHow, script.CueInterests} {
		act(func(i int) error { return h.s.Meetings.Said(t.Context(), h.Visit(h.Who[i].Person), 1, 0, cue) })
	}
	look(chair, "opening", page+"/run", "What is due is read out", "things are due")
	secret, err := h.s.Screens.Make(t.Context(), h.Visit(h.Who[chair].Person), 1)
	must(err)
	wall := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		h.s.ServeHTTP(rw, r)
	}))
	t.Cleanup(wall.Close)
	screen := browsertest.Start(t, wall.URL).Person(browsertest.Desktop).Open(screenPrefix+secret).WantText(".show-words", "Money report 1")
	screen.Axe().Shot("matters screen opening")
	v := h.view(1)
	it := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Report })]
	act(func(i int) error { return h.s.Meetings.Take(t.Context(), h.Visit(h.Who[i].Person), 1, it.ID) })
	screen.Open(screenPrefix+secret).WantText(".show-words", "Reports are heard. Nobody votes on them.").Axe().Shot("matters screen item")
	look(chair, "console", page+"/run", "Reports on money", "Money report 1")
	look(0, "item", page, "Reports are heard. Nobody votes on them.")
	file(1, 1)
	look(0, "filed", page, "Money report 1: ", "Money report 2 was filed after this item began. The next meeting hears it.")
	act(func(i int) error { return h.s.Meetings.Finish(t.Context(), h.Visit(h.Who[i].Person), 1, it.ID) })
	look(0, "received", page, "The meeting received money report 1.")
	look(0, "notes", page+"/notes", "The meeting received money report 1.")
	if got := h.view(1).Matters.Money; len(got) != 0 {
		t.Errorf("they are still due: %+v", got)
	}
	h.see(0, "/1").WantText("main", "The meeting received money report 1.")
	h.visitor(0).Get(home+"/record").Want(http.StatusOK).WantText("main", fmt.Sprintf("Meeting %d was done with an item. It received the money reports up to number 1. A money report was late.", 1))
}
