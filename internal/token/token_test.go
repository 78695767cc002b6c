package token

import (
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestNewIsLongFreshAndUnpadded(t *testing.T) {
	shape := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	seen := map[string]bool{}
	for range 1000 {
		s := New()
		if !shape.MatchString(s) {
			t.Fatalf("New() = %q, want 43 characters of base64url", s)
		}
		if seen[s] {
			t.Fatalf("New() gave %q twice", s)
		}
		seen[s] = true
	}
}

// The expected sum is the example "abc" of FIPS 180-2, appendix B.1.
func TestHash(t *testing.T) {
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := hex.EncodeToString(Hash("abc")); got != want {
		t.Errorf("Hash(abc) = %s, want %s", got, want)
	}
}

func TestRef(t *testing.T) {
	shape := regexp.MustCompile(`^m_[0-9a-hjkmnp-tv-z]{13}$`)
	used := map[byte]bool{}
	for range 500 {
		ref := Ref("m_")
		if !shape.MatchString(ref) {
			t.Fatalf("Ref(m_) = %q", ref)
		}
		for i := range len(ref) - 2 {
			used[ref[i+2]] = true
		}
	}
	if len(used) != 32 {
		t.Errorf("500 references use %d different symbols, want all 32", len(used))
	}
}

func TestCodeReadsBack(t *testing.T) {
	for groups := 1; groups <= maxGroups; groups++ {
		shape := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){` + string(rune('0'+groups-1)) + `}$`)
		for range 100 {
			code := Code(groups)
			if !shape.MatchString(code) {
				t.Fatalf("Code(%d) = %q", groups, code)
			}
			if got, err := ParseCode(code); err != nil || got != code {
				t.Fatalf("ParseCode(%q) = %q, %v", code, got, err)
			}
		}
	}
}

func TestCodePanicsOutsideItsBounds(t *testing.T) {
	for _, groups := range []int{-1, 0, 7} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Code(%d) did not panic", groups)
				}
			}()
			Code(groups)
		}()
	}
}

// Check symbols worked out by hand: "0001" is 1 at weight x, that is 2;
// "1000" is 1 at weight x⁴ = 16; "G000" is x⁴·x⁴ = x⁸, which x⁵ = x²+1 turns into x³+x²+1 = 13.
func TestParseCode(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"00000", "00000"},
		{"00012", "00012"},
		{"1000G", "1000G"},
		{"G000D", "G000D"},
		{"ooo12", "00012"},
		{"00OI2", "00012"},
		{"000l2", "00012"},
		{"000L2", "00012"},
		{" 0-0 0\t1–2\n", "00012"},
		{"g000d", "G000D"},
		{"Ｇ０００Ｄ", "G000D"},
		{"g\u200b000\u2011d", "G000D"},
		{"0000000012", "00000-00012"},
		{"", ""},
		{"---", ""},
		{"0001", ""},
		{"000012", ""},
		{"0001U", ""},
		{"00013", ""},
		{"0001!", ""},
		{"0001é", ""},
		{"0001\x80", ""},
		{strings.Repeat("0", 35), ""},
	} {
		got, err := ParseCode(c.in)
		if got != c.want || (c.want == "") != errors.Is(err, ErrCode) {
			t.Errorf("ParseCode(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestEverySingleSlipIsNoticed(t *testing.T) {
	for groups := 1; groups <= maxGroups; groups++ {
		code := strings.ReplaceAll(Code(groups), "-", "")
		for i := range code {
			for _, r := range alphabet {
				wrong := code[:i] + string(r) + code[i+1:]
				if _, err := ParseCode(wrong); wrong != code && err == nil {
					t.Errorf("%s typed as %s is not noticed", code, wrong)
				}
			}
			for j := range i {
				b := []byte(code)
				b[i], b[j] = b[j], b[i]
				if _, err := ParseCode(string(b)); string(b) != code && err == nil {
					t.Errorf("%s typed as %s is not noticed", code, b)
				}
			}
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("G000D")
	f.Add("ooo-12 ")
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseCode(s)
		if err != nil {
			return
		}
		if again, err := ParseCode(code); err != nil || again != code {
			t.Errorf("ParseCode(%q) = %q, which reads as %q, %v", s, code, again, err)
		}
	})
}

func TestShortReadsBack(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$`)
	seen := map[string]bool{}
	for i := range 200 {
		code := Short("a secret", strings.Repeat("x", i))
		if !shape.MatchString(code) || seen[code] || code != Short("a secret", strings.Repeat("x", i)) || code == Short("another", strings.Repeat("x", i)) {
			t.Fatalf("Short(%d) = %q", i, code)
		}
		seen[code] = true
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), " " + strings.ReplaceAll(code, "0", "o")} {
			if got, err := ParseShort(typed); err != nil || got != code {
				t.Fatalf("ParseShort(%q) = %q, %v", typed, got, err)
			}
		}
	}
	for _, no := range []string{"", "K7M", "K7M-2QXX", "K7M-2Q!", "K7M-2QU"} {
		if got, err := ParseShort(no); !errors.Is(err, ErrCode) {
			t.Errorf("ParseShort(%q) = %q, %v", no, got, err)
		}
	}
}
