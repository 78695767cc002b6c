package tally

import "slices"

var minimaxMethod = Method{
	Name: "minimax",
	Say:  "Minimax: elected is whose worst lost contest is the least bad.",
	Variants: []Variant{
		{winningVotes, "a lost contest is as bad as there are papers for the other"},
		{margins, "a lost contest is as bad as the lead of the other"},
		{opposition, "every contest is as bad as there are papers for the other, also if it was won"},
	},
	Seats: true,
	count: minimax,
}

// minimax counts by the worst contest of each candidate (Simpson 1969, Kramer 1977). By winning votes that is the most papers that
// prefer somebody who wins against the candidate, 0 if nobody does; by margins the largest lead of another, less than 0 if nobody
// has one; by opposition the most papers that prefer any other, won or lost.
func minimax(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "minimax", winningVotes)
	if err != nil {
		return nil, err
	}
	p.compare()
	worst := make([]int64, len(e.Candidates))
	against := make([]int64, len(e.Candidates)) // the same with the sign turned, so that the best has the most
	var worsts [][3]int64
	for _, c := range p.in {
		by := -1
		for _, x := range p.in {
			if x != c && (by < 0 || p.loss(c, x) > p.loss(c, by)) {
				by = x
			}
		}
		if by >= 0 {
			worst[c] = p.loss(c, by)
			against[c] = -worst[c]
			worsts = append(worsts, [3]int64{int64(by + 1), int64(c + 1), worst[c]})
		}
	}
	p.record(Compare, nil, map[string]string{
		winningVotes: "For each candidate the worst lost contest counts: how many papers preferred the other.",
		margins:      "For each candidate the worst contest counts: by how many more papers the other was preferred.",
		opposition:   "For each candidate the contest counts in which most papers preferred the other, won or lost.",
	}[p.s.Variant], "worst contest", worst)
	p.stage().Pairs = worsts
	ranking := rankByFigure(p.in, against)
	p.elect(ranking)
	if p.condorcet() < 0 {
		p.noteNext(ranking, against, "The worst contest of %s is less bad than that of the next, %s, by %d.")
	}
	return p.s, nil
}

// loss is how bad the contest against x is for c.
func (p *pairs) loss(c, x int) int64 {
	switch {
	case p.s.Variant == margins:
		return p.lead(x, c)
	case p.s.Variant == winningVotes && p.lead(x, c) <= 0:
		return 0
	}
	return p.m[x][c]
}

// noteNext says by how much the first is ahead of the next: the format takes two names and a figure.
func (p *pairs) noteNext(ranking [][]int, figure []int64, format string) {
	all := slices.Concat(ranking...)
	if len(all) > 1 && len(ranking[0]) == 1 {
		p.note(format, p.name(all[0]), p.name(all[1]), figure[all[0]]-figure[all[1]])
	}
}
