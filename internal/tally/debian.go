package tally

import (
	"cmp"
	"fmt"
	"slices"
)

var debianMethod = Method{
	Name:  "debian",
	Say:   "The Debian project's method: options that miss the quorum or their majority over the default option are dropped, and of the rest the Schwartz set is taken, the weakest defeats within it being dropped until none is left.",
	asks:  []Option{TakesQuorum, TakesDefault, TakesRatio},
	count: debian,
}

// debian counts by the Debian constitution 1.1 to 1.7, section A.6 (A.5 since 1.8). An option is considered if at least
// Election.Quorum papers prefer it to the default, and more than prefer the default, and at least Candidate.Ratio times as many:
// until 1.4 it had to be more than that. A defeat is the weaker, the fewer papers prefer its winner, and of equal ones the more
// prefer its loser. If several are left at the end, the constitution has the holder of the casting vote choose, and here the lot
// does. The default option can be the winner.
func debian(e *Election, o Options) (*Sheet, error) {
	p, err := newPairs(e, o, "debian", "")
	if err != nil {
		return nil, err
	}
	d := &standing{pairs: p, def: cmp.Or(o.Default, e.Default) - 1}
	switch {
	case d.def < 0:
		return nil, fmt.Errorf("%w: the debian method needs to know which is the default option, by number or name: --default", ErrElection)
	case !slices.Contains(p.in, d.def):
		return nil, fmt.Errorf("%w: the default option has withdrawn", ErrElection)
	case e.Candidates[d.def].Ratio > 1:
		return nil, fmt.Errorf("%w: %s is the default option, and so needs no majority over it", ErrElection, d.name(d.def))
	}
	known := "."
	if o.Default == 0 {
		known = ", as tables of such votes have it last."
	}
	p.s.Notes = append(p.s.Notes, fmt.Sprintf("The default option, which the others must beat, is %d, %s%s", d.def+1, d.name(d.def), known))
	all := p.compare()
	d.quorum()
	d.majority()
	ds := slices.DeleteFunc(all, func(x defeat) bool { return !slices.Contains(p.in, x.winner) || !slices.Contains(p.in, x.loser) })
	say := "Compared are " + p.names(p.in) + "."
	if len(p.in) == 1 {
		say = "Only " + p.names(p.in) + " is left."
	}
	d.record(Compare, p.in, say, "over default", d.over())
	p.stage().Pairs = p.triples(ds)
	d.schwartz(ds)
	return p.s, nil
}

// standing is a count whose pairs.in are the options that have not been dropped.
type standing struct {
	*pairs
	def int
}

// over returns how many papers prefer each option to the default.
func (d *standing) over() []int64 {
	out := make([]int64, len(d.e.Candidates))
	for c := range out {
		out[c] = d.m[c][d.def]
	}
	return out
}

func (d *standing) quorum() {
	if d.e.Quorum == 0 {
		return
	}
	d.drop(fmt.Sprintf("An option stays if at least %s it to %s.", plural(d.e.Quorum, "paper prefers", "papers prefer"), d.name(d.def)), func(c int) (string, bool) {
		n := d.m[c][d.def]
		return fmt.Sprintf(" %s has %d", d.name(c), n), n >= d.e.Quorum
	})
}

func (d *standing) majority() {
	d.drop(fmt.Sprintf("An option stays if more papers prefer it to %s than the other way round, and so many times as many where it needs a ratio.", d.name(d.def)), func(c int) (string, bool) {
		yes, no, ratio := d.m[c][d.def], d.m[d.def][c], max(d.e.Candidates[c].Ratio, 1)
		stays := yes > no && compare(yes, 1, ratio, no) >= 0
		say := fmt.Sprintf(" %s has %d to %d", d.name(c), yes, no)
		switch {
		case ratio > 1:
			say = fmt.Sprintf(" %s needs %d to 1, has %d to %d", d.name(c), ratio, yes, no)
		case !stays:
			say += ", which is not more,"
		}
		return say, stays
	})
}

// drop records a stage in which options are dropped: those that judge does not let stay. It says what each has of what is asked for.
func (d *standing) drop(say string, judge func(c int) (has string, stays bool)) {
	var dropped []int
	for _, c := range d.in {
		if c == d.def {
			continue
		}
		has, stays := judge(c)
		if stays {
			say += has + " and stays."
			continue
		}
		dropped = append(dropped, c)
		say += has + " and is dropped."
	}
	d.in = slices.DeleteFunc(slices.Clone(d.in), func(c int) bool { return slices.Contains(dropped, c) })
	d.record(Drop, dropped, say, "over default", d.over())
	d.stage().Excluded = numbers(dropped)
}

// schwartz takes the Schwartz set and drops the weakest defeats within it, all at once, until there is none.
func (d *standing) schwartz(ds []defeat) {
	for {
		set := d.set(ds)
		d.record(Compare, set, fmt.Sprintf("The Schwartz set is %s: nobody outside it stands above them, even by a chain of defeats.", d.names(set)), "over default", d.over())
		within := func(x defeat) bool { return slices.Contains(set, x.winner) && slices.Contains(set, x.loser) }
		var weakest []defeat
		for _, x := range slices.Backward(ds) {
			if within(x) && (weakest == nil || x.level == weakest[0].level) {
				weakest = append(weakest, x)
			}
		}
		if weakest == nil {
			d.elect([][]int{set})
			if slices.Contains(d.s.Elected, d.def+1) {
				d.note("%s is the default option, so none of the others is adopted.", d.name(d.def))
			}
			return
		}
		ds = slices.DeleteFunc(slices.Clone(ds), func(x defeat) bool { return slices.Contains(weakest, x) })
		var said []string
		for _, x := range weakest {
			said = append(said, d.chain([]int{x.winner, x.loser}))
		}
		d.record(Drop, nil, "The weakest defeats within the set are dropped: "+list(said)+".", "over default", d.over())
		d.stage().Pairs = d.triples(weakest)
	}
}

// set returns the Schwartz set: whoever stands above all who stand above them, by chains of defeats.
func (d *standing) set(ds []defeat) []int {
	w := widestPaths(directLevels(ds, len(d.e.Candidates)))
	return slices.DeleteFunc(slices.Clone(d.in), func(a int) bool {
		return slices.ContainsFunc(d.in, func(b int) bool { return w[b][a] > 0 && w[a][b] == 0 })
	})
}
