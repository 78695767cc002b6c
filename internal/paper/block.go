package paper

import "strconv"

// block is a part of a document that can set itself. more tells whether another follows.
type block interface {
	set(s *setter, more bool) error
}

type heading struct {
	level int
	text  string
}

// headings by level: size, space before and after
var headings = [...]struct{ size, before, after float64 }{
	{20, 30, 12}, {14.5, 24, 7}, {12, 18, 5}, {10.5, 14, 4}, {10.5, 14, 4}, {10.5, 14, 4},
}

func (h heading) set(s *setter, more bool) error {
	look := headings[h.level-1]
	lines, err := s.lines(h.text, style{size: look.size, bold: true}, measure)
	if err != nil {
		return err
	}
	s.space(look.before)
	room := total(lines)
	if more {
		room += look.after + 2*body.size*leading
	}
	s.need(room)
	s.flow(s.root.add("H"+strconv.Itoa(h.level)), lines, side, measure)
	s.space(look.after)
	return nil
}

type para struct{ text string }

func (p para) set(s *setter, _ bool) error {
	lines, err := s.lines(p.text, body, measure)
	if err != nil {
		return err
	}
	s.flow(s.root.add("P"), lines, side, measure)
	s.space(body.size * 0.75)
	return nil
}

// flow sets the lines of a paragraph. A page never ends after its first line nor begins with its last.
func (s *setter) flow(e *elem, lines []line, x, width float64) {
	for i, l := range lines {
		need := l.height()
		if rest := len(lines) - i; rest == 2 || i == 0 && rest == 3 {
			need = total(lines[i:]) // the last two together, and so a paragraph of two or three lines as a whole
		} else if i == 0 && rest > 3 {
			need = total(lines[:2])
		}
		s.need(need)
		s.put(e, l, x, s.take(l.height()), width, l.start())
	}
}

func total(lines []line) float64 {
	sum := 0.0
	for _, l := range lines {
		sum += l.height()
	}
	return sum
}

type list struct {
	items   []string
	ordered bool
}

func (p list) set(s *setter, _ bool) error {
	e := s.root.add("L")
	e.attrs = "<</O/List/ListNumbering/Disc>>"
	if p.ordered {
		e.attrs = "<</O/List/ListNumbering/Decimal>>"
	}
	for i, text := range p.items {
		label := "•"
		if p.ordered {
			label = strconv.Itoa(i+1) + "."
		}
		if err := s.item(e, label, text); err != nil {
			return err
		}
		s.space(body.size * 0.25)
	}
	s.space(body.size * 0.75)
	return nil
}

// indent is the room for a list's label.
const indent = 22.0

// item sets a point of a list with its label beside the first line, on the side where the text starts.
func (s *setter) item(l *elem, label, text string) error {
	lines, err := s.lines(text, body, measure-indent)
	if err != nil {
		return err
	}
	labels, err := s.lines(label, body, measure)
	if err != nil {
		return err
	}
	item := l.add("LI")
	lbl, content := item.add("Lbl"), item.add("LBody")
	mark, first := labels[0], lines[0]
	mark.rise, mark.fall, mark.rtl = first.rise, first.fall, first.rtl
	if n := len(lines); n <= 3 {
		s.need(total(lines))
	} else {
		s.need(total(lines[:2]))
	}
	s.put(lbl, mark, side, s.take(0), measure, mark.start())
	x := side + indent
	if first.rtl {
		x = side
	}
	s.flow(content, lines, x, measure-indent)
	return nil
}

type rule struct{}

func (rule) set(s *setter, _ bool) error {
	s.space(10)
	s.need(1)
	if !s.atTop() {
		s.strip(side, s.take(1), measure, 0.5, 0.55)
	}
	s.space(12)
	return nil
}
