package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"folkmoot/internal/dbtest"
)

// TestPagesArePackedButNotThoseOfVotesAndSecrets: the size of a packed page would depend on what was chosen, or on how much of a
// secret stands in its address.
func TestPagesArePackedButNotThoseOfVotesAndSecrets(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "B", 3)
	w.Open(false)
	get := func(path, accepts string) (*httptest.ResponseRecorder, string) {
		rec := ask(w.s, http.MethodGet, path, func(r *http.Request) {
			r.Header.Set("Accept-Encoding", accepts)
			r.AddCookie(&http.Cookie{Name: sessionCookie, Value: w.session(w.Who[0].Person)})
		})
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, rec.Code)
		}
		if rec.Header().Get("Content-Encoding") == "" {
			return rec, rec.Body.String()
		}
		sent := rec.Body.Len()
		r, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if 2*sent > len(text) {
			t.Errorf("%s: %d bytes of %d are sent", path, sent, len(text))
		}
		return rec, string(text)
	}
	if _, plain := get(groupPath(w.Group)+"/rules", ""); len(plain) < packFrom {
		t.Errorf("a page of %d bytes", len(plain))
	}
	if rec, text := get(groupPath(w.Group)+"/rules", "br, gzip"); rec.Header().Get("Content-Encoding") != "gzip" || text[:15] != "<!doctype html>" {
		t.Errorf("the rules are sent as %v", rec.Header())
	}
	for _, path := range []string{w.path("/vote"), groupPath(w.Group) + "/invite", "/me/code", "/me/calendar"} {
		if rec, _ := get(path, "gzip"); rec.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is packed", path)
		}
	}
}

// TestFormTokensLookDifferentEachTime, so that the size of packed pages does not give them away, and each is taken.
func TestFormTokensLookDifferentEachTime(t *testing.T) {
	v, other := &visitor{secret: "one"}, &visitor{secret: "two"}
	a, b := v.formToken(), v.formToken()
	if a == b {
		t.Error("two tokens look alike")
	}
	if !v.isFormToken(a) || !v.isFormToken(b) {
		t.Error("a token is not taken")
	}
	if other.isFormToken(a) || v.isFormToken("") || v.isFormToken(a[1:]) {
		t.Error("a token that was not made for this browser is taken")
	}
}
