package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
	"folkmoot/internal/webtest"
)

// office is a group with a role, in which people look at pages.
type office struct {
	*voting
	t  *testing.T
	at map[int]*webtest.Visitor
}

// visitor is the browser of a member.
func (o *office) visitor(i int) *webtest.Visitor {
	if o.at[i] == nil {
		o.at[i] = o.as(o.t, i)
	}
	return o.at[i]
}

func newOffice(t *testing.T, d *db.DB, c *dbtest.Clock, people int) *office {
	t.Helper()
	o := &office{newVoting(t, d, c, "B", people), t, map[int]*webtest.Visitor{}}
	o.Write(func(tx *db.Tx) error { return o.s.Roles.Form(tx, o.Group) })
	o.goTo(c.Now())
	return o
}

// goTo moves the clock and does what is due for roles.
func (o *office) goTo(at time.Time) {
	o.Helper()
	o.Clock.Set(at)
	if err := cmp.Or(o.s.Petitions.Tick(o.Context()), o.s.Draws.Tick(o.Context()), o.s.Roles.Tick(o.Context())); err != nil {
		o.Fatal(err)
	}
}

// page is the role's page as a member sees it.
func (o *office) page(i int) *webtest.Page {
	o.Helper()
	return o.visitor(i).Get("/g/" + o.Group.Slug + "/powers/tellers").Want(http.StatusOK)
}

func (o *office) view() draw.View {
	o.Helper()
	v, err := o.s.Draws.Show(o.Context(), o.Who[0], "tellers")
	if err != nil {
		o.Fatal(err)
	}
	return v
}

// TestPowersByLot walks the whole way of a drawn role on the pages: the power map, the question, the list, words, the lot that is checked, a
// place declined, and a count signed by those who hold it and by nobody else.
func TestPowersByLot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		o := newOffice(t, d, c, 8)
		path := "/g/" + o.Group.Slug
		o.visitor(0).Get(path+"/people").Want(http.StatusOK).WantText("main", "Who may do what")
		o.visitor(0).Get(path+"/powers").Want(http.StatusOK).WantText("main", "Tellers", "2 places are free.", "Say whether you would do it")
		for i := 1; i <= 4; i++ {
			o.page(i).WantText("main", "Nobody at present").Form("Answer").Set("answer", "yes").Submit().Want(http.StatusOK).WantText("main", "Your answer is kept.")
		}
		o.page(5).Form("Answer").Set("answer", "not_now").Submit().Want(http.StatusOK)
		p := o.page(6)
		p.WantNoText("main", "4 people", "says not now") // before the list is made, numbers would tell who says what as they do
		if strings.Contains(string(p.Body), "Member-001") {
			t.Error("before the list is published it can be seen who said yes")
		}

		o.goTo(o.view().Draw.Closes)
		o.page(6).WantText("main", "Who can be drawn", "Member-001", "Fingerprint of the secret")
		o.page(2).Form("Throw in").Set("words", "  bread   4 6 1 ").Submit().Want(http.StatusOK).WantText("main", "It is in the draw.", "bread 4 6 1")
		o.page(2).Form("Throw in").Set("words", "\u202e").Submit().Want(http.StatusUnprocessableEntity)
		if o.page(6).Has("form[action$='/words']") {
			t.Error("somebody who cannot be drawn is asked for words")
		}

		o.goTo(o.view().Draw.At)
		v := o.view()
		r, err := sortition.ReadRecord(bytes.NewReader(o.visitor(6).Get(path + "/draws/1").Want(http.StatusOK).Body))
		if err != nil || !sortition.Holds(r.Check()) || len(r.Contributions()) != 1 {
			t.Fatalf("the file does not hold: %v, %+v", err, r.Check())
		}
		first := o.place(v.Terms[0])
		o.page(first).Form("Yes, decline").Submit().Want(http.StatusOK).WantText("main", "You have given it up.", "declined on")
		o.goTo(c.Now())
		v = o.view()
		if len(v.Terms) != 2 || o.place(v.Terms[0]) == first || o.place(v.Terms[1]) == first {
			t.Fatalf("after one declined: %+v", v.Terms)
		}
		o.goTo(later(v.Terms[0].Begins, v.Terms[1].Begins))
		o.sign(path)
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// place returns which of the members holds the term.
func (o *office) place(t role.Term) int {
	for i, a := range o.Who {
		if a.Member.ID == t.Member {
			return i
		}
	}
	o.Fatal("a stranger holds a term")
	return 0
}

// sign has a vote held, and its count signed by the tellers and refused to others.
func (o *office) sign(path string) {
	v := o.view()
	tellers := []int{o.place(v.Terms[0]), o.place(v.Terms[1])}
	voted := o.Vote(o.Open(false), 4, 2, 1)
	at := path + "/decisions/2026-001"
	other := 0
	for other == tellers[0] || other == tellers[1] {
		other++
	}
	p := o.visitor(other).Get(at).Want(http.StatusOK)
	if p.Has("form[action$='/sign']") {
		o.Error("somebody who is no teller is asked to sign")
	}
	o.WantKind("somebody who is no teller", o.s.Ballots.SignCount(o.Context(), o.Who[other], voted.ID), fault.Denied)
	for i, teller := range tellers {
		p := o.visitor(teller).Get(at).Want(http.StatusOK).Form("Yes, sign it").Submit().Want(http.StatusOK).WantText("main", "You have signed the count.")
		p.WantText("main", []string{"One more teller is needed.", "have gone over this count and signed it."}[i])
		if p.Has("form[action$='/sign']") {
			o.Error("who has signed is asked again")
		}
	}
	o.WantKind("the count of another group", o.s.Ballots.SignCount(o.Context(), o.Who[tellers[0]], ballot.ID(99)), fault.NotFound)
}

// TestWhoHoldsSeveral: the map says who has places in several roles at once, also where they only look after one, and that nobody has where that is so. People leads to it.
func TestWhoHoldsSeveral(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 4)
		w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
		home, n := groupPath(w.Group), 0
		gives := func(who int, key, kind string, seat int) {
			n++
			w.Write(func(tx *db.Tx) error {
				return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, kind, seat, caps, starts_at, ends_at, cause)
					SELECT ?, group_id, id, ?, ?, ?, caps, ?, ?, 'draw/1' FROM roles WHERE key = ? AND group_id = ?`,
					fmt.Sprintf("t_many_%d", n), w.Who[who].Member.ID, kind, seat, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 20)), key, w.Group.ID).Error
			})
		}
		see := func() *webtest.Page {
			return w.as(t, 3).Get(home+"/people").Follow("Who may do what").Want(http.StatusOK).WantText(".head", "How power is shared here")
		}
		see().WantCount("#several", 0)
		gives(0, "tellers", "", 1)
		gives(1, "treasurers", "", 1)
		see().WantText("#several ~ *", "Nobody holds more than one.")
		gives(1, "tellers", "", 2)
		gives(1, "convenors", "caretaker", 1)
		see().WantText("#several ~ *", w.Who[1].Member.Name+" has 3: Convenors (looks after a place), Treasurers, Tellers.").WantNoText("#several ~ *", w.Who[0].Member.Name, "Nobody holds more")
	})
}
