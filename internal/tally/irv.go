package tally

import "slices"

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
	one       bool      // whether there is one seat only
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
	c := newRanked(e, o, rules, name, one)
	if said := rules.String(); said != "" {
		c.s.Notes = append(c.s.Notes, "Counted with the rules "+said+"."+rules.idle())
	}
	c.record(nil, c.sayFirst())
	for c.decide() {
		c.move()
	}
	c.s.Unfilled = c.s.Seats - len(c.s.Elected)
	c.s.Quota = c.stage().Quota
	if one && len(c.s.Elected) > 0 {
		c.s.Ranking = c.order()
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
