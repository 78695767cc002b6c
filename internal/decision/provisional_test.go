package decision_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

const room = "meeting/2"

var (
	yes     = agree.Answer{Response: agree.Yes}
	blocks  = agree.Answer{Response: agree.Block, Ground: agree.Aim, Names: "We buy nothing new", Words: "This is new."}
	concern = agree.Answer{Response: agree.Concern, Words: "Who cleans it?"}
)

// agreed has the first n members agree on a proposal in a room, where those whom says answer so and the others agree.
func agreed(w *votetest.World, n int, says ...agree.Answer) decision.View {
	w.Helper()
	m := w.TableForMeeting(false)
	w.Schedule(m, room, w.Clock.Now().Add(time.Hour))
	w.Clock.Advance(time.Second)
	if _, err := w.TryRoom(m.Number, ballot.Room{Meeting: room, Present: w.Present(n), Agree: true}); err != nil {
		w.Fatal(err)
	}
	for i := range n {
		a := yes
		if i < len(says) {
			a = says[i]
		}
		if _, err := w.Ballots.Answer(w.Context(), w.Who[i], m.Number, db.Once{}, a); err != nil {
			w.Fatal(err)
		}
	}
	w.Tick()
	all, err := w.Decisions.About(w.Context(), m.ID)
	if err != nil || len(all) != 1 {
		w.Fatalf("%+v: %v", all, err)
	}
	return shown(w, all[0].Number(), 0)
}

func shown(w *votetest.World, number string, who int) decision.View {
	w.Helper()
	v, err := w.Decisions.Show(w.Context(), w.Who[who], number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func recordOut(w *votetest.World) {
	w.Helper()
	w.Write(func(tx *db.Tx) error { return decision.RecordOut(tx, w.Ledger, w.Group, room) })
}

// TestAbsentMembersHaveTheirDays: what is agreed in a room is provisional until five days after the record is out, and then it stands by itself.
func TestAbsentMembersHaveTheirDays(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := agreed(w, 6)
		if !v.IsProvisional() || !v.Window.Until.IsZero() || v.Motion.State != motion.Carried {
			t.Fatalf("%+v, %s", v.Window, v.Motion.State)
		}
		if v.MayObject == nil || fault.KindOf(v.MayObject) != fault.Denied {
			t.Errorf("who agreed can object: %v", v.MayObject)
		}
		c.Advance(20 * 24 * time.Hour)
		w.Tick()
		if v = shown(w, v.Number(), 7); !v.IsProvisional() || v.MayObject != nil {
			t.Fatalf("before the record is out: %+v, %v", v.Window, v.MayObject)
		}
		recordOut(w)
		recordOut(w) // once
		out := c.Now()
		if _, err := w.Decisions.Object(t.Context(), w.Who[7], db.Once{}, v.Number(), concern); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decisions.Object(t.Context(), w.Who[7], db.Once{}, v.Number(), concern); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same concern twice: %v", err)
		}
		if _, err := w.Decisions.Object(t.Context(), w.Who[0], db.Once{}, v.Number(), blocks); fault.KindOf(err) != fault.Denied {
			t.Errorf("who agreed blocks afterwards: %v", err)
		}
		for _, wrong := range []agree.Answer{{}, yes, {Response: agree.Concern}, {Response: agree.Block, Words: "No."}} {
			if _, err := w.Decisions.Object(t.Context(), w.Who[6], db.Once{}, v.Number(), wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		until := out.Add(5 * 24 * time.Hour)
		w.GoTo(until.Add(-time.Second))
		if v = shown(w, v.Number(), 6); !v.IsProvisional() || !v.Window.Until.Equal(until) || v.MayObject != nil || len(v.Late) != 1 {
			t.Errorf("on the last day: %+v, %v, %v", v.Window, v.MayObject, v.Late)
		}
		c.Set(until)
		if _, err := w.Decisions.Object(t.Context(), w.Who[6], db.Once{}, v.Number(), blocks); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a block after the days: %v", err)
		}
		w.Tick()
		w.Tick()
		if v = shown(w, v.Number(), 6); v.Window.State != decision.Stood || !v.Carried() || fault.KindOf(v.MayObject) != fault.Conflict {
			t.Errorf("after the days: %+v, %v", v.Window, v.MayObject)
		}
	})
}

// TestAnAbsentMemberBlocks: the decision is stopped, its proposal is open again for as long as a block can be resolved, and then members vote by three quarters. Why it was
// blocked stands beside what they decide.
func TestAnAbsentMemberBlocks(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := agreed(w, 6)
		recordOut(w)
		c.Advance(time.Hour)
		once := db.OnceFor(1, "a-form-that-is-sent-twice")
		for range 2 {
			if stopped, err := w.Decisions.Object(t.Context(), w.Who[7], once, v.Number(), blocks); err != nil || !stopped {
				t.Fatalf("stopped: %v, %v", stopped, err)
			}
		}
		v = shown(w, v.Number(), 6)
		m := v.Motion
		if v.Window.State != decision.Overturned || v.Carried() || v.Decided() || m.State != motion.Tabled || m.Meeting != "" || !m.GoesOnline() || m.Opens.Before(c.Now().Add(14*24*time.Hour)) {
			t.Fatalf("%+v, %+v", v.Window, m)
		}
		if _, err := w.Decisions.Object(t.Context(), w.Who[6], db.Once{}, v.Number(), concern); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a concern about what is stopped: %v", err)
		}
		if _, err := w.Decisions.File(t.Context(), w.Who[6], db.Once{}, v.Number(), "No."); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a report about what is stopped: %v", err)
		}
		w.GoTo(m.Opens)
		b := w.Show(m.Number)
		if b.Calls() || b.Rule != tally.ThreeQuarters() || b.InRoom() || b.Round != 2 {
			t.Fatalf("%+v", b.Ballot)
		}
		for _, a := range w.Who[:6] {
			w.Cast(a, m.Number, ballot.For)
		}
		w.GoTo(b.Closes)
		all, err := w.Decisions.About(t.Context(), m.ID)
		if err != nil || len(all) != 2 || !all[1].Carried() || all[1].Window.State != "" {
			t.Fatalf("%+v: %v", all, err)
		}
		if v = shown(w, all[1].Number(), 0); len(v.Reports) != 1 || v.Reports[0].Author != w.Who[7].Member.ID {
			t.Errorf("beside the decision: %+v", v.Reports)
		}
	})
}

// TestOneLateBlockInALargeGroup: it does not stop the decision alone, but stands beside it; with one at the call it does.
func TestOneLateBlockInALargeGroup(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, tt := range []struct {
			atCall []agree.Answer
			want   decision.WindowState
			beside int
		}{{nil, decision.Stood, 1}, {[]agree.Answer{blocks}, decision.Overturned, 1}} {
			w := votetest.New(t, d, c, "A", 14)
			v := agreed(w, 10, tt.atCall...)
			recordOut(w)
			stopped, err := w.Decisions.Object(t.Context(), w.Who[12], db.Once{}, v.Number(), blocks)
			if err != nil || stopped != (tt.want == decision.Overturned) {
				t.Fatalf("stopped: %v, %v", stopped, err)
			}
			w.GoTo(c.Now().Add(5 * 24 * time.Hour))
			if v = shown(w, v.Number(), 0); v.Window.State != tt.want || len(v.Reports) != tt.beside {
				t.Errorf("%+v, %+v", v.Window, v.Reports)
			}
		}
	})
}

// TestNobodyWasAbsent: where everybody who could answer did, it stands at once.
func TestNobodyWasAbsent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 6)
		if v := agreed(w, 6); v.Window.State != "" || fault.KindOf(v.MayObject) != fault.Conflict {
			t.Errorf("%+v, %v", v.Window, v.MayObject)
		}
	})
}

// TestArchivedWhileProvisional: nothing stays provisional in a group that is archived.
func TestArchivedWhileProvisional(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 8)
		v := agreed(w, 6)
		w.Write(func(tx *db.Tx) error { return w.Decisions.Archive(tx, w.Group) })
		if v = shown(w, v.Number(), 0); v.Window.State != decision.Stood {
			t.Errorf("%+v", v.Window)
		}
	})
}

// TestLeastTimeFirst: of what was agreed without somebody that comes first on which they have least time, and it goes on after any one of them, also after one that is over.
func TestLeastTimeFirst(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := votetest.New(t, d, c, "A", 3)
		met := agreed(w, 2)
		want := []decision.ID{}
		for _, s := range []string{"We buy cups.", "THE LEASE ENDS", "We buy plates."} {
			m, err := w.Ballots.DecideNow(t.Context(), w.Who[0], db.Once{}, s)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Ballots.Answer(t.Context(), w.Who[1], m.Number, db.Once{}, yes); err != nil {
				t.Fatal(err)
			}
			w.GoTo(w.Show(m.Number).Closes)
		}
		all, _, err := w.Decisions.List(t.Context(), w.Who[2], 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range slices.Backward(all) {
			if x.ID != met.ID {
				want = append(want, x.ID)
			}
		}
		want = append(want, met.ID) // no day is set for it
		page := func(who int, after decision.ID, most, left int, want ...decision.ID) {
			t.Helper()
			ds, n, err := w.Decisions.Without(t.Context(), w.Who[who], after, most)
			var got []decision.ID
			for _, x := range ds {
				got = append(got, x.ID)
			}
			if err != nil || n != left || !slices.Equal(got, want) {
				t.Errorf("after %d: %v and %d more, want %v and %d; %v", after, got, n, want, left, err)
			}
		}
		page(2, 0, 10, 0, want...)
		page(2, 0, 3, 1, want[:3]...)
		page(2, want[2], 3, 0, want[3])
		page(2, 9999, 10, 0, want...)
		page(0, 0, 10, 0)
		if _, err := w.Decisions.Object(t.Context(), w.Who[2], db.Once{}, all[len(all)-3].Number(), blocks); err != nil {
			t.Fatal(err)
		}
		page(2, want[1], 10, 0, want[2:]...)
		page(2, want[0], 10, 0, want[2:]...)
	})
}
