package tally

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
)

var pavMethod = Method{
	Name:  "pav",
	Say:   "Proportional approval voting: of all committees the one with the highest score is elected, where a paper that approves n of its members adds 1 + 1/2 + ... + 1/n; every committee is tried, so there can be no more than 200,000 of them.",
	Seats: true,
	count: countPAV,
}

// What exact PAV takes on.
const (
	mostCommittees = 200_000
	mostPAVSeats   = 16      // with which a score of 2^40 papers, in units of 1/lcm(1..16), stays below 2^63
	mostPAVSteps   = 1 << 30 // committees times the kinds of papers that approve a candidate
)

// pav is a search through all committees (Thiele 1895; Lackner and Skowron 2023, rule 4), in the order in which the lot takes candidates.
type pav struct {
	*approvals
	cands   []int // in the order of the lot
	places  int
	share   []int64 // by n: what the next member whom a paper approves adds, if it approves n so far
	members []int   // by kind: how many it approves of the committee so far
	best    int64
	sets    []uint64 // the committees with the best score: bit i is cands[i]
}

func countPAV(e *Election, o Options) (*Sheet, error) {
	a, err := newApprovals(e, o, "pav", 1)
	if err != nil {
		return nil, err
	}
	p := &pav{approvals: a, cands: a.left(), members: make([]int, len(a.weight)), best: -1}
	slices.SortFunc(p.cands, func(x, y int) int { return cmp.Compare(a.lots.place[x], a.lots.place[y]) })
	p.places = min(a.s.Seats, len(p.cands))
	if err := p.refuse(); err != nil {
		return nil, err
	}
	unit := int64(1)
	for n := int64(2); n <= int64(p.places); n++ {
		unit *= n / new(big.Int).GCD(nil, nil, big.NewInt(unit), big.NewInt(n)).Int64()
	}
	for n := range p.places {
		p.share = append(p.share, unit/int64(n+1))
	}
	p.try(0, 0, 0)
	p.declare(p.decide(), unit)
	return a.s, nil
}

// refuse returns ErrElection if there are too many committees to try them all.
func (p *pav) refuse() error {
	n := int64(len(p.cands))
	if n > 64 || p.places > mostPAVSeats {
		return fmt.Errorf("%w: exact PAV takes up to 64 candidates for up to %d places; spav takes more", ErrElection, mostPAVSeats)
	}
	sets := int64(1)
	for i := range int64(p.places) {
		if sets = sets * (n - i) / (i + 1); sets > mostCommittees*64 {
			break
		}
	}
	if sets > mostCommittees || sets*(1+p.marks/max(1, n)) > mostPAVSteps {
		return fmt.Errorf("%w: exact PAV tries every committee, and there are too many; spav takes more", ErrElection)
	}
	return nil
}

// gain returns what the candidate adds to the score.
func (p *pav) gain(c int) int64 {
	g := int64(0)
	for _, s := range p.of[c] {
		g += p.share[p.members[s.kind]] * p.weight[s.kind]
	}
	return g
}

// try tries all committees that have the members of set and others from the candidate at on.
func (p *pav) try(from int, set uint64, score int64) {
	need := p.places - bits.OnesCount64(set)
	if need == 0 {
		p.keep(set, score)
		return
	}
	for i := from; i <= len(p.cands)-need; i++ {
		c, with := p.cands[i], set|1<<i
		gain := p.gain(c)
		if need == 1 {
			p.keep(with, score+gain)
			continue
		}
		for _, s := range p.of[c] {
			p.members[s.kind]++
		}
		p.try(i+1, with, score+gain)
		for _, s := range p.of[c] {
			p.members[s.kind]--
		}
	}
}

func (p *pav) keep(set uint64, score int64) {
	if score > p.best {
		p.best, p.sets = score, p.sets[:0]
	}
	if score == p.best {
		p.sets = append(p.sets, set)
	}
}

// decide returns one of the best committees: again and again, of those who are in some of them and not in others, the lot takes one.
func (p *pav) decide() uint64 {
	for {
		all, some := p.sets[0], p.sets[0]
		for _, set := range p.sets {
			all &= set
			some |= set
		}
		contested := some &^ all
		if contested == 0 {
			return all
		}
		c := p.pick("election", p.named(contested))
		bit := uint64(1) << slices.Index(p.cands, c)
		p.sets = slices.DeleteFunc(p.sets, func(set uint64) bool { return set&bit == 0 })
	}
}

// named returns the candidates of the set in the order of the list.
func (p *pav) named(set uint64) (out []int) {
	for i, c := range p.cands {
		if set>>i&1 == 1 {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

// declare writes down the committee, whose members are elected together and stand in the order of the list. The figure of a member is what the score would lose without them.
func (p *pav) declare(set uint64, unit int64) {
	committee := p.named(set)
	for _, c := range committee {
		for _, s := range p.of[c] {
			p.members[s.kind]++
		}
	}
	votes := make([]string, len(p.in))
	var names []string
	for _, c := range committee {
		lost := int64(0)
		for _, s := range p.of[c] {
			lost += p.share[p.members[s.kind]-1] * p.weight[s.kind]
		}
		votes[c] = fraction(big.NewInt(lost), big.NewInt(unit), exactPlaces)
		names = append(names, p.name(c))
	}
	p.what = "loss without"
	p.record(Total, nil, votes, fmt.Sprintf("Of all committees of %d, that of %s has the highest score: %s. The figure of each member is what the score would be less without them.",
		p.places, list(names), fraction(big.NewInt(p.best), big.NewInt(unit), exactPlaces)))
	p.s.Elected = append(p.s.Elected, numbers(committee)...)
	p.s.Stages[0].Elected = slices.Clone(p.s.Elected)
	p.s.Unfilled = p.s.Seats - p.places
}
