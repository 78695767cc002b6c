package meeting_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// order returns whose turn in the round is still to come.
func (w world) order(n int) (out []member.ID) {
	v := w.show(0, n)
	for _, p := range v.List {
		out = append(out, v.Hands[p.ID].Member)
	}
	return out
}

// turn returns somebody's turn that is still to come or under way.
func (w world) turn(who member.ID, n int) int64 {
	w.Helper()
	v := w.show(0, n)
	if v.Speaker.Member == who {
		return v.Speaker.ID
	}
	for _, p := range v.List {
		if v.Hands[p.ID].Member == who {
			return p.ID
		}
	}
	w.Fatalf("%d has no turn", who)
	return 0
}

// TestGoRound: everybody who is there is asked once, in the order in which they came; who passes is passed, who comes later comes at the end, and after the last turn the round is over.
func TestGoRound(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		begin := func(who int, once db.Once, seconds int) error {
			return w.Meetings.GoRound(ctx, w.visit(who), once, n, "What do you need?", seconds)
		}
		w.WantKind("while nothing is talked about", begin(w.at(v.Chair), db.Once{}, 60), fault.Conflict)
		v = w.item(v, 2)
		chair := w.at(v.Chair)
		others := w.but(v.Chair)
		w.WantKind("by somebody else", begin(others[0], db.Once{}, 60), fault.Denied)
		w.WantKind("for an hour each", begin(chair, db.Once{}, 3600), fault.Invalid)
		once := onces()()
		for range 2 { // the same form
			w.must(begin(chair, once, 90))
		}
		w.WantKind("two at once", begin(chair, db.Once{}, 60), fault.Conflict)
		w.WantKind("a show of feeling meanwhile", w.Meetings.AskFeeling(ctx, w.visit(chair), db.Once{}, n, ""), fault.Conflict)
		w.WantKind("the item ends meanwhile", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		order := w.order(n)
		r := w.show(0, n).Together.Round
		if len(order) != v.Total()-1 || r.People != len(order) || r.Question != "What do you need?" || slices.Contains(order, v.Chair) {
			t.Fatalf("%v are asked, of %d who are there: %+v", order, v.Total(), r)
		}
		for i, who := range order { // as they came, from whom the lot has first
			h := w.show(0, n).Hands[w.turn(who, n)]
			if want := (r.Start-1+i)%len(order) + 1; h.Lot != want || r.Start < 1 {
				t.Errorf("the turn %d is that of number %d, want %d", i+1, h.Lot, want)
			}
		}
		if x := w.show(0, n).Reading; x.Cue != script.CueRound || len(x.Lines) != 3 {
			t.Errorf("what is to be said: %+v", x)
		}

		// a hand that is up waits, and moves nobody
		w.must(w.Meetings.Raise(ctx, w.visit(w.at(order[4])), n, meeting.Raised{Kind: floor.Speak}))
		if got := w.order(n); !slices.Equal(got, order) {
			t.Errorf("a hand changed the order: %v, want %v", got, order)
		}
		w.WantKind("moved by hand", w.Meetings.Put(ctx, w.visit(chair), n, w.turn(order[3], n), w.turn(order[0], n)), fault.Conflict)

		// next names the turn that it ends
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		first := w.show(0, n).Speaker
		if first.Member != order[0] || first.Seconds != 90 || first.Kind != floor.Round {
			t.Fatalf("first speaks %+v, want %d", first, order[0])
		}
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, first.ID))
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, first.ID))
		if s := w.show(0, n).Speaker; s.Member != order[1] {
			t.Fatalf("then speaks %d, want %d", s.Member, order[1])
		}
		if x := w.show(0, n).Reading; x.Cue != script.CueSpeaker {
			t.Errorf("while somebody speaks: %+v", x.Cue)
		}

		// later, once, also while it is their turn; and passing, oneself or by whoever facilitates
		vice := w.jobs(v)[meeting.Vice]
		w.WantKind("for somebody else", w.Meetings.PassTurn(ctx, w.visit(w.but(v.Chair, vice, order[2])[0]), n, w.turn(order[2], n)), fault.Denied)
		w.WantKind("what is no turn", w.Meetings.PassTurn(ctx, w.visit(w.at(order[0])), n, 9999), fault.NotFound)
		later := w.turn(order[1], n)
		w.must(w.Meetings.TakeLater(ctx, w.visit(w.at(order[1])), n, later))
		w.WantKind("later twice", w.Meetings.TakeLater(ctx, w.visit(w.at(order[1])), n, later), fault.Conflict)
		w.WantKind("let others first", w.Meetings.LetFirst(ctx, w.visit(w.at(order[2])), n, w.turn(order[2], n)), fault.Conflict)
		passed := w.turn(order[2], n)
		for range 2 {
			w.must(w.Meetings.PassTurn(ctx, w.visit(w.at(order[2])), n, passed))
		}
		w.must(w.Meetings.TakeLater(ctx, w.visit(chair), n, w.turn(order[3], n)))
		rest := slices.Clone(order[4:])
		if got, want := w.order(n), append(slices.Clone(rest), order[1], order[3]); !slices.Equal(got, want) {
			t.Errorf("still to come are %v, want %v", got, want)
		}

		// who goes has no turn; who comes has one, and one who spoke has no second
		gone := rest[1]
		w.must(w.Meetings.CheckOut(ctx, w.visit(w.at(gone)), n))
		w.must(w.Meetings.CheckOut(ctx, w.visit(w.at(order[0])), n))
		w.must(w.Meetings.CheckIn(ctx, w.visit(w.at(order[0])), n, meeting.Room))
		w.must(w.Meetings.CheckIn(ctx, w.visit(w.at(gone)), n, meeting.Phone))
		want := append(slices.DeleteFunc(slices.Clone(rest), func(id member.ID) bool { return id == gone }), gone, order[1], order[3])
		if got := w.order(n); !slices.Equal(got, want) {
			t.Errorf("still to come are %v, want %v", got, want)
		}
		for i, who := range want {
			w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, w.show(0, n).Speaker.ID))
			s := w.show(0, n).Speaker
			if s.Member != who {
				t.Fatalf("turn %d is of %d, want %d", i, s.Member, who)
			}
			if i%2 == 0 {
				w.must(w.Meetings.Finished(ctx, w.visit(w.at(who)), n, s.ID))
			}
		}
		if s := w.show(0, n).Speaker; s.ID != 0 {
			w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, s.ID))
		}
		x := w.show(0, n)
		if x.Together.Round.ID != 0 || len(x.Together.Rounds) != 1 || x.Speaker.ID != 0 {
			t.Fatalf("after the last turn: %+v, %+v", x.Together, x.Speaker)
		}
		if r := x.Together.Rounds[0]; r.State != meeting.RoundDone || r.People != len(order) || r.Turns != len(order)-1 {
			t.Errorf("it is kept as %+v; %d were asked, and one passed", r, len(order))
		}
		if got := w.order(n); !slices.Equal(got, []member.ID{order[4]}) {
			t.Errorf("then the list is %v, want whose hand is up", got)
		}

		// it ends because whoever facilitates ends it, or the item does
		w.must(begin(chair, db.Once{}, 60))
		r = w.show(0, n).Together.Round
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		w.WantKind("ended by somebody else", w.Meetings.StopRound(ctx, w.visit(others[0]), n, r.ID), fault.Denied)
		w.WantKind("what is none", w.Meetings.StopRound(ctx, w.visit(chair), n, r.ID+7), fault.NotFound)
		for range 2 {
			w.must(w.Meetings.StopRound(ctx, w.visit(chair), n, r.ID))
		}
		if r := w.show(0, n).Together.Rounds[0]; r.State != meeting.RoundStopped || r.Turns != 1 {
			t.Errorf("it is kept as %+v", r)
		}
		w.must(begin(chair, db.Once{}, 60))
		w.Pass(w.Clock.Now().Add(5 * time.Hour)) // the meeting ends by itself
		var over []meeting.Round
		w.Read(func(tx *db.Tx) (err error) {
			over, err = meeting.RoundsOf(tx, v.ID)
			return err
		})
		if len(over) != 3 || over[2].State != meeting.RoundStopped || over[2].Turns != 0 || !w.show(0, n).IsOver() {
			t.Errorf("after the meeting: %+v", over)
		}
		w.Pass(w.Clock.Now().Add(8 * 24 * time.Hour))
		if w.kept("meeting_hands") != 0 {
			t.Error("whose turn it was is kept")
		}
	})
}

// TestRoundHandedOver: who facilitates by now has no turn, and the round is over when nobody else has.
func TestRoundHandedOver(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		chair, vice := w.at(v.Chair), w.jobs(v)[meeting.Vice]
		w.must(w.Meetings.GoRound(ctx, w.visit(chair), db.Once{}, n, "", 60))
		for _, who := range w.order(n) {
			if who != vice {
				w.must(w.Meetings.PassTurn(ctx, w.visit(chair), n, w.turn(who, n)))
			}
		}
		if got := w.order(n); !slices.Equal(got, []member.ID{vice}) {
			t.Fatalf("still to come are %v", got)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(chair), n))
		x := w.show(0, n)
		if x.Chair != vice || x.Together.Round.ID != 0 || len(x.Together.Rounds) != 1 || x.Together.Rounds[0].Turns != 0 {
			t.Errorf("%d facilitates: %+v", x.Chair, x.Together)
		}
	})
}

// TestRoundAtTheDoor: who is let in without a device has a turn, and who asks about the rules is heard in between.
func TestRoundAtTheDoor(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		chair := w.at(v.Chair)
		keeper, guest := w.keeper(v, meeting.Doors)
		w.must(w.Meetings.CheckOut(ctx, w.visit(guest), n))
		w.must(w.Meetings.GoRound(ctx, w.visit(chair), db.Once{}, n, "", 60))
		asked := len(w.order(n))
		for range 2 {
			w.must(w.Meetings.LetIn(ctx, w.visit(keeper), n, w.Who[guest].Member.ID))
		}
		if got := w.order(n); len(got) != asked+1 || got[asked] != w.Who[guest].Member.ID {
			t.Errorf("still to come are %v", got)
		}
		order := w.order(n)
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, 0))
		w.must(w.Meetings.Raise(ctx, w.visit(w.at(order[1])), n, meeting.Raised{Kind: floor.Rules, About: "Is this in order?"}))
		w.must(w.Meetings.Hear(ctx, w.visit(chair), n, w.show(0, n).Asked[0].ID))
		s := w.show(0, n).Speaker
		if s.Kind != floor.Rules || s.Seconds != 60 || len(w.order(n)) != asked {
			t.Errorf("%+v is heard, and %v are still to come", s, w.order(n))
		}
		w.must(w.Meetings.CallNext(ctx, w.visit(chair), n, s.ID))
		if s := w.show(0, n).Speaker; s.Kind != floor.Round || s.Member != order[1] {
			t.Errorf("then speaks %+v", s)
		}
	})
}

// TestRoundByVote: a member asks for a round; whoever facilitates begins it, or people vote on it and it begins by itself, with everybody but whoever facilitates. One that is lost begins nothing.
func TestRoundByVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		who := w.but(v.Chair, w.jobs(v)[meeting.Vice]) // either may facilitate later
		minute := meeting.Named{Minutes: 1}
		w.WantKind("while nothing is talked about", w.make(who[0], v, procedure.GoRound, minute), fault.Conflict)
		v = w.item(v, 2)
		for _, minutes := range []int{0, 3} {
			w.WantKind("a time that is none", w.make(who[0], v, procedure.GoRound, meeting.Named{Minutes: minutes}), fault.Invalid)
		}

		// whoever facilitates begins it without a vote
		w.must(w.make(who[0], v, procedure.GoRound, minute))
		w.WantKind("a second one meanwhile", w.make(who[1], v, procedure.GoRound, minute), fault.Conflict)
		mv := w.open(who[0], v, procedure.GoRound)
		if mv.Ready.IsZero() || mv.Runner != v.Chair || mv.Majority == (meeting.Move{}).Majority {
			t.Errorf("it waits as %+v", mv)
		}
		w.must(w.Meetings.GoRound(ctx, w.visit(w.at(v.Chair)), db.Once{}, n, "", 60))
		if mv := w.settled(v, procedure.GoRound); mv.State != meeting.MoveDone {
			t.Errorf("it is %s", mv.State)
		}
		w.WantKind("once more by the same", w.make(who[0], v, procedure.GoRound, minute), fault.Conflict)
		w.must(w.make(who[1], v, procedure.GoRound, minute))
		w.WantKind("a vote while there is a round", w.Meetings.PutMove(ctx, w.visit(w.at(v.Chair)), n, w.open(0, v, procedure.GoRound).ID), fault.Conflict)
		w.must(w.Meetings.StopRound(ctx, w.visit(w.at(v.Chair)), n, w.show(0, n).Together.Round.ID))
		w.must(w.Meetings.TakeMoveBack(ctx, w.visit(who[1]), n, w.open(0, v, procedure.GoRound).ID))

		// people vote for it
		if mv := w.moved(who[2], who[3], v, procedure.GoRound, meeting.Named{Minutes: 2}, 8, 0); mv.State != meeting.MoveCarried {
			t.Fatalf("it is %s", mv.State)
		}
		r := w.show(0, n).Together.Round
		if order := w.order(n); r.People != len(order) || len(order) != v.Total()-1 || slices.Contains(order, v.Chair) || r.Seconds != 120 || r.By != w.Who[who[2]].Member.ID {
			t.Fatalf("%v are asked: %+v", order, r)
		}
		w.must(w.Meetings.StopRound(ctx, w.visit(w.at(v.Chair)), n, r.ID))

		// and against one
		v = w.item(v, 1)
		if mv := w.moved(who[4], who[3], v, procedure.GoRound, minute, 4, 4); mv.State != meeting.MoveLost || w.show(0, n).Together.Round.ID != 0 {
			t.Errorf("of four for and four against came %s", mv.State)
		}
		if mv := w.settled(v, procedure.GoRound); mv.Came(nil).ID == "" {
			t.Error("nothing is said of it")
		}
	})
}

// TestRoundByVoteOfNobody: the clock counts the vote while nobody facilitates: everybody who is there is asked. Where nobody is left to ask, nothing begins.
func TestRoundByVoteOfNobody(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		jobs := w.jobs(v)
		who := w.but(v.Chair, jobs[meeting.Vice])
		for i, leave := range [][]int{{w.at(v.Chair), w.at(jobs[meeting.Vice])}, who} {
			w.must(w.make(who[i], v, procedure.GoRound, meeting.Named{Minutes: 1}))
			mv := w.open(who[i], v, procedure.GoRound)
			w.must(w.Meetings.PutMove(ctx, w.visit(w.at(mv.Runner)), n, mv.ID))
			w.must(w.Meetings.AnswerMove(ctx, w.visit(who[2]), n, mv.ID, meeting.Yes))
			for _, gone := range leave {
				w.must(w.Meetings.CheckOut(ctx, w.visit(gone), n))
			}
			w.Pass(mv.Made.Add(meeting.MoveVote + time.Second))
			if got := w.settled(v, procedure.GoRound).State; got != meeting.MoveCarried {
				t.Fatalf("it is %s", got)
			}
			r := w.show(0, n).Together.Round
			if i == 1 {
				if r.ID != 0 {
					t.Errorf("whoever facilitates is alone, and is asked: %+v", r)
				}
				break
			}
			if r.People != len(who) || len(w.order(n)) != len(who) {
				t.Errorf("%d of %d are asked", r.People, len(who))
			}
			for _, passes := range who {
				w.must(w.Meetings.PassTurn(ctx, w.visit(passes), n, w.turn(w.Who[passes].Member.ID, n)))
			}
			w.must(w.Meetings.CheckIn(ctx, w.visit(leave[0]), n, meeting.Room))
		}
	})
}

// TestLoneRoundHoldsNothingUp: somebody asks for a round, and then nobody is left whom one could ask: people cannot vote on it, and what comes next does not wait for it. As soon as they can, it does.
func TestLoneRoundHoldsNothingUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		chair, others := w.at(v.Chair), w.but(v.Chair)
		w.must(w.make(others[0], v, procedure.GoRound, meeting.Named{Minutes: 1}))
		mv := w.open(others[0], v, procedure.GoRound)
		w.WantKind("while they can vote on it", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		for _, i := range others {
			w.must(w.Meetings.CheckOut(ctx, w.visit(i), n))
		}
		w.WantKind("nobody is left to ask", w.Meetings.PutMove(ctx, w.visit(chair), n, mv.ID), fault.Conflict)
		if x := w.show(chair, n).Reading; x.Of == mv.ID || x.Cue == script.CueMoveVote {
			t.Errorf("what is to be said is still about it: %+v", x)
		}
		console, err := w.Meetings.Console(ctx, w.visit(chair), n)
		if w.must(err); !console.No[meeting.FinishItem].IsZero() {
			t.Errorf("the item cannot end: %+v", console.No)
		}
		w.must(w.Meetings.CheckIn(ctx, w.visit(others[1]), n, meeting.Room))
		w.WantKind("somebody is there again", w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID), fault.Conflict)
		w.must(w.Meetings.CheckOut(ctx, w.visit(others[1]), n))
		w.must(w.Meetings.Finish(ctx, w.visit(chair), n, v.Current.ID))
		if mv := w.settled(v, procedure.GoRound); mv.State != meeting.MoveLapsed {
			t.Errorf("with the item it is %s", mv.State)
		}
	})
}
