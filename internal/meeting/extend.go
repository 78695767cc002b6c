package meeting

import (
	"context"
	"slices"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// lostLine is why a vote got more time, as the record says it.
const lostLine = "connections"

// MoreToVote gives the vote that is open in the meeting half a minute more, because people lost their connection. Whoever facilitates can, once in each
// vote, whether or not anybody is seen to have lost it: an offer that came only where somebody who has not voted yet drops off would tell, in a room
// in which one sees whose phone went dark, that they have not voted. It returns what running does, fault.Denied for who does not facilitate, and
// fault.Conflict if no vote is open, or it had more time already.
func (s *Service) MoreToVote(ctx context.Context, a member.Actor, number int) error {
	return s.running(ctx, a, number, func(in *room) error {
		if err := in.facilitates(); err != nil {
			return err
		}
		b, ok, err := in.openVote()
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.Conflict, "meeting.no_vote_open")
		}
		return s.votes.Extend(in.tx, b.ID, lostLine)
	})
}

// openVote returns the vote on a proposal that is open in the meeting; ok is false if none is.
func (in *room) openVote() (b ballot.Ballot, ok bool, err error) {
	votes, err := in.votes()
	i := slices.IndexFunc(votes, func(b ballot.Ballot) bool { return b.IsOpen(in.tx.Now) })
	if err != nil || i < 0 {
		return b, false, err
	}
	return votes[i], true, nil
}

// prolongs says whether the viewer can give the open vote more time now.
func (v *View) prolongs(in *room) (bool, error) {
	if !v.Facilitates() || v.Current.Motion == 0 || v.Motions[v.Current.Motion].State != motion.Voting {
		return false, nil
	}
	b, ok, err := in.openVote()
	return ok && !b.Prolonged(), err
}
