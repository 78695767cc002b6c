package money

import (
	"context"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
)

// What a group can do that began before there were reports: its roles keep the powers they had, until members give one of them this chore.

// ProposeChore puts forward in the actor's name that whoever is given the role from then on writes the reports. It takes what a change of the
// rules takes (practice.md §1.1, row 18). The same form sent again changes nothing. It returns fault.Invalid with the field "why", fault.NotFound
// if there is no such role, and fault.Conflict if it, or another role, has the chore already, or if members have ended it.
func (s *Service) ProposeChore(ctx context.Context, a member.Actor, once db.Once, key, why string) (motion.Motion, error) {
	return motion.BringOnce(ctx, s.db, s.ledger, a, once, func(tx *db.Tx, a member.Actor) (p motion.Proposal, about member.ID, err error) {
		r, err := role.Find(tx, a.Group.ID, key)
		if err != nil {
			return p, 0, err
		}
		all, err := role.Of(tx, a.Group.ID)
		if err != nil {
			return p, 0, err
		}
		if !slices.ContainsFunc(role.Lacks(all, member.FinanceNote), func(o role.Role) bool { return o.ID == r.ID }) {
			return p, 0, fault.New(fault.Conflict, "money.chore.cannot")
		}
		v, say := s.words.Voice(a.Group.Lang), []any{"Role", lang.M("role." + r.Key + ".name")}
		p.Text = motion.Text{
			Title: v.T("money.chore.motion", say...), Clauses: []motion.Clause{{Text: v.T("money.chore.clause", say...)}}, Why: why,
			Effect: motion.Effect{Kind: motion.Entrust, Role: r.Key, Power: string(member.FinanceNote)},
		}
		return p, 0, nil
	})
}
