package line_test

import (
	"strings"
	"testing"
	"unicode"

	"folkmoot/internal/line"
)

func TestHidden(t *testing.T) {
	for _, r := range "\x00\n\t\u007f\u00ad\u034f\u115f\u1160\u180e\u200b\u200d\u200f\u2028\u2029\u202e\u2066\u2800\u3164\ue000\ufe0f\ufeff\uffa0\ufffd\U000e0001\U000e0100" {
		if !line.Hidden(r) {
			t.Errorf("%U is seen", r)
		}
	}
	if s := "Zoë O’Brien-Ñandú, 李 小龙; السّيّدة №7 (½) 👍"; strings.ContainsFunc(s, line.Hidden) {
		t.Errorf("something in %q is not seen", s)
	}
	for r := range unicode.MaxRune {
		if unicode.Is(unicode.Bidi_Control, r) && !line.Hidden(r) {
			t.Errorf("%U turns the line and is seen", r)
		}
	}
}

func TestTidy(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " \t": "", "Ann": "Ann", "  Ann\u00a0 Archer\n": "Ann Archer", "Zoe\u0308": "Zo\u00eb", "\u212bngstr\u00f6m": "\u00c5ngstr\u00f6m",
	} {
		if got := line.Tidy(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"1 group": line.Count(1, "group"), "0 groups": line.Count(0, "group"), "3 groups": line.Count(int64(3), "group"),
		"1 entry": line.Count(1, "entry"), "2 entries": line.Count(2, "entry"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
