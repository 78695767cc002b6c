package qr

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// drawing is the picture as an XML reader sees it.
type drawing struct {
	XMLName xml.Name
	Role    string `xml:"role,attr"`
	Label   string `xml:"aria-label,attr"`
	ViewBox string `xml:"viewBox,attr"`
	Title   string `xml:"title"`
	Paths   []struct {
		D string `xml:"d,attr"`
	} `xml:"path"`
}

// modules reads the path back into rows of dark and light modules, quiet zone included.
func modules(t *testing.T, svg string) ([][]bool, drawing) {
	t.Helper()
	var d drawing
	if err := xml.Unmarshal([]byte(svg), &d); err != nil {
		t.Fatalf("not XML: %v", err)
	}
	var size, again int
	if _, err := fmt.Sscanf(d.ViewBox, "0 0 %d %d", &size, &again); err != nil || size != again {
		t.Fatalf("viewBox %q", d.ViewBox)
	}
	if len(d.Paths) != 1 {
		t.Fatalf("%d paths, want one", len(d.Paths))
	}
	rows := make([][]bool, size)
	for y := range rows {
		rows[y] = make([]bool, size)
	}
	for run := range strings.SplitAfterSeq(strings.TrimSuffix(d.Paths[0].D, "z"), "z") {
		var x, y, w, back int
		if _, err := fmt.Sscanf(strings.TrimSuffix(run, "z"), "M%d %dh%dv1h-%d", &x, &y, &w, &back); err != nil || w != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range w {
			rows[y][x+i] = true
		}
	}
	return rows, d
}

func TestSVGDrawsTheMatrix(t *testing.T) {
	for _, text := range []string{"1", "HTTPS://E.ORG/I/7FK3", "https://e.org/i/7fk3?x=é&y=ש", strings.Repeat("x", 2000)} {
		svg, err := SVG(text, "Code")
		if err != nil {
			t.Fatalf("SVG(%.30q): %v", text, err)
		}
		rows, _ := modules(t, svg)
		m, err := matrix(text)
		if err != nil {
			t.Fatal(err)
		}
		size := m.Bounds().Dx()
		if len(rows) != size+2*quiet {
			t.Fatalf("SVG(%.30q) is %d wide, want %d", text, len(rows), size+2*quiet)
		}
		for y := range rows {
			for x := range rows {
				inside := x >= quiet && y >= quiet && x < size+quiet && y < size+quiet
				if want := inside && dark(m, x-quiet, y-quiet); rows[y][x] != want {
					t.Fatalf("SVG(%.30q): module %d,%d dark = %v, want %v", text, x, y, rows[y][x], want)
				}
			}
		}
	}
}

// The three corner squares of ISO/IEC 18004 do not depend on the library.
func TestSVGHasItsCorners(t *testing.T) {
	svg, err := SVG("folkmoot", "Code")
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := modules(t, svg)
	corner := []string{"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"}
	far := len(rows) - quiet - len(corner)
	for _, at := range [][2]int{{quiet, quiet}, {far, quiet}, {quiet, far}} {
		for y, line := range corner {
			for x, c := range line {
				if rows[at[1]+y][at[0]+x] != (c == '#') {
					t.Fatalf("corner at %v differs at %d,%d", at, x, y)
				}
			}
		}
	}
}

func TestSVGSaysItsTitle(t *testing.T) {
	svg, err := SVG("x", "Join “A & B” <now>\"\x01")
	if err != nil {
		t.Fatal(err)
	}
	_, d := modules(t, svg)
	if want := "Join “A & B” <now>\"\uFFFD"; d.XMLName.Local != "svg" || d.Role != "img" || d.Title != want || d.Label != want {
		t.Errorf("%s role %q, title %q, label %q; want title %q", d.XMLName.Local, d.Role, d.Title, d.Label, want)
	}
}

func TestSVGRefuses(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("secret", 500)} {
		if _, err := SVG(text, ""); !errors.Is(err, ErrText) {
			t.Errorf("SVG of %d bytes: %v, want ErrText", len(text), err)
		}
	}
}

func FuzzSVG(f *testing.F) {
	f.Add("https://e.org/i/7fk3", "Join")
	f.Add("\xff\x00", "\"<>&\xff")
	f.Fuzz(func(t *testing.T, text, title string) {
		svg, err := SVG(text, title)
		if err == nil {
			modules(t, svg)
		}
	})
}
