package tally_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// slowMeek counts a second time, from the wording of the rules, in fractions that are cut to nine decimals where the rules say so. It
// knows no tree and no formula: every paper is passed on by itself, and one with several on a level in each of their orders.
type slowMeek struct {
	seats    int
	lot      []int // by candidate: place in the lot order
	papers   []slowPaper
	valid    *big.Rat
	up       bool // what is taken of a paper is rounded up
	steps    bool // levels are worked out with every product and quotient cut off
	keep     []*big.Rat
	votes    []*big.Rat
	quota    *big.Rat
	earlier  [][]*big.Rat
	hopeful  map[int]bool
	elected  []int
	excluded []int // in this stage
	now      []int // elected in this stage
	out      []string
}

type slowPaper struct {
	levels [][]int
	n      *big.Rat
}

func whole(n int64) *big.Rat       { return new(big.Rat).SetInt64(n) }
func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat  { return new(big.Rat).Quo(a, b) }

// nine cuts off after nine decimals, or rounds up.
func nine(a *big.Rat, up bool) *big.Rat {
	scaled := times(a, whole(1_000_000_000))
	n, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if up && rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(n, big.NewInt(1_000_000_000))
}

func newSlowMeek(e *tally.Election, o tally.Options) *slowMeek {
	m := &slowMeek{seats: max(1, e.Seats), valid: whole(0), hopeful: map[int]bool{}, lot: make([]int, len(e.Candidates))}
	for c := range e.Candidates {
		m.lot[c] = c
		m.keep = append(m.keep, whole(0))
		if !slices.Contains(e.Withdrawn, c) {
			m.hopeful[c] = true
			m.keep[c] = whole(1)
		}
	}
	for i, c := range o.Lots {
		m.lot[c] = i
	}
	for i := range e.Papers.Len() {
		marks, n := e.Papers.At(i)
		levels := levelsOf(marks)
		for i := range levels {
			levels[i] = slices.DeleteFunc(levels[i], func(c int) bool { return !m.hopeful[c] })
		}
		if slices.ContainsFunc(slices.Concat(levels...), func(c int) bool { return m.hopeful[c] }) {
			m.papers = append(m.papers, slowPaper{levels, whole(n)})
			m.valid = plus(m.valid, whole(n))
		}
	}
	return m
}

// levelsOf returns the levels of a paper as far as it goes.
func levelsOf(marks []tally.Mark) (levels [][]int) {
	for _, mark := range marks {
		if !mark.Names() {
			break
		}
		c, same := mark.Candidate()
		if !same {
			levels = append(levels, nil)
		}
		levels[len(levels)-1] = append(levels[len(levels)-1], c)
	}
	return levels
}

// distribute passes on all papers and works out the quota.
func (m *slowMeek) distribute() {
	m.votes = make([]*big.Rat, len(m.keep))
	for c := range m.votes {
		m.votes[c] = whole(0)
	}
	for _, p := range m.papers {
		worth := whole(1)
		for _, level := range p.levels {
			var active []int
			for _, c := range level {
				if m.keep[c].Sign() > 0 {
					active = append(active, c)
				}
			}
			switch len(active) {
			case 0:
			case 1:
				k := m.keep[active[0]]
				part := nine(times(worth, k), m.up)
				m.votes[active[0]] = plus(m.votes[active[0]], times(part, p.n))
				if m.up {
					worth = minus(worth, part)
				} else {
					worth = nine(times(worth, minus(whole(1), k)), false)
				}
			default:
				holds, rest := m.orders(active)
				if m.steps {
					holds, rest = m.inSteps(level)
				}
				for c, h := range holds {
					m.votes[c] = plus(m.votes[c], times(nine(times(worth, nine(h, false)), false), p.n))
				}
				worth = nine(times(worth, nine(rest, false)), false)
			}
		}
	}
	m.quota = plus(nine(over(m.held(), whole(int64(m.seats)+1)), false), big.NewRat(1, 1_000_000_000))
	m.earlier = append(m.earlier, m.votes)
}

// orders returns what each holds of a vote in the mean of all orders, and what goes on.
func (m *slowMeek) orders(active []int) (holds map[int]*big.Rat, rest *big.Rat) {
	holds = map[int]*big.Rat{}
	n := int64(0)
	var walk func(done []int)
	walk = func(done []int) {
		if len(done) < len(active) {
			for _, c := range active {
				if !slices.Contains(done, c) {
					walk(append(slices.Clone(done), c))
				}
			}
			return
		}
		n++
		rest = whole(1)
		for _, c := range done {
			if holds[c] == nil {
				holds[c] = whole(0)
			}
			holds[c] = plus(holds[c], times(rest, m.keep[c]))
			rest = times(rest, minus(whole(1), m.keep[c]))
		}
	}
	walk(nil)
	for _, c := range active {
		holds[c] = over(holds[c], whole(n))
	}
	return holds, rest
}

// inSteps returns the same as orders, cut off after each step, as stv-rs does: the mean, over how many come before, of the products of
// what so many others pass on.
func (m *slowMeek) inSteps(level []int) (holds map[int]*big.Rat, rest *big.Rat) {
	holds, rest = map[int]*big.Rat{}, whole(1)
	var products func(others []int, n int) *big.Rat
	products = func(others []int, n int) *big.Rat {
		last := len(others) - 1
		switch {
		case n == 0:
			return whole(1)
		case n > len(others):
			return whole(0)
		}
		with := times(products(others[:last], n-1), minus(whole(1), m.keep[others[last]]))
		return plus(products(others[:last], n), nine(with, false))
	}
	for i, c := range level {
		rest = nine(times(rest, minus(whole(1), m.keep[c])), false)
		others := slices.Delete(slices.Clone(level), i, i+1)
		mean := whole(0)
		for n := range level {
			sets := new(big.Rat).SetInt(new(big.Int).Binomial(int64(len(others)), int64(n)))
			mean = plus(mean, nine(over(products(others, n), sets), false))
		}
		holds[c] = nine(over(nine(times(mean, m.keep[c]), false), whole(int64(len(level)))), false)
	}
	return holds, rest
}

func (m *slowMeek) held() *big.Rat {
	sum := whole(0)
	for _, v := range m.votes {
		sum = plus(sum, v)
	}
	return sum
}

// surplus returns the sum of what the elected have above the quota; those below it take nothing off if part.
func (m *slowMeek) surplus(part bool) *big.Rat {
	sum := whole(0)
	for _, c := range m.elected {
		if d := minus(m.votes[c], m.quota); d.Sign() > 0 || !part {
			sum = plus(sum, d)
		}
	}
	if sum.Sign() < 0 {
		return whole(0)
	}
	return sum
}

// sorted returns the hopeful with the fewest votes first, or the most if sign is -1; of those with the same, whoever had fewer, or more,
// when they first differed, if earlier counts; and else as the lot takes them.
func (m *slowMeek) sorted(sign int, earlier bool) (cs []int) {
	for c := range m.hopeful {
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b int) int {
		if d := m.votes[a].Cmp(m.votes[b]); d != 0 {
			return sign * d
		}
		for _, votes := range m.earlier {
			if d := votes[a].Cmp(votes[b]); d != 0 && earlier {
				return sign * d
			}
		}
		return m.lot[a] - m.lot[b]
	})
	return cs
}

// elect elects who has reached the quota, or everybody if there are no more than places, and says whether the count is over.
func (m *slowMeek) elect(earlier bool) bool {
	all := m.sorted(-1, earlier)
	for _, c := range all {
		few := len(m.hopeful)+len(m.elected) <= m.seats
		if len(m.elected) < m.seats && (few || m.votes[c].Cmp(m.quota) >= 0) {
			m.elected, m.now = append(m.elected, c), append(m.now, c)
			delete(m.hopeful, c)
		}
	}
	return len(m.elected) == m.seats || len(m.hopeful) == 0
}

func (m *slowMeek) exclude(c int) {
	m.excluded = append(m.excluded, c)
	delete(m.hopeful, c)
}

// note writes down a stage, and begins the next.
func (m *slowMeek) note() {
	var votes, keep []string
	for c := range m.votes {
		votes, keep = append(votes, m.votes[c].FloatString(9)), append(keep, m.keep[c].FloatString(9))
	}
	m.out = append(m.out, stageText(votes, keep, m.quota.FloatString(9), minus(m.valid, m.held()).FloatString(9), m.now, m.excluded))
	for _, c := range m.excluded {
		m.keep[c] = whole(0)
	}
	m.now, m.excluded = nil, nil
}

func stageText(votes, keep []string, quota, left string, elected, excluded []int) string {
	return fmt.Sprintf("votes %s keep %s quota %s left %s elected %v excluded %v", votes, keep, quota, left, elected, excluded)
}

// reduced is the keep value times the quota, over the votes, both rounded up, but at most 1.
func (m *slowMeek) reduced(c int) *big.Rat {
	if m.votes[c].Sign() == 0 {
		return m.keep[c]
	}
	k := nine(over(nine(times(m.keep[c], m.quota), true), m.votes[c]), true)
	if k.Cmp(whole(1)) > 0 {
		return whole(1)
	}
	return k
}

// nz is Schedule 1A.
func (m *slowMeek) nz() {
	m.up = true
	for first := true; ; first = false {
		m.distribute()
		over := m.elect(true)
		fall := map[int]*big.Rat{}
		if !over {
			for _, c := range m.elected {
				if k := m.reduced(c); m.votes[c].Cmp(m.quota) > 0 && k.Cmp(m.keep[c]) < 0 {
					fall[c] = k
				}
			}
			low := m.sorted(1, true)
			sure := len(low) > 1 && plus(m.votes[low[0]], m.surplus(true)).Cmp(m.votes[low[1]]) < 0
			if sure || m.surplus(true).Cmp(big.NewRat(1, 10_000)) < 0 || len(fall) == 0 {
				m.exclude(low[0])
			}
		}
		if first || over || len(m.now)+len(m.excluded) > 0 {
			m.note()
		}
		if over {
			return
		}
		for c, k := range fall {
			m.keep[c] = k
		}
	}
}

// rounds is the reference rule of the PR Foundation, step by step, or what fixed9 makes of it.
func (m *slowMeek) rounds(reference bool) {
	m.up, m.steps = reference, !reference
	omega := big.NewRat(1, 1_000_000)
	elected := false
	for len(m.elected) < m.seats && len(m.elected)+len(m.hopeful) > m.seats {
		var before *big.Rat
		for {
			m.distribute()
			if m.elect(false); len(m.now) > 0 && !elected {
				elected = true
				break
			}
			s := m.surplus(false)
			if d := s.Cmp(omega); d < 0 || d == 0 && !reference || before != nil && s.Cmp(before) >= 0 {
				low := m.sorted(1, false)
				tied := slices.DeleteFunc(low, func(c int) bool { return m.votes[c].Cmp(plus(m.votes[low[0]], s)) > 0 })
				m.exclude(slices.MinFunc(tied, func(a, b int) int { return m.lot[a] - m.lot[b] }))
				break
			}
			if elected || len(m.out) == 0 { // the round before ended with an election, at the same votes
				m.note()
				elected = false
			}
			before = s
			m.reduceAll()
		}
		if len(m.excluded) > 0 {
			m.note()
			elected = false
		}
	}
	if elected {
		m.note()
	}
	if len(m.elected) < m.seats && (len(m.hopeful) > 0 || len(m.out) == 0) {
		m.distribute()
		m.elect(false)
		m.note()
	}
}

// hww is Algorithm 123: count until nothing changes by more than one in 100,000, and only then decide.
func (m *slowMeek) hww() {
	m.up = true
	var before *big.Rat
	for {
		m.distribute()
		over := m.settled(before) && m.elect(true)
		if len(m.now) > 0 {
			before = nil
		}
		if !over && m.settled(before) {
			m.exclude(m.sorted(1, true)[0])
		}
		before = m.surplus(false)
		if len(m.excluded) > 0 {
			before = nil
		}
		if len(m.excluded) == 0 && len(m.now) == 0 && !over {
			m.reduceAll()
			continue
		}
		excluded := len(m.excluded) > 0
		if m.note(); over {
			return
		}
		if !excluded {
			m.reduceAll()
		}
	}
}

// settled says whether every elected candidate has the quota to one part in 100,000, or the surplus does not fall.
func (m *slowMeek) settled(before *big.Rat) bool {
	if before != nil && m.surplus(false).Cmp(before) >= 0 {
		return true
	}
	return !slices.ContainsFunc(m.elected, func(c int) bool {
		d := minus(m.votes[c], m.quota)
		return times(d.Abs(d), whole(100_000)).Cmp(m.votes[c]) > 0
	})
}

// reduceAll works out all keep values anew.
func (m *slowMeek) reduceAll() {
	keep := slices.Clone(m.keep)
	for _, c := range m.elected {
		keep[c] = m.reduced(c)
	}
	m.keep = keep
}

// smallElection draws an election so small that candidates are tied often.
func smallElection(t *rapid.T) (*tally.Election, tally.Options) {
	n := rapid.IntRange(1, 6).Draw(t, "candidates")
	e := &tally.Election{Seats: rapid.IntRange(1, 4).Draw(t, "seats")}
	var all []int
	for c := range n {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('A' + c))})
		all = append(all, c)
	}
	for range rapid.IntRange(0, 9).Draw(t, "kinds") {
		var marks []tally.Mark
		level := 0
		for _, c := range rapid.Permutation(all).Draw(t, "order")[:rapid.IntRange(0, n).Draw(t, "length")] {
			mark := tally.Mark(c)
			if level > 0 && level < 3 && rapid.IntRange(0, 3).Draw(t, "same") == 0 {
				mark |= tally.Same
				level++
			} else {
				level = 1
			}
			marks = append(marks, mark)
		}
		if len(marks) > 0 && rapid.IntRange(0, 9).Draw(t, "skips") == 0 {
			marks = append(marks[:len(marks)-1], tally.Blank)
		}
		if err := e.Papers.Add(marks, rapid.Int64Range(1, 20).Draw(t, "papers")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range all {
		if rapid.IntRange(0, 9).Draw(t, "withdrawn") == 0 {
			e.Withdrawn = append(e.Withdrawn, c)
		}
	}
	return e, tally.Options{Lots: rapid.Permutation(all).Draw(t, "lots")}
}

// TestMeekTwice compares every stage of random elections with the second count.
func TestMeekTwice(t *testing.T) {
	for variant, slow := range map[string]func(*slowMeek){
		"nz": (*slowMeek).nz, "hww": (*slowMeek).hww,
		"prf":    func(m *slowMeek) { m.rounds(true) },
		"fixed9": func(m *slowMeek) { m.rounds(false) },
	} {
		t.Run(variant, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				for range 6 {
					twice(t, variant, slow)
				}
			})
		})
	}
}

func twice(t *rapid.T, variant string, slow func(*slowMeek)) {
	e, o := smallElection(t)
	o.Variant = variant
	m := newSlowMeek(e, o)
	slow(m)
	s := meekCount(t, e, o)
	if s.Valid == 0 {
		if len(s.Elected) > 0 {
			t.Fatalf("nobody has voted, and %v are elected", s.Elected)
		}
		return
	}
	var got []string
	for _, st := range s.Stages {
		got = append(got, stageText(st.Votes, st.Keep, st.Quota, st.Nontransferable, fromZero(st.Elected), fromZero(st.Excluded)))
	}
	if !slices.Equal(got, m.out) || !slices.Equal(fromZero(s.Elected), m.elected) {
		t.Fatalf("%v\ncounted\n%s\nand again\n%s", m.papers, strings.Join(got, "\n"), strings.Join(m.out, "\n"))
	}
}

func meekCount(t *rapid.T, e *tally.Election, o tally.Options) *tally.Sheet {
	m, _ := tally.Find("meek")
	s, err := m.Count(e, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fromZero(cs []int) []int {
	var out []int
	for _, c := range cs {
		out = append(out, c-1)
	}
	return out
}
