package revival

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Ender ends what is under way in a group that is archived, in the transaction that archives it.
type Ender func(tx *db.Tx, g member.Group) error

// Service wakes, archives and reopens groups.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
	enders []Ender
	open   []Ender
}

// NewService returns a Service on the database that writes to the record, with the words that proposals to wind a group up have.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{db: d, ledger: l, words: words}
}

// Ends sets what ends that which is under way in a group as it is archived, in order: votes before the proposals they are on.
func (s *Service) Ends(enders ...Ender) { s.enders = enders }

// OnReopen has f take up again what goes on by itself in a group.
func (s *Service) OnReopen(f Ender) { s.open = append(s.open, f) }

func (s *Service) note(tx *db.Tx, g member.Group, subject, kind string, data ledger.Data) error {
	if _, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Data: data}); err != nil {
		return fmt.Errorf("note %s: %w", kind, err)
	}
	return nil
}

// Here notes that the actor is there, which counts as being active this month, and is all that is kept of it. Doing it again changes nothing.
// It returns fault.NotFound to who is no member, and fault.Conflict while nobody is asked.
func (s *Service) Here(ctx context.Context, a member.Actor) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		r, err := openIn(tx, a.Group.ID)
		if err == nil && !r.IsOpen() {
			err = fault.New(fault.Conflict, "revival.not_asked")
		}
		if err != nil {
			return err
		}
		return member.Touch(tx, a.Member)
	})
}

// Reopen notes that the actor wants an archived group back; the third of its last roll opens it. Nobody learns who they were: the record says
// how many. Doing it again changes nothing. It returns fault.NotFound to who is no member, and fault.Conflict if the group is not archived.
func (s *Service) Reopen(ctx context.Context, a member.Actor) (opened bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		opened = false
		a, err := member.AgainAnyhow(tx, a)
		if err == nil && a.Group.Archived.IsZero() {
			err = fault.New(fault.Conflict, "revival.not_archived")
		}
		if err != nil {
			return err
		}
		if err := want(tx, a.Group.ID, a.Member.ID); err != nil {
			return fmt.Errorf("note who wants the group back: %w", err)
		}
		who, err := wanting(tx, a.Group.ID)
		if err != nil || len(who) < Least {
			return err
		}
		opened = true
		return s.reopen(tx, a.Group, who)
	})
	return opened, err
}

// reopen opens the group for those who wanted it back. Nobody has a power; what goes on by itself does so again.
func (s *Service) reopen(tx *db.Tx, g member.Group, who []member.ID) error {
	if err := member.Reopen(tx, g.ID); err != nil {
		return fmt.Errorf("reopen the group: %w", err)
	}
	if err := forgetWanting(tx, g.ID); err != nil {
		return err
	}
	if err := member.TouchMany(tx, who, tx.Now); err != nil {
		return err
	}
	if err := s.note(tx, g, "group", "group.reopened", ledger.Data{"people": len(who)}); err != nil {
		return err
	}
	for _, f := range s.open {
		if err := f(tx, g); err != nil {
			return fmt.Errorf("take up a reopened group: %w", err)
		}
	}
	return nil
}

// Part takes back, as a member leaves, that they want their archived group back.
func (s *Service) Part(tx *db.Tx, who member.Member) error { return unwant(tx, who.ID) }

// View is how awake a group is, as one member sees it.
type View struct {
	Revival           // the notice that stands; zero: none
	Now     time.Time // by the clock
	Count   int       // how many have answered it, or want the archived group back
	Mine    bool      // the viewer is among them
}

// Show returns how awake the actor's group is. It returns fault.NotFound to who is no member.
func (s *Service) Show(ctx context.Context, a member.Actor) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		v = View{Now: tx.Now}
		if !a.Group.Archived.IsZero() {
			who, err := wanting(tx, a.Group.ID)
			v.Count = len(who)
			for _, id := range who {
				v.Mine = v.Mine || id == a.Member.ID
			}
			return err
		}
		if v.Revival, err = openIn(tx, a.Group.ID); err != nil || !v.IsOpen() {
			return err
		}
		v.Mine = a.Member.ActiveMonth >= member.Month(v.Noticed)
		v.Count, err = member.ActiveSince(tx, a.Group.ID, v.Noticed)
		return err
	})
	return v, err
}

// Sleeping returns the notices that stand in groups of the person, by group.
func (s *Service) Sleeping(ctx context.Context, p member.PersonID) (out map[member.GroupID]Revival, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = openFor(tx, p)
		return err
	})
	return out, err
}

// Waking returns what a group can wake by at an instant, as the record names it; "" if it is not asleep or its window is not open. It is the
// ballots' OnWaking.
func (s *Service) Waking(tx *db.Tx, g member.GroupID, at time.Time) (string, error) {
	r, err := windowAt(tx, g, at)
	if err != nil || r.ID == 0 {
		return "", err
	}
	return r.Ref(), nil
}
