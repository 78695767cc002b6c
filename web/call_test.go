package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/tally"
	"folkmoot/internal/webtest"
)

// TestACallOnItsPages: whoever is here reads the text and answers with a plain form, a block says what it rests on, nobody sees a result before the end, and then
// everybody sees the line and what was said.
func TestACallOnItsPages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newVoting(t, d, c, "A", 8)
		m := w.TableForMeeting(false)
		w.Schedule(m, "meeting/3", c.Now().Add(time.Hour))
		if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: "meeting/3", Present: w.Present(6), Agree: true}); err != nil {
			t.Fatal(err)
		}
		ada, bo, away := w.as(t, 0), w.as(t, 1), w.as(t, 7)
		away.Get(w.path("/vote")).Want(http.StatusOK).WantText(".head", "You were not checked in at the meeting when this call was made.").WantCount("form[action$=answer]", 0)
		p := ada.Get(w.path("/vote")).Want(http.StatusOK).WantText("main", "We do it by May.", "Call for agreement in meeting 3", "What do the answers mean?").WantNoText("main", "Only if you block")
		p = p.Form("I agree, with a reservation").Submit().Want(http.StatusUnprocessableEntity).WantText(".problems", "Say what your reservation is.")
		was := w.Show(1).Closes
		p = p.Form("I block").Submit().Want(http.StatusOK).WantPath(w.path("/vote")).WantText("body", "The call is held open for you. Now say why you block.").WantText(".head", "Without that it is no block.")
		if got := w.Show(1).Closes; got != was.Add(time.Minute) {
			t.Errorf("it closes %s and not two minutes from now", got)
		}
		p = p.Form("Send my block").Submit().Want(http.StatusUnprocessableEntity)
		p.WantText(".problems", "Choose what it goes against", "Name the aim", "Say why")
		f := p.Form("Send my block").Set("ground", "principle").Set("names", "We lend").Set("words", "It is for sale.")
		f.Submit()
		ada.Get(w.path("/vote")).WantText(".head", "You have answered: I block.").WantText("aside", "1 person of 6")
		bo.Get(w.path("/vote")).WantNoText("main", "It is for sale.").WantText("aside", "1 person of 6")
		bo.Get(w.path("")).WantText("main", "1 person of 6").WantNoText("main", "It is for sale.")
		for i, say := range []agree.Answer{{Response: agree.Reservation, Words: "It is dear."}, {Response: agree.Yes}, {Response: agree.Yes}, {Response: agree.Yes}} {
			if _, err := w.Ballots.Answer(t.Context(), w.Who[i+1], m.Number, db.Once{}, say); err != nil {
				t.Fatal(err)
			}
		}
		w.GoTo(w.Show(1).Closes)
		if v := w.Show(1); v.Outcome != tally.Blocked {
			t.Fatalf("%+v", v.Ballot)
		}
		p = bo.Get(w.path("/vote")).WantText(".head", "Blocked on", "Vote 2026-001, no decision").WantText("main", "It is for sale.", "We lend", "Member-000", "It is dear.", "without a name", "I agree, with a reservation")
		p.WantText("main", "5 of 6 people answered, and it was blocked.").WantNoText("main", "Add a minority report")
		bo.Get(w.path("")).WantText("main", "Blocked")
		ada.Get(w.path("")).WantText("main", "Change the words")
		late := f.Submit()
		late.Want(http.StatusConflict).WantText("main", "is closed")
	})
}

// agreeing is a meeting of a group that decides by agreement, which talks about a proposal.
func agreeing(t *testing.T, d *db.DB, c *dbtest.Clock, urgent ...int) (h *meetHall, m meeting.View) {
	t.Helper()
	w := newVoting(t, d, c, "A", 6)
	h = &meetHall{&office{w, t, map[int]*webtest.Visitor{}}}
	h.Write(func(tx *db.Tx) error { return h.s.Roles.Form(tx, h.Group) })
	h.to(c.Now())
	ctx, must := t.Context(), func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := w.TableForMeeting(false)
	k, err := h.s.Meetings.AskFor(ctx, h.Who[0], "The kettle.")
	must(err)
	must(h.s.Meetings.Sign(ctx, h.Who[1], k.Number))
	h.to(c.Now().AddDate(0, 0, 7))
	opens := c.Now().AddDate(0, 0, 10).Truncate(time.Minute)
	_, err = h.s.Meetings.Call(ctx, h.Visit(h.Who[0].Person), db.Once{}, meeting.Details{Title: "Kitchen meeting", Place: "The hall", Opens: opens, Stop: opens.Add(90 * time.Minute)}, urgent...)
	must(err)
	h.to(h.view(1).LotAt)
	h.to(opens)
	for _, a := range h.Who {
		must(h.s.Meetings.CheckIn(ctx, a, 1, meeting.Room))
		must(h.s.Meetings.Would(ctx, a, 1, meeting.Offers()))
	}
	must(h.s.Meetings.Begin(ctx, h.Who[0], 1))
	by := func() member.Actor { return h.Visit(h.Who[h.chair(1)].Person) }
	must(h.s.Meetings.Adopt(ctx, by(), 1))
	for _, it := range h.view(1).Items {
		if it.Motion == p.ID {
			must(h.s.Meetings.Take(ctx, by(), 1, it.ID))
		}
	}
	return h, h.view(1)
}

// TestAgreementThroughThePages: whoever facilitates calls by a plain form, everybody is led to their answer and back, and the meeting's page says what came of it.
func TestAgreementThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, _ := agreeing(t, d, c)
		chair := h.chair(1)
		if act := h.see(chair, "/1/run").All("button.act:not([disabled])"); !strings.Contains(act.Text(), "Call for agreement") || strings.Contains(act.Text(), "Put it to the vote") {
			t.Errorf("what stands out on the console: %q", act.Text())
		}
		other := (chair + 1) % len(h.Who)
		if h.see(other, "/1").WantText("#floor", "Now: Buy a kettle").HasButton("Call for agreement") {
			t.Error("somebody else can call")
		}
		h.see(chair, "/1/run").WantText("#calls ~ *", "If you cannot agree, put it to the vote. Then at least 3 of every 4 votes").Form("Call for agreement").Submit().Want(http.StatusOK).
			WantText("main", "There is a call for agreement until")
		secret, err := h.s.Screens.Make(t.Context(), h.Visit(h.Who[0].Person), 1)
		if err != nil {
			t.Fatal(err)
		}
		screen := func() *webtest.Page { return webtest.New(t, h.s).Get("/screen/" + secret).Want(http.StatusOK) }
		screen().WantText("main", "Answer on your phone", "0 of 6 have answered.").WantNoText("main", "Vote on your phone")
		p := h.see(other, "/1").Follow("Answer now").Want(http.StatusOK).Form("I block").Submit().Form("Send my block").Set("ground", "safety").Set("names", "The stairs").Set("words", "Somebody will fall.").Submit()
		p.Want(http.StatusOK).WantPath("/g/"+h.Group.Slug+"/meetings/1").WantText("body", "Your answer is kept.")
		p.WantText("#wanted ~ *", "You have answered. You can change it until").WantNoText("#wanted ~ *", "Answer now")
		p.Follow("Change my answer").Want(http.StatusOK).Form("I agree")
		for i, a := range h.Who {
			if i != other {
				if _, err := h.s.Ballots.Answer(t.Context(), a, 1, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.to(c.Now())
		screen().WantText("main", "Blocked", "agree 5, reservation 0, aside 0, block 1").WantNoText("main", "Against")
		h.see(other, "/1").WantText("#calls ~ *", "Blocked", "agree 5, reservation 0, aside 0, block 1, not heard from 0", "Somebody will fall.", "It is blocked. There are up to 2 meetings to find a way")
		p = h.see(chair, "/1/run").WantText("#script ~ *", "5 agree, 1 blocks.", "Everybody has answered.", "There are up to 2 meetings to find a way")
		if act := p.All("button.act:not([disabled])").Text(); p.HasButton("Put it to the vote") || p.HasButton("Call for agreement") || !strings.Contains(act, "Done with this item") {
			t.Errorf("while people look for a way, on the console stands out: %q", act)
		}
	})
}
