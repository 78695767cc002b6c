package motion

import (
	"context"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// shownSupporters is how many supporters are named on a motion's page.
const shownSupporters = 12

// View is a motion as one member sees it at one moment.
type View struct {
	Motion
	Now        time.Time // the moment
	Text       Version   // the current version
	Rules      rulebook.Version
	Need       int // supporters that bring it before the group; 0 once nothing depends on it
	Supporting []member.ID
	Earlier    Motion // what it takes up again; zero: nothing
	Sides

	MySupport   int // the version the viewer supports, 0 if none
	MySecretAsk bool
}

// Sides is what is said for and against a motion.
type Sides struct {
	For, Against Voices
	People       map[member.ID]member.Member // everybody named here
}

// Voices is the statements of one side: the first few in their order, and whether there are more.
type Voices struct {
	List []Statement
	More bool
}

// Show returns the motion with everything its page needs. It returns fault.NotFound if there is none with the number, or
// it is somebody else's draft.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{Now: tx.Now}
		if v.Motion, err = look(tx, a, number); err != nil {
			return err
		}
		if v.Text, err = TextOf(tx, v.ID, v.Version); err != nil {
			return err
		}
		if err := v.rules(tx, a.Group); err != nil {
			return err
		}
		if v.Again != 0 {
			if v.Earlier, err = Get(tx, v.Again); err != nil {
				return err
			}
		}
		if err := v.people(tx); err != nil {
			return err
		}
		return v.mine(tx, a.Member.ID)
	})
	return v, err
}

// look finds the motion for a member who looks at it.
func look(tx *db.Tx, a member.Actor, number int) (Motion, error) {
	if !a.IsMember() {
		return Motion{}, fault.New(fault.NotFound, "fault.not_found")
	}
	m, err := Find(tx, a.Group.ID, number)
	if err == nil && !m.MayBeSeenBy(a.Member.ID) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return m, err
}

// MaySee returns fault.NotFound if there is no motion with the number, or it is somebody else's draft.
// It is one cheap statement: everybody who listens to a motion asks it every few seconds.
func (s *Service) MaySee(ctx context.Context, a member.Actor, number int) error {
	m, err := glimpse(ctx, s.db, a.Group.ID, number)
	if err == nil && (!a.IsMember() || m.ID == 0 || !m.MayBeSeenBy(a.Member.ID)) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

// Look returns the motion without its text, under the same conditions as Show, within a transaction.
func Look(tx *db.Tx, a member.Actor, number int) (Motion, error) { return look(tx, a, number) }

func (v *View) rules(tx *db.Tx, g member.Group) (err error) {
	if v.State == Draft || v.State == Seeking {
		var all Needs
		v.Rules, all, err = rulesAndNeeds(tx, g)
		v.Need = all.Of(v.Motion, tx.Now)
		return err
	}
	v.Rules, err = rulebook.Get(tx, g.ID, v.Rulebook)
	return err
}

// firstStatements is how many statements of each side a motion's page shows.
const firstStatements = 5

// people reads who says what: the mover, the supporters, the statements.
func (v *View) people(tx *db.Tx) (err error) {
	ids := []member.ID{v.Mover}
	if v.State != Draft {
		if v.Supporting, err = firstSupporters(tx, v.Motion, shownSupporters); err != nil {
			return err
		}
		ids = append(ids, v.Supporting...)
	}
	v.Sides, err = sides(tx, v.Motion, ids...)
	return err
}

// sides reads the first statements of each side, and who is named here or there.
func sides(tx *db.Tx, m Motion, named ...member.ID) (s Sides, err error) {
	if m.State != Draft {
		if s.For, err = statementPage(tx, m.ID, For, 0, firstStatements); err != nil {
			return s, err
		}
		if s.Against, err = statementPage(tx, m.ID, Against, 0, firstStatements); err != nil {
			return s, err
		}
	}
	for _, st := range slices.Concat(s.For.List, s.Against.List) {
		named = append(named, st.Author)
	}
	s.People, err = member.Many(tx, named)
	return s, err
}

// ShowSides returns the first statements for and against a motion, for the page on which it is voted on.
func (s *Service) ShowSides(ctx context.Context, a member.Actor, number int) (sd Sides, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		m, err := look(tx, a, number)
		if err != nil {
			return err
		}
		sd, err = sides(tx, m)
		return err
	})
	return sd, err
}

func statementPage(tx *db.Tx, id ID, side Side, after int64, limit int) (Voices, error) {
	list, err := statements(tx, id, side, after, limit+1)
	if len(list) > limit {
		return Voices{list[:limit], true}, err
	}
	return Voices{list, false}, err
}

func (v *View) mine(tx *db.Tx, who member.ID) (err error) {
	if v.State == Draft {
		return nil
	}
	if v.MySupport, err = supportOf(tx, v.ID, who); err != nil {
		return err
	}
	v.MySecretAsk, err = askedSecret(tx, v.ID, who)
	return err
}

// Statements is a page of the statements of one side.
type Statements struct {
	Motion
	Now    time.Time
	Side   Side
	Shown  Voices
	People map[member.ID]member.Member
	Mine   string // what the viewer has written for this side so far
}

// ShowStatements returns the statements of one side in their order, those after the given one (0: from the first).
func (s *Service) ShowStatements(ctx context.Context, a member.Actor, number int, side Side, after int64) (p Statements, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p = Statements{Now: tx.Now, Side: side}
		if p.Motion, err = look(tx, a, number); err != nil {
			return err
		}
		if side != For && side != Against || p.Kind.Ranked() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if p.Shown, err = statementPage(tx, p.ID, side, after, PageSize); err != nil {
			return err
		}
		mine, _, err := statementBy(tx, p.ID, a.Member.ID, side)
		if err != nil {
			return err
		}
		p.Mine = mine.Text
		var ids []member.ID
		for _, st := range p.Shown.List {
			ids = append(ids, st.Author)
		}
		p.People, err = member.Many(tx, ids)
		return err
	})
	return p, err
}

// History is all versions of a motion and two of them in full.
type History struct {
	Motion
	Now      time.Time
	Written  []time.Time // when each version was written, the first one first
	Old, New Version
	Mover    member.Member
}

// ShowHistory returns the versions of a motion, with versions from and to in full; 0 stands for the one before to, and for
// the current one. It returns fault.NotFound if there is no such version.
func (s *Service) ShowHistory(ctx context.Context, a member.Actor, number, from, to int) (h History, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		h = History{Now: tx.Now}
		if h.Motion, err = look(tx, a, number); err != nil {
			return err
		}
		if to == 0 {
			to = h.Version
		}
		if from == 0 {
			from = max(1, to-1)
		}
		stamps, err := versions(tx, h.ID)
		if err != nil {
			return err
		}
		for _, st := range stamps {
			h.Written = append(h.Written, st.At.Time)
		}
		if h.Old, err = TextOf(tx, h.ID, from); err != nil {
			return err
		}
		if h.New, err = TextOf(tx, h.ID, to); err != nil {
			return err
		}
		if h.Motion.Mover != 0 {
			h.Mover, err = member.Get(tx, h.Motion.Mover)
		}
		return err
	})
	return h, err
}

// Page is a page of a list of motions.
type Page struct {
	Now    time.Time
	List   []Motion
	More   bool
	Movers map[member.ID]member.Member
	Need   Needs // today
}

// List returns a page of the group's proposals. Drafts are in no list but their mover's.
func (s *Service) List(ctx context.Context, a member.Actor, f Filter) (p Page, err error) {
	if !a.IsMember() {
		return p, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p = Page{Now: tx.Now}
		if p.List, p.More, err = list(tx, a.Group.ID, f); err != nil {
			return err
		}
		if p.Movers, err = moversOf(tx, p.List); err != nil {
			return err
		}
		_, p.Need, err = rulesAndNeeds(tx, a.Group)
		return err
	})
	return p, err
}

func moversOf(tx *db.Tx, lists ...[]Motion) (map[member.ID]member.Member, error) {
	var ids []member.ID
	for _, ms := range lists {
		for _, m := range ms {
			ids = append(ids, m.Mover)
		}
	}
	return member.Many(tx, ids)
}

// Now is what a group has before it: what a member can do something about today.
type Now struct {
	At      time.Time
	Rules   rulebook.Version
	Active  int // how many members count as active today
	Need    Needs
	Drafts  []Motion
	Voting  []Motion
	Seeking []Motion
	Tabled  []Motion
	Waiting []Motion // for their one re-run
	Changed []Motion // the member supports earlier words of
	Movers  map[member.ID]member.Member
	More    map[State]bool // there are more than are shown
}

// shownNow is how many motions of each state the group's page shows.
const shownNow = 5

// list reads the motions that are before the group, those of all states at once.
func (n *Now) list(tx *db.Tx, g member.GroupID) error {
	of, err := oldestOf(tx, g, []State{Voting, Seeking, Tabled, Inquorate}, shownNow+1)
	for state, into := range map[State]*[]Motion{Voting: &n.Voting, Seeking: &n.Seeking, Tabled: &n.Tabled, Inquorate: &n.Waiting} {
		n.More[state] = len(of[state]) > shownNow
		*into = of[state][:min(len(of[state]), shownNow)]
	}
	return err
}

// ShowNow returns what the group has before it, in each state the longest waiting first.
func (s *Service) ShowNow(ctx context.Context, a member.Actor) (n Now, err error) {
	if !a.IsMember() {
		return n, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		n = Now{At: tx.Now, More: map[State]bool{}}
		if n.Rules, err = rulebook.Current(tx, a.Group.ID, tx.Now); err != nil {
			return err
		}
		window := time.Duration(n.Rules.Rules.ActiveWindowDays) * 24 * time.Hour
		if n.Active, err = member.Active(tx, a.Group.ID, tx.Now, window); err != nil {
			return err
		}
		n.Need = needsOf(n.Rules.Rules, n.Active)
		if n.Drafts, err = draftsOf(tx, a.Member.ID, shownNow); err != nil {
			return err
		}
		if err := n.list(tx, a.Group.ID); err != nil {
			return err
		}
		if n.Changed, err = changedSince(tx, a.Member.ID, shownNow); err != nil {
			return err
		}
		n.Movers, err = moversOf(tx, n.Changed, n.Voting, n.Seeking, n.Tabled, n.Waiting)
		return err
	})
	return n, err
}

// Drafts returns the member's own drafts, the newest first.
func (s *Service) Drafts(ctx context.Context, a member.Actor) (ms []Motion, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		ms, err = draftsOf(tx, a.Member.ID, PageSize)
		return err
	})
	return ms, err
}
