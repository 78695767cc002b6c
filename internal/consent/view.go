package consent

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// View is a selection as one member sees it at one moment.
type View struct {
	Selection // its secret is there once it is published
	Now       time.Time
	Role      role.Role
	Rules     rulebook.Rules
	Me        member.ID
	OnRoll    bool        // the viewer takes part
	Entitled  int         // how many do
	First     bool        // nobody has held the role yet, so that terms are shorter
	May       []member.ID // who can be named, while names are written
	Outside   []Outside   // who cannot, and from when on they could
	Out       []member.ID // who has said: not me
	Papers    []Paper     // that have been read out
	Mine      Paper       // what the viewer has written in this round, or before if they have not; zero: nothing
	Nominees  []Nominee
	Said      []Said // that has been read out
	MineSaid  map[int]Said
	Terms     []role.Term // that came of it
	Next      int         // the number of the role's next selection after it; 0: there is none yet
	People    map[member.ID]member.Member
}

// Outside is somebody whom the limits keep from the role, and from when on they would not; zero if nobody can say.
type Outside struct {
	Member member.ID
	Bars   []role.Bar
	From   time.Time
	Holds  time.Time // until when they hold a place of the role themselves; zero: they do not
}

// Show returns the group's selection with the number. It returns fault.NotFound if there is none, and to who is no member.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		x, err := find(tx, a.Group.ID, number)
		if err != nil {
			return err
		}
		st, err := s.stage(tx, x)
		if err != nil {
			return err
		}
		v = View{Selection: x, Now: tx.Now, Role: st.role, Rules: st.rules, Me: a.Member.ID, Nominees: st.nominees, OnRoll: st.onRoll(a.Member) == nil}
		if len(st.nominees) == 0 {
			v.Secret = nil
		}
		roll, err := st.roll(tx)
		if err != nil {
			return err
		}
		v.Entitled = len(roll)
		if err := v.read(tx); err != nil {
			return err
		}
		if err := v.limits(tx, st, roll); err != nil {
			return err
		}
		if v.First, err = role.IsFirst(tx, x.Role, x.Ref()); err != nil {
			return err
		}
		if v.Terms, err = role.Given(tx, x.Role, x.Ref()); err != nil {
			return err
		}
		if v.Next, err = numberAfter(tx, x); err != nil {
			return err
		}
		return v.name(tx)
	})
	return v, err
}

// read adds what has been read out, and the viewer's own words.
func (v *View) read(tx *db.Tx) error {
	all, err := papers(tx, v.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Round != v.State.paperRound() {
			v.Papers = append(v.Papers, p)
		}
		if p.By == v.Me && p.Round >= v.Mine.Round {
			v.Mine = p
		}
	}
	spoken, err := said(tx, v.ID)
	if err != nil {
		return err
	}
	v.MineSaid = map[int]Said{}
	for _, a := range spoken {
		if !v.isOpenTurn(a.Turn) {
			v.Said = append(v.Said, a)
		}
		if a.By == v.Me {
			v.MineSaid[a.Turn] = a
		}
	}
	v.Out, err = refusals(tx, v.ID)
	return err
}

// isOpenTurn says whether members are saying now what they think of the name whose turn it is.
func (v *View) isOpenTurn(turn int) bool {
	return v.State == Asking && slices.ContainsFunc(v.Nominees, func(n Nominee) bool { return n.Turn == turn && n.Round == v.Round })
}

// limits adds who can be named and who cannot.
func (v *View) limits(tx *db.Tx, st *stage, roll []member.ID) error {
	if v.State.paperRound() == 0 {
		return nil
	}
	all, err := role.JudgeAll(tx, st.g, roll, st.role, v.filling(), st.rules, v.Relaxed)
	if err != nil {
		return err
	}
	terms, err := role.Running(tx, v.Selection.Role)
	if err != nil {
		return err
	}
	for _, c := range all {
		switch {
		case slices.Contains(v.Out, c.ID):
		case len(c.Bars) == 0:
			v.May = append(v.May, c.ID)
		default:
			o := Outside{Member: c.ID, Bars: c.Bars, From: c.From(st.g, st.role, v.filling(), st.rules)}
			for _, t := range terms {
				if t.Fills() && t.Member == c.ID && slices.Contains(c.Bars, role.Seated) {
					o.Holds = rulebook.Later(o.Holds, t.Over())
				}
			}
			v.Outside = append(v.Outside, o)
		}
	}
	return nil
}

// name adds the names of everybody.
func (v *View) name(tx *db.Tx) (err error) {
	ids := slices.Concat(v.May, v.Out)
	for _, o := range v.Outside {
		ids = append(ids, o.Member)
	}
	for _, p := range v.Papers {
		ids = append(ids, p.By, p.Named)
	}
	for _, n := range v.Nominees {
		ids = append(ids, n.Member)
	}
	for _, a := range v.Said {
		ids = append(ids, a.By)
	}
	v.People, err = member.Many(tx, ids)
	return err
}

// Proposed returns who is in question now.
func (v View) Proposed() (out []Nominee) {
	for _, n := range v.Nominees {
		if (v.State == Asking || v.State == Accepting) && v.proposes(n) {
			out = append(out, n)
		}
	}
	return out
}

// Last returns what counts of what has been read out, in the order of those who wrote: of each writer the name that they wrote last.
func (v View) Last() (out []Paper) {
	for _, p := range v.Papers {
		if !slices.ContainsFunc(v.Papers, func(o Paper) bool { return o.By == p.By && o.Round > p.Round }) {
			out = append(out, p)
		}
	}
	return out
}

// CountOf is how many gave each answer to a name, of what has been read out.
func (v View) CountOf(turn int) Count { return countOf(v.Said, turn) }

// Waits says what the selection waits for from the viewer; "": nothing.
func (v View) Waits() State {
	switch {
	case v.MayWrite(v.Now) == nil && v.OnRoll && (v.State == Changing || v.Mine.Round == 0):
		return v.State
	case v.MayAnswer(v.Now) == nil && v.OnRoll:
		for _, n := range v.Proposed() {
			if _, spoke := v.MineSaid[n.Turn]; !spoke && n.Member != v.Me {
				return Asking
			}
		}
	case v.State == Accepting:
		for _, n := range v.Proposed() {
			if n.Member == v.Me && n.Accepted.IsZero() && v.MayAccept(n, v.Now) == nil {
				return Accepting
			}
		}
	}
	return ""
}

// Running returns the group's selections under way as the actor sees them, the oldest first. There is one of a role at most.
func (s *Service) Running(ctx context.Context, a member.Actor) (out []View, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	var all []Selection
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = open(tx, a.Group.ID)
		return err
	})
	for _, x := range all {
		v, err := s.Show(ctx, a, x.Number)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}

// Latest returns the newest selection of each of the actor's group's roles that has had one.
func (s *Service) Latest(ctx context.Context, a member.Actor, roles []role.ID) (out map[role.ID]Selection, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = latest(tx, roles)
		for id, x := range out {
			x.Secret = nil
			if out[id] = x; x.Group != a.Group.ID {
				delete(out, id)
			}
		}
		return err
	})
	return out, err
}
