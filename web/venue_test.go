package web

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// TestV60_ManyBehindOneAddress: a whole meeting signs in at once from one network address, some of them mistyping, and
// nobody is told that there were too many.
func TestV60_ManyBehindOneAddress(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	ana := begin(t, s, "Elm")
	link := inviteLink(t, ana, "elm", "100")
	const people = 15
	for i := range people {
		enterBy(t, s, link, fmt.Sprintf("Member %03d", i))
	}
	statuses := make([]int, 2*people)
	var wg sync.WaitGroup
	for i := range statuses {
		v := webtest.New(t, s)
		v.SetCookie(anonymousCookie, fmt.Sprintf("%043d", i))
		wg.Go(func() {
			form := url.Values{"csrf": {tokenOf(v)}, "name": {fmt.Sprintf("Member %03d", i%people)}, "passphrase": {passphraseForTests}}
			if i >= people {
				form.Set("passphrase", "mistyped in a hurry")
			}
			statuses[i] = v.Do(browserRequest(http.MethodPost, "/sign-in", form)).Status
		})
	}
	wg.Wait()
	for i, status := range statuses {
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusUnprocessableEntity}[i < people]; status != want {
			t.Errorf("sign-in %d: %d, want %d", i, status, want)
		}
	}
}
