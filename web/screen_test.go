package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/screen"
	"folkmoot/internal/signal"
	"folkmoot/internal/votetest"
	"folkmoot/internal/webtest"

	"github.com/PuerkitoBio/goquery"
)

// screening is a meeting under way that is shown on a screen. It has a proposal, worded anew once, and a topic on its agenda.
type screening struct {
	*meetHall
	m      motion.Motion
	secret string // in the screen's address
}

// caller is whoever called the meeting.
const caller = 1

func newScreening(t *testing.T, d *db.DB, c *dbtest.Clock, clauses ...string) *screening {
	t.Helper()
	return screeningOf(t, d, c, 8, clauses)
}

// screeningOf is newScreening with so many people.
func screeningOf(t *testing.T, d *db.DB, c *dbtest.Clock, people int, clauses []string) *screening {
	t.Helper()
	s := &screening{meetHall: newMeetHall(t, d, c, people)}
	s.Ledger.OnAppend(TellOf(s.s.live))
	s.propose(clauses)
	s.Write(func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) VALUES ('j_900', ?, 'convene', ?, 'convene', ?, ?, 'call/1')",
			s.Group.ID, s.Who[caller].Member.ID, db.At(tx.Now), db.At(tx.Now.Add(time.Hour))).Error
	})
	s.must(s.s.Meetings.PutDown(t.Context(), s.Who[4], db.Once{}, "The stall on Saturday", "Who can come, and who **brings** the table?", 10))
	opens := c.Now().AddDate(0, 0, 30)
	m, err := s.s.Meetings.Call(t.Context(), s.Visit(s.Who[caller].Person), db.Once{}, meeting.Details{Title: "All of us", Place: "The hall", Opens: opens, Stop: opens.Add(2 * time.Hour)})
	s.must(err)
	s.to(m.LotAt)
	s.secret, err = s.s.Screens.Make(t.Context(), s.Visit(s.Who[caller].Person), 1)
	s.must(err)
	return s
}

// propose puts a proposal forward, and words its second point anew.
func (s *screening) propose(clauses []string) {
	s.Helper()
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.AtMeeting
	if clauses != nil {
		p.Text.Clauses = nil
	}
	for _, text := range clauses {
		p.Text.Clauses = append(p.Text.Clauses, motion.Clause{Text: text})
	}
	m, err := s.Motions.Propose(s.Context(), s.Who[0], db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = s.Motions.Support(s.Context(), s.Who[i], m.Number, 1)
	}
	s.must(err)
	v, err := s.Motions.Show(s.Context(), s.Who[0], m.Number)
	s.must(err)
	text := v.Text.Text
	text.Clauses = slices.Clone(text.Clauses)
	text.Clauses[1].Text = "Three of us report."
	s.m, err = s.Motions.Reword(s.Context(), s.Who[0], m.Number, 1, text)
	s.must(err)
}

func (s *screening) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// begin has everybody come, and the agenda be adopted.
func (s *screening) begin() {
	s.Helper()
	m := s.view(1).Meeting
	s.to(m.Opens.Add(-10 * time.Minute))
	for i, a := range s.Who {
		s.must(s.s.Meetings.CheckIn(s.Context(), a, 1, meeting.Room))
		if i > 4 { // neither of those who put something down
			s.must(s.s.Meetings.Would(s.Context(), a, 1, []meeting.Job{meeting.Facilitates}))
		}
	}
	s.to(m.Opens)
	s.must(s.s.Meetings.Begin(s.Context(), s.Who[5], 1))
	s.must(s.s.Meetings.Adopt(s.Context(), s.facilitator(), 1))
}

// facilitator returns whoever facilitates, as they are now.
func (s *screening) facilitator() (a member.Actor) {
	s.Helper()
	return s.Visit(s.Who[s.chair(1)].Person)
}

// take has the proposal, or the topic, be talked about.
func (s *screening) take(proposal bool) {
	s.Helper()
	for _, it := range s.view(1).Items {
		if (it.Motion != 0) == proposal {
			s.must(s.s.Meetings.Take(s.Context(), s.facilitator(), 1, it.ID))
			return
		}
	}
	s.Fatal("it is not on the agenda")
}

// others returns members who neither facilitate nor have put something down.
func (s *screening) others() []int {
	s.Helper()
	chair := s.chair(1)
	return slices.DeleteFunc([]int{2, 3, 5, 6, 7}, func(i int) bool { return i == chair })
}

func (s *screening) path() string { return screenPrefix + s.secret }

// look is the screen as a browser shows it in which nobody is signed in.
func (s *screening) look() *webtest.Page {
	s.Helper()
	return webtest.New(s.t, s.s).Get(s.path()).Want(http.StatusOK)
}

// TestScreenShowsTheMeeting from before it begins to its end, and never how a vote stands.
func TestScreenShowsTheMeeting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		s.look().WantText("h1", "All of us").WantText(".show-words", "It begins at", "Buy a kettle", "The stall on Saturday").WantCount("nav, form, script:not([src]), .masthead", 0).WantCount(".show-join svg", 1)
		s.begin()
		s.look().WantText(".show-line", "8 here: enough to decide").WantText(".show-script", "“").WantText(".show-foot", s.view(1).Code)
		s.take(false)
		s.look().WantText("h1", "The stall on Saturday").WantText(".show-words", "Who can come, and who brings the table?").WantText(".show-line", "2: now")
		who := s.others()
		s.must(s.s.Meetings.Signal(t.Context(), s.Who[who[0]], 1, signal.Hear))
		s.look().WantNoText("main", "cannot hear") // that is on everybody's own page
		for _, i := range who {
			s.must(s.s.Meetings.Raise(t.Context(), s.Who[i], 1, meeting.Raised{Kind: floor.Speak, Side: floor.Either}))
			c.Advance(time.Second)
		}
		s.must(s.s.Meetings.CallNext(t.Context(), s.facilitator(), 1, 0))
		s.look().WantText(".show-side", s.Who[who[0]].Member.Name+" speaks", s.Who[who[1]].Member.Name, s.Who[who[3]].Member.Name).WantCount(".show-next li", 3).WantCount(".show-side time[data-count]", 1)
		s.must(s.s.Meetings.MakeMove(t.Context(), s.Visit(s.Who[who[1]].Person), db.Once{}, 1, procedure.MoreTime, meeting.Named{Minutes: 5, Part: true}))
		s.look().WantText(".show-side", "Asked: More time")
		s.must(s.s.Meetings.TakeMoveBack(t.Context(), s.Visit(s.Who[who[1]].Person), 1, s.view(1).Moves[0].ID))
		s.take(true)
		s.look().WantText("h1", "Buy a kettle").WantText(".show-words ins", "Three").WantText(".show-words del", "Two").WantText(".show-words", "Underlined: new. Struck out: gone.", "We do it by May.")
		s.must(s.s.Meetings.PutToVote(t.Context(), s.facilitator(), 1, s.view(1).Current.ID, false))
		open := s.look().WantText(".show-side", "Vote on your phone", "Fewer than 10 people have voted so far.").WantCount(".show-words ins, .show-words del", 0).WantText(".show-words", "Three of us report.")
		for i, choice := range []ballot.Choice{ballot.For, ballot.For, ballot.For, ballot.Against, ballot.Abstain} {
			s.Cast(s.Who[i], 1, choice)
		}
		if after := s.look(); calm(after.Text("main")) != calm(open.Text("main")) {
			t.Errorf("votes that were cast show: %s\n%s", open.Text("main"), after.Text("main"))
		}
		s.to(s.Motion(1).Closes)
		s.look().WantText(".show-words", "Carried", "For: 3. Against: 1. Abstained: 1.").WantCount("[data-again]", 1)
		c.Advance(screen.ResultFor)
		s.look().WantNoText(".show-words", "For: 3").WantText(".show-line", "Carried")
		for i := range 6 {
			s.must(s.s.Meetings.CheckOut(t.Context(), s.Who[i], 1))
		}
		s.look().WantText(".show-line", "too few since")
	})
}

// TestScreenEndsWithTheMeeting, and before, if somebody who runs it wants that; nobody else can make one.
func TestScreenEndsWithTheMeeting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		anybody, page := webtest.New(t, s.s), "/1/screen"
		s.visitor(5).Get("/g/"+s.Group.Slug+"/meetings"+page).Want(http.StatusForbidden).WantText("main", "can put it on a screen")
		if _, err := s.s.Screens.Make(t.Context(), s.Who[5], 1); fault.KindOf(err) != fault.Denied {
			t.Errorf("anybody makes one: %v", err)
		}
		s.see(5, "/1").WantText("main", "On a screen in the room since").WantNoText(".head", "Show this on a screen")
		p := s.see(caller, "/1").Follow("Show this on a screen in the room").Want(http.StatusOK).WantText("main", "can be read only where it was made").WantNoText("main", s.secret)
		p = p.Form("Make a new address").Submit().Want(http.StatusOK).WantCount(`a[href^="`+screenPrefix+`"]`, 1)
		anybody.Get(s.path()).Want(http.StatusNotFound).WantText("main", "There is no screen at this address")
		old := s.path()
		s.secret = strings.TrimPrefix(p.All(`a[href^="`+screenPrefix+`"]`).AttrOr("href", ""), screenPrefix)
		s.look()
		s.see(caller, page).Form("End the screen").Submit().Want(http.StatusOK).WantText("main", "Make the address")
		anybody.Get(s.path()).Want(http.StatusNotFound)
		s.begin()
		secret, err := s.s.Screens.Make(t.Context(), s.facilitator(), 1)
		s.must(err)
		s.secret = secret
		s.look()
		s.must(s.s.Meetings.Close(t.Context(), s.facilitator(), 1))
		anybody.Get(s.path()).Want(http.StatusGone).WantText("main", "This meeting is over").WantNoText("body", "Buy a kettle")
		anybody.Get(old).Want(http.StatusNotFound)
		if _, err := s.s.Screens.Make(t.Context(), s.Visit(s.Who[caller].Person), 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one of a meeting that is over: %v", err)
		}
		s.visitor(caller).Get("/g/" + s.Group.Slug + "/meetings" + page).Want(http.StatusConflict)
	})
}

// TestScreenOpensNothingElse: whoever has a screen's address is nobody on every other page, wherever they put what stands in it.
func TestScreenOpensNothingElse(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	s := newScreening(t, dbtest.SQLite(t, c), c)
	s.s.Stop() // a stream says what it has to say, and ends
	fillIn := func(path, token string) string {
		path = strings.NewReplacer(":group", s.Group.Slug, ":token", token, ":file", token+".ics", ":session", token, ":invitation", token, ":code", token, "*", "app.css").Replace(path)
		for _, name := range []string{":number", ":step", ":role", ":term", ":draw", ":lot", ":dissent", ":version", ":entry", ":post", ":item", ":hand", ":move", ":key", ":guest", ":k", ":n"} {
			path = strings.ReplaceAll(path, name, "1")
		}
		return path
	}
	asked := 0
	for _, r := range routes() {
		if r.access == demoOnly || strings.HasPrefix(r.path, screenPrefix) {
			continue
		}
		send := func(token string) (int, string) {
			form := url.Values{"token": {token}, "csrf": {(&visitor{secret: token}).formToken()}}
			req := browserRequest(r.method, fillIn(r.path, token)+"?token="+token, form)
			for _, name := range []string{sessionCookie, anonymousCookie, screenCookie, calendarCookie} {
				req.AddCookie(&http.Cookie{Name: name, Value: token})
			}
			req.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			s.s.ServeHTTP(w, req)
			return w.Code, calm(strings.ReplaceAll(w.Body.String(), token, "#"))
		}
		status, text := send(s.secret)
		otherStatus, other := send(strings.Repeat("Ab1", 15)[:43])
		asked++
		if status != otherStatus || text != other {
			t.Errorf("%s %s answers %d to a screen and %d to nobody", r.method, r.path, status, otherStatus)
		}
		if r.access != anyone && r.access != byLink && status < 300 {
			t.Errorf("%s %s lets a screen in", r.method, r.path)
		}
	}
	if asked < 150 {
		t.Errorf("only %d routes were asked", asked)
	}
	for _, r := range routes() {
		if !strings.HasPrefix(r.path, screenPrefix) || r.method != get || r.access != anyone {
			if strings.HasPrefix(r.path, screenPrefix) {
				t.Errorf("%s %s: a screen only looks", r.method, r.path)
			}
		}
	}
	p := webtest.New(t, s.s).Get(s.path())
	p.All("a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); href != "?ink=light" {
			t.Errorf("the screen leads to %s", href)
		}
	})
	if len(p.Header.Values("Set-Cookie")) > 0 {
		t.Error("the screen leaves something in the browser")
	}
	s.visitor(caller).Get(s.path()).WantNoText("body", s.Who[caller].Member.Name+" ·").WantCount(".masthead", 0)
}

// TestScreenStream_V27_V57: it hears of its meeting and of nothing else, and ends at once with the screen, with its address, and with the meeting.
func TestScreenStream_V27_V57(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		srv := httptest.NewServer(s.s)
		t.Cleanup(srv.Close)
		t.Cleanup(s.s.Stop)
		h := &hall{voting: s.voting, t: t, at: srv.URL}
		tune := func() *earpiece {
			return h.tuneIn("", s.path()+"/live?topic=group&topic=motion/1&since="+s.s.live.Now().String(), "")
		}
		caller := func() member.Actor { return s.Visit(s.Who[caller].Person) }
		first := tune()
		if first.status != http.StatusOK {
			t.Fatal(first.status)
		}
		first.await(": folkmoot", soon)
		s.s.live.Touch(topicOf(s.Group.Log(), "motion/1"), topicOf(s.Group.Log(), "group"), live.Topic(int64(s.Group.Log()), "meeting/2"))
		s.s.live.Touch(topicOf(s.Group.Log(), "meeting/1"))
		if got := first.await("data:", soon); !strings.HasPrefix(got, "data: meeting/1 ") {
			t.Errorf("it hears %q", got)
		}
		secret, err := s.s.Screens.Make(t.Context(), caller(), 1)
		s.must(err)
		if !first.ends(soon) {
			t.Error("the stream outlives its address")
		}
		if old := tune(); old.status != http.StatusNotFound {
			t.Errorf("the old address has a stream: %d", old.status)
		}
		s.secret = secret
		second := tune()
		second.await(": folkmoot", soon)
		s.must(s.s.Screens.End(t.Context(), caller(), 1))
		if !second.ends(soon) {
			t.Error("the stream outlives the screen")
		}
		s.secret, err = s.s.Screens.Make(t.Context(), caller(), 1)
		s.must(err)
		s.begin()
		third := tune()
		third.await(": folkmoot", soon)
		s.must(s.s.Meetings.Close(t.Context(), s.facilitator(), 1))
		if !third.ends(soon) {
			t.Error("the stream outlives the meeting")
		}
		if none := tune(); none.status != http.StatusGone {
			t.Errorf("a meeting that is over has a stream: %d", none.status)
		}
	})
}

// TestScreenHidesWhatNotEverybodyMaySee, on the screen, on its agenda and in its votes.
func TestScreenHidesWhatNotEverybodyMaySee(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		s.begin()
		s.take(true)
		s.look().WantText("body", "Buy a kettle", "Three")
		s.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE motions SET state = 'draft' WHERE id = ?", s.m.ID).Error })
		s.look().WantText(".show-words", "Not everybody may see this").WantNoText("body", "Buy a kettle", "Three", "report")
		s.take(false)
		s.look().WantNoText("body", "Buy a kettle")
	})
}

// TestMoreToVote: whoever facilitates gives an open vote half a minute more, once, and the record says so and names nobody.
func TestMoreToVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		s := newScreening(t, d, c)
		s.begin()
		s.take(true)
		chair, other := s.chair(1), s.others()[0]
		const label = "30 seconds more to vote: people lost their connection"
		if s.see(chair, "/1/run").HasButton(label) {
			t.Error("it is offered without a vote")
		}
		if err := s.s.Meetings.MoreToVote(t.Context(), s.facilitator(), 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("without a vote: %v", err)
		}
		s.must(s.s.Meetings.PutToVote(t.Context(), s.facilitator(), 1, s.view(1).Current.ID, false))
		closes := s.Motion(1).Closes
		if s.see(other, "/1").HasButton(label) {
			t.Error("it is offered to everybody")
		}
		if err := s.s.Meetings.MoreToVote(t.Context(), s.Visit(s.Who[other].Person), 1); fault.KindOf(err) != fault.Denied {
			t.Errorf("by anybody: %v", err)
		}
		s.see(chair, "/1/run").Form(label).Submit().Want(http.StatusOK)
		if got := s.Motion(1).Closes; got != closes.Add(ballot.MoreTime) {
			t.Errorf("it closes at %v, not half a minute after %v", got, closes)
		}
		if s.see(chair, "/1/run").HasButton(label) {
			t.Error("it is offered again")
		}
		if err := s.s.Meetings.MoreToVote(t.Context(), s.facilitator(), 1); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		var leaf string
		s.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT leaf FROM ledger_entries WHERE kind = 'ballot.extended'").Scan(&leaf).Error
		})
		if !strings.Contains(leaf, `"connections"`) || strings.Contains(leaf, "m_") {
			t.Errorf("the record says %s", leaf)
		}
		s.to(closes.Add(time.Second))
		s.Cast(s.Who[2], 1, ballot.For)
	})
}
