package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// puts has members put proposals before the next meeting.
func (h *meetHall) puts(titles ...string) {
	h.Helper()
	for _, title := range titles {
		p := votetest.Sample(title)
		p.Text.Forum = motion.AtMeeting
		m, err := h.s.Motions.Propose(h.Context(), h.Who[0], db.Once{}, 0, p)
		for i := 1; err == nil && m.State == motion.Seeking; i++ {
			m, err = h.s.Motions.Support(h.Context(), h.Who[i], m.Number, 1)
		}
		h.must()(err)
	}
}

// thinning is a meeting with two proposals on its agenda from which all have just gone but whoever facilitates, who is returned.
func (h *meetHall) thinning() (chair int) {
	h.Helper()
	h.puts("Buy a kettle", "Paint the hall")
	v := h.begun()
	chair = h.chair(v.Number)
	for i, a := range h.Who {
		if i != chair {
			h.must()(h.s.Meetings.CheckOut(h.Context(), a, v.Number))
		}
	}
	return chair
}

// again is until when it is waited for others.
func (h *meetHall) again() time.Time {
	h.Helper()
	return h.view(1).Few.Add(time.Duration(h.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute)
}

// thinned is thinning once it was waited for others.
func (h *meetHall) thinned() (chair int) {
	h.Helper()
	chair = h.thinning()
	p, again := h.see(chair, "/1/run").WantCount("#few ~ * form", 0), h.again()
	p.WantText("#few ~ *", "From "+h.s.views.catalog.Voice("en").Clock(again.In(h.Group.Zone))+" on, if still too few are here.")
	if at := p.All("[data-refresh-at]").AttrOr("data-refresh-at", ""); at != again.UTC().Format(time.RFC3339) {
		h.Errorf("the console is fetched anew at %s, want %s", at, again.UTC().Format(time.RFC3339))
	}
	h.to(again)
	return chair
}

// TestTooFewChooseOnline: with too few in the room, whoever facilitates is told what they can choose, sends the proposals online once, and everybody reads what becomes of them.
func TestTooFewChooseOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair := h.thinned()
		p := h.see(chair, "/1/run").WantText("#few", "Too few are here to decide").WantText("#few ~ *", "Choose one of these three.", "Only talk", "Go on at another time", "All members vote online on the 2 proposals that are left.", "Paint the hall", "This cannot be taken back.")
		h.see((chair+1)%9, "/1").WantCount("#few", 0)
		late := h.see(chair, "/1/run").Form("Yes, send them online")
		p.Form("Yes, send them online").Submit().Want(http.StatusOK).WantPath(list(h)+"/1/run").WantText("#few ~ *", "No proposal is left to send online.")
		late.Submit().Want(http.StatusConflict).WantText("main", "No proposal is left to send online.")
		h.see(0, "/1").WantText("main", "goes to an online vote")
		motions := "/g/" + h.Group.Slug + "/proposals/1"
		h.visitor(3).Get(motions).Want(http.StatusOK).WantText(".head", "Members vote online.")
		if err := h.s.Meetings.CheckIn(t.Context(), h.Who[(chair+1)%9], 1, meeting.Room); err != nil {
			t.Fatal(err)
		}
		other := h.visitor((chair + 1) % 9)
		other.Get(list(h)+"/1/run").WantNoText("main", "Yes, send them online")
	})
}

// TestWhatCameOfItOnline: the page of a meeting and its record lead from a proposal that was sent online to the vote, and then to what it came to.
func TestWhatCameOfItOnline(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 9)
		chair := h.thinned()
		h.see(chair, "/1/run").Form("Yes, send them online").Submit().Want(http.StatusOK)
		h.see(3, "/1").WantText("#agenda ~ *", "goes to an online vote", "Members vote online.")
		h.must()(h.s.Meetings.Close(t.Context(), h.Visit(h.Who[chair].Person), 1))
		both := func(want ...string) {
			t.Helper()
			h.see(3, "/1").WantText("#agenda ~ *", append(want, "went to an online vote")...).WantNoText("main", "goes to an online vote")
			h.see(3, "/1/record").WantText("main", append(want, "went to an online vote")...)
		}
		m, err := h.s.Motions.Show(t.Context(), h.Who[0], 1)
		h.must()(err)
		h.to(m.Opens)
		both("Members vote on it online until")
		h.see(3, "/1").WantCount("#agenda ~ * a[href='/g/"+h.Group.Slug+"/proposals/1/vote']", 1)
		for i, a := range h.Who {
			h.Cast(a, 1, ballot.For)
			h.Cast(a, 2, []ballot.Choice{ballot.Against, ballot.For}[i/8])
		}
		h.to(h.Show(1).Closes)
		came := func(n int, how string) string { // which is counted first does not matter
			t.Helper()
			m, err := h.s.Motions.Show(t.Context(), h.Who[0], n)
			h.must()(err)
			ds, err := h.s.Decisions.About(t.Context(), m.ID)
			h.must()(err)
			return "Decision " + ds[0].Number() + ": " + how
		}
		both(came(1, "Carried"), came(2, "Not carried"))
		h.see(3, "/1/record").Follow(came(1, "Carried")).Want(http.StatusOK).WantText(".head", "Buy a kettle")
	})
}

// TestTooFewByMail: who was not in the room is told when the vote opens and on what, with a link to the meeting's page, once.
func TestTooFewByMail(t *testing.T) {
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
		h.see(chair, "/1/run").Form("Yes, send them online").Submit().Want(http.StatusOK)
		if err := h.s.Notices.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		mail := srv.Wait(t, 1)[0].Parse(t)
		for _, want := range []string{"Too few members of", "Buy a kettle", "Paint the hall", base + list(h) + "/1\n"} {
			if !strings.Contains(mail.Text+"\n", want) {
				t.Errorf("the mail lacks %q:\n%s", want, mail.Text)
			}
		}
		if !strings.HasPrefix(mail.Subject, "Vote online from ") || mail.ICS != "" {
			t.Errorf("its subject is %q, its calendar %q", mail.Subject, mail.ICS)
		}
		h.visitor(away).Get("/me/notices").WantText("main", "Vote online from").WantCount("main a[href='"+list(h)+"/1']", 1)
	})
}

// TestTooFewInABrowser: what can be chosen then, on a phone, a narrow one and a desk, light and dark.
func TestTooFewInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	chair := h.thinned()
	for name, look := range map[string]browsertest.Look{"phone": browsertest.Phone, "narrow": {Width: 320, Height: 640, Touch: true}, "desk": {Width: 1280, Height: 800}} {
		browsertest.Start(t, h.office.signedIn(chair)).Person(look).Open(list(h)+"/1/run").Press("Send the proposals to an online vote").WantText("#few ~ *", "Let all members vote online on these proposals?").
			AxeLightAndDark().WantNoSideways().WantTargets().Shot("too few " + name)
	}
}
