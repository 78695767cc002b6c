package tally_test

import (
	"slices"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
)

// profile is an instance of approval voting as abcvoting publishes them.
type profile struct {
	ID            string
	Committeesize int
	NumCand       int `json:"num_cand"`
	Profile       [][]int
	Results       map[string]struct{ All, Resolute [][]int }
}

func (p profile) election(t testing.TB) *tally.Election {
	t.Helper()
	e := &tally.Election{Title: p.ID, Seats: p.Committeesize}
	for c := range p.NumCand {
		e.Candidates = append(e.Candidates, tally.Candidate{Name: string(rune('a' + c))})
	}
	for _, paper := range p.Profile {
		var marks []tally.Mark
		for _, c := range paper {
			marks = append(marks, tally.Mark(c))
		}
		if err := e.Papers.Add(marks, 1); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// rules are those of abcvoting's that are here too. The others are adams, cc, consensus-rule, eph, geom2, greedy-monroe, lexcc,
// leximaxphragmen, lexminimaxav, maximin-support, minimaxav, minimaxphragmen, monroe, phragmen-enestroem, revseqpav, rsd, sav, seqcc,
// seqslav, slav and trivial.
var rules = []struct{ theirs, method, variant string }{
	{"av", "approval", ""},
	{"seqpav", "spav", ""},
	{"pav", "pav", ""},
	{"seqphragmen", "phragmen", ""},
	{"equal-shares", "mes", "cost-phragmen"},
	{"equal-shares", "mes", "one-phragmen"},
	{"equal-shares-with-av-completion", "mes", "cost-greedy"},
	{"equal-shares-with-increment-completion", "mes", "cost-add1"},
}

// TestCommittees counts the instances of abcvoting: what is elected is one of the committees that win by the rule for some order of
// the lot, and so it is if the lot takes candidates the other way round.
func TestCommittees(t *testing.T) {
	all, right := published.Lines[profile](t, published.Path(t, "abcvoting", "instances.jsonl")), make([]int, len(rules))
	for _, p := range all {
		for i, r := range rules {
			if agrees(t, p, r.theirs, r.method, r.variant) {
				right[i]++
			}
		}
	}
	for i, r := range rules {
		t.Logf("abcvoting: %d of %d as published: %s %s (%s)", right[i], len(all), r.method, r.variant, r.theirs)
	}
}

func agrees(t *testing.T, p profile, rule, method, variant string) bool {
	t.Helper()
	e := p.election(t)
	want := p.Results[rule].All
	orders := [][]int{nil}
	if want == nil {
		want = p.Results[rule].Resolute
	} else {
		var back []int
		for c := range p.NumCand {
			back = append(back, p.NumCand-1-c)
		}
		orders = append(orders, back)
	}
	for _, w := range want {
		slices.Sort(w)
	}
	for _, lots := range orders {
		s := count(t, method, e, tally.Options{Variant: variant, Lots: lots})
		var got []int
		for _, c := range s.Elected {
			got = append(got, c-1)
		}
		slices.Sort(got)
		if !slices.ContainsFunc(want, func(w []int) bool { return slices.Equal(w, got) }) {
			t.Errorf("%s, %s %s, lots %v: %v, want one of %v", p.ID, method, variant, lots, got, want)
			return false
		}
	}
	return true
}
