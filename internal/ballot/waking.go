package ballot

import (
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// WakingQuorum is how many are enough in a ballot that opens while a sleeping group can wake (practice.md §2.12.6, Revival).
const WakingQuorum = 3

// OnWaking has the service ask, as it freezes a quorum, whether the group can wake at an instant, and by what, as the record names it.
func (s *Service) OnWaking(f func(tx *db.Tx, g member.GroupID, at time.Time) (string, error)) {
	s.waking = f
}

// setQuorum freezes how many must take part. While a sleeping group can wake, whoever takes part in an election decides it, three at
// least; the same goes for winding the group up, for which three is then also the least. Everything else keeps the quorum of its rules.
func (s *Service) setQuorum(tx *db.Tx, b *Ballot, does motion.Effect, r rulebook.Rules) error {
	b.Quorum, b.QuorumBy = does.Quorum(r, b.Active), ""
	if s.waking == nil || !(b.Ranked() && b.Quorum > WakingQuorum || does.Kind == motion.WindUp && b.Quorum != WakingQuorum) {
		return nil
	}
	by, err := s.waking(tx, b.Group, b.Opens)
	if err != nil {
		return fmt.Errorf("ask whether the group can wake: %w", err)
	}
	if by != "" {
		b.Quorum, b.QuorumBy = WakingQuorum, by
	}
	return nil
}
