package ballot

import (
	"context"
	"time"

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

// Waiting is what waits for a member's vote in one group.
type Waiting struct {
	Votes  int       // open votes in which the member may vote, whether or not they have
	Closes time.Time // when the first of them closes
}

// WaitingFor returns what is open to the person in each of their groups; a group with nothing open is not in it.
func (s *Service) WaitingFor(ctx context.Context, p member.PersonID) (map[member.GroupID]Waiting, error) {
	var rows []struct {
		GroupID  member.GroupID
		Votes    int
		ClosesAt db.Instant
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT b.group_id, COUNT(*) AS votes, MIN(b.closes_at) AS closes_at FROM members m
			JOIN ballots b ON b.group_id = m.group_id AND b.state = ?
			JOIN roll r ON r.ballot_id = b.id AND r.member_id = m.id
			WHERE m.person_id = ? AND m.left_at IS NULL AND b.opens_at <= ? AND b.closes_at > ?
			GROUP BY b.group_id`, Open, p, db.At(tx.Now), db.At(tx.Now)).Scan(&rows).Error
	})
	out := make(map[member.GroupID]Waiting, len(rows))
	for _, r := range rows {
		out[r.GroupID] = Waiting{r.Votes, r.ClosesAt.Time}
	}
	return out, err
}
