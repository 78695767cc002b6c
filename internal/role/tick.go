package role

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Tick does what is due by time alone: it has seats that become free filled. No power begins or ends by it: terms have their dates.
func (s *Service) Tick(ctx context.Context) error { return s.db.WorkOff(ctx, s.due) }

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return db.Soonest(tx, nextDue) }

// due returns up to limit roles for which time has something to do.
func (s *Service) due(tx *db.Tx, limit int) (out []db.Due, err error) {
	roles, err := dueRoles(tx, limit)
	for _, r := range roles {
		out = append(out, db.Due{Name: fmt.Sprintf("role %d", r.ID), Do: func(tx *db.Tx) error { return s.lookAfter(tx, r) }})
	}
	return out, err
}

// lookAfter offers seats that were given back to who is next in line, and has free ones filled where the line is used up and the time has
// come. It notes when to look again.
func (s *Service) lookAfter(tx *db.Tx, r Role) error {
	g, err := member.GetGroup(tx, r.Group)
	if err != nil {
		return err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	if wait, err := s.waits(tx, r.ID); err != nil || wait || !r.Lives() {
		return cmp.Or(err, setDue(tx, r.ID, time.Time{})) // what members decide has it looked after again
	}
	last := make([]Attempt, len(r.ways()))
	for i, way := range r.ways() {
		if err := s.fill[way].Refill(tx, g, r, rules.Rules); err != nil {
			return err
		}
		if last[i], err = s.fill[way].Last(tx, r.ID); err != nil {
			return err
		}
		if last[i].Open {
			return setDue(tx, r.ID, time.Time{}) // it has the role looked after again
		}
	}
	terms, err := running(tx, []ID{r.ID}, tx.Now)
	if err != nil {
		return err
	}
	free := Vacancies(r, terms, tx.Now)
	ahead := s.fill[r.Fill].Lead(rules.Rules)
	var seats int
	for _, v := range free {
		if !v.From.Add(-ahead).After(tx.Now) {
			seats++
		}
	}
	if seats == 0 {
		return setDue(tx, r.ID, free[0].From.Add(-ahead))
	}
	lot := last[len(last)-1]
	if lot.Failed && tx.Now.Before(lot.Again) && !r.again.After(lot.Began) {
		return setDue(tx, r.ID, lot.Again)
	}
	if err := setDue(tx, r.ID, time.Time{}); err != nil {
		return err
	}
	way := r.Fill
	if last[0].Failed && last[0].Began.After(lot.Began) {
		way = ByLot
	}
	return s.fill[way].Open(tx, g, r, rules, free[:seats])
}
