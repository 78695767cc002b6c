package sortition

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
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
	Places   int     `json:"places"`             // until the secret is revealed without those that are drawn between strata
	Unfilled int     `json:"unfilled,omitempty"` // places for which nobody in the stratum could be drawn
	Chosen   []int64 `json:"chosen,omitempty"`   // the first of the order, as many as there are places
	Draw     Draw    `json:"draw"`               // everybody in the stratum; those who come after the chosen are alternates
}

// SeatTie is a draw between strata that had the same remainder, of which not all could get a place.
type SeatTie struct {
	Among  []int   `json:"among,omitzero"` // strata, from 1
	Places int     `json:"places"`         // how many of them get one
	Got    []int64 `json:"got,omitempty"`
	Draw   Draw    `json:"draw"`
}

// StrataDraw is the record of a draw by strata. Every draw in it has the same secret and the same contributions, and can be repeated
// by itself.
type StrataDraw struct {
	Schema string        `json:"schema"`
	ID     string        `json:"draw_id"`
	Places int           `json:"places"`
	Strata []StratumDraw `json:"strata,omitzero"`
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
			return nil, nil, 0, refuse("a stratum has the size %d; a size is a number of people, from 0", size)
		}
		total += size
	}
	if total == 0 {
		return nil, nil, 0, refuse("nobody is in any stratum, so places cannot be shared by their sizes")
	}
	if places < 0 || places > mostPlaces {
		return nil, nil, 0, refuse("%d places cannot be shared; there must be from 0 to %d", places, mostPlaces)
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

// AnnounceStrata shares the places and returns what is published before contributions are taken, as Announce does. The draws have
// the id of the whole, a slash, the hash of how places were to be shared, another slash, and the stratum's name, or "tie" for the
// draw between strata that are tied: so every seed follows from the sizes too. Everybody in any of the pools may contribute. It
// returns ErrDraw for what neither can be drawn nor shared, and for a stratum in which nobody is willing.
func AnnounceStrata(drawID string, places int, strata []Stratum, secret []byte) (StrataDraw, error) {
	s := StrataDraw{Schema: StrataSchema, ID: drawID, Places: places}
	if err := cmp.Or(checkText("the draw's id", drawID), checkStrata(strata)); err != nil {
		return s, err
	}
	var sizes []int64
	for _, st := range strata {
		sizes = append(sizes, st.Size)
		s.Strata = append(s.Strata, StratumDraw{Name: st.Name, Size: st.Size, Draw: Draw{Pool: st.Pool}})
	}
	shares, tied, left, err := Share(places, sizes)
	if err != nil {
		return s, err
	}
	prefix, everybody := s.prefix(), s.everybody()
	for i, st := range strata {
		if len(st.Pool) == 0 {
			return s, refuse("nobody in the stratum %s is in the pool; if it is left out of the table of strata, its places go to the others", st.Name)
		}
		d, err := Announce(prefix+st.Name, st.Pool, secret)
		if err != nil {
			return s, fmt.Errorf("in the stratum %s: %w", shown(st.Name), err)
		}
		d.Contributors = everybody
		s.Strata[i].Places, s.Strata[i].Draw = shares[i], d
	}
	if left > 0 {
		s.Tie, err = announceTie(prefix+"tie", tied, left, secret, everybody)
	}
	return s, err
}

// checkStrata refuses names that cannot be, and somebody who is in two strata.
func checkStrata(strata []Stratum) error {
	names, in := map[string]bool{}, map[int64]string{}
	for _, st := range strata {
		switch {
		case st.Name == "tie":
			return refuse("no stratum can be called tie, which is kept for places that are drawn between strata")
		case names[st.Name]:
			return refuse("two strata are called %s", st.Name)
		case int64(len(st.Pool)) > st.Size:
			return refuse("the stratum %s has the size %d, and %d in the pool; the size counts everybody in it", st.Name, st.Size, len(st.Pool))
		}
		names[st.Name] = true
		if err := checkText("the name of a stratum", st.Name); err != nil {
			return err
		}
		for _, m := range st.Pool {
			if other, twice := in[m.ID]; twice && other != st.Name {
				return refuse("member %d is in two strata, %s and %s", m.ID, other, st.Name)
			}
			in[m.ID] = st.Name
		}
	}
	return nil
}

// prefix is how the ids of the draws begin: with the hash of a line that holds the number of places and of a line "name, size, hash
// of the pool" for each stratum, with tabs between.
func (s StrataDraw) prefix() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", s.Places)
	for _, st := range s.Strata {
		fmt.Fprintf(&b, "%s\t%d\t%s\n", st.Name, st.Size, st.Draw.Pool.Hash())
	}
	return s.ID + "/" + hexHash(b.String()) + "/"
}

// everybody returns who may contribute.
func (s StrataDraw) everybody() []int64 {
	ids := []int64{}
	for _, st := range s.Strata {
		for _, m := range st.Draw.Pool {
			ids = append(ids, m.ID)
		}
	}
	slices.Sort(ids)
	return ids
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
	if t.Draw, err = Announce(drawID, pool, secret); err != nil {
		return nil, err
	}
	t.Draw.Contributors = everybody
	return t, nil
}

// Reveal draws between strata that are tied, and then within each. Errors wrap ErrDraw. The receiver is left as it is.
func (s StrataDraw) Reveal(secret []byte, contributions []Contribution) (StrataDraw, error) {
	if s.Revealed() {
		return s, refuse("the draw %s was revealed already; a draw is made once", s.ID)
	}
	if err := s.checkShares(); err != nil {
		return s, fmt.Errorf("the record is not one that was announced: %w", err)
	}
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
			return s, fmt.Errorf("in the stratum %s: %w", shown(st.Name), err)
		}
		n := min(st.Places, len(st.Draw.Order))
		st.Chosen, st.Unfilled = st.Draw.Order[:n], st.Places-n
	}
	return s, nil
}

// draws returns all draws of the record, with what each is for.
func (s StrataDraw) draws() (of []string, all []Draw) {
	if s.Tie != nil {
		of, all = append(of, "tie"), append(all, s.Tie.Draw)
	}
	for _, st := range s.Strata {
		of, all = append(of, st.Name), append(all, st.Draw)
	}
	return of, all
}

// Revealed says whether the record holds anything of what can only follow from the secret.
func (s StrataDraw) Revealed() bool {
	_, all := s.draws()
	return slices.ContainsFunc(all, Draw.Revealed) || s.Tie != nil && len(s.Tie.Got) > 0 ||
		slices.ContainsFunc(s.Strata, func(st StratumDraw) bool { return len(st.Chosen) > 0 || st.Unfilled != 0 })
}

// Check repeats a published draw by strata: how the places were shared, the draw between strata that were tied, and that in each.
func (s StrataDraw) Check() []Finding {
	var found []Finding
	of, all := s.draws()
	for i, d := range all {
		for _, f := range Check(d) {
			f.Of = shown(of[i])
			found = append(found, f)
		}
	}
	err := s.checkShares()
	say := "The places were shared by the sizes of the strata, and each has those who were drawn first."
	switch {
	case err != nil:
		say = fmt.Sprintf("The places were not shared or filled as they should: %v.", err)
	case !s.Revealed():
		say = "The places were shared by the sizes of the strata."
	}
	return append(found, Finding{Step: "places", Agrees: err == nil, Say: say})
}

// checkShares refuses places that do not follow from the sizes and from the order in each stratum, and draws that do not belong
// together.
func (s StrataDraw) checkShares() error {
	var strata []Stratum
	var sizes []int64
	for _, st := range s.Strata {
		strata, sizes = append(strata, Stratum{st.Name, st.Size, st.Draw.Pool}), append(sizes, st.Size)
	}
	if err := cmp.Or(checkText("the draw's id", s.ID), checkStrata(strata)); err != nil {
		return err
	}
	places, tied, left, err := Share(s.Places, sizes)
	if err != nil {
		return err
	}
	if err := s.checkTogether(); err != nil {
		return err
	}
	if err := s.checkTie(tied, left); err != nil {
		return err
	}
	if s.Tie != nil {
		for _, n := range s.Tie.Got {
			places[n-1]++
		}
	}
	for i, st := range s.Strata {
		n, unfilled := min(places[i], len(st.Draw.Order)), 0
		if s.Revealed() {
			unfilled = places[i] - n
		}
		if st.Places != places[i] || st.Unfilled != unfilled || !slices.Equal(st.Chosen, st.Draw.Order[:n]) {
			return refuse("the stratum %s should have %d places, of which %d are filled by those who were drawn first", st.Name, places[i], n)
		}
	}
	return nil
}

// checkTogether refuses draws that are not of this record, or of which one has another secret or other contributions.
func (s StrataDraw) checkTogether() error {
	prefix, everybody := s.prefix(), s.everybody()
	of, all := s.draws()
	for i, d := range all {
		switch {
		case d.Schema != Schema:
			return refuse("the draw for %s is in the format %q, and should be in %q", of[i], d.Schema, Schema)
		case d.ID != prefix+of[i]:
			return refuse("the draw for %s should have the id %s", of[i], prefix+of[i])
		case d.Commit != all[0].Commit || d.Secret != all[0].Secret || d.Revealed() != s.Revealed():
			return refuse("the draw for %s has another secret than that for %s", of[i], of[0])
		case !slices.Equal(d.Contributors, everybody) || !slices.Equal(d.Contributions, all[0].Contributions):
			return refuse("the draw for %s has other contributions than it should", of[i])
		case d.Panels != nil || d.Asked != nil:
			return refuse("the draw for %s is one of panels", of[i])
		}
	}
	return nil
}

// checkTie refuses a draw between strata that are not those which are tied, and places for others than it drew.
func (s StrataDraw) checkTie(tied []int, left int) error {
	if (left > 0) != (s.Tie != nil) {
		return refuse("%d places should be drawn between strata with the same remainder", left)
	}
	if s.Tie == nil {
		return nil
	}
	t, err := announceTie("tie", tied, left, make([]byte, secretSize), nil)
	if err != nil {
		return err
	}
	if s.Tie.Places != left || !slices.Equal(s.Tie.Among, t.Among) || !slices.Equal(s.Tie.Draw.Pool, t.Draw.Pool) {
		return refuse("%d places should be drawn between the strata %v", left, t.Among)
	}
	order := s.Tie.Draw.Order
	if s.Revealed() && !slices.Equal(order, t.Draw.Pool.Order(s.Tie.Draw.Seed)) || !slices.Equal(s.Tie.Got, order[:min(left, len(order))]) {
		return refuse("the places that were drawn between strata went to others than those drawn")
	}
	return nil
}
