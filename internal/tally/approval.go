package tally

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/line"
)

var approvalMethod = Method{
	Name: "approval",
	Say:  "Approval voting: whoever is named on a paper is approved by it, and those with the most approvals are elected.",
	Variants: []Variant{
		{"most", "those with the most approvals, as many as there are places"},
		{approvalHalf, "everybody whom at least half of the papers approve, however many there are places: a lot can be drawn among them"},
	},
	Seats: true,
	count: countApproval,
}

var scoreMethod = Method{
	Name:  "score",
	Say:   "Score voting: the scores on all papers are added up, and those with the highest totals are elected; a paper that does not name a candidate gives 0.",
	Seats: true,
	count: countScore,
}

// exactPlaces is how many decimals of a fraction are written. Fractions are compared exactly, and only what is written is cut off.
const exactPlaces = 9

// mostFigures is how many figures the stages of a count of committees or budgets can have in all; more are refused.
const mostFigures = 1 << 22

// approvals is who approves whom. In what order a paper names candidates plays no part, so papers that name the same ones are of
// one kind here. Those who have withdrawn are left out.
type approvals struct {
	e      *Election
	s      *Sheet
	lots   lots
	in     []bool
	of     [][]support // by candidate
	weight []int64     // by kind: how many papers
	votes  []int64     // by candidate: approvals
	blank  int64       // papers that approve nobody
	marks  int64       // of all kinds
	what   string      // the figures of the next stage are: "" for votes
}

// support is a kind of papers that approves a candidate, and the score beside the mark.
type support struct{ kind, points int32 }

// newApprovals reads the papers of the election, and refuses, with ErrElection, more rounds than a sheet can show.
func newApprovals(e *Election, o Options, method string, rounds int) (*approvals, error) {
	n := len(e.Candidates)
	if int64(rounds)*int64(n) > mostFigures {
		return nil, fmt.Errorf("%w: %d rounds among %d candidates are more than %d figures", ErrElection, rounds, n, mostFigures)
	}
	a := &approvals{e: e, s: newSheet(e, o, method), lots: newLots(e, o), in: e.taking(), of: make([][]support, n), votes: make([]int64, n)}
	kinds, err := a.kinds()
	if err != nil {
		return nil, err
	}
	a.s.Valid, a.s.Rejected = kinds.Total(), e.reject(kinds.Total(), skips{}, legible)
	for kind := range kinds.Len() {
		marks, weight := kinds.At(kind)
		scores := kinds.Scores(kind)
		a.weight = append(a.weight, weight)
		a.marks += int64(len(marks))
		if len(marks) == 0 {
			a.blank += weight
		}
		for i, m := range marks {
			points := int32(0)
			if scores != nil {
				points = scores[i]
			}
			a.of[m] = append(a.of[m], support{int32(kind), points})
			a.votes[m] += weight
		}
	}
	a.s.Empty = a.blank
	return a, nil
}

// kinds returns the papers that can be read, with whom each approves in the order of the list.
func (a *approvals) kinds() (*Papers, error) {
	var out Papers
	type mark struct {
		m     Mark
		score int32
	}
	var on []mark
	var marks []Mark
	var scores []int32
	for i := range a.e.Papers.Len() {
		all, weight := a.e.Papers.At(i)
		given := a.e.Papers.Scores(i)
		on, marks, scores = on[:0], marks[:0], scores[:0]
		for j, m := range all {
			c, _ := m.Candidate()
			if !m.Names() || !a.in[c] {
				continue
			}
			on = append(on, mark{m: Mark(c)})
			if given != nil {
				on[len(on)-1].score = given[j]
			}
		}
		if len(on) == 0 && !legible(strip(nil, all, a.in)) {
			continue
		}
		slices.SortFunc(on, func(a, b mark) int { return int(a.m) - int(b.m) })
		for _, o := range on {
			marks, scores = append(marks, o.m), append(scores, o.score)
		}
		if err := out.AddScored(marks, scores, weight); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// left returns those who take part and are not among the elected.
func (a *approvals) left() (out []int) {
	for c, in := range a.in {
		if in && !slices.Contains(a.s.Elected, c+1) {
			out = append(out, c)
		}
	}
	return out
}

// pick takes one of those who stand alike: the one whom the lot takes first. The tie is reported at the stage that comes next.
func (a *approvals) pick(what string, tied []int) int {
	chosen := a.lots.first(tied)
	if len(tied) > 1 {
		a.s.Ties = append(a.s.Ties, Tie{Stage: len(a.s.Stages) + 1, For: what, Among: numbers(tied), Chosen: chosen + 1, By: a.lots.by})
	}
	return chosen
}

// seat picks one of those who stand alike for a place. It is their order alone that is tied if there are places for them all.
func (a *approvals) seat(tied []int) int {
	if len(tied) <= a.s.Seats-len(a.s.Elected) {
		return a.pick("order", tied)
	}
	return a.pick("election", tied)
}

// record writes down a stage. Votes has the figures, "" for those who have none.
func (a *approvals) record(action Action, of []int, votes []string, say string) {
	a.s.Stages = append(a.s.Stages, Stage{Action: action, Of: numbers(of), Say: say, Votes: votes, Figures: a.what, Nontransferable: strconv.FormatInt(a.blank, 10)})
}

// elect writes down a stage that has given a place, or money, to the candidate.
func (a *approvals) elect(action Action, c int, votes []string, say string) {
	a.record(action, []int{c}, votes, say)
	a.s.Stages[len(a.s.Stages)-1].Elected = []int{c + 1}
	a.s.Elected = append(a.s.Elected, c+1)
	if a.votes[c] == 0 {
		a.s.Notes = append(a.s.Notes, "Nobody has voted for "+a.name(c)+": there was room for more than anybody has voted for.")
	}
}

// fill gives the last places, for which nobody is left whom anybody approves, by lot.
func (a *approvals) fill() {
	for left := a.left(); len(left) > 0 && len(a.s.Elected) < a.s.Seats; left = a.left() {
		c := a.seat(left)
		a.elect(Fill, c, make([]string, len(a.in)), a.name(c)+" is elected, because a place is left and nobody approves any of those who are left.")
	}
	a.s.Unfilled = max(0, a.s.Seats-len(a.s.Elected))
}

func (a *approvals) name(c int) string { return a.e.Candidates[c].Name }

// unapproved says whether no paper approves any of the candidates.
func (a *approvals) unapproved(cs []int) bool {
	return !slices.ContainsFunc(cs, func(c int) bool { return a.votes[c] > 0 })
}

// wholeFigures writes one whole figure for each candidate.
func wholeFigures(figures []int64) (out []string) {
	for _, f := range figures {
		out = append(out, strconv.FormatInt(f, 10))
	}
	return out
}

// fraction writes num/den, of which num is at least 0 and den more, cut off after the places.
func fraction(num, den *big.Int, places int) string {
	q := new(big.Int).Mul(num, big.NewInt(pow10(places)))
	text := q.Quo(q, den).String()
	if places == 0 {
		return text
	}
	if len(text) <= places {
		text = strings.Repeat("0", places+1-len(text)) + text
	}
	return text[:len(text)-places] + "." + text[len(text)-places:]
}

func countApproval(e *Election, o Options) (*Sheet, error) {
	a, err := newApprovals(e, o, "approval", 1)
	if err != nil {
		return nil, err
	}
	a.what = "approvals"
	if o.Variant == approvalHalf {
		return a.half(), nil
	}
	return a.separable(a.votes, plural(a.s.Valid, "paper, which approves everybody it names.", "papers, and each approves everybody it names."), "approval"), nil
}

func countScore(e *Election, o Options) (*Sheet, error) {
	a, err := newApprovals(e, o, "score", 1)
	if err != nil {
		return nil, err
	}
	if a.e.Papers.Len() > 0 && a.e.Papers.Scores(0) == nil {
		return nil, fmt.Errorf("%w: the papers have no scores; files that have them are Pabulib's (.pb) with the vote type cumulative or scoring", ErrElection)
	}
	totals, err := a.points()
	if err != nil {
		return nil, err
	}
	a.what = "points"
	return a.separable(totals, fmt.Sprintf("%s; the scores are added up, and a paper that does not name a candidate gives 0.", line.Count(a.s.Valid, "paper")), "point"), nil
}

// points returns every candidate's total of scores, and refuses, with ErrElection, scores whose totals could not be held.
func (a *approvals) points() ([]int64, error) {
	most := uint64(0)
	for _, of := range a.of {
		for _, s := range of {
			most = max(most, uint64(max(int64(s.points), -int64(s.points))))
		}
	}
	if hi, lo := bits.Mul64(most, uint64(a.e.Papers.Total())); hi != 0 || lo > 1<<62 {
		return nil, fmt.Errorf("%w: the scores are too large to be added up", ErrElection)
	}
	totals := make([]int64, len(a.of))
	for c, of := range a.of {
		for _, s := range of {
			totals[c] += int64(s.points) * a.weight[s.kind]
		}
	}
	return totals, nil
}

// separable elects those with the largest figures, each of which depends on nobody else.
func (a *approvals) separable(figures []int64, say, what string) *Sheet {
	left := a.left()
	var names []string
	for len(left) > 0 && len(a.s.Elected) < a.s.Seats {
		c := a.seat(extreme(left, figures, 1))
		left = slices.DeleteFunc(left, func(l int) bool { return l == c })
		a.s.Elected = append(a.s.Elected, c+1)
		names = append(names, fmt.Sprintf("%s with %s", a.name(c), line.Count(figures[c], what)))
		if a.votes[c] == 0 {
			a.s.Notes = append(a.s.Notes, "No paper names "+a.name(c)+".")
		}
	}
	if len(names) > 0 {
		say += " Elected: " + list(names) + "."
	}
	a.record(Total, nil, wholeFigures(figures), say)
	a.s.Stages[0].Elected = slices.Clone(a.s.Elected)
	a.s.Unfilled = a.s.Seats - len(a.s.Elected)
	a.rank(figures)
	return a.s
}

// rank puts all who take part on levels, those with the largest figures first.
func (a *approvals) rank(figures []int64) {
	var order []int
	for c, in := range a.in {
		if in {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(figures[y], figures[x]) })
	for i, c := range order {
		if i == 0 || figures[c] != figures[order[i-1]] {
			a.s.Ranking = append(a.s.Ranking, nil)
		}
		last := len(a.s.Ranking) - 1
		a.s.Ranking[last] = append(a.s.Ranking[last], c+1)
	}
}
