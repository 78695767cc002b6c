package line_test

import (
	"strings"
	"testing"
	"unicode"

	"folkmoot/internal/line"
)

func TestHidden(t *testing.T) {
	for _, r := range "\x00\n\t\u007f\u00ad\u034f\u115f\u1160\u180e\u200b\u200d\u200f\u2028\u2029\u202e\u2066\u2800\u17b4\u17b5\u3164\ue000\ufe0f\ufffc\ufeff\uffa0\ufffd\U00016fe4\U0001d159\U0001d173\U000e0001\U000e0100\U000e0fff" {
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

// TestLook: a letter of another script counts as the Latin one that it looks like, and as itself where it looks like none.
func TestLook(t *testing.T) {
	for letters, want := range map[string]string{
		"az19|": "az19|", "\u0251\u13aa\u1d00\u0430\u03b1": "aaaaa", "\u0585\u1d0f\u03bf\u043e": "oooo", "\u0432\u0299\u03b2": "bbb", "\u0142\u00f8\u0111": "lod", "\u043f\u0446\u03c9": "nuw",
		"\u02bb\u02d0": "", "\u30ce\u05d9\u5c71\u0939\u0436\u1100": "\u30ce\u05d9\u5c71\u0939\u0436\u1100",
	} {
		got := ""
		for _, r := range letters {
			got += line.Look(r)
		}
		if got != want {
			t.Errorf("%+q looks like %q, want %q", letters, got, want)
		}
	}
	if got := line.Written("\u039d\u0399\u039d\u0391 \u0412\u03bd"); got != "NlN\u0391 \u0412\u03bd" {
		t.Errorf("written %q", got)
	}
}
