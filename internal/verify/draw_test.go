package verify

import (
	"slices"
	"testing"
)

// TestWhoIsDrawnFollows: a term by lot is that of somebody whom the lot drew, once; whoever signs an entry that says otherwise is found out.
func TestWhoIsDrawnFollows(t *testing.T) {
	line := func(place int64, who string) any { return map[string]any{"place": place, "member": who} }
	term := func(who, cause string) told {
		return told{"term.begun", "", object{"member": who, "seat": int64(1), "cause": cause}}
	}
	all := []told{
		{"draw.announced", "", object{"pool": []any{line(1, "a"), line(2, "b"), line(3, "c")}}},
		{"draw.drawn", "", object{"order": []any{int64(2), int64(3), int64(1)}}},
		term("b", "draw/1"),
		term("c", "draw/1"), // who was first gave it back
		{"term.begun", "", object{"member": "x", "seat": int64(2), "cause": "vacancy/1", "kind": "caretaker"}},
	}
	first := func(said []told) int {
		b := newBook()
		n, _ := b.firstWrong(t, "draw/1", b.aboutDraw, said)
		return n
	}
	if n := first(all); n >= 0 {
		t.Fatalf("entry %d is said to be wrong", n)
	}
	for name, forged := range map[string]forgery{
		"a place that nobody has":   {1, object{"order": []any{int64(2), int64(4), int64(1)}}},
		"a place twice":             {1, object{"order": []any{int64(2), int64(2), int64(1)}}},
		"somebody is left out":      {1, object{"order": []any{int64(2), int64(1)}}},
		"who could not be drawn":    {2, object{"member": "x"}},
		"the same person twice":     {3, object{"member": "b"}},
		"a draw that there was not": {3, object{"cause": "draw/2"}},
		"by nothing that gives any": {3, object{"cause": "rulebook/1"}},
		"by a vacancy":              {4, object{"kind": ""}},
	} {
		if n := first(forged.in(all)); n != forged.at {
			t.Errorf("%s: entry %d is named, want %d", name, n, forged.at)
		}
	}
	if n := first(slices.Concat(all[:1], all)); n != 1 {
		t.Errorf("announced twice: entry %d is named", n)
	}
	if n := first(append(all[:1:1], all[2:]...)); n != 1 {
		t.Errorf("a term before the lot fell: entry %d is named", n)
	}
}
