package textdiff_test

import (
	"strings"
	"testing"

	"folkmoot/internal/textdiff"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	for _, tt := range []struct {
		name, base, ours, theirs, want string
		clashed                        bool
	}{
		{"nothing changed", "a\nb", "a\nb", "a\nb", "a\nb", false},
		{"one changed", "a\nb", "a\nb", "a\nc", "a\nc", false},
		{"the other did", "a\nb", "a\nc", "a\nb", "a\nc", false},
		{"both the same", "a\nb", "a\nc", "a\nc", "a\nc", false},
		{"in different places", "a\nb\nc\nd", "x\nb\nc\nd", "a\nb\nc\ny", "x\nb\nc\ny", false},
		{"both in the same place", "a\nb\nc", "a\nx\nc", "a\ny\nc", "a\nx\n--\ny\nc", true},
		{"both begin", "", "x", "y", "x\n--\ny", true},
		{"both go on", "a", "a\nx", "a\ny", "a\nx\n--\ny", true},
		{"one takes away what the other changes", "a\nb\nc", "a\nc", "a\nB\nc", "a\nB\nc", true},
		{"one takes away all", "a\nb", "", "a\nb\nc", "\n--\na\nb\nc", true},
		{"overlapping", "a\nb\nc\nd", "a\nx\nd", "a\nb\ny\nz", "a\nx\nd\n--\nb\ny\nz", true},
	} {
		got, clashed := textdiff.Merge(tt.base, tt.ours, tt.theirs, "--")
		if got != tt.want || clashed != tt.clashed {
			t.Errorf("%s: %q (%v), want %q (%v)", tt.name, got, clashed, tt.want, tt.clashed)
		}
	}
}

// TestMergeLosesNoWords: every line that one of the two has written anew stands in what they are merged into, and where one changed nothing the
// other's text does.
func TestMergeLosesNoWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"a", "b", "c", "d", ""})
		text := func(of string) string { return strings.Join(rapid.SliceOfN(line, 0, 8).Draw(t, of), "\n") }
		base, ours, theirs := text("base"), text("ours"), text("theirs")
		if got, _ := textdiff.Merge(base, ours, base, "--"); got != ours {
			t.Fatalf("theirs is unchanged: %q, want %q", got, ours)
		}
		if got, _ := textdiff.Merge(base, base, theirs, "--"); got != theirs {
			t.Fatalf("ours is unchanged: %q, want %q", got, theirs)
		}
		ours, theirs = ours+"\nmine", "yours\n"+theirs
		got, _ := textdiff.Merge(base, ours, theirs, "--")
		for _, want := range []string{"mine", "yours"} {
			if !strings.Contains("\n"+got+"\n", "\n"+want+"\n") {
				t.Fatalf("%q is lost in %q", want, got)
			}
		}
	})
}
