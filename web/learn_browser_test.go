package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
)

// signedIn serves the pages to a browser that is signed in as the member.
func (l *school) signedIn(i int) string {
	secret := l.session(l.Who[i].Person)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		r.AddCookie(&http.Cookie{Name: "folkmoot", Value: secret})
		l.s.ServeHTTP(w, r)
	}))
	l.t.Cleanup(srv.Close)
	return srv.URL
}

// TestLearnPagesForEverybody: axe finds nothing on the pages of learning and handing over, on a phone and without scripts, as the outgoing, the
// new holder, the understudy to be and a member see them.
func TestLearnPagesForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	l := newSchool(t, dbtest.SQLite(t, c), c, "convenors", 180)
	group := "/g/" + l.Group.Slug
	path := group + "/powers/convenors"
	l.visitor(2).Get(path + "/learn").Form("Ask to learn beside Member-001").Submit().Want(http.StatusOK)
	l.visitor(1).Get(path + "/learn").Form("Agree").Submit().Want(http.StatusOK)
	l.visitor(2).Get(path + "/learn").Form("We sat together today").Submit().Want(http.StatusOK)
	l.at(l.term.Ends.AddDate(0, 0, -42))
	l.at(l.term.Ends.AddDate(0, 0, -21))
	look := func(who int, paths ...string) {
		t.Helper()
		phone := browsertest.Phone
		phone.NoJavaScript = who%2 == 0
		p := browsertest.Start(t, l.signedIn(who)).Person(phone)
		for _, path := range paths {
			if p.Open(path).WantNoSideways(); !phone.NoJavaScript {
				p.AxeLightAndDark().WantTargets()
			}
		}
	}
	look(1, path, path+"/learn", path+"/handover/"+l.term.Ref, path+"/handover-list", group)
	look(2, path, path+"/learn", group)
	look(3, path, path+"/learn", group+"/powers", group)
	l.at(l.term.Ends)
	l.give("convenors", 5, 180)
	look(5, path, path+"/handover/"+l.term.Ref, group)
}
