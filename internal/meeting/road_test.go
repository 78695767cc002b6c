package meeting_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// world is a group whose members meet.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, preset, people)}
	w.GiveRoles()
	w.Pass(c.Now())
	return w
}

// must fails the test on an error.
func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// details are such as nothing is wrong with, of a meeting so long from now.
func (w world) details(in time.Duration) meeting.Details {
	opens := w.Clock.Now().Add(in).Truncate(time.Minute)
	return meeting.Details{Title: "November meeting", Place: "The hall", Opens: opens, Stop: opens.Add(90 * time.Minute)}
}

// asked has members ask for a meeting, and returns what they ask for.
func (w world) asked() meeting.Ask {
	w.Helper()
	k, err := w.Meetings.AskFor(w.Context(), w.Who[0], "The heating is broken.")
	for i := 1; err == nil && w.list(0).Ask.State == meeting.Collecting; i++ {
		err = w.Meetings.Sign(w.Context(), w.Who[i], k.Number)
	}
	w.must(err)
	return w.list(0).Ask
}

func (w world) list(who int) meeting.Ahead {
	w.Helper()
	v, err := w.Meetings.List(w.Context(), w.Who[who], 0)
	w.must(err)
	return v
}

func (w world) show(who, number int) meeting.View {
	w.Helper()
	v, err := w.Meetings.Show(w.Context(), w.visit(who), number)
	w.must(err)
	return v
}

// visit returns the member with the terms that they have now.
func (w world) visit(who int) member.Actor { return w.Visit(w.Who[who].Person) }

// place returns which of Who a member is.
func (w world) at(id member.ID) int {
	w.Helper()
	i := slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == id })
	if i < 0 {
		w.Fatalf("member %d is not in the group", id)
	}
	return i
}

// called has members ask for a meeting and, as nobody calls it, those who asked first do. The notice says which proposals cannot wait.
func (w world) called(urgent ...int) meeting.Meeting {
	w.Helper()
	k := w.asked()
	w.Pass(k.CallBy())
	_, err := w.Meetings.Call(w.Context(), w.visit(0), db.Once{}, w.details(15*24*time.Hour), urgent...)
	w.must(err)
	next := w.list(0).Next
	if len(next) != 1 {
		w.Fatalf("%d meetings are called", len(next))
	}
	return next[0]
}

// begun has everybody come to the meeting, and begins it. Everybody would do everything.
func (w world) begun(m meeting.Meeting) meeting.View {
	w.Helper()
	w.Pass(m.Opens)
	for i := range w.Who {
		w.must(w.Meetings.CheckIn(w.Context(), w.Who[i], m.Number, meeting.Room))
		w.must(w.Meetings.Would(w.Context(), w.Who[i], m.Number, meeting.Offers()))
	}
	w.must(w.Meetings.Begin(w.Context(), w.Who[0], m.Number))
	return w.show(0, m.Number)
}

// waits tables a proposal that a meeting is to decide.
func (w world) waits(title string) motion.Motion {
	w.Helper()
	p := votetest.Sample(title)
	p.Text.Forum = motion.AtMeeting
	m, err := w.Motions.Propose(w.Context(), w.Who[0], db.Once{}, 0, p)
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, 1)
	}
	w.must(err)
	return m
}

// TestRoad takes a meeting from what members ask for to its end: the first three call it because nobody does, jobs are drawn, the agenda is gone through, people speak,
// a proposal is decided in the room, and what was not reached waits for the next.
func TestRoad(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		w.holds("convenors", 7)
		ctx := t.Context()
		p := w.waits("Buy a kettle")
		w.must(w.Meetings.PutDown(ctx, w.Who[4], db.Once{}, "The stall on Saturday", "Who can come?", 10))
		w.must(w.Meetings.PutDown(ctx, w.Who[5], db.Once{}, "A second topic", "", 10))
		k := w.asked()
		_, err := w.Meetings.Call(ctx, w.visit(0), db.Once{}, w.details(20*24*time.Hour))
		w.WantKind("a call without the power", err, fault.Denied)
		w.Pass(k.CallBy())
		_, err = w.Meetings.Call(ctx, w.visit(5), db.Once{}, w.details(20*24*time.Hour))
		w.WantKind("a call of somebody who asked for nothing", err, fault.Denied)
		_, err = w.Meetings.Call(ctx, w.visit(1), db.Once{}, w.details(2*24*time.Hour))
		w.WantKind("a call without notice", err, fault.Invalid)
		_, err = w.Meetings.Call(ctx, w.visit(1), db.Once{}, w.details(15*24*time.Hour))
		w.must(err)
		m := w.list(0).Next[0]
		if m.Kind != meeting.Special || m.Cause == "" || member.Can(w.visit(1), member.Convene, c.Now()) || w.list(0).Ask.ID != 0 {
			t.Errorf("called: %+v, can still call: %v", m, member.Can(w.visit(1), member.Convene, c.Now()))
		}
		if v := w.show(0, m.Number); len(v.Items) != 4 || v.Motions[p.ID].Meeting != m.Ref() {
			t.Fatalf("on the agenda: %+v", v.Items)
		}
		w.Pass(m.LotAt)
		v := w.show(0, m.Number)
		var kinds []meeting.ItemKind
		for _, it := range v.Items {
			kinds = append(kinds, it.Kind)
		}
		if want := []meeting.ItemKind{meeting.Business, meeting.Proposal, meeting.Topic, meeting.Topic}; !slices.Equal(kinds, want) || v.OrderedAt.IsZero() {
			t.Errorf("in order: %v", kinds)
		}
		w.WantKind("too early at the door", w.Meetings.CheckIn(ctx, w.Who[0], m.Number, meeting.Room), fault.Conflict)
		v = w.begun(m)
		if v.State != meeting.Session || !v.Enough || v.Quorum != 3 || v.Meeting.Present != 8 || v.Chair == 0 {
			t.Fatalf("begun: %+v, %d facilitates", v.Meeting, v.Chair)
		}
		if jobs := w.jobs(v); len(jobs) != len(meeting.Jobs()) {
			t.Errorf("jobs: %v", jobs)
		}
		w.session(v, p)
	})
}

// jobs returns who has which job.
func (w world) jobs(v meeting.View) map[meeting.Job]member.ID {
	out := map[meeting.Job]member.ID{}
	for _, t := range v.Terms {
		if !t.Shadow {
			out[t.Job] = t.Member
		}
	}
	return out
}

// session goes through the agenda of TestRoad.
func (w world) session(v meeting.View, p motion.Motion) {
	w.Helper()
	ctx, n := w.Context(), v.Number
	chair := w.at(v.Chair)
	other := (chair + 1) % len(w.Who)
	w.WantKind("an item before the agenda is adopted", w.Meetings.Take(ctx, w.visit(chair), n, v.Items[0].ID), fault.Conflict)
	w.WantKind("adopted by somebody else", w.Meetings.Adopt(ctx, w.visit(other), n), fault.Denied)
	w.must(w.Meetings.Adopt(ctx, w.visit(chair), n))
	w.must(w.Meetings.Take(ctx, w.visit(chair), n, v.Items[0].ID))
	w.WantKind("a vote on what is no proposal", w.Meetings.PutToVote(ctx, w.visit(chair), n, v.Items[0].ID, false), fault.Conflict)
	w.must(w.Meetings.Take(ctx, w.visit(chair), n, v.Items[1].ID))
	v = w.show(0, n)
	if v.Items[0].State != meeting.Done || v.Current.Motion != p.ID {
		w.Fatalf("taken: %+v", v.Items)
	}
	chair = w.at(v.Chair)
	if v.Chair == p.Mover {
		w.Fatal("whoever proposed it facilitates")
	}
	w.speak(v)
	w.must(w.Meetings.PutToVote(ctx, w.visit(chair), n, v.Items[1].ID, false))
	w.WantKind("the next item while people vote", w.Meetings.Take(ctx, w.visit(chair), n, v.Items[2].ID), fault.Conflict)
	w.WantKind("closed while people vote", w.Meetings.Close(ctx, w.visit(chair), n), fault.Conflict)
	b := w.Show(p.Number)
	if b.State != ballot.Open || b.Meeting != v.Ref() || b.Entitled != len(w.Who) {
		w.Fatalf("the vote: %+v", b.Ballot)
	}
	for i := range w.Who {
		choice := ballot.For
		if i > 5 {
			choice = ballot.Against
		}
		w.Cast(w.Who[i], p.Number, choice)
	}
	w.Pass(w.Clock.Now())
	if b = w.Show(p.Number); !b.IsCounted() || b.Outcome != tally.Carried {
		w.Fatalf("counted: %+v", b.Ballot)
	}
	w.must(w.Meetings.Take(ctx, w.visit(chair), n, v.Items[2].ID))
	chair = w.at(w.show(0, n).Chair)
	w.must(w.Meetings.Close(ctx, w.visit(chair), n))
	v = w.show(0, n)
	if v.State != meeting.Closed || v.Items[3].State != meeting.Left || v.Here.ID != 0 || v.Most != len(w.Who) {
		w.Errorf("closed: %+v %+v", v.Meeting, v.Items[3])
	}
	for i := range w.Who {
		if a := w.visit(i); len(slices.DeleteFunc(a.Terms, func(t member.Term) bool { return t.Kind != member.InMeeting })) > 0 {
			w.Errorf("%d still has a job: %+v", i, a.Terms)
		}
	}
	if l := w.list(0); len(l.Waiting) != 1 || l.Waiting[0].Carried != 1 || len(l.Past) != 1 {
		w.Errorf("for the next meeting: %+v", l.Waiting)
	}
	w.Pass(v.Ended.Add(8 * 24 * time.Hour))
	var left int
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT (SELECT COUNT(*) FROM meeting_presence) + (SELECT COUNT(*) FROM meeting_hands) + (SELECT COUNT(*) FROM meeting_willing)").Scan(&left).Error
	})
	if left != 0 {
		w.Errorf("%d rows say who was there", left)
	}
}

// speak has people speak about the current item.
func (w world) speak(v meeting.View) {
	w.Helper()
	ctx, n, chair := w.Context(), v.Number, w.at(v.Chair)
	var who []int
	for i := range w.Who {
		if i != chair {
			who = append(who, i)
		}
	}
	raise := func(i int, r meeting.Raised) { w.must(w.Meetings.Raise(ctx, w.visit(who[i]), n, r)) }
	raise(0, meeting.Raised{Kind: floor.Speak, Side: floor.For})
	raise(1, meeting.Raised{Kind: floor.Speak, Side: floor.For})
	raise(2, meeting.Raised{Kind: floor.Speak, Side: floor.Against})
	raise(3, meeting.Raised{Kind: floor.Fact})
	raise(1, meeting.Raised{Kind: floor.Speak, Side: floor.For, Soon: true})
	w.WantKind("a rules question without a rule", w.Meetings.Raise(ctx, w.visit(who[4]), n, meeting.Raised{Kind: floor.Rules}), fault.Invalid)
	raise(4, meeting.Raised{Kind: floor.Rules, About: "Who may speak twice?"})
	w.WantKind("a hand of whoever facilitates", w.Meetings.Raise(ctx, w.visit(chair), n, meeting.Raised{Kind: floor.Speak}), fault.Conflict)
	v = w.show(0, n)
	var order []int
	for _, p := range v.List {
		order = append(order, w.at(v.Hands[p.ID].Member))
	}
	if want := []int{who[3], who[1], who[2], who[0]}; !slices.Equal(order, want) || len(v.Asked) != 1 {
		w.Fatalf("the list is %v, want %v; rules questions %d", order, want, len(v.Asked))
	}
	next := func(ends int64) { w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, ends)) }
	next(0)
	first := w.show(0, n).Speaker
	next(0)
	if again := w.show(0, n).Speaker; again.ID != first.ID || w.at(first.Member) != who[3] {
		w.Errorf("pressed twice: %+v after %+v", again, first)
	}
	next(first.ID)
	next(first.ID)
	second := w.show(0, n).Speaker
	if w.at(second.Member) != who[1] || second.Seconds != 120 {
		w.Errorf("second: %+v", second)
	}
	guest := slices.IndexFunc(w.Who, func(a member.Actor) bool {
		runs := func(c member.Capability) bool { return member.Can(w.Visit(a.Member.Person), c, w.Clock.Now()) }
		return !runs(member.KeepTime) && !runs(member.Facilitate)
	})
	w.WantKind("time from somebody who does not keep it", w.Meetings.More(ctx, w.visit(guest), n, second.ID), fault.Denied)
	w.must(w.Meetings.More(ctx, w.visit(chair), n, second.ID))
	w.must(w.Meetings.Hear(ctx, w.visit(chair), n, v.Asked[0].ID))
	if s := w.show(0, n).Speaker; s.Kind != floor.Rules {
		w.Errorf("a rules question interrupts: %+v", s)
	}
	w.must(w.Meetings.Finished(ctx, w.visit(who[4]), n, v.Asked[0].ID))
	w.must(w.Meetings.LetFirst(ctx, w.visit(who[2]), n, v.List[2].ID))
	if l := w.show(0, n).List; len(l) != 2 || w.at(w.show(0, n).Hands[l[0].ID].Member) != who[0] {
		w.Errorf("let first: %+v", l)
	}
	w.must(w.Meetings.Lower(ctx, w.visit(who[0]), n, v.List[3].ID))
}

// TestNobodyConvenes: where nobody holds a role that calls meetings, there is nobody to wait for, and those who asked first can call the meeting at once. While somebody holds
// one, they wait for a week, and their names are told only then.
func TestNobodyConvenes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		if v := w.list(0); len(v.Callers) != 0 {
			t.Errorf("who can call: %v", v.Callers)
		}
		k := w.asked()
		if v := w.list(0); k.State != meeting.Convening || len(v.Callers) != 2 || v.Callers[0] != w.Who[0].Member.ID || v.Kind != meeting.Special {
			t.Fatalf("%+v, who can call: %v", k, v.Callers)
		}
		if v, err := w.Meetings.Coming(t.Context(), w.visit(1), rulebook.Version{}, false); err != nil || v.Ask.Number != k.Number {
			t.Errorf("the first page of who can call it: %+v, %v", v.Ask, err)
		}
		if v, err := w.Meetings.Coming(t.Context(), w.visit(5), rulebook.Version{}, false); err != nil || v.Ask.ID != 0 {
			t.Errorf("the first page of who cannot: %+v, %v", v.Ask, err)
		}
		_, err := w.Meetings.Call(t.Context(), w.visit(5), db.Once{}, w.details(15*24*time.Hour))
		w.WantKind("a call of somebody who asked for nothing", err, fault.Denied)
		_, err = w.Meetings.Call(t.Context(), w.visit(1), db.Once{}, w.details(15*24*time.Hour))
		w.must(err)
		if m := w.list(0).Next[0]; m.Kind != meeting.Special || w.list(0).Ask.ID != 0 {
			t.Errorf("called: %+v", m)
		}
		w.holds("convenors", 7)
		k = w.asked()
		if v := w.list(0); k.State != meeting.Reached || len(v.Callers) != 1 || v.Callers[0] != w.Who[7].Member.ID {
			t.Errorf("%+v, who can call: %v", k, v.Callers)
		}
		w.Pass(k.CallBy())
		if v := w.list(0); v.Ask.State != meeting.Convening || len(v.Callers) != 2 {
			t.Errorf("after a week: %+v, who can call: %v", v.Ask, v.Callers)
		}
	})
}

// TestClockCalls: nobody calls the meeting that members asked for, not even they; then the clock does, and nobody has to begin it for it to end.
func TestClockCalls(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, preset := range []string{"A", "B", "C"} {
			w := newWorld(t, d, c, preset, 5)
			k := w.asked()
			if want := rulebook.S(5); k.Needed != want || k.State != meeting.Convening {
				t.Errorf("%s: asked %+v, want %d names", preset, k, want)
			}
			w.Pass(k.ClockCalls())
			next := w.list(0).Next
			if len(next) != 1 || next[0].CalledBy != 0 || next[0].Kind != meeting.Special {
				t.Fatalf("%s: %+v", preset, next)
			}
			var names int
			w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM meeting_call_names").Scan(&names).Error })
			if names != 0 {
				t.Errorf("%s: %d names are kept", preset, names)
			}
			w.Pass(next[0].Opens.AddDate(0, 0, 2))
			if v := w.show(0, next[0].Number); v.State != meeting.Unheld || len(w.list(0).Waiting) != 1 {
				t.Errorf("%s: %s, %d wait", preset, v.State, len(w.list(0).Waiting))
			}
		}
	})
}

// TestShare is R1 of practice.md §2.12.1 and the smallest groups of §2.16.
func TestShare(t *testing.T) {
	c := func(id, same, any int) meeting.Candidate {
		return meeting.Candidate{Member: member.ID(id), Same: same, Any: any}
	}
	all := func(list ...meeting.Candidate) map[meeting.Job][]meeting.Candidate {
		out := map[meeting.Job][]meeting.Candidate{}
		for _, j := range meeting.Offers() {
			out[j] = list
		}
		return out
	}
	lots := func(ids ...member.ID) []member.ID { return ids }
	for _, tt := range []struct {
		name  string
		would map[meeting.Job][]meeting.Candidate
		lots  []member.ID
		want  string
	}{
		{"nobody", nil, nil, ""},
		{"one does it all but stand in for themselves", all(c(1, 0, 0)), lots(1), "facilitate 1, note 1, timekeep 1, stack 1, door 1"},
		{"never held first", all(c(1, 2, 2), c(2, 0, 3), c(3, 1, 1)), lots(1, 2, 3), "facilitate 2, vice 3, note 1, timekeep 2, stack 2, door 2"},
		{"then who has done least of all", all(c(1, 0, 2), c(2, 0, 1), c(3, 0, 3)), lots(1, 2, 3), "facilitate 2, vice 1, note 3, timekeep 2, stack 2, door 2"},
		{"then the lot", all(c(1, 0, 0), c(2, 0, 0), c(3, 0, 0)), lots(3, 1, 2), "facilitate 3, vice 1, note 2, timekeep 3, stack 3, door 3"},
	} {
		got := ""
		for _, d := range meeting.Share(tt.would, tt.lots, nil) {
			if got != "" {
				got += ", "
			}
			got += fmt.Sprintf("%s %d", d.Job, d.Member)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
