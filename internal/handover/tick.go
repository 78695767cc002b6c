package handover

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Tick does what is due by time alone: it names understudies and has their lots fall, asks who would be next, opens handovers, and deletes
// what was written in good time. No power begins or ends by it.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue, nextCount) }

// due returns up to limit terms and askings for which time has something to do.
func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	askings, err := dueAskings(tx, limit)
	if err != nil {
		return nil, err
	}
	for _, k := range askings {
		out = append(out, db.Due{Name: fmt.Sprintf("asking %d", k.ID), Do: func(tx *db.Tx) error { return s.count(tx, k) }})
	}
	all, err := dueLearnings(tx, limit)
	for _, l := range all {
		out = append(out, db.Due{Name: fmt.Sprintf("learning %d", l.Term), Do: func(tx *db.Tx) error { return s.look(tx, l.Term) }})
	}
	return out, err
}

// course is a term with what decides what is due for it.
type course struct {
	learning
	group member.Group
	role  role.Role
	term  role.Term
	rules rulebook.Rules
	Calendar
}

func courseOf(tx *db.Tx, id role.TermID) (c course, err error) {
	var found bool
	if c.learning, found, err = getLearning(tx, id); err != nil || !found {
		return c, err
	}
	if c.term, err = role.GetTerm(tx, id); err != nil {
		return c, err
	}
	if c.role, err = role.Get(tx, c.term.Role); err != nil {
		return c, err
	}
	if c.group, err = member.GetGroup(tx, c.term.Group); err != nil {
		return c, err
	}
	rules, err := rulebook.Current(tx, c.group.ID, tx.Now)
	c.rules, c.Calendar = rules.Rules, CalendarOf(c.role, c.term, rules.Rules)
	return c, err
}

// look does what is due for a term, and notes when to look again.
func (s *Service) look(tx *db.Tx, id role.TermID) error {
	c, err := courseOf(tx, id)
	if err != nil || c.due.IsZero() || c.due.After(tx.Now) {
		return err
	}
	now := tx.Now
	switch {
	case now.Before(c.Begins) && c.term.Ended.IsZero():
		return setDue(tx, id, c.Begins)
	case !c.term.Served(now):
		return setDue(tx, id, time.Time{}) // it was declined
	}
	if err := s.begun(tx, c); err != nil {
		return err
	}
	at, err := s.learn(tx, c)
	if err != nil {
		return err
	}
	if err := s.leave(tx, c); err != nil {
		return err
	}
	return setDue(tx, id, next(now, at, c.Ask, c.Open, c.Over, c.Forget))
}

// begun notes how many others could do the role when the term began.
func (s *Service) begun(tx *db.Tx, c course) error {
	if c.Depth != nil || tx.Now.Sub(c.Begins) > 7*day {
		return nil // later it would not be true
	}
	d, err := depth(tx, c.group, c.role, c.rules)
	if err != nil {
		return err
	}
	return setDepth(tx, c.Term, d.Count)
}

// learn sees to the understudy and the question who would be next, and returns when to look again for the understudy.
func (s *Service) learn(tx *db.Tx, c course) (at time.Time, err error) {
	now := tx.Now
	if !now.Before(c.Over) {
		return at, nil
	}
	if !c.Ask.IsZero() && !now.Before(c.Ask) && now.Before(c.Count) {
		if err := s.ask(tx, c); err != nil {
			return at, err
		}
	}
	if c.Settle.IsZero() || now.Before(c.Settle) {
		return c.Settle, nil
	}
	l, err := lastLot(tx, c.Term)
	if err != nil {
		return at, err
	}
	if l.State == Announced {
		if now.Before(l.At) {
			return l.At, nil
		}
		if err := s.fall(tx, c.group, c.term, l); err != nil {
			return at, err
		}
	}
	all, err := namedFor(tx, c.Term)
	if err != nil {
		return at, err
	}
	if len(all) > 0 && all[len(all)-1].Ended.IsZero() {
		return at, nil
	}
	if at, err = s.settle(tx, c.group, c.role, c.term); err == nil && at.IsZero() {
		at = c.again(now)
	}
	return at, err
}

// ask asks everybody whether they would do the role, once for seats that are free at about the same time.
func (s *Service) ask(tx *db.Tx, c course) error {
	asked, err := askedFor(tx, c.role, c.Calendar)
	if err != nil || asked {
		return err
	}
	after, err := role.AfterIn(tx, c.term)
	if err != nil || len(after) > 0 {
		return err // somebody is elected already
	}
	k, err := insertAsking(tx, Asking{Group: c.group.ID, Role: c.role.ID, Opened: tx.Now, Closes: c.Count, Free: c.Over})
	if err != nil {
		return fmt.Errorf("insert an asking: %w", err)
	}
	return s.note(tx, c.group, k.Ref(), "asking.opened", "", ledger.Data{"asking": k.Number, "role": c.role.Ref(), "closes": k.Closes, "free": k.Free})
}

// count keeps how many said what, or in a small group whether anybody would, and forgets who did.
func (s *Service) count(tx *db.Tx, k Asking) (err error) {
	g, err := member.GetGroup(tx, k.Group)
	if err != nil {
		return err
	}
	if k.Said, err = answers(tx, k.ID); err != nil {
		return err
	}
	n, err := member.OnRoll(tx, g.ID)
	if err != nil {
		return err
	}
	k.Counted, k.Few = tx.Now, member.Few(n)
	said := ledger.Data{}
	if k.Few {
		k.Said = map[draw.Answer]int{draw.Yes: min(k.Said[draw.Yes]+k.Said[draw.WithSomeone], 1)}
		said["anybody"] = k.Said[draw.Yes] > 0
	} else {
		for _, a := range draw.Answers() {
			said[string(a)] = k.Said[a]
		}
	}
	if err := putCounted(tx, k); err != nil {
		return err
	}
	return s.note(tx, g, k.Ref(), "asking.counted", "", ledger.Data{"asking": k.Number, "answers": said})
}

// leave opens the handover, ends what ends with the term, and deletes in time what was written.
func (s *Service) leave(tx *db.Tx, c course) error {
	now := tx.Now
	if now.Before(c.Open) {
		return nil
	}
	h, err := ofTerm(tx, c.Term)
	if err == nil && h.ID == 0 && c.term.Fills() && c.term.How != role.Archived { // nobody follows a caretaker, nor anybody in a group that is archived
		err = s.open(tx, c.group, c.role, c.term)
	}
	if err != nil || now.Before(c.Over) {
		return err
	}
	if err := endShadowings(tx, c.Term, c.Over); err != nil {
		return err
	}
	if err := dropVolunteers(tx, c.Term); err != nil {
		return err
	}
	if err := forgetTickets(tx, c.Term); err != nil {
		return err
	}
	if now.Before(c.Forget) {
		return nil
	}
	if err := dropShadowings(tx, "s.group_id = ? AND s.ended_at < ?", c.group.ID, db.At(now.AddDate(-depthYears, 0, 0))); err != nil {
		return err
	}
	return s.forget(tx, c.group, c.term)
}
