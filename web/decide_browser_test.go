package web

import (
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

// TestDecidingOnTheSpotForEverybody: axe finds nothing on these pages, from 320 pixels to a desk, light and dark; the two buttons are of one size.
func TestDecidingOnTheSpotForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "A", 3)
	now := "/g/" + w.Group.Slug
	small := browsertest.Phone
	small.Width = 320
	look := func(who int, page, shot string) {
		t.Helper()
		for _, l := range []browsertest.Look{small, browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, w.signedIn(who)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shots(fmt.Sprintf("decide-%s-%d", shot, l.Width))
		}
	}
	look(0, now, "first-page")
	look(0, now+"/decide", "form")
	m, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "We meet on Tuesdays at seven in the library, and Bo brings the key.")
	if err != nil {
		t.Fatal(err)
	}
	look(1, now, "asked")
	look(1, w.path("/vote"), "answer")
	phone := browsertest.Start(t, w.signedIn(1)).Person(browsertest.Phone).Open(w.path("/vote"))
	if sizes := browsertest.Eval[[]float64](phone, `[...document.querySelectorAll(".answers button")].flatMap(b => [b.offsetWidth, b.offsetHeight])`); len(sizes) != 4 || sizes[0] != sizes[2] || sizes[1] != sizes[3] {
		t.Errorf("the buttons are %v", sizes)
	}
	phone.Click("I agree").WantText(".head", "You have answered: I agree.").Axe()
	look(1, w.path("/vote"), "answered")
	w.GoTo(w.Show(1).Closes)
	decided := "/g/" + w.Group.Slug + "/decisions/" + fmt.Sprint(dbtest.Start.Year()) + "-001"
	look(0, decided, "decided")
	look(2, now, "absent")
	look(2, decided, "decided-without")
	if m, err = w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, "We buy a kettle."); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Ballots.Answer(t.Context(), w.Who[1], m.Number, db.Once{}, agree.Answer{Response: agree.Aside, Words: "We have one in the cellar."}); err != nil {
		t.Fatal(err)
	}
	w.GoTo(w.Show(m.Number).Closes)
	look(1, "/g/"+w.Group.Slug+"/decisions/"+fmt.Sprint(dbtest.Start.Year())+"-002", "concern")
	w.GoTo(c.Now().Add(25 * time.Hour))
	for i := range 11 {
		if m, err = w.Ballots.DecideNow(t.Context(), w.Who[i%2], db.Once{}, fmt.Sprintf("We buy %d cups for the kitchen.", i+2)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ballots.Answer(t.Context(), w.Who[1-i%2], m.Number, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
			t.Fatal(err)
		}
		w.GoTo(w.Show(m.Number).Closes)
	}
	look(2, now, "many-without")
	look(2, "/g/"+w.Group.Slug+"/decisions/without", "all-without")
}
