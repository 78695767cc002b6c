package web

import (
	"net/http/httptest"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/notify"
)

// TestNoticesInABrowser looks at the pages about mail and the calendar, and presses their buttons, with scripts and without.
func TestNoticesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	s := serve(t, d, c, withMail(t, d, &notify.Server{Host: "127.0.0.1", Port: 1, From: "n@vote.example.org"}))
	ana := begin(t, s, "Elm")
	ana.Get("/me/email").Form("Save").Set("email", "ana@example.org").Set("current", passphraseForTests).Submit()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	browser := browsertest.Start(t, srv.URL)
	quiet := browsertest.Phone
	quiet.NoJavaScript = true
	for _, look := range []browsertest.Look{quiet, browsertest.Desktop} {
		p := browser.Person(look).For(t).Open("/sign-in")
		p = p.Fill("Name or e-mail address", "Ana").Fill("Passphrase", passphraseForTests).Click("Sign in")
		p.Open("/me/notices").WantText("h1", "Notices by e-mail").AxeLightAndDark().WantNoSideways().WantTargets()
		if look == quiet {
			p.Open("/g/elm/keys").Click("Send me a test mail").WantText("main", "It is about to be sent.").AxeLightAndDark().WantNoSideways().Shot("notices phone")
			p.Open("/me/calendar").Click("Make an address").WantText("main", "Here is the address.").AxeLightAndDark().WantNoSideways().WantTargets().Shot("calendar phone")
		} else {
			p.Shot("notices desk")
			p.Open("/me/calendar").AxeLightAndDark().WantNoSideways().WantTargets().Shot("calendar desk")
		}
	}
}
