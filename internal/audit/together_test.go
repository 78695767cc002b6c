package audit

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/feeling"
	"folkmoot/internal/meeting"
)

// together has people do things together about what the meeting talks about.
func (r meetingRoad) together(n int) {
	r.Helper()
	ctx, m := r.Context(), r.Meetings
	chair := r.at(r.show(n).Chair)
	for _, answers := range [][]feeling.Point{{1, 1, 2, 3, 4, 5}, {3}} {
		r.must(m.AskFeeling(ctx, r.visit(chair), db.Once{}, n, "How do we feel?"))
		r.Clock.Advance(time.Second)
		f := r.show(n).Together.Feeling
		for i, p := range answers {
			r.must(m.ShowFeeling(ctx, r.visit(i), n, f.ID, p))
		}
		r.Pass(f.Closes)
		r.Clock.Advance(time.Second)
	}
	r.must(m.GoRound(ctx, r.visit(chair), db.Once{}, n, "What do you need?", 90))
	r.Clock.Advance(time.Second)
	r.must(m.PassTurn(ctx, r.visit(chair), n, r.show(n).List[0].ID))
	for range 3 {
		r.must(m.CallNext(ctx, r.visit(chair), n, r.show(n).Speaker.ID))
		r.Clock.Advance(time.Second)
	}
	r.must(m.StopRound(ctx, r.visit(chair), n, r.show(n).Together.Round.ID))
	r.Clock.Advance(time.Second)
	if r.show(n).Total() > meeting.LeastApart {
		r.apart(n, meeting.Parting{Question: "What do we need?", Minutes: 8, Choice: true, Topics: "The stall\nThe leaflet"})
	}
}

// apart has people talk in small groups, write a card, and be called back.
func (r meetingRoad) apart(n int, p meeting.Parting) {
	r.Helper()
	ctx, m := r.Context(), r.Meetings
	v := r.show(n)
	chair := r.at(v.Chair)
	r.must(m.BreakOut(ctx, r.visit(chair), db.Once{}, n, p))
	r.Clock.Advance(time.Minute)
	b := r.show(n).Together.Breakout
	who := r.at(v.Terms[0].Member)
	for _, t := range v.Terms {
		if t.Member != v.Chair {
			who = r.at(t.Member)
		}
	}
	if p.Choice {
		r.must(m.Sit(ctx, r.visit(who), n, b.ID, r.Who[who].Member.ID, 2))
	}
	x, err := m.Show(ctx, r.visit(who), n)
	r.must(err)
	_, err = m.WriteCard(ctx, r.visit(who), n, b.ID, x.Together.Table.Number, meeting.Lines{}, meeting.Lines{"A table", "Two chairs", "Time"})
	r.must(err)
	r.must(m.CallGroupsBack(ctx, r.visit(chair), n, b.ID))
	r.Pass(r.show(n).Together.Breakout.Closes)
	r.Clock.Advance(time.Second)
	r.must(m.NextCard(ctx, r.visit(chair), n, b.ID, 0))
	r.Clock.Advance(time.Second)
}
