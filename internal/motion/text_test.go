package motion

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"testing"

	"folkmoot/internal/rulebook"

	"github.com/google/go-cmp/cmp"
)

func good() Proposal {
	return Proposal{Kind: Action, ReviewDays: 90, Text: Text{Title: "Open on Sundays", Won: "People come.", Clauses: []Clause{{Text: "open the hall"}}}}
}

// TestCheck232 goes through practice.md §2.3.2 field by field.
func TestCheck232(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("word ", n)) }
	tests := []struct {
		name  string
		wrong func(*Proposal)
		draft []string // fields refused in a draft
		full  []string // … when it is put forward
	}{
		{"good", func(p *Proposal) {}, nil, nil},
		{"empty", func(p *Proposal) { *p = Proposal{} }, nil, []string{"clauses", "kind", "title"}},
		{"title of 90", func(p *Proposal) { p.Text.Title = strings.Repeat("ü", 90) }, nil, nil},
		{"title of 91", func(p *Proposal) { p.Text.Title = strings.Repeat("ü", 91) }, []string{"title"}, []string{"title"}},
		{"why of 250", func(p *Proposal) { p.Text.Why = words(250) }, nil, nil},
		{"why of 251", func(p *Proposal) { p.Text.Why = words(251) }, []string{"why"}, []string{"why"}},
		{"300 words to do", func(p *Proposal) { p.Text.Clauses = []Clause{{0, words(200)}, {0, words(100)}} }, nil, nil},
		{"301 words to do", func(p *Proposal) { p.Text.Clauses = []Clause{{0, words(200)}, {0, words(101)}} }, []string{"clauses"}, []string{"clauses"}},
		{"one endless word", func(p *Proposal) { p.Text.Clauses = []Clause{{0, strings.Repeat("字", 3601)}} }, []string{"clauses"}, []string{"clauses"}},
		{"41 clauses", func(p *Proposal) { p.Text.Clauses = slices.Repeat([]Clause{{0, "do"}}, 41) }, []string{"clauses"}, []string{"clauses"}},
		{"only empty clauses", func(p *Proposal) { p.Text.Clauses = []Clause{{0, " \n "}, {0, ""}} }, nil, []string{"clauses"}},
		{"no such kind", func(p *Proposal) { p.Kind = "decree" }, []string{"kind"}, []string{"kind"}},
		{"an action that cannot be won", func(p *Proposal) { p.Text.Won = "" }, nil, []string{"won"}},
		{"a position needs no test", func(p *Proposal) { p.Kind, p.ReviewDays, p.Text.Won = Position, 0, "" }, nil, nil},
		{"money without review", func(p *Proposal) { p.Kind, p.ReviewDays = Money, 0 }, nil, []string{"review_days"}},
		{"review in two years", func(p *Proposal) { p.ReviewDays = 730 }, []string{"review_days"}, []string{"review_days"}},
		{"partly of 151", func(p *Proposal) { p.Text.Partly = words(151) }, []string{"partly"}, []string{"partly"}},
	}
	rules, _ := rulebook.Preset(rulebook.Affinity)
	for _, c := range tests {
		p := good()
		c.wrong(&p)
		p = p.tidy()
		if diff := cmp.Diff(c.draft, slices.Sorted(maps.Keys(p.checkDraft(rules)))); diff != "" {
			t.Errorf("%s, as a draft: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.full, slices.Sorted(maps.Keys(p.check(rules)))); diff != "" {
			t.Errorf("%s, put forward: %s", c.name, diff)
		}
	}
}

// TestTextHash holds the hash to bytes written out by hand: exports made today must still be checkable in ten years.
func TestTextHash(t *testing.T) {
	text := Text{Title: `Say "no"`, Why: "not voted on", Clauses: []Clause{{2, "b"}, {1, "ä"}}}
	want := sha256.Sum256([]byte(`{"clauses":[{"id":2,"text":"b"},{"id":1,"text":"ä"}],"title":"Say \"no\""}`))
	if got := text.Hash(); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
	other := text
	other.Why = "still not"
	if other.Hash() != want {
		t.Error("what is not voted on is in the hash")
	}
}

func TestNumberKeepsIDs(t *testing.T) {
	text := Text{Clauses: []Clause{{0, "new"}, {3, "was third"}, {3, "says so too"}, {9, "never was"}, {1, "was first"}}}
	got := text.number(map[int]bool{1: true, 2: true, 3: true}, 3)
	want := []Clause{{4, "new"}, {3, "was third"}, {5, "says so too"}, {6, "never was"}, {1, "was first"}}
	if diff := cmp.Diff(want, got.Clauses); diff != "" {
		t.Error(diff)
	}
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"  a\r\nb\rc \n":           "a\nb\nc",
		"nul\x00 bell\a":           "nul bell",
		"pay\u202e001 \u202dok":    "pay001 ok",
		"broken \xff end":          "broken \uFFFD end",
		"שלום\u200f":               "שלום\u200f",
		"to\u200bday a\u2028b":     "today a\nb",
		"\u2066pay\u2069 \u2060me": "pay me",
		"می\u200cخواهم":            "می\u200cخواهم",
		"we\u17b4 pay\u3164.\ufe0f \U0001d159now\U00016fe4\u034f\U000e0fff": "we pay. now",
	} {
		if got := Tidy(in); got != want {
			t.Errorf("Tidy(%q) = %q, want %q", in, got, want)
		}
	}
	if got := OneLine(" a \n\t b "); got != "a b" {
		t.Errorf("OneLine: %q", got)
	}
}

func TestNumbersInAddresses(t *testing.T) {
	for s, want := range map[string]int{"14": 14, "d3": -3, "0": 0, "-3": 0, "014": 0, "d0": 0, "+4": 0, "x": 0, "": 0, "d": 0,
		"99999999999999999999": 0, "1 ": 0} {
		if got := ParseNumber(s); got != want {
			t.Errorf("ParseNumber(%q) = %d, want %d", s, got, want)
		}
		if want != 0 && FormatNumber(want) != s {
			t.Errorf("FormatNumber(%d) = %q", want, FormatNumber(want))
		}
	}
}

// TestNothingToSee: a clause must not be there and look as if it were not. What a language needs stays.
func TestNothingToSee(t *testing.T) {
	for _, s := range []string{"\u200b\u200b", " \u2060\n\u200d ", "\u3164", "\u2066\u2069", "\u0301", "\U000e0041"} {
		if got := Tidy(s); got != "" {
			t.Errorf("%q is kept as %q", s, got)
		}
	}
	for _, s := range []string{"می\u200cخواهیم", "👩\u200d🌾", "❤\ufe0f", "1\ufe0f\u20e3", "?", "एक", "✓"} {
		if got := Tidy(s); got != s {
			t.Errorf("%q is kept as %q", s, got)
		}
	}
}
