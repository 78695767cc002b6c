package tally

import (
	"math/big"
	"slices"
)

// meekTree holds the papers so that those which begin alike are counted together: until they part, they are worth the same. The
// nodes stand in the order in which a walk from the first preference onwards meets them, so that one run through the list, with what
// is left of a paper at each depth, passes on all votes.
type meekTree struct {
	nodes  []meekNode
	levels []meekLevel
	depth  int
	papers int64
	steps  bool // levels are worked out by steps, in the order that their candidates have on the paper
}

// meekNode is one place on papers that are alike so far.
type meekNode struct {
	papers int64
	who    int32 // the candidate; below 0: ^who is one of levels
	depth  int32 // how many places come before
	next   int32 // the node after all that follow upon this one
}

// meekLevel are candidates whom papers put on one level. Such a paper counts as the mean of all the papers that put them one after
// the other.
type meekLevel struct {
	who    []int
	active []int      // those who can hold votes, at this pass
	shares []*big.Int // what each of active holds of one vote
	rest   *big.Int   // what goes on of one vote
}

// newMeekTree puts the papers together. What stands behind a mark that names nobody is not counted.
func newMeekTree(papers *Papers, split meekSplit) *meekTree {
	t := &meekTree{steps: split == splitSteps}
	flat := make([]int32, 0, len(papers.marks))
	type row struct {
		from, to int
		papers   int64
	}
	rows := make([]row, 0, papers.Len())
	ids := map[string]int32{}
	for i := range papers.Len() {
		marks, n := papers.At(i)
		from := len(flat)
		flat = t.read(flat, marks, ids)
		if len(flat) > from {
			rows = append(rows, row{from, len(flat), n})
			t.papers += n
			t.depth = max(t.depth, len(flat)-from)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return slices.Compare(flat[a.from:a.to], flat[b.from:b.to]) })
	t.nodes = make([]meekNode, 0, len(flat))
	var last []int32
	path := make([]int32, 0, t.depth) // the nodes of the row before
	for _, r := range rows {
		row := flat[r.from:r.to]
		same := 0
		for same < min(len(row), len(last)) && row[same] == last[same] {
			same++
		}
		path = t.close(path, same)
		for d := same; d < len(row); d++ {
			path = append(path, int32(len(t.nodes)))
			t.nodes = append(t.nodes, meekNode{who: row[d], depth: int32(d)})
		}
		for _, at := range path {
			t.nodes[at].papers += r.papers
		}
		last = row
	}
	t.close(path, 0)
	return t
}

// close ends the nodes of the path that are deeper.
func (t *meekTree) close(path []int32, depth int) []int32 {
	for _, at := range path[depth:] {
		t.nodes[at].next = int32(len(t.nodes))
	}
	return path[:depth]
}

// read appends what the marks say: a candidate, or a level, one after the other.
func (t *meekTree) read(flat []int32, marks []Mark, ids map[string]int32) []int32 {
	for i := 0; i < len(marks) && marks[i].Names(); {
		end := i + 1
		for end < len(marks) && marks[end].Names() && marks[end]&Same != 0 {
			end++
		}
		if end == i+1 {
			c, _ := marks[i].Candidate()
			flat = append(flat, int32(c))
		} else {
			flat = append(flat, ^t.level(marks[i:end], ids))
		}
		i = end
	}
	return flat
}

// level returns the number of the level of those candidates.
func (t *meekTree) level(marks []Mark, ids map[string]int32) int32 {
	who := make([]int, 0, len(marks))
	for _, m := range marks {
		c, _ := m.Candidate()
		who = append(who, c)
	}
	if !t.steps {
		slices.Sort(who)
	}
	key := make([]byte, 0, 2*len(who))
	for _, c := range who {
		key = append(key, byte(c>>8), byte(c))
	}
	id, ok := ids[string(key)]
	if !ok {
		id = int32(len(t.levels))
		ids[string(key)] = id
		t.levels = append(t.levels, meekLevel{who: who})
	}
	return id
}

// meekSplit is how a candidate with a keep value takes a part of what a paper is still worth.
type meekSplit int

const (
	splitUp    meekSplit = iota // the part is rounded up, and the rest is what is left
	splitDown                   // both are cut off
	splitSteps                  // the same, and what candidates on one level hold is cut off after every step of working it out
	splitFlat                   // Warren's way: the keep value itself, as far as there is so much, not a part of what is left
)

const (
	meekPlaces = 9
	meekUnit   = 1_000_000_000
	mostFast   = 9_000_000_000 // papers whose votes, to nine decimals, add up within 63 bits
)

// pass adds up the votes that each candidate keeps, in units of which one makes a vote.
func (t *meekTree) pass(keep []*big.Int, one *big.Int, split meekSplit) []*big.Int {
	for i := range t.levels {
		t.levels[i].share(keep, one, t.steps)
	}
	if split != splitFlat && t.papers <= mostFast && one.IsInt64() && one.Int64() == meekUnit {
		return t.passFast(keep, split)
	}
	return t.passSlow(keep, one, split)
}

// passFast is pass for nine decimals: every product is at most one times one, and every sum at most mostFast votes.
func (t *meekTree) passFast(keeps []*big.Int, split meekSplit) []*big.Int {
	keep, votes := make([]int64, len(keeps)), make([]int64, len(keeps))
	for c, k := range keeps {
		keep[c] = k.Int64()
	}
	left := make([]int64, t.depth+1)
	left[0] = meekUnit
	for i := int32(0); int(i) < len(t.nodes); {
		n := &t.nodes[i]
		worth, who := left[n.depth], int(n.who)
		rest := worth
		if who < 0 {
			if level := &t.levels[^who]; len(level.active) == 1 {
				who = level.active[0]
			} else if len(level.active) > 1 {
				rest = level.passFast(worth, n.papers, votes)
			}
		}
		if who >= 0 && keep[who] > 0 {
			part := worth * keep[who]
			rest = worth * (meekUnit - keep[who]) / meekUnit
			if split == splitUp {
				rest = worth - (part+meekUnit-1)/meekUnit
				part = (worth - rest) * meekUnit
			}
			votes[who] += part / meekUnit * n.papers
		}
		if rest == 0 {
			i = n.next
			continue
		}
		left[n.depth+1] = rest
		i++
	}
	out := make([]*big.Int, len(votes))
	for c, v := range votes {
		out[c] = big.NewInt(v)
	}
	return out
}

func (l *meekLevel) passFast(worth, papers int64, votes []int64) (rest int64) {
	for i, c := range l.active {
		votes[c] += worth * l.shares[i].Int64() / meekUnit * papers
	}
	return worth * l.rest.Int64() / meekUnit
}

// passSlow is pass for figures of any length.
func (t *meekTree) passSlow(keep []*big.Int, one *big.Int, split meekSplit) []*big.Int {
	votes, left := make([]*big.Int, len(keep)), make([]*big.Int, t.depth+1)
	for c := range votes {
		votes[c] = new(big.Int)
	}
	for d := range left {
		left[d] = new(big.Int)
	}
	left[0].Set(one)
	var part, papers big.Int
	for i := int32(0); int(i) < len(t.nodes); {
		n := &t.nodes[i]
		worth, rest, who := left[n.depth], left[n.depth+1], int(n.who)
		papers.SetInt64(n.papers)
		rest.Set(worth)
		if who < 0 {
			if level := &t.levels[^who]; len(level.active) == 1 {
				who = level.active[0]
			} else if len(level.active) > 1 {
				for j, c := range level.active {
					mulCut(&part, worth, level.shares[j], one)
					votes[c].Add(votes[c], part.Mul(&part, &papers))
				}
				mulCut(rest, worth, level.rest, one)
			}
		}
		if who >= 0 && keep[who].Sign() > 0 {
			split.take(&part, rest, worth, keep[who], one)
			votes[who].Add(votes[who], part.Mul(&part, &papers))
		}
		if rest.Sign() == 0 {
			i = n.next
			continue
		}
		i++
	}
	return votes
}

// take sets part to what the candidate takes of worth, and rest to what goes on.
func (s meekSplit) take(part, rest, worth, keep, one *big.Int) {
	switch s {
	case splitUp:
		divUp(part, part.Mul(worth, keep), one)
		rest.Sub(worth, part)
	case splitDown, splitSteps:
		mulCut(part, worth, keep, one)
		mulCut(rest, worth, rest.Sub(one, keep), one)
	case splitFlat:
		part.Set(worth)
		if keep.Cmp(worth) < 0 {
			part.Set(keep)
		}
		rest.Sub(worth, part)
	}
}

// share works out what candidates on one level hold of a vote: exactly, and then cut off; or by steps.
func (l *meekLevel) share(keep []*big.Int, one *big.Int, steps bool) {
	l.active, l.shares = l.active[:0], l.shares[:0]
	var pass []*big.Int // u of those who pass something on
	at := make([]int, 0, len(l.who))
	for _, c := range l.who {
		if keep[c].Sign() > 0 {
			l.active = append(l.active, c)
			at = append(at, -1)
			if keep[c].Cmp(one) < 0 {
				at[len(at)-1] = len(pass)
				pass = append(pass, new(big.Int).Sub(one, keep[c]))
			}
		}
	}
	m := len(l.active)
	if m < 2 {
		return
	}
	if steps {
		l.shareSteps(keep, one)
		return
	}
	var whole *big.Int // the share of one who keeps all
	for i, c := range l.active {
		if at[i] >= 0 {
			l.shares = append(l.shares, meanShare(keep[c], pass, at[i], m, one))
			continue
		}
		if whole == nil {
			whole = meanShare(one, pass, -1, m, one)
		}
		l.shares = append(l.shares, whole)
	}
	l.rest = new(big.Int)
	if len(pass) == m {
		l.rest.Set(one)
		scale := big.NewInt(1)
		for _, u := range pass {
			l.rest.Mul(l.rest, u)
			scale.Mul(scale, one)
		}
		l.rest.Quo(l.rest, scale)
	}
}

// shareSteps works out the same as meanShare, for the active of a level, with every product and quotient cut off. Those of the level
// who hold nothing are reckoned with too. So the last decimals depend on the order of the candidates, as they do in stv-rs.
func (l *meekLevel) shareSteps(keep []*big.Int, one *big.Int) {
	m := len(l.who)
	var part big.Int
	l.rest = new(big.Int).Set(one)
	pass := make([]*big.Int, m)
	for i, c := range l.who {
		pass[i] = new(big.Int).Sub(one, keep[c])
		mulCut(l.rest, l.rest, pass[i], one)
	}
	sums := make([]*big.Int, m) // by j: the sum of the products of j of the others
	for i, c := range l.who {
		if keep[c].Sign() == 0 {
			continue
		}
		for j := range sums {
			sums[j] = new(big.Int)
		}
		sums[0].Set(one)
		for other, u := range pass {
			for j := m - 1; j > 0 && other != i; j-- {
				mulCut(&part, sums[j-1], u, one)
				sums[j].Add(sums[j], &part)
			}
		}
		share := new(big.Int)
		for j, sum := range sums {
			share.Add(share, sum.Quo(sum, part.Binomial(int64(m-1), int64(j))))
		}
		mulCut(share, share, keep[c], one)
		l.shares = append(l.shares, share.Quo(share, part.SetInt64(int64(m))))
	}
}

// meanShare returns the share of one of m candidates, beside whom those of pass but skip pass something on. Of candidates with keep
// values k and u = 1 - k, the mean over all orders of what one holds is k times the sum, over all sets of j others who can come before,
// of the product of their u, times j! (m-1-j)! / m!.
func meanShare(keep *big.Int, pass []*big.Int, skip, m int, one *big.Int) *big.Int {
	sums := []*big.Int{big.NewInt(1)} // by j: the sum of the products of j of them
	for i, u := range pass {
		if i == skip {
			continue
		}
		sums = append(sums, new(big.Int))
		for j := len(sums) - 1; j > 0; j-- {
			sums[j].Add(sums[j], new(big.Int).Mul(sums[j-1], u))
		}
	}
	most := len(sums) - 1 // no set has more: with it, (m-1-most)! is left out above and below
	total, scale := new(big.Int), big.NewInt(1)
	for j := most; j >= 0; j-- {
		sums[j].Mul(sums[j], scale)
		sums[j].Mul(sums[j], product(1, j))
		total.Add(total, sums[j].Mul(sums[j], product(m-most, m-1-j)))
		if j > 0 {
			scale.Mul(scale, one)
		}
	}
	return total.Quo(total.Mul(total, keep), scale.Mul(scale, product(m-most, m)))
}

// product returns the product of the whole numbers from one to the other, or 1 if there are none.
func product(from, to int) *big.Int { return new(big.Int).MulRange(int64(from), int64(to)) }

// mulCut sets z to x·y/one, cut off.
func mulCut(z, x, y, one *big.Int) { z.Quo(z.Mul(x, y), one) }

// divUp sets z to x/y, rounded up; x is at least 0, and y more.
func divUp(z, x, y *big.Int) {
	var rest big.Int
	z.QuoRem(x, y, &rest)
	if rest.Sign() > 0 {
		z.Add(z, big.NewInt(1))
	}
}
