package web

import (
	"net/http"
	"strconv"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// TestRoundThroughThePages: by plain forms whoever facilitates begins a round, people speak, pass and come later, and it ends by itself and is on record.
func TestRoundThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		at := func(id member.ID) int {
			for i := range h.Who {
				if h.Who[i].Member.ID == id {
					return i
				}
			}
			t.Fatalf("nobody is %d", id)
			return 0
		}
		page := "/g/" + h.Group.Slug + "/meetings/1"
		if h.see(others[0], "/1").HasButton("Begin the round") {
			t.Error("somebody else can begin one")
		}
		form := h.see(chair, "/1/run").WantNoText("main", "Going round").Form(page + "/rounds")
		form.Set("round-question", "What do you need?").Forge("seconds", "7").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Choose one of these times.")
		form = h.see(chair, "/1/run").Form(page + "/rounds")
		form.Set("round-question", "What do you need?").Set("seconds", "90").Submit().Want(http.StatusOK).WantText("#round ~ *", "What do you need?", "Each person has a minute and a half.")
		var order []int
		v := h.view(1)
		for _, p := range v.List {
			order = append(order, at(v.Hands[p.ID].Member))
		}
		name := func(i int) string { return h.Who[order[i]].Member.Name }
		if len(order) != len(others) {
			t.Fatalf("%d are asked", len(order))
		}
		desk := h.see(chair, "/1/run").WantText("#list", "Whose turn comes next").WantText("[data-part=queue]", name(0), name(4))
		desk.WantText("#script ~ *", "We go round once.", "What do you need?", name(0)+", it is your turn.")
		h.see(order[1], "/1").WantText("#floor ~ *", "You come after "+name(0)+".", "You are number 2 on the list.", "People speak in the order in which they arrived. The lot had number", "and you are number 2 of 5.")
		h.see(order[2], "/1").Form("Raise my hand").Submit().Want(http.StatusOK).WantText("#floor ~ *", "Your hand is up. You are heard after the round.")
		h.see(chair, "/1/run").Form("Next speaker").Submit().Want(http.StatusOK).WantText("[data-part=speaking]", name(0))
		h.see(order[0], "/1").WantText("#floor ~ *", "You speak")
		h.see(order[1], "/1").Form("Later").Submit().Want(http.StatusOK).WantText("#floor ~ *", "You are number 4 on the list.", "At the end of the round, as asked for.")
		if h.see(order[1], "/1").HasButton("Later") {
			t.Error("later is offered twice")
		}
		h.see(order[2], "/1").Form("I pass").Submit().Want(http.StatusOK)
		h.see(chair, "/1/run").Form("Next speaker").Submit().Want(http.StatusOK).WantText("[data-part=speaking]", name(3))
		h.see(chair, "/1/run").Form(name(3)+" passes").Submit().Want(http.StatusOK).WantText("[data-part=speaking]", "Nobody speaks now.")
		h.see(chair, "/1/run").Form("Next speaker").Submit().Want(http.StatusOK).WantText("[data-part=speaking]", name(4))
		h.see(chair, "/1/run").Form("Next speaker").Submit().Want(http.StatusOK).WantText("[data-part=speaking]", name(1))
		h.see(order[1], "/1").Form("I’m done").Submit().Want(http.StatusOK).WantNoText("main", "Going round")
		if v := h.view(1); v.Together.Round.ID != 0 || v.Together.Rounds[0].Turns != 3 {
			t.Errorf("after it: %+v", v.Together)
		}
		h.see(others[0], "/1/record").WantText("main", "Going round: What do you need? 3 people spoke.")
		form = h.see(chair, "/1/run").WantText("#list", "Who would like to speak").WantText("[data-part=queue]", name(2)).Form(page + "/rounds")
		form.Submit().Want(http.StatusOK).WantText("#round ~ *", "What do you think about it?", "Each person has one minute.")
		h.see(chair, "/1/run").Form("End the round now").Submit().Want(http.StatusOK).WantNoText("main", "Going round")
		h.see(others[0], "/1/record").WantText("main", "What do you think about it? 0 people spoke. It ended before everybody was asked.")
	})
}

// TestRoundAskedFor: by plain forms a member asks for a round, whoever facilitates can begin it at once or put it to the vote, and if it is carried it begins.
func TestRoundAskedFor(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		chair, others := h.feels()
		form := h.see(others[0], "/1").Form("Ask: Go round")
		form.Forge("round-minutes", "9").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "from 1 to 2")
		h.see(others[0], "/1").Form("Ask: Go round").Set("round-minutes", "2").Submit().Want(http.StatusOK).WantText("#wanted ~ *", "2 minutes for each person.")
		if h.see(others[1], "/1").HasButton("Begin it now") {
			t.Error("somebody else can begin it")
		}
		h.see(chair, "/1").WantText("#wanted ~ *", "You can begin it now without a vote.").Form("Put it to the vote").Submit().Want(http.StatusOK)
		for i := range h.Who {
			h.see(i, "/1").Form("Yes").Submit().Want(http.StatusOK)
		}
		h.see(others[1], "/1").WantText("#round ~ *", "What do you think about it?", "Each person has two minutes.")
		h.see(chair, "/1/run").Form("End the round now").Submit().Want(http.StatusOK)

		h.see(others[1], "/1").Form("Ask: Go round").Set("round-minutes", "1").Submit().Want(http.StatusOK)
		h.see(chair, "/1/run").WantText("#wanted ~ *", "1 minute for each person.").Form("Begin it now").Submit().Want(http.StatusOK).
			WantText("#round ~ *", "Each person has one minute.").WantNoText("main", "Begin it now")
	})
}

// TestRoundInABrowser: axe finds nothing on a meeting's pages before a round and during one, on a phone and at a desk, light and dark.
func TestRoundInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 8)
	chair, others := h.feels()
	page := "/g/" + h.Group.Slug + "/meetings/1"
	who := h.Visit(h.Who[chair].Person)
	for _, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		where := "round-" + strconv.FormatInt(look.Width, 10) + "-"
		desk := browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(page + "/run").Press("Go round")
		desk.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "begin")
		desk.Fill("What do you ask?", "What do you need to be able to come every week?").Click("Begin the round").WantText("#round ~ *", "every week")
		v := h.view(1)
		mine := v.Hands[v.List[2].ID].Member
		if err := h.s.Meetings.CallNext(t.Context(), who, 1, 0); err != nil {
			t.Fatal(err)
		}
		for _, i := range others {
			if h.Who[i].Member.ID == mine {
				p := browsertest.Start(t, h.office.signedIn(i)).Person(look).Open(page).WantText("#floor ~ *", "You come after")
				p.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "mine")
			}
		}
		desk.Open(page + "/run").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "console")
		if err := h.s.Meetings.StopRound(t.Context(), who, 1, v.Together.Round.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRoundOnTheScreen: the screen in the room shows what everybody is asked, who speaks and who comes next.
func TestRoundOnTheScreen(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		s.begin()
		s.take(false)
		s.must(s.s.Meetings.Raise(t.Context(), s.Who[s.others()[0]], 1, meeting.Raised{Kind: floor.Speak}))
		s.must(s.s.Meetings.GoRound(t.Context(), s.facilitator(), db.Once{}, 1, "Who can come?", 60))
		v := s.view(1)
		s.look().WantText(".show-side", "Going round: Who can come?", v.People[v.Hands[v.List[0].ID].Member].Name).WantCount(".show-next li", 3)
		s.must(s.s.Meetings.CallNext(t.Context(), s.facilitator(), 1, 0))
		s.look().WantText(".show-side", v.People[v.Hands[v.List[0].ID].Member].Name+" speaks", v.People[v.Hands[v.List[1].ID].Member].Name)
		s.must(s.s.Meetings.StopRound(t.Context(), s.facilitator(), 1, v.Together.Round.ID))
		s.look().WantNoText("main", "Going round")
	})
}
