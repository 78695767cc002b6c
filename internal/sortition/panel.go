package sortition

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Quota says how many people on a panel must have the value of a feature.
type Quota struct {
	Feature string `json:"feature"`
	Value   string `json:"value"`
	Min     int    `json:"min"`
	Max     int    `json:"max"`
}

// Person is somebody who can be on a panel.
type Person struct {
	ID       int64             `json:"id"`
	Features map[string]string `json:"features,omitempty"` // a value that no quota names is not asked about
	Address  string            `json:"home,omitempty"`     // of those with one address, at most one is on a panel; "": not known
}

// Panels is what is asked for: so many of the people, within all quotas.
type Panels struct {
	Size   int      `json:"size"`
	Quotas []Quota  `json:"quotas,omitzero"`
	People []Person `json:"people,omitzero"`
}

// Limits of what is asked for.
const (
	mostPeople = 1 << 16
	mostQuotas = 1 << 10
)

// Check refuses, with ErrDraw, what no panel could meet for its form alone. Whether the quotas leave a panel is for Leximin.
func (p Panels) Check() error {
	switch {
	case p.Size < 1 || p.Size > len(p.People):
		return refuse("a panel of %d cannot be drawn from %d people", p.Size, len(p.People))
	case len(p.People) > mostPeople:
		return refuse("the pool has %d people, and a draw of a panel takes at most %d", len(p.People), mostPeople)
	case len(p.Quotas) > mostQuotas:
		return refuse("there are %d quotas, and a draw of a panel takes at most %d", len(p.Quotas), mostQuotas)
	}
	seen := map[[2]string]bool{}
	for _, q := range p.Quotas {
		switch {
		case q.Min < 0 || q.Min > q.Max:
			return refuse("the quota of %s: %s asks for at least %d and at most %d, which no number is", q.Feature, q.Value, q.Min, q.Max)
		case q.Max > mostPlaces:
			return refuse("the quota of %s: %s goes up to %d; there can be at most %d places", q.Feature, q.Value, q.Max, mostPlaces)
		}
		if seen[[2]string{q.Feature, q.Value}] {
			return refuse("there are two quotas of %s: %s", q.Feature, q.Value)
		}
		seen[[2]string{q.Feature, q.Value}] = true
		if err := cmp.Or(checkText("the feature of a quota", q.Feature), checkText("the value of a quota of "+q.Feature, q.Value)); err != nil {
			return err
		}
	}
	ids := map[int64]bool{}
	for _, person := range p.People {
		switch {
		case person.ID < 0:
			return refuse("person %d has a number below 0", person.ID)
		case ids[person.ID]:
			return refuse("person %d is in the pool twice", person.ID)
		}
		ids[person.ID] = true
		if err := person.check(); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what cannot be published as a line.
func (p Person) check() error {
	if p.Address != "" {
		if err := checkText(fmt.Sprintf("the home of person %d", p.ID), p.Address); err != nil {
			return err
		}
	}
	for _, feature := range slices.Sorted(maps.Keys(p.Features)) {
		value := p.Features[feature]
		if err := cmp.Or(checkText(fmt.Sprintf("a feature of person %d", p.ID), feature), checkText(fmt.Sprintf("%s of person %d", feature, p.ID), value)); err != nil {
			return err
		}
	}
	return nil
}

// kind is people whom nothing tells apart: the same quotas count them, and they live alone or with each other.
type kind struct {
	people []int // places in Panels.People
	rows   []int // what counts them; see Panels.program
}

// program returns what a panel must be as whole numbers, one for each kind: rows with bounds, of which the first is the size of the
// panel, then the quotas, then the addresses with several people. Somebody who shares an address has a kind of that address.
func (p Panels) program() (program, []kind) {
	g := program{rows: []bounds{{p.Size, p.Size}}}
	at := map[[2]string]int{}
	for _, q := range p.Quotas {
		at[[2]string{q.Feature, q.Value}] = len(g.rows)
		g.rows = append(g.rows, bounds{q.Min, max(q.Min, min(q.Max, p.Size))})
	}
	living := map[string]int{}
	for _, person := range p.People {
		living[person.Address]++
	}
	homes := map[string]int{}
	var kinds []kind
	index := map[string]int{}
	for i, person := range p.People {
		rows := []int{0}
		for feature, value := range person.Features {
			if row, asked := at[[2]string{feature, value}]; asked {
				rows = append(rows, row)
			}
		}
		if person.Address != "" && living[person.Address] > 1 {
			home, known := homes[person.Address]
			if !known {
				home = len(g.rows)
				homes[person.Address] = home
				g.rows = append(g.rows, bounds{0, 1})
			}
			rows = append(rows, home)
		}
		slices.Sort(rows)
		key := fmt.Sprint(rows)
		k, known := index[key]
		if !known {
			k = len(kinds)
			index[key] = k
			kinds = append(kinds, kind{rows: rows})
		}
		kinds[k].people = append(kinds[k].people, i)
	}
	for _, k := range kinds {
		g.cols = append(g.cols, column{rows: k.rows, sign: 1, most: len(k.people)})
	}
	return g, kinds
}
