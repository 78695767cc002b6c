package audit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/asset"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

// road is a group whose members do everything that the record tells of.
type road struct {
	*votetest.World
	talk *discussion.Service
}

const day = 24 * time.Hour

func (r *road) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// newRoad makes a group whose people found it, change their minds about its rules, join, and are called otherwise later.
func newRoad(t *testing.T, d *db.DB, c *dbtest.Clock) *road {
	t.Helper()
	return newRoadIn(t, d, c, t.TempDir())
}

func newRoadIn(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) *road {
	t.Helper()
	w := votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Bakers", Aim: "We exist to bake.", Preset: "A", Zone: "Europe/Madrid", Lang: "en", By: "Ada"})
	r := &road{w, discussion.NewService(d, w.Ledger)}
	ctx, ada := t.Context(), w.Who[0]
	c.Advance(time.Hour)
	r.must(w.Rules.ReplacePreset(ctx, ada, rulebook.Branch))
	r.must(w.Members.CallFounding(ctx, ada, c.Now().Add(10*day), "The back room"))
	keyring := asset.NewService(d, w.Ledger)
	for _, second := range []string{"", "Bo"} {
		c.Advance(time.Minute)
		r.must(keyring.Note(ctx, ada, asset.Entry{Kind: asset.Server, What: "Server", Holder: "Ada", Second: second}))
		held, err := keyring.List(ctx, ada)
		r.must(err)
		r.must(keyring.Test(ctx, ada, held.Keys[0].ID))
	}
	r.must(keyring.Note(ctx, ada, asset.Entry{Kind: asset.Bank, What: "Bank", Holder: "Ada"}))
	r.must(keyring.Note(ctx, ada, asset.Entry{Kind: asset.Bank, What: "Bank", Holder: "Eve", Second: "Ada"}))
	r.must(keyring.Note(ctx, ada, asset.Entry{Kind: asset.Other, What: "Van", Gone: true}))
	w.Invite("Bo", "Cy", "Di", "Ed", "Flo", "Gus")
	held, err := keyring.List(ctx, ada)
	r.must(err)
	r.must(keyring.Claim(ctx, w.Who[1], held.Keys[0].ID)) // was written down by name before he joined
	_, err = w.Members.Invite(ctx, db.Once{}, w.Who[2], 5, 30)
	r.must(err)
	open, err := w.Members.Invitations(ctx, ada)
	r.must(err)
	r.must(w.Members.Revoke(ctx, ada, open[len(open)-1].ID))
	c.Advance(time.Hour)
	r.must(w.Members.Rename(ctx, w.Who[1], "Bobby"))
	return r
}

// propose puts a proposal forward and returns it.
func (r *road) propose(who int, title string) motion.Motion {
	r.Helper()
	m, err := r.Motions.Propose(r.Context(), r.Who[who], db.Once{}, 0, votetest.Sample(title))
	r.must(err)
	r.Clock.Advance(time.Minute)
	return m
}

// table has others support a proposal until it is tabled.
func (r *road) table(m motion.Motion) motion.Motion {
	r.Helper()
	var err error
	for i := 1; m.State == motion.Seeking; i++ {
		m, err = r.Motions.Support(r.Context(), r.Who[i], m.Number, m.Version)
		r.must(err)
		r.Clock.Advance(time.Minute)
	}
	return m
}

func (r *road) reword(m motion.Motion) motion.Motion {
	r.Helper()
	v := votetest.Sample(m.Title + ", again").Text
	v.Clauses[0].ID, v.Why = 1, "It was unclear."
	m, err := r.Motions.Reword(r.Context(), r.Who[0], m.Number, m.Version, v)
	r.must(err)
	return m
}

// early brings proposals to every end they can have before a vote, and leaves one in every state.
func (r *road) early() {
	ctx := r.Context()
	_, err := r.Motions.Save(ctx, r.Who[3], db.Once{}, 0, votetest.Sample("A draft"))
	r.must(err)
	kept, err := r.Motions.Save(ctx, r.Who[2], db.Once{}, 0, votetest.Sample("A draft put forward"))
	r.must(err)
	r.Clock.Advance(time.Hour)
	_, err = r.Motions.ProposeDraft(ctx, r.Who[2], db.Once{}, kept.Number)
	r.must(err)
	alone := r.propose(0, "Withdrawn at once")
	_, err = r.Motions.Withdraw(ctx, r.Who[0], alone.Number)
	r.must(err)
	left := r.table(r.propose(0, "Withdrawn in time"))
	_, err = r.Motions.Withdraw(ctx, r.Who[0], left.Number)
	r.must(err)
	over := r.table(r.propose(0, "Taken over"))
	_, err = r.Motions.Withdraw(ctx, r.Who[0], over.Number)
	r.must(err)
	_, err = r.Motions.TakeOver(ctx, r.Who[1], over.Number)
	r.must(err)
	again := r.propose(0, "Supported anew")
	_, err = r.Motions.Support(ctx, r.Who[5], again.Number, 1)
	r.must(err)
	again = r.table(r.reword(again))
	_, err = r.Motions.Unsupport(ctx, r.Who[1], again.Number)
	r.must(err)
	_, err = r.Motions.Unsupport(ctx, r.Who[5], again.Number)
	r.must(err)
	r.Clock.Advance(3 * day)
	r.Tick()
}

// spoken has people talk about a proposal, ask for a secret vote and write statements.
func (r *road) spoken(m motion.Motion) {
	ctx := r.Context()
	say := func(who int, d discussion.Draft) discussion.Post {
		r.Clock.Advance(time.Minute)
		p, err := r.talk.Add(ctx, r.Who[who], db.Once{}, m.Number, d)
		r.must(err)
		return p
	}
	asked := say(1, discussion.Draft{Clause: 1, Kind: discussion.Question, Text: "By which May?"})
	say(2, discussion.Draft{Kind: discussion.Comment, Parent: asked.ID, Text: "The next."})
	say(1, discussion.Draft{Kind: discussion.Comment, Parent: asked.ID, Text: "Thank you."})
	say(3, discussion.Draft{Kind: discussion.Concern, Text: "It is dear."})
	for i, text := range []string{"By what May?", "By which one?"} {
		r.Clock.Advance(time.Minute)
		_, err := r.talk.Edit(ctx, r.Who[1], m.Number, asked.ID, i+1, text)
		r.must(err)
	}
	for _, text := range []string{"It is good.", "It is very good."} {
		r.Clock.Advance(time.Minute)
		_, err := r.Motions.Argue(ctx, r.Who[2], m.Number, motion.For, text)
		r.must(err)
	}
	_, err := r.Motions.Argue(ctx, r.Who[3], m.Number, motion.Against, "It is not.")
	r.must(err)
	_, err = r.Motions.AskSecret(ctx, r.Who[4], m.Number)
	r.must(err)
	r.must(r.talk.Mark(ctx, r.Who[4], m.Number, asked.ID))
}

// roles has people drawn for a role, with everything that can happen on the way, and leaves them holding it.
func (r *road) roles() {
	ctx := r.Context()
	at := func(t time.Time) draw.View {
		r.Helper()
		r.Clock.Set(t)
		r.must(r.TickRoles())
		v, err := r.Draws.Show(ctx, r.Who[0], "tellers")
		r.must(err)
		v.Terms = filling(v.Terms)
		return v
	}
	v := at(r.Clock.Now())
	v = at(v.Draw.Closes) // nobody would
	v = at(v.Draw.Closes.AddDate(0, 0, 14))
	for i, a := range []draw.Answer{draw.Yes, draw.Yes, draw.Yes, draw.Yes, draw.WithSomeone} {
		r.must(r.Draws.Say(ctx, r.Who[i], v.Draw.Number, a))
	}
	v = at(v.Draw.Closes)
	r.must(r.Draws.ThrowIn(ctx, r.Who[1], v.Draw.Number, "rye bread"))
	r.must(r.Draws.ThrowIn(ctx, r.Who[2], v.Draw.Number, "4 6 1 2"))
	v = at(v.Draw.At)
	r.must(r.Roles.GiveUp(ctx, r.who(v.Terms[0].Member), v.Terms[0].Ref))
	v = at(r.Clock.Now().Add(time.Minute))
	at(v.Terms[1].Begins)
}

// recalls has petitions to end terms come to every end they can have in a group that is awake, and somebody let outside the limits.
func (r *road) recalls() {
	ctx := r.Context()
	all := func(t time.Time) draw.View {
		r.Helper()
		r.GoTo(t)
		r.must(r.TickRoles())
		v, err := r.Draws.Show(ctx, r.Who[0], "tellers")
		r.must(err)
		v.Terms = filling(v.Terms)
		return v
	}
	held := func() role.Term { // by whoever would, if nobody holds one
		r.Helper()
		v := all(r.Clock.Now())
		for ; len(v.Terms) == 0; v = all(r.Clock.Now().Add(2 * day)) {
			for i := range 6 {
				if v.Draw.State == draw.Asking {
					if err := r.Draws.Say(ctx, r.Who[i], v.Draw.Number, draw.Yes); err != nil && fault.KindOf(err) != fault.Denied {
						r.Fatal(err)
					}
				}
			}
		}
		return v.Terms[0]
	}
	decide := func(m motion.Motion) {
		r.Helper()
		all(m.Opens)
		all(r.Vote(r.Show(m.Number), 4, 1, 0).Closes)
	}
	ask := func(t role.Term) (petition.Petition, motion.Motion) {
		r.Helper()
		p, err := r.Petitions.Start(ctx, r.Who[4], t.Ref, "Counts were left unsigned.")
		r.must(err)
		r.must(r.Petitions.Answer(ctx, r.who(t.Member), p.Number, "I was ill."))
		r.must(r.Petitions.Sign(ctx, r.Who[5], p.Number))
		page, err := r.Motions.List(ctx, r.Who[0], motion.Filter{Limit: 1})
		r.must(err)
		return p, page.List[0]
	}
	terms := all(r.Clock.Now()).Terms
	p, err := r.Petitions.Start(ctx, r.Who[4], terms[0].Ref, "Taken back.")
	r.must(err)
	r.must(r.Petitions.Unsign(ctx, r.Who[4], p.Number))
	_, m := ask(terms[0])
	decide(m)
	m, err = r.Roles.ProposeWaiver(ctx, r.Who[4], db.Once{}, "tellers", r.Actor(int64(terms[0].Member)).Member.Name, "They have learnt.")
	r.must(err)
	decide(r.table(m))
	for _, when := range []string{"before", "open", "too few voted"} { // whoever holds it resigns
		term := held()
		_, m := ask(term)
		if when != "before" {
			all(m.Opens)
		}
		if when == "too few voted" {
			all(r.Show(m.Number).Closes)
		}
		r.must(r.Roles.GiveUp(ctx, r.who(term.Member), term.Ref))
		if when == "open" {
			all(r.Vote(r.Show(m.Number), 4, 1, 0).Closes)
		}
	}
	term := held()
	p, err = r.Petitions.Start(ctx, r.Who[4], term.Ref, "Names are still collected.")
	r.must(err)
	r.must(r.Petitions.Answer(ctx, r.who(term.Member), p.Number, "So be it."))
}

// who returns the actor who is a member.
func (r *road) who(id member.ID) member.Actor {
	return r.Who[slices.IndexFunc(r.Who, func(a member.Actor) bool { return a.Member.ID == id })]
}

// filling leaves caretakers out.
func filling(terms []role.Term) []role.Term {
	return slices.DeleteFunc(terms, func(t role.Term) bool { return !t.Fills() })
}

// sign has the tellers sign a count.
func (r *road) sign(b ballot.ID) {
	r.Helper()
	v, err := r.Draws.Show(r.Context(), r.Who[0], "tellers")
	r.must(err)
	for _, t := range filling(v.Terms) {
		r.must(r.Ballots.SignCount(r.Context(), r.who(t.Member), b))
		r.Clock.Advance(time.Minute)
	}
}

// votes brings proposals to every end a vote can have, and somebody to disagree.
func (r *road) votes() {
	ctx := r.Context()
	open := r.propose(0, "Voted on openly")
	r.spoken(open)
	open = r.table(open)
	r.GoTo(open.Opens)
	r.sign(r.Vote(r.Show(open.Number), 4, 1, 1).ID)
	_, err := r.talk.Add(ctx, r.Who[1], db.Once{}, open.Number, discussion.Draft{Kind: discussion.Comment, Text: "So it is."})
	r.must(err)
	sealed := r.Open(true)
	r.spoken(r.propose(0, "Spoken about elsewhere"))
	r.Vote(sealed, 2, 4, 0)
	decisions, _, err := r.Decisions.List(ctx, r.Who[0], 0)
	r.must(err)
	report, err := r.Decisions.File(ctx, r.Who[1], db.Once{}, decisions[0].Number(), "I see it otherwise.")
	r.must(err)
	r.Clock.Advance(time.Hour)
	r.must(r.Decisions.Sign(ctx, r.Who[2], decisions[0].Number(), report.ID))
	few := r.Open(false)
	r.Vote(few, 1, 0, 0)
	r.GoTo(r.Show(few.Motion.Number).Opens)
	r.Vote(r.Show(few.Motion.Number), 0, 1, 0)
	stopped := r.Open(true)
	r.must(os.Remove(filepath.Join(r.Keys, "ballots", stopped.Ref+".key")))
	r.Restart()
	r.miss(stopped)
	r.GoTo(r.Show(stopped.Motion.Number).Opens)
	second := r.Show(stopped.Motion.Number)
	r.must(os.Remove(filepath.Join(r.Keys, "ballots", second.Ref+".key")))
	r.Restart()
	r.miss(second)
	r.Clock.Advance(time.Hour)
	for _, secret := range []bool{true, false} { // so that who took part is not forgotten yet
		r.Vote(r.Open(secret), 3, 1, 0)
	}
}

// miss lets the vote close and its key be missed for as long as it may come back.
func (r *road) miss(v ballot.View) {
	r.Helper()
	r.Clock.Set(v.Closes)
	if err := r.Ballots.Tick(r.Context()); err == nil {
		r.Fatal("nobody is told that the key is missing")
	}
	r.GoTo(v.Closes.Add(24 * time.Hour))
}

// late has people leave, and things stand in the middle of their way.
func (r *road) late() {
	ctx := r.Context()
	tabled := r.table(r.propose(0, "Waits for its vote"))
	seeking := r.propose(0, "Seeks support")
	_, err := r.Motions.Support(ctx, r.Who[5], seeking.Number, 1)
	r.must(err)
	_, err = r.Motions.AskSecret(ctx, r.Who[5], tabled.Number)
	r.must(err)
	_, err = r.Members.Leave(ctx, r.Who[5], false)
	r.must(err)
	r.Clock.Advance(time.Minute)
	_, err = r.Members.Leave(ctx, r.Who[6], true)
	r.must(err)
	r.Who = r.Who[:5]
	r.Invite("Hal")
	r.GoTo(tabled.Opens)
	r.Cast(r.Who[1], tabled.Number, ballot.Against)
	leaving := r.table(r.propose(0, "Being withdrawn"))
	_, err = r.Motions.Withdraw(ctx, r.Who[0], leaving.Number)
	r.must(err)
	r.table(r.propose(0, "Tabled"))
	r.Open(true)
	r.propose(0, "Only just begun")
}

// small is a group of three in which votes are put off because somebody leaves.
func small(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Cooks", Preset: "A", Zone: "UTC", Lang: "es", By: "Ana"})}
	r.Invite("Ben", "Cal")
	v := r.Open(true)
	r.GoTo(v.Closes)
	_, err := r.Members.Leave(t.Context(), r.Who[2], false)
	r.must(err)
	r.GoTo(r.Show(v.Motion.Number).Opens)
	m := r.Table(true)
	r.GoTo(m.Opens.Add(time.Minute))
	r.must(r.Ballots.Close())
}

// rests is a group that nobody comes back to, so that it is archived, and that is reopened, after the server stood still.
func rests(t *testing.T, d *db.DB, c *dbtest.Clock, keys string) {
	t.Helper()
	r := &road{World: votetest.FoundIn(t, d, c, keys, member.Founding{Name: "Weavers", Preset: "A", Zone: "UTC", Lang: "en", By: "Amy"})}
	r.Invite("Bea", "Con", "Dov")
	r.propose(0, "Never decided")
	for _, days := range append([]int{0, 91, 40}, slices.Repeat([]int{5}, 20)...) {
		c.Advance(time.Duration(days) * day)
		r.Tick()
		r.must(r.Revivals.Tick(t.Context()))
	}
	for i := range 3 {
		_, err := r.Revivals.Reopen(t.Context(), r.Visit(r.Who[i].Person))
		r.must(err)
	}
	r.must(r.Ballots.Close())
}

// whole is the whole road, in several groups.
func whole(t *testing.T, d *db.DB, c *dbtest.Clock) *road {
	t.Helper()
	keys := t.TempDir() // each world brings to their end the secret votes that the ones before have left
	rests(t, d, c, keys)
	learning(t, d, c, keys)
	young(t, d, c, keys)
	electing(t, d, c, keys, func() {})
	choosing(t, d, c, keys)
	meets(t, d, c, keys)
	called := calling(t, d, c, keys, false)
	called.must(called.Ballots.Close())
	small(t, d, c, keys)
	councils(t, d, c, keys, func(meetingRoad, string) {})
	reportingMoney(t, d, c, keys)
	r := newRoadIn(t, d, c, keys)
	r.roles()
	r.recalls()
	r.early()
	r.votes()
	r.late()
	r.rooms()
	return r
}
