package handover

import (
	"context"
	"maps"
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
		terms, err := role.Living(tx, r.ID)
		if err != nil {
			return err
		}
		v, err = show(tx, a, r, terms, nil)
		return err
	})
	return v, err
}

// ShowOf is Show for who has just read the role, its terms and who holds them.
func (s *Service) ShowOf(ctx context.Context, a member.Actor, read role.View) (v View, err error) {
	if !a.IsMember() || read.Group != a.Group.ID {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = show(tx, a, read.Role, read.Terms, read.People)
		return err
	})
	return v, err
}

// show is the view of a role of which the terms that are not over have been read, and some people.
func show(tx *db.Tx, a member.Actor, r role.Role, terms []role.Term, people map[member.ID]member.Member) (v View, err error) {
	v = View{Now: tx.Now, Role: r, Me: a.Member.ID}
	version, err := rulebook.Current(tx, a.Group.ID, tx.Now)
	if err != nil {
		return v, err
	}
	rules := version.Rules
	shadows, err := shadowingsLately(tx, r.ID)
	if err != nil {
		return v, err
	}
	if err := v.learners(tx, a.Group, rules, shadows); err != nil {
		return v, err
	}
	last, err := lastTerms(tx, r.ID)
	if err != nil {
		return v, err
	}
	of, err := learntOf(tx, v.Me, terms, last)
	if err != nil {
		return v, err
	}
	if err := v.courses(tx, rules, terms, of); err != nil {
		return v, err
	}
	if err := v.asking(tx, a, rules); err != nil {
		return v, err
	}
	if err := v.handings(tx, terms, last, of); err != nil {
		return v, err
	}
	return v, v.name(tx, people)
}

// learners adds who learns the role, from the shadowings that count for its depth or are open.
func (v *View) learners(tx *db.Tx, g member.Group, rules rulebook.Rules, shadows []Shadowing) error {
	var agreed []Shadowing
	beside := map[member.ID]bool{}
	for _, s := range shadows {
		if !s.Agreed.IsZero() {
			agreed = append(agreed, s)
		}
		if !s.Ended.IsZero() {
			continue
		}
		if !s.Agreed.IsZero() {
			beside[s.Member] = true
		}
		if s.Member == v.Me || s.Holder == v.Me {
			v.Mine = append(v.Mine, s)
		}
	}
	v.Shadows = len(beside)
	all, err := depthsFrom(tx, g, []role.Role{v.Role}, rules, agreed)
	v.Depth = all[v.Role.ID]
	return err
}

// learnt is what is kept about terms, each by its term.
type learnt struct {
	learnings map[role.TermID]learning
	named     map[role.TermID][]Named // who was or is understudy
	sheets    map[role.TermID]Handover
	lots      map[role.TermID]Lot // the newest for each
	would     []role.TermID       // for which the viewer would be understudy
}

func learntOf(tx *db.Tx, me member.ID, lists ...[]role.Term) (l learnt, err error) {
	var ids []role.TermID
	for _, t := range slices.Concat(lists...) {
		ids = append(ids, t.ID)
	}
	if len(ids) == 0 {
		return l, nil
	}
	if l.learnings, err = learningsOf(tx, ids); err != nil {
		return l, err
	}
	if l.named, err = namedForAll(tx, ids); err != nil {
		return l, err
	}
	if l.sheets, err = sheetsOf(tx, ids); err != nil {
		return l, err
	}
	if l.lots, err = lastLots(tx, ids); err != nil {
		return l, err
	}
	l.would, err = wouldLearn(tx, ids, me)
	return l, err
}

// courses adds the terms that are under way.
func (v *View) courses(tx *db.Tx, rules rulebook.Rules, terms []role.Term, of learnt) error {
	for _, t := range terms {
		if !t.Holds(v.Now) {
			continue
		}
		c, err := v.course(tx, t, rules, of)
		if err != nil {
			return err
		}
		v.Terms = append(v.Terms, c)
		v.Holds = v.Holds || t.Member == v.Me
	}
	return nil
}

func (v *View) course(tx *db.Tx, t role.Term, rules rulebook.Rules, of learnt) (c Course, err error) {
	c = Course{Term: t, Calendar: CalendarOf(v.Role, t, rules), Began: of.learnings[t.ID].Depth, Would: slices.Contains(of.would, t.ID)}
	all := of.named[t.ID]
	if n := len(all); n > 0 && all[n-1].Ended.IsZero() {
		c.Understudy = all[n-1].Member
	}
	c.Lot = of.lots[t.ID]
	for i := range c.Lot.Tickets {
		if c.Lot.Tickets[i].Member == v.Me {
			c.Place = c.Lot.Tickets[i].Place
		}
		c.Lot.Tickets[i].Member = 0 // whose the others are is told to nobody
	}
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
	v.Bars, v.From, err = role.JudgeActor(tx, a, v.Role, rules, role.Filling{Closes: v.Asking.Closes, Starts: v.Asking.Free, Seats: v.Role.Seats})
	return err
}

// handings adds the handovers of terms under way and of those before them in their seats, and the viewer's own last term.
func (v *View) handings(tx *db.Tx, living, last []role.Term, of learnt) error {
	for _, t := range last {
		after, err := role.AfterAmong(tx, slices.Concat(last, living), t)
		if err != nil {
			return err
		}
		h := handing{Handover: of.sheets[t.ID], old: t, after: after}
		h.take(tx.Now, v.Me, of.named[t.ID])
		if t.Member == v.Me && !v.Now.Before(t.Over()) && v.Now.Before(t.Over().Add(adviseTime)) && t.How != role.ByVote && !h.needless() {
			v.Past, v.Quiet = t, of.learnings[t.ID].Unasked
		}
		if h.ID != 0 && h.Forgotten.IsZero() {
			v.Doing = append(v.Doing, Handing{
				Term: t, Opened: h.Opened, Finished: h.Finished, Part: h.part, Begun: h.next.ID != 0 && !v.Now.Before(h.next.Begins), Needless: h.needless(),
			})
		}
	}
	return nil
}

// name adds whom the view names, of whom some have been read.
func (v *View) name(tx *db.Tx, read map[member.ID]member.Member) error {
	v.People = map[member.ID]member.Member{}
	var others []member.ID
	for _, id := range v.named() {
		if m, ok := read[id]; ok {
			v.People[id] = m
		} else if id != 0 {
			others = append(others, id)
		}
	}
	more, err := member.Many(tx, others)
	maps.Copy(v.People, more)
	return err
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
