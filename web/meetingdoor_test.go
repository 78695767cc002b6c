package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// doorHall is a meeting of nine that has begun without the last of them, and who keeps its door.
func doorHall(t *testing.T, d *db.DB, c *dbtest.Clock) (h *meetHall, v meeting.View, keeper, away int) {
	t.Helper()
	h = newMeetHall(t, d, c, 9)
	v = h.begun()
	keeper = h.holder(v, meeting.Doors)
	for i := range h.Who { // somebody without a job
		works := false
		for _, x := range v.Terms {
			works = works || x.Member == h.Who[i].Member.ID
		}
		if !works {
			away = i
		}
	}
	if err := h.s.Meetings.CheckOut(t.Context(), h.Visit(h.Who[away].Person), v.Number); err != nil {
		t.Fatal(err)
	}
	if err := h.s.Members.Rename(t.Context(), h.Visit(h.Who[away].Person), "Zoë"); err != nil {
		t.Fatal(err)
	}
	h.Who[away].Member.Name = "Zoë"
	return h, v, keeper, away
}

// TestTheDoorThroughThePages: whoever keeps the door finds a member, lets them in and takes it back; nobody else sees what people need, on any page of the meeting.
func TestTheDoorThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, v, keeper, away := doorHall(t, d, c)
		chair, second, name := h.chair(v.Number), h.holder(v, meeting.Vice), h.Who[away].Member.Name
		at := list(h) + "/1/door"
		h.see(keeper, "/1").Follow("The door: let people in").Want(http.StatusOK).WantPath(at).WantText("h1", "The door").WantText("main", name+" is here, without a device")
		found := h.see(keeper, "/1/door").Form(at).Set("name", "zo").Submit().Want(http.StatusOK).WantText("main .rows", name)
		for i, a := range h.Who {
			if i != away {
				found.WantNoText("main .rows", a.Member.Name)
			}
		}
		id := strconv.FormatInt(int64(h.Who[away].Member.ID), 10)
		found.Form(name+" is here, without a device").Submit().Want(http.StatusOK).WantText(".head", "1 is here without a device.").WantText("#quorum", "9 are here")
		h.see(away, "/1").WantText("main", h.Who[keeper].Member.Name+" noted at the door at 10 am that you are here")
		h.see(keeper, "/1/door?name="+url.QueryEscape(name)).Form("Undo: "+name+" is not here").Submit().Want(http.StatusOK).WantText("#quorum", "8 are here")
		own := strconv.FormatInt(int64(h.Who[chair].Member.ID), 10)
		for _, below := range []string{"in", "out"} { // nobody else says that somebody leaves who has a device
			h.visitor(keeper).Do(browserRequest(http.MethodPost, at+"/"+own+"/"+below, url.Values{"csrf": {tokenOf(h.visitor(keeper))}})).Want(http.StatusConflict).WantText("main", "with their own device")
		}
		for i := range h.Who {
			if i == keeper {
				continue
			}
			for _, below := range []string{"in", "out", "over"} {
				if (i == chair || i == second) && below != "over" {
					continue // they help out
				}
				answer := h.visitor(i).Do(browserRequest(http.MethodPost, at+"/"+id+"/"+below, url.Values{"csrf": {tokenOf(h.visitor(i))}}))
				if answer.Status != http.StatusForbidden && answer.Status != http.StatusConflict {
					t.Errorf("%s by member %d answers %d", below, i, answer.Status)
				}
			}
		}
		const need = "A seat near the front, quokka"
		h.see(chair, "/1").Form(list(h)+"/1/need").Set("need", need).Submit().Want(http.StatusOK).WantText("main", "You have said: "+need)
		h.see(keeper, "/1/door").WantText("main", need)
		for i := range h.Who {
			for _, page := range []string{"/1", "/1/door", "/1/run", "/1/notes", "/1/record", "/1/print", "/1/screen", ""} {
				if i == keeper && page == "/1/door" || i == chair && page == "/1" {
					continue
				}
				if body := h.visitor(i).Get(list(h) + page).Body; strings.Contains(string(body), "quokka") {
					t.Errorf("member %d reads it at %q", i, page)
				}
			}
			if body := h.visitor(i).Get("/g/" + h.Group.Slug + "/record").Body; strings.Contains(string(body), "quokka") {
				t.Error("the record holds it")
			}
		}
		h.see(chair, "/1").Form("Take it back").Submit().Want(http.StatusOK).WantNoText("main", "You have said")
		h.see(keeper, "/1/door").WantText("main", "Nobody who is here has asked for anything.")
	})
}

// TestTheDoorForEverybody: axe finds nothing on the page of the door, on a phone and at a desk, light and dark, and another's page shows by itself who was let in.
func TestTheDoorForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h, v, keeper, away := doorHall(t, dbtest.SQLite(t, c), c)
	ctx, name := t.Context(), h.Who[away].Member.Name
	if err := h.s.Meetings.SayNeed(ctx, h.Visit(h.Who[h.chair(v.Number)].Person), v.Number, "A seat near the front, and a break after an hour."); err != nil {
		t.Fatal(err)
	}
	for _, l := range []browsertest.Look{browsertest.Phone, {Width: 320, Height: 640, Touch: true}, browsertest.Desktop} {
		b := browsertest.Start(t, h.office.signedIn(keeper))
		shot := "door-" + strconv.Itoa(int(l.Width))
		b.Person(l).Open(list(h) + "/1/door").AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot)
		b.Person(l).Open(list(h) + "/1").AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot + "-meeting")
	}
	first := browsertest.Start(t, h.office.signedIn(keeper)).Person(browsertest.Phone).Open(list(h) + "/1/door?name=" + url.QueryEscape(name))
	other := browsertest.Start(t, h.office.signedIn(h.chair(v.Number))).Person(browsertest.Desktop).Open(list(h) + "/1/door")
	first.Click(name+" is here, without a device").WantText(".rows", "here, without a device")
	other.WantText("#quorum", "9 are here")
}
