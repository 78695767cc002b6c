package web

import (
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/tally"
)

// TestACallOnItsPages: whoever is here reads the text and answers with a plain form, a block says what it rests on, nobody sees a result before the end, and then
// everybody sees the line and what was said.
func TestACallOnItsPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 8)
		m := w.TableForMeeting(false)
		w.Schedule(m, "meeting/3", c.Now().Add(time.Hour))
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: "meeting/3", Present: w.Present(6), Agree: true}); err != nil {
			t.Fatal(err)
		}
		ada, bo, away := w.as(t, 0), w.as(t, 1), w.as(t, 7)
		away.Get(w.path("/vote")).Want(http.StatusOK).WantText(".head", "You were not checked in at the meeting when this call was made.").WantCount("form[action$=answer]", 0)
		form := ada.Get(w.path("/vote")).Want(http.StatusOK).WantText(".head", "You can answer now").WantText("main", "We do it by May.", "Do you agree to this text?", "Call for agreement in meeting 3").Form("Send my answer")
		p := form.Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Choose one of the four answers.")
		p = p.Form("Send my answer").Set("answer", "block").Submit().Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "Choose what it goes against", "Name the aim", "Say why")
		p = p.Form("Send my answer").Set("answer", "reservation").Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Say what your reservation is.")
		f := p.Form("Send my answer").Set("answer", "block").Set("ground", "principle").Set("names", "We lend").Set("words", "It is for sale.")
		f.Submit()
		ada.Get(w.path("/vote")).WantText(".head", "You have answered: I block.").WantText("aside", "1 person of 6")
		bo.Get(w.path("/vote")).WantText(".head", "You can answer now").WantNoText("main", "It is for sale.").WantText("aside", "1 person of 6")
		bo.Get(w.path("")).WantText("main", "1 person of 6").WantNoText("main", "It is for sale.")
		for i, say := range []agree.Answer{{Response: agree.Reservation, Words: "It is dear."}, {Response: agree.Yes}, {Response: agree.Yes}, {Response: agree.Yes}} {
			if _, err := w.Ballots.Answer(t.Context(), w.Who[i+1], m.Number, db.Once{}, say); err != nil {
				t.Fatal(err)
			}
		}
		w.GoTo(w.Show(1).Closes)
		if v := w.Show(1); v.Outcome != tally.Blocked {
			t.Fatalf("%+v", v.Ballot)
		}
		p = bo.Get(w.path("/vote")).WantText(".head", "Blocked on", "Vote 2026-001, no decision").WantText("main", "It is for sale.", "We lend", "Member-000", "It is dear.", "without a name", "I agree, with a reservation")
		p.WantText("main", "5 of 6 people answered, and it was blocked.").WantNoText("main", "Add a minority report")
		bo.Get(w.path("")).WantText("main", "Blocked")
		ada.Get(w.path("")).WantText("main", "Change the words")
		late := f.Submit()
		late.Want(http.StatusConflict).WantText("main", "is closed")
	})
}
