package sortition

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"math/big"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/published"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"
)

// chance is a fraction or a decimal.
type chance float64

func (c *chance) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) != nil {
		s = string(text)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return os.ErrInvalid
	}
	f, _ := r.Float64()
	*c = chance(f)
	return nil
}

// panelCase is a file of the folder sortition.
type panelCase struct {
	ID        string
	Size      int `json:"panel_size"`
	Quotas    []Quota
	People    map[string]map[string]string
	Address   map[string]string
	Published *struct {
		Infeasible bool
		Maximin    *chance
		Minimum    *chance `json:"leximin_minimum"`
		Marginals  map[string]chance
	}
	Leximin *struct {
		Min         chance
		Probability map[string]chance
	}
}

func (c panelCase) panels() (p Panels, names []string) {
	p = Panels{Size: c.Size, Quotas: c.Quotas}
	names = slices.Sorted(maps.Keys(c.People))
	for i, name := range names {
		p.People = append(p.People, Person{int64(i), c.People[name], c.Address[name]})
	}
	return p, names
}

// TestPublishedPanels compares chances with those that were published or computed elsewhere.
func TestPublishedPanels(t *testing.T) {
	all, figures := published.Files(t, "sortition/*.json"), 0
	right := published.Agree(t, all, filepath.Base, func(t *testing.T, file string) {
		var c panelCase
		published.JSON(t, file, &c)
		figures += c.agrees(t)
	})
	t.Logf("sortition: %d of %d cases as published or computed elsewhere, %d chances", right, len(all), figures)
}

// agrees compares the case with what its file says, and returns how many chances it has compared.
func (c panelCase) agrees(t *testing.T) (figures int) {
	p, names := c.panels()
	d, err := p.Leximin(t.Context(), DefaultTickets, nil)
	if c.Published != nil && c.Published.Infeasible {
		if _, is := errors.AsType[*Infeasible](err); !is {
			t.Errorf("%v, want that no panel meets the quotas", err)
		}
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	same := func(what string, got float64, want chance) {
		figures++
		if math.Abs(got-float64(want)) > 1e-6 {
			t.Errorf("%s is %.9f, want %.9f", what, got, float64(want))
		}
	}
	all := map[string]chance{}
	lowest := []*chance{}
	if c.Published != nil {
		maps.Copy(all, c.Published.Marginals)
		lowest = append(lowest, c.Published.Maximin, c.Published.Minimum)
	}
	if c.Leximin != nil {
		maps.Copy(all, c.Leximin.Probability)
		lowest = append(lowest, &c.Leximin.Min)
	}
	least := 1.0
	for i, name := range names {
		if want, known := all[name]; known {
			same("the chance of "+name, d.Chance[i], want)
		}
		if !slices.Contains(d.Never, int64(i)) {
			least = min(least, d.Chance[i])
		}
	}
	for _, want := range lowest {
		if want != nil {
			same("the lowest chance", least, *want)
		}
	}
	sound(t, p, d)
	return figures
}

// sound checks what must be true of every distribution: its panels meet the quotas, and its tickets the chances.
func sound(t interface{ Errorf(string, ...any) }, p Panels, d Distribution) {
	held := map[int64]int64{}
	people := map[int64]Person{}
	for _, person := range p.People {
		people[person.ID] = person
	}
	total := int64(0)
	for _, panel := range d.Panels {
		counts, homes := map[[2]string]int{}, map[string]bool{}
		for _, id := range panel.Members {
			held[id] += panel.Tickets
			for feature, value := range people[id].Features {
				counts[[2]string{feature, value}]++
			}
			if home := people[id].Address; home != "" && homes[home] {
				t.Errorf("two of %s are on a panel", home)
			} else {
				homes[home] = true
			}
		}
		if total += panel.Tickets; panel.Tickets <= 0 || len(slices.Compact(slices.Sorted(slices.Values(panel.Members)))) != p.Size {
			t.Errorf("a panel of %v with %d tickets", panel.Members, panel.Tickets)
		}
		for _, q := range p.Quotas {
			if n := counts[[2]string{q.Feature, q.Value}]; n < q.Min || n > q.Max {
				t.Errorf("a panel has %d of %v", n, q)
			}
		}
	}
	if total != d.Total {
		t.Errorf("%d tickets, want %d", total, d.Total)
	}
	off := float64(min(len(d.Panels), 100)+2) / float64(d.Total)
	for i, person := range p.People {
		if got := float64(held[person.ID]) / float64(d.Total); math.Abs(got-d.Chance[i]) > off {
			t.Errorf("person %d is on %f of the tickets, with a chance of %f", person.ID, got, d.Chance[i])
		}
		if never := slices.Contains(d.Never, person.ID); never != (held[person.ID] == 0) {
			t.Errorf("person %d: never %v, and %d tickets", person.ID, never, held[person.ID])
		}
	}
}

// rapidPanels is a small pool with quotas that may or may not leave a panel.
func rapidPanels(t *rapid.T) Panels {
	n := rapid.IntRange(2, 8).Draw(t, "people")
	p := Panels{Size: rapid.IntRange(1, min(n, 4)).Draw(t, "size")}
	values := rapid.SampledFrom([]string{"a", "b", "c"})
	for i := range n {
		person := Person{ID: int64(i), Features: map[string]string{}}
		for _, f := range []string{"x", "y", "z"} {
			person.Features[f] = values.Draw(t, f)
		}
		if rapid.IntRange(0, 3).Draw(t, "shares") == 0 {
			person.Address = rapid.SampledFrom([]string{"1 Low Road", "2 Low Road"}).Draw(t, "address")
		}
		p.People = append(p.People, person)
	}
	for _, f := range []string{"x", "y", "z"} {
		for _, v := range []string{"a", "b"} {
			if rapid.Bool().Draw(t, "quota") {
				least := rapid.IntRange(0, 2).Draw(t, "min")
				p.Quotas = append(p.Quotas, Quota{f, v, least, least + rapid.IntRange(0, 2).Draw(t, "more")})
			}
		}
	}
	return p
}

// every lists all panels, as sets of bits, and relaxes quotas by so much where that is said.
func every(p Panels, relaxed func(miss int)) (all []int) {
	for set := range 1 << len(p.People) {
		if bits.OnesCount(uint(set)) != p.Size {
			continue
		}
		miss, homes := 0, map[string]bool{}
		shared := false
		for i, person := range p.People {
			if set>>i&1 == 1 && person.Address != "" {
				shared = shared || homes[person.Address]
				homes[person.Address] = true
			}
		}
		for _, q := range p.Quotas {
			n := 0
			for i, person := range p.People {
				if set>>i&1 == 1 && person.Features[q.Feature] == q.Value {
					n++
				}
			}
			miss += max(0, q.Min-n, n-q.Max)
		}
		if shared {
			continue
		}
		if relaxed != nil {
			relaxed(miss)
		}
		if miss == 0 {
			all = append(all, set)
		}
	}
	return all
}

// TestLeximinAgainstAllPanels compares chances with those over all panels, written out, by another solver.
func TestLeximinAgainstAllPanels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapidPanels(t)
		least := math.MaxInt
		all := every(p, func(miss int) { least = min(least, miss) })
		d, err := p.Leximin(t.Context(), 10_000, nil)
		if len(all) == 0 {
			e, is := errors.AsType[*Infeasible](err)
			if !is || !errors.Is(err, ErrDraw) {
				t.Fatalf("%v, and there is no panel", err)
			}
			sum := 0
			for _, c := range e.Changes {
				sum += c.Quota.Min - c.Min + c.Max - c.Quota.Max
			}
			if (least == math.MaxInt) != (e.Changes == nil) || e.Changes != nil && sum != least {
				t.Fatalf("changes by %d in all, %v; by %d would do", sum, e.Changes, least)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sound(t, p, d)
		for i, want := range slowLeximin(t, len(p.People), all) {
			if math.Abs(want-d.Chance[i]) > 1e-6 {
				t.Fatalf("person %d has the chance %.9f, want %.9f", i, d.Chance[i], want)
			}
		}
	})
}

// slowLeximin raises the lowest chance, and then asks of each person whether theirs can be above it.
func slowLeximin(t *rapid.T, people int, panels []int) []float64 {
	fixed := make([]float64, people)
	union := 0
	for _, set := range panels {
		union |= set
	}
	left := 0
	for i := range fixed {
		if union>>i&1 == 1 {
			fixed[i] = -1
			left++
		}
	}
	for left > 0 {
		low := simplexLowest(t, fixed, panels, -1, 0)
		some := false
		for i := range fixed {
			if fixed[i] < 0 && simplexLowest(t, fixed, panels, i, low) < low+1e-7 {
				fixed[i], some = low, true
				left--
			}
		}
		if !some {
			t.Fatal("the slow program fixes nobody")
		}
	}
	return fixed
}

// simplexLowest returns the highest lowest chance, or if somebody is named the highest chance of theirs while all others that are
// not fixed have the lowest.
func simplexLowest(t *rapid.T, fixed []float64, panels []int, who int, low float64) float64 {
	rows, cols := len(fixed)+1, len(panels)+1+len(fixed)
	a := mat.NewDense(rows, cols, nil)
	b, c := make([]float64, rows), make([]float64, cols)
	for j, set := range panels {
		a.Set(len(fixed), j, 1)
		for i := range fixed {
			a.Set(i, j, float64(set>>i&1))
		}
	}
	b[len(fixed)] = 1
	lowest := len(panels)
	c[lowest] = -1
	for i, f := range fixed {
		a.Set(i, lowest+1+i, -1)
		switch {
		case f >= 0:
			b[i] = max(0, f-1e-9)
		case who < 0 || who == i:
			a.Set(i, lowest, -1)
		default:
			b[i] = max(0, low-1e-9)
		}
	}
	best, _, err := lp.Simplex(c, a, b, 1e-11, nil)
	if err != nil {
		t.Fatal(err)
	}
	return -best
}

// TestSearchAgainstAllPanels compares the best panel for given values with the best of all.
func TestSearchAgainstAllPanels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapidPanels(t)
		g, kinds := p.program()
		value := make([]float64, len(kinds))
		of := make([]float64, len(p.People))
		for k := range value {
			value[k] = rapid.Float64Range(-2, 2).Draw(t, "value")
			for _, i := range kinds[k].people {
				of[i] = value[k]
			}
		}
		want := math.Inf(-1)
		for _, set := range every(p, nil) {
			sum := 0.0
			for i, v := range of {
				sum += v * float64(set>>i&1)
			}
			want = max(want, sum)
		}
		x, err := g.maximise(t.Context(), value, -100)
		if err != nil || (x == nil) != math.IsInf(want, -1) {
			t.Fatalf("%v, %v, want a panel worth %f", x, err, want)
		}
		got := 0.0
		for k, some := range x {
			got += value[k] * float64(some)
		}
		if x != nil && (!g.allows(x) || math.Abs(got-want) > 1e-9) {
			t.Fatalf("a panel worth %f, want %f", got, want)
		}
	})
}

// TestOrderOfPeopleChangesNoChance: neither the order of people nor that of quotas changes anybody's chance.
func TestOrderOfPeopleChangesNoChance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapidPanels(t)
		d, err := p.Leximin(t.Context(), 1000, nil)
		q := Panels{p.Size, rapid.Permutation(p.Quotas).Draw(t, "quotas"), rapid.Permutation(p.People).Draw(t, "people")}
		again, err2 := q.Leximin(t.Context(), 1000, nil)
		if (err == nil) != (err2 == nil) {
			t.Fatal(err, err2)
		}
		if err != nil {
			return
		}
		for i, person := range q.People {
			if math.Abs(again.Chance[i]-d.Chance[person.ID]) > 1e-6 {
				t.Fatalf("person %d has the chance %f, and %f in another order", person.ID, d.Chance[person.ID], again.Chance[i])
			}
		}
		if !slices.Equal(d.Never, again.Never) {
			t.Fatal(d.Never, again.Never)
		}
	})
}

func TestPanelRefusals(t *testing.T) {
	people := []Person{{ID: 1}, {ID: 2}}
	for name, p := range map[string]Panels{
		"nobody": {Size: 0, People: people}, "more than there are": {Size: 3, People: people}, "somebody twice": {Size: 1, People: []Person{{ID: 1}, {ID: 1}}},
		"a quota upside down": {Size: 1, People: people, Quotas: []Quota{{"x", "a", 2, 1}}},
		"a quota twice":       {Size: 1, People: people, Quotas: []Quota{{"x", "a", 0, 1}, {"x", "a", 0, 2}}},
	} {
		if _, err := p.Leximin(t.Context(), 1000, nil); !errors.Is(err, ErrDraw) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Panels{Size: 1, People: people}).Leximin(t.Context(), 0, nil); !errors.Is(err, ErrDraw) {
		t.Errorf("no tickets: %v", err)
	}
	home := Panels{Size: 2, People: []Person{{ID: 1, Address: "here"}, {ID: 2, Address: "here"}}}
	if _, err := home.Leximin(t.Context(), 1000, nil); err == nil || !strings.Contains(err.Error(), "share a home") {
		t.Errorf("one home: %v", err)
	}
}
