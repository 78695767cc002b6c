package tally

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainShares is a count by equal shares as the definition reads, voter by voter in fractions.
type plainShares struct {
	*drawn
	utility string
	voters  [][]*int32
	left    []*big.Rat
}

// newPlainShares gives every voter their share and so many steps more.
func newPlainShares(d *drawn, utility string, steps int64) *plainShares {
	p := &plainShares{drawn: d, utility: utility, voters: d.voters()}
	n := int64(len(p.voters))
	for range p.voters {
		share := big.NewRat(int64(d.Seats)+steps, n)
		if d.Budget > 0 {
			share = big.NewRat(d.Budget+n*steps*max(1, d.Unit), n)
		}
		p.left = append(p.left, share)
	}
	return p
}

// worth returns what the candidate is worth to the voter, or nil.
func (p *plainShares) worth(v, c int) *big.Rat {
	switch g := p.voters[v][c]; {
	case g == nil, p.utility == "points" && *g <= 0:
		return nil
	case p.utility == "points":
		return big.NewRat(int64(*g), 1)
	case p.utility == "cost" && p.Budget > 0:
		return big.NewRat(max(1, p.cost(c)), 1)
	}
	return big.NewRat(1, 1)
}

// pays returns the lesser of rho times the utility and what the voter has left.
func (p *plainShares) pays(rho *big.Rat, v, c int) *big.Rat {
	u := p.worth(v, c)
	if u == nil {
		return new(big.Rat)
	}
	if u.Mul(u, rho); u.Cmp(p.left[v]) > 0 {
		u.Set(p.left[v])
	}
	return u
}

func (p *plainShares) paid(rho *big.Rat, c int) *big.Rat {
	sum := new(big.Rat)
	for v := range p.voters {
		sum.Add(sum, p.pays(rho, v, c))
	}
	return sum
}

// rho returns the smallest rho with which the payments come to the cost, or nil. Between two bounds the same voters pay all they have.
func (p *plainShares) rho(c int) *big.Rat {
	bounds := []*big.Rat{new(big.Rat)}
	for v := range p.voters {
		if u := p.worth(v, c); u != nil {
			bounds = append(bounds, u.Quo(p.left[v], u))
		}
	}
	if len(bounds) > 1 && p.cost(c) == 0 {
		return new(big.Rat)
	}
	slices.SortFunc(bounds, func(a, b *big.Rat) int { return a.Cmp(b) })
	cost := big.NewRat(p.cost(c), 1)
	for i := 1; i < len(bounds); i++ {
		lo, hi := p.paid(bounds[i-1], c), p.paid(bounds[i], c)
		if hi.Cmp(cost) >= 0 {
			part := cost.Quo(cost.Sub(cost, lo), hi.Sub(hi, lo))
			part.Mul(part, new(big.Rat).Sub(bounds[i], bounds[i-1]))
			return part.Add(part, bounds[i-1])
		}
	}
	return nil
}

// count buys whoever has the smallest rho, as long as there is one, or up to so many as the election stops at.
func (p *plainShares) count() (bought []int) {
	for p.stops == 0 || len(bought) < p.stops {
		best, least := -1, (*big.Rat)(nil)
		for _, c := range p.Lots {
			if slices.Contains(bought, c) || slices.Contains(p.Withdrawn, c) {
				continue
			}
			if r := p.rho(c); r != nil && (least == nil || r.Cmp(least) < 0) {
				best, least = c, r
			}
		}
		if best < 0 {
			return bought
		}
		bought = append(bought, best)
		for v := range p.left {
			p.left[v] = new(big.Rat).Sub(p.left[v], p.pays(least, v, best))
		}
	}
	return bought
}

// TestEqualSharesByDefinition compares with the definition, in which nothing is grouped, skipped or shared.
func TestEqualSharesByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Bool().Draw(t, "budget"))
		for _, utility := range []string{"cost", "one", "points"} {
			want := newPlainShares(d, utility, 0).count()
			if got := elected(must(t, mesMethod, &d.Election, utility)); !slices.Equal(got, want) {
				t.Fatalf("%s: bought %v, want %v", utility, got, want)
			}
		}
	})
}

// TestAdd1ByDefinition raises the shares step by step from nothing.
func TestAdd1ByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Bool().Draw(t, "budget"))
		utility := rapid.SampledFrom([]string{"cost", "one", "points"}).Draw(t, "utility")
		sp, err := newSpending(&d.Election, Options{}, "mes")
		if err != nil {
			t.Fatal(err)
		}
		m, err := newShares(sp, utility)
		if err != nil {
			t.Fatal(err)
		}
		completion := rapid.SampledFrom([]string{"-add1", "-add1-greedy"}).Draw(t, "completion")
		if d.Budget == 0 && completion == "-add1" {
			d.stops = d.Seats
		}
		want := newPlainShares(d, utility, 0).count()
		for steps := int64(0); ; steps++ {
			got := newPlainShares(d, utility, steps).count()
			if m.feasible(got) {
				want = got
			}
			if !m.feasible(got) || m.complete(got) {
				break
			}
		}
		var got []int
		s := must(t, mesMethod, &d.Election, utility+completion)
		for _, st := range s.Stages {
			if st.Action == Buy { // and not what fills up, or completes
				got = append(got, st.Of[0]-1)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: bought %v, want %v", utility, got, want)
		}
	})
}

// TestEqualSharesAreKept checks after every purchase that nobody has paid more than their share, and that what all have paid is the cost.
func TestEqualSharesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, true)
		sp, err := newSpending(&d.Election, Options{}, "mes")
		if err != nil {
			t.Fatal(err)
		}
		m, err := newShares(sp, rapid.SampledFrom([]string{"cost", "one", "points"}).Draw(t, "utility"))
		if err != nil {
			t.Fatal(err)
		}
		bought := m.run(0, true)
		spent, left := int64(0), new(big.Int)
		for _, c := range bought {
			spent += m.cost[c]
		}
		for kind, at := range m.at {
			if m.level[at].Sign() < 0 {
				t.Fatal("somebody has paid more than they had")
			}
			left.Add(left, new(big.Int).Mul(m.level[at], big.NewInt(m.weight[kind])))
		}
		if want := new(big.Int).Mul(m.unit, big.NewInt(d.Budget-spent)); spent > d.Budget || d.Papers.Total() > 0 && left.Cmp(want) != 0 {
			t.Fatalf("%d of %d spent; the voters have %v/%v left", spent, d.Budget, left, m.unit)
		}
	})
}

// TestPhragmenByDefinition lets voters earn in fractions, one by one.
func TestPhragmenByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Bool().Draw(t, "budget"))
		voters := d.voters()
		load := make([]*big.Rat, len(voters))
		for v := range load {
			load[v] = new(big.Rat)
		}
		money := d.Budget
		if money == 0 {
			money = int64(d.Seats)
		}
		var want []int
		for first := money; ; {
			best, least, stop := -1, (*big.Rat)(nil), false
			for _, c := range d.Lots {
				if slices.Contains(want, c) || slices.Contains(d.Withdrawn, c) || d.cost(c) > first {
					continue
				}
				sum, n := big.NewRat(d.cost(c), 1), int64(0)
				for v := range voters {
					if voters[v][c] != nil {
						sum.Add(sum, load[v])
						n++
					}
				}
				if n == 0 {
					sum, n = big.NewRat(1_000_000, 1), 1 // more than anybody can have earned
				}
				sum.Quo(sum, big.NewRat(n, 1))
				switch {
				case least == nil || sum.Cmp(least) < 0:
					best, least, stop = c, sum, d.cost(c) > money
				case sum.Cmp(least) == 0:
					stop = stop || d.cost(c) > money
				}
			}
			if best < 0 || stop || d.Budget > 0 && len(voters) == 0 || d.Budget == 0 && money == 0 {
				break
			}
			money -= d.cost(best)
			want = append(want, best)
			for v := range voters {
				if voters[v][best] != nil {
					load[v] = least
				}
			}
		}
		if !slices.ContainsFunc(voters, func(gives []*int32) bool { return slices.ContainsFunc(gives, func(g *int32) bool { return g != nil }) }) {
			want = nil // nobody has voted for anybody
		}
		if got := elected(must(t, phragmenMethod, &d.Election, "")); !slices.Equal(got, want) {
			t.Fatalf("bought %v, want %v", got, want)
		}
	})
}

// pavScore is the score of a committee by the definition.
func (d *drawn) pavScore(committee []int) *big.Rat {
	sum := new(big.Rat)
	for _, gives := range d.voters() {
		n := int64(0)
		for _, c := range committee {
			if gives[c] != nil {
				n++
				sum.Add(sum, big.NewRat(1, n))
			}
		}
	}
	return sum
}

// TestPAVByDefinition compares with the definition: every next member of spav adds the most, and no committee is better than that of pav.
func TestPAVByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, false)
		in := d.taking()
		var committee []int
		for _, c := range elected(must(t, spavMethod, &d.Election, "")) {
			got := d.pavScore(append(slices.Clone(committee), c))
			for other := range in {
				if !in[other] || slices.Contains(committee, other) {
					continue
				}
				more := d.pavScore(append(slices.Clone(committee), other)).Cmp(got)
				if more > 0 || more == 0 && slices.Index(d.Lots, other) < slices.Index(d.Lots, c) {
					t.Fatalf("%d adds more than %d, or comes before in the lot", other, c)
				}
			}
			committee = append(committee, c)
		}
		best := elected(must(t, pavMethod, &d.Election, ""))
		score := d.pavScore(best)
		for set := range 1 << len(in) {
			var other []int
			for c := range in {
				if set>>c&1 == 1 && in[c] {
					other = append(other, c)
				}
			}
			if len(other) == len(best) && d.pavScore(other).Cmp(score) > 0 {
				t.Fatalf("%v is better than %v", other, best)
			}
		}
	})
}
