package ballot

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Entitled says in which of the motions' open votes the member may vote, for lists. It says nothing of whether they have.
func (s *Service) Entitled(ctx context.Context, a member.Actor, ms []motion.Motion) (may map[motion.ID]bool, err error) {
	var voting []motion.ID
	for _, m := range ms {
		if m.State == motion.Voting {
			voting = append(voting, m.ID)
		}
	}
	may = map[motion.ID]bool{}
	if len(voting) == 0 {
		return may, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var ids []motion.ID
		err := tx.Raw(`SELECT b.motion_id FROM ballots b JOIN roll r ON r.ballot_id = b.id AND r.member_id = ?
			WHERE b.motion_id IN ? AND b.state = ? AND b.opens_at <= ? AND b.closes_at > ?`,
			a.Member.ID, voting, Open, db.At(tx.Now), db.At(tx.Now)).Scan(&ids).Error
		for _, id := range ids {
			may[id] = true
		}
		return err
	})
	return may, err
}
