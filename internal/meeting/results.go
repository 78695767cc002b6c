package meeting

import (
	"slices"

	"folkmoot/internal/ballot"
	"folkmoot/internal/motion"
	"folkmoot/internal/script"
)

// results adds what votes and calls in the meeting came to: whoever was there is told, and it stays with the item (practice.md §5.2, step 6).
func (v *View) results(in *room) error {
	v.Results = map[motion.ID]ballot.Ballot{}
	if in.m.Began.IsZero() {
		return nil
	}
	votes, err := in.votes()
	for _, b := range votes {
		switch {
		case b.IsCounted():
			v.Results[b.Motion] = b
		case b.IsOpen(v.Now) && b.Motion == v.Current.Motion && v.Me != 0:
			if v.HasVoted, err = ballot.HasVoted(in.tx, b, v.Me); err != nil {
				return err
			}
		}
	}
	return err
}

// Result is what the last vote or call on an item came to; ok is false while there was none, or it is still counted.
func (v View) Result(it Item) (b ballot.Ballot, ok bool) {
	b, ok = v.Results[it.Motion]
	return b, ok && it.Motion != 0
}

// stageResult adds what the vote on what is talked about came to, until it was read out. What comes of a call is for stageCall.
func (v *View) stageResult(s *script.Situation) {
	b, ok := v.Result(v.Current)
	if !ok || b.Calls() || slices.Contains(s.Said, script.CueResult) {
		return
	}
	s.Result = &script.Result{Outcome: b.Outcome, Votes: b.Votes, Tied: b.Votes.For == b.Votes.Against, Rule: ballot.ExplainBallot(b)}
}
