package unseen_test

import (
	"strings"
	"testing"
	"unicode"

	"folkmoot/internal/unseen"
)

func TestIs(t *testing.T) {
	for _, r := range "\x00\n\t\u007f\u00ad\u034f\u115f\u1160\u180e\u200b\u200d\u200f\u2028\u2029\u202e\u2066\u2800\u3164\ue000\ufe0f\ufeff\uffa0\ufffd\U000e0001\U000e0100" {
		if !unseen.Is(r) {
			t.Errorf("%U is seen", r)
		}
	}
	if s := "Zoë O’Brien-Ñandú, 李 小龙; السّيّدة №7 (½) 👍"; strings.ContainsFunc(s, unseen.Is) {
		t.Errorf("something in %q is not seen", s)
	}
	for r := range unicode.MaxRune {
		if unicode.Is(unicode.Bidi_Control, r) && !unseen.Is(r) {
			t.Errorf("%U turns the line and is seen", r)
		}
	}
}
