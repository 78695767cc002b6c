package tally

import "slices"

var meekMethod = Method{
	Name: "meek",
	Say:  "Single transferable vote by Meek's method: whoever is elected keeps only so much of each vote as it takes to have the quota, worked out anew after every decision, and those who are excluded count as if they had never stood.",
	Variants: []Variant{
		{"nz", "the law of New Zealand, to nine decimals"},
		{"prf", "the reference rule of the Proportional Representation Foundation, to nine decimals"},
		{"hww", "the algorithm of Hill, Wichmann and Woodall, which passes on all surpluses before it excludes anybody"},
		{"fixed9", "as the program stv-rs counts, to nine decimals"},
		{"guarded", "as the program droop counts, to 18 decimals, with all excluded together who cannot win"},
		{"warren", "the same by Warren's rule: the elected keep as much of every paper, not the same part of it"},
	},
	Seats:    true,
	Reserves: true,
	count: func(e *Election, o Options) (*Sheet, error) {
		return countMeek(e, o, meekRules[max(0, slices.IndexFunc(meekRules, func(r meekRule) bool { return r.name == o.Variant }))])
	},
}

// meekRule is one of the rules after Meek's method (B. L. Meek, "A new approach to the single transferable vote", 1969, in Voting
// matters 1, 1994). All have the quota of the votes that are still with somebody, divided by the seats plus one, and multiply an
// elected candidate's keep value by the quota over the candidate's votes until that changes nothing of weight. They differ in their
// arithmetic and in when and how they exclude.
type meekRule struct {
	name    string
	places  int // decimals of what is written down
	guard   int // further decimals that are only calculated with
	same    int // figures that differ by less than half a unit of this decimal are equal
	split   meekSplit
	keepTo  int   // decimals to which keep values are rounded up; 0: they are cut off after the last
	over    bool  // the quota is not raised by the least unit, and must be exceeded
	omega   int64 // a total surplus of so much, in the unit of omegaTo decimals, or less is none
	omegaTo int
	ratio   int64 // decide only once no elected candidate's votes differ from the quota by more than one in so many; 0: by omega
	sure    int   // exclude earlier those who cannot catch up: 1: the last; 2: as many as possible; 0: nobody
	always  bool  // work out keep values anew also where somebody is excluded
	falling bool  // keep values never rise, and nobody's lack of the quota makes up for another's surplus
	near    bool  // whoever is not more than the total surplus ahead of the last is tied with the last, and the lot decides
}

// meekRules are, in the order of Method.Variants:
//
//   - nz: Local Electoral Regulations 2001 (New Zealand), Schedule 1A, Part 1. Quota of clauses 5 and 11, exclusion of clause 13, ties of
//     clauses 19 and 40. In clause 10 "rounded up" is read as the official program reads it (I. D. Hill's for the Department of
//     Internal Affairs): what a candidate takes of a paper is rounded up and taken off what the paper is worth, so that no paper is
//     worth more than one vote; and as there, clause 13 is applied to the first count too. Where the Schedule ends in its own series
//     of pseudo-random numbers there is the lot. Part 2, for one vacancy, comes to the same. One candidate is excluded at a time
//     (clause 13), also where several have no votes.
//   - prf: the reference rule of the Proportional Representation Foundation, with the rules B.2.a to B.3 as they stand.
//   - hww: I. D. Hill, B. A. Wichmann and D. R. Woodall, Algorithm 123, The Computer Journal 30 (1987): nobody is elected or excluded
//     before all surpluses have been passed on, to one part in 100,000. As in Hill's later programs the quota is raised by the least
//     unit, so that no more candidates can reach it than there are seats.
//   - fixed9: as the program stv-rs counts with nine decimals, to the last of them where several are on one level, and droop with
//     arithmetic=fixed and no batches.
//   - guarded: as the program droop counts by its rule "meek": 18 decimals and 9 in guard, and certain losers excluded together.
//   - warren: the same with C. H. E. Warren's rule: a keep value is what an elected candidate takes of every vote, not a part of it.
var meekRules = []meekRule{
	{name: "nz", places: 9, same: 9, split: splitUp, keepTo: 9, omega: 99_999, omegaTo: 9, sure: 1, always: true, falling: true},
	{name: "prf", places: 9, same: 9, split: splitUp, keepTo: 9, omega: 999, omegaTo: 9, near: true},
	{name: "hww", places: 9, same: 9, split: splitUp, keepTo: 9, ratio: 100_000},
	{name: "fixed9", places: 9, same: 9, split: splitSteps, keepTo: 9, omega: 1, omegaTo: 6, near: true},
	{name: "guarded", places: 18, guard: 9, same: 18, split: splitDown, over: true, omega: 1, omegaTo: 9, sure: 2, near: true},
	{name: "warren", places: 18, guard: 9, same: 18, split: splitFlat, over: true, omega: 1, omegaTo: 9, sure: 2, near: true},
}
