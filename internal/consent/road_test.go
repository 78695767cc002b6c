package consent_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/role"
	"folkmoot/internal/votetest"
)

const day = 24 * time.Hour

// world is a small crew with roles, whose first selection is open.
type world struct{ *votetest.World }

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock, people int) world {
	t.Helper()
	w := world{votetest.New(t, d, c, "A", people)}
	w.GiveRoles()
	w.goTo(c.Now())
	w.goTo(w.Group.Third.AddDate(0, 0, 14))
	if v := w.show(0, 1); v.State != consent.Naming {
		t.Fatalf("two weeks after the third joined: %+v", v)
	}
	return w
}

// goTo moves the clock and does what is due for selections, draws and roles.
func (w world) goTo(at time.Time) {
	w.Helper()
	w.Clock.Set(at)
	w.tick()
}

func (w world) tick() {
	w.Helper()
	if err := cmp.Or(w.Consent.Tick(w.Context()), w.Draws.Tick(w.Context()), w.Roles.Tick(w.Context())); err != nil {
		w.Fatal(err)
	}
}

// show returns a selection as a member sees it.
func (w world) show(i, number int) consent.View {
	w.Helper()
	v, err := w.Consent.Show(w.Context(), w.Who[i], number)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// end lets the step under way end.
func (w world) end(number int) consent.View {
	w.Helper()
	w.goTo(w.show(0, number).Until)
	return w.show(0, number)
}

// write has a member write a name.
func (w world) write(number, by, named int) error {
	return w.Consent.Write(w.Context(), w.Who[by], number, w.Who[named].Member.ID, fmt.Sprintf("Reason %d-%d", by, named))
}

// names has members write names, each entry by its place: names[i] is whom i names; -1: nobody.
func (w world) names(number int, names ...int) {
	w.Helper()
	for by, named := range names {
		if named < 0 {
			continue
		}
		if err := w.write(number, by, named); err != nil {
			w.Fatalf("%d names %d: %v", by, named, err)
		}
	}
}

// agree has members say to every name that is proposed, but their own, that they agree.
func (w world) agree(number int, who ...int) { w.answer(number, consent.Agree, "", who...) }

func (w world) answer(number int, a consent.Answer, reason string, who ...int) {
	w.Helper()
	for _, i := range who {
		for _, n := range w.show(i, number).Proposed() {
			if n.Member == w.Who[i].Member.ID {
				continue
			}
			if err := w.Consent.Answer(w.Context(), w.Who[i], number, n.Turn, a, reason); err != nil {
				w.Fatalf("%d says %s to %d: %v", i, a, n.Turn, err)
			}
		}
	}
}

// accept has members who are asked say yes.
func (w world) accept(number int, who ...int) {
	w.Helper()
	for _, i := range who {
		if err := w.Consent.Accept(w.Context(), w.Who[i], number); err != nil {
			w.Fatalf("%d accepts: %v", i, err)
		}
	}
}

// proposed returns who is proposed now, in the order of their turns.
func (w world) proposed(number int) (out []int) {
	w.Helper()
	for _, n := range w.show(0, number).Proposed() {
		out = append(out, w.Place(n.Member))
	}
	return out
}

// hows returns how it ended for everybody who was named.
func (w world) hows(number int) map[int]consent.How {
	w.Helper()
	out := map[int]consent.How{}
	for _, n := range w.show(0, number).Nominees {
		out[w.Place(n.Member)] = n.How
	}
	return out
}

func (w world) count(query string, args ...any) (n int) {
	w.Helper()
	w.Read(func(tx *db.Tx) error { return tx.Raw(query, args...).Scan(&n).Error })
	return n
}

// TestRoadByConsent takes a crew from its first selection to its second: names in private, read together, changed, proposed by how many
// wrote them, agreed on by those who speak, with whoever is proposed last; and terms that begin, name their cause, and end by themselves.
func TestRoadByConsent(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 6)
		v := w.show(0, 1)
		if v.Quorum != 3 || v.Active != 6 || len(v.Seats) != 2 || len(v.May) != 6 || len(v.Outside) > 0 || !v.OnRoll || v.Waits() != consent.Naming || v.Secret != nil {
			t.Fatalf("opened: %+v", v)
		}
		if least := c.Now().AddDate(0, 0, 3); v.Until.Before(least) || v.Until.Sub(least) > day {
			t.Errorf("names are written until %v, and it is %v", v.Until, c.Now())
		}
		w.names(1, 1, 2, 1, 1, 4, -1)
		w.names(1, 2, 2) // the first think better of it: a name takes the place of the one before
		if v = w.show(0, 1); v.Mine.Reason != "Reason 0-2" || len(v.Papers) > 0 || v.Waits() != "" {
			t.Fatalf("written: %+v", v)
		}

		v = w.end(1)
		if v.State != consent.Changing || len(v.Papers) != 5 || len(v.Nominees) > 0 || v.Extended {
			t.Fatalf("read out: %+v", v)
		}
		w.names(1, -1, -1, -1, -1, 1, 2) // one changes their name, and one writes who had not
		v = w.end(1)
		// In the end the first is named by 2, 3 and 4, the second by 0, 1 and 5; before that by two each: the lot decides.
		if got := w.proposed(1); v.State != consent.Asking || v.Round != 1 || !slices.Equal(sorted(got...), []int{1, 2}) || len(v.Secret) != 32 {
			t.Fatalf("proposed are %v: %+v", got, v)
		}
		for _, n := range v.Nominees {
			if n.Named != 3 || n.First != 2 {
				t.Errorf("counted: %+v", n)
			}
		}
		w.WantKind("on one's own name", w.Consent.Answer(t.Context(), w.Who[w.proposed(1)[0]], 1, 1, consent.Agree, ""), fault.Denied)
		both := func(first, second consent.Said) error {
			first.Turn, second.Turn = 1, 2
			return w.Consent.AnswerAll(t.Context(), w.Who[0], 1, []consent.Said{first, second})
		}
		yes := consent.Said{Answer: consent.Agree}
		wrong := fault.Fields(both(yes, consent.Said{Answer: consent.Object}))
		if len(wrong) != 1 || wrong["reason-2"].IsZero() || len(w.show(0, 1).MineSaid) > 0 {
			t.Errorf("one of two is wrong: %v, kept is %v", wrong, w.show(0, 1).MineSaid)
		}
		if wrong = fault.Fields(both(yes, consent.Said{Reason: "Because."})); len(wrong) != 1 || wrong["answer-2"].IsZero() {
			t.Errorf("a reason without an answer: %v", wrong)
		}
		if wrong = fault.Fields(both(consent.Said{}, consent.Said{})); len(wrong) != 2 {
			t.Errorf("nothing at all: %v", wrong)
		}
		if err := both(consent.Said{}, yes); err != nil || len(w.show(0, 1).MineSaid) != 1 {
			t.Errorf("one of two: %v, kept is %v", err, w.show(0, 1).MineSaid)
		}
		if err := both(yes, consent.Said{Answer: consent.StandAside}); err != nil || w.show(0, 1).MineSaid[2].Answer != consent.StandAside {
			t.Errorf("both: %v, kept is %v", err, w.show(0, 1).MineSaid)
		}
		w.WantKind("names that nobody proposes", w.Consent.AnswerAll(t.Context(), w.Who[0], 1, []consent.Said{{Turn: 9, Answer: consent.Agree}}), fault.NotFound)
		w.WantKind("one's own among them", w.Consent.AnswerAll(t.Context(), w.Who[w.proposed(1)[0]], 1, []consent.Said{{Turn: 2}, {Turn: 1, Answer: consent.Agree}}), fault.Denied)
		w.agree(1, 0, 1, 2, 3)
		if v = w.show(5, 1); len(v.Said) > 0 || v.Waits() != consent.Asking {
			t.Fatalf("while members speak: %+v", v)
		}
		v = w.end(1)
		if v.State != consent.Accepting || len(v.Said) != 6 || v.CountOf(1) != (consent.Count{Agree: 3}) {
			t.Fatalf("spoken: %+v", v)
		}
		w.WantKind("who is not asked", w.Consent.Accept(t.Context(), w.Who[0], 1), fault.NotFound)
		w.accept(1, 1, 1)
		w.tick()
		if v = w.show(0, 1); v.State != consent.Accepting || len(v.Terms) > 0 {
			t.Fatalf("before the second has said yes: %+v", v)
		}
		w.accept(1, 2)
		for range 3 {
			w.tick() // nobody is left to wait for; doing it again changes nothing
		}
		v = w.show(0, 1)
		if v.State != consent.Final || len(v.Terms) != 2 || v.Terms[0].Cause != "selection/1" || !v.Terms[0].Begins.Equal(c.Now()) {
			t.Fatalf("agreed: %+v", v)
		}
		if n := w.count("SELECT COUNT(*) FROM effects WHERE cause = 'selection/1' AND kind = 'term_begins' AND done = 1"); n != 2 {
			t.Errorf("%d effects", n)
		}
		if a, b := v.Terms[0], v.Terms[1]; a.Ends.Sub(a.Begins) != 45*day || b.Ends.Sub(b.Begins) != 28*day {
			t.Errorf("first terms last %v and %v", a.Ends.Sub(a.Begins), b.Ends.Sub(b.Begins))
		}
		w.WantKind("a name when all is over", w.write(1, 0, 1), fault.Conflict)
		w.WantKind("an answer when all is over", w.Consent.Answer(t.Context(), w.Who[0], 1, 1, consent.Agree, ""), fault.Conflict)
		w.WantKind("refusing when all is over", w.Consent.Decline(t.Context(), w.Who[0], 1), fault.Conflict)

		// Before the first term ends, its place is filled: its holder is outside the limits, and so is the other, who holds a place.
		w.goTo(v.Terms[1].Ends.AddDate(0, 0, -9))
		second := w.show(0, 2)
		if second.State != consent.Naming || len(second.Seats) != 1 || len(second.May) != 4 || len(second.Outside) != 2 || len(second.Relaxed) > 0 {
			t.Fatalf("the second: %+v", second)
		}
		for _, o := range second.Outside {
			if w.WantKind("outside the limits", w.Consent.Write(t.Context(), w.Who[0], 2, o.Member, "Again."), fault.Invalid); o.From.Before(c.Now()) {
				t.Errorf("%d could from %v on: %v", w.Place(o.Member), o.From, o.Bars)
			}
		}
		w.names(2, 3, 3, 3, 3, -1, 0)
		w.end(2)
		w.end(2)
		w.agree(2, 0, 1, 2)
		w.end(2)
		w.accept(2, 3)
		w.tick()
		third := w.show(0, 2)
		if third.State != consent.Final || len(third.Terms) != 1 || !third.Terms[0].Begins.Equal(v.Terms[1].Ends) || third.Terms[0].Seat != v.Terms[1].Seat {
			t.Fatalf("the second: %+v", third)
		}
	})
}

func sorted(in ...int) []int { return slices.Sorted(slices.Values(in)) }

// stewards returns who holds the role now.
func (w world) stewards() (out []int) {
	w.Helper()
	v, err := w.Roles.Show(w.Context(), w.Who[0], "stewards")
	if err != nil {
		w.Fatal(err)
	}
	for _, t := range v.Terms {
		if t.Holds(w.Clock.Now()) {
			out = append(out, w.Place(t.Member))
		}
	}
	return sorted(out...)
}

// TestRefusalIsFree: who says "not me" is out at once, before names are written, before they are read, while others speak of them, and after
// they were asked; nobody is made to take a role, and what others were about to say is forgotten.
func TestRefusalIsFree(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 6)
		decline := func(i int) {
			t.Helper()
			for range 2 {
				if err := w.Consent.Decline(t.Context(), w.Who[i], 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		decline(5)
		if v := w.show(0, 1); !slices.Contains(v.Out, w.Who[5].Member.ID) || slices.Contains(v.May, w.Who[5].Member.ID) {
			t.Fatalf("before: %+v", v)
		}
		w.WantKind("naming who has refused", w.write(1, 0, 5), fault.Invalid)
		w.names(1, 1, 2, 1, 1, 2, 3)
		decline(1) // though nobody can have told them
		w.end(1)
		w.names(1, 3, -1, 4)
		w.end(1)
		if got := w.proposed(1); !slices.Equal(sorted(got...), []int{2, 3}) { // 2 by two, 3 by two, 4 by one, and 1 is out
			t.Fatalf("proposed are %v: %+v", got, w.show(0, 1).Nominees)
		}
		w.agree(1, 0, 1, 4)
		decline(2)
		if v := w.show(0, 1); v.State != consent.Asking || len(w.proposed(1)) != 1 || w.count("SELECT COUNT(*) FROM selection_answers") != 3 {
			t.Fatalf("while others speak: %+v", v)
		}
		w.end(1)
		decline(3)
		w.tick()
		if v := w.show(0, 1); v.State != consent.Asking || v.Round != 2 || !slices.Equal(w.proposed(1), []int{4}) {
			t.Fatalf("after being asked: %+v", v)
		}
		w.agree(1, 0, 1, 2)
		w.end(1)
		w.accept(1, 4)
		w.tick()
		if v := w.show(0, 1); v.State != consent.Final || !slices.Equal(w.stewards(), []int{4}) {
			t.Fatalf("in the end %v are stewards: %+v", w.stewards(), v)
		}
		if got := w.hows(1); got[2] != consent.Refused || got[3] != consent.Refused || got[4] != consent.Agreed {
			t.Errorf("it ended so: %v", got)
		}
		if v := w.show(0, 2); v.State != consent.Naming || len(v.Seats) != 1 || len(v.Out) > 0 {
			t.Errorf("for the other place: %+v", v) // and who refused can be named again
		}
	})
}

// TestObjectionGoesToTheNext: one objection, with a reason, is enough; so are too many who stand aside. After three rounds the selection has chosen
// nobody, a lot follows, and after that everybody is asked again.
func TestObjectionGoesToTheNext(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		w.names(1, 1, 2, 1, 1, 2, 3, 4, 5)
		w.end(1)
		w.end(1)
		if got := w.proposed(1); !slices.Equal(got, []int{1, 2}) {
			t.Fatalf("proposed are %v", got)
		}
		w.WantKind("an objection without a reason", w.Consent.Answer(t.Context(), w.Who[0], 1, 1, consent.Object, " "), fault.Invalid)
		w.WantKind("a word that is no answer", w.Consent.Answer(t.Context(), w.Who[0], 1, 1, "no", "No."), fault.Invalid)
		w.WantKind("a name that is not proposed", w.Consent.Answer(t.Context(), w.Who[0], 1, 3, consent.Agree, ""), fault.NotFound)
		w.agree(1, 0, 3, 4, 5)
		w.answer(1, consent.Object, "They move away next week.", 6)
		w.answer(1, consent.StandAside, "", 5)
		v := w.end(1)
		if got := w.proposed(1); v.Round != 2 || len(got) != 2 || w.hows(1)[1] != consent.Objected || w.hows(1)[2] != consent.Objected {
			t.Fatalf("the second round has %v: %v", got, w.hows(1))
		}
		w.agree(1, 0, 1)
		w.answer(1, consent.StandAside, "", 2, 7) // two of four: more than a third
		v = w.end(1)
		if got := w.proposed(1); v.Round != 3 || len(got) != 1 || v.State != consent.Asking {
			t.Fatalf("the third round has %v: %v", got, w.hows(1))
		}
		w.agree(1, 0, 1, 2, 3)
		w.answer(1, consent.Object, "They do not want to.", 6)
		v = w.end(1)
		if v.State != consent.Nobody || v.Why != consent.NobodyAgreed || len(v.Terms) > 0 {
			t.Fatalf("after three rounds: %+v", v)
		}
		w.wantLot()
	})
}

// wantLot goes on after a selection that chose nobody: everybody is asked, somebody is drawn for half a term, and where nobody is a selection
// opens again.
func (w world) wantLot() {
	w.Helper()
	asked, err := w.Draws.Asked(w.Context(), w.Who[7])
	if err != nil || len(asked) != 1 || asked[0].Key != "stewards" || asked[0].Draw.Seats != 2 {
		w.Fatalf("no lot follows: %+v, %v", asked, err)
	}
	if err := w.Draws.Say(w.Context(), w.Who[7], asked[0].Number, draw.Yes); err != nil {
		w.Fatal(err)
	}
	w.goTo(asked[0].Closes)
	w.goTo(w.Role("stewards").Draw.At)
	w.goTo(w.Role("stewards").Draw.Starts)
	if got := w.stewards(); !slices.Equal(got, []int{7}) {
		w.Fatalf("the lot gave it to %v", got)
	}
	if v := w.show(0, 2); v.State != consent.Naming || len(v.Seats) != 1 {
		w.Errorf("the place that is left: %+v", v)
	}
}

// TestNobodyNamed: with more time, once, and then a lot.
func TestNobodyNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8)
		first := w.show(0, 1).Until
		v := w.end(1)
		if v.State != consent.Naming || !v.Extended || !v.Until.Equal(first.AddDate(0, 0, 2)) {
			t.Fatalf("nobody wrote a name: %+v", v)
		}
		if v = w.end(1); v.State != consent.Nobody || v.Why != consent.NobodyNamed {
			t.Fatalf("and nobody did later: %+v", v)
		}
		w.wantLot()
	})
}

// TestTooFewTookPart: a round in which fewer than the quorum speak, whoever is proposed among them, has more time once and then chooses nobody.
// Who says nothing has not agreed.
func TestTooFewTookPart(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 8) // four must speak
		w.names(1, 1, 1)
		if v := w.end(1); v.State != consent.Naming || !v.Extended {
			t.Fatalf("two names: %+v", v)
		}
		if v := w.end(1); v.State != consent.Changing || v.Extended {
			t.Fatalf("two names in the end: %+v", v)
		}
		w.end(1)
		w.agree(1, 0, 2)
		v := w.end(1)
		if v.State != consent.Asking || !v.Extended || len(v.Said) > 0 {
			t.Fatalf("three speak with the nominee: %+v", v)
		}
		w.agree(1, 3)
		if v = w.end(1); v.State != consent.Accepting || v.CountOf(1) != (consent.Count{Agree: 3}) {
			t.Fatalf("four speak: %+v", v)
		}
		v = w.end(1) // the nominee says nothing
		if v.State != consent.Nobody || w.hows(1)[1] != consent.Silent {
			t.Fatalf("silent: %+v", v)
		}

		w2 := newWorld(t, d, c, 8)
		w2.names(1, 1, 1, 2, 2)
		w2.end(1)
		w2.end(1)
		w2.agree(1, 0)
		w2.end(1)
		if v := w2.end(1); v.State != consent.Nobody || v.Why != consent.TooFew || w2.hows(1)[1] != consent.Few {
			t.Fatalf("one speaks: %+v", v)
		}
	})
}

// TestThreePeople: with two of three a crew can choose, and when limits leave too few they give way, for half a term, and it is written down.
func TestThreePeople(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 3)
		if v := w.show(0, 1); v.Quorum != 2 || len(v.Relaxed) > 0 {
			t.Fatalf("opened: %+v", v)
		}
		w.names(1, 0, 1)
		w.end(1)
		w.end(1)
		w.agree(1, 0, 1)
		w.end(1)
		w.accept(1, 0, 1)
		w.tick()
		if got := w.stewards(); !slices.Equal(got, []int{0, 1}) {
			t.Fatalf("stewards are %v: %+v", got, w.show(0, 1))
		}
		// Both terms end. The third takes one place; the other goes to somebody for whom the pause gives way.
		w.goTo(w.Clock.Now().AddDate(0, 0, 60))
		v := w.show(0, 2)
		for number := 2; v.State == consent.Nobody || len(v.Seats) < 2; number++ {
			if number > 12 {
				t.Fatalf("there is no selection for both: %+v", v)
			}
			if v.State.IsOpen() {
				v = w.end(number)
				number--
				continue
			}
			w.goTo(w.Clock.Now().Add(20 * day))
			v = w.show(0, number)
		}
		if !slices.Contains(v.Relaxed, role.Cooling) || len(v.May) != 3 {
			t.Fatalf("limits: %v, %v can be named, and not %+v", v.Relaxed, v.May, v.Outside)
		}
		n := v.Number
		w.names(n, 0, 2, 2)
		w.end(n)
		w.end(n)
		w.agree(n, 0, 1, 2)
		w.end(n)
		w.accept(n, 0, 2)
		w.tick()
		v = w.show(0, n)
		if len(v.Terms) != 2 || v.Terms[0].Ends.Sub(v.Terms[0].Begins).Round(day) != 45*day {
			t.Fatalf("terms: %+v", v.Terms)
		}
	})
}

// TestLeaving: what somebody wrote goes with them until it has been read, and their name counts for nobody any more.
func TestLeaving(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 7)
		leave := func(i int) {
			t.Helper()
			if _, err := w.Members.Leave(t.Context(), w.Who[i], false); err != nil {
				t.Fatal(err)
			}
		}
		w.names(1, 1, 2, 1, 1, 2, 1, 3)
		leave(6)
		if n := w.count("SELECT COUNT(*) FROM selection_papers"); n != 6 {
			t.Errorf("%d papers are left", n)
		}
		w.end(1)
		leave(5) // who named the first of them, as everybody has read
		w.end(1)
		v := w.show(0, 1)
		if got := w.proposed(1); !slices.Equal(got, []int{1, 2}) || v.Nominees[0].Named != 3 || v.Nominees[0].First != 3 {
			t.Fatalf("proposed are %v: %+v", got, v.Nominees)
		}
		w.agree(1, 0, 3, 4)
		leave(3)
		if n := w.count("SELECT COUNT(*) FROM selection_answers"); n != 4 {
			t.Errorf("%d answers are left", n)
		}
		leave(2)
		v = w.end(1)
		if v.State != consent.Asking || !v.Extended { // four of seven have to speak
			t.Fatalf("two have left: %+v", v)
		}
		v = w.end(1)
		if v.State != consent.Nobody || w.hows(1)[2] != consent.HasLeft || w.hows(1)[1] != consent.Few {
			t.Errorf("in the end: %+v", v)
		}
	})
}

// TestArchivedInTheMiddle: with the group every selection ends, and what nobody has read is gone.
func TestArchivedInTheMiddle(t *testing.T) {
	for name, steps := range map[string]int{"naming": 0, "changing": 1, "asking": 2, "accepting": 3} {
		t.Run(name, func(t *testing.T) {
			dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
				w := newWorld(t, d, c, 6)
				w.names(1, 1, 1, 1, 1)
				for i := range steps {
					w.end(1)
					switch i {
					case 0:
						w.names(1, -1, 2)
					case 1:
						w.agree(1, 0, 3, 4)
					}
				}
				before := w.show(0, 1)
				if string(before.State) != name {
					t.Fatalf("it is %s", before.State)
				}
				w.Write(func(tx *db.Tx) error { return w.Revivals.Archive(tx, w.Group, "revival/1") })
				v := w.show(0, 1)
				if v.State != consent.Nobody || v.Why != consent.Archived || len(v.Terms) > 0 || len(v.Papers) != len(before.Papers) || len(v.Said) != len(before.Said) {
					t.Errorf("archived: %+v", v)
				}
				if n := w.count("SELECT COUNT(*) FROM selection_papers"); n != len(before.Papers) {
					t.Errorf("%d papers are left", n)
				}
				w.WantKind("in an archived group", w.write(1, 0, 1), fault.Conflict)
				w.goTo(c.Now().AddDate(0, 0, 30))
				if n := w.count("SELECT COUNT(*) FROM selections"); n != 1 {
					t.Errorf("%d selections", n)
				}
			})
		})
	}
}

// TestCatchUp: after a time in which nothing ran, members get the time that was lost, each step once; what was due does not pile up.
func TestCatchUp(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 6)
		w.names(1, 1, 1, 1, 1)
		w.goTo(c.Now().AddDate(0, 0, 40))
		v := w.show(0, 1)
		if v.State != consent.Naming || !v.Extended || v.Until.Sub(c.Now()) < 2*day {
			t.Fatalf("after 40 days: %+v", v)
		}
		w.end(1)
		w.goTo(w.show(0, 1).Until.Add(30 * time.Minute)) // a little late: the evening stays
		v = w.show(0, 1)
		if v.State != consent.Asking || v.Until.Sub(c.Now()) != 2*day-30*time.Minute {
			t.Fatalf("half an hour late: %+v", v)
		}
		w.agree(1, 0, 3, 4)
		w.end(1)
		w.goTo(w.show(0, 1).Until.AddDate(0, 0, 9))
		if v = w.show(0, 1); v.State != consent.Accepting || !v.Extended {
			t.Fatalf("nobody could say yes: %+v", v)
		}
		w.accept(1, 1)
		w.tick()
		if got := w.stewards(); !slices.Equal(got, []int{1}) {
			t.Errorf("stewards are %v", got)
		}
	})
}

// TestNewcomersDoNotTakePart: who joins when a selection is under way takes no part in it and cannot be named, so that nobody packs it.
func TestNewcomersDoNotTakePart(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newWorld(t, d, c, 5)
		c.Advance(time.Minute)
		w.Who = append(w.Who, w.Join("Late"))
		w.WantKind("a newcomer's name", w.write(1, 5, 1), fault.Denied)
		w.WantKind("naming a newcomer", w.write(1, 1, 5), fault.Invalid)
		w.WantKind("naming nobody", w.Consent.Write(t.Context(), w.Who[1], 1, 0, "Why not."), fault.Invalid)
		w.WantKind("no reason", w.Consent.Write(t.Context(), w.Who[1], 1, w.Who[2].Member.ID, ""), fault.Invalid)
		if v := w.show(5, 1); v.OnRoll || v.Waits() != "" || slices.Contains(v.May, w.Who[5].Member.ID) {
			t.Errorf("the newcomer sees %+v", v)
		}
		w.names(1, 1, 1, 1)
		w.end(1)
		w.end(1)
		w.WantKind("a newcomer's answer", w.Consent.Answer(t.Context(), w.Who[5], 1, 1, consent.Agree, ""), fault.Denied)
		if _, err := w.Consent.Show(t.Context(), w.Who[0], 9); fault.KindOf(err) != fault.NotFound {
			t.Errorf("one that is not there: %v", err)
		}
	})
}
