package tally

import (
	"fmt"
	"math/big"
	"slices"
)

// meek is a count under way. All figures are in units of which one makes a vote.
type meek struct {
	keeping
	rule    meekRule
	e       *Election
	s       *Sheet
	lots    lots
	tree    *meekTree
	one     *big.Int
	keep    []*big.Int // by candidate
	votes   []*big.Int
	ahead   ahead
	quota   *big.Int
	surplus *big.Int // of all who are elected
	least   *big.Int // surplus when keep values were last worked out; nil: not since somebody was elected or excluded
	hopeful []int
	elected []int
	moving  []int // those who were excluded in the stage before
	rounds  int   // since the stage before
	full    bool
}

func countMeek(e *Election, o Options, r meekRule) (*Sheet, error) {
	papers := e.papers()
	c := &meek{
		keeping: newKeeping(e, o), rule: r, e: e, s: newSheet(e, o, "meek"), lots: newLots(e, o), tree: newMeekTree(papers, r.split),
		one: pow(r.places + r.guard), ahead: newAhead(len(e.Candidates)),
	}
	if r.split == splitFlat && len(c.tree.levels) > 0 {
		return nil, fmt.Errorf("%w: Warren's rule does not say what becomes of a paper with several candidates on one level", ErrElection)
	}
	c.s.Variant, c.s.Valid = r.name, c.tree.papers
	c.s.Rejected = e.reject(c.s.Valid, skips{}, func(marks []Mark) bool { return len(marks) > 0 && marks[0].Names() })
	for cand, in := range e.taking() {
		c.keep = append(c.keep, new(big.Int))
		if in {
			c.keep[cand].Set(c.one)
			c.hopeful = append(c.hopeful, cand)
		}
	}
	for !c.full {
		c.step()
	}
	return c.s, nil
}

// step counts once, and decides what follows from it.
func (c *meek) step() {
	c.rounds++
	c.votes = c.tree.pass(c.keep, c.one, c.rule.split)
	c.ahead.look(c.votes, len(c.s.Stages)+1)
	c.weigh()
	var elected, out []int
	var say string
	if c.rule.ratio == 0 || c.settled() {
		elected, say = c.elect()
	}
	if len(elected) > 0 {
		c.least = nil
	}
	if !c.full {
		var why string
		out, why = c.losers()
		say += why
	}
	if len(out) > 0 {
		c.least = nil
	}
	if len(c.s.Stages) == 0 || len(elected) > 0 || len(out) > 0 || c.full {
		c.record(elected, out, say)
	}
	if !c.full && (len(out) == 0 || c.rule.always) {
		c.least = c.surplus
		c.reduce()
	}
	for _, cand := range out {
		c.keep[cand] = new(big.Int)
	}
}

// weigh works out the quota and how much the elected have above it.
func (c *meek) weigh() {
	c.quota = new(big.Int)
	for _, v := range c.votes {
		c.quota.Add(c.quota, v)
	}
	c.quota.Quo(c.quota, big.NewInt(int64(c.s.Seats)+1))
	if !c.rule.over {
		c.quota.Add(c.quota, big.NewInt(1))
	}
	c.s.Quota = c.figure(c.quota)
	c.total()
}

// total works out the surplus of all who are elected.
func (c *meek) total() {
	c.surplus = new(big.Int)
	for _, cand := range c.elected {
		c.surplus.Add(c.surplus, c.above(cand))
	}
	if c.surplus.Sign() < 0 {
		c.surplus.SetInt64(0)
	}
}

// above returns how much the candidate has above the quota.
func (c *meek) above(cand int) *big.Int {
	d := new(big.Int).Sub(c.votes[cand], c.quota)
	if c.rule.falling && d.Sign() < 0 {
		d.SetInt64(0)
	}
	return d
}

// elect declares who has reached the quota, and all who are left where they are no more than the places.
func (c *meek) elect() (elected []int, say string) {
	var reached []int
	for _, h := range c.hopeful {
		if d := c.compare(c.votes[h], c.quota); d > 0 || d == 0 && !c.rule.over {
			reached = append(reached, h)
		}
	}
	for reached = c.electable(c.s, reached); len(reached) > 0 && len(c.elected) < c.fillable(c.s) && !c.full; reached = c.electable(c.s, reached) {
		cand := c.win(reached)
		elected = append(elected, cand)
		reached = slices.DeleteFunc(slices.Clone(reached), func(h int) bool { return h == cand })
		say += c.wins(cand, true, fmt.Sprintf(" %s is elected with %s votes.", c.name(cand), c.figure(c.votes[cand])))
	}
	for len(c.hopeful) > 0 && len(c.elected)+len(c.hopeful) <= c.fillable(c.s) && !c.full {
		cand := c.win(c.hopeful)
		elected = append(elected, cand)
		say += c.wins(cand, false, " "+c.name(cand)+" is elected, because no more are left than there are places.")
	}
	if !c.full && (len(c.elected) >= c.fillable(c.s) || len(c.hopeful) == 0) {
		c.full = true
		say += c.sayLost()
	}
	if c.full {
		c.s.Unfilled = c.s.Seats - len(c.s.Elected)
	}
	c.total()
	return elected, say
}

// win elects whoever of cs has the most votes.
func (c *meek) win(cs []int) int {
	cand := c.choose("election", c.extreme(cs, 1))
	c.drop(cand)
	if c.full = cand+1 == c.ron; !c.full {
		c.elected = append(c.elected, cand)
		c.s.Elected = append(c.s.Elected, cand+1)
	}
	return cand
}

// wins returns what is said of somebody who is elected, having reached the quota or as one of no more than there are places.
func (c *meek) wins(cand int, reached bool, say string) string {
	if cand+1 == c.ron {
		return sayReopened(c.s, c.name(cand), c.figure(c.votes[cand]), reached, len(c.hopeful))
	}
	return say
}

func (c *meek) drop(cand int) {
	c.hopeful = slices.DeleteFunc(c.hopeful, func(h int) bool { return h == cand })
}

// losers excludes whoever the rule excludes at this point, if anybody.
func (c *meek) losers() (out []int, say string) {
	settled, among := c.settled(), c.excludable(c.s, c.hopeful)
	rest := c.rest(c.s, c.hopeful)
	switch {
	case len(rest) > 0:
		out, say = rest, fmt.Sprintf(" %s %s excluded, %s", c.names(rest), are(rest), sayRest)
	case c.rule.sure == 1 && !c.overtaken(among):
		out = c.extreme(among, -1)
		say = c.saysLast(out, out[0])
		if c.surplus.Sign() > 0 {
			say += fmt.Sprintf(" Even the whole surplus of %s could not change that.", c.figure(c.surplus))
		}
	case c.rule.sure == 2 && !settled && c.kept == 0:
		if out = c.certain(); out != nil {
			say = fmt.Sprintf(" %s could not catch up even with the whole surplus of %s, and will have no more part in the count.", c.names(out), c.figure(c.surplus))
		}
	case settled:
		last := c.extreme(among, -1)
		if c.rule.near {
			last = c.within(among, last[0])
		}
		out = []int{c.choose(Exclude, last)}
		say = c.saysLast(last, out[0])
	}
	for _, cand := range out {
		c.drop(cand)
	}
	return out, say
}

// saysLast says why, of those who are last or tied with the last, one is excluded.
func (c *meek) saysLast(last []int, out int) string {
	kept := saved(c.extreme(c.hopeful, -1), last)
	if !kept && len(c.extreme(last, -1)) < len(last) {
		return fmt.Sprintf(" Of those with the fewest votes, with less between them than the surplus that is left, %s is excluded.", c.name(out))
	}
	return fewest(c.name(out), len(last) > 1, kept, "excluded")
}

// settled says whether passing on surpluses has come to its end.
func (c *meek) settled() bool {
	if c.least != nil && c.compare(c.surplus, c.least) >= 0 && !c.rule.falling {
		return true
	}
	if c.rule.falling && !c.falls() {
		return true
	}
	if c.rule.ratio == 0 {
		return c.compare(c.surplus, new(big.Int).Mul(big.NewInt(c.rule.omega), pow(c.rule.places+c.rule.guard-c.rule.omegaTo))) <= 0
	}
	for _, cand := range c.elected {
		d := c.above(cand)
		if d.Abs(d).Mul(d, big.NewInt(c.rule.ratio)).Cmp(c.votes[cand]) > 0 {
			return false
		}
	}
	return true
}

// overtaken says whether of those who can be excluded the one with the fewest votes could get past another with the whole surplus.
func (c *meek) overtaken(among []int) bool {
	last := c.extreme(among, -1)
	others := slices.DeleteFunc(slices.Clone(among), func(h int) bool { return h == last[0] })
	if len(others) == 0 {
		return true
	}
	next := c.votes[c.extreme(others, -1)[0]]
	return new(big.Int).Add(c.votes[last[0]], c.surplus).Cmp(next) >= 0
}

// within returns those who are not more than the surplus ahead of the candidate.
func (c *meek) within(among []int, last int) []int {
	most := new(big.Int).Add(c.votes[last], c.surplus)
	return slices.DeleteFunc(slices.Clone(among), func(h int) bool { return c.compare(c.votes[h], most) > 0 })
}

// certain returns the most candidates, from the fewest votes up, who together with the surplus have fewer votes than the next one,
// without breaking up those who stand within the surplus of each other, and without leaving places empty.
func (c *meek) certain() []int {
	sorted := slices.Clone(c.hopeful)
	slices.SortStableFunc(sorted, func(a, b int) int { return c.votes[a].Cmp(c.votes[b]) })
	most := len(sorted) - (c.s.Seats - len(c.elected))
	sum, first, sure := new(big.Int), new(big.Int), 0
	for i, cand := range sorted {
		if i > most {
			break
		}
		if c.compare(c.votes[cand], new(big.Int).Add(first, c.surplus)) > 0 {
			if i > 0 && c.compare(new(big.Int).Add(sum, c.surplus), c.votes[cand]) < 0 {
				sure = i
			}
			first = c.votes[cand]
		}
		sum.Add(sum, c.votes[cand])
	}
	if sure == 0 {
		return nil
	}
	return sorted[:sure]
}

// reduce works out the keep values of the elected anew.
func (c *meek) reduce() {
	for _, cand := range c.elected {
		c.keep[cand] = c.reduced(cand)
	}
}

// reduced returns what the elected candidate's keep value becomes.
func (c *meek) reduced(cand int) *big.Int {
	was, votes := c.keep[cand], c.votes[cand]
	if votes.Sign() == 0 || c.rule.falling && votes.Cmp(c.quota) <= 0 {
		return was
	}
	is := new(big.Int).Mul(was, c.quota)
	if c.rule.keepTo == 0 {
		is.Quo(is, c.one)
		is.Quo(is.Mul(is, c.one), votes)
	} else {
		unit := pow(c.rule.places + c.rule.guard - c.rule.keepTo)
		divUp(is, is, c.one)
		divUp(is, is.Mul(is, c.one), new(big.Int).Mul(votes, unit))
		is.Mul(is, unit)
	}
	if c.rule.falling && is.Cmp(was) > 0 {
		return was
	}
	if is.Cmp(c.one) > 0 {
		return c.one
	}
	return is
}

// falls says whether the keep value of anybody would fall.
func (c *meek) falls() bool {
	return slices.ContainsFunc(c.elected, func(cand int) bool { return c.reduced(cand).Cmp(c.keep[cand]) < 0 })
}

// record writes down the stage.
func (c *meek) record(elected, out []int, say string) {
	st := Stage{Action: Iterate, Of: numbers(c.moving), Quota: c.figure(c.quota), Excluded: numbers(out)}
	for _, cand := range elected {
		st.Elected = append(st.Elected, cand+1)
	}
	left := new(big.Int).Mul(big.NewInt(c.s.Valid), c.one)
	shown := new(big.Int).Set(left)
	for cand, v := range c.votes {
		left.Sub(left, v)
		shown.Sub(shown, c.rounded(v))
		st.Votes = append(st.Votes, c.figure(v))
		st.Keep = append(st.Keep, c.figure(c.keep[cand]))
	}
	st.Nontransferable = new(big.Rat).SetFrac(shown, c.one).FloatString(c.rule.places)
	if shown.Sub(shown, c.rounded(left)); shown.Sign() != 0 {
		st.Rounding = new(big.Rat).SetFrac(shown, c.one).FloatString(c.rule.places)
	}
	if len(c.s.Stages) == 0 {
		st.Action, st.Of = First, nil
		st.Say = fmt.Sprintf("First preferences of %s. The quota is %s.", papersOf(c.s.Valid), st.Quota)
	} else {
		when := "now"
		if st.Quota == c.s.Stages[len(c.s.Stages)-1].Quota {
			when = "still"
		}
		st.Say = c.passed() + fmt.Sprintf("The quota is %s %s.", when, st.Quota)
	}
	st.Say += say
	c.s.Stages = append(c.s.Stages, st)
	c.moving, c.rounds = out, 0
}

// passed says what has happened since the stage before.
func (c *meek) passed() string {
	say := ""
	if len(c.moving) > 0 {
		say = fmt.Sprintf("The papers of %s go to the next candidates named on them. ", c.names(c.moving))
	}
	if slices.ContainsFunc(c.elected, func(cand int) bool { return c.keep[cand].Cmp(c.one) < 0 }) {
		rounds := "one round"
		if c.rounds > 1 {
			rounds = fmt.Sprintf("%d rounds", c.rounds)
		}
		say += fmt.Sprintf("What the elected have above the quota is passed on, which takes %s of counting. ", rounds)
	}
	return say
}

// extreme returns those of cs with the most votes, or the fewest if sign is -1.
func (c *meek) extreme(cs []int, sign int) []int {
	var out []int
	for _, cand := range cs {
		d := 0
		if len(out) > 0 {
			d = sign * c.votes[cand].Cmp(c.votes[out[0]])
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

// choose takes one of those who stand alike: whoever was behind, or of those to be elected ahead, when their votes first differed, or
// else by lot (clauses 19 and 40 of Schedule 1A); by lot alone where the rule says so.
func (c *meek) choose(what Action, tied []int) int {
	if len(tied) == 1 {
		return tied[0]
	}
	sign := 1
	if what == Exclude {
		sign = -1
	}
	t := Tie{Stage: len(c.s.Stages) + 1, For: string(what), Among: numbers(tied), By: c.lots.by}
	left := tied
	if !c.rule.near {
		var from int
		if left, from = c.ahead.narrow(tied, sign); len(left) == 1 {
			t.By, t.From = ByEarlier, from
		}
	}
	chosen := c.lots.first(left)
	t.Chosen = chosen + 1
	c.s.Ties = append(c.s.Ties, t)
	return chosen
}

// compare tells two figures apart, as far as the rule does.
func (c *meek) compare(a, b *big.Int) int {
	d := new(big.Int).Sub(a, b)
	if c.rule.guard > 0 && new(big.Int).Mul(big.NewInt(2), new(big.Int).Abs(d)).Cmp(pow(c.rule.places+c.rule.guard-c.rule.same)) < 0 {
		return 0
	}
	return d.Sign()
}

func (c *meek) name(cand int) string { return c.e.Candidates[cand].Name }

func (c *meek) names(cs []int) string {
	var out []string
	for _, cand := range cs {
		out = append(out, c.name(cand))
	}
	return list(out)
}

// rounded returns n, which is not negative, to the decimals of the rule.
func (c *meek) rounded(n *big.Int) *big.Int {
	unit := pow(c.rule.guard)
	shown := new(big.Int).Add(n, new(big.Int).Rsh(unit, 1))
	return shown.Mul(shown.Quo(shown, unit), unit)
}

// figure writes n with the decimals of the rule, rounded where more are calculated with.
func (c *meek) figure(n *big.Int) string {
	shown := c.rounded(n)
	text := fmt.Sprintf("%0*d", c.rule.places+1, shown.Quo(shown, pow(c.rule.guard)))
	return text[:len(text)-c.rule.places] + "." + text[len(text)-c.rule.places:]
}

func pow(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
