package motion

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
)

// Archive ends whatever in a group is not decided, because the group is archived: with no result.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	open, err := undecided(tx, g.ID)
	if err != nil {
		return err
	}
	for _, m := range open {
		was := m.State
		if err := put(tx, m.end(Archived, tx.Now), was); err != nil {
			return err
		}
		if err := record(tx, s.ledger, g, m, "motion.archived", "", nil); err != nil {
			return err
		}
	}
	return nil
}

// NeedsToEnd returns how many supporters, the mover included, it takes to bring the end of the group before it now. It returns fault.NotFound
// to who is no member.
func (s *Service) NeedsToEnd(ctx context.Context, a member.Actor) (n int, err error) {
	if !a.IsMember() {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		_, needs, err := rulesAndNeeds(tx, a.Group)
		n = needs.Of(Motion{Kind: WindingUp}, tx.Now)
		return err
	})
	return n, err
}

// OpenOf returns the group's motion of a kind that is still to be decided, the oldest first, zero if there is none.
func OpenOf(tx *db.Tx, g member.GroupID, k Kind) (Motion, error) {
	open, err := undecided(tx, g)
	for _, m := range open {
		if m.Kind == k {
			return m, err
		}
	}
	return Motion{}, err
}
