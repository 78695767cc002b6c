package audit

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// TestRoundsAreRebuilt: rounds that end in every way are rebuilt from the entries, also while one is under way, and what members take along of them holds, and names nobody who spoke.
func TestRoundsAreRebuilt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := crafts(t, d, c, t.TempDir(), "Mender", 7)
		ctx := r.Context()
		r.waits("Buy a kettle")
		r.waits("Paint the hall")
		m := r.called(1)
		n := m.Number
		r.sits(m)
		chair := func() member.Actor { return r.visit(r.at(r.show(n).Chair)) }
		holds := func(when string) {
			t.Helper()
			same(t, d, when)
		}

		// all have their turn
		c.Advance(time.Minute)
		r.must(r.Meetings.GoRound(ctx, chair(), db.Once{}, n, "What do you need?", 60))
		holds("it has begun")
		first := r.show(n).List[0]
		r.must(r.Meetings.PassTurn(ctx, chair(), n, first.ID))
		for r.show(n).Together.Round.ID != 0 {
			c.Advance(time.Second)
			r.must(r.Meetings.CallNext(ctx, chair(), n, r.show(n).Speaker.ID))
		}
		holds("it is over")

		// people vote for one
		who := slices.DeleteFunc(slices.Clone(r.Who), func(a member.Actor) bool { return a.Member.ID == r.show(n).Chair })
		r.must(r.Meetings.MakeMove(ctx, r.Visit(who[0].Person), db.Once{}, n, procedure.GoRound, meeting.Named{Minutes: 2}))
		asked := r.show(n).Moves[0].ID
		r.must(r.Meetings.PutMove(ctx, chair(), n, asked))
		for i := range r.Who {
			r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, asked, meeting.Yes))
		}
		holds("one was voted for")
		r.must(r.Meetings.StopRound(ctx, chair(), n, r.show(n).Together.Round.ID))

		// whoever facilitates hands over to speak
		if x := r.show(n); x.Second == 0 { // the other proposed it: somebody else becomes the second
			was := chair()
			r.must(r.Meetings.CheckOut(ctx, was, n))
			for i := range r.Who {
				if id := r.Who[i].Member.ID; id != x.Chair && !slices.Contains(x.About, id) {
					r.must(r.Meetings.TakeOver(ctx, r.visit(i), n))
					break
				}
			}
			r.must(r.Meetings.CheckIn(ctx, was, n, meeting.Room))
		}
		r.must(r.Meetings.StepAside(ctx, chair(), n, r.show(n).Current.ID))
		holds("somebody stood aside")
		if r.show(n).Aside() == 0 {
			t.Error("nobody has handed over")
		}

		// the item ends, because people decide to come back to it
		r.must(r.Meetings.GoRound(ctx, chair(), db.Once{}, n, "", 90))
		r.must(r.Meetings.CallNext(ctx, chair(), n, 0))
		c.Advance(2 * time.Minute)
		v := r.show(n)
		var by, supporter = -1, -1
		for i := range r.Who {
			if id := r.Who[i].Member.ID; id != v.Chair && by < 0 {
				by = i
			} else if id != v.Chair && supporter < 0 {
				supporter = i
			}
		}
		r.must(r.Meetings.MakeMove(ctx, r.visit(by), db.Once{}, n, procedure.ComeBack, meeting.Named{At: c.Now().Add(30 * day)}))
		mv := r.show(n).Moves[0]
		r.must(r.Meetings.SupportMove(ctx, r.visit(supporter), n, mv.ID))
		r.must(r.Meetings.PutMove(ctx, r.visit(r.at(r.show(n).Moves[0].Runner)), n, mv.ID))
		for i := range r.Who {
			r.must(r.Meetings.AnswerMove(ctx, r.visit(i), n, mv.ID, meeting.Yes))
		}
		if x := r.show(n); x.Current.ID != 0 {
			t.Fatalf("the item goes on: %+v", x.Moves)
		}
		holds("the item has ended")

		// whoever facilitates ends it, and the meeting does
		r.must(r.Meetings.Take(ctx, chair(), n, r.show(n).Undecided()[0].ID))
		r.must(r.Meetings.GoRound(ctx, chair(), db.Once{}, n, "", 120))
		r.must(r.Meetings.StopRound(ctx, chair(), n, r.show(n).Together.Round.ID))
		r.must(r.Meetings.GoRound(ctx, chair(), db.Once{}, n, "", 120))
		r.Pass(c.Now().Add(6 * time.Hour))
		holds("the meeting has ended")

		files, b := r.taken(d, n)
		for name, file := range files {
			if got, want := bytes.Count(file, []byte("round.ended")), 5; got != want {
				t.Errorf("%s has the end of %d rounds, want %d", name, got, want)
			}
		}
		if !bytes.Contains(b, []byte("a round ended. Of 7 people, 6 spoke.")) {
			t.Errorf("the record does not say it: %s", b)
		}
	})
}
