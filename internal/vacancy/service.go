package vacancy

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// Service looks after seats that nobody holds.
type Service struct {
	db         *db.DB
	ledger     *ledger.Ledger
	chance     io.Reader
	begin      role.BeginTerm
	roles      *role.Service
	words      *lang.Catalog
	understudy func(*db.Tx, role.ID) ([]member.ID, error)
}

// NewService returns a Service on the database that writes to the record. Lots follow from chance, which must be such that nobody can guess
// it. Terms are given through begin; what members are asked is worded by words, in the group's language. Roles wait while members are asked.
func NewService(d *db.DB, l *ledger.Ledger, chance io.Reader, begin role.BeginTerm, roles *role.Service, words *lang.Catalog) *Service {
	s := &Service{
		db: d, ledger: l, chance: chance, begin: begin, roles: roles, words: words,
		understudy: func(*db.Tx, role.ID) ([]member.ID, error) { return nil, nil },
	}
	roles.OnWait(s.Asking)
	return s
}

// OnUnderstudy has those whom f returns look after a free seat of a role before anybody else, the first of them first.
func (s *Service) OnUnderstudy(f func(*db.Tx, role.ID) ([]member.ID, error)) { s.understudy = f }

// Asking says whether members are deciding what shall become of the role.
func (s *Service) Asking(tx *db.Tx, r role.ID) (bool, error) {
	id, err := lastMotion(tx, r)
	if err != nil || id == 0 {
		return false, err
	}
	m, err := motion.Get(tx, id)
	return err == nil && !m.IsOver(), err
}

// text returns what members are asked, in the group's language.
func (s *Service) text(g member.Group, r role.Role, choices []Choice, roles []role.Role) motion.Text {
	v, name := s.words.Voice(g.Lang), lang.M("role."+r.Key+".name")
	t := motion.Text{Title: v.T("vacancy.motion", "Role", name), Clauses: []motion.Clause{{Text: v.T("role." + r.Key + ".does")}}}
	for _, c := range choices {
		t.Clauses = append(t.Clauses, motion.Clause{Text: v.Say(c.Say(name))})
	}
	return t
}

// Say says what the choice is, for a role by its name.
func (c Choice) Say(name lang.Msg) lang.Msg {
	if into := c.Into(); into != "" {
		return lang.M("vacancy.choice.merge", "Role", name, "Other", lang.M("role."+into+".name"))
	}
	return lang.M("vacancy.choice."+string(c), "Role", name)
}

// Contest returns what can be put in order in the ballot on what shall become of a role, as it opens. It is the ballots' for motions of the
// kind Vacancy.
func (s *Service) Contest(tx *db.Tx, m motion.Motion) (c ballot.Contest, err error) {
	vs, err := about(tx, m.ID)
	if err == nil && len(vs) == 0 {
		err = errNoVacancy
	}
	if err != nil {
		return c, err
	}
	r, err := role.Get(tx, vs[0].Role)
	if err != nil {
		return c, err
	}
	others, err := role.Of(tx, m.Group)
	return contest(Choices(r, others)), err
}

// RoleOf returns the role of which the motion asks what shall become of it.
func RoleOf(tx *db.Tx, m motion.ID) (r role.Role, err error) {
	vs, err := about(tx, m)
	if err == nil && len(vs) == 0 {
		err = errNoVacancy
	}
	if err != nil {
		return r, err
	}
	return role.Get(tx, vs[0].Role)
}

// View is how the seats of a role stand that nobody holds, as every member may see it.
type View struct {
	Open     []Vacancy       // by seat
	Question motion.Motion   // what members are being asked about the role; zero: nothing
	AsksAt   time.Time       // when they are asked, if nobody is found; past: as soon as no seat is being filled; zero: they were, or need not be
	SleepsAt time.Time       // when the role falls asleep, if nobody is found for any seat; past: as AsksAt; zero: somebody holds one, or is to
	Stay     []member.Member // who held a free seat last and could look after it by a vote of two thirds
}

// Of returns how the role's free seats stand. It returns fault.NotFound if it is none of the actor's group.
func (s *Service) Of(ctx context.Context, a member.Actor, id role.ID) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		r, err := role.Get(tx, id)
		if err == nil && r.Group != a.Group.ID {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		if err != nil {
			return err
		}
		terms, err := role.Running(tx, r.ID)
		if err != nil {
			return err
		}
		v, err = s.of(tx, a.Group, r, terms, nil)
		return err
	})
	return v, err
}

// ShowOf is Of for who has just read the role, its terms and people.
func (s *Service) ShowOf(ctx context.Context, a member.Actor, read role.View) (v View, err error) {
	if !a.IsMember() || read.Group != a.Group.ID {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = s.of(tx, a.Group, read.Role, read.Terms, read.People)
		return err
	})
	return v, err
}

// of is the view of a role of which the terms that are not over have been read, and some people.
func (s *Service) of(tx *db.Tx, g member.Group, r role.Role, terms []role.Term, people map[member.ID]member.Member) (View, error) {
	open, last, err := openAndLast(tx, r.ID)
	if err != nil {
		return View{}, err
	}
	var asked motion.Motion
	if last != 0 {
		if asked, err = motion.Get(tx, last); err != nil {
			return View{}, err
		}
		if asked.IsOver() {
			asked = motion.Motion{}
		}
	}
	v := view(r, open, terms, asked)
	if len(open) == 0 {
		return v, nil
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return v, err
	}
	st := &stage{Service: s, tx: tx, g: g, role: r, rules: rules.Rules, terms: terms, open: open}
	return v, st.couldStay(&v, people)
}

// Map returns how the free seats of all roles of the group stand, but not who could stay. It returns fault.NotFound to who is no member.
func (s *Service) Map(ctx context.Context, a member.Actor) (out map[role.ID]View, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		roles, ids, err := rolesOf(tx, a.Group.ID)
		if err != nil {
			return err
		}
		open, err := openOf(tx, ids)
		if err != nil {
			return err
		}
		terms, err := role.Running(tx, ids...)
		if err != nil {
			return err
		}
		asked, err := questions(tx, ids)
		if err != nil {
			return err
		}
		out = make(map[role.ID]View, len(roles))
		for _, r := range roles {
			mine := slices.DeleteFunc(slices.Clone(open), func(v Vacancy) bool { return v.Role != r.ID })
			out[r.ID] = view(r, mine, terms, asked[r.ID])
		}
		return nil
	})
	return out, err
}

// FreeIn returns in which of the group's roles places are free, and who looks after them.
func FreeIn(tx *db.Tx, g member.GroupID) (out []Free, err error) {
	roles, ids, err := rolesOf(tx, g)
	if err != nil {
		return nil, err
	}
	open, err := openOf(tx, ids)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	terms, err := role.Running(tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		f := Free{Role: r.Key}
		for _, v := range open {
			if v.Role != r.ID {
				continue
			}
			f.Places++
			for _, t := range terms {
				if t.Role == r.ID && t.Seat == v.Seat && !t.Fills() && t.Holds(tx.Now) {
					f.Caretaker, f.Until = t.Member, t.Over()
				}
			}
		}
		if f.Places > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}

func rolesOf(tx *db.Tx, g member.GroupID) (roles []role.Role, ids []role.ID, err error) {
	roles, err = role.Of(tx, g)
	for _, r := range roles {
		ids = append(ids, r.ID)
	}
	return roles, ids, err
}

// questions returns what members are being asked about the roles, by role.
func questions(tx *db.Tx, roles []role.ID) (map[role.ID]motion.Motion, error) {
	last, err := lastMotions(tx, roles)
	if err != nil {
		return nil, err
	}
	ms, err := motion.Many(tx, slices.Sorted(maps.Values(last)))
	out := map[role.ID]motion.Motion{}
	for id, asked := range last {
		for _, m := range ms {
			if m.ID == asked && !m.IsOver() {
				out[id] = m
			}
		}
	}
	return out, err
}

// view is how the open vacancies of a role stand, with what the clock does next. A seat that somebody has been given, who has yet to begin, makes
// it ask nothing, and keeps the role awake.
func view(r role.Role, open []Vacancy, terms []role.Term, asked motion.Motion) View {
	v := View{Open: open, Question: asked}
	found := func(seats func(seat int) bool) bool {
		return slices.ContainsFunc(terms, func(t role.Term) bool { return t.Fills() && t.Role == r.ID && seats(t.Seat) })
	}
	taken := found(func(int) bool { return true })
	for _, o := range open {
		if found(func(seat int) bool { return seat == o.Seat }) {
			continue
		}
		if at := o.AskedAt(); o.Motion == 0 && (v.AsksAt.IsZero() || at.Before(v.AsksAt)) {
			v.AsksAt = at
		}
		if at := o.SleepsAt(); len(open) == r.Seats && !taken && at.After(v.SleepsAt) {
			v.SleepsAt = at
		}
	}
	return v
}

// couldStay adds who held the free seats last and could look after them for some weeks.
func (st *stage) couldStay(v *View, people map[member.ID]member.Member) error {
	last, err := st.lastHolders()
	if err != nil {
		return err
	}
	var ids, others []member.ID
	for _, o := range st.open {
		for _, id := range last[o.Seat] {
			if slices.Contains(ids, id) {
				continue
			}
			if ids = append(ids, id); people[id].ID == 0 {
				others = append(others, id)
			}
		}
	}
	more, err := member.Many(st.tx, others)
	if err != nil {
		return err
	}
	for _, id := range ids {
		who, ok := people[id]
		if !ok {
			who = more[id]
		}
		if !who.Left.IsZero() {
			continue
		}
		_, why, err := st.leaves(who)
		if err != nil {
			return err
		}
		if why == "" {
			v.Stay = append(v.Stay, who)
		}
	}
	return nil
}

// lastHolders returns who held each open seat last, read once.
func (st *stage) lastHolders() (map[int][]member.ID, error) {
	if st.last != nil {
		return st.last, nil
	}
	seats := make([]int, len(st.open))
	for i, o := range st.open {
		seats[i] = o.Seat
	}
	last, err := role.LastHoldersOf(st.tx, st.role.ID, seats)
	st.last = last
	return last, err
}

// restingNow returns who looked after a role not long ago, read once.
func (st *stage) restingNow() ([]member.ID, error) {
	if st.resting != nil {
		return *st.resting, nil
	}
	ids, err := role.Resting(st.tx, st.g.ID)
	st.resting = &ids
	return ids, err
}

// Asked returns the questions about roles of the group that members are being asked, the oldest first.
func (s *Service) Asked(ctx context.Context, a member.Actor) (out []motion.Motion, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		_, ids, err := rolesOf(tx, a.Group.ID)
		if err != nil {
			return err
		}
		asked, err := questions(tx, ids)
		out = slices.SortedFunc(maps.Values(asked), func(a, b motion.Motion) int { return cmp.Compare(a.ID, b.ID) })
		return err
	})
	return out, err
}

// About returns the role of which the motion asks what shall become of it. It returns fault.NotFound if that is none of the actor's group.
func (s *Service) About(ctx context.Context, a member.Actor, m motion.ID) (r role.Role, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if r, err = RoleOf(tx, m); err == nil && (!a.IsMember() || r.Group != a.Group.ID) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	return r, err
}

// Stayer returns the member with the reference if they could look after a free seat of the role by a vote of two thirds, or fault.NotFound.
func (s *Service) Stayer(ctx context.Context, a member.Actor, id role.ID, ref string) (m member.Member, err error) {
	v, err := s.Of(ctx, a, id)
	if err != nil {
		return m, err
	}
	for _, who := range v.Stay {
		if who.Ref == ref {
			return who, nil
		}
	}
	return m, fault.New(fault.NotFound, "fault.not_found")
}
