package revival

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Tick does what is due by time alone: it looks whether groups sleep, tells them, and archives those that nobody comes back to.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue, nextLook) }

func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	notices, err := dueOnes(tx, limit)
	if err != nil {
		return nil, err
	}
	for _, r := range notices {
		out = append(out, db.Due{Name: fmt.Sprintf("revival %d", r.ID), Do: func(tx *db.Tx) error { return s.moveOn(tx, r) }})
	}
	groups, err := dueGroups(tx, limit)
	for _, id := range groups {
		out = append(out, db.Due{Name: fmt.Sprintf("group %d", id), Do: func(tx *db.Tx) error { return s.look(tx, id) }})
	}
	return out, err
}

// feel returns the group's pulse.
func feel(tx *db.Tx, g member.Group, rules rulebook.Rules) (p Pulse, err error) {
	last, err := lastQuorate(tx, g.ID)
	if err != nil {
		return p, fmt.Errorf("find the last decision: %w", err)
	}
	p.Since = rulebook.Later(last, rulebook.Later(g.Third, g.Reopened))
	if p.Active, err = member.Active(tx, g.ID, tx.Now, time.Duration(rules.ActiveWindowDays)*day); err != nil {
		return p, fmt.Errorf("count active members: %w", err)
	}
	p.Elected, err = role.IsElected(tx, g.ID, tx.Now)
	return p, err
}

// look tells a group that it sleeps, if it does and has not been told.
func (s *Service) look(tx *db.Tx, id member.GroupID) error {
	g, err := member.GetGroup(tx, id)
	if err != nil {
		return err
	}
	if told, err := openIn(tx, g.ID); err != nil || told.IsOpen() || !g.Archived.IsZero() {
		if err == nil {
			err = lookAgain(tx, g.ID, tx.Now.Add(day))
		}
		return err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	p, err := feel(tx, g, rules.Rules)
	if err != nil {
		return err
	}
	why := p.Asleep(tx.Now)
	if why == "" {
		return lookAgain(tx, g.ID, tx.Now.Add(day))
	}
	r, err := insert(tx, plan(g, rules.Rules, why, p.Since, tx.Now))
	if err != nil {
		return fmt.Errorf("insert notice: %w", err)
	}
	if err := lookAgain(tx, g.ID, r.Archives.Add(day)); err != nil { // set anew as the notice ends
		return err
	}
	return s.note(tx, g, r.Ref(), "revival.noticed", ledger.Data{
		"why": string(r.Why), "since": r.Since, "active": p.Active, "opens": r.Opens, "closes": r.Closes, "archives": r.Archives,
	})
}

// moveOn brings one notice to where the rules have it by now.
func (s *Service) moveOn(tx *db.Tx, r Revival) error {
	g, err := member.GetGroup(tx, r.Group)
	if err != nil {
		return err
	}
	if tx.Now.Sub(r.due) > late {
		return s.putOff(tx, g, r)
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	p, err := feel(tx, g, rules.Rules)
	if err != nil {
		return err
	}
	answered, err := member.ActiveSince(tx, g.ID, r.Noticed)
	if err != nil {
		return err
	}
	switch {
	case p.Asleep(tx.Now) == "":
		return s.end(tx, g, r, Woke, answered, tx.Now.Add(day))
	case !tx.Now.Before(r.Closes) && answered >= Least:
		return s.end(tx, g, r, Again, answered, rulebook.Later(tx.Now, r.Opens.Add(Repeat-Notice)))
	case !tx.Now.Before(r.Archives):
		return s.Archive(tx, g, r.Ref())
	}
	r.due = r.next(tx.Now)
	return put(tx, r)
}

// putOff gives members the time in which nothing ran: nobody could answer then.
func (s *Service) putOff(tx *db.Tx, g member.Group, r Revival) error {
	r = r.shift(tx.Now)
	r.due = r.next(tx.Now)
	if err := put(tx, r); err != nil {
		return err
	}
	return s.note(tx, g, r.Ref(), "revival.late", ledger.Data{"opens": r.Opens, "closes": r.Closes, "archives": r.Archives})
}

// end ends a notice, and has the group looked at again.
func (s *Service) end(tx *db.Tx, g member.Group, r Revival, how How, answered int, again time.Time) error {
	r.Ended, r.How, r.Answered, r.due = tx.Now, how, answered, time.Time{}
	if err := put(tx, r); err != nil {
		return err
	}
	if err := lookAgain(tx, g.ID, again); err != nil {
		return err
	}
	return s.note(tx, g, r.Ref(), "revival.ended", ledger.Data{"how": string(how), "answered": answered})
}

// Archive makes a group read-only, because of what is named, and ends everything that is under way in it, with no result.
func (s *Service) Archive(tx *db.Tx, g member.Group, by string) error {
	if err := member.Archive(tx, g.ID, by); err != nil {
		return fmt.Errorf("archive the group: %w", err)
	}
	if err := s.note(tx, g, "group", "group.archived", ledger.Data{"cause": by}); err != nil {
		return err
	}
	r, err := openIn(tx, g.ID)
	if err != nil {
		return err
	}
	if r.IsOpen() {
		answered, err := member.ActiveSince(tx, g.ID, r.Noticed)
		if err != nil {
			return err
		}
		if err := s.end(tx, g, r, Archived, answered, time.Time{}); err != nil {
			return err
		}
	}
	for _, f := range s.enders {
		if err := f(tx, g); err != nil {
			return fmt.Errorf("end what is under way in an archived group: %w", err)
		}
	}
	return nil
}
