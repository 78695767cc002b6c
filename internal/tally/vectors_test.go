package tally_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

const last = -1

// transferVectors are small elections worked out on paper, each for one sentence of a rule that the published counts do not reach.
var transferVectors = []struct {
	name, method, variant, blt string
	stage, part                int    // of the stage; last: the whole
	votes                      string // after the stage or its part, with what is not transferable
	elected                    []int
	ties                       []tally.Tie
	quota                      string // at the end; "" and 0: not looked at
	stages                     int
}{
	{
		"equal at the bottom: the earliest stage decides, not the latest", "ers97", "", `5 1 # A leads B after the second stage, but not at the first
3 4 1 2 0
1 4 2 0
1 5 2 0
9 5 3 0
13 1 2 0
14 2 3 0
20 3 0
0 "A" "B" "C" "X" "Y"`, 2, last, "16.00 16.00 29.00 0.00 0.00 0.00", []int{2},
		[]tally.Tie{{Stage: 3, For: "exclude", Among: []int{1, 2}, Chosen: 1, By: tally.ByEarlier, From: 1}}, "", 0,
	},
	{
		"a batch of papers within a stage tells them apart", "ers97", "", `5 2
2 1 4 3 0
4 1 5 0
11 1 0
1 4 2 0
3 4 0
6 2 0
6 3 0
9 5 0
0 "S" "A" "B" "X" "C"`, 2, 0, "14.00 7.00 6.00 1.00 11.00 3.00", []int{1, 5},
		[]tally.Tie{{Stage: 3, For: "exclude", Among: []int{2, 3}, Chosen: 3, By: tally.ByEarlier, From: 3}}, "", 0,
	},
	{
		"two who have together what the next has are excluded together", "ers97", "", `4 1
2 1 4 0
3 2 4 0
5 3 0
5 4 0
0 "A" "B" "C" "D"`, 1, last, "0.00 0.00 5.00 10.00 0.00", []int{4}, nil, "", 0,
	},
	{
		"but in Northern Ireland only if they have less", "n-ireland", "", `4 1
2 1 4 0
3 2 4 0
5 3 0
5 4 0
0 "A" "B" "C" "D"`, 1, last, "0.00 3.00 5.00 7.00 0.00", []int{4}, nil, "", 0,
	},
	{
		"the quota falls with papers that name nobody further, until somebody is elected", "ers97", "", `4 2
10 1 0
10 2 0
9 3 0
4 4 0
0 "A" "B" "C" "X"`, 1, last, "10.00 10.00 9.00 0.00 4.00", []int{1, 2},
		[]tally.Tie{{Stage: 2, For: "election", Among: []int{1, 2}, Chosen: 1, By: tally.ByOrder}}, "9.67", 2,
	},
	{
		"two for one place whom nothing tells apart: neither is elected, and the lot excludes one", "ers97", "", `2 1
[tie 2 1]
5 1 0
5 2 1 0
0 "A" "B"`, 0, last, "5.00 5.00 0.00", []int{1}, []tally.Tie{{Stage: 1, For: "exclude", Among: []int{1, 2}, Chosen: 2, By: tally.ByLot}}, "5.00", 1,
	},
	{
		"no fewer votes than all others: elected to the last place", "n-ireland", "", `3 1
5 1 0
3 2 0
2 3 2 0
0 "A" "B" "C"`, 0, last, "5.00 3.00 2.00 0.00", []int{1}, nil, "", 0,
	},
	{
		"a value is multiplied, divided, and then cut off once", "cfer", "single", `5 3
6 1 2 3 0
2 2 3 0
1 3 0
1 4 0
1 5 0
0 "A" "B" "C" "D" "E"`, 2, last, "2.75001 2.75001 3.49994 1.00000 1.00000 0.00004", []int{1, 2, 3}, nil, "", 0,
	},
	{
		"the surplus fraction is cut off before a value is multiplied by it", "mpls", "", `5 3
9 1 2 3 0
3 2 3 0
1 3 0
1 4 0
1 5 0
0 "A" "B" "C" "D" "E"`, 2, last, "4.0000 4.0000 4.9981 1.0000 1.0000 0.0019", []int{1, 2, 3}, nil, "", 0,
	},
	{
		"a product is cut off, and the quotient again", "wigm", "prf", `5 3
8 1 2 3 0
3 2 3 0
1 3 0
1 4 0
1 5 0
0 "A" "B" "C" "D" "E"`, 2, last, "3.5001 3.5001 4.9980 1.0000 1.0000 0.0018", []int{1, 2, 3}, nil, "", 0,
	},
	{
		"an overvote is passed over in Minneapolis", "mpls", "", `4 1
3 1=2 3 0
2 3 0
4 4 0
0 "A" "B" "C" "D"`, 0, last, "0.0000 0.0000 5.0000 4.0000 0.0000", []int{3}, nil, "", 0,
	},
	{
		"and ends a paper elsewhere", "wigm", "prf", `4 1
3 1=2 3 0
2 3 0
4 4 0
0 "A" "B" "C" "D"`, 0, last, "0.0000 0.0000 2.0000 4.0000 0.0000", []int{4}, nil, "", 0,
	}}

func TestTransferVectors(t *testing.T) {
	for _, v := range transferVectors {
		t.Run(v.name, func(t *testing.T) {
			s := count(t, v.method, blt(t, v.blt), tally.Options{Variant: v.variant})
			if v.stage >= len(s.Stages) {
				t.Fatalf("%d stages", len(s.Stages))
			}
			st := s.Stages[v.stage]
			if v.part != last {
				st = st.Substages[v.part]
			}
			if got := strings.Join(append(slices.Clone(st.Votes), st.Nontransferable), " "); got != v.votes {
				t.Errorf("%s, want %s", got, v.votes)
			}
			if v.quota != "" && s.Quota != v.quota {
				t.Errorf("quota %s, want %s", s.Quota, v.quota)
			}
			if v.stages != 0 && len(s.Stages) != v.stages {
				t.Errorf("%d stages, want %d", len(s.Stages), v.stages)
			}
			if !slices.Equal(s.Elected, v.elected) {
				t.Errorf("%v elected, want %v", s.Elected, v.elected)
			}
			sameTie := func(a, b tally.Tie) bool {
				return slices.Equal(a.Among, b.Among) && a.Stage == b.Stage && a.For == b.For && a.Chosen == b.Chosen && a.By == b.By && a.From == b.From
			}
			if !slices.EqualFunc(s.Ties, v.ties, sameTie) {
				t.Errorf("ties %+v, want %+v", s.Ties, v.ties)
			}
		})
	}
}

// TestRationalRefuses gives up on fractions before they fill the memory: every surplus makes them longer.
func TestRationalRefuses(t *testing.T) {
	const n = 40
	e := &tally.Election{Seats: n - 4, Candidates: make([]tally.Candidate, n)}
	for c := range n {
		for step := 1; step < n; step += 2 { // through all candidates, in as many orders
			var marks []tally.Mark
			for at := c; len(marks) < n; at++ {
				if m := tally.Mark((at*step + at/n) % n); !slices.Contains(marks, m) {
					marks = append(marks, m)
				}
			}
			add(t, e, marks, int64(100+c*step%17))
		}
	}
	m, _ := tally.Find("wigm")
	if _, err := m.Count(e, tally.Options{Variant: "rational"}); !errors.Is(err, tally.ErrElection) {
		t.Errorf("counted at whole fractions: %v", err)
	}
	reconciles(t, e, count(t, "wigm", e, tally.Options{}))
}
