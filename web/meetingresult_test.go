package web

import (
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/procedure"
)

// voted has the proposal of the meeting be voted on, with so many for it, and one against; it returns the item.
func (s *screening) voted(yes int) meeting.Item {
	s.Helper()
	s.take(true)
	it := s.view(1).Current
	s.must(s.s.Meetings.PutToVote(s.Context(), s.facilitator(), 1, it.ID, false))
	for i := range s.Who {
		switch {
		case i < yes:
			s.Cast(s.Who[i], s.m.Number, ballot.For)
		case i == yes:
			s.Cast(s.Who[i], s.m.Number, ballot.Against)
		default:
			s.Cast(s.Who[i], s.m.Number, ballot.Abstain)
		}
	}
	s.to(s.Clock.Now())
	return it
}

// TestAResultIsTold: what a vote came to stands on everybody's page, on the console and on the screen, with its numbers and what it took, is read out, and stays with the item. A proposal that is
// not carried is told as plainly as one that is.
func TestAResultIsTold(t *testing.T) {
	for yes, want := range map[int]string{5: "Carried: 5 for, 1 against, 2 abstain", 1: "Not carried: 1 for, 1 against, 6 abstain"} {
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			s := newScreening(t, d, c)
			s.begin()
			s.take(true)
			s.see(2, "/1").WantCount("#result", 0).WantText("#floor ~ *", "Speak for", "Speak against") // which is no vote
			s.voted(yes)
			const rule = "Carried if more vote for than against."
			for _, below := range []string{"/1", "/1/run"} {
				s.see(s.chair(1), below).WantText("#result", want, rule).WantText("#script ~ *", want, rule)
			}
			s.see(2, "/1").WantText("#result", want, rule).WantText("#agenda ~ *", want)
			s.look().WantText("main", "Carried if more vote for than against.", want) // large, and in the line of its item
			c.Advance(time.Minute)
			s.look().WantText("[data-part=what]", want).WantText("[data-part=script]", want)
			p := s.see(s.chair(1), "/1/run").Form("Said").Submit().Want(http.StatusOK).WantText("#result", want)
			if next := "Who does this, and by when?"; yes == 5 {
				p.WantText("#script ~ *", next)
			} else {
				p.WantNoText("#script ~ *", next, want)
			}
			s.take(false)
			s.see(2, "/1").WantCount("#result", 0).WantText("#agenda ~ *", want)
		})
	}
}

// TestWhyNobodyFacilitates: whoever facilitates is told before they take what they have proposed; everybody is told then why nobody facilitates it.
func TestWhyNobodyFacilitates(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		s.begin()
		s.see(s.chair(1), "/1/run").WantCount("#own", 0)
		s.must(s.s.Meetings.HandOver(t.Context(), s.facilitator(), 1, meeting.Facilitates, s.Who[0].Member.ID))
		second := s.holder(s.view(1), meeting.Vice)
		s.see(0, "/1/run").WantText("#own", "You have a part in this, so "+s.Who[second].Member.Name+" facilitates it once you take it.", "Hand over")
		s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[second].Person), 1))
		s.see(0, "/1/run").WantText("#own", "You have a part in this, so somebody else facilitates it. Hand over before you take it.")
		s.see(0, "/1/run").Form("Go to the next item").Submit().Want(http.StatusOK)
		s.see(3, "/1").WantText("#nobody ~ *", "Member-000 proposed this, so somebody else facilitates it.")
		s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[0].Person), 1))
		s.see(3, "/1").WantText("#nobody ~ *", "Whoever did has left.").WantNoText("#nobody ~ *", "Member-000")
	})
}

// TestWhoCountsHandsSeesThem: nobody who is elsewhere is asked to count the hands in a room; and of what people ask for about how the meeting goes on no hands are counted.
func TestWhoCountsHandsSeesThem(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, chair, _, some := handed(t, d, c)
		s.must(s.s.Meetings.MakeMove(t.Context(), s.Visit(s.Who[some[0]].Person), db.Once{}, 1, procedure.Adjourn, meeting.Named{Minutes: 10}))
		s.see(some[1], "/1").WantText("#wanted ~ *", "Hands are counted on proposals.") // who votes on how the meeting goes on
		s.must(s.s.Meetings.TakeMoveBack(t.Context(), s.Visit(s.Who[some[0]].Person), 1, s.view(1).Moves[0].ID))
		s.must(s.s.Meetings.CheckIn(t.Context(), s.Visit(s.Who[some[1]].Person), 1, meeting.Remote))
		s.see(some[1], "/1").WantNoText("main", "I would count hands")
		s.must(s.s.Meetings.CheckIn(t.Context(), s.Visit(s.Who[some[1]].Person), 1, meeting.Room))
		s.see(some[1], "/1").Form("I would count hands").Submit().Want(http.StatusOK)
		s.see(chair, "/1/run").Form("Put it to the vote").Submit().Want(http.StatusOK).WantText("main", "The vote is open until")
	})
}
