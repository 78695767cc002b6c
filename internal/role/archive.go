package role

import (
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Archive ends every term of a group that is archived, and has no role looked after any more.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	terms, err := livingIn(tx, g.ID)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if err := endTerm(tx, t, tx.Now, Archived); err != nil {
			return fmt.Errorf("end a term: %w", err)
		}
		if err := s.note(tx, g, "term/"+t.Ref, "term.ended", "", ledger.Data{"term": t.Ref, "how": Archived}); err != nil {
			return err
		}
	}
	return setDueIn(tx, g.ID, time.Time{})
}

// Reopen has every role of a group looked after that was archived. Nobody holds any.
func Reopen(tx *db.Tx, g member.Group) error { return setDueIn(tx, g.ID, tx.Now) }

// IsElected says whether somebody holds a term in the group now that members gave them by a vote or by consent.
func IsElected(tx *db.Tx, g member.GroupID, now time.Time) (bool, error) { return elected(tx, g, now) }
