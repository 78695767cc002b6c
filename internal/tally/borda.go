package tally

import "fmt"

var bordaMethod = Method{
	Name: "borda",
	Say:  "The Borda count: of n candidates the first on a paper gets n-1 points, the next n-2, and so on to 0.",
	Variants: []Variant{
		{"average", "whom a paper leaves out, or puts on one level, gets the average of the points of those ranks"},
		{"shared", "each of them gets the highest of those points"},
		{"zero", "those on one level get the average, and those left out nothing"},
	},
	Seats: true,
	count: borda,
}

// borda counts by J.-C. de Borda (1781), with three ways of giving points where a paper has several on one level or leaves some out:
//   - average: they get the average of the points of the ranks that they fill; those left out fill the last ranks
//   - shared: each gets the points of the first of these ranks
//   - zero: those on one level get the average, those left out nothing
//
// Points are halves at their finest, and are counted in halves.
func borda(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "borda", "average")
	if err != nil {
		return nil, err
	}
	points := p.points(e.papers())
	st := Stage{Action: Total, Figures: "points", Say: fmt.Sprintf("The points of %s are added up. %s", papersOf(p.valid), map[string]string{
		"average": "Those whom a paper leaves out get the average of the points that are left.",
		"shared":  "Those whom a paper leaves out each get the highest points that are left.",
		"zero":    "Those whom a paper leaves out get nothing.",
	}[p.s.Variant])}
	for _, n := range points {
		st.Votes = append(st.Votes, halfPoints(n))
	}
	p.s.Stages = append(p.s.Stages, st)
	ranking := rankByFigure(p.in, points)
	p.elect(ranking)
	if len(p.in) > 1 && len(ranking[0]) == 1 {
		next := ranking[1][0]
		p.note("%s is ahead of the next, %s, by %s points.", p.name(ranking[0][0]), p.name(next), halfPoints(points[ranking[0][0]]-points[next]))
	}
	return p.s, nil
}

// halfPoints writes half points.
func halfPoints(n int64) string { return decimal(5*n, 1) }

// points returns the points of each candidate, in halves.
func (p *pairs) points(papers *Papers) []int64 {
	n := len(p.in)
	points := make([]int64, len(p.e.Candidates))
	seen := make([]int, len(points)) // the last kind, from 1, that ranks the candidate
	var level []int
	for kind := range papers.Len() {
		marks, weight := papers.At(kind)
		left := n // candidates whom the paper has not ranked so far
		give := func(each int64) {
			for _, c := range level {
				points[c] += each * weight
			}
			left -= len(level)
			level = level[:0]
		}
		for _, m := range marks {
			c, same := m.Candidate()
			if !same && len(level) > 0 {
				give(p.each(left, len(level)))
			}
			if m.Names() {
				level, seen[c] = append(level, c), kind+1
			}
		}
		give(p.each(left, len(level)))
		if left == n || left == 0 || p.s.Variant == "zero" {
			continue // a blank paper gives nobody anything
		}
		for _, c := range p.in {
			if seen[c] != kind+1 {
				level = append(level, c)
			}
		}
		give(p.each(left, left))
	}
	return points
}

// each returns what each of those on one level gets, in halves, where so many are left with them.
func (p *pairs) each(left, level int) int64 {
	if p.s.Variant == "shared" {
		return int64(2 * (left - 1))
	}
	return int64(2*(left-1) - (level - 1))
}
