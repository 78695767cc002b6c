package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/account"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/webtest"

	"github.com/labstack/echo/v4"
)

// roles are who may stand at a door (V20). What each may do follows from the route's word and from nothing else.
var roles = []string{"anonymous", "stranger", "member", "member elsewhere", "former member"}

// cast are the roles, each with a browser, around the group at /g/elm.
type cast struct {
	server *Server
	who    map[string]*webtest.Visitor
	clock  *dbtest.Clock
}

func newCast(t *testing.T, change ...func(*Options)) cast {
	t.Helper()
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c, change...)
	ana := begin(t, s, "Elm")
	link := inviteLink(t, ana, "elm", "30")
	former := enterBy(t, s, link, "Former")
	former.Get("/start").Form("Begin the group").Set("preset", "A").Set("name", "Oak").Set("by", "Former").Submit().Want(http.StatusOK)
	former.Get("/g/elm/leave").Form("Leave now").Submit()
	elsewhere := enterBy(t, s, inviteLink(t, former, "oak", "30"), "Else")
	return cast{s, map[string]*webtest.Visitor{
		"anonymous": webtest.New(t, s), "stranger": stranger(t, s), "member": ana, "member elsewhere": elsewhere, "former member": former,
	}, c}
}

// stranger signs up a person who is in another group that no other role is in, or ever was. Nobody is signed in and in no
// group at all: whoever leaves their last one is forgotten.
func stranger(t *testing.T, s *Server) *webtest.Visitor {
	t.Helper()
	ana := webtest.New(t, s)
	ana.Get("/sign-in").Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit()
	ana.Get("/start").Form("Begin the group").Set("preset", "A").Set("name", "Ash").Set("by", "Ana").Submit().Want(http.StatusOK)
	return enterBy(t, s, inviteLink(t, ana, "ash", "5"), "Stranger")
}

// fill puts something into a pattern: the group of the test, and for the rest what does not exist.
func fill(pattern, group string) string {
	pattern = strings.ReplaceAll(pattern, ":group", group)
	pattern = regexp.MustCompile(`:\w+`).ReplaceAllString(pattern, "987654")
	return strings.ReplaceAll(pattern, "*", "app.css")
}

// demo is a server with the living sample, which has all routes.
func demo(o *Options) { o.Demo = true }

// knock sends a well-formed request of the role to the route: a form with a true token where one is needed.
func (k cast) knock(t *testing.T, role string, r route, group string) *webtest.Page {
	t.Helper()
	return k.send(t, k.who[role], r.method, fill(r.path, group), url.Values{})
}

func (k cast) send(t *testing.T, v *webtest.Visitor, method, path string, form url.Values) *webtest.Page {
	t.Helper()
	v = v.For(t)
	if method == http.MethodGet {
		return v.Do(browserRequest(method, path, nil))
	}
	form.Set("csrf", tokenOf(v))
	return v.Do(browserRequest(method, path, form))
}

// tokenOf returns the token that the forms of the visitor's browser carry.
func tokenOf(v *webtest.Visitor) string {
	for _, name := range []string{sessionCookie, anonymousCookie} {
		if secret := v.Cookie(name); secret != "" {
			return (&visitor{secret: secret}).formToken()
		}
	}
	v.SetCookie(anonymousCookie, strings.Repeat("A", 43))
	return tokenOf(v)
}

// browserRequest is a request as a browser on the server's own page makes it.
func browserRequest(method, path string, form url.Values) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "localhost:8080"
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set("Origin", base)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// opens says what the table's word means for a role: whether the handler is reached at all.
func opens(word access, role string) bool {
	switch word {
	case anyone, byLink:
		return true
	case signedIn:
		return role != "anonymous"
	case members:
		return role == "member"
	}
	return false
}

// probe replaces every handler by one that says that it was reached, and keeps everything before it.
func probe(s *Server, table []route) {
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.Pre(s.accessLog, s.recover, s.headers, s.hosts, s.paths)
	for _, r := range table {
		r.handle = func(_ *Server, c echo.Context) error { return c.String(http.StatusTeapot, "reached") }
		e.Add(r.method, r.path, s.guarded(r))
	}
	s.echo = e
}

// TestV20_EveryRouteHasAWord: what echo serves is the table, and every line of it has a word that means something.
func TestV20_EveryRouteHasAWord(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c, func(o *Options) { o.Demo = true })
	table := map[string]bool{}
	for _, r := range routes() {
		if !slices.Contains([]access{anyone, signedIn, members, demoOnly, byLink}, r.access) {
			t.Errorf("%s %s has the word %q", r.method, r.path, r.access)
		}
		if strings.HasPrefix(r.path, "/g/") != (r.access == members) {
			t.Errorf("%s %s is for %s: what lies under /g/ is for the group's members, and nothing else is", r.method, r.path, r.access)
		}
		if strings.HasPrefix(r.path, "/me") && r.access != signedIn {
			t.Errorf("%s %s is for %s: an account is for who is signed in", r.method, r.path, r.access)
		}
		if table[r.method+" "+r.path] {
			t.Errorf("%s %s is there twice", r.method, r.path)
		}
		table[r.method+" "+r.path] = true
		if r.method == http.MethodGet {
			table["HEAD "+r.path] = true
		} else if r.method != http.MethodPost {
			t.Errorf("%s %s: forms know only GET and POST", r.method, r.path)
		}
	}
	for _, r := range s.echo.Routes() {
		if !table[r.Method+" "+r.Path] {
			t.Errorf("%s %s is served and not in the table", r.Method, r.Path)
		}
	}
}

// doors runs the matrix of roles and routes against the checks, and returns where it is not as the words say.
func doors(t *testing.T, k cast, table []route, mean func(route) access) (wrong []string) {
	for _, r := range table {
		if r.access == demoOnly {
			continue
		}
		for _, role := range roles {
			p := k.knock(t, role, r, "elm")
			if got, want := p.Status == http.StatusTeapot, opens(mean(r), role); got != want {
				wrong = append(wrong, r.method+" "+r.path+" for "+role)
			}
		}
		if r.method == http.MethodGet {
			continue
		}
		bare := browserRequest(r.method, fill(r.path, "elm"), url.Values{}) // as a program sends it that is no browser
		bare.Header.Del("Origin")
		bare.Header.Del("Sec-Fetch-Site")
		if got, want := k.who["member"].Do(bare).Status == http.StatusTeapot, mean(r) == byLink; got != want {
			wrong = append(wrong, r.method+" "+r.path+" without a page")
		}
	}
	return wrong
}

// TestV20_RolesAndRoutes knocks at every door as everybody.
func TestV20_RolesAndRoutes(t *testing.T) {
	k := newCast(t)
	probe(k.server, routes())
	if wrong := doors(t, k, routes(), func(r route) access { return r.access }); len(wrong) > 0 {
		t.Errorf("open where shut, or shut where open: %q", wrong)
	}
}

// TestV20_MutatedRulesAreCaught changes one word at a time; the matrix must notice each.
func TestV20_MutatedRulesAreCaught(t *testing.T) {
	k := newCast(t)
	for i, r := range routes() {
		for _, word := range []access{anyone, signedIn, members, byLink, "nobody"} {
			if word == r.access || r.access == demoOnly || r.method == http.MethodGet && (word == byLink && r.access == anyone) || word == members && !strings.Contains(r.path, ":group") {
				continue
			}
			table := routes()
			table[i].access = word
			probe(k.server, table)
			if wrong := doors(t, k, table[i:i+1], func(route) access { return r.access }); len(wrong) == 0 {
				t.Errorf("%s %s for %s instead of %s: nobody notices", r.method, r.path, word, r.access)
			}
		}
	}
}

// TestV21_AnotherGroupIsLikeNone: what a stranger to a group is told about it is, byte for byte, what they are told
// about a group that was never there.
func TestV21_AnotherGroupIsLikeNone(t *testing.T) {
	k := newCast(t)
	random := regexp.MustCompile(`name="(?:once|csrf)" value="[^"]*"`)
	for _, r := range routes() {
		if r.access != members {
			continue
		}
		for _, role := range []string{"anonymous", "stranger", "member elsewhere", "former member"} {
			there, none := k.knock(t, role, r, "elm"), k.knock(t, role, r, "zzz")
			clean := func(p *webtest.Page, slug string) string {
				return random.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(string(p.Body), "/g/"+slug, "/g/x"), "%2Fg%2F"+slug, "%2Fg%2Fx"), "")
			}
			if there.Status != http.StatusNotFound || none.Status != http.StatusNotFound || clean(there, "elm") != clean(none, "zzz") {
				t.Errorf("%s %s for %s: %d here, %d where there is no group, or the pages differ", r.method, r.path, role, there.Status, none.Status)
			}
		}
	}
}

// state is everything in the database, but for what notes that a session was used today.
func state(t *testing.T, k cast) map[string][]string {
	t.Helper()
	return everything(t, databaseOf[k.server])
}

// TestV50_ForgedFormsChangeNothing: every route that changes something, in every way a foreign page could call it.
func TestV50_ForgedFormsChangeNothing(t *testing.T) {
	k := newCast(t, demo)
	before := state(t, k)
	ana := k.who["member"]
	token, others := tokenOf(ana), tokenOf(k.who["member elsewhere"])
	forgeries := map[string]func(*http.Request){
		"no origin":         func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
		"null origin":       func(r *http.Request) { r.Header.Set("Origin", "null"); r.Header.Del("Sec-Fetch-Site") },
		"null, same-origin": func(r *http.Request) { r.Header.Set("Origin", "null") },
		"another host":      func(r *http.Request) { r.Header.Set("Origin", "http://evil.example"); r.Header.Del("Sec-Fetch-Site") },
		"sibling": func(r *http.Request) {
			r.Header.Set("Origin", "http://a.localhost:8080")
			r.Header.Set("Sec-Fetch-Site", "same-site")
		},
		"another port":           func(r *http.Request) { r.Header.Set("Origin", "http://localhost:9"); r.Header.Del("Sec-Fetch-Site") },
		"cross-site":             func(r *http.Request) { r.Header.Del("Origin"); r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":              func(r *http.Request) { r.Header.Del("Origin"); r.Header.Set("Sec-Fetch-Site", "same-site") },
		"own origin, cross-site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"lying same-origin":      func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"no token":               func(r *http.Request) { body(r, url.Values{}) },
		"empty token":            func(r *http.Request) { body(r, url.Values{"csrf": {""}}) },
		"another's token":        func(r *http.Request) { body(r, url.Values{"csrf": {others}}) },
		"token in the query":     func(r *http.Request) { r.URL.RawQuery = "csrf=" + token; body(r, url.Values{}) },
		"plain text":             func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"json":                   func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
		"method in a header":     func(r *http.Request) { r.Method = http.MethodGet; r.Header.Set("X-HTTP-Method-Override", "POST") },
		"method in the query":    func(r *http.Request) { r.Method = http.MethodHead; r.URL.RawQuery = "_method=POST" },
		"options":                func(r *http.Request) { r.Method = http.MethodOptions },
	}
	for _, r := range routes() {
		if r.method == http.MethodGet {
			continue
		}
		for name, forge := range forgeries {
			req := browserRequest(r.method, fill(r.path, "elm"), url.Values{"csrf": {token}})
			forge(req)
			p := ana.Do(req)
			shut := p.Status == http.StatusForbidden || p.Status == http.StatusUnsupportedMediaType
			if r.access == byLink { // it need not come from a page of ours, and whoever has not the link changes nothing
				shut = shut || p.Status == http.StatusNotFound
			}
			if !shut && req.Method == http.MethodPost {
				t.Errorf("%s with %s: %d", r.path, name, p.Status)
			}
		}
	}
	if after := state(t, k); !maps.EqualFunc(before, after, slices.Equal) {
		t.Error("forged forms changed something")
	}
}

func body(r *http.Request, form url.Values) {
	fresh := httptest.NewRequest(r.Method, "/", strings.NewReader(form.Encode()))
	r.Body, r.ContentLength = fresh.Body, fresh.ContentLength
}

// TestV50_LookingChangesNothing: GET, HEAD and OPTIONS of every route leave the database as it was.
func TestV50_LookingChangesNothing(t *testing.T) {
	k := newCast(t)
	before := state(t, k)
	for _, r := range routes() {
		for _, role := range roles {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				req := browserRequest(http.MethodGet, fill(r.path, "elm"), nil)
				req.Method = method
				k.who[role].Do(req)
			}
		}
	}
	if after := state(t, k); !maps.EqualFunc(before, after, slices.Equal) {
		t.Error("looking at pages changed something")
	}
}

// TestV52_SessionChangesAtSignIn: a session somebody planted in a browser is worth nothing after signing in, and an old
// one ends when its browser signs in anew.
func TestV52_SessionChangesAtSignIn(t *testing.T) {
	k := newCast(t)
	v := webtest.New(t, k.server)
	planted := strings.Repeat("A", 43)
	v.SetCookie(sessionCookie, planted)
	page := v.Get("/sign-in")
	before := v.Cookie(anonymousCookie)
	page.Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit().WantPath("/")
	if got := v.Cookie(sessionCookie); got == planted || len(got) != 43 || got == before {
		t.Errorf("the session after signing in is %q, planted was %q", got, planted)
	}
	if v.Cookie(anonymousCookie) != "" {
		t.Error("the anonymous secret outlives signing in")
	}
	first := v.Cookie(sessionCookie)
	e, err := k.server.Accounts.SignIn(t.Context(), "ana", passphraseForTests, account.Browser{Session: first})
	if err != nil || e.Session == first {
		t.Fatalf("signing in again: %v, same session: %v", err, e.Session == first)
	}
	if _, ok, err := k.server.Accounts.Session(context.Background(), first); ok || err != nil {
		t.Errorf("the session that was replaced still works: %v %v", ok, err)
	}
	v.SetCookie(sessionCookie, e.Session)
	out := v.Get("/me").Form("Sign out").Submit()
	out.WantPath("/").WantText("main", "signed out")
	v.SetCookie(sessionCookie, e.Session)
	v.Get("/me").WantPath("/sign-in")
}

// TestV53_NextStaysHere: no next= leads away.
func TestV53_NextStaysHere(t *testing.T) {
	k := newCast(t)
	for _, next := range []string{
		"//evil.example", `/\evil.example`, `\/evil.example`, "/%2f%2fevil.example", "%2f%2fevil.example", "https:evil.example", "https://evil.example",
		"/x\r\nLocation: //evil.example", "/\t/evil.example", " //evil.example", "javascript:alert(1)", "/a//evil.example", "/../evil", "///evil.example",
		"/\u2028/evil", "http:/evil.example", "", "evil", "@evil.example", "/%5cevil.example",
	} {
		v := webtest.New(t, k.server)
		form := v.Get("/sign-in").Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Forge("next", next).Values()
		p := v.Do(browserRequest(http.MethodPost, "/sign-in", form))
		if p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/" {
			t.Errorf("next=%q leads to %q (%d)", next, p.Header.Get("Location"), p.Status)
		}
		p = k.who["stranger"].Do(browserRequest(http.MethodGet, "/sign-in?next="+url.QueryEscape(next), nil))
		if p.Header.Get("Location") != "/" {
			t.Errorf("next=%q leads who is signed in to %q", next, p.Header.Get("Location"))
		}
		form = url.Values{"csrf": {tokenOf(k.who["stranger"])}, "lang": {"en"}, "back": {next}}
		if p = k.who["stranger"].Do(browserRequest(http.MethodPost, "/language", form)); p.Header.Get("Location") != "/" {
			t.Errorf("back=%q leads to %q", next, p.Header.Get("Location"))
		}
	}
	if p := k.who["stranger"].Do(browserRequest(http.MethodGet, "/sign-in?next=/g/elm/people?after=3", nil)); p.Header.Get("Location") != "/g/elm/people?after=3" {
		t.Errorf("a page of this server is not gone to: %q", p.Header.Get("Location"))
	}
}

// TestV54_OddPathsLeadNowhere, also not past the door of a group.
func TestV54_OddPathsLeadNowhere(t *testing.T) {
	k := newCast(t)
	for _, path := range []string{"/g/elm/people", "/me", "/floor"} {
		first, rest, _ := strings.Cut(path[1:], "/")
		for _, odd := range []string{
			path + "/", "/" + path, path + "%2F", path + "%2f..%2fkeys", "/%2e%2e" + path, "/x/.." + path, path + ";a=b", path + "%00", path + "%0a",
			path + "\\", path + "%5C", "/" + first + "%2F" + rest, path + "/.", path + "/%2e", "/./" + path[1:], path + "%", "/%67/elm/people%20", path + "%25",
		} {
			r := browserRequest(http.MethodGet, "/", nil)
			u, err := url.ParseRequestURI(odd)
			if err != nil {
				continue // the HTTP server itself refuses it
			}
			r.URL, r.RequestURI = u, odd
			if p := k.who["member"].Do(r); p.Status != http.StatusNotFound {
				t.Errorf("%s: %d, want 404", odd, p.Status)
			}
		}
		if p := k.who["member"].Do(browserRequest(http.MethodGet, strings.ToUpper(path), nil)); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", strings.ToUpper(path), p.Status)
		}
	}
}

// TestV55_ForgedHosts: another name reaches nothing, and no header puts one into a link.
func TestV55_ForgedHosts(t *testing.T) {
	k := newCast(t, func(o *Options) { o.Base = base })
	for _, host := range []string{"evil.example", "localhost.evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "localhost:8080@evil.example"} {
		r := browserRequest(http.MethodGet, "/", nil)
		r.Host = host
		if p := webtest.New(t, k.server).Do(r); p.Status != http.StatusMisdirectedRequest || strings.Contains(string(p.Body), "evil.example") {
			t.Errorf("Host %q: %d, want 421 and no word of it", host, p.Status)
		}
	}
	for _, host := range []string{"localhost:8080", "LOCALHOST:8080", "127.0.0.1:1234", "[::1]:8080", "localhost"} {
		r := browserRequest(http.MethodGet, "/", nil)
		r.Host = host
		if p := webtest.New(t, k.server).Do(r); p.Status != http.StatusOK {
			t.Errorf("Host %q: %d, want 200", host, p.Status)
		}
	}
	form := k.who["member"].Get("/g/elm/invite").Form("/g/elm/invite").Values()
	r := browserRequest(http.MethodPost, "/g/elm/invite", form)
	forward := func(r *http.Request) {
		for _, h := range []string{"X-Forwarded-Host", "Forwarded", "X-Host", "X-Forwarded-Server", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Proto", "X-Forwarded-Prefix"} {
			r.Header.Set(h, "evil.example")
		}
	}
	forward(r)
	k.who["member"].Do(r)
	r = browserRequest(http.MethodGet, "/g/elm/invite", nil)
	forward(r)
	p := k.who["member"].Do(r)
	if strings.Contains(string(p.Body), "evil.example") || !strings.Contains(string(p.Body), base+"/join/") {
		t.Error("a forwarded host got into the invitation, or there is none")
	}
}

// TestV56V58_Headers: every answer of every route, right or wrong, carries them.
func TestV56V58_Headers(t *testing.T) {
	for _, https := range []bool{false, true} {
		k := newCast(t)
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
			"Access-Control-Allow-Origin": "", "Server": "", "X-Powered-By": "", // V61, ASVS 13.4.6
		}
		if https {
			k.server.base.Scheme, k.server.store.secure = "https", true
			want["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
		}
		look := func(p *webtest.Page, what, control string) {
			t.Helper()
			for name, value := range want {
				if got := p.Header.Get(name); got != value {
					t.Errorf("%s: %s is %q, want %q", what, name, got, value)
				}
			}
			if got := p.Header.Get("Cache-Control"); got != control && control != "" {
				t.Errorf("%s: Cache-Control is %q, want %q", what, got, control)
			}
			if ct := p.Header.Get("Content-Type"); len(p.Body) > 0 && !strings.Contains(ct, "charset=") && !strings.HasPrefix(ct, "application/") {
				t.Errorf("%s: Content-Type is %q, want a charset", what, ct)
			}
			for _, ck := range p.Header.Values("Set-Cookie") {
				if !strings.Contains(ck, "HttpOnly") || !strings.Contains(ck, "SameSite=Lax") || strings.Contains(ck, "Secure") != https || strings.HasPrefix(ck, "__Host-") != https || strings.Contains(ck, "Domain=") {
					t.Errorf("%s: cookie %q", what, ck)
				}
			}
		}
		for _, r := range routes() {
			for _, role := range []string{"anonymous", "member"} {
				control := "no-store"
				switch {
				case strings.HasPrefix(r.path, "/assets/"):
					control = ""
				case strings.Contains(r.path+"/", "/vote/"), strings.Contains(r.path, "/powers/:role/end/"), strings.Contains(r.path, "/selections/"),
					r.path == "/me/code", r.path == "/me/calendar", r.path == "/g/:group/meetings/:n/screen", r.path == "/g/:group/meetings/:n/door", r.path == "/g/:group/meetings/:n/codes", r.path == "/g/:group/invite", r.path == "/g/:group/invite/poster":
					control = "no-store, no-transform" // a proxy that compressed them would let their size tell how somebody voted, or a secret
				}
				look(k.knock(t, role, r, "elm"), r.method+" "+r.path+" for "+role, control)
			}
		}
		look(k.who["anonymous"].Do(browserRequest(http.MethodGet, "/none", nil)), "an unknown path", "no-store")
		look(k.who["anonymous"].Do(browserRequest(http.MethodGet, "/g/elm/proposals/1/vote/none", nil)), "an unknown path of a vote", "no-store, no-transform")
		look(k.who["anonymous"].Do(browserRequest(http.MethodDelete, "/g/elm/proposals/1/vote", nil)), "a wrong method on a vote", "no-store, no-transform")
		bad := browserRequest(http.MethodGet, "/", nil)
		bad.Host = "evil.example"
		look(k.who["anonymous"].Do(bad), "an unknown host", "no-store")
	}
}

// TestV56_HeadIsGet: the same status and headers, and no body.
func TestV56_HeadIsGet(t *testing.T) {
	k := newCast(t)
	for _, r := range routes() {
		if r.method != http.MethodGet || r.access == demoOnly {
			continue
		}
		path := fill(r.path, "elm")
		get, req := k.who["member"].Do(browserRequest(http.MethodGet, path, nil)), browserRequest(http.MethodGet, path, nil)
		req.Method = http.MethodHead
		head := k.who["member"].Do(req)
		for _, h := range []string{"Content-Type", "Cache-Control", "Content-Length"} {
			if get.Header.Get(h) != head.Header.Get(h) {
				t.Errorf("%s: %s is %q for GET and %q for HEAD", path, h, get.Header.Get(h), head.Header.Get(h))
			}
		}
		if get.Status != head.Status {
			t.Errorf("%s: %d for GET and %d for HEAD", path, get.Status, head.Status)
		}
	}
}

// TestOversizedAndMalformedForms: a clear answer, and nothing done.
func TestOversizedAndMalformedForms(t *testing.T) {
	k := newCast(t, demo)
	before := state(t, k)
	big := strings.Repeat("a", bodyLimit)
	for _, r := range routes() {
		if r.method != http.MethodPost || r.limit() != bodyLimit {
			continue
		}
		path := fill(r.path, "elm")
		if p := k.send(t, k.who["member"], http.MethodPost, path, url.Values{"x": {big}}); p.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with %d bytes: %d, want 413", path, len(big), p.Status)
		}
		chunked := browserRequest(http.MethodPost, path, url.Values{"x": {big}})
		chunked.ContentLength = -1
		if p := k.who["member"].Do(chunked); p.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with a body of unknown length: %d, want 413", path, p.Status)
		}
		for _, bad := range []string{"\x00", "a\xffb"} {
			if p := k.send(t, k.who["member"], http.MethodPost, path, url.Values{"name": {bad}}); p.Status != http.StatusBadRequest {
				t.Errorf("%s with %q: %d, want 400", path, bad, p.Status)
			}
		}
		if p := k.send(t, k.who["member"], http.MethodPost, path, url.Values{"name": {strings.Repeat("é", 20000)}}); p.Status >= 500 {
			t.Errorf("%s with a long name: %d", path, p.Status)
		}
	}
	if after := state(t, k); !maps.EqualFunc(before, after, slices.Equal) {
		for name := range after {
			if !slices.Equal(before[name], after[name]) {
				t.Errorf("%s changed:\n%q\n%q", name, before[name], after[name])
			}
		}
	}
}
