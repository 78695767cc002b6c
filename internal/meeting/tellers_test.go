package meeting_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// unaided is a meeting with two proposals, which talks about the first and in which somebody who does not run it is let in at the door without a device. It
// returns who keeps the door, and who was let in.
func unaided(t *testing.T, d *db.DB, c *dbtest.Clock) (w world, v meeting.View, p motion.Motion, keeper, ana int) {
	t.Helper()
	w = newWorld(t, d, c, "B", 8)
	p = w.waits("Buy a kettle")
	w.waits("Buy a pan")
	m := w.called()
	w.Pass(m.LotAt)
	v = w.begun(m)
	w.must(w.Meetings.Adopt(t.Context(), w.visit(w.at(v.Chair)), v.Number))
	v = w.item(v, slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion == p.ID }))
	keeper, _ = w.keeper(v, meeting.Doors)
	ana = w.but(v.Chair, v.Second, p.Mover, w.Who[keeper].Member.ID)[0]
	w.letIn(v, keeper, ana)
	return w, v, p, keeper, ana
}

func (w world) letIn(v meeting.View, keeper, who int) {
	w.Helper()
	w.must(w.Meetings.CheckOut(w.Context(), w.visit(who), v.Number))
	w.must(w.Meetings.LetIn(w.Context(), w.visit(keeper), v.Number, w.Who[who].Member.ID))
}

func (w world) would(v meeting.View, who int, would bool) error {
	w.Helper()
	return w.Meetings.WouldCount(w.Context(), w.visit(who), v.Number, would)
}

func (w world) vote(v meeting.View) error {
	w.Helper()
	return w.Meetings.PutToVote(w.Context(), w.visit(w.at(v.Chair)), v.Number, v.Current.ID, false)
}

// tellers returns who counts hands in the vote that goes on.
func (w world) tellers(v meeting.View) (out []int) {
	w.Helper()
	for i := range w.Who {
		if w.show(i, v.Number).Raising.Counting != nil {
			out = append(out, i)
		}
	}
	return out
}

func (w world) hands(v meeting.View, who int, h ballot.Hands) (bool, error) {
	w.Helper()
	return w.Meetings.CountHands(w.Context(), w.visit(who), v.Number, v.Current.ID, w.show(who, v.Number).Raising.Vote.ByHand, h)
}

// TestTellers: two of those who would are drawn when somebody has no device, neither whoever facilitates nor whom the proposal is of; each counts alone, and
// what both say is in the vote. Who was let in at the door votes by hand and not online.
func TestTellers(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, keeper, ana := unaided(t, d, c)
		ctx := t.Context()
		w.WantKind("who has no device would count", w.would(v, ana, true), fault.Conflict)
		some := w.but(v.Chair, p.Mover, w.Who[ana].Member.ID)[:3]
		for _, who := range []int{w.at(v.Chair), w.at(p.Mover), some[0]} {
			w.must(w.would(v, who, true))
		}
		if r := w.show(some[0], v.Number).Raising; r.Unaided != 1 || !r.Would || r.Willing != 1 || r.Vote.ID != 0 || r.Counting != nil {
			t.Errorf("one would count: %+v", r)
		}
		w.must(w.Meetings.CheckIn(ctx, w.Who[some[0]], v.Number, meeting.Remote))
		if r := w.show(some[1], v.Number).Raising; r.Willing != 0 {
			t.Errorf("who is elsewhere would count: %+v", r)
		}
		w.must(w.would(v, some[0], false))
		w.WantKind("who is elsewhere counts hands in the room", w.would(v, some[0], true), fault.Conflict)
		w.must(w.Meetings.CheckIn(ctx, w.Who[some[0]], v.Number, meeting.Room))
		w.must(w.would(v, some[0], true))
		for _, would := range []bool{true, true, false, true} {
			w.must(w.would(v, some[1], would))
		}
		w.must(w.would(v, some[2], true))
		w.must(w.vote(v))
		v = w.show(0, v.Number)
		both := w.tellers(v)
		if len(both) != 2 || slices.ContainsFunc(both, func(i int) bool { return !slices.Contains(some, i) }) {
			t.Fatalf("%v count, of %v", both, some)
		}
		if r := w.show(ana, v.Number).Raising; r.Vote.ByHand != 1 || r.Counting != nil {
			t.Errorf("who has no device sees %+v", r)
		}
		_, err := w.Ballots.Cast(ctx, w.visit(ana), p.Number, w.Form(w.visit(keeper), p.Number, ballot.For))
		w.WantKind("who votes by hand, online", err, fault.Denied)
		for i := range w.Who {
			if !slices.Contains(both, i) {
				_, err := w.hands(v, i, ballot.Hands{For: 1})
				w.WantKind("somebody else counts", err, fault.Denied)
			}
		}
		_, err = w.Meetings.CountHands(ctx, w.visit(both[0]), v.Number, v.Current.ID+100, 1, ballot.Hands{})
		w.WantKind("about no item", err, fault.NotFound)
		_, err = w.hands(v, both[0], ballot.Hands{For: 1, Against: 1})
		w.WantKind("more than have no device", err, fault.Invalid)
		w.WantKind("counting is handed over", w.Meetings.HandOver(ctx, w.visit(both[0]), v.Number, meeting.Counts, w.Who[keeper].Member.ID), fault.Denied)
		for range 2 { // each, and again
			if again, err := w.hands(v, both[0], ballot.Hands{For: 1}); again || err != nil {
				t.Fatal(again, err)
			}
		}
		if x := w.show(both[1], v.Number).Raising.Counting; x.Entered || x.Again != 0 {
			t.Errorf("the other sees %+v", x)
		}
		if again, err := w.hands(v, both[1], ballot.Hands{Against: 1}); !again || err != nil {
			t.Fatal("other numbers:", again, err)
		}
		for _, who := range both {
			if x := w.show(who, v.Number).Raising.Counting; x.Entered || x.Again != 1 {
				t.Errorf("counts again: %+v", x)
			}
			if again, err := w.hands(v, who, ballot.Hands{Against: 1}); again || err != nil {
				t.Fatal(again, err)
			}
		}
		for i := range w.Who {
			if i != ana {
				w.Cast(w.visit(i), p.Number, ballot.For)
			}
		}
		w.Pass(c.Now())
		end := w.Show(p.Number)
		if end.Votes != (tally.Votes{For: 7, Against: 1, Entitled: 8}) || end.Hands != (ballot.Hands{Against: 1}) || end.HandsHow != ballot.HandsAgreed {
			t.Errorf("counted: %+v", end.Ballot)
		}
		if r := w.show(both[0], v.Number).Raising; r.Vote.ID != 0 || r.Counting != nil || r.Unaided != 1 {
			t.Errorf("afterwards: %+v", r)
		}
	})
}

// TestTellersWhoStay: who has counted does so in the next vote, too; in the place of who went another is drawn. A vote does not wait for who has gone
// longer than it may, and who is let out at the door meanwhile is counted no more and no less.
func TestTellersWhoStay(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, keeper, ana := unaided(t, d, c)
		ctx := t.Context()
		for _, i := range w.but(v.Chair, p.Mover, w.Who[ana].Member.ID, w.Who[keeper].Member.ID) { // who keeps the door stays
			w.must(w.would(v, i, true))
		}
		w.must(w.vote(v))
		v = w.show(0, v.Number)
		first := w.tellers(v)
		for _, i := range w.but(w.Who[ana].Member.ID) {
			w.Cast(w.visit(i), p.Number, ballot.For)
		}
		w.must(w.Meetings.LetOut(ctx, w.visit(keeper), v.Number, w.Who[ana].Member.ID))
		if r := w.show(first[0], v.Number).Raising; r.Counting == nil || r.Vote.ByHand != 1 {
			t.Errorf("as who has no device goes home, who counts sees %+v", r)
		}
		w.must(w.Meetings.CheckOut(ctx, w.visit(first[0]), v.Number))
		w.GoTo(v.Raising.Vote.Closes)
		if b := w.Show(p.Number); b.State != ballot.Open {
			t.Fatalf("it does not wait: %+v", b.Ballot)
		}
		w.WantKind("the next item while hands are counted", w.Meetings.Finish(ctx, w.visit(w.at(v.Chair)), v.Number, v.Current.ID), fault.Conflict)
		w.Pass(v.Raising.Vote.HandsUntil())
		if b := w.Show(p.Number); !b.IsCounted() || b.HandsHow != ballot.HandsNotGiven {
			t.Fatalf("it hangs: %+v", b.Ballot)
		}
		w.letIn(v, keeper, ana)
		v = w.item(v, slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion != 0 && it.Motion != p.ID }))
		w.must(w.vote(v))
		if next := w.tellers(v); len(next) != 2 || !slices.Contains(next, first[1]) || slices.Contains(next, first[0]) {
			t.Errorf("%v counted and the first went; then %v count", first, next)
		}
		left := func() (n int) {
			w.Read(func(tx *db.Tx) error { return tx.Raw("SELECT COUNT(*) FROM meeting_lots").Scan(&n).Error })
			return n
		}
		if left() != 1 {
			t.Error("no next lot is promised")
		}
		w.Pass(w.show(first[1], v.Number).Raising.Vote.HandsUntil())
		w.must(w.Meetings.Close(ctx, w.visit(w.at(w.show(0, v.Number).Chair)), v.Number))
		if left() != 0 {
			t.Error("the secret of a lot is kept after the meeting")
		}
	})
}

// TestNoHandsInSecret: in a secret vote nobody votes by hand. Who was let in at the door has their own vote in it, on a device on which they sign in.
func TestNoHandsInSecret(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, _, ana := unaided(t, d, c)
		for i := range w.Rulebook().SecretRequest {
			_, err := w.Motions.AskSecret(t.Context(), w.Who[i], p.Number)
			w.must(err)
		}
		w.must(w.vote(v))
		if b := w.Show(p.Number); !b.Secret || b.ByHand != 0 || b.Entitled != len(w.Who) || len(w.tellers(v)) != 0 {
			t.Fatalf("opened: %+v", b.Ballot)
		}
		for i := range w.Who {
			w.Cast(w.visit(i), p.Number, ballot.For)
		}
		w.Pass(c.Now())
		if b := w.Show(p.Number); !b.IsCounted() || b.Turnout != int64(len(w.Who)) || ana < 0 {
			t.Errorf("counted: %+v", b.Ballot)
		}
	})
}

// TestTellersRace: both tellers, each pressing twice, at once, and a vote that is opened by two presses: nothing is counted twice, and nothing is lost.
func TestTellersRace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, _, ana := unaided(t, d, c)
		for _, i := range w.but(v.Chair, p.Mover, w.Who[ana].Member.ID) {
			w.must(w.would(v, i, true))
		}
		at := func(n int, do func(i int) error) (failed int) {
			var all sync.WaitGroup
			errs := make([]error, n)
			for i := range n {
				all.Go(func() { errs[i] = do(i) })
			}
			all.Wait()
			for _, err := range errs {
				if err != nil {
					failed++
					w.WantKind("at once", err, fault.Conflict)
				}
			}
			return failed
		}
		if n := at(3, func(int) error { return w.vote(v) }); n != 2 {
			t.Fatalf("%d of three presses failed", n)
		}
		for _, i := range w.but(w.Who[ana].Member.ID)[:4] {
			w.Cast(w.visit(i), p.Number, ballot.For)
		}
		both := w.tellers(v)
		if len(both) != 2 {
			t.Fatalf("%v count", both)
		}
		at(4, func(i int) error {
			again, err := w.hands(v, both[i%2], ballot.Hands{Abstain: 1})
			if again {
				t.Error("they are told to count again")
			}
			return err
		})
		c.Advance(time.Second)
		w.GoTo(w.Show(p.Number).Closes)
		if b := w.Show(p.Number); !b.IsCounted() || b.Hands != (ballot.Hands{Abstain: 1}) || b.Turnout != 5 || b.HandsTurnout != 1 {
			t.Errorf("counted: %+v", b.Ballot)
		}
	})
}

// TestNobodyWouldCount: nobody who is there would count hands, and so the lot falls among those with a device, whoever facilitates and whom it is about last; one who is noted does not hold the vote up.
// Where fewer than two have a device, nobody counts.
func TestNobodyWouldCount(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, p, keeper, ana := unaided(t, d, c)
		ctx := t.Context()
		other := v.Items[slices.IndexFunc(v.Items, func(it meeting.Item) bool { return it.Motion != 0 && it.Motion != p.ID })]
		free := w.but(v.Chair, p.Mover, w.Who[ana].Member.ID)
		w.must(w.would(v, free[0], true))
		w.must(w.vote(v))
		both := w.tellers(v)
		if len(both) != 2 || !slices.Contains(both, free[0]) || slices.ContainsFunc(both, func(i int) bool { return !slices.Contains(free, i) }) {
			t.Fatalf("%v count; %d would", both, free[0])
		}
		jobs := 0
		for _, term := range w.show(0, v.Number).Terms {
			if term.Job == meeting.Counts {
				jobs++
			}
		}
		if jobs != 2 {
			t.Errorf("%d have the job to count", jobs)
		}
		for _, i := range w.but(w.Who[ana].Member.ID) {
			w.Cast(w.visit(i), p.Number, ballot.For)
		}
		w.Pass(w.show(both[0], v.Number).Raising.Vote.HandsUntil())
		if b := w.Show(p.Number); !b.IsCounted() || b.HandsHow != ballot.HandsNotGiven {
			t.Fatalf("nobody counts them, and it hangs: %+v", b.Ballot)
		}

		// with names, and with whoever facilitates and one other there
		chair := w.at(v.Chair)
		for _, i := range w.but(v.Chair, w.Who[ana].Member.ID, w.Who[keeper].Member.ID) {
			if w.show(0, v.Number).Total() > 3 {
				w.must(w.Meetings.CheckOut(ctx, w.visit(i), v.Number))
			}
		}
		w.must(w.Meetings.Take(ctx, w.visit(chair), v.Number, other.ID))
		v = w.show(chair, v.Number)
		w.must(w.Meetings.PutToVote(ctx, w.visit(w.at(v.Chair)), v.Number, other.ID, true))
		both = w.tellers(v)
		slices.Sort(both)
		want := []int{chair, keeper}
		slices.Sort(want)
		if !slices.Equal(both, want) {
			t.Errorf("%v count, of %v", both, want)
		}
	})
}
