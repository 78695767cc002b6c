package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"folkmoot/internal/sortition"
)

// What is printed when a draw is announced is compared with so many draws. By Hoeffding's inequality the share of draws in which
// something happens is further than off from its chance with a probability of at most 2·exp(-2·draws·off²), here 3 in 10^11, and
// some twenty chances are compared. Secret and contributions are fixed, so the figures are the same each time.
const (
	draws = 20_000
	off   = 0.025
)

var (
	inLots    = regexp.MustCompile(`^ *\d+ members? with the weight (\d+)(?: \([0-9, ]+\))?: each is drawn first with a chance of (\d+) in (\d+)\.$`)
	inPlaces  = regexp.MustCompile(`^  Each has a place with a chance of (\d+) in (\d+)\.$`)
	inPercent = regexp.MustCompile(`^\d+ (?:person|people) with a chance of ([0-9.]+)%: ([0-9, ]+)\.$`)
	inTie     = regexp.MustCompile(`remainders are equal, the lot gives .* each with a chance of (\d+) in (\d+)\.$`)
)

func atof(t *testing.T, text string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// printed returns the chances in a text: of each weight, by the number of the pool in the text, of each person, and of a place more
// for strata that are tied.
func printed(t *testing.T, say func(w io.Writer)) map[string]float64 {
	t.Helper()
	var b bytes.Buffer
	say(&b)
	out := map[string]float64{}
	pool := 0
	for _, line := range strings.Split(b.String(), "\n") {
		if line == "" {
			pool++
		}
		if m := inLots.FindStringSubmatch(line); m != nil {
			out[fmt.Sprintf("weight %s in pool %d", m[1], pool)] = atof(t, m[2]) / atof(t, m[3])
		}
		if m := inPlaces.FindStringSubmatch(line); m != nil {
			out[fmt.Sprintf("a place from pool %d", pool)] = atof(t, m[1]) / atof(t, m[2])
		}
		if m := inTie.FindStringSubmatch(line); m != nil {
			out["tie"] = atof(t, m[1]) / atof(t, m[2])
		}
		if m := inPercent.FindStringSubmatch(line); m != nil {
			for _, id := range strings.Split(m[2], ", ") {
				out["person "+id] = atof(t, m[1]) / 100
			}
		}
	}
	return out
}

// wantChances makes the draw many times, each with another contribution, and compares how often what was drawn with the chances of
// it. Who tells what was drawn returns the name of the chance that each has, and who or what it was.
func wantChances(t *testing.T, r sortition.Record, secret []byte, chances map[string]float64, happened func(r sortition.Record, note func(chance string, what any))) {
	t.Helper()
	type event struct {
		chance string
		what   any
	}
	times := map[event]float64{}
	for i := range draws {
		made, err := r.Reveal(secret, []sortition.Contribution{{ID: 1, Text: fmt.Sprint("throw ", i)}})
		if err != nil {
			t.Fatal(err)
		}
		happened(made, func(chance string, what any) { times[event{chance, what}]++ })
	}
	seen := map[string]bool{}
	worst := 0.0
	for e, n := range times {
		want, known := chances[e.chance]
		seen[e.chance] = true
		far := math.Abs(n/draws - want)
		worst = max(worst, far)
		if !known || far > off {
			t.Errorf("%v with the chance of %s happened in %.4f of the draws, want %.4f", e.what, e.chance, n/draws, want)
		}
	}
	if len(seen) != len(chances) || len(seen) == 0 {
		t.Errorf("chances are printed for %v, and seen for %v", chances, seen)
	}
	t.Logf("%d draws, %d chances; the furthest is off by %.4f", draws, len(times), worst)
}

// first tells who came first in a pool.
func first(d sortition.Draw, pool int, note func(string, any)) {
	for _, m := range d.Pool {
		if m.ID == d.Order[0] {
			note(fmt.Sprintf("weight %d in pool %d", m.Weight, pool), m.ID)
		}
	}
}

func TestPrintedChancesMatchManyDraws(t *testing.T) {
	secret := bytes.Repeat([]byte{42}, 32)
	pools := []sortition.Pool{{{ID: 1, Weight: 4}, {ID: 2, Weight: 4}, {ID: 3, Weight: 2}, {ID: 4, Weight: 1}, {ID: 5, Weight: 0}}, {{ID: 11, Weight: 1}, {ID: 12, Weight: 1}, {ID: 13, Weight: 1}}, {{ID: 21, Weight: 3}, {ID: 22, Weight: 3}}}
	t.Run("of a role", func(t *testing.T) {
		d, err := sortition.Announce("role", pools[0], secret)
		if err != nil {
			t.Fatal(err)
		}
		wantChances(t, sortition.Record{Draw: &d}, secret, printed(t, func(w io.Writer) { sayPool(w, d) }),
			func(r sortition.Record, note func(string, any)) { first(*r.Draw, 0, note) })
	})
	t.Run("by strata", func(t *testing.T) {
		strata := []sortition.Stratum{{Name: "north", Size: 10, Pool: pools[0]}, {Name: "south", Size: 10, Pool: pools[1]}, {Name: "east", Size: 10, Pool: pools[2]}}
		s, err := sortition.AnnounceStrata("delegates", 5, strata, secret)
		if err != nil {
			t.Fatal(err)
		}
		wantChances(t, sortition.Record{Strata: &s}, secret, printed(t, func(w io.Writer) { sayStrata(w, s) }),
			func(r sortition.Record, note func(string, any)) {
				for i, st := range r.Strata.Strata {
					first(st.Draw, i+1, note)
					if i > 0 { // in the first, weights differ
						for _, id := range st.Chosen {
							note(fmt.Sprintf("a place from pool %d", i+1), id)
						}
					}
				}
				for _, n := range r.Strata.Tie.Got {
					note("tie", r.Strata.Strata[n-1].Name)
				}
			})
	})
	t.Run("of a panel", func(t *testing.T) {
		p := sortition.Panels{Size: 3, Quotas: []sortition.Quota{{Feature: "shift", Value: "night", Min: 1, Max: 1}, {Feature: "age", Value: "young", Min: 1, Max: 2}}}
		for id := range int64(8) {
			f := map[string]string{"shift": "day", "age": "old"}
			if id < 3 {
				f["shift"] = "night"
			}
			if id%4 == 1 {
				f["age"] = "young"
			}
			p.People = append(p.People, sortition.Person{ID: id, Features: f})
		}
		fair, err := p.Leximin(t.Context(), sortition.DefaultTickets, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, err := sortition.AnnouncePanels("assembly", p, fair, secret)
		if err != nil {
			t.Fatal(err)
		}
		wantChances(t, sortition.Record{Draw: &d}, secret, printed(t, func(w io.Writer) { sayPanels(w, d) }),
			func(r sortition.Record, note func(string, any)) {
				for _, id := range r.Draw.Drawn() {
					note(fmt.Sprint("person ", id), id)
				}
			})
	})
}
