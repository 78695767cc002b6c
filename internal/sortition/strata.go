package sortition

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// Stratum is a part of a group, such as a branch or a shift, that gets its share of the places.
type Stratum struct {
	Name string
	Size int64 // how many people it has; places are shared by this
	Pool Pool  // those of them who said yes
}

// StratumDraw is what a stratum got, and the draw within it.
type StratumDraw struct {
	Name     string  `json:"name"`
	Size     int64   `json:"size"`
	Places   int     `json:"places"`
	Unfilled int     `json:"unfilled,omitempty"` // places for which nobody in the stratum could be drawn
	Chosen   []int64 `json:"chosen,omitempty"`   // the first of the order, as many as there are places
	Draw     Draw    `json:"draw"`               // everybody in the stratum; those who come after the chosen are alternates
}

// SeatTie is a draw between strata that had the same remainder, of which not all could get a place.
type SeatTie struct {
	Among  []int   `json:"among"`  // strata, from 1
	Places int     `json:"places"` // how many of them get one
	Got    []int64 `json:"got,omitempty"`
	Draw   Draw    `json:"draw"`
}

// StrataDraw is a draw by strata. Every draw in it has the same secret and the same contributions, and can be repeated by itself.
type StrataDraw struct {
	Places int           `json:"places"`
	Strata []StratumDraw `json:"strata"`
	Tie    *SeatTie      `json:"tie,omitempty"`
}

const mostPlaces = 1 << 20

// Share shares places by largest remainder (Hamilton): each gets the whole places of its exact share, and those with the largest
// remainders one more. Those that are tied for the last places are returned by their place in sizes, with how many places are left
// for them. Sizes must be at least 0 and add up to more than 0 and less than 2^62. Errors wrap ErrDraw.
func Share(places int, sizes []int64) (shares []int, tied []int, left int, err error) {
	total := int64(0)
	for _, size := range sizes {
		if size < 0 || size > 1<<62-1-total {
			return nil, nil, 0, fmt.Errorf("%w: a stratum has the size %d", ErrDraw, size)
		}
		total += size
	}
	if places < 0 || places > mostPlaces || total == 0 {
		return nil, nil, 0, fmt.Errorf("%w: %d places for strata of %d people in all", ErrDraw, places, total)
	}
	shares, rests, byRest := make([]int, len(sizes)), make([]uint64, len(sizes)), make([]int, len(sizes))
	left = places
	for i, size := range sizes {
		hi, lo := bits.Mul64(uint64(places), uint64(size))
		share, rest := bits.Div64(hi, lo, uint64(total))
		shares[i], rests[i], byRest[i] = int(share), rest, i
		left -= int(share)
	}
	slices.SortStableFunc(byRest, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for left > 0 {
		like := rests[byRest[0]]
		n := 1
		for n < len(byRest) && rests[byRest[n]] == like {
			n++
		}
		if n > left {
			return shares, byRest[:n], left, nil
		}
		for _, i := range byRest[:n] {
			shares[i]++
		}
		byRest, left = byRest[n:], left-n
	}
	return shares, nil, 0, nil
}

// AnnounceStrata shares the places and returns what is published before contributions are taken, as Announce does. The draw in a
// stratum has the id "drawID/name", that between strata which are tied "drawID/tie". Everybody in any of the pools may contribute.
// It returns ErrDraw for what neither can be drawn nor shared, and for a stratum in which nobody is willing.
func AnnounceStrata(drawID string, places int, strata []Stratum, secret []byte) (StrataDraw, error) {
	s := StrataDraw{Places: places}
	sizes, everybody := make([]int64, len(strata)), []int64{}
	names := map[string]bool{"tie": true}
	for i, st := range strata {
		if names[st.Name] {
			return s, fmt.Errorf("%w: two strata have the name %q, or it is the one kept for ties", ErrDraw, st.Name)
		}
		names[st.Name], sizes[i] = true, st.Size
		for _, m := range st.Pool {
			everybody = append(everybody, m.ID)
		}
	}
	slices.Sort(everybody)
	for i := range everybody[:max(0, len(everybody)-1)] {
		if everybody[i] == everybody[i+1] {
			return s, fmt.Errorf("%w: member %d is in two strata", ErrDraw, everybody[i])
		}
	}
	shares, tied, left, err := Share(places, sizes)
	if err != nil {
		return s, err
	}
	for i, st := range strata {
		d, err := Announce(drawID+"/"+st.Name, st.Pool, secret)
		if err != nil {
			return s, fmt.Errorf("stratum %s: %w", st.Name, err)
		}
		d.Contributors = everybody
		s.Strata = append(s.Strata, StratumDraw{Name: st.Name, Size: st.Size, Places: shares[i], Draw: d})
	}
	if left > 0 {
		s.Tie, err = announceTie(drawID+"/tie", tied, left, secret, everybody)
	}
	return s, err
}

func announceTie(drawID string, tied []int, places int, secret []byte, everybody []int64) (*SeatTie, error) {
	t := &SeatTie{Places: places}
	var members []Member
	for _, i := range tied {
		t.Among = append(t.Among, i+1)
		members = append(members, Member{int64(i + 1), 1})
	}
	pool, err := NewPool(members...)
	if err != nil {
		return nil, err
	}
	t.Draw, err = Announce(drawID, pool, secret)
	t.Draw.Contributors = everybody
	return t, err
}

// Reveal draws between strata that are tied, and then within each. Errors wrap ErrDraw. The receiver is left as it is.
func (s StrataDraw) Reveal(secret []byte, contributions []Contribution) (StrataDraw, error) {
	s.Strata = slices.Clone(s.Strata)
	if s.Tie != nil {
		tie := *s.Tie
		var err error
		if tie.Draw, err = tie.Draw.Reveal(secret, contributions); err != nil {
			return s, err
		}
		tie.Got = tie.Draw.Order[:tie.Places]
		for _, n := range tie.Got {
			s.Strata[n-1].Places++
		}
		s.Tie = &tie
	}
	for i := range s.Strata {
		st := &s.Strata[i]
		var err error
		if st.Draw, err = st.Draw.Reveal(secret, contributions); err != nil {
			return s, fmt.Errorf("stratum %s: %w", st.Name, err)
		}
		n := min(st.Places, len(st.Draw.Order))
		st.Chosen, st.Unfilled = st.Draw.Order[:n], st.Places-n
	}
	return s, nil
}

// Check repeats a published draw by strata: how the places were shared, the draw between strata that were tied, and that in each.
func (s StrataDraw) Check() []Finding {
	sizes := make([]int64, len(s.Strata))
	for i, st := range s.Strata {
		sizes[i] = st.Size
	}
	places, tied, left, err := Share(s.Places, sizes)
	shared := err == nil && (left > 0) == (s.Tie != nil)
	var found []Finding
	if shared && s.Tie != nil {
		found = Check(s.Tie.Draw)
		t, err := announceTie("tie", tied, left, make([]byte, secretSize), nil)
		shared = err == nil && Holds(found) && s.Tie.Places == left && slices.Equal(s.Tie.Among, t.Among) &&
			s.Tie.Draw.PoolHash == t.Draw.PoolHash && slices.Equal(s.Tie.Got, s.Tie.Draw.Order[:left])
		for _, n := range s.Tie.Got {
			if shared {
				places[n-1]++
			}
		}
	}
	for i, st := range s.Strata {
		found = append(found, Check(st.Draw)...)
		n := max(0, min(st.Places, len(st.Draw.Order)))
		shared = shared && st.Places == places[i] && st.Unfilled == st.Places-n && slices.Equal(st.Chosen, st.Draw.Order[:n]) &&
			st.Draw.Commit == s.Strata[0].Draw.Commit && slices.Equal(st.Draw.Contributions, s.Strata[0].Draw.Contributions)
	}
	say := map[bool]string{
		true:  "The places were shared by the sizes of the strata, and each has those who were drawn first.",
		false: "The places were not shared as the sizes of the strata say, or somebody was chosen who was not drawn.",
	}
	return append(found, Finding{"places", shared, say[shared]})
}
