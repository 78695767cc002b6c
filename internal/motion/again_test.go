package motion_test

import (
	"maps"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/motion"
)

// TestTakenUpAgain233: what was decided can come back at once, if as many members ask as it takes to petition; when the
// days of the rules have passed, it is a proposal like any other (practice.md §2.3.3, test 3).
func TestTakenUpAgain233(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := found(t, d, c, "one", "B", 20) // two supporters of twenty are needed, four by petition; 90 days
		first := w.tabled(t, w.who[0])
		again := sample()
		again.Again = first.Number
		if _, err := w.Propose(t.Context(), w.who[0], db.Once{}, 0, again); fault.Fields(err)["again"].ID != "motion.bad_again" {
			t.Errorf("what is not decided yet is taken up again: %v", err)
		}
		w.set(t, first, motion.Tabled, motion.Voting)
		c.Set(first.Opens.Add(7 * day))
		ended := c.Now()
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return motion.SetState(tx, first.ID, motion.Voting, motion.NotCarried, motion.Times{Ended: ended})
		}); err != nil {
			t.Fatal(err)
		}
		for _, number := range []int{-1, first.Number + 7} {
			again.Again = number
			if _, err := w.Save(t.Context(), w.who[0], db.Once{}, 0, again); fault.Fields(err)["again"].ID != "motion.bad_again" {
				t.Errorf("proposal %d is taken up again: %v", number, err)
			}
		}
		again.Again = first.Number
		early := must[motion.Motion](t)(w.Propose(t.Context(), w.who[1], db.Once{}, 0, again))
		draft := must[motion.Motion](t)(w.Save(t.Context(), w.who[2], db.Once{}, 0, again))
		for i, a := range w.who[2:5] {
			if v := must[motion.View](t)(w.Show(t.Context(), a, early.Number)); v.State != motion.Seeking || v.Need != 4 || v.Earlier.Number != first.Number || v.BarUntil != ended.Add(90*day) {
				t.Errorf("with %d supporters it is %s and needs %d; it takes up %d until %v", i+1, v.State, v.Need, v.Earlier.Number, v.BarUntil)
			}
			early = must[motion.Motion](t)(w.Support(t.Context(), a, early.Number, 1))
		}
		if early.State != motion.Tabled {
			t.Errorf("with four supporters it is %s", early.State)
		}
		list, need := must[motion.Page](t)(w.List(t.Context(), w.who[0], motion.Filter{})), map[int]int{}
		for _, m := range list.List {
			need[m.Number] = list.Need.Of(m, c.Now())
		}
		if want := map[int]int{early.Number: 4, first.Number: 2}; !maps.Equal(need, want) {
			t.Errorf("a list says of the proposals that they need %v, want %v", need, want)
		}
		c.Set(ended.Add(90 * day))
		late := must[motion.Motion](t)(w.ProposeDraft(t.Context(), w.who[2], db.Once{}, draft.Number))
		if late = must[motion.Motion](t)(w.Support(t.Context(), w.who[3], late.Number, 1)); late.State != motion.Tabled || late.Again != first.ID {
			t.Errorf("after 90 days it is %s with two supporters, and takes up %d", late.State, late.Again)
		}
	})
}
