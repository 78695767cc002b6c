package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// again has the people come to a meeting that goes on, and begins it. Who says nothing of jobs would do what they did.
func (w world) again(number int, who []int, would ...meeting.Job) meeting.View {
	w.Helper()
	w.Pass(w.show(0, number).Opens)
	for _, i := range who {
		w.must(w.Meetings.CheckIn(w.Context(), w.Who[i], number, meeting.Room))
		if len(would) > 0 {
			w.must(w.Meetings.Would(w.Context(), w.Who[i], number, would))
		}
	}
	w.must(w.Meetings.Begin(w.Context(), w.Who[who[0]], number))
	return w.show(who[0], number)
}

// TestTooFewGoOnAnotherDay: with too few, whoever facilitates has the meeting go on at another date. It is the same meeting: what it is done with stays done, people are counted
// anew, and what was asked and whose hands were up counts no more.
func TestTooFewGoOnAnotherDay(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		topic := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Topic })]
		first := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == ps[0].ID })]
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, topic.ID))
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, first.ID))
		w.must(w.Meetings.Raise(ctx, w.Who[3-chair], n, meeting.Raised{Kind: floor.Speak, Side: floor.Against}))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		c.Advance(time.Minute)
		w.must(w.Meetings.Finished(ctx, w.Who[3-chair], n, w.show(chair, n).Speaker.ID))
		w.must(w.Meetings.Raise(ctx, w.Who[3-chair], n, meeting.Raised{Kind: floor.Speak, Side: floor.Against}))
		w.must(w.Meetings.MakeMove(ctx, w.Who[3-chair], db.Once{}, n, procedure.Replace, meeting.Named{Whole: true}))
		w.WantKind("while others can still support what was asked for", w.Meetings.Adjourn(ctx, w.visit(chair), n, c.Now().Add(3*24*time.Hour), 60), fault.Conflict)
		c.Advance(time.Minute)
		opens := c.Now().Add(3 * 24 * time.Hour).Truncate(time.Minute)
		w.WantKind("by who does not facilitate", w.Meetings.Adjourn(ctx, w.visit(3-chair), n, opens, 60), fault.Denied)
		for what, at := range map[string]time.Time{
			"no date": {}, "so soon that it is a break": c.Now().Add(59 * time.Minute), "very far": c.Now().Add(61 * 24 * time.Hour),
		} {
			w.WantKind(what, w.Meetings.Adjourn(ctx, w.visit(chair), n, at, 60), fault.Invalid)
		}
		w.WantKind("for days", w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60*24), fault.Invalid)
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60))
		w.WantKind("again", w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60), fault.Conflict)

		v = w.show(0, n)
		if !v.IsAdjourned() || v.Sitting != 2 || !v.Opens.Equal(opens) || !v.Stop.Equal(opens.Add(time.Hour)) || v.Total() != 0 || v.Chair != 0 || v.Current.ID != 0 || !v.Notice.Equal(c.Now()) {
			t.Fatalf("adjourned: %+v, %d there, chair %d", v.Meeting, v.Total(), v.Chair)
		}
		if e := v.Event(); e.UID != "meeting-1" || e.Sequence == 0 || !e.Start.Equal(opens) || !e.End.Equal(v.Stop) || e.Cancelled {
			t.Errorf("in calendars: %+v", e)
		}
		if slices.ContainsFunc(v.Terms, func(term meeting.Term) bool { return term.Runs(c.Now()) }) {
			t.Error("somebody has a job in a meeting that does not sit")
		}
		if p := w.Motion(ps[0].ID); !p.OnAgenda() || !p.Opens.After(v.Stop) {
			t.Errorf("the proposal does not wait for it: %+v", p)
		}
		w.WantKind("come in before the door opens", w.Meetings.CheckIn(ctx, w.Who[0], n, meeting.Room), fault.Conflict)

		v = w.again(n, []int{0, 3, 4, 5, 6}, meeting.Offers()...)
		if v.State != meeting.Session || !v.Enough || v.Meeting.Present != 2 || v.Most != 5 || v.Began.Equal(v.Sat) || !v.Sat.Equal(c.Now()) || v.Adopted.IsZero() {
			t.Errorf("the next sitting: %+v", v.Meeting)
		}
		if v.Chair == 0 || slices.Contains([]int{1, 2}, w.at(v.Chair)) {
			t.Errorf("%d facilitates, of those who are not there", v.Chair)
		}
		if len(v.Moves)+len(v.Settled)+len(v.List) != 0 || len(v.Opening) == 0 {
			t.Errorf("of the sitting before there are moves %v and %v, and a list %v; the checklist has %d points", v.Moves, v.Settled, v.List, len(v.Opening))
		}
		states := map[meeting.ItemID]meeting.ItemState{}
		for _, it := range v.Items {
			states[it.ID] = it.State
		}
		if states[topic.ID] != meeting.Done || states[first.ID] != meeting.Waiting {
			t.Errorf("the items are %v", states)
		}
		w.WantKind("what was done with is taken again", w.Meetings.Take(ctx, w.visit(w.at(v.Chair)), n, topic.ID), fault.Conflict)
		facilitator := w.at(v.Chair)
		if facilitator == 0 { // they proposed it
			facilitator = w.at(v.Second)
		}
		w.must(w.Meetings.Take(ctx, w.visit(w.at(v.Chair)), n, first.ID))
		w.must(w.Meetings.CheckIn(ctx, w.Who[3-chair], n, meeting.Room))
		other := slices.IndexFunc(w.Who, func(a member.Actor) bool {
			return a.Member.ID != w.Who[facilitator].Member.ID && slices.Contains([]int{3, 4, 5, 6}, w.at(a.Member.ID))
		})
		w.must(w.Meetings.Raise(ctx, w.Who[3-chair], n, meeting.Raised{Kind: floor.Speak, Side: floor.Against}))
		w.must(w.Meetings.Raise(ctx, w.Who[other], n, meeting.Raised{Kind: floor.Speak, Side: floor.Against}))
		v = w.show(0, n)
		if first := v.Hands[v.List[0].ID].Member; first != w.Who[other].Member.ID {
			t.Errorf("who spoke in the sitting before is heard before who has not: %+v", v.List)
		}
		w.must(w.Meetings.PutToVote(ctx, w.visit(w.at(v.Chair)), n, first.ID, false))
		for _, i := range []int{0, 3, 4, 5, 6} {
			w.Cast(w.Who[i], ps[0].Number, ballot.For)
		}
		w.Pass(w.Show(ps[0].Number).Closes)
		v = w.show(0, n)
		w.must(w.Meetings.Close(ctx, w.visit(w.at(v.Chair)), n))
		if m := w.show(0, n).Meeting; m.State != meeting.Closed || m.Present != 2 || m.Most != 6 {
			t.Errorf("closed: %+v", m)
		}
	})
}

// TestAnAdjournedMeetingNobodyGoesOnWith ends by the clock as one that was held, and what was left waits for the next. Who spoke is forgotten a week after the sitting.
func TestAnAdjournedMeetingNobodyGoesOnWith(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		late := c.Now().Add(20 * 24 * time.Hour)
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, late, 0))
		if v = w.show(0, n); v.Stop.Sub(v.Opens) != 90*time.Minute {
			t.Errorf("without a length it takes %s, want as long as it was called for", v.Stop.Sub(v.Opens))
		}
		count := func() (people int) {
			w.must(d.Read(ctx, func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM meeting_presence").Scan(&people).Error }))
			return people
		}
		if count() == 0 {
			t.Error("nobody is known to have been there")
		}
		w.Pass(c.Now().Add(7 * 24 * time.Hour))
		if n := count(); n != 0 {
			t.Errorf("a week later it is known of %d that they were there", n)
		}
		if m := w.show(0, n); !m.IsAdjourned() {
			t.Errorf("a week later: %+v", m.Meeting)
		}
		w.Pass(late.Add(5 * time.Hour))
		if m := w.show(0, n); m.State != meeting.Closed || m.Meeting.Present != 2 {
			t.Errorf("nobody went on with it: %+v", m.Meeting)
		}
		if p := w.Motion(ps[0].ID); p.OnAgenda() {
			t.Errorf("the proposal: %+v", p)
		}
		if l := w.list(0); len(l.Waiting) != 2 {
			t.Errorf("for the next meeting: %+v", l.Waiting)
		}
	})
}

// TestMembersAdjourn: those who are there vote on another date; whoever had a job and would still do it goes on with it, and one who is not there does not.
func TestMembersAdjourn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v := w.begun(w.called())
		n, chair := v.Number, w.at(v.Chair)
		opens := c.Now().Add(30 * 24 * time.Hour).Truncate(time.Minute)
		w.WantKind("by whoever facilitates, with enough there and time left", w.Meetings.Adjourn(ctx, w.visit(chair), n, opens, 60), fault.Conflict)
		by := (chair + 1) % 8
		w.WantKind("no date", w.Meetings.MakeMove(ctx, w.visit(by), db.Once{}, n, procedure.Adjourn, meeting.Named{Other: true}), fault.Invalid)
		w.must(w.Meetings.MakeMove(ctx, w.visit(by), db.Once{}, n, procedure.Adjourn, meeting.Named{At: opens, Minutes: 45, Other: true}))
		mv := w.show(by, n).Moves[0]
		w.must(w.Meetings.SupportMove(ctx, w.visit((chair+2)%8), n, mv.ID))
		w.must(w.Meetings.PutMove(ctx, w.visit(chair), n, mv.ID))
		for i := range w.Who {
			w.must(w.Meetings.AnswerMove(ctx, w.visit(i), n, mv.ID, meeting.Yes))
		}
		was := w.show(0, n)
		if !was.IsAdjourned() || !was.Opens.Equal(opens) || was.Stop.Sub(was.Opens) != 45*time.Minute {
			t.Fatalf("adjourned: %+v", was.Meeting)
		}
		var notes, facilitates int
		for _, term := range was.Terms {
			switch {
			case term.Shadow:
			case term.Job == meeting.Notes:
				notes = w.at(term.Member)
			case term.Job == meeting.Facilitates:
				facilitates = w.at(term.Member)
			}
		}
		var who []int
		for i := range w.Who {
			if i != notes {
				who = append(who, i)
			}
		}
		w.Pass(opens)
		for _, i := range who {
			w.must(w.Meetings.CheckIn(ctx, w.Who[i], n, meeting.Room))
		}
		for _, i := range who {
			if i != facilitates && !slices.ContainsFunc(was.Terms, func(term meeting.Term) bool { return w.at(term.Member) == i && !term.Shadow }) {
				w.must(w.Meetings.Would(ctx, w.Who[i], n, meeting.Offers()))
			}
		}
		w.must(w.Meetings.Begin(ctx, w.Who[who[0]], n))
		v = w.show(who[0], n)
		if w.at(v.Chair) != facilitates {
			t.Errorf("%d facilitates, want %d as before", w.at(v.Chair), facilitates)
		}
		for _, term := range v.Terms {
			if term.Runs(c.Now()) && w.at(term.Member) == notes {
				t.Errorf("who is not there has a job: %+v", term)
			}
			if term.Runs(c.Now()) && term.Job == meeting.Notes && !term.Shadow && slices.ContainsFunc(was.Terms, func(o meeting.Term) bool { return o.Member == term.Member && !o.Shadow }) {
				t.Errorf("who had another job takes notes, while others would: %+v", term)
			}
		}
	})
}

// TestATimeThatIsOver: once the end has come, whoever facilitates can have the meeting go on at another date, with a new end, which can be put off once more.
func TestATimeThatIsOver(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "C", 8)
		ctx := t.Context()
		v := w.begun(w.called())
		n, chair := v.Number, w.at(v.Chair)
		c.Advance(v.Stop.Sub(c.Now()))
		notice := w.Rulebook().NoticeDays.Special
		w.WantKind("later than a week, and sooner than notice", w.Meetings.Adjourn(ctx, w.visit(chair), n, c.Now().Add(8*24*time.Hour), 60), fault.Invalid)
		w.must(w.Meetings.Adjourn(ctx, w.visit(chair), n, c.Now().Add(time.Duration(notice)*24*time.Hour), 60))
		v = w.again(n, []int{0, 1, 2, 3, 4, 5, 6, 7}, meeting.Offers()...)
		if v.Stopped || !c.Now().Before(v.Stop) {
			t.Errorf("it goes on, and its time is over: %+v", v.Meeting)
		}
	})
}

// TestTalkOnly: with too few, whoever facilitates notes that nothing is decided. It ends by itself once enough are there.
func TestTalkOnly(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		w.WantKind("chosen by who does not facilitate", w.Meetings.TalkOnly(ctx, w.visit(3-chair), n), fault.Denied)
		for range 2 {
			w.must(w.Meetings.TalkOnly(ctx, w.visit(chair), n))
		}
		if v = w.show(3, n); !v.TalksOnly() {
			t.Fatal("it is not noted")
		}
		item := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == ps[0].ID })]
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, item.ID))
		w.WantKind("a vote", w.Meetings.PutToVote(ctx, w.visit(chair), n, item.ID, false), fault.Conflict)
		for i := 3; i < 6; i++ {
			if !w.show(3, n).TalksOnly() {
				t.Errorf("it has ended with %d there", w.show(3, n).Total())
			}
			w.must(w.Meetings.CheckIn(ctx, w.Who[i], n, meeting.Room))
			if v = w.show(3, n); v.Total() >= v.Quorum {
				break
			}
		}
		if v.TalksOnly() || v.Enough {
			t.Errorf("enough are there: %+v", v.Meeting)
		}
		w.WantKind("chosen with enough", w.Meetings.TalkOnly(ctx, w.visit(chair), n), fault.Conflict)
		w.must(w.Meetings.PutToVote(ctx, w.visit(chair), n, item.ID, false))
		w.Pass(c.Now().Add(meeting.Holds))
		if v = w.show(3, n); v.TalksOnly() || v.Meeting.TalksOnly() || !v.Enough {
			t.Errorf("that has held: %+v", v.Meeting)
		}
	})
}

// TestWaitsSinceTheQuorumWasLost: whoever facilitates chooses what to do with too few once it was waited for others, from when the last who made enough has gone. Each time anew, once there were enough
// for as long as that has to hold.
func TestWaitsSinceTheQuorumWasLost(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		w.waits("Buy a kettle")
		v := w.begun(w.called())
		n, chair := v.Number, w.at(v.Chair)
		c.Advance(time.Minute)
		w.must(w.Meetings.Adopt(ctx, w.visit(chair), n))
		if !v.Few.IsZero() {
			t.Errorf("enough are there, and too few since %v", v.Few)
		}
		var gone []int
		leave := func() {
			t.Helper()
			for i := 0; w.show(chair, n).Total() >= v.Quorum; i++ {
				if i != chair && i != w.at(v.Second) {
					gone = append(gone, i)
					w.must(w.Meetings.CheckOut(ctx, w.Who[i], n))
				}
			}
		}
		wait := time.Duration(w.Rulebook().Meeting.QuorumWaitMinutes) * time.Minute
		choices := map[meeting.Act]func() error{
			meeting.TalkOnly: func() error { return w.Meetings.TalkOnly(ctx, w.visit(chair), n) },
			meeting.NewDate:  func() error { return w.Meetings.Adjourn(ctx, w.visit(chair), n, c.Now().Add(24*time.Hour), 60) },
			meeting.GoOnline: func() error { return w.Meetings.SendOnline(ctx, w.visit(chair), n) },
		}
		refused := func(when string) {
			t.Helper()
			console, err := w.Meetings.Console(ctx, w.visit(chair), n)
			w.must(err)
			for act, does := range choices {
				if no := console.No[act]; no.ID != "meeting.few.wait" || !time.Time(no.Args["At"].(lang.Clock)).Equal(console.Few.Add(wait)) {
					t.Errorf("%s: why there is no %s: %+v", when, act, no)
				}
				w.WantKind(when+": "+string(act), does(), fault.Conflict)
			}
		}
		leave()
		if v := w.show(chair, n); !v.Few.Equal(c.Now()) {
			t.Errorf("too few since %v, want now", v.Few)
		}
		refused("at once")
		c.Advance(wait - time.Millisecond)
		refused("nearly")
		w.must(w.Meetings.CheckIn(ctx, w.Who[gone[0]], n, meeting.Room))
		gone = nil
		c.Advance(meeting.Holds)
		leave()
		refused("lost again")
		c.Advance(wait)
		console, err := w.Meetings.Console(ctx, w.visit(chair), n)
		w.must(err)
		for act := range choices {
			if no, not := console.No[act]; not {
				t.Errorf("after the wait %s cannot be: %+v", act, no)
			}
		}
		w.must(choices[meeting.TalkOnly]())
		w.must(choices[meeting.GoOnline]())
		w.must(choices[meeting.NewDate]())
	})
}

// TestOneMemberHoldsNothingUp: what one member asks for without anybody who supports it holds up what whoever facilitates chooses for a minute, and falls then. What is supported is decided
// first; a rules question is ruled on first.
func TestOneMemberHoldsNothingUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		ctx := t.Context()
		v, ps := w.few()
		n, chair := v.Number, w.at(v.Chair)
		other := 3 - chair
		item := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == ps[0].ID })]
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, item.ID))
		talk := func() error { return w.Meetings.TalkOnly(ctx, w.visit(chair), n) }

		w.must(w.make(other, v, procedure.MoreTime, meeting.Named{Minutes: 5}))
		line := w.show(chair, n).Moves[0]
		if !line.May || !line.Alone || w.show(other, n).Moves[0].May {
			t.Errorf("the move, as who facilitates sees it: %+v", line)
		}
		w.WantKind("at once", talk(), fault.Conflict)
		console, err := w.Meetings.Console(ctx, w.visit(chair), n)
		w.must(err)
		if no := console.No[meeting.TalkOnly]; no.ID != "meeting.moves.lone" || !time.Time(no.Args["At"].(lang.Clock)).Equal(c.Now().Add(time.Minute)) {
			t.Errorf("why they cannot only talk: %+v", no)
		}
		w.must(w.Meetings.SupportMove(ctx, w.visit(chair), n, line.ID))
		c.Advance(time.Minute)
		w.WantKind("somebody supports it", talk(), fault.Conflict)
		w.must(w.Meetings.PutMove(ctx, w.visit(chair), n, line.ID))
		for _, i := range []int{chair, other} {
			w.must(w.Meetings.AnswerMove(ctx, w.visit(i), n, line.ID, meeting.No))
		}
		w.must(w.make(other, v, procedure.GoRound, meeting.Named{Minutes: 1}))
		w.must(w.make(other, v, procedure.Replace, meeting.Named{Whole: true}))
		w.must(w.make(other, v, procedure.RulesQuestion, meeting.Named{Rule: "Nobody speaks twice before all have spoken"}))
		c.Advance(time.Minute)
		w.WantKind("a rules question waits", talk(), fault.Conflict)
		w.must(w.Meetings.RuleMove(ctx, w.visit(chair), n, w.show(chair, n).Moves[0].ID, "Nobody did", "How we speak"))
		w.must(talk())
		fell := 0
		for _, mv := range w.show(chair, n).Settled {
			if mv.State == meeting.MoveFell {
				fell++
			}
		}
		if v := w.show(chair, n); fell != 2 || len(v.Moves) != 0 || !v.TalksOnly() {
			t.Errorf("%d have fallen, and %d are open: %+v", fell, len(v.Moves), v.Settled)
		}
	})
}
