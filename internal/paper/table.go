package paper

import (
	"slices"
	"strings"
	"unicode"
)

type table struct {
	header []string
	rows   [][]string
}

// Looks of a table: between columns, above and below a row, and the narrowest column that can be read.
const (
	gutter    = 12.0
	rowPad    = 3.0
	narrowest = 30.0
)

var (
	cellStyle = style{size: 9.5}
	headStyle = style{size: 9.5, bold: true}
)

// columns is how many columns the widest row has.
func (t table) columns() int {
	n := len(t.header)
	for _, r := range t.rows {
		n = max(n, len(r))
	}
	return n
}

// cell returns a cell's text; short rows end in empty ones.
func cell(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

func (t table) set(s *setter, _ bool) error {
	n := t.columns()
	if n == 0 {
		return nil
	}
	if float64(n)*(narrowest+gutter) > measure {
		return t.asLists(s)
	}
	widths, err := t.widths(s, n)
	if err != nil {
		return err
	}
	grid := grid{setter: s, elem: s.root.add("Table"), widths: widths, numeric: t.numeric(n)}
	if grid.head, err = grid.row(t.header, headStyle, n); err != nil {
		return err
	}
	var rows []row
	for _, cells := range t.rows {
		r, err := grid.row(cells, cellStyle, n)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	s.space(4)
	grid.set(rows)
	s.space(body.size)
	return nil
}

// asLists sets a table that is too wide for the page, a list for each row.
func (t table) asLists(s *setter) error {
	for _, cells := range t.rows {
		var items []string
		for i := range t.columns() {
			if c := cell(cells, i); c != "" {
				items = append(items, strings.TrimPrefix(cell(t.header, i)+": "+c, ": "))
			}
		}
		if err := (list{items, false}).set(s, true); err != nil {
			return err
		}
	}
	return nil
}

// numeric tells which columns hold nothing but numbers.
func (t table) numeric(n int) []bool {
	out := make([]bool, n)
	for i := range out {
		digits := 0
		for _, r := range t.rows {
			d, ok := number(cell(r, i))
			if !ok {
				digits = 0
				break
			}
			digits += d
		}
		out[i] = digits > 0
	}
	return out
}

// number counts the digits of a text that holds nothing but a number; a dash or nothing counts as one without digits.
func number(s string) (digits int, ok bool) {
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case strings.ContainsRune(" .,+-−–—%/\u00a0\u202f'’", r):
		default:
			return 0, false
		}
	}
	return digits, true
}

// widths divides the measure among the columns: each gets what its longest word needs, and of the rest what its
// longest cell would like. Cells of great length are not measured to the end.
func (t table) widths(s *setter, n int) ([]float64, error) {
	room := measure - gutter*float64(n-1)
	low, high := make([]float64, n), make([]float64, n)
	for i := range n {
		low[i] = narrowest
		for j := -1; j < len(t.rows); j++ {
			text, st := cell(t.header, i), headStyle
			if j >= 0 {
				text, st = cell(t.rows[j], i), cellStyle
			}
			word, whole, err := s.extent(text, st, room, low[i])
			if err != nil {
				return nil, err
			}
			low[i], high[i] = max(low[i], word), max(high[i], whole)
		}
		low[i] = min(low[i], max(narrowest, room/2))
		high[i] = max(low[i], high[i])
	}
	return share(low, high, room), nil
}

// extent measures a text's longest word and its longest line, neither counted beyond a limit.
// Words are not looked at if they cannot be longer than what is known already.
func (s *setter) extent(text string, st style, limit, known float64) (word, whole float64, err error) {
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400]) // wider than any page
	}
	lines, err := s.lines(text, st, limit)
	if err != nil {
		return 0, 0, err
	}
	whole = widest(lines)
	if whole <= known {
		return 0, whole, nil
	}
	for w := range strings.FieldsSeq(text) {
		lines, err := s.lines(w, st, limit)
		if err != nil {
			return 0, 0, err
		}
		word = max(word, widest(lines))
	}
	return word, whole, nil
}

func widest(lines []line) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, l.width+0.5) // half a point against rounding
	}
	return w
}

// share gives every column at least its low. A column content with an even part of the room gets its high, and the others
// divide what is left by how far their high is above their low. Room that nobody wants goes to all alike;
// if even the lows are too much, they shrink alike.
func share(low, high []float64, room float64) []float64 {
	n := float64(len(low))
	base, wish := slices.Clone(low), slices.Clone(high)
	switch {
	case sum(low) >= room:
		wish = slices.Clone(low)
		for i := range base {
			base[i] = narrowest
		}
	case sum(high) <= room:
		for i := range base {
			base[i], wish[i] = high[i], high[i]+room
		}
	default:
		for i := range base {
			if high[i] <= room/n && sum(base)-low[i]+high[i] <= room {
				base[i] = high[i]
			}
		}
	}
	left, want := room-sum(base), sum(wish)-sum(base)
	out := make([]float64, len(low))
	for i := range out {
		out[i] = base[i]
		if want > 0 {
			out[i] += left * (wish[i] - base[i]) / want
		}
	}
	return out
}

func sum(list []float64) float64 {
	s := 0.0
	for _, v := range list {
		s += v
	}
	return s
}

// row is a set row: lines for each cell.
type row struct {
	cells [][]line
	tag   string
}

// height is that of the row's tallest cell.
func (r row) height() float64 {
	h := 0.0
	for _, lines := range r.cells {
		h = max(h, total(lines))
	}
	return h + 2*rowPad
}

// grid places the rows of one table.
type grid struct {
	*setter
	elem     *elem
	widths   []float64
	numeric  []bool
	head     row
	repeated bool // the header has been set before
}

func (g *grid) row(cells []string, st style, n int) (row, error) {
	r := row{tag: "TD"}
	if st.bold {
		r.tag = "TH"
	}
	for i := range n {
		lines, err := g.lines(cell(cells, i), st, g.widths[i])
		if err != nil {
			return r, err
		}
		r.cells = append(r.cells, lines)
	}
	return r, nil
}

// set places all rows. A page never ends with the header alone, nor begins with the last row alone.
func (g *grid) set(rows []row) {
	if g.head.blank() {
		g.head = row{}
	}
	need := g.head.height()
	if len(rows) > 0 {
		need += min(rows[0].height(), column/3)
	}
	g.need(need)
	g.header()
	for i, r := range rows {
		need := r.height()
		if i+2 == len(rows) && need+rows[i+1].height() < column/2 {
			need += rows[i+1].height()
		}
		if need > g.left() && need <= column-g.head.height() {
			g.turn()
		}
		g.place(r)
	}
}

// turn begins a new page with the header.
func (g *grid) turn() {
	g.newPage()
	g.header()
}

// header sets the header; after the first time it is decoration, as readers know it already.
// One that takes half a page is not repeated.
func (g *grid) header() {
	head := g.head
	if len(head.cells) == 0 {
		return
	}
	if head.height() > column/2 {
		g.head = row{}
		g.place(head)
		return
	}
	cells := make([]*elem, len(head.cells))
	if !g.repeated {
		cells = g.cells(head)
		g.repeated = true
	}
	at := g.take(head.height())
	g.fill(cells, head, at)
	g.strip(side, at+head.height(), measure, 0.8, 0)
}

// cells makes the elements of a row.
func (g *grid) cells(r row) []*elem {
	tr := g.elem.add("TR")
	es := make([]*elem, len(r.cells))
	for i := range es {
		es[i] = tr.add(r.tag)
		if r.tag == "TH" {
			es[i].attrs = "<</O/Table/Scope/Column>>"
		}
	}
	return es
}

// place sets a row, on several pages if it is taller than what is left of this one.
func (g *grid) place(r row) {
	cells := g.cells(r)
	for {
		part, rest := r.split(g.left())
		if part.empty() && !rest.empty() {
			if g.y > g.head.height() {
				g.turn()
				continue
			}
			part, rest = r, row{} // a single line taller than the page: let it run over
		}
		at := g.take(part.height())
		g.fill(cells, part, at)
		if rest.empty() {
			g.strip(side, g.y, measure, 0.4, 0.7)
			return
		}
		r = rest
		g.turn()
	}
}

// fill sets the lines of a row's cells, as parts of their elements. Columns start from the right in a document written so.
func (g *grid) fill(es []*elem, r row, at float64) {
	x := side
	if g.rtl {
		x = side + measure
	}
	for i, lines := range r.cells {
		left := x
		if g.rtl {
			left = x - g.widths[i]
			x = left - gutter
		} else {
			x += g.widths[i] + gutter
		}
		y := at + rowPad
		for _, l := range lines {
			align := 0.0
			if g.numeric[i] || g.rtl {
				align = 1
			}
			g.put(es[i], l, left, y, g.widths[i], align)
			y += l.height()
		}
	}
}

// split cuts a row so that the first part fits a height.
func (r row) split(height float64) (part, rest row) {
	part, rest = row{tag: r.tag}, row{tag: r.tag}
	for _, lines := range r.cells {
		n, used := 0, 2*rowPad
		for n < len(lines) && used+lines[n].height() <= height {
			used += lines[n].height()
			n++
		}
		part.cells = append(part.cells, lines[:n])
		rest.cells = append(rest.cells, lines[n:])
	}
	return part, rest
}

// empty tells whether no line is left.
func (r row) empty() bool {
	return !slices.ContainsFunc(r.cells, func(lines []line) bool { return len(lines) > 0 })
}

// blank tells whether there is nothing to see.
func (r row) blank() bool {
	return !slices.ContainsFunc(r.cells, func(lines []line) bool {
		return slices.ContainsFunc(lines, func(l line) bool { return len(l.runs) > 0 })
	})
}
