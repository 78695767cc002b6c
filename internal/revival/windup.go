package revival

import (
	"context"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// WindUp puts forward in the actor's name that the group ends. It needs as many supporters as a petition, and is voted on twice. The same form
// sent again changes nothing. It returns fault.Invalid with the field "why", and fault.Conflict while the group is forming or archived, and
// while the same is before the group already.
func (s *Service) WindUp(ctx context.Context, a member.Actor, once db.Once, why string) (motion.Motion, error) {
	return motion.BringOnce(ctx, s.db, s.ledger, a, once, func(tx *db.Tx, a member.Actor) (p motion.Proposal, _ member.ID, err error) {
		open, err := motion.OpenOf(tx, a.Group.ID, motion.WindingUp)
		if err == nil && open.ID != 0 {
			err = fault.New(fault.Conflict, "revival.wind_up.open")
		}
		p.Text = s.text(a.Group, "revival.wind_up.first", motion.Effect{Kind: motion.WindUp})
		p.Text.Why = why
		return p, 0, err
	})
}

// text is what a proposal to wind the group up says, in the group's language.
func (s *Service) text(g member.Group, id string, e motion.Effect) motion.Text {
	v := s.words.Voice(g.Lang)
	return motion.Text{
		Title: v.T(id+".title", "Group", g.Name), Clauses: []motion.Clause{{Text: v.T(id+".clause", "Group", g.Name)}}, Effect: e,
	}
}

// What carried proposals to wind the group up have done.
const (
	VoteAgain = "vote_again"
	Ended     = "group_archived"
)

// Carried does what follows from a proposal to wind the group up that was carried: the first time it is put to the vote once more, the second
// time the group is archived. It returns what was done and to what, as the record names it. It is the decisions' OnWindUp.
func (s *Service) Carried(tx *db.Tx, g member.Group, m motion.Motion, does motion.Effect, decision string) (kind, subject string, err error) {
	if does.After != "" {
		return Ended, "group", s.Archive(tx, g, decision)
	}
	text := s.text(g, "revival.wind_up.second", motion.Effect{Kind: motion.WindUp, After: decision})
	first, err := motion.TextOf(tx, m.ID, m.Version)
	if err != nil {
		return "", "", err
	}
	text.Why = first.Why
	opens := rulebook.Evening(rulebook.Later(m.Closes, tx.Now).Add(Between), g.Zone)
	next, err := motion.Call(tx, s.ledger, g, motion.Called{Kind: motion.WindingUp, Text: text, Opens: opens, By: decision})
	if err != nil {
		return "", "", fmt.Errorf("put the second vote before the group: %w", err)
	}
	return VoteAgain, next.Ref(), nil
}
