package tally

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

var scottishMethod = Method{
	Name:  "scottish",
	Say:   "Single transferable vote by the rules of Scottish council elections: surpluses move at a value, to five decimals, and the last is excluded until the places are filled.",
	Seats: true, Reserves: true,
	count: scottish,
}

// The rules are those of the Scottish Local Government Elections Order 2011, Schedule 1, rules 45 to 52 (the text of SSI 2007/42).
// Where it is silent:
//   - of three or more who are tied, of whom only some differ at an earlier stage, those who differ in the right way stay in, and
//     the stage before is asked about them;
//   - a paper with two candidates on one level, or a skipped rank, goes no further than the rank before it.
const scottishPlaces = 5

// stv is an STV count under way.
type stv struct {
	piles
	keeping
	e       *Election
	s       *Sheet
	lots    lots
	value   []int64   // by kind: what each paper is worth
	top     []int32   // by candidate: the kind that came to them last, plus 1; 0: none
	under   []int32   // by kind: the one that came to the same candidate before it, likewise
	votes   []int64   // by candidate, in 1/100000
	history [][]int64 // votes after each stage
	valid   int64     // papers
	quota   int64     // in 1/100000
	lost    int64     // by cutting off, so far
	hopeful []int     // those who are neither elected nor excluded
	waiting []int     // elected with a surplus that has not been passed on
	leaving []int     // excluded, with papers that have not been passed on
	full    bool
}

func scottish(e *Election, o Options) (*Sheet, error) {
	c := newSTV(e, o)
	c.s.Quota = decimal(c.quota/pow10(scottishPlaces), 0)
	c.record(First, nil, fmt.Sprintf("First preferences of %s. The quota is %s.", papersOf(c.valid), c.s.Quota), nil)
	for !c.full {
		c.step()
	}
	return c.s, nil
}

func newSTV(e *Election, o Options) *stv {
	papers := e.papers()
	n := len(e.Candidates)
	c := &stv{
		piles:   piles{papers: papers, at: make([]int32, papers.Len()), running: e.taking()},
		keeping: newKeeping(e, o), e: e, s: newSheet(e, o, "scottish"), lots: newLots(e, o), votes: make([]int64, n),
		value: make([]int64, papers.Len()), top: make([]int32, n), under: make([]int32, papers.Len()),
	}
	for cand, in := range c.running {
		if in {
			c.hopeful = append(c.hopeful, cand)
		}
	}
	unit := pow10(scottishPlaces)
	for kind := range int32(papers.Len()) {
		_, weight := papers.At(int(kind))
		c.value[kind] = unit
		if to := c.next(kind); to >= 0 {
			c.put(kind, to, weight)
			c.valid += weight
		}
	}
	c.s.Valid, c.s.Rejected = c.valid, c.reject(e, c.valid)
	c.quota = (c.valid/int64(c.s.Seats+1) + 1) * unit
	return c
}

// papers returns the papers without those who have withdrawn.
func (e *Election) papers() *Papers {
	if len(e.Withdrawn) == 0 {
		return &e.Papers
	}
	in := e.taking()
	var out Papers
	var marks []Mark
	for i := range e.Papers.Len() {
		old, weight := e.Papers.At(i)
		marks = strip(marks[:0], old, in)
		if err := out.Add(marks, weight); err != nil {
			return &e.Papers // cannot be: there are no more of them than there were
		}
	}
	return &out
}

// strip appends the marks of a paper without those who have withdrawn.
func strip(out, marks []Mark, in []bool) []Mark {
	gone := false // the best of a level has withdrawn: the next of it begins the level
	for _, m := range marks {
		c, same := m.Candidate()
		if !same {
			gone = false
		}
		if m.Names() && !in[c] {
			gone = gone || !same
			continue
		}
		if same && gone {
			m, gone = m&^Same, false
		}
		out = append(out, m)
	}
	return out
}

func (c *stv) put(kind int32, to int, weight int64) {
	c.under[kind], c.top[to] = c.top[to], kind+1
	c.votes[to] += c.value[kind] * weight
}

// take takes all papers from the candidate, and yields their kinds, each of which can be put elsewhere at once.
func (c *stv) take(cand int) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		left := c.top[cand]
		c.top[cand] = 0
		for left != 0 {
			kind := left - 1
			left = c.under[kind]
			if !yield(kind) {
				return
			}
		}
	}
}

// vacancies returns how many places are not filled.
func (c *stv) vacancies() int { return c.fillable(c.s) - len(c.s.Elected) }

// step does the next stage.
func (c *stv) step() {
	switch {
	case len(c.leaving) > 0:
		cand := c.leaving[0]
		c.leaving = c.leaving[1:]
		c.pass(cand)
	case len(c.waiting) > 0:
		cand := c.choose(Surplus, c.best(c.waiting))
		c.waiting = slices.DeleteFunc(c.waiting, func(w int) bool { return w == cand })
		c.surplus(cand)
	default:
		c.fill()
	}
}

// surplus passes on what an elected candidate has above the quota (rule 48): every paper, at its value times the surplus over the
// candidate's votes, cut off after the fifth decimal.
func (c *stv) surplus(cand int) {
	surplus, held := c.votes[cand]-c.quota, c.votes[cand]
	before := slices.Clone(c.votes)
	moved, value, one := int64(0), int64(-1), true
	was, is := int64(-1), int64(0)
	for kind := range c.take(cand) {
		if c.value[kind] != was {
			was = c.value[kind]
			is = mulDiv(surplus, was, held)
			one = one && (value < 0 || value == is)
			value = is
		}
		c.value[kind] = is
		_, weight := c.papers.At(int(kind))
		moved += is * weight
		if to := c.next(kind); to >= 0 {
			c.put(kind, to, weight)
		}
	}
	c.votes[cand] = c.quota
	c.lost += surplus - moved
	say := fmt.Sprintf("%s has %s more than the quota, and this surplus is passed on.", c.name(cand), c.figure(surplus))
	if one {
		say = fmt.Sprintf("%s has %s more than the quota, and this surplus is passed on: %s for each paper.", c.name(cand), c.figure(surplus), c.figure(value))
	}
	c.record(Surplus, []int{cand}, say, before)
	if one {
		c.stage().Value = c.figure(value)
	}
}

// pass moves the papers of an excluded candidate at the value they have (rule 50).
func (c *stv) pass(cand int) {
	before := slices.Clone(c.votes)
	for kind := range c.take(cand) {
		if to := c.next(kind); to >= 0 {
			_, weight := c.papers.At(int(kind))
			c.put(kind, to, weight)
		}
	}
	c.votes[cand] = 0
	c.record(Exclude, []int{cand}, c.name(cand)+" is excluded, and the papers go to the next candidate named on them, at the value they have.", before)
}

// fill gives the last places to those who are left (rule 52).
func (c *stv) fill() {
	c.record(Fill, nil, "As many are left as there are places.", nil)
}

// record writes down a stage that has been done, with who is elected and who is to be excluded at its end.
func (c *stv) record(a Action, of []int, say string, before []int64) {
	st := Stage{Action: a, Of: numbers(of), Say: say, Votes: make([]string, 0, len(c.votes))}
	if before != nil {
		st.Moved = make([]string, 0, len(c.votes))
	}
	c.history = append(c.history, slices.Clone(c.votes))
	left := c.valid * pow10(scottishPlaces)
	for cand, v := range c.votes {
		st.Votes = append(st.Votes, c.figure(v))
		left -= v
		if before != nil {
			st.Moved = append(st.Moved, c.figure(v-before[cand]))
		}
	}
	st.Nontransferable, st.Loss = c.figure(left), c.figure(c.lost)
	c.s.Stages = append(c.s.Stages, st)
	c.elect()
	if !c.full && len(c.waiting) == 0 && len(c.leaving) == 0 {
		c.exclude()
	}
}

func (c *stv) stage() *Stage { return &c.s.Stages[len(c.s.Stages)-1] }

// elect declares who is elected at the end of the stage: those who have reached the quota (rule 47), most votes first, or all who are
// left where they are no more than the places (rule 52).
func (c *stv) elect() {
	var reached []int
	for _, h := range c.hopeful {
		if c.votes[h] >= c.quota {
			reached = append(reached, h)
		}
	}
	for reached = c.electable(c.s, reached); len(reached) > 0 && c.vacancies() > 0 && !c.full; reached = c.electable(c.s, reached) {
		cand := c.choose("election", c.best(reached))
		reached = slices.DeleteFunc(reached, func(h int) bool { return h == cand })
		c.win(cand, fmt.Sprintf("%s is elected with %s votes.", c.name(cand), c.figure(c.votes[cand])))
	}
	if c.vacancies() > 0 && len(c.hopeful) <= c.vacancies() {
		for len(c.hopeful) > 0 && !c.full {
			cand := c.choose("election", c.best(c.hopeful))
			c.win(cand, c.name(cand)+" is elected, because no more are left than there are places.")
		}
	}
	if !c.full && (c.vacancies() == 0 || len(c.hopeful) == 0) {
		c.stage().Say += c.sayLost()
		c.end()
	}
}

func (c *stv) win(cand int, say string) {
	c.drop(cand)
	st := c.stage()
	st.Elected = append(st.Elected, cand+1)
	if cand+1 == c.ron {
		st.Say += sayReopened(c.s, c.name(cand), c.figure(c.votes[cand]), c.votes[cand] >= c.quota, len(c.hopeful))
		c.end()
		return
	}
	st.Say += " " + say
	c.s.Elected = append(c.s.Elected, cand+1)
	if c.votes[cand] > c.quota {
		c.waiting = append(c.waiting, cand)
	}
}

func (c *stv) end() {
	c.full, c.s.Unfilled = true, c.s.Seats-len(c.s.Elected)
}

// drop takes a candidate out of those who are left.
func (c *stv) drop(cand int) {
	c.running[cand] = false
	c.hopeful = slices.DeleteFunc(c.hopeful, func(h int) bool { return h == cand })
}

// exclude declares who is excluded: whoever has the fewest votes (rule 50), but nobody without whom a reserved place could not be
// filled, and once no other places are open, first those for whom none is reserved.
func (c *stv) exclude() {
	last := c.last(c.excludable(c.s, c.hopeful))
	kept, rest := saved(c.last(c.hopeful), last), c.rest(c.s, c.hopeful)
	if len(rest) > 0 {
		last = c.last(rest)
	}
	cand := c.choose(Exclude, last)
	c.drop(cand)
	c.leaving = append(c.leaving, cand)
	st := c.stage()
	st.Excluded = append(st.Excluded, cand+1)
	if len(rest) > 0 {
		st.Say += fmt.Sprintf(" %s is excluded next, %s", c.name(cand), sayRest)
		return
	}
	st.Say += fewest(c.name(cand), len(last) > 1, kept, "excluded next")
}

// best and last return those with the most and the fewest votes.
func (c *stv) best(cs []int) []int { return c.extreme(cs, 1) }
func (c *stv) last(cs []int) []int { return c.extreme(cs, -1) }

func (c *stv) extreme(cs []int, sign int) []int { return extreme(cs, c.votes, sign) }

// extreme returns those of cs with the largest figure, or with the smallest if sign is -1.
func extreme(cs []int, figure []int64, sign int) []int {
	var out []int
	for _, cand := range cs {
		d := 0
		if len(out) > 0 {
			d = sign * cmp.Compare(figure[cand], figure[out[0]])
		}
		if d > 0 {
			out = out[:0]
		}
		if d >= 0 {
			out = append(out, cand)
		}
	}
	return out
}

// choose takes one of those who stand alike: by the latest earlier stage at which they differed, or else by lot (rules 49 and 51).
func (c *stv) choose(what Action, tied []int) int {
	if len(tied) == 1 {
		return tied[0]
	}
	sign := 1
	if what == Exclude {
		sign = -1
	}
	t := Tie{Stage: len(c.s.Stages), For: string(what), Among: numbers(tied), By: c.lots.by}
	left := tied
	for stage := len(c.history) - 1; stage >= 0 && len(left) > 1; stage-- {
		narrower := extreme(left, c.history[stage], sign)
		if len(narrower) < len(left) {
			left, t.By, t.From = narrower, ByEarlier, stage+1
		}
	}
	if len(left) > 1 {
		t.By, t.From = c.lots.by, 0
	}
	chosen := c.lots.first(left)
	t.Chosen = chosen + 1
	c.s.Ties = append(c.s.Ties, t)
	return chosen
}

func (c *stv) name(cand int) string { return c.e.Candidates[cand].Name }

func (c *stv) figure(n int64) string { return decimal(n, scottishPlaces) }
