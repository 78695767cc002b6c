// Package feeling adds up a show of feeling: how those who are in a meeting feel about what they talk about, on five points (practice.md §2.5.5).
// It is no vote. Nothing follows from it but another conversation.
package feeling

import (
	"slices"
	"time"

	"folkmoot/internal/lang"
)

// Window is how long people can answer.
const Window = 30 * time.Second

// Most is how many points there are.
const Most = 5

// Point is how somebody feels, from 1, the best, to Most; 0 is no answer.
type Point int

// Points returns the points in the order in which they are offered.
func Points() []Point { return []Point{1, 2, 3, 4, 5} }

// Is says whether it is a point.
func (p Point) Is() bool { return slices.Contains(Points(), p) }

// names are the last part of what the catalogues call the points.
var names = [Most]string{"very_good", "good", "between", "bad", "very_bad"}

// Name returns the words on the button.
func (p Point) Name() lang.Msg { return lang.M("feeling." + names[p-1]) }

// Sum is how many chose each point.
type Sum [Most]int

// Count adds up answers. What is no point counts for nothing.
func Count(all []Point) (s Sum) {
	for _, p := range all {
		if p.Is() {
			s[p-1]++
		}
	}
	return s
}

// Of is how many chose a point.
func (s Sum) Of(p Point) int { return s[p-1] }

// Total is how many have answered.
func (s Sum) Total() (n int) {
	for _, c := range s {
		n += c
	}
	return n
}

// Shown says whether it may be told how many chose which point: only if at least as many have answered as any figure about people is shown for
// (rule k_anonymity, practice.md §3.1).
func (s Sum) Shown(k int) bool { return s.Total() >= max(1, k) }
