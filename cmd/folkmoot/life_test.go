package main

import (
	"fmt"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/motion"
)

// life is what has been going on in a town.
type life struct {
	talked   int    // number of a proposal that seeks support, with statements and talk
	secret   int    // of one that is being voted on
	counted  int    // of one that was voted on in secret
	elected  int    // of an election that was counted
	draw     int    // number of one that has fallen
	term     string // that came of it, in the role convenors
	decision string // number of that one's decision, with minority reports
	post     discussion.PostID
}

// live has everything that can happen in a town happen n times.
func (w *crowd) live(n int) (l life) {
	w.Helper()
	now := w.clock.Now()
	w.clock.Set(now.Add(40*day - joined))
	l.draw = w.draw() // while members are asked: nobody answers later, and then what becomes of the role is put to the vote
	w.elect(&l, n)
	w.clock.Set(now.Add(-40 * day))
	for range n {
		l.counted = w.propose(true).Number
	}
	w.decide(&l, n)
	w.clock.Set(now)
	for i := range n {
		l.secret = w.propose(i < n).Number
		w.propose(false)
	}
	w.openVotes()
	for range n {
		m, err := w.motions.Propose(w.Context(), w.folk[0].Actor, db.Once{}, 0, kettle(false))
		w.must(err)
		l.talked = m.Number
	}
	w.talkAbout(&l, n)
	return l
}

// draw has everybody but the first say yes who can be drawn as a teller, and the lot fall. It returns the number of the draw. Whether the
// first is a teller must not hang on luck: a teller sees more of a decision than others.
func (w *crowd) draw() (number int) {
	w.Helper()
	look := func() draw.Draw {
		w.Helper()
		w.must(w.petition.Tick(w.Context()))
		w.must(w.draws.Tick(w.Context()))
		w.must(w.roles.Tick(w.Context()))
		v, err := w.draws.Show(w.Context(), w.folk[0].Actor, "tellers")
		w.must(err)
		return v.Draw
	}
	d := look()
	for _, p := range w.folk[1:] {
		w.must(w.draws.Say(w.Context(), p.Actor, d.Number, draw.Yes))
	}
	w.clock.Set(d.Closes)
	w.clock.Set(look().At)
	return look().Number
}

// elect has convenors elected from n candidates and more, who answer n questions.
func (w *crowd) elect(l *life, n int) {
	w.Helper()
	ctx := w.Context()
	w.tick()
	look := func() election.View {
		w.Helper()
		w.tick()
		v, err := w.votes.Show(ctx, w.folk[0].Actor, l.elected)
		w.must(err)
		return v
	}
	open, err := w.votes.Running(ctx, w.folk[0].Actor)
	w.must(err)
	for _, e := range open {
		if l.elected = e.Number; look().Role.Key == "convenors" {
			break
		}
	}
	v := look()
	for i, p := range w.folk[:min(len(w.folk), max(4, n))] {
		w.must(w.votes.Stand(ctx, p.Actor, l.elected, election.Standing{Statement: "I would do it.", Interests: "None."}))
		if i < min(n, election.MaxQuestions) {
			w.must(w.votes.Ask(ctx, p.Actor, db.Once{}, l.elected, fmt.Sprintf("What about thing %d?", i)))
		}
	}
	for _, q := range look().Questions {
		w.must(w.votes.Reply(ctx, w.folk[0].Actor, l.elected, q.ID, "It is good."))
	}
	w.clock.Set(v.Until)
	w.clock.Set(look().Opens)
	look()
	b, err := w.ballots.Show(ctx, w.folk[0].Actor, l.elected)
	w.must(err)
	for i, p := range w.folk[:min(len(w.folk), max(ballot.LeastPapers, b.Quorum))] {
		b, err := w.ballots.Show(ctx, p.Actor, l.elected)
		w.must(err)
		_, err = w.ballots.Cast(ctx, p.Actor, l.elected, ballot.Vote{Ranking: []int{1 + i%3, 1 + (i+1)%3}, Client: "mine", Basis: b.Basis})
		w.must(err)
	}
	w.clock.Set(b.Closes)
	w.clock.Set(look().Final)
	look()
	r, err := w.draws.Show(ctx, w.folk[0].Actor, "convenors")
	w.must(err)
	if len(r.Terms) == 0 {
		w.Fatal("nobody was elected")
	}
	l.term = r.Terms[0].Ref
}

// decide has the first n proposals voted on, counted and reported on.
func (w *crowd) decide(l *life, n int) {
	w.Helper()
	ctx := w.Context()
	w.clock.Advance(6 * day)
	w.tick()
	var v ballot.View
	var err error
	for number := l.counted - n + 1; number <= l.counted; number++ {
		v, err = w.ballots.Show(ctx, w.folk[0].Actor, number)
		w.must(err)
		for i, p := range w.folk[:max(3, v.Quorum)] {
			v, err := w.ballots.Show(ctx, p.Actor, number)
			w.must(err)
			_, err = w.ballots.Cast(ctx, p.Actor, number, ballot.Vote{Choice: ballot.Choice(1 + i%2), Client: "mine", Basis: v.Basis})
			w.must(err)
		}
	}
	w.clock.Set(v.Closes)
	w.tick()
	v, err = w.ballots.Show(ctx, w.folk[0].Actor, l.counted)
	w.must(err)
	d, err := w.outcomes.ByBallot(ctx, w.folk[0].Actor, v.ID)
	w.must(err)
	l.decision = d.Number()
	for i := range min(n, len(w.folk)) {
		r, err := w.outcomes.File(ctx, w.folk[i].Actor, db.Once{}, l.decision, "We would have bought a pot.")
		w.must(err)
		w.must(w.outcomes.Sign(ctx, w.folk[(i+1)%len(w.folk)].Actor, l.decision, r.ID))
	}
}

// talkAbout has members say n things of each kind about the proposal.
func (w *crowd) talkAbout(l *life, n int) {
	w.Helper()
	ctx := w.Context()
	say := func(i int, d discussion.Draft) discussion.Post {
		p, err := w.talk.Add(ctx, w.folk[i%len(w.folk)].Actor, db.Once{}, l.talked, d)
		w.must(err)
		return p
	}
	for i := range n {
		p := say(i, discussion.Draft{Kind: discussion.Kinds()[i%4], Clause: i % 3, Text: fmt.Sprintf("This is *thing* %d.", i)})
		say(i+1, discussion.Draft{Kind: discussion.Comment, Parent: p.ID, Text: "So it is."})
		if i > 0 {
			continue
		}
		l.post = p.ID
		for k := range n {
			say(k, discussion.Draft{Kind: discussion.Comment, Parent: p.ID, Text: "Once more."})
			_, err := w.talk.Edit(ctx, w.folk[0].Actor, l.talked, p.ID, k+1, fmt.Sprintf("This is what I meant, %d.", k))
			w.must(err)
		}
	}
	for i := range min(n, len(w.folk)) {
		_, err := w.motions.Argue(ctx, w.folk[i].Actor, l.talked, []motion.Side{motion.For, motion.Against}[i%2], "Because of the tea.")
		w.must(err)
	}
}

func (w *crowd) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}
