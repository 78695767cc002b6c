package vacancy_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/petition"
	"folkmoot/internal/role"
	"folkmoot/internal/token"
	"folkmoot/internal/vacancy"
	"folkmoot/internal/votetest"
)

// world is a group with roles.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, "B", people)}
	w.GiveRoles()
	w.goTo(c.Now())
	return w
}

// goTo moves the clock and does everything that is due, also what that makes due.
func (w world) goTo(at time.Time) {
	w.Helper()
	w.Pass(at)
	w.Pass(at)
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// seat has two members drawn as tellers, while others say that they might be, and lets time go until both terms have begun.
func (w world) seat(might ...int) draw.View {
	w.Helper()
	w.Say(draw.Yes, 1, 2)
	w.Say(draw.ShadowFirst, might...)
	w.goTo(w.Role("tellers").Draw.Closes)
	w.goTo(w.Role("tellers").Draw.At)
	v := w.Role("tellers")
	if len(v.Terms) != 2 {
		w.Fatalf("%d terms", len(v.Terms))
	}
	w.goTo(v.Terms[1].Begins.AddDate(0, 0, 1))
	return w.Role("tellers")
}

// empty returns the world at the moment in which nobody holds the role any more.
func (w world) empty(v draw.View) {
	w.Helper()
	for _, t := range v.Terms {
		if t.Fills() && t.Holds(w.Clock.Now()) {
			w.must(w.Roles.GiveUp(w.Context(), w.Who[w.Place(t.Member)], t.Ref))
		}
	}
	w.goTo(w.Clock.Now())
}

// caretakers returns the terms of those who look after seats now.
func (w world) caretakers() (out []role.Term) {
	w.Helper()
	for _, t := range w.Role("tellers").Terms {
		if !t.Fills() && t.Holds(w.Clock.Now()) {
			out = append(out, t)
		}
	}
	return out
}

func (w world) show() vacancy.View {
	w.Helper()
	v, err := w.Vacancies.Of(w.Context(), w.Who[0], w.Role("tellers").Role.ID)
	w.must(err)
	return v
}

// TestLadder goes down what happens when a seat is free: the understudy, then the lot among those who said that they might, who can all
// decline, then nobody; and it ends by itself with the days that the rules give.
func TestLadder(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		if v := w.show(); len(v.Open) > 0 {
			t.Fatalf("a seat that is being filled for the first time is no vacancy: %+v", v)
		}
		v := w.seat(3, 4, 5)
		w.Vacancies.OnUnderstudy(func(*db.Tx, role.ID) ([]member.ID, error) { return []member.ID{w.Who[9].Member.ID}, nil })
		held := v.Terms[0]
		w.must(w.Roles.GiveUp(t.Context(), w.Who[w.Place(held.Member)], held.Ref))
		w.goTo(c.Now())
		opened := c.Now()
		open := w.show().Open
		if len(open) != 1 || !open[0].Opened.Equal(opened) || open[0].Seat != held.Seat || !open[0].Until.Equal(opened.In(w.Group.Zone).AddDate(0, 0, 28).UTC()) {
			t.Fatalf("a vacancy: %+v", open)
		}
		tried := []int{w.Place(held.Member), 9}
		for range 3 {
			now := w.caretakers()
			if len(now) != 1 || now[0].Seat != held.Seat || !now[0].Ends.Equal(open[0].Until) || len(now[0].Caps) > 0 || now[0].Cause != open[0].Ref() {
				t.Fatalf("who looks after it: %+v", now)
			}
			i := w.Place(now[0].Member)
			if first := len(tried) == 2; first && i != 9 || !first && (!slices.Contains([]int{3, 4, 5}, i) || slices.Contains(tried, i)) {
				t.Fatalf("member %d looks after it, after %v", i, tried)
			}
			if member.Can(w.Visit(w.Who[i].Person), member.SignCount, c.Now()) {
				t.Errorf("member %d looks after it and can sign counts", i)
			}
			tried = append(tried, i)
			w.must(w.Roles.GiveUp(t.Context(), w.Who[i], now[0].Ref))
			w.goTo(c.Now())
		}
		last := w.caretakers()
		if len(last) != 1 || slices.Contains(tried, w.Place(last[0].Member)) {
			t.Fatalf("the last of those who might: %+v", last)
		}
		c.Set(last[0].Ends.Add(-time.Millisecond))
		if len(w.caretakers()) != 1 {
			t.Error("a caretaker is gone before the time is over")
		}
		w.goTo(last[0].Ends)
		w.goTo(last[0].Ends.AddDate(0, 0, 1))
		if got := w.caretakers(); len(got) > 0 {
			t.Errorf("after the time for caretakers: %+v", got)
		}
	})
}

// TestCaretakerIsNotTheHolder: who held the seat last is no caretaker, and neither is somebody who was one not long ago, or whom the limits
// keep from it. Somebody who fills the seat relieves the caretaker.
func TestCaretakerIsNotTheHolder(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		v := w.seat(3)
		holders := []member.ID{v.Terms[0].Member, v.Terms[1].Member}
		w.Vacancies.OnUnderstudy(func(*db.Tx, role.ID) ([]member.ID, error) { return holders, nil })
		w.empty(v)
		now := w.caretakers()
		if len(now) != 1 || w.Place(now[0].Member) != 3 {
			t.Fatalf("two seats, and one who might: %+v", now)
		}
		w.Say(draw.Yes, 6, 7)
		w.goTo(w.Role("tellers").Draw.Closes)
		w.goTo(w.Role("tellers").Draw.At)
		for _, term := range w.Role("tellers").Terms {
			if term.Fills() {
				w.goTo(term.Begins)
			}
		}
		if got := w.caretakers(); len(got) > 0 {
			t.Errorf("the seats are filled, and %+v look after them", got)
		}
		if got := w.show(); len(got.Open) > 0 {
			t.Errorf("the seats are filled, and free: %+v", got)
		}
	})
}

// TestInCommon: while nobody holds the role any two members together sign a count, nobody about themselves, and no third.
func TestInCommon(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		v := w.seat()
		b := w.decided()
		w.WantKind("beside a teller", w.Ballots.SignCount(t.Context(), w.Who[5], b), fault.Denied)
		w.empty(v)
		for _, i := range []int{5, 5, 6} {
			w.must(w.Ballots.SignCount(t.Context(), w.Who[i], b))
		}
		w.WantKind("a third", w.Ballots.SignCount(t.Context(), w.Who[7], b), fault.Conflict)
		var signed []ballot.Signature
		w.Read(func(tx *db.Tx) (err error) {
			signed, err = ballot.Signatures(tx, b)
			return err
		})
		if len(signed) != 2 || signed[0].Common != "tellers" || signed[1].Common != "tellers" {
			t.Errorf("signed: %+v", signed)
		}
	})
}

// TestNobodySignsTwice: who leaves the group and joins it again with the same account is no second person, neither beside themselves nor in what was
// about them.
func TestNobodySignsTwice(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		v := w.seat()
		b, other := w.decided(), w.decided()
		w.empty(v)
		w.must(w.Ballots.SignCount(t.Context(), w.Who[5], b))
		rejoin := func(i int) member.Actor {
			_, err := w.Members.Leave(t.Context(), w.Who[i], false)
			w.must(err)
			return w.Rejoin(w.Who[i], "Back")
		}
		w.WantKind("the same once more", w.Ballots.SignCount(t.Context(), rejoin(5), b), fault.Denied)
		w.must(w.Ballots.SignCount(t.Context(), w.Who[6], b))
		w.Write(func(tx *db.Tx) error {
			return errors.Join(dbtest.Unguard(tx, "motions"), tx.Exec("UPDATE motions SET about_id = ? WHERE id = (SELECT motion_id FROM ballots WHERE id = ?)",
				w.Who[7].Member.ID, other).Error)
		})
		w.WantKind("what was about them", w.Ballots.SignCount(t.Context(), w.Who[7], other), fault.Denied)
		_, err := w.Members.Leave(t.Context(), w.Who[7], false)
		w.must(err)
		w.WantKind("what was about them before they left", w.Ballots.SignCount(t.Context(), w.Rejoin(w.Who[7], "Back too"), other), fault.Denied)
	})
}

// decided has a proposal voted on, and returns its ballot.
func (w world) decided() ballot.ID {
	w.Helper()
	m := w.Table(false)
	w.goTo(m.Opens)
	for i := range 10 {
		w.Cast(w.Who[i], m.Number, ballot.For)
	}
	w.goTo(w.Show(m.Number).Closes)
	return w.Show(m.Number).ID
}

// ask lets a week go by after the role became empty, and returns the proposal that asks what shall become of it.
func (w world) ask() motion.Motion {
	w.Helper()
	for day := 0; day < 60; day++ {
		w.goTo(w.Clock.Now().AddDate(0, 0, 1))
		if v := w.show(); v.Question.ID != 0 {
			return v.Question
		}
	}
	w.Fatal("members are not asked")
	return motion.Motion{}
}

// choose has members choose something, and the vote counted.
func (w world) choose(m motion.Motion, c vacancy.Choice) {
	w.Helper()
	w.goTo(m.Opens)
	b := w.Show(m.Number)
	n := slices.Index(b.Options, string(c)) + 1
	if n == 0 {
		w.Fatalf("%s is not among %v", c, b.Options)
	}
	for i := range 9 {
		_, err := w.Ballots.Cast(w.Context(), w.Who[i], m.Number, ballot.Vote{Ranking: []int{n}, Client: "mine", Basis: w.ShowTo(w.Who[i], m.Number).Basis})
		w.must(err)
	}
	w.goTo(b.Closes)
}

// TestQuestion: a week after nobody took a seat members are asked what shall become of the role, once, by the clock; no seat is filled meanwhile;
// and what they choose happens.
func TestQuestion(t *testing.T) {
	for _, tt := range []struct {
		choice vacancy.Choice
		check  func(world, role.View) bool
	}{
		{vacancy.Again, func(w world, v role.View) bool { return w.Role("tellers").Draw.Asked.Equal(w.Clock.Now()) }},
		{vacancy.OneMore, func(w world, v role.View) bool { return v.Seats == 3 && len(w.show().Open) == 3 }},
		{vacancy.OneLess, func(w world, v role.View) bool { return v.Seats == 1 && len(w.show().Open) == 1 }},
		{vacancy.Abolish, func(w world, v role.View) bool { return !v.Ended.IsZero() && len(w.show().Open) == 0 }},
		{vacancy.Merge + "convenors", func(w world, v role.View) bool {
			return v.Into == "convenors" && slices.Contains(w.Role("convenors").Role.Type.Caps, member.SignCount)
		}},
		{vacancy.RON, func(w world, v role.View) bool { return v.Ended.IsZero() && v.Seats == 2 && len(w.show().Open) == 2 }},
	} {
		t.Run(string(tt.choice), func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := newWorld(t, d, c, 10)
				w.empty(w.seat())
				m := w.ask()
				if m.Kind != motion.Vacancy || m.Mover != 0 || m.State != motion.Tabled {
					t.Fatalf("the question: %+v", m)
				}
				before := w.Role("tellers").Draw.Number
				w.choose(m, tt.choice)
				v := w.Role("tellers")
				if !tt.check(w, v.View) {
					t.Errorf("members chose %s: %+v, draw %+v, free %+v", tt.choice, v.View.Role, v.Draw, w.show())
				}
				if tt.choice != vacancy.Again && v.Draw.Number != before && v.Draw.Asked.Before(w.Clock.Now()) {
					t.Errorf("while members were asked, draw %d began", v.Draw.Number)
				}
				if w.show().Question.ID != 0 {
					t.Errorf("members are asked twice")
				}
			})
		})
	}
}

// TestSleep: a role that nobody takes for a quarter of a year sleeps, nobody is asked for it, and members wake it by a simple majority.
func TestSleep(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		w.empty(w.seat())
		_, err := w.Vacancies.ProposeWake(t.Context(), w.Who[0], db.Once{}, "tellers", "")
		w.WantKind("waking a role that is awake", err, fault.Conflict)
		for day := 0; w.Role("tellers").Slept.IsZero() && day < 200; day++ {
			w.goTo(c.Now().AddDate(0, 0, 1))
		}
		v := w.Role("tellers")
		if !v.Sleeps() || len(w.show().Open) > 0 {
			t.Fatalf("after 200 days: %+v", v.Role)
		}
		number := v.Draw.Number
		w.goTo(c.Now().AddDate(0, 0, 60))
		if got := w.Role("tellers").Draw.Number; got != number {
			t.Errorf("the role sleeps, and draw %d asks for it", got)
		}
		m, err := w.Vacancies.ProposeWake(t.Context(), w.Who[0], db.OnceFor(1, "wake"), "tellers", "We count again.")
		w.must(err)
		for i := 1; m.State == motion.Seeking; i++ {
			m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, m.Version)
			w.must(err)
		}
		w.goTo(m.Opens)
		for i := range 10 {
			w.Cast(w.Who[i], m.Number, map[bool]ballot.Choice{true: ballot.For, false: ballot.Against}[i < 6])
		}
		w.goTo(w.Show(m.Number).Closes)
		if v = w.Role("tellers"); v.Sleeps() || v.Draw.Number == number || v.Draw.State != draw.Asking {
			t.Errorf("woken: %+v, draw %+v", v.Role, v.Draw)
		}
	})
}

// TestTakenDoesNotSleep: while somebody has been given the role and has yet to begin it does not fall asleep, although nobody has held it for a
// quarter of a year, and nobody is told that members will be asked.
func TestTakenDoesNotSleep(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		w.empty(w.seat())
		m := w.ask()
		w.choose(m, vacancy.RON)
		sleeps := w.show().Open[0].SleepsAt()
		for w.Clock.Now().Before(sleeps.Add(-8 * 24 * time.Hour)) {
			w.goTo(c.Now().AddDate(0, 0, 1))
		}
		for w.Role("tellers").Draw.State != draw.Asking {
			w.goTo(c.Now().AddDate(0, 0, 1))
		}
		w.Say(draw.Yes, 6, 7)
		w.goTo(w.Role("tellers").Draw.Closes)
		if v := w.show(); v.SleepsAt.IsZero() || len(v.Open) != 2 {
			t.Fatalf("before the lot falls: %+v", v)
		}
		w.goTo(w.Role("tellers").Draw.At)
		v := w.Role("tellers")
		if len(v.Terms) != 2 || !v.Terms[0].Begins.After(c.Now()) || v.Terms[0].Begins.Before(sleeps) {
			t.Fatalf("the lot falls at %v, and the role would sleep at %v: %+v", c.Now(), sleeps, v.Terms)
		}
		if got := w.show(); !got.SleepsAt.IsZero() || !got.AsksAt.IsZero() {
			t.Errorf("both places are given: %+v", got)
		}
		for c.Now().Before(v.Terms[0].Begins) {
			w.goTo(c.Now().Add(6 * time.Hour))
			if got := w.Role("tellers"); got.Sleeps() {
				t.Fatalf("at %v the role sleeps, and %+v begin", c.Now(), got.Terms)
			}
		}
		if got := w.show(); len(got.Open) > 0 {
			t.Errorf("both have begun: %+v", got.Open)
		}
	})
}

// TestTermWakes: whoever is given a role that sleeps has taken it, so that it is awake again; who only looks after a place has not.
func TestTermWakes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		r := w.Role("tellers").Role
		for i, kind := range []role.Kind{role.Caretaker, ""} {
			w.Write(func(tx *db.Tx) error {
				if i == 0 {
					if err := w.Roles.Sleep(tx, w.Group, r); err != nil {
						return err
					}
				}
				term := role.Term{Ref: token.Ref("t_"), Group: w.Group.ID, Role: r.ID, Member: w.Who[i].Member.ID, Kind: kind, Seat: i + 1, Begins: tx.Now, Ends: tx.Now.AddDate(0, 1, 0), Cause: "draw/1"}
				_, err := w.Decisions.Begin(tx, w.Group, r, term, w.Who[i].Member)
				return err
			})
			if got := w.Role("tellers"); got.Sleeps() != (kind == role.Caretaker) {
				t.Errorf("after a term of kind %q: %+v", kind, got.Role)
			}
		}
	})
}

// TestStay: who held the role last looks after it by a vote of two thirds only, for four weeks at most, and once.
func TestStay(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		v := w.seat()
		held := v.Terms[0]
		who := w.Who[w.Place(held.Member)]
		propose := func() (motion.Motion, error) {
			return w.Vacancies.ProposeStay(t.Context(), w.Who[6], db.Once{}, "tellers", who.Member.Ref, "Nobody else knows the list.")
		}
		_, err := propose()
		w.WantKind("while they hold it", err, fault.Conflict)
		w.empty(v)
		m, err := propose()
		w.must(err)
		for i := 5; m.State == motion.Seeking; i++ {
			m, err = w.Motions.Support(t.Context(), w.Who[i], m.Number, m.Version)
			w.must(err)
		}
		if !m.AboutPerson || m.About != held.Member {
			t.Fatalf("the proposal: %+v", m)
		}
		w.goTo(m.Opens)
		for i := range 10 {
			w.Cast(w.Who[i], m.Number, map[bool]ballot.Choice{true: ballot.For, false: ballot.Against}[i < 7])
		}
		w.goTo(w.Show(m.Number).Closes)
		now := w.caretakers()
		if len(now) != 1 || now[0].Member != held.Member || now[0].Ends.Sub(now[0].Begins) > 28*24*time.Hour || now[0].Cause == "" {
			t.Fatalf("carried: %+v", now)
		}
		w.goTo(now[0].Ends)
		_, err = propose()
		w.WantKind("a second time", err, fault.Conflict)
	})
}

// TestG3_CaretakersCanBeEnded: members end the term of a caretaker by petition and vote as they do any other, and somebody else looks after the
// seat at once.
func TestG3_CaretakersCanBeEnded(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 12)
		v := w.seat(3, 4)
		held := v.Terms[0]
		w.must(w.Roles.GiveUp(t.Context(), w.Who[w.Place(held.Member)], held.Ref))
		w.goTo(c.Now())
		now := w.caretakers()
		if len(now) != 1 {
			t.Fatalf("who looks after it: %+v", now)
		}
		w.Say(draw.ShadowFirst, 3, 4) // everybody is asked again meanwhile, and only the last answer counts
		p, err := w.Petitions.Start(t.Context(), w.Who[0], now[0].Ref, "They are not there.")
		w.must(err)
		of, err := w.Petitions.Show(t.Context(), w.Who[0], "tellers", now[0].Ref)
		for i := len(w.Who) - 1; err == nil && of.State == petition.Collecting; i-- {
			w.must(w.Petitions.Sign(t.Context(), w.Who[i], p.Number))
			of, err = w.Petitions.Show(t.Context(), w.Who[0], "tellers", now[0].Ref)
		}
		w.must(err)
		w.goTo(of.Motion.Opens)
		w.Vote(w.Show(of.Motion.Number), 8, 1, 0)
		w.goTo(c.Now())
		next := w.caretakers()
		if len(next) != 1 || next[0].Member == now[0].Member || !next[0].Ends.Equal(now[0].Ends) {
			t.Errorf("%+v was ended, and then %+v", now, next)
		}
	})
}

// TestCaretakerWhoIsGivenAnotherSeat: whoever looks after a seat and is elected or drawn for another one holds only that, somebody else looks
// after the first at once, and members who were asking to end what is over are asked no more.
func TestCaretakerWhoIsGivenAnotherSeat(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 12)
		w.empty(w.seat(3, 4, 5))
		was := w.caretakers()
		if len(was) != 2 {
			t.Fatalf("who looks after two seats: %+v", was)
		}
		var asked []petition.Petition
		for _, held := range was {
			p, err := w.Petitions.Start(t.Context(), w.Who[0], held.Ref, "They are not there.")
			w.must(err)
			asked = append(asked, p)
		}
		given := role.Term{
			Ref: "t_given", Group: w.Group.ID, Role: was[0].Role, Member: was[0].Member, Seat: was[1].Seat, Begins: c.Now(), Ends: c.Now().AddDate(0, 0, 90), Cause: "draw/9",
		}
		w.Write(func(tx *db.Tx) error {
			r, err := role.Get(tx, given.Role)
			if err != nil {
				return err
			}
			why, err := role.Begin(tx, w.Ledger, w.Group, r, given, w.Who[w.Place(given.Member)].Member)
			if err == nil && why != "" {
				err = fmt.Errorf("not given: %s", why)
			}
			return err
		})
		w.goTo(c.Now())
		now := w.caretakers()
		if len(now) != 1 || now[0].Seat != was[0].Seat || now[0].Member == was[0].Member || now[0].Member == was[1].Member {
			t.Errorf("%+v looked after the seats; with one of them given, %+v do", was, now)
		}
		for i, p := range asked {
			v, err := w.Petitions.Show(t.Context(), w.Who[0], "tellers", was[i].Ref)
			w.must(err)
			if v.State != petition.Overtaken {
				t.Errorf("%s: %s", p.Ref(), v.State)
			}
		}
	})
}
