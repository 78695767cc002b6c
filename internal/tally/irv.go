package tally

import (
	"cmp"
	"slices"
)

var irvMethod = Method{
	Name:   "irv",
	Say:    "Instant run-off, the alternative vote: the last is excluded and their papers move on, until somebody has more than half of the papers that still count.",
	Ranked: true,
	count:  func(e *Election, o Options) (*Sheet, error) { return countRanked(e, o, irvMethodName, true) },
}

var usSTVMethod = Method{
	Name:  "us-stv",
	Say:   "Single transferable vote as in cities of the United States: every paper of an elected candidate moves on at a part of its value, and the last is excluded until the places are filled.",
	Seats: true, Ranked: true,
	count: func(e *Election, o Options) (*Sheet, error) { return countRanked(e, o, usSTVMethodName, false) },
}

const (
	irvMethodName   = "irv"
	usSTVMethodName = "us-stv"
)

// ranked is a count by irv or us-stv under way. A stage moves the papers of those whom the stage before has excluded, or elected with
// a surplus, and says at its end who is elected or excluded next.
//
// The rules are those of practice.md §2.8.4 for one seat and, for what RankedRules switch, those that RCTab 2.0 counts by. When
// two are left who are tied, the one whom the tie excludes is named at that stage and the other elected, without one stage more.
type ranked struct {
	*ranking
	e         *Election
	s         *Sheet
	lots      lots
	one       bool      // seat only
	places    int       // decimals
	unit      int64     // what a whole paper is worth
	value     []int64   // by kind: what each paper is worth
	of        [][]int32 // by candidate: the kinds that lie with them
	votes     []int64   // by candidate
	history   [][]int64 // votes after each stage
	ended     [endings]int64
	lost      int64 // by cutting off
	valid     int64 // papers
	threshold int64
	hopeful   []int // those who are neither elected nor excluded
	out       int   // how many are excluded
	moving    []int // whose papers the next stage moves
	action    Action
}

// countRanked counts for one seat, or for several.
func countRanked(e *Election, o Options, name string, one bool) (*Sheet, error) {
	var rules RankedRules
	if o.Ranked != nil {
		rules = *o.Ranked
	}
	if err := rules.check(one); err != nil {
		return nil, err
	}
	c := newRanked(e, o, rules, name, one)
	c.record(nil, c.sayFirst())
	for c.decide() {
		c.move()
	}
	c.s.Unfilled = c.s.Seats - len(c.s.Elected)
	c.s.Quota = c.stage().Quota
	if one {
		c.note()
	}
	return c.s, nil
}

func newRanked(e *Election, o Options, rules RankedRules, name string, one bool) *ranked {
	n, kinds := len(e.Candidates), e.Papers.Len()
	c := &ranked{
		ranking: newRanking(e, rules), e: e, s: newSheet(e, o, name), lots: newLots(e, o), one: one, action: First,
		value: make([]int64, kinds), of: make([][]int32, n+1), votes: make([]int64, n+1),
	}
	if one {
		c.s.Seats = 1
	} else if c.places = rules.Places; c.places == 0 {
		c.places = usPlaces
	}
	c.unit = pow10(c.places)
	for cand, in := range c.running {
		if in {
			c.hopeful = append(c.hopeful, cand)
		}
	}
	for kind := range int32(kinds) {
		_, weight := c.papers.At(int(kind))
		c.value[kind] = c.unit
		if c.put(kind, weight) {
			c.valid += weight
		}
	}
	c.s.Valid, c.s.Rejected = c.valid, c.endings(0)
	c.ended = [endings]int64{}
	return c
}

// put moves the kind's papers to whom they count for next, and says whether there is anybody.
func (c *ranked) put(kind int32, weight int64) bool {
	to, why := c.next(kind)
	if to < 0 {
		c.ended[why] += c.value[kind] * weight
		return false
	}
	c.of[to] = append(c.of[to], kind)
	c.votes[to] += c.value[kind] * weight
	return true
}

// writeIns is the candidate who stands for all who are none.
func (c *ranked) writeIns() int { return len(c.e.Candidates) }

func (c *ranked) vacancies() int { return c.s.Seats - len(c.s.Elected) }

func (c *ranked) stage() *Stage { return &c.s.Stages[len(c.s.Stages)-1] }

// record writes down a stage that has been done, with the threshold that now holds.
func (c *ranked) record(before []int64, say string) {
	if c.setThreshold() {
		say += " " + c.sayThreshold()
	}
	st := Stage{Action: c.action, Of: c.people(c.moving), Say: say}
	c.history = append(c.history, slices.Clone(c.votes))
	left := c.valid * c.unit
	for cand, v := range c.votes {
		left -= v
		if cand == c.writeIns() {
			break
		}
		st.Votes = append(st.Votes, c.figure(v))
		if before != nil {
			st.Moved = append(st.Moved, c.figure(v-before[cand]))
		}
	}
	if c.rules.WriteIns {
		st.Undeclared = c.figure(c.votes[c.writeIns()])
	}
	if !c.one {
		st.Loss = c.figure(c.lost)
	}
	if c.ended[endExhausted] != left-c.lost {
		st.Ended = c.endings(c.places)
	}
	st.Nontransferable = c.figure(left)
	if !c.rules.BottomsUp {
		st.Quota = c.figure(c.threshold)
	}
	c.s.Stages = append(c.s.Stages, st)
}

// setThreshold works out how many votes elect, and says whether that has changed. For one seat that follows the papers that still count, unless a rule says otherwise or
// somebody has won; for several seats it stays as it was at the first stage.
func (c *ranked) setThreshold() bool {
	if len(c.history) > 0 && (!c.one || c.rules.FirstThreshold || len(c.s.Elected) > 0) {
		return false
	}
	was, counting, seats := c.threshold, c.counting(), int64(c.s.Seats)
	step := c.unit
	if c.rules.Fractions {
		step = 1
	}
	c.threshold = (counting/step/(seats+1) + 1) * step
	if papers := counting / c.unit; c.rules.Hare {
		c.threshold = max(1, papers/seats+min(1, papers%seats)) * c.unit
	}
	return c.threshold != was && !c.rules.BottomsUp
}

// counting returns the votes that count for somebody.
func (c *ranked) counting() (sum int64) {
	for _, v := range c.votes {
		sum += v
	}
	return sum
}

// decide says at the end of a stage who is elected or, if nobody is, who is excluded next, and returns whether there is another stage.
func (c *ranked) decide() bool {
	winners := c.winners()
	c.moving, c.action = nil, Complete
	for _, cand := range winners {
		c.win(cand)
	}
	switch {
	case len(winners) > 0:
		if !c.one && !c.rules.BottomsUp {
			c.moving, c.action = winners, Surplus
		}
	case len(c.hopeful) > 0 && (c.vacancies() > 0 || c.rules.UntilTwo && c.out < c.taken()-2):
		c.moving, c.action = c.losers(), Exclude
		c.exclude(c.moving)
	}
	return c.another()
}

// taken returns how many take part.
func (c *ranked) taken() int {
	n := 0
	for _, in := range c.taking {
		if in {
			n++
		}
	}
	return n
}

// another says whether there is another stage. One for several seats has a last stage that takes off the surplus of the last elected.
func (c *ranked) another() bool {
	switch {
	case c.action == Exclude:
		return true
	case c.vacancies() > 0:
		return len(c.hopeful) > 0
	case c.rules.UntilTwo:
		return c.out+2 < c.taken()
	}
	return c.action == Surplus
}

// winners returns who is elected at the end of the stage, in this order.
func (c *ranked) winners() []int {
	places := c.vacancies()
	people := slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return h == c.writeIns() })
	switch {
	case places == 0 || c.votes[c.writeIns()] > 0:
		return nil
	case len(c.hopeful) <= places:
		return c.inOrder(people, places)
	case c.rules.FirstThreshold && len(c.hopeful) == 2:
		return c.inOrder(extreme(people, c.votes, 1), 1)
	case c.rules.BottomsUp:
		return nil
	}
	reached := slices.DeleteFunc(people, func(h int) bool { return c.votes[h] < c.threshold })
	if c.rules.OneAStage {
		places = 1
	}
	if len(reached) == 0 && c.one && len(c.hopeful) == 2 {
		return c.lastTwo()
	}
	return c.inOrder(reached, places)
}

// inOrder returns so many of those who are elected together, most votes first.
func (c *ranked) inOrder(cs []int, most int) (out []int) {
	for cs = slices.Clone(cs); len(cs) > 0 && len(out) < most; {
		cand := c.choose("election", extreme(cs, c.votes, 1))
		cs = slices.DeleteFunc(cs, func(h int) bool { return h == cand })
		out = append(out, cand)
	}
	return out
}

// lastTwo excludes one of two who have half each, so that the other is elected.
func (c *ranked) lastTwo() []int {
	c.exclude([]int{c.choose(Exclude, c.hopeful)})
	return slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return h == c.writeIns() })
}

func (c *ranked) win(cand int) {
	st := c.stage()
	st.Elected = append(st.Elected, cand+1)
	st.Say += " " + c.sayWin(cand)
	c.drop(cand)
	c.running[cand] = c.rules.UntilTwo // papers still move to a winner if the count goes on
	c.s.Elected = append(c.s.Elected, cand+1)
}

func (c *ranked) drop(cand int) {
	c.running[cand] = false
	c.hopeful = slices.DeleteFunc(c.hopeful, func(h int) bool { return h == cand })
}

func (c *ranked) exclude(cs []int) {
	for _, cand := range cs {
		c.drop(cand)
	}
	c.out += len(cs)
	st := c.stage()
	st.Excluded = append(st.Excluded, c.people(cs)...)
	st.Say += " " + c.sayOut(cs)
}

// losers returns who is excluded: those who are no candidates, or those under the minimum, or a batch, or the last.
func (c *ranked) losers() []int {
	if c.votes[c.writeIns()] > 0 {
		return []int{c.writeIns()}
	}
	few := slices.DeleteFunc(slices.Clone(c.hopeful), func(h int) bool { return c.votes[h] >= c.rules.Minimum*c.unit })
	if len(few) > 0 && len(few) < len(c.hopeful) {
		return few
	}
	if few = c.batch(); len(few) > 1 {
		return few
	}
	return []int{c.choose(Exclude, extreme(c.hopeful, c.votes, -1))}
}

// batch returns those who together have fewer votes than anybody else has, or nobody. Where the count goes on until two are left,
// it leaves two.
func (c *ranked) batch() []int {
	if !c.rules.Batch {
		return nil
	}
	order := slices.Clone(c.hopeful)
	if c.rules.UntilTwo && len(c.s.Elected) > 0 {
		order = append(order, c.s.Elected[0]-1)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.votes[a], c.votes[b]) })
	sum, safe, before := int64(0), 0, 0
	for i, cand := range order {
		if sum < c.votes[cand] && i > safe {
			safe, before = i, safe
		}
		sum += c.votes[cand]
	}
	if c.rules.UntilTwo && safe == len(order)-1 {
		safe = before
	}
	return order[:safe]
}

// choose takes one of those who stand alike. People who are no candidates are excluded before any who are.
func (c *ranked) choose(what Action, tied []int) int {
	if len(tied) == 1 {
		return tied[0]
	}
	if slices.Contains(tied, c.writeIns()) {
		return c.writeIns()
	}
	sign := 1
	if what == Exclude {
		sign = -1
	}
	t := Tie{Stage: len(c.s.Stages), For: string(what), Among: numbers(tied), By: c.lots.by}
	left := tied
	for stage := len(c.history) - 1; c.rules.Ties == TiesEarlier && stage >= 0 && len(left) > 1; stage-- {
		if narrower := extreme(left, c.history[stage], sign); len(narrower) < len(left) {
			left, t.By, t.From = narrower, ByEarlier, stage+1
		}
	}
	if len(left) > 1 {
		t.By, t.From = c.lots.by, 0
	}
	chosen := c.lots.first(left)
	if c.rules.Ties == TiesOrder && what == Exclude {
		chosen = c.lots.last(left)
	}
	t.Chosen = chosen + 1
	c.s.Ties = append(c.s.Ties, t)
	return chosen
}

// last returns the candidate that the lot takes last.
func (l lots) last(cs []int) int {
	return slices.MaxFunc(cs, func(a, b int) int { return l.place[a] - l.place[b] })
}

// move does a stage: it moves the papers of those who were elected or excluded at the end of the one before.
func (c *ranked) move() {
	before, ended := slices.Clone(c.votes), c.ended
	value := int64(0)
	for _, cand := range c.moving {
		if c.action == Surplus {
			value = c.release(cand)
		} else {
			c.pass(cand)
		}
	}
	c.record(before, c.sayMove(before, ended))
	if c.action == Surplus && len(c.moving) == 1 && value > 0 {
		c.stage().Value = c.figure(value)
	}
}

// pass moves the papers of an excluded candidate at the value they have.
func (c *ranked) pass(cand int) {
	kinds := c.of[cand]
	c.of[cand], c.votes[cand] = nil, 0
	for _, kind := range kinds {
		_, weight := c.papers.At(int(kind))
		c.put(kind, weight)
	}
}

// release moves the papers of an elected candidate. Each goes on with its value times the candidate's surplus over their votes, that
// quotient and the product both cut off. What so stays with the candidate above the threshold is lost. It returns the value, if all
// papers have gone on with one value, or 0.
func (c *ranked) release(cand int) int64 {
	kinds, fraction, kept := c.of[cand], int64(0), int64(0)
	if extra := c.votes[cand] - c.threshold; extra > 0 {
		fraction = mulDiv(extra, c.unit, c.votes[cand])
	}
	final := c.vacancies() == 0
	c.of[cand] = nil
	one := int64(-1)
	for _, kind := range kinds {
		_, weight := c.papers.At(int(kind))
		was := c.value[kind]
		is := mulDiv(was, fraction, c.unit)
		c.value[kind] = is
		kept += (was - is) * weight
		if one < 0 {
			one = is
		} else if one != is {
			one = 0
		}
		switch {
		case is == 0:
		case final:
			c.ended[endSurplus] += is * weight
		default:
			c.put(kind, weight)
		}
	}
	c.votes[cand] = kept
	if kept > c.threshold {
		c.votes[cand] = c.threshold
		c.lost += kept - c.threshold
	}
	return max(0, one)
}
