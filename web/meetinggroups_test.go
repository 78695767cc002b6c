package web

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// whoIs returns which of Who a member is.
func (h *meetHall) whoIs(id member.ID) int {
	for i := range h.Who {
		if h.Who[i].Member.ID == id {
			return i
		}
	}
	h.Fatalf("nobody is %d", id)
	return 0
}

// together returns who is in a group, as whoever facilitates is told.
func (h *meetHall) together(chair int, who func(meeting.Together) []member.ID) (out []int) {
	h.Helper()
	v, err := h.s.Meetings.Show(h.Context(), h.Visit(h.Who[chair].Person), 1)
	if err != nil {
		h.Fatal(err)
	}
	for _, id := range who(v.Together) {
		out = append(out, h.whoIs(id))
	}
	return out
}

// table returns who is in the small group with the number.
func (h *meetHall) table(chair, number int) []int {
	h.Helper()
	return h.together(chair, func(t meeting.Together) []member.ID { return t.Tables[number-1].People })
}

// TestGroupsThroughThePages: by plain forms whoever facilitates has people talk in small groups, everybody is told in which and with whom, a group writes its card together, and all read what was
// written, one by one, and the record has it.
func TestGroupsThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair, others := h.feels()
		page := "/g/" + h.Group.Slug + "/meetings/1"
		if h.see(others[0], "/1").HasButton("Begin the groups") {
			t.Error("somebody else can begin them")
		}
		form := h.see(chair, "/1/run").Form(page + "/breakouts")
		form.Set("groups-question", "What do you need?").Set("how", "choice").Set("topics", "One").Submit().Want(http.StatusUnprocessableEntity).
			WantText("main", "Write 2 to 12 topics, each in its own line.").Form(page+"/breakouts").Set("how", "lot").Submit().Want(http.StatusOK).
			WantText("#groups ~ *", "What do you need?", "Group 1 – ", "Group 2 – ", "Call everybody back in one minute")
		one, two := h.table(chair, 1), h.table(chair, 2)
		name := func(i int) string { return h.Who[i].Member.Name }
		h.see(one[0], "/1").WantText("#groups ~ *", "You are in group 1", "With you: ", name(one[1]), name(one[3]), "Sit down at table 1.").WantNoText("#groups ~ *", name(two[0]), "Call everybody back")
		if !h.see(one[0], "/1").Has(`main[data-live*="card/1-1=together"]`) || h.see(two[0], "/1").Has(`main[data-live*="card/1-1"]`) {
			t.Error("a page follows another card than that of its reader")
		}
		h.see(chair, "/1").WantText("#groups ~ *", "You look after the time.").WantNoText("#groups ~ *", "Save the card")
		h.see(chair, "/1/run").WantText("[data-part=speaking]", "People talk in small groups until").WantNoText("main", "Go round")
		h.see(one[2], "/1").WantText("#floor ~ *", "If you raise your hand now, you are heard after the groups.")

		// two write at once
		first, second := h.see(one[0], "/1").Form("Save the card"), h.see(one[1], "/1").Form("Save the card")
		first.Set("line1", "A room").Submit().Want(http.StatusOK).WantText("body", "The card of your group is saved.").WantText("#groups ~ *", "You are in group 1")
		second.Set("line1", "Money").Set("line2", "Time").Submit().Want(http.StatusOK).WantText("body", "Somebody else wrote in the same line. Both stand there now.")
		if got := h.see(one[3], "/1").Form("Save the card").Value("line1"); got != "A room / Money" {
			t.Errorf("the card has %q", got)
		}
		if got := h.see(two[0], "/1").Form("Save the card").Value("line1"); got != "" {
			t.Errorf("the other group reads %q", got)
		}
		h.see(two[0], "/1").Form("Save the card").Set("line3", "Patience").Submit().Want(http.StatusOK)
		late := h.see(two[1], "/1").Form("Save the card").Set("line1", "A kettle")

		h.see(chair, "/1/run").Form("Call everybody back in one minute").Submit().Want(http.StatusOK).WantText("#groups ~ *", "The groups end within a minute.", "One minute is left.")
		h.see(one[0], "/1").WantText("#groups ~ *", "One minute is left. Save your card.").WantText("#script ~ *", "One minute is left. Come to an end.")
		v := h.view(1)
		h.to(v.Together.Breakout.Closes)
		late.Submit().Want(http.StatusConflict).WantText("main", "The groups were over before this was saved: A kettle. Read it out instead.")
		h.see(one[0], "/1").WantNoText("main", "You are in group").WantText("#card ~ *", "Group 1", "A room / Money", "Card 1 of 2").WantNoText("main", "Patience", "Next card")
		h.see(chair, "/1/run").WantText("#script ~ *", "Each one reads out what is on its card.", "Group 1, please.").Form("Next card").Submit().Want(http.StatusOK).WantText("#card ~ *", "Patience", "Card 2 of 2").WantText("#cards ~ *", "A room / Money")
		c.Advance(meeting.CardTime)
		h.see(two[1], "/1").WantText("#cards ~ *", "A room / Money", "Patience").WantNoText("main", "Card 2 of 2")
		h.see(others[0], "/1/record").WantText("main", "In small groups: What do you need? 8 people talked in 2 groups.", "Group 1 – A room / Money · Time", "Group 2 – Patience")
	})
}

// TestGroupsByChoice: by plain forms each chooses a group by its topic and can go to another, and whoever runs the meeting puts somebody into one.
func TestGroupsByChoice(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair, others := h.feels()
		page := "/g/" + h.Group.Slug + "/meetings/1"
		h.see(chair, "/1/run").Form(page+"/breakouts").Set("how", "choice").Set("topics", "The stall\nThe leaflet").Submit().Want(http.StatusOK).WantText("#groups ~ *", "Group 1: The stall – nobody yet")
		h.see(others[0], "/1").WantText("#groups ~ *", "Choose a group").Form("Group 2: The leaflet").Submit().Want(http.StatusOK).WantText("#groups ~ *", "You are in group 2: The leaflet", "Nobody else is in it yet.")
		h.see(others[0], "/1").Form("Group 1: The stall").Submit().Want(http.StatusOK).WantText("#groups ~ *", "You are in group 1: The stall")
		form := h.see(chair, "/1/run").Form("Put them there")
		form.Set("member", strconv.FormatInt(int64(h.Who[others[1]].Member.ID), 10)).Set("table", "1").Submit().Want(http.StatusOK)
		h.see(others[0], "/1").WantText("#groups ~ *", "With you: "+h.Who[others[1]].Member.Name)
		h.to(h.view(1).Together.Breakout.Closes)
		h.see(others[0], "/1").WantText("#cards ~ *", "No group wrote anything.")
	})
}

// TestGroupsOnTheScreen: the screen in the room says who is in which group and until when, and then shows one card at a time.
func TestGroupsOnTheScreen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := screeningOf(t, d, c, 9, nil)
		s.begin()
		s.take(false)
		ctx, m := t.Context(), s.s.Meetings
		if err := m.BreakOut(ctx, s.facilitator(), db.Once{}, 1, meeting.Parting{Question: "What do we need?", Minutes: 8}); err != nil {
			t.Fatal(err)
		}
		v := s.view(1)
		var names []string
		for _, who := range s.others() {
			names = append(names, s.Who[who].Member.Name)
		}
		s.look().WantText("main", append(names, "What do we need?", "Group 1 – ", "Group 2 – ")...).WantNoText("main", "One minute is left.")
		b := v.Together.Breakout
		c.Set(b.Closes.Add(-time.Minute))
		s.look().WantText("main", "One minute is left.")
		for _, who := range s.others() {
			x, err := m.Show(ctx, s.Visit(s.Who[who].Person), 1)
			if err != nil {
				t.Fatal(err)
			}
			if n := x.Together.Table.Number; n > 0 && x.Together.Table.Version == 0 {
				if _, err := m.WriteCard(ctx, s.Visit(s.Who[who].Person), 1, b.ID, n, meeting.Lines{}, meeting.Lines{"Idea " + strconv.Itoa(n)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		s.look().WantNoText("main", "Idea")
		c.Set(b.Closes)
		if err := m.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		s.look().WantText("main", "Idea 1", "Card 1 of").WantNoText("main", "Idea 2", "What do we need?")
		c.Advance(meeting.CardTime)
		s.look().WantText("main", "Idea 2").WantNoText("main", "Idea 1")
		c.Advance(10 * meeting.CardTime)
		s.look().WantNoText("main", "Idea")
	})
}

// TestGroupsInABrowser: axe finds nothing on the pages of small groups and of what they wrote, on a phone and at a desk, light and dark.
func TestGroupsInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 14)
	chair, others := h.feels()
	for _, i := range others[:2] {
		if err := h.s.Meetings.CheckIn(t.Context(), h.Visit(h.Who[i].Person), 1, []meeting.Mode{meeting.Phone, meeting.Remote}[i%2]); err != nil {
			t.Fatal(err)
		}
	}
	page := "/g/" + h.Group.Slug + "/meetings/1"
	for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		where := "groups-" + strconv.FormatInt(look.Width, 10) + "-"
		desk := browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(page + "/run").Press("Small groups")
		desk.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "begin")
		desk.Fill("What do they talk about?", "What do you need to be able to come every week?").Click("Begin the groups").WantText("#groups ~ *", "every week")
		desk.Open(page + "/run").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "console")
		two := h.table(chair, 1)
		p := browsertest.Start(t, h.office.signedIn(two[4])).Person(look).Open(page).WantText("#groups ~ *", "You are in group 1")
		p.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "mine")
		p.Fill("Line 1", "A room with a lift, and somebody who looks after the children").Fill("Line 2", "The agenda a week before").Click("Save the card").WantText("body", "The card of your group is saved.")
		p.Open(page).WantNoSideways().AxeLightAndDark().Shot(where + "card")
		b := h.view(1).Together.Breakout
		c.Set(b.Closes)
		if err := h.s.Meetings.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.Open(page).WantText("#card ~ *", "A room with a lift").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "read")
		desk.Open(page + "/run").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "desk-read")
		c.Advance(time.Hour / 4)
		if err := h.s.Meetings.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.s.Meetings.BreakOut(t.Context(), h.Visit(h.Who[chair].Person), db.Once{}, 1, meeting.Parting{Minutes: 8, Choice: true, Topics: "The stall on Saturday\nThe leaflet\nWho is missing"}); err != nil {
		t.Fatal(err)
	}
	for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		p := browsertest.Start(t, h.office.signedIn(others[3])).Person(look).Open(page)
		p.WantNoSideways().AxeLightAndDark().WantTargets().Shot("groups-" + strconv.FormatInt(look.Width, 10) + "-choose")
	}
}

// TestGroupsAreReadFromFarAway: who is in which group, and what each wrote, stands on the screen in letters that the whole room can read, and nothing is cut off.
func TestGroupsAreReadFromFarAway(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	s := screeningOf(t, dbtest.SQLite(t, c), c, 10, nil)
	s.begin()
	s.take(false)
	ctx, m, chair := t.Context(), s.s.Meetings, s.facilitator()
	if err := m.BreakOut(ctx, chair, db.Once{}, 1, meeting.Parting{Question: "What do you need to come every week?", Minutes: 10}); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t, s.anybody())
	s.fromFarAway(b, "groups", false)
	id := s.view(1).Together.Breakout.ID
	lines := meeting.Lines{"A room with a lift, near the bus", "Somebody who looks after the children, so that parents can come and stay until the end", "The agenda a week before"}
	for _, i := range s.others() {
		who := s.Visit(s.Who[i].Person)
		if v, err := m.Show(ctx, who, 1); err != nil {
			t.Fatal(err)
		} else if n := v.Together.Table.Number; n == 1 {
			if _, err := m.WriteCard(ctx, who, 1, id, n, meeting.Lines{}, lines); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.to(s.view(1).Together.Breakout.Closes)
	s.fromFarAway(b, "card", false)
}
