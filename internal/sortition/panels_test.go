package sortition

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
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
	announced, err := AnnouncePanels("assembly", six(), d, secret)
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
	clone := func(panels []Panel) []Panel {
		panels = slices.Clone(panels)
		for i := range panels {
			panels[i].Members = slices.Clone(panels[i].Members)
		}
		return panels
	}
	_, secret, _ := vector(t)
	for name, spoil := range map[string]func(*Draw){
		"":                  func(*Draw) {},
		"a member":          func(d *Draw) { d.Panels[0].Members[0] = 99 },
		"two of the lines":  func(d *Draw) { d.Panels[0], d.Panels[1] = d.Panels[1], d.Panels[0] },
		"the list left out": func(d *Draw) { d.Panels = []Panel{} },
		"the tickets":       func(d *Draw) { d.Panels[0].Tickets++ },
		"what was asked":    func(d *Draw) { d.Asked = nil },
		"a quota":           func(d *Draw) { d.Asked.Quotas[0].Max = 3 },
		"somebody's sex":    func(d *Draw) { d.Asked.People[0].Features["sex"] = "m" },
		"somebody more":     func(d *Draw) { d.Asked.People = append(d.Asked.People, Person{ID: 99}) },
		"who contributes":   func(d *Draw) { d.Contributors = d.Contributors[1:] },
	} {
		own := d
		own.Panels = clone(d.Panels)
		r, err := AnnouncePanels("assembly", six(), own, secret)
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

// TestPanelsThatWereNotAskedFor: whoever makes up a list that breaks the quotas and announces it properly is found out, and so is
// one whose chances are not the fairest.
func TestPanelsThatWereNotAskedFor(t *testing.T) {
	_, secret, _ := vector(t)
	p := six()
	for name, panels := range map[string][]Panel{
		"no woman":         {{[]int64{12, 13, 14}, 1}},
		"too few":          {{[]int64{10, 12}, 1}},
		"a stranger":       {{[]int64{10, 12, 99}, 1}},
		"out of order":     {{[]int64{12, 10, 13}, 1}},
		"twice":            {{[]int64{10, 12, 12}, 1}},
		"one home":         {{[]int64{10, 12, 13}, 1}},
		"one panel as two": {{[]int64{10, 12, 13}, 1}, {[]int64{10, 12, 13}, 1}},
	} {
		own := p
		own.People = slices.Clone(p.People)
		if name == "one home" {
			own.People[2].Address, own.People[3].Address = "4 Low Road", "4 Low Road"
		}
		if _, err := AnnouncePanels("assembly", own, Distribution{Panels: panels, Total: 1}, secret); !errors.Is(err, ErrDraw) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, panels := range map[string][]Panel{
		"the fairest": {{[]int64{10, 12, 13}, 1}, {[]int64{11, 14, 15}, 1}},
		"one panel":   {{[]int64{10, 12, 13}, 1}},
	} {
		r, err := AnnouncePanels("assembly", p, Distribution{Panels: panels, Total: 2}, secret)
		if err != nil {
			t.Fatal(err)
		}
		found, err := r.CheckFair(t.Context(), nil)
		if err != nil || found.Agrees != (name == "the fairest") || !strings.HasSuffix(found.Say, ".") {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

// TestNoMoreIsPublishedThanIsAsked: a record holds no feature that no quota asks about.
func TestNoMoreIsPublishedThanIsAsked(t *testing.T) {
	p := six()
	for _, person := range p.People {
		person.Features["name"] = "Ann"
	}
	d, err := p.Leximin(t.Context(), 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := vector(t)
	r, err := AnnouncePanels("assembly", p, d, secret)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := (Record{Draw: &r}).Write(&b); err != nil || strings.Contains(b.String(), "Ann") || !strings.Contains(b.String(), `"sex": "f"`) {
		t.Errorf("%v: published is %s", err, &b)
	}
	if p.People[0].Features["name"] != "Ann" {
		t.Error("announcing has changed what was asked for")
	}
}

func TestQuotasThatCannotBeMet(t *testing.T) {
	for _, tt := range []struct {
		quotas []Quota
		want   string
	}{
		{[]Quota{{"sex", "f", 3, 3}}, "no panel meets all quotas: at least 3 with sex: f are asked for, and the pool has 2. The least that would have to change: sex: f from 2 to 3 instead of from 3 to 3"},
		{[]Quota{{"sex", "f", 2, 2}, {"sex", "m", 2, 4}}, "no panel meets all quotas: the quotas for sex ask for at least 4 people, and the panel has 3 places. "},
		{[]Quota{{"sex", "f", 0, 1}, {"sex", "m", 0, 1}}, "no panel meets all quotas: the quotas for sex leave at most 2 people, and the panel has 3 places. "},
		{[]Quota{{"sex", "f", 2, 2}, {"shift", "night", 2, 2}}, "no panel meets all quotas: each quota can be met, but not all of them together. The least that would have to change: "},
	} {
		p := six()
		p.Quotas = tt.quotas
		p.People[3].Features["shift"], p.People[4].Features["shift"] = "night", "night"
		_, err := p.Leximin(t.Context(), 1000, nil)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.quotas, err, tt.want)
		}
	}
}
