package tally

import (
	"fmt"
	"slices"
	"strings"
)

var schulzeMethod = Method{
	Name: "schulze",
	Say:  "Schulze's method: of two candidates the one stands above from whom the stronger chain of won contests leads to the other.",
	Variants: []Variant{
		{winningVotes, "a contest is as strong as there are papers for its winner"},
		{margins, "a contest is as strong as the lead of its winner"},
	},
	Seats: true,
	count: schulze,
}

// schulze counts by Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
// election method", Social Choice and Welfare 36 (2011). A path is as strong as its weakest defeat; whoever has the stronger of the
// strongest paths between two stands above.
func schulze(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "schulze", winningVotes)
	if err != nil {
		return nil, err
	}
	ds := p.compare()
	d := directLevels(ds, len(e.Candidates))
	w := widestPaths(d)
	figure := make([]int64, 1) // by level
	for i := len(ds) - 1; i >= 0; i-- {
		if int(ds[i].level) == len(figure) {
			figure = append(figure, p.figure(ds[i]))
		}
	}
	above := make([]int64, len(e.Candidates)) // how many each stands above
	var paths [][3]int64
	for _, a := range p.in {
		for _, b := range p.in {
			if a != b && w[a][b] > 0 {
				paths = append(paths, [3]int64{int64(a + 1), int64(b + 1), figure[w[a][b]]})
			}
			if w[a][b] > w[b][a] {
				above[a]++
			}
		}
	}
	say := "Between every two candidates the strongest chains of won contests are compared, each as strong as its weakest contest."
	if len(p.in) == 1 {
		say = "There are no chains of won contests."
	}
	p.record(Compare, nil, say, "others below", above)
	p.stage().Pairs = paths
	ranking := rankByRelation(p.in, func(a, b int) bool { return w[a][b] > w[b][a] })
	p.elect(ranking)
	p.explain(d, w, p.s.Elected[0]-1)
	return p.s, nil
}

// widestPaths returns, by the level of its weakest defeat, the strongest path from the row's candidate to the column's; 0: there is none.
func widestPaths(direct [][]int32) [][]int32 {
	w := grid[int32](len(direct), len(direct))
	for c, row := range direct {
		copy(w[c], row)
	}
	for via, on := range w {
		for from, row := range w {
			first := row[via]
			if first == 0 || from == via {
				continue
			}
			row = row[:len(on)]
			for to, second := range on {
				row[to] = max(row[to], min(first, second))
			}
		}
	}
	for c := range w {
		w[c][c] = 0
	}
	return w
}

// directLevels returns the level of the row's candidate's defeat of the column's; 0: there is none.
func directLevels(ds []defeat, n int) [][]int32 {
	out := grid[int32](n, n)
	for _, d := range ds {
		out[d.winner][d.loser] = d.level
	}
	return out
}

// explain notes, for each candidate whom the best does not beat directly, the chain by which the best stands above.
func (p *pairs) explain(direct, w [][]int32, best int) {
	for _, b := range p.in {
		if b == best || direct[best][b] > 0 || w[best][b] == 0 {
			continue
		}
		there, back := w[best][b], w[b][best]
		p.note("%s does not win against %s directly (%d to %d), but by the chain %s.", p.name(best), p.name(b), p.m[best][b], p.m[b][best],
			p.chain(shortestChain(direct, best, b, there)))
		switch {
		case back == there:
			p.note("The strongest chain from %s back to %s is as strong: %s.", p.name(b), p.name(best), p.chain(shortestChain(direct, b, best, back)))
		case back > 0:
			p.note("The strongest chain from %s back to %s is weaker: %s.", p.name(b), p.name(best), p.chain(shortestChain(direct, b, best, back)))
		}
	}
}

// shortestChain returns a shortest chain of defeats on the level or above. There must be one.
func shortestChain(direct [][]int32, from, to int, level int32) []int {
	came := make([]int, len(direct)) // from where, from 1
	came[from] = from + 1
	for queue := []int{from}; came[to] == 0; queue = queue[1:] {
		for b, d := range direct[queue[0]] {
			if d >= level && came[b] == 0 {
				came[b] = queue[0] + 1
				queue = append(queue, b)
			}
		}
	}
	out := []int{to}
	for c := to; c != from; {
		c = came[c] - 1
		out = append(out, c)
	}
	slices.Reverse(out)
	return out
}

// chain writes a path with the papers for and against in every contest.
func (p *pairs) chain(cs []int) string {
	var b strings.Builder
	b.WriteString(p.name(cs[0]))
	for i, c := range cs[1:] {
		fmt.Fprintf(&b, " over %s (%d to %d)", p.name(c), p.m[cs[i]][c], p.m[c][cs[i]])
	}
	return b.String()
}
