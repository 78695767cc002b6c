package web

import (
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/motion"
	"folkmoot/internal/webtest"
)

// TestAProposalForAMeeting: its mover chooses where it is decided, can change that like the words, and every page says it.
func TestAProposalForAMeeting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 8)
		ada, list := w.as(t, 0), groupPath(w.Group)+"/proposals"
		form := func() (f *webtest.Form) {
			f = ada.Get(list+"/new").Want(http.StatusOK).WantText("main", "Where should we decide it?").Form("Ask for support now")
			return f.Set("title", "Buy a kettle").Set("clause-1", "We buy it.").Set("won", "There is tea.").Set("review_days", "90")
		}
		p := press(t, form().Set("forum", "meeting").Set("about_person", "yes"), "do", "propose").Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "A meeting cannot decide this")
		press(t, form().Set("forum", "meeting"), "do", "propose").Want(http.StatusOK).WantText("aside", "at our next meeting")
		for _, i := range []int{1, 2, 3} {
			if w.Motion(1).State == motion.Seeking {
				if _, err := w.Motions.Support(t.Context(), w.Who[i], 1, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		m := w.Motion(1)
		if m.State != motion.Tabled || m.Forum != motion.AtMeeting {
			t.Fatalf("%+v", m)
		}
		p = ada.Get(w.path("")).WantText(".head", "It waits for a meeting.", "members vote online from").WantText("aside", "Otherwise online from")
		ada.Get(list).WantText("main", "It waits for a meeting.")
		ada.Get(groupPath(w.Group)).WantText("main", "It waits for a meeting.")
		f := p.Follow("Change the words").Want(http.StatusOK).Form("Look at what changes")
		if f.Value("forum") != "meeting" {
			t.Errorf("the form has %q", f.Value("forum"))
		}
		p = press(t, f.Set("forum", "online"), "do", "check").Want(http.StatusOK).WantText("main", "It is to be decided online, by everybody")
		press(t, p.Form("Publish these words"), "do", "reword").Want(http.StatusOK).WantText("aside", "online, by everybody")
		p = ada.Get(w.path("/edit"))
		p = press(t, p.Form("Look at what changes").Set("forum", "meeting"), "do", "check").Want(http.StatusOK).WantText("main", "It is to be decided at a meeting")
		press(t, p.Form("Publish these words"), "do", "reword").Want(http.StatusOK).WantText("aside", "at our next meeting")
		ada.Get(w.path("/versions")).WantText("main", "It is to be decided at a meeting")
		w.Schedule(w.Motion(1), "meeting/3", c.Now().Add(24*time.Hour))
		ada.Get(w.path("")).WantText(".head", "It is on the agenda of meeting 3.").WantText("aside", "Meeting 3").WantNoText("main", "Change the words")
		ada.Get(list).WantText("main", "on the agenda of meeting 3")
		w.NotReached(w.Motion(1), "meeting/3")
		ada.Get(w.path("")).WantText(".head", "It waits for a meeting.")
		w.Schedule(w.Motion(1), "meeting/4", c.Now().Add(24*time.Hour))
		w.NotReached(w.Motion(1), "meeting/4")
		ada.Get(w.path("")).WantText(".head", "Meetings did not decide it.", "The vote opens").WantText("aside", "online after all")
	})
}

// TestAVoteInARoomOnItsPages: short, with the way back, in secret once and for all, and those who are not on its list are told why.
func TestAVoteInARoomOnItsPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 8)
		v := w.OpenRoom(true, 5)
		ada, away := w.as(t, 0), w.as(t, 6)
		ada.Get(w.path("")).WantText("main", "at meeting 3 and could vote")
		p := ada.Get(w.path("/vote")).WantText("aside", "5 present, 5 of them may vote")
		p.WantText("main", "Secret vote in meeting 3").WantCount(`a[href="`+groupPath(w.Group)+`/meetings/3"]`, 2)
		away.Get(w.path("/vote")).WantText(".head", "You were not checked in at the meeting").WantCount("form[action$=check]", 0)
		p = ada.Get(w.path("/vote")).Form("Check my vote").Set("choice", sent(ballot.For)).Submit().WantText("main", "you cannot change it").WantNoText("main", "You can change it")
		p = p.Form("Cast this vote").Submit().Want(http.StatusOK)
		p.WantText(".head", "Cast. Results at").WantText("main", "Back to meeting 3").WantNoText("main", "Change my vote", "If you change your vote")
		ada.Get(w.path("/vote")).WantText(".head", "In a secret vote in a meeting that is final.").WantCount("form[action$=check]", 0).WantCount("[data-refresh-at]", 1)
		for _, a := range w.Who[1:4] {
			w.Cast(a, 1, ballot.For)
		}
		w.GoTo(v.Closes)
		ada.Get(w.path("/vote")).WantText("main", "Carried").WantText("aside", "Meeting 3", "5 present, 5 of them may vote")
	})
}

// TestNamesStandWithTheDecision of a vote by name, which everybody is told before.
func TestNamesStandWithTheDecision(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "B", 8)
		m := w.TableForMeeting(false)
		w.Schedule(m, "meeting/3", c.Now().Add(time.Hour))
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: "meeting/3", Present: w.Present(5), Named: true}); err != nil {
			t.Fatal(err)
		}
		ada := w.as(t, 0)
		ada.Get(w.path("/vote")).WantText("main", "Vote by name in meeting 3", "At the end everybody sees how you voted.")
		for i, a := range w.Who[:5] {
			w.Cast(a, 1, ballot.Choices()[i%2])
		}
		w.Tick()
		ada.Get(w.path("/vote")).WantText("main", "Who voted how", "Member-001", "Against")
	})
}
