package rulebook

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// TestMemo reads more different rules than are kept, twice: each time what Parse reads.
func TestMemo(t *testing.T) {
	m := memo{read: map[string]Rules{}}
	rules, _ := Preset("B")
	for range 2 {
		for words := range mostRead + 10 {
			rules.MotionTextMaxWords = 50 + words
			got, err := m.parse(string(rules.Canonical()))
			if err != nil || got != rules {
				t.Fatalf("with %d words: %+v, %v", words, got, err)
			}
			if again, err := m.parse(string(rules.Canonical())); err != nil || again != rules {
				t.Fatalf("with %d words, again: %+v, %v", words, again, err)
			}
			if len(m.read) > mostRead {
				t.Fatalf("%d rules are kept", len(m.read))
			}
		}
	}
}

// TestMemoRefuses has what Parse refuses be refused however often it is asked, also if it is nearly what was read before.
func TestMemoRefuses(t *testing.T) {
	m := memo{read: map[string]Rules{}}
	rules, _ := Preset("A")
	good := string(rules.Canonical())
	for range 3 {
		if _, err := m.parse(good); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"", good + " ", strings.Replace(good, ":", ": ", 1)} {
			if _, err := m.parse(bad); !errors.Is(err, ErrJSON) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

// TestRulesHoldNoPointers keeps it true that rules which two were given are not one thing that either could change.
func TestRulesHoldNoPointers(t *testing.T) {
	var look func(reflect.Type)
	look = func(at reflect.Type) {
		switch at.Kind() {
		case reflect.Struct:
			for i := range at.NumField() {
				look(at.Field(i).Type)
			}
		case reflect.Int, reflect.String, reflect.Bool:
		default:
			t.Errorf("rules hold a %v", at)
		}
	}
	look(reflect.TypeFor[Rules]())
}

func BenchmarkParse(b *testing.B) {
	rules, _ := Preset("B")
	params := string(rules.Canonical())
	for _, c := range []struct {
		name  string
		parse func(string) (Rules, error)
	}{
		{"anew", func(s string) (Rules, error) { return Parse([]byte(s)) }},
		{"known", parsed.parse},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.parse(params); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
