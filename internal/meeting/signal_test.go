package meeting_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/signal"
)

// TestSignals: who is there signals one thing at a time, which fades; whoever facilitates sees how many do, and others only what is for all; nobody shows what they think while a sum is taken, and
// nothing of it reaches the record.
func TestSignals(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, v, _ := sits(t, d, c)
		ctx, n := t.Context(), v.Number
		told := map[string]bool{} // of which beats
		w.Meetings.OnSignal(func(_ ledger.Log, subject string, at time.Time) {
			if !signal.Beats(at).Equal(at) {
				t.Errorf("%s is told at %v, which is no beat", subject, at)
			}
			told[fmt.Sprint(subject, " ", at.Sub(c.Now()).Round(signal.Beat))] = true
		})
		give := func(who int, k signal.Kind) error { return w.Meetings.Signal(ctx, w.visit(who), n, k) }
		sees := func(what string, who int, mine signal.Kind, want map[signal.Kind]int) {
			t.Helper()
			if x := w.show(who, n).Signals; x.Mine != mine || !maps.Equal(x.Given, want) {
				t.Errorf("%s: %d signals %q and sees %v, want %q and %v", what, who, x.Mine, x.Given, mine, want)
			}
		}
		type counts = map[signal.Kind]int
		v = w.item(v, 2)
		chair, others := w.at(v.Chair), w.but(v.Chair, w.jobs(v)[meeting.Vice]) // who would facilitate next sees what whoever facilitates sees
		entries := w.kept("ledger_entries")
		w.WantKind("what is none", give(others[0], "wave"), fault.Invalid)
		w.WantKind("in no meeting", w.Meetings.Signal(ctx, w.visit(others[0]), n+7, signal.Agree), fault.NotFound)
		w.must(give(others[0], signal.Agree))
		if want := []string{"signals/" + fmt.Sprint(n)}; !slices.Equal(subjects(told), want) {
			t.Errorf("of an opinion is told: %v", told)
		}
		w.must(give(others[1], signal.Plainer))
		if want := []string{"asks/" + fmt.Sprint(n), "signals/" + fmt.Sprint(n)}; !slices.Equal(subjects(told), want) {
			t.Errorf("of what is for all is told: %v", told)
		}
		w.must(give(others[2], signal.Plainer))
		w.must(give(others[3], signal.Hear))
		w.must(give(others[3], signal.WrapUp))
		sees("some signal", chair, "", counts{signal.Agree: 1, signal.Plainer: 2, signal.WrapUp: 1})
		sees("some signal", others[0], signal.Agree, counts{signal.Plainer: 2})
		sees("some signal", others[3], signal.WrapUp, counts{signal.Plainer: 2})
		if x := w.show(others[0], n).Signals; !slices.Equal(x.May, signal.Kinds()) || x.Until.Sub(c.Now()) < signal.Lasts {
			t.Errorf("what can be signalled: %+v", x)
		}

		// a sum is taken: what people think is not shown beside it, and nobody adds to it
		w.must(w.Meetings.AskFeeling(ctx, w.visit(chair), db.Once{}, n, ""))
		w.WantKind("an opinion meanwhile", give(others[4], signal.Disagree), fault.Conflict)
		sees("during a show of feeling", chair, "", counts{signal.Plainer: 2, signal.WrapUp: 1})
		if x := w.show(others[0], n).Signals; len(x.May) != 4 || slices.ContainsFunc(x.May, signal.Kind.Opinion) {
			t.Errorf("what can be signalled meanwhile: %v", x.May)
		}
		w.must(give(others[4], signal.Hear))
		w.Pass(w.show(0, n).Together.Feeling.Closes)
		sees("after it", chair, "", counts{signal.Agree: 1, signal.Plainer: 2, signal.WrapUp: 1, signal.Hear: 1})

		// it is taken back, goes with who goes, and fades
		w.must(give(others[1], ""))
		w.must(give(others[1], ""))
		sees("one is taken back", others[1], "", counts{signal.Plainer: 1, signal.Hear: 1})
		w.must(w.Meetings.CheckOut(ctx, w.visit(others[2]), n))
		sees("one has gone", others[1], "", counts{signal.Hear: 1})
		w.WantKind("of who has gone", give(others[2], signal.Hear), fault.Conflict)
		if x := w.show(others[2], n).Signals; len(x.May) != 0 || x.Mine != "" {
			t.Errorf("who has gone: %+v", x)
		}
		until := w.show(others[4], n).Signals.Until
		w.Pass(until.Add(-time.Second))
		sees("a second before", chair, "", counts{signal.Agree: 1, signal.WrapUp: 1, signal.Hear: 1})
		w.Pass(until)
		sees("it has faded", chair, "", counts{})
		if got := w.kept("ledger_entries"); got != entries+2 { // the show of feeling
			t.Errorf("%d entries more", got-entries)
		}

		w.must(give(others[0], signal.Hear))
		w.Pass(c.Now().Add(5 * time.Hour)) // the meeting ends by itself
		w.WantKind("after it", give(others[0], signal.Hear), fault.Conflict)
		if x := w.show(others[0], n).Signals; x.Mine != "" || len(x.Given)+len(x.May) != 0 {
			t.Errorf("after it: %+v", x)
		}
		w.WantKind("by who is no member", w.Meetings.Signal(ctx, member.Actor{Group: w.Group}, n, signal.Hear), fault.NotFound)
	})
}

// subjects returns who has been told, in order.
func subjects(told map[string]bool) (out []string) {
	for k := range told {
		var subject, when string
		if _, err := fmt.Sscan(k, &subject, &when); err == nil {
			out = append(out, subject)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestSignalsBeforeAMeeting: nobody signals anything in a meeting that has not begun.
func TestSignalsBeforeAMeeting(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", 8)
		m := w.called()
		w.WantKind("before it begins", w.Meetings.Signal(t.Context(), w.visit(0), m.Number, signal.Hear), fault.Conflict)
		if x := w.show(0, m.Number).Signals; len(x.Given)+len(x.May) != 0 {
			t.Errorf("before it begins: %+v", x)
		}
	})
}
