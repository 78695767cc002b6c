package tally

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// RankedWord is how people write one of the RankedRules: the word alone, or with = and a value behind it.
type RankedWord struct {
	Word string
	Say  string // what it does
	One  bool   // for one seat only, irv
	Many bool   // for several seats only, us-stv
	at   func(*RankedRules) any
}

// RankedWords are the words for all RankedRules.
var RankedWords = []RankedWord{
	{Word: "over", Say: "over=skip passes over a rank that was given to several; over=standing counts it for the one of them who is left, if it is one", at: func(r *RankedRules) any { return &r.Over }},
	{Word: "skips", Say: "skips=1 is how many ranks in a row may be left out before the paper goes no further; skips=-1 is any number", at: func(r *RankedRules) any { return &r.Skips }},
	{Word: "end-repeat", Say: "a paper goes no further than where it names somebody again", at: func(r *RankedRules) any { return &r.EndRepeat }},
	{Word: "write-ins", Say: "people who are not candidates are counted together, and are the first to be excluded", at: func(r *RankedRules) any { return &r.WriteIns }},
	{Word: "ties", Say: "ties=lot breaks every tie by lot; ties=order elects the first in the order of the lot and excludes the last", at: func(r *RankedRules) any { return &r.Ties }},
	{Word: "minimum", Say: "minimum=100 excludes together all who have fewer votes", at: func(r *RankedRules) any { return &r.Minimum }},
	{Word: "batch", Say: "all are excluded together who could not catch up even with each other's papers", One: true, at: func(r *RankedRules) any { return &r.Batch }},
	{Word: "until-two", Say: "the count goes on until two are left", One: true, at: func(r *RankedRules) any { return &r.UntilTwo }},
	{Word: "first-threshold", Say: "half of the papers of the first stage are needed, or to be the better of the last two", One: true, at: func(r *RankedRules) any { return &r.FirstThreshold }},
	{Word: "places", Say: "places=5 is how many decimals a paper's worth has", Many: true, at: func(r *RankedRules) any { return &r.Places }},
	{Word: "fractions", Say: "the threshold has decimals too", Many: true, at: func(r *RankedRules) any { return &r.Fractions }},
	{Word: "hare", Say: "the threshold is the papers by the places, rounded up", Many: true, at: func(r *RankedRules) any { return &r.Hare }},
	{Word: "one-a-stage", Say: "only one is elected at a stage", Many: true, at: func(r *RankedRules) any { return &r.OneAStage }},
	{Word: "bottoms-up", Say: "there is no threshold, and the last is excluded until as many are left as there are places", Many: true, at: func(r *RankedRules) any { return &r.BottomsUp }},
}

// idle says which of the rules change nothing beside the others; "" where there are none.
func (r RankedRules) idle() string {
	if !r.BottomsUp {
		return ""
	}
	idle := RankedRules{Places: r.Places, Fractions: r.Fractions, Hare: r.Hare, OneAStage: r.OneAStage}.String()
	if idle == "" {
		return ""
	}
	return " With bottoms-up there is no threshold, so " + idle + " changes nothing of who is elected."
}

// ParseRanked reads rules such as "over=skip", "skips=2" and "batch". An error names the one that is none.
func ParseRanked(rules []string) (r RankedRules, err error) {
	seen := map[string]bool{}
	for _, rule := range rules {
		word, value, has := strings.Cut(rule, "=")
		i := slices.IndexFunc(RankedWords, func(w RankedWord) bool { return w.Word == word })
		switch {
		case i < 0:
			return r, fmt.Errorf("%q is no rule", rule)
		case seen[word]:
			return r, fmt.Errorf("the rule %s is there twice", word)
		case !set(RankedWords[i].at(&r), value, has):
			return r, fmt.Errorf("%q is no rule: %s", rule, RankedWords[i].Say)
		}
		seen[word] = true
	}
	return r, nil
}

// set puts a value where a rule is, and says whether it could be one.
func set(at any, value string, has bool) bool {
	var err error
	switch at := at.(type) {
	case *bool:
		*at = true
		return !has
	case *int:
		*at, err = strconv.Atoi(value)
	case *int64:
		*at, err = strconv.ParseInt(value, 10, 64)
	case *OverRule:
		*at = OverRule(value)
	case *TieRule:
		*at = TieRule(value)
	}
	return value != "" && err == nil
}

// String writes the rules as ParseRanked reads them, but for those that say nothing.
func (r RankedRules) String() string {
	var out []string
	for _, w := range RankedWords {
		switch v := reflect.ValueOf(w.at(&r)).Elem(); {
		case v.IsZero():
		case v.Kind() == reflect.Bool:
			out = append(out, w.Word)
		default:
			out = append(out, fmt.Sprintf("%s=%v", w.Word, v))
		}
	}
	return strings.Join(out, ", ")
}
