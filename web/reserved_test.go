package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/webtest"

	"github.com/labstack/echo/v4"
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
		form.WantText("main", "2: nobody else can be elected while enough people stand for them.")
		again := form.Form("Put it forward").Set("places", "2").Set("words", "not both men").Submit().Want(http.StatusOK).WantPath(home+"/powers/convenors/reserved").
			WantText("main", "These are all 2 places. Nobody else can be elected while as many people stand for reserved places as there are places.")
		if f := again.Form("Put it forward"); f.Value("words") != "not both men" || f.Value("all") != "yes" {
			t.Error("what was typed is gone, or would be looked at for ever")
		}
		form.Form("Put it forward").Set("words", "not both men").Set("why", "There are four of us.").Submit().Want(http.StatusOK).
			WantText("main", "At least one of the 2 places", "not both men", "It takes as many votes as a change of the rules.")
		proposal := w.carryBalance()
		w.visitor(0).Get(motionPath(w.Group, proposal)).WantText("main, footer, .strip", "The program does it by itself, from elections on that begin a week after the result.").WantNoText("main", "The group does it.")
		w.visitor(0).Get(home + "/powers/convenors").Follow("Decision 2026-001").Want(http.StatusOK)
		w.visitor(0).Get(home + "/powers/convenors/reserved").Follow("Decision 2026-001").Want(http.StatusOK)
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

// TestWhoeverStandsWithoutIsTold: where as many places are reserved as there are, the page, the box to tick and the name of whoever stands for none
// say that they can hardly win; where some are open, or fewer stand for them once it is settled, nobody is told so.
func TestWhoeverStandsWithoutIsTold(t *testing.T) {
	at := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		seats, reserved int
		state           election.State
		for1            bool // somebody stands for a reserved place
		want            bool
	}{
		{1, 1, election.Nominating, false, true},
		{1, 1, election.Nominating, true, true},
		{1, 1, election.Voting, true, true},
		{1, 1, election.Voting, false, false},
		{2, 2, election.Voting, true, false},
		{2, 2, election.Nominating, true, true},
		{2, 1, election.Nominating, true, false},
	} {
		e := election.View{Election: election.Election{Seats: make([]role.Vacancy, tt.seats), Reserved: tt.reserved, For: "not a man", State: tt.state}}
		e.Candidates = []election.Candidate{{ID: 1, Ref: "c_1", Member: 1, Accepted: at}, {ID: 2, Ref: "c_2", Member: 2, Accepted: at, Reserved: tt.for1}}
		if said := reservedHere(e)[0].ID == "election.reserved.all"; said != tt.want {
			t.Errorf("%+v: the box says it: %v", tt, said)
		}
		for _, cand := range e.Together() {
			if said := !openNote(e, cand).IsZero(); said != (tt.want && !cand.Reserved()) {
				t.Errorf("%+v: beside %s it is said: %v", tt, cand.Ref, said)
			}
		}
		card := candidateOf(e, e.Together()[0])
		if said := slices.ContainsFunc(card.Notes, func(m lang.Msg) bool { return m.ID == "election.reserved.not" }); said != tt.want {
			t.Errorf("%+v: under the name it is said: %v", tt, said)
		}
		r, err := rankOf(ballot.Ballot{Contest: ballot.Contest{Options: []string{"c_1", "c_2"}}}, ranked{election: e})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Options, func(o RankOption) bool { return o.ID == optionID(1) })
		if said := r.Options[i].Line.ID == "election.reserved.not"; said != tt.want {
			t.Errorf("%+v: on the paper it is said: %v", tt, said)
		}
		pick := reservedPick(echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()), e, "reserved", false)
		if said := pick[0].Hint.ID == "election.reserved.hint_all"; said != tt.want {
			t.Errorf("%+v: beside the box to tick it is said: %v", tt, said)
		}
	}
}

// carryBalance has members support and carry the proposal that was put forward last.
func (w *electing) carryBalance() motion.Motion {
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
	return m
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
