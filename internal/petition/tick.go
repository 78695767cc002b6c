package petition

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Tick does what is due by time alone: it ends petitions whose days are over, whose term has ended, or whose vote could not be held.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// due returns up to limit petitions for which time has something to do.
func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	ps, err := overdue(tx, limit)
	for _, p := range ps {
		out = append(out, db.Due{Name: fmt.Sprintf("petition %d", p.ID), Do: func(tx *db.Tx) error { return s.watch(tx, p) }})
	}
	return out, err
}

// Ended ends what is under way against a term that has just ended, in the transaction in which that did. It is the roles' OnEnd.
func (s *Service) Ended(tx *db.Tx, g member.Group, t role.Term) error {
	return overtake(tx, s.ledger, g, t, tx.Now)
}

// Overtake ends what is under way against the term with the ref, which a decision has ended.
func Overtake(tx *db.Tx, l *ledger.Ledger, g member.Group, ref string) error {
	t, err := role.FindTerm(tx, g.ID, ref)
	if err != nil {
		return err
	}
	return overtake(tx, l, g, t, tx.Now)
}

// overtake ends what is under way against a term that has ended, unless the vote is open: that goes on to its close, and has nothing
// left to end then.
func overtake(tx *db.Tx, l *ledger.Ledger, g member.Group, t role.Term, at time.Time) error {
	p, err := openAgainst(tx, t.ID)
	if err != nil || p.ID == 0 {
		return err
	}
	m, err := motionOf(tx, p)
	if err != nil {
		return err
	}
	if p.State == Reached {
		if m.State != motion.Tabled && m.State != motion.Inquorate {
			return nil
		}
		if err := motion.Cancel(tx, l, g, p.Motion); err != nil {
			return fmt.Errorf("cancel the vote: %w", err)
		}
		if err := ballot.CallOff(tx, l, g, p.Motion); err != nil {
			return err
		}
	}
	return finish(tx, l, g, p, Overtaken, at)
}

// finish ends a petition and forgets who signed it.
func finish(tx *db.Tx, l *ledger.Ledger, g member.Group, p Petition, how State, at time.Time) error {
	if err := forgetNames(tx, p.ID); err != nil {
		return fmt.Errorf("forget names: %w", err)
	}
	p.State, p.Ended, p.due = how, at, time.Time{}
	if err := put(tx, p); err != nil {
		return err
	}
	return note(tx, l, g, p.Ref(), "petition.ended", "", ledger.Data{"petition": p.Ref(), "how": string(how), "signed": p.Signed, "at": at})
}

// Settle ends the petition that called for a motion, once the vote on that is counted for good. What ended it is told by the vote; a term
// that was over before is told as that.
func Settle(tx *db.Tx, l *ledger.Ledger, g member.Group, m motion.ID, how State, at time.Time) error {
	p, err := calling(tx, m)
	if err != nil || !p.IsOpen() {
		return err
	}
	return finish(tx, l, g, p, how, at)
}

// watch does for a petition what time alone brings about.
func (s *Service) watch(tx *db.Tx, p Petition) error {
	g, err := member.GetGroup(tx, p.Group)
	if err != nil {
		return err
	}
	t, err := role.GetTerm(tx, p.Term)
	if err != nil {
		return err
	}
	if over := t.Over(); !tx.Now.Before(over) && (p.State == Reached || !over.After(p.Closes)) {
		if err := overtake(tx, s.ledger, g, t, over); err != nil {
			return err
		}
	} else if p.State == Collecting {
		return s.recount(tx, g, p, t)
	}
	if p, err = get(tx, p.ID); err != nil || !p.IsOpen() {
		return err
	}
	m, err := motionOf(tx, p)
	if err != nil {
		return err
	}
	if m.IsOver() { // its urn was damaged twice: nothing was decided
		return finish(tx, s.ledger, g, p, Void, tx.Now)
	}
	p.due = p.next(t, tx.Now)
	return put(tx, p)
}

// recount ends a petition whose days are over, or under which no name stands any more since members have left.
func (s *Service) recount(tx *db.Tx, g member.Group, p Petition, t role.Term) (err error) {
	if p.Signed, err = countNames(tx, p.ID); err != nil {
		return err
	}
	switch {
	case !tx.Now.Before(p.Closes):
		return finish(tx, s.ledger, g, p, RanOut, p.Closes)
	case p.Signed == 0:
		return finish(tx, s.ledger, g, p, Dropped, tx.Now)
	}
	p.due = p.next(t, tx.Now)
	return put(tx, p)
}

// Part takes the name of a member who leaves from under petitions, in the transaction in which they leave. The number that is shown follows in
// the evening of the next day, or with the next name: everybody sees who leaves and when, and would see by it that they had signed.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	ps, err := signedBy(tx, who.ID)
	if err != nil || len(ps) == 0 {
		return err
	}
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if err := removeName(tx, p.ID, who.ID); err != nil {
			return fmt.Errorf("take a name back: %w", err)
		}
		if at := rulebook.Evening(tx.Now.AddDate(0, 0, 1), g.Zone); at.Before(p.due) {
			p.due = at
		}
		if err := put(tx, p); err != nil {
			return err
		}
	}
	return nil
}
