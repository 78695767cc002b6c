package tally

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
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
			widths[c] = max(widths[c], columns(row[c]))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		line.WriteByte(' ')
		for c, cell := range row {
			if widths[c] == 0 {
				continue
			}
			room := strings.Repeat(" ", widths[c]-columns(cell))
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

// columns returns how many places the text takes up: two for wide signs, as Chinese ones, and none for those without a width of their own.
func columns(text string) (n int) {
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// costs writes what each project costs, how many support it, and whether it is bought.
func (t *text) costs() {
	if t.Budget == nil {
		return
	}
	var b table
	b.right = []bool{true, false, true, true, false}
	b.add("No.", "Project", "Cost", "Votes", "")
	for i, cost := range t.Budget.Costs {
		votes, what := "", ""
		if i < len(t.Budget.Support) {
			votes = t.Budget.Support[i]
		}
		switch {
		case slices.Contains(t.Elected, i+1):
			what = "bought"
		case slices.Contains(t.Withdrawn, i+1):
			what = "withdrawn"
		}
		b.add(fmt.Sprint(i+1), t.called[i], cost, votes, what)
	}
	t.say("")
	b.writeTo(t.w)
}

// mostMatrix is how many candidates a line has room for, side by side.
const mostMatrix = 20

func (t *text) matrix() {
	if len(t.Matrix) < 2 || len(t.Matrix) > mostMatrix || t.Valid == 0 {
		return
	}
	var b table
	b.right = []bool{true, false}
	head := []string{"No.", "Candidate"}
	for i := range t.Matrix {
		if !slices.Contains(t.Withdrawn, i+1) {
			b.right, head = append(b.right, true), append(head, fmt.Sprint(i+1))
		}
	}
	b.add(head...)
	for i, row := range t.Matrix {
		if slices.Contains(t.Withdrawn, i+1) {
			continue
		}
		cells := []string{fmt.Sprint(i + 1), t.called[i]}
		for x, n := range row {
			switch {
			case slices.Contains(t.Withdrawn, x+1):
			case x == i:
				cells = append(cells, "-")
			default:
				cells = append(cells, fmt.Sprint(n))
			}
		}
		b.add(cells...)
	}
	if len(b.rows) > 2 {
		t.say("\nHow many papers prefer the candidate of the row to the candidate whose number is above the column:")
		b.writeTo(t.w)
	}
}
