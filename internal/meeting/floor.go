package meeting

import (
	"context"
	"slices"

	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// Raised is what somebody raises a hand for.
type Raised struct {
	Kind  floor.Kind
	Side  floor.Side
	Soon  bool   // they ask to be heard sooner
	About string // a rules question: which rule, or what is unfair or unsafe
}

const (
	factSeconds = 30 // a question of fact (practice.md §2.4)
	ruleSeconds = 60
	more        = 30 // seconds more, at a time
	mostMore    = 600
)

// speaks returns how many seconds somebody has. The first who speaks about a proposal as its mover has more.
func speaks(r rulebook.Rules, it Item, h Hand, mover member.ID, turns int) int {
	switch {
	case h.Kind == floor.Fact, h.Kind == floor.Reply:
		return factSeconds
	case h.Kind == floor.Rules:
		return ruleSeconds
	case it.Kind == Proposal && h.Member == mover && turns == 0 && r.SpeechSeconds.Mover > 0:
		return r.SpeechSeconds.Mover
	}
	return r.SpeechSeconds.Other
}

// Raise raises the actor's hand about what the meeting talks about, or says more exactly what they would say. One hand of a kind is up for each. It returns what running
// does, fault.Invalid for what is no kind or side, with the field "about" for a rules question that names no rule, and fault.Conflict for who is not there or
// facilitates, while nothing is talked about, and to speak for others than spokes while there are.
func (s *Service) Raise(ctx context.Context, a member.Actor, number int, r Raised) error {
	if !slices.Contains([]floor.Kind{floor.Rules, floor.Fact, floor.Speak}, r.Kind) || !slices.Contains([]floor.Side{floor.Either, floor.For, floor.Against}, r.Side) {
		return fault.New(fault.Invalid, "meeting.no_hand")
	}
	w := wrongs{}
	if r.About = w.line("about", r.About, MaxPlace, r.Kind == floor.Rules); len(w) > 0 {
		return fault.Form(w)
	}
	return s.running(ctx, a, number, func(in *room) error {
		hands, err := handsOf(in.tx, in.m.ID)
		if err != nil {
			return err
		}
		it, ok := in.item(in.m.Item)
		about, err := in.about()
		switch {
		case err != nil:
			return err
		case !in.isHere(in.a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		case !ok:
			return fault.New(fault.Conflict, "meeting.no_item")
		case r.Kind != floor.Rules && in.chair(about) == in.a.Member.ID:
			return fault.New(fault.Conflict, "meeting.you_facilitate")
		}
		if r.Kind == floor.Speak {
			if err := in.maySpeak(); err != nil {
				return err
			}
		}
		if it.Kind != Proposal || r.Kind != floor.Speak {
			r.Side = floor.Either
		}
		for _, h := range hands {
			if h.Member == in.a.Member.ID && h.Kind == r.Kind && h.State == Up {
				h.Side, h.Soon = r.Side, r.Soon
				return putHand(in.tx, h, Up)
			}
		}
		_, err = insertHand(in.tx, Hand{
			Meeting: in.m.ID, Item: it.ID, Member: in.a.Member.ID, Kind: r.Kind, Side: r.Side, Soon: r.Soon, About: r.About, State: Up, Raised: in.tx.Now,
		})
		return err
	})
}

// Lower takes the actor's hand down. It returns what running does and fault.NotFound for a hand that is not theirs; one that is not up any more stays as it is.
func (s *Service) Lower(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, _ []Hand) error {
		if h.Member != in.a.Member.ID {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if h.State != Up {
			return nil
		}
		h.State, h.Ended = Lowered, in.tx.Now
		if err := putHand(in.tx, h, Up); err != nil || h.Round == 0 {
			return err
		}
		return in.settleRound()
	})
}

// LetFirst lets whoever stands behind the actor on the list go first. It returns what Lower does.
func (s *Service) LetFirst(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, all []Hand) error {
		if h.Member != in.a.Member.ID {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if h.Round != 0 {
			return fault.New(fault.Conflict, "meeting.round.open")
		}
		list, err := in.list(all)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(p floor.Place) bool { return p.ID == h.ID })
		if at < 0 || at+1 >= len(list) {
			return nil
		}
		return insertMove(in.tx, in.m.ID, floor.Move{Hand: h.ID, Other: list[at+1].ID, Behind: true}, true)
	})
}

// Put puts a hand before another on the list, for everybody to see: whoever keeps the list, or facilitates, does that. It returns what running does, fault.Denied for others,
// and fault.NotFound for a hand that is not on the list.
func (s *Service) Put(ctx context.Context, a member.Actor, number int, id, before int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, all []Hand) error {
		if err := in.has(member.Stack, member.Can(in.a, member.Stack, in.tx.Now)); err != nil {
			return err
		}
		if _, open, err := in.roundNow(); err != nil || open {
			if err == nil {
				err = fault.New(fault.Conflict, "meeting.round.open")
			}
			return err
		}
		list, err := in.list(all)
		if err != nil {
			return err
		}
		for _, want := range []int64{h.ID, before} {
			if !slices.ContainsFunc(list, func(p floor.Place) bool { return p.ID == want }) {
				return fault.New(fault.NotFound, "fault.not_found")
			}
		}
		return insertMove(in.tx, in.m.ID, floor.Move{Hand: h.ID, Other: before}, false)
	})
}

// list returns the speakers' list of the item that is talked about; in a round, whose turn is still to come.
func (in *room) list(all []Hand) ([]floor.Place, error) {
	if r, open, err := in.roundNow(); err != nil || open {
		return inRound(r, all), err
	}
	all, err := in.heard(all)
	if err != nil {
		return nil, err
	}
	it, _ := in.item(in.m.Item)
	moves, err := recall(in.looked, "order", func() ([]floor.Move, error) { return movesOf(in.tx, in.m.ID) })
	return Order(it, all, moves, in.tx.Now), err
}

func (s *Service) hand(ctx context.Context, a member.Actor, number int, id int64, do func(*room, Hand, []Hand) error) error {
	return s.running(ctx, a, number, func(in *room) error {
		all, err := handsOf(in.tx, in.m.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(h Hand) bool { return h.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return do(in, all[i], all)
	})
}

// CallNext ends the turn of whoever speaks and calls the next on the list. It names the hand whose turn it ends, 0 for none: where somebody else speaks by now, it was
// pressed twice, and nothing changes. It returns what running does, and fault.Denied for who does not run the list.
func (s *Service) CallNext(ctx context.Context, a member.Actor, number int, ends int64) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.runs(); err != nil {
			return err
		}
		if err := in.sits(); err != nil {
			return err
		}
		_, round, err := in.roundNow()
		if err != nil {
			return err
		}
		all, done, err := in.stop(ends)
		if err != nil || !done {
			return err
		}
		if round {
			if err := in.settleRound(); err != nil { // nobody else may have a turn
				return err
			}
			if _, goes, err := in.roundNow(); err != nil || !goes {
				return err // that was the last turn, and nobody is called from the list unasked
			}
			if all, err = handsOf(in.tx, in.m.ID); err != nil {
				return err
			}
		}
		list, err := in.list(all)
		if err != nil || len(list) == 0 {
			return err
		}
		return in.call(all, list[0].ID)
	})
}

// Hear calls somebody with a rules question, which interrupts. Whoever speaks goes on afterwards if they raise their hand again. It returns what CallNext does, and fault.NotFound for
// what is no such question.
func (s *Service) Hear(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, all []Hand) error {
		if err := in.runs(); err != nil {
			return err
		}
		if h.Kind != floor.Rules || h.State != Up {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if err := in.whole(); err != nil {
			return err
		}
		if err := in.silence(); err != nil {
			return err
		}
		return in.call(all, id)
	})
}

// call has the hand speak.
func (in *room) call(all []Hand, id int64) error {
	i := slices.IndexFunc(all, func(h Hand) bool { return h.ID == id })
	h := all[i]
	it, _ := in.item(h.Item)
	var mover member.ID
	if it.Motion != 0 {
		p, err := motion.Get(in.tx, it.Motion)
		if err != nil {
			return err
		}
		mover = p.Mover
	}
	turns := 0
	for _, o := range all {
		if o.Member == h.Member && o.Item == h.Item && o.Kind == floor.Speak && !o.Began.IsZero() {
			turns++
		}
	}
	h.State, h.Began, h.Seconds = Speaking, in.tx.Now, speaks(in.rules.Rules, it, h, mover, turns)
	if h.Round != 0 {
		r, _, err := in.roundNow()
		if err != nil {
			return err
		}
		h.Seconds = r.Seconds
	}
	return putHand(in.tx, h, Up)
}

// stop ends the turn of the hand. It says no if somebody else's is under way.
func (in *room) stop(ends int64) (all []Hand, done bool, err error) {
	if all, err = handsOf(in.tx, in.m.ID); err != nil {
		return nil, false, err
	}
	i := slices.IndexFunc(all, func(h Hand) bool { return h.State == Speaking })
	if i < 0 {
		return all, ends == 0, nil
	}
	if all[i].ID != ends {
		return all, false, nil
	}
	all[i].State, all[i].Ended = Spoken, in.tx.Now
	if err := putHand(in.tx, all[i], Speaking); err != nil || all[i].Round == 0 {
		return all, true, err
	}
	return all, true, in.settleRound()
}

// silence ends whatever turn is under way.
func (in *room) silence() error {
	all, err := handsOf(in.tx, in.m.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(h Hand) bool { return h.State == Speaking })
	if i < 0 {
		return nil
	}
	_, _, err = in.stop(all[i].ID)
	return err
}

// Finished ends the actor's own turn. It returns what running does; if they do not speak, nothing changes.
func (s *Service) Finished(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, _ []Hand) error {
		if h.Member != in.a.Member.ID {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		_, _, err := in.stop(id)
		return err
	})
}

// More gives whoever speaks half a minute more. Whoever keeps time or facilitates does that. It returns what running does, fault.Denied for others, and fault.Conflict where they have had
// ten minutes.
func (s *Service) More(ctx context.Context, a member.Actor, number int, id int64) error {
	return s.hand(ctx, a, number, id, func(in *room, h Hand, _ []Hand) error {
		if err := in.has(member.KeepTime, member.Can(in.a, member.KeepTime, in.tx.Now)); err != nil {
			return err
		}
		if h.State != Speaking {
			return nil
		}
		if h.Seconds+more > mostMore+in.rules.Rules.SpeechSeconds.Mover {
			return fault.New(fault.Conflict, "meeting.long_enough")
		}
		h.Seconds += more
		return putHand(in.tx, h, Speaking)
	})
}

// why puts into words why somebody stands where they do.
func Why(r floor.Reason) lang.Msg { return lang.M("meeting.why." + string(r)) }
