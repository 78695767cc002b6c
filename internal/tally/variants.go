package tally

import "strings"

// variantSays are the variants of the methods that have some, but for mes, each in a few words.
var variantSays = map[string]map[string]string{
	"borda": {
		"average": "whom a paper leaves out, or puts on one level, gets the average of the points of those ranks",
		"shared":  "each of them gets the highest of those points",
		"zero":    "those on one level get the average, and those left out nothing",
	},
	"schulze": {
		winningVotes: "a contest is as strong as there are papers for its winner",
		margins:      "a contest is as strong as the lead of its winner",
	},
	"ranked-pairs": {
		winningVotes: "the clearest contest is the one with the most papers for its winner",
		margins:      "the clearest contest is the one with the largest lead",
	},
	"minimax": {
		winningVotes: "a lost contest is as bad as there are papers for the other",
		margins:      "a lost contest is as bad as the lead of the other",
		opposition:   "every contest is as bad as there are papers for the other, also if it was won",
	},
	"meek": {
		"nz":      "the law of New Zealand, to nine decimals",
		"prf":     "the reference rule of the Proportional Representation Foundation, to nine decimals",
		"hww":     "the algorithm of Hill, Wichmann and Woodall, which passes on all surpluses before it excludes anybody",
		"fixed9":  "as the program stv-rs counts, to nine decimals",
		"guarded": "as the program droop counts, to 18 decimals, with all excluded together who cannot win",
		"warren":  "the same by Warren's rule: the elected keep as much of every paper, not the same part of it",
	},
	"wigm": {
		"guarded":   "to 18 decimals",
		"rational":  "in exact fractions",
		"prf":       "the reference rule of the Proportional Representation Foundation, to four decimals, which is the easiest to follow on paper",
		"prf-batch": "the same, with all excluded together who cannot win",
	},
	"cfer": {
		"single": "one is excluded at a time",
		"batch":  "all are excluded together who cannot win",
	},
	"greedy": {
		"votes":           "most votes first",
		"votes-per-cost":  "most votes for the money first",
		"points":          "most points first",
		"points-per-cost": "most points for the money first",
	},
}

// mesWords are the words that the variants of mes are made of.
var mesWords = map[string]string{
	"cost":     "a purchase is worth its cost to each supporter",
	"one":      "a purchase is worth 1 to each supporter, whatever it costs",
	"points":   "a purchase is worth the points that a supporter gave it",
	"add1":     "voters get more to begin with, step by step, so that less is left",
	"greedy":   "what is left is spent by votes",
	"phragmen": "voters go on earning to spend what is left",
}

// SayVariant returns what a variant of the method is, in a few words.
func (m Method) SayVariant(name string) string {
	if m.Name != "mes" {
		return variantSays[m.Name][name]
	}
	var said []string
	for _, word := range strings.Split(name, "-") {
		said = append(said, mesWords[word])
	}
	return strings.Join(said, "; ")
}
