package web

import (
	"net/http"
	"strings"
	"testing"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/motion"
	"folkmoot/internal/webtest"
)

// TestReservedThroughThePages: somebody proposes that places are reserved, members carry it, candidates say for themselves, and the count, its
// file and the command that repeats it say so.
func TestReservedThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 14)
		home := groupPath(w.Group)
		first := w.number
		w.visitor(0).Get(home+"/powers/tellers").WantNoText("main", "Propose how many places are reserved")
		w.visitor(0).Get(home + "/powers/tellers/reserved").Want(http.StatusConflict)
		form := w.visitor(0).Get(home+"/powers/convenors").WantText("main", "No places are reserved.").Follow("Propose how many places are reserved").Want(http.StatusOK)
		form.Form("Put it forward").Set("places", "many").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Write a number from 0 to 2.", "Say for whom")
		form.Form("Put it forward").Set("words", "friends of Member-003").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "A rule names nobody")
		form.Form("Put it forward").Set("words", "not both men").Set("why", "There are four of us.").Submit().Want(http.StatusOK).
			WantText("main", "At least one of the 2 places", "not both men", "It takes as many votes as a change of the rules.")
		w.carryBalance()
		if !strings.Contains(w.visitor(0).Get(home+"/powers/convenors").Text("main"), "For elections that begin after") {
			t.Error("the role's page does not say from when on it holds")
		}
		w.goTo(c.Now().AddDate(0, 0, 7))
		for _, path := range []string{"/powers", "/powers/convenors"} {
			w.visitor(0).Get(home+path).WantText("main", "At least one of 2 places is for somebody who stands for a reserved place: not both men.")
		}
		for range 200 { // the election that was under way keeps to the rules it began with; the next one has the rule
			w.goTo(c.Now().AddDate(0, 0, 1))
			running, err := w.Elections.Running(t.Context(), w.Who[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range running {
				if w.number = e.Number; e.Number > first && w.view(0).Role.Key == "convenors" && len(w.view(0).Seats) == 2 {
					w.reservedElection()
					return
				}
			}
			w.number = first
		}
		t.Error("no election for both places follows")
	})
}

// carryBalance has members support and carry the proposal that was put forward last.
func (w *electing) carryBalance() {
	w.Helper()
	var m motion.Motion
	w.Read(func(tx *db.Tx) error {
		var number int
		if err := tx.Raw("SELECT number FROM motions WHERE kind = 'balance'").Scan(&number).Error; err != nil {
			return err
		}
		var err error
		m, err = motion.Find(tx, w.Group.ID, number)
		return err
	})
	var err error
	for i := 1; m.State == motion.Seeking; i++ {
		if m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, m.Version); err != nil {
			w.Fatal(err)
		}
	}
	w.goTo(m.Opens)
	for i := range 12 {
		w.Cast(w.Who[i], m.Number, ballot.For)
	}
	w.goTo(w.Show(m.Number).Closes)
}

// reservedElection walks an election with a reserved place.
func (w *electing) reservedElection() {
	w.Helper()
	w.at = map[int]*webtest.Visitor{}
	w.page(0).WantText("main", "At least one of the places in this election is reserved: not both men.", "Nobody stands for a reserved place so far.")
	w.stand(1, 2)
	w.page(3).Form("Stand in this election").Set("statement", "I would do it, says three").Set("interests", "None").Check("reserved").Submit().
		Want(http.StatusOK).WantText("main", "Stands for a reserved place: not both men.")
	if v := w.page(3).Form("Change what I say").Value("reserved"); v != "yes" {
		w.Errorf("the form has forgotten what was said: %q", v)
	}
	w.goTo(w.view(0).Until)
	w.goTo(w.view(0).Opens)
	w.visitor(0).Get(w.below("/vote")).WantText("main", "Stands for a reserved place: not both men.")
	for i := range 12 {
		w.vote(i, []int{1, 2}[i%2], []int{2, 1}[i%2], 3)
	}
	w.goTo(w.Show(w.number).Closes)
	p := w.page(0).WantText("main", "These 2 are elected", "Member-003", "One place was reserved. Elected of those who stood for it: Member-003.", "--reserve 1 --reserved-for")
	p.WantText("main", "without them the reserved places could not be filled")
	if v := w.view(0); v.State != election.Objecting {
		w.Errorf("%+v", v.Election)
	}
}
