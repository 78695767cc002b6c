package handover_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/handover"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// world is a group whose roles are learnt and handed over.
type world struct {
	*votetest.World
	t *testing.T
}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, "B", people), t}
	w.GiveRoles()
	w.Pass(c.Now())
	return w
}

// term gives a member a term in a role without asking anybody, as a decision would.
func (w world) term(key string, seat, who, days int) role.Term {
	w.Helper()
	return w.give("", key, seat, who, days)
}

// shared is term for somebody who holds the seat together with others who are given it at the same time.
func (w world) shared(key string, seat, who, days int) role.Term {
	w.Helper()
	return w.give("c_shared", key, seat, who, days)
}

func (w world) give(share, key string, seat, who, days int) role.Term {
	w.Helper()
	var t role.Term
	w.Write(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, key)
		if err != nil {
			return err
		}
		t = role.Term{
			Ref: "t_" + key + string(rune('a'+seat)) + string(rune('a'+who)) + tx.Now.Format("060102"), Group: w.Group.ID, Role: r.ID, Member: w.Who[who].Member.ID, Seat: seat, Caps: r.Caps,
			Begins: tx.Now, Ends: tx.Now.AddDate(0, 0, days), Cause: "draw/9", Share: share,
		}
		if why, err := role.Begin(tx, w.Ledger, w.Group, r, t, w.Who[who].Member); err != nil || why != "" {
			w.Fatal(why, err)
		}
		return nil
	})
	w.tick()
	return t
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) tick() { w.Helper(); w.must(w.Handovers.Tick(w.Context())) }

// at moves the clock and has handovers looked after, and nothing else.
func (w world) at(to time.Time) {
	w.Helper()
	w.Clock.Set(to)
	w.tick()
}

func (w world) show(i int, key string) handover.View {
	w.Helper()
	v, err := w.Handovers.Show(w.Context(), w.Who[i], key)
	w.must(err)
	return v
}

// count returns how many rows of a table there are.
func (w world) count(table string) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM " + table).Scan(&n).Error })
	return n
}

func (w world) place(id member.ID) int {
	return slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == id })
}

// TestShadowing: one asks and the other agrees, one says that they sat together and the other confirms it, and only then it counts. Nobody else
// sees it, either of the two ends it, and no record tells of it.
func TestShadowing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		teller := w.term("tellers", 1, 1, 90)
		entries := w.count("ledger_entries")
		w.must(w.Handovers.Shadow(t.Context(), w.Who[2], "tellers", teller.Ref))
		w.WantKind("asking twice", w.Handovers.Shadow(t.Context(), w.Who[2], "tellers", teller.Ref), fault.Conflict)
		w.WantKind("shadowing oneself", w.Handovers.Shadow(t.Context(), w.Who[1], "tellers", teller.Ref), fault.Conflict)
		w.WantKind("inviting for another", w.Handovers.Invite(t.Context(), w.Who[3], "tellers", teller.Ref, "Member-004"), fault.NotFound)
		if v := w.show(3, "tellers"); len(v.Mine) != 0 || v.Shadows != 0 {
			t.Fatalf("a third sees %+v", v)
		}
		id := w.show(1, "tellers").Mine[0].ID
		w.WantKind("agreeing to one's own request", w.Handovers.Agree(t.Context(), w.Who[2], "tellers", id), fault.NotFound)
		w.WantKind("a third who agrees", w.Handovers.Agree(t.Context(), w.Who[3], "tellers", id), fault.NotFound)
		w.WantKind("sitting before both agree", w.Handovers.Sit(t.Context(), w.Who[2], "tellers", id), fault.Conflict)
		w.must(w.Handovers.Agree(t.Context(), w.Who[1], "tellers", id))
		for i, sits := range [][2]int{{2, 1}, {1, 2}} {
			c.Advance(7 * day)
			w.must(w.Handovers.Sit(t.Context(), w.Who[sits[0]], "tellers", id))
			w.must(w.Handovers.Sit(t.Context(), w.Who[sits[0]], "tellers", id)) // once more the same day, by the same
			if got := w.show(2, "tellers").Mine[0].Sat(); got != i {
				t.Errorf("one alone says that they sat together, and it counts: %d", got)
			}
			w.WantKind("confirming what one said oneself", w.Handovers.Confirm(t.Context(), w.Who[sits[0]], "tellers", id, handover.DayOf(c.Now(), time.UTC)), fault.NotFound)
			if i == 0 {
				w.must(w.Handovers.Confirm(t.Context(), w.Who[sits[1]], "tellers", id, handover.DayOf(c.Now(), time.UTC)))
			} else {
				w.must(w.Handovers.Sit(t.Context(), w.Who[sits[1]], "tellers", id)) // saying so too confirms it
			}
			if v := w.show(3, "tellers"); v.Depth.Count != i || v.Shadows != 1 || v.Depth.Members != 10 {
				t.Errorf("after %d sittings: %+v, %d shadow", i+1, v.Depth, v.Shadows)
			}
		}
		w.WantKind("a third who ends it", w.Handovers.Unshadow(t.Context(), w.Who[3], "tellers", id), fault.NotFound)
		w.must(w.Handovers.Unshadow(t.Context(), w.Who[1], "tellers", id))
		if v := w.show(2, "tellers"); len(v.Mine) != 0 || v.Shadows != 0 || v.Depth.Count != 1 {
			t.Errorf("after the end: %+v", v)
		}
		if got := w.count("ledger_entries"); got != entries {
			t.Errorf("%d entries of the record tell of it", got-entries)
		}
		w.Write(func(tx *db.Tx) error { return w.Handovers.Part(tx, w.Who[2].Member) })
		if w.count("shadowings")+w.count("sittings") != 0 {
			t.Error("something is kept of who left")
		}
	})
}

// TestInvitingTellsNothing: a holder who invites a member cannot find out by that whether another holder has asked them, they have asked another,
// or they learn beside one. One learns beside one person at a time all the same.
func TestInvitingTellsNothing(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		one, two := w.term("tellers", 1, 1, 90), w.term("tellers", 2, 2, 90)
		w.called(3, 4, 5)
		ctx := t.Context()
		w.must(w.Handovers.Shadow(ctx, w.Who[3], "tellers", one.Ref))               // has asked
		w.must(w.Handovers.Invite(ctx, w.Who[1], "tellers", one.Ref, "Member-004")) // was asked
		w.must(w.Handovers.Shadow(ctx, w.Who[5], "tellers", one.Ref))
		w.must(w.Handovers.Agree(ctx, w.Who[1], "tellers", w.show(5, "tellers").Mine[0].ID)) // learns
		for _, name := range []string{"Member-003", "Member-004", "Member-005"} {
			w.must(w.Handovers.Invite(ctx, w.Who[2], "tellers", two.Ref, name))
		}
		if mine := w.show(2, "tellers").Mine; len(mine) != 3 {
			t.Fatalf("the one who invited sees %+v", mine)
		}
		w.WantKind("asking two", w.Handovers.Shadow(ctx, w.Who[3], "tellers", two.Ref), fault.Conflict)
		of := func(i int, holder role.Term) handover.ShadowID {
			for _, s := range w.show(i, "tellers").Mine {
				if s.Holder == holder.Member {
					return s.ID
				}
			}
			return 0
		}
		w.WantKind("learning beside two", w.Handovers.Agree(ctx, w.Who[5], "tellers", of(5, two)), fault.Conflict)
		w.must(w.Handovers.Agree(ctx, w.Who[4], "tellers", of(4, two)))
		w.must(w.Handovers.Agree(ctx, w.Who[3], "tellers", of(3, two)))
		if of(3, one) != 0 || of(4, one) != 0 || of(3, two) == 0 || of(4, two) == 0 || w.show(6, "tellers").Shadows != 3 {
			t.Errorf("learning: %+v and %+v", w.show(3, "tellers").Mine, w.show(4, "tellers").Mine)
		}
	})
}

// called has members be found by their names, as those are who joined by invitation.
func (w world) called(who ...int) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		for _, i := range who {
			m := w.Who[i].Member
			if err := tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(m.Name), m.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// TestOfficeIsLearntInTwoMonths: where members elect, two months of shadowing count and sittings do not.
func TestOfficeIsLearntInTwoMonths(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("treasurers", 1, 1, 180)
		w.Write(func(tx *db.Tx) error {
			return tx.Exec("UPDATE members SET name_key = 'm2' WHERE id = ?", w.Who[2].Member.ID).Error
		})
		w.must(w.Handovers.Invite(t.Context(), w.Who[1], "treasurers", term.Ref, "m2"))
		id := w.show(2, "treasurers").Mine[0].ID
		w.must(w.Handovers.Agree(t.Context(), w.Who[2], "treasurers", id))
		for want, after := range []time.Duration{60*day - time.Millisecond, time.Millisecond} {
			c.Advance(after)
			if got := w.show(0, "treasurers").Depth.Count; got != want {
				t.Errorf("depth is %d, want %d", got, want)
			}
		}
	})
}

// TestUnderstudyAlone: the only one who would is named by a third of the term, and may stop at any time.
func TestUnderstudyAlone(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("tellers", 1, 1, 90)
		w.WantKind("the holder's own", w.Handovers.Volunteer(t.Context(), w.Who[1], "tellers", term.Ref, true), fault.Conflict)
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[2], "tellers", term.Ref, true))
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[3], "tellers", term.Ref, true))
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[3], "tellers", term.Ref, false))
		w.at(term.Begins.Add(28*day - time.Millisecond))
		if v := w.show(0, "tellers"); v.Terms[0].Understudy != 0 {
			t.Fatalf("early: %+v", v.Terms[0])
		}
		w.at(term.Begins.Add(28 * day)) // two days before a third
		v := w.show(0, "tellers")
		if w.place(v.Terms[0].Understudy) != 2 || v.Depth.Count != 1 {
			t.Fatalf("understudy: %+v", v)
		}
		w.understudies(2)
		w.WantKind("another who would", w.Handovers.Volunteer(t.Context(), w.Who[4], "tellers", term.Ref, true), fault.Conflict)
		w.WantKind("stopping for another", w.Handovers.Stop(t.Context(), w.Who[4], "tellers", term.Ref), fault.NotFound)
		w.must(w.Handovers.Stop(t.Context(), w.Who[2], "tellers", term.Ref))
		w.must(w.Handovers.Stop(t.Context(), w.Who[2], "tellers", term.Ref))
		w.understudies()
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[2], "tellers", term.Ref, true)) // has been, and is not taken again
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[4], "tellers", term.Ref, true))
		w.at(c.Now().Add(14 * day))
		w.understudies(4)
		w.at(term.Ends)
		w.understudies(4) // first who is asked to be caretaker
		w.Write(func(tx *db.Tx) error { return w.Handovers.Part(tx, w.Who[4].Member) })
		w.understudies()
	})
}

// understudies checks who is understudy in the role.
func (w world) understudies(want ...int) {
	w.Helper()
	var got []int
	w.Read(func(tx *db.Tx) error {
		r, err := role.Find(tx, w.Group.ID, "tellers")
		if err != nil {
			return err
		}
		ids, err := handover.Understudy(tx, r.ID)
		for _, id := range ids {
			got = append(got, w.place(id))
		}
		return err
	})
	if !slices.Equal(got, want) {
		w.Errorf("understudies are %v, want %v", got, want)
	}
}

// TestNoUnderstudyToACaretaker: whoever only looks after a place has no understudy: nobody can say that they would be.
func TestNoUnderstudyToACaretaker(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 6)
		held := w.term("tellers", 1, 1, 90)
		minds := held
		w.Write(func(tx *db.Tx) error {
			r, err := role.Get(tx, held.Role)
			if err != nil {
				return err
			}
			minds.Ref, minds.Kind, minds.Seat, minds.Member, minds.Caps = "t_minds", role.Caretaker, 2, w.Who[2].Member.ID, nil
			_, err = role.Begin(tx, w.Ledger, w.Group, r, minds, w.Who[2].Member)
			return err
		})
		w.WantKind("to a caretaker", w.Handovers.Volunteer(t.Context(), w.Who[3], "tellers", minds.Ref, true), fault.Conflict)
		w.must(w.Handovers.Volunteer(t.Context(), w.Who[3], "tellers", held.Ref, true))
	})
}

// TestUnderstudyByLot: among several a lot is drawn that anybody can repeat and that names nobody but who is drawn; who stops is followed
// by the next in its order.
func TestUnderstudyByLot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 10)
		c.Advance(60 * day)
		term := w.term("tellers", 1, 1, 90)
		for i := 2; i < 6; i++ {
			w.must(w.Handovers.Volunteer(t.Context(), w.Who[i], "tellers", term.Ref, true))
		}
		w.at(term.Begins.Add(28 * day))
		announced, err := w.Handovers.Published(t.Context(), w.Who[9], 1)
		w.must(err)
		v := w.show(3, "tellers")
		if v.Terms[0].Lot.State != handover.Announced || v.Terms[0].Place != 2 || announced.Draw.Secret != "" || v.Terms[0].Lot.Tickets[0].Member != 0 {
			t.Fatalf("announced: %+v %+v", v.Terms[0], announced)
		}
		w.WantKind("one more", w.Handovers.Volunteer(t.Context(), w.Who[6], "tellers", term.Ref, true), fault.Conflict)
		w.at(v.Terms[0].Lot.At)
		drawn, err := w.Handovers.Published(t.Context(), w.Who[9], 1)
		w.must(err)
		if f, err := drawn.Follows(announced); err != nil || !f.Agrees || !sortition.Holds(drawn.Check()) {
			t.Fatalf("the lot does not hold: %+v %v", f, err)
		}
		for _, place := range drawn.Draw.Order {
			w.understudies(int(place) + 1)
			w.must(w.Handovers.Stop(t.Context(), w.Who[place+1], "tellers", term.Ref))
		}
		w.understudies()
		var leaves []string
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT leaf FROM ledger_entries WHERE kind IN ('understudy.lot', 'understudy.drawn')").Scan(&leaves).Error
		})
		for _, l := range leaves {
			if strings.Contains(l, "m_") {
				t.Errorf("the record names who would: %s", l)
			}
		}
		w.at(term.Ends)
		var named int
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT COUNT(member_id) FROM understudy_tickets").Scan(&named).Error
		})
		if named+w.count("understudy_volunteers") != 0 {
			t.Error("after the term it is kept who would have been")
		}
	})
}
