// Package webtest walks through pages as a person with a browser and no JavaScript would: it keeps cookies,
// follows redirects, fills in forms with the fields they really have, and reads what the page says.
// It speaks to an http.Handler inside the process, so a test of a whole page takes milliseconds.
//
// Every step fails the test where a person would be stuck: no such link, no such field, a choice that is not offered,
// a link to another server. So does every page that shows the name of a sentence instead of its words.
package webtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Base is the address that visitors believe the server has.
const Base = "http://localhost:8080"

// Visitor is one person's browser. It is not safe for concurrent use; give each person their own.
type Visitor struct {
	t       *testing.T
	handler http.Handler
	base    *url.URL
	jar     *cookiejar.Jar

	// Language is sent as Accept-Language. It is "en" at first.
	Language string
	// OnPage, if set, is called with every page that comes back, for checks that hold everywhere.
	OnPage func(*testing.T, *Page)
}

// New returns a visitor without cookies to the pages that h serves.
func New(t *testing.T, h http.Handler) *Visitor {
	t.Helper()
	base, err := url.Parse(Base)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Visitor{t: t, handler: h, base: base, jar: jar, Language: "en"}
}

// For returns the same visitor, with the same cookies, whose failures belong to a subtest.
func (v *Visitor) For(t *testing.T) *Visitor {
	w := *v
	w.t = t
	return &w
}

// Get opens a path, following redirects.
func (v *Visitor) Get(path string) *Page {
	v.t.Helper()
	return v.follow(v.request(http.MethodGet, v.resolve(v.base, path), nil, ""))
}

// Post sends a form's worth of values to a path without looking at any form, as a forger or a faulty client would.
// A visitor's own cookies go with it. It follows redirects.
func (v *Visitor) Post(path string, values url.Values) *Page {
	v.t.Helper()
	return v.follow(v.request(http.MethodPost, v.resolve(v.base, path), strings.NewReader(values.Encode()), "application/x-www-form-urlencoded"))
}

// Do sends a request as it is, with the visitor's cookies, and keeps the cookies that come back. It follows no redirect.
// The request's URL may be a path.
func (v *Visitor) Do(r *http.Request) *Page {
	v.t.Helper()
	at := v.base.ResolveReference(r.URL)
	for _, c := range v.jar.Cookies(at) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	res := w.Result()
	v.jar.SetCookies(at, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	p := &Page{v: v, t: v.t, URL: at, Status: res.StatusCode, Header: res.Header, Body: body}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if p.Doc, err = goquery.NewDocumentFromReader(strings.NewReader(string(body))); err != nil {
			v.t.Fatal(err)
		}
		known, err := areas()
		if err != nil {
			v.t.Fatal(err)
		}
		if found := keys(p.Doc.Nodes[0], known); len(found) > 0 {
			v.t.Errorf("%s shows the names of sentences instead of their words: %q", at.RequestURI(), found)
		}
		if strings.Contains(p.Doc.Text(), "<no value>") {
			v.t.Errorf("%s has a sentence that lacks a value", at.RequestURI())
		}
	}
	if v.OnPage != nil {
		v.OnPage(v.t, p)
	}
	return p
}

// Cookie returns the value of a cookie that the visitor holds, or "".
func (v *Visitor) Cookie(name string) string {
	for _, c := range v.jar.Cookies(v.base) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// SetCookie makes the visitor hold a cookie, as a thief of one would. An empty value removes it.
func (v *Visitor) SetCookie(name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/"}
	if value == "" {
		c.MaxAge = -1
	}
	v.jar.SetCookies(v.base, []*http.Cookie{c})
}

// request makes a request as a browser on this site would, with the headers that tell where it comes from.
func (v *Visitor) request(method string, at *url.URL, body io.Reader, contentType string) *http.Request {
	r := httptest.NewRequest(method, at.RequestURI(), body)
	r.Host = v.base.Host
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Accept-Language", v.Language)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if method != http.MethodGet {
		r.Header.Set("Origin", Base)
	}
	return r
}

// follow sends a request and goes where the answers point.
func (v *Visitor) follow(r *http.Request) *Page {
	v.t.Helper()
	for range 10 {
		p := v.Do(r)
		where := p.Header.Get("Location")
		if p.Status < 300 || p.Status > 399 || where == "" {
			return p
		}
		if p.Status != http.StatusSeeOther && p.Status != http.StatusFound && p.Status != http.StatusMovedPermanently {
			v.t.Fatalf("%s answers %d, after which a form would be sent again", p.URL.Path, p.Status)
		}
		r = v.request(http.MethodGet, v.resolve(p.URL, where), nil, "")
	}
	v.t.Fatalf("%s redirects without end", r.URL)
	return nil
}

// resolve returns the absolute form of a reference found at from. It fails the test if it leads to another server.
func (v *Visitor) resolve(from *url.URL, ref string) *url.URL {
	v.t.Helper()
	u, err := from.Parse(ref)
	if err != nil {
		v.t.Fatalf("%s: %q is no address: %v", from, ref, err)
	}
	if u.Scheme != v.base.Scheme || u.Host != v.base.Host {
		v.t.Fatalf("%s leads to another server: %s", from, u)
	}
	return u
}
