package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/vacancy"
	"folkmoot/internal/webtest"
)

// gallery is people who look at pages, on a phone and on a desk.
type gallery struct {
	*office
	browsers map[int]*browsertest.Browser
}

// look has a member look at pages by their names: axe finds nothing in either colours, nothing runs over, and pictures are kept.
func (g *gallery) look(who int, pages map[string]string) {
	g.Helper()
	if g.browsers[who] == nil {
		secret := g.session(g.Who[who].Person)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = "localhost:8080"
			r.AddCookie(&http.Cookie{Name: "folkmoot", Value: secret})
			g.s.ServeHTTP(w, r)
		}))
		g.t.Cleanup(srv.Close)
		g.browsers[who] = browsertest.Start(g.t, srv.URL)
	}
	phone, desk := g.browsers[who].Person(browsertest.Phone).For(g.t), g.browsers[who].Person(browsertest.Desktop).For(g.t)
	for name, path := range pages {
		phone.Open(path).WantNoSideways().WantTargets().AxeLightAndDark().Shot("roles " + name + " phone")
		desk.Open(path).WantNoSideways().Axe().Shot("roles " + name + " desk")
	}
}

// TestPagesOfRolesInABrowser looks at what members see while nobody holds a role: who looks after it, what shall become of it, the paper and
// what came out.
func TestPagesOfRolesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	g := &gallery{newOffice(t, dbtest.SQLite(t, c), c, 9), map[int]*browsertest.Browser{}}
	home := groupPath(g.Group)
	role := home + "/powers/tellers"
	g.look(6, map[string]string{"asked": role})
	g.emptied()
	g.look(6, map[string]string{"vacant": role, "vacant home": home, "vacant powers": home + "/powers"})
	g.look(3, map[string]string{"caretaker": role, "caretaker home": home})
	m := g.asked()
	g.look(6, map[string]string{"question role": role, "question": motionPath(g.Group, m)})
	g.Pass(m.Opens)
	b := g.ShowTo(g.Who[0], m.Number)
	paper := motionPath(g.Group, m) + "/vote"
	g.look(6, map[string]string{"question paper": paper, "question home voting": home})
	for i := range 8 {
		g.visitor(i).Get(paper).Form("Check my vote").Set("rank."+optionID(1+slices.Index(b.Options, string(vacancy.Abolish))), "1").Submit().
			Form("Cast this vote").Submit().Want(http.StatusOK)
	}
	g.Pass(b.Closes)
	g.look(6, map[string]string{"question result": home + "/decisions/2026-001", "question list": home + "/decisions", "ended role": role})
}

// TestPagesOfTrustInABrowser looks at a role that is filled by trust and lot, from the nominations to those who can be drawn.
func TestPagesOfTrustInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	o := &office{newVoting(t, dbtest.SQLite(t, c), c, "C", 12), t, map[int]*webtest.Visitor{}}
	o.Write(func(tx *db.Tx) error { return o.s.Roles.Form(tx, o.Group) })
	g := &gallery{o, map[int]*browsertest.Browser{}}
	home := groupPath(g.Group)
	n := o.trusting()
	at := fmt.Sprint(home, "/proposals/", n)
	g.look(6, map[string]string{"trust": at, "trust paper": at + "/vote"})
	b := o.Show(n)
	for i := range 8 {
		o.visitor(i).Get(at+"/vote").Form("Check my vote").Set("trust.o1", trustYes).Submit().Form("Cast this vote").Submit().Want(http.StatusOK)
	}
	o.Pass(b.Closes)
	o.goTo(o.Clock.Now())
	g.look(6, map[string]string{"trust result": at, "trust decision": home + "/decisions/2026-001", "trust list": home + "/decisions", "trust role": home + "/powers/treasurers"})
}

// TestPagesOfRecallInABrowser looks at a petition before and after there are enough names, as a member and as whoever it is about.
func TestPagesOfRecallInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	g := &gallery{newOffice(t, dbtest.SQLite(t, c), c, 8), map[int]*browsertest.Browser{}}
	term := g.seated()
	home, holder := groupPath(g.Group), g.place(term)
	at := home + "/powers/tellers/end/" + term.Ref
	g.look(holder, map[string]string{"holder": home + "/powers/tellers", "holder home": home})
	g.look(0, map[string]string{"petition new": at, "held": home + "/powers/tellers"})
	startPetition(g.visitor(0), at, "Counts were left unsigned.")
	g.look(5, map[string]string{"petition": at, "petition home": home, "petition role": home + "/powers/tellers"})
	g.look(holder, map[string]string{"petition answer": at})
}
