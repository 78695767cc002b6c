package rulebook

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

// Act runs what a member does by the rules in force, in one transaction. It gets the actor as they are by then, and notes that they were active.
// It returns fault.NotFound to everybody who is no member, fault.Conflict in an archived group, and what it returns.
func Act(ctx context.Context, d *db.DB, a member.Actor, do func(tx *db.Tx, a member.Actor, rules Version) error) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		rules, err := Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		if err := do(tx, a, rules); err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}
