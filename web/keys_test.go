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
		p := m.ben.Get(elm+"/keys").WantText("main", "received it last has not said that it works")
		if forms := strings.Count(string(m.cai.Get(elm+"/keys").Body), "/test"); forms != 0 {
			t.Errorf("who holds no key can confirm %d", forms)
		}
		p.Form("I have it and it works: The server").Submit().Want(http.StatusOK).WantText("main", "Tried it on")

		form := m.ana.Get(elm + "/keys").Follow("Change or hand on: The bank account").Form("Save")
		if until := form.Value("until"); until < c.Now().Format(time.DateOnly) {
			t.Errorf("the form about a key says until %q", until)
		}
		form.Set("until", "2031-01-01").Submit().Want(http.StatusUnprocessableEntity).WantText("main", "400 days ahead at most")
		form.Set("until", "").Set("gone", "yes").Submit().Want(http.StatusOK).WantNoText("main", "The bank account")
		m.ana.Get(elm+"/record").WantText("main", "Ben has a key and says that it works")
	})
}

// TestThatIsMeOnThePages: a key is written to somebody who has yet to join; from then on they, and nobody else, are offered to say that it
// is them, on each page that has the list.
func TestThatIsMeOnThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		m.ana.Get(elm+"/keys/note").Form("Save").Set("what", "The bank account").Set("kind", "bank").Set("holder", "Ana").Set("second", "Mina").Submit().
			WantPath(elm+"/keys").WantText("main", "Mina Since", "Named here, and no member at present.").WantNoText("main", "That is me")
		mina := enterBy(t, m.s, inviteLink(t, m.ana, "elm", "5"), "Mina")
		m.ben.Get(elm+"/keys").WantText("main", "A member with this name can say: that is me.").WantNoText("main", "That is me, I have it")
		stale := mina.Get(elm + "/keys").Form("That is me, I have it: The bank account")
		for _, path := range []string{"/people", "/powers"} {
			mina.Get(elm+path).WantText("main", "That is me, I have it: The bank account", "Change or hand on: The bank account")
		}
		mina.Get(elm+"/people").Form("That is me, I have it: The bank account").Submit().WantPath(elm+"/keys").WantText(".notice", "It is written down that you hold the key").
			WantText("main", "Has not yet said that it works", "I have it and it works: The bank account").WantNoText("main", "That is me")
		stale.Submit().WantPath(elm + "/keys") // twice is once
		m.ben.Get(elm+"/record").WantText("main", "Mina wrote down who holds a key: The bank account.")
	})
}
