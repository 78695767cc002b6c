package webtest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

const formPage = `<!doctype html><html lang="en"><title>t</title><main>
<h1>Join  the
group</h1><a href="/other">Read the rules</a>
<form id="f" method="post" action="/join">
<input type="hidden" name="csrf" value="secret">
<label>Name <input name="name" value="Ada" aria-describedby="name-hint name-problem"></label>
<p id="name-hint">A name</p><p id="name-problem" class="wrong-word">That name is taken.</p>
<fieldset aria-describedby="mode-problem"><legend>Mode</legend><p id="mode-problem" class="wrong-word">Choose one.</p>
<input type="radio" name="mode" value="open"><input type="radio" name="mode" value="secret" checked></fieldset>
<input type="checkbox" name="read" value="yes"><input type="checkbox" name="off" value="yes" disabled>
<select name="when"><option value="1">Now</option><option value="2">Later</option></select>
<textarea name="why">
because</textarea>
<button name="do" value="send">Send</button><button formaction="/draft">Keep as draft</button><button type="button">Nothing</button>
</form><input name="note" form="f" value="outside"><p class="notice problem">Something else.</p>
<form action="/find"><input type="search" name="q"><button>Search</button></form>
<form method="post" action="/file" enctype="multipart/form-data"><input type="file" name="record"><button>Upload</button></form>
</main>`

func site(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	html := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "s", Value: "1", Path: "/"})
		html(w, formPage)
	})
	mux.HandleFunc("POST /join", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") != "same-origin" || r.Header.Get("Origin") != Base {
			t.Error("the post does not say where it comes from")
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		http.Redirect(w, r, "/seen?"+r.PostForm.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("s")
		html(w, fmt.Sprintf("<p id=cookie>%v %v</p><p id=path>%s</p><p id=query>%s</p>", cookie, err, r.URL.Path, r.URL.RawQuery))
	})
	mux.HandleFunc("POST /file", func(w http.ResponseWriter, r *http.Request) {
		_, h, err := r.FormFile("record")
		if err != nil {
			t.Error(err)
			return
		}
		html(w, "<p>"+h.Filename+"</p>")
	})
	return mux
}

func TestFormsAreSentAsABrowserWould(t *testing.T) {
	v := New(t, site(t))
	p := v.Get("/").Want(200).WantText("h1", "Join the group")
	f := p.Form("Send").Set("mode", "open").Check("read").Set("when", "2")
	if f.Value("name") != "Ada" {
		t.Errorf("name holds %q", f.Value("name"))
	}
	got := f.Submit().Want(200).WantPath("/seen")
	want := url.Values{"csrf": {"secret"}, "name": {"Ada"}, "mode": {"open"}, "read": {"yes"}, "when": {"2"}, "why": {"because"}, "note": {"outside"}, "do": {"send"}}
	if diff := cmp.Diff(want, got.URL.Query()); diff != "" {
		t.Error(diff)
	}
	got.WantText("#cookie", "s=1")

	p.Form("Keep as draft").Set("name", "Bea").Submit().WantPath("/draft")
	if q := p.Form("Search").Set("q", "rent").Submit().URL.RequestURI(); q != "/find?q=rent" {
		t.Errorf("the search went to %s", q)
	}
	p.Form("/file").File("record", "a.json", []byte("{}")).Submit().WantText("p", "a.json")
	p.Follow("Read the rules").WantPath("/other").WantText("#path", "/other")
	if p.HasButton("Vote") || !p.HasButton("Send") {
		t.Error("the wrong buttons")
	}
}

func TestProblems(t *testing.T) {
	want := map[string]string{"name": "That name is taken.", "mode": "Choose one.", "": "Something else."}
	if diff := cmp.Diff(want, New(t, site(t)).Get("/").Problems()); diff != "" {
		t.Error(diff)
	}
}

func TestCookies(t *testing.T) {
	v := New(t, site(t))
	v.Get("/")
	if v.Cookie("s") != "1" {
		t.Error("the cookie is lost")
	}
	v.SetCookie("s", "stolen")
	v.Get("/x").WantText("#cookie", "s=stolen")
	v.SetCookie("s", "")
	v.Get("/x").WantText("#cookie", "not present")
	other := New(t, site(t))
	other.Get("/x").WantText("#cookie", "not present")
}

// TestNamesOfSentencesAreFound: the name of a sentence is no word for a reader, wherever it stands; other words with dots in them, and what people
// are to copy, are left alone.
func TestNamesOfSentencesAreFound(t *testing.T) {
	known, err := areas()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		page string
		want int
	}{
		{`<p>Place 1: times.ended</p>`, 1},
		{`<p>role.nobody.name, powers.none_say.huge</p>`, 2},
		{`<img alt="times.ended"><a aria-label="petition.none" title="web.nothing">x</a>`, 3},
		{`<p>folk.example.org at 3.14, e.g. times. There, record.json</p><code>petition.begun</code><textarea>petition.begun</textarea>`, 0},
	} {
		doc, err := html.Parse(strings.NewReader(tt.page))
		if err != nil {
			t.Fatal(err)
		}
		if got := keys(doc, known); len(got) != tt.want {
			t.Errorf("%s: %q, want %d", tt.page, got, tt.want)
		}
	}
}
