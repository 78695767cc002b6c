package ballot

import (
	"folkmoot/internal/db"
)

// SoFar returns about how many have voted in an open ballot, no more exactly and no sooner than View.TookPart says it to members; 0: too few to say.
func (s *Service) SoFar(tx *db.Tx, b Ballot) (int, error) {
	if !b.IsOpen(tx.Now) {
		return 0, nil
	}
	return s.coarse(tx, b)
}
