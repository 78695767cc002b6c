package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"
)

// pressed sends a form as a browser does whose cookies are these, and returns the answer without following it.
func pressed(s *Server, path string, form url.Values, cookies []*http.Cookie) *http.Response {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = strings.TrimPrefix(base, "http://")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", base)
	r.Header.Set("Accept-Language", "en")
	for _, ck := range cookies {
		r.AddCookie(ck)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func cookieOf(res *http.Response, name string) string {
	for _, ck := range res.Cookies() {
		if ck.Name == name {
			return ck.Value
		}
	}
	return ""
}

func cookiesOf(v *webtest.Visitor, names ...string) (out []*http.Cookie) {
	for _, n := range names {
		if value := v.Cookie(n); value != "" {
			out = append(out, &http.Cookie{Name: n, Value: value})
		}
	}
	return out
}

// formOf returns what a page's form would send.
func formOf(p *webtest.Page, action string, set ...string) url.Values {
	out := url.Values{}
	form := p.All(`form[action="` + action + `"]`)
	for _, name := range []string{"csrf", "once", "next"} {
		if v, ok := form.Find(`[name="` + name + `"]`).Attr("value"); ok {
			out.Set(name, v)
		}
	}
	for i := 0; i < len(set); i += 2 {
		out.Set(set[i], set[i+1])
	}
	return out
}

// TestJoiningTwiceKeepsTheCode: the form of a newcomer pressed twice, before the first answer is there or after it, makes
// one account, and whichever answer the browser keeps leads to the code that works.
func TestJoiningTwiceKeepsTheCode(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		link := inviteLink(t, begin(t, s, "Elm"), "elm", "5")
		v := webtest.New(t, s)
		form := formOf(v.Get(link), link, "name", "Ben", "passphrase", passphraseForTests)
		shown := cookiesOf(v, anonymousCookie)
		answers := make([]*http.Response, 3)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = pressed(s, link, form, shown) })
		}
		all.Wait()
		code, session := cookieOf(answers[0], codeCookie), cookieOf(answers[0], sessionCookie)
		for _, res := range answers {
			if res.StatusCode != http.StatusSeeOther || code == "" || cookieOf(res, codeCookie) != code || cookieOf(res, sessionCookie) != session {
				t.Fatalf("answered %d, with code %q and session %q, want %q and %q", res.StatusCode, cookieOf(res, codeCookie), cookieOf(res, sessionCookie), code, session)
			}
		}
		in := []*http.Cookie{{Name: sessionCookie, Value: session}, {Name: codeCookie, Value: code}}
		late := pressed(s, link, form, in) // the browser is in already and its page still stands
		if late.StatusCode != http.StatusSeeOther || late.Header.Get("Location") != answers[0].Header.Get("Location") || len(late.Cookies()) != 0 {
			t.Errorf("pressed once more: %d to %s, with %d cookies", late.StatusCode, late.Header.Get("Location"), len(late.Cookies()))
		}
		v.SetCookie(sessionCookie, session)
		v.SetCookie(codeCookie, code)
		v.Get(late.Header.Get("Location")).Want(http.StatusOK).WantText(".big-code", code)
		webtest.New(t, s).Get("/recover").Form("Set the new passphrase").Set("name", "ben").Set("code", code).Set("passphrase", "quartz lemon ferry dozen").
			Submit().Want(http.StatusOK).WantText("h1", "Your recovery code")
	})
}

// TestOnlyTheSameBrowserIsAnsweredAgain: who sends the very same form without the cookie it was made for gets no session
// and no code.
func TestOnlyTheSameBrowserIsAnsweredAgain(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	link := inviteLink(t, begin(t, s, "Elm"), "elm", "5")
	v := webtest.New(t, s)
	form := formOf(v.Get(link), link, "name", "Ben", "passphrase", passphraseForTests)
	if res := pressed(s, link, form, cookiesOf(v, anonymousCookie)); res.StatusCode != http.StatusSeeOther || len(res.Cookies()) == 0 {
		t.Fatalf("joining answers %d", res.StatusCode)
	}
	if res := pressed(s, link, form, nil); len(res.Cookies()) != 0 {
		t.Errorf("another browser is given %v", res.Cookies())
	}
	c.Advance(replyFor)
	if res := pressed(s, link, form, nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("long after, another browser is answered %d", res.StatusCode)
	}
}

// TestLeavingTwice: leaving and signing out, pressed twice, end where they end when pressed once.
func TestLeavingTwice(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		link := inviteLink(t, ana, "elm", "5")
		ben := enterBy(t, s, link, "Ben")
		for _, tt := range []struct {
			v            *webtest.Visitor
			page, action string
		}{{ben, "/g/elm/leave", "/g/elm/leave"}, {ana, "/me", "/sign-out"}} {
			form := formOf(tt.v.Get(tt.page), tt.action)
			shown := cookiesOf(tt.v, sessionCookie)
			for _, cookies := range [][]*http.Cookie{shown, shown, nil} {
				res := pressed(s, tt.action, form, cookies)
				if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" {
					t.Errorf("%s with %d cookies: %d to %q", tt.action, len(cookies), res.StatusCode, res.Header.Get("Location"))
				}
			}
		}
		ana = webtest.New(t, s)
		ana.Get("/sign-in").Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit().Want(http.StatusOK)
		ana.Get("/g/elm/people").WantText("main", "Ana").WantNoText("main", "Ben")
	})
}

// TestRefusedFormIsTakenAfterwards: a form that was refused is no answer to the next one.
func TestRefusedFormIsTakenAfterwards(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	begin(t, s, "Elm")
	v := webtest.New(t, s)
	form := formOf(v.Get("/sign-in"), "/sign-in", "name", "ana", "passphrase", "not the right one")
	shown := cookiesOf(v, anonymousCookie)
	for range 2 {
		if res := pressed(s, "/sign-in", form, shown); res.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong passphrase is answered %d", res.StatusCode)
		}
	}
	form.Set("passphrase", passphraseForTests)
	if res := pressed(s, "/sign-in", form, shown); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the right one then is answered %d", res.StatusCode)
	}
}
