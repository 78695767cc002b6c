package draw

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Archived is how a draw ends whose group is archived. Nobody is drawn.
const Archived State = "archived"

// Archive ends every draw of a group that is archived in which the lot has not fallen, and forgets what people answered in any.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	open, err := openIn(tx, g.ID)
	if err != nil {
		return err
	}
	if err := forgetAnswers(tx, g.ID); err != nil {
		return err
	}
	for _, d := range open {
		was := d.State
		d.State, d.due = Archived, time.Time{}
		if err := put(tx, d, was); err != nil {
			return err
		}
		if err := s.note(tx, g, d.Ref(), "draw.archived", "", ledger.Data{}); err != nil {
			return err
		}
	}
	return nil
}
