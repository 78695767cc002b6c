package paper

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// pdf is a file taken apart by a reader that shares nothing with the writer.
type pdf struct {
	objects map[int]string // without streams
	streams map[int]string // uncompressed
	trailer string
}

var (
	refs      = regexp.MustCompile(`(\d+) 0 R`)
	startxref = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	size      = regexp.MustCompile(`/Size (\d+)`)
	length    = regexp.MustCompile(`/Length (\d+)`)
)

// open reads a file by its table of places and checks that every reference leads to an object.
func open(t tester, data []byte) pdf {
	t.Helper()
	text := string(data)
	m := startxref.FindStringSubmatch(text)
	if !strings.HasPrefix(text, "%PDF-1.7\n") || m == nil {
		t.Fatal("no header or no end")
	}
	start, _ := strconv.Atoi(m[1])
	table, trailer, found := strings.Cut(text[start:], "trailer\n")
	if !found || !strings.HasPrefix(table, "xref\n0 ") {
		t.Fatal("no table of places")
	}
	p := pdf{objects: map[int]string{}, streams: map[int]string{}, trailer: trailer}
	for i, entry := range strings.Split(strings.TrimSpace(table), "\n")[2:] {
		var at int
		if _, err := fmt.Sscanf(strings.TrimLeft(entry[:10], "0")+" ", "%d", &at); err != nil && i > 0 || len(entry) < 18 {
			t.Fatalf("entry %d %q: %v", i, entry, err)
		}
		if i > 0 {
			p.object(t, i, text[at:])
		}
	}
	if n := size.FindStringSubmatch(trailer); n == nil || n[1] != strconv.Itoa(len(p.objects)+1) {
		t.Fatalf("size %v, want %d", n, len(p.objects)+1)
	}
	for i, o := range p.objects {
		for _, r := range refs.FindAllStringSubmatch(o, -1) {
			if n, _ := strconv.Atoi(r[1]); p.objects[n] == "" {
				t.Fatalf("object %d refers to %d, which is not there", i, n)
			}
		}
	}
	return p
}

func (p pdf) object(t tester, i int, text string) {
	t.Helper()
	head := fmt.Sprintf("%d 0 obj\n", i)
	if !strings.HasPrefix(text, head) {
		t.Fatalf("object %d is not at its place", i)
	}
	text = text[len(head):]
	dict, rest, isStream := strings.Cut(text, "\nstream\n")
	if end := strings.Index(text, "\nendobj\n"); !isStream || end < len(dict) {
		p.objects[i] = text[:end]
		return
	}
	p.objects[i] = dict
	n, err := strconv.Atoi(length.FindStringSubmatch(dict)[1])
	if err != nil || !strings.HasPrefix(rest[n:], "\nendstream\nendobj\n") {
		t.Fatalf("stream %d is not as long as it says", i)
	}
	p.streams[i] = rest[:n]
	if strings.Contains(dict, "/FlateDecode") {
		r, err := zlib.NewReader(strings.NewReader(rest[:n]))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		p.streams[i] = string(raw)
	}
}

// find returns the one number after a key of an object.
func (p pdf) find(t tester, in, key string) int {
	t.Helper()
	m := regexp.MustCompile(key + ` (\d+) 0 R`).FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("no %s in %.200s", key, in)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (p pdf) catalog(t tester) string { return p.objects[p.find(t, p.trailer, "/Root")] }

// pages returns the objects of all pages in order.
func (p pdf) pages(t tester) []string {
	t.Helper()
	tree := p.objects[p.find(t, p.catalog(t), "/Pages")]
	_, kids, _ := strings.Cut(tree, "/Kids")
	var list []string
	for _, r := range refs.FindAllStringSubmatch(kids, -1) {
		n, _ := strconv.Atoi(r[1])
		list = append(list, p.objects[n])
	}
	return list
}

// fontMaps returns what each glyph says, by the font's name in a page's resources.
func (p pdf) fontMaps(t tester, page string) map[string]map[string]string {
	t.Helper()
	_, fonts, _ := strings.Cut(page, "/Font<<")
	out := map[string]map[string]string{}
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(fonts, -1) {
		n, _ := strconv.Atoi(m[2])
		glyphs := map[string]string{}
		cmap := p.streams[p.find(t, p.objects[n], "/ToUnicode")]
		for _, g := range regexp.MustCompile(`beginbfchar\n<(....)> <([0-9A-F]+)>`).FindAllStringSubmatch(cmap, -1) {
			glyphs[g[1]] = fromUTF16(t, g[2])
		}
		out[m[1]] = glyphs
	}
	return out
}

func fromUTF16(t tester, s string) string {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, be.Uint16(raw[i:]))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\uFEFF")
}

var (
	operator   = regexp.MustCompile(`^(?:/(\w+) (?:<<(?:/MCID (\d+)|/ActualText <([0-9A-F]+)>)>> BDC|BMC)|(EMC)|/(F\d+) [\d.]+ Tf|1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm <([0-9A-F]{4})> Tj|BT .*|ET|.* S)$`)
	contentsOf = "/Contents"
)

// piece of a page's text with the tag it stands under.
type said struct {
	tag  string
	mcid int // -1 for decoration
	text string
}

// read returns the text of a page in the order of its content, as a program reading it aloud would.
func (p pdf) read(t tester, page string) []said {
	t.Helper()
	fonts := p.fontMaps(t, page)
	var out []said
	var open []string
	current, hidden := "", false
	var reversed []string
	add := func(s string) {
		if len(open) == 0 || len(out) == 0 {
			t.Fatal("text outside marks")
		}
		if len(open) > 1 && open[1] == "ReversedChars" {
			if r, _ := utf8.DecodeRuneInString(s); unicode.IsMark(r) && len(reversed) > 0 {
				reversed[len(reversed)-1] += s // a mark is read with the letter before it
				return
			}
			reversed = append(reversed, s)
			return
		}
		out[len(out)-1].text += s
	}
	for line := range strings.Lines(p.streams[p.find(t, page, contentsOf)]) {
		m := operator.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case m == nil:
			t.Fatalf("not understood: %q", line)
		case m[1] != "":
			if len(open) == 0 {
				id := -1
				if m[2] != "" {
					id, _ = strconv.Atoi(m[2])
				}
				out = append(out, said{m[1], id, ""})
			}
			open = append(open, m[1])
			if m[3] != "" {
				add(fromUTF16(t, m[3]))
				hidden = true
			}
		case m[4] != "":
			if open[len(open)-1] == "ReversedChars" {
				open = open[:1]
				for i := range reversed {
					out[len(out)-1].text += reversed[len(reversed)-1-i]
				}
				reversed = nil
				continue
			}
			hidden = false
			open = open[:len(open)-1]
		case m[5] != "":
			current = m[5]
		case m[8] != "":
			x, _ := strconv.ParseFloat(m[6], 64)
			if x < 0 || x > pageWidth {
				t.Fatalf("a glyph is off the page: %q", line)
			}
			if !hidden {
				add(fonts[current][m[8]])
			}
		}
	}
	if len(open) != 0 {
		t.Fatal("marks are not closed")
	}
	return out
}

// all returns the marked text of a document, a line for each mark, with its tag.
func (p pdf) all(t tester) string {
	t.Helper()
	var b strings.Builder
	for _, page := range p.pages(t) {
		next := 0
		for _, s := range p.read(t, page) {
			if s.mcid < 0 {
				continue
			}
			if s.mcid != next {
				t.Fatalf("mark %d comes where %d should", s.mcid, next)
			}
			next++
			b.WriteString(strings.TrimRight(s.tag+" "+s.text, " ") + "\n")
		}
	}
	return b.String()
}

// structure returns the tree of tags, and checks that marks and elements know each other.
func (p pdf) structure(t tester) string {
	t.Helper()
	root := p.objects[p.find(t, p.catalog(t), "/StructTreeRoot")]
	owners := map[string]string{} // page and mark → element
	_, nums, _ := strings.Cut(p.objects[p.find(t, root, "/ParentTree")], "/Nums[")
	pages := p.pages(t)
	for _, m := range regexp.MustCompile(`(\d+) \[([^\]]*)\]`).FindAllStringSubmatch(nums, -1) {
		for id, r := range refs.FindAllStringSubmatch(m[2], -1) {
			owners[m[1]+"/"+strconv.Itoa(id)] = r[1]
		}
	}
	var walk func(n, parent int) string
	walk = func(n, parent int) string {
		o := p.objects[n]
		if p.find(t, o, "/P") != parent {
			t.Fatalf("element %d does not know its parent", n)
		}
		tag := regexp.MustCompile(`/S/(\w+)`).FindStringSubmatch(o)[1]
		_, kids, _ := strings.Cut(o, "/K[")
		for _, m := range regexp.MustCompile(`/Pg (\d+) 0 R/MCID (\d+)`).FindAllStringSubmatch(kids, -1) {
			pg, _ := strconv.Atoi(m[1])
			index := regexp.MustCompile(`/StructParents (\d+)`).FindStringSubmatch(p.objects[pg])[1]
			key := index + "/" + m[2]
			if owners[key] != strconv.Itoa(n) {
				t.Fatalf("mark %s belongs to %s, not %d", key, owners[key], n)
			}
			delete(owners, key)
		}
		var inner []string
		for _, r := range refs.FindAllStringSubmatch(regexp.MustCompile(`<</Type/MCR[^>]*>>`).ReplaceAllString(kids, ""), -1) {
			k, _ := strconv.Atoi(r[1])
			inner = append(inner, walk(k, n))
		}
		if len(inner) == 0 {
			return tag
		}
		return tag + "(" + strings.Join(inner, " ") + ")"
	}
	tree := walk(p.find(t, root, "/K"), p.find(t, p.catalog(t), "/StructTreeRoot"))
	if len(owners) != 0 || len(pages) == 0 {
		t.Fatalf("marks without an element: %v", owners)
	}
	return tree
}

// made sets a document and takes the result apart.
func made(t tester, d *Doc) pdf {
	t.Helper()
	data, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Bytes()
	if err != nil || !bytes.Equal(data, again) {
		t.Fatal("the same document is not set the same way twice")
	}
	return open(t, data)
}

// tester is what testing.T, testing.F and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
