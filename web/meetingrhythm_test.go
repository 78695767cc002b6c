package web

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// keepsRhythm has the group meet by its rule, of which it returns the next day.
func (h *meetHall) keepsRhythm() meeting.Rhythm {
	h.Helper()
	h.KeepRhythm()
	v, err := h.s.Meetings.List(h.Context(), h.Who[0], 0)
	if err != nil {
		h.Fatal(err)
	}
	return v.Rhythm
}

// lets gives a member the power to call meetings.
func (h *meetHall) lets(who int) {
	h.Helper()
	now := h.Clock.Now()
	h.Write(func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) VALUES ('j_lets', ?, 'convene', ?, 'convene', ?, ?, '')`,
			h.Group.ID, h.Who[who].Member.ID, db.At(now), db.At(now.AddDate(1, 0, 0))).Error
	})
}

// TestRhythmThroughThePages: the pages say when the group meets by its rule and who can call the meeting, and the form proposes that day; the rule calls what nobody has, says so, and
// a member says where it is.
func TestRhythmThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h := newMeetHall(t, d, c, 6)
		r := h.keepsRhythm()
		home, list := "/g/"+h.Group.Slug, "/g/"+h.Group.Slug+"/meetings"
		h.see(0, "").WantText("#rhythm ~ *", "every 4 weeks", "Whoever is chosen to call meetings can call it until")
		h.visitor(1).Get(home).WantText("#rhythm ~ *", "every 4 weeks", "the rule calls it")
		h.visitor(1).Get(home+"/rules").WantText("main", "The group meets once in four weeks. If nobody calls that meeting in time, this rule does.")
		h.lets(1)
		h.visitor(1).Get(home).WantText("#rhythm ~ *", "You can call this meeting until")
		form := h.see(1, "/new").WantText("form", "By our rules we meet on").Form("Give notice to all members")
		if got := form.Value("opens") + " " + form.Value("time"); got != r.Next.In(h.Group.Zone).Format("2006-01-02 15:04") {
			t.Errorf("the form proposes %s, and the rule says %s", got, r.Next)
		}
		h.to(r.Calls)
		h.visitor(2).Get(home).WantCount("#rhythm", 0).WantText("main", "Next meeting")
		page := list + "/1"
		h.see(2, "/1").WantText("main", "nobody: the rule on how often the group meets did", "Nobody has said yet")
		h.visitor(2).Get(page+"/print").WantText("main", "Nobody has said yet")
		h.visitor(2).Get(page+"/where").Want(http.StatusOK).Form("Tell all members where it is").Submit().Want(http.StatusUnprocessableEntity).
			WantText("main", "Say where it is: a place, a link or a phone number.").Form("Tell all members where it is").Set("place", "The hall").Set("getting-in", "Two steps.").
			Submit().Want(http.StatusOK).WantPath(page).WantText("main", "All members are told where it is.", "The hall", "Two steps.").WantNoText("main", "Nobody has said yet")
		h.visitor(2).Get(page + "/where").Want(http.StatusForbidden)
		if got := h.visitor(1).Get(page + "/where").Want(http.StatusOK).Form("Tell all members where it is").Value("place"); got != "The hall" {
			t.Errorf("whoever convenes changes %q", got)
		}
		h.visitor(3).Get(home+"/record").WantText("main", "Nobody had called the group’s next meeting, so the rule on how often it meets called meeting 1.", "said where meeting 1 is.")
		h.to(r.Next.AddDate(0, 0, 2))
		if again := h.see(1, "/new").Form("Give notice to all members"); again.Value("place") != "The hall" || again.Value("time") != r.Next.In(h.Group.Zone).Format("15:04") {
			t.Errorf("the next is proposed at %q, %s", again.Value("place"), again.Value("time"))
		}
	})
}

// TestRhythmInABrowser: axe finds nothing on the pages about meeting by the rule, on a phone and at a desk, light and dark, and a member says without scripts where a meeting is.
func TestRhythmInABrowser(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 6)
	h.lets(1)
	r := h.keepsRhythm()
	home := "/g/" + h.Group.Slug
	narrow, quiet := browsertest.Phone, browsertest.Phone
	narrow.Width, quiet.NoJavaScript = 320, true
	visit := func(when string, i int, looks []browsertest.Look, paths map[string]string) {
		for _, look := range looks {
			p := browsertest.Start(t, h.office.signedIn(i)).Person(look).For(t)
			for name, path := range paths {
				p.Open(home + path).WantNoSideways().AxeLightAndDark().WantTargets().Shot("rhythm-" + when + "-" + name + "-" + strconv.FormatInt(look.Width, 10))
			}
		}
	}
	visit("ahead", 1, []browsertest.Look{narrow, browsertest.Desktop}, map[string]string{"now": "", "list": "/meetings", "call": "/meetings/new"})
	h.to(r.Calls.Add(time.Hour))
	visit("called", 2, []browsertest.Look{browsertest.Phone, browsertest.Desktop}, map[string]string{"now": "", "show": "/meetings/1", "where": "/meetings/1/where"})
	p := browsertest.Start(t, h.office.signedIn(2)).Person(quiet).For(t).Open(home+"/meetings/1").Click("Say where it is").Fill("Where is it?", "The hall")
	p.Click("Tell all members where it is").WantText("main", "All members are told where it is.", "The hall")
}
