package meeting_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
)

// circle returns the group in which somebody is.
func (w world) circle(who, n int) meeting.Circle {
	w.Helper()
	return w.show(who, n).Together.Circle
}

// mates returns who is in a group, the one named first at the end.
func (w world) mates(c meeting.Circle, last int) (out []int) {
	w.Helper()
	for _, id := range c.People {
		if i := w.at(id); i != last {
			out = append(out, i)
		}
	}
	return append(out, last)
}

// speak raises the hand of somebody to speak.
func (w world) wants(who, n int) error {
	w.Helper()
	return w.Meetings.Raise(w.Context(), w.visit(who), n, meeting.Raised{Kind: floor.Speak})
}

// listed returns who is on the speakers' list.
func (w world) listed(n int) (out []int) {
	w.Helper()
	v := w.show(0, n)
	for _, p := range v.List {
		out = append(out, w.at(v.Hands[p.ID].Member))
	}
	return out
}

// TestSpokes: those who are there are in groups of ten to twenty by lot; whoever most of a group name speaks for it, and nobody else but who brought the item; the others ask questions; it ends
// with the item, and nothing is kept of who was where.
func TestSpokes(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 33)
		ctx, n, m := t.Context(), v.Number, w.Meetings
		w.WantKind("while nothing is talked about", m.UseSpokes(ctx, w.visit(w.at(v.Chair)), db.Once{}, n), fault.Conflict)
		v = w.item(v, 2)
		vice, mover := w.jobs(v)[meeting.Vice], v.Current.By
		if v.Chair == mover { // whoever facilitates does not speak from the list
			w.must(m.HandOver(ctx, w.visit(w.at(v.Chair)), n, meeting.Facilitates, w.Who[w.but(v.Chair, vice)[0]].Member.ID))
			v = w.show(0, n)
			vice = w.jobs(v)[meeting.Vice]
		}
		chair := w.at(v.Chair)
		others := w.but(v.Chair, vice, mover)
		w.WantKind("by somebody else", m.UseSpokes(ctx, w.visit(others[0]), db.Once{}, n), fault.Denied)
		w.must(w.wants(others[0], n))
		w.must(w.wants(others[1], n))
		gone := others[20:23]
		for _, i := range gone {
			w.must(m.CheckOut(ctx, w.visit(i), n))
		}
		w.must(m.CheckOut(ctx, w.visit(others[19]), n))
		w.WantKind("of 29 people", m.UseSpokes(ctx, w.visit(chair), db.Once{}, n), fault.Conflict)
		w.must(m.CheckIn(ctx, w.visit(others[19]), n, meeting.Remote))
		once := onces()()
		for range 2 { // the same form
			w.must(m.UseSpokes(ctx, w.visit(chair), once, n))
		}
		w.WantKind("two at once", m.UseSpokes(ctx, w.visit(chair), db.Once{}, n), fault.Conflict)
		w.WantKind("small groups meanwhile", m.BreakOut(ctx, w.visit(chair), db.Once{}, n, meeting.Parting{Minutes: 8}), fault.Conflict)
		v = w.show(chair, n)
		x := v.Together.Spokes
		if x.People != 29 || x.Circles != 2 || v.Together.Circle.Number != 0 || len(v.Together.Circles) != 2 || len(v.Together.Circles[0].People) != 15 || len(v.Together.Circles[1].People) != 14 {
			t.Fatalf("they are in groups as %+v", v.Together)
		}
		if v.Reading.Cue != script.CueSpokes {
			t.Errorf("what is to be said: %+v", v.Reading)
		}
		me := others[0]
		own := w.circle(me, n)
		group := w.mates(own, me)
		if y := w.show(me, n); y.Together.Lot < 1 || y.Together.Lot > 29 || len(y.Together.Circles[2-own.Number].People) != 0 || y.People[own.People[0]].Name == "" {
			t.Errorf("somebody in a group sees %+v", y.Together)
		}

		// until somebody is named nobody speaks for a group, and hands that are up wait
		if got := w.listed(n); len(got) != 0 {
			t.Errorf("on the list are %v", got)
		}
		w.WantKind("who is no spoke", w.wants(me, n), fault.Conflict)
		w.must(w.wants(w.at(mover), n))
		w.must(m.Raise(ctx, w.visit(me), n, meeting.Raised{Kind: floor.Fact}))
		w.must(m.Raise(ctx, w.visit(me), n, meeting.Raised{Kind: floor.Rules, About: "§ 1"}))
		if got := w.listed(n); !slices.Equal(got, []int{me, w.at(mover)}) { // the question of fact first
			t.Errorf("on the list are %v", got)
		}
		name := func(by int, who member.ID) error { return m.NameSpoke(ctx, w.visit(by), n, x.ID, who) }
		id := func(i int) member.ID { return w.Who[i].Member.ID }
		spoke := func() int {
			c := w.show(group[1], n).Together.Circles[own.Number-1]
			if c.Spoke == 0 {
				return -1
			}
			return w.at(c.Spoke)
		}

		// the first who is named speaks, and so does whom more name; who has gone does not
		w.must(name(me, id(me)))
		if spoke() != me || !w.show(me, n).Speaks() || w.show(group[0], n).Speaks() == (id(group[0]) != mover) {
			t.Errorf("the first who is named: %d speaks", spoke())
		}
		if got := w.listed(n); !slices.Contains(got, me) || len(got) != 3 {
			t.Errorf("a hand that was up before is heard: %v", got)
		}
		w.must(name(group[0], id(group[1])))
		w.must(name(group[2], id(group[1])))
		if spoke() != group[1] {
			t.Errorf("most name %d, and %d speaks", group[1], spoke())
		}
		if y := w.show(group[2], n).Together; y.Named != id(group[1]) || w.show(group[3], n).Together.Named != 0 {
			t.Errorf("whom they named: %+v", y.Named)
		}
		w.must(name(group[0], id(me)))
		if spoke() != me {
			t.Errorf("most changed their mind, and %d speaks", spoke())
		}
		w.must(m.CheckOut(ctx, w.visit(me), n))
		if spoke() != group[1] {
			t.Errorf("who spoke has gone, and %d speaks", spoke())
		}
		w.must(m.CheckIn(ctx, w.visit(me), n, meeting.Room))
		if got := w.circle(me, n).Number; got != own.Number || spoke() != me {
			t.Errorf("who comes back is in group %d, and %d speaks", got, spoke())
		}
		for _, i := range []int{group[0], group[2], me} {
			w.must(name(i, 0))
		}
		if spoke() != -1 {
			t.Errorf("nobody is named, and %d speaks", spoke())
		}

		// at a tie the lot decides, as it put people in order
		a, b := group[3], group[4]
		if w.show(b, n).Together.Lot < w.show(a, n).Together.Lot {
			a, b = b, a
		}
		w.must(name(b, id(b)))
		w.must(name(a, id(a)))
		if spoke() != a {
			t.Errorf("at a tie %d speaks, want %d", spoke(), a)
		}
		w.WantKind("somebody of another group", name(me, w.show(chair, n).Together.Circles[2-own.Number].People[0]), fault.Conflict)
		w.WantKind("whoever facilitates", name(chair, id(me)), fault.Conflict)
		w.WantKind("of no groups", m.NameSpoke(ctx, w.visit(me), n, x.ID+7, id(me)), fault.NotFound)
		w.WantKind("ended by somebody else", m.StopSpokes(ctx, w.visit(me), n, x.ID), fault.Denied)

		// who comes late is in the smallest group, behind all others in the lot
		for _, i := range gone[:2] {
			w.must(m.CheckIn(ctx, w.visit(i), n, meeting.Room))
		}
		if got := w.circle(gone[0], n).Number; got != 2 {
			t.Errorf("who comes late is in group %d", got)
		}
		if got := w.show(gone[1], n).Together; got.Circle.Number != 1 || got.Lot != 31 {
			t.Errorf("who comes later is in group %d, as %d", got.Circle.Number, got.Lot)
		}
		w.must(m.JoinCircle(ctx, w.visit(gone[1]), n, x.ID))

		// all vote, and after it all speak
		w.must(m.StopSpokes(ctx, w.visit(chair), n, x.ID))
		w.must(m.StopSpokes(ctx, w.visit(chair), n, x.ID))
		if got := w.listed(n); w.show(me, n).Together.Spokes.ID != 0 || !slices.Contains(got, others[1]) {
			t.Errorf("after they ended on the list are %v", got)
		}
		w.WantKind("after the end", name(me, id(me)), fault.Conflict)
		if w.kept("meeting_circle_seats")+w.kept("meeting_circles") != 0 {
			t.Error("who was in which group is kept")
		}
		w.must(m.UseSpokes(ctx, w.visit(chair), db.Once{}, n))
		w.must(m.Finish(ctx, w.visit(chair), n, v.Current.ID))
		if w.kept("meeting_circle_seats")+w.kept("meeting_circles") != 0 || w.show(me, n).Together.Spokes.ID != 0 {
			t.Error("they are there after the item")
		}
	})
}

// TestALotDoesNotFallUntilSomebodyLikesIt: whoever facilitates stops a round or spokes twice on an item, and then does not begin them a third time.
func TestALotDoesNotFallUntilSomebodyLikesIt(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 30)
		ctx, n, m := t.Context(), v.Number, w.Meetings
		v = w.item(v, 2)
		chair := w.visit(w.at(v.Chair))
		begun := func() (of [2]error) {
			of[0] = m.GoRound(ctx, chair, db.Once{}, n, "", 60)
			if of[0] == nil {
				w.must(m.StopRound(ctx, chair, n, w.show(0, n).Together.Round.ID))
			}
			of[1] = m.UseSpokes(ctx, chair, db.Once{}, n)
			if of[1] == nil {
				w.must(m.StopSpokes(ctx, chair, n, w.show(0, n).Together.Spokes.ID))
			}
			return of
		}
		for range 2 {
			of := begun()
			w.must(errors.Join(of[:]...))
		}
		for i, err := range begun() {
			w.WantKind([]string{"a round", "spokes"}[i]+" for the third time", err, fault.Conflict)
		}
		if to := w.show(w.at(v.Chair), n).Together; to.NoRound == nil || to.NoSpokes == nil {
			t.Errorf("it is offered: %v, %v", to.NoRound, to.NoSpokes)
		}
	})
}

// TestSpokesByVote: members can decide that spokes speak, and that all speak again, as they can decide on a round; whoever facilitates can do both at once.
func TestSpokesByVote(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sitting(t, d, c, 32)
		ctx, n := t.Context(), v.Number
		v = w.item(v, 2)
		who := w.but(v.Chair, v.Second, v.Current.By)
		offered := func(k procedure.Kind) bool {
			return slices.ContainsFunc(w.show(who[0], n).Offers, func(o meeting.Offer) bool { return o.Kind == k })
		}
		if !offered(procedure.Spokes) || offered(procedure.AllSpeak) {
			t.Errorf("offered before: %+v", w.show(who[0], n).Offers)
		}
		w.WantKind("all speak already", w.make(who[0], v, procedure.AllSpeak, meeting.Named{}), fault.Conflict)
		if mv := w.moved(who[0], who[1], v, procedure.Spokes, meeting.Named{}, 4, 4); mv.State != meeting.MoveLost || w.show(0, n).Together.Spokes.ID != 0 {
			t.Errorf("a vote that was lost: %+v", mv)
		}
		c.Advance(procedure.CoolDown + time.Second)
		if mv := w.moved(who[1], who[2], v, procedure.Spokes, meeting.Named{}, 9, 3); mv.State != meeting.MoveCarried {
			t.Fatalf("they decided: %+v", mv)
		}
		x := w.show(0, n).Together.Spokes
		if x.ID == 0 || x.By != w.Who[who[1]].Member.ID || x.People != 31 || w.circle(w.at(v.Chair), n).Number != 0 {
			t.Fatalf("by a vote there are %+v", x)
		}
		if offered(procedure.Spokes) || !offered(procedure.AllSpeak) {
			t.Errorf("offered then: %+v", w.show(who[0], n).Offers)
		}
		w.WantKind("once more", w.make(who[2], v, procedure.Spokes, meeting.Named{}), fault.Conflict)
		if mv := w.moved(who[2], who[3], v, procedure.AllSpeak, meeting.Named{}, 5, 4); mv.State != meeting.MoveCarried || w.show(0, n).Together.Spokes.ID != 0 {
			t.Errorf("all speak again: %+v", mv)
		}
		w.must(w.make(who[3], v, procedure.Spokes, meeting.Named{}))
		w.must(w.Meetings.UseSpokes(ctx, w.visit(w.at(v.Chair)), db.Once{}, n))
		if mv := w.settled(v, procedure.Spokes); mv.State != meeting.MoveDone {
			t.Errorf("what was asked for is done: %+v", mv)
		}
	})
}
