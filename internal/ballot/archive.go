package ballot

import (
	"context"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// ArchivedGroup is the incident of a ballot that was stopped because its group was archived.
const ArchivedGroup = "archived"

// MootMotion is the incident of a ballot that was to be held once more, and was called off because there is nothing left to decide.
const MootMotion = "moot"

// CallOff stops the ballot on the motion that is announced and has not opened, if there is one, because the motion was cancelled.
func CallOff(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.ID) error {
	rounds, err := Of(tx, m)
	if err != nil || len(rounds) == 0 || rounds[len(rounds)-1].State != Announced {
		return err
	}
	b := rounds[len(rounds)-1]
	if err := update(tx, b.ID, Announced, map[string]any{"state": Stopped, "incident": MootMotion, "due_at": nil}); err != nil {
		return fmt.Errorf("call a ballot off: %w", err)
	}
	return record(tx, l, g, "ballot.stopped", b.InRecord(), ledger.Data{"ballot": b.InRecord(), "reason": MootMotion})
}

// Archive stops whatever ballots of the group are announced or open, because the group is archived. Nothing of them is counted: open votes
// are deleted at once, and an urn is emptied and its key destroyed by the next Tick.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	open, err := unfinished(tx, g.ID)
	if err != nil {
		return err
	}
	for _, b := range open {
		set := map[string]any{"state": Stopped, "incident": ArchivedGroup, "due_at": nil}
		if b.Secret {
			set["due_at"] = db.At(tx.Now)
		}
		if err := update(tx, b.ID, b.State, set); err != nil {
			return fmt.Errorf("stop a ballot: %w", err)
		}
		if err := forget(tx, b.ID); err != nil {
			return fmt.Errorf("delete votes: %w", err)
		}
		if err := s.note(tx, g, "ballot.stopped", b.InRecord(), ledger.Data{"ballot": b.InRecord(), "reason": ArchivedGroup}); err != nil {
			return err
		}
		tx.After(func() { s.frozen.drop(b.ID) })
	}
	return nil
}

// clear empties the urn of a ballot that was stopped with its group, and destroys its key.
func (s *Service) clear(ctx context.Context, b Ballot) error {
	if err := s.urn.Purge(ctx, s.db, b.bound()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := update(tx, b.ID, Stopped, map[string]any{"due_at": nil}); err != nil {
			return err
		}
		g, err := member.GetGroup(tx, b.Group)
		if err != nil {
			return err
		}
		return s.note(tx, g, "ballot.key_destroyed", b.InRecord(), ledger.Data{"ballot": b.InRecord()})
	})
}
