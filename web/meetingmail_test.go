package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/mailtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
	"folkmoot/internal/webtest"
)

// mails has notices be sent: to the first two members, who want them; the fourth has an address and wants none.
func (h *meetHall) mails(t *testing.T, d *db.DB) *mailtest.Server {
	t.Helper()
	srv := mailtest.Start(t, mailtest.StartTLS)
	o := Options{Services: h.s.Services, Base: base, Catalog: h.s.views.catalog}
	withMail(t, d, postOffice(srv))(&o)
	h.s.Notices = o.Notices
	h.s.Meetings.OnNotice(o.Notices)
	for i, email := range []string{"zero@example.org", "one@example.org", "", "three@example.org"} {
		want := i != 3
		h.Write(func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO logins (person_id, email, passphrase, recovery, changed_at, notices) VALUES (?, ?, 'x', ?, 0, ?)",
				h.Who[i].Person, email, []byte("x"), db.Flag(want)).Error
		})
	}
	return srv
}

// TestAMeetingByTheRuleIsAnnouncedByMail: the mail says that nobody had called the meeting, and that nobody has said where it is; when somebody has, another says so, and calendars have it.
func TestAMeetingByTheRuleIsAnnouncedByMail(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	h := newMeetHall(t, d, c, 6)
	srv := h.mails(t, d)
	h.to(h.keepsRhythm().Calls)
	h.deliver()
	c.Advance(time.Hour)
	h.see(2, "/1").Follow("Say where it is").Form("Tell all members where it is").Set("place", "The hall").Submit().Want(http.StatusOK)
	h.deliver()
	all := srv.Wait(t, 4)
	for i, want := range [][]string{
		{"Ordinary meeting: ", "Nobody had called the meeting, so the rule on how often the group meets did.", "Nobody has said yet. Any member can say where it is.", "SEQUENCE:0"},
		{"Where it is: Ordinary meeting, ", "Somebody has said where group-1 meets. The time is as it was.", "The hall", "LOCATION:The hall", "SEQUENCE:3600"},
	} {
		mail := all[2*i].Parse(t)
		if !strings.HasPrefix(mail.Subject, want[0]) {
			t.Errorf("its subject is %q", mail.Subject)
		}
		for _, w := range want[1:] {
			if !strings.Contains(strings.Join(strings.Fields(mail.Text), " ")+mail.ICS, w) {
				t.Errorf("the mail lacks %q:\n%s\n%s", w, mail.Text, mail.ICS)
			}
		}
	}
}

// deliver sends what waits.
func (h *meetHall) deliver() {
	h.Helper()
	if err := h.s.Notices.Deliver(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// TestAMeetingIsAnnouncedByMail: whoever wants it has the notice of a meeting in their mailbox, with a calendar; whoever called it reads how many
// have, the others what became of theirs; and it stands in calendars.
func TestAMeetingIsAnnouncedByMail(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		srv := h.mails(t, d)
		p := votetest.Sample("Buy a kettle")
		p.Text.Forum = motion.AtMeeting
		m, err := h.s.Motions.Propose(t.Context(), h.Who[0], db.Once{}, 0, p)
		for i := 1; err == nil && m.State == motion.Seeking; i++ {
			m, err = h.s.Motions.Support(t.Context(), h.Who[i], m.Number, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		h.see(2, "").Form("Begin to collect names").Set("business", "The heating is broken.").Submit()
		h.see(3, "").Form("I ask for it too").Submit()
		h.to(c.Now().AddDate(0, 0, 7))
		opens := c.Now().AddDate(0, 0, 10).In(h.Group.Zone).Truncate(time.Hour)
		h.see(2, "").Follow("Call a meeting").Form("Give notice to all members").Set("title", "About the heating").Set("place", "The hall").
			Set("opens", opens.Format(time.DateOnly)).Set("time", opens.Format("15:04")).Set("minutes", "90").Set("getting-in", "Ring twice.").Submit().Want(http.StatusOK)
		h.see(0, "/1").WantText("main", "By e-mail: It is about to be sent.").WantNoText("main", "Of the notices by e-mail")
		if err := h.s.Notices.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := srv.Wait(t, 2)
		mail := all[0].Parse(t)
		page := base + "/g/" + h.Group.Slug + "/meetings/1"
		for _, want := range []string{"The hall", "Ring twice.", "On the agenda: About the heating", "On the agenda: Buy a kettle", page} {
			if !strings.Contains(mail.Text, want) {
				t.Errorf("the mail lacks %q:\n%s", want, mail.Text)
			}
		}
		ics := strings.ReplaceAll(mail.ICS, "\r\n ", "")
		if !strings.HasPrefix(mail.Subject, "About the heating: ") || !strings.Contains(ics, "DTSTART:"+opens.UTC().Format("20060102T150405Z")) || !strings.Contains(ics, "URL:"+page) {
			t.Errorf("its subject is %q, its calendar %s", mail.Subject, ics)
		}
		if len(all) != 2 || all[0].To == all[1].To {
			t.Errorf("%d mails were sent", len(all))
		}
		h.see(0, "/1").WantText("main", "By e-mail: The mail server took it on")
		h.see(2, "/1").WantText("main", "Of the notices by e-mail:", "2 were taken by the mail server", "3 members have given no address", "1 member wants no mail")
		h.visitor(3).Get("/me/notices").WantText("main", "About the heating").WantText("main", "you want no notices by e-mail")
		if p := h.visitor(1).Get("/g/" + h.Group.Slug + "/meetings/1/event"); !strings.Contains(string(p.Body), "SUMMARY:About the heating") {
			t.Errorf("the event is %s", p.Body)
		}
		feed, err := h.s.Notices.MakeFeed(t.Context(), h.Who[5].Person)
		if err != nil {
			t.Fatal(err)
		}
		if p := webtest.New(t, h.s).Get("/calendar/" + feed + ".ics"); !strings.Contains(string(p.Body), "UID:meeting-1.") {
			t.Errorf("the calendar is %s", p.Body)
		}
	})
}
