// Package assets holds the style sheets, scripts and pictures, ready to be sent.
//
// The style sheets in css/ are layers of one sheet; they are joined in the order of their names into app.css.
// Every address carries a hash of the whole folder, so that browsers may keep a file for ever, and modules may name
// each other by plain relative paths. There is no build step: what is sent is made smaller when the program starts, without comments and
// white space.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed css/*.css js/*.js img/*.svg
var files embed.FS

// Prefix is where Handler expects to be asked.
const Prefix = "/assets/"

const sheet = "app.css"

// file is one asset as it is sent.
type file struct {
	kind   string // media type
	plain  []byte
	packed []byte // gzip; nil where packing gains nothing
}

type shelf struct {
	version string
	files   map[string]file // by name: "app.css", "js/main.js", "img/mark.svg"
}

// load fills the shelf once. What it reads is compiled in: that it is readable is known by the tests,
// so a failure is a damaged program and panics.
var load = sync.OnceValue(func() shelf {
	s, err := stock(files)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return s
})

// Path returns the address of the asset name, "app.css", "js/main.js" or "img/mark.svg".
func Path(name string) string { return Prefix + load().version + "/" + name }

// Names returns every asset that can be asked for.
func Names() []string {
	var names []string
	for name := range load().files {
		names = append(names, name)
	}
	return names
}

// Handler answers GET and HEAD under Prefix. A file asked for under the present version may be kept for a year; one asked
// for under another version, by a page from before an update, is answered with the present file, not to be kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		s := load()
		f, ok := s.files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		if version == s.version {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		h.Set("Content-Type", f.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		body := f.plain
		if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.packed
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			_, _ = w.Write(body) // the reader has gone away: nobody is left to tell
		}
	})
}

func stock(tree fs.FS) (shelf, error) {
	s := shelf{files: map[string]file{}}
	sum := sha256.New()
	var layers bytes.Buffer
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name + "\x00" + strconv.Itoa(len(b)) + "\x00"))
		sum.Write(b)
		if path.Ext(name) == ".css" {
			layers.Write(b)
			return nil
		}
		s.files[name], err = wrap(path.Ext(name), b)
		return err
	})
	if err != nil {
		return s, err
	}
	s.version = hex.EncodeToString(sum.Sum(nil)[:6])
	s.files[sheet], err = wrap(".css", layers.Bytes())
	return s, err
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// smaller knows how to leave out what only people read.
var smaller = func() *minify.M {
	m := minify.New()
	m.Add(".css", &css.Minifier{})
	m.Add(".js", &js.Minifier{KeepVarNames: true}) // a report from a browser's console names what the source does
	return m
}()

func wrap(ext string, b []byte) (file, error) {
	b, err := smaller.Bytes(ext, b)
	if err != nil && !errors.Is(err, minify.ErrNotExist) {
		return file{}, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := z.Write(b); err != nil {
		return file{}, err
	}
	if err := z.Close(); err != nil {
		return file{}, err
	}
	f := file{kind: kinds[ext], plain: b}
	if packed.Len() < len(b) {
		f.packed = packed.Bytes()
	}
	return f, nil
}
