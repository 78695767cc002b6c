package lang

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func load1(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestVoiceMatchesWishes(t *testing.T) {
	c := load1(t)
	for _, tt := range []struct{ wish, want string }{
		{"es-MX,es;q=0.9,en;q=0.5", "es"}, {"de,en;q=0.5", "en"}, {"", "en"}, {"es", "es"}, {"%%%", "en"},
	} {
		if got := c.Voice(tt.wish).Tag(); got != tt.want {
			t.Errorf("Voice(%q) speaks %s, want %s", tt.wish, got, tt.want)
		}
	}
}

// TestVoiceRemembersLittle: whoever sends ever new wishes fills no memory, and gets the same voice each time.
func TestVoiceRemembersLittle(t *testing.T) {
	c := load1(t)
	for round := range 2 {
		for i := range 3 * mostMatched {
			if got := c.Voice(fmt.Sprintf("es;q=0.%d", i+1), "en").Tag(); got != "es" {
				t.Fatalf("round %d, wish %d: %s", round, i, got)
			}
		}
	}
	if n := len(c.matched.all); n > mostMatched {
		t.Errorf("%d wishes are remembered", n)
	}
}

func TestDatesAreSpeltOut(t *testing.T) {
	c := load1(t)
	at := time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)
	if got, want := c.Voice("en").DateTime(at), "Tuesday 3 March 2026, 7 pm"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Voice("en").Soon(at), "Tuesday 3 March, 7 pm"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Voice("es").Soon(at), "martes 3 de marzo, 19:00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Voice("es").DateTime(at.Add(5*time.Minute)), "martes 3 de marzo de 2026, 19:05"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Voice("en").DateTime(at.Add(-19*time.Hour+30*time.Minute)), "Tuesday 3 March 2026, 12:30 am"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTimesOfDay: a sentence can tell the time of day alone, as of a break.
func TestTimesOfDay(t *testing.T) {
	c := load1(t)
	at := Clock(time.Date(2026, 3, 3, 20, 5, 0, 0, time.UTC))
	for tag, want := range map[string]string{"en": "8:05 pm", "es": "20:05"} {
		if got := c.Voice(tag).T("layout.plain", "Text", at); got != want {
			t.Errorf("%s: got %q, want %q", tag, got, want)
		}
	}
}

func TestOrdinals(t *testing.T) {
	c := load1(t)
	for n, want := range map[int]string{1: "1st choice", 2: "2nd choice", 3: "3rd choice", 4: "4th choice", 11: "11th choice", 12: "12th choice", 13: "13th choice", 21: "21st choice", 102: "102nd choice", 113: "113th choice"} {
		if got := c.Voice("en").Nth("rank.choice", n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	if got := c.Voice("es").Nth("rank.choice", 3); got != "3.ª opción" {
		t.Errorf("3 is %q in Spanish", got)
	}
}

// TestCataloguesAgree: every language says every sentence, in the same file, with the same values.
func TestCataloguesAgree(t *testing.T) {
	hole := regexp.MustCompile(`\{\{[^}]*\}\}`)
	read := func(tag string) map[string]string {
		out := map[string]string{}
		names, err := fs.Glob(files, tag+"/*.json")
		if err != nil || len(names) == 0 {
			t.Fatalf("no catalogues for %s: %v", tag, err)
		}
		for _, n := range names {
			b, err := files.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			var raw map[string]any
			if err := json.Unmarshal(b, &raw); err != nil {
				t.Fatalf("%s: %v", n, err)
			}
			for id, v := range raw {
				var text string
				switch v := v.(type) {
				case string:
					text = v
				case map[string]any:
					if v["other"] == nil {
						t.Errorf("%s: plural %s has no other form", n, id)
					}
					text, _ = v["other"].(string)
				}
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s says nothing", n, id)
				}
				holes := hole.FindAllString(text, -1)
				sort.Strings(holes)
				out[path.Base(n)+" "+id] = strings.Join(holes, " ")
			}
		}
		return out
	}
	want := read(Fallback)
	for _, tag := range load1(t).Tags()[1:] {
		if diff := cmp.Diff(want, read(tag)); diff != "" {
			t.Errorf("%s differs from %s (-%s +%s):\n%s", tag, Fallback, Fallback, tag, diff)
		}
	}
}

func TestEveryVoiceSaysValuesAndSentencesWithin(t *testing.T) {
	v := load1(t).Voice("en")
	if got := v.Say(Msg{}); got != "" {
		t.Errorf("no sentence says %q", got)
	}
	if got := v.T("no.such.sentence"); got != "no.such.sentence" {
		t.Errorf("a missing sentence says %q", got)
	}
}
