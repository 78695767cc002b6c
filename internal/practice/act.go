package practice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/feeling"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
)

// deed is something that one of the invented people is about to do.
type deed struct {
	at    time.Time
	who   string
	do    func(ctx context.Context, a member.Actor) error
	tries int // how often it is tried again if it cannot be done yet
}

// again is how long after a deed that could not be done yet it is tried again.
const again = 6 * time.Second

// Act has the invented people do what they are about to, and see what has happened meanwhile. Calls at the same time wait for each other.
func (h *Hall) Act(ctx context.Context) error {
	h.acting.Lock()
	defer h.acting.Unlock()
	if err := h.Tick(ctx); err != nil {
		return err
	}
	if err := h.look(ctx); err != nil {
		return err
	}
	var errs []error
	now := h.Now()
	due := h.deeds
	h.deeds = nil
	for _, d := range due {
		if d.at.After(now) {
			h.deeds = append(h.deeds, d)
			continue
		}
		a, err := h.actorOf(ctx, d.who)
		if err == nil {
			err = d.do(ctx, a)
		}
		switch k := fault.KindOf(err); {
		case err == nil:
		case k == fault.Conflict && d.tries > 0:
			d.tries--
			d.at = now.Add(again)
			h.deeds = append(h.deeds, d)
		case k == fault.Conflict, k == fault.Denied, k == fault.NotFound: // the meeting has gone on meanwhile
		default:
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// plan has somebody do something so many seconds from now, once under the name.
func (h *Hall) plan(name string, from, to int, who string, tries int, do func(ctx context.Context, a member.Actor) error) {
	if h.planned[name] {
		return
	}
	h.planned[name] = true
	wait := time.Duration(from) * time.Second
	if to > from {
		wait += time.Duration(h.chance.IntN((to-from)*1000)) * time.Millisecond
	}
	h.deeds = append(h.deeds, deed{h.Now().Add(wait), who, do, tries})
}

// name returns which of the invented people a member is; "" for whoever practises.
func (h *Hall) name(v meeting.View, id member.ID) string {
	m, ok := v.People[id]
	if !ok {
		return ""
	}
	for n, p := range h.cast {
		if p == m.Person {
			return n
		}
	}
	return ""
}

// look sees what has happened in the meeting, and plans what follows from it. It is one of the invented people who looks, so nothing is known that they
// could not know.
func (h *Hall) look(ctx context.Context) error {
	a, err := h.actorOf(ctx, joins)
	if err != nil {
		return err
	}
	v, err := h.Meetings.Show(ctx, a, h.Number)
	if err != nil {
		return err
	}
	switch {
	case v.State == meeting.Called && v.Willing[meeting.Facilitates] > 0:
		h.plan("second", 0, 0, second, 0, func(ctx context.Context, a member.Actor) error {
			return h.Meetings.Would(ctx, a, h.Number, []meeting.Job{meeting.Facilitates})
		})
	case v.State == meeting.Session:
		h.speak(v)
		h.argue(v)
		h.vote(v)
		h.feel(v)
		h.write(v)
		h.giveBack(v)
	}
	return nil
}

// raise plans a hand.
func (h *Hall) raise(it meeting.Item, from, to int, who string, k floor.Kind, s floor.Side, soon bool) {
	h.plan(fmt.Sprintf("hand %d %s %s", it.ID, who, k), from, to, who, 0, func(ctx context.Context, a member.Actor) error {
		return h.Meetings.Raise(ctx, a, h.Number, meeting.Raised{Kind: k, Side: s, Soon: soon})
	})
}

// speak has people raise hands about what is talked about, and end their turns; Gus does not end his.
func (h *Hall) speak(v meeting.View) {
	if it := v.Current; it.ID != 0 && !h.planned[fmt.Sprintf("item %d", it.ID)] {
		h.planned[fmt.Sprintf("item %d", it.ID)] = true
		h.hands(v, it)
	}
	if v.Speaker.ID == 0 {
		return
	}
	who := h.name(v, v.Speaker.Member)
	from, to := 25, 45
	switch {
	case v.Speaker.Round != 0: // a whole round is to be over in some minutes
		from, to = 6, 12
	case who == talks:
		from, to = 200, 200
	}
	if who != "" {
		id := v.Speaker.ID
		h.plan(fmt.Sprintf("turn %d", id), from, to, who, 0, func(ctx context.Context, a member.Actor) error {
			return h.Meetings.Finished(ctx, a, h.Number, id)
		})
	}
}

// hands has people raise theirs about an item that has just begun.
func (h *Hall) hands(v meeting.View, it meeting.Item) {
	if it.Motion == 0 {
		h.raise(it, 1, 4, asks, floor.Speak, floor.Either, false)
		h.raise(it, 4, 8, talks, floor.Speak, floor.Either, false)
		h.raise(it, 8, 12, "Kofi", floor.Fact, floor.Either, false)
		h.raise(it, 14, 20, mover2, floor.Speak, floor.Either, true)
		return
	}
	mover := h.name(v, v.Motions[it.Motion].Mover)
	h.raise(it, 1, 3, mover, floor.Speak, floor.For, false)
	if mover == mover1 {
		h.raise(it, 3, 8, talks, floor.Speak, floor.Against, false)
		h.raise(it, 6, 12, joins, floor.Speak, floor.For, false)
		h.raise(it, 14, 18, "Kofi", floor.Fact, floor.Either, false)
		h.raise(it, 18, 26, mover2, floor.Speak, floor.Against, true)
		h.plan("rules question", 30, 36, asks, 3, func(ctx context.Context, a member.Actor) error {
			return h.Meetings.MakeMove(ctx, a, db.Once{}, h.Number, procedure.RulesQuestion, meeting.Named{Rule: h.voice().T("practice.rules_question")})
		})
		return
	}
	h.raise(it, 3, 8, doubts, floor.Speak, floor.Against, false)
	h.raise(it, 6, 12, "Emeka", floor.Speak, floor.For, false)
	h.raise(it, 14, 20, mover1, floor.Speak, floor.Against, false)
	h.plan("vote now", 60, 70, hurry, 20, func(ctx context.Context, a member.Actor) error {
		return h.Meetings.MakeMove(ctx, a, db.Once{}, h.Number, procedure.VoteNow, meeting.Named{})
	})
}

// argue has people challenge the first ruling, support moves, run those votes that are theirs to run, and answer in them.
func (h *Hall) argue(v meeting.View) {
	if v.Challengeable {
		h.plan("challenge", 5, 9, doubts, 1, func(ctx context.Context, a member.Actor) error {
			return h.Meetings.MakeMove(ctx, a, db.Once{}, h.Number, procedure.Challenge, meeting.Named{})
		})
	}
	for _, mv := range v.Moves {
		id := mv.ID
		runner := h.name(v, mv.Runner)
		switch {
		case mv.State == meeting.MoveVoting:
			for i, n := range people() {
				say := meeting.Yes
				if mv.Kind == procedure.Challenge && i%3 != 0 { // most think that the ruling was fair
					say = meeting.No
				}
				h.plan(fmt.Sprintf("answer %d %s", id, n), 2, 14, n, 0, func(ctx context.Context, a member.Actor) error {
					return h.Meetings.AnswerMove(ctx, a, h.Number, id, say)
				})
			}
		case mv.State != meeting.MovePending:
		case mv.Ready.IsZero():
			who := joins
			if h.name(v, mv.By) == joins {
				who = asks
			}
			h.plan(fmt.Sprintf("support %d", id), 3, 6, who, 3, func(ctx context.Context, a member.Actor) error {
				return h.Meetings.SupportMove(ctx, a, h.Number, id)
			})
		case runner != "" && procedure.Votes(mv.Kind, mv.Own) != procedure.Nobody:
			h.plan(fmt.Sprintf("put %d", id), 8, 12, runner, 20, func(ctx context.Context, a member.Actor) error {
				return h.Meetings.PutMove(ctx, a, h.Number, id)
			})
		}
	}
}

// vote has people vote on the proposal that is talked about, while the vote is open. The first is carried, the second is not by much.
func (h *Hall) vote(v meeting.View) {
	m, ok := v.Motions[v.Current.Motion]
	if !ok || m.State != motion.Voting {
		return
	}
	for i, n := range people() {
		choice := ballot.For
		switch {
		case h.name(v, m.Mover) == mover1 && i%4 == 3, h.name(v, m.Mover) == mover2 && i%2 == 0:
			choice = ballot.Against
		case i == len(people())-1:
			choice = ballot.Abstain
		}
		h.plan(fmt.Sprintf("vote %d %s", m.Number, n), 3, 20, n, 0, func(ctx context.Context, a member.Actor) error {
			b, err := h.Ballots.Show(ctx, a, m.Number)
			if err != nil {
				return err
			}
			_, err = h.Ballots.Cast(ctx, a, m.Number, ballot.Vote{Choice: choice, Client: n, Basis: b.Basis})
			return err
		})
	}
}

// feel has people show how they feel while that is asked; most are in favour.
func (h *Hall) feel(v meeting.View) {
	f := v.Together.Feeling
	if f.ID == 0 {
		return
	}
	for i, n := range people() {
		p := feeling.Points()[i%4]
		h.plan(fmt.Sprintf("feeling %d %s", f.ID, n), 2, 14, n, 0, func(ctx context.Context, a member.Actor) error {
			return h.Meetings.ShowFeeling(ctx, a, h.Number, f.ID, p)
		})
	}
}

// write has whoever takes notes write some.
func (h *Hall) write(v meeting.View) {
	for _, t := range v.Terms {
		who := h.name(v, t.Member)
		if t.Job != meeting.Notes || t.Shadow || !t.Runs(v.Now) || who == "" || v.Current.ID == 0 {
			continue
		}
		item, said := v.Current.ID, "practice.notes.talk"
		if v.Current.Motion != 0 {
			said = "practice.notes.proposal"
		}
		h.plan(fmt.Sprintf("notes %d", item), 20, 30, who, 0, func(ctx context.Context, a member.Actor) error {
			_, _, err := h.Minutes.Save(ctx, a, h.Number, item, 0, h.voice().T(said))
			return err
		})
	}
}

// giveBack has whoever was handed the facilitation hand it back after a while: it is not they who practise.
func (h *Hall) giveBack(v meeting.View) {
	i := slices.IndexFunc(v.Terms, func(t meeting.Term) bool {
		return t.Job == meeting.Facilitates && !t.Shadow && t.Runs(v.Now) && h.name(v, t.Member) != ""
	})
	if i < 0 {
		return
	}
	t := v.Terms[i]
	h.plan("give back "+t.Ref, 30, 30, h.name(v, t.Member), 10, func(ctx context.Context, a member.Actor) error {
		me, _, err := h.Members.Visit(ctx, h.person, Slug)
		if err != nil {
			return err
		}
		err = h.Meetings.HandOver(ctx, a, h.Number, meeting.Facilitates, me.Member.ID)
		if fault.KindOf(err) == fault.Invalid { // they are not there
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		return err
	})
}

// voice is in which language the group writes.
func (h *Hall) voice() *lang.Voice { return h.Words.Voice(h.group.Lang) }
