package election_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/member"
	"folkmoot/internal/sortition"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// trusting is a group of preset C whose treasurers are found by trust and lot, with four who stand.
func trusting(t *testing.T, d *db.DB, c *dbtest.Clock) (w *votetest.World, number int) {
	t.Helper()
	w = votetest.New(t, d, c, "C", 14)
	w.GiveRoles()
	for i := 0; number == 0 && i < 40; i++ {
		w.Pass(c.Now().Add(24 * time.Hour))
		number = treasurers(w)
	}
	for i := range 4 {
		if err := w.Elections.Stand(t.Context(), w.Who[i], number, election.Standing{Statement: "I would do it.", Interests: "None."}); err != nil {
			t.Fatal(err)
		}
	}
	return w, number
}

// treasurers returns the number of their election under way; 0 if there is none.
func treasurers(w *votetest.World) int {
	w.Helper()
	all, err := w.Elections.Running(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range all {
		if v, err := w.Elections.Show(w.Context(), w.Who[0], e.Number); err != nil {
			w.Fatal(err)
		} else if v.Role.Key == "treasurers" {
			return e.Number
		}
	}
	return 0
}

// name has a member cast a paper that names so many of the options.
func name(w *votetest.World, who, number int, options ...int) {
	w.Helper()
	v := w.ShowTo(w.Who[who], number)
	if _, err := w.Ballots.Cast(w.Context(), w.Who[who], number, ballot.Vote{Ranking: options, Client: "mine", Basis: v.Basis}); err != nil {
		w.Fatal(err)
	}
}

// TestRoadByApproval is R5 of practice.md §2.12.1: nominations and answers as in any election, a secret paper on which people name whom they
// trust, and a lot among those whom half name, which anybody can repeat. Who declines is followed by the next in the order.
func TestRoadByApproval(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, n := trusting(t, d, c)
		show := func() election.View {
			t.Helper()
			v, err := w.Elections.Show(t.Context(), w.Who[0], n)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		w.Pass(show().Until)
		w.Pass(show().Opens)
		b := w.Show(n)
		if !b.Secret || b.Method != ballot.Approval || b.Seats != 2 || len(b.Options) != 4 || b.RON != 0 {
			t.Fatalf("the ballot: %+v", b.Contest)
		}
		// Of twelve papers the first option is on eight, the second and third on exactly six, the fourth on five, and one names nobody.
		for i, options := range [][]int{{1, 2, 4}, {2, 1, 4}, {1, 3, 4}, {1, 3, 4}, {1, 2, 4}, {2}, {2, 3}, {1}, {1, 3, 2}, {3, 1}, {3}, {}} {
			name(w, i, n, options...)
		}
		w.Pass(b.Closes)
		v := show()
		var trusted []string
		for _, cand := range v.Candidates {
			if cand.Approved {
				trusted = append(trusted, cand.Ref)
			}
		}
		if v.State != election.Objecting || !slices.Equal(trusted, b.Options[:3]) || w.Show(n).Outcome != tally.Carried {
			t.Fatalf("counted: %s, %v of %v", v.State, trusted, b.Options)
		}
		w.Pass(v.Final)
		if v = show(); v.State != election.Final || v.Lot.State != draw.Announced || v.Lot.Cause != v.Ref() || len(v.Terms) > 0 {
			t.Fatalf("final: %s, %+v", v.State, v.Lot)
		}
		if pool := w.Role("treasurers").Pool; len(pool) != 3 || pool[0].Weight != 4 {
			t.Fatalf("the pool: %+v", pool)
		}
		w.Pass(v.Lot.At)
		r := w.Role("treasurers")
		if r.Draw.State != draw.Drawn || len(r.Terms) != 2 || r.Terms[0].Cause != r.Draw.Ref() || len(show().Terms) != 2 {
			t.Fatalf("drawn: %+v", r.Terms)
		}
		record, err := w.Draws.Published(t.Context(), w.Who[13], r.Draw.Number)
		if err != nil || !sortition.Holds(record.Check()) {
			t.Errorf("the draw cannot be repeated: %+v, %v", record.Check(), err)
		}
		// The first terms of a role are short as those of elections are, and not shorter because a lot gave them.
		if days := r.Terms[0].Ends.Sub(r.Terms[0].Begins).Hours() / 24; days < 80 {
			t.Errorf("a term of %v days", days)
		}
		gone := r.Terms[0]
		at := slices.IndexFunc(w.Who, func(a member.Actor) bool { return a.Member.ID == gone.Member })
		if err := w.Roles.GiveUp(t.Context(), w.Who[at], gone.Ref); err != nil {
			t.Fatal(err)
		}
		w.Pass(c.Now())
		if after := w.Role("treasurers"); len(after.Terms) != 2 || after.Draw.ID != r.Draw.ID || after.Terms[0].Member == gone.Member || after.Terms[1].Member == gone.Member {
			t.Errorf("declined: %+v", after.Terms)
		}
	})
}

// TestApprovalFindsNobody: where nobody is named on half of the papers, or nobody stands, it goes on as after an election that elected nobody:
// everybody is asked, by the clock alone.
func TestApprovalFindsNobody(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, voted := range []bool{true, false} {
			w, n := trusting(t, d, c)
			v, err := w.Elections.Show(t.Context(), w.Who[0], n)
			for i := 0; err == nil && !voted && i < 4; i++ {
				err = w.Elections.StandDown(t.Context(), w.Who[i], n)
			}
			if err != nil {
				t.Fatal(err)
			}
			if voted {
				w.Pass(v.Until)
				w.Pass(v.Opens)
				b := w.Show(n)
				for i := range 12 {
					name(w, i, n, 1+i%4)
				}
				w.Pass(b.Closes)
			}
			for i := 0; i < 60 && w.Role("treasurers").Draw.State != draw.Asking; i++ {
				w.Pass(c.Now().Add(24 * time.Hour))
			}
			if v, err = w.Elections.Show(t.Context(), w.Who[0], n); err != nil || v.State != election.Nobody || w.Role("treasurers").Draw.State != draw.Asking {
				t.Errorf("voted %v: %s, %v, and the draw %+v", voted, v.State, err, w.Role("treasurers").Draw)
			}
		}
	})
}
