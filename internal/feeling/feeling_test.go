package feeling_test

import (
	"math/rand/v2"
	"testing"

	"folkmoot/internal/feeling"
	"folkmoot/internal/lang"
)

// TestCount: every answer that is a point counts once, and what is shown is what enough have answered.
func TestCount(t *testing.T) {
	for range 300 {
		var all []feeling.Point
		want := 0
		for range rand.IntN(20) {
			p := feeling.Point(rand.IntN(8) - 1)
			all = append(all, p)
			if p >= 1 && p <= 5 {
				want++
			}
		}
		s := feeling.Count(all)
		if s.Total() != want || s.Shown(5) != (want >= 5) {
			t.Fatalf("%v: %v, %d, %v", all, s, s.Total(), s.Shown(5))
		}
		for _, p := range feeling.Points() {
			n := 0
			for _, a := range all {
				if a == p {
					n++
				}
			}
			if s.Of(p) != n {
				t.Fatalf("%v: %d chose %d", all, s.Of(p), p)
			}
		}
	}
	if feeling.Count(nil).Shown(0) {
		t.Error("what nobody has answered is shown")
	}
}

// TestPointsHaveNames: each point has words of its own in every language.
func TestPointsHaveNames(t *testing.T) {
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Tags() {
		seen := map[string]bool{}
		for _, p := range feeling.Points() {
			said := c.Voice(tag).Say(p.Name())
			if !c.Has(p.Name().ID) || said == "" || seen[said] {
				t.Errorf("%s: %d is called %q", tag, p, said)
			}
			seen[said] = true
		}
	}
}
