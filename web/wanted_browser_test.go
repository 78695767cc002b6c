package web

import (
	"testing"
	"time"

	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// TestWhatIsAskedStandsFirst: on a phone, the vote on what somebody asks for and the vote on a proposal are on the first screen, with scripts and without, whatever else is on the page.
func TestWhatIsAskedStandsFirst(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	h := newMeetHall(t, dbtest.SQLite(t, c), c, 9)
	ctx := t.Context()
	long := "Buy a kettle for the hall on Mill Road, with a lead that reaches the stage"
	h.puts(long, "Paint the hall on Mill Road, and the stage, before the winter fair")
	v := h.begun()
	chair := h.chair(v.Number)
	a := func(i int) member.Actor { return h.Visit(h.Who[(chair+i)%9].Person) }
	h.must()(h.s.Meetings.Take(ctx, a(0), 1, h.view(1).Undecided()[0].ID))
	for i := 1; i < 5; i++ {
		h.must()(h.s.Meetings.Raise(ctx, a(i), 1, meeting.Raised{Kind: floor.Speak, Side: floor.For}))
	}
	looks := map[string]browsertest.Look{"phone": browsertest.Phone, "narrow": {Width: 320, Height: 640, Touch: true}, "dark": browsertest.Phone, "desk": {Width: 1280, Height: 800}}
	dark := looks["dark"]
	dark.Dark = true
	looks["dark"] = dark
	plain := browsertest.Phone
	plain.NoJavaScript = true
	looks["plain"] = plain
	first := func(what, act string) {
		t.Helper()
		for name, look := range looks {
			p := browsertest.Start(t, h.office.signedIn((chair+6)%9)).Person(look).Open(list(h) + "/1")
			if !look.NoJavaScript { // without, the page loads itself anew, which axe is right not to like
				p.AxeLightAndDark()
			}
			p.WantNoSideways().WantTargets().Shot(what + " " + name)
			if bottom := browsertest.Eval[float64](p, `document.querySelector("#wanted ~ .now `+act+`").getBoundingClientRect().bottom + scrollY`); bottom > float64(look.Height) {
				t.Errorf("%s, %s: what is asked ends at %.0f of %d", what, name, bottom, look.Height)
			}
		}
	}
	h.must()(h.s.Meetings.MakeMove(ctx, a(2), db.Once{}, 1, procedure.GoRound, meeting.Named{Minutes: 1}))
	h.must()(h.s.Meetings.MakeMove(ctx, a(3), db.Once{}, 1, procedure.Adjourn, meeting.Named{At: c.Now().Add(7 * 24 * time.Hour), Minutes: 60, Other: true}))
	mv := h.view(1).Moves[0]
	h.must()(h.s.Meetings.SupportMove(ctx, a(4), 1, mv.ID))
	h.must()(h.s.Meetings.PutMove(ctx, a(0), 1, mv.ID))
	first("asked vote on a move", "button[value=no]")
	for i := range h.Who {
		h.must()(h.s.Meetings.AnswerMove(ctx, a(i), 1, mv.ID, meeting.No))
	}
	for _, open := range h.view(1).Moves {
		h.must()(h.s.Meetings.TakeMoveBack(ctx, a(2), 1, open.ID))
	}
	h.must()(h.s.Meetings.PutToVote(ctx, a(0), 1, h.view(1).Current.ID, false))
	first("asked vote on a proposal", "a.act")
}
