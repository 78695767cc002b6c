package votetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// Pass moves the clock and does everything that is due, for roles too.
func (w *World) Pass(to time.Time) {
	w.Helper()
	w.GoTo(to)
	w.must(w.TickRoles())
}

// TickRoles does what is due for roles: petitions to end their terms, draws, what is learnt and handed over, and free seats.
func (w *World) TickRoles() error {
	for _, tick := range []func(context.Context) error{w.Petitions.Tick, w.Draws.Tick, w.Consent.Tick, w.Roles.Tick, w.Handovers.Tick, w.Vacancies.Tick, w.Meetings.Tick} {
		if err := tick(w.Context()); err != nil {
			return err
		}
	}
	return nil
}

// TickGroups does what is due for whole groups: young ones are asked whether they adopt their rules, and it is seen whether others sleep.
func (w *World) TickGroups() error {
	return errors.Join(w.Foundings.Tick(w.Context()), w.Revivals.Tick(w.Context()))
}

// GiveRoles gives the group the roles of its preset, as the third member does who joins.
func (w *World) GiveRoles() {
	w.Helper()
	w.Write(func(tx *db.Tx) error { return w.Roles.Form(tx, w.Group) })
}

// Say has members answer whether they would be tellers.
func (w *World) Say(a draw.Answer, who ...int) {
	w.Helper()
	d := w.Role("tellers").Draw
	for _, i := range who {
		if err := w.Draws.Say(w.Context(), w.Who[i], d.Number, a); err != nil {
			w.Fatalf("member %d says %s: %v", i, a, err)
		}
	}
}

// Place returns which of the members somebody is.
func (w *World) Place(id member.ID) int {
	return slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == id })
}

// Role returns a role as the first member sees it.
func (w *World) Role(key string) draw.View {
	w.Helper()
	v, err := w.Draws.Show(w.Context(), w.Who[0], key)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// Live has the group, which has 14 members and rules of preset B, live through all that roles bring: tellers are drawn and sign a count,
// convenors are elected, somebody is let outside the limits, and a term is ended by petition and vote.
func (w *World) Live() {
	w.Helper()
	w.GiveRoles()
	w.Pass(w.Clock.Now())
	w.drawTellers()
	e := w.electConvenors()
	teller := w.tellers()[0]
	w.must(w.Ballots.SignCount(w.Context(), teller, w.Show(e.Number).ID))
	w.Write(func(tx *db.Tx) error { // as somebody who chose the name would be
		return tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(w.Who[9].Member.Name), w.Who[9].Member.ID).Error
	})
	m, err := w.Roles.ProposeWaiver(w.Context(), w.Who[0], db.Once{}, "convenors", w.Who[9].Member.Name, "Nobody else knows the hall.")
	w.must(err)
	w.carry(m)
	w.EndTerm("convenors", w.Role("convenors").Terms[0])
}

func (w *World) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// drawTellers asks, draws and begins.
func (w *World) drawTellers() {
	w.Helper()
	d := w.Role("tellers").Draw
	for i := 1; i < 5; i++ {
		w.must(w.Draws.Say(w.Context(), w.Who[i], d.Number, draw.Yes))
	}
	w.Pass(d.Closes)
	w.must(w.Draws.ThrowIn(w.Context(), w.Who[1], d.Number, "bread"))
	w.Pass(w.Role("tellers").Draw.At)
	for len(w.tellers()) == 0 {
		w.Pass(w.Clock.Now().Add(24 * time.Hour))
	}
}

// tellers returns who holds that role now.
func (w *World) tellers() (out []member.Actor) {
	for _, t := range w.Role("tellers").Terms {
		if !t.Holds(w.Clock.Now()) {
			continue
		}
		at := slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == t.Member })
		out = append(out, w.Visit(w.Who[at].Person))
	}
	return out
}

// Elections under way, by role.
func (w *World) election(key string) election.View {
	w.Helper()
	all, err := w.Elections.Running(w.Context(), w.Who[0])
	w.must(err)
	for _, e := range all {
		v, err := w.Elections.Show(w.Context(), w.Who[0], e.Number)
		w.must(err)
		if v.Role.Key == key {
			return v
		}
	}
	w.Fatalf("there is no election of %s", key)
	return election.View{}
}

// electConvenors takes an election from nominations to terms.
func (w *World) electConvenors() election.View {
	w.Helper()
	for i := 0; i < 30; i++ {
		if all, err := w.Elections.Running(w.Context(), w.Who[0]); err != nil || len(all) > 0 {
			w.must(err)
			break
		}
		w.Pass(w.Clock.Now().Add(24 * time.Hour))
	}
	v := w.election("convenors")
	for i := 5; i < 8; i++ {
		w.must(w.Elections.Stand(w.Context(), w.Who[i], v.Number, election.Standing{Statement: "I would do it.", Interests: "None."}))
	}
	w.must(w.Elections.Ask(w.Context(), w.Who[0], db.OnceFor(1, "question"), v.Number, "What will you hand over?"))
	asked := w.election("convenors").Questions[0].ID
	w.must(w.Elections.Reply(w.Context(), w.Who[5], v.Number, asked, "A list."))
	w.Pass(v.Until)
	w.Pass(w.election("convenors").Opens)
	for i := range 12 {
		b := w.ShowTo(w.Who[i], v.Number)
		_, err := w.Ballots.Cast(w.Context(), w.Who[i], v.Number, ballot.Vote{Ranking: []int{1 + i%3, 1 + (i+1)%3}, Client: "mine", Basis: b.Basis})
		w.must(err)
	}
	w.Pass(w.Show(v.Number).Closes)
	w.must(w.Elections.Object(w.Context(), w.Who[0], v.Number, "Count again."))
	v = w.election("convenors")
	w.Pass(v.Final)
	w.Pass(v.Starts)
	return v
}

// carry brings a motion that was put forward to its vote and carries it.
func (w *World) carry(m motion.Motion) {
	w.Helper()
	var err error
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.Who[i], m.Number, m.Version)
	}
	w.must(err)
	w.Pass(m.Opens)
	for i := range 10 {
		w.Cast(w.Who[i], m.Number, ballot.For)
	}
	w.Pass(w.Show(m.Number).Closes)
}

// EndTerm has a petition and a vote of ten end a term of a role.
func (w *World) EndTerm(key string, t role.Term) {
	w.Helper()
	p, err := w.Petitions.Start(w.Context(), w.Who[0], t.Ref, "They are not there.")
	w.must(err)
	for i := 1; p.Motion == 0 && i < len(w.Who); i++ {
		w.must(w.Petitions.Sign(w.Context(), w.Who[i], p.Number))
		v, err := w.Petitions.Show(w.Context(), w.Who[0], key, t.Ref)
		w.must(err)
		p = v.Petition
	}
	m, err := w.motion(p.Motion)
	w.must(err)
	w.carry(m)
}

func (w *World) motion(id motion.ID) (m motion.Motion, err error) {
	w.Read(func(tx *db.Tx) error {
		m, err = motion.Get(tx, id)
		return err
	})
	return m, err
}
