package agenda

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/procedure"
	"folkmoot/internal/sortition"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)

// secret is the nth of the secrets that tests draw with.
func secret(n int) []byte {
	h := sha256.Sum256(fmt.Appendf(nil, "agenda %d", n))
	return h[:]
}

func plan(n, stop int) Plan {
	return Plan{Meeting: "agenda-riverside-12", Secret: secret(n), Stop: stop}
}

// proposal returns a new proposal of 15 minutes.
func proposal(id int64, supporters int) Item {
	return Item{ID: id, Kind: Proposal, Minutes: 15, Supporters: supporters, Since: start.Add(time.Duration(id) * time.Hour)}
}

// urgent returns a new proposal that cannot wait.
func urgent(id int64) Item {
	i := proposal(id, 1)
	i.Urgent = true
	return i
}

func order(t testing.TB, p Plan, items []Item) Agenda {
	t.Helper()
	a, err := Order(p, items)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lines writes an agenda as golden cases have it.
func lines(a Agenda) (out []string) {
	for _, e := range a.Entries {
		l := fmt.Sprintf("%d. %d %s %d %s at %d", e.Place, e.ID, e.Kind, e.Class(), e.Why, e.Starts)
		if !e.Fits {
			l += ", too long"
		}
		out = append(out, l)
	}
	return out
}

// everyKind is an item of each kind, and two proposals of each class, last first.
func everyKind() (items []Item) {
	for i, k := range slices.Backward(Kinds()) {
		items = append(items, Item{ID: int64(i + 1), Kind: k, Minutes: 5, Since: start})
	}
	return append(items,
		Item{ID: 21, Kind: Proposal, Minutes: 10, Carried: true, Since: start.AddDate(0, -1, 0)},
		Item{ID: 20, Kind: Proposal, Minutes: 10, Carried: true, Since: start.AddDate(0, -2, 0)},
		Item{ID: 22, Kind: Proposal, Minutes: 10, Since: start.AddDate(0, -3, 0)},
		Item{ID: 23, Kind: Emergency, Minutes: 5, Since: start.AddDate(0, 0, -1)},
	)
}

func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		name   string
		plan   Plan
		items  []Item
		want   []string
		budget Budget
	}{
		{"nothing", plan(1, 120), nil, nil, Budget{Opening: 10, Closing: 10, Stop: 120}},
		{"every kind", plan(1, 180), everyKind(), []string{
			"1. 23 emergency 1 safety_first at 10", "2. 1 emergency 1 safety_first at 16", "3. 2 business 1 asked_for at 21",
			"4. 3 recall 2 power_early at 27", "5. 4 vacancy 2 power_early at 32", "6. 5 election 2 power_early at 38",
			"7. 6 assessment 3 look_back at 43", "8. 7 report 3 look_back at 49", "9. 8 interim 4 to_ratify at 54",
			"10. 20 proposal 6 waited at 65", "11. 21 proposal 6 waited at 76", "12. 9 proposal 7 by_lot at 87", "13. 22 proposal 7 by_lot at 92",
			"14. 10 discussion 8 to_talk at 103", "15. 11 notice 9 to_tell at 109",
		}, Budget{Items: 90, Procedure: 9, Opening: 10, Closing: 10, Breaks: 5, Stop: 180}},
		{"two hours are five proposals of a quarter", plan(1, 120), []Item{proposal(1, 2), proposal(2, 2), proposal(3, 2), proposal(4, 2), proposal(5, 2)}, []string{
			"1. 2 proposal 7 by_lot at 10", "2. 4 proposal 7 by_lot at 27", "3. 1 proposal 7 by_lot at 43", "4. 3 proposal 7 by_lot at 65", "5. 5 proposal 7 by_lot at 81",
		}, Budget{Items: 75, Procedure: 8, Opening: 10, Closing: 10, Breaks: 5, Stop: 120}},
		{"six do not fit", plan(1, 120), []Item{proposal(1, 2), proposal(2, 9), proposal(3, 2), proposal(4, 2), proposal(5, 5), proposal(6, 2)}, []string{
			"1. 2 proposal 7 most_supported at 10", "2. 6 proposal 7 by_lot_between at 27", "3. 5 proposal 7 most_supported at 43",
			"4. 3 proposal 7 by_lot_between at 65", "5. 1 proposal 7 most_supported at 81", "6. 4 proposal 7 by_lot_between at 98, too long",
		}, Budget{Items: 90, Procedure: 9, Opening: 10, Closing: 10, Breaks: 5, Stop: 120}},
		{"what comes before takes their time", plan(1, 60), []Item{proposal(1, 2), proposal(2, 3), {ID: 9, Kind: Recall, Minutes: 20}}, []string{
			"1. 9 recall 2 power_early at 10", "2. 2 proposal 7 most_supported at 32", "3. 1 proposal 7 by_lot_between at 49, too long",
		}, Budget{Items: 50, Procedure: 5, Opening: 10, Closing: 10, Breaks: 5, Stop: 60}},
		{"what comes after does not", plan(1, 60), []Item{proposal(1, 2), proposal(2, 3), {ID: 9, Kind: Discussion, Minutes: 20}}, []string{
			"1. 1 proposal 7 by_lot at 10", "2. 2 proposal 7 by_lot at 27", "3. 9 discussion 8 to_talk at 43, too long",
		}, Budget{Items: 50, Procedure: 5, Opening: 10, Closing: 10, Breaks: 5, Stop: 60}},
		{"what cannot wait is before what waited and before the lot", plan(1, 60), []Item{
			proposal(1, 2), proposal(2, 9), urgent(4), {ID: 8, Kind: Proposal, Minutes: 5, Carried: true, Since: start.AddDate(0, -1, 0)}, urgent(3), {ID: 9, Kind: Recall, Minutes: 5},
		}, []string{
			"1. 9 recall 2 power_early at 10", "2. 3 proposal 5 cannot_wait at 16", "3. 4 proposal 5 cannot_wait at 32", "4. 8 proposal 6 waited at 49, too long",
			"5. 2 proposal 7 most_supported at 54, too long", "6. 1 proposal 7 by_lot_between at 76, too long",
		}, Budget{Items: 70, Procedure: 7, Opening: 10, Closing: 10, Breaks: 5, Stop: 60}},
		{"one new proposal", plan(1, 60), []Item{proposal(4, 2)}, []string{"1. 4 proposal 7 only_new at 10"}, Budget{Items: 15, Procedure: 2, Opening: 10, Closing: 10, Stop: 60}},
		{"before notice", Plan{Stop: 60}, []Item{proposal(2, 2), proposal(1, 9)}, []string{"1. 1 proposal 7 not_drawn at 10", "2. 2 proposal 7 not_drawn at 27"},
			Budget{Items: 30, Procedure: 3, Opening: 10, Closing: 10, Stop: 60}},
	} {
		a := order(t, tt.plan, tt.items)
		if diff := cmp.Diff(tt.want, lines(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if a.Budget != tt.budget {
			t.Errorf("%s: the budget is %+v, want %+v", tt.name, a.Budget, tt.budget)
		}
	}
}

// TestBudget: a tenth for procedure, rounded up, and a break after each full hour after which the meeting goes on; at the hard stop it still fits.
func TestBudget(t *testing.T) {
	for _, tt := range []struct{ items, procedure, breaks, total, stop, over int }{
		{0, 0, 0, 20, 20, 0}, {36, 4, 0, 60, 60, 0}, {37, 4, 5, 66, 65, 1}, {90, 9, 5, 124, 120, 4}, {91, 10, 10, 131, 131, 0}, {75, 8, 5, 108, 120, 0},
	} {
		b := budget(tt.items, tt.stop)
		if b.Procedure != tt.procedure || b.Breaks != tt.breaks || b.Total() != tt.total || b.Over() != tt.over {
			t.Errorf("%d minutes of items: %+v, in all %d, over by %d; want %+v", tt.items, b, b.Total(), b.Over(), tt)
		}
	}
}

func TestOrderRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		plan  Plan
		items []Item
		want  error
	}{
		"no such kind":          {plan(1, 60), []Item{{ID: 1, Kind: "dance"}}, ErrAgenda},
		"twice":                 {plan(1, 60), []Item{proposal(1, 1), proposal(1, 2)}, ErrAgenda},
		"a number below 0":      {plan(1, 60), []Item{proposal(-1, 1)}, ErrAgenda},
		"minutes below 0":       {plan(1, 60), []Item{{ID: 1, Kind: Notice, Minutes: -1}}, ErrAgenda},
		"longer than a day":     {plan(1, 60), []Item{{ID: 1, Kind: Notice, Minutes: 1441}}, ErrAgenda},
		"no end":                {plan(1, 0), nil, ErrAgenda},
		"a short secret":        {Plan{Meeting: "agenda-1", Secret: []byte("x"), Stop: 60}, []Item{proposal(1, 1), proposal(2, 1)}, sortition.ErrDraw},
		"a lot without a name":  {Plan{Secret: secret(1), Stop: 60}, []Item{proposal(1, 1), proposal(2, 1)}, sortition.ErrDraw},
		"a name with a newline": {Plan{Meeting: "a\nb", Secret: secret(1), Stop: 60}, []Item{proposal(1, 1), proposal(2, 1)}, sortition.ErrDraw},
	} {
		if _, err := Order(tt.plan, tt.items); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLotCanBeRepeated: the record of the lot, as it is published, holds; it is of the secret that was committed to when the meeting was
// planned; and another order, secret or proposal in it is found out.
func TestLotCanBeRepeated(t *testing.T) {
	p := plan(7, 60)
	a := order(t, p, []Item{proposal(3, 1), proposal(8, 4), proposal(5, 2), proposal(6, 2)})
	if a.Lot == nil || a.Lot.Commit != Commitment(p.Secret) {
		t.Fatalf("the lot is %+v", a.Lot)
	}
	var b bytes.Buffer
	if err := (sortition.Record{Draw: a.Lot}).Write(&b); err != nil {
		t.Fatal(err)
	}
	check := func(text string) bool {
		r, err := sortition.ReadRecord(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return sortition.Holds(r.Check())
	}
	if !check(b.String()) {
		t.Errorf("the record does not hold:\n%s", &b)
	}
	for _, spoil := range [][2]string{{`"id": 8`, `"id": 9`}, {a.Lot.Secret, fmt.Sprintf("%x", secret(8))}, {"riverside-12", "riverside-13"}} {
		if text := strings.Replace(b.String(), spoil[0], spoil[1], 1); text == b.String() || check(text) {
			t.Errorf("with %s for %s it holds", spoil[1], spoil[0])
		}
	}
	if none := order(t, p, []Item{proposal(3, 1)}); none.Lot != nil {
		t.Errorf("one proposal is drawn: %+v", none.Lot)
	}
}

// chi returns how far counts are from all being as likely.
func chi(counts map[string]int, cells, draws int) (x float64) {
	want := float64(draws) / float64(cells)
	for _, n := range counts {
		x += (float64(n) - want) * (float64(n) - want) / want
	}
	return x + want*float64(cells-len(counts))
}

// TestLotIsFair draws many times, with secrets that are the same every time. Chi-square is above the limits once in a thousand times: 20.52
// with five degrees of freedom, 13.82 with two. Support weighs nothing where all fit; where they do not, it has the first place and the lot
// the second.
func TestLotIsFair(t *testing.T) {
	const draws = 12_000
	items := []Item{proposal(1, 9), proposal(2, 3), proposal(3, 1)}
	more := append(slices.Clone(items), proposal(4, 20))
	orders, seconds := map[string]int{}, map[string]int{}
	for i := range draws {
		a := order(t, plan(i, 120), items)
		orders[fmt.Sprint(a.Entries[0].ID, a.Entries[1].ID, a.Entries[2].ID)]++
		b := order(t, plan(i, 45), more)
		if b.Entries[0].ID != 4 {
			t.Fatalf("the most supported is not first: %v", lines(b))
		}
		seconds[fmt.Sprint(b.Entries[1].ID)]++
	}
	if x := chi(orders, 6, draws); x > 20.52 {
		t.Errorf("orders: chi-square is %.2f of %v", x, orders)
	}
	if x := chi(seconds, 3, draws); x > 13.82 {
		t.Errorf("second places: chi-square is %.2f of %v", x, seconds)
	}
}

func anyItems(t *rapid.T) (items []Item) {
	for i, id := range rapid.SliceOfNDistinct(rapid.Int64Range(0, 99), 0, 14, rapid.ID).Draw(t, "ids") {
		items = append(items, Item{
			ID: id, Kind: rapid.SampledFrom(append(Kinds(), Proposal, Proposal, Proposal, Proposal)).Draw(t, "kind"),
			Minutes: rapid.IntRange(0, 25).Draw(t, "minutes"), Carried: rapid.Bool().Draw(t, "carried"), Urgent: rapid.Bool().Draw(t, "urgent"),
			Supporters: rapid.IntRange(1, 4).Draw(t, "supporters"), Since: start.AddDate(0, 0, -rapid.IntRange(0, 4).Draw(t, fmt.Sprint("since", i))),
		})
	}
	return items
}

// TestOrderProperties: every item is on the agenda once; the order in which they are known changes nothing; classes are never mixed; in every
// class but that of new proposals older ones of a kind come first; of new proposals every other place is the most supported of those left if
// not all fit, and else it is the order of the lot; what does not fit is at the end; and the times are those of the budget.
func TestOrderProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := anyItems(t)
		p := plan(rapid.IntRange(0, 1000).Draw(t, "secret"), rapid.IntRange(30, 240).Draw(t, "stop"))
		if rapid.IntRange(0, 4).Draw(t, "drawn") == 0 {
			p.Secret = nil
		}
		a, err := Order(p, items)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Order(p, rapid.Permutation(items).Draw(t, "known as"))
		if err != nil || !cmp.Equal(a, again) {
			t.Fatalf("known in another order: %v and %v, %v", lines(a), lines(again), err)
		}
		if len(a.Entries) != len(items) {
			t.Fatalf("%d items make %d entries", len(items), len(a.Entries))
		}
		seen := map[int64]bool{}
		var fresh []Entry
		total, fits := 0, true
		for i, e := range a.Entries {
			if seen[e.ID] || !slices.Contains(items, e.Item) || e.Place != i+1 || !slices.Contains(Reasons(), e.Why) {
				t.Fatalf("entry %+v", e)
			}
			seen[e.ID] = true
			total += e.Minutes
			if e.Fits && !fits || e.Fits != (budget(total, p.Stop).Total() <= p.Stop) {
				t.Fatalf("%v: what fits", lines(a))
			}
			fits = e.Fits
			if e.Class() == NewProposals {
				fresh = append(fresh, e)
			}
			if i == 0 {
				continue
			}
			before := a.Entries[i-1]
			if before.Class() > e.Class() || before.Starts+before.Minutes > e.Starts {
				t.Fatalf("%v: place %d", lines(a), e.Place)
			}
			if before.Kind == e.Kind && before.Class() == e.Class() && e.Class() != NewProposals && before.Since.After(e.Since) {
				t.Fatalf("%v: the older comes later", lines(a))
			}
		}
		if a.Budget.Items != total || (a.Budget.Over() > 0) != (len(items) > 0 && !fits || len(items) == 0 && a.Budget.Total() > p.Stop) {
			t.Fatalf("the budget is %+v", a.Budget)
		}
		if drawn := p.Secret != nil && len(fresh) > 1; drawn != (a.Lot != nil) {
			t.Fatalf("the lot is %+v", a.Lot)
		}
		if a.Lot != nil {
			inLot(t, a, fresh)
		}
	})
}

// inLot checks new proposals against the lot.
func inLot(t *rapid.T, a Agenda, fresh []Entry) {
	lot := slices.Clone(a.Lot.Order)
	all := fresh[0].Why == ByLot
	if all != fresh[len(fresh)-1].Fits {
		t.Fatalf("%v: whether all fit", lines(a))
	}
	for i, e := range fresh {
		at := slices.Index(lot, e.ID)
		switch {
		case all && (e.Why != ByLot || at != 0), !all && i%2 == 1 && (e.Why != ByLotBetween || at != 0):
			t.Fatalf("%v: place %d is not as drawn: %v", lines(a), e.Place, lot)
		case !all && i%2 == 0:
			for _, o := range fresh[i+1:] {
				if e.Why != MostSupported || o.Supporters > e.Supporters || o.Supporters == e.Supporters && slices.Index(lot, o.ID) < at {
					t.Fatalf("%v: %d is not the most supported", lines(a), e.ID)
				}
			}
		}
		lot = slices.Delete(lot, at, at+1)
	}
}

func TestDelays(t *testing.T) {
	r, p, e := Item{ID: 1, Kind: Recall}, Item{ID: 2, Kind: Proposal}, Item{ID: 3, Kind: Election}
	for _, tt := range []struct {
		name         string
		was, becomes []Item
		want         bool
	}{
		{"as it was", []Item{r, p, e}, []Item{r, p, e}, false},
		{"an election earlier", []Item{r, p, e}, []Item{r, e, p}, false},
		{"a recall later", []Item{r, p, e}, []Item{p, r, e}, true},
		{"the recall gives way to the election", []Item{r, e}, []Item{e, r}, true},
		{"others change places", []Item{r, p, {ID: 4, Kind: Proposal}}, []Item{r, {ID: 4, Kind: Proposal}, p}, false},
	} {
		if got := Delays(tt.was, tt.becomes); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestQuestions(t *testing.T) {
	vote, parts := procedure.Pending{ID: 1, Kind: procedure.VoteNow}, procedure.Pending{ID: 2, Kind: procedure.ByClause}
	for _, tt := range []struct {
		name    string
		pending []procedure.Pending
		p       Proposed
		want    []Question
	}{
		{"nothing", nil, Proposed{}, nil},
		{"a discussion with a move", []procedure.Pending{vote}, Proposed{}, []Question{{Move: vote}}},
		{"a proposal", nil, Proposed{Clauses: 3}, []Question{{Whole: true}}},
		{"moves first, the higher before the lower", []procedure.Pending{parts, vote}, Proposed{Clauses: 2}, []Question{{Move: vote}, {Move: parts}, {Whole: true}}},
		{"clause by clause, then as a whole", nil, Proposed{Clauses: 2, ByClause: true}, []Question{{Clause: 1}, {Clause: 2}, {Whole: true}}},
	} {
		if diff := cmp.Diff(tt.want, Questions(tt.pending, tt.p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestWords: every class, reason and budget is said in every language, in sentences of at most 20 words.
func TestWords(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := []lang.Msg{budget(30, 60).Say(), budget(90, 60).Say(), lang.M("agenda.no_time")}
	for n := Urgent; n <= Information; n++ {
		all = append(all, n.Name())
	}
	for _, r := range Reasons() {
		all = append(all, r.Say())
	}
	for _, tag := range c.Tags() {
		for _, m := range all {
			said := c.Voice(tag).Say(m)
			if said == m.ID || strings.Contains(said, "<no value>") {
				t.Errorf("%s: %s says %q", tag, m.ID, said)
			}
			for _, s := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
				if len(strings.Fields(s)) > 20 {
					t.Errorf("%s: %s is long: %s", tag, m.ID, said)
				}
			}
		}
	}
}
