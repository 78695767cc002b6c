package role

import (
	"context"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// Service keeps the roles of groups, and fills and empties them by the clock.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	words  *lang.Catalog
	fill   map[Fill]Filler
	waits  func(tx *db.Tx, r ID) (bool, error)
	ended  []func(tx *db.Tx, g member.Group, t Term) error
}

// NewService returns a Service on the database that writes to the record. What is put before a group is worded by words, in its language.
func NewService(d *db.DB, l *ledger.Ledger, words *lang.Catalog) *Service {
	return &Service{db: d, ledger: l, words: words, fill: map[Fill]Filler{}, waits: func(*db.Tx, ID) (bool, error) { return false, nil }}
}

// Form gives a group that has stopped forming the roles of its preset, in the transaction in which the third member joins.
func (s *Service) Form(tx *db.Tx, g member.Group) error {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return fmt.Errorf("look up rules: %w", err)
	}
	for _, t := range Types(rulebook.Name(g.Preset)) {
		r, err := insertRole(tx, Role{Group: g.ID, Type: t, Begun: tx.Now, Cause: rulebook.Ref(rules.Number)}, t.first(g, tx.Now))
		if err != nil {
			return fmt.Errorf("insert role: %w", err)
		}
		if err := s.note(tx, g, r.Ref(), "role.begun", "", ledger.Data{
			"key": r.Key, "family": r.Family, "fill": string(r.Fill), "seats": r.Seats, "caps": member.WriteCaps(r.Caps), "cause": r.Cause,
		}); err != nil {
			return err
		}
	}
	return nil
}

// first is when the seats of a role of a group that stops forming are looked at first: those that are elected with the founding meeting, or
// two weeks after the third member joined (practice.md §2.13.1), others at once.
func (t Type) first(g member.Group, now time.Time) time.Time {
	switch {
	case t.Fill == ByLot:
		return now
	case g.Founding.IsZero():
		return rulebook.Later(now, g.Third.AddDate(0, 0, foundingDays))
	}
	return rulebook.Later(now, g.Founding)
}

// foundingDays is how long after its third member joined a group holds its founding meeting, if it has not said otherwise.
const foundingDays = 14

// CatchUp gives groups from before there were roles in the program those of their presets. It is run when the server starts, and changes
// nothing where there is nothing to make good. A group whose record is older than what members saw is left alone until its restore is
// recorded, as nothing can be written there.
func (s *Service) CatchUp(ctx context.Context) error {
	var presets []string
	for _, p := range rulebook.Names() {
		if len(Types(p)) > 0 {
			presets = append(presets, string(p))
		}
	}
	var ids []member.GroupID
	if err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		ids, err = formed(tx, presets)
		return err
	}); err != nil {
		return fmt.Errorf("find groups without roles: %w", err)
	}
	for _, id := range ids {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			g, err := member.GetGroup(tx, id)
			if err != nil {
				return err
			}
			return s.Form(tx, g)
		})
		if err != nil && fault.KindOf(err) != fault.Unavailable {
			return fmt.Errorf("give group %d its roles: %w", id, err)
		}
	}
	return nil
}

// scene is what somebody does, with everything that the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	rules rulebook.Version
}

// act runs what a member does. It returns fault.NotFound to everybody who is none.
func (s *Service) act(ctx context.Context, a member.Actor, do func(*scene) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error { return do(&scene{s, tx, a, rules}) })
}

// Relaxable says whether all of the bars can give way where too few are within the limits, so that a yes is of use.
func Relaxable(bars []Bar) bool {
	return !slices.ContainsFunc(bars, func(b Bar) bool { return !slices.Contains(Relaxations(), b) })
}

// GiveUp ends the actor's term at once: one that has not begun is declined, one that has is resigned. Nobody has to agree. The next in
// the order of the lot is offered the seat. Doing it again changes nothing. It returns fault.NotFound for everybody else's term.
func (s *Service) GiveUp(ctx context.Context, a member.Actor, ref string) error {
	return s.act(ctx, a, func(sc *scene) error {
		t, err := FindTerm(sc.tx, sc.a.Group.ID, ref)
		if err == nil && t.Member != sc.a.Member.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil || !sc.tx.Now.Before(t.Over()) {
			return err
		}
		how := Resigned
		if sc.tx.Now.Before(t.Begins) {
			how = Declined
		}
		return sc.end(sc.tx, sc.a.Group, t, how, sc.a.Member.Ref)
	})
}

// OnEnd adds what happens when somebody gives up a term or leaves one behind, in the transaction in which it ends.
func (s *Service) OnEnd(f func(tx *db.Tx, g member.Group, t Term) error) {
	s.ended = append(s.ended, f)
}

// end ends a term before its date, with what hangs on it.
func (s *Service) end(tx *db.Tx, g member.Group, t Term, how, by string) error {
	if err := end(tx, s.ledger, g, t, how, by); err != nil {
		return err
	}
	for _, f := range s.ended {
		if err := f(tx, g, t); err != nil {
			return err
		}
	}
	return nil
}

// Part ends the terms of a member who leaves, in the transaction in which they leave.
func (s *Service) Part(tx *db.Tx, who member.Member) error {
	terms, err := livingTerms(tx, who.ID)
	if err != nil {
		return fmt.Errorf("find terms: %w", err)
	}
	g, err := member.GetGroup(tx, who.Group)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if err := s.end(tx, g, t, Left, who.Ref); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) note(tx *db.Tx, g member.Group, subject, kind, actor string, data ledger.Data) error {
	return note(tx, s.ledger, g, subject, kind, actor, data)
}

// Powers is what there is to know of a role for whoever looks at the group's powers.
type Powers struct {
	Role
	Terms []Term // under way or to come, the first to begin first
}

// Free returns how many seats nobody holds now. One that several people share is held once.
func (p Powers) Free(now time.Time) int {
	held := map[int]bool{}
	for _, t := range p.Terms {
		if t.Fills() && t.Holds(now) {
			held[t.Seat] = true
		}
	}
	return max(p.Seats-len(held), 0)
}
