package ballot

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

// How long it is kept who took part: while minority reports are in time, and a month for objections.
const (
	ReportTime = 14 * day
	keptFor    = ReportTime + 30*day
)

// close counts a ballot whose time has come.
func (s *Service) close(ctx context.Context, b Ballot) error {
	if b.Secret {
		return s.closeSecret(ctx, b)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, err := Get(tx, b.ID)
		if err != nil {
			return err
		}
		b, set, is, err := over(tx, b)
		if err != nil || !is {
			return err
		}
		if set != nil {
			if err := update(tx, b.ID, Open, set); err != nil {
				return err
			}
		}
		if b.Calls() {
			return s.countCall(tx, b)
		}
		return s.countVotes(tx, b)
	})
}

// countVotes counts an open ballot. If too few took part, nobody reads what they chose: it is deleted, and who took part
// is kept for as long as of a secret one.
func (s *Service) countVotes(tx *db.Tx, b Ballot) error {
	voters, err := openVoters(tx, b.ID)
	if err != nil {
		return fmt.Errorf("turnout: %w", err)
	}
	byHand, err := b.gather(tx)
	if err != nil {
		return fmt.Errorf("hands: %w", err)
	}
	b.Turnout = int64(len(voters)) + b.Hands.Total()
	voters = append(voters, byHand...)
	if b.tooFew() {
		if err := markOpenVotes(tx, b.ID); err != nil {
			return fmt.Errorf("delete the votes of too few: %w", err)
		}
		return s.conclude(tx, b, voters, nil, nil)
	}
	if b.Votes, err = countOpen(tx, b); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	b.Hands.addTo(&b.Votes)
	var named []any
	if b.Named {
		votes, err := whoVotedHow(tx, b.ID)
		if err == nil {
			named, err = names(tx, votes)
		}
		if err != nil {
			return fmt.Errorf("who voted how: %w", err)
		}
	}
	return s.conclude(tx, b, voters, nil, named)
}

// closeSecret brings a secret ballot from open to counted. Each step may be interrupted and is taken up again.
func (s *Service) closeSecret(ctx context.Context, b Ballot) error {
	if !s.urn.Has(b.Ref) {
		if _, err := s.urn.Recover(ctx, s.db, b.bound()); err != nil {
			return s.stopUnlessItMayComeBack(ctx, b, err)
		}
	}
	closing := false
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := Get(tx, b.ID)
		closing = now.State == Closing
		if err != nil {
			return err
		}
		_, set, is, err := over(tx, now)
		if err != nil || !is {
			return err
		}
		closing = true
		if set == nil {
			set = map[string]any{}
		}
		set["state"] = Closing
		if err := update(tx, b.ID, Open, set); err != nil {
			return err
		}
		return s.urn.Settle(tx, b.bound())
	})
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if !closing {
		// The clock was put back since the ballot was found due. It still takes votes, and one of them may be in the journal
		// and not in the table yet: looked at now, that would pass for a lost vote.
		return nil
	}
	// From here on no vote is taken. What the urn holds is opened in memory and written in one go, so that no order,
	// no page and no transaction tells which paper is whose.
	var roll []member.ID
	var c urn.Contents
	err = s.look(ctx, func(tx *db.Tx) error {
		if roll, err = Roll(tx, b.ID); err != nil {
			return err
		}
		c, err = s.urn.Unseal(tx, b.bound(), places(roll))
		return err
	})
	if err != nil {
		return s.stopOn(ctx, b, err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, err := Get(tx, b.ID)
		if err != nil || b.State != Closing {
			return err
		}
		return s.countPapers(tx, b, roll, c)
	})
}

// places returns the places on the roll, which are counted from 1.
func places(roll []member.ID) []int64 {
	out := make([]int64, len(roll))
	for i := range out {
		out[i] = int64(i + 1)
	}
	return out
}

// countPapers counts a secret ballot. If too few took part, nothing of what the papers say is counted or written: they go with
// the urn, but for their receipt codes.
func (s *Service) countPapers(tx *db.Tx, b Ballot, roll []member.ID, c urn.Contents) error {
	b.Turnout = int64(len(c.Papers))
	count, err := s.tallyPapers(tx, &b, c.Papers)
	if err != nil {
		return err
	}
	if err := insertContents(tx, b, c); err != nil {
		return fmt.Errorf("write papers: %w", err)
	}
	voters := make([]member.ID, len(c.Voted))
	for i, slot := range c.Voted {
		voters[i] = roll[slot-1]
	}
	if b.Receipts != NoReceipt {
		b.Papers = papersHash(c.Papers, b.showsChoices())
	}
	return s.conclude(tx, b, voters, count, nil)
}

// tallyPapers counts the papers of a secret ballot into it, if enough took part. Of a ballot by ranking it writes the sheet.
func (s *Service) tallyPapers(tx *db.Tx, b *Ballot, papers []urn.Paper) (*Tallied, error) {
	if b.tooFew() {
		return nil, nil
	}
	if b.Ranked() {
		return countRanked(tx, b, papers)
	}
	b.Votes.Entitled = int64(b.Entitled)
	for _, p := range papers {
		if err := add(&b.Votes, said(p)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// conclude writes down the count, or that too few took part for one, and has recorded what follows from it. named is who voted how, where that is
// published.
func (s *Service) conclude(tx *db.Tx, b Ballot, voters []member.ID, count *Tallied, named []any) error {
	result, err := b.result()
	if err != nil {
		return fmt.Errorf("tally: %w", err)
	}
	set := map[string]any{
		"state": Counted, "turnout": b.Turnout, "outcome": result.Outcome, "counted_at": db.At(tx.Now), "due_at": db.At(b.Closes.Add(keptFor)),
	}
	if !b.tooFew() && b.ForAgainst() {
		set["votes_for"], set["votes_against"], set["abstentions"] = b.Votes.For, b.Votes.Against, b.Votes.Abstain
	}
	if b.Secret {
		set["papers_hash"], set["due_at"] = b.Papers[:], db.At(tx.Now) // the urn is emptied next
	}
	if err := b.setHands(tx, set); err != nil {
		return err
	}
	if err := update(tx, b.ID, b.State, set); err != nil {
		return fmt.Errorf("write the count: %w", err)
	}
	tx.After(func() { s.frozen.drop(b.ID) })
	b.State, b.Outcome, b.CountedAt = Counted, result.Outcome, tx.Now
	if err := member.TouchMany(tx, voters, b.Closes); err != nil {
		return fmt.Errorf("note activity: %w", err)
	}
	m, err := motion.Get(tx, b.Motion)
	if err != nil {
		return err
	}
	g, err := member.GetGroup(tx, b.Group)
	if err != nil {
		return err
	}
	c := Closed{Ballot: b, Result: result, Motion: m, Group: g, Count: count}
	if err := s.noteClosed(tx, c, named); err != nil {
		return err
	}
	if result.Outcome == tally.Inquorate && b.Replaces == 0 && !(b.Calls() && b.Together()) {
		if c.Rerun, err = s.announce(tx, g, m, b); err != nil {
			return err
		}
	}
	if err := s.onClose(tx, c); err != nil {
		return fmt.Errorf("record the decision: %w", err)
	}
	return nil
}

// noteClosed records the close: the turnout and what follows from it, and how people voted only where that was counted.
func (s *Service) noteClosed(tx *db.Tx, c Closed, named []any) error {
	papers, hash := int64(0), ""
	if c.Secret {
		papers = c.Turnout
	}
	if c.Secret && c.Receipts != NoReceipt {
		hash = hex.EncodeToString(c.Papers[:])
	}
	data := ledger.Data{
		"ballot": c.InRecord(), "motion": c.Motion.Ref(), "turnout": c.Turnout, "outcome": string(c.Result.Outcome),
		"reason": string(c.Result.Reason), "papers": papers, "papers_hash": hash,
	}
	if c.Count != nil {
		data["sheet_hash"], data["rankings_hash"] = hex.EncodeToString(c.Count.Sheet[:]), hex.EncodeToString(c.Count.Rankings[:])
		elected := make([]any, len(c.Count.Elected))
		for i, ref := range c.Count.Elected {
			elected[i] = ref
		}
		data["elected"] = elected
	}
	c.noteAnswers(data)
	if !c.tooFew() && c.ForAgainst() {
		data["for"], data["against"], data["abstain"] = c.Votes.For, c.Votes.Against, c.Votes.Abstain
	}
	if c.Closes.Before(c.Planned) || c.Prolonged() {
		data["closes_at"] = c.Closes
	}
	if named != nil {
		data["votes"] = named
	}
	if c.ByHand > 0 {
		hands, err := c.handsData(tx)
		if err != nil {
			return fmt.Errorf("who counted hands: %w", err)
		}
		data["hands"] = hands
	}
	return s.note(tx, c.Group, "ballot.closed", c.InRecord(), data, c.changes(c.Motion)...)
}

// stop stops a ballot whose urn is not as it must be. It is held once more, like one in which too few took part; what is
// there of it stays as it is.
func (s *Service) stop(tx *db.Tx, id ID, why urn.Reason) error {
	b, err := Get(tx, id)
	if err != nil || b.State != Open && b.State != Closing {
		return err
	}
	if err := update(tx, b.ID, b.State, map[string]any{"state": Stopped, "incident": string(why), "due_at": nil}); err != nil {
		return err
	}
	g, err := member.GetGroup(tx, b.Group)
	if err != nil {
		return err
	}
	m, err := motion.Get(tx, b.Motion)
	if err != nil {
		return err
	}
	if err := s.note(tx, g, "ballot.stopped", b.InRecord(), ledger.Data{"ballot": b.InRecord(), "reason": string(why)}, b.changes(m)...); err != nil {
		return err
	}
	if b.Replaces != 0 {
		return motion.SetState(tx, m.ID, motion.Voting, motion.Lapsed, motion.Times{Ended: tx.Now})
	}
	next, err := s.announce(tx, g, m, b)
	if err != nil {
		return err
	}
	return motion.SetState(tx, m.ID, motion.Voting, motion.Inquorate, motion.Times{Opens: next.Opens, Closes: next.Closes})
}

// purge empties the urn of a counted ballot and destroys its key.
func (s *Service) purge(ctx context.Context, b Ballot) error {
	if err := s.urn.Purge(ctx, s.db, b.bound()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, err := Get(tx, b.ID)
		if err != nil || b.State != Counted {
			return err
		}
		if err := update(tx, b.ID, Counted, map[string]any{"state": Purged, "due_at": db.At(b.Closes.Add(keptFor))}); err != nil {
			return err
		}
		g, err := member.GetGroup(tx, b.Group)
		if err != nil {
			return err
		}
		return s.note(tx, g, "ballot.key_destroyed", b.InRecord(), ledger.Data{"ballot": b.InRecord()})
	})
}

// forget deletes who took part. The numbers, the published codes and the record stay.
func (s *Service) forget(ctx context.Context, b Ballot) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := update(tx, b.ID, b.State, map[string]any{"due_at": nil}); err != nil {
			return err
		}
		if b.Named {
			return nil // who voted how is in the record
		}
		return forget(tx, b.ID)
	})
}

// KeptUntil returns until when it is known who took part; afterwards only how many.
func (b Ballot) KeptUntil() time.Time { return b.Closes.Add(keptFor) }
