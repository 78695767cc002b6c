package decision

import (
	"fmt"
	"time"

	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
	"folkmoot/internal/vacancy"
)

// EffectKind is what was done by itself.
type EffectKind string

// The effects that there are. Each comes from a decision, a draw or an election, and happens in the transaction that records it.
const (
	TermBegins EffectKind = "term_begins"
	TermEnds   EffectKind = "term_ends"
	Waiver     EffectKind = "waiver"
	VoteAgain  EffectKind = revival.VoteAgain // on winding the group up, once more
	Archived   EffectKind = revival.Ended     // the group

	RulesAdopted EffectKind = "rules_adopted"

	PlacesReserved EffectKind = "places_reserved"

	RoleMore  EffectKind = "role_more"  // a role has a seat more
	RoleFewer EffectKind = "role_fewer" // a role has a seat less
	RoleEnds  EffectKind = "role_ends"
	RoleInto  EffectKind = "role_into" // a role ends, and another one takes over its chores
	RoleAgain EffectKind = "role_again"
	RoleWakes EffectKind = "role_wakes"
	RoleMay   EffectKind = "role_may" // a role has one chore more
)

// GoesOn is why a group was not archived: the second vote on it was not carried.
const GoesOn role.Why = "goes_on"

// Effect is what something that was decided or drawn did by itself, or could not do any more. It is never edited, and whatever it
// came from stands either way.
type Effect struct {
	Group   member.GroupID
	Cause   string // decision/2026-003, draw/3
	N       int    // from 1 for each cause
	Kind    EffectKind
	Subject string   // term/t_abc, member/m_abc
	Why     role.Why // it could not be done; "": it was
	At      time.Time
}

// Done says whether it was done.
func (e Effect) Done() bool { return e.Why == "" }

// Begin gives somebody a term that a draw or an election gave them. It is the roles' BeginTerm.
func (s *Service) Begin(tx *db.Tx, g member.Group, r role.Role, t role.Term, who member.Member) (done bool, err error) {
	why, err := role.Begin(tx, s.ledger, g, r, t, who)
	if err != nil {
		return false, err
	}
	return why == "", s.wrote(tx, g, Effect{Cause: t.Cause, Kind: TermBegins, Subject: "term/" + t.Ref, Why: why})
}

// wrote writes down what became of an effect.
func (s *Service) wrote(tx *db.Tx, g member.Group, e Effect) error {
	e.Group, e.At = g.ID, tx.Now
	e, err := insertEffect(tx, e)
	if err != nil {
		return fmt.Errorf("insert effect: %w", err)
	}
	kind, data := "effect.done", ledger.Data{"cause": e.Cause, "n": e.N, "effect": string(e.Kind), "subject": e.Subject}
	if !e.Done() {
		kind, data["why"] = "effect.failed", string(e.Why)
	}
	_, err = s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: e.Cause, Data: data})
	return err
}

// enact does what the motion says happens if it is carried.
func (s *Service) enact(tx *db.Tx, c ballot.Closed, d Decision, does motion.Effect) (err error) {
	e := Effect{Cause: d.Ref()}
	switch does.Kind {
	case "":
		return nil
	case motion.EndTerm:
		e.Kind, e.Subject = TermEnds, "term/"+does.Term
		var ended []role.Term
		if ended, e.Why, err = role.EndByDecision(tx, s.ledger, c.Group, does.Term); err == nil {
			err = s.overtake(tx, c.Group, ended)
		}
	case motion.Waive:
		e.Kind, e.Subject = Waiver, "member/"+does.Member
		e.Why, err = role.WaiveByDecision(tx, s.ledger, c.Group, d.Ref(), does.Role, does.Member)
	case motion.WindUp:
		var kind string
		kind, e.Subject, err = s.windUp(tx, c.Group, c.Motion, does, d.Ref())
		e.Kind = EffectKind(kind)
	case motion.AdoptRules:
		e.Kind = RulesAdopted
		e.Subject, e.Why, err = adopt(tx, c.Group, does.Rules)
	case motion.Wake:
		e.Kind, e.Subject = RoleWakes, "role/"+does.Role
		e.Why, err = role.WakeByDecision(tx, s.ledger, c.Group, does.Role)
	case motion.Entrust:
		e.Kind, e.Subject = RoleMay, "role/"+does.Role
		e.Why, err = role.EntrustByDecision(tx, s.ledger, c.Group, does.Role, does.Power)
	case motion.Reserve:
		e.Kind, e.Subject = PlacesReserved, "role/"+does.Role
		e.Why, err = balance.Decide(tx, s.ledger, c.Group, balance.Rule{
			Places: does.Places, Words: does.For, From: c.Closes.Add(rulebook.RuleChangeRest), Cause: d.Ref(),
		}, does.Role)
	case motion.Stay:
		e.Kind, e.Subject = TermBegins, "member/"+does.Member
		if e.Why, err = s.stay(tx, c.Group, d.Ref(), does.Role, does.Member); err == nil && e.Done() {
			return nil // the term was written down when it was given
		}
	default:
		return fmt.Errorf("decision: a motion would %q, which is no effect", does.Kind)
	}
	if err != nil {
		return err
	}
	return s.wrote(tx, c.Group, e)
}

// overtake ends what is under way against terms that a decision has ended.
func (s *Service) overtake(tx *db.Tx, g member.Group, ended []role.Term) error {
	for _, t := range ended {
		if err := petition.Overtake(tx, s.ledger, g, t.Ref); err != nil {
			return err
		}
	}
	return nil
}

// become does what members chose to become of a role. "None of these" does nothing: everything stays as it is.
func (s *Service) become(tx *db.Tx, c ballot.Closed, d Decision) error {
	r, err := vacancy.RoleOf(tx, c.Motion.ID)
	if err != nil {
		return err
	}
	if c.Rerun.ID != 0 {
		return nil // members are asked once more
	}
	if d.Outcome != tally.Carried {
		return role.LookAfter(tx, r.ID)
	}
	choice := vacancy.Choice(c.Count.Elected[0])
	e := Effect{Cause: d.Ref(), Subject: r.Ref()}
	switch choice.Kind() {
	case vacancy.Again:
		e.Kind = RoleAgain
		e.Why, err = role.AgainByDecision(tx, s.ledger, c.Group, r.Key)
	case vacancy.OneMore:
		e.Kind = RoleMore
		e.Why, err = role.MoreByDecision(tx, s.ledger, c.Group, r.Key)
	case vacancy.OneLess:
		e.Kind = RoleFewer
		e.Why, err = role.FewerByDecision(tx, s.ledger, c.Group, r.Key)
	case vacancy.Abolish, vacancy.Merge:
		e.Kind = RoleEnds
		if choice.Into() != "" {
			e.Kind = RoleInto
		}
		var ended []role.Term
		if ended, e.Why, err = role.EndRoleByDecision(tx, s.ledger, c.Group, r.Key, choice.Into()); err == nil {
			err = s.overtake(tx, c.Group, ended)
		}
	default:
		return fmt.Errorf("decision: a role would become %q, which is no choice", choice)
	}
	if err != nil {
		return err
	}
	return s.wrote(tx, c.Group, e)
}

// settle ends the petition that called for the vote, once it is counted for good. A term that had ended before is not told as kept.
func (s *Service) settle(tx *db.Tx, c ballot.Closed, moot bool) error {
	how := petition.Kept
	switch {
	case c.Rerun.ID != 0:
		return nil
	case moot:
		how = petition.Overtaken
	case c.Result.Outcome == tally.Carried:
		how = petition.EndedTerm
	}
	return petition.Settle(tx, s.ledger, c.Group, c.Motion.ID, how, c.Closes)
}

// isMoot says whether the vote was on ending a term that had ended by itself.
func isMoot(tx *db.Tx, c ballot.Closed, does motion.Effect) (bool, error) {
	if does.Kind != motion.EndTerm {
		return false, nil
	}
	return role.IsOver(tx, c.Group, does.Term)
}

// goesOn writes down that the group goes on as before, where the second vote on winding it up is over and was not carried.
func (s *Service) goesOn(tx *db.Tx, c ballot.Closed, d Decision, does motion.Effect) error {
	if does.After == "" || c.Rerun.ID != 0 || d.Outcome == tally.Carried {
		return nil
	}
	return s.wrote(tx, c.Group, Effect{Cause: d.Ref(), Kind: Archived, Subject: "group", Why: GoesOn})
}
