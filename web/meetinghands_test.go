package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/browsertest"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
)

// handed is a meeting that talks about a proposal and is shown on a screen, and in which somebody was let in at the door without a device. Some returns who
// neither facilitates nor proposed it, and has a device.
func handed(t *testing.T, d *db.DB, c *dbtest.Clock) (s *screening, chair, ana int, some []int) {
	t.Helper()
	s = newScreening(t, d, c)
	s.begin()
	s.take(true)
	chair, some = s.chair(1), s.others()
	ana, some = some[0], some[1:]
	s.must(s.s.Meetings.CheckOut(t.Context(), s.Visit(s.Who[ana].Person), 1))
	s.must(s.s.Meetings.LetIn(t.Context(), s.facilitator(), 1, s.Who[ana].Member.ID))
	return s, chair, ana, some
}

// put has the vote open that two of those who would count.
func (s *screening) put(would []int) (both []int) {
	s.Helper()
	for _, i := range would {
		s.must(s.s.Meetings.WouldCount(s.Context(), s.Visit(s.Who[i].Person), 1, true))
	}
	s.must(s.s.Meetings.PutToVote(s.Context(), s.facilitator(), 1, s.view(1).Current.ID, false))
	for i, a := range s.Who {
		v, err := s.s.Meetings.Show(s.Context(), s.Visit(a.Person), 1)
		s.must(err)
		if v.Raising.Counting != nil {
			both = append(both, i)
		}
	}
	if len(both) != ballot.Tellers {
		s.Fatalf("%v count", both)
	}
	return both
}

// TestHandsThroughThePages: by plain forms, people say that they would count, two of them do, and what they agree on stands with the decision; until then nobody
// but the one who counted reads a number, on any page and on the screen.
func TestHandsThroughThePages(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s, chair, ana, some := handed(t, d, c)
		at := list(s.meetHall) + "/1"
		for _, i := range []int{chair, ana} {
			p := s.see(i, "/1").WantText("#hands ~ *", "1 person here has no device and votes by show of hands.").WantText("main", "A secret vote needs a device")
			if p.HasButton("I would count hands") {
				t.Errorf("member %d is asked to count", i)
			}
		}
		s.see(ana, "/1").WantText("main", "A job in this meeting needs a device of your own.")
		const lot = "If fewer than two would, the lot decides among all in the room with a device."
		s.see(chair, "/1/run").WantText("main", "0 people here would count hands.", lot)
		s.see(some[0], "/1").Form("I would count hands").Submit().Want(http.StatusOK).WantText("main", "1 person here would count hands.").Form("I would rather not count").Submit().
			Want(http.StatusOK).WantText("main", "0 people here would count hands.")
		for _, i := range some[:2] {
			s.see(i, "/1").Form("I would count hands").Submit().Want(http.StatusOK)
		}
		s.see(chair, "/1/run").WantNoText("main", lot).Form(at + "/items/" + s.item() + "/vote").Submit().Want(http.StatusOK)
		one, two := some[0], some[1]
		if s.see(chair, "/1").HasButton("That is what I counted") || s.see(ana, "/1").HasButton("That is what I counted") {
			t.Error("somebody else counts")
		}
		const waits = "Two people count how 1 person without a device votes. The vote waits for them until "
		s.see(chair, "/1/run").WantText("main", waits)
		s.look().WantText(".show-side", "Two people count the hands of those without a device.")
		s.visitor(ana).Get("/g/"+s.Group.Slug+"/proposals/1/vote").WantText("main", "You are noted as here without a device, and vote by show of hands.")
		form := s.see(one, "/1").WantText(".head", "Count the hands now").WantText("main", "1 person votes by hand.").Form("That is what I counted")
		for name, numbers := range map[string][3]string{"nothing": {}, "words": {"one", "0", "0"}, "too many": {"1", "1", "0"}, "fewer than none": {"-1", "1", "1"}, "no numbers": {"1.0", "0", "0"}} {
			p := form.Set("for", numbers[0]).Set("against", numbers[1]).Set("abstain", numbers[2]).Submit().Want(http.StatusUnprocessableEntity)
			if len(p.Problems()) == 0 {
				t.Errorf("%s: no problem is named", name)
			}
		}
		before := s.look().Text("main")
		form.Set("for", "1").Set("against", "0").Set("abstain", "0").Submit().Want(http.StatusOK).WantPath(at).WantText("main", "You have counted", "You counted 1 for, 0 against, 0 abstain.", "The other does not see this.").WantNoText(".head", "Count the hands")
		for i := range s.Who {
			for _, page := range []string{"/meetings/1", "/meetings/1/record", "/meetings/1/door", "/proposals/1", "/proposals/1/vote", "/record"} {
				if body := string(s.visitor(i).Get("/g/" + s.Group.Slug + page).Body); i != one && strings.Contains(body, "You counted") || strings.Contains(body, "By hand: ") {
					t.Errorf("member %d reads on %s what was counted", i, page)
				}
			}
		}
		if after := s.look().Text("main"); calm(after) != calm(before) {
			t.Errorf("the screen tells it: %s", after)
		}
		s.see(two, "/1").Form("That is what I counted").Set("for", "0").Set("against", "0").Set("abstain", "1").Submit().Want(http.StatusOK).
			WantText("main", "You two did not have the same numbers. Count again, each alone.")
		s.see(one, "/1").WantText("main", "Count again, each alone.").Form("That is what I counted").Set("for", "0").Set("against", "1").Set("abstain", "0").Submit().Want(http.StatusOK)
		answer := s.visitor(some[2]).Do(browserRequest(http.MethodPost, at+"/items/"+s.item()+"/hands", url.Values{
			"csrf": {tokenOf(s.visitor(some[2]))}, "for": {"0"}, "against": {"1"}, "abstain": {"0"},
		}))
		answer.Want(http.StatusForbidden).WantText("main", "You do not count hands in this vote.")
		for i := range s.Who {
			if i != ana {
				s.Cast(s.Who[i], 1, ballot.For)
			}
		}
		s.to(s.Motion(1).Closes)
		s.see(chair, "/1/run").WantText("main", waits)
		s.look().WantText(".show-side", "Counting", "Two people count the hands")
		s.see(two, "/1").Form("That is what I counted").Set("for", "0").Set("against", "1").Set("abstain", "0").Submit().Want(http.StatusOK)
		for _, i := range []int{one, two} {
			s.see(i, "/1").WantText("main", "The other counted the same.")
		}
		s.to(c.Now().Add(time.Second))
		s.look().WantText(".show-words", "Carried", "For: 7. Against: 1. Abstained: 0.").WantNoText("main", "hands")
		s.see(one, "/1").WantNoText("main", "That is what I counted").WantText("#jobs ~ *", "Counting hands")
		names := []string{s.Who[one].Member.Name, s.Who[two].Member.Name}
		slices.Sort(names)
		decided := s.visitor(ana).Get("/g/" + s.Group.Slug + "/decisions/2026-001").Want(http.StatusOK)
		decided.WantText("main", "By hand: 0 for, 1 against, 0 abstain.", strings.Join(names, " and ")+" counted the same and signed.")
	})
}

// item is the number of what the meeting talks about.
func (s *screening) item() string { return strconv.FormatInt(int64(s.view(1).Current.ID), 10) }

// TestHandsForEverybody: axe finds nothing on the pages of those who count hands and of whoever facilitates, on a phone and at a desk, light and dark; what somebody
// is typing stays while the page follows, and it says by itself that both count again.
func TestHandsForEverybody(t *testing.T) {
	c := dbtest.NewClock(time.Now())
	s, chair, _, some := handed(t, dbtest.SQLite(t, c), c)
	t.Cleanup(s.s.Stop)
	path := list(s.meetHall) + "/1"
	looks := []browsertest.Look{browsertest.Phone, {Width: 320, Height: 640, Touch: true}, browsertest.Desktop}
	shot := func(l browsertest.Look, name string) string {
		return "hands-" + strconv.FormatInt(l.Width, 10) + "-" + name
	}
	for _, l := range looks {
		browsertest.Start(t, s.office.signedIn(some[0])).Person(l).Open(path).AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot(l, "before"))
	}
	both := s.put(some[:2])
	for _, l := range looks {
		browsertest.Start(t, s.office.signedIn(both[0])).Person(l).Open(path).AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot(l, "count"))
		browsertest.Start(t, s.office.signedIn(chair)).Person(l).Open(path + "/run").AxeLightAndDark().WantNoSideways().WantTargets().Shot(shot(l, "console"))
	}
	browsertest.Start(t, s.anybody()).Person(browsertest.Desktop).Open(s.path()).Shot("hands-screen")
	count := func(who int, h ballot.Hands) {
		_, err := s.s.Meetings.CountHands(t.Context(), s.Visit(s.Who[who].Person), 1, meeting.ItemID(s.view(1).Current.ID), s.view(1).Raising.Vote.ByHand, h)
		s.must(err)
	}
	p := browsertest.Start(t, s.office.signedIn(both[0])).Person(browsertest.Phone).Open(path)
	p.Fill("Against", "1")
	count(both[1], ballot.Hands{For: 1})
	s.must(s.s.Meetings.MoreToVote(t.Context(), s.facilitator(), 1))
	p.WantText("#hands ~ *", "Count")
	if got := p.Value("Against"); got != "1" {
		t.Errorf("what was typed is %q now", got)
	}
	p.Fill("For", "0").Fill("Abstain", "0").Click("That is what I counted").WantText("main", "Count again, each alone.")
	q := browsertest.Start(t, s.office.signedIn(both[1])).Person(browsertest.Phone).Open(path).WantText("main", "Count again, each alone.")
	q.Shot("hands-again")
	count(both[0], ballot.Hands{For: 1})
	q.Fill("For", "1").Fill("Against", "0").Fill("Abstain", "0").Click("That is what I counted").WantText("main", "You counted 1 for, 0 against, 0 abstain.").Shot("hands-entered")
}
