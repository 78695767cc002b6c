package vacancy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/draw"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/sortition"
	"folkmoot/internal/token"
)

// Tick does what is due by time alone: vacancies open and close, somebody looks after them, members are asked, and roles fall asleep.
func (s *Service) Tick(ctx context.Context) error {
	return s.db.WorkOff(ctx, func(tx *db.Tx, limit int) (out []db.Due, err error) {
		roles, err := role.Watched(tx, limit)
		for _, r := range roles {
			out = append(out, db.Due{Name: fmt.Sprintf("vacancies of role %d", r.ID), Do: func(tx *db.Tx) error { return s.look(tx, r) }})
		}
		return out, err
	})
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) { return role.NextWatched(tx) }

// stage is a role with what there is to know of its seats.
type stage struct {
	*Service
	tx      *db.Tx
	g       member.Group
	role    role.Role
	rules   rulebook.Rules
	terms   []role.Term // that are not over
	seats   []role.Vacancy
	open    []Vacancy
	asking  bool                // members decide what shall become of it
	busy    bool                // seats are being filled
	last    map[int][]member.ID // who held each open seat last; nil: not read
	resting *[]member.ID        // who looked after a role not long ago; nil: not read
	tried   bool                // the last lot, which is tried where anything else has failed, has failed too
}

func (s *Service) stage(tx *db.Tx, r role.Role) (*stage, error) {
	g, err := member.GetGroup(tx, r.Group)
	if err != nil {
		return nil, err
	}
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return nil, err
	}
	st := &stage{Service: s, tx: tx, g: g, role: r, rules: rules.Rules}
	if st.terms, err = role.Running(tx, r.ID); err != nil {
		return nil, err
	}
	if st.open, err = openOf(tx, []role.ID{r.ID}); err != nil {
		return nil, err
	}
	if st.asking, err = s.Asking(tx, r.ID); err != nil {
		return nil, err
	}
	st.seats = role.Vacancies(r, st.terms, tx.Now)
	st.busy, st.tried, err = s.roles.UnderWay(tx, r)
	return st, err
}

// look does what is due for the seats of one role, and notes when to look again.
func (s *Service) look(tx *db.Tx, r role.Role) error {
	st, err := s.stage(tx, r)
	if err != nil {
		return err
	}
	for _, step := range []func() error{st.close, st.openUp, st.mind, st.ask, st.sleep} {
		if err := step(); err != nil {
			return err
		}
	}
	return role.Watch(tx, r.ID, st.next())
}

func (st *stage) note(v Vacancy, kind string, data ledger.Data) error {
	data["vacancy"] = v.Ref()
	_, err := st.ledger.Append(st.tx, st.g.Log(), ledger.Event{Kind: kind, Subject: v.Ref(), Data: data})
	return err
}

// isFree says whether nobody holds the seat, and nobody is to.
func (st *stage) isFree(seat int) bool {
	return slices.ContainsFunc(st.seats, func(v role.Vacancy) bool { return v.Seat == seat && v.From.Equal(st.tx.Now) })
}

// isHeld says whether somebody fills the seat now.
func (st *stage) isHeld(seat int) bool {
	return slices.ContainsFunc(st.terms, func(t role.Term) bool { return t.Fills() && t.Seat == seat && t.Holds(st.tx.Now) })
}

// caretaker returns the term of whoever looks after the seat now, if somebody does.
func (st *stage) caretaker(seat int) (role.Term, bool) {
	i := slices.IndexFunc(st.terms, func(t role.Term) bool { return !t.Fills() && t.Seat == seat && t.Holds(st.tx.Now) })
	if i < 0 {
		return role.Term{}, false
	}
	return st.terms[i], true
}

// close closes vacancies that are over, and with them the terms of caretakers.
func (st *stage) close() error {
	left := st.open[:0:0]
	for _, v := range st.open {
		switch {
		case !st.role.Ended.IsZero():
			v.How = Ended
		case st.role.Sleeps():
			v.How = Asleep
		case v.Seat > st.role.Seats, !st.isFree(v.Seat) && !st.fills(v.Seat):
			v.How = Fewer
		case st.isHeld(v.Seat):
			v.How = Filled
		default:
			left = append(left, v)
			continue
		}
		if err := st.shut(v); err != nil {
			return err
		}
	}
	st.open = left
	return st.relieve()
}

// relieve ends that somebody looks after a seat who holds another one of the role by now: nobody does the chores of two.
func (st *stage) relieve() error {
	for _, v := range st.open {
		t, ok := st.caretaker(v.Seat)
		if !ok || !slices.ContainsFunc(st.terms, func(o role.Term) bool { return o.Fills() && o.Member == t.Member && o.Holds(st.tx.Now) }) {
			continue
		}
		if err := st.roles.Relieve(st.tx, st.g, t); err != nil {
			return err
		}
		st.terms = slices.DeleteFunc(st.terms, func(o role.Term) bool { return o.ID == t.ID })
	}
	return nil
}

// fills says whether somebody fills the seat, now or later.
func (st *stage) fills(seat int) bool {
	return slices.ContainsFunc(st.terms, func(t role.Term) bool { return t.Fills() && t.Seat == seat })
}

func (st *stage) shut(v Vacancy) error {
	v.Closed = st.tx.Now
	if err := putClosed(st.tx, v); err != nil {
		return fmt.Errorf("close a vacancy: %w", err)
	}
	if err := st.note(v, "vacancy.closed", ledger.Data{"how": string(v.How)}); err != nil {
		return err
	}
	if t, ok := st.caretaker(v.Seat); ok {
		return st.roles.Relieve(st.tx, st.g, t)
	}
	return nil
}

// openUp opens vacancies of seats that are free, and not just about to be filled for the first time.
func (st *stage) openUp() error {
	if !st.role.Lives() {
		return nil
	}
	for seat := 1; seat <= st.role.Seats; seat++ {
		if !st.isFree(seat) || slices.ContainsFunc(st.open, func(v Vacancy) bool { return v.Seat == seat }) {
			continue
		}
		last, err := role.LastIn(st.tx, st.role.ID, seat)
		if err != nil {
			return err
		}
		if last.ID == 0 && !st.tried {
			continue
		}
		v := Vacancy{Group: st.g.ID, Role: st.role.ID, Seat: seat, After: last.ID, Opened: last.Over()}
		if st.tx.Now.Sub(v.Opened) > grace { // nothing ran for long: members must have all of the time
			v.Opened = st.tx.Now
		}
		v.Until = v.Opened.In(st.g.Zone).AddDate(0, 0, st.rules.CaretakerDays).UTC()
		if v, err = insert(st.tx, v); err != nil {
			return fmt.Errorf("insert vacancy: %w", err)
		}
		if err := st.note(v, "vacancy.opened", ledger.Data{"role": st.role.Ref(), "seat": v.Seat, "after": last.Ref, "opened": v.Opened, "until": v.Until}); err != nil {
			return err
		}
		st.open = append(st.open, v)
	}
	return nil
}

// mind has somebody look after each free seat: the understudy, or somebody drawn from those who said that they might. Who gives it up is
// followed by somebody else, until the time for caretakers is over.
func (st *stage) mind() error {
	for _, v := range st.open {
		until := st.mindUntil(v)
		if _, ok := st.caretaker(v.Seat); ok || until.Sub(st.tx.Now) < leastMind {
			continue
		}
		who, err := st.order(v, until)
		if err != nil {
			return err
		}
		for done := false; !done && len(who) > 0; who = who[1:] {
			if done, err = st.give(v, who[0], until, v.Ref()); err != nil {
				return err
			}
		}
	}
	return nil
}

// mindUntil is until when somebody looks after the seat, at most: until the end of the time for it, or until somebody fills the seat.
func (st *stage) mindUntil(v Vacancy) time.Time {
	until := v.Until
	for _, t := range st.terms {
		if t.Fills() && t.Seat == v.Seat && t.Begins.Before(until) {
			until = t.Begins
		}
	}
	return until
}

// order returns who may look after the seat, who is asked first coming first.
func (st *stage) order(v Vacancy, until time.Time) ([]member.Member, error) {
	first, err := st.understudy(st.tx, st.role.ID)
	if err != nil {
		return nil, fmt.Errorf("look up the understudy: %w", err)
	}
	may, err := st.may(first, until)
	if err != nil {
		return nil, err
	}
	out := make([]member.Member, 0, len(may))
	for _, j := range may {
		out = append(out, j.Member)
	}
	willing, err := draw.Willing(st.tx, st.role.ID)
	if err != nil {
		return nil, fmt.Errorf("look up who is willing: %w", err)
	}
	willing = slices.DeleteFunc(willing, func(id member.ID) bool { return slices.Contains(first, id) })
	if may, err = st.may(willing, until); err != nil || len(may) == 0 {
		return out, err
	}
	drawn, err := st.lot(v, may)
	return append(out, drawn...), err
}

// may returns those of the members who may look after the seat: nobody who held it or another free seat of the role last, nobody who holds
// one or looked after one not long ago, and nobody whom the limits keep from it, against which all of its days count.
func (st *stage) may(ids []member.ID, until time.Time) ([]role.Judged, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	not, err := role.Resting(st.tx, st.g.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range st.open {
		last, err := role.LastHolders(st.tx, st.role.ID, v.Seat)
		if err != nil {
			return nil, err
		}
		not = append(not, last...)
	}
	for _, t := range st.terms {
		not = append(not, t.Member)
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id member.ID) bool { return slices.Contains(not, id) })
	days := int((until.Sub(st.tx.Now) + day - 1) / day)
	all, err := role.JudgeAll(st.tx, st.g, ids, st.role, role.Filling{Closes: st.tx.Now, Starts: st.tx.Now, Seats: 1, Days: days}, st.rules, nil)
	return slices.DeleteFunc(all, func(j role.Judged) bool { return len(j.Bars)+len(j.Waived) > 0 }), err
}

// lot draws an order of those who may look after the seat, with more weight to those who have held less. Unlike that of a draw, its list is
// not published: it would tell who would do it only with someone, which they said in confidence.
func (st *stage) lot(v Vacancy, may []role.Judged) (out []member.Member, err error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(st.chance, secret); err != nil {
		return nil, err
	}
	var pool sortition.Pool
	for i, j := range may {
		pool = append(pool, sortition.Member{ID: int64(i + 1), Weight: sortition.Weight(j.Held, true)})
	}
	d, err := sortition.Announce(st.g.Ref+" "+v.Ref(), pool, secret)
	if err == nil {
		d, err = d.Reveal(secret, nil)
	}
	for _, place := range d.Order {
		out = append(out, may[place-1].Member)
	}
	return out, err
}

// give has somebody look after the seat from now on.
func (st *stage) give(v Vacancy, who member.Member, until time.Time, cause string) (done bool, err error) {
	t := role.Term{
		Ref: token.Ref("t_"), Group: st.g.ID, Role: st.role.ID, Member: who.ID, Kind: role.Caretaker, Seat: v.Seat, Caps: role.Chores(st.role.Type.Caps),
		Begins: st.tx.Now, Ends: until, Cause: cause,
	}
	done, err = st.begin(st.tx, st.g, st.role, t, who)
	if done {
		st.terms = append(st.terms, t)
	}
	return done, err
}

// ask puts before the group what shall become of the role, where a seat has been free for a week. While seats are being filled it waits:
// nobody should have to vote on a role for which people stand.
func (st *stage) ask() error {
	if st.busy || st.asking {
		return nil
	}
	due := slices.DeleteFunc(slices.Clone(st.open), func(v Vacancy) bool {
		return v.Motion != 0 || st.tx.Now.Before(v.AskedAt()) || !st.isFree(v.Seat)
	})
	if len(due) == 0 {
		return nil
	}
	others, err := role.Of(st.tx, st.g.ID)
	if err != nil {
		return err
	}
	choices := Choices(st.role, others)
	m, err := motion.Call(st.tx, st.ledger, st.g, motion.Called{
		Kind: motion.Vacancy, AboutPerson: true, Text: st.text(st.g, st.role, choices, others), By: due[0].Ref(),
		Opens: st.tx.Now.Add(time.Duration(st.rules.OnlineDiscussMinHours) * time.Hour),
	})
	if err != nil {
		return fmt.Errorf("ask what shall become of a role: %w", err)
	}
	for _, v := range due {
		v.Motion = m.ID
		if err := putMotion(st.tx, v); err != nil {
			return err
		}
		if err := st.note(v, "vacancy.asked", ledger.Data{"motion": m.Ref()}); err != nil {
			return err
		}
	}
	st.asking = true
	return nil
}

// sleep has nobody asked any more for a role that nobody has taken for long. Somebody has taken it who has been given a term that has yet to
// begin: the vacancy is open until then.
func (st *stage) sleep() error {
	if st.busy || st.asking || !st.role.Lives() || slices.ContainsFunc(st.terms, role.Term.Fills) || !hasFallenAsleep(st.role, st.open, st.tx.Now) {
		return nil
	}
	if err := st.roles.Sleep(st.tx, st.g, st.role); err != nil {
		return err
	}
	st.role.Slept = st.tx.Now
	return st.close()
}

// next is when time alone has something to do for the seats next; zero: never.
func (st *stage) next() (at time.Time) {
	soon := func(t time.Time) {
		if t.After(st.tx.Now) && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	for _, t := range st.terms {
		soon(t.Begins)
		soon(t.Over())
	}
	for _, v := range st.open {
		soon(v.AskedAt())
		soon(v.SleepsAt())
	}
	if st.asking {
		soon(st.tx.Now.Add(recheckTime)) // whether the vote could be held
	}
	return at
}

// errNoVacancy is why a ballot does not open: nothing asks what shall become of a role by it.
var errNoVacancy = errors.New("vacancy: the motion asks about no role")
