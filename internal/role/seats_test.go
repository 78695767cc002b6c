package role_test

import (
	"slices"
	"testing"
	"time"

	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
)

// TestNeverAllSeatsAtOnce: where seats are first filled together, and each is filled anew when it is free, no role of any preset ever has all of
// them end on one day (R3), and of a federation's three convenors one goes at one end and two at the other.
func TestNeverAllSeatsAtOnce(t *testing.T) {
	for _, preset := range rulebook.Names() {
		rules, ok := rulebook.Preset(preset)
		if !ok {
			t.Fatalf("there is no preset %s", preset)
		}
		for _, kind := range role.Types(preset) {
			ends := map[int][]int{} // by day: seats
			for seat := 1; seat <= kind.Seats; seat++ {
				day := role.TermDays(rules, seat, true, false)
				for ; day < 6*365; day += role.TermDays(rules, seat, false, false) {
					ends[day] = append(ends[day], seat)
				}
			}
			for day, seats := range ends {
				if len(seats) == kind.Seats {
					t.Errorf("%s %s: all seats end on day %d", preset, kind.Key, day)
				}
				if kind.Seats == 3 && !slices.Equal(seats, []int{2}) && !slices.Equal(seats, []int{1, 3}) {
					t.Errorf("%s %s: seats %v end on day %d", preset, kind.Key, seats, day)
				}
			}
			if want := map[bool]int{true: 3, false: 2}[preset == rulebook.Federation && kind.Key == "convenors"]; kind.Seats != want {
				t.Errorf("%s %s: %d seats, want %d", preset, kind.Key, kind.Seats, want)
			}
		}
	}
}

// TestThreeSeatsAreFreeInOrder: of three seats those that are free first come first.
func TestThreeSeatsAreFreeInOrder(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	r := role.Role{ID: 1, Type: role.Type{Seats: 3}}
	var terms []role.Term
	for seat, days := range []int{182, 91, 182} {
		terms = append(terms, role.Term{ID: role.TermID(seat + 1), Role: 1, Seat: seat + 1, Begins: now, Ends: now.AddDate(0, 0, days)})
	}
	var got []int
	for _, v := range role.Vacancies(r, terms, now) {
		got = append(got, v.Seat)
	}
	if !slices.Equal(got, []int{2, 1, 3}) {
		t.Errorf("free are %v", got)
	}
}
