package web

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/token"
	"folkmoot/internal/webtest"
)

// TestDoorCodesThroughThePages: whoever keeps the door makes a sheet of codes; somebody types one at the meeting's own page on a device on which nobody is signed in, and is noted as there. Nobody
// is signed in by it, and the device sees nothing of the meeting.
func TestDoorCodesThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, v, keeper, away := doorHall(t, d, c)
		desk := h.visitor(keeper)
		page := desk.Get(list(h)+"/1/door").Follow("Codes for the door").Want(http.StatusOK).WantPath(list(h)+"/1/codes").WantCount(".codes li", 0).WantText(".strip", "keeps its door makes codes").WantNoText(".strip", "drawn")
		page = page.Form("Make codes").Submit().Want(http.StatusOK).WantText("body", "The codes are made.").WantCount(".codes li", 9).WantText("main", "0 of 9 are used.")
		code := ""
		for _, li := range page.All(".codes li").EachIter() {
			if li.Find(".name").Text() == "Zoë" {
				code = li.Find(".big-code").Text()
			}
		}
		if _, err := token.ParseShort(code); err != nil {
			t.Fatalf("Zoë’s code is %q", code)
		}
		h.visitor(away).Get(list(h) + "/1/codes").Want(http.StatusForbidden)
		h.visitor(h.chair(v.Number)).Get(list(h)+"/1/codes").WantCount(".codes li", 0).WantText("main", "This browser cannot show them")

		tablet := webtest.New(t, h.s)
		in := "/m/" + v.Code + "/in"
		p := tablet.Get("/m/"+v.Code).Follow("I have a code from the door").Want(http.StatusOK).WantPath(in).WantNoText("body", "Agenda")
		p.Form("I am here").Set("code", "000-000").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "This code is none of this meeting.")
		p = tablet.Get(in+"?code="+code).Form("I am here").Submit().Want(http.StatusOK).WantText("body", "Zoë is here. The next person can type their code.")
		if p.All("#code").AttrOr("value", "") != "" {
			t.Error("the code stays in the form")
		}
		p.Form("I am here").Set("code", code).Submit().Want(http.StatusUnprocessableEntity).WantText("main", "This code was used already.")
		tablet.Get(list(h) + "/1").Want(http.StatusNotFound) // who came by it is not signed in
		h.see(keeper, "/1/door").WantText("main", "Undo: Zoë is not here")
		desk.Get(list(h)+"/1/codes").WantText("main", "1 of 9 are used.", "This code was used.").Form("End these codes").Submit().Want(http.StatusOK).WantText("body", "The codes do nothing any more.").WantCount(".codes li", 0)
		for range token.Burst {
			tablet.Get(in).Form("I am here").Set("code", "000-000").Submit()
		}
		tablet.Get(in).Form("I am here").Set("code", "000-000").Submit().Want(http.StatusTooManyRequests).WantText("main", "Wait half a minute, or ask at the door.")
		h.see(away, "/1").WantText("main", "Your code from the door was typed at 10 am.", h.Who[keeper].Member.Name+" made the codes.")
	})
}

// TestDoorCodesInABrowser: axe finds nothing on the sheet of codes and where they are typed, on phones and at a desk, light and dark.
func TestDoorCodesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h, v, keeper, _ := doorHall(t, dbtest.SQLite(t, c), c)
	anybody := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		if r.Header.Get("Origin") != "" {
			r.Header.Set("Origin", "http://localhost:8080")
		}
		h.s.ServeHTTP(rw, r)
	}))
	t.Cleanup(anybody.Close)
	for _, look := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
		where := "codes-" + strconv.FormatInt(look.Width, 10) + "-"
		p := browsertest.Start(t, h.office.signedIn(keeper)).Person(look).Open(list(h) + "/1/codes").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "none")
		p.Click("Make codes").WantText("main", "0 of 9 are used.").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "sheet")
		p.Press("End these codes").AxeLightAndDark().Shot(where + "end")
		if err := h.s.Meetings.EndCodes(t.Context(), h.Visit(h.Who[keeper].Person), 1); err != nil {
			t.Fatal(err)
		}
		tablet := browsertest.Start(t, anybody.URL).Person(look).Open("/m/" + v.Code).WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "place")
		tablet.Open("/m/" + v.Code + "/in").WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "type")
		tablet.Fill("Your code", "abc-123").Click("I am here").WantText("main", "This code is none of this meeting.").AxeLightAndDark().Shot(where + "wrong")
	}
}
