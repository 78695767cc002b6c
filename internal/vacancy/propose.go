package vacancy

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

// What members put forward about roles that nobody holds.

// ProposeWake puts forward in the actor's name that a role which sleeps is filled again. The same form sent again changes nothing. It returns
// fault.Invalid with the field "why", fault.NotFound if there is no such role, and fault.Conflict if it does not sleep.
func (s *Service) ProposeWake(ctx context.Context, a member.Actor, once db.Once, key, why string) (motion.Motion, error) {
	return s.bring(ctx, a, once, key, func(tx *db.Tx, a member.Actor, r role.Role) (p motion.Proposal, about member.ID, err error) {
		if !r.Sleeps() || !r.Ended.IsZero() {
			return p, 0, fault.New(fault.Conflict, "vacancy.awake")
		}
		v, say := s.words.Voice(a.Group.Lang), []any{"Role", lang.M("role." + r.Key + ".name")}
		p.Text = motion.Text{
			Title: v.T("vacancy.wake.motion", say...), Clauses: []motion.Clause{{Text: v.T("vacancy.wake.clause", say...)}}, Why: why,
			Effect: motion.Effect{Kind: motion.Wake, Role: r.Key},
		}
		return p, 0, nil
	})
}

// ProposeStay puts forward in the actor's name that who held a free seat last looks after it for some weeks. The same form sent again changes
// nothing. It returns fault.Invalid with the field "why", fault.NotFound if there is no such role, and fault.Conflict if nobody could.
func (s *Service) ProposeStay(ctx context.Context, a member.Actor, once db.Once, key, ref, why string) (motion.Motion, error) {
	return s.bring(ctx, a, once, key, func(tx *db.Tx, a member.Actor, r role.Role) (p motion.Proposal, about member.ID, err error) {
		who, err := member.ByRef(tx, a.Group.ID, ref)
		if err != nil {
			return p, 0, err
		}
		st, err := s.stage(tx, r)
		if err != nil {
			return p, 0, err
		}
		if _, why, err := st.leaves(who); err != nil || why != "" {
			if err == nil {
				err = fault.New(fault.Conflict, "vacancy.cannot_stay")
			}
			return p, 0, err
		}
		v := s.words.Voice(a.Group.Lang)
		say := []any{"Role", lang.M("role." + r.Key + ".name"), "Name", who.Name, "Days", int(mostStay / day)}
		p.Text = motion.Text{
			Title: v.T("vacancy.stay.motion", say...), Clauses: []motion.Clause{{Text: v.T("vacancy.stay.clause", say...)}}, Why: why,
			Effect: motion.Effect{Kind: motion.Stay, Role: r.Key, Member: who.Ref},
		}
		return p, who.ID, nil
	})
}

// bring puts forward what is proposed about the group's role with the key.
func (s *Service) bring(ctx context.Context, a member.Actor, once db.Once, key string,
	propose func(*db.Tx, member.Actor, role.Role) (motion.Proposal, member.ID, error)) (motion.Motion, error) {
	return motion.BringOnce(ctx, s.db, s.ledger, a, once, func(tx *db.Tx, a member.Actor) (p motion.Proposal, about member.ID, err error) {
		r, err := role.Find(tx, a.Group.ID, key)
		if err != nil {
			return p, 0, err
		}
		return propose(tx, a, r)
	})
}

// leaves returns the open vacancy in a seat that the member held last and may look after now by a vote of two thirds, once, or why there is none.
func (st *stage) leaves(who member.Member) (Vacancy, role.Why, error) {
	resting, err := st.restingNow()
	if err != nil {
		return Vacancy{}, "", err
	}
	for _, id := range resting {
		if id == who.ID {
			return Vacancy{}, role.Rests, nil
		}
	}
	last, err := st.lastHolders()
	if err != nil {
		return Vacancy{}, "", err
	}
	for _, v := range st.open {
		if !slices.Contains(last[v.Seat], who.ID) {
			continue
		}
		if _, ok := st.caretaker(v.Seat); ok {
			return v, role.Taken, nil
		}
		if st.mindUntil(v).Sub(st.tx.Now) < leastMind {
			return v, role.Over, nil
		}
		return v, "", nil
	}
	return Vacancy{}, role.Over, nil
}

// Stay has who held a seat last look after it for some weeks, because members decided it with two thirds: once, and for four weeks at most
// (practice.md §2.12.6). It is the decisions' OnStay.
func (s *Service) Stay(tx *db.Tx, g member.Group, decision, key, ref string) (role.Why, error) {
	r, err := role.Find(tx, g.ID, key)
	if err != nil {
		return "", err
	}
	who, err := member.ByRef(tx, g.ID, ref)
	if err != nil {
		return "", err
	}
	st, err := s.stage(tx, r)
	if err != nil {
		return "", err
	}
	v, why, err := st.leaves(who)
	if err != nil || why != "" {
		return why, err
	}
	until := st.mindUntil(v)
	if most := tx.Now.Add(mostStay); until.After(most) {
		until = most
	}
	done, err := st.give(v, who, until, decision)
	if err == nil && !done {
		why = role.Left
	}
	return why, err
}
