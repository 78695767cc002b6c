package textdiff

import (
	"strings"
	"testing"
	"time"

	"folkmoot/internal/effort"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// marked writes spans as text: [-removed-]{+added+}.
func marked(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(map[Op]string{Same: "", Added: "{+", Removed: "[-"}[s.Op])
		b.WriteString(s.Text)
		b.WriteString(map[Op]string{Same: "", Added: "+}", Removed: "-]"}[s.Op])
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"alike", "We meet monthly.", "We meet monthly.", "We meet monthly."},
		{"all new", "", "We meet.", "{+We meet.+}"},
		{"all gone", "We meet.", "", "[-We meet.-]"},
		{"a word", "The fee is ten pounds.", "The fee is twelve pounds.", "The fee is [-ten-]{+twelve+} pounds."},
		{"words side by side", "Pay the fee now.", "Pay a charge now.", "Pay [-the fee-]{+a charge+} now."},
		{"added and removed apart", "The fee is due.", "The annual fee is.", "The {+annual +}fee is[- due-]."},
		{"punctuation", "Yes.", "Yes!", "Yes[-.-]{+!+}"},
		{"apostrophe inside", "members' own; don't", "members’ own; don't", "members[-'-]{+’+} own; don't"},
		{"Arabic whole words", "القرار ساري لمدة سنة", "القرار ساري لمدة سنتين", "القرار ساري لمدة [-سنة-]{+سنتين+}"},
		{"marks stay on letters", "caf\u0301e a", "cafe a", "[-caf\u0301e-]{+cafe+} a"},
		{"Persian joiner", "می\u200cروم", "می\u200cرود", "[-می\u200cروم-]{+می\u200cرود+}"},
		{"Han one by one", "会费十元", "会费二十元", "会费{+二+}十元"},
		{"lines", "one\ntwo\nthree\n", "one\n2\nthree\nfour\n", "one\n[-two-]{+2+}\nthree\n{+four\n+}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := marked(Diff(c.old, c.new)); got != c.want {
				t.Errorf("Diff(%q, %q)\n got %s\nwant %s", c.old, c.new, got, c.want)
			}
		})
	}
}

// faithful reports what is wrong with the spans, or "".
func faithful(old, new string, spans []Span) string {
	var was, is string
	for i, s := range spans {
		if s.Text == "" {
			return "empty span"
		}
		if i > 0 && (spans[i-1].Op == s.Op || spans[i-1].Op == Added && s.Op == Removed) {
			return "spans out of order"
		}
		if s.Op != Added {
			was += s.Text
		}
		if s.Op != Removed {
			is += s.Text
		}
	}
	if was != old || is != new {
		return cmp.Diff([2]string{old, new}, [2]string{was, is})
	}
	return ""
}

func TestDiffGivesBothTextsBack(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		few := rapid.SampledFrom([]string{"fee", "the", "annual", " ", "  ", "\n", ".", "’", "é", "e\u0301", "会", "\xff", "سنة"})
		return strings.Join(rapid.SliceOfN(few, 0, 60).Draw(t, "words"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		spans := Diff(old, new)
		if wrong := faithful(old, new, spans); wrong != "" {
			t.Fatalf("Diff(%q, %q) = %v: %s", old, new, spans, wrong)
		}
		if again := Diff(old, new); !cmp.Equal(spans, again) {
			t.Fatalf("Diff(%q, %q) differs from call to call", old, new)
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add("The fee is ten.", "A fee is twelve.")
	f.Add("a\xff\n", "\u0301a\n\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		if wrong := faithful(old, new, Diff(old, new)); wrong != "" {
			t.Errorf("Diff(%q, %q): %s", old, new, wrong)
		}
	})
}

// Two texts of 64 KiB with nothing in common are the slowest case a member can send.
func TestDiffOfStrangersIsQuick(t *testing.T) {
	old, new := strings.Repeat("a b, ", 13_000), strings.Repeat("c. d\n", 13_000)
	if took := effort.Of(func() { Diff(old, new) }); took > 2*time.Second {
		t.Errorf("Diff took %v", took)
	}
}

func TestClauses(t *testing.T) {
	old := []Clause{{1, "We meet monthly."}, {2, "Dues are ten pounds."}, {3, "The hall is hired."}, {4, "Minutes are kept."}}
	new := []Clause{{4, "Minutes are kept."}, {1, "We meet monthly."}, {2, "Dues are five pounds."}, {0, "Tea is free."}}
	same := func(s string) []Span { return []Span{{Same, s}} }
	want := []Row{
		{ID: 4, State: New, Moved: true, Old: -1, New: 0, Spans: []Span{{Added, "Minutes are kept."}}},
		{ID: 1, State: Kept, Old: 0, New: 1, Spans: same("We meet monthly.")},
		{ID: 2, State: Changed, Old: 1, New: 2, Spans: []Span{{Same, "Dues are "}, {Removed, "ten"}, {Added, "five"}, {Same, " pounds."}}},
		{ID: 3, State: Gone, Old: 2, New: -1, Spans: []Span{{Removed, "The hall is hired."}}},
		{ID: 4, State: Gone, Moved: true, Old: 3, New: -1, Spans: []Span{{Removed, "Minutes are kept."}}},
		{ID: 0, State: New, Old: -1, New: 3, Spans: []Span{{Added, "Tea is free."}}},
	}
	if diff := cmp.Diff(want, Clauses(old, new)); diff != "" {
		t.Errorf("Clauses: -want +got\n%s", diff)
	}
	if rows := Clauses(nil, nil); len(rows) != 0 {
		t.Errorf("Clauses(nil, nil) = %v", rows)
	}
}

func TestNamelessClausesAreKnownByTheirWords(t *testing.T) {
	rows := Clauses([]Clause{{0, "One."}, {0, "Two."}}, []Clause{{0, "Two."}, {0, "Three."}})
	var got []State
	for _, r := range rows {
		got = append(got, r.State)
	}
	if diff := cmp.Diff([]State{Gone, Kept, New}, got); diff != "" {
		t.Errorf("states: -want +got\n%s", diff)
	}
}

func TestClausesGiveBothListsBack(t *testing.T) {
	list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Clause {
		return Clause{rapid.Int64Range(0, 6).Draw(t, "id"), rapid.SampledFrom([]string{"", "a b", "a c", "d"}).Draw(t, "text")}
	}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		old, new := list.Draw(t, "old"), list.Draw(t, "new")
		i, j := 0, 0
		for _, r := range Clauses(old, new) {
			var was, is string
			if r.State != New {
				if r.Old != i {
					t.Fatalf("row %v, want old place %d", r, i)
				}
				was = old[i].Text
				i++
			}
			if r.State != Gone {
				if r.New != j || r.ID != new[j].ID {
					t.Fatalf("row %v, want new place %d", r, j)
				}
				is = new[j].Text
				j++
			}
			if wrong := faithful(was, is, r.Spans); wrong != "" {
				t.Fatalf("row %v: %s", r, wrong)
			}
		}
		if i != len(old) || j != len(new) {
			t.Fatalf("rows cover %d of %d old and %d of %d new clauses", i, len(old), j, len(new))
		}
	})
}
