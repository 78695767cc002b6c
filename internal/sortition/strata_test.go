package sortition

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		places int
		sizes  []int64
		want   string
	}{
		{10, []int64{47000, 16000, 15800, 12000, 6100, 3100}, "[5 2 1 1 1 0] [] 0"}, // the textbook's example: remainders .7 .6 .58 .2 .61 .31
		{3, []int64{10, 10, 10}, "[1 1 1] [] 0"},
		{2, []int64{10, 10, 10}, "[0 0 0] [0 1 2] 2"},
		{3, []int64{30, 10, 10, 10}, "[1 0 0 0] [0 1 2 3] 2"},
		{5, []int64{50, 25, 25}, "[3 1 1] [] 0"},
		{0, []int64{1}, "[0] [] 0"},
		{7, []int64{0, 9}, "[0 7] [] 0"},
		{4, []int64{1 << 61, 1<<61 - 1}, "[2 2] [] 0"},
	} {
		shares, tied, left, err := Share(tt.places, tt.sizes)
		if got := fmt.Sprint(shares, tied, left); got != tt.want || err != nil {
			t.Errorf("%d places for %v: %s, %v; want %s", tt.places, tt.sizes, got, err, tt.want)
		}
	}
	for _, sizes := range [][]int64{nil, {0}, {-1, 2}, {1 << 62, 1 << 62}} {
		if _, _, _, err := Share(1, sizes); !errors.Is(err, ErrDraw) {
			t.Errorf("%v: %v", sizes, err)
		}
	}
}

// TestShareKeepsTheQuota: nobody is further than a place from the exact share, and no place is lost.
func TestShareKeepsTheQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Int64Range(0, 50), 1, 12).Draw(t, "sizes")
		sizes[0]++
		places := rapid.IntRange(0, 60).Draw(t, "places")
		shares, tied, left, err := Share(places, sizes)
		if err != nil {
			t.Fatal(err)
		}
		sum, total := left, int64(0)
		for i := range sizes {
			sum += shares[i]
			total += sizes[i]
		}
		if sum != places || left > 0 && left >= len(tied) {
			t.Fatalf("%v and %d left for %v of %d", shares, left, tied, places)
		}
		for i, size := range sizes {
			exact := big.NewRat(int64(places)*size, total)
			got := big.NewRat(int64(shares[i]), 1)
			if off := got.Sub(got, exact); off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("stratum %d of %v gets %d of %d places", i, sizes, shares[i], places)
			}
		}
	})
}

func TestDrawByStrata(t *testing.T) {
	pool := func(from, n int64) Pool {
		var p Pool
		for id := from; id < from+n; id++ {
			p = append(p, Member{id, 4 - id%2})
		}
		return p
	}
	strata := []Stratum{{"north", 30, pool(1, 8)}, {"south", 30, pool(20, 8)}, {"east", 30, pool(40, 1)}}
	_, secret, _ := vector(t)
	announced, err := AnnounceStrata("delegates", 5, strata, secret)
	if err != nil {
		t.Fatal(err)
	}
	if announced.Tie == nil || !slices.Equal(announced.Tie.Among, []int{1, 2, 3}) || announced.Tie.Places != 2 {
		t.Fatalf("the tie for two places is not announced: %+v", announced.Tie)
	}
	won := map[int64]int{}
	for i := range 300 {
		s, err := announced.Reveal(secret, []Contribution{{1, fmt.Sprint("throw ", i)}, {41 - 1, "a stone"}})
		if err != nil {
			t.Fatal(err)
		}
		places, drawn := 0, 0
		for _, st := range s.Strata {
			places += st.Places
			drawn += len(st.Chosen) + st.Unfilled
			if found := Check(st.Draw); !Holds(found) || st.Places != len(st.Chosen)+st.Unfilled {
				t.Fatalf("%s: %+v", st.Name, found)
			}
		}
		if places != 5 || drawn != 5 || !Holds(Check(s.Tie.Draw)) {
			t.Fatalf("%d places, %d drawn", places, drawn)
		}
		for _, n := range s.Tie.Got {
			won[n]++
		}
		if east := s.Strata[2]; east.Unfilled != east.Places-1 {
			t.Fatalf("one person is willing in the east, and %d places are unfilled of %d", east.Unfilled, east.Places)
		}
	}
	for n := range int64(3) { // 200 expected, with a standard deviation of 8
		if won[n+1] < 170 || won[n+1] > 230 {
			t.Errorf("stratum %d got one of the two places %d times of 300", n+1, won[n+1])
		}
	}
	if announced.Strata[0].Places != 1 || announced.Tie.Got != nil {
		t.Error("revealing has changed what was announced")
	}
}

func TestCheckFindsChangedStrata(t *testing.T) {
	_, secret, _ := vector(t)
	pool := func(from int64) Pool { return Pool{{from, 4}, {from + 1, 2}, {from + 2, 1}} }
	for name, spoil := range map[string]func(*StrataDraw){
		"":                   func(*StrataDraw) {},
		"a size":             func(s *StrataDraw) { s.Strata[0].Size = 300 },
		"who is chosen":      func(s *StrataDraw) { s.Strata[1].Chosen = s.Strata[1].Draw.Order[1:2] },
		"how many places":    func(s *StrataDraw) { s.Places++ },
		"a stratum's places": func(s *StrataDraw) { s.Strata[0].Places-- },
		"places below 0":     func(s *StrataDraw) { s.Strata[0].Places = -1 },
		"who got the last":   func(s *StrataDraw) { s.Tie.Got = []int64{3 - s.Tie.Got[0]} },
		"a stranger got it":  func(s *StrataDraw) { s.Tie.Got = []int64{99} },
		"the tie left out":   func(s *StrataDraw) { s.Tie = nil },
		"the tie's order":    func(s *StrataDraw) { s.Tie.Draw.Order = nil },
		"a stratum's order":  func(s *StrataDraw) { s.Strata[1].Draw.Order = nil },
		"a stratum's secret": func(s *StrataDraw) { s.Strata[1].Draw.Secret = "" },
		"all of the strata":  func(s *StrataDraw) { s.Strata = nil },
		"the id":             func(s *StrataDraw) { s.ID = "others" },
		"a name":             func(s *StrataDraw) { s.Strata[0].Name = "east" },
		"the tie's throws":   func(s *StrataDraw) { s.Tie.Draw.Contributions = nil },
		"who contributes":    func(s *StrataDraw) { s.Strata[0].Draw.Contributors = nil },
		"one not revealed": func(s *StrataDraw) {
			d := &s.Strata[1].Draw
			d.Secret, d.Seed, d.Order = "", "", nil
			s.Strata[1].Chosen, s.Strata[1].Unfilled = nil, s.Strata[1].Places
		},
		"somebody's own seed": func(s *StrataDraw) { s.Strata[1].Draw.Contributions = nil },
	} {
		s, err := AnnounceStrata("delegates", 3, []Stratum{{"north", 30, pool(1)}, {"south", 30, pool(11)}}, secret)
		if err == nil {
			s, err = s.Reveal(secret, []Contribution{{1, "a stone"}})
		}
		if err != nil {
			t.Fatal(err)
		}
		spoil(&s)
		if found := s.Check(); Holds(found) != (name == "") {
			t.Errorf("with %q changed: %+v", name, found)
		}
	}
}

func TestStrataRefusals(t *testing.T) {
	_, secret, _ := vector(t)
	one := Pool{{1, 1}}
	for name, strata := range map[string][]Stratum{
		"none": nil, "a name twice": {{"a", 1, one}, {"a", 1, Pool{{2, 1}}}}, "the name of ties": {{"tie", 1, one}},
		"no name": {{"", 1, one}}, "somebody in two": {{"a", 1, one}, {"b", 1, one}}, "nobody willing": {{"a", 1, nil}}, "more in the pool than in all": {{"a", 2, Pool{{1, 1}, {2, 1}, {3, 0}}}}, "a size below 0": {{"a", -1, one}},
	} {
		if _, err := AnnounceStrata("x", 1, strata, secret); !errors.Is(err, ErrDraw) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNobodyIsWilling: whoever has an empty branch is told what can be done.
func TestNobodyIsWilling(t *testing.T) {
	_, secret, _ := vector(t)
	_, err := AnnounceStrata("x", 1, []Stratum{{"north", 9, Pool{{1, 1}}}, {"south", 9, nil}}, secret)
	if want := "nobody in the stratum south is in the pool; if it is left out of the table of strata, its places go to the others"; err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}
