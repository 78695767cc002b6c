package audit

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

// electing is a group whose elections come to every end there is: seats that are filled, too few who vote twice, "ask again", and nobody
// who stands. The last one is left while candidates answer. At each step look is called.
func electing(t *testing.T, d *db.DB, c *dbtest.Clock, keys string, look func()) {
	t.Helper()
	r := &electors{&road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Guild", Aim: "We weave.", Preset: "B", Zone: "Europe/Madrid", Lang: "en", By: "Ann"})}, look}
	names := make([]string, 13)
	for i := range names {
		names[i] = fmt.Sprintf("Weaver %d", i)
	}
	r.Invite(names...)
	r.Clock.Advance(60 * day)       // nobody waits to vote any more
	r.Write(func(tx *db.Tx) error { // as members decide it
		why, err := balance.Decide(tx, r.Ledger, r.Group, balance.Rule{Places: 1, Words: "night shift", From: tx.Now, Cause: "decision/2025-001"}, "convenors")
		if why != "" {
			err = errors.Join(err, errors.New(string(why)))
		}
		return err
	})
	r.goTo(r.Clock.Now())
	open := r.running()
	if len(open) < 2 {
		t.Fatalf("only %d elections are under way", len(open))
	}
	first, second := open[0].Number, open[1].Number
	r.stand(second, 6)
	r.filled(first)
	r.tooFew(second)
	r.waived()
	r.recalled()
	again := r.next(second)
	r.askedAgain(again)
	again = r.next(again)
	r.goTo(r.election(again).Until) // nobody stands: there is more time, and a smaller form
	r.must(r.Elections.Stand(r.Context(), r.Who[3], again, election.Standing{Statement: "For a while.", Interests: "None.", Trial: true}))
	if !r.election(again).Candidates[0].Trial {
		t.Fatal("nobody stands on trial")
	}
	r.must(r.Elections.StandDown(r.Context(), r.Who[3], again))
	r.goTo(r.election(again).Until)
	again = r.next(again)
	r.allGone(again)
	last := r.next(again)
	r.talkOf(last, []int{1, 2, 3, 4})
	r.goTo(r.election(last).Until)
	r.reply(last, 0, 1, "A word more.")
	r.must(r.Ballots.Close()) // who goes on has the same keys
}

// electors is a group that elects.
type electors struct {
	*road
	look func()
}

// filled has an election fill its seats.
func (r *electors) filled(number int) {
	r.talkOf(number, []int{1, 2, 3, 4})
	r.together(number)
	r.goTo(r.election(number).Opens)
	r.rank(number, 12, false)
	r.goTo(r.Show(number).Closes)
	r.must(r.Elections.Object(r.Context(), r.Who[8], number, "Count again, please."))
	r.goTo(r.election(number).Final)
	r.want(number, election.Final)
}

// together has people stand together, one of them step back while nominations are open and another one when they are closed, and two go on.
func (r *electors) together(number int) {
	ctx, say := r.Context(), election.Standing{Statement: "We would do it.", Interests: "None.", Reserved: true}
	ask := func(i int, with ...int) {
		names := make([]string, len(with))
		for n, j := range with {
			names[n] = r.Who[j].Member.Name
		}
		r.Clock.Advance(time.Minute)
		r.must(r.Elections.Share(ctx, r.Who[i], db.Once{}, number, names, say))
	}
	answer := func(i int, do func(election.OfferID) error) {
		v, err := r.Elections.Show(ctx, r.Who[i], number)
		r.must(err)
		r.Clock.Advance(time.Minute)
		r.must(do(v.Offers[len(v.Offers)-1].ID))
		r.look()
	}
	agree := func(i int) {
		answer(i, func(o election.OfferID) error { return r.Elections.Agree(ctx, r.Who[i], number, o, say) })
	}
	ask(13, 12, 10)
	agree(12)
	answer(10, func(o election.OfferID) error { return r.Elections.Decline(ctx, r.Who[10], number, o) })
	agree(13)
	agree(12)
	ask(12, 13, 11) // who stands alone
	agree(13)
	agree(11)
	r.must(r.Elections.StandDown(ctx, r.Who[13], number))
	agree(11)
	agree(12)
	ask(11, 12, 13)
	agree(12)
	agree(13)
	r.goTo(r.election(number).Until)
	r.must(r.Elections.StandDown(ctx, r.Who[13], number))
	agree(12)
	agree(11)
}

// held returns the terms that the first election has given.
func (r *electors) held() []role.Term {
	r.Helper()
	v, err := r.Draws.Show(r.Context(), r.Who[0], "convenors")
	r.must(err)
	if len(v.Terms) == 0 {
		r.Fatal("nobody holds the role")
	}
	return v.Terms
}

// waived has the members let somebody take the role again outside the limits.
func (r *electors) waived() {
	who := r.who(r.held()[0].Member)
	m, err := r.Roles.ProposeWaiver(r.Context(), r.Who[0], db.OnceFor(1, "waiver"), "convenors", who.Member.Name, "There is nobody else.")
	r.must(err)
	for i := 1; m.State == motion.Seeking; i++ {
		m, err = r.Motions.Support(r.Context(), r.Who[i], m.Number, m.Version)
		r.must(err)
	}
	r.goTo(m.Opens)
	r.Vote(r.Show(m.Number), 10, 1, 0)
}

// recalled has a petition run out of names, another reach enough, and the members end a term by it.
func (r *electors) recalled() {
	ctx, t := r.Context(), r.held()[0]
	r.goTo(later(t.Begins, r.Clock.Now()))
	p, err := r.Petitions.Start(ctx, r.Who[7], t.Ref, "Too loud.")
	r.must(err)
	r.must(r.Petitions.Unsign(ctx, r.Who[7], p.Number))
	p, err = r.Petitions.Start(ctx, r.Who[8], t.Ref, "Still too loud.")
	r.must(err)
	r.must(r.Petitions.Answer(ctx, r.who(t.Member), p.Number, "I am sorry."))
	for i := 5; i < 14 && p.State == petition.Collecting; i++ {
		r.Clock.Advance(time.Minute)
		r.must(r.Petitions.Sign(ctx, r.Who[i], p.Number))
		v, err := r.Petitions.Show(ctx, r.Who[0], "convenors", t.Ref)
		r.must(err)
		p = v.Petition
	}
	r.Read(func(tx *db.Tx) error {
		m, err := motion.Get(tx, p.Motion)
		r.Clock.Set(m.Opens)
		return err
	})
	r.goTo(r.Clock.Now())
	var number int
	r.Read(func(tx *db.Tx) error {
		m, err := motion.Get(tx, p.Motion)
		number = m.Number
		return err
	})
	r.Vote(r.Show(number), 10, 1, 0)
	r.goTo(r.Clock.Now())
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// tooFew has too few vote, twice, in a vote that opened late.
func (r *electors) tooFew(number int) {
	r.rank(number, 1, false)
	r.goTo(r.Show(number).Closes)
	r.goTo(r.Show(number).Opens)
	r.rank(number, 1, true)
	r.goTo(r.Show(number).Closes)
	r.want(number, election.Nobody)
}

// askedAgain has one stand, and the members ask for others: so few that their papers are not published.
func (r *electors) askedAgain(number int) {
	r.stand(number, 6)
	r.goTo(r.election(number).Until)
	r.goTo(r.election(number).Until)
	r.goTo(r.election(number).Opens)
	r.rank(number, 6, true)
	r.goTo(r.Show(number).Closes)
	r.want(number, election.Nobody)
}

// allGone has everybody who stands step back once it is settled who they are, with answers that nobody has read.
func (r *electors) allGone(number int) {
	r.stand(number, 1, 2, 3)
	r.must(r.Elections.Ask(r.Context(), r.Who[5], db.OnceFor(int64(number), "why"), number, "Why?"))
	r.reply(number, 0, 1, "Why not?")
	r.goTo(r.election(number).Until)
	for _, i := range []int{1, 2, 3} {
		r.Clock.Advance(time.Minute)
		r.must(r.Elections.StandDown(r.Context(), r.Who[i], number))
	}
	r.goTo(r.Clock.Now())
	r.want(number, election.Nobody)
	if v := r.election(number); len(v.Answers) > 0 {
		r.Errorf("answers that waited for a vote are read without one: %+v", v.Answers)
	}
}

func (r *electors) want(number int, s election.State) {
	r.Helper()
	if v := r.election(number); v.State != s {
		r.Fatalf("election %d is %s, want %s", number, v.State, s)
	}
}

// wake wakes a role that nobody took for long.
func (r *electors) wake(id role.ID) {
	r.Helper()
	r.Write(func(tx *db.Tx) error {
		of, err := role.Get(tx, id)
		if err == nil && of.Sleeps() {
			_, err = role.WakeByDecision(tx, r.Ledger, r.Group, of.Key)
		}
		return err
	})
}

// next returns the election that is opened because one has failed, and a lot after it.
func (r *electors) next(failed int) int {
	r.Helper()
	for range 100 {
		for _, e := range r.running() {
			if e.Number > failed && e.Role == r.election(failed).Election.Role {
				return e.Number
			}
		}
		r.wake(r.election(failed).Election.Role)
		r.goTo(r.Clock.Now().Add(day))
	}
	r.Fatalf("nothing follows election %d", failed)
	return 0
}

// goTo moves the clock and does everything that is due.
func (r *electors) goTo(at time.Time) {
	r.Helper()
	r.GoTo(at)
	r.must(r.TickRoles())
	r.look()
}

func (r *electors) running() []election.Election {
	r.Helper()
	out, err := r.Elections.Running(r.Context(), r.Who[0])
	r.must(err)
	return out
}

func (r *electors) election(number int) election.View {
	r.Helper()
	v, err := r.Elections.Show(r.Context(), r.Who[0], number)
	r.must(err)
	return v
}

// stand has members stand, each of whom thinks better of their words once.
func (r *electors) stand(number int, who ...int) {
	r.Helper()
	for _, i := range who {
		for _, how := range []string{"gladly", "well"} {
			r.Clock.Advance(time.Minute)
			r.must(r.Elections.Stand(r.Context(), r.Who[i], number, election.Standing{Statement: "I would do it " + how, Interests: "None."}))
		}
	}
}

// talkOf has somebody put up who says nothing, somebody who declines, somebody who stands down, and questions that are answered.
func (r *electors) talkOf(number int, who []int) {
	ctx := r.Context()
	for _, i := range []int{8, 9, who[0]} {
		r.must(r.Elections.Nominate(ctx, r.Who[7], number, r.Who[i].Member.ID))
	}
	r.must(r.Elections.StandDown(ctx, r.Who[9], number))
	r.stand(number, append(who, 10, 11)...)
	r.must(r.Elections.StandDown(ctx, r.Who[10], number))
	r.must(r.Elections.StandDown(ctx, r.Who[11], number))
	r.stand(number, 11)
	for i, text := range []string{"What will you hand over?", "Who learns with you?"} {
		r.Clock.Advance(time.Minute)
		r.must(r.Elections.Ask(ctx, r.Who[5], db.OnceFor(int64(number), text), number, text))
		for n, by := range who[:len(who)-i] {
			for _, answer := range []string{"I shall see.", "All of it."} {
				r.Clock.Advance(time.Minute)
				r.reply(number, i, by, fmt.Sprint(answer, n))
			}
		}
	}
}

// reply has a candidate answer a question, by its place.
func (r *electors) reply(number, question, who int, text string) {
	r.Helper()
	r.must(r.Elections.Reply(r.Context(), r.Who[who], number, r.election(number).Questions[question].ID, text))
}

// rank has so many members put one of the first two, or those who stand together, in order before "ask again", or that alone.
func (r *electors) rank(number, voters int, again bool) {
	r.Helper()
	shared := 0
	for _, c := range r.election(number).Stand() {
		if c.IsShared() {
			shared = 1 + slices.Index(r.ShowTo(r.Who[0], number).Options, c.Ref)
		}
	}
	for i := range voters {
		v := r.ShowTo(r.Who[i], number)
		order := []int{1 + i%min(2, v.RON-1), v.RON}
		if shared > 0 && i%2 == 0 {
			order[0] = shared
		}
		if again {
			order = []int{v.RON}
		}
		_, err := r.Ballots.Cast(r.Context(), r.Who[i], number, ballot.Vote{Ranking: order, Client: fmt.Sprint("words of ", i), Basis: v.Basis})
		r.must(err)
	}
}

// TestElectionsAgreeAtEveryStep: what the record says of elections is what the tables say, whenever somebody looks.
func TestElectionsAgreeAtEveryStep(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		steps := 0
		electing(t, d, c, t.TempDir(), func() {
			steps++
			for _, x := range compare(t, d) {
				t.Fatalf("step %d: %+v", steps, x)
			}
		})
		for what, sql := range map[string]string{
			"count sheets": "SELECT COUNT(*) FROM counts", "published orders": "SELECT COUNT(*) FROM rankings", "objections": "SELECT COUNT(*) FROM election_objections",
			"published answers": "SELECT COUNT(*) FROM ledger_entries WHERE kind = 'question.answered'", "people who were put up": "SELECT COUNT(*) FROM candidates WHERE accepted_at IS NULL",
			"petitions": "SELECT COUNT(*) FROM petitions WHERE reached_at IS NOT NULL", "waivers": "SELECT COUNT(*) FROM waivers",
			"seats that are shared":                 "SELECT COUNT(*) FROM terms WHERE share <> ''",
			"shares that broke up":                  "SELECT COUNT(*) FROM ledger_entries WHERE kind = 'candidate.parted'",
			"people who stood for a reserved place": "SELECT COUNT(*) FROM candidates WHERE reserved = 1 AND turn > 0",
			"elections with reserved places":        "SELECT COUNT(*) FROM elections WHERE reserved = 1", "rules on that": "SELECT COUNT(*) FROM balances",
			"votes held again": "SELECT COUNT(*) FROM ballots WHERE method <> '' AND round = 2",
		} {
			var n int
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(sql).Scan(&n).Error }); err != nil || n == 0 {
				t.Errorf("there are no %s to be compared: %v", what, err)
			}
		}
	})
}
