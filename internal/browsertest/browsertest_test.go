package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const ballot = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ballot</title>
<link rel="stylesheet" href="/s.css"><link rel="icon" href="data:,"></head><body><main><h1>Vote</h1>
<form method="post" action="/vote"><label>Name <input name="name" autocomplete="name"></label>
<label for="when">When</label><select id="when" name="when"><option value="1">Now</option><option value="2">Later</option></select>
<fieldset><legend>Vote</legend><label><input type="radio" name="vote" value="for"> For</label><label><input type="radio" name="vote" value="against"> Against</label></fieldset>
<button>Cast vote</button></form><a href="/record.json">Download</a><p id="js">no scripts</p>%s</main><script src="/s.js"></script></body></html>`

func site(t *testing.T) string {
	mux := http.NewServeMux()
	send := func(w http.ResponseWriter, kind, body string) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: http://other.example")
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}
	page := func(extra string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "ada", HttpOnly: true})
			send(w, "text/html; charset=utf-8", fmt.Sprintf(ballot, extra))
		}
	}
	mux.HandleFunc("GET /{$}", page(""))
	mux.HandleFunc("GET /bad", page(`<img src="data:,"><input><p class="pale">low</p>`))
	mux.HandleFunc("GET /abroad", page(`<img alt="" src="http://other.example/x.png">`))
	mux.HandleFunc("GET /inline", page(`<script>document.title = "x"</script>`))
	mux.HandleFunc("GET /throws", page(`<script src="/throw.js"></script>`))
	mux.HandleFunc("GET /restless", page(`<script src="/restless.js"></script>`))
	mux.HandleFunc("GET /restless.js", func(w http.ResponseWriter, _ *http.Request) {
		send(w, "text/javascript", "const n = Number(location.hash.slice(1)); if (n < 60) { location.hash = n + 1; location.reload(); } else document.title = 'at rest';")
	})
	mux.HandleFunc("GET /throw.js", func(w http.ResponseWriter, _ *http.Request) { send(w, "text/javascript", "throw new Error('no')") })
	mux.HandleFunc("GET /s.js", func(w http.ResponseWriter, _ *http.Request) {
		send(w, "text/javascript", "document.getElementById('js').textContent = 'scripts run'")
	})
	mux.HandleFunc("GET /s.css", func(w http.ResponseWriter, _ *http.Request) {
		send(w, "text/css", ".pale{color:#bbb;background:#fff} input,select,button{min-width:3rem;min-height:3rem} a{display:block;padding:1rem} @media (prefers-color-scheme:dark){body{background:#111;color:#fff} a{color:#aaf}}")
	})
	mux.HandleFunc("GET /record.json", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("who")
		if err != nil {
			t.Error(err)
			return
		}
		send(w, "application/json", `{"who":"`+c.Value+`"}`)
	})
	mux.HandleFunc("POST /vote", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusUnprocessableEntity)
		if _, err := fmt.Fprintf(w, `<title>Done</title><p id="done">%s %s %s</p>`, r.PostFormValue("name"), r.PostFormValue("when"), r.PostFormValue("vote")); err != nil {
			t.Error(err)
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestDriver(t *testing.T) {
	b := Start(t, site(t))
	dark := Phone
	dark.Dark = true
	quiet := Phone
	quiet.NoJavaScript = true
	for name, look := range map[string]Look{"desk": Desktop, "phone, dark": dark, "phone, no scripts": quiet} {
		t.Run(name, func(t *testing.T) {
			p := b.Person(look).For(t)
			p.Open("/").AxeLightAndDark().WantNoSideways().Shot("driver " + name)
			want := "scripts run"
			if look.NoJavaScript {
				want = "no scripts"
			}
			p.WantText("#js", want)
			if got := Eval[bool](p, `matchMedia('(prefers-color-scheme: dark)').matches`); got != look.Dark {
				t.Errorf("dark is %v", got)
			}
			if got := Eval[int](p, `innerWidth`); got != int(look.Width) {
				t.Errorf("the page is %d wide", got)
			}
			if body, _ := p.Download("Download"); string(body) != `{"who":"ada"}` {
				t.Errorf("downloaded %s", body)
			}
			p.Fill("Name", "Ada Ñ").Fill("When", "Later").Choose("For").Click("Cast vote").WantText("#done", "Ada Ñ 2 for")
			if p.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", p.Status)
			}
		})
	}
	p := b.Person(Desktop)
	t.Run("a page that loads itself anew while it is read", func(t *testing.T) {
		for p.For(t).Open("/restless"); p.Text("title") != "at rest"; {
		}
	})
	t.Run("what the browser must catch", func(t *testing.T) {
		for path, want := range map[string]string{"/abroad": "asked another server", "/inline": "Content Security Policy", "/throws": "a script threw"} {
			p.Open(path)
			if got := strings.Join(p.Forgive(), "\n"); !strings.Contains(got, want) {
				t.Errorf("%s: noticed %q, want %q", path, got, want)
			}
		}
		broken := func(ask string) (found []string) {
			for _, v := range p.violations(ask) {
				found = append(found, v.ID)
			}
			return found
		}
		p.For(t).Open("/bad")
		if got := broken(colours); !slices.Equal(got, []string{"color-contrast"}) {
			t.Errorf("of colours axe found %q", got)
		}
		found := broken(everything)
		if got := strings.Join(found, " "); !strings.Contains(got, "image-alt") || !strings.Contains(got, "label") || !strings.Contains(got, "color-contrast") {
			t.Errorf("axe found only %s", got)
		}
	})
}
