package web

import (
	"net/http"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/webtest"
)

// ended is a hall with a meeting that was held and one that nobody began.
func (h *meetHall) ended() (held, unheld meeting.Meeting) {
	h.Helper()
	h.puts("Buy a kettle")
	v := h.begun()
	h.must()(h.s.Meetings.Close(h.Context(), h.Visit(h.Who[h.chair(v.Number)].Person), v.Number))
	m := h.comes()
	h.to(m.Stop.AddDate(0, 0, 1))
	return h.view(v.Number).Meeting, h.view(m.Number).Meeting
}

// TestPastMeetingsArePast: the page of a meeting that is over speaks of what was, in both languages, and so do lists and the
// page that its code leads to; of one that nobody began, nothing is said that did not happen.
func TestPastMeetingsArePast(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		held, unheld := h.ended()
		if held.State != meeting.Closed || unheld.State != meeting.Unheld {
			t.Fatalf("they are %s and %s", held.State, unheld.State)
		}
		h.see(2, "/1").WantText("main", "Who did what", "It began", "It ended", "7 days after a meeting").WantText("body", "Those who were there decided.").
			WantNoText("main", "today", "Begins", "Ends at the latest", "Calls items and speakers", "Code")
		h.see(2, "/2").WantText(".head", "Nobody began it.").WantText("main", "Was to begin", "not reached").
			WantText("body", "Nobody decided anything in it.").
			WantNoText("main", "today", "Begins", "Ends at the latest", "Nothing is on the agenda", "7 days")
		h.see(2, "").WantText("main", "It was to begin on", "It was on")
		h.visitor(2).Get(list(h) + "/1/print").Want(http.StatusConflict)
		stranger := webtest.New(t, h.s)
		stranger.Get("/m/"+held.Code).Want(http.StatusOK).WantText(".head", "This meeting is over.").
			WantNoText("body", "6 members", "come in", "Come and listen", "Ends at the latest")
		es := h.see(3, "/1").Form("/language").Forge("lang", "es").Submit()
		es.WantText("main", "Quién hizo qué", "Empezó", "Acabó").WantText("body", "Decidieron quienes estuvieron.").
			WantNoText("main", "hoy", "Empieza", "Termina a más tardar")
		h.see(3, "/2").WantText("main", "Iba a empezar").WantNoText("main", "hoy", "Empieza", "No hay nada en el orden del día")
	})
}

// TestPastMeetingsInABrowser: axe finds nothing on the pages of meetings that are over.
func TestPastMeetingsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	h.ended()
	for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		p := browsertest.Start(t, h.signedIn(3)).Person(look)
		for path, shot := range map[string]string{"/1": "held", "/2": "unheld", "": "list"} {
			p.Open(list(h) + path).WantNoSideways().WantTargets().AxeLightAndDark().Shot("past-" + shot + map[bool]string{true: "-phone"}[look.Width < 500])
		}
	}
}
