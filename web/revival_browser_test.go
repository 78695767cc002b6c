package web

import (
	"net/http/httptest"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
)

// TestSleepingAndArchivedPagesInABrowser looks at what a sleeping and an archived group say, at the form that would end it, and presses the
// buttons, with scripts and without.
func TestSleepingAndArchivedPagesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	m := sleeping(t, d, c)
	srv := httptest.NewServer(m.s)
	t.Cleanup(srv.Close)
	browser := browsertest.Start(t, srv.URL)
	quiet := browsertest.Phone
	quiet.NoJavaScript = true
	enter := func(look browsertest.Look) *browsertest.Tab {
		p := browser.Person(look).For(t).Open("/sign-in")
		return p.Fill("Name or e-mail address", "Ana").Fill("Passphrase", passphraseForTests).Click("Sign in")
	}
	phone, desk := enter(quiet), enter(browsertest.Desktop)
	for _, p := range []*browsertest.Tab{phone, desk} {
		p.Open("/").WantText(".rows", "This group is asleep").Axe()
		p.Open(elm).WantText("main", "This group is asleep", "it can wake").AxeLightAndDark().WantNoSideways().WantTargets()
		p.Open(elm+"/wind-up").WantText("h1", "End this group").AxeLightAndDark().WantNoSideways().WantTargets()
	}
	desk.Open(elm).Shot("asleep desk")
	phone.Open(elm).Shot("asleep phone").Click("I am here").WantText("main", "You are counted", "1 person has answered").Axe()
	m.pass(t, 92)
	phone, desk = enter(quiet), enter(browsertest.Desktop)
	for _, p := range []*browsertest.Tab{phone, desk} {
		p.Open("/").WantText(".rows", "Archived since").Axe()
		p.Open(elm).WantText("main", "This group is archived").AxeLightAndDark().WantNoSideways().WantTargets()
	}
	desk.Shot("archived desk")
	phone.Shot("archived phone").Click("Open it again").WantText("main", "1 of 3 people wants to open it again").AxeLightAndDark()
	desk.Open(elm+"/proposals").WantText(".notice", "has been archived since").Axe()
}
