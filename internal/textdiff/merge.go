package textdiff

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Merge joins two texts that both came of base, line by line. Where only one has other lines than base, these stand in the result; where both have,
// and not the same, those of ours and those of theirs stand there one after the other, with the line mark between them: no words of either are lost.
// clashed says whether that was so anywhere.
func Merge(base, ours, theirs, mark string) (text string, clashed bool) {
	lines := strings.Split(base, "\n")
	sides := [2]side{newSide(lines, ours), newSide(lines, theirs)}
	var out []string
	at := 0
	for at < len(lines) || sides[0].left() || sides[1].left() {
		start := min(sides[0].next(len(lines)), sides[1].next(len(lines)))
		out = append(out, lines[at:start]...)
		end := start
		for grown := true; grown; {
			was := end
			end = max(end, sides[0].take(start, end), sides[1].take(start, end))
			grown = end > was
		}
		a, b := sides[0].cut(lines, start, end), sides[1].cut(lines, start, end)
		switch was := lines[start:end]; {
		case slices.Equal(a, b), slices.Equal(b, was):
			out = append(out, a...)
		case slices.Equal(a, was):
			out = append(out, b...)
		case len(a) == 0 || len(b) == 0: // one took away what the other changed
			out, clashed = append(append(out, a...), b...), true
		default:
			out, clashed = append(append(append(out, a...), mark), b...), true
		}
		at = end
	}
	return strings.Join(out, "\n"), clashed
}

// side is one of two texts, with where it differs from what both came of.
type side struct {
	lines []string
	diffs []lcs.Diff
	taken int // differences that are in the stretch under way, or were in one before
	done  int // differences that were
}

func newSide(base []string, text string) side {
	s := side{lines: strings.Split(text, "\n")}
	s.diffs = lcs.DiffLines(base, s.lines)
	return s
}

func (s *side) left() bool { return s.taken < len(s.diffs) }

// next is where the next difference begins; end if there is none.
func (s *side) next(end int) int {
	if s.left() {
		return s.diffs[s.taken].Start
	}
	return end
}

// take adds to the stretch what begins in it, or where it ends, and returns where the stretch ends then.
func (s *side) take(start, end int) int {
	for s.left() && s.diffs[s.taken].Start <= end && s.diffs[s.taken].Start >= start {
		end = max(end, s.diffs[s.taken].End)
		s.taken++
	}
	return end
}

// cut returns the lines that stand in place of a stretch of what both came of.
func (s *side) cut(base []string, start, end int) (out []string) {
	for ; s.done < s.taken; s.done++ {
		d := s.diffs[s.done]
		out = append(out, base[start:d.Start]...)
		out = append(out, s.lines[d.ReplStart:d.ReplEnd]...)
		start = d.End
	}
	return append(out, base[start:end]...)
}
