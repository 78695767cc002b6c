package tally_test

import (
	"fmt"
	"slices"
	"testing"

	"folkmoot/internal/tally"

	"pgregory.net/rapid"
)

// slow is a second count by rules 45 to 52 of the Scottish order, written from their text alone: paper by paper, everything added up
// anew at each stage, and all stages kept to look back on.
type slow struct {
	seats   int
	lot     []int   // candidates, in the order of the lot
	papers  [][]int // candidates, best first
	worth   []int   // by paper, in 1/100000
	holder  []int   // by paper: who has it; -1: nobody
	state   []byte  // by candidate: continuing, elected, surplus to transfer, or out
	stages  [][]int // votes by candidate
	quota   int
	elected []int
	lines   []string
}

// count returns a line for each stage: what was done, the votes, who is elected, and who is excluded.
func (s *slow) count() []string {
	s.quota = (len(s.papers)/(s.seats+1) + 1) * 100000
	for range s.papers {
		s.worth, s.holder = append(s.worth, 100000), append(s.holder, -1)
	}
	for what, who, top, bottom := "first", -1, 1, 1; what != ""; what, who, top, bottom = s.declare(what, who) {
		for p, c := range s.holder {
			if c == who {
				s.worth[p] = s.worth[p] * top / bottom
				i := slices.IndexFunc(s.papers[p], func(c int) bool { return s.state[c] == 'c' })
				if s.holder[p] = -1; i >= 0 {
					s.holder[p] = s.papers[p][i]
				}
			}
		}
	}
	return s.lines
}

// declare ends a stage, and returns what the next one does, with whose papers, and to what part of their value they are reduced.
func (s *slow) declare(what string, of int) (next string, who, top, bottom int) {
	votes := make([]int, len(s.state))
	for p, c := range s.holder {
		if c >= 0 {
			votes[c] += s.worth[p]
		}
	}
	for c, state := range s.state {
		if state == 'e' { // what exceeded the quota is gone
			votes[c] = s.quota
		}
	}
	s.stages = append(s.stages, votes)
	before := len(s.elected)
	s.elect(func(c int) bool { return votes[c] >= s.quota })
	if len(s.all('c')) <= s.seats-len(s.elected) {
		s.elect(func(int) bool { return true })
	}
	line := fmt.Sprintf("%s %d: %d, elected %d", what, of+1, votes, s.elected[before:])
	over := len(s.elected) == s.seats || len(s.all('c')) == 0
	if waiting := s.all('s'); !over && len(waiting) > 0 {
		who = s.pick(waiting, 1)
		s.state[who] = 'e'
		next, top, bottom = "surplus", votes[who]-s.quota, votes[who]
	} else if !over {
		who = s.pick(s.all('c'), -1)
		s.state[who] = 'o'
		next, top, bottom = "exclude", 1, 1
		line += fmt.Sprintf(", excluded %d", who+1)
	}
	s.lines = append(s.lines, line)
	return next, who, top, bottom
}

func (s *slow) elect(ok func(c int) bool) {
	for len(s.elected) < s.seats {
		able := slices.DeleteFunc(s.all('c'), func(c int) bool { return !ok(c) })
		if len(able) == 0 {
			return
		}
		who := s.pick(able, 1)
		s.elected = append(s.elected, who+1)
		if s.state[who] = 'e'; s.stages[len(s.stages)-1][who] != s.quota {
			s.state[who] = 's'
		}
	}
}

func (s *slow) all(state byte) (out []int) {
	for c, is := range s.state {
		if is == state {
			out = append(out, c)
		}
	}
	return out
}

// pick takes the one with the most votes, or with the fewest if sign is -1; of equals who had so at the stage before, and so on back;
// and at last by lot.
func (s *slow) pick(cs []int, sign int) int {
	for _, votes := range slices.Backward(s.stages) {
		best := slices.MaxFunc(cs, func(a, b int) int { return sign * (votes[a] - votes[b]) })
		cs = slices.DeleteFunc(slices.Clone(cs), func(c int) bool { return votes[c] != votes[best] })
	}
	return slices.MinFunc(cs, func(a, b int) int { return slices.Index(s.lot, a) - slices.Index(s.lot, b) })
}

// TestScottishTwice counts small elections, most of them full of ties, and larger ones, a second time.
func TestScottishTwice(t *testing.T) {
	elections, stages := 0, 0
	for range 30 { // rapid.Check draws a hundred
		rapid.Check(t, func(t *rapid.T) {
			e := anyElection(t, false)
			s := sheet(t, "scottish", e, tally.Options{})
			again := &slow{seats: e.Seats, lot: e.Lots, state: []byte("cccccccc")[:len(e.Candidates)]}
			for i := range e.Papers.Len() {
				marks, weight := e.Papers.At(i)
				var paper []int
				for _, m := range marks {
					paper = append(paper, int(m))
				}
				for range weight {
					if len(paper) > 0 {
						again.papers = append(again.papers, paper)
					}
				}
			}
			if s.Valid == 0 {
				return // nobody is elected, and the lot is not asked
			}
			want := again.count()
			for i, st := range s.Stages {
				var votes []int
				for _, v := range st.Votes {
					var n, part int
					if _, err := fmt.Sscanf(v, "%d.%05d", &n, &part); err != nil {
						t.Fatal(err)
					}
					votes = append(votes, n*100000+part)
				}
				line := fmt.Sprintf("%s %d: %d, elected %d", st.Action, append(st.Of, 0)[0], votes, st.Elected)
				if len(st.Excluded) > 0 {
					line += fmt.Sprintf(", excluded %d", st.Excluded[0])
				}
				if i >= len(want) || line != want[i] {
					t.Fatalf("stage %d: %s\nwant %s", i+1, line, want[min(i, len(want)-1)])
				}
			}
			if len(want) != len(s.Stages) {
				t.Fatalf("%d stages, want %d", len(s.Stages), len(want))
			}
			elections, stages = elections+1, stages+len(want)
		})
	}
	t.Logf("%d elections, %d stages counted twice alike", elections, stages)
}
