package role

import (
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Archived is how terms, draws and petitions end when their group is archived.
const (
	ArchivedTerm                   = "archived"
	ArchivedDraw     State         = "archived"
	ArchivedPetition PetitionState = "archived"
)

// Archive ends every term, draw and petition of a group that is archived, and has no role looked after any more. Nobody is drawn, and no
// petition comes to a vote.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	if err := s.archivePetitions(tx, g); err != nil {
		return err
	}
	if err := s.archiveDraws(tx, g); err != nil {
		return err
	}
	terms, err := livingIn(tx, g.ID)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if err := endTerm(tx, t, tx.Now, ArchivedTerm); err != nil {
			return fmt.Errorf("end a term: %w", err)
		}
		if err := s.note(tx, g, "term/"+t.Ref, "term.ended", "", ledger.Data{"term": t.Ref, "how": ArchivedTerm}); err != nil {
			return err
		}
	}
	return setDueIn(tx, g.ID, time.Time{})
}

func (s *Service) archivePetitions(tx *db.Tx, g member.Group) error {
	open, err := openPetitions(tx, g.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		if err := finish(tx, s.ledger, g, p, ArchivedPetition, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) archiveDraws(tx *db.Tx, g member.Group) error {
	open, err := openDraws(tx, g.ID)
	if err != nil {
		return err
	}
	for _, d := range open {
		was := d.State
		d.State, d.due = ArchivedDraw, time.Time{}
		if err := forgetAnswers(tx, d.ID); err != nil {
			return err
		}
		if err := putDraw(tx, d, was); err != nil {
			return err
		}
		if err := s.note(tx, g, d.Ref(), "draw.archived", "", ledger.Data{}); err != nil {
			return err
		}
	}
	return nil
}

// Reopen has every role of a group looked after that was archived. Nobody holds any.
func Reopen(tx *db.Tx, g member.Group) error { return setDueIn(tx, g.ID, tx.Now) }

// IsElected says whether somebody holds a term in the group now that members gave them by a vote.
func IsElected(tx *db.Tx, g member.GroupID, now time.Time) (bool, error) { return elected(tx, g, now) }
