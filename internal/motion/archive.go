package motion

import (
	"folkmoot/internal/db"
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
