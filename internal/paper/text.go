package paper

import (
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// style is how a stretch of text looks.
type style struct {
	size float64 // in points
	bold bool
	gray float64 // 0 is black
}

// line is one set line: its runs in logical order, and its measures in points.
type line struct {
	text       []rune // of the whole paragraph
	runs       []shaping.Output
	faces      map[*font.Face]*face
	style      style
	rtl        bool // of the paragraph
	width      float64
	rise, fall float64 // above and below the base line, leading included
}

func (l line) height() float64 { return l.rise + l.fall }

// start is the side where the line's paragraph starts, as put takes it.
func (l line) start() float64 {
	if l.rtl {
		return 1
	}
	return 0
}

// leading is the distance of base lines in font sizes, where the letters leave it to us.
const leading = 1.42

// typesetter turns text into lines.
type typesetter struct {
	fonts  *fonts
	lang   language.Language
	rtl    bool // the document's own direction, for text without letters
	shaper shaping.HarfbuzzShaper
}

// lines sets a text within a width. There is at least one line, and one more for each line break.
func (t *typesetter) lines(text string, st style, width float64) ([]line, error) {
	var out []line
	for part := range strings.SplitSeq(clean(text), "\n") {
		ls, err := t.paragraph([]rune(part), st, width)
		if err != nil {
			return nil, err
		}
		out = append(out, ls...)
	}
	return out, nil
}

// clean leaves line feeds as the only control characters. Letters and their marks are put together,
// because more fonts have é than have a loose accent.
func clean(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// paragraph sets a stretch without line breaks.
func (t *typesetter) paragraph(text []rune, st style, width float64) ([]line, error) {
	rtl, known := baseDirection(text)
	if !known {
		rtl = t.rtl
	}
	if len(text) == 0 {
		return []line{{style: st, rtl: rtl, rise: st.size, fall: st.size * (leading - 1)}}, nil
	}
	return t.wrap(text, st, width, rtl)
}

// wrap breaks a text into lines.
func (t *typesetter) wrap(text []rune, st style, width float64, rtl bool) ([]line, error) {
	dir := di.DirectionLTR
	if rtl {
		dir = di.DirectionRTL
	}
	runs, faces, err := t.shape(text, st, dir)
	if err != nil {
		return nil, err
	}
	var wrapper shaping.LineWrapper // a new one each time: its lines live in its own memory
	wrapped, _ := wrapper.WrapParagraphF(shaping.WrapConfig{Direction: dir}, fixed.Int26_6(width*64), text, shaping.NewSliceIterator(runs))
	var out []line
	for _, w := range wrapped {
		l := measured(line{text: text, runs: w, faces: faces, style: st, rtl: rtl})
		cuts := l.overrun(width)
		if len(cuts) <= 2 {
			out = append(out, l)
			continue
		}
		for i, from := range cuts[:len(cuts)-1] {
			ls, err := t.wrap(text[from:cuts[i+1]], st, width, rtl)
			if err != nil {
				return nil, err
			}
			out = append(out, ls...)
		}
	}
	return out, nil
}

// measured enters a line's measures, with room above and below shared out so that lines are evenly apart
// unless a script needs more.
func measured(l line) line {
	var up, down float64
	for _, r := range l.runs {
		l.width += float64(r.Advance) / 64
		up = max(up, float64(r.LineBounds.Ascent)/64)
		down = max(down, -float64(r.LineBounds.Descent)/64)
	}
	extra := max(0, l.style.size*leading-up-down)
	l.rise, l.fall = up+extra/2, down+extra/2
	return l
}

// overrun returns where in its text a line begins, where it must be cut if it is too long, and where it ends.
// The wrapper leaves such lines where a space carries a mark, which it takes for one character.
// All cuts are made at once: a text of nothing else would take time in the square of its length otherwise.
func (l line) overrun(width float64) []int {
	advance := map[int]float64{} // by where in the text the glyphs' cluster begins
	begin, end := len(l.text), 0
	for _, r := range l.runs {
		begin, end = min(begin, r.Runes.Offset), max(end, r.Runes.Offset+r.Runes.Count)
		for _, g := range r.Glyphs {
			advance[g.TextIndex()] += float64(g.Advance) / 64
		}
	}
	cuts := []int{begin}
	if l.width > width+0.1 {
		used := 0.0
		for i := begin; i < end; i++ {
			if used+advance[i] > width && used > 0 {
				cuts = append(cuts, i)
				used = 0
			}
			used += advance[i]
		}
	}
	return append(cuts, end)
}

// baseDirection finds the first letter with a direction, as rules P2 and P3 of Unicode's UAX #9 ask.
func baseDirection(text []rune) (rtl, known bool) {
	for _, r := range text {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return false, true
		case bidi.R, bidi.AL:
			return true, true
		}
	}
	return false, false
}

// oneFace lets the segmenter cut by direction and script only; faces are chosen after, by cluster.
type oneFace struct{ *font.Face }

func (f oneFace) ResolveFace(rune) *font.Face { return f.Face }

// shape cuts a text into runs of one direction, script and face, and turns each into glyphs.
func (t *typesetter) shape(text []rune, st style, dir di.Direction) ([]shaping.Output, map[*font.Face]*face, error) {
	in := shaping.Input{
		Text: text, RunEnd: len(text), Direction: dir, Size: fixed.Int26_6(st.size * 64), Language: t.lang,
		FontFeatures: []shaping.FontFeature{{Tag: opentype.MustNewTag("tnum"), Value: 1}},
	}
	starts := clusters(text)
	faces := map[*font.Face]*face{}
	var seg shaping.Segmenter
	var out []shaping.Output
	for _, run := range seg.Split(in, oneFace{t.fonts.own[0].Face}) {
		if run.RunStart >= run.RunEnd {
			continue
		}
		pieces, err := t.pieces(text[:run.RunEnd], run.RunStart, starts, st.bold)
		if err != nil {
			return nil, nil, err
		}
		for i, p := range pieces {
			cut := run
			cut.RunStart, cut.Face = p.from, p.face.Face
			if i+1 < len(pieces) {
				cut.RunEnd = pieces[i+1].from
			}
			out = append(out, t.shaper.Shape(cut))
			faces[p.face.Face] = p.face
		}
	}
	return out, faces, nil
}

// piece is where a face takes over.
type piece struct {
	from int
	face *face
}

// pieces chooses the faces of a run that reaches to the end of text. Whole words are kept in one face where one has them.
func (t *typesetter) pieces(text []rune, from int, starts []bool, bold bool) ([]piece, error) {
	c := choice{runScript(text[from:]), bold}
	var list []piece
	take := func(at int, f *face) {
		if len(list) == 0 || list[len(list)-1].face != f {
			list = append(list, piece{at, f})
		}
	}
	for i := from; i < len(text); {
		end := i + 1
		for end < len(text) && !(unicode.IsSpace(text[end-1]) && starts[end]) {
			end++
		}
		if f := t.fonts.covering(c, text[i:end]); f != nil {
			take(i, f)
			i = end
			continue
		}
		for i < end {
			next := i + 1
			for next < end && !starts[next] {
				next++
			}
			f, err := t.fonts.forCluster(c, text[i:next])
			if err != nil {
				return nil, err
			}
			take(i, f)
			i = next
		}
	}
	return list, nil
}

// clusters tells for each character whether it begins what a reader takes for one.
func clusters(text []rune) []bool {
	starts := make([]bool, len(text))
	var seg segmenter.Segmenter
	seg.Init(text)
	for it := seg.GraphemeIterator(); it.Next(); {
		starts[it.Grapheme().Offset] = true
	}
	return starts
}

// runScript is the script of the first letter of a run.
func runScript(run []rune) string {
	for _, r := range run {
		if s := scriptOf(r); s != common {
			return s
		}
	}
	return common
}
