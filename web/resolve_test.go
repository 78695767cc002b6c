package web

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/votetest"
)

// blockedOnline is a group of eight in which the last blocks, online, what the first has brought; it returns who was drawn, and who is not in it.
func blockedOnline(t *testing.T, d *db.DB, c *dbtest.Clock) (w *voting, drawn, other int) {
	t.Helper()
	w = newVoting(t, d, c, "A", 8)
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.ByAgreement
	m, err := w.Motions.Propose(t.Context(), w.Who[0], db.Once{}, 0, p)
	if err != nil {
		t.Fatal(err)
	}
	w.GoTo(w.Motion(m.ID).Opens)
	for i, a := range w.Who {
		say := agree.Answer{Response: agree.Yes}
		if i == 7 {
			say = agree.Answer{Response: agree.Block, Ground: agree.Safety, Names: "The stairs", Words: "Somebody will fall."}
		}
		if _, err := w.Ballots.Answer(t.Context(), a, 1, db.Once{}, say); err != nil {
			t.Fatal(err)
		}
	}
	w.GoTo(w.Show(1).Closes)
	v, err := w.Resolve.Show(t.Context(), w.Who[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range w.Who {
		at := slices.IndexFunc(v.Groups[0].Seats, func(s resolve.Seat) bool { return s.Member == a.Member.ID })
		switch {
		case at < 0:
			other = i
		case v.Groups[0].Seats[at].Part == resolve.Drawn:
			drawn = i
		}
	}
	return w, drawn, other
}

// TestTalksThroughThePages: everybody sees who looks for a way after a block, can check the lot, and reads what they say; each of them does their part, and words they agree on are called on again.
func TestTalksThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, drawn, other := blockedOnline(t, d, c)
		decision := fmt.Sprintf("/g/%s/decisions/%d-001", w.Group.Slug, dbtest.Start.Year())
		w.as(t, other).Get(w.path("")).Want(http.StatusOK).WantText("main", "Somebody blocks this")
		page := w.as(t, other).Get(decision).Want(http.StatusOK).WantText("main", "Blocked", "Somebody blocks this").Follow("How they look for a way").Want(http.StatusOK).
			WantText("main", "brought the proposal", "blocks it", "drawn by lot, number", "One of 6 people", "Your number in the lot was").WantNoText("main", "Your part in it")
		page.Follow("Check the lot yourself (JSON)").Want(http.StatusOK)
		at := w.path("/resolution")
		w.as(t, drawn).Get(at).Form("Yes, ask the next person").Submit().Want(http.StatusOK).WantText("body", "The next person by the lot is asked.", "let the next one do it").WantNoText("main", "Your part in it")
		form := w.as(t, 7).Get(at).Want(http.StatusOK).WantText("main", "You block this", "The words are still those that were blocked.")
		form.Form("Tell everybody").Set("opens", c.Now().AddDate(0, 0, 30).Format(time.DateOnly)).Set("time", "19:00").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Choose a day and a time", "Write something here.")
		form.Form("Tell everybody").Set("opens", c.Now().AddDate(0, 0, 3).Format(time.DateOnly)).Set("time", "19:00").Set("place", "The shed").Submit().Want(http.StatusOK).WantText("main", "They meet on", "The shed")
		form.Form("Publish it").Set("text", "We agree on the kettle.\n\nNot on *where* it stands.").Submit().Want(http.StatusOK).WantText("main", "We agree on the kettle.", "You have written this already.")
		words := votetest.Sample("Buy a kettle for the ground floor").Text
		words.Forum = motion.ByAgreement
		if _, err := w.Motions.Reword(t.Context(), w.Who[0], 1, 1, words); err != nil {
			t.Fatal(err)
		}
		w.as(t, 0).Get(at).Want(http.StatusOK).WantText("main", "You brought the proposal", "Change the words").WantNoText("main", "I can live with these words")
		w.as(t, 7).Get(at).Form("I can live with these words").Submit().Want(http.StatusOK).WantText("main", "They agree on version 2", "I can live with version 2.")
		w.as(t, other).Get(w.path("")).Want(http.StatusOK).WantText("main", "They agree on version 2")
		w.GoTo(w.Motion(w.Show(1).Motion.ID).Opens)
		w.as(t, other).Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "Call for agreement", "version 2")
	})
}

// TestTalksForEverybody: axe finds nothing on the page of those who look for a way, on phones and at a desk, light and dark, before and after the block is taken back, and a phone writes what came of it.
func TestTalksForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w, drawn, other := blockedOnline(t, dbtest.SQLite(t, c), c)
	look := func(who int, page, shot string) {
		t.Helper()
		for _, l := range []browsertest.Look{{Width: 320, Height: 640, Touch: true}, browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, w.signedIn(who)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shot(fmt.Sprintf("talks-%s-%d", shot, l.Width))
		}
	}
	at := w.path("/resolution")
	look(other, w.path(""), "proposal")
	look(drawn, at, "drawn")
	browsertest.Start(t, w.signedIn(0)).Person(browsertest.Phone).Open(at).Fill("Where do you agree, and where not?", "We agree that it is needed.").Click("Publish it").WantText("main", "We agree that it is needed.").Axe()
	look(7, at, "blocker")
	look(other, at, "other")
	w.as(t, 7).Get(at).Form("Yes, take it back").Submit().Want(http.StatusOK).WantText("main", "Nobody blocks it any more")
	look(other, at, "lifted")
}
