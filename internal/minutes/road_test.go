package minutes_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/votetest"
)

// world is a group whose members meet.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock) world {
	t.Helper()
	w := world{votetest.New(t, d, c, "B", 8)}
	w.GiveRoles()
	w.Pass(c.Now())
	return w
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) visit(who int) member.Actor { return w.Visit(w.Who[who].Person) }

func (w world) at(id member.ID) int {
	return slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == id })
}

func (w world) show(who, number int) minutes.Record {
	w.Helper()
	r, err := w.Minutes.Show(w.Context(), w.visit(who), number)
	w.must(err)
	return r
}

func (w world) room(number int) meeting.View {
	w.Helper()
	v, err := w.Meetings.Show(w.Context(), w.visit(0), number)
	w.must(err)
	return v
}

// runs has members ask for a meeting, call it, come and begin it. One proposal and one topic are on its agenda.
func (w world) runs() meeting.View {
	w.Helper()
	ctx := w.Context()
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.AtMeeting
	m, err := w.Motions.Propose(ctx, w.Who[0], db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(ctx, w.Who[i], m.Number, 1)
	}
	w.must(err)
	w.must(w.Meetings.PutDown(ctx, w.Who[4], db.Once{}, "The stall on Saturday", "Who can come?", 10))
	w.begin()
	v := w.room(w.ahead().Number)
	w.must(w.Meetings.Adopt(ctx, w.visit(w.at(v.Chair)), v.Number))
	return w.room(v.Number)
}

func (w world) ahead() meeting.Meeting {
	w.Helper()
	list, err := w.Meetings.List(w.Context(), w.Who[0], 0)
	w.must(err)
	if len(list.Next) != 1 {
		w.Fatalf("%d meetings are ahead", len(list.Next))
	}
	return list.Next[0]
}

// begin has members ask for a meeting and begins it.
func (w world) begin() {
	w.Helper()
	ctx := w.Context()
	k, err := w.Meetings.AskFor(ctx, w.Who[0], "The heating is broken.")
	for i := 1; err == nil && i < len(w.Who) && k.State == meeting.Collecting; i++ {
		err = w.Meetings.Sign(ctx, w.Who[i], k.Number)
		if list, err := w.Meetings.List(ctx, w.Who[0], 0); err == nil {
			k = list.Ask
		}
	}
	w.must(err)
	w.Pass(k.CallBy())
	opens := w.Clock.Now().Add(15 * 24 * time.Hour).Truncate(time.Minute)
	_, err = w.Meetings.Call(ctx, w.visit(0), db.Once{}, meeting.Details{Title: "A meeting", Place: "The hall", Opens: opens, Stop: opens.Add(90 * time.Minute)})
	w.must(err)
	next := w.ahead()
	w.Pass(next.Opens)
	for i := range w.Who {
		w.must(w.Meetings.CheckIn(ctx, w.Who[i], next.Number, meeting.Room))
		w.must(w.Meetings.Would(ctx, w.Who[i], next.Number, meeting.Offers()))
	}
	w.must(w.Meetings.Begin(ctx, w.Who[0], next.Number))
}

// writer is who takes notes in a meeting.
func (w world) writer(v meeting.View) int {
	w.Helper()
	i := slices.IndexFunc(v.Terms, func(t meeting.Term) bool { return t.Job == meeting.Notes && !t.Shadow && t.Ended.IsZero() })
	if i < 0 {
		w.Fatal("nobody takes notes")
	}
	return w.at(v.Terms[i].Member)
}

func (w world) save(who, number int, item meeting.ItemID, base int, text string) minutes.Note {
	w.Helper()
	n, _, err := w.Minutes.Save(w.Context(), w.visit(who), number, item, base, text)
	w.must(err)
	return n
}

// TestRoad takes a record from the notes of a meeting to its confirmation by the next one.
func TestRoad(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		ctx := t.Context()
		v := w.runs()
		n, chair, writer := v.Number, w.at(v.Chair), w.writer(v)
		reader := slices.IndexFunc(w.Who, func(a member.Actor) bool { // who runs nothing: the second facilitator may take notes too
			return !slices.ContainsFunc(v.Terms, func(t meeting.Term) bool { return t.Member == a.Member.ID && !t.Shadow })
		})
		proposal := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion != 0 })]
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, proposal.ID))
		_, _, err := w.Minutes.Save(ctx, w.visit(reader), n, proposal.ID, 0, "Mine.")
		w.WantKind("notes of who does not take them", err, fault.Denied)
		_, _, err = w.Minutes.Save(ctx, w.visit(writer), n, 99999, 0, "Elsewhere.")
		w.WantKind("notes about what is not talked about", err, fault.NotFound)
		_, _, err = w.Minutes.Save(ctx, w.visit(writer), n, proposal.ID, 0, strings.Repeat("x", minutes.MaxNote+1))
		w.WantKind("too long", err, fault.Invalid)
		w.save(writer, n, proposal.ID, 0, "For: it is cold.")
		if s, _ := w.show(reader, n).Section(proposal.ID); s.Note.Text != "For: it is cold." || s.Note.Version != 1 {
			t.Errorf("everybody sees %+v", s.Note)
		}
		w.must(w.Meetings.MakeMove(ctx, w.visit(reader), db.Once{}, n, procedure.RulesQuestion, meeting.Named{Rule: "One after the other"}))
		w.must(w.Meetings.RuleMove(ctx, w.visit(w.at(w.room(n).Chair)), n, w.room(n).Moves[0].ID, "Yes, one after the other.", "Speaking"))
		w.must(w.Meetings.PutToVote(ctx, w.visit(w.at(w.room(n).Chair)), n, proposal.ID, false))
		for i := range w.Who {
			w.Cast(w.Who[i], w.room(n).Motions[proposal.Motion].Number, ballot.For)
		}
		w.Pass(c.Now())
		w.must(w.Minutes.Name(ctx, w.visit(reader), n, proposal.ID, true))
		w.WantKind("a name where nobody has spoken", w.Minutes.Name(ctx, w.visit(reader), n, v.Items[len(v.Items)-1].ID, true), fault.NotFound)
		w.WantKind("published while it is under way", w.Minutes.Publish(ctx, w.visit(writer), n), fault.Conflict)
		w.must(w.Meetings.Close(ctx, w.visit(w.at(w.room(n).Chair)), n))
		r := w.show(writer, n)
		s, _ := r.Section(proposal.ID)
		if r.Minutes.State != minutes.Draft || !r.MayWrite || !r.MayPublish || len(s.Decisions) != 1 || len(s.Moves) != 1 || s.Moves[0].Ruling != "Yes, one after the other." || len(s.Named) != 1 || len(r.Quorum) != 1 || r.Quorum[0].What != minutes.Enough {
			t.Fatalf("the draft: %+v, section %+v", r.Minutes, s)
		}
		if m := w.show(reader, n); m.MayWrite || m.MaySuggest {
			t.Errorf("somebody else may write or correct a draft: %+v", m.Minutes)
		}
		w.save(writer, n, 0, 0, "Next time we bring tea.")
		w.WantKind("a correction of a draft", w.Minutes.Suggest(ctx, w.visit(reader), db.Once{}, n, 0, "No."), fault.Conflict)
		w.WantKind("published by somebody else", w.Minutes.Publish(ctx, w.visit(reader), n), fault.Denied)
		w.must(w.Minutes.Publish(ctx, w.visit(writer), n))
		w.must(w.Minutes.Publish(ctx, w.visit(writer), n))
		_, _, err = w.Minutes.Save(ctx, w.visit(writer), n, 0, 1, "Something else.")
		w.WantKind("notes once it is published", err, fault.Conflict)
		w.corrected(n, proposal.ID, writer, reader)
	})
}

// corrected has members correct the record, and the next meeting confirm it.
func (w world) corrected(n int, item meeting.ItemID, writer, reader int) {
	w.Helper()
	ctx, m := w.Context(), w.Minutes
	w.WantKind("a correction without words", m.Suggest(ctx, w.visit(reader), db.Once{}, n, item, " "), fault.Invalid)
	once := db.OnceFor(1, "form")
	for range 2 {
		w.must(m.Suggest(ctx, w.visit(reader), once, n, item, "It was warm."))
	}
	w.must(m.Suggest(ctx, w.visit(reader), db.Once{}, n, 0, "We bring coffee."))
	w.WantKind("an answer of who wrote nothing", m.Answer(ctx, w.visit(reader), n, 1, true, ""), fault.Denied)
	w.WantKind("declined without a word", m.Answer(ctx, w.visit(writer), n, 1, false, ""), fault.Invalid)
	w.must(m.Answer(ctx, w.visit(writer), n, 1, true, "Thank you."))
	w.WantKind("an answer once more", m.Answer(ctx, w.visit(writer), n, 1, false, "No."), fault.Conflict)
	w.WantKind("an answer to nothing", m.Answer(ctx, w.visit(writer), n, 7, true, ""), fault.NotFound)
	if r := w.show(reader, n); len(r.Open()) != 1 || len(r.Corrections) != 2 {
		w.Errorf("corrections: %+v", r.Corrections)
	}
	w.WantKind("confirmed by nobody's meeting", m.Confirm(ctx, w.visit(writer), n), fault.Denied)
	w.Pass(w.show(reader, n).Until)
	w.WantKind("a correction too late", m.Suggest(ctx, w.visit(reader), db.Once{}, n, item, "No."), fault.Conflict)
	w.begin()
	v := w.room(w.ahead().Number)
	chair := w.at(v.Chair)
	other := (chair + 1) % len(w.Who)
	w.WantKind("confirmed while a correction waits", m.Confirm(ctx, w.visit(chair), n), fault.Conflict)
	w.WantKind("answered by who does not facilitate", m.Answer(ctx, w.visit(other), n, 2, true, ""), fault.Denied)
	w.must(m.Answer(ctx, w.visit(chair), n, 2, false, "We said tea."))
	w.WantKind("confirmed by who does not facilitate", m.Confirm(ctx, w.visit(other), n), fault.Denied)
	if r := w.show(chair, n); !r.MayConfirm || r.Later.Number != v.Number {
		w.Errorf("whoever facilitates cannot confirm: %+v", r.Later)
	}
	for range 2 {
		w.must(m.Confirm(ctx, w.visit(chair), n))
	}
	r := w.show(reader, n)
	s, _ := r.Section(item)
	if r.Minutes.State != minutes.Confirmed || r.In.Number != v.Number || len(s.Fixed) != 1 || s.Text != "For: it is cold." {
		w.Errorf("confirmed: %+v, section %+v", r.Minutes, s)
	}
	w.WantKind("a name once it is confirmed", m.Name(ctx, w.visit(reader), n, item, false), fault.Conflict)
}

// TestClockPublishes: nobody publishes the draft, so the clock does, and whoever took notes writes no longer; who joined later corrects nothing.
func TestClockPublishes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		ctx := t.Context()
		v := w.runs()
		writer := w.writer(v)
		w.save(writer, v.Number, 0, 0, "Few words.")
		w.must(w.Meetings.Close(ctx, w.visit(w.at(v.Chair)), v.Number))
		r := w.show(writer, v.Number)
		if want := r.Ended.Add(time.Duration(w.Rulebook().Record.DraftDays) * 24 * time.Hour); !r.DraftUntil.Equal(want) {
			t.Errorf("the draft is due at %v, want %v", r.DraftUntil, want)
		}
		c.Advance(time.Minute)
		late := w.Join("Late")
		w.Pass(r.DraftUntil)
		r = w.show(writer, v.Number)
		if s, _ := r.Section(0); r.Minutes.State != minutes.Published || r.PublishedBy != 0 || s.Text != "Few words." || r.MayWrite {
			t.Errorf("by the clock: %+v, %+v", r.Minutes, s)
		}
		w.WantKind("a correction of who was no member", w.Minutes.Suggest(ctx, w.Visit(late.Person), db.Once{}, v.Number, 0, "No."), fault.Denied)
		w.WantKind("a record of no meeting", w.Minutes.Publish(ctx, w.visit(writer), 99), fault.NotFound)
	})
}

// TestAtOnce: two who write about the same item at once lose no word.
func TestAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c)
		ctx := t.Context()
		v := w.runs()
		writer, item := w.writer(v), v.Items[0].ID
		w.save(writer, v.Number, item, 0, "For: warm.\n\nAgreed: two of us buy it.")
		w.save(writer, v.Number, item, 1, "For: warm, and cheap.\n\nAgreed: two of us buy it.")
		n, clashed, err := w.Minutes.Save(ctx, w.visit(writer), v.Number, item, 1, "For: warm.\n\nAgreed: two of us buy it by May.")
		w.must(err)
		if want := "For: warm, and cheap.\n\nAgreed: two of us buy it by May."; n.Text != want || clashed || n.Version != 3 {
			t.Errorf("in two places: %+v (%v), want %q", n, clashed, want)
		}
		n, clashed, err = w.Minutes.Save(ctx, w.visit(writer), v.Number, item, 1, "For: warm, and loud.\n\nAgreed: two of us buy it.")
		w.must(err)
		for _, words := range []string{"warm, and cheap", "warm, and loud", "by May"} {
			if !strings.Contains(n.Text, words) || !clashed {
				t.Errorf("in one place (%v): %q has not %q", clashed, n.Text, words)
			}
		}
		_, _, err = w.Minutes.Save(ctx, w.visit(writer), v.Number, item, 77, "From nowhere.")
		w.WantKind("from a version that there is not", err, fault.NotFound)
		again, clashed, err := w.Minutes.Save(ctx, w.visit(writer), v.Number, item, 3, n.Text)
		w.must(err)
		if again.Version != n.Version || clashed {
			t.Errorf("the same once more: %+v (%v)", again, clashed)
		}
	})
}
