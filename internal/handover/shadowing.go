package handover

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// Shadow asks whoever holds the term whether the actor may learn beside them. Only the two see it. It returns fault.Conflict if the term is
// not under way, if the actor holds the role, or if they have asked somebody in it already, and fault.NotFound if there is no such term.
func (s *Service) Shadow(ctx context.Context, a member.Actor, key, ref string) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		if was, err := findMine(sc.tx, sc.role.ID, sc.a.Member.ID); err != nil || was.ID != 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "handover.shadow.twice")
			}
			return err
		}
		return sc.pair(ref, sc.a.Member.ID, false)
	})
}

// Invite asks a member, by their name, whether they would learn beside the actor, who holds the term. Whether others have asked them, or they
// learn beside somebody, is not told. It returns fault.Conflict if the term is not under way, if they hold the role, and if one of the two has
// asked the other already, fault.NotFound to everybody but the holder, and fault.Invalid with the field "member" if nobody is called so.
func (s *Service) Invite(ctx context.Context, a member.Actor, key, ref, name string) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		t, err := sc.living(ref)
		if err == nil && t.Member != sc.a.Member.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		m, err := member.ByName(sc.tx, sc.a.Group.ID, name)
		if db.IsNotFound(err) {
			return fault.Form(map[string]lang.Msg{"member": lang.M("election.nobody_called")})
		}
		if err != nil {
			return err
		}
		return sc.pair(ref, m.ID, true)
	})
}

// pair begins a shadowing that the other of the two has to agree to.
func (sc *scene) pair(ref string, who member.ID, invited bool) error {
	t, err := sc.living(ref)
	if err != nil {
		return err
	}
	if _, held, err := holds(sc.tx, sc.role.ID, who); err != nil || held {
		if err == nil {
			err = fault.New(fault.Conflict, "handover.shadow.holder")
		}
		return err
	}
	return insertShadowing(sc.tx, Shadowing{Group: sc.a.Group.ID, Role: sc.role.ID, Term: t.ID, Member: who, Invited: invited, Asked: sc.tx.Now})
}

// with runs what one of the two does about their shadowing. To everybody else there is none.
func (s *Service) with(ctx context.Context, a member.Actor, key string, id ShadowID, do func(*scene, Shadowing) error) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		sh, err := getShadowing(sc.tx, sc.a.Group.ID, id)
		if err == nil && (sh.Role != sc.role.ID || !sh.Has(sc.a.Member.ID)) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		return do(sc, sh)
	})
}

// Agree says yes to a shadowing that the other of the two asked for. What else was asked of who learns, or by them, is forgotten. Doing it
// again changes nothing. It returns fault.NotFound to everybody else, and fault.Conflict if it is over or if they learn the role beside
// another, which nobody but they can come to hear.
func (s *Service) Agree(ctx context.Context, a member.Actor, key string, id ShadowID) error {
	return s.with(ctx, a, key, id, func(sc *scene, sh Shadowing) error {
		if err := sh.MayAgree(sc.a.Member.ID); err != nil || !sh.Agreed.IsZero() {
			return err
		}
		if was, err := findMine(sc.tx, sh.Role, sh.Member); err != nil || was.ID != 0 && !was.Agreed.IsZero() {
			if err == nil {
				err = fault.New(fault.Conflict, "handover.shadow.twice")
			}
			return err
		}
		sh.Agreed = sc.tx.Now
		if err := dropOthers(sc.tx, sh); err != nil {
			return err
		}
		return putShadowing(sc.tx, sh)
	})
}

// Unshadow ends a shadowing; either of the two can. One that was never agreed to is forgotten. Doing it again changes nothing.
func (s *Service) Unshadow(ctx context.Context, a member.Actor, key string, id ShadowID) error {
	return s.with(ctx, a, key, id, func(sc *scene, sh Shadowing) error {
		switch {
		case sh.Agreed.IsZero():
			return dropShadowings(sc.tx, "s.id = ?", id)
		case !sh.Ended.IsZero():
			return nil
		}
		sh.Ended = sc.tx.Now
		return putShadowing(sc.tx, sh)
	})
}

// Sit says that the two sat together today. It counts once the other says so too. It returns fault.Conflict before both have agreed and
// after it is over.
func (s *Service) Sit(ctx context.Context, a member.Actor, key string, id ShadowID) error {
	return s.with(ctx, a, key, id, func(sc *scene, sh Shadowing) error {
		if err := sh.MaySit(sc.a.Member.ID); err != nil {
			return err
		}
		return putSitting(sc.tx, id, Sitting{Day: DayOf(sc.tx.Now, sc.a.Group.Zone), ByHolder: sh.Holder == sc.a.Member.ID})
	})
}

// Confirm says that the two sat together on a day that the other has named. It returns fault.NotFound if they have not.
func (s *Service) Confirm(ctx context.Context, a member.Actor, key string, id ShadowID, day int) error {
	return s.with(ctx, a, key, id, func(sc *scene, sh Shadowing) error {
		if err := sh.MaySit(sc.a.Member.ID); err != nil {
			return err
		}
		return confirm(sc.tx, id, day, sh.Holder == sc.a.Member.ID)
	})
}
