package web

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// holder returns who has a job in the meeting.
func (h *meetHall) holder(v meeting.View, job meeting.Job) int {
	h.Helper()
	for _, t := range v.Terms {
		if t.Job == job && !t.Shadow && t.Ended.IsZero() {
			for i, a := range h.Who {
				if a.Member.ID == t.Member {
					return i
				}
			}
		}
	}
	h.Fatalf("nobody has the job %s", job)
	return 0
}

// TestConsoleShowsEachTheirPart: whoever facilitates everything, the second the list, who keeps time their act, who learns nothing to press, and others are told who facilitates.
func TestConsoleShowsEachTheirPart(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		v := h.begun()
		chair := h.chair(v.Number)
		works := func(i int) bool {
			return slices.ContainsFunc(v.Terms, func(t meeting.Term) bool { return t.Member == h.Who[i].Member.ID && !t.Shadow })
		}
		sees := func(i int) bool {
			return slices.ContainsFunc(v.Terms, func(t meeting.Term) bool {
				return t.Member == h.Who[i].Member.ID && slices.Contains([]meeting.Job{meeting.Facilitates, meeting.Vice, meeting.Timer, meeting.List}, t.Job)
			})
		}
		for i, a := range h.Who {
			if !sees(i) {
				h.visitor(i).Get(list(h)+"/1/run").Want(http.StatusForbidden).WantText(".head", h.Who[chair].Member.Name+" facilitates", "To the meeting")
				if h.see(i, "/1").WantNoText(".head", "Run the meeting").HasButton("Go to the next item") {
					t.Errorf("%s can go on", a.Member.Name)
				}
				continue
			}
			p := h.see(i, "/1/run")
			if has := p.HasButton("Go to the next item"); has != (i == chair) {
				t.Errorf("%s, who facilitates: %v, can go on: %v", a.Member.Name, i == chair, has)
			}
			if !works(i) {
				p.WantText("main", "You learn it here.").WantCount("main button[data-key]", 0)
				h.see(i, "/1").WantText(".head", "See how it is run")
			}
		}
		h.see(h.holder(v, meeting.Vice), "/1/run").WantText("main", "there is one list and one clock")
		h.see(chair, "/1/run").WantText("#run ~ *", "Nothing is talked about now.").WantText("#speaking ~ *", "Nobody speaks now.")
		h.see(0, "/1").WantText("#opening ~ *", "The agenda is read out and adopted")
	})
}

// TestTakenOverThroughThePages: who has a job is offered it when whoever facilitates has not been seen for long, not before and not after they are back, and not at once after a restart.
func TestTakenOverThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		v := h.begun()
		chair, second, outside := h.chair(v.Number), h.holder(v, meeting.Vice), -1
		for i, a := range h.Who {
			if !slices.ContainsFunc(v.Terms, func(t meeting.Term) bool { return t.Member == a.Member.ID && !t.Shadow }) {
				outside = i
			}
		}
		h.see(chair, "/1/run")
		c.Advance(59 * time.Second)
		h.see(second, "/1/run").WantCount("#drop", 0)
		c.Advance(time.Second)
		name := h.Who[chair].Member.Name
		h.see(second, "/1").WantText("#drop", name+"’s connection dropped")
		h.see(outside, "/1").WantCount("#drop", 0)
		late := h.see(second, "/1/run").Form("Take over")
		h.see(chair, "/1") // they are back, without scripts
		late.Submit().Want(http.StatusConflict).WantText("main", "They are back")
		h.see(second, "/1/run").WantCount("#drop", 0)
		c.Advance(meeting.DropsAfter)
		h.s.desks = desks{since: c.Now()} // the server started again
		h.see(second, "/1/run").WantCount("#drop", 0)
		c.Advance(meeting.DropsAfter)
		h.see(second, "/1/run").Form("Take over").Submit().Want(http.StatusOK).WantPath(list(h)+"/1/run").WantText("#run", "You facilitate")
		h.visitor(chair).Get(list(h) + "/1/run").Want(http.StatusForbidden)
	})
}

// TestStepAsideThroughThePages: whoever facilitates hands over to speak about an item, by a plain form; all see who facilitates until it ends, and then it is as before.
func TestStepAsideThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		v := h.view(1)
		second := h.holder(v, meeting.Vice)
		name, other := h.Who[chair].Member.Name, h.Who[second].Member.Name
		page := h.see(chair, "/1/run").Form("I want to speak: " + other + " facilitates this item").Submit().Want(http.StatusOK).WantPath(list(h) + "/1")
		page.WantText("#aside", "You handed over to speak about this item. "+other+" facilitates until it ends").WantText("#floor ~ *", "Raise my hand")
		for _, i := range others {
			h.see(i, "/1").WantText("#aside", name+" handed over to speak about this item. "+other+" facilitates until it ends.").WantText("#jobs ~ *", "At the moment "+other+" facilitates.")
		}
		h.see(chair, "/1/run").WantText("[data-part=desk]", "You handed over to speak about this item.")
		desk := h.see(second, "/1/run").WantText("[data-part=desk]", name+" handed over to speak").WantText("[data-part=over]", "Somebody handed over to speak about this item already.")
		desk.Form("Done with this item").Submit().Want(http.StatusOK)
		h.see(others[0], "/1").WantCount("#aside", 0)
		if h.chair(1) != chair {
			t.Error("it did not return by itself")
		}
		h.see(others[0], "/1/record").WantText("main", "Whoever facilitated handed over to speak about this item.")
	})
}
