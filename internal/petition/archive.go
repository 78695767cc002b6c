package petition

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// Archived is how a petition ends whose group is archived. It comes to no vote.
const Archived State = "archived"

// Archive ends every petition of a group that is archived, and forgets who signed them.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	open, err := openIn(tx, g.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		if err := finish(tx, s.ledger, g, p, Archived, tx.Now); err != nil {
			return err
		}
	}
	return nil
}
