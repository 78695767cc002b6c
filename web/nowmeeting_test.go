package web

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// TestNowTellsOfMeetings: the group's first page tells everybody of the next meeting: after what can be voted
// on; on its day and while people can come in, before everything.
func TestNowTellsOfMeetings(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		now := "/g/" + h.Group.Slug
		see := func(i int) *webtest.Page { return h.visitor(i).Get(now).Want(http.StatusOK) }
		see(1).WantCount("#coming", 0)
		h.puts("Buy a kettle", "Paint the hall")
		m := h.comes()
		first := "[data-part=now] > section:first-of-type #coming"
		for _, i := range []int{0, 5} {
			see(i).WantText("#coming", "Next meeting").WantCount(first, 0).
				WantText("#coming ~ *", "About the heating", "Place: The hall", "To be decided there, 2 proposals:", "Buy a kettle", "Paint the hall")
		}
		h.to(m.Opens.Add(-5 * time.Hour))
		p := see(4).WantText("#coming", "Meeting today").WantCount(first, 1)
		p.WantNoText(".head", "Join the meeting").Follow("Paint the hall").Want(http.StatusOK)
		h.to(m.Door())
		see(4).WantText(".head", "People are coming to a meeting, and you can join: About the heating", "Start something").
			Follow("Join the meeting").Want(http.StatusOK).WantPath(now + "/meetings/1")
		h.to(m.Opens)
		h.starts(m.Number)
		see(4).WantText("#coming", "A meeting is under way").WantCount(first, 1).WantNoText("main", "You can join").
			WantText(".head", "A meeting is under way, and you are there", "It ends at the latest on", "To the meeting").WantText("#coming ~ *", "You are there.")
		if err := h.s.Meetings.CheckOut(t.Context(), h.Visit(h.Who[4].Person), 1); err != nil {
			t.Fatal(err)
		}
		see(4).WantText(".head", "A meeting is under way, and you can join", "It ends at the latest on").WantText("#coming ~ *", "You can join now.")
		if err := h.s.Meetings.Close(t.Context(), h.Visit(h.Who[h.chair(1)].Person), 1); err != nil {
			t.Fatal(err)
		}
		see(4).WantCount("#coming", 0).WantNoText(".head", "Join the meeting")
	})
}

// TestNowTellsOfMeetingsInABrowser: axe finds nothing on the first page with a meeting that is to come, is today, and is under way.
func TestNowTellsOfMeetingsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	h.puts("Buy a kettle", "Paint the hall")
	m := h.comes()
	for i, at := range []time.Time{c.Now(), m.Opens.Add(-5 * time.Hour), m.Door(), m.Opens} {
		h.to(at)
		if at.Equal(m.Opens) {
			h.starts(m.Number)
		}
		for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
			p := browsertest.Start(t, h.signedIn(3)).Person(look).Open("/g/" + h.Group.Slug)
			p.WantNoSideways().WantTargets().AxeLightAndDark().Shot(fmt.Sprintf("now-meeting-%d-%d", i, look.Width))
		}
	}
}
