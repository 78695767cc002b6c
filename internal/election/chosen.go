package election

import (
	"context"
	"fmt"
	"slices"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Chosen is what came of a ballot by ranking, for a line in a list.
type Chosen struct {
	Teams  []Candidature               // who was elected, in the order of their election, people who share a place as one
	Option string                      // of several things; "" in an election
	People map[member.ID]member.Member // with their names, and nothing else
}

// Chosen returns what came of the elections and the other ballots by ranking on the motions, as far as they are counted and something came of them.
// However many motions there are, it asks the database as often. It returns fault.NotFound to who is no member.
func (s *Service) Chosen(ctx context.Context, a member.Actor, motions []motion.ID) (map[motion.ID]Chosen, error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if len(motions) == 0 {
		return nil, nil
	}
	out := map[motion.ID]Chosen{}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		elected, people, err := winners(tx, a.Group.ID, motions)
		if err != nil {
			return fmt.Errorf("who is elected: %w", err)
		}
		for m, all := range elected {
			teams := Together(all)
			slices.SortStableFunc(teams, func(a, b Candidature) int { return byTurn(a.Lead(), b.Lead()) })
			out[m] = Chosen{Teams: teams, People: people}
		}
		chosen, err := ballot.Chosen(tx, slices.DeleteFunc(slices.Clone(motions), func(m motion.ID) bool { return len(elected[m]) > 0 }))
		for m, option := range chosen {
			out[m] = Chosen{Option: option}
		}
		return err
	})
	return out, err
}
