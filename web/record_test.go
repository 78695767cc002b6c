package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

func TestTheRecordIsReadable(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		v := begin(t, s, "Elm")
		p := v.Get("/g/elm/record").Want(http.StatusOK)
		p.WantText("h1", "The record").WantText("main", "The group Elm began.", "Ana joined the group.", "by Ana")
		if short := p.Text(".big-code"); !strings.Contains(short, " / ") || !strings.Contains(p.Text(".checkpoint code"), short[strings.Index(short, "/")+2:]) {
			t.Errorf("the page's checkpoint is %q, its foot says %q", short, p.Text(".checkpoint code"))
		}
		p = p.Follow("Entry 0").Want(http.StatusOK)
		p.WantText("h1", "Entry 0").WantText("textarea", `"kind":"group.started"`)
		for _, bad := range []string{"/999", "/-1", "/00", "/x", "?before=x", "?before=-1"} {
			v.Get("/g/elm/record" + bad).Want(http.StatusNotFound)
		}
		for range 60 {
			inviteLink(t, v, "elm", "1")
		}
		p = v.Get("/g/elm/record").Want(http.StatusOK).WantCount("ul.rows > li", 50)
		p = p.Follow("Older").Want(http.StatusOK)
		p.WantText("main", "The group Elm began.")
	})
}

func TestExportsAreSentAsFiles(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		v := begin(t, s, "Elm")
		page := v.Get("/g/elm/record").Follow("Take the record with you").Want(http.StatusOK)
		for _, f := range export.Formats() {
			p := page.Form("Download").Set("format", string(f)).Submit().Want(http.StatusOK)
			want := "attachment; filename=folkmoot-elm-everything." + string(f)
			if got := p.Header.Get("Content-Disposition"); got != want || p.Header.Get("Cache-Control") != "no-store" || p.Header.Get("Content-Type") != f.Mime() {
				t.Errorf("%s: %q, %v", f, got, p.Header)
			}
			if len(p.Body) == 0 {
				t.Errorf("%s is empty", f)
			}
		}
		v.Get("/g/elm/record/export/file?of=everything&format=exe").Want(http.StatusUnprocessableEntity)
		v.Get("/g/elm/record/export/file?of=2026-001&format=json").Want(http.StatusNotFound)
		v.Get("/g/elm/record/export?of=2026-001").Want(http.StatusNotFound)
		// V23: the address is worth nothing to anybody else.
		file := "/g/elm/record/export/file?of=everything&format=json"
		if p := webtest.New(t, s).Get(file); p.Status != http.StatusNotFound {
			t.Errorf("without a session: %d", p.Status)
		}
	})
}

// TestAnybodyChecksAFile with an export of a real group.
func TestAnybodyChecksAFile(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	ana := begin(t, s, "Elm")
	take := func() []byte {
		return ana.Get("/g/elm/record/export/file?of=everything&format=json").Want(http.StatusOK).Body
	}
	older := take()
	inviteLink(t, ana, "elm", "1")
	newer := take()
	if r := verify.Check(bytes.NewReader(newer), verify.Sent()); r.Problem != nil {
		t.Fatal(r.Problem)
	}
	v := webtest.New(t, s)
	form := func() *webtest.Form { return v.Get("/verify").Want(http.StatusOK).Form("Check") }
	form().File("file", "a.json", newer).Submit().Want(http.StatusOK).WantText("main", "This record holds.", "Elm")
	form().File("file", "a.json", newer).File("older", "b.json", older).Submit().Want(http.StatusOK).WantText("main", "Nothing was rewritten.")
	form().File("file", "a.json", older).File("older", "b.json", newer).Submit().Want(http.StatusOK).WantText("main", "does not hold", "wrong order")
	spoilt := bytes.Replace(newer, []byte("The server"), []byte("My pocket "), 1)
	form().File("file", "a.json", spoilt).Submit().Want(http.StatusOK).WantText("main", "does not hold", "was changed", "and of this kind: “a member wrote down who holds a key: ….”").WantNoText(".head", "does not hold")
	form().File("file", "a.json", []byte("%PDF")).Submit().Want(http.StatusOK).WantText("main", "cannot be checked")
	form().Submit().Want(http.StatusUnprocessableEntity).WantText("main", "Choose a file first.")
}

// TestUploadsAreBounded: too much, broken off, without a token, or too many at once.
func TestUploadsAreBounded(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := webtest.New(t, s)
	send := func(token string, length int64, file []byte, cut int) int {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		if err := w.WriteField("csrf", token); err != nil {
			t.Fatal(err)
		}
		part, err := w.CreateFormFile("file", "a.json")
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/verify", bytes.NewReader(b.Bytes()[:b.Len()-cut]))
		r.Host = "localhost:8080"
		r.Header.Set("Origin", base)
		r.Header.Set("Content-Type", w.FormDataContentType())
		if length > 0 {
			r.ContentLength = length
		} else {
			r.ContentLength = -1
		}
		return v.Do(r).Status
	}
	token := tokenOf(v)
	if got := send(token, verifyLimit+1, nil, 0); got != http.StatusRequestEntityTooLarge {
		t.Errorf("announced as too large: %d", got)
	}
	if got := send(token, 0, bytes.Repeat([]byte(" "), verifyLimit+1), 0); got != http.StatusOK && got != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", got)
	}
	if got := send("", 0, []byte("{}"), 0); got != http.StatusForbidden {
		t.Errorf("without a token: %d", got)
	}
	if got := send(token, 0, []byte("{}"), 30); got != http.StatusOK && got != http.StatusBadRequest {
		t.Errorf("broken off: %d", got)
	}
	if got := send(strings.Repeat("x", bodyLimit+1), 0, nil, 0); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a field that is too large: %d", got)
	}
	for range checksAtOnce {
		s.checks <- struct{}{}
	}
	if got := send(token, 0, []byte("{}"), 0); got != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d", got)
	}
}

// TestUploadsAreFewParts: a form of many parts, each next to nothing, must not cost more than one large file.
func TestUploadsAreFewParts(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	v := webtest.New(t, s)
	send := func(fill func(w *multipart.Writer) error) int {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		if err := errors.Join(w.WriteField("csrf", tokenOf(v)), fill(w), w.Close()); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/verify", &b)
		r.Host = "localhost:8080"
		r.Header.Set("Origin", base)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return v.Do(r).Status
	}
	files := func(names ...string) func(w *multipart.Writer) error {
		return func(w *multipart.Writer) (err error) {
			for _, name := range names {
				part, perr := w.CreateFormFile(name, "a.json")
				if err = errors.Join(err, perr); perr == nil {
					_, werr := part.Write([]byte("{}"))
					err = errors.Join(err, werr)
				}
			}
			return err
		}
	}
	for want, names := range map[int][]string{http.StatusOK: {"file", "older"}, http.StatusBadRequest: {"file", "file"}} {
		if got := send(files(names...)); got != want {
			t.Errorf("%v: %d, want %d", names, got, want)
		}
	}
	if got := send(files("file", "third")); got != http.StatusBadRequest {
		t.Errorf("a file that nobody asked for: %d", got)
	}
	if got := send(func(w *multipart.Writer) (err error) {
		for range 2 * bodyLimit / fieldCost {
			err = errors.Join(err, w.WriteField("a", ""))
		}
		return err
	}); got != http.StatusRequestEntityTooLarge {
		t.Errorf("many empty fields: %d", got)
	}
}

// TestASlowFileGivesUpItsPlace: two connections that drip must not keep everybody from checking a record.
func TestASlowFileGivesUpItsPlace(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	s.patience = 300 * time.Millisecond
	server := httptest.NewServer(s)
	defer server.Close()
	browser := &visitor{secret: strings.Repeat("A", 43)}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := w.WriteField("csrf", browser.formToken()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateFormFile("file", "a.json"); err != nil {
		t.Fatal(err)
	}
	send := func(body io.Reader) (int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/verify", body)
		if err != nil {
			return 0, err
		}
		r.Header.Set("Origin", server.URL)
		r.Header.Set("Content-Type", w.FormDataContentType())
		r.AddCookie(&http.Cookie{Name: anonymousCookie, Value: browser.secret})
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	var drips sync.WaitGroup
	for range checksAtOnce {
		from, to := io.Pipe()
		drips.Go(func() {
			if status, err := send(from); err == nil && status == http.StatusServiceUnavailable {
				t.Error("there was no place to drip into")
			}
		})
		drips.Go(func() {
			_, err := to.Write(form.Bytes())
			for err == nil {
				_, err = to.Write([]byte(" "))
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	drips.Wait() // the server hangs up on them
	if status, err := send(strings.NewReader(form.String() + "{}\r\n--" + w.Boundary() + "--\r\n")); err != nil || status != http.StatusOK {
		t.Errorf("a file that comes in at once: %d, %v", status, err)
	}
}
