package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
)

// signedIn serves the pages to a browser that is signed in as the member.
func (w *voting) signedIn(i int) string {
	secret := w.session(w.Who[i].Person)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		if r.Header.Get("Origin") != "" {
			r.Header.Set("Origin", "http://localhost:8080")
		}
		r.AddCookie(&http.Cookie{Name: "folkmoot", Value: secret})
		w.s.ServeHTTP(rw, r)
	}))
	w.Cleanup(srv.Close)
	return srv.URL
}

// TestRoomPagesForEverybody: axe finds nothing on the pages of a proposal for a meeting and of votes in one, on a phone and at a desk, light and dark.
func TestRoomPagesForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 8)
	list := groupPath(w.Group) + "/proposals"
	waits := w.TableForMeeting(false)
	agenda := w.Schedule(w.TableForMeeting(false), "meeting/3", c.Now().Add(time.Hour))
	named := w.Schedule(w.TableForMeeting(false), "meeting/3", c.Now().Add(time.Hour))
	if _, err := w.TryRoom(named.Number, ballot.Room{Meeting: "meeting/3", Present: w.Present(5), Named: true}); err != nil {
		t.Fatal(err)
	}
	for i, a := range w.Who[:5] {
		w.Cast(a, named.Number, ballot.Choices()[i%2])
	}
	w.Tick()
	sealed := w.TableForMeeting(true)
	w.Schedule(sealed, "meeting/3", c.Now().Add(time.Hour))
	if _, err := w.TryRoom(sealed.Number, ballot.Room{Meeting: "meeting/3", Present: w.Present(5)}); err != nil {
		t.Fatal(err)
	}
	page := func(m motion.Motion, below string) string { return list + "/" + motion.FormatNumber(m.Number) + below }
	for i, look := range []browsertest.Look{browsertest.Phone, browsertest.Desktop} {
		p, where := browsertest.Start(t, w.signedIn(i)).Person(look), fmt.Sprintf("room-%d-", look.Width)
		for name, path := range map[string]string{
			"form": list + "/new", "edit": page(waits, "/edit"), "waits": page(waits, ""), "agenda": page(agenda, ""), "list": list, "named": page(named, "/vote"),
		} {
			if i == 1 && name == "edit" {
				continue // it is another's
			}
			p.Open(path).WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + name)
		}
		if end := browsertest.Eval[float64](p.Open(page(sealed, "/vote")), `document.querySelector(".paper button").getBoundingClientRect().bottom + scrollY`); i == 0 && end > 760 {
			t.Errorf("the vote can be checked %g pixels from the top of the page", end)
		}
		p.Open(page(sealed, "/vote")).WantNoSideways().AxeLightAndDark().WantTargets().Shot(where + "vote")
		p.Choose("For").Click("Check my vote").WantText("main", "you cannot change it").Axe().Shot(where + "check")
		p.Click("Cast this vote").WantText(".head", "Cast. Results at").WantNoSideways().AxeLightAndDark().Shot(where + "done")
		p.Open(page(sealed, "/vote")).WantText(".head", "that is final").Axe().Shot(where + "final")
	}
	away := browsertest.Start(t, w.signedIn(6)).Person(browsertest.Phone)
	away.Open(page(sealed, "/vote")).WantText(".head", "You were not checked in").WantNoSideways().Axe().Shot("room-away")
}
