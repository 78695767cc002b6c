package merkle

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func TestCanonical(t *testing.T) {
	got, err := Canonical(map[string]any{"b": []any{1, int64(-2), nil, true}, "a": "ñ <&> \"q\"\n", "c": map[string]any{}})
	if want := `{"a":"ñ <&> \"q\"\n","b":[1,-2,null,true],"c":{}}`; err != nil || string(got) != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	// What the format says: nothing is escaped that JSON does not ask for, so that any other program writes the same.
	got, err = Canonical("\u2028\u2029\x7f<>&/ \" \\ \b\f\n\r\t\x00\x1f 😀")
	if want := "\"\u2028\u2029\x7f<>&/ \\\" \\\\ \\b\\f\\n\\r\\t\\u0000\\u001f 😀\""; err != nil || string(got) != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	for _, bad := range []any{"a\xffb", map[string]any{"\xc0": 1}, []any{"\xed\xa0\x80"}} { // two texts must not have one form
		if b, err := Canonical(bad); err == nil {
			t.Errorf("%q was encoded as %s", bad, b)
		}
	}
	for _, v := range []any{1.5, float32(1), struct{}{}, []string{"a"}, map[string]any{"x": uint(3)}} {
		if b, err := Canonical(v); err == nil {
			t.Errorf("%T was encoded as %s", v, b)
		}
	}
}

func TestCheckpointSignsAndOpens(t *testing.T) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "folkmoot-test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	c := Checkpoint{"folkmoot/g_1", 12, tlog.RecordHash([]byte("x"))}
	signed, err := Sign(c, signer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Open(signed, vkey); err != nil || got != c {
		t.Errorf("opened %v (%v), want %v", got, err, c)
	}
	for i := range len(c.Text()) {
		b := []byte(signed)
		b[i] ^= 1
		if got, err := Open(string(b), vkey); err == nil {
			t.Fatalf("byte %d changed and %v was opened", i, got)
		}
	}
	for _, bad := range []string{"", "a\n", "a\n1\n\n", "a\n-1\nAAAA\n", "a\n01\n" + strings.Repeat("A", 43) + "=\n", "\n1\n" + strings.Repeat("A", 43) + "=\n"} {
		if c, err := parse(bad); err == nil {
			t.Errorf("%q is %v", bad, c)
		}
	}
}

func TestTextHashDependsOnSaltAndText(t *testing.T) {
	seen := map[string]bool{}
	for _, in := range [][2]string{{"a", "b"}, {"ab", ""}, {"", "ab"}, {"a", "c"}, {"b", "b"}} {
		v := TextValue(TextHash([]byte(in[0]), in[1]))
		if seen[v] || !strings.HasPrefix(v, TextPrefix) || len(v) != len(TextPrefix)+64 {
			t.Errorf("%q: %s", in, v)
		}
		seen[v] = true
	}
}
