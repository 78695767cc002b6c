package draw_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
	"folkmoot/internal/sortition"
	"folkmoot/internal/votetest"
)

// world is a group with roles.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, preset string, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, preset, people)}
	w.GiveRoles()
	w.goTo(c.Now())
	return w
}

// leaf returns what the record has of the newest entry of a kind.
func (w world) leaf(kind string) (leaf string) {
	w.Helper()
	w.Read(func(tx *db.Tx) error {
		return tx.Raw("SELECT leaf FROM ledger_entries WHERE kind = ? ORDER BY n DESC LIMIT 1", kind).Scan(&leaf).Error
	})
	return leaf
}

// goTo moves the clock and does what is due for draws; nobody looks after free seats.
func (w world) goTo(at time.Time) {
	w.Helper()
	w.Clock.Set(at)
	if err := cmp.Or(w.Draws.Tick(w.Context()), w.Roles.Tick(w.Context())); err != nil {
		w.Fatal(err)
	}
}

func (w world) show(i int) draw.View {
	w.Helper()
	v, err := w.Draws.Show(w.Context(), w.Who[i], "tellers")
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// can says whether a member has the power now.
func (w world) can(i int) bool {
	w.Helper()
	a, _, err := w.Members.Visit(w.Context(), w.Who[i].Person, w.Group.Slug)
	if err != nil {
		w.Fatal(err)
	}
	return member.Can(a, member.SignCount, w.Clock.Now())
}

// holders returns who has the power now.
func (w world) holders() (out []int) {
	w.Helper()
	for i := range w.Who {
		if w.can(i) {
			out = append(out, i)
		}
	}
	return out
}

// TestRoadByLot takes a role from its first day to a second draw: everybody is asked, a lot is drawn that anybody can repeat, powers begin and
// end at their dates with nothing running, and declined places go down the order.
func TestRoadByLot(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 12)
		v := w.show(0)
		if v.Draw.State != draw.Asking || v.Draw.Seats != 2 || v.Free(c.Now()) != 2 || v.Mine != "" {
			t.Fatalf("on the first day: %+v", v)
		}
		w.Say(draw.Yes, 1, 2, 3, 4, 5, 6)
		w.Say(draw.NotNow, 6, 7) // the sixth thinks better of it
		w.Say(draw.ShadowFirst, 8)
		v = w.show(1)
		if v.Mine != draw.Yes || len(v.Pool) > 0 {
			t.Fatalf("asked: %+v", v)
		}

		w.goTo(v.Draw.Closes)
		v = w.show(0)
		if v.Draw.State != draw.Announced || len(v.Pool) != 5 || v.Chances != 20 || v.Record.Secret != "" || v.Draw.Relaxed != nil {
			t.Fatalf("announced: %+v", v)
		}
		w.WantKind("an answer that is late", w.Draws.Say(t.Context(), w.Who[7], v.Draw.Number, draw.Yes), fault.Conflict)
		w.WantKind("words of a stranger to the pool", w.Draws.ThrowIn(t.Context(), w.Who[7], v.Draw.Number, "bread"), fault.NotFound)
		for _, i := range []int{1, 3} {
			if err := w.Draws.ThrowIn(t.Context(), w.Who[i], v.Draw.Number, fmt.Sprint("dice ", i)); err != nil {
				t.Fatal(err)
			}
		}
		announced := w.published(v.Draw.Number)
		if leaf := w.leaf("draw.announced"); !strings.Contains(leaf, `"answers":{"not_now":2,"shadow_first":1,"with_someone":0,"yes":5}`) {
			t.Errorf("the record says %s", leaf)
		}

		w.goTo(v.Draw.At)
		v = w.show(0)
		drawn := w.published(v.Draw.Number)
		if f, err := drawn.Follows(announced); err != nil || !f.Agrees || !sortition.Holds(drawn.Check()) || len(drawn.Draw.Contributions) != 2 {
			t.Fatalf("the draw does not hold: %+v %v %+v", f, err, drawn.Check())
		}
		order := w.order(v)
		if len(v.Terms) != 2 || w.Place(v.Terms[0].Member) != order[0] || w.Place(v.Terms[1].Member) != order[1] || len(w.holders()) > 0 {
			t.Fatalf("drawn: the order is %v, and terms %+v", order, v.Terms)
		}
		w.WantKind("words after the lot", w.Draws.ThrowIn(t.Context(), w.Who[1], v.Draw.Number, "again"), fault.Conflict)

		// The first declines before it begins; the third has the place, and nobody is drawn anew.
		w.WantKind("somebody else's term", w.Roles.GiveUp(t.Context(), w.Who[order[1]], v.Terms[0].Ref), fault.NotFound)
		for range 2 {
			if err := w.Roles.GiveUp(t.Context(), w.Who[order[0]], v.Terms[0].Ref); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(c.Now())
		v = w.show(0)
		if len(v.Terms) != 2 || !slices.Equal(w.sorted(v.Terms), sorted(order[1], order[2])) {
			t.Fatalf("declined: the order is %v, and terms %+v", order, v.Terms)
		}
		last := v.Terms[1]
		c.Set(v.Terms[0].Begins.Add(-time.Millisecond))
		if got := w.holders(); len(got) > 0 {
			t.Errorf("before terms begin %v can", got)
		}
		c.Set(last.Begins)
		if got := w.holders(); !slices.Equal(got, sorted(order[1], order[2])) {
			t.Errorf("once terms have begun %v can, and %v were drawn", got, order)
		}

		// One resigns in the middle: the power is gone at once, and the fourth takes the rest of the term.
		held := v.Terms[0]
		if held.Seat == 2 {
			held = v.Terms[1]
		}
		if err := w.Roles.GiveUp(t.Context(), w.Who[w.Place(held.Member)], held.Ref); err != nil {
			t.Fatal(err)
		}
		if w.can(w.Place(held.Member)) {
			t.Error("who has resigned still can")
		}
		w.goTo(c.Now())
		v = w.show(0)
		i := slices.IndexFunc(v.Terms, func(t role.Term) bool { return t.Seat == held.Seat })
		if i < 0 || w.Place(v.Terms[i].Member) != order[3] || !v.Terms[i].Ends.Equal(held.Ends) {
			t.Fatalf("resigned: %+v", v.Terms)
		}

		// Left alone, everything ends by itself, and before it does everybody is asked who would be next.
		var first time.Time
		for _, term := range v.Terms {
			if first.IsZero() || term.Ends.Before(first) {
				first = term.Ends
			}
		}
		w.goTo(first.Add(-time.Millisecond))
		if v = w.show(0); v.Draw.Number != 2 || v.Draw.State == draw.Drawn || v.Draw.Starts.Before(first) {
			t.Errorf("before the first term ends: %+v", v.Draw)
		}
		c.Set(first.Add(180 * 24 * time.Hour))
		if got := w.holders(); len(got) > 0 {
			t.Errorf("after all terms have ended %v can", got)
		}
	})
}

func (w world) published(number int) sortition.Record {
	w.Helper()
	r, err := w.Draws.Published(w.Context(), w.Who[0], number)
	if err != nil {
		w.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		w.Fatal(err)
	}
	if r, err = sortition.ReadRecord(&b); err != nil {
		w.Fatal(err)
	}
	return r
}

// order returns the members in the order of the lot.
func (w world) order(v draw.View) []int {
	out := make([]int, len(v.Pool))
	for _, t := range v.Pool {
		out[t.Turn-1] = w.Place(t.Member)
	}
	return out
}

func (w world) sorted(terms []role.Term) []int {
	var out []int
	for _, t := range terms {
		out = append(out, w.Place(t.Member))
	}
	return sorted(out...)
}

func sorted(in ...int) []int { return slices.Sorted(slices.Values(in)) }

// TestNobodyWould: nobody is made to, everybody is asked again, and who held the role does not stay.
func TestNobodyWould(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 5)
		v := w.show(0)
		w.Say(draw.WithSomeone, 1)
		w.goTo(v.Draw.Closes)
		if v = w.show(0); v.Draw.State != draw.Nobody || v.Free(c.Now()) != 2 || len(v.Terms) > 0 {
			t.Fatalf("nobody would: %+v", v)
		}
		if leaf := w.leaf("draw.nobody"); !strings.Contains(leaf, `"answers":{}`) { // in a group of five, one of them would tell who it was
			t.Errorf("the record says %s", leaf)
		}
		w.goTo(v.Draw.Closes.AddDate(0, 0, 14))
		if v = w.show(0); v.Draw.Number != 2 || v.Draw.State != draw.Asking {
			t.Fatalf("asked again: %+v", v.Draw)
		}
		w.Say(draw.Yes, 2)
		w.goTo(v.Draw.Closes)
		w.goTo(w.show(0).Draw.At)
		if v = w.show(0); len(v.Terms) != 1 || w.Place(v.Terms[0].Member) != 2 {
			t.Fatalf("one would: %+v", v.Terms)
		}
		w.goTo(v.Terms[0].Begins)
		if v = w.show(0); v.Draw.Number != 3 || v.Draw.State != draw.Asking || v.Draw.Seats != 1 {
			t.Errorf("for the other seat nobody is asked: %+v", v.Draw)
		}
		w.WantKind("a second seat", w.Draws.Say(t.Context(), w.Who[2], v.Draw.Number, draw.Yes), fault.Denied)
	})
}

// TestLeavingEndsTerms: who leaves the group holds nothing in it, and the next in the order is offered the seat.
func TestLeavingEndsTerms(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		w.Say(draw.Yes, 1, 2, 3, 4)
		w.goTo(w.show(0).Draw.Closes)
		w.goTo(w.show(0).Draw.At)
		v := w.show(0)
		order := w.order(v)
		w.goTo(v.Terms[0].Begins)
		if _, err := w.Members.Leave(t.Context(), w.Who[order[0]], false); err != nil {
			t.Fatal(err)
		}
		w.goTo(c.Now())
		v = w.show(order[1])
		if !slices.Equal(w.sorted(v.Terms), sorted(order[1], order[2])) {
			t.Errorf("the order is %v, and %v hold the role", order, w.sorted(v.Terms))
		}
	})
}
