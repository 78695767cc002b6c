package web

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/webtest"
)

// meetHall is a group whose members meet, at whose pages people look.
type meetHall struct{ *office }

func newMeetHall(t *testing.T, d *db.DB, c *dbtest.Clock, people int) *meetHall {
	t.Helper()
	return &meetHall{newOffice(t, d, c, people)}
}

// at moves the clock and does what is due for meetings and votes. Everybody signs in anew, as sessions may have run out.
func (h *meetHall) to(at time.Time) {
	h.Helper()
	h.goTo(at)
	h.office.at = map[int]*webtest.Visitor{}
	for _, tick := range []error{h.s.Motions.Tick(h.Context()), h.s.Elections.Tick(h.Context()), h.s.Ballots.Tick(h.Context()), h.s.Meetings.Tick(h.Context())} {
		if tick != nil {
			h.Fatal(tick)
		}
	}
}

// see is a page of the group's as a member sees it.
func (h *meetHall) see(i int, below string) *webtest.Page {
	h.Helper()
	return h.visitor(i).Get("/g/" + h.Group.Slug + "/meetings" + below).Want(http.StatusOK)
}

// chair returns who of the members facilitates.
func (h *meetHall) chair(n int) int {
	h.Helper()
	chair := h.view(n).Chair
	for i, a := range h.Who {
		if a.Member.ID == chair {
			return i
		}
	}
	h.Fatal("nobody facilitates")
	return 0
}

// TestMeetingThroughThePages takes a meeting by plain forms from those who ask for it to its end.
func TestMeetingThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		list := "/g/" + h.Group.Slug + "/meetings"
		h.see(0, "").WantText("main", "No meeting is called", "It takes 2 names.").Form("Put it down").Set("title", "The stall on Saturday").Set("text", "Who can come?").Set("minutes", "20").
			Submit().Want(http.StatusOK).WantPath(list).WantText("main", "The stall on Saturday", "Member-000 put it down · 20 minutes")
		if h.see(1, "").HasButton("Take it back") {
			t.Error("somebody else can take it back")
		}
		if w := h.see(1, "").Form("Put it down").Submit().Want(http.StatusUnprocessableEntity).Problems(); w["title"] == "" {
			t.Errorf("nothing put down: %v", w)
		}
		h.see(2, "").Form("Begin to collect names").Set("business", "The heating is broken.").Submit().Want(http.StatusOK).WantText("main", "1 of 2 names so far", "The heating is broken.")
		h.see(3, "").Form("I ask for it too").Submit().Want(http.StatusOK).WantText("main", "Those who asked first can call it now: Member-002, Member-003.")
		h.visitor(4).Get(list + "/new").Want(http.StatusForbidden)
		h.to(c.Now().AddDate(0, 0, 7))
		form := h.see(2, "").WantText(".head", "Members have asked for a meeting, and you can call it.").Follow("Call a meeting").Want(http.StatusOK).Form("Give notice to all members")
		opens := c.Now().AddDate(0, 0, 10).In(h.Group.Zone).Truncate(time.Hour)
		form.Set("title", "About the heating").Set("place", "The hall").Set("opens", c.Now().Format(time.DateOnly)).Submit().Want(http.StatusUnprocessableEntity).WantText("main", "The earliest is")
		form.Set("title", "About the heating").Set("place", "The hall").Set("opens", opens.Format(time.DateOnly)).Set("time", opens.Format("15:04")).Set("minutes", "90").Set("getting-in", "Ring twice.").
			Submit().Want(http.StatusOK).WantPath(list+"/1").WantText(".head", "About the heating", "Meeting 1").WantText("main", "The stall on Saturday", "The hall", "Ring twice.", "The lot puts new proposals in order")
		h.see(4, "/1").Follow("Notice to print").Want(http.StatusOK).WantText("main", "The hall", "About the heating")
		m := h.view(1).Meeting
		stranger := webtest.New(t, h.s)
		stranger.Get("/m/"+m.Code).Want(http.StatusOK).WantText(".head", "About the heating").WantText("main", "The hall").WantNoText("body", "The stall on Saturday")
		stranger.Get("/m/NONE-WHATEVER").Want(http.StatusNotFound)
		h.visitor(4).Get("/m/" + m.Code).Want(http.StatusOK).WantPath(list + "/1")
		h.meet(m)
	})
}

func (h *meetHall) view(n int) meeting.View {
	h.Helper()
	v, err := h.s.Meetings.Show(h.Context(), h.Who[0], n)
	if err != nil {
		h.Fatal(err)
	}
	return v
}

// list is where the group's meetings are.
func list(h *meetHall) string { return "/g/" + h.Group.Slug + "/meetings" }

// meet holds the meeting of TestMeetingThroughThePages.
func (h *meetHall) meet(m meeting.Meeting) {
	h.Helper()
	h.to(m.Opens.Add(-meeting.EarlyDoor))
	page := "/" + strconv.Itoa(m.Number)
	for i := range h.Who {
		p := h.see(i, page).Form("I’m here, in the room").Submit().Want(http.StatusOK).WantText("main", "You are there, in the room.")
		if i < 3 {
			p.Form("Keep my answer").Check("job").Submit().Want(http.StatusOK)
		}
	}
	h.see(5, page).WantText("#willing ~ *", "Facilitator: 3 would")
	if h.see(5, page).HasButton("Begin the meeting") {
		h.Error("it can begin before its time")
	}
	h.to(m.Opens)
	h.see(5, page).Form("Begin the meeting").Submit().Want(http.StatusOK).WantText(".head", "It is under way.").WantText("main", "Facilitator", "6 are here", "Enough to decide.")
	chair := h.chair(m.Number)
	other := (chair + 1) % len(h.Who)
	h.see(other, page).WantNoText("main", "You facilitate")
	desk := page + "/run"
	h.see(chair, page).WantText(".head", "You facilitate").Follow("Run the meeting").Want(http.StatusOK)
	h.see(chair, desk).Form("The agenda is adopted").Submit().Want(http.StatusOK)
	first := h.view(m.Number).Items[0].ID
	h.see(chair, desk).Form("/g/"+h.Group.Slug+"/meetings/1/items/"+strconv.FormatInt(int64(first), 10)+"/take").Submit().Want(http.StatusOK).WantPath(list(h)+desk).WantText("#now", "1. About the heating")
	h.see(other, page).WantText("#floor", "Now: About the heating")
	h.see(other, page).Form("Raise my hand").Submit().Want(http.StatusOK).WantText("main", "You are number 1 on the list.", "First on the list.")
	third := (chair + 2) % len(h.Who)
	h.see(third, page).Form("Ask it now").Submit().Want(http.StatusUnprocessableEntity)
	h.see(third, page).Form("Ask it now").Set("about", "Is this fair?").Submit().Want(http.StatusOK)
	h.see(chair, desk).WantText("#asked ~ *", "rules question: Is this fair?").Form("Hear it now").Submit().Want(http.StatusOK).WantText("#speaking ~ *", member.Member(h.Who[third].Member).Name)
	h.see(third, page).Form("I’m done").Submit().Want(http.StatusOK)
	h.see(chair, desk).Form("Next speaker").Submit().Want(http.StatusOK).WantText("#speaking ~ *", h.Who[other].Member.Name)
	h.see(other, page).WantText("main", "You speak")
	h.see(other, page).Form("I am leaving").Submit().Want(http.StatusOK)
	h.see(chair, page).WantText("#quorum", "5 are here").WantNoText("#floor ~ *", " speaks")
	h.moves(chair, third, page)
	h.see(chair, desk).Form("Yes, close it").Submit().Want(http.StatusOK).WantPath(list(h)+page).WantText(".head", "It is over.")
	h.see(0, "").WantText("main", "About the heating", "The stall on Saturday")
}

// moves rules on what somebody asked, and has people vote on the ruling and on the time.
func (h *meetHall) moves(chair, third int, page string) {
	h.Helper()
	if p := h.see(chair, page+"/run").WantText("#script ~ *", "“").WantText("#run ~ *", "Deal first with what members have asked for."); p.HasButton("Yes, close it") {
		h.Error("it can be closed before the question is ruled on")
	}
	if h.see(third, page).HasButton("Give this ruling") {
		h.Error("somebody else can rule")
	}
	h.see(chair, page).Form("Give this ruling").Set("ruling", "It is.").Submit().Want(http.StatusUnprocessableEntity)
	h.see(chair, page).Form("Give this ruling").Set("ruling", "It is.").Set("ruling-rule", "Rule 4").Submit().Want(http.StatusOK).WantText("#moves-over ~ *", "Ruling: It is. (rule: Rule 4)")
	act := func(who int, below string) {
		h.Helper()
		h.see(who, page).Form("/g/" + h.Group.Slug + "/meetings" + page + "/moves/" + below).Submit().Want(http.StatusOK)
	}
	h.see(third, page).Form("Ask: Challenge that ruling").Submit().Want(http.StatusOK).WantText("#wanted ~ *", "1 more person must support it.")
	id := func() string { return strconv.FormatInt(int64(h.view(1).Moves[0].ID), 10) }
	fourth := (chair + 4) % len(h.Who)
	act(fourth, id()+"/support")
	runner := 0
	for i, a := range h.Who {
		if a.Member.ID == h.view(1).Moves[0].Runner {
			runner = i
		}
	}
	if runner == chair || h.see(chair, page).HasButton("Put it to the vote") {
		h.Error("whoever ruled runs the vote on the ruling")
	}
	act(runner, id()+"/put")
	h.see(third, page).WantText("#wanted ~ *", "More must be for it than against.").Form("Yes").Submit().Want(http.StatusOK).WantText("main", "You said yes.")
	h.to(h.view(1).Moves[0].Closes)
	h.see(chair, page).WantText("#moves-over ~ *", "This ruling was overturned: It is. (rule: Rule 4)", "Challenge that ruling: carried, 1 to 0.").WantText("#script ~ *", "“")
	h.see(third, page).Form("Ask: More time").Submit().Want(http.StatusOK).WantText("#wanted ~ *", "5 minutes more.", "For this item")
	act(third, id()+"/back")
	h.see(third, page).WantText("#moves-over ~ *", "More time: taken back.")
	h.see(third, page).WantText("#moves ~ *", "This can be asked only between two items.")
}
