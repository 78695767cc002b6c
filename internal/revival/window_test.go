package revival_test

import (
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/motion"
	"folkmoot/internal/revival"
	"folkmoot/internal/votetest"
)

// crowd is as many people as the quorum of an election is more than three for.
var crowd = []string{"Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kim", "Lea", "Mo", "Nan", "Oz", "Pia", "Quo", "Rita", "Sam", "Tom"}

// contested returns the next election of convenors whose ballot opens at an instant for which fits says so, with two people who stand.
func (w *world) contested(fits func(opens time.Time) bool) election.Election {
	w.Helper()
	for range 400 {
		all, err := w.Elections.Running(w.Context(), w.again(0))
		w.must(err)
		for _, e := range all {
			if e.State != election.Nominating || !fits(e.Opens) {
				continue
			}
			for _, i := range []int{1, 2, 3} {
				w.must(w.Elections.Stand(w.Context(), w.again(i), e.Number, election.Standing{Statement: "I would.", Interests: "None."}))
			}
			return e
		}
		w.days(1)
	}
	w.Fatal("no election suits")
	return election.Election{}
}

// opened lets days pass until the ballot of an election is open.
func (w *world) opened(number int) ballot.View {
	w.Helper()
	for range 60 {
		if v, err := w.Ballots.Show(w.Context(), w.again(0), number); err == nil && v.IsOpen(w.Clock.Now()) {
			return v
		}
		w.days(1)
	}
	w.Fatalf("the ballot of election %d never opens", number)
	return ballot.View{}
}

// TestWakingByElection: three people of twenty decide an election that opens while the sleeping group can wake, and wake it by that; the reason
// stands in the ballot and the record. An election before and a proposal in the window keep their quorum.
func TestWakingByElection(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, "B", crowd...)
		before := w.contested(func(time.Time) bool { return true })
		if v := w.opened(before.Number); v.Quorum <= ballot.WakingQuorum || v.QuorumBy != "" {
			t.Fatalf("before it sleeps an election has the quorum %d by %q", v.Quorum, v.QuorumBy)
		}
		r := w.sleep()
		e := w.contested(func(opens time.Time) bool { return opens.After(r.Opens) && opens.Before(r.Closes.Add(-day)) })
		v := w.opened(e.Number)
		if now := w.look(0); !now.CanWake(v.Opens) || v.Quorum != ballot.WakingQuorum || v.QuorumBy != r.Ref() {
			t.Fatalf("the election that opens at %v in the window from %v to %v has the quorum %d by %q", v.Opens, now.Opens, now.Closes, v.Quorum, v.QuorumBy)
		}
		w.keepsItsQuorum(r)
		for _, i := range []int{4, 5, 6} {
			b := w.ShowTo(w.again(i), e.Number)
			_, err := w.Ballots.Cast(t.Context(), w.again(i), e.Number, ballot.Vote{Ranking: []int{1, 2}, Client: "mine", Basis: b.Basis})
			w.must(err)
		}
		w.until(v.Closes)
		w.days(1)
		if got := w.Show(e.Number); got.Outcome != "carried" {
			t.Errorf("three votes: %+v", got.Ballot)
		}
		if w.look(0).IsOpen() || w.kinds(r.Ref())[1] != "revival.ended" {
			t.Errorf("a group that elected somebody still sleeps: %q", w.kinds(r.Ref()))
		}
		w.agrees()
	})
}

// keepsItsQuorum looks at a proposal whose vote opens in the window.
func (w *world) keepsItsQuorum(r revival.Revival) {
	w.Helper()
	m, err := w.Motions.Propose(w.Context(), w.again(0), db.OnceFor(7, "kettle"), 0, votetest.Sample("Buy a kettle"))
	for i := 1; err == nil && m.State == motion.Seeking; i++ {
		m, err = w.Motions.Support(w.Context(), w.again(i), m.Number, 1)
	}
	w.must(err)
	w.until(m.Opens)
	if v := w.Show(m.Number); v.QuorumBy != "" || v.Quorum <= ballot.WakingQuorum || v.Opens.After(r.Closes) {
		w.Errorf("a proposal whose vote opens at %v has the quorum %d by %q", v.Opens, v.Quorum, v.QuorumBy)
	}
}
