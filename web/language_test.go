package web

import (
	"net/http"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// TestChosenLanguageStays: who chooses Spanish as a guest keeps it while joining and afterwards, and when signing in to an
// account that was used in English. What no page is in is taken from nobody.
func TestChosenLanguageStays(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ana.Get("/").Form("/language").Forge("lang", "en").Submit().Want(http.StatusOK)
		link := inviteLink(t, ana, "elm", "5")

		spanish := func(p *webtest.Page) {
			t.Helper()
			if got := p.Want(http.StatusOK).All("html").AttrOr("lang", ""); got != "es" {
				t.Errorf("%s is in %q", p.URL.Path, got)
			}
		}
		v := webtest.New(t, s)
		v.Get(link).Form("/language").Forge("lang", "es").Submit().WantPath(link)
		p := v.Get(link)
		spanish(p)
		p = p.Form(link).Set("name", "Eva").Set("passphrase", passphraseForTests).Submit()
		spanish(p)
		spanish(p.Form("/me/code/kept").Submit())
		v.SetCookie(languageCookie, "")
		spanish(v.Get("/g/elm/people")) // the account has it now

		v = webtest.New(t, s)
		v.Get("/sign-in").Form("/language").Forge("lang", "es").Submit()
		p = v.Get("/sign-in")
		spanish(p)
		spanish(p.Form("/sign-in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit())

		v = webtest.New(t, s)
		v.SetCookie(languageCookie, "xx-nonsense")
		v.Get(link).Form(link).Set("name", "Udo").Set("passphrase", passphraseForTests).Submit().Want(http.StatusOK)
		if holds(t, d, "xx-nonsense") {
			t.Error("a language that nobody speaks is kept")
		}
		v.Get("/start").Form("/start").Set("preset", "B").Set("name", "Oak").Set("by", "Udo").Forge("lang", "xx").Submit().Want(http.StatusBadRequest)
		webtest.New(t, s).Get(linkOf(t, s)).Form("Go on").Set("preset", "B").Forge("lang", "xx").Submit().Want(http.StatusBadRequest)
	})
}
