package meeting_test

import (
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/meeting"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/votetest"
)

const week = 7 * 24 * time.Hour

// rhythm is when the group meets by its rule, as its members see it.
func (w world) rhythm() meeting.Rhythm {
	w.Helper()
	v, err := w.Meetings.List(w.Context(), w.visit(0), 0)
	w.must(err)
	return v.Rhythm
}

// convened is a group whose clock calls meetings by its rule.
func convened(t *testing.T, d *db.DB, c *dbtest.Clock, preset string) world {
	t.Helper()
	w := newWorld(t, d, c, preset, 8)
	w.KeepRhythm()
	return w
}

// lets gives a member the power to call meetings, for as long as the test goes.
func (w world) lets(who int) {
	w.Helper()
	now := w.Clock.Now()
	w.Write(func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO meeting_terms (ref, group_id, job, member_id, caps, starts_at, ends_at, cause) VALUES ('j_lets', ?, 'convene', ?, 'convene', ?, ?, '')`,
			w.Group.ID, w.Who[who].Member.ID, db.At(now), db.At(now.AddDate(1, 0, 0))).Error
	})
}

// days has the clock pass day by day, as it does where a server runs.
func (w world) days(n int) {
	w.Helper()
	for range n {
		w.Pass(w.Clock.Now().Add(24 * time.Hour))
	}
}

// until has the clock pass day by day, and then to an instant.
func (w world) until(at time.Time) {
	w.Helper()
	for w.Clock.Now().Add(24 * time.Hour).Before(at) {
		w.days(1)
	}
	w.Pass(at)
}

// TestRhythmCalls: a meeting that nobody calls is called by the rule in time for all to hear of it, with what waits for one; and the next, four weeks later, on the same day and at the
// same hour, where the last one was.
func TestRhythmCalls(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := convened(t, d, c, "B")
		w.must(w.Meetings.PutDown(t.Context(), w.Who[4], db.Once{}, "The stall on Saturday", "", 10))
		r := w.rhythm()
		if r.Weeks != 4 || r.For.ID != 0 || r.Next.IsZero() || !r.Calls.Equal(r.Next.Add(-8*24*time.Hour)) {
			t.Fatalf("at first %+v", r)
		}
		w.until(r.Calls.Add(-time.Millisecond))
		if list := w.list(0); len(list.Next) != 0 {
			t.Fatalf("called too soon: %+v", list.Next)
		}
		w.until(r.Calls)
		next := w.list(0).Next
		if len(next) != 1 || !next[0].ByRhythm() || !next[0].Nowhere() || !next[0].Opens.Equal(r.Next) || next[0].Kind != meeting.Ordinary || next[0].Cause != "rulebook/1" {
			t.Fatalf("called: %+v", next)
		}
		if v := w.show(0, next[0].Number); len(v.Items) != 1 {
			t.Errorf("its agenda: %+v", v.Items)
		}
		if got := w.rhythm(); got.For.ID == 0 || !got.Next.Equal(r.Next) {
			t.Errorf("once it is called: %+v", got)
		}
		w.days(3)
		if n := len(w.list(0).Next); n != 1 {
			t.Fatalf("%d meetings are called", n)
		}
		w.until(next[0].Opens.Add(24 * time.Hour)) // nobody comes
		r = w.rhythm()
		if !r.Next.Equal(next[0].Opens.AddDate(0, 0, 28)) {
			t.Errorf("after %s it is %+v", next[0].Opens, r)
		}
		w.until(r.Calls.Add(time.Hour))
		again := w.list(0)
		if len(again.Next) != 1 || !again.Next[0].Opens.Equal(r.Next) || len(again.Past) != 1 || again.Past[0].State != meeting.Unheld {
			t.Errorf("the second: %+v, %+v", again.Next, again.Past)
		}
	})
}

// TestRhythmIsKeptByPeople: where whoever convenes calls the meeting for that day or the week from it on, the rule calls none; where they put it off for longer, it does, on the
// first such day of which all hear in time.
func TestRhythmIsKeptByPeople(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := convened(t, d, c, "B")
		const who = 3
		w.lets(who)
		r := w.rhythm()
		opens := r.Next.Add(6 * 24 * time.Hour)
		d1 := meeting.Details{Title: "November meeting", Place: "The hall", Link: "https://meet.example/x", Opens: opens, Stop: opens.Add(time.Hour)}
		m, err := w.Meetings.Call(t.Context(), w.visit(who), db.Once{}, d1)
		w.must(err)
		if got := w.rhythm(); got.For.ID == 0 {
			t.Fatalf("called for that week: %+v", got)
		}
		w.until(r.Calls.Add(36 * time.Hour))
		if n := len(w.list(0).Next); n != 1 {
			t.Fatalf("%d meetings are called", n)
		}
		d1.Opens, d1.Stop = d1.Opens.Add(30*24*time.Hour), d1.Stop.Add(30*24*time.Hour)
		w.must(w.Meetings.Move(t.Context(), w.visit(who), m.Number, d1))
		late := w.rhythm()
		if late.For.ID != 0 || !late.Next.After(r.Next) || late.Next.Sub(r.Next)%week != 0 {
			t.Fatalf("put off: %+v", late)
		}
		w.days(1)
		next := w.list(0).Next
		if len(next) != 2 || !next[0].ByRhythm() || !next[0].Opens.Equal(late.Next) || next[0].Opens.Sub(next[0].CalledAt) < week {
			t.Errorf("called: %+v", next)
		}
	})
}

// TestRhythmGoesByTheGroupsClocks: when clocks are put forward or back the group meets at the same hour, and the place of the last meeting is that of the next.
func TestRhythmGoesByTheGroupsClocks(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := dbtest.NewClock(time.Date(2026, 2, 9, 10, 0, 0, 0, time.UTC))
	w := convened(t, dbtest.SQLite(t, c), c, "B")
	w.Write(func(tx *db.Tx) error {
		return tx.Exec("UPDATE groups SET zone = 'Europe/Berlin' WHERE id = ?", w.Group.ID).Error
	})
	const who = 3
	w.lets(who)
	opens := time.Date(2026, 3, 10, 18, 30, 0, 0, zone) // before clocks are put forward on the 29th
	_, err = w.Meetings.Call(t.Context(), w.visit(who), db.Once{}, meeting.Details{Title: "March", Place: "The hall", GettingIn: "Two steps.", Opens: opens, Stop: opens.Add(time.Hour)})
	w.must(err)
	w.until(opens.AddDate(0, 0, 2))
	w.Who[0] = w.visit(0)
	r := w.rhythm()
	if want := time.Date(2026, 4, 7, 18, 30, 0, 0, zone); !r.Next.Equal(want) || r.Usual.Place != "The hall" || r.Usual.GettingIn != "Two steps." || r.Usual.Stop.Sub(r.Usual.Opens) != time.Hour {
		t.Fatalf("the next is %+v, want %s", r, want)
	}
	w.until(r.Calls)
	if next := w.list(0).Next; len(next) != 1 || next[0].Place != "The hall" || !next[0].Opens.Equal(r.Next) {
		t.Errorf("called: %+v", next)
	}
}

// TestNoRhythm: a group that meets when somebody calls a meeting has none called by the rule, nor one that sleeps or is archived; and only members are told.
func TestNoRhythm(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := convened(t, d, c, "A")
		w.days(60)
		if list := w.list(0); len(list.Next)+len(list.Past) != 0 || list.Rhythm.Weeks != 0 {
			t.Errorf("%+v", list)
		}
		other := votetest.New(t, d, c, "B", 3)
		_, err := w.Meetings.Coming(t.Context(), other.Visit(w.Who[0].Person), rulebook.Version{}, false)
		w.WantKind("the rhythm of another group", err, fault.NotFound)
	})
}

// TestRhythmOfASleepingGroup: a group in which nobody does anything is called together until it counts as asleep, and then no more, however long the clock runs.
func TestRhythmOfASleepingGroup(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := world{votetest.New(t, dbtest.SQLite(t, c), c, "B", 8)}
	w.KeepRhythm()
	for range 400 {
		w.days(1)
		w.must(w.TickGroups())
	}
	list, err := w.Meetings.List(t.Context(), w.Who[0], 0)
	w.must(err)
	if n := len(list.Next) + len(list.Past); n < 2 || n > 4 {
		t.Errorf("%d meetings in 400 days", n)
	}
	last := list.Past[0]
	for _, m := range list.Past {
		if m.State != meeting.Unheld || m.Opens.Sub(m.CalledAt) < week || m.Opens.Sub(m.CalledAt) > 9*24*time.Hour {
			t.Errorf("meeting %d: %+v", m.Number, m)
		}
	}
	if r := w.rhythm(); !r.Next.IsZero() || last.Opens.After(dbtest.Start.Add(100*24*time.Hour)) {
		t.Errorf("the last was on %s, and the next is %+v", last.Opens, r)
	}
}

// TestRhythmOfAClockThatStoodStill: a server that stood still for months calls one meeting, not one for each that it missed, and of that one all hear in time.
func TestRhythmOfAClockThatStoodStill(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	w := convened(t, dbtest.SQLite(t, c), c, "B")
	w.Pass(dbtest.Start.Add(80 * 24 * time.Hour))
	next := w.list(0).Next
	if len(next) != 1 || next[0].Opens.Sub(next[0].CalledAt) < week {
		t.Errorf("called: %+v", next)
	}
	if r := w.rhythm(); r.For.ID == 0 {
		t.Errorf("%+v", r)
	}
}

// TestSayWhere: any member says where a meeting is that the rule has called, once; then only whoever may convene can say otherwise, up to a day before. The time stays, and the next
// meeting is proposed for the same place.
func TestSayWhere(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := convened(t, d, c, "B")
		ctx, by := t.Context(), w.rhythm()
		w.until(by.Calls)
		m := w.list(0).Next[0]
		say := func(who int, d meeting.Details) error { return w.Meetings.SayWhere(ctx, w.visit(who), m.Number, d) }
		w.WantKind("nowhere", say(2, meeting.Details{GettingIn: "Two steps."}), fault.Invalid)
		w.WantKind("a link that is none", say(2, meeting.Details{Link: "the hall"}), fault.Invalid)
		w.must(say(2, meeting.Details{Place: "The hall", GettingIn: "Two steps.", Title: "Mine", Opens: m.Opens.Add(time.Hour), Stop: m.Stop}))
		got := w.list(0).Next[0]
		if got.Place != "The hall" || got.GettingIn != "Two steps." || got.Title != m.Title || !got.Opens.Equal(m.Opens) || !got.Stop.Equal(m.Stop) || got.CalledBy != 0 {
			t.Errorf("it is %+v", got)
		}
		w.WantKind("a second member", say(3, meeting.Details{Place: "The mill"}), fault.Denied)
		w.lets(3)
		w.must(say(3, meeting.Details{Place: "The mill"}))
		w.until(m.Opens.Add(-23 * time.Hour))
		w.must(say(3, meeting.Details{Place: "The mill, upstairs"})) // it may have been wrong
		w.until(m.Opens)
		w.WantKind("as it begins", say(3, meeting.Details{Place: "The hall"}), fault.Conflict)
		w.until(m.Opens.Add(24 * time.Hour))
		if r := w.rhythm(); r.Usual.Place != "The mill, upstairs" || !r.Usual.Opens.Equal(r.Next) {
			t.Errorf("the next is proposed as %+v", r.Usual)
		}
		m, err := w.Meetings.Call(ctx, w.visit(3), db.Once{}, w.details(10*24*time.Hour))
		w.must(err)
		w.WantKind("of one that somebody called", w.Meetings.SayWhere(ctx, w.visit(3), m.Number, meeting.Details{Place: "The mill"}), fault.Conflict)
		w.WantKind("of none", w.Meetings.SayWhere(ctx, w.visit(3), 99, meeting.Details{Place: "The mill"}), fault.NotFound)
	})
}
