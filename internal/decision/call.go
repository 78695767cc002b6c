package decision

import (
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// blocks puts beside what was decided why somebody blocked it (practice.md §2.7.4): those who blocked the call by which it stands, or the last call on the same
// words if the group voted afterwards. They need not write it again.
func (s *Service) blocks(tx *db.Tx, c ballot.Closed, d Decision) error {
	if d.Outcome != tally.Carried {
		return nil
	}
	call := c.Ballot
	if !call.Calls() {
		var err error
		if call, err = ballot.LastCall(tx, c.Motion.ID); err != nil || call.ID == 0 || call.Version != d.Version {
			return err
		}
	}
	said, err := ballot.ToldIn(tx, call)
	if err != nil {
		return err
	}
	for _, b := range said {
		if b.Response != agree.Block || b.Who == 0 {
			continue
		}
		if err := s.minority(tx, c.Group, d, b.Who, b.Member, b.Names, b.Words); err != nil {
			return err
		}
	}
	if call.ID == c.Ballot.ID {
		return nil
	}
	of, err := byBallot(tx, d.Group, call.ID)
	if err != nil {
		return err
	}
	return s.lateBlocks(tx, c.Group, of, d)
}

// restAfter is how long there is at least to find a way after a call online came to no agreement: as long as a draft takes, or a block to be resolved.
func restAfter(tx *db.Tx, c ballot.Closed) (time.Duration, error) {
	if c.Result.Outcome != tally.Blocked {
		return agree.DraftTime, nil
	}
	v, err := rulebook.Get(tx, c.Group.ID, c.Rulebook)
	return time.Duration(v.Rules.Agreement().MeetingDays) * day, err
}

// lateBlocks puts beside a decision why those who were absent from a call blocked what was agreed there.
func (s *Service) lateBlocks(tx *db.Tx, g member.Group, of, beside Decision) error {
	all, err := objections(tx, of.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, o := range all {
		if o.Response != agree.Block {
			continue
		}
		if err := s.minority(tx, g, beside, o.Who, o.By, o.Names, o.Words); err != nil {
			return err
		}
	}
	return nil
}

// resolve has a resolution group begin where somebody blocked a call, or what was agreed there afterwards (practice.md §2.7.3 and 5): whoever did, with whoever brought the proposal and one more, by lot.
// A block that stops nothing brings about one meeting. There is none of a sentence that was decided on the spot, and of what the notice of a meeting said cannot wait.
func (s *Service) resolve(tx *db.Tx, g member.Group, b ballot.Ballot, m motion.Motion, rules int, stops bool, late []Objection) error {
	if !b.Calls() || b.IsAtOnce() || b.Urgent {
		return nil
	}
	said, err := ballot.ToldIn(tx, b)
	if err != nil {
		return err
	}
	var who []member.ID
	for _, t := range said {
		if t.Response == agree.Block && t.Who != 0 {
			who = append(who, t.Who)
		}
	}
	for _, o := range late {
		if o.Response == agree.Block {
			who = append(who, o.Who)
		}
	}
	if len(who) == 0 {
		return nil
	}
	v, err := rulebook.Get(tx, g.ID, rules)
	if err != nil {
		return err
	}
	roll, err := ballot.Roll(tx, b.ID)
	if err != nil {
		return err
	}
	a := v.Rules.Agreement()
	c := resolve.Called{
		Ballot: int64(b.ID), Ref: b.InRecord(), Motion: m, Version: b.Version, Stops: stops, Meetings: a.Meetings, Days: a.MeetingDays, Blockers: who, Roll: roll,
	}
	if !stops {
		c.Meetings = min(1, c.Meetings)
	}
	return resolve.Begin(tx, s.ledger, g, c)
}

// minority puts a block beside a decision as a report, unless whoever made it has written one themselves.
func (s *Service) minority(tx *db.Tx, g member.Group, d Decision, who member.ID, ref, names, words string) error {
	has, err := hasDissent(tx, d.ID, who)
	if err != nil || has {
		return err
	}
	text := names + "\n\n" + words
	r, err := insertDissent(tx, Dissent{Decision: d.ID, Author: who, Text: text, At: tx.Now, Signers: 1})
	if err != nil {
		return err
	}
	return s.note(tx, g, "dissent.filed", d, ref, ledger.Data{"decision": d.Ref(), "dissent": r.ID, "text": ledger.Text(text), "late": false})
}
