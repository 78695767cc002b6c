package web

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// circle returns who is in the group for which one speaks.
func (h *meetHall) circle(chair, number int) []int {
	h.Helper()
	return h.together(chair, func(t meeting.Together) []member.ID { return t.Circles[number-1].People })
}

// TestSpokesThroughThePages: by plain forms whoever facilitates puts people into groups; each is told their group and who speaks for it, and can change that; whoever does not speak for it asks
// questions only; and the record has that it was so, and not who it was.
func TestSpokesThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 32)
		chair, others := h.feels()
		page := "/g/" + h.Group.Slug + "/meetings/1"
		if h.see(others[0], "/1").HasButton("Put people into groups") {
			t.Error("somebody else can begin them")
		}
		h.see(others[0], "/1").WantText("#moves ~ *", "Speak through groups").WantNoText("main", "Everybody speaks again")
		h.see(chair, "/1/run").Form(page+"/spokes").Submit().Want(http.StatusOK).WantText("#spokes ~ *", "Group 1 – nobody yet", "Group 2 – nobody yet", "Who is in which group", "Everybody speaks again").
			WantText("#script ~ *", "Each group chooses somebody who speaks for it.")
		if h.see(chair, "/1/run").HasButton("Begin the groups") || h.see(others[0], "/1").HasButton("Everybody speaks again") {
			t.Error("the groups are begun twice, or ended by anybody")
		}
		h.see(chair, "/1").WantText("#spokes ~ *", "You facilitate, so you are in no group.")
		one, two := h.circle(chair, 1), h.circle(chair, 2)
		name := func(i int) string { return h.Who[i].Member.Name }
		me, mate := one[0], one[1]
		h.see(me, "/1").WantText("#spokes ~ *", "You are in group 1", "Nobody speaks for your group yet.", name(mate), "In the lot you were number").WantNoText("#spokes ~ *", name(two[0])).
			WantText("#floor ~ *", "Choose who that is.", "Ask a question of fact").WantNoText("#floor ~ *", "Raise my hand")
		h.see(me, "/1").Form("I would speak for us").Submit().Want(http.StatusOK).WantText("#spokes ~ *", "You speak for your group.", "You said that you would speak for your group.").
			WantText("#floor ~ *", "You are heard for your group.")
		h.see(mate, "/1").WantText("#spokes ~ *", name(me)+" speaks for your group.").WantNoText("#spokes ~ *", "You chose")
		for _, i := range []int{one[2], one[3]} {
			h.see(i, "/1").Form("Choose this person").Set("member", strconv.FormatInt(int64(h.Who[mate].Member.ID), 10)).Submit().Want(http.StatusOK).WantText("#spokes ~ *", "You chose "+name(mate)+".")
		}
		h.see(me, "/1").WantText("#spokes ~ *", name(mate)+" speaks for your group.", "You said that you would speak").Form("Choose nobody").Submit().Want(http.StatusOK).WantNoText("#spokes ~ *", "You said")
		h.see(two[0], "/1").WantText("#spokes ~ *", "Group 1 – "+name(mate), "Group 2 – nobody yet")
		h.see(chair, "/1/run").Form("Everybody speaks again").Submit().Want(http.StatusOK).WantNoText("main", "Who is in which group")
		h.see(me, "/1").WantNoText("main", "speaks for your group")

		// members ask for it, and whoever facilitates does it at once
		h.see(one[4], "/1").Form("Ask: Speak through groups").Submit().Want(http.StatusOK)
		h.see(chair, "/1/run").WantText("main", "You can do it now without a vote.").Form("Do it now").Submit().Want(http.StatusOK).WantText("#spokes ~ *", "Group 1 – nobody yet")
		if _, err := h.s.Meetings.Show(t.Context(), h.Visit(h.Who[me].Person), 1); err != nil {
			t.Fatal(err)
		}
		h.see(chair, "/1/run").Form("Everybody speaks again").Submit().Want(http.StatusOK)
		h.to(h.view(1).Stop.Add(6 * time.Hour))
		h.see(others[0], "/1/record").WantText("main", "Speaking through groups: 31 people were in 2 groups, and one of each spoke.").WantNoText("main", name(mate)+" speaks")
	})
}

// TestSpokesOnTheScreen: the screen in the room says who speaks for which group, in letters that the whole room can read; and once somebody speaks, for which.
func TestSpokesOnTheScreen(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	s := screeningOf(t, dbtest.SQLite(t, c), c, 48, nil)
	s.begin()
	s.take(false)
	ctx, m, chair := t.Context(), s.s.Meetings, s.facilitator()
	if err := m.UseSpokes(ctx, chair, db.Once{}, 1); err != nil {
		t.Fatal(err)
	}
	s.look().WantText(".show-words", "Who speaks for the groups", "Group 1 – nobody yet", "Group 3 – nobody yet")
	var spoke member.Actor
	for _, i := range s.others() {
		who := s.Visit(s.Who[i].Person)
		v, err := m.Show(ctx, who, 1)
		if err != nil {
			t.Fatal(err)
		}
		if n := v.Together.Circle.Number; n != 0 && v.Together.Circle.Spoke == 0 && n != 3 {
			if err := m.NameSpoke(ctx, who, 1, v.Together.Spokes.ID, who.Member.ID); err != nil {
				t.Fatal(err)
			}
			spoke = who
		}
	}
	s.look().WantText(".show-words", spoke.Member.Name, "Group 3 – nobody yet")
	b := browsertest.Start(t, s.anybody())
	s.fromFarAway(b, "spokes", false)
	phone := browsertest.Phone
	phone.Width = 320
	b.Person(phone).Open(s.path()).WantNoSideways().Axe().Shot("screen-spokes-320")
	s.must(m.Raise(ctx, spoke, 1, meeting.Raised{Kind: floor.Speak}))
	v, err := m.Show(ctx, spoke, 1)
	s.must(err)
	name := spoke.Member.Name + " (group " + strconv.Itoa(v.Together.Circle.Number) + ")"
	s.look().WantText(".show-side", name).WantText(".show-words", "brings the table?")
	s.must(m.CallNext(ctx, chair, 1, 0))
	s.look().WantText(".show-side", name)
	s.fromFarAway(b, "spoke", false)
}

// TestSpokesInABrowser: somebody on a phone is told their group and who speaks for it, would do it, and changes it; axe finds nothing on their page and on the console, light and dark.
func TestSpokesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 33)
	chair, others := h.feels()
	if err := h.s.Meetings.CheckIn(t.Context(), h.Visit(h.Who[others[0]].Person), 1, meeting.Phone); err != nil {
		t.Fatal(err)
	}
	page := "/g/" + h.Group.Slug + "/meetings/1"
	desk := browsertest.Start(t, h.office.signedIn(chair)).Person(browsertest.Desktop).Open(page + "/run").Press("Speak through groups")
	desk.WantNoSideways().AxeLightAndDark().WantTargets().Shot("spokes-1280-begin")
	desk.Click("Put people into groups").WantText("#spokes ~ *", "Group 2 – nobody yet")
	desk.WantNoSideways().AxeLightAndDark().WantTargets().Shot("spokes-1280-console")
	one := h.circle(chair, 1)
	for _, look := range []browsertest.Look{browsertest.Phone, {Width: 320, Height: 640, Touch: true}, browsertest.Desktop} {
		where := "spokes-" + strconv.FormatInt(look.Width, 10) + "-"
		mate := browsertest.Start(t, h.office.signedIn(one[2])).Person(look).Open(page)
		mate.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "nobody")
		p := browsertest.Start(t, h.office.signedIn(one[1])).Person(look).Open(page).WantText("#spokes ~ *", "You are in group 1")
		p.Click("I would speak for us").WantText("#spokes ~ *", "You speak for your group.")
		p.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "me")
		mate.Open(page).WantText("#spokes ~ *", "speaks for your group.").Press("Change who speaks for us")
		mate.WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "change")
		p.Open(page).Press("Change who speaks for us").Click("Choose nobody").WantText("#spokes ~ *", "Nobody speaks for your group yet.")
	}
	browsertest.Start(t, h.office.signedIn(chair)).Person(browsertest.Phone).Open(page + "/run").WantNoSideways().AxeLightAndDark().WantTargets().Shot("spokes-390-console")
}
