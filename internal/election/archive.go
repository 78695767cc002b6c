package election

import (
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Archive ends every election of a group that is archived: nobody is given a term by it.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	all, err := open(tx, g.ID)
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := (&stage{Service: s, tx: tx, g: g, e: e}).lapse(true); err != nil {
			return err
		}
		was := e.State
		e.State, e.due = Nobody, time.Time{}
		if err := put(tx, e, was); err != nil {
			return err
		}
		if _, err := s.ledger.Append(tx, g.Log(), ledger.Event{
			Kind: "election.failed", Subject: e.Ref(), Data: ledger.Data{"election": e.Ref(), "why": "archived", "decision": e.Decision},
		}); err != nil {
			return err
		}
	}
	return nil
}
