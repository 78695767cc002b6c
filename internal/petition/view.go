package petition

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// View is the newest petition against a term, or that there is none, as one member sees it.
type View struct {
	Petition // zero: there has been none
	Now      time.Time
	Role     role.Role
	Of       role.Term
	Holder   member.Member
	Motion   motion.Motion // that it called for; zero: none yet
	Mine     bool          // the viewer's name is under it
	Me       member.ID
	Rest     time.Time // until then none may start, because the members kept the holder; zero: no such time
	Rules    rulebook.Rules
	Needs    int // how many names one would need that starts now
}

// MayStart returns nil if a petition against the term can start now, or fault.Conflict.
func (v View) MayStart() error {
	switch {
	case !v.Now.Before(v.Of.Over()):
		return fault.New(fault.Conflict, "petition.term_over")
	case v.ID != 0 && v.IsOpen():
		return fault.New(fault.Conflict, "petition.open")
	case v.Now.Before(v.Rest):
		return fault.New(fault.Conflict, "petition.rest", "At", v.Rest)
	}
	return nil
}

// Show returns the newest petition against the term with the ref. It returns fault.NotFound if there is no such term of the role.
func (s *Service) Show(ctx context.Context, a member.Actor, key, ref string) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{Now: tx.Now, Me: a.Member.ID}
		if v.Role, err = role.Find(tx, a.Group.ID, key); err != nil {
			return err
		}
		if v.Of, err = role.FindTerm(tx, a.Group.ID, ref); err != nil {
			return err
		}
		if v.Of.Role != v.Role.ID {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if v.Petition, err = newest(tx, v.Of.ID); err != nil {
			return err
		}
		return v.fill(tx, a)
	})
	return v, err
}

// fill adds what surrounds the petition.
func (v *View) fill(tx *db.Tx, a member.Actor) (err error) {
	if v.Holder, err = member.Get(tx, v.Of.Member); err != nil {
		return err
	}
	rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return err
	}
	v.Rules = rules.Rules
	active, err := member.Active(tx, a.Group.ID, tx.Now, time.Duration(v.Rules.ActiveWindowDays)*aDay)
	if err != nil {
		return err
	}
	v.Needs = v.Rules.RecallPetition(active)
	if v.Rest, err = restUntil(tx, v.Of, v.Rules); err != nil || v.ID == 0 {
		return err
	}
	if v.Motion, err = motionOf(tx, v.Petition); err != nil {
		return err
	}
	v.Mine, err = hasName(tx, v.ID, a.Member.ID)
	return err
}

// Asking returns the petitions of the group that are under way, the oldest first.
func (s *Service) Asking(ctx context.Context, a member.Actor) (out []View, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		ps, err := openIn(tx, a.Group.ID)
		for _, p := range ps {
			v := View{Petition: p, Now: tx.Now, Me: a.Member.ID}
			if err == nil {
				v.Of, err = role.GetTerm(tx, p.Term)
			}
			if err == nil {
				v.Role, err = role.Get(tx, v.Of.Role)
			}
			if err == nil {
				v.Holder, err = member.Get(tx, v.Of.Member)
			}
			if err == nil {
				v.Motion, err = motionOf(tx, p)
			}
			out = append(out, v)
		}
		return err
	})
	return out, err
}

// Against returns the petitions that are under way against terms, by their terms.
func (s *Service) Against(ctx context.Context, terms []role.Term) (out map[role.TermID]Petition, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		ids := make([]role.TermID, len(terms))
		for i, t := range terms {
			ids[i] = t.ID
		}
		out, err = openAgainstAll(tx, ids)
		return err
	})
	return out, err
}

// For returns the petition that called for a motion, so that the answer to it can stand beside the reason. It is zero if none did.
func (s *Service) For(ctx context.Context, m motion.ID) (p Petition, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p, err = calling(tx, m)
		return err
	})
	return p, err
}
