package meeting

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
)

// Answer is what somebody says in a vote on a move.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// fields names the field of the form in which a reason of procedure.Complete is put right.
var fields = map[procedure.Reason]string{
	procedure.NameRuleOrSafety: "about", procedure.NameMinutes: "move-minutes", procedure.TooManyMinutes: "move-minutes", procedure.NameDate: "move-date",
	procedure.NameExtent: "extent", procedure.NameOrder: "first", procedure.DelaysPower: "first", procedure.StopMoved: "extent",
}

// MakeMove makes a move in the actor's name, with what is named with it. The same form sent again changes nothing. What needs no vote happens at once: enough people are
// counted, or the proposal's vote is asked to be secret. It returns what running does, fault.Invalid for a kind that is not among Built and with fields for what is
// not named with it, and fault.Conflict with the first reason for which it is not in order (procedure.InOrder).
func (s *Service) MakeMove(ctx context.Context, a member.Actor, once db.Once, number int, k procedure.Kind, n Named) error {
	if !slices.Contains(Built(), k) {
		return fault.New(fault.Invalid, "procedure.no."+string(procedure.NoMove))
	}
	return s.running(ctx, a, number, func(in *room) error {
		_, seen, err := in.tx.Seen(once)
		if err != nil || seen {
			return err
		}
		id, err := in.make(k, n)
		if err != nil {
			return err
		}
		return in.tx.Did(once, id)
	})
}

func (in *room) make(k procedure.Kind, n Named) (id int64, err error) {
	st, err := in.standing()
	if err != nil {
		return 0, err
	}
	p, err := in.person(st)
	if err != nil {
		return 0, err
	}
	if no := procedure.InOrder(k, st.Situation, p); len(no) > 0 {
		return 0, &fault.Error{Kind: fault.Conflict, Say: no[0].Say()}
	}
	if k == procedure.Spokes || k == procedure.AllSpeak || k == procedure.ComeBack {
		if err := in.fits(k, st); err != nil {
			return 0, err
		}
	}
	if n, err = in.named(k, n, st); err != nil {
		return 0, err
	}
	mv := Move{
		Group: in.a.Group.ID, Meeting: in.m.ID, Item: in.m.Item, Kind: k, By: in.a.Member.ID, Named: n, Support: 1, State: MovePending, Made: in.tx.Now,
	}
	switch k {
	case procedure.Replace:
		mv.About = st.chair
		if mv.About == 0 {
			return 0, fault.New(fault.Conflict, "meeting.moves.nobody")
		}
	case procedure.Challenge:
		of, _ := in.ruling()
		mv.Of = of.ID
	case procedure.SecretVote:
		it, _ := in.item(in.m.Item)
		return 0, motion.AskSecretIn(in.tx, in.ledger, in.a.Group, it.Motion, in.a.Member.ID)
	case procedure.Quorum:
		return 0, in.countNow(mv)
	}
	if Supporters(k) == 1 {
		mv.Ready = in.tx.Now
	}
	if mv, err = insertProcedure(in.tx, mv); err != nil {
		return 0, err
	}
	if k == procedure.RulesQuestion && mv.Item != 0 {
		if err := in.raiseFor(mv, st.hands); err != nil {
			return 0, err
		}
	}
	return int64(mv.ID), in.noteMade(mv)
}

// raiseFor raises the hand of whoever asks a rules question, so that they are heard.
func (in *room) raiseFor(mv Move, hands []Hand) error {
	up := slices.ContainsFunc(hands, func(h Hand) bool { return h.Member == mv.By && h.Kind == floor.Rules && h.State == Up })
	if up {
		return nil
	}
	_, err := insertHand(in.tx, Hand{
		Meeting: in.m.ID, Item: mv.Item, Member: mv.By, Kind: floor.Rules, Side: floor.Either, About: mv.Rule, State: Up, Raised: in.tx.Now,
	})
	return err
}

func (in *room) noteMade(mv Move) error {
	d := ledger.Data{
		"meeting": in.m.Ref(), "move": int64(mv.ID), "kind": string(mv.Kind), "item": int64(mv.Item), "rule": ledger.Text(mv.Rule), "safety": mv.Safety, "whole": mv.Whole,
		"minutes": mv.Minutes, "first": int64(mv.First), "of": int64(mv.Of), "ready": !mv.Ready.IsZero(),
	}
	if !mv.At.IsZero() {
		d["comes"] = mv.At
	}
	if mv.About != 0 {
		who, err := member.Get(in.tx, mv.About)
		if err != nil {
			return err
		}
		d["about"] = who.Ref
	}
	return in.note("move.made", in.by(), d)
}

// named returns what is named with a move as it is kept, or what is missing in it.
func (in *room) named(k procedure.Kind, n Named, st standing) (Named, error) {
	w := wrongs{}
	out := Named{}
	switch k {
	case procedure.RulesQuestion:
		out.Rule, out.Safety = w.line("about", n.Rule, MaxRule, false), n.Safety
	case procedure.Replace:
		out.Whole, out.Part = n.Whole, n.Part
		if n.Part && !st.Item.Called {
			w["extent"] = procedure.NoItem.Say()
		}
	case procedure.MoreTime:
		out.Minutes, out.Whole = n.Minutes, n.Whole || st.Stopped
		if n.Minutes > mostItemMore {
			w["move-minutes"] = lang.M("meeting.form.minutes", "Min", 1, "Max", mostItemMore)
		}
	case procedure.ComeBack:
		out.At = n.At
		if n.At.After(in.tx.Now.Add(ahead)) {
			w["move-date"] = lang.M("meeting.form.far")
		}
	case procedure.Adjourn:
		out.Minutes, out.At = n.Minutes, n.At
		if !n.At.IsZero() || n.Other {
			out.Minutes = in.length(n.Minutes)
			in.checkNext(w, "sit", n.At, out.Minutes)
		} else if n.Minutes < LeastBreak || n.Minutes > MostBreak {
			w["break-minutes"] = lang.M("meeting.form.minutes", "Min", LeastBreak, "Max", MostBreak)
		}
	case procedure.Reorder:
		out.First = n.First
	case procedure.GoRound:
		out.Minutes = n.Minutes
		if n.Minutes < 1 || n.Minutes > MostTurn {
			w["round-minutes"] = lang.M("meeting.form.minutes", "Min", 1, "Max", MostTurn)
		}
	}
	named := procedure.Named{Rule: out.Rule, Safety: out.Safety, Meeting: out.Whole, Item: out.Part, Minutes: out.Minutes, At: out.At}
	if k == procedure.Adjourn { // a break is until an instant, which follows from its length; another date was looked at
		named.At = in.tx.Now.Add(time.Duration(max(1, out.Minutes)) * time.Minute)
	}
	if k == procedure.GoRound { // whose field has a name of its own
		named.Minutes = max(1, out.Minutes)
	}
	if k == procedure.Reorder {
		was := in.waiting()
		at := slices.IndexFunc(was, func(it Item) bool { return it.ID == out.First })
		named.Order = at > 0
		named.Delays = at > 0 && delays(was, toFront(was, out.First))
	}
	for _, r := range procedure.Complete(k, st.Situation, named, in.tx.Now) {
		if f := fields[r]; w[f].IsZero() {
			w[f] = r.Say()
		}
	}
	out.Part, out.Other = false, false // nothing but the form needs it: what is not for the meeting is for the item
	return out, fault.Form(w)
}

// SupportMove has the actor support a move. Again, or once it is decided, changes nothing. It returns what running does, fault.NotFound for what is no move of
// the meeting, and fault.Conflict for who may not support it.
func (s *Service) SupportMove(ctx context.Context, a member.Actor, number int, id MoveID) error {
	return s.moving(ctx, a, number, id, func(in *room, mv Move, st standing) error {
		p, err := in.person(st)
		if err != nil || mv.State != MovePending {
			return err
		}
		if no := procedure.Supports(mv.Kind, st.Situation, p, mv.By == in.a.Member.ID); len(no) > 0 {
			return &fault.Error{Kind: fault.Conflict, Say: no[0].Say()}
		}
		first, err := addSupport(in.tx, mv.ID, in.a.Member.ID)
		if err != nil || !first {
			return err
		}
		mv.Support++
		if mv.Ready.IsZero() && mv.Support >= Supporters(mv.Kind) {
			mv.Ready = in.tx.Now
		}
		if err := putProcedure(in.tx, mv, MovePending); err != nil {
			return err
		}
		return in.note("move.supported", "", ledger.Data{"meeting": in.m.Ref(), "move": int64(mv.ID), "support": mv.Support, "ready": !mv.Ready.IsZero()})
	})
}

// TakeMoveBack takes back a move that the actor made, before there is a vote on it. It returns what SupportMove does.
func (s *Service) TakeMoveBack(ctx context.Context, a member.Actor, number int, id MoveID) error {
	return s.moving(ctx, a, number, id, func(in *room, mv Move, _ standing) error {
		switch {
		case mv.By != in.a.Member.ID:
			return fault.New(fault.NotFound, "fault.not_found")
		case mv.State != MovePending:
			return nil
		}
		return in.drop(mv, MoveTakenBack, in.by())
	})
}

// PutMove puts a move to the vote of those who are there now. Once it is open, again changes nothing. It returns what SupportMove does, and fault.Denied for who does not run it.
func (s *Service) PutMove(ctx context.Context, a member.Actor, number int, id MoveID) error {
	return s.moving(ctx, a, number, id, func(in *room, mv Move, st standing) error {
		if mv.State == MoveVoting {
			return nil
		}
		if err := in.mayPut(mv, st, in.a.Member.ID); err != nil {
			return err
		}
		if err := in.silence(); err != nil { // their time was over
			return err
		}
		named := procedure.Named{Meeting: mv.Whole, Minutes: mv.Minutes}
		_, mv.Majority = procedure.Needed(mv.Kind, st.Situation, named)
		roll, err := everybodyHere(in.tx, in.m.ID)
		if err != nil {
			return err
		}
		mv.State, mv.Opens, mv.Closes, mv.Entitled = MoveVoting, in.tx.Now, in.tx.Now.Add(MoveVote), len(roll)
		if err := putProcedure(in.tx, mv, MovePending); err != nil {
			return err
		}
		if err := enroll(in.tx, mv.ID, roll); err != nil {
			return err
		}
		return in.note("move.put", in.by(), ledger.Data{
			"meeting": in.m.Ref(), "move": int64(mv.ID), "entitled": mv.Entitled, "opens": mv.Opens, "closes": mv.Closes, "needs": needs(mv.Majority),
		})
	})
}

// AnswerMove keeps the actor's answer in the vote on a move; everybody has one, and the same again changes nothing. When all have answered, the vote closes. It returns what
// SupportMove does, fault.Invalid for what is no answer, and fault.Conflict from the instant on at which the vote closes, for who came after it opened, for whom somebody else
// noted as there, and for another answer than the first.
func (s *Service) AnswerMove(ctx context.Context, a member.Actor, number int, id MoveID, say Answer) error {
	if say != Yes && say != No {
		return fault.New(fault.Invalid, "meeting.moves.no_answer")
	}
	return s.quietly(ctx, a, number, func(in *room) error {
		mv, ok := in.move(id)
		if !ok {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if mv.State != MoveVoting || !in.tx.Now.Before(mv.Closes) {
			return fault.New(fault.Conflict, "meeting.moves.closed")
		}
		if in.here[in.a.Member.ID].Paper {
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		first, err := answer(in.tx, mv.ID, in.a.Member.ID, say)
		if err != nil {
			return err
		}
		if !first {
			_, mine, err := ofMine(in.tx, in.m.ID, in.a.Member.ID)
			switch had, on := mine[mv.ID]; {
			case err != nil:
				return err
			case !on:
				return fault.New(fault.Conflict, "meeting.moves.not_on_roll")
			case had != say:
				return fault.New(fault.Conflict, "meeting.moves.answered")
			}
			return nil
		}
		_, _, none, err := answers(in.tx, mv.ID)
		if err != nil || none > 0 {
			return err
		}
		return in.decide(mv)
	})
}

// RuleMove gives the ruling on a rules question in the actor's name, with the rule from which it follows. A question that is ruled on stays as it is. It returns what SupportMove
// does, fault.Denied for who does not facilitate, and fault.Invalid with the fields "ruling" and "ruling-rule".
func (s *Service) RuleMove(ctx context.Context, a member.Actor, number int, id MoveID, ruling, rule string) error {
	w := wrongs{}
	ruling, rule = w.line("ruling", ruling, MaxRuling, true), w.line("ruling-rule", rule, MaxRule, true)
	if err := fault.Form(w); err != nil {
		return err
	}
	return s.moving(ctx, a, number, id, func(in *room, mv Move, st standing) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		switch {
		case mv.Kind != procedure.RulesQuestion:
			return fault.New(fault.NotFound, "fault.not_found")
		case mv.State != MovePending:
			return nil
		}
		mv.State, mv.Decided, mv.Ruling, mv.RuledBy = MoveRuled, in.tx.Now, ruling, rule
		if err := putProcedure(in.tx, mv, MovePending); err != nil {
			return err
		}
		for _, h := range st.hands {
			if h.Kind == floor.Rules && h.Member == mv.By && h.State == Up {
				h.State, h.Ended = Lowered, in.tx.Now
				if err := putHand(in.tx, h, Up); err != nil {
					return err
				}
			}
		}
		return in.note("move.ruled", in.by(), ledger.Data{
			"meeting": in.m.Ref(), "move": int64(mv.ID), "ruling": ledger.Text(ruling), "rule": ledger.Text(rule),
		})
	})
}

// Said notes that whoever facilitates has read out a part of the script: of a move, of the item that is talked about, or of the meeting. It returns what running does, fault.Denied for who does
// not facilitate or run the vote on the move, and fault.Invalid for what is no part of the script.
func (s *Service) Said(ctx context.Context, a member.Actor, number int, id MoveID, c script.Cue) error {
	if len(c) > 40 || line.Tidy(string(c)) != string(c) || c == "" {
		return fault.New(fault.Invalid, "meeting.moves.no_cue")
	}
	return s.running(ctx, a, number, func(in *room) error {
		st, err := in.standing()
		if err != nil {
			return err
		}
		mv, ok := in.move(id)
		me := in.a.Member.ID
		if st.chair != me && (!ok || in.runner(mv, st) != me) {
			return fault.New(fault.Denied, "meeting.not_facilitating")
		}
		switch {
		case ok:
			return putSaid(in.tx, in.m.ID, saidOfMove(mv.ID), c)
		case id != 0:
			return fault.New(fault.NotFound, "fault.not_found")
		case ofMeeting(c) || in.m.Item == 0:
			return putSaid(in.tx, in.m.ID, "", c)
		}
		return putSaid(in.tx, in.m.ID, saidOfItem(in.m.Item), c)
	})
}

// moving runs what a member does with a move of a meeting under way.
func (s *Service) moving(ctx context.Context, a member.Actor, number int, id MoveID, do func(*room, Move, standing) error) error {
	return s.running(ctx, a, number, func(in *room) error {
		mv, ok := in.move(id)
		if !ok {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		st, err := in.standing()
		if err != nil {
			return err
		}
		return do(in, mv, st)
	})
}

// settle counts the vote on a move whose time is over.
func (in *room) settle() error {
	if err := in.settleTogether(); err != nil {
		return err
	}
	for _, mv := range in.moves {
		if mv.State == MoveVoting && !in.tx.Now.Before(mv.Closes) {
			return in.decide(mv)
		}
	}
	return nil
}

// decide counts the vote on a move and has what it asks for happen if it is carried. Who voted how is gone then.
func (in *room) decide(mv Move) error {
	yes, no, _, err := answers(in.tx, mv.ID)
	if err != nil {
		return err
	}
	res, err := tally.Majority(tally.Votes{For: int64(yes), Against: int64(no), Entitled: int64(mv.Entitled)}, mv.Majority, 0)
	if err != nil {
		return err
	}
	if err := forgetVotes(in.tx, mv.ID); err != nil {
		return err
	}
	mv.For, mv.Against, mv.State, mv.Decided = yes, no, MoveLost, in.tx.Now
	d := ledger.Data{"meeting": in.m.Ref(), "move": int64(mv.ID), "for": yes, "against": no}
	if res.Outcome == tally.Carried {
		mv.State = MoveCarried
		in.replace(mv) // the item may end by it, and what is open falls with it
		if err := in.carryOut(&mv, d); err != nil {
			return err
		}
	}
	d["how"] = string(mv.State)
	if err := putProcedure(in.tx, mv, MoveVoting); err != nil {
		return err
	}
	in.replace(mv)
	in.tell()
	return in.note("move.decided", "", d)
}

// replace has the room know a move as it is stored.
func (in *room) replace(mv Move) {
	for i := range in.moves {
		if in.moves[i].ID == mv.ID {
			in.moves[i] = mv
		}
	}
}

// drop ends a move on which nobody votes any more.
func (in *room) drop(mv Move, how MoveState, by string) error {
	was := mv.State
	mv.State, mv.Decided = how, in.tx.Now
	if err := forgetVotes(in.tx, mv.ID); err != nil {
		return err
	}
	if err := putProcedure(in.tx, mv, was); err != nil {
		return err
	}
	in.replace(mv)
	return in.note("move.decided", by, ledger.Data{"meeting": in.m.Ref(), "move": int64(mv.ID), "how": string(how)})
}

// lapse ends the moves that are open and whose time is over.
func (in *room) lapse(over func(Move) bool) error {
	for _, mv := range slices.Clone(in.moves) {
		if mv.IsOpen() && over(mv) {
			if err := in.drop(mv, MoveLapsed, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
