package web

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestDecidingOnTheSpot: the group's first page leads to one field and one button, the others are led to two buttons, nobody sees a result before the end, and who was
// not there is told and can object.
func TestDecidingOnTheSpot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 3)
		ada, bo, cem := w.as(t, 0), w.as(t, 1), w.as(t, 2)
		now := "/g/" + w.Group.Slug
		p := ada.Get(now).Want(http.StatusOK).Follow("Decide now").Want(http.StatusOK).WantText("main", "What do you decide?", "They can stop it for 5 days.")
		p = p.Form("Decide now").Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Write what you want to decide.")
		p = p.Form("Decide now").Set("sentence", "We meet on Tuesdays.").Submit().Want(http.StatusOK).WantPath(w.path("/vote"))
		p.WantText(".head", "We meet on Tuesdays.", "You have answered: I agree.").WantText("main", "1 person of 3 has answered.", "At least 2 must answer")
		bo.Get(now).WantText(".head", "To decide now: “We meet on Tuesdays.”").WantNoText(".head", "Decide now")
		bo.Get(now + "/decide").WantPath(w.path("/vote"))
		p = bo.Get(now).Follow("Answer").Want(http.StatusOK).WantText(".head", "Do you agree?").WantNoText("main", "I stand aside", "I block")
		p = p.Form("I agree").Submit().Want(http.StatusOK).WantText("main", "2 people of 3 have answered.").WantText(".head", "You have answered: I agree.")
		w.Tick()
		if w.Show(1).IsCounted() {
			t.Fatal("it did not wait for the third")
		}
		p.Form("I have a concern").Set("words", "My shift ends late.").Submit().WantText(".head", "You have answered: I have a concern.")
		cem.Get(w.path("/vote")).WantNoText("main", "My shift ends late.")
		bo.Get(w.path("/vote")).Form("I agree").Submit()
		w.GoTo(w.Show(1).Closes)
		ada.Get(w.path("/vote")).Want(http.StatusOK).WantText(".head", "Agreed").WantText("main", "2 of 3 people answered, and all of them agree.").WantNoText("main", "My shift ends late.", "I stand aside")
		// Who was not there reads of it first, and what a block does before they make one.
		ada.Get(now).WantNoText("main", "Agreed without you")
		p = cem.Get(now).WantText("#without ~ p", "You were not heard from.").WantText("main", "You have until").Follow("We meet on Tuesdays.").WantText("main", "One block ends the decision")
		p = p.Follow("Add a note or block").WantText("main", "I add a note", "I block", "Your block ends the decision.", "needed for a block").WantNoText("main", "I have a concern")
		p.Form("Send it").Set("answer", "block").Set("words", "I work on Tuesdays.").Submit().Want(http.StatusUnprocessableEntity)
		p.Form("Send it").Set("answer", "block").Set("words", "I work on Tuesdays.").Set("ground", "principle").Set("names", "All of us can come").Submit().WantText("body", "You have blocked the decision.")
		cem.Get(now).WantNoText("main", "Agreed without you")
		// The same is not asked again, and the form says why.
		p = ada.Get(now).Follow("Decide now").Form("Decide now").Set("sentence", "we meet on tuesdays").Submit().Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "Proposal 1 says the same and is not decided yet.")
	})
}

// TestNoFloodHidesWhatWasAgreed: whoever was not there reads on the first page how much more was agreed without them, and finds all of it, those with least time left first.
func TestNoFloodHidesWhatWasAgreed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 3)
		const many = 27
		said := func(i int) string { return fmt.Sprintf("We buy thing %02d.", i) }
		for i := 1; i <= many; i++ {
			m, err := w.Ballots.DecideNow(t.Context(), w.Who[i%2], db.Once{}, said(i))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Ballots.Answer(t.Context(), w.Who[1-i%2], m.Number, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
				t.Fatal(err)
			}
			w.GoTo(w.Show(m.Number).Closes)
			if i%9 == 0 { // one member asks ten in a day
				w.GoTo(c.Now().Add(25 * time.Hour))
			}
		}
		now, list := "/g/"+w.Group.Slug, "/g/"+w.Group.Slug+"/decisions/without"
		ada, cem := w.as(t, 0), w.as(t, 2)
		p := cem.Get(now).Want(http.StatusOK).WantText("#without ~ *", said(1), said(10), "And 17 more: see all")
		p = p.Follow("And 17 more: see all").Want(http.StatusOK).WantPath(list).WantText("main", said(1), said(11), said(25)).WantNoText("main", said(26))
		p.Follow("And 2 more: see the next").WantText("main", said(26), said(27), "You have until").WantNoText("main", said(25), "more:")
		// What is blocked is not there any more; the page after it goes on where it did.
		if _, err := w.Decisions.Object(t.Context(), w.Who[2], db.Once{}, fmt.Sprint(dbtest.Start.Year(), "-025"), agree.Answer{Response: agree.Block, Words: "No.", Ground: agree.Principle, Names: "It"}); err != nil {
			t.Fatal(err)
		}
		cem.Get(list+"?after=25").WantText("main", said(26), said(27)).WantNoText("main", said(24))
		cem.Get(list+"?after=99").WantText("main", said(1))
		ada.Get(now).WantNoText("main", "Agreed without you")
		ada.Get(list).Want(http.StatusOK).WantText("main", "Nothing waits here").WantNoText("main", said(1))
	})
}

// TestAskingAgainOnTheSpot: where too few answered, whoever wrote the sentence is led back to it, and no second proposal comes of it.
func TestAskingAgainOnTheSpot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 3)
		ada, bo := w.as(t, 0), w.as(t, 1)
		if _, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "We meet on Tuesdays."); err != nil {
			t.Fatal(err)
		}
		w.GoTo(w.Show(1).Closes)
		bo.Get(w.path("/vote")).Want(http.StatusOK).WantNoText("main", "Ask again").WantNoText(".head", "Ask again")
		p := ada.Get(w.path("/vote")).WantText(".head", "You can ask the same again today.").Follow("Ask again").Want(http.StatusOK)
		p.Form("Decide now").Submit().Want(http.StatusOK).WantPath(w.path("/vote")).WantText(".head", "We meet on Tuesdays.", "You have answered: I agree.")
		bo.Get(w.path("/vote")).Form("I agree").Submit()
		w.GoTo(w.Show(1).Closes)
		ada.Get(w.path("/vote")).WantText(".head", "Agreed")
	})
}

// TestAConcernOnTheSpot: it goes on as a proposal, and what the concern is stands beside the result without a name.
func TestAConcernOnTheSpot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 3)
		m, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "We meet on Tuesdays.")
		if err != nil {
			t.Fatal(err)
		}
		for i, say := range []agree.Answer{{Response: agree.Yes}, {Response: agree.Aside, Words: "My shift ends late."}} {
			if _, err := w.Ballots.Answer(t.Context(), w.Who[i+1], m.Number, db.Once{}, say); err != nil {
				t.Fatal(err)
			}
		}
		w.Tick()
		p := w.as(t, 0).Get(w.path("/vote")).Want(http.StatusOK).WantText(".head", "Not agreed").WantText("main", "Somebody has a concern, so this is not decided.", "My shift ends late.", "I have a concern")
		p.WantText(".strip", "It is an ordinary proposal now.").WantNoText("main", "I stand aside", "I block")
		w.as(t, 1).Get(w.path("")).Want(http.StatusOK).WantText("main", "We meet on Tuesdays.")
	})
}

// TestNoOtherGroupDecidesOnTheSpot: neither a larger group nor one that votes sees the way there, and its address says why.
func TestNoOtherGroupDecidesOnTheSpot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, g := range []struct {
			preset string
			people int
			why    string
		}{{"A", ballot.AtOnceMost + 1, "Only groups of up to 7 people decide on the spot."}, {"B", 4, "Your rules decide by vote and not by agreement"}} {
			w := newVoting(t, d, c, g.preset, g.people)
			now := "/g/" + w.Group.Slug
			w.as(t, 0).Get(now).Want(http.StatusOK).WantNoText("main", "Decide now").WantNoText(".head", "Decide now")
			w.as(t, 0).Get(now+"/decide").Want(http.StatusConflict).WantText("main", g.why)
		}
	})
}
