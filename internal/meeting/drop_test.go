package meeting_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
)

// holder returns who has a job in the meeting.
func (w world) holder(v meeting.View, job meeting.Job) int {
	w.Helper()
	return w.at(w.jobs(v)[job])
}

// learns returns who learns a job, and has none.
func (w world) learns(v meeting.View) int {
	w.Helper()
	for _, t := range v.Terms {
		if t.Shadow && !slices.Contains(slicesOf(w.jobs(v)), t.Member) {
			return w.at(t.Member)
		}
	}
	w.Fatal("nobody only learns")
	return 0
}

func slicesOf(jobs map[meeting.Job]member.ID) (out []member.ID) {
	for _, id := range jobs {
		out = append(out, id)
	}
	return out
}

// TestTakenOverFromADroppedConnection: after a minute without whoever facilitates the second can take over, half a minute later whoever has a job in the meeting, and nobody else; once.
func TestTakenOverFromADroppedConnection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 10)
		v := w.begun(w.called())
		ctx, n, chair := t.Context(), v.Number, w.at(v.Chair)
		second, timer, learner := w.holder(v, meeting.Vice), w.holder(v, meeting.Timer), w.learns(v)
		term, seen := v.Seat.Ref, c.Now()
		offers := func(who int) meeting.Drop { return w.show(who, n).Drop(seen) }
		take := func(who int) error { return w.Meetings.TakeOverFrom(ctx, w.visit(who), n, term, seen) }
		if term == "" || v.Seat.Member != v.Chair || w.at(v.Second) != second {
			t.Fatalf("%+v, second %d", v.Seat, v.Second)
		}
		c.Set(seen.Add(meeting.DropsAfter - time.Millisecond))
		if offers(second) != (meeting.Drop{}) {
			t.Error("offered before a minute has passed")
		}
		w.WantKind("too early", take(second), fault.Conflict)
		c.Set(seen.Add(meeting.DropsAfter))
		for who, may := range map[int]bool{chair: false, second: true, timer: false, learner: false} {
			if o := offers(who); o.Term != term || o.Member != v.Chair || o.May != may {
				t.Errorf("after a minute %d is offered %+v, want %v", who, o, may)
			}
		}
		w.WantKind("before the second", take(timer), fault.Denied)
		c.Set(seen.Add(meeting.DropsAfter + meeting.SecondFirst))
		for who, may := range map[int]bool{chair: false, second: true, timer: true, learner: false} {
			if o := offers(who); o.May != may {
				t.Errorf("later %d is offered %+v, want %v", who, o, may)
			}
		}
		w.WantKind("who only learns", take(learner), fault.Denied)
		w.WantKind("no such term", w.Meetings.TakeOverFrom(ctx, w.visit(timer), n, "j_none", seen), fault.NotFound)
		w.WantKind("they are back", w.Meetings.TakeOverFrom(ctx, w.visit(timer), n, term, c.Now()), fault.Conflict)
		w.must(w.Meetings.CheckOut(ctx, w.visit(timer), n))
		w.WantKind("who is not there", take(timer), fault.Denied)
		w.must(w.Meetings.CheckIn(ctx, w.visit(timer), n, meeting.Phone))
		before := len(w.show(0, n).Terms)
		w.must(take(timer))
		w.must(take(timer))
		w.WantKind("the second comes later", take(second), fault.Conflict)
		after := w.show(timer, n)
		if after.Chair != w.Who[timer].Member.ID || !after.Facilitates() || len(after.Terms) != before+1 || after.Drop(c.Now()) != (meeting.Drop{}) {
			t.Errorf("%d facilitates, %d terms, were %d", after.Chair, len(after.Terms), before)
		}
		w.WantKind("who was taken over from goes on", w.Meetings.Adopt(ctx, w.visit(chair), n), fault.Denied)
		w.must(w.Meetings.Adopt(ctx, w.visit(timer), n))
		w.entries(v.Ref(), term, timer)
	})
}

// entries looks at what the record says of it: who did it, and why.
func (w world) entries(ref, term string, by int) {
	w.Helper()
	var kinds []string
	w.Read(func(tx *db.Tx) error {
		all, err := ledger.About(tx, w.Group.Log(), ref)
		for _, e := range all[max(0, len(all)-3):] {
			var leaf struct{ By string }
			if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
				return err
			}
			kinds = append(kinds, e.Kind+" "+leaf.By)
		}
		return err
	})
	me := w.Who[by].Member.Ref
	if want := []string{"job.ended " + me, "job.begun " + me, "meeting.adopted " + me}; !slices.Equal(kinds, want) {
		w.Errorf("%v, want %v", kinds, want)
	}
	i := slices.IndexFunc(w.show(0, 1).Terms, func(t meeting.Term) bool { return t.Ref == term })
	if t := w.show(0, 1).Terms[i]; t.How != meeting.OutOfTouch || t.Ended.IsZero() {
		w.Errorf("%+v", t)
	}
}

// TestNobodyHasDroppedWhoJustBegan: who facilitates only now, as the item is about somebody else or a break is over, has a minute from then on.
func TestNobodyHasDroppedWhoJustBegan(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		v := w.begun(w.called())
		n, chair, second := v.Number, w.at(v.Chair), w.holder(v, meeting.Vice)
		if o := w.show(second, n).Drop(time.Time{}); o != (meeting.Drop{}) {
			t.Errorf("as it begins: %+v", o)
		}
		c.Advance(2 * time.Minute)
		if o := w.show(second, n).Drop(time.Time{}); !o.May {
			t.Error("not offered to the second when nobody was seen since it began")
		}
		w.must(w.Meetings.Adopt(t.Context(), w.visit(chair), n))
		w.must(w.Meetings.Take(t.Context(), w.visit(chair), n, v.Items[0].ID))
		if o := w.show(second, n).Drop(time.Time{}); o != (meeting.Drop{}) {
			t.Errorf("as the item begins: %+v", o)
		}
	})
}

// TestTwoTakeOverAtOnce: one does, and the other is told so.
func TestTwoTakeOverAtOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 10)
		v := w.begun(w.called())
		n, seen := v.Number, c.Now()
		c.Advance(2 * time.Minute)
		who := []int{w.holder(v, meeting.Timer), w.holder(v, meeting.List), w.holder(v, meeting.Doors), w.holder(v, meeting.Vice)}
		errs := make([]error, len(who))
		var all sync.WaitGroup
		for i, one := range who {
			a := w.visit(one)
			all.Go(func() { errs[i] = w.Meetings.TakeOverFrom(t.Context(), a, n, v.Seat.Ref, seen) })
		}
		all.Wait()
		done := 0
		for i, err := range errs {
			if err == nil {
				done++
				if got := w.show(0, n).Chair; got != w.Who[who[i]].Member.ID {
					t.Errorf("%d took over, and %d facilitates", w.Who[who[i]].Member.ID, got)
				}
				continue
			}
			w.WantKind("the other", err, fault.Conflict)
		}
		if done != 1 {
			t.Errorf("%d took over: %v", done, errs)
		}
	})
}

// TestConsoleIsWhoseItIs: who has which part in running the meeting, and what of it they do.
func TestConsoleIsWhoseItIs(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		m := w.called()
		if w.show(0, m.Number).Desk() != (meeting.Desk{}) {
			t.Error("there is a console before it begins")
		}
		v := w.begun(m)
		ctx, n, chair := t.Context(), v.Number, w.at(v.Chair)
		second, timer, stack, notes, door := w.holder(v, meeting.Vice), w.holder(v, meeting.Timer), w.holder(v, meeting.List), w.holder(v, meeting.Notes), w.holder(v, meeting.Doors)
		learner := w.learns(v)
		learns := func(who int) meeting.Desk {
			return meeting.Desk{Open: slices.ContainsFunc(v.Terms, func(t meeting.Term) bool {
				return t.Shadow && w.at(t.Member) == who && (t.Job == meeting.Timer || t.Job == meeting.List)
			})}
		}
		for who, want := range map[int]meeting.Desk{
			chair: {Open: true, Runs: true}, second: {Open: true, Runs: true}, timer: {Open: true, Time: true}, stack: {Open: true, List: true},
			notes: learns(notes), door: learns(door), learner: learns(learner),
		} {
			if got := w.show(who, n).Desk(); got != want {
				t.Errorf("%d: %+v, want %+v", who, got, want)
			}
		}
		w.must(w.Meetings.Adopt(ctx, w.visit(chair), n))
		w.must(w.Meetings.Take(ctx, w.visit(chair), n, v.Items[0].ID))
		w.raise(notes, n)
		w.raise(door, n)
		for who, name := range map[int]string{timer: "time", stack: "list", notes: "notes", learner: "learns"} {
			w.WantKind(name+" calls the next", w.Meetings.CallNext(ctx, w.visit(who), n, 0), fault.Denied)
		}
		w.must(w.Meetings.CallNext(ctx, w.visit(second), n, 0))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0)) // pressed at the same time: nothing happens
		speaks := w.show(0, n).Speaker
		if speaks.ID == 0 || len(w.show(0, n).List) != 1 {
			t.Fatalf("%+v speaks", speaks)
		}
		w.must(w.Meetings.More(ctx, w.visit(timer), n, speaks.ID))
		w.WantKind("the list gives time", w.Meetings.More(ctx, w.visit(stack), n, speaks.ID), fault.Denied)
		w.WantKind("the second is done with the item", w.Meetings.Finish(ctx, w.visit(second), n, v.Items[0].ID), fault.Denied)
		w.WantKind("the second closes", w.Meetings.Close(ctx, w.visit(second), n), fault.Denied)
	})
}

// raise raises a hand.
func (w world) raise(who, number int) {
	w.Helper()
	w.must(w.Meetings.Raise(w.Context(), w.visit(who), number, meeting.Raised{Kind: "speak", Side: floor.Either}))
}

// TestConsoleSaysWhy: an act is out of order on the console exactly when it is refused, and the console says why.
func TestConsoleSaysWhy(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		p := w.waits("Buy a kettle")
		v := w.begun(w.called())
		ctx, n := t.Context(), v.Number
		want := func(what string, acts map[meeting.Act]string) {
			t.Helper()
			chair := w.at(w.show(0, n).Chair)
			con, err := w.Meetings.Console(ctx, w.visit(chair), n)
			w.must(err)
			for _, act := range []meeting.Act{meeting.AdoptAgenda, meeting.TakeNext, meeting.CallSpeaker, meeting.GiveTime, meeting.OpenVote, meeting.FinishItem, meeting.CloseDown} {
				if got := con.No[act].ID; got != acts[act] {
					t.Errorf("%s: %s is not in order because of %q, want %q", what, act, got, acts[act])
				}
			}
		}
		do := func(err error) {
			t.Helper()
			w.must(err)
		}
		chair := func() member.Actor { return w.visit(w.at(w.show(0, n).Chair)) }
		const adopted, noItem, silence, empty, none = "meeting.console.adopted", "meeting.no_item", "meeting.console.silence", "meeting.console.list_empty", "meeting.console.none_left"
		want("it begins", map[meeting.Act]string{meeting.TakeNext: "meeting.not_adopted", meeting.CallSpeaker: noItem, meeting.GiveTime: silence, meeting.OpenVote: noItem, meeting.FinishItem: noItem})
		do(w.Meetings.Adopt(ctx, chair(), n))
		do(w.Meetings.Take(ctx, chair(), n, v.Items[0].ID))
		want("what they asked for", map[meeting.Act]string{meeting.AdoptAgenda: adopted, meeting.CallSpeaker: empty, meeting.GiveTime: silence, meeting.OpenVote: "meeting.console.no_proposal"})
		do(w.Meetings.Take(ctx, chair(), n, v.Items[1].ID))
		w.raise(w.holder(w.show(0, n), meeting.Notes), n)
		want("a proposal", map[meeting.Act]string{meeting.AdoptAgenda: adopted, meeting.TakeNext: none, meeting.GiveTime: silence})
		do(w.Meetings.CallNext(ctx, chair(), n, 0))
		want("somebody speaks", map[meeting.Act]string{meeting.AdoptAgenda: adopted, meeting.TakeNext: none})
		do(w.Meetings.PutToVote(ctx, chair(), n, v.Items[1].ID, false))
		open := "meeting.vote_open"
		want("a vote", map[meeting.Act]string{
			meeting.AdoptAgenda: adopted, meeting.TakeNext: none, meeting.CallSpeaker: empty, meeting.GiveTime: silence, meeting.OpenVote: open, meeting.FinishItem: open, meeting.CloseDown: open,
		})
		w.WantKind("done with it all the same", w.Meetings.Finish(ctx, chair(), n, v.Items[1].ID), fault.Conflict)
		w.WantKind("closed all the same", w.Meetings.Close(ctx, chair(), n), fault.Conflict)
		for i := range w.Who {
			w.Cast(w.Who[i], p.Number, ballot.For)
		}
		w.Pass(c.Now().Add(2 * time.Minute))
		want("it is decided", map[meeting.Act]string{
			meeting.AdoptAgenda: adopted, meeting.TakeNext: none, meeting.CallSpeaker: empty, meeting.GiveTime: silence, meeting.OpenVote: "meeting.console.decided",
		})
		do(w.Meetings.Close(ctx, chair(), n))
	})
}

// TestOpeningIsOneList: whoever facilitates and everybody else see the same points, and what is done of them.
func TestOpeningIsOneList(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		m := w.called()
		n := m.Number
		done := func() (out []string) {
			t.Helper()
			for _, p := range w.show(0, n).Opening {
				if p.Done {
					out = append(out, string(p.Cue))
				}
			}
			return out
		}
		if len(w.show(0, n).Opening) > 0 {
			t.Error("there is a list long before")
		}
		w.Pass(m.Door())
		w.must(w.Meetings.CheckIn(t.Context(), w.Who[0], n, meeting.Room))
		if got := done(); !slices.Equal(got, []string{"check_in"}) || len(w.show(0, n).Opening) != 7 { // with what is due: places in roles are free
			t.Errorf("at the door: %v", got)
		}
		v := w.begun(m)
		chair := w.visit(w.at(v.Chair))
		w.must(w.Meetings.Adopt(t.Context(), chair, n))
		w.must(w.Meetings.Said(t.Context(), chair, n, 0, "how"))
		if got := done(); !slices.Equal(got, []string{"check_in", "enough", "jobs", "agenda", "how"}) {
			t.Errorf("under way: %v", got)
		}
		w.must(w.Meetings.Take(t.Context(), chair, n, v.Items[0].ID))
		if len(w.show(0, n).Opening) > 0 {
			t.Error("it goes on with the first item")
		}
	})
}
