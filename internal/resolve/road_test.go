package resolve_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

var (
	yes    = agree.Answer{Response: agree.Yes}
	blocks = agree.Answer{Response: agree.Block, Ground: agree.Aim, Names: "We buy nothing new", Words: "This is new."}
)

const days = 14 * 24 * time.Hour

type world struct{ *votetest.World }

// online has all be asked online whether they agree on a proposal of the first; so many of the last block, and the others agree.
func online(t *testing.T, d *db.DB, c *dbtest.Clock, people, block int) (w world, number int) {
	t.Helper()
	w = world{votetest.New(t, d, c, "A", people)}
	p := votetest.Sample("Buy a kettle")
	p.Text.Forum = motion.ByAgreement
	m, err := w.Motions.Propose(w.Context(), w.Who[0], db.Once{}, 0, p)
	w.must(err)
	for _, a := range w.Who[1:] {
		if now := w.Motion(m.ID); now.State == motion.Seeking {
			_, err := w.Motions.Support(w.Context(), a, now.Number, now.Version)
			w.must(err)
		}
	}
	w.GoTo(w.Motion(m.ID).Opens)
	w.called(m.Number, block)
	return w, m.Number
}

// called has everybody answer the call that is open.
func (w world) called(number, block int) {
	w.Helper()
	v := w.World.Show(number)
	if !v.Calls() {
		w.Fatalf("there is no call: %+v", v.Ballot)
	}
	for i, a := range w.Who {
		say := yes
		if i >= len(w.Who)-block {
			say = blocks
		}
		if _, err := w.Ballots.Answer(w.Context(), a, number, db.Once{}, say); err != nil {
			w.Fatal(err)
		}
	}
	w.GoTo(v.Closes)
}

func (w world) seen(number, who int) resolve.View {
	w.Helper()
	v, err := w.Resolve.Show(w.Context(), w.Who[who], number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) leaves(who int) {
	w.Helper()
	_, err := w.Members.Leave(w.Context(), w.Who[who], false)
	w.must(err)
}

// at returns which of the members it is.
func (w world) at(id member.ID) int {
	return slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == id })
}

// drawn returns who of a group was drawn and sits in it; -1: nobody.
func (w world) drawn(x resolve.Shown) int {
	for _, s := range x.Seats {
		if s.Part == resolve.Drawn && s.Sitting == resolve.Sits {
			return w.at(s.Member)
		}
	}
	return -1
}

// TestNothingWaits: a block begins a resolution group of who blocked, who brought it and one by a lot that anybody can check; whatever they do, the days end by the clock, and members vote.
func TestNothingWaits(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, n := online(t, d, c, 8, 1)
		ctx := t.Context()
		v := w.seen(n, 3)
		x := v.Groups[0]
		if len(v.Groups) != 1 || x.State != resolve.Open || !x.Stops || x.Meetings != 2 || x.People != 6 || !x.Until.Equal(c.Now().Add(days)) || len(x.Seats) != 3 {
			t.Fatalf("%+v", x)
		}
		if w.at(x.Seats[0].Member) != 0 || x.Seats[0].Part != resolve.Mover || w.at(x.Seats[1].Member) != 7 || x.Seats[1].Part != resolve.Blocker {
			t.Fatalf("in it are %+v", x.Seats)
		}
		lot, err := w.Resolve.Published(ctx, w.Who[3], n, x.ID)
		w.must(err)
		var b bytes.Buffer
		w.must(lot.Write(&b))
		if lot, err = sortition.ReadRecord(&b); err != nil || !sortition.Holds(lot.Check()) || int(lot.Draw.Order[0]) != x.Seats[2].Number {
			t.Fatalf("the lot does not hold: %v, %+v", err, lot.Check())
		}
		first := w.drawn(x)
		if got := w.seen(n, first).Groups[0].Mine; got != x.Seats[2].Number {
			t.Errorf("who was drawn has the number %d in the lot, and %d was", got, x.Seats[2].Number)
		}
		w.WantKind("somebody else says where they differ", w.Resolve.Differ(ctx, w.Who[1+first%6], db.Once{}, n, "No."), fault.Denied)

		// All who can be drawn decline, one after another, in the order of the lot; nobody is drawn anew.
		for i := range 6 {
			who := w.drawn(w.seen(n, 0).Groups[0])
			if want := int(lot.Draw.Order[i]); w.seen(n, who).Own.Number != want {
				t.Fatalf("the %d. has number %d, want %d", i, w.seen(n, who).Own.Number, want)
			}
			w.must(w.Resolve.Pass(ctx, w.Who[who], db.Once{}, n))
		}
		if who := w.drawn(w.seen(n, 0).Groups[0]); who >= 0 {
			t.Errorf("after all: %d", who)
		}

		w.WantKind("a meeting after the days", w.Resolve.Meet(ctx, w.Who[0], db.Once{}, n, c.Now().Add(days+time.Hour), "The shed"), fault.Invalid)
		w.must(w.Resolve.Meet(ctx, w.Who[0], db.Once{}, n, c.Now().Add(24*time.Hour), "The shed"))
		w.must(w.Resolve.Meet(ctx, w.Who[7], db.Once{}, n, c.Now().Add(48*time.Hour), "The shed"))
		w.WantKind("a third meeting", w.Resolve.Meet(ctx, w.Who[7], db.Once{}, n, c.Now().Add(72*time.Hour), "The shed"), fault.Conflict)
		once := db.OnceFor(1, "a-form-that-is-sent-twice")
		for range 2 {
			w.must(w.Resolve.Differ(ctx, w.Who[7], once, n, "We agree that it is needed.\n\nNot that it is new."))
		}
		w.WantKind("twice", w.Resolve.Differ(ctx, w.Who[7], db.Once{}, n, "No."), fault.Conflict)
		w.WantKind("behind words that did not change", w.Resolve.StandBehind(ctx, w.Who[7], db.Once{}, n, 1), fault.Conflict)

		w.GoTo(x.Until.Add(-time.Second))
		if v = w.seen(n, 7); v.Groups[0].State != resolve.Open || v.Can.Lift != nil || len(v.Groups[0].Said) != 3 {
			t.Fatalf("on the last day: %+v", v)
		}
		c.Set(x.Until)
		w.WantKind("after the days", w.Resolve.Lift(ctx, w.Who[7], db.Once{}, n), fault.Conflict)
		w.Tick()
		if v = w.seen(n, 7); v.Groups[0].State != resolve.Over || v.Groups[0].Mine != 0 {
			t.Fatalf("after the days: %+v", v.Groups[0])
		}
		w.GoTo(v.Motion.Opens)
		if b := w.World.Show(n); b.Calls() || b.Rule != tally.ThreeQuarters() {
			t.Errorf("members do not vote: %+v", b.Ballot)
		}
	})
}

// TestAJointText: words that everybody who blocks is behind are called on again, sooner than the days are over.
func TestAJointText(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, n := online(t, d, c, 8, 1)
		ctx := t.Context()
		was := w.seen(n, 7)
		words := votetest.Sample("Buy a used kettle").Text
		words.Forum = motion.ByAgreement
		if _, err := w.Motions.Reword(ctx, w.Who[0], n, 1, words); err != nil {
			t.Fatal(err)
		}
		w.WantKind("who did not block", w.Resolve.StandBehind(ctx, w.Who[0], db.Once{}, n, 2), fault.Denied)
		w.WantKind("words of before", w.Resolve.StandBehind(ctx, w.Who[7], db.Once{}, n, 1), fault.Conflict)
		w.must(w.Resolve.StandBehind(ctx, w.Who[7], db.Once{}, n, 2))
		v := w.seen(n, 3)
		if x := v.Groups[0]; x.State != resolve.Joint || x.Joint != 2 {
			t.Fatalf("%+v", x)
		}
		if !v.Motion.Opens.Before(was.Motion.Opens) || v.Motion.Opens.Before(c.Now()) {
			t.Errorf("the call is at %v, was %v", v.Motion.Opens, was.Motion.Opens)
		}
		if _, err := w.Motions.Reword(ctx, w.Who[0], n, 2, votetest.Sample("Buy a new kettle").Text); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the words change after they agreed on them: %v", err)
		}
		w.GoTo(v.Motion.Opens)
		w.called(n, 0)
		if b := w.World.Show(n); b.Outcome != tally.Carried {
			t.Errorf("%+v", b.Ballot)
		}
	})
}

// TestABlockIsTakenBack: once nobody blocks any more, everybody is asked again on the same words. A block that comes with every call does not hold anything up: then members vote.
func TestABlockIsTakenBack(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, n := online(t, d, c, 8, 2)
		ctx := t.Context()
		w.must(w.Resolve.Lift(ctx, w.Who[7], db.Once{}, n))
		w.WantKind("again", w.Resolve.Lift(ctx, w.Who[7], db.Once{}, n), fault.Denied)
		if x := w.seen(n, 0).Groups[0]; x.State != resolve.Open {
			t.Fatalf("one of two: %+v", x)
		}
		w.leaves(6)
		v := w.seen(n, 0)
		if v.Groups[0].State != resolve.Lifted || v.Motion.Opens.After(c.Now().Add(7*24*time.Hour)) {
			t.Fatalf("both: %+v, %v", v.Groups[0], v.Motion.Opens)
		}
		w.Who = append(w.Who[:6], w.Who[7])
		w.GoTo(v.Motion.Opens)
		w.called(n, 1)
		v = w.seen(n, 0)
		if len(v.Groups) != 2 || v.Groups[0].State != resolve.Open {
			t.Fatalf("blocked again: %+v", v.Groups)
		}
		w.must(w.Resolve.Lift(ctx, w.Who[6], db.Once{}, n))
		w.GoTo(w.seen(n, 0).Motion.Opens)
		if b := w.World.Show(n); b.Calls() || b.State != ballot.Open {
			t.Errorf("the third is no vote: %+v", b.Ballot)
		}
	})
}

// TestOneBlockAmongMany: it stops nothing, and brings about one meeting; what stands does so whatever they say.
func TestOneBlockAmongMany(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, n := online(t, d, c, 13, 1)
		v := w.seen(n, 12)
		x := v.Groups[0]
		if v.Motion.State != motion.Carried || x.Stops || x.Meetings != 1 || x.State != resolve.Open {
			t.Fatalf("%+v, %s", x, v.Motion.State)
		}
		drawn := w.drawn(x)
		w.leaves(drawn)
		if after := w.drawn(w.seen(n, 12).Groups[0]); after < 0 || after == drawn {
			t.Errorf("in place of who left sits %d", after)
		}
		w.GoTo(x.Until)
		if v = w.seen(n, 12); v.Groups[0].State != resolve.Over || v.Motion.State != motion.Carried {
			t.Errorf("%+v, %s", v.Groups[0], v.Motion.State)
		}
		if _, err := w.Resolve.Show(t.Context(), member.Actor{}, n); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
	})
}
