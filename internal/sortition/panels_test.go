package sortition

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// six people of whom two are women: with one woman or two on a panel of three.
func six() Panels {
	p := Panels{Size: 3, Quotas: []Quota{{"sex", "f", 1, 2}, {"sex", "m", 1, 2}}}
	for i := range int64(6) {
		p.People = append(p.People, Person{ID: 10 + i, Features: map[string]string{"sex": map[bool]string{true: "f", false: "m"}[i < 2]}})
	}
	return p
}

// TestOnePanelIsDrawn draws a panel many times over, and wants everybody on it as often as their tickets say.
func TestOnePanelIsDrawn(t *testing.T) {
	d, err := six().Leximin(t.Context(), 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := vector(t)
	announced, err := AnnouncePanels("assembly", d, secret)
	if err != nil {
		t.Fatal(err)
	}
	if announced.Drawn() != nil {
		t.Error("a panel is drawn before the secret is revealed")
	}
	const draws = 2000
	times := map[int64]float64{}
	for i := range draws {
		r, err := announced.Reveal(secret, []Contribution{{12, fmt.Sprint(i)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range r.Drawn() {
			times[id]++
		}
		if i == 0 && !Holds(Check(r)) {
			t.Errorf("%+v", Check(r))
		}
	}
	for id := range int64(6) { // half of the draws, with a standard deviation of 22
		if n := times[10+id]; math.Abs(n-draws/2) > 80 {
			t.Errorf("person %d is on %.0f of %d panels, want about half", 10+id, n, draws)
		}
	}
}

func TestCheckFindsChangedPanels(t *testing.T) {
	d, err := six().Leximin(t.Context(), 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := vector(t)
	for name, spoil := range map[string]func(*Draw){
		"":                  func(*Draw) {},
		"a member":          func(d *Draw) { d.Panels[0].Members[0] = 99 },
		"two of the lines":  func(d *Draw) { d.Panels[0], d.Panels[1] = d.Panels[1], d.Panels[0] },
		"the list left out": func(d *Draw) { d.Panels = []Panel{} },
		"the tickets":       func(d *Draw) { d.Panels[0].Tickets++ },
	} {
		own := d
		own.Panels = slices.Clone(d.Panels)
		for i := range own.Panels {
			own.Panels[i].Members = slices.Clone(own.Panels[i].Members)
		}
		r, err := AnnouncePanels("assembly", own, secret)
		if err == nil {
			r, err = r.Reveal(secret, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		spoil(&r)
		if found := Check(r); Holds(found) != (name == "") {
			t.Errorf("with %q changed: %+v", name, found)
		}
	}
}
