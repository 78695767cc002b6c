package meeting

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/feeling"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
)

// MaxQuestion is how long the question of a show of feeling can be.
const MaxQuestion = 200

// FeelingID names a show of feeling.
type FeelingID int64

// FeelingState is how far a show of feeling is.
type FeelingState string

// The states.
const (
	FeelingOpen    FeelingState = "open"
	FeelingShown   FeelingState = "shown"
	FeelingFew     FeelingState = "few"     // too few have answered for anything to be told
	FeelingStopped FeelingState = "stopped" // the item ended before
)

// Feeling is a show of feeling about an item (practice.md §2.5.5: temperature check). It is no vote.
type Feeling struct {
	ID       FeelingID
	Group    member.GroupID
	Meeting  ID
	Item     ItemID
	By       member.ID // who facilitated
	Question string    // "": none of its own
	State    FeelingState
	Opens    time.Time
	Closes   time.Time
	Ended    time.Time
	Sum      feeling.Sum // nothing until it is shown
}

// AskFeeling has those who are there show how they feel about what is talked about, for half a minute. Without a question it is asked how they feel about it. The same form sent again changes nothing. It
// returns what running does, fault.Denied for who does not facilitate, fault.Invalid with the field "question", and fault.Conflict while nothing is talked about, and while something else comes first.
func (s *Service) AskFeeling(ctx context.Context, a member.Actor, once db.Once, number int, question string) error {
	w := wrongs{}
	question = w.line("question", question, MaxQuestion, false)
	if err := fault.Form(w); err != nil {
		return err
	}
	return s.jointly(ctx, a, once, number, func(in *room) (int64, error) {
		if err := in.mayGather(procedure.Feeling); err != nil {
			return 0, err
		}
		if err := in.silence(); err != nil { // their time was over
			return 0, err
		}
		if err := in.gathered(procedure.Feeling); err != nil {
			return 0, err
		}
		f, err := insertFeeling(in.tx, Feeling{
			Group: in.a.Group.ID, Meeting: in.m.ID, Item: in.m.Item, By: in.a.Member.ID, Question: question, State: FeelingOpen, Opens: in.tx.Now,
			Closes: in.tx.Now.Add(feeling.Window),
		})
		if err != nil {
			return 0, err
		}
		return int64(f.ID), in.note("feeling.asked", in.by(), ledger.Data{
			"meeting": in.m.Ref(), "feeling": int64(f.ID), "item": int64(f.Item), "question": ledger.Text(question), "opens": f.Opens, "closes": f.Closes,
		})
	})
}

// ShowFeeling keeps how the actor feels, in place of what they said before. Nobody is told. It returns what running does, fault.Invalid for what is no point, fault.NotFound for what is no show of feeling
// of the meeting, and fault.Conflict for who is not there, and from the instant on at which it closes.
func (s *Service) ShowFeeling(ctx context.Context, a member.Actor, number int, id FeelingID, p feeling.Point) error {
	if !p.Is() {
		return fault.New(fault.Invalid, "meeting.feeling.no_point")
	}
	return s.quietly(ctx, a, number, func(in *room) error {
		j, err := in.joint()
		if err != nil {
			return err
		}
		f, open := j.feeling()
		known := false
		for _, o := range j.feelings {
			known = known || o.ID == id
		}
		switch {
		case !known:
			return fault.New(fault.NotFound, "fault.not_found")
		case !open || f.ID != id:
			return fault.New(fault.Conflict, "meeting.feeling.closed")
		case !in.isHere(in.a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		}
		return putFeelingAnswer(in.tx, f.ID, in.a.Member.ID, p)
	})
}

// DeclineMove has whoever facilitates not do now what somebody asked them for. Once it is decided, again changes nothing. It returns what SupportMove does, fault.Denied for who does not facilitate, and
// fault.NotFound for what is not theirs to decide.
func (s *Service) DeclineMove(ctx context.Context, a member.Actor, number int, id MoveID) error {
	return s.moving(ctx, a, number, id, func(in *room, mv Move, _ standing) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		switch {
		case mv.Kind != procedure.Feeling:
			return fault.New(fault.NotFound, "fault.not_found")
		case mv.State != MovePending:
			return nil
		}
		return in.drop(mv, MoveDeclined, in.by())
	})
}

// addUp adds up what people have answered, if enough have. Who answered what is gone then.
func (in *room) addUp(f Feeling) error {
	all, err := feelingAnswers(in.tx, f.ID)
	if err != nil {
		return err
	}
	sum, how := feeling.Count(all), FeelingFew
	if sum.Shown(in.rules.Rules.KAnonymity) {
		f.Sum, how = sum, FeelingShown
	}
	return in.endFeeling(f, how)
}

// endFeeling ends a show of feeling.
func (in *room) endFeeling(f Feeling, how FeelingState) error {
	if err := forgetFeelings(in.tx, f.ID); err != nil {
		return err
	}
	f.State, f.Ended = how, in.tx.Now
	if err := putFeeling(in.tx, f); err != nil {
		return err
	}
	in.jointly = nil
	in.tell()
	d := ledger.Data{"meeting": in.m.Ref(), "feeling": int64(f.ID), "how": string(how)}
	if how == FeelingShown {
		for i, name := range pointColumns {
			d[name] = f.Sum[i]
		}
	}
	return in.note("feeling.ended", "", d)
}

// FeelingsOf returns the shows of feeling of a meeting that are over, as they were.
func FeelingsOf(tx *db.Tx, m ID) (out []Feeling, err error) {
	all, err := feelingsOf(tx, m)
	for _, f := range all {
		if f.State != FeelingOpen {
			out = append(out, f)
		}
	}
	return out, err
}
