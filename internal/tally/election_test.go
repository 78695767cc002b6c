package tally_test

import (
	"errors"
	"testing"

	"folkmoot/internal/tally"
)

// TestPapersAreLookedAtOnce has Add refuse what names somebody twice, with nothing left of it, and Check what names nobody.
func TestPapersAreLookedAtOnce(t *testing.T) {
	e := &tally.Election{Candidates: make([]tally.Candidate, 3)}
	add := func(marks ...tally.Mark) error { return e.Papers.Add(marks, 1) }
	for _, marks := range [][]tally.Mark{{0, 0}, {2, 1, tally.Blank, 2}, {1, 2 | tally.Same, 1 | tally.Same}} {
		if err := add(marks...); !errors.Is(err, tally.ErrElection) {
			t.Errorf("%v: %v", marks, err)
		}
	}
	if e.Papers.Len() != 0 || e.Papers.Total() != 0 {
		t.Errorf("%d kinds, %d papers, want none", e.Papers.Len(), e.Papers.Total())
	}
	for _, marks := range [][]tally.Mark{{2, 1}, {2, 1 | tally.Same}, {2, 1}, {}, {tally.Blank, tally.Again, tally.Again, 0}} {
		if err := add(marks...); err != nil {
			t.Errorf("%v: %v", marks, err)
		}
	}
	if e.Papers.Len() != 4 || e.Papers.Total() != 5 {
		t.Errorf("%d kinds, %d papers, want 4 and 5", e.Papers.Len(), e.Papers.Total())
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(add(0, 3), e.Check()); !errors.Is(err, tally.ErrElection) {
		t.Errorf("a fourth of three: %v", err)
	}
}
