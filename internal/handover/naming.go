package handover

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
)

// Volunteer says that the actor would be understudy to whoever holds the term, or with would false that they would not. Nobody sees it before
// they are named. It returns fault.Conflict if the term is not under way or only looks after a place, if the actor holds the role, if they are
// understudy in it already, or if there is one or a lot is about to fall.
func (s *Service) Volunteer(ctx context.Context, a member.Actor, key, ref string, would bool) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		t, err := sc.living(ref)
		if err != nil {
			return err
		}
		if !would {
			return dropVolunteer(sc.tx, t.ID, sc.a.Member.ID)
		}
		if err := sc.mayVolunteer(t); err != nil {
			return err
		}
		return putVolunteer(sc.tx, t.ID, sc.a.Member.ID)
	})
}

func (sc *scene) mayVolunteer(t role.Term) error {
	if _, held, err := holds(sc.tx, sc.role.ID, sc.a.Member.ID); err != nil || held {
		if err == nil {
			err = fault.New(fault.Conflict, "handover.understudy.holder")
		}
		return err
	}
	if !t.Fills() {
		return fault.New(fault.Conflict, "handover.understudy.caretaker")
	}
	l, err := lastLot(sc.tx, t.ID)
	if err != nil {
		return err
	}
	all, err := understudiesOf(sc.tx, sc.role.ID)
	if err != nil {
		return err
	}
	switch {
	case l.State == Announced:
		return fault.New(fault.Conflict, "handover.understudy.lot")
	case slices.ContainsFunc(all, func(u Named) bool { return u.Term == t.ID || u.Member == sc.a.Member.ID }):
		return fault.New(fault.Conflict, "handover.understudy.there")
	}
	return nil
}

// Stop ends that the actor is understudy to whoever holds the term. Nobody has to agree. The next in the order of the lot follows, if there was
// one. Doing it again changes nothing. It returns fault.NotFound to who never was.
func (s *Service) Stop(ctx context.Context, a member.Actor, key, ref string) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		t, err := sc.term(ref)
		if err != nil {
			return err
		}
		all, err := namedFor(sc.tx, t.ID)
		if err != nil {
			return err
		}
		was := false
		for _, u := range all {
			if u.Member != sc.a.Member.ID {
				continue
			}
			if was = true; u.Ended.IsZero() {
				return sc.endUnderstudy(sc.tx, sc.a.Group, t, u, Stopped)
			}
		}
		if !was {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return nil
	})
}

// endUnderstudy ends one, and names who follows in the order of the lot.
func (s *Service) endUnderstudy(tx *db.Tx, g member.Group, t role.Term, u Named, how string) error {
	if err := endNamed(tx, u, how); err != nil {
		return fmt.Errorf("end an understudy: %w", err)
	}
	if err := s.note(tx, g, "term/"+t.Ref, "understudy.ended", "", ledger.Data{"term": t.Ref, "n": u.N, "how": how}); err != nil {
		return err
	}
	if !t.Holds(tx.Now) {
		return nil
	}
	if _, err := s.nameNext(tx, g, t); err != nil {
		return err
	}
	return setDue(tx, t.ID, tx.Now) // who would is looked for again in time
}

// name makes somebody understudy to whoever holds the term. Nobody else need be willing any more.
func (s *Service) name(tx *db.Tx, g member.Group, t role.Term, who member.Member, cause string) error {
	n, err := insertNamed(tx, Named{Group: g.ID, Term: t.ID, Member: who.ID, At: tx.Now, Cause: cause})
	if err != nil {
		return fmt.Errorf("insert an understudy: %w", err)
	}
	if err := dropVolunteers(tx, t.ID); err != nil {
		return err
	}
	return s.note(tx, g, "term/"+t.Ref, "understudy.named", "", ledger.Data{"term": t.Ref, "n": n, "member": who.Ref, "cause": cause})
}

// nameNext names the first in the order of the term's last lot who still can be understudy.
func (s *Service) nameNext(tx *db.Tx, g member.Group, t role.Term) (named bool, err error) {
	l, err := lastLot(tx, t.ID)
	if err != nil || l.State != Drawn {
		return false, err
	}
	slices.SortFunc(l.Tickets, func(a, b Ticket) int { return a.Turn - b.Turn })
	var ids []member.ID
	for _, x := range l.Tickets {
		ids = append(ids, x.Member)
	}
	free, err := s.free(tx, t, ids)
	if err != nil || len(free) == 0 {
		return false, err
	}
	return true, s.name(tx, g, t, free[0], l.Ref())
}

// free returns those of the members who can be understudy to whoever holds the term, in the same order: who is in the group, holds no seat of
// the role, is understudy in none, and has not been to this term.
func (s *Service) free(tx *db.Tx, t role.Term, ids []member.ID) (out []member.Member, err error) {
	who, err := member.Many(tx, ids)
	if err != nil {
		return nil, err
	}
	held, err := role.Living(tx, t.Role)
	if err != nil {
		return nil, err
	}
	others, err := understudiesOf(tx, t.Role)
	if err != nil {
		return nil, err
	}
	were, err := namedFor(tx, t.ID)
	if err != nil {
		return nil, err
	}
	others = append(others, were...)
	for _, id := range ids {
		m := who[id]
		if m.ID == 0 || !m.Left.IsZero() || slices.ContainsFunc(held, func(h role.Term) bool { return h.Member == id }) ||
			slices.ContainsFunc(others, func(u Named) bool { return u.Member == id }) {
			continue
		}
		out = append(out, m)
	}
	return out, nil
}

// settle looks at who would be understudy: one is named, and among several a lot is announced, which falls when it returns.
func (s *Service) settle(tx *db.Tx, g member.Group, r role.Role, t role.Term) (falls time.Time, err error) {
	ids, err := volunteers(tx, t.ID)
	if err != nil {
		return falls, err
	}
	free, err := s.free(tx, t, ids)
	if err != nil {
		return falls, err
	}
	switch len(free) {
	case 0:
		return falls, nil
	case 1:
		return falls, s.name(tx, g, t, free[0], volunteer)
	}
	falls = tx.Now.Add(wordsTime)
	return falls, s.announce(tx, g, r, t, free, falls)
}

// announce publishes places and weights, and commits to a secret. The more often somebody has held such a role, the less weight they have.
func (s *Service) announce(tx *db.Tx, g member.Group, r role.Role, t role.Term, free []member.Member, falls time.Time) error {
	ids := make([]member.ID, len(free))
	for i, m := range free {
		ids[i] = m.ID
	}
	times, err := role.TimesHeld(tx, g, ids, r)
	if err != nil {
		return err
	}
	l := Lot{Group: g.ID, Term: t.ID, State: Announced, At: falls, Secret: make([]byte, 32)}
	pool := make([]any, len(ids))
	for i, id := range ids {
		x := Ticket{Place: i + 1, Member: id, Weight: sortition.Weight(times[id], true)}
		l.Tickets, pool[i] = append(l.Tickets, x), ledger.Data{"place": x.Place, "weight": x.Weight}
	}
	if l.Number, err = nextLot(tx, g.ID); err != nil {
		return err
	}
	if _, err := io.ReadFull(s.chance, l.Secret); err != nil {
		return err
	}
	d, err := sortition.Announce(l.lotID(g), poolOf(l.Tickets), l.Secret)
	if err != nil {
		return err
	}
	l.PoolHash, l.Commit = d.PoolHash, d.Commit
	if err := insertLot(tx, l); err != nil {
		return fmt.Errorf("insert a lot: %w", err)
	}
	return s.note(tx, g, "understudy_"+l.Ref(), "understudy.lot", "", ledger.Data{
		"lot": l.Number, "term": t.Ref, "at": l.At, "pool": pool, "pool_hash": l.PoolHash, "commit": l.Commit,
	})
}

// fall reveals the secret, and names the first in the order that follows from it.
func (s *Service) fall(tx *db.Tx, g member.Group, t role.Term, l Lot) error {
	l.State = Drawn
	d, err := l.record(g)
	if err != nil {
		return err
	}
	l.Seed = d.Seed
	if err := putDrawn(tx, l, d.Order); err != nil {
		return err
	}
	order := make([]any, len(d.Order))
	for i, place := range d.Order {
		order[i] = place
	}
	if err := s.note(tx, g, "understudy_"+l.Ref(), "understudy.drawn", "", ledger.Data{
		"lot": l.Number, "secret": hex.EncodeToString(l.Secret), "seed": l.Seed, "order": order,
	}); err != nil {
		return err
	}
	_, err = s.nameNext(tx, g, t)
	return err
}

// Published returns what is published of the group's lot with the number, as `folkmoot draw --check` reads it. It returns fault.NotFound
// if there is none.
func (s *Service) Published(ctx context.Context, a member.Actor, number int) (r sortition.Record, err error) {
	if !a.IsMember() {
		return r, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		l, err := findLot(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		d, err := l.record(a.Group)
		r = sortition.Record{Draw: &d}
		return err
	})
	return r, err
}
