package handover

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// View is what a member may know of how a role is learnt and handed over. What concerns others alone is not in it.
type View struct {
	Now     time.Time
	Role    role.Role
	Me      member.ID
	Depth   Depth
	Shadows int // how many shadow it now
	Terms   []Course
	Mine    []Shadowing // of which the viewer is one of the two
	Asking  Asking      // the newest; zero if there was none
	Said    draw.Answer // what the viewer says to it; "" is nothing yet
	People  map[member.ID]member.Member

	Holds bool       // the viewer does
	Past  role.Term  // of the viewer, after which they can be asked; zero if there is none
	Quiet bool       // they would rather not be
	Doing []Handing  // handovers that are open or have been, of terms that are not long over
	Bars  []role.Bar // what keeps the viewer from standing
	From  time.Time  // from when on the limits would let them; zero if nobody can say
}

// Course is a term that is under way, with who learns beside its holder.
type Course struct {
	Term        role.Term
	Calendar    Calendar
	Began       *int // how many others could do the role when it began; nil if nobody counted
	Understudy  member.ID
	Lot         Lot  // the newest for it; zero if there was none
	Place       int  // of the viewer in it; 0: none
	Would       bool // the viewer has said that they would be understudy
	Adviser     member.ID
	AdviseUntil time.Time
}

// Handing is a handover as those see it who have no part in it, and what the viewer's part is.
type Handing struct {
	Term     role.Term
	Opened   time.Time
	Finished time.Time
	Part     Part
	Begun    bool // the next term has
	Needless bool // the same person goes on
}

// Unfinished says whether the role's page tells of it: somebody else has the seat, and has not said that all was handed over.
func (h Handing) Unfinished() bool { return h.Begun && h.Finished.IsZero() && !h.Needless }

// Show returns what the actor may know of the role with the key, or fault.NotFound.
func (s *Service) Show(ctx context.Context, a member.Actor, key string) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		r, err := role.Find(tx, a.Group.ID, key)
		if err != nil {
			return err
		}
		rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		v, err = show(tx, a, r, rules.Rules)
		return err
	})
	return v, err
}

func show(tx *db.Tx, a member.Actor, r role.Role, rules rulebook.Rules) (v View, err error) {
	v = View{Now: tx.Now, Role: r, Me: a.Member.ID}
	if v.Depth, err = depth(tx, a.Group, r, rules); err != nil {
		return v, err
	}
	if v.Shadows, err = countShadows(tx, r.ID); err != nil {
		return v, err
	}
	if v.Mine, err = mine(tx, r.ID, v.Me); err != nil {
		return v, err
	}
	if err := v.courses(tx, rules); err != nil {
		return v, err
	}
	if err := v.asking(tx, a, rules); err != nil {
		return v, err
	}
	if err := v.handings(tx); err != nil {
		return v, err
	}
	v.People, err = member.Many(tx, v.named())
	return v, err
}

// courses adds the terms that are under way.
func (v *View) courses(tx *db.Tx, rules rulebook.Rules) error {
	terms, err := role.Living(tx, v.Role.ID)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if !t.Holds(v.Now) {
			continue
		}
		c, err := v.course(tx, t, rules)
		if err != nil {
			return err
		}
		v.Terms = append(v.Terms, c)
		v.Holds = v.Holds || t.Member == v.Me
	}
	return nil
}

func (v *View) course(tx *db.Tx, t role.Term, rules rulebook.Rules) (c Course, err error) {
	c = Course{Term: t, Calendar: CalendarOf(v.Role, t, rules)}
	l, _, err := getLearning(tx, t.ID)
	if err != nil {
		return c, err
	}
	c.Began = l.Depth
	all, err := namedFor(tx, t.ID)
	if err != nil {
		return c, err
	}
	if n := len(all); n > 0 && all[n-1].Ended.IsZero() {
		c.Understudy = all[n-1].Member
	}
	if c.Lot, err = lastLot(tx, t.ID); err != nil {
		return c, err
	}
	for i := range c.Lot.Tickets {
		if c.Lot.Tickets[i].Member == v.Me {
			c.Place = c.Lot.Tickets[i].Place
		}
		c.Lot.Tickets[i].Member = 0 // whose the others are is told to nobody
	}
	would, err := volunteers(tx, t.ID)
	if err != nil {
		return c, err
	}
	c.Would = slices.Contains(would, v.Me)
	if t.Member != v.Me {
		return c, nil
	}
	before, until, err := adviser(tx, t)
	c.Adviser, c.AdviseUntil = before.Member, until
	return c, err
}

// asking adds how everybody is asked, and what the viewer needs to answer.
func (v *View) asking(tx *db.Tx, a member.Actor, rules rulebook.Rules) (err error) {
	if v.Asking, err = latestAsking(tx, v.Role.Group, v.Role.ID); err != nil || !v.Asking.Open(v.Now) {
		return err
	}
	v.Asking.Said = nil // until it is counted: what changes as somebody acts would tell what they said
	if v.Said, err = answerOf(tx, v.Asking.ID, v.Me); err != nil {
		return err
	}
	v.Bars, v.From, err = role.Judge(tx, a.Group, v.Me, v.Role, rules, role.Filling{Closes: v.Asking.Closes, Starts: v.Asking.Free, Seats: v.Role.Seats})
	return err
}

// handings adds the handovers of terms under way and of those before them in their seats, and the viewer's own last term.
func (v *View) handings(tx *db.Tx) error {
	terms, err := lastTerms(tx, v.Role.ID)
	if err != nil {
		return err
	}
	for _, t := range terms {
		h, err := about(tx, t, v.Me)
		if err != nil {
			return err
		}
		if t.Member == v.Me && !v.Now.Before(t.Over()) && v.Now.Before(t.Over().Add(adviseTime)) && t.How != role.ByVote && !h.needless() {
			l, _, err := getLearning(tx, t.ID)
			if err != nil {
				return err
			}
			v.Past, v.Quiet = t, l.Unasked
		}
		if h.ID != 0 && h.Forgotten.IsZero() {
			v.Doing = append(v.Doing, Handing{
				Term: t, Opened: h.Opened, Finished: h.Finished, Part: h.part, Begun: h.next.ID != 0 && !v.Now.Before(h.next.Begins), Needless: h.needless(),
			})
		}
	}
	return nil
}

// named lists everybody whom the view names.
func (v *View) named() (ids []member.ID) {
	for _, c := range v.Terms {
		ids = append(ids, c.Term.Member, c.Understudy, c.Adviser)
	}
	for _, s := range v.Mine {
		ids = append(ids, s.Member, s.Holder)
	}
	for _, h := range v.Doing {
		ids = append(ids, h.Term.Member)
	}
	return ids
}

// Depths returns how many members could do each of the group's roles tomorrow, by its id.
func (s *Service) Depths(ctx context.Context, a member.Actor) (out map[role.ID]Depth, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		roles, err := role.Of(tx, a.Group.ID)
		if err != nil || len(roles) == 0 {
			return err
		}
		rules, err := rulebook.Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		out, err = depths(tx, a.Group, roles, rules.Rules)
		return err
	})
	return out, err
}

// Sheet is a handover as those see it who have a part in it.
type Sheet struct {
	Handover
	Now    time.Time
	Role   role.Role
	Old    role.Term
	Next   role.Term // zero while nobody has the seat
	Part   Part
	People map[member.ID]member.Member
	Depth  Depth
	Began  *int // how many others could do the role when the outgoing began
}

// MayWrite says whether the viewer can write now.
func (sh Sheet) MayWrite() bool { return sh.Handover.MayWrite(sh.Part) == nil }

// MayCheck says whether the viewer can check points now.
func (sh Sheet) MayCheck() bool { return sh.mayCheck(sh.Part, sh.Next.Begins, sh.Now) == nil }

// MayFinish says whether the viewer can say now that it is complete.
func (sh Sheet) MayFinish() bool {
	return sh.Handover.MayFinish(sh.Part, sh.Next.Begins, sh.Now) == nil
}

// MayMeet says whether the viewer can say that the two have met, and has not.
func (sh Sheet) MayMeet() bool {
	open := sh.Finished.IsZero() && sh.Forgotten.IsZero()
	return open && (sh.Part == Outgoing && !sh.MetOld || sh.Part == Incoming && !sh.MetNew)
}

// ShowSheet returns the handover of a term to the outgoing, the new holder and the understudy. To everybody else it returns fault.NotFound.
func (s *Service) ShowSheet(ctx context.Context, a member.Actor, key, ref string) (sh Sheet, err error) {
	if !a.IsMember() {
		return sh, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		r, err := role.Find(tx, a.Group.ID, key)
		if err != nil {
			return err
		}
		t, err := role.FindTerm(tx, a.Group.ID, ref)
		if err == nil && t.Role != r.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		h, err := between(tx, t, a.Member.ID)
		if err != nil {
			return err
		}
		sh = Sheet{Handover: h.Handover, Now: tx.Now, Role: r, Old: t, Next: h.next, Part: h.part}
		return sh.fill(tx, a.Group)
	})
	return sh, err
}

func (sh *Sheet) fill(tx *db.Tx, g member.Group) error {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	if sh.Depth, err = depth(tx, g, sh.Role, rules.Rules); err != nil {
		return err
	}
	l, _, err := getLearning(tx, sh.Term)
	if err != nil {
		return err
	}
	sh.Began = l.Depth
	sh.People, err = member.Many(tx, []member.ID{sh.Old.Member, sh.Next.Member})
	return err
}
