package vacancy

import (
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// Archive closes every vacancy of a group that is archived. Whoever looks after one does until the roles' terms end with the group.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	roles, err := role.Of(tx, g.ID)
	if err != nil || len(roles) == 0 {
		return err
	}
	ids := make([]role.ID, len(roles))
	for i, r := range roles {
		ids[i] = r.ID
	}
	open, err := openOf(tx, ids)
	if err != nil {
		return err
	}
	for _, v := range open {
		v.Closed, v.How = tx.Now, Archived
		if err := putClosed(tx, v); err != nil {
			return fmt.Errorf("close a vacancy: %w", err)
		}
		if _, err := s.ledger.Append(tx, g.Log(), ledger.Event{
			Kind: "vacancy.closed", Subject: v.Ref(), Data: ledger.Data{"vacancy": v.Ref(), "how": string(v.How)},
		}); err != nil {
			return err
		}
	}
	return nil
}
