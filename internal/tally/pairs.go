package tally

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Methods by pairs ask of every two candidates how many papers prefer the one and how many the other. A paper prefers whom it ranks
// higher. Those whom it does not rank stand below all whom it does, and on one level among themselves.

// mostPaired is how many candidates the methods by pairs take: their time grows with the third power of it.
const mostPaired = 1000

// The measures of how strong a defeat is, as variants of methods.
const (
	winningVotes = "winning votes" // papers that prefer the winner; of equal ones, the fewer that prefer the loser the stronger
	margins      = "margins"       // by how many more papers the winner is preferred
	opposition   = "opposition"    // papers that prefer the other, whoever of the two wins
)

// pairs is a count by pairs under way.
type pairs struct {
	e     *Election
	s     *Sheet
	lots  lots
	in    []int     // who takes part, in the order of the file
	m     [][]int64 // m[a][b] papers prefer a to b
	valid int64     // papers that rank anybody who takes part
}

// newPairs compares the candidates two by two. It returns ErrElection if there are too many, or none.
func newPairs(e *Election, o Options, method, variant string) (*pairs, error) {
	p := &pairs{e: e, s: newSheet(e, o, method), lots: newLots(e, o)}
	p.s.Variant = cmp.Or(o.Variant, variant)
	taking := e.taking()
	for c, in := range taking {
		if in {
			p.in = append(p.in, c)
		}
	}
	if len(p.in) == 0 {
		return nil, errNobodyStands
	}
	if n := len(e.Candidates); n > mostPaired {
		return nil, fmt.Errorf("%w: %d candidates are more than the %d that %s compares", ErrElection, n, mostPaired, method)
	}
	p.m, p.valid = preferences(e.papers(), taking)
	p.s.Matrix, p.s.Valid, p.s.Rejected = p.m, p.valid, e.reject(p.valid, skips{}, namesAny)
	return p, nil
}

// preferences returns how many papers prefer the row's candidate to the column's, and how many rank anybody. A row first counts the
// papers that rank its candidate, but not above the column's: the ranked ones of a paper are all it takes, however many there are
// whom it does not rank.
func preferences(papers *Papers, taking []bool) (m [][]int64, valid int64) {
	n := len(taking)
	m = grid[int64](n, n)
	ranked := make([]int64, n) // papers that rank the candidate
	var seen []int             // on the paper, so far
	for kind := range papers.Len() {
		marks, weight := papers.At(kind)
		seen = seen[:0]
		level := 0 // where it begins in seen
		for _, mark := range marks {
			c, same := mark.Candidate()
			if !same {
				level = len(seen)
			}
			if !mark.Names() {
				continue
			}
			ranked[c] += weight
			row := m[c]
			for _, above := range seen {
				row[above] += weight
			}
			for _, beside := range seen[level:] {
				m[beside][c] += weight
			}
			seen = append(seen, c)
		}
		if len(seen) > 0 {
			valid += weight
		}
	}
	for c, row := range m {
		for x, not := range row {
			row[x] = 0
			if x != c && taking[x] {
				row[x] = ranked[c] - not
			}
		}
	}
	return m, valid
}

// grid returns so many rows of so many columns.
func grid[T any](rows, columns int) [][]T {
	all, out := make([]T, rows*columns), make([][]T, rows)
	for i := range out {
		out[i] = all[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return out
}

// defeat is a pair of whom more papers prefer the winner than the loser.
type defeat struct {
	winner, loser  int
	votes, against int64
	level          int32 // 1 is the weakest; equally strong ones are on one level
}

// figure is the strength as a person reads it.
func (p *pairs) figure(d defeat) int64 {
	if p.s.Variant == margins {
		return d.votes - d.against
	}
	return d.votes
}

// weigh compares how strong two defeats are: less than 0 where a is the weaker. Among equal winning votes the defeat with the smaller
// opposition is the stronger (Schulze 2011, the relation "winning votes"; the Debian constitution says the same).
func (p *pairs) weigh(a, b defeat) int {
	c := cmp.Compare(p.figure(a), p.figure(b))
	if c == 0 && p.s.Variant != margins {
		c = cmp.Compare(b.against, a.against)
	}
	return c
}

// defeats returns all defeats, strongest first. Equally strong ones stand in the lot order: by the winner who comes first in it, then
// by the loser who comes last (Zavist and Tideman 1989).
func (p *pairs) defeats() []defeat {
	var ds []defeat
	for _, a := range p.in {
		for _, b := range p.in {
			if p.m[a][b] > p.m[b][a] {
				ds = append(ds, defeat{winner: a, loser: b, votes: p.m[a][b], against: p.m[b][a]})
			}
		}
	}
	slices.SortFunc(ds, func(a, b defeat) int {
		if c := p.weigh(b, a); c != 0 {
			return c
		}
		return cmp.Or(p.lots.place[a.winner]-p.lots.place[b.winner], p.lots.place[b.loser]-p.lots.place[a.loser])
	})
	level := int32(0)
	for i := len(ds) - 1; i >= 0; i-- {
		if i == len(ds)-1 || p.weigh(ds[i], ds[i+1]) != 0 {
			level++
		}
		ds[i].level = level
	}
	return ds
}

// compare records the stage in which the candidates are compared, and returns the defeats.
func (p *pairs) compare() []defeat {
	ds := p.defeats()
	say := fmt.Sprintf("Every two candidates are compared on %s: whoever more papers prefer wins the contest. ", papersOf(p.valid))
	switch w := p.condorcet(); {
	case len(p.in) == 1:
		say = fmt.Sprintf("Only %s stands, on %s, so there is nobody to be compared with.", p.name(w), papersOf(p.valid))
	case w >= 0:
		say += p.name(w) + " wins all of them."
	default:
		say += "Nobody wins all of them."
	}
	won := make([]int64, len(p.e.Candidates))
	for _, d := range ds {
		won[d.winner]++
	}
	p.record(Compare, nil, say, "contests won", won)
	p.stage().Pairs = p.triples(ds)
	return ds
}

func (p *pairs) triples(ds []defeat) [][3]int64 {
	out := make([][3]int64, len(ds))
	for i, d := range ds {
		out[i] = [3]int64{int64(d.winner + 1), int64(d.loser + 1), p.figure(d)}
	}
	return out
}

// record writes down a stage with a whole figure for each candidate, and what the figures are. What is counted are contests, so nothing is not transferred.
func (p *pairs) record(a Action, of []int, say, what string, figures []int64) {
	st := Stage{Action: a, Of: numbers(of), Say: say, Votes: make([]string, len(figures)), Figures: what}
	for c, n := range figures {
		st.Votes[c] = strconv.FormatInt(n, 10)
	}
	p.s.Stages = append(p.s.Stages, st)
}

func (p *pairs) stage() *Stage { return &p.s.Stages[len(p.s.Stages)-1] }

func (p *pairs) name(c int) string { return p.e.Candidates[c].Name }

func (p *pairs) names(cs []int) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = p.name(c)
	}
	return list(out)
}

// condorcet returns the candidate who wins against every other, or -1.
func (p *pairs) condorcet() int {
	for _, a := range p.in {
		if !slices.ContainsFunc(p.in, func(b int) bool { return a != b && p.m[a][b] <= p.m[b][a] }) {
			return a
		}
	}
	return -1
}

// elect fills the places from the top of the ranking, at the end of the last stage; within a level the lot decides. It notes whether
// somebody wins against everybody, and how nearly.
func (p *pairs) elect(ranking [][]int) {
	st := p.stage()
	for _, level := range ranking {
		p.s.Ranking = append(p.s.Ranking, numbers(level))
		left := slices.Clone(level)
		for len(left) > 0 && len(p.s.Elected) < p.s.Seats {
			c := p.draw("election", left)
			left = slices.DeleteFunc(left, func(l int) bool { return l == c })
			p.s.Elected = append(p.s.Elected, c+1)
		}
	}
	st.Elected = slices.Clone(p.s.Elected)
	p.s.Unfilled = p.s.Seats - len(p.s.Elected)
	elected := make([]int, len(p.s.Elected))
	for i, n := range p.s.Elected {
		elected[i] = n - 1
	}
	verb := " is elected."
	if len(elected) > 1 {
		verb = " are elected."
	}
	st.Say += " " + p.names(elected) + verb
	p.noteCondorcet()
}

// draw returns who of those on one level comes first by lot.
func (p *pairs) draw(what string, among []int) int {
	chosen := p.lots.first(among)
	if len(among) > 1 {
		p.s.Ties = append(p.s.Ties, Tie{Stage: len(p.s.Stages), For: what, Among: numbers(among), Chosen: chosen + 1, By: p.lots.by})
	}
	return chosen
}

// noteCondorcet says whether there is a Condorcet winner, and how many papers would have had to say otherwise for there to be none.
func (p *pairs) noteCondorcet() {
	w := p.condorcet()
	if len(p.in) < 2 {
		return
	}
	if w < 0 {
		p.note("No candidate wins against every other: there is no Condorcet winner.")
		return
	}
	closest := -1
	for _, b := range p.in {
		if b != w && (closest < 0 || p.lead(w, b) < p.lead(w, closest)) {
			closest = b
		}
	}
	p.note("%s wins against every other candidate (a Condorcet winner). The closest contest is with %s, %d to %d: had %d of those papers preferred %s, %s would not have won it.",
		p.name(w), p.name(closest), p.m[w][closest], p.m[closest][w], (p.lead(w, closest)+1)/2, p.name(closest), p.name(w))
}

// lead returns by how many more papers a is preferred to b.
func (p *pairs) lead(a, b int) int64 { return p.m[a][b] - p.m[b][a] }

func (p *pairs) note(format string, args ...any) {
	p.s.Notes = append(p.s.Notes, fmt.Sprintf(format, args...))
}

// rankByRelation ranks by a relation without circles: first those whom nobody stands above, then those whom nobody who is left does, and so on.
func rankByRelation(cs []int, above func(a, b int) bool) [][]int {
	over := make([]int, slices.Max(cs)+1) // how many who are left stand above
	for _, b := range cs {
		for _, a := range cs {
			if above(a, b) {
				over[b]++
			}
		}
	}
	var out [][]int
	left := slices.Clone(cs)
	for len(left) > 0 {
		var level, rest []int
		for _, c := range left {
			if over[c] == 0 {
				level = append(level, c)
			} else {
				rest = append(rest, c)
			}
		}
		for _, b := range rest {
			for _, a := range level {
				if above(a, b) {
					over[b]--
				}
			}
		}
		out, left = append(out, level), rest
	}
	return out
}

// rankByFigure ranks by figures, the largest first.
func rankByFigure(cs []int, figure []int64) [][]int {
	sorted := slices.SortedStableFunc(slices.Values(cs), func(a, b int) int { return cmp.Compare(figure[b], figure[a]) })
	var out [][]int
	for i, c := range sorted {
		if i == 0 || figure[c] != figure[sorted[i-1]] {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}
