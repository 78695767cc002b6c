package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"

	"github.com/labstack/echo/v4"
)

// ask sends a request as an ordinary browser would, and returns the answer.
func ask(s *Server, method, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Host = "localhost:8080"
	r.Header.Set("Accept", "text/html")
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// failing returns a server with a route that fails as it is told to.
func failing(t *testing.T, err error, logs *bytes.Buffer) *Server {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(logs, nil)) })
	r := route{http.MethodGet, "/fails", anyone, func(*Server, echo.Context) error {
		if err == nil {
			panic("a mistake with secret-canary")
		}
		return err
	}}
	s.echo.GET(r.path, s.guarded(r))
	return s
}

func TestEveryFaultHasItsStatus(t *testing.T) {
	full := fault.New(fault.Unavailable, "fault.unavailable").Because(errors.New("disk is full"))
	for _, tt := range []struct {
		err    error
		status int
		logged bool
		retry  string
	}{
		{fault.New(fault.Internal, "fault.internal"), 500, true, ""},
		{fault.New(fault.Invalid, "fault.form"), 422, false, ""},
		{fault.New(fault.Denied, "fault.denied"), 403, false, ""},
		{fault.New(fault.NotFound, "fault.not_found"), 404, false, ""},
		{fault.New(fault.Conflict, "fault.exists"), 409, false, ""},
		{fault.New(fault.TooMany, "fault.too_busy"), 429, false, "30"},
		{fault.New(fault.Unavailable, "fault.too_busy"), 503, false, "5"},
		{full, 503, true, "5"},
		{context.DeadlineExceeded, 503, true, "5"},
		{errors.New("table is on fire"), 500, true, ""},
		{nil, 500, true, ""}, // panics
	} {
		var logs bytes.Buffer
		s := failing(t, tt.err, &logs)
		w := ask(s, http.MethodGet, "/fails")
		if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retry {
			t.Errorf("%v: status %d, Retry-After %q, want %d, %q", tt.err, w.Code, w.Header().Get("Retry-After"), tt.status, tt.retry)
		}
		if body := w.Body.String(); !strings.Contains(body, "</html>") || strings.Contains(body, "fire") || strings.Contains(body, "canary") || strings.Contains(body, "goroutine") {
			t.Errorf("%v: the page is no page, or says what only the log may:\n%s", tt.err, body)
		}
		if n := strings.Count(logs.String(), "request failed"); (n == 1) != tt.logged || n > 1 {
			t.Errorf("%v: logged %d times, want once: %v", tt.err, n, tt.logged)
		}
		if j := ask(s, http.MethodGet, "/fails", func(r *http.Request) { r.Header.Set("Accept", "application/json") }); j.Code != tt.status ||
			j.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(j.Body.String(), `"status":`) {
			t.Errorf("%v as JSON: %d %s %s", tt.err, j.Code, j.Header().Get("Content-Type"), j.Body)
		}
	}
}

func TestSignInFaultLeadsToTheDoor(t *testing.T) {
	var logs bytes.Buffer
	s := failing(t, fault.New(fault.SignIn, "fault.sign_in"), &logs)
	w := ask(s, http.MethodGet, "/fails?x=1")
	if want := "/sign-in?next=%2Ffails%3Fx%3D1"; w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Errorf("%d %s, want 303 to %s", w.Code, w.Header().Get("Location"), want)
	}
}

func TestHealth(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := ask(s, http.MethodGet, path); w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s.ready = func(context.Context) error { return errors.New("disk is full") }
	if w := ask(s, http.MethodGet, "/readyz"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("not ready: %d %s", w.Code, w.Body)
	}
	if w := ask(s, http.MethodGet, "/healthz"); w.Code != http.StatusOK {
		t.Errorf("the process runs even so: %d", w.Code)
	}
}

// TestLogKeepsSilent: no address, no person, no network address; of a ballot nothing at all.
func TestLogKeepsSilent(t *testing.T) {
	var logs bytes.Buffer
	c := dbtest.NewClock(dbtest.Start.Add(1234567891))
	s := serve(t, dbtest.SQLite(t, c), c, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&logs, nil)) })
	r := route{http.MethodGet, "/open/:secret/vote", anyone, func(_ *Server, c echo.Context) error { return c.String(200, "") }}
	s.echo.GET(r.path, s.guarded(r))
	agent := func(r *http.Request) {
		r.Header.Set("User-Agent", "canary-agent")
		r.RemoteAddr = "203.0.113.77:1234"
		r.Header.Set("X-Forwarded-For", "198.51.100.9")
	}
	ask(s, http.MethodGet, "/open/canary-secret/vote", agent)
	if got := logs.String(); got != "" {
		t.Errorf("a ballot's page leaves a line:\n%s", got)
	}
	ask(s, http.MethodGet, "/canary-path?canary-query", agent)
	ask(s, "CANARY", "/healthz", agent)
	for _, never := range []string{"canary", "CANARY", "203.0.113", "198.51.100"} {
		if strings.Contains(logs.String(), never) {
			t.Errorf("the log holds %q:\n%s", never, logs.String())
		}
	}
}

func TestMethodAndUnknownRoute(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	for path, want := range map[string]int{"/nothing": 404, "/g/none": 404, "/healthz": 200} {
		if w := ask(s, http.MethodGet, path); w.Code != want {
			t.Errorf("GET %s: %d, want %d", path, w.Code, want)
		}
	}
	for _, m := range []string{"TRACE", "PUT", "DELETE", "CANARY"} {
		if w := ask(s, m, "/healthz"); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d, want 405", m, w.Code)
		}
	}
}

// TestV74_PanicInTheWriter: a panic while writing is the request's trouble only.
func TestV74_PanicInTheWriter(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		r := route{http.MethodGet, "/panics", anyone, func(_ *Server, c echo.Context) error {
			return d.Write(c.Request().Context(), func(*db.Tx) error { panic("while writing") })
		}}
		s.echo.GET(r.path, s.guarded(r))
		if w := ask(s, http.MethodGet, r.path); w.Code != http.StatusInternalServerError {
			t.Errorf("status %d, want 500", w.Code)
		}
		if w := ask(s, http.MethodGet, "/readyz"); w.Code != http.StatusOK {
			t.Errorf("the server does not serve on: %d", w.Code)
		}
	})
}

// TestWhatWasTypedIsNotLost: the session ends while somebody writes, or the rules move on meanwhile. What another site
// sends is not repeated.
func TestWhatWasTypedIsNotLost(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := begin(t, s, "Elm")
	f := v.Get("/g/elm/proposals/new").Form("/g/elm/proposals/new").
		Set("title", "Mend the roof").Set("clause-1", "We will mend the roof <soon>.").Set("why", "It rains in.").Forge("passphrase", "not to be shown").Forge("do", "save")
	v.Get("/me").Form("Sign out").Submit()
	p := f.Submit().Want(http.StatusForbidden)
	if got, want := strings.TrimSpace(p.All("#typed").Text()), "Mend the roof\n\nWe will mend the roof <soon>.\n\nIt rains in."; got != want {
		t.Errorf("the page has %q, want %q", got, want)
	}
	if strings.Contains(string(p.Body), "not to be shown") {
		t.Error("the page repeats a passphrase")
	}
	if !p.Has(`a[href="/sign-in?next=%2Fg%2Felm%2Fproposals%2Fnew"]`) {
		t.Error("the page does not lead back in")
	}
	r := httptest.NewRequest(http.MethodPost, base+"/g/elm/proposals/new", strings.NewReader(f.Values().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	if p := v.Do(r).Want(http.StatusForbidden); p.Has("#typed") {
		t.Error("the page repeats what another site sent")
	}
}
