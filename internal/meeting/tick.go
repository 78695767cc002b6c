package meeting

import (
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// due returns up to limit meetings, things that members ask for and groups that meet by a rule, for which time has something to do.
func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	ms, err := dueOnes(tx, limit)
	if err != nil {
		return nil, err
	}
	for _, m := range ms {
		out = append(out, db.Due{Name: fmt.Sprintf("meeting %d", m.ID), Do: func(tx *db.Tx) error { return s.lookAfter(tx, m) }})
	}
	voting, err := dueMoves(tx, max(0, limit-len(out)))
	if err != nil {
		return nil, err
	}
	together, err := dueTogether(tx, max(0, limit-len(out)-len(voting)))
	if err != nil {
		return nil, err
	}
	for _, m := range append(voting, together...) {
		out = append(out, db.Due{Name: fmt.Sprintf("vote in meeting %d", m.ID), Do: func(tx *db.Tx) error {
			in, err := s.alone(tx, m)
			if err != nil {
				return err
			}
			return in.settle()
		}})
	}
	asks, err := dueAsks(tx, max(0, limit-len(out)))
	for _, k := range asks {
		out = append(out, db.Due{Name: fmt.Sprintf("call for a meeting %d", k.ID), Do: func(tx *db.Tx) error { return s.watch(tx, k) }})
	}
	if err != nil {
		return nil, err
	}
	groups, err := dueRhythms(tx, max(0, limit-len(out)))
	for _, id := range groups {
		out = append(out, db.Due{Name: fmt.Sprintf("rhythm of group %d", id), Do: func(tx *db.Tx) error { return s.keepRhythm(tx, id) }})
	}
	return out, err
}

// lookAfter does for a meeting what its time has come for.
func (s *Service) lookAfter(tx *db.Tx, m Meeting) error {
	if m.IsOver() {
		if err := forget(tx, m.ID); err != nil {
			return err
		}
		return forgotten(tx, m.ID)
	}
	if m.OrderedAt.IsZero() {
		return s.order(tx, m)
	}
	in, err := s.alone(tx, m)
	if err != nil {
		return err
	}
	if closes := m.closes(in.rules.Rules); m.IsAdjourned() && tx.Now.Before(closes) {
		in.m.due = closes
		if err := forgetSitting(tx, m.ID); err != nil {
			return err
		}
		return put(tx, in.m, Called)
	}
	if in.m.State == Session {
		if err := in.held(); err != nil || tx.Now.Before(in.m.due) {
			in.tell()
			return err
		}
	}
	return in.close("")
}

// alone is a meeting in which the clock does something, and nobody else.
func (s *Service) alone(tx *db.Tx, m Meeting) (*room, error) {
	g, err := member.GetGroup(tx, m.Group)
	if err != nil {
		return nil, err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return nil, err
	}
	sc := &scene{s, tx, member.Actor{Group: g}, rules}
	return sc.enter(m.Number)
}

// Archive ends the meetings of a group that is archived, and what its members ask for.
func (s *Service) Archive(tx *db.Tx, g member.Group) error {
	k, err := openCall(tx, g.ID)
	if err != nil {
		return err
	}
	if k.ID != 0 {
		running, err := toConvene(tx, g.ID)
		if err != nil {
			return err
		}
		for _, t := range running {
			if err := s.end(tx, g, t, string(Archived)); err != nil {
				return err
			}
		}
		if err := s.endAsk(tx, g, k, Archived); err != nil {
			return err
		}
	}
	ahead, err := aheadOf(tx, g.ID)
	if err != nil {
		return err
	}
	for _, m := range ahead {
		in, err := s.alone(tx, m)
		if err != nil {
			return err
		}
		if err := in.close(""); err != nil {
			return err
		}
	}
	return nil
}

// Part has a member who leaves be gone from meetings, give up the jobs they have there, and no longer ask for one, in the transaction in which they leave.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	running, err := runningOf(tx, who.ID)
	if err != nil {
		return err
	}
	for _, t := range running {
		if err := s.end(tx, g, t, HasLeft); err != nil {
			return err
		}
	}
	there, err := whereThere(tx, who.ID)
	if err != nil {
		return err
	}
	ahead, err := aheadOf(tx, g.ID)
	if err != nil {
		return err
	}
	for _, m := range ahead {
		if err := putWilling(tx, m.ID, who.ID, nil); err != nil {
			return err
		}
		for _, id := range there {
			if id != m.ID {
				continue
			}
			in, err := s.alone(tx, m)
			if err != nil {
				return err
			}
			if err := in.away(who.ID, ""); err != nil {
				return err
			}
		}
	}
	k, err := openCall(tx, g.ID)
	if err != nil || k.ID == 0 {
		return err
	}
	was, err := dropName(tx, k.ID, who.ID)
	if err != nil || !was || k.State != Collecting {
		return err
	}
	if k.Signed--; k.Signed == 0 {
		return s.endAsk(tx, g, k, Dropped)
	}
	return putAsk(tx, k)
}
