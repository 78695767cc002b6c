package audit

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/feeling"
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
}
