package meeting_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// sits is a meeting under way, with a proposal and two topics on its agenda, that has adopted it.
func sits(t *testing.T, d *db.DB, c *dbtest.Clock) (world, meeting.View, motion.Motion) {
	t.Helper()
	return sitting(t, d, c, 8)
}

// sitting is sits of so many people.
func sitting(t *testing.T, d *db.DB, c *dbtest.Clock, people int) (world, meeting.View, motion.Motion) {
	t.Helper()
	w := newWorld(t, d, c, "B", people)
	p := w.waits("Buy a kettle")
	w.must(w.Meetings.PutDown(t.Context(), w.Who[4], db.Once{}, "The stall on Saturday", "Who can come?", 10))
	w.must(w.Meetings.PutDown(t.Context(), w.Who[5], db.Once{}, "A second topic", "", 10))
	m := w.called()
	w.Pass(m.LotAt)
	v := w.begun(m)
	w.must(w.Meetings.Adopt(t.Context(), w.visit(w.at(v.Chair)), v.Number))
	return w, w.show(0, v.Number), p
}

// item takes the item at the place of the agenda, from 0.
func (w world) item(v meeting.View, at int) meeting.View {
	w.Helper()
	v = w.show(0, v.Number)
	w.must(w.Meetings.Take(w.Context(), w.visit(w.at(v.Chair)), v.Number, v.Items[at].ID))
	return w.show(0, v.Number)
}

// but returns members who are not those given, in their order.
func (w world) but(not ...member.ID) (out []int) {
	for i, a := range w.Who {
		if !slices.Contains(not, a.Member.ID) {
			out = append(out, i)
		}
	}
	return out
}

func (w world) make(who int, v meeting.View, k procedure.Kind, n meeting.Named) error {
	return w.Meetings.MakeMove(w.Context(), w.visit(who), db.Once{}, v.Number, k, n)
}

// open returns the open move of a kind as a member sees it.
func (w world) open(who int, v meeting.View, k procedure.Kind) meeting.MoveLine {
	w.Helper()
	for _, mv := range w.show(who, v.Number).Moves {
		if mv.Kind == k {
			return mv
		}
	}
	w.Fatalf("no %s is open", k)
	return meeting.MoveLine{}
}

// settled returns the last move of a kind that is over.
func (w world) settled(v meeting.View, k procedure.Kind) meeting.Move {
	w.Helper()
	for _, mv := range w.show(0, v.Number).Settled {
		if mv.Kind == k {
			return mv
		}
	}
	w.Fatalf("no %s is over", k)
	return meeting.Move{}
}

// moved makes a move, has it supported, put to the vote by whoever runs it and answered: the first yes of all who are there say yes, the next no no.
func (w world) moved(by, supporter int, v meeting.View, k procedure.Kind, n meeting.Named, yes, no int) meeting.Move {
	w.Helper()
	w.must(w.make(by, v, k, n))
	mv := w.open(by, v, k)
	if mv.Ready.IsZero() {
		w.must(w.Meetings.SupportMove(w.Context(), w.visit(supporter), v.Number, mv.ID))
	}
	mv = w.open(by, v, k)
	w.must(w.Meetings.PutMove(w.Context(), w.visit(w.at(mv.Runner)), v.Number, mv.ID))
	for i := range w.Who {
		switch {
		case i < yes:
			w.must(w.Meetings.AnswerMove(w.Context(), w.visit(i), v.Number, mv.ID, meeting.Yes))
		case i < yes+no:
			w.must(w.Meetings.AnswerMove(w.Context(), w.visit(i), v.Number, mv.ID, meeting.No))
		}
	}
	if yes+no < len(w.Who) {
		w.Pass(w.open(by, v, k).Closes)
	}
	return w.settled(v, k)
}

// TestMovesChallenge: a ruling on a rules question is challenged; the second facilitator runs the vote, a tie leaves the ruling, and a majority overturns it.
func TestMovesChallenge(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		chair := w.at(v.Chair)
		who := w.but(v.Chair)
		w.WantKind("a challenge without a ruling", w.make(who[0], v, procedure.Challenge, meeting.Named{}), fault.Conflict)
		w.WantKind("a rules question that names nothing", w.make(who[0], v, procedure.RulesQuestion, meeting.Named{}), fault.Invalid)
		for round, tt := range []struct {
			yes, no int
			want    meeting.MoveState
		}{{4, 4, meeting.MoveLost}, {5, 3, meeting.MoveCarried}} {
			w.must(w.make(who[round], v, procedure.RulesQuestion, meeting.Named{Rule: "Nobody speaks twice before all have spoken"}))
			q := w.open(0, v, procedure.RulesQuestion)
			if v := w.show(0, n); len(v.Asked) != 1 || v.Reading.Cue != script.CueMoveDo || v.Reading.Of != q.ID {
				t.Errorf("asked: %+v; %+v", v.Asked, v.Reading)
			}
			w.WantKind("the item ends before the ruling", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
			w.WantKind("a ruling of somebody else", w.Meetings.RuleMove(ctx, w.visit(who[0]), n, q.ID, "No.", "Rule 4"), fault.Denied)
			w.WantKind("a ruling without a rule", w.Meetings.RuleMove(ctx, w.visit(chair), n, q.ID, "No.", ""), fault.Invalid)
			w.must(w.Meetings.RuleMove(ctx, w.visit(chair), n, q.ID, "They may.", "Speaking, 4"))
			w.must(w.Meetings.RuleMove(ctx, w.visit(chair), n, q.ID, "Pressed twice.", "Speaking, 4"))
			if v := w.show(0, n); v.Ruling.Ruling != "They may." || !v.Challengeable || len(v.Asked) != 0 || v.Reading.Cue != script.CueRuling {
				t.Errorf("ruled: %+v, asked %d, %s", v.Ruling, len(v.Asked), v.Reading.Cue)
			}
			w.WantKind("a challenge of their own ruling", w.make(chair, v, procedure.Challenge, meeting.Named{}), fault.Conflict)
			w.must(w.make(who[2+2*round], v, procedure.Challenge, meeting.Named{}))
			mv := w.open(0, v, procedure.Challenge)
			w.WantKind("without a supporter", w.Meetings.PutMove(ctx, w.visit(w.at(mv.Runner)), n, mv.ID), fault.Conflict)
			w.WantKind("supported by whoever ruled", w.Meetings.SupportMove(ctx, w.visit(chair), n, mv.ID), fault.Conflict)
			w.WantKind("supported by whoever made it", w.Meetings.SupportMove(ctx, w.visit(who[2+2*round]), n, mv.ID), fault.Conflict)
			w.must(w.Meetings.SupportMove(ctx, w.visit(who[5]), n, mv.ID))
			w.must(w.Meetings.SupportMove(ctx, w.visit(who[5]), n, mv.ID))
			mv = w.open(0, v, procedure.Challenge)
			if mv.Support != 2 || mv.Runner == v.Chair || mv.Runner == 0 {
				t.Errorf("supported: %+v", mv)
			}
			w.WantKind("the vote run by whoever ruled", w.Meetings.PutMove(ctx, w.visit(chair), n, mv.ID), fault.Denied)
			w.must(w.Meetings.PutMove(ctx, w.visit(w.at(mv.Runner)), n, mv.ID))
			w.must(w.Meetings.PutMove(ctx, w.visit(w.at(mv.Runner)), n, mv.ID))
			for i := range w.Who {
				say := meeting.Yes
				if i >= tt.yes {
					say = meeting.No
				}
				if open := w.open(i, v, procedure.Challenge); open.For+open.Against != 0 || open.Answer != "" || !open.OnRoll {
					t.Errorf("before the close: %+v", open)
				}
				w.must(w.Meetings.AnswerMove(ctx, w.visit(i), n, mv.ID, say))
			}
			got := w.settled(v, procedure.Challenge)
			if got.State != tt.want || got.For != tt.yes || got.Against != tt.no || got.Entitled != 8 || got.Of != q.ID {
				t.Errorf("challenge %d: %+v", round, got)
			}
			c.Advance(2 * time.Minute)
		}
		var kept int
		w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM procedural_votes").Scan(&kept).Error })
		if kept != 0 {
			t.Errorf("%d rows say who voted", kept)
		}
		w.must(w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID))
	})
}

// TestMovesRoad: the facilitator is replaced for an item and for the meeting, there is more time for an item and, once, for the meeting, the agenda is varied, a break is taken, people
// are counted, the vote is called, and an item is put off to a date.
func TestMovesRoad(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		who := w.but(v.Chair)
		w.WantKind("the next item first", w.make(who[0], v, procedure.Reorder, meeting.Named{First: v.Items[0].ID}), fault.Invalid)
		if mv := w.moved(who[0], who[1], v, procedure.Reorder, meeting.Named{First: v.Items[3].ID}, 5, 3); mv.State != meeting.MoveCarried {
			t.Fatalf("reordered: %+v", mv)
		}
		if got := w.show(0, n).Items; got[0].ID != v.Items[3].ID || got[1].ID != v.Items[0].ID || got[3].ID != v.Items[2].ID {
			t.Errorf("in the order: %+v", got)
		}
		v = w.item(v, 0)
		w.WantKind("another order within an item", w.make(who[2], v, procedure.Reorder, meeting.Named{First: v.Items[2].ID}), fault.Conflict)
		was := v.Chair
		w.WantKind("for neither", w.make(who[0], v, procedure.Replace, meeting.Named{}), fault.Invalid)
		if mv := w.moved(who[0], who[1], v, procedure.Replace, meeting.Named{Part: true}, 5, 3); mv.State != meeting.MoveCarried || mv.About != was {
			t.Fatalf("replaced: %+v", mv)
		}
		if v = w.show(0, n); v.Chair == was || v.Chair == 0 {
			t.Errorf("%d facilitates after %d", v.Chair, was)
		}
		w.WantKind("who was replaced goes on", w.Meetings.Finish(ctx, w.visit(w.at(was)), n, v.Current.ID), fault.Denied)
		w.WantKind("it is made again", w.make(who[0], v, procedure.Replace, meeting.Named{Whole: true}), fault.Conflict)
		who = w.but(was, v.Chair) // whoever facilitates does not run a vote on their own move
		minutes := v.Current.Minutes
		w.WantKind("no minutes", w.make(who[0], v, procedure.MoreTime, meeting.Named{}), fault.Invalid)
		w.moved(who[0], who[1], v, procedure.MoreTime, meeting.Named{Minutes: 5}, 5, 3)
		if again := w.moved(who[1], who[2], v, procedure.MoreTime, meeting.Named{Minutes: 5}, 5, 3); again.State != meeting.MoveLost {
			t.Errorf("a second time without two thirds: %+v", again)
		}
		if got := w.show(0, n).Current.Minutes; got != minutes+5 {
			t.Errorf("%d minutes, and were %d", got, minutes)
		}
		v = w.item(v, 1)
		if v.Chair != was {
			t.Errorf("the next item is facilitated by %d, and before by %d", v.Chair, was)
		}
		if mv := w.moved(who[2], who[3], v, procedure.Replace, meeting.Named{Whole: true}, 5, 3); mv.State != meeting.MoveCarried {
			t.Fatalf("replaced for the meeting: %+v", mv)
		}
		v = w.show(0, n)
		if v.Chair == was || !slices.ContainsFunc(v.Terms, func(x meeting.Term) bool { return x.Member == was && x.How == meeting.Replaced }) {
			t.Errorf("%d facilitates; %+v", v.Chair, v.Terms)
		}
		w.proposal(v, p, was)
	})
}

// proposal goes on with the road about a proposal, to the end of the meeting.
func (w world) proposal(v meeting.View, p motion.Motion, was member.ID) {
	w.Helper()
	t, ctx, n := w, w.Context(), v.Number
	at := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID })
	v = w.item(v, at)
	if v.Chair == 0 { // the second has proposed it, and the first is replaced: anybody else takes over
		other := w.but(v.About...)
		w.WantKind("who was replaced takes over", w.Meetings.TakeOver(ctx, w.visit(w.at(was)), n), fault.Denied)
		w.must(w.Meetings.TakeOver(ctx, w.visit(w.at(w.Who[other[len(other)-1]].Member.ID)), n))
		v = w.show(0, n)
	}
	chair := w.at(v.Chair)
	who := w.but(v.Chair, was)
	w.WantKind("vote now before anybody spoke", w.make(who[5], v, procedure.VoteNow, meeting.Named{}), fault.Conflict)
	for _, h := range []struct {
		who  int
		side floor.Side
	}{{who[0], floor.For}, {who[1], floor.Against}} {
		w.must(w.Meetings.Raise(ctx, w.visit(h.who), n, meeting.Raised{Kind: floor.Speak, Side: h.side}))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		w.must(w.Meetings.Finished(ctx, w.visit(h.who), n, w.show(0, n).Speaker.ID))
	}
	w.WantKind("vote now by who has spoken", w.make(who[0], v, procedure.VoteNow, meeting.Named{}), fault.Conflict)
	if mv := w.moved(who[4], who[0], v, procedure.VoteNow, meeting.Named{}, 6, 2); mv.State != meeting.MoveCarried {
		t.Errorf("vote now: %+v", mv)
	}
	mv := w.settled(v, procedure.VoteNow)
	if r := w.show(chair, n).Reading; r.Cue != script.CueResult || r.Of != mv.ID || !r.Mine || !r.Said {
		t.Errorf("the result is read out: %+v", r)
	}
	w.must(w.Meetings.Said(ctx, w.visit(chair), n, mv.ID, script.CueResult))
	w.WantKind("said by somebody else", w.Meetings.Said(ctx, w.visit(who[1]), n, 0, script.CueLastWord), fault.Denied)
	w.must(w.Meetings.Said(ctx, w.visit(chair), n, 0, script.CueLastWord))
	if r := w.show(chair, n).Reading; r.Cue != script.CueToVote {
		t.Errorf("it is put to the vote: %+v", r)
	}
	w.must(w.make(who[2], v, procedure.SecretVote, meeting.Named{}))
	w.must(w.make(who[3], v, procedure.SecretVote, meeting.Named{}))
	if m := w.show(0, n).Motions[p.ID]; m.SecretAsks != 2 || !m.Secret(w.show(0, n).Rules) {
		t.Errorf("a secret vote: %+v", m)
	}
	w.must(w.make(who[2], v, procedure.Quorum, meeting.Named{}))
	w.must(w.make(who[3], v, procedure.Quorum, meeting.Named{}))
	counts := 0
	for _, mv := range w.show(0, n).Settled {
		if mv.Kind == procedure.Quorum {
			counts++
		}
	}
	if counts != 1 {
		t.Errorf("counted %d times in the same minute", counts)
	}
	w.moved(who[2], who[3], v, procedure.Adjourn, meeting.Named{Minutes: 10}, 6, 2)
	if v = w.show(0, n); !v.OnBreak(w.Clock.Now()) || v.Reading.Cue != script.CueResult {
		t.Errorf("a break: until %v, %s", v.Break, v.Reading.Cue)
	}
	w.WantKind("a vote in the break", w.Meetings.PutToVote(ctx, w.visit(chair), n, v.Current.ID, false), fault.Conflict)
	w.Pass(v.Break)
	w.WantKind("no date", w.make(who[2], v, procedure.ComeBack, meeting.Named{}), fault.Invalid)
	until := w.Clock.Now().AddDate(0, 0, 30)
	w.moved(who[2], who[3], v, procedure.ComeBack, meeting.Named{At: until}, 6, 2)
	v = w.show(0, n)
	if m := v.Motions[p.ID]; v.Current.ID != 0 || v.Items[at].State != meeting.Left || m.OnAgenda() || m.State != motion.Tabled {
		t.Errorf("it comes back: %+v %+v", v.Items[at], m)
	}
	w.lastTime(v, who, until)
}

// lastTime moves the hard stop, once, and closes the meeting.
func (w world) lastTime(v meeting.View, who []int, until time.Time) {
	w.Helper()
	t, ctx, n := w, w.Context(), v.Number
	w.Pass(v.Stop)
	stop := v.Stop
	w.WantKind("a break after the end is in order", w.make(who[0], v, procedure.Adjourn, meeting.Named{Minutes: 99}), fault.Invalid)
	w.WantKind("too many minutes", w.make(who[0], v, procedure.MoreTime, meeting.Named{Minutes: 31}), fault.Invalid)
	if mv := w.moved(who[0], who[1], v, procedure.MoreTime, meeting.Named{Minutes: 20}, 5, 3); mv.State != meeting.MoveLost {
		t.Errorf("more time without two thirds: %+v", mv)
	}
	w.Pass(w.Clock.Now().Add(procedure.CoolDown))
	if mv := w.moved(who[1], who[2], v, procedure.MoreTime, meeting.Named{Minutes: 20}, 6, 2); mv.State != meeting.MoveCarried || !mv.Whole {
		t.Errorf("more time: %+v", mv)
	}
	if v = w.show(0, n); !v.Stop.Equal(stop.Add(20 * time.Minute)) {
		t.Errorf("until %v, and was %v", v.Stop, stop)
	}
	w.Pass(v.Stop)
	w.WantKind("more time twice", w.make(who[2], v, procedure.MoreTime, meeting.Named{Minutes: 5}), fault.Conflict)
	chair := w.show(0, n).Chair
	w.must(w.Meetings.Close(ctx, w.visit(w.at(chair)), n))
	if got := w.show(0, n); got.State != meeting.Closed || len(got.Moves) != 0 {
		t.Errorf("closed: %+v", got.Moves)
	}
	k := w.asked() // the next meeting is before the date, and what comes back then is not on it
	w.Pass(k.CallBy())
	_, err := w.Meetings.Call(ctx, w.visit(0), db.Once{}, w.details(15*24*time.Hour))
	w.must(err)
	next := w.list(0).Next[0]
	for _, it := range w.show(0, next.Number).Items {
		if it.Motion != 0 && next.Opens.Before(until) {
			t.Errorf("on the agenda of %v before %v: %+v", next.Opens, until, it)
		}
	}
}

// TestMovesInOrder: what the page offers is what procedure has in order, and making a move says the same.
func TestMovesInOrder(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		n := v.Number
		who := w.but(v.Chair)
		all := meeting.Built()
		want := func(name string, as int, no map[procedure.Kind][]procedure.Reason) {
			t.Helper()
			offers := w.show(as, n).Offers
			if len(offers) != len(all)-3 { // spokes are for larger meetings, and nothing is urgent
				t.Fatalf("%s: %d offers", name, len(offers))
			}
			for _, o := range offers {
				if !slices.Equal(o.No, no[o.Kind]) {
					t.Errorf("%s: %s because of %v, want %v", name, o.Kind, o.No, no[o.Kind])
				}
				err := w.make(as, v, o.Kind, meeting.Named{Minutes: -1})
				if len(o.No) == 0 {
					continue
				}
				var f *fault.Error
				if !errors.As(err, &f) || f.Say.ID != o.No[0].Say().ID {
					t.Errorf("%s: %s made: %v", name, o.Kind, err)
				}
			}
		}
		item := []procedure.Reason{procedure.NoItem}
		want("between items", who[6], map[procedure.Kind][]procedure.Reason{
			procedure.Challenge: {procedure.NoRuling}, procedure.VoteNow: item, procedure.MoreTime: item, procedure.ComeBack: item, procedure.SecretVote: item,
			procedure.Feeling: item, procedure.GoRound: item,
		})
		topic := slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Kind == meeting.Topic })
		v = w.item(v, topic)
		want("on a topic", who[6], map[procedure.Kind][]procedure.Reason{
			procedure.Challenge: {procedure.NoRuling}, procedure.VoteNow: {procedure.NoQuestion, procedure.ForNotOffered, procedure.AgainstNotOffered},
			procedure.SecretVote: {procedure.NoQuestion}, procedure.Reorder: {procedure.MidItem},
		})
		w.must(w.make(who[0], v, procedure.MoreTime, meeting.Named{Minutes: 5}))
		mv := w.open(0, v, procedure.MoreTime)
		w.must(w.Meetings.PutMove(t.Context(), w.visit(w.at(v.Chair)), n, mv.ID))
		open := []procedure.Reason{procedure.VoteOpen}
		want("while people vote", who[6], map[procedure.Kind][]procedure.Reason{
			procedure.Challenge: {procedure.NoRuling}, procedure.Replace: open, procedure.ComeBack: open, procedure.Adjourn: open,
			procedure.VoteNow:    {procedure.VoteOpen, procedure.NoQuestion, procedure.ForNotOffered, procedure.AgainstNotOffered},
			procedure.MoreTime:   {procedure.VoteOpen, procedure.IsPending},
			procedure.SecretVote: {procedure.VoteOpen, procedure.NoQuestion}, procedure.Reorder: {procedure.VoteOpen, procedure.MidItem},
			procedure.Feeling: {procedure.VoteOpen, procedure.OnceOnly}, procedure.GoRound: open, // who asked before did so once
		})
		w.must(w.Meetings.CheckOut(t.Context(), w.visit(who[5]), n))
		if got := w.show(who[5], n).Offers; len(got) != 0 {
			t.Errorf("offers to who has gone: %+v", got)
		}
		w.WantKind("a move of who has gone", w.make(who[5], v, procedure.Quorum, meeting.Named{}), fault.Conflict)
		for _, row := range procedure.Table() {
			if !slices.Contains(all, row.Kind) {
				w.WantKind(string(row.Kind), w.make(who[6], v, row.Kind, meeting.Named{Minutes: 5, Whole: true}), fault.Invalid)
			}
		}
	})
}

// TestMovesRace: two phones answer for one person while the vote closes. One answer counts, none after the close, and nothing is told before it.
func TestMovesRace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		who := w.but(v.Chair)
		once := db.OnceFor(int64(w.Who[who[0]].Person), "the same form twice")
		for range 2 {
			w.must(w.Meetings.MakeMove(ctx, w.visit(who[0]), once, n, procedure.MoreTime, meeting.Named{Minutes: 5}))
		}
		mv := w.open(0, v, procedure.MoreTime)
		w.must(w.Meetings.PutMove(ctx, w.visit(w.at(v.Chair)), n, mv.ID))
		var group sync.WaitGroup
		taken := make([]bool, 8)
		for i := range taken {
			say := meeting.Yes
			if i%2 == 1 {
				say = meeting.No
			}
			a := w.visit(who[1])
			group.Go(func() { taken[i] = w.Meetings.AnswerMove(ctx, a, n, mv.ID, say) == nil })
		}
		group.Wait()
		for i := range taken {
			if taken[i] != taken[i%2] || taken[0] == taken[1] {
				t.Errorf("answers that were taken: %v", taken)
				break
			}
		}
		if got := w.open(who[1], v, procedure.MoreTime); got.For+got.Against != 0 || got.Answer == "" {
			t.Errorf("before the close: %+v", got)
		}
		c.Advance(meeting.MoveVote + 2*time.Second)
		group.Go(func() { w.must(w.Meetings.Tick(ctx)) })
		late := w.visit(who[2])
		group.Go(func() {
			w.WantKind("two seconds late", w.Meetings.AnswerMove(ctx, late, n, mv.ID, meeting.Yes), fault.Conflict)
		})
		group.Wait()
		if got := w.settled(v, procedure.MoreTime); got.For+got.Against != 1 || got.State == meeting.MoveVoting || (got.For == 1) != taken[0] {
			t.Errorf("counted: %+v; %v", got, taken)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(who[3]), n))
		w.WantKind("an answer to what is over", w.Meetings.AnswerMove(ctx, w.visit(who[3]), n, mv.ID, meeting.No), fault.Conflict)
	})
}

// TestMovesGoOn: whatever people ask for, and whoever does nothing about it, somebody who is there can always deal with what comes first, or time does.
func TestMovesGoOn(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		chance := rand.New(rand.NewPCG(7, 11))
		kinds := meeting.Built()
		try := func(err error) {
			t.Helper()
			if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.Invalid && k != fault.Denied && k != fault.NotFound {
				t.Fatal(err)
			}
		}
		for range 60 {
			v = w.show(0, n)
			who := w.visit(chance.IntN(len(w.Who)))
			var id meeting.MoveID
			if len(v.Moves) > 0 {
				id = v.Moves[chance.IntN(len(v.Moves))].ID
			}
			switch chance.IntN(9) {
			case 0, 1, 2:
				first := v.Items[chance.IntN(len(v.Items))].ID
				named := meeting.Named{Rule: "A rule", Whole: chance.IntN(2) == 0, Minutes: 5, At: c.Now().AddDate(0, 0, 20), First: first}
				named.Part = !named.Whole
				try(w.Meetings.MakeMove(ctx, who, db.Once{}, n, kinds[chance.IntN(len(kinds))], named))
			case 3, 4:
				try(w.Meetings.SupportMove(ctx, who, n, id))
			case 5:
				try(w.Meetings.PutMove(ctx, who, n, id))
			case 6:
				try(w.Meetings.AnswerMove(ctx, who, n, id, meeting.Yes))
			case 7:
				if chance.IntN(2) == 0 {
					try(w.Meetings.CheckOut(ctx, who, n))
				} else {
					try(w.Meetings.CheckIn(ctx, who, n, meeting.Remote))
				}
			case 8:
				try(w.Meetings.Take(ctx, who, n, v.Items[chance.IntN(len(v.Items))].ID))
			}
			c.Advance(time.Duration(chance.IntN(90)) * time.Second)
		}
		for i := range w.Who {
			w.must(w.Meetings.CheckIn(ctx, w.visit(i), n, meeting.Room))
		}
		for step := 0; ; step++ {
			v = w.show(0, n)
			if len(live(v)) == 0 {
				break
			}
			if step > 40 {
				t.Fatalf("still open: %+v", v.Moves)
			}
			w.forward(v)
		}
		if v.Chair == 0 && v.Total() > 0 {
			for i := range w.Who {
				if err := w.Meetings.TakeOver(ctx, w.visit(i), n); err == nil {
					break
				}
			}
			v = w.show(0, n)
		}
		if v.Chair == 0 {
			t.Fatal("nobody can facilitate")
		}
		w.must(w.Meetings.Close(ctx, w.visit(w.at(v.Chair)), n))
	})
}

// live returns the moves that are open and that the end of the meeting has not overtaken.
func live(v meeting.View) (out []meeting.MoveLine) {
	for _, mv := range v.Moves {
		var f *fault.Error
		if !errors.As(mv.No, &f) || f.Say.ID != "meeting.past_stop" {
			out = append(out, mv)
		}
	}
	return out
}

// forward has somebody who can do so deal with what is open, or time: there always is somebody.
func (w world) forward(v meeting.View) {
	w.Helper()
	ctx, n := w.Context(), v.Number
	w.Pass(w.Clock.Now().Add(3 * time.Minute)) // whoever runs a vote has done nothing for long
	done := false
	for _, mv := range live(w.show(0, n)) {
		for i := range w.Who {
			line := w.show(i, n)
			switch {
			case done:
			case mv.Kind == procedure.RulesQuestion && line.Facilitates():
				w.must(w.Meetings.RuleMove(ctx, w.visit(i), n, mv.ID, "So it is.", "Rule 1"))
				done = true
			case mv.Kind == procedure.Feeling && line.Facilitates():
				done = w.Meetings.DeclineMove(ctx, w.visit(i), n, mv.ID) == nil
			case (mv.Kind == procedure.RulesQuestion || mv.Kind == procedure.Feeling) && line.Chair == 0:
				done = w.Meetings.TakeOver(ctx, w.visit(i), n) == nil
			case mv.Ready.IsZero():
				done = w.Meetings.SupportMove(ctx, w.visit(i), n, mv.ID) == nil && w.open(i, v, mv.Kind).Support > mv.Support ||
					mv.By == line.Me && w.Meetings.TakeMoveBack(ctx, w.visit(i), n, mv.ID) == nil
			default:
				done = w.Meetings.PutMove(ctx, w.visit(i), n, mv.ID) == nil
			}
		}
	}
	w.Pass(w.Clock.Now().Add(3 * time.Minute))
	if left := live(w.show(0, n)); !done && len(left) > 0 {
		w.Fatalf("nobody can go on: %+v", left)
	}
}
