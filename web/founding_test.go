package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/verify"
	"folkmoot/internal/webtest"
)

// TestFoundingThroughThePages goes from the first day to the adopted rules on the pages: the date, the rules beside their starting point, the
// vote, the end of the founder's powers, and what was decided before.
func TestFoundingThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := serve(t, d, c)
		ana := begin(t, s, "Elm")
		ana.Get(elm+"/begin/4").Form("Looks right, go on").Set("online_vote_hours", "4").Submit().Want(http.StatusOK)
		link := inviteLink(t, ana, "elm", "30")
		m := moot{s, d, c, ana, enterBy(t, s, link, "Ben"), enterBy(t, s, link, "Cai")}
		all := []*webtest.Visitor{m.ana, m.ben, m.cai}
		m.ben.Get(elm).WantText("main", "Talk about whether the group adopts its rules begins on", "The vote opens on", "and closes on", "what the group decides is provisional").WantNoText("main", "Put it to the vote now")
		m.ben.Get(elm+"/rules").WantText("main", "Members have not adopted these rules yet.")

		m.ben.Get(elm+"/meetings").WantText("#next ~ *", "Founding meeting", "Room 2", "The vote on them is on these pages.").WantNoText("main", "No meeting is called")
		m.ben.Get(elm).WantText("#meeting ~ *", "who would take a role", "It has no page of its own.")
		one := m.vote(t, c, all, propose(t, m.ben, "Ask for support now").URL.Path)
		m.ben.Get(one).WantText("main", "Carried")
		decided := m.ben.Get(elm+"/decisions").Want(http.StatusOK).Follow("Open the hall on Sundays").WantText("main", "The rules it was decided by are provisional")

		m.days(t, c, all, 14*24*time.Hour)
		p := m.cai.Get(elm).WantText("main", "The group is deciding whether it adopts its rules.").Follow("To the proposal").Want(http.StatusOK)
		p.WantText("main", "We decide by version", "The program puts it to the vote", "The rules beside their starting point", "Our rules", "4", "The founder’s special powers end in the same moment").
			WantNoText("main", "petition", "Who signed").WantText("h1", "Adopt these rules")
		m.vote(t, c, all, p.URL.Path)
		m.cai.Get(p.URL.Path).WantText("main", "Carried")

		rules := m.cai.Get(elm+"/rules").WantText("main", "Members adopted them on", ", by decision 20", "Decided before the rules were adopted", "Open the hall on Sundays").WantNoText("main", "have not adopted")
		m.cai.Get(elm+"/meetings").WantText("#past ~ *", "Founding meeting", "Room 2", "It was called for", "Members adopted the rules by decision 20").Follow("Room 2").Want(http.StatusOK).WantText("main", "Adopt these rules")
		rules.Follow("Open the hall on Sundays").WantText("main", "It stands, and any member may propose to undo it.").WantNoText("main", "are provisional")
		if decided.URL.Path == "" || m.cai.Get(elm).Has("#founding") {
			t.Error("the first page still speaks of adopting rules")
		}
		m.cai.Get(elm+"/people").WantNoText("main", "Start-up powers")
		m.cai.Get(elm+"/record").WantNoText("main", "ledger.")
		file := m.cai.Get(elm+"/record/export").Want(http.StatusOK).Form("Download").Set("format", "json").Submit().Want(http.StatusOK)
		if r := verify.Check(strings.NewReader(string(file.Body)), verify.Own()); r.Verdict != verify.Holds {
			t.Errorf("the record does not hold: %+v", r.Problem)
		}
	})
}

// TestTheFirstOnesHaveADate: before the founding meeting the first page and the roles' own pages say when roles are filled for the first time;
// then no longer.
func TestTheFirstOnesHaveADate(t *testing.T) {
	for preset, tt := range map[string]struct{ role, say string }{
		"A": {"stewards", "Choosing the first stewards begins with the founding meeting,"}, "B": {"convenors", "The first elections begin with the founding meeting,"},
	} {
		c := dbtest.NewClock(dbtest.Start)
		s := serve(t, dbtest.SQLite(t, c), c)
		ana := begin(t, s, "Elm")
		page := ana.Get(elm + "/begin/4")
		page.WantText("main", "Stewards are chosen by agreement.")
		page.Form("Looks right, go on").Set("preset", preset).Submit().Want(http.StatusOK)
		ana.Get(elm).WantNoText("main", tt.say)
		link := inviteLink(t, ana, "elm", "30")
		ben := enterBy(t, s, link, "Ben")
		enterBy(t, s, link, "Cai")
		at := ben.Get(elm).WantText("main", tt.say).Text("#meeting + p")
		ben.Get(elm+"/powers/"+tt.role).WantText("#filled ~ p", tt.say+" "+at+".")
		for range 15 { // a little at a time, so that nobody is signed out
			c.Advance(24 * time.Hour)
			ben.Get(elm)
		}
		ben.Get(elm).WantNoText("main", tt.say)
		ben.Get(elm+"/powers/"+tt.role).WantNoText("main", tt.say)
	}
}

// days lets time pass a little at a time, so that nobody is signed out, and does what is due.
func (m moot) days(t *testing.T, c *dbtest.Clock, all []*webtest.Visitor, d time.Duration) {
	t.Helper()
	for end := c.Now().Add(d); c.Now().Before(end); {
		c.Advance(min(24*time.Hour, end.Sub(c.Now())))
		for _, tick := range []func() error{
			func() error { return m.s.Founding.Tick(t.Context()) }, func() error { return m.s.Motions.Tick(t.Context()) },
			func() error { return m.s.Ballots.Tick(t.Context()) },
		} {
			if err := tick(); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range all {
			v.Get(elm).Want(http.StatusOK)
		}
	}
}

// vote has a proposal supported if it needs that, and carried by all. It returns its address.
func (m moot) vote(t *testing.T, c *dbtest.Clock, all []*webtest.Visitor, path string) string {
	t.Helper()
	for _, v := range all {
		if p := v.Get(path); p.Has("form[action$='/support']") {
			p.Form("Support this").Submit().Want(http.StatusOK)
		}
	}
	cast := false
	for day := 0; day < 30 && !cast; day++ {
		m.days(t, c, all, 24*time.Hour)
		if m.ana.Get(path + "/vote").HasButton("Check my vote") {
			for _, v := range all {
				castOn(v, path+"/vote", "for").Want(http.StatusOK)
			}
			cast = true
		}
	}
	if !cast {
		t.Fatal("no vote opened after " + strconv.Itoa(30) + " days")
	}
	m.days(t, c, all, 10*24*time.Hour)
	return path
}

// TestTwoMembersCallTheFoundingVote: where the founder set a date far off, the page lets two members do without it.
func TestTwoMembersCallTheFoundingVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		m := newMoot(t, d, c)
		all := []*webtest.Visitor{m.ana, m.ben, m.cai}
		m.ana.Get(elm+"/begin/6").Form("Call the meeting").Set("date", c.Now().AddDate(0, 0, 200).Format(time.DateOnly)).Submit().Want(http.StatusOK)
		m.days(t, c, all, 31*24*time.Hour)
		m.ben.Get(elm).Form("Put it to the vote now").Submit().Want(http.StatusOK).WantText("main", "It takes one more member.").WantNoText("main", "Put it to the vote now")
		m.cai.Get(elm).Form("Put it to the vote now").Submit().Want(http.StatusOK).WantText("main", "The group is deciding whether it adopts its rules.")
		m.ana.Get(elm+"/record").WantText("main", "asked that the group vote on its rules now")
	})
}
