package web

import (
	"net/http"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
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
			s.see(2, "/1").WantCount("#result", 0)
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
