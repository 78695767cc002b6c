package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/webtest"
)

// toCall is a group that decides by agreement, in which one can call a meeting now and a proposal waits for it.
func toCall(t *testing.T, d *db.DB, c *dbtest.Clock) *meetHall {
	t.Helper()
	h := &meetHall{&office{newVoting(t, d, c, "A", 6), t, map[int]*webtest.Visitor{}}}
	h.TableForMeeting(false)
	k, err := h.s.Meetings.AskFor(t.Context(), h.Who[0], "The kettle.")
	if err == nil {
		err = h.s.Meetings.Sign(t.Context(), h.Who[1], k.Number)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.to(c.Now().AddDate(0, 0, 7))
	return h
}

// TestWhatCannotWaitIsInTheNotice: whoever calls a meeting ticks what cannot wait, and the agenda and the mail say so to everybody.
func TestWhatCannotWaitIsInTheNotice(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	h := toCall(t, d, c)
	srv := h.mails(t, d)
	opens := c.Now().AddDate(0, 0, 10).In(h.Group.Zone).Truncate(time.Hour)
	p := h.see(0, "").Follow("Call a meeting").WantText("main", "What cannot wait?", "People who are absent get no days to block it.", "Buy a kettle")
	p.Form("Give notice to all members").Set("title", "About the kettle").Set("place", "The hall").Set("opens", opens.Format(time.DateOnly)).Set("time", opens.Format("15:04")).Set("minutes", "90").
		Set("urgent", "1").Submit().Want(200).WantText("main", "urgent: what you agree on here stands at once")
	h.see(3, "/1").WantText("main", "urgent: what you agree on here stands at once")
	h.see(3, "/1/print").WantText("main", "urgent: what you agree on here stands at once")
	h.deliver()
	mail := strings.Join(strings.Fields(srv.Wait(t, 2)[0].Parse(t).Text), " ")
	for _, want := range []string{"Urgent: Buy a kettle", "What is marked as urgent cannot wait. If those who come agree on it, it stands at once"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail lacks %q:\n%s", want, mail)
		}
	}
}

// TestWhatCannotWaitThroughThePages: the call says what follows from it, and what is agreed stands at once, also for who was not heard from.
func TestWhatCannotWaitThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, _ := agreeing(t, d, c, 1)
		chair := h.chair(1)
		says := "If you agree on it here, it stands at once, also for those who are absent."
		h.see(chair, "/1/run").WantText("#calls ~ *", says).Form("Call for agreement").Submit().Want(200)
		h.see((chair+1)%len(h.Who), "/1").Follow("Answer now").WantText("main", says)
		for i, a := range h.Who {
			if i != (chair+1)%len(h.Who) {
				if _, err := h.s.Ballots.Answer(t.Context(), a, 1, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.to(h.Show(1).Closes)
		absent := h.visitor((chair + 1) % len(h.Who))
		absent.Get("/g/"+h.Group.Slug).WantNoText("main", "Agreed without you")
		absent.Get(fmt.Sprintf("/g/%s/decisions/%d-001", h.Group.Slug, dbtest.Start.Year())).WantText("main", "Agreed", "Urgent", "The notice of the meeting said that this could not wait.").WantNoText("main", "Agreed, provisional", "Add a note or block")
	})
}

// TestNotUrgentThroughThePages: a member asks that what the notice called urgent is not, by a plain form; people vote on their phones, the agenda says what came of it, and the call says nothing any
// more of what cannot wait.
func TestNotUrgentThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		h, _ := agreeing(t, d, c, 1)
		chair := h.chair(1)
		one, two := (chair+1)%len(h.Who), (chair+2)%len(h.Who)
		const say = "Let people who are absent still object to what you agree on here."
		h.see(one, "/1").WantText("#moves ~ *", "Not urgent", say).Form("Ask: Not urgent").Submit().Want(200).WantText("#wanted ~ *", "Not urgent", say, "1 more person must support it.")
		h.see(two, "/1").WantText("#wanted ~ *", say).Form("I support it").Submit().Want(200)
		h.see(h.whoIs(h.view(1).Moves[0].Runner), "/1/run").Form("Put it to the vote").Submit().Want(200)
		for i := range h.Who {
			h.see(i, "/1").WantText("#wanted ~ *", say).Form("Yes").Submit().Want(200)
		}
		h.see(one, "/1").WantText("main", "not urgent any more, as was decided here", "Not urgent: carried").WantNoText("main", "urgent: what you agree on here stands at once", "Ask: Not urgent")
		h.see(chair, "/1/run").WantText("#script ~ *", "This is not urgent any more: people who are absent can still object.").WantNoText("#calls ~ *", "it stands at once").Form("Call for agreement").Submit().Want(200)
		h.see(one, "/1").Follow("Answer now").WantNoText("main", "it stands at once")
		for i, a := range h.Who {
			if i != one {
				if _, err := h.s.Ballots.Answer(t.Context(), a, 1, db.Once{}, agree.Answer{Response: agree.Yes}); err != nil {
					t.Fatal(err)
				}
			}
		}
		h.to(h.Show(1).Closes)
		h.visitor(one).Get("/g/"+h.Group.Slug).WantText("#without ~ *", "You were not heard from.", "Buy a kettle")
	})
}

// TestWhatCannotWaitForEverybody: axe finds nothing on these pages, from 320 pixels to a desk, light and dark.
func TestWhatCannotWaitForEverybody(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	look := func(h *meetHall, who int, page, shot string) {
		t.Helper()
		small := browsertest.Phone
		small.Width = 320
		for _, l := range []browsertest.Look{small, browsertest.Phone, browsertest.Desktop} {
			browsertest.Start(t, h.voting.signedIn(who)).Person(l).Open(page).AxeLightAndDark().WantNoSideways().WantTargets().Shots(fmt.Sprintf("urgent-%s-%d", shot, l.Width))
		}
	}
	h := toCall(t, dbtest.SQLite(t, c), c)
	look(h, 0, "/g/"+h.Group.Slug+"/meetings/new", "notice")
	h, v := agreeing(t, dbtest.SQLite(t, c), c, 1)
	chair := h.chair(1)
	look(h, chair, "/g/"+h.Group.Slug+"/meetings/1", "agenda")
	visit := func(i int) member.Actor { return h.Visit(h.Who[(chair+i)%len(h.Who)].Person) }
	h.must()(h.s.Meetings.MakeMove(t.Context(), visit(1), db.Once{}, 1, procedure.NotUrgent, meeting.Named{}))
	look(h, (chair+2)%len(h.Who), "/g/"+h.Group.Slug+"/meetings/1", "asked")
	mv := h.view(1).Moves[0]
	h.must()(h.s.Meetings.SupportMove(t.Context(), visit(2), 1, mv.ID))
	h.must()(h.s.Meetings.PutMove(t.Context(), visit(0), 1, mv.ID))
	look(h, (chair+2)%len(h.Who), "/g/"+h.Group.Slug+"/meetings/1", "vote")
	h.to(h.view(1).Moves[0].Closes) // nobody has answered
	h.must()(h.s.Meetings.CallForAgreement(t.Context(), visit(0), 1, v.Current.ID))
	look(h, chair, h.path("/vote"), "call")
}
