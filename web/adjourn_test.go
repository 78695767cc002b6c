package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/meeting"
)

// TestTooFewTalkOnly: that is said on the console, on everybody's page and on the screen, until enough are there.
func TestTooFewTalkOnly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair := h.thinned()
		const says = "We only talk. Nothing is decided until enough are here."
		h.see((chair+1)%9, "/1").WantNoText("main", says).WantText(".head", "Too few are there to decide.")
		screen := h.see(chair, "/1/screen").Form("Make the address").Submit().Want(http.StatusOK).All(`a[href^="`+screenPrefix+`"]`).AttrOr("href", "")
		h.see(chair, "/1/run").Form("Only talk").Submit().Want(http.StatusOK).WantPath(list(h)+"/1/run").WantText("#quorum", says).WantText("#few ~ *", "You chose this.")
		h.see((chair+1)%9, "/1").WantText("main", says).WantText(".head", "so it only talks")
		h.visitor(chair).Get(screen).WantText("main", "we only talk")
		h.visitor((chair+1)%9).Get("/g/"+h.Group.Slug).WantText("main", "Too few are there to decide, so it only talks. 2 proposals wait:").WantNoText("main", "To be decided there")
		for i := range h.Who {
			if i != chair {
				if err := h.s.Meetings.CheckIn(t.Context(), h.Who[i], 1, meeting.Room); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.see((chair+1)%9, "/1").WantNoText("main", says)
		h.see(chair, "/1/run").WantNoText("main", says).WantCount("#few", 0).WantNoText("#over ~ *", "Go on at another time")
		h.to(h.view(1).Stop)
		h.see(chair, "/1/run").WantText("#over ~ *", "Go on at another time", "What is not finished goes on then")
	})
}

// TestGoesOnAnotherTime: whoever facilitates names a time; all members are told, their calendars move, and the record has both sittings.
func TestGoesOnAnotherTime(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair := h.thinned()
		srv := mailtest.Start(t, mailtest.StartTLS)
		o := Options{Services: h.s.Services, Base: base, Catalog: h.s.views.catalog}
		withMail(t, d, postOffice(srv))(&o)
		h.s.Notices = o.Notices
		h.s.Meetings.OnNotice(o.Notices)
		away := (chair + 1) % 9
		h.Write(func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO logins (person_id, email, passphrase, recovery, changed_at, notices) VALUES (?, 'away@example.org', 'x', ?, 0, ?)", h.Who[away].Person, []byte("away"), db.Flag(true)).Error
		})
		item := h.view(1).Items[0]
		h.must()(h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), 1, item.ID))
		h.to(c.Now().Add(10 * time.Minute))
		form := h.see(chair, "/1/run").Form("Stop here and go on then")
		form.Set("adjourn-date", "2001-01-01").Submit().Want(http.StatusUnprocessableEntity).WantText("#few ~ *", "It goes on an hour from now at the earliest.")
		next := c.Now().Add(4 * 24 * time.Hour).In(h.Group.Zone)
		form = h.see(chair, "/1/run").Form("Stop here and go on then")
		form.Set("adjourn-date", next.Format(time.DateOnly)).Set("adjourn-time", "18:30").Set("adjourn-length", "45").Submit().Want(http.StatusOK).WantPath(list(h)+"/1").
			WantText(".head", "It stopped before it was done, and goes on at another time.").WantText("#facts ~ *", "It goes on").WantNoText("main", "Put it to the vote")
		h.see(away, "").WantText("#next ~ *", "goes on at another time")
		h.see(away, "/1/notes").Want(http.StatusOK)
		if err := h.s.Notices.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		mail := srv.Wait(t, 1)[0].Parse(t)
		for _, want := range []string{"stopped before it was done", "Buy a kettle", "Paint the hall", base + list(h) + "/1\n"} {
			if !strings.Contains(mail.Text+"\n", want) {
				t.Errorf("the mail lacks %q:\n%s", want, mail.Text)
			}
		}
		if !strings.HasPrefix(mail.Subject, "It continues on ") || !strings.Contains(mail.ICS, "T183000") || !strings.Contains(mail.ICS, "UID:meeting-1") {
			t.Errorf("its subject is %q, its calendar %q", mail.Subject, mail.ICS)
		}
		v, err := h.s.Meetings.Show(t.Context(), h.Who[0], 1)
		if err != nil {
			t.Fatal(err)
		}
		h.to(v.Opens)
		for i := range h.Who {
			if err := h.s.Meetings.CheckIn(t.Context(), h.Who[i], 1, meeting.Room); err != nil {
				t.Fatal(err)
			}
		}
		h.see(chair, "/1").WantCount("input[name=job][checked]", 1) // they would do again what they did
		h.see(chair, "/1").Form("Begin the meeting").Submit().Want(http.StatusOK)
		h.see((chair+1)%9, "/1").WantText("#agenda ~ *", "not finished")
		h.must()(h.s.Meetings.Take(t.Context(), h.Visit(h.Who[chair].Person), 1, item.ID))
		h.to(c.Now().Add(5 * time.Minute))
		h.must()(h.s.Meetings.Finish(t.Context(), h.Visit(h.Who[chair].Person), 1, item.ID))
		h.see(chair, "/1/run").WantText("#quorum", "Enough to decide").Form("Yes, close it").Submit().Want(http.StatusOK)
		h.see(chair, "/1/record").WantText("#facts ~ *", "it stopped, to continue on", "it went on. 9 members were there, enough for decisions.",
			"Facilitator · sitting 1", "Facilitator · sitting 2").WantText("#item-"+itemKey(item.ID), "15 minutes in all")
		h.see(2, "/1").Follow("In the record").Want(http.StatusOK).WantPath(list(h) + "/1/record")
	})
}

// TestMembersAskToGoOnAnotherTime: beside a break, with the date in what was asked.
func TestMembersAskToGoOnAnotherTime(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		v := h.begun()
		by := (h.chair(v.Number) + 1) % 9
		h.see(by, "/1").WantText("#moves-ask ~ *", "Take a break", "Go on at another time").Form("Ask: Go on at another time").Set("sit-date", "").Submit().
			Want(http.StatusUnprocessableEntity).WantText("#moves-ask ~ *", "Give a day and a time.")
		h.see(by, "/1").Form("Ask: Go on at another time").Set("sit-length", "40").Submit().Want(http.StatusOK).WantText("#wanted ~ *", "Stop here, and continue on ", "For at most 40 minutes")
		named := "Stop here, and continue on " + h.s.views.catalog.Voice("en").DateTime(h.view(1).Moves[0].At.In(h.Group.Zone))
		screen := h.see(h.chair(1), "/1/screen").Form("Make the address").Submit().Want(http.StatusOK).All(`a[href^="`+screenPrefix+`"]`).AttrOr("href", "")
		h.visitor(by).Get(screen).WantText("main", "Asked: "+named)
		h.see(h.chair(1), "/1/run").WantText("#wanted ~ *", named)
		h.visitor(by).Get("/g/"+h.Group.Slug+"/record").WantText("main", "asked for something in meeting 1: "+named)
	})
}

// TestGoesOnInABrowser: the three choices, talking only, and a meeting that goes on, on a phone, a narrow one and a desk, light and dark.
func TestGoesOnInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	chair := h.thinning()
	looks := map[string]browsertest.Look{"phone": browsertest.Phone, "narrow": {Width: 320, Height: 640, Touch: true}, "desk": {Width: 1280, Height: 800}}
	each := func(what, path string, who int, do func(p *browsertest.Tab)) {
		for name, look := range looks {
			p := browsertest.Start(t, h.office.signedIn(who)).Person(look).Open(list(h) + path)
			if do != nil {
				do(p)
			}
			p.AxeLightAndDark().WantNoSideways().WantTargets().Shots(what + " " + name)
		}
	}
	each("wait for others", "/1/run", chair, nil)
	h.to(h.again())
	each("three choices", "/1/run", chair, func(p *browsertest.Tab) { p.Press("Go on at another time") })
	h.see(chair, "/1/run").Form("Only talk").Submit().Want(http.StatusOK)
	each("talk only console", "/1/run", chair, nil)
	each("talk only", "/1", (chair+1)%9, nil)
	h.see(chair, "/1/run").Form("Stop here and go on then").Submit().Want(http.StatusOK)
	each("goes on", "/1", (chair+1)%9, nil)
	v := h.view(1)
	h.to(v.Opens)
	writer := h.writer(v)
	for i := range h.Who {
		if i != writer {
			h.must()(h.s.Meetings.CheckIn(t.Context(), h.Who[i], 1, meeting.Room))
		}
	}
	for i := range h.Who { // the others are taken, whoever comes
		if i != writer && !slices.ContainsFunc(v.Terms, func(term meeting.Term) bool { return term.Member == h.Who[i].Member.ID }) {
			h.must()(h.s.Meetings.Would(t.Context(), h.Who[i], 1, []meeting.Job{meeting.Facilitates}))
		}
	}
	h.must()(h.s.Meetings.Begin(t.Context(), h.Who[(writer+1)%9], 1))
	each("a job that waits", "/1", (writer+1)%9, nil)
	h.to(h.view(1).Opens.Add(time.Duration(h.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute))
	page := h.see((writer+1)%9, "/1").WantText("#jobs ~ *", "I’ll do it: Notes")
	page.Form("I’ll do it: Notes").Submit().Want(http.StatusOK).WantNoText("#jobs ~ *", "I’ll do it: Notes")
	h.see((writer+1)%9, "/1/notes").WantText("main", "Write what matters of each item.")
}
