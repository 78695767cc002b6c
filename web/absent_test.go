package web

import (
	"fmt"
	"net/http"
	"testing"

	"folkmoot/internal/agree"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
	"folkmoot/internal/webtest"
)

// agreedInRoom has all but two of those who are there agree, and closes the call; it returns who was not heard from, and where the decision is.
func agreedInRoom(t *testing.T, d *db.DB, c *dbtest.Clock) (h *meetHall, absent []int, path string) {
	t.Helper()
	h, v := agreeing(t, d, c)
	chair := h.chair(1)
	if err := h.s.Meetings.CallForAgreement(t.Context(), h.Visit(h.Who[chair].Person), 1, v.Current.ID); err != nil {
		t.Fatal(err)
	}
	for i, a := range h.Who {
		if i != chair && len(absent) < 2 {
			absent = append(absent, i)
			continue
		}
		if _, err := h.s.Ballots.Answer(t.Context(), a, 1, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
			t.Fatal(err)
		}
	}
	h.to(h.Show(1).Closes)
	return h, absent, fmt.Sprintf("/g/%s/decisions/%d-001", h.Group.Slug, dbtest.Start.Year())
}

// TestTheAbsentThroughThePages: whoever was not heard from finds a provisional decision, raises a concern and then blocks it; the others cannot, and everybody sees what came of it.
func TestTheAbsentThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, absent, path := agreedInRoom(t, d, c)
		heard := h.chair(1)
		h.see(heard, "/1").WantText("#calls ~ *", "People who were absent can object once the record is out.")
		at := func(who int, page string) *webtest.Page { return h.visitor(who).Get(page).Want(http.StatusOK) }
		at(heard, path).WantText("main", "Agreed, provisional", "until some days after the record of the meeting is out", "This is for people who could have answered").WantNoText("main", "Add a note or block")
		at(heard, "/g/"+h.Group.Slug+"/decisions").WantText("main", "Agreed, provisional").WantNoText("main", "You can still object")
		h.visitor(heard).Get(path + "/object").Want(http.StatusForbidden)
		now := at(absent[0], "/g/"+h.Group.Slug).WantText("#without ~ *", "You were not heard from. You can add a note to it, or block it.", "Buy a kettle")
		now.WantNoText("main", "Newest decisions").WantCount(`main a[href="`+path+`"]`, 1) // it stands there once
		at(heard, "/g/"+h.Group.Slug).WantText("#decided ~ *", "Buy a kettle").WantCount(`main a[href="`+path+`"]`, 1)
		h.Write(func(tx *db.Tx) error { return decision.RecordOut(tx, h.Ledger, h.Group, "meeting/1") })
		form := at(absent[0], path).WantText("main", "Whoever was not heard from can object until").Follow("Add a note or block").Want(http.StatusOK)
		form.Form("Send it").Set("answer", "block").Set("words", "No.").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Choose what it goes against", "Name the aim")
		form.Form("Send it").Set("answer", "concern").Set("words", "Who cleans it?").Submit().Want(http.StatusOK).WantText("body", "stands beside the decision now", "Who cleans it?", "I add a note")
		form = at(absent[1], path).Follow("Add a note or block")
		form.Form("Send it").Set("answer", "block").Set("ground", "safety").Set("names", "The stairs").Set("words", "Somebody will fall.").Submit().Want(http.StatusOK).
			WantText("body", "Agreed, then blocked", "Its proposal is open again", "Somebody will fall.", "so it does not stand")
		at(heard, "/g/"+h.Group.Slug+"/decisions").WantText("main", "Agreed, then blocked")
		at(heard, h.path("")).WantText("main", "Agreed, then blocked")
	})
}

// TestTheAbsentForEverybody: axe finds nothing on the pages of a provisional decision, on a phone and at a desk, light and dark, and a phone blocks one.
func TestTheAbsentForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h, absent, path := agreedInRoom(t, dbtest.SQLite(t, c), c)
	look := func(who int, page, shot string) {
		t.Helper()
		for _, l := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, h.voting.signedIn(who)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shots(fmt.Sprintf("absent-%s-%d", shot, l.Width))
		}
	}
	look(absent[0], path, "provisional")
	look(absent[0], path+"/object", "form")
	look(absent[0], "/g/"+h.Group.Slug+"/decisions", "list")
	browsertest.Start(t, h.voting.signedIn(absent[1])).Person(browsertest.Phone).Open(path+"/object").Choose("I add a note").Fill("In your words", "Who cleans it?").
		Click("Send it").WantText("main", "Who cleans it?").Axe()
	if _, err := h.s.Decisions.Object(t.Context(), h.Who[absent[0]], db.Once{}, fmt.Sprint(dbtest.Start.Year())+"-001",
		agree.Answer{Response: agree.Block, Ground: agree.Safety, Names: "The stairs", Words: "Somebody will fall."}); err != nil {
		t.Fatal(err)
	}
	look(absent[0], path, "stopped")
}

// TestAgreementOnline: a proposal is written for agreement online, and everybody answers on its own page over days.
func TestAgreementOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 6)
		p := votetest.Sample("Buy a kettle")
		p.Text.Forum = motion.ByAgreement
		m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
		if err != nil {
			t.Fatal(err)
		}
		w.as(t, 0).Get("/g/"+w.Group.Slug+"/proposals/new").Want(http.StatusOK).WantText("main", "Online, by agreement")
		w.as(t, 1).Get(w.path("")).Want(http.StatusOK).WantText("main", "online, by agreement")
		w.GoTo(w.Motion(m.ID).Opens)
		page := w.as(t, 1).Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "Call for agreement · Proposal 1", "Fewer than 10 people have answered so far.", "it never ends early").WantNoText("main", "meeting")
		page.Form("Send my answer").Set("answer", "reservation").Set("words", "It is dear.").Submit().Want(http.StatusOK).WantPath(w.path("/vote")).WantText("body", "Your answer is kept.")
		w.as(t, 2).Get(w.path("")).Want(http.StatusOK).WantText("main", "Fewer than 10 people have answered so far.")
		for _, a := range w.Who[2:] {
			if _, err := w.Ballots.Answer(t.Context(), a, 1, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
				t.Fatal(err)
			}
		}
		w.GoTo(w.Show(1).Closes)
		w.as(t, 1).Get(fmt.Sprintf("/g/%s/decisions/%d-001", w.Group.Slug, dbtest.Start.Year())).Want(http.StatusOK).WantText("main", "Agreed", "It is dear.").WantNoText("main", "If you were absent", "provisional until")
	})
}
