package tally

import (
	"io"
	"strings"
	"unicode"
)

// table is a table as text: rows of cells under a head. Columns in which nothing stands are left out, and nothing stands behind the
// last cell of a row.
type table struct {
	right []bool // by column: figures stand to the right
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) writeTo(w io.Writer) {
	if len(t.rows) < 2 {
		return // a head alone
	}
	widths := make([]int, len(t.right))
	for c := range widths {
		if !t.filled(c) {
			continue
		}
		for _, row := range t.rows {
			widths[c] = max(widths[c], width(row[c]))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		line.WriteByte(' ')
		for c, cell := range row {
			if widths[c] == 0 {
				continue
			}
			room := strings.Repeat(" ", widths[c]-width(cell))
			line.WriteString("  ")
			if t.right[c] {
				line.WriteString(room + cell)
			} else {
				line.WriteString(cell + room)
			}
		}
		io.WriteString(w, strings.TrimRight(line.String(), " ")+"\n")
	}
}

// filled says whether anything stands in the column below its head.
func (t *table) filled(c int) bool {
	for _, row := range t.rows[1:] {
		if row[c] != "" {
			return true
		}
	}
	return false
}

// width returns how many places the text takes up, signs without a width of their own not counted.
func width(text string) (n int) {
	for _, r := range text {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n++
		}
	}
	return n
}
