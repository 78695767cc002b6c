package audit

import (
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
)

func compare(t *testing.T, d *db.DB) []Difference {
	t.Helper()
	found, err := Compare(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestRebuildEqualsTables_6_2_10: what is rebuilt from the entries is what stands in the tables.
func TestRebuildEqualsTables_6_2_10(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		whole(t, d, c)
		for _, x := range compare(t, d) {
			t.Errorf("%+v", x)
		}
		for what, sql := range map[string]string{
			"groups that adopted their rules": "SELECT COUNT(*) FROM groups WHERE adopted_at IS NOT NULL", "calls for that": "SELECT COUNT(*) FROM founding_calls",
			"people whom half trust": "SELECT COUNT(*) FROM candidates WHERE approved = 1", "caretakers": "SELECT COUNT(*) FROM terms WHERE kind = 'caretaker'",
			"seats about which members were asked": "SELECT COUNT(*) FROM vacancies WHERE motion_id IS NOT NULL", "notices": "SELECT COUNT(*) FROM revivals",
			"groups that were reopened": "SELECT COUNT(*) FROM groups WHERE reopened_at IS NOT NULL", "understudies": "SELECT COUNT(*) FROM understudies",
			"people who are agreed on": "SELECT COUNT(*) FROM selection_nominees WHERE how = 'agreed'", "refusals": "SELECT COUNT(*) FROM selection_refusals",
			"handovers": "SELECT COUNT(*) FROM handovers", "draws that follow from elections": "SELECT COUNT(*) FROM draws WHERE cause LIKE 'election/%' AND state = 'drawn'",
		} {
			var n int
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.Raw(sql).Scan(&n).Error }); err != nil || n == 0 {
				t.Errorf("there are no %s to be compared: %v", what, err)
			}
		}
	})
}

// TestReceiptsThatShowChoices: where receipts are published with the choices, the tables have the choices if the votes were counted
// and the bare codes if too few took part, and both are as recorded.
func TestReceiptsThatShowChoices(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		for _, votes := range []int{1, 5} {
			first := r.Open(true)
			again := r.Vote(first, 1, 0, 0)
			r.Write(func(tx *db.Tx) error { // before it opens
				return tx.Exec("UPDATE ballots SET receipt = 'full' WHERE id = ?", again.ID).Error
			})
			r.GoTo(again.Opens)
			shown := int64(0)
			if r.Vote(r.Show(first.Motion.Number), votes, 0, 0).Votes.For == 5 {
				shown = 5
			}
			var papers, choices int64
			r.Read(func(tx *db.Tx) error {
				return tx.Raw("SELECT COUNT(*), COUNT(choice) FROM papers WHERE ballot_id = ?", again.ID).Row().Scan(&papers, &choices)
			})
			if papers != int64(votes) || choices != shown {
				t.Errorf("of %d votes there are %d codes and %d choices", votes, papers, choices)
			}
			for _, x := range compare(t, d) {
				t.Errorf("%d votes: %+v", votes, x)
			}
		}
	})
}
