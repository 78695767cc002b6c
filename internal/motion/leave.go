package motion

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Withdraw asks to withdraw the mover's proposal. Others who support it have two days to take it over, but never longer than
// until the vote opens; where there are none, it is withdrawn at once. Asking again changes nothing.
// It returns fault.Denied for others than the mover and fault.Conflict once the text is settled.
func (s *Service) Withdraw(ctx context.Context, a member.Actor, number int) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		again := sc.m.Mover == sc.who.ID && (!sc.m.LeaveAsked.IsZero() || sc.m.State == Withdrawn)
		if again {
			return nil
		}
		if err := sc.m.MayWithdraw(sc.who.ID, sc.tx.Now); err != nil {
			return err
		}
		others, err := countOthers(sc.tx, sc.m)
		if err != nil {
			return err
		}
		was := sc.m.State
		sc.m.LeaveAsked = sc.tx.Now
		if was == Seeking && others == 0 {
			sc.m = sc.m.end(Withdrawn, sc.tx.Now)
			if err := put(sc.tx, sc.m, was); err != nil {
				return err
			}
			return sc.tell("motion.withdrawn", nil)
		}
		sc.m.Due = sc.m.next(sc.tx.Now)
		if err := put(sc.tx, sc.m, was); err != nil {
			return err
		}
		return sc.tell("motion.withdrawal_asked", ledger.Data{"takes_effect": sc.m.Leaves()})
	})
}

// TakeOver keeps a proposal that its mover wants to withdraw: the supporter becomes its mover. The mover may change their
// own mind in the same way. It returns fault.Conflict if no withdrawal is pending, and fault.Denied for anybody else.
func (s *Service) TakeOver(ctx context.Context, a member.Actor, number int) (Motion, error) {
	return s.act(ctx, a, number, func(sc *scene) error {
		if sc.m.LeaveAsked.IsZero() && sc.m.Mover == sc.who.ID && !sc.m.IsOver() {
			return nil // the same form again
		}
		has, err := supportOf(sc.tx, sc.m.ID, sc.who.ID)
		if err != nil {
			return err
		}
		if err := sc.m.MayTakeOver(sc.who.ID, has > 0, sc.tx.Now); err != nil {
			return err
		}
		sc.m.Mover, sc.m.LeaveAsked = sc.who.ID, time.Time{}
		sc.m.Due = sc.m.next(sc.tx.Now)
		if err := putSupport(sc.tx, sc.m, sc.who.ID); err != nil {
			return err
		}
		if err := sc.recount(); err != nil {
			return err
		}
		if err := sc.tell("motion.taken_over", ledger.Data{"mover": sc.who.Ref}); err != nil {
			return err
		}
		return sc.tableIfEnough()
	})
}

// Tick does what is due by time alone: withdrawals take effect, searches for support end, and motions that enough members
// support because the group has shrunk are tabled. What it records are the instants the rules give, not that of its running.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		ms, err := due(tx, tx.Now, limit)
		for _, m := range ms {
			out = append(out, db.Due{Name: fmt.Sprintf("motion %d", m.ID), Do: func(tx *db.Tx) error { return s.moveOn(tx, m) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// moveOn brings one motion to where the rules have it by now.
func (s *Service) moveOn(tx *db.Tx, m Motion) error {
	g, err := member.GetGroup(tx, m.Group)
	if err != nil {
		return err
	}
	from := m.State
	switch m.StateAt(tx.Now) {
	case Withdrawn:
		m = m.end(Withdrawn, m.Leaves())
		if err := put(tx, m, from); err != nil {
			return err
		}
		return record(tx, s.ledger, g, m, "motion.withdrawn", "", nil)
	case Expired:
		m = m.end(Expired, m.Expires())
		if err := put(tx, m, from); err != nil {
			return err
		}
		return record(tx, s.ledger, g, m, "motion.expired", "", nil)
	}
	if m, err = table(tx, s.ledger, g, m); err != nil || m.State != Seeking {
		return err
	}
	m.Due = m.next(tx.Now)
	return put(tx, m, from)
}

// rulesAndNeeds returns the rules in force and how many supporters they ask for now.
func rulesAndNeeds(tx *db.Tx, g member.Group) (rulebook.Version, Needs, error) {
	v, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return v, Needs{}, err
	}
	n, err := needs(tx, g.ID, v.Rules, tx.Now)
	return v, n, err
}

// Part clears up after a member who leaves, in the transaction in which they leave. Their drafts are deleted: nobody else
// may see them. Their support is taken back wherever the vote is not open yet: who leaves and joins again counts once.
func Part(tx *db.Tx, who member.Member) error {
	ids, err := drafts(tx, who.ID)
	if err != nil {
		return fmt.Errorf("find drafts: %w", err)
	}
	for _, id := range ids {
		if err := remove(tx, id); err != nil {
			return fmt.Errorf("delete a draft: %w", err)
		}
	}
	ms, err := supported(tx, who.ID)
	if err != nil {
		return fmt.Errorf("find what the member supports: %w", err)
	}
	for _, m := range ms {
		if err := removeSupport(tx, m.ID, who.ID); err != nil {
			return fmt.Errorf("take support back: %w", err)
		}
		if m.Supporters, err = countSupport(tx, m); err != nil {
			return fmt.Errorf("count supporters: %w", err)
		}
		if err := put(tx, m, m.State); err != nil {
			return err
		}
	}
	return nil
}
