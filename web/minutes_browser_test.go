package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/dbtest"
)

// signedIn serves the pages to a browser that is signed in as the member.
func (h *meetHall) signedIn(i int) string {
	secret := h.session(h.Who[i].Person)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:8080"
		r.AddCookie(&http.Cookie{Name: "folkmoot", Value: secret})
		h.s.ServeHTTP(w, r)
	}))
	h.Cleanup(srv.Close)
	return srv.URL
}

// TestMinutesInABrowser looks at the notes as they are written and read, and at the record as a draft and with corrections, on a phone and on a desk.
func TestMinutesInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	v := h.begun()
	chair, writer := h.chair(v.Number), h.writer(v)
	reader := 0
	for reader == chair || reader == writer {
		reader++
	}
	list := "/g/" + h.Group.Slug + "/meetings/1/"
	look := func(who int, page, shot string) {
		t.Helper()
		url := h.signedIn(who)
		for name, l := range map[string]browsertest.Look{"phone": browsertest.Phone, "desk": browsertest.Desktop} {
			browsertest.Start(t, url).Person(l).Open(list + page).AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot + " " + name)
		}
	}
	if err := h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), v.Number, v.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	save := func(text string) {
		t.Helper()
		if _, _, err := h.s.Minutes.Save(t.Context(), h.Visit(h.Who[writer].Person), v.Number, v.Items[0].ID, 0, text); err != nil {
			t.Fatal(err)
		}
	}
	save("For: it is cold.\n\nAgainst: it costs.\n\nAgreed: two of us ask for a price by Friday.")
	look(writer, "notes", "notes written")
	look(reader, "notes", "notes read")
	if err := h.s.Meetings.Close(t.Context(), h.Visit(h.Who[chair].Person), v.Number); err != nil {
		t.Fatal(err)
	}
	look(writer, "record", "record draft")
	h.see(writer, "/1/record").Form("Yes, publish it").Submit().Want(http.StatusOK)
	h.see(reader, "/1/record").Form("Suggest it").Set("text", "It was warm.").Submit().Want(http.StatusOK)
	look(reader, "record", "record published")
	look(writer, "record", "record answered")
}

// TestNotesWithoutAConnection: whoever takes notes goes on writing while there is no connection. What was saved last is sent when there is one, what others
// wrote meanwhile stays, and whoever reads sees it without loading the page.
func TestNotesWithoutAConnection(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	v := h.begun()
	chair, writer := h.chair(v.Number), h.writer(v)
	if err := h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), v.Number, v.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	path, field := "/g/"+h.Group.Slug+"/meetings/1/notes", fmt.Sprintf("text-%d", v.Items[0].ID)
	kept := func() string {
		t.Helper()
		r, err := h.s.Minutes.Show(t.Context(), h.Who[chair], v.Number)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := r.Section(v.Items[0].ID)
		return s.Note.Text
	}
	const save = `(f => { document.querySelector("[name=" + f + "]").form.requestSubmit(); return true; })`
	doors := &hall{voting: h.voting, t: t}
	p := browsertest.Start(t, doors.door(writer).url).Person(browsertest.Phone).Open(path)
	reader := browsertest.Start(t, doors.door(chair).url).Person(browsertest.Desktop).Open(path)
	for _, one := range []*browsertest.Tab{p, reader} {
		eventually(t, "the stream", func() bool { return one.Has(liveOn) })
	}
	press := func() { t.Helper(); browsertest.Eval[bool](p, save+`("`+field+`")`) }

	p.Offline(true).Fill(field, "For: it is cold.")
	press()
	p.WantText("[data-outbox]", "Saved on this device.")
	p.Fill(field, "For: it is cold.\n\nAgainst: it costs.")
	press()
	if n := browsertest.Eval[int](p, `JSON.parse(localStorage.outbox).length`); n != 1 || kept() != "" {
		t.Errorf("%d things wait, the server has %q", n, kept())
	}
	p.AxeLightAndDark().WantNoSideways().Shot("notes kept here")
	p.Fill(field, "For: it is cold.\n\nAgainst: it costs.\n\nAgreed: not yet sent.")
	p.Offline(false)
	eventually(t, "it is sent", func() bool { return kept() == "For: it is cold.\n\nAgainst: it costs." })
	p.WantText("[data-outbox]", "Received.")
	if got := p.Value(field); !strings.Contains(got, "not yet sent") {
		t.Errorf("what was being typed became %q", got)
	}
	press()
	eventually(t, "the rest is saved", func() bool { return kept() == "For: it is cold.\n\nAgainst: it costs.\n\nAgreed: not yet sent." })
	reader.WantText("[data-part=notes]", "Agreed: not yet sent.")
	p.Forgive()
	reader.Forgive()
}
