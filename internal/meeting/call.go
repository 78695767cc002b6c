package meeting

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
)

// CallForAgreement calls for agreement on the proposal that the meeting talks about, with exactly its text (practice.md §2.7), where the rules decide by agreement. Those who are
// here say on their phones that they agree, stand aside or block, for as long as the room has, or until all have answered. A call that comes to no agreement brings
// the proposal back to its draft: it can be called on again, or put to the vote, but while people try to resolve a block only other words can be called on. It returns what PutToVote does.
func (s *Service) CallForAgreement(ctx context.Context, a member.Actor, number int, id ItemID) error {
	return s.open(ctx, a, number, id, ballot.Room{Agree: true})
}

// CallMade is a call for agreement that was made in the meeting on the item that is talked about.
type CallMade struct {
	ballot.Ballot
	Result agree.Result // once it is counted
	Said   []ballot.Told
}

// heldUp returns the last resolution group on a proposal.
func (in *room) heldUp(p motion.Motion) (resolve.Resolution, error) {
	return recall(in.looked, "resolution/"+p.Ref(), func() (resolve.Resolution, error) { return resolve.Last(in.tx, p.ID) })
}

// called adds the calls on what is talked about, the last first.
func (v *View) called(in *room) error {
	v.Agrees = in.rules.Rules.DecideDefault == rulebook.Consensus
	it, ok := in.item(in.m.Item)
	if !v.Agrees || !ok || it.Motion == 0 {
		return nil
	}
	p, err := in.proposal(it)
	if err != nil {
		return err
	}
	if v.Resolving, err = in.heldUp(p); err != nil {
		return err
	}
	votes, err := in.votes()
	if err != nil {
		return err
	}
	for _, b := range votes {
		if !b.Calls() || b.Motion != it.Motion {
			continue
		}
		c := CallMade{Ballot: b}
		if b.IsCounted() {
			missed, err := recall(in.looked, "unheard/"+b.Ref, func() (int64, error) { return b.Unheard(in.tx) })
			if err != nil {
				return err
			}
			if c.Result, err = followsFrom(b, in.rules.Rules, missed, in.tx.Now); err != nil {
				return err
			}
			if c.Said, err = ballot.ToldIn(in.tx, b); err != nil {
				return err
			}
		}
		v.Calls = slices.Insert(v.Calls, 0, c)
	}
	return nil
}

// followsFrom says what follows from a counted call here, of which so many were not heard from: it stands, or is provisional while they can object, or goes back to the
// draft, or people try to resolve a block, or the group votes where that came to nothing, or where it cannot wait.
func followsFrom(b ballot.Ballot, r rulebook.Rules, missed int64, now time.Time) (agree.Result, error) {
	rules := r.Agreement()
	if b.Urgent {
		rules.Meetings = 0 // what is blocked can be voted on at once
	}
	if missed == 0 {
		rules.AbsentDays = 0
	}
	call := b.Answers
	call.Entitled = int64(b.Entitled)
	return agree.Decide(agree.Case{Call: call, Members: int64(b.Active), Quorum: int64(b.Quorum), Urgent: b.Urgent, FirstBlock: b.Closes, Now: now}, rules)
}

// stageCall adds a call that is open to what is said, and the result of the last: that people agree until it was read out, and else, as something has to be done then, for a while.
func (v *View) stageCall(s *script.Situation) {
	if len(v.Calls) == 0 {
		return
	}
	c := v.Calls[0]
	switch {
	case c.IsOpen(v.Now) && s.Vote != nil:
		s.Vote.Call = true
	case s.Result != nil || !c.IsCounted():
	case c.Outcome == tally.Carried && !slices.Contains(s.Said, script.CueResult), c.Outcome != tally.Carried && v.Now.Sub(c.Closes) < resultWaits:
		s.Result = &script.Result{Outcome: c.Outcome, Agreed: &c.Result}
	}
}
