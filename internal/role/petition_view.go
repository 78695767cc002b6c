package role

import (
	"context"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/rulebook"
)

// PetitionView is the newest petition against a term, or that there is none, as one member sees it.
type PetitionView struct {
	Petition // zero: there has been none
	Now      time.Time
	Role     Role
	Of       Term
	Holder   member.Member
	Motion   motion.Motion // that it called for; zero: none yet
	Mine     bool          // the viewer's name is under it
	Me       member.ID
	Rest     time.Time // until then none may start, because the members kept the holder; zero: no such time
	Rules    rulebook.Rules
	Needs    int // how many names one would need that starts now
}

// MayStart returns nil if a petition against the term can start now, or fault.Conflict.
func (v PetitionView) MayStart() error {
	switch {
	case !v.Now.Before(v.Of.Over()):
		return fault.New(fault.Conflict, "role.petition.term_over")
	case v.ID != 0 && v.IsOpen():
		return fault.New(fault.Conflict, "role.petition.open")
	case v.Now.Before(v.Rest):
		return fault.New(fault.Conflict, "role.petition.rest", "At", v.Rest)
	}
	return nil
}

// ShowPetition returns the newest petition against the term with the ref. It returns fault.NotFound if there is no such term of the role.
func (s *Service) ShowPetition(ctx context.Context, a member.Actor, key, ref string) (v PetitionView, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = PetitionView{Now: tx.Now, Me: a.Member.ID}
		if v.Role, err = find(tx, a.Group.ID, key); err != nil {
			return err
		}
		if v.Of, err = findTerm(tx, a.Group.ID, ref); err != nil {
			return err
		}
		if v.Of.Role != v.Role.ID {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if v.Petition, err = newestPetition(tx, v.Of.ID); err != nil {
			return err
		}
		return v.fill(tx, a)
	})
	return v, err
}

// fill adds what surrounds the petition.
func (v *PetitionView) fill(tx *db.Tx, a member.Actor) (err error) {
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
func (s *Service) Asking(ctx context.Context, a member.Actor) (out []PetitionView, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		ps, err := petitionsOf(tx, a.Group.ID)
		for _, p := range ps {
			v := PetitionView{Petition: p, Now: tx.Now, Me: a.Member.ID}
			if err == nil {
				v.Of, err = getTerm(tx, p.Term)
			}
			if err == nil {
				v.Role, err = Get(tx, v.Of.Role)
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

// For returns the petition that called for a motion, so that the answer to it can stand beside the reason. It is zero if none did.
func (s *Service) For(ctx context.Context, m motion.ID) (p Petition, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p, err = petitionFor(tx, m)
		return err
	})
	return p, err
}

// waiversShown is how many waivers the power map shows.
const waiversShown = 20

// Waivers are those of a group, for everybody to count (practice.md §2.12.2).
type Waivers struct {
	All    int
	List   []Granted // the newest first
	Roles  map[ID]Role
	People map[member.ID]member.Member
}

func waivers(tx *db.Tx, g member.GroupID, roles []Role) (w Waivers, err error) {
	if w.List, w.All, err = waiversOf(tx, g, waiversShown); err != nil || len(w.List) == 0 {
		return w, err
	}
	w.Roles = map[ID]Role{}
	for _, r := range roles {
		w.Roles[r.ID] = r
	}
	var ids []member.ID
	for _, l := range w.List {
		ids = append(ids, l.Member)
	}
	w.People, err = member.Many(tx, ids)
	return w, err
}
