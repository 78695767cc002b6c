package meeting_test

import (
	"testing"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// TestCallForAgreement: whoever facilitates calls for agreement on what is talked about, nothing else begins meanwhile, what came of it is read out and shown, and the
// group calls again or votes.
func TestCallForAgreement(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "A", 8)
		ctx := t.Context()
		p := w.waits("Buy a kettle")
		w.must(w.Meetings.PutDown(ctx, w.Who[4], db.Once{}, "The stall on Saturday", "Who can come?", 10))
		m := w.called()
		w.Pass(m.LotAt)
		v := w.begun(m)
		w.must(w.Meetings.Adopt(ctx, w.visit(w.at(v.Chair)), v.Number))
		at := 0
		for i, it := range w.show(0, v.Number).Items {
			if it.Motion == p.ID {
				at = i
			}
		}
		v = w.item(v, at)
		chair := w.at(v.Chair)
		item := v.Current.ID
		call := func(who int) error { return w.Meetings.CallForAgreement(ctx, w.visit(who), v.Number, item) }
		w.WantKind("a call of somebody else", call(w.but(v.Chair)[0]), fault.Denied)
		w.must(call(chair))
		if v = w.show(0, v.Number); !v.Agrees || len(v.Calls) != 1 || !v.Calls[0].IsOpen(v.Now) || v.Reading.Cue != script.CueVote {
			t.Fatalf("called: %+v, %s", v.Calls, v.Reading.Cue)
		}
		w.WantKind("a second call", call(chair), fault.Conflict)
		w.WantKind("a vote meanwhile", w.Meetings.PutToVote(ctx, w.visit(chair), v.Number, item, false), fault.Conflict)
		w.WantKind("the next item meanwhile", w.Meetings.Finish(ctx, w.visit(chair), v.Number, item), fault.Conflict)
		say := func(block bool) {
			t.Helper()
			for i, a := range w.Who {
				answer := agree.Answer{Response: agree.Yes}
				if block && i == 5 {
					answer = agree.Answer{Response: agree.Block, Ground: agree.Safety, Names: "The stairs", Words: "Somebody will fall."}
				}
				_, err := w.Ballots.Answer(ctx, a, p.Number, db.Once{}, answer)
				w.must(err)
			}
			w.Pass(w.show(0, v.Number).Now)
		}
		say(true)
		v = w.show(0, v.Number)
		if got := v.Calls[0]; got.Outcome != tally.Blocked || got.Result.Next != agree.Meet || got.Result.Majority != tally.ThreeQuarters() || len(got.Said) != 1 || got.Said[0].Who != w.Who[5].Member.ID {
			t.Errorf("it came to %+v", got)
		}
		if v.People[w.Who[5].Member.ID].Name == "" || v.Reading.Cue != script.CueResult || v.Reading.Said {
			t.Errorf("it is read out as %+v", v.Reading)
		}
		w.WantKind("the same words again", call(chair), fault.Conflict)
		w.WantKind("a vote", w.Meetings.PutToVote(ctx, w.visit(chair), v.Number, v.Current.ID, false), fault.Conflict)
		words := votetest.Sample("Buy a kettle for the ground floor").Text
		words.Forum = motion.AtMeeting
		_, err := w.Motions.Reword(ctx, w.Who[w.at(w.Motion(p.ID).Mover)], p.Number, 1, words)
		w.must(err)
		w.must(call(chair)) // on other words, while people look for a way
		say(false)
		if v = w.show(0, v.Number); len(v.Calls) != 2 || v.Calls[0].Outcome != tally.Carried || w.Motion(p.ID).State != motion.Carried {
			t.Errorf("in the end %+v", v.Calls)
		}
		w.WantKind("a call on what is decided", call(chair), fault.Conflict)
	})
}

// TestAGroupThatVotesDoesNotCall: where the rules decide by vote there is no call.
func TestAGroupThatVotesDoesNotCall(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p := sits(t, d, c)
		for i, it := range v.Items {
			if it.Motion == p.ID {
				v = w.item(v, i)
			}
		}
		w.WantKind("a call", w.Meetings.CallForAgreement(t.Context(), w.visit(w.at(v.Chair)), v.Number, v.Current.ID), fault.Conflict)
		if v = w.show(0, v.Number); v.Agrees || len(v.Calls) != 0 {
			t.Errorf("%+v", v.Calls)
		}
	})
}
