package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// TestKeysAreWatched follows a group's money and its server from one holder to two: what is wrong stands in words on the first page and on
// the power map until it is put right, and the receiver alone says that it works.
func TestKeysAreWatched(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		note := func(what, kind, holder, second string) {
			t.Helper()
			m.cai.Get(elm+"/keys/note").Form("Save").Set("what", what).Set("kind", kind).Set("holder", holder).Set("second", second).
				Submit().Want(http.StatusOK).WantPath(elm + "/keys")
		}
		m.ben.Get(elm).WantNoText("main", "only one person") // the founder alone has the server, and it is the first day
		note("The bank account", "bank", "Ana", "")
		m.ben.Get(elm).WantText("main", "Careful: The bank account: only one person has it")
		m.ben.Get(elm+"/powers").WantText("main", "Careful: Only one person has it")
		note("The bank account", "bank", "Ana", "Ben")
		m.ben.Get(elm).WantNoText("main", "only one person")

		for range 2 { // who does not come for long is signed out
			c.Advance(16 * 24 * time.Hour)
			for _, v := range []*webtest.Visitor{m.ana, m.ben, m.cai} {
				v.Get(elm).Want(http.StatusOK)
			}
		}
		m.ben.Get(elm).WantText("main", "The server: only one person has it. Name a second one")
		note("The server", "server", "Ana", "Ben")
		m.ben.Get(elm).WantNoText("main", "only one person").Follow("People").WantText("main", "Write down another key").Follow("Change or hand on: The server").Want(http.StatusOK)
		p := m.ben.Get(elm+"/keys").WantText("main", "receiver has not said that it works")
		if forms := strings.Count(string(m.cai.Get(elm+"/keys").Body), "/test"); forms != 0 {
			t.Errorf("who holds no key can confirm %d", forms)
		}
		p.Form("I have it and it works: The server").Submit().Want(http.StatusOK).WantText("main", "Tried it on")

		form := m.ana.Get(elm + "/keys").Follow("Change or hand on: The bank account").Form("Save")
		form.Set("until", "2031-01-01").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "400 days ahead at most")
		form.Set("until", "").Set("gone", "yes").Submit().Want(http.StatusOK).WantNoText("main", "The bank account")
		m.ana.Get(elm+"/record").WantText("main", "Ben has a key and says that it works")
	})
}
