package handover

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// Archive ends what is under way in a group that is archived, once its terms have ended: what everybody was asked is counted as far as it was
// answered, and who learns beside whom is over. It is one of those that revival ends a group by.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	open, err := running(tx, g.ID)
	if err != nil {
		return err
	}
	for _, k := range open {
		if err := s.count(tx, k); err != nil {
			return err
		}
	}
	terms, err := dueIn(tx, g.ID)
	for i := 0; err == nil && i < len(terms); i++ {
		err = s.look(tx, terms[i])
	}
	return err
}
