package election_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/role"
	"folkmoot/internal/tally"
	"folkmoot/internal/votetest"
)

// newReserved is a group with an election under way in which so many of the places are reserved.
func newReserved(t *testing.T, d *db.DB, c *dbtest.Clock, people, seats, places int) *world {
	t.Helper()
	w := &world{World: votetest.New(t, d, c, "B", people)}
	w.GiveRoles()
	w.Write(func(tx *db.Tx) error {
		if err := dbtest.Unguard(tx, "roles"); err != nil {
			return err
		}
		return tx.Exec("UPDATE roles SET seats = ? WHERE key = 'convenors'", seats).Error
	})
	w.reserve(places)
	w.goTo(c.Now().AddDate(0, 0, 14))
	w.find()
	return w
}

// reserve has members decide how many places of the role are reserved.
func (w *world) reserve(places int) {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		words := "not both men"
		if places == 0 {
			words = ""
		}
		why, err := balance.Decide(tx, w.Ledger, w.Group, balance.Rule{Places: places, Words: words, From: tx.Now, Cause: "decision/" + tx.Now.Format(time.DateOnly)}, "convenors")
		if err == nil && why != "" {
			w.Errorf("places are not reserved: %s", why)
		}
		return err
	})
}

// find looks at the election of convenors that is under way.
func (w *world) find() {
	w.Helper()
	for _, e := range w.running() {
		if v := w.show(0, e.Number); v.Role.Key == "convenors" {
			w.number = e.Number
			return
		}
	}
	w.Fatal("nobody asked for convenors")
}

// standReserved has members stand for reserved places.
func (w *world) standReserved(who ...int) {
	w.Helper()
	for _, i := range who {
		if err := w.Elections.Stand(w.Context(), w.Who[i], w.number, election.Standing{Statement: "I would.", Interests: "None.", Reserved: true}); err != nil {
			w.Fatal(err)
		}
	}
}

// won returns who is elected, in order.
func (w *world) won() (out []int) {
	w.Helper()
	for turn := 1; turn < 5; turn++ {
		for _, c := range w.now().Candidates {
			if c.Turn == turn {
				out = append(out, w.Place(c.Member))
			}
		}
	}
	return out
}

// TestReservedPlaces: the first choice of few takes a reserved place before others with more votes, the sheet says so, and whoever counts the
// published papers again comes to it.
func TestReservedPlaces(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newReserved(t, d, c, 14, 2, 1)
		v := w.now()
		if v.Reserved != 1 || v.For != "not both men" {
			t.Fatalf("the election keeps to %d for %q", v.Reserved, v.For)
		}
		w.reserve(0) // while it is under way
		if v := w.now(); v.Reserved != 1 {
			t.Errorf("a rule of today alters an election that began yesterday: %d", v.Reserved)
		}
		w.stand(1, 2)
		w.standReserved(3, 4)
		for _, cand := range w.now().Candidates {
			if got, want := cand.Reserved, w.Place(cand.Member) > 2; got != want {
				t.Errorf("member %d stands for a reserved place: %v", w.Place(cand.Member), got)
			}
		}
		w.goTo(w.now().Until)
		w.goTo(w.now().Opens)
		b := w.Show(w.number)
		if b.Method != ballot.Scottish || b.Reserved != 1 || len(b.For) != 2 {
			t.Fatalf("the contest: %+v", b.Contest)
		}
		for i := range 12 {
			order := [][]int{{1, 2}, {2, 1}, {1, 2}, {2, 1}, {1, 2}, {3, 4}}[i%6]
			if err := w.vote(i, order...); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(b.Closes)
		if got := w.won(); !slices.Equal(got, []int{1, 3}) {
			t.Errorf("elected: %v", got)
		}
		r, err := w.Elections.Result(t.Context(), w.Who[0], w.number)
		if err != nil {
			t.Fatal(err)
		}
		recountReserved(t, r)
	})
}

// recountReserved counts the published papers anew by what the ballot says of them, and wants the very same sheet.
func recountReserved(t *testing.T, r election.Result) {
	t.Helper()
	method, _ := tally.Find(r.Method)
	e, err := r.Election("", r.Options, r.Lots(), r.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	o := tally.Options{RON: r.CountedRON(), Seed: r.Lots(), Reserved: tally.Reserve{Places: r.Reserved}}
	for _, n := range r.For {
		o.Reserved.For = append(o.Reserved.For, n-1)
	}
	sheet, err := method.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sheet)
	if err != nil || string(text) != r.Sheet || sheet.Reserved == nil || sheet.Reserved.Filled != r.Reserved {
		t.Errorf("counted anew: %s\nas stored: %s", text, r.Sheet)
	}
}

// TestTooFewStandForReservedPlaces: nominations get more time, once; then as many places are kept as there are candidates for them, and none is
// left empty for it.
func TestTooFewStandForReservedPlaces(t *testing.T) {
	for _, stand := range []int{0, 1} {
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			w := newReserved(t, d, c, 14, 3, 2)
			w.stand(1, 2, 3, 4)
			if stand > 0 {
				w.standReserved(5)
			}
			w.goTo(w.now().Until)
			if v := w.now(); !v.Extended || v.State != election.Nominating {
				t.Fatalf("no more time: %+v", v.Election)
			}
			w.goTo(w.now().Until)
			w.goTo(w.now().Opens)
			b := w.Show(w.number)
			if b.Reserved != stand || len(b.For) != stand || b.Seats != 3 || w.now().Kept() != stand {
				t.Fatalf("with %d who stand for them: %+v", stand, b.Contest)
			}
			for i := range 12 {
				order := []int{1 + i%3, 4}
				if stand > 0 {
					order = append(order, 5)
				}
				if err := w.vote(i, order...); err != nil {
					t.Fatal(err)
				}
			}
			w.goTo(b.Closes)
			if got := w.won(); len(got) != 3 || slices.Contains(got, 5) != (stand > 0) {
				t.Errorf("with %d who stand for them, elected: %v", stand, got)
			}
		})
	}
}

// TestReservedPlacesThatAreHeld: an election that fills some of the seats reserves what the others do not make up for; that somebody stood for a
// reserved place is kept with that candidature and nowhere else.
func TestReservedPlacesThatAreHeld(t *testing.T) {
	for _, holds := range []bool{true, false} { // the seat that is held on was a reserved one, or the other
		dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
			w := newReserved(t, d, c, 14, 2, 1)
			w.standReserved(1)
			w.stand(2, 3)
			w.goTo(w.now().Until)
			w.goTo(w.now().Opens)
			for i := range 12 {
				order := []int{2, 1}
				if holds {
					order = []int{1, 2}
				}
				if err := w.vote(i, order...); err != nil {
					t.Fatal(err)
				}
			}
			w.goTo(w.Show(w.number).Closes)
			w.goTo(w.now().Final)
			first := w.number
			terms := w.terms() // that in the second seat is shorter, and is filled first
			slices.SortFunc(terms, func(a, b role.Term) int { return a.Seat - b.Seat })
			if len(terms) != 2 || (w.Place(terms[0].Member) == 1) != holds {
				t.Fatalf("holds %v: %+v", holds, terms)
			}
			for range 60 {
				if w.running(); slices.ContainsFunc(w.running(), func(e election.Election) bool { return e.Number > first && e.Role == terms[0].Role }) {
					break
				}
				w.goTo(c.Now().AddDate(0, 0, 1))
			}
			w.find()
			want := 1
			if holds {
				want = 0
			}
			if v := w.now(); len(v.Seats) != 1 || v.Seats[0].Seat != 2 || v.Reserved != want {
				t.Errorf("holds %v: %d of %+v are reserved", holds, v.Reserved, v.Seats)
			}
			if v := w.now(); want == 1 { // one place, and it is reserved: counted as several are, because others cannot take it
				w.stand(4, 5)
				w.standReserved(6)
				w.goTo(v.Until)
				w.goTo(w.now().Opens)
				b := w.Show(w.number)
				if b.Method != ballot.Scottish || b.Reserved != 1 {
					t.Fatalf("the contest: %+v", b.Contest)
				}
				for i := range 12 {
					order := []int{4, 6}
					if i == 0 {
						order = []int{6}
					}
					if err := w.vote(i, order...); err != nil {
						t.Fatal(err)
					}
				}
				w.goTo(b.Closes)
				if got := w.won(); !slices.Equal(got, []int{6}) {
					t.Errorf("elected: %v", got)
				}
			}
		})
	}
}

// TestSharersAndReservedPlaces: people who stand together stand for a reserved place only if each of them says so.
func TestSharersAndReservedPlaces(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newReserved(t, d, c, 14, 2, 1), t.Context()
		w.named()
		say := election.Standing{Statement: "We would.", Interests: "None.", Reserved: true}
		for _, pair := range [][]int{{1, 2}, {3, 4}} {
			if err := w.Elections.Share(ctx, w.Who[pair[0]], db.Once{}, w.number, []string{w.Who[pair[1]].Member.Name}, say); err != nil {
				t.Fatal(err)
			}
			other := say
			other.Reserved = pair[0] == 1
			if err := w.Elections.Agree(ctx, w.Who[pair[1]], w.number, w.offer(pair[1]).ID, other); err != nil {
				t.Fatal(err)
			}
		}
		w.stand(5)
		for _, cand := range w.now().Stand() {
			if got, want := cand.Reserved(), cand.Has(w.Who[1].Member.ID); got != want {
				t.Errorf("%v stand for a reserved place: %v", cand.People, got)
			}
		}
		w.goTo(w.now().Until)
		w.goTo(w.now().Opens)
		b := w.Show(w.number)
		if b.Reserved != 1 || len(b.For) != 1 {
			t.Fatalf("the contest: %+v", b.Contest)
		}
		for i := range 12 {
			if err := w.vote(i, 5, 3, 1); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(b.Closes)
		got := w.won()
		slices.Sort(got)
		if !slices.Equal(got, []int{1, 2, 5}) {
			t.Errorf("elected: %v", got)
		}
	})
}

// TestWhoIsLeftOfASharedPlace: where only one of those who were elected together stood for a reserved place, their seat was none, and does not become
// one when the other leaves it to them.
func TestWhoIsLeftOfASharedPlace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newReserved(t, d, c, 14, 2, 1), t.Context()
		w.named()
		say := election.Standing{Statement: "We would.", Interests: "None.", Reserved: true}
		if err := w.Elections.Share(ctx, w.Who[3], db.Once{}, w.number, []string{w.Who[4].Member.Name}, say); err != nil {
			t.Fatal(err)
		}
		w.agree(4) // who does not say so
		w.stand(5, 6)
		w.goTo(w.now().Until)
		w.goTo(w.now().Until)
		w.goTo(w.now().Opens)
		for i := range 12 {
			if err := w.vote(i, [][]int{{3, 5}, {5, 3}}[i%2]...); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(w.Show(w.number).Closes)
		if got := w.won(); !slices.Contains(got, 3) || !slices.Contains(got, 4) || !slices.Contains(got, 5) {
			t.Fatalf("elected: %v", got)
		}
		w.goTo(w.now().Final)
		w.goTo(w.now().Starts)
		first := w.number
		for _, i := range []int{4, 5} {
			for _, term := range w.terms() {
				if term.Member != w.Who[i].Member.ID {
					continue
				}
				if err := w.Roles.GiveUp(ctx, w.Who[i], term.Ref); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.goTo(c.Now())
		w.find()
		if v := w.now(); v.Number == first || len(v.Seats) != 1 || v.Reserved != 1 {
			t.Errorf("%d of %+v are reserved", v.Reserved, v.Seats)
		}
	})
}
