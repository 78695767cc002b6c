package election_test

import (
	"fmt"
	"slices"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// named gives members keys by which they are found by their names, as those have who chose one.
func (w *world) named() {
	w.Helper()
	w.Write(func(tx *db.Tx) error {
		for _, a := range w.Who {
			if err := tx.Exec("UPDATE members SET name_key = ? WHERE id = ?", member.Fold(a.Member.Name), a.Member.ID).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

var together = election.Standing{Statement: "We would do it together.", Interests: "None."}

// ask has a member ask others to stand together.
func (w *world) ask(i int, with ...int) error {
	w.Helper()
	names := make([]string, len(with))
	for k, j := range with {
		names[k] = w.Who[j].Member.Name
	}
	return w.Elections.Share(w.Context(), w.Who[i], db.Once{}, w.number, names, together)
}

// offer is the newest that a member can answer.
func (w *world) offer(i int) election.Asking {
	w.Helper()
	all := w.show(i, w.number).Offers
	if len(all) == 0 {
		w.Fatalf("member %d is asked nothing", i)
	}
	return all[len(all)-1]
}

func (w *world) agree(who ...int) {
	w.Helper()
	for _, i := range who {
		if err := w.Elections.Agree(w.Context(), w.Who[i], w.number, w.offer(i).ID, together); err != nil {
			w.Fatalf("member %d says yes: %v", i, err)
		}
	}
}

// share has members stand together.
func (w *world) share(who ...int) {
	w.Helper()
	if err := w.ask(who[0], who[1:]...); err != nil {
		w.Fatal(err)
	}
	w.agree(who[1:]...)
}

// stands wants these to be who stands, people who stand together as one, in any order.
func (w *world) stands(want ...[]int) {
	w.Helper()
	say := func(all [][]int) string {
		out := make([]string, len(all))
		for i, c := range all {
			out[i] = fmt.Sprint(c)
		}
		slices.Sort(out)
		return fmt.Sprint(out)
	}
	var got [][]int
	for _, c := range w.now().Stand() {
		var who []int
		for _, p := range c.People {
			who = append(who, w.Place(p.Member))
		}
		slices.Sort(who)
		got = append(got, who)
	}
	if say(got) != say(want) {
		w.Fatalf("%v stand, want %v", say(got), say(want))
	}
}

// terms are those of convenors that are not over.
func (w *world) terms() (out []role.Term) {
	w.Helper()
	m, err := w.Roles.Map(w.Context(), w.Who[0])
	if err != nil {
		w.Fatal(err)
	}
	return m.Roles[slices.IndexFunc(m.Roles, func(p role.Powers) bool { return p.Key == "convenors" })].Terms
}

// TestStandingTogether: a candidature of several is private until all of them have said yes; then it is one option, with one statement.
func TestStandingTogether(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 14), t.Context()
		w.named()
		w.WantKind("with nobody", w.ask(1), fault.Invalid)
		w.WantKind("with oneself", w.ask(1, 1), fault.Invalid)
		w.WantKind("twice with the same", w.ask(1, 2, 2), fault.Invalid)
		w.WantKind("with three others", w.ask(1, 2, 3, 4), fault.Invalid)
		w.WantKind("without words", w.Elections.Share(ctx, w.Who[1], db.Once{}, w.number, []string{w.Who[2].Member.Name}, election.Standing{}), fault.Invalid)
		if err := w.ask(1, 2, 3); err != nil {
			t.Fatal(err)
		}
		recorded := len(w.Kinds(w.now().Ref()))
		for _, i := range []int{0, 4} {
			if v := w.show(i, w.number); len(v.Candidates) != 0 || len(v.Offers) != 0 {
				t.Fatalf("others see %+v, %+v", v.Candidates, v.Offers)
			}
		}
		o := w.offer(2)
		if len(o.Suited) != 3 || o.Statement != together.Statement || o.People[0].Member != w.Who[1].Member.ID || !o.Mine(w.Who[2].Member.ID).Waits() {
			t.Fatalf("what is asked: %+v", o)
		}
		asked, err := w.Elections.Asked(ctx, w.Who[2])
		if err != nil || len(asked) != 1 || !asked[0].Together() {
			t.Fatalf("asked: %+v, %v", asked, err)
		}
		w.WantKind("a stranger's yes", w.Elections.Agree(ctx, w.Who[5], w.number, o.ID, together), fault.NotFound)
		w.WantKind("a yes without interests", w.Elections.Agree(ctx, w.Who[2], w.number, o.ID, election.Standing{}), fault.Invalid)
		other := election.Standing{Statement: "Something else.", Interests: "A shop."}
		if err := w.Elections.Agree(ctx, w.Who[2], w.number, o.ID, other); err != nil {
			t.Fatal(err)
		}
		if w.stands(); len(w.Kinds(w.now().Ref())) != recorded {
			t.Fatalf("recorded before all have said yes: %v", w.Kinds(w.now().Ref()))
		}
		w.agree(3)
		w.stands([]int{1, 2, 3})
		one := w.now().Stand()[0]
		if one.Lead().Member != w.Who[1].Member.ID || one.Ref != one.Lead().Ref || one.Reserved() {
			t.Fatalf("%+v", one)
		}
		for _, p := range one.People {
			if want := map[int]string{1: "None.", 2: "A shop.", 3: "None."}[w.Place(p.Member)]; p.Statement != together.Statement || p.Interests != want || p.Share != one.Ref {
				t.Errorf("member %d says %+v", w.Place(p.Member), p)
			}
		}

		// Nobody is in two candidatures of one election.
		w.WantKind("with somebody who shares already", w.ask(4, 2), fault.Invalid)
		w.WantKind("with others, sharing already", w.ask(1, 4), fault.Invalid)
		if err := w.Elections.Stand(ctx, w.Who[2], w.number, election.Standing{Interests: "Two shops."}); err != nil { // changes what is theirs
			t.Fatal(err)
		}
		w.stands([]int{1, 2, 3})
		w.stand(5, 6)
		if err := w.ask(5, 6, 7); err != nil {
			t.Fatal(err)
		}
		if err := w.ask(8, 6); err != nil {
			t.Fatal(err)
		}
		w.agree(6) // to the newer one
		w.stands([]int{1, 2, 3}, []int{5}, []int{6, 8})
		if v := w.show(6, w.number); len(v.Offers) != 0 {
			t.Errorf("who stands with others is still asked: %+v", v.Offers)
		}
		if v := w.show(7, w.number); len(v.Offers) != 1 || !v.Offers[0].Rest || len(v.Offers[0].People) != 2 {
			t.Errorf("the others are asked about the rest: %+v", v.Offers)
		}

		// What they say together changes when all have said yes again.
		changed := election.Standing{Statement: "We have thought again.", Interests: "None."}
		if err := w.Elections.Share(ctx, w.Who[8], db.OnceFor(3, "again"), w.number, []string{w.Who[6].Member.Name}, changed); err != nil {
			t.Fatal(err)
		}
		said := func() string {
			for _, c := range w.now().Stand() {
				if c.Has(w.Who[8].Member.ID) {
					return c.Lead().Statement
				}
			}
			return ""
		}
		if said() != together.Statement {
			t.Error("one of them changes what both say")
		}
		w.agree(6)
		if w.stands([]int{1, 2, 3}, []int{5}, []int{6, 8}); said() != changed.Statement {
			t.Error("what all have agreed to does not hold")
		}

		// One answer to a question, which each of them can write.
		if err := w.Elections.Ask(ctx, w.Who[0], db.OnceFor(1, "q"), w.number, "What will you hand over?"); err != nil {
			t.Fatal(err)
		}
		q := w.now().Questions[0].ID
		for _, i := range []int{1, 3, 5, 6} {
			if err := w.Elections.Reply(ctx, w.Who[i], w.number, q, fmt.Sprint("Says ", i)); err != nil {
				t.Fatal(err)
			}
		}
		w.goTo(w.now().Until)
		if got := w.now().Answers; len(got) != 3 || !slices.ContainsFunc(got, func(a election.Answer) bool { return a.Text == "Says 3" && a.Candidate == one.Lead().ID }) {
			t.Errorf("answers: %+v", got)
		}
		w.WantKind("asking late", w.ask(9, 10), fault.Conflict)
		w.goTo(w.now().Opens)
		if b := w.Show(w.number); len(b.Options) != 4 || b.RON != 4 || !slices.Contains(b.Options, one.Ref) {
			t.Errorf("on the paper: %+v", b.Options)
		}
	})
}

// TestDecliningBreaksItUp: whoever says no, steps back or leaves before the ballot opens breaks it up. The others stand no longer; they are asked
// whether they stand with the rest or alone, and who says nothing does not stand.
func TestDecliningBreaksItUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 16), t.Context()
		w.named()
		alone := election.Standing{Statement: "I would do it alone.", Interests: "None."}

		// Before all have said yes.
		if err := w.ask(1, 2, 3); err != nil {
			t.Fatal(err)
		}
		if err := w.Elections.Decline(ctx, w.Who[3], w.number, w.offer(3).ID); err != nil {
			t.Fatal(err)
		}
		if o := w.offer(1); !o.Rest || len(o.People) != 2 || !o.Untouched() {
			t.Fatalf("who asked is asked about the rest: %+v", o)
		}
		w.WantKind("asking again who has said no", w.ask(1, 3), fault.Invalid)
		if got := w.Kinds(w.now().Ref()); slices.Contains(got, "candidate.stands") || slices.Contains(got, "candidate.stood_down") {
			t.Errorf("that somebody declined is on record: %v", got)
		}
		if err := w.Elections.Agree(ctx, w.Who[2], w.number, w.offer(2).ID, election.Standing{Statement: "The two of us.", Interests: "None."}); err != nil {
			t.Fatal(err)
		}
		w.agree(1)
		w.stands([]int{1, 2})
		if got := w.now().Stand()[0].Lead(); got.Statement != "The two of us." {
			t.Errorf("the first who says yes can change what they say: %q", got.Statement)
		}

		// Once they stand.
		w.share(4, 5, 6)
		w.share(7, 8)
		w.stand(9, 10)
		if err := w.Elections.StandDown(ctx, w.Who[2], w.number); err != nil {
			t.Fatal(err)
		}
		w.stands([]int{4, 5, 6}, []int{7, 8}, []int{9}, []int{10})
		if o := w.offer(1); len(o.People) != 1 || !o.Rest || o.Statement != "The two of us." {
			t.Fatalf("who is left is asked whether they stand alone: %+v", o)
		}
		w.goTo(w.now().Until)
		if v := w.now(); v.State != election.Answering {
			t.Fatalf("%+v", v.Election)
		}
		if err := w.Elections.StandDown(ctx, w.Who[6], w.number); err != nil { // after nominations have closed
			t.Fatal(err)
		}
		if _, err := w.Members.Leave(ctx, w.Who[8], false); err != nil {
			t.Fatal(err)
		}
		w.stands([]int{9}, []int{10})
		if err := w.Elections.Agree(ctx, w.Who[1], w.number, w.offer(1).ID, alone); err != nil {
			t.Fatal(err)
		}
		w.stands([]int{1}, []int{9}, []int{10})
		w.agree(5)
		if err := w.Elections.Alone(ctx, w.Who[4], w.number, w.offer(4).ID, alone); err != nil { // rather than with 5, who has said yes
			t.Fatal(err)
		}
		w.stands([]int{1}, []int{4}, []int{9}, []int{10})
		if o := w.offer(5); len(o.People) != 1 {
			t.Fatalf("then the last is asked: %+v", o)
		}
		w.goTo(w.now().Opens)
		if b := w.Show(w.number); len(b.Options) != 5 {
			t.Errorf("who says nothing does not stand: %+v", b.Options)
		}
		w.stands([]int{1}, []int{4}, []int{9}, []int{10})
		w.WantKind("saying yes to a printed paper", w.Elections.Agree(ctx, w.Who[5], w.number, 1, alone), fault.NotFound)
		if asked, err := w.Elections.Asked(ctx, w.Who[5]); err != nil || len(asked) != 0 {
			t.Errorf("still asked: %+v, %v", asked, err)
		}
	})
}

// TestWhoStandsAloneAnyhow: whoever stands by themselves, and is asked about the rest too, can say no to that once nominations are closed, but says
// nothing new of themselves by it.
func TestWhoStandsAloneAnyhow(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 14), t.Context()
		w.named()
		w.stand(4, 5, 6)
		if err := w.ask(1, 4, 2); err != nil {
			t.Fatal(err)
		}
		if err := w.Elections.Decline(ctx, w.Who[2], w.number, w.offer(2).ID); err != nil {
			t.Fatal(err)
		}
		said := func() (c election.Candidate) {
			for _, one := range w.now().Stand() {
				if one.Has(w.Who[4].Member.ID) {
					c = one.Lead()
				}
			}
			return c
		}
		was := said()
		w.goTo(w.now().Until)
		late := election.Standing{Statement: "I have thought again.", Interests: "Many."}
		w.WantKind("standing late", w.Elections.Stand(ctx, w.Who[4], w.number, late), fault.Conflict)
		if err := w.Elections.Alone(ctx, w.Who[4], w.number, w.offer(4).ID, late); err != nil {
			t.Fatal(err)
		}
		if w.stands([]int{4}, []int{5}, []int{6}); said() != was {
			t.Errorf("after nominations have closed: %+v, not %+v", said(), was)
		}
		if o := w.offer(1); len(o.People) != 1 || !o.Rest {
			t.Errorf("then the other is asked: %+v", o)
		}
	})
}

// TestTheLastAreAsked: an election for which nobody stands any more waits for those who are asked how they go on, and for nobody else.
func TestTheLastAreAsked(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		for _, goesOn := range []bool{true, false} {
			w, ctx := newWorldOf(t, d, c, 10, 1), t.Context()
			w.named()
			w.share(1, 2)
			w.share(3, 4)
			w.goTo(w.now().Until)
			for _, i := range []int{1, 3} {
				if err := w.Elections.StandDown(ctx, w.Who[i], w.number); err != nil {
					t.Fatal(err)
				}
			}
			w.goTo(c.Now())
			if v := w.now(); v.State != election.Answering || len(v.Stand()) != 0 {
				t.Fatalf("it does not wait: %+v", v.Election)
			}
			for _, i := range []int{2, 4} {
				var err error
				if goesOn {
					err = w.Elections.Alone(ctx, w.Who[i], w.number, w.offer(i).ID, together)
				} else {
					err = w.Elections.Decline(ctx, w.Who[i], w.number, w.offer(i).ID)
				}
				if err != nil {
					t.Fatal(err)
				}
				if goesOn {
					break
				}
			}
			w.goTo(c.Now())
			want := election.Nobody
			if goesOn {
				want = election.Answering
			}
			if v := w.now(); v.State != want {
				t.Errorf("goes on %v: %+v", goesOn, v.Election)
			}
		}
	})
}

// TestArchivedOffersAreClosed: nobody is asked anything in a group that is archived.
func TestArchivedOffersAreClosed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.named()
		if err := w.ask(1, 2); err != nil {
			t.Fatal(err)
		}
		w.Write(func(tx *db.Tx) error { return w.Elections.Archive(tx, w.Group) })
		var open int
		w.Read(func(tx *db.Tx) error {
			return tx.Raw("SELECT COUNT(*) FROM share_offers WHERE closed_at IS NULL").Scan(&open).Error
		})
		asked, err := w.Elections.Asked(t.Context(), w.Who[2])
		if v := w.show(2, w.number); err != nil || open != 0 || len(asked) != 0 || len(v.Offers) != 0 || v.State != election.Nobody {
			t.Errorf("%d offers are open, asked %+v, %v", open, asked, err)
		}
	})
}

// electShare has two members who stand together elected with somebody who stands alone, and returns the terms of the two.
func (w *world) electShare(pair []int, single int, others ...int) (a, b role.Term) {
	w.Helper()
	w.named()
	w.share(pair...)
	w.open(append([]int{single}, others...)...)
	for i := range 12 {
		order := []int{pair[0], single}
		if i%3 == 0 {
			order = []int{single, pair[0]}
		}
		if err := w.vote(i, order...); err != nil {
			w.Fatal(err)
		}
	}
	w.goTo(w.Show(w.number).Closes)
	w.goTo(w.now().Final)
	for _, t := range w.terms() {
		switch t.Member {
		case w.Who[pair[0]].Member.ID:
			a = t
		case w.Who[pair[1]].Member.ID:
			b = t
		}
	}
	return a, b
}

// TestASharedPlace: one vote elects both, each has a term on the same seat with the same dates, whose days count in full for each; where one
// goes, the other goes on, and the seat is free when the last is gone.
func TestASharedPlace(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 14), t.Context()
		a, b := w.electShare([]int{1, 2}, 3, 4)
		v := w.now()
		if len(w.terms()) != 3 || a.ID == 0 || b.ID == 0 || a.Seat != b.Seat || !a.Begins.Equal(b.Begins) || !a.Ends.Equal(b.Ends) || !a.Shared(b) || a.Share == "" ||
			a.Cause != v.Decision {
			t.Fatalf("terms: %+v", w.terms())
		}
		if len(v.Terms) != 3 || v.Terms[0].Ref == v.Terms[1].Ref {
			t.Errorf("the page has %+v", v.Terms)
		}
		r, err := w.Elections.Result(ctx, w.Who[0], w.number)
		if err != nil || len(r.Options) != 4 || r.Turnout != 12 {
			t.Fatalf("%+v, %v", r, err)
		}
		recount(t, r)

		w.goTo(v.Starts)
		for _, i := range []int{1, 2} { // what the role lets somebody do it lets each do
			who, _, err := w.Members.Visit(ctx, w.Who[i].Person, w.Group.Slug)
			if err != nil || len(who.Terms) != 1 || who.Terms[0].Role != "convenors" {
				t.Errorf("member %d comes in as %+v, %v", i, who.Terms, err)
			}
		}
		bars := func(i int) (out []role.Bar) {
			w.Read(func(tx *db.Tx) error {
				ro, err := role.Find(tx, w.Group.ID, "convenors")
				if err != nil {
					return err
				}
				out, _, err = role.Judge(tx, w.Group, w.Who[i].Member.ID, ro, w.Rulebook(), role.Filling{Closes: tx.Now, Starts: a.Ends.AddDate(0, 0, 100), Seats: 1})
				return err
			})
			return out
		}
		if len(bars(1)) == 0 || !slices.Equal(bars(1), bars(2)) || len(bars(5)) != 0 {
			t.Errorf("the days count for one as %v, for the other as %v", bars(1), bars(2))
		}

		free := func() int { return w.Role("convenors").Free(c.Now()) }
		if free() != 0 {
			t.Fatalf("%d seats are free", free())
		}
		if err := w.Roles.GiveUp(ctx, w.Who[1], a.Ref); err != nil {
			t.Fatal(err)
		}
		w.goTo(c.Now().AddDate(0, 0, 1))
		vs, err := w.Vacancies.Map(ctx, w.Who[0])
		if err != nil || free() != 0 || len(vs[a.Role].Open) != 0 || len(w.running()) != 0 {
			t.Fatalf("where one goes, %d seats are free, with %+v, %v, and elections %+v", free(), vs[a.Role].Open, err, w.running())
		}
		if _, err := w.Members.Leave(ctx, w.Who[2], false); err != nil {
			t.Fatal(err)
		}
		w.goTo(c.Now().AddDate(0, 0, 1))
		if vs, err = w.Vacancies.Map(ctx, w.Who[0]); err != nil || free() != 1 || len(vs[a.Role].Open) != 1 || vs[a.Role].Open[0].Seat != a.Seat || len(w.running()) != 1 {
			t.Fatalf("where the last goes, %d seats are free, with %+v, %v, and elections %+v", free(), vs[a.Role].Open, err, w.running())
		}
		for _, i := range []int{1} { // nobody who shared it looks after it but by a vote
			w.Read(func(tx *db.Tx) error {
				last, err := role.LastHolders(tx, a.Role, a.Seat)
				if err != nil || !slices.Contains(last, w.Who[i].Member.ID) {
					t.Errorf("who held it last: %v, %v", last, err)
				}
				return nil
			})
		}
	})
}

// TestRecallOfOneWhoShares: members can end one term of those who share, and the other goes on.
func TestRecallOfOneWhoShares(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		a, b := w.electShare([]int{1, 2}, 3, 4)
		w.goTo(w.now().Starts)
		w.EndTerm("convenors", a)
		w.goTo(c.Now())
		var left []int
		for _, t := range w.terms() {
			left = append(left, w.Place(t.Member))
		}
		slices.Sort(left)
		byElection := slices.ContainsFunc(w.running(), func(e election.Election) bool {
			return slices.ContainsFunc(e.Seats, func(v role.Vacancy) bool { return v.Seat == a.Seat })
		})
		if !slices.Equal(left, []int{2, 3}) || w.Role("convenors").Free(c.Now()) != 0 || byElection {
			t.Errorf("%v hold it, and elections are under way: %+v", left, w.running())
		}
		if got := w.Role("convenors").Beside(b); len(got) != 0 {
			t.Errorf("beside who goes on: %+v", got)
		}
	})
}

// TestOneIsBarred: people who stand together are within the limits if each of them is, and those who could take it alone are asked.
func TestOneIsBarred(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 14)
		w.named()
		w.Write(func(tx *db.Tx) error { // who held it until lately has to pause
			return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause)
				SELECT 't_old', group_id, id, ?, 1, '', ?, ?, 'draw/1' FROM roles WHERE key = 'convenors'`,
				w.Who[2].Member.ID, db.At(tx.Now.AddDate(0, 0, -200)), db.At(tx.Now.AddDate(0, 0, -20))).Error
		})
		if err := w.ask(1, 2); err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{1, 2} { // each is told how the limits stand for each
			if o := w.offer(i); len(o.Suited[0].Bars) != 0 || len(o.Suited[1].Bars) == 0 || o.Suited[1].From.IsZero() {
				t.Fatalf("member %d is told %+v", i, o.Suited)
			}
		}
		w.agree(2)
		w.stand(3, 4, 5, 6)
		w.stands([]int{1, 2}, []int{3}, []int{4}, []int{5}, []int{6})
		w.goTo(w.now().Until)
		w.stands([]int{3}, []int{4}, []int{5}, []int{6})
		if got := w.Kinds(w.now().Ref()); !slices.Contains(got, "candidate.barred") || !slices.Contains(got, "candidate.parted") {
			t.Errorf("recorded: %v", got)
		}
		if v := w.show(2, w.number); len(v.Offers) != 0 {
			t.Errorf("who is barred is asked: %+v", v.Offers)
		}
		if err := w.Elections.Alone(t.Context(), w.Who[1], w.number, w.offer(1).ID, together); err != nil {
			t.Fatal(err)
		}
		w.stands([]int{1}, []int{3}, []int{4}, []int{5}, []int{6})
	})
}

// TestOneSeatSignsOnce: what two have to do, people who share a seat do not do together.
func TestOneSeatSignsOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, ctx := newWorld(t, d, c, 14), t.Context()
		w.open(1, 2, 3)
		for i := range 12 {
			if err := w.vote(i, 1+i%3); err != nil {
				t.Fatal(err)
			}
		}
		b := w.Show(w.number)
		w.goTo(b.Closes)
		put := func(ref string, who, seat int, share string) {
			w.Write(func(tx *db.Tx) error {
				return tx.Exec(`INSERT INTO terms (ref, group_id, role_id, member_id, seat, caps, starts_at, ends_at, cause, share)
					SELECT ?, group_id, id, ?, ?, 'sign_count', ?, ?, 'decision/2026-009', ? FROM roles WHERE key = 'tellers'`,
					ref, w.Who[who].Member.ID, seat, db.At(tx.Now), db.At(tx.Now.AddDate(0, 0, 30)), share).Error
			})
		}
		put("t_a", 5, 1, "c_x")
		put("t_b", 6, 1, "c_x")
		put("t_c", 7, 2, "")
		sign := func(i int) error {
			return w.Ballots.SignCount(ctx, w.Visit(w.Who[i].Person), b.ID)
		}
		may := func(i int) bool {
			v, err := w.Decisions.Show(ctx, w.Visit(w.Who[i].Person), "2026-001")
			if err != nil {
				t.Fatal(err)
			}
			return v.MaySign
		}
		if !may(5) || !may(6) || !may(7) {
			t.Fatal("each of them may sign first")
		}
		if err := sign(5); err != nil {
			t.Fatal(err)
		}
		w.WantKind("the second signature of one seat", sign(6), fault.Conflict)
		if may(6) || !may(7) {
			t.Error("the page asks for a second signature of one seat")
		}
		if err := sign(5); err != nil { // again changes nothing
			t.Fatal(err)
		}
		if err := sign(7); err != nil {
			t.Fatal(err)
		}
	})
}
