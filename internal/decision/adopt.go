package decision

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// AskAgain is how long after members have not adopted their rules they are asked once more (practice.md §2.13.1).
const AskAgain = 30 * 24 * time.Hour

// Why rules cannot be adopted any more.
const (
	hasRules   role.Why = "has_rules"   // the group has adopted its rules
	otherRules role.Why = "other_rules" // others are in force than were voted on
)

// adopt makes the rules with the hash the group's own, by which its founder's powers end.
func adopt(tx *db.Tx, g member.Group, rules string) (subject string, why role.Why, err error) {
	v, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return "", "", err
	}
	subject = rulebook.Ref(v.Number)
	now, err := member.GetGroup(tx, g.ID)
	switch {
	case err != nil:
		return subject, "", err
	case !now.Adopted.IsZero():
		return subject, hasRules, nil
	case v.Hash.String() != rules:
		return subject, otherRules, nil
	}
	return subject, "", member.Adopt(tx, g.ID)
}

// again has a group that has not adopted its rules asked once more, when the vote is counted for good.
func again(tx *db.Tx, c ballot.Closed) error {
	if c.Rerun.ID != 0 {
		return nil
	}
	return member.AskAgain(tx, c.Group.ID, c.Closes.Add(AskAgain))
}

// standsByItself are the kinds of motions whose outcome members do not look at again when they adopt their rules: that itself, and what is
// ended or filled once and for all, at half a term.
var standsByItself = []motion.Kind{motion.Founding, motion.Election, motion.Recall}

// isProvisional says whether a decision was made before the members of the group had adopted their rules.
func isProvisional(g member.Group, d Decision, k motion.Kind) bool {
	return d.Carried() && g.Provisional(d.At) && !slices.Contains(standsByItself, k)
}

// Adoption is how far a group is with adopting its rules.
type Adoption struct {
	At          time.Time // zero: it has not
	By          string    // the number of the decision
	Provisional []Decision
}

// MaxProvisional is how many of the decisions that were made before are listed, the newest first.
const MaxProvisional = 100

// Adoption returns how far the group is, with the decisions that were made before members adopted the rules. It returns fault.NotFound
// for who is not a member.
func (s *Service) Adoption(ctx context.Context, a member.Actor) (out Adoption, err error) {
	if !a.IsMember() {
		return out, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		g, err := member.GetGroup(tx, a.Group.ID)
		if err != nil {
			return err
		}
		out = Adoption{At: g.Adopted}
		if out.Provisional, err = provisional(tx, g, MaxProvisional); err != nil || g.Adopted.IsZero() {
			return err
		}
		out.By, err = adoptedBy(tx, g.ID)
		return err
	})
	return out, err
}
