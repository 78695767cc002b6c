package tally_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/tally"
)

const threeForTwo = "3 2\n4 1 2 0\n3 2 3 0\n2 3 2 0\n0\n\"Ann\" \"Bo\" \"Cy\"\n"

// TestMethodsTake: what a method does not take is refused, whichever it is, and what it takes is not.
func TestMethodsTake(t *testing.T) {
	given := map[tally.Option]tally.Options{
		tally.TakesLot:      {Lots: []int{2, 1, 0}},
		tally.TakesRON:      {RON: 3},
		tally.TakesReserve:  {Reserved: tally.Reserve{Places: 1, For: []int{1}}},
		tally.TakesRule:     {Question: tally.Question{Rule: tally.TwoThirds()}},
		tally.TakesQuorum:   {Question: tally.Question{Quorum: 1}},
		tally.TakesPresent:  {Question: tally.Question{Present: 20}},
		tally.TakesEntitled: {Question: tally.Question{Entitled: 20}},
		tally.TakesDefault:  {Default: 3},
		tally.TakesRanked:   {Ranked: &tally.RankedRules{}},
		tally.TakesSeats:    {Seats: 1},
	}
	for _, m := range tally.Methods() {
		for what, o := range given {
			if m.For == tally.ForBudget && !m.Seats || m.Name == "consensus" || m.Name == "score" || m.Name == "debian" && what != tally.TakesDefault {
				continue // they count other elections
			}
			_, err := m.Count(blt(t, threeForTwo), o)
			if takes := slices.Contains(m.Takes(), what); takes != (err == nil) || !takes && !errors.Is(err, tally.ErrElection) {
				t.Errorf("%s with %s: %v", m.Name, what, err)
			}
		}
	}
}

// TestOnePlaceOfSeveral: a file that says two places is counted for one where the method fills one, and the sheet says so.
func TestOnePlaceOfSeveral(t *testing.T) {
	for _, m := range tally.Methods() {
		if m.Seats || m.For == tally.ForBudget || m.Name == "consensus" {
			continue
		}
		e := blt(t, threeForTwo)
		e.Default = 3
		s, err := m.Count(e, tally.Options{})
		if err != nil || s.Seats != 1 || !strings.HasPrefix(s.Notes[len(s.Notes)-1], "The file says 2 places.") {
			t.Errorf("%s: %+v, %v", m.Name, s, err)
		}
		if !slices.Contains(m.Takes(), tally.TakesSeats) {
			continue
		}
		if s, err = m.Count(e, tally.Options{Seats: 1}); err != nil || strings.Contains(strings.Join(s.Notes, " "), "The file says") {
			t.Errorf("%s for one: %v, %v", m.Name, s.Notes, err)
		}
		if _, err = m.Count(e, tally.Options{Seats: 2}); !errors.Is(err, tally.ErrElection) {
			t.Errorf("%s for two: %v", m.Name, err)
		}
	}
}

// TestReservedThatCannotBe refuses places and candidates that do not go together, and notes that there are too few.
func TestReservedThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		o    tally.Options
		want string
	}{
		{tally.Options{Reserved: tally.Reserve{Places: 3, For: []int{0}}}, "3 places of 2 are reserved"},
		{tally.Options{Reserved: tally.Reserve{Places: 1}}, "1 places are reserved, and it is not said for whom"},
		{tally.Options{Reserved: tally.Reserve{For: []int{1}}}, "places are reserved for 1 candidates, and it is not said how many"},
		{tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{1, 1}}}, "Bo is named twice"},
		{tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{3}}}, "a place is reserved for candidate 4 of 3"},
		{tally.Options{Reserved: tally.Reserve{Places: 1, For: []int{1, 2}}, RON: 3}, "Cy stands for re-opening nominations, and no place can be reserved for that"},
		{tally.Options{RON: 1}, "Ann stands for re-opening nominations and has withdrawn"},
		{tally.Options{RON: 4}, "re-opening nominations is candidate 4 of 3"},
	} {
		e := blt(t, threeForTwo)
		e.Withdrawn = []int{0}
		for _, name := range []string{"scottish", "meek", "ers97"} {
			m, _ := tally.Find(name)
			if _, err := m.Count(e, tt.o); !errors.Is(err, tally.ErrElection) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, %+v: %v", name, tt.o, err)
			}
		}
	}
	for _, name := range []string{"scottish", "meek", "ers97"} {
		s := count(t, name, blt(t, threeForTwo), tally.Options{Reserved: tally.Reserve{Places: 2, For: []int{2}}})
		if want := []string{"Of 2 reserved places 1 is filled. Only 1 of those for whom they are kept stands."}; !slices.Equal(s.Notes, want) || s.Unfilled != 1 {
			t.Errorf("%s: %q, %d unfilled", name, s.Notes, s.Unfilled)
		}
	}
}

// TestBudgetsFillNoPlaces: places mean nothing where there is a budget, whatever the method.
func TestBudgetsFillNoPlaces(t *testing.T) {
	e := blt(t, threeForTwo)
	e.Seats, e.Budget, e.Unit = 0, 10, 1
	for _, m := range tally.Methods() {
		if m.For != tally.ForBudget {
			continue
		}
		if s, err := m.Count(e, tally.Options{}); err != nil || s.Seats != 0 {
			t.Errorf("%s: %v", m.Name, err)
		}
		if _, err := m.Count(e, tally.Options{Seats: 2}); !errors.Is(err, tally.ErrElection) {
			t.Errorf("%s for two places: %v", m.Name, err)
		}
	}
}

// TestDebianDefault: the option that was named is beaten, not the one the file has, and the sheet says which it is.
func TestDebianDefault(t *testing.T) {
	e := blt(t, "3 1\n5 1 2 3 0\n2 3 1 2 0\n1 2 3 1 0\n0\n\"Ann\" \"Bo\" \"Cy\"\n")
	m, _ := tally.Find("debian")
	if _, err := m.Count(e, tally.Options{}); !errors.Is(err, tally.ErrElection) || !strings.Contains(err.Error(), "which is the default option") {
		t.Error(err)
	}
	e.Default = 3
	for def, want := range []string{"3, Cy, as tables of such votes have it last.", "1, Ann.", "2, Bo."} {
		s := count(t, "debian", e, tally.Options{Default: def})
		if want := "The default option, which the others must beat, is " + want; s.Notes[0] != want || s.Elected[0] != 1 {
			t.Errorf("%d: %q, elected %v", def, s.Notes, s.Elected)
		}
	}
	e.Candidates[0].Ratio = 2
	if _, err := m.Count(e, tally.Options{Default: 1}); !errors.Is(err, tally.ErrElection) {
		t.Errorf("a majority of the default over itself: %v", err)
	}
}
