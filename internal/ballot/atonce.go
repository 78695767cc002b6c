package ballot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/token"
)

// AtOnce is the method of a call on one sentence among people who are together (practice.md §2.16, "Decide now"): all who answer agree, and enough do, or it stays an
// ordinary proposal. It is held in no meeting; on its roll is everybody who may vote, so that whoever was not there stands in it as not heard from.
const AtOnce = "at_once"

// AtOnceTime is how long such a call waits for those who are there. It closes sooner once everybody on the roll has answered.
const AtOnceTime = 2 * time.Minute

// AtOnceMost is in how large a group people decide so: in larger ones not everybody is in one room (practice.md §2.16, §2.3.9: "A only").
const AtOnceMost = 7

// IsAtOnce says whether the ballot is a call on one sentence among people who are together.
func (c Contest) IsAtOnce() bool { return c.Method == AtOnce }

// atOnceRule is when it is agreed: one concern is enough that it is not.
func atOnceRule(quorum int) tally.ConsensusRule {
	return tally.ConsensusRule{AsideNum: 0, AsideDen: 1, Blocks: 1, Quorum: int64(quorum)}
}

// Answerable says whether the call takes the answer. Who has a concern in a call at once stands against it, with or without words.
func (c Contest) Answerable(r agree.Response) bool {
	return !c.IsAtOnce() || r == agree.Yes || r == agree.Aside
}

// Called returns what an answer to the call is called.
func (c Contest) Called(r agree.Response) lang.Msg {
	if c.IsAtOnce() && r == agree.Aside {
		return lang.M("decide.concern")
	}
	return r.Name()
}

// Line returns what the record prints of a counted call.
func (b Ballot) Line() lang.Msg {
	if b.IsAtOnce() {
		return lang.M("decide.line", "Agree", b.Answers.Agree, "Concern", b.Answers.Aside, "Silent", b.Answers.Silent())
	}
	return agree.Line(b.Answers)
}

// MayDecideAtOnce returns nil if a group with so many members can decide at once by its rules, or fault.Conflict with the reason. Whether something can be decided in a minute
// by those who are there is a rule: the group looks for agreement, and whoever was not there has days in which to raise a concern.
func MayDecideAtOnce(g member.Group, r rulebook.Rules, members int) error {
	switch {
	case g.Forming() || !g.Archived.IsZero():
		return fault.New(fault.Conflict, "decide.no.forming")
	case members > AtOnceMost:
		return fault.New(fault.Conflict, "decide.no.large", "Most", AtOnceMost)
	case r.DecideDefault != rulebook.Consensus:
		return fault.New(fault.Conflict, "decide.no.rules")
	case r.Consensus.AbsenteeDays < 1:
		return fault.New(fault.Conflict, "decide.no.absent")
	case r.TableSupport(members) > 1:
		return fault.New(fault.Conflict, "decide.no.support")
	}
	return nil
}

// DecideNow puts a sentence before the group in the actor's name and calls on it at once: for two minutes, or until everybody on the roll has answered (practice.md §2.16).
// The same form sent again changes nothing. It returns fault.NotFound for who is no member, fault.Denied for who may not vote yet, fault.Invalid with the field "sentence",
// and fault.Conflict where the group does not decide so, and while another such call is open.
func (s *Service) DecideNow(ctx context.Context, a member.Actor, once db.Once, sentence string) (m motion.Motion, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		id, seen, err := tx.Seen(once)
		if err != nil {
			return err
		}
		if seen {
			m, err = motion.Get(tx, motion.ID(id))
			return err
		}
		at, err := spotFor(tx, a)
		if err == nil && at.Open != 0 {
			err = fault.New(fault.Conflict, "decide.no.open")
		}
		if err != nil {
			return err
		}
		if m, err = motion.PutAtOnce(tx, s.ledger, a, sentence); err != nil {
			return err
		}
		if err := s.callAtOnce(tx, a, m); err != nil {
			return err
		}
		return tx.Did(once, int64(m.ID))
	})
	return m, err
}

// Spot is how a group decides at once now.
type Spot struct {
	Days int // in which whoever was not there can object
	Open int // the number of the motion that is being decided on so; 0: none
}

// MayDecideNow says how the actor can have those who are there decide at once. It returns fault.NotFound for who is no member, and what DecideNow does where nobody can, or
// the actor cannot.
func (s *Service) MayDecideNow(ctx context.Context, a member.Actor) (at Spot, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		at, err = spotFor(tx, a)
		return err
	})
	return at, err
}

func spotFor(tx *db.Tx, a member.Actor) (at Spot, err error) {
	if !a.IsMember() {
		return at, fault.New(fault.NotFound, "fault.not_found")
	}
	v, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return at, err
	}
	all, err := member.RollAt(tx, a.Group.ID, tx.Now, 0)
	if err != nil {
		return at, err
	}
	if err := MayDecideAtOnce(a.Group, v.Rules, len(all)); err != nil {
		return at, err
	}
	votes, err := member.MayVoteAt(tx, a.Member.ID, tx.Now, time.Duration(v.Rules.VotingWaitDays)*day)
	if err == nil && !votes {
		err = fault.New(fault.Denied, "decide.no.newcomer")
	}
	if err != nil {
		return at, err
	}
	at.Days = v.Rules.Consensus.AbsenteeDays
	at.Open, err = openAtOnce(tx, a.Group.ID)
	return at, err
}

// callAtOnce opens the call on the sentence in the transaction that puts it forward.
func (s *Service) callAtOnce(tx *db.Tx, a member.Actor, m motion.Motion) error {
	g, v, err := setting(tx, m.Group, m.Rulebook)
	if err != nil {
		return err
	}
	b := Ballot{
		Contest: Contest{Method: AtOnce, Seats: 1}, Ref: token.Ref("b_"), Group: g.ID, Motion: m.ID, Version: m.Version, Round: 1, Receipts: NoReceipt,
		Opens: tx.Now, Closes: tx.Now.Add(AtOnceTime), Planned: tx.Now.Add(AtOnceTime), Rulebook: v.Number,
	}
	roll, err := s.fix(tx, &b, g, v.Rules, nil)
	if errors.Is(err, errFew) {
		return fault.New(fault.Conflict, "decide.no.few")
	}
	if err != nil {
		return err
	}
	if b, err = insert(tx, b, 0); err != nil {
		return fmt.Errorf("insert ballot: %w", err)
	}
	// If they do not agree, the vote online opens when it would have.
	if err := motion.SetState(tx, m.ID, motion.Tabled, motion.Voting, motion.Times{Closes: b.Closes}); err != nil {
		return err
	}
	if err := s.noteOpened(tx, g, m, b, roll, nil, a.Member.Ref); err != nil {
		return err
	}
	// Who writes a sentence to be decided on agrees to it, until they say otherwise.
	if err := putOpenVote(tx, b.ID, a.Member.ID, choiceOf(agree.Yes)); err != nil {
		return err
	}
	return putAnswer(tx, b.ID, a.Member.ID, agree.Answer{Response: agree.Yes})
}
