package audit

import (
	"fmt"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/votetest"
)

// young is a group that has the question put whether it adopts its rules, and adopts them; that finds treasurers by trust and lot; whose
// seats are looked after when their holders give them up; and that says what shall become of a role nobody holds.
func young(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Millers", Aim: "We mill.", Preset: "C", Zone: "Europe/Madrid", Lang: "es", By: "Mia"})}
	r.must(r.Members.CallFounding(r.Context(), r.Who[0], c.Now().Add(100*day), "The mill"))
	names := make([]string, 13)
	for i := range names {
		names[i] = fmt.Sprintf("Miller %d", i)
	}
	r.Invite(names...)
	c.Advance(60 * day) // nobody waits to vote any more
	for _, i := range []int{3, 4} {
		r.must(r.Foundings.Call(r.Context(), r.Who[i]))
	}
	v, err := r.Foundings.Show(r.Context(), r.Who[0])
	r.must(err)
	r.decide(v.Number, ballot.Vote{Choice: ballot.For})
	r.trust() // whose roles are filled from the date of the meeting on
	r.counters()
	for _, key := range []string{"treasurers", "tellers"} {
		for _, term := range filling(r.Role(key).Terms) {
			r.must(r.Roles.GiveUp(r.Context(), r.who(term.Member), term.Ref))
		}
	}
	r.days(2)
	var question motion.Motion
	for i := 0; i < 200 && question.ID == 0; i++ {
		r.days(1)
		asked, err := r.Vacancies.Asked(r.Context(), r.Who[0])
		r.must(err)
		if len(asked) > 0 {
			question = asked[0]
		}
	}
	r.decide(question.Number, ballot.Vote{Ranking: []int{1}})
	r.days(3)
	r.must(r.Ballots.Close())
}

// days lets so many days go by with all that is due on them.
func (r *road) days(n int) {
	r.Helper()
	for range n {
		r.until(r.Clock.Now().Add(day))
	}
}

func (r *road) until(at time.Time) {
	r.Helper()
	r.Pass(at)
	r.must(r.TickGroups())
}

// decide has twelve members cast the same vote as it opens, and has it counted.
func (r *road) decide(number int, vote ballot.Vote) {
	r.Helper()
	v, err := r.Motions.Show(r.Context(), r.Who[0], number)
	r.must(err)
	r.until(v.Opens)
	for i := range 12 {
		vote.Basis, vote.Client = r.ShowTo(r.Who[i], number).Basis, fmt.Sprint("words of ", i)
		_, err := r.Ballots.Cast(r.Context(), r.Who[i], number, vote)
		r.must(err)
	}
	r.until(r.Show(number).Closes)
}

// counters has two people drawn as tellers, while two others might do it with somebody.
func (r *road) counters() {
	r.Helper()
	for i := 0; i < 60 && r.Role("tellers").Draw.State != draw.Asking; i++ {
		r.days(1)
	}
	asks := r.Role("tellers").Draw
	for i, a := range map[int]draw.Answer{5: draw.Yes, 6: draw.Yes, 7: draw.ShadowFirst, 8: draw.ShadowFirst} {
		r.must(r.Draws.Say(r.Context(), r.Who[i], asks.Number, a))
	}
	r.until(asks.Closes)
	r.until(r.Role("tellers").Draw.At)
}

// trust has treasurers drawn among those whom half of the members trust.
func (r *road) trust() {
	ctx := r.Context()
	var e election.View
	for n := 0; e.Role.Key != "treasurers"; n++ {
		if r.days(1); n > 60 {
			r.Fatal("nobody is asked to be treasurer")
		}
		all, err := r.Elections.Running(ctx, r.Who[0])
		r.must(err)
		for i := 0; i < len(all) && e.Role.Key != "treasurers"; i++ {
			e, err = r.Elections.Show(ctx, r.Who[0], all[i].Number)
			r.must(err)
		}
	}
	for i := range 4 {
		r.must(r.Elections.Stand(ctx, r.Who[i], e.Number, election.Standing{Statement: "I would do it.", Interests: "None."}))
	}
	r.until(e.Until)
	r.decide(e.Number, ballot.Vote{Ranking: []int{1, 2, 3}})
	for range 2 { // what was elected is final; then the lot falls
		e, err := r.Elections.Show(ctx, r.Who[0], e.Number)
		r.must(err)
		r.until(later(e.Final, e.Lot.At))
	}
	r.days(1)
}
