package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/webtest"
)

const othersNoted = "1 of them was noted by somebody else, at the door."

// TestNotedThroughThePages: whoever is noted as there by somebody else reads it on the group's first page and the meeting's, and takes it back by one button; how many others noted stands wherever
// it stands how many are there, and in the record, which names nobody of them.
func TestNotedThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, chair, ana, some := handed(t, d, c)
		group, at := "/g/"+s.Group.Slug, list(s.meetHall)+"/1"
		name := s.Who[chair].Member.Name
		see := func(i int, path string) *webtest.Page { return s.visitor(i).Get(group + path).Want(http.StatusOK) }
		for path, who := range map[string]int{"/meetings/1": some[0], "/meetings/1/run": chair, "/meetings/1/door": chair} {
			see(who, path).WantText("main", othersNoted)
		}
		s.look().WantText("[data-part=what]", othersNoted)
		see(some[0], "").WantNoText("main", "Somebody noted that you are here")
		see(some[0], "/record").WantText("main", "noted at the door that a member is at meeting 1. Here now: 8. Noted by somebody else: 1.")
		for _, path := range []string{"", "/meetings/1"} {
			see(ana, path).WantText("main", "Somebody noted that you are here", name+" noted at the door at 10 am that you are here, without a device.", "I am not there")
		}
		see(ana, "").WantText(".head", "A meeting is under way, and you can join").Form("I am not there").Submit().Want(http.StatusOK).WantPath(at).WantNoText("main", "Somebody noted")
		see(some[0], "/meetings/1").WantNoText("main", "noted by somebody else").WantText("#quorum", "7 are here")
		see(some[0], "/record").WantText("main", "Somebody who was noted at the door says that they are not at meeting 1. Here now: 7. Noted by somebody else: 0.")
		see(ana, "").WantNoText("main", "Somebody noted that you are here")

		// nobody notes them again, until they say themselves that they are there
		const no = "They have said that they are not here. Nobody else can note it again"
		door := see(chair, "/meetings/1/door").WantText("#people ~ *", no)
		path := fmt.Sprintf("%s/1/door/%d/in", list(s.meetHall), s.Who[ana].Member.ID)
		if door.Has(`form[action="` + path + `"]`) {
			t.Error("the door is offered to note them again")
		}
		s.visitor(chair).Post(path, url.Values{"csrf": {tokenOf(s.visitor(chair))}}).Want(http.StatusConflict).WantText("main", no)

		// let in again after they have come themselves, and the meeting is over
		s.must(s.s.Meetings.CheckIn(t.Context(), s.Visit(s.Who[ana].Person), 1, meeting.Room))
		see(some[0], "/record").WantText("main", "Somebody who had said that they were not at meeting 1 says now themselves that they are. Here now: 8. Noted by somebody else: 0. Say that they are not here: 0.")
		s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[ana].Person), 1))
		s.must(s.s.Meetings.LetIn(t.Context(), s.facilitator(), 1, s.Who[ana].Member.ID))
		s.must(s.s.Meetings.Close(t.Context(), s.facilitator(), 1))
		see(ana, "/meetings/1").WantText("main", "Were you there?", name+" noted on", "that you were at a meeting: All of us")
		p := see(ana, "").WantText("main", "Were you there?", "I was there")
		p.Form("I was not there").Submit().Want(http.StatusOK).WantPath(at).WantNoText("main", "Were you there?")
		see(ana, "").WantNoText("main", "Were you there?")
		see(ana, "/record").WantText("main", "Somebody who was noted at the door says that they were not at meeting 1.")
		see(some[1], "/meetings/1/record").WantText("main", "Noted by somebody else", "2 members, at the door", "Who said that was wrong", "2 members")
	})
}

// TestDeviceFoundThroughThePages: while a vote is open, who was noted at the door finds a device, votes with it, and whoever counts is told to leave their hand out; a form from before is not taken.
func TestDeviceFoundThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, _, ana, some := handed(t, d, c)
		bo := some[0]
		s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[bo].Person), 1))
		s.must(s.s.Meetings.LetIn(t.Context(), s.facilitator(), 1, s.Who[bo].Member.ID))
		both := s.put(some[1:3])
		vote := "/g/" + s.Group.Slug + "/proposals/1/vote"
		s.visitor(ana).Get(vote).WantText("main", "If you have one, say so on the meeting’s page.")
		stale := s.see(both[0], "/1").WantText("main", "2 people vote by hand.").Form("That is what I counted").Set("for", "2").Set("against", "0").Set("abstain", "0")
		s.see(ana, "/1").WantText("main", "Do you have a device now?").Form("I’m here, in the room").Submit().Want(http.StatusOK).WantNoText("main", "Somebody noted")
		s.visitor(ana).Get(vote).WantNoText("main", "by show of hands. If you have one")
		stale.Submit().Want(http.StatusConflict).WantText("main", "Now 1 person votes by hand. Count again.")
		for _, i := range both {
			s.see(i, "/1").WantText("main", "1 person votes by hand.", "1 person who was to vote by hand now votes with a device, or is not here.").
				Form("That is what I counted").Set("for", "0").Set("against", "1").Set("abstain", "0").Submit().Want(http.StatusOK)
		}
		s.see(bo, "/1").Form("I’m here, in the room").Submit().Want(http.StatusConflict).WantText("main", "Two people have counted the hands and signed, yours among them.")
		s.Cast(s.Who[ana], 1, ballot.For)
		s.to(s.Motion(1).Closes)
		if b := s.Show(1).Earlier[0]; b.Turnout != 2 || b.HandsTurnout != 1 || b.Fewer != 1 {
			t.Errorf("counted: %+v", b)
		}
	})
}

// TestNotedForEverybody: axe finds nothing on the pages that tell of it, on phones and at a desk, light and dark, and a page shows by itself that somebody was noted and takes it back.
func TestNotedForEverybody(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	s, chair, ana, some := handed(t, dbtest.SQLite(t, c), c)
	t.Cleanup(s.s.Stop)
	group, at := "/g/"+s.Group.Slug, list(s.meetHall)+"/1"
	for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
		open := func(who int, path, name string) {
			browsertest.Start(t, s.office.signedIn(who)).Person(l).Open(path).WantNoSideways().WantTargets().AxeLightAndDark().Shots("noted-" + strconv.FormatInt(l.Width, 10) + "-" + name)
		}
		open(ana, group, "first")
		open(ana, at, "meeting")
		open(chair, at+"/run", "console")
		open(chair, at+"/door", "door")
		open(chair, at+"/codes", "codes")
		open(some[0], at, "others")
		browsertest.Start(t, s.anybody()).Person(l).Open("/m/" + s.view(1).Code + "/in").WantNoSideways().AxeLightAndDark().Shots("noted-" + strconv.FormatInt(l.Width, 10) + "-type")
	}
	browsertest.Start(t, s.anybody()).Person(browsertest.Desktop).Open(s.path()).Shot("noted-screen")
	other := browsertest.Start(t, s.office.signedIn(some[0])).Person(browsertest.Phone).Open(at).WantText("#others", othersNoted)
	p := browsertest.Start(t, s.office.signedIn(ana)).Person(browsertest.Phone).Open(at)
	p.Click("I am not there").WantText("#quorum", "7 are here")
	other.WantText("#quorum", "7 are here")
	for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
		browsertest.Start(t, s.office.signedIn(chair)).Person(l).Open(at+"/door").WantText("#people ~ *", "Nobody else can note it again").WantNoSideways().WantTargets().AxeLightAndDark().
			Shots("noted-" + strconv.FormatInt(l.Width, 10) + "-refused")
	}
	s.must(s.s.Meetings.CheckIn(t.Context(), s.Visit(s.Who[ana].Person), 1, meeting.Room))
	s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[ana].Person), 1))
	s.must(s.s.Meetings.LetIn(t.Context(), s.facilitator(), 1, s.Who[ana].Member.ID))
	s.must(s.s.Meetings.Close(t.Context(), s.facilitator(), 1))
	browsertest.Start(t, s.office.signedIn(ana)).Person(browsertest.Phone).Open(group).WantText("main", "Were you there?").WantNoSideways().WantTargets().AxeLightAndDark().Shots("noted-late").
		Click("I was there").WantText("main", "Who did what")
}
