package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/dbtest"
	"folkmoot/internal/db"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// TestTooFewChooseOnline: with too few in the room, whoever facilitates is told what they can choose, sends the proposals online once, and everybody reads what became of them.
func TestTooFewChooseOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		v := h.begun()
		chair, n := h.chair(v.Number), v.Number
		h.see(chair, "/1/run").WantCount("#few", 0)
		h.must(h.Meetings.Adopt(h.Context(), h.Visit(h.Who[chair].Person), n))
		for i, a := range h.Who {
			if i != chair {
				h.must(h.Meetings.CheckOut(h.Context(), a, n))
			}
		}
		p := h.see(chair, "/1/run").WantText("main", "Too few are here to decide", "You can go on and only talk.", "Or all members vote online", "This cannot be taken back.")
		if got := p.Doc.Find("#few").Length(); got != 1 {
			t.Errorf("%d parts say it", got)
		}
		late := p.Form("Yes, send them online")
		p.Form("Yes, send them online").Submit().Want(http.StatusOK).WantPath(list(h) + "/1/run").WantCount("#few", 0)
		late.Submit().Want(http.StatusConflict).WantText("main", "No proposal is left to send online.")
	})
}
