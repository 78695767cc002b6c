package ballot

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// AtOnceMostADay is how many sentences one member puts to the others so in 24 hours: more than a crew decides at one table, and few enough that nobody floods what is on its way.
const AtOnceMostADay = 10

// atOnceAgain is for how long whoever wrote a sentence can put it to the others again where too few of them answered.
const atOnceAgain = 24 * time.Hour

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
// Where too few answered its writer's call on the same words within a day, that is made again on the same proposal. The same form sent again changes nothing.
//
// It returns fault.NotFound for who is no member, fault.Denied for who may not vote yet, and fault.Conflict where the group does not decide so, while another such call is
// open, and for who has asked very often today. It returns fault.Invalid with the field "sentence", also for one that is the matter of a proposal on its way or of a
// decision that others can still stop, and for one that was not agreed within the days in which the same matter is not taken up again (practice.md §2.3.3).
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
		m, err = s.sameMatter(tx, a, sentence)
		if err == nil && m.ID == 0 {
			m, err = motion.PutAtOnce(tx, s.ledger, a, sentence)
		}
		if err != nil {
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
	asked := 0
	at.Open, asked, err = spots(tx, a)
	if err == nil && at.Open == 0 && asked >= AtOnceMostADay {
		err = fault.New(fault.Conflict, "decide.no.often", "Most", AtOnceMostADay)
	}
	return at, err
}

// sameMatter looks for what has the matter of the sentence already. It returns the motion on which the actor can have those who are there called again; the zero Motion if
// nothing stands against a new one; and otherwise fault.Invalid with the field "sentence".
func (s *Service) sameMatter(tx *db.Tx, a member.Actor, sentence string) (again motion.Motion, err error) {
	v, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return again, err
	}
	provisional, err := s.provisional(tx, a.Group.ID)
	if err != nil {
		return again, err
	}
	bar := time.Duration(v.Rules.ResubmitDays) * day
	all, err := motion.Saying(tx, a.Group.ID, sentence, tx.Now.Add(-bar), provisional)
	if err != nil {
		return again, err
	}
	stands := func(id string, m motion.Motion) error {
		return fault.Form(map[string]lang.Msg{"sentence": lang.M(id, "Number", m.Number, "At", m.Ended.Add(bar))})
	}
	for _, m := range all {
		if slices.Contains(provisional, m.ID) {
			return again, stands("decide.same.provisional", m)
		}
		rounds, err := Of(tx, m.ID)
		switch {
		case err != nil:
			return again, err
		case !m.IsOver() && mayCallAgain(m, v.Rules, rounds, a.Member.ID, tx.Now):
			again = m
		case !m.IsOver():
			return again, stands("decide.same.on_its_way", m)
		case m.State != motion.Carried && slices.ContainsFunc(rounds, func(b Ballot) bool { return b.IsCounted() && !b.tooFew() }):
			return again, stands("decide.same.lately", m)
		}
	}
	return again, nil
}

// mayCallAgain says whether its writer can put a sentence to the others again, of which those are the rounds.
func mayCallAgain(m motion.Motion, r rulebook.Rules, rounds []Ballot, who member.ID, now time.Time) bool {
	return len(rounds) > 0 && !m.Secret(r) && rounds[len(rounds)-1].MayAskAgain(m, who, now)
}

// MayAskAgain says whether the member, who wrote the motion, can put it to those who are there again after this call, the last on it: today too few answered, and it waits
// for nothing but the vote online. DecideNow refuses it all the same if somebody has asked for a secret vote.
func (b Ballot) MayAskAgain(m motion.Motion, who member.ID, now time.Time) bool {
	return b.IsAtOnce() && b.Outcome == tally.Inquorate && b.Version == m.Version &&
		m.Mover == who && m.StateAt(now) == motion.Tabled && m.LeaveAsked.IsZero() && now.Before(m.Tabled.Add(atOnceAgain))
}

// OnSpot has the service ask, before a sentence is put to those who are together, on which motions of a group decisions are provisional.
func (s *Service) OnSpot(provisional func(tx *db.Tx, g member.GroupID) ([]motion.ID, error)) {
	s.provisional = provisional
}

// callAtOnce opens the call on the sentence in the transaction that puts it forward, or has it asked again.
func (s *Service) callAtOnce(tx *db.Tx, a member.Actor, m motion.Motion) error {
	g, v, err := setting(tx, m.Group, m.Rulebook)
	if err != nil {
		return err
	}
	b := Ballot{
		Contest: Contest{Method: AtOnce, Seats: 1}, Ref: token.Ref("b_"), Group: g.ID, Motion: m.ID, Version: m.Version, Receipts: NoReceipt,
		Opens: tx.Now, Closes: tx.Now.Add(AtOnceTime), Planned: tx.Now.Add(AtOnceTime), Rulebook: v.Number,
	}
	if b.Round, err = nextRound(tx, m.ID); err != nil {
		return err
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
