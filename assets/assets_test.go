package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandlerSendsForKeeps(t *testing.T) {
	for _, name := range Names() {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", Path(name), nil))
		h := w.Header()
		if w.Code != 200 || w.Body.Len() == 0 || h.Get("Content-Type") != kinds[path.Ext(name)] || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: status %d, %d bytes, %v", name, w.Code, w.Body.Len(), h)
		}
		if got := h.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
	}
}

func TestHandlerAnswersOldPagesAndUnknownNames(t *testing.T) {
	for _, tt := range []struct {
		path, cache string
		status      int
	}{
		{Prefix + "000000000000/app.css", "no-cache", 200},
		{Prefix + load().version + "/css/1-tokens.css", "", 404},
		{Prefix + load().version + "/", "", 404},
		{Prefix, "", 404},
		{Prefix + load().version + "/../assets.go", "", 404},
	} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+tt.path, nil))
		if w.Code != tt.status || w.Header().Get("Cache-Control") != tt.cache {
			t.Errorf("%s: status %d, cache %q; want %d, %q", tt.path, w.Code, w.Header().Get("Cache-Control"), tt.status, tt.cache)
		}
	}
}

func TestHandlerPacks(t *testing.T) {
	r := httptest.NewRequest("GET", Path("app.css"), nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not packed")
	}
	// A first page is to stay under 30 kB with its sheet; the sheet's share is 12 kB (practice: bad signal).
	if size := w.Body.Len(); size > 12<<10 {
		t.Errorf("app.css is %d bytes packed, more than 12 kB", size)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, load().files[sheet].plain) {
		t.Errorf("unpacked sheet differs: %v", err)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest("HEAD", Path("app.css"), nil))
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("status %d, %d bytes, length %s", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestVersionFollowsContent(t *testing.T) {
	version := func(css, js string) string {
		s, err := stock(fstest.MapFS{"css/a.css": {Data: []byte(css)}, "js/a.js": {Data: []byte(js)}})
		if err != nil {
			t.Fatal(err)
		}
		return s.version
	}
	first, again := version("a", "b"), version("a", "b")
	if first != again || first == version("a", "c") || first == version("ab", "") {
		t.Error("the version does not follow the content")
	}
}

// TestSheetKnowsNoSides: pages in a script that runs from right to left need no sheet of their own.
func TestSheetKnowsNoSides(t *testing.T) {
	sides := regexp.MustCompile(`[{;\s]((?:margin|padding|border)-(?:left|right|top|bottom)|(?:min-|max-)?(?:width|height)|left|right|top|bottom)\s*:|(?:text-align|float):\s*(?:left|right)`)
	media := regexp.MustCompile(`@media[^{]*`)
	if m := sides.FindAllString(media.ReplaceAllString(string(load().files[sheet].plain), ""), -1); m != nil {
		t.Errorf("physical sides: %q", m)
	}
}

// TestModulesNameEachOther: every module that is imported is there, and every one but the first is imported.
func TestModulesNameEachOther(t *testing.T) {
	named := map[string]bool{"js/main.js": true}
	from := regexp.MustCompile(`"\./([a-z]+\.js)"`)
	for name, f := range load().files {
		if path.Ext(name) != ".js" {
			continue
		}
		for _, m := range from.FindAllStringSubmatch(string(f.plain), -1) {
			named["js/"+m[1]] = true
			if _, ok := load().files["js/"+m[1]]; !ok {
				t.Errorf("%s imports %s, which is not there", name, m[1])
			}
		}
	}
	for name := range load().files {
		if path.Ext(name) == ".js" && !named[name] {
			t.Errorf("nothing loads %s", name)
		}
	}
}
