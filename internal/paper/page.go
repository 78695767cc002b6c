package paper

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	xlanguage "golang.org/x/text/language"
)

// The page is A4, in points; the text is about 80 letters wide.
const (
	pageWidth, pageHeight = 595.28, 841.89
	side, top, bottom     = 79.0, 76.0, 86.0
	measure               = pageWidth - 2*side
	column                = pageHeight - top - bottom
	footLine              = 46.0
)

var (
	body    = style{size: 10.5}
	footing = style{size: 8.5, gray: 0.35}
)

// elem is a node of the structure tree that tells readers what the marks on the pages mean.
type elem struct {
	tag   string
	attrs string // a dictionary for /A, or ""
	kids  []*elem
	marks []mark
}

// mark is a stretch of a page's content.
type mark struct{ page, id int }

func (e *elem) add(tag string) *elem {
	kid := &elem{tag: tag}
	e.kids = append(e.kids, kid)
	return kid
}

// page is the content of one page and who owns each mark on it.
type page struct {
	content bytes.Buffer
	owners  []*elem
}

// setter places blocks on pages, from the top down.
type setter struct {
	typesetter
	opts  Options
	pages []*page
	y     float64 // how far down the column, from 0
	gap   float64 // space asked for by the last block, dropped at the top of a page
	root  *elem
}

func newSetter(o Options) (*setter, error) {
	fs, err := newFonts(o.FontDirs)
	if err != nil {
		return nil, err
	}
	s := &setter{opts: o, root: &elem{tag: "Document"}, pages: []*page{{}}}
	s.typesetter = typesetter{fonts: fs, lang: language.NewLanguage(o.Lang), rtl: rightToLeft(o.Lang)}
	return s, nil
}

// rightToLeft tells whether a language is written so by custom.
func rightToLeft(lang string) bool {
	script, _ := xlanguage.Make(lang).Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return true
	}
	return false
}

func (s *setter) page() *page { return s.pages[len(s.pages)-1] }

// left is what remains of the column after the gap.
func (s *setter) left() float64 { return column - s.y - s.gap }

func (s *setter) newPage() {
	s.pages = append(s.pages, &page{})
	s.y, s.gap = 0, 0
}

// atTop tells whether nothing stands on the page yet.
func (s *setter) atTop() bool { return s.y == 0 }

// need starts a new page unless the height fits on this one; nothing helps what is taller than a page.
func (s *setter) need(height float64) {
	if height > s.left() && !s.atTop() {
		s.newPage()
	}
}

// space asks for a gap before the next block; of two gaps the larger counts.
func (s *setter) space(points float64) {
	if !s.atTop() {
		s.gap = max(s.gap, points)
	}
}

// take moves down by a height and returns the top of what was taken.
func (s *setter) take(height float64) float64 {
	s.y += s.gap
	s.gap = 0
	at := s.y
	s.y += height
	return at
}

// put draws a line whose upper edge is at a height of the column, as part of e; nil means decoration.
// align is 0 for flush left, 1 for flush right, 0.5 for the middle.
func (s *setter) put(e *elem, l line, x, at, width, align float64) {
	p := s.page()
	x += (width - l.width) * align
	if e == nil {
		p.content.WriteString("/Artifact BMC\n")
	} else {
		fmt.Fprintf(&p.content, "/%s <</MCID %d>> BDC\n", e.tag, len(p.owners))
		e.marks = append(e.marks, mark{len(s.pages) - 1, len(p.owners)})
		p.owners = append(p.owners, e)
	}
	s.draw(&p.content, l, x, pageHeight-top-at-l.rise)
	p.content.WriteString("EMC\n")
}

// strip draws a thin line across a part of the column.
func (s *setter) strip(x, at, width, weight, gray float64) {
	fmt.Fprintf(&s.page().content, "/Artifact BMC\n%s G %s w %s %s m %s %s l S\nEMC\n",
		num(gray), num(weight), num(x), num(pageHeight-top-at), num(x+width), num(pageHeight-top-at))
}

// footers writes the foot of every page.
func (s *setter) footers(f func(page, pages int) string) error {
	if f == nil {
		return nil
	}
	all := s.pages
	defer func() { s.pages = all }()
	for i := range all {
		lines, err := s.lines(f(i+1, len(all)), footing, measure)
		if err != nil {
			return err
		}
		s.pages = all[:i+1]
		at := column + bottom - footLine
		for _, l := range lines[:min(2, len(lines))] {
			s.put(nil, l, side, at, measure, 0.5)
			at += l.height()
		}
	}
	return nil
}

// draw writes the glyphs of a line, run after run in the order they are read. Within a run the glyphs go from left to
// right, as programs that take text out of a PDF expect; where that is against the reading, ReversedChars says so.
func (s *setter) draw(b *bytes.Buffer, l line, x, y float64) {
	at := make([]float64, len(l.runs))
	for visual := range l.runs {
		for i, r := range l.runs {
			if int(r.VisualIndex) == visual {
				at[i] = x
				x += float64(r.Advance) / 64
			}
		}
	}
	fmt.Fprintf(b, "BT %s g\n", num(l.style.gray))
	for i, r := range l.runs {
		f := l.faces[r.Face]
		s.fonts.use(f)
		fmt.Fprintf(b, "/%s %s Tf\n", f.name, num(l.style.size))
		rtl := r.Direction.Progression() == di.TowardTopLeft
		if rtl {
			b.WriteString("/ReversedChars BMC\n")
		}
		for _, c := range glyphClusters(r, at[i]) {
			c.rtl = rtl
			c.draw(b, f, l, y)
		}
		if rtl {
			b.WriteString("EMC\n")
		}
	}
	b.WriteString("ET\n")
}

// cluster is a group of glyphs that together say a stretch of text.
type cluster struct {
	glyphs []shaping.Glyph // in the order of the page, from left to right
	x      float64
	text   [2]int // from, to
	rtl    bool
}

// glyphClusters cuts a run into clusters, from left to right.
func glyphClusters(r shaping.Output, x float64) []cluster {
	var list []cluster
	for i := 0; i < len(r.Glyphs); {
		g := r.Glyphs[i]
		n := i + 1
		for n < len(r.Glyphs) && r.Glyphs[n].TextIndex() == g.TextIndex() {
			n++
		}
		list = append(list, cluster{r.Glyphs[i:n], x, [2]int{g.TextIndex(), g.TextIndex() + g.RunesCount()}, false})
		for _, g := range r.Glyphs[i:n] {
			x += float64(g.Advance) / 64
		}
		i = n
	}
	return list
}

// draw writes a cluster. If its glyphs do not say its text by themselves, the text is put beside them.
func (c cluster) draw(b *bytes.Buffer, f *face, l line, y float64) {
	text := l.text[max(0, c.text[0]):min(len(l.text), c.text[1])]
	spelled := c.spell(f, text)
	if !spelled {
		fmt.Fprintf(b, "/Span <</ActualText %s>> BDC\n", utf16Text(string(text)))
	}
	shows := make([]string, len(c.glyphs))
	x := c.x
	for i, g := range c.glyphs {
		shows[i] = fmt.Sprintf("1 0 0 1 %s %s Tm <%04X> Tj\n", num(x+float64(g.XOffset)/64), num(y+float64(g.YOffset)/64), g.GlyphID)
		x += float64(g.Advance) / 64
	}
	if c.rtl {
		slices.Reverse(shows) // a letter before its marks, which readers put together only in this order
	}
	b.WriteString(strings.Join(shows, ""))
	if !spelled {
		b.WriteString("EMC\n")
	}
}

// spell enters what the cluster's glyphs say into the font, and tells whether that gives the text.
// It does not if a glyph stands for something else elsewhere, or if glyphs and characters do not pair off.
func (c cluster) spell(f *face, text []rune) bool {
	says := []string{string(text)}
	if len(c.glyphs) > 1 {
		if len(text) != len(c.glyphs) || !inOrder(text) {
			for _, g := range c.glyphs {
				f.mention(g.GlyphID)
			}
			return false
		}
		says = make([]string, len(text))
		for i, r := range text {
			if c.rtl {
				i = len(text) - 1 - i
			}
			says[i] = string(r)
		}
	}
	ok := true
	for i, g := range c.glyphs {
		known := f.used[g.GlyphID]
		if known == "" && g.GlyphID != 0 {
			f.used[g.GlyphID] = says[i]
			continue
		}
		ok = ok && known == says[i]
	}
	return ok
}

// mention enters a glyph of which it is not known what it says alone.
func (f *face) mention(g font.GID) {
	if _, ok := f.used[g]; !ok {
		f.used[g] = ""
	}
}

// inOrder tells whether a script's glyphs come in the order of its characters; those of India's scripts do not.
func inOrder(text []rune) bool {
	switch runScript(text) {
	case "Latin", "Greek", "Cyrillic", "Arabic", "Hebrew", "Armenian", "Georgian", "Syriac", "Thaana":
		return true
	}
	return false
}

// num writes a number as short as a thousandth of a point allows.
func num(v float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// utf16Text writes a PDF text string.
func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	b.WriteString(hex16(s))
	b.WriteByte('>')
	return b.String()
}

func hex16(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
