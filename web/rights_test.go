package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/verify"
)

// TestRightSweep_6_2_3 is practice.md §6.2, item 3: a member with no role, on the first day, does all that a member may do.
// Nobody else does more than a second supporter and further voters would.
func TestRightSweep_6_2_3(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		ben, one := m.ben, elm+"/proposals/1"
		if powers := ben.Get(elm + "/people").Want(http.StatusOK).Text(".powers"); strings.Contains(powers, "Ben") {
			t.Fatalf("Ben holds a power: %s", powers)
		}

		inviteLink(t, ben, "elm", "5")
		propose(t, ben, "Ask for support now").WantPath(one).WantText(".state", "It needs supporters: 1 of 2")
		say := ben.Get(one+"/talk").Want(http.StatusOK).Form("Say it").Set("kind", "concern").Set("text", "Who has the key?")
		say.Submit().Want(http.StatusOK).WantText(".thread", "Who has the key?")
		ben.Get(one).Follow("Write a statement for it").Form("Put it beside the proposal").Set("text", "It costs nothing.").Submit().Want(http.StatusOK)
		reword := ben.Get(one).Follow("Change the words").Form("Look at what changes").Set("clause-1", "open the hall every second Sunday").Submit().Form("Publish these words")
		reword.Submit().Want(http.StatusOK).WantText(".clauses", "second")
		m.ana.Get(one).Form("Support this").Submit().Want(http.StatusOK).WantText(".state", "It is being discussed")
		ben.Get(one).Form("Ask for a secret vote").Submit().Want(http.StatusOK)
		m.cai.Get(one).Form("Ask for a secret vote").Submit().Want(http.StatusOK).WantText("main", "The vote will be secret")

		tick := func(after time.Duration) {
			t.Helper()
			c.Advance(after)
			if err := m.s.Ballots.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		tick(5 * 24 * time.Hour)
		castOn(ben, one+"/vote", "for").Want(http.StatusOK)
		castOn(ben, one+"/vote", "against").Want(http.StatusOK).WantText("main", "Your vote is in the box")
		castOn(m.ana, one+"/vote", "for").Want(http.StatusOK)
		castOn(m.cai, one+"/vote", "for").Want(http.StatusOK)
		tick(8 * 24 * time.Hour)

		decision := ben.Get(one+"/vote").Want(http.StatusOK).WantText(".outcome", "Carried")
		decision.WantText(".why", "2 voted for and 1 against")
		decision.Follow("Disagree? Add a minority report").Form("Add my report").Set("text", "Nobody has the key.").Submit().WantText("main", "Nobody has the key.")

		file := ben.Get(elm+"/record/export").Want(http.StatusOK).Form("Download").Set("format", "json").Submit().Want(http.StatusOK)
		if r := verify.Check(strings.NewReader(string(file.Body)), verify.Own()); r.Verdict != verify.Holds {
			t.Errorf("what Ben takes along does not hold: %+v", r.Problem)
		}

		ben.Get(elm + "/leave").Want(http.StatusOK).Form("Leave now").Submit().Want(http.StatusOK)
		ben.Get(elm).Want(http.StatusNotFound)
		m.cai.Get(elm+"/people").WantNoText(".rows", "Ben")
	})
}

// TestRightSweepOfOffices_6_2_3 goes on with offices: a member with no role puts somebody up, stands, asks, and votes in an election; and a
// member with no role has the term that came of it ended, from the petition to the vote. What is left of the item, hands, challenges and
// assessments, comes with meetings and reviews.
func TestRightSweepOfOffices_6_2_3(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newElecting(t, d, c, 9)
		home := groupPath(w.Group)
		for i := range w.Who {
			if a := w.Visit(w.Who[i].Person); len(a.Terms) > 0 {
				t.Fatalf("member %d holds %+v", i, a.Terms)
			}
		}
		w.page(5).Form("Put them up").Set("member", "Member-001").Submit().Want(http.StatusOK)
		w.stand(5, 1, 2)
		w.page(5).Form("Ask them all").Set("question", "What will you hand over?").Submit().Want(http.StatusOK)
		w.page(5).Form("Keep my answer").Set("answer-1", "All of it.").Submit().Want(http.StatusOK)
		w.goTo(w.view(0).Until)
		w.goTo(w.view(0).Opens)
		b := w.Show(w.number)
		for i := range 7 {
			w.vote(i, 5, 1)
		}
		w.goTo(b.Closes)
		w.page(6).Form("Object").Set("objection", "Count it again, please.").Submit().Want(http.StatusOK)
		w.goTo(w.view(0).Final)
		w.goTo(w.view(0).Starts)

		role, err := w.Roles.Show(t.Context(), w.Who[0], "convenors")
		if err != nil || len(role.Terms) != 2 {
			t.Fatalf("seated: %+v, %v", role.Terms, err)
		}
		var term string
		for _, x := range role.Terms {
			if x.Member == w.Who[5].Member.ID {
				term = x.Ref
			}
		}
		at := home + "/powers/convenors/end/" + term
		startPetition(w.visitor(6), at, "Nobody was called.")
		signed := w.visitor(7).Get(at).Form("Yes, sign it").Submit().Want(http.StatusOK).WantText("main", "2 members have signed.")
		var n int
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT number FROM motions WHERE kind = 'recall'").Scan(&n).Error
		})
		if n == 0 {
			t.Fatalf("nothing came of the petition: %s", signed.Text("main"))
		}
		m, err := w.Motions.Show(t.Context(), w.Who[6], n)
		if err != nil {
			t.Fatal(err)
		}
		w.goTo(m.Opens)
		vote := home + "/proposals/" + strconv.Itoa(n) + "/vote"
		for _, i := range []int{0, 3, 6, 7, 8} {
			castOn(w.visitor(i), vote, "for").Want(http.StatusOK)
		}
		w.goTo(w.Show(n).Closes)
		w.visitor(8).Get(home+"/powers/convenors").Want(http.StatusOK).WantText("main", "Ended by members’ vote.")
	})
}
