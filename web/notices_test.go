package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/lang"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
	"folkmoot/internal/webtest"

	"github.com/labstack/echo/v4"
)

// postOffice is how the mail server of a test is reached.
func postOffice(srv *mailtest.Server) *notify.Server {
	return &notify.Server{Host: srv.Host, Port: srv.Port, From: "notices@vote.example.org", TLS: notify.StartTLS, User: mailtest.User, Password: mailtest.Password, Roots: srv.Roots}
}

// TestNoticesByMail: from giving an address, being told what for, over a mail that arrives, to the link in it that ends them.
func TestNoticesByMail(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		srv := mailtest.Start(t, mailtest.StartTLS)
		s := serve(t, d, c, withMail(t, d, postOffice(srv)))
		ana := begin(t, s, "Elm")
		if has := ana.Get("/me/email").Text("form"); !strings.Contains(has, "notices from your groups") || strings.Contains(has, "Nothing is sent") {
			t.Errorf("whoever gives an address is told %q", has)
		}
		ana.Get("/me/email").Form("Save").Set("email", "ana@example.org").Set("current", passphraseForTests).Submit().WantPath("/me").WantText(".facts", "You get notices by e-mail.")
		ben := enterBy(t, s, inviteLink(t, ana, "elm", "5"), "Ben") // who set the group up holds the key of the server, and nobody else does
		ben.Get("/g/elm/keys").WantCount("form[action='/g/elm/keys/mail']", 0)
		if p := ben.Do(browserRequest(http.MethodPost, "/g/elm/keys/mail", url.Values{"csrf": {tokenOf(ben)}})); p.Status != http.StatusForbidden {
			t.Errorf("who holds no key of the server gets %d", p.Status)
		}
		ana.Get("/g/elm/keys").Form("Send me a test mail").Submit().WantPath("/me/notices").WantText("main", "It is about to be sent.")
		if err := s.Notices.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		ana.Get("/me/notices").WantText("main", "The mail server took it on").WantText("main", "A test mail from Folkmoot")
		m := srv.Wait(t, 1)[0].Parse(t)
		link := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
		if !strings.Contains(m.Text, link) || !strings.Contains(m.HTML, `href="`+link+`"`) || !strings.Contains(m.Text, "take part in Elm") {
			t.Errorf("the link %s is not in it:\n%s\n%s", link, m.Text, m.HTML)
		}
		path := strings.TrimPrefix(link, base)
		stranger := webtest.New(t, s)
		stranger.Get(path).WantText("h1", "No more notices by e-mail?")
		ana.Get("/me").WantText(".facts", "You get notices by e-mail.") // looking does nothing
		oneClick := httptest.NewRequest(http.MethodPost, path, strings.NewReader("List-Unsubscribe=One-Click"))
		oneClick.Host = "localhost:8080"
		oneClick.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if p := stranger.Do(oneClick); p.Status != http.StatusOK || !strings.Contains(string(p.Body), "You get no more notices by e-mail") {
			t.Errorf("one click answers %d", p.Status)
		}
		ana.Get("/me").WantText(".facts", "You get no notices by e-mail.")
		ana.Get("/me/notices").Form("Save").Set("notices", "yes").Submit().WantPath("/me/notices").WantText("main", "From now on you get notices by e-mail.")
		stranger.Get(path).Form("End notices by e-mail").Submit().WantText("h1", "You get no more notices by e-mail")
		ana.Get("/me").WantText(".facts", "You get no notices by e-mail.")
	})
}

// TestAnAddressGivenForNothingElse: who gave their address to sign in, and was told that nothing is sent to it, is sent nothing until they say so.
func TestAnAddressGivenForNothingElse(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		if has := ana.Get("/me/email").Text("form"); !strings.Contains(has, "Nothing is sent to it") {
			t.Errorf("without a mail server people are told %q", has)
		}
		ana.Get("/me/email").Form("Save").Set("email", "ana@example.org").Set("current", passphraseForTests).Submit().WantPath("/me").WantText(".facts", "This server sends no mail.")
		ana.Get("/me/notices").WantCount("form[action='/me/notices']", 0).WantText("main", "This server sends no mail.")
		o := Options{Services: s.Services, Base: base, Catalog: s.views.catalog}
		withMail(t, d, &notify.Server{Host: "127.0.0.1", Port: 1, From: "n@vote.example.org"})(&o)
		s.Notices = o.Notices
		ana.Get("/me").WantText(".facts", "You get no notices by e-mail.")
		ana.Get("/me/notices").WantText("main", "you were told so").Form("Save").Set("notices", "yes").Submit().WantPath("/me/notices")
		ana.Get("/me").WantText(".facts", "You get notices by e-mail.")
		if p := ana.Do(browserRequest(http.MethodPost, "/me/notices", url.Values{"csrf": {tokenOf(ana)}, "notices": {"maybe"}})); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("neither yes nor no answers %d", p.Status)
		}
	})
}

// TestV22_EachTokenAtItsOwnDoor: the secrets of a calendar, an invitation, a setup and the end of notices open their own address and no other.
func TestV22_EachTokenAtItsOwnDoor(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := serve(t, dbtest.SQLite(t, c), c)
	ana := begin(t, s, "Elm")
	feed, err := s.Notices.MakeFeed(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	setup, err := s.Members.MakeSetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ref string
	if err := databaseOf[s].Read(t.Context(), func(tx *db.Tx) error { return tx.Raw("SELECT ref FROM members WHERE id = 1").Scan(&ref).Error }); err != nil {
		t.Fatal(err)
	}
	session := ana.Cookie(sessionCookie)
	invitation := inviteLink(t, ana, "elm", "5")
	tokens := map[string]string{"calendar": feed, "setup": setup, "stop": strings.TrimPrefix(s.Notices.StopPath(ref), "/stop/"),
		"join": strings.TrimPrefix(invitation, "/join/"), "session": session}
	doors := map[string]func(string) string{
		"calendar": func(tok string) string { return "/calendar/" + tok + ".ics" }, "setup": func(tok string) string { return "/setup/" + tok },
		"stop": func(tok string) string { return "/stop/" + tok }, "join": func(tok string) string { return "/join/" + tok },
	}
	for kind, tok := range tokens {
		for door, path := range doors {
			p := webtest.New(t, s).Do(browserRequest(http.MethodGet, path(tok), nil))
			if got, want := p.Status < 400, kind == door; got != want {
				t.Errorf("the token of %s at %s: %d", kind, door, p.Status)
			}
		}
	}
	if p := webtest.New(t, s).Do(browserRequest(http.MethodGet, "/calendar/"+feed, nil)); p.Status != http.StatusNotFound {
		t.Errorf("a calendar without its ending: %d", p.Status)
	}
}

// TestV07_ACastVoteSendsNothing: casting, changing and closing a vote leaves every table of what is sent as it was, and the calendar too.
func TestV07_ACastVoteSendsNothing(t *testing.T) {
	for _, secret := range []bool{false, true} {
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			w := newMailVote(t, d, c, secret)
			before, feed := w.tables(t), w.calendar(t)
			for _, choice := range []ballot.Choice{ballot.For, ballot.Against} {
				w.Cast(w.Who[3], w.motion, choice)
				if after := w.tables(t); !slices.Equal(before, after) {
					t.Errorf("secret %v: casting changed\n%q\nto\n%q", secret, before, after)
				}
				if now := w.calendar(t); now != feed {
					t.Errorf("secret %v: casting changed the calendar\n%s\nto\n%s", secret, feed, now)
				}
			}
		})
	}
}

// mailVote is an open vote, a member with a calendar, and everybody with something in the outbox.
type mailVote struct {
	*voting
	motion int
	feed   string
}

func newMailVote(t *testing.T, d *db.DB, c *dbtest.Clock, secret bool) *mailVote {
	t.Helper()
	w := &mailVote{voting: newVoting(t, d, c, "A", 9)}
	o := Options{Services: w.s.Services, Base: base, Catalog: w.s.views.catalog}
	withMail(t, d, &notify.Server{Host: "127.0.0.1", Port: 1, From: "n@vote.example.org"})(&o)
	w.s.Notices = o.Notices
	m := w.Table(secret)
	w.motion = m.Number
	w.GoTo(m.Opens)
	var err error
	if w.feed, err = w.s.Notices.MakeFeed(t.Context(), w.Who[3].Person); err != nil {
		t.Fatal(err)
	}
	w.Write(func(tx *db.Tx) error {
		var all []member.ID
		for _, a := range w.Who {
			all = append(all, a.Member.ID)
		}
		return w.s.Notices.Put(tx, notify.Notice{Group: w.Group, Kind: notify.Meeting, Subject: "meeting/1", Title: lang.M("mail.trial.title")}, all)
	})
	return w
}

// tables is every row of what is sent.
func (w *mailVote) tables(t *testing.T) (out []string) {
	t.Helper()
	all := everything(t, w.DB)
	for _, name := range []string{"letters", "mails", "calendar_feeds"} {
		if len(all[name]) == 0 {
			t.Fatalf("there is nothing in %s", name)
		}
		out = append(out, all[name]...)
	}
	return out
}

func (w *mailVote) calendar(t *testing.T) string {
	t.Helper()
	p := webtest.New(t, w.s).Get("/calendar/" + w.feed + ".ics")
	if !strings.Contains(string(p.Body), "BEGIN:VEVENT") {
		t.Fatalf("nothing is in the calendar: %d %s", p.Status, p.Body)
	}
	return string(p.Body)
}

// TestCalendarFeed: making it, reading it as a program does, and ending it.
func TestCalendarFeed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newMailVote(t, d, c, false)
		v := w.Show(w.motion)
		p := webtest.New(t, w.s).Get("/calendar/" + w.feed + ".ics")
		text := strings.ReplaceAll(string(p.Body), "\r\n ", "")
		for _, want := range []string{"DTSTART:" + v.Closes.UTC().Format("20060102T150405Z"), "SUMMARY:Vote closes: ", "URL:" + base + "/g/" + w.Group.Slug + "/proposals/", "UID:vote-"} {
			if !strings.Contains(text, want) {
				t.Errorf("the calendar lacks %q:\n%s", want, text)
			}
		}
		if got := p.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
			t.Errorf("it is %q", got)
		}
		again := browserRequest(http.MethodGet, "/calendar/"+w.feed+".ics", nil)
		again.Header.Set("If-None-Match", `"other", W/`+p.Header.Get("ETag"))
		if q := webtest.New(t, w.s).Do(again); q.Status != http.StatusNotModified || len(q.Body) != 0 {
			t.Errorf("asked again it answers %d with %d bytes", q.Status, len(q.Body))
		}
		c.Set(v.Closes.Add(time.Minute))
		if q := webtest.New(t, w.s).Get("/calendar/" + w.feed + ".ics"); strings.Contains(string(q.Body), "VEVENT") {
			t.Errorf("a vote that has closed is in it: %s", q.Body)
		}
	})
}

// TestCalendarPage: the address is shown to the browser that made it, a new one ends the old one, and none is left in the end.
func TestCalendarPage(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		address := func(p *webtest.Page) string {
			return strings.TrimPrefix(p.All("#calendar-address").AttrOr("value", ""), base)
		}
		first := address(ana.Get("/me/calendar").Form("Make an address").Submit().WantPath("/me/calendar"))
		if !strings.HasPrefix(first, "/calendar/") {
			t.Fatalf("the address is %q", first)
		}
		webtest.New(t, s).Get(first).Want(http.StatusOK)
		second := address(ana.Get("/me/calendar").Form("Make a new address in its place").Submit())
		if second == first {
			t.Error("it is the same")
		}
		webtest.New(t, s).Do(browserRequest(http.MethodGet, first, nil)).Want(http.StatusNotFound)
		c.Advance(2 * time.Hour)
		other := webtest.New(t, s)
		other.Get("/sign-in").Form("Sign in").Set("name", "ana").Set("passphrase", passphraseForTests).Submit()
		other.Get("/me/calendar").WantCount("#calendar-address", 0).WantText("main", "You made an address on")
		other.Get("/me/calendar").Form("End this calendar").Submit().WantPath("/me/calendar").WantText("main", "leads nowhere any more")
		webtest.New(t, s).Do(browserRequest(http.MethodGet, second, nil)).Want(http.StatusNotFound)
	})
}

// TestLetters: what is sent reads in both languages, has nothing in it that members wrote but as text, and shows by day and by night.
func TestLetters(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	words, err := Letters(catalog, "https://vote.example.org")
	if err != nil {
		t.Fatal(err)
	}
	n := notify.Notice{Group: member.Group{Name: "<b>Elm</b>", Ref: "g_elm"}, Title: plain(`<script>alert(1)</script> اجتماع`), Say: []lang.Msg{lang.M("notify.next"), plain("a <i>b</i>")},
		Facts: []notify.Fact{{Label: plain("Where"), Value: plain("Hall & yard")}}, Text: "**Agenda**\n\n1. [Rent](javascript:alert(1))\n2. <img src=x onerror=alert(1)>",
		Path: "/g/elm/meetings/3", Open: plain("To the meeting"), Event: &notify.Event{UID: "meeting-3", Start: dbtest.Start, Summary: plain("A\r\nATTACH:x")}}
	for tag, want := range map[string]string{"en": "End notices by e-mail", "es": "Detener los avisos por correo"} {
		l, err := words.Compose(tag, n)
		if err != nil {
			t.Fatal(err)
		}
		text, page, err := words.Finish(l, "https://vote.example.org/stop/x")
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []string{text, page} {
			for _, part := range []string{want, "https://vote.example.org/stop/x", "https://vote.example.org/g/elm/meetings/3", "To the meeting", "Agenda", "Where"} {
				if !strings.Contains(in, part) {
					t.Errorf("%s: it lacks %q:\n%s", tag, part, in)
				}
			}
		}
		for _, never := range []string{"<script", "<i>", "<b>Elm", "<img", "javascript:", "style=", "bgcolor"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page has %q:\n%s", tag, never, page)
			}
		}
		if !strings.Contains(page, `<html lang="`+tag+`" dir="ltr">`) || !strings.Contains(page, `name="color-scheme" content="light dark"`) || !strings.Contains(page, `<h1 dir="auto">`) {
			t.Errorf("%s: the page is\n%s", tag, page)
		}
		if !strings.Contains(l.ICS, `SUMMARY:A\nATTACH:x`) || !strings.Contains(l.ICS, "UID:meeting-3.g_elm@vote.example.org") {
			t.Errorf("%s: the calendar is\n%s", tag, l.ICS)
		}
	}
}

// TestAnEventAsAFile: what a meeting's page offers is one event, in the reader's language, that a program can take in.
func TestAnEventAsAFile(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := newVoting(t, dbtest.SQLite(t, c), c, "A", 3)
	probeEvent := route{http.MethodGet, "/g/:group/event", members, func(s *Server, c echo.Context) error {
		return s.sendEvent(c, "meeting-3", "/g/x/meetings/3", notify.Event{UID: "meeting-3", Sequence: 1, Start: dbtest.Start, End: dbtest.Start.Add(time.Hour),
			Summary: lang.M("notify.kind.meeting"), Location: "Hall", Cancelled: true})
	}}
	w.s.echo.Add(probeEvent.method, probeEvent.path, w.s.guarded(probeEvent))
	p := w.browser(t, w.Who[0].Person).Get(groupPath(w.Group) + "/event")
	for _, want := range []string{"SUMMARY:Meeting\r\n", "STATUS:CANCELLED\r\n", "SEQUENCE:1\r\n", "LOCATION:Hall\r\n", "URL:" + base + "/g/x/meetings/3\r\n", "UID:meeting-3." + w.Group.Ref + "@localhost\r\n"} {
		if !strings.Contains(string(p.Body), want) {
			t.Errorf("it lacks %q:\n%s", want, p.Body)
		}
	}
	if got := p.Header.Get("Content-Disposition"); got != `attachment; filename="meeting-3.ics"` {
		t.Errorf("it is sent as %q", got)
	}
}

// TestTotalsNameNobody: whoever sent a notice reads how many of what, in the order of the states, and nothing of those that are none.
func TestTotalsNameNobody(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range deliverySay(map[notify.State]int{notify.Off: 0, notify.NoAddress: 1, notify.Sent: 12}) {
		got = append(got, catalog.Voice("en").Say(m))
	}
	if want := []string{"12 were taken by the mail server", "1 member has given no address"}; !slices.Equal(got, want) {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestEachStateAndFailureHasItsWords, on pages and in totals.
func TestEachStateAndFailureHasItsWords(t *testing.T) {
	catalog, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, st := range notify.States() {
		ids = append(ids, "notify.state."+string(st), "notify.total."+string(st))
	}
	for _, code := range notify.Codes() {
		ids = append(ids, "notify.error."+string(code))
	}
	for _, k := range []notify.Kind{notify.Meeting, notify.Trial} {
		ids = append(ids, "notify.kind."+string(k))
	}
	for _, id := range ids {
		if !catalog.Has(id) {
			t.Errorf("there are no words for %s", id)
		}
	}
}
