package election_test

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
)

// TestTrial: where too few stood, people can stand for three months at most, as a smaller form of the job; whoever stands for the whole term gets
// that, and who stands with others does not try.
func TestTrial(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorldBy(t, d, c, "C", 14, 2), t.Context()
		try := func(i int) {
			t.Helper()
			if err := w.Elections.Stand(ctx, w.Who[i], w.number, election.Standing{Statement: "For a while.", Interests: "None.", Trial: true}); err != nil {
				t.Fatal(err)
			}
		}
		try(1)
		if w.show(1, w.number).Mine.Trial {
			t.Error("somebody tries before everybody is asked again")
		}
		w.goTo(w.now().Until)
		if v := w.now(); !v.Extended || !v.Tries(v.Role, v.Rules) {
			t.Fatalf("too few stood: %+v", v.Election)
		}
		try(1)
		w.stand(2, 3)
		if !w.show(1, w.number).Mine.Trial || w.show(2, w.number).Mine.Trial {
			t.Error("who tries, and who does not")
		}
		w.goTo(w.now().Until)
		w.goTo(w.now().Opens)
		for i := range 12 {
			if err := w.vote(i, 1, 2); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(w.Show(w.number).Closes)
		w.goTo(w.now().Final)
		lasts := map[int]int{}
		for _, term := range w.now().Terms {
			lasts[w.Place(term.Member)] = int(term.Ends.Sub(term.Begins).Hours()/24 + 0.5)
		}
		want := map[int]int{1: election.TrialDays, 2: w.now().Rules.Office.TermDays / 4} // the first terms of a role are shorter, those in even seats most
		if len(lasts) != 2 || lasts[1] != want[1] || lasts[2] != want[2] {
			t.Errorf("terms last %v days, not %v", lasts, want)
		}
	})
}
